//! The lists of revoked certificates: who publishes one, where it lies, and who learns it.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::Context;
use openset_crypto::{
    Authority, Bag, Suite, Trust,
    authority::{self, CrlTerms},
};
use openset_node::clock::Clock;
use openset_types::UnixTime;
use openset_wire::{
    der::{decode, encode},
    x509::CertificateRevocationList,
};

use super::{folder, papers, papers::Papers, ring};

/// Who publishes a list. Nobody withdraws a card or a shop by list: those are turned away at the
/// bank and at the gateway.
const PUBLISHING: [Authority; 3] = [Authority::Root, Authority::Brand, Authority::Gateway];
/// How long a list is good.
const GOOD_S: i64 = 30 * 86_400;
/// After how long a start of the demo makes a new one.
const OLD_S: i64 = 86_400;
const FILE: &str = "revoked.crl";

/// The lists of all authorities and the certificates that prove them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Lists {
    lists: Vec<CertificateRevocationList>,
    bag: Bag,
}

/// Publishes lists where there is none or an old one.
pub(crate) fn publish(data: &Path, suite: Suite, clock: &dyn Clock) -> anyhow::Result<()> {
    let now = clock.now();
    for authority in PUBLISHING {
        let path = path(data, authority);
        let before = read(&path)?;
        if before.as_ref().is_some_and(|list| age_s(list, now) < OLD_S) {
            continue;
        }
        let number = before.as_ref().and_then(number).unwrap_or(0) + 1;
        let terms = CrlTerms {
            number,
            this_update: now.plus_s(-60),
            next_update: now.plus_s(GOOD_S),
            revoked: &[],
        };
        let issuer = Papers::of(&data.join(folder(authority))).take(papers::CERTIFICATES)?;
        let list = authority::crl(&terms, &issuer, &ring(data, authority)?)?;
        fs::write(&path, encode(&list)?)
            .with_context(|| format!("{} cannot be written", path.display()))?;
    }
    tracing::debug!(%suite, "lists of revoked certificates are published");
    Ok(())
}

impl Lists {
    /// Reads those that lie under a data folder.
    pub(crate) fn read(data: &Path) -> anyhow::Result<Self> {
        let mut all = Self::default();
        for authority in PUBLISHING {
            all.lists.extend(read(&path(data, authority))?);
            let identity = Papers::of(&data.join(folder(authority))).take(papers::CERTIFICATES)?;
            all.bag = all.bag.and(&identity);
        }
        Ok(all)
    }

    /// Makes them known to somebody's trust.
    pub(crate) fn teach(&self, trust: &Trust, now: UnixTime) -> anyhow::Result<()> {
        for list in &self.lists {
            trust.learn_crl(list, &self.bag, now)?;
        }
        Ok(())
    }
}

fn path(data: &Path, authority: Authority) -> PathBuf {
    data.join(folder(authority)).join(FILE)
}

fn read(path: &Path) -> anyhow::Result<Option<CertificateRevocationList>> {
    match fs::read(path) {
        Ok(octets) => Ok(Some(decode(&octets)?)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| path.display().to_string()),
    }
}

/// How long ago a list was made.
pub(crate) fn age_s(list: &CertificateRevocationList, now: UnixTime) -> i64 {
    now.seconds_since(list.to_be_signed.this_update.moment())
}

fn number(list: &CertificateRevocationList) -> Option<u64> {
    use openset_wire::x509::CrlNumber;
    let extensions = list.to_be_signed.crl_extensions.as_ref()?;
    extensions.get::<CrlNumber>().ok().flatten().map(|number| number.0)
}
