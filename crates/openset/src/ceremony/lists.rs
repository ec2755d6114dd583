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
    x509::{Certificate, CertificateRevocationList},
};

use super::{Rings, folder, papers, papers::Papers};

/// Who publishes a list. Nobody withdraws a card or a shop by list: a card is turned away by the
/// bank that issued it, and a shop's certificate is not renewed when it ends.
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
pub(crate) fn publish(rings: &Rings<'_>, suite: Suite, clock: &dyn Clock) -> anyhow::Result<()> {
    let (data, now) = (rings.data, clock.now());
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
        let list = authority::crl(suite, &terms, &issuer, rings.of(authority)?.as_ref())?;
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

    /// Whether one of them takes this certificate back.
    pub(crate) fn revoke(&self, certificate: &Certificate) -> bool {
        let meant = certificate.to_be_signed.value();
        let lists = self.lists.iter().map(|list| list.to_be_signed.value());
        let of_issuer = lists.filter(|list| list.issuer == meant.issuer);
        let mut entries = of_issuer.flat_map(|list| list.revoked_certificates.iter().flatten());
        entries.any(|entry| entry.user_certificate == meant.serial_number)
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

#[cfg(test)]
mod tests {
    use openset_crypto::authority::Revoked;
    use openset_node::clock::SystemClock;

    use super::*;
    use crate::house::holders::Holders;

    fn certificate(data: &Path, of: Authority) -> Certificate {
        let papers = Papers::of(&data.join(folder(of)));
        papers.take(papers::CERTIFICATES).expect("made by the ceremony").certificate
    }

    #[test]
    fn only_the_certificate_on_its_issuers_list_is_taken_back() {
        let data = tempfile::tempdir().expect("a folder");
        let data = data.path();
        super::super::hold(&Rings::new(data, &Holders::FILES), Suite::Modern, &SystemClock)
            .expect("a ceremony");
        let [cca, mca] =
            [Authority::Cardholder, Authority::Merchant].map(|of| certificate(data, of));
        let fresh = Lists::read(data).expect("published");
        assert!(!fresh.revoke(&cca) && !fresh.revoke(&mca));

        let now = SystemClock.now();
        let entry = Revoked { serial: cca.to_be_signed.serial_number.clone(), at: now };
        let terms = CrlTerms {
            number: 2,
            this_update: now,
            next_update: now.plus_s(GOOD_S),
            revoked: &[entry],
        };
        let list = |of: Authority| {
            let issuer = Papers::of(&data.join(folder(of))).take(papers::CERTIFICATES);
            let ring = Rings::new(data, &Holders::FILES).of(of).expect("its keys");
            let issuer = issuer.expect("its paper");
            let list = authority::crl(Suite::Modern, &terms, &issuer, ring.as_ref());
            Lists { lists: vec![list.expect("a list")], bag: Bag::default() }
        };
        let by_brand = list(Authority::Brand);
        assert!(by_brand.revoke(&cca) && !by_brand.revoke(&mca));
        // A number on somebody else's list is another certificate.
        assert!(!list(Authority::Gateway).revoke(&cca));
    }
}
