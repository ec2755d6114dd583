//! The parties of a running system, put together.

use std::{
    env,
    path::{Path, PathBuf},
};

use anyhow::Context;
use openset_node::{
    folder::RoleFolder,
    logging::{self, Form, Logging},
    measure::Measured,
};

use crate::{
    demo::cast::{self, OTHER_BRAND_FOLDER},
    sites::{self, Name},
};

pub(crate) mod audit;
pub(crate) mod authority;
pub(crate) mod banks;
pub(crate) mod batches;
pub(crate) mod branch;
pub(crate) mod brand_desk;
pub(crate) mod bureau;
mod complaints;
pub(crate) mod counter;
pub(crate) mod dossier;
pub(crate) mod enrol;
pub(crate) mod files;
pub(crate) mod first_start;
pub(crate) mod forms;
pub(crate) mod gateway;
pub(crate) mod ground;
pub(crate) mod hearing;
pub(crate) mod holders;
pub(crate) mod life;
mod links;
pub(crate) mod lists;
pub(crate) mod lookups;
pub(crate) mod merchant;
pub(crate) mod merge;
pub(crate) mod neighbours;
pub(crate) mod news;
pub(crate) mod parts;
pub(crate) mod payments;
pub(crate) mod private;
pub(crate) mod purse;
mod registrars;
pub(crate) mod running;
pub(crate) mod seal;
mod several_keys;
pub(crate) mod socket;
pub(crate) mod stores;
pub(crate) mod system;
pub(crate) mod transcript;
pub(crate) mod upkeep;
pub(crate) mod wallet;

/// The folders of the parties that every data folder has, and that write logs.
const ROLES: [&str; 8] = [
    "acquirer",
    "ca-cardholder",
    "ca-gateway",
    "ca-merchant",
    "gateway",
    "issuer",
    "merchant",
    "wallet",
];

/// The folders of all parties of a data folder that write logs.
pub(crate) fn roles(data: &Path) -> Vec<&'static str> {
    let further = cast::BRAND.banks.iter().filter(|bank| bank.is_in(data));
    let own = further.flat_map(|bank| [bank.authority, bank.issuer, bank.wallet]);
    let mut roles: Vec<_> = ROLES.into_iter().chain(own.map(Name::label)).collect();
    roles.sort_unstable();
    roles.dedup();
    roles
}

/// The folder of the second brand in a data folder, where one was made.
pub(crate) fn other_brand(data: &Path) -> Option<PathBuf> {
    Some(data.join(OTHER_BRAND_FOLDER)).filter(|own| first_start::is_made(own))
}

/// Begins to log, each party into its own folder and to the terminal, and to measure.
///
/// The folder is not cleared after this: the log files are open.
pub(crate) fn begin(data: &Path, filter: &str) -> anyhow::Result<Measured> {
    let mut logs = Vec::new();
    for role in roles(data) {
        let folder = RoleFolder::open(data, role)?;
        logs.push((role.to_owned(), folder.log()));
    }
    if let Some(other) = other_brand(data) {
        for name in sites::ALL.into_iter().filter(|name| name.of_other_brand().is_some()) {
            let folder = RoleFolder::open(&other, name.folder())?;
            logs.push((name.label().to_owned(), folder.log()));
        }
    }
    let filter = env::var("OPENSET_LOG__FILTER").unwrap_or_else(|_| filter.to_owned());
    let logging = Logging { filter, form: Form::Text, roles: logs };
    logging::install(&logging).context("logging cannot begin")?;
    Ok(Measured::begin())
}
