//! A brand pack: what a bank gives its cardholders' wallets, so that they look like the bank's,
//! find its authority and begin their trust where it says.
//!
//! ```text
//! a folder                        one file, signed              in a wallet
//! pack.toml, logo.svg|png,  ──▶  NAME.setpack: manifest  ──▶  verified at every start,
//! root.pem                        with digests, the files       refused when anything changed
//! ```
//!
//! A pack is read strictly: what it says is checked, what nobody asked for is refused, and every
//! complaint names the file and the field. It says nothing about keys or cards.

mod colours;
mod facts;
mod files;
mod logo;
mod png;
mod sealed;
mod signer;
mod source;
mod svg;
#[cfg(test)]
pub(crate) mod tests;
mod worn;

use anyhow::{Context, bail};
use openset_crypto::{Suite, print};
use openset_wire::{der::encode, x509::Certificate};

pub(crate) use self::{
    colours::Shade,
    facts::Facts,
    files::{Files, PACK, ROOT},
    logo::Logo,
    sealed::SUFFIX,
    signer::PackSigner,
    source::{Complement, read_folder},
    worn::{Signed, dress, open, require_not_older, require_pinned, worn},
};
use crate::ceremony::read_pem;

/// What a pack says, all of it checked.
#[derive(Debug)]
pub(crate) struct Pack {
    /// What `pack.toml` says.
    pub(crate) facts: Facts,
    /// The bank's logo.
    pub(crate) logo: Logo,
    /// The certificate that all trust begins at, if the pack has it.
    pub(crate) root: Option<Certificate>,
    /// Its print, which the pack has in any case: SHA-256 over the certificate, in hex.
    pub(crate) anchor: String,
}

impl Pack {
    /// Reads the files of a pack.
    pub(crate) fn of(files: &Files) -> anyhow::Result<Self> {
        let facts = Facts::read(files.text(PACK)?)?;
        let logo = Logo::of(files)?;
        let root = files.find(ROOT).map(|_| root(files.text(ROOT)?, facts.suite)).transpose()?;
        let own = root.as_ref().map(print_of).transpose()?;
        let anchor = match (own, facts.anchor.clone()) {
            (Some(own), Some(said)) if own != said => {
                bail!("{PACK}: trust.sha256 is not the print of {ROOT}\n  expected: {own}")
            }
            (Some(print), _) | (None, Some(print)) => print,
            (None, None) => {
                bail!("{ROOT} is missing, and {PACK} says no trust.sha256\n  expected: one of them")
            }
        };
        Ok(Self { facts, logo, root, anchor })
    }

    /// Refuses a certificate that is not the one this pack's trust begins at.
    pub(crate) fn require_anchor(&self, root: &Certificate) -> anyhow::Result<()> {
        if print_of(root)? != self.anchor {
            bail!("the trust anchor is not the one that {} names", self.facts.id);
        }
        Ok(())
    }
}

/// The print of a certificate, as `openssl x509 -fingerprint -sha256` computes it.
pub(crate) fn print_of(certificate: &Certificate) -> anyhow::Result<String> {
    Ok(print(&encode(certificate)?))
}

/// The one certificate of a PEM text, a root of this suite.
fn root(pem: &str, suite: Suite) -> anyhow::Result<Certificate> {
    let mut all = read_pem(pem).with_context(|| ROOT)?;
    let Some(root) = all.pop().filter(|_| all.is_empty()) else {
        bail!("{ROOT}: expected one certificate");
    };
    let said = Suite::of_root(&root).map_err(|unknown| anyhow::anyhow!("{ROOT}: {unknown}"))?;
    if said != suite {
        bail!("{PACK}: suite = {suite}, and {ROOT} is of suite {said}");
    }
    Ok(root)
}
