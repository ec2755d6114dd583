//! `openset serve`: one role, or all of them, as a configuration file says.
//!
//! A role that runs alone takes messages, files and links, and shows no pages. The merchant and
//! the wallet need theirs, so they are served by `all` only.

mod all;
mod alone;
mod banks;
pub(crate) mod claim;
pub(crate) mod enroll;
mod fees;
mod keys;
mod parties;
mod policies;
mod settings;
mod store;

use std::path::Path;

use self::settings::Settings;
use crate::{
    args::{RoleName, Serve},
    demo::open::harden,
    ending::{Done, Ending},
    house::{holders::Holders, neighbours::Neighbours, stores::Stores},
    sites::Name,
};

/// Serves until asked to stop.
pub(crate) fn serve(serve: &Serve) -> Done {
    if let RoleName::Merchant | RoleName::Wallet = serve.role {
        return Err(Ending::input(format_args!(
            "{} is not served alone in this version: it needs its pages\n  try: openset serve all",
            Name::from(serve.role).label()
        )));
    }
    let settings = Settings::read(&serve.config, std::env::vars())?;
    harden();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Ending::Machine(error.into()))?;
    runtime.block_on(async {
        match serve.role {
            RoleName::All => all::serve(settings).await,
            RoleName::Issuer => banks::issuer(settings).await,
            RoleName::Acquirer => banks::acquirer(settings).await,
            RoleName::Gateway => parties::gateway(settings).await,
            role => parties::authority(settings, Name::from(role)).await,
        }
    })
}

/// Where a configuration says the keys of each role are.
pub(crate) fn holders(config: &Path) -> Result<Holders, Ending> {
    Settings::read(config, std::env::vars())?.holders()
}

/// Where a configuration says the database of each role is.
pub(crate) fn stores(config: &Path) -> Result<Stores, Ending> {
    Settings::read(config, std::env::vars())?.stores()
}

/// Which other houses of the brand a configuration names.
pub(crate) fn neighbours(config: &Path) -> Result<Neighbours, Ending> {
    Settings::read(config, std::env::vars())?.neighbours()
}

impl From<RoleName> for Name {
    fn from(role: RoleName) -> Self {
        match role {
            RoleName::All => Self::Home,
            RoleName::Wallet => Self::Wallet,
            RoleName::Merchant => Self::Merchant,
            RoleName::Gateway => Self::Gateway,
            RoleName::Issuer => Self::Issuer,
            RoleName::Acquirer => Self::Acquirer,
            RoleName::CaCardholder => Self::CaCardholder,
            RoleName::CaMerchant => Self::CaMerchant,
            RoleName::CaGateway => Self::CaGateway,
        }
    }
}
