//! Who opens the keys of an authority that is apart: one operator, or two of whom neither can do
//! it alone ([ADR 22](../../../../../docs/adr/0022-two-operators-are-two-shares.md)).
//!
//! What opens the keys (`held`) is locked under a secret that stands nowhere. Each operator has a
//! share of it, locked under their own passphrase; all shares together are the secret.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::Context;
use data_encoding::BASE64;
use openset_crypto::{
    shares,
    vault::{self, Cost},
};
use openset_types::Secret;

use super::stick::{self, Stick};
use crate::{commands::terminal, ending::Ending};

/// As many as a wallet's passphrase has at least.
const PASSPHRASE_CHARACTERS_MIN: usize = 12;
/// What a guess at a passphrase costs. Shares of a test live as long as it does.
pub(super) const COST: Cost = if cfg!(test) { Cost::FLEETING } else { Cost::AT_REST };

/// Makes the shares of a new folder; answers what they are together.
pub(super) fn make(stick: &Stick, count: u8, files: &[PathBuf]) -> Result<Secret, Ending> {
    require_no_more(files, count)?;
    let mut passphrases: Vec<Secret> = Vec::new();
    for number in 1..=count {
        let passphrase = new_passphrase(number, files.get(usize::from(number) - 1))?;
        if passphrases.contains(&passphrase) {
            return Err(Ending::input("two operators have the same passphrase"));
        }
        passphrases.push(passphrase);
    }
    let mut parts = Vec::new();
    stick::make_folder(&stick.path().join("operators")).context("no shares")?;
    for (number, passphrase) in (1..=count).zip(&passphrases) {
        let part = shares::draw().map_err(anyhow::Error::new)?;
        let locked = vault::seal(passphrase, COST, &part).map_err(anyhow::Error::new)?;
        stick::replace(&share(stick, number), &locked)?;
        parts.push(part);
    }
    joined(&parts)
}

/// Opens the shares with every operator's passphrase. Whoever is missing or wrong is told and
/// logged (abuse case 35).
pub(super) fn open(stick: &Stick, count: u8, files: &[PathBuf]) -> Result<Secret, Ending> {
    require_no_more(files, count)?;
    let mut parts = Vec::new();
    for number in 1..=count {
        let opened = passphrase(number, files.get(usize::from(number) - 1))
            .and_then(|passphrase| open_share(stick, number, &passphrase));
        match opened {
            Ok(part) => parts.push(part),
            Err(ending) => {
                stick.log(&format!("refused: operator {number} of {count} did not open"))?;
                return Err(ending);
            }
        }
    }
    stick.log(&format!("keys opened by {count} of {count} operators"))?;
    joined(&parts)
}

fn open_share(stick: &Stick, number: u8, passphrase: &Secret) -> Result<Secret, Ending> {
    let path = share(stick, number);
    let locked = fs::read(&path)
        .map_err(|error| Ending::input(format_args!("{}: {error}", path.display())))?;
    vault::open(passphrase, &locked).map_err(|_| {
        Ending::input(format_args!("operator {number}: wrong passphrase or damaged share"))
    })
}

/// What all shares are together, as a passphrase.
fn joined(parts: &[Secret]) -> Result<Secret, Ending> {
    let secret = shares::join(parts).map_err(anyhow::Error::new)?;
    Ok(Secret::new(BASE64.encode(secret.expose()).into_bytes()))
}

fn share(stick: &Stick, number: u8) -> PathBuf {
    stick.path().join("operators").join(format!("{number}.share"))
}

fn require_no_more(files: &[PathBuf], count: u8) -> Result<(), Ending> {
    match files.len() > usize::from(count) {
        true => Err(Ending::input(format_args!("there are {count} operators and no more"))),
        false => Ok(()),
    }
}

fn passphrase(number: u8, file: Option<&PathBuf>) -> Result<Secret, Ending> {
    let question = format!("Passphrase of operator {number}: ");
    let given = file
        .map_or_else(|| terminal::secret(&question), |file| terminal::secret_in(Path::new(file)));
    given.map_err(|ending| match ending {
        Ending::Input(error) => {
            Ending::input(format_args!("operator {number} gave no passphrase: {error}"))
        }
        other => other,
    })
}

fn new_passphrase(number: u8, file: Option<&PathBuf>) -> Result<Secret, Ending> {
    let first = passphrase(number, file)?;
    let characters = str::from_utf8(first.expose()).map_or(0, |text| text.chars().count());
    if characters < PASSPHRASE_CHARACTERS_MIN {
        return Err(Ending::input(format_args!(
            "operator {number}: a passphrase has {PASSPHRASE_CHARACTERS_MIN} characters or more"
        )));
    }
    if file.is_none() && terminal::is_there() {
        let again = terminal::secret("The same once more: ")?;
        if again != first {
            return Err(Ending::input("that is another passphrase; nothing was made"));
        }
    }
    Ok(first)
}
