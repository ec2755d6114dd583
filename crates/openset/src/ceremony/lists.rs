//! The lists of revoked certificates: who publishes one, where it lies, and who learns it.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::{Arc, PoisonError, RwLock, RwLockReadGuard},
};

use anyhow::Context;
use openset_crypto::{
    Authority, Bag, Suite, Trust,
    authority::{self, CrlTerms, Revoked},
};
use openset_node::clock::Clock;
use openset_types::UnixTime;
use openset_wire::{
    der::{decode, encode},
    x509::{Certificate, CertificateRevocationList, CrlEntry},
};

use super::{Rings, folder, papers, papers::Papers};

/// Who publishes a list. Nobody withdraws a card or a shop by list: a card is turned away by the
/// bank that issued it, and a shop's certificate is not renewed when it ends.
const PUBLISHING: [Authority; 3] = [Authority::Root, Authority::Brand, Authority::Gateway];
/// How long a list is good.
const GOOD_S: i64 = 30 * 86_400;
/// After how long whoever holds the authorities' keys makes a new one.
const OLD_S: i64 = 86_400;
const FILE: &str = "revoked.crl";

/// The lists of all authorities and the certificates that prove them. Clones share them: what is
/// read again, all have.
#[derive(Debug, Clone, Default)]
pub(crate) struct Lists(Arc<RwLock<Published>>);

#[derive(Debug, Default)]
struct Published {
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
        let revoked = before.as_ref().map(revoked).unwrap_or_default();
        let terms = CrlTerms {
            number,
            this_update: now.plus_s(-60),
            next_update: now.plus_s(GOOD_S),
            revoked: &revoked,
        };
        let issuer = Papers::of(&data.join(folder(authority))).take(papers::CERTIFICATES)?;
        let list = authority::crl(suite, &terms, &issuer, rings.of(authority)?.as_ref())?;
        write(&path, &encode(&list)?)
            .with_context(|| format!("{} cannot be written", path.display()))?;
    }
    tracing::debug!(%suite, "lists of revoked certificates are published");
    Ok(())
}

/// Takes the place of a file at once: whoever reads it has the old one or the new one.
fn write(path: &Path, octets: &[u8]) -> std::io::Result<()> {
    let beside = path.with_extension("new");
    fs::write(&beside, octets)?;
    fs::rename(&beside, path)
}

impl Lists {
    /// Reads those that lie under a data folder.
    pub(crate) fn read(data: &Path) -> anyhow::Result<Self> {
        Ok(Self(Arc::new(RwLock::new(Published::read(data)?))))
    }

    /// Reads them again.
    pub(crate) fn reread(&self, data: &Path) -> anyhow::Result<()> {
        let published = Published::read(data)?;
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = published;
        Ok(())
    }

    fn published(&self) -> RwLockReadGuard<'_, Published> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// When the first of them ends; none if there is none.
    pub(crate) fn end_at(&self) -> Option<UnixTime> {
        let published = self.published();
        let ends = published.lists.iter().filter_map(|list| list.to_be_signed.next_update.as_ref());
        ends.map(|next| next.moment()).min()
    }

    /// Whether one of them takes this certificate back.
    pub(crate) fn revoke(&self, certificate: &Certificate) -> bool {
        let meant = certificate.to_be_signed.value();
        let published = self.published();
        let lists = published.lists.iter().map(|list| list.to_be_signed.value());
        let of_issuer = lists.filter(|list| list.issuer == meant.issuer);
        let mut entries = of_issuer.flat_map(|list| list.revoked_certificates.iter().flatten());
        entries.any(|entry| entry.user_certificate == meant.serial_number)
    }

    /// Makes them known to somebody's trust.
    pub(crate) fn teach(&self, trust: &Trust, now: UnixTime) -> anyhow::Result<()> {
        let published = self.published();
        for list in &published.lists {
            trust.learn_crl(list, &published.bag, now)?;
        }
        Ok(())
    }
}

impl Published {
    fn read(data: &Path) -> anyhow::Result<Self> {
        let mut all = Self::default();
        for authority in PUBLISHING {
            all.lists.extend(read(&path(data, authority))?);
            let identity = Papers::of(&data.join(folder(authority))).take(papers::CERTIFICATES)?;
            all.bag = all.bag.and(&identity);
        }
        Ok(all)
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

/// What a list takes back: the next one does too.
fn revoked(list: &CertificateRevocationList) -> Vec<Revoked> {
    let entries = list.to_be_signed.revoked_certificates.iter().flatten();
    let entry = |entry: &CrlEntry| Revoked {
        serial: entry.user_certificate.clone(),
        at: entry.revocation_date.moment(),
    };
    entries.map(entry).collect()
}

fn number(list: &CertificateRevocationList) -> Option<u64> {
    use openset_wire::x509::CrlNumber;
    let extensions = list.to_be_signed.crl_extensions.as_ref()?;
    extensions.get::<CrlNumber>().ok().flatten().map(|number| number.0)
}

#[cfg(test)]
mod tests {
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
            let list =
                authority::crl(Suite::Modern, &terms, &issuer.expect("its paper"), ring.as_ref());
            let published =
                Published { lists: vec![list.expect("a list")], ..Published::default() };
            Lists(Arc::new(RwLock::new(published)))
        };
        let by_brand = list(Authority::Brand);
        assert!(by_brand.revoke(&cca) && !by_brand.revoke(&mca));
        // A number on somebody else's list is another certificate.
        assert!(!list(Authority::Gateway).revoke(&cca));
    }

    #[test]
    fn a_new_list_takes_back_what_the_one_before_it_took_back() {
        let data = tempfile::tempdir().expect("a folder");
        let data = data.path();
        let files = Holders::FILES;
        let rings = Rings::new(data, &files);
        super::super::hold(&rings, Suite::Modern, &SystemClock).expect("a ceremony");
        let cca = certificate(data, Authority::Cardholder);
        let long_ago = SystemClock.now().plus_s(-2 * OLD_S);
        let terms = CrlTerms {
            number: 7,
            this_update: long_ago,
            next_update: long_ago.plus_s(GOOD_S),
            revoked: &[Revoked { serial: cca.to_be_signed.serial_number.clone(), at: long_ago }],
        };
        let issuer = Papers::of(&data.join(folder(Authority::Brand))).take(papers::CERTIFICATES);
        let ring = rings.of(Authority::Brand).expect("its keys");
        let list =
            authority::crl(Suite::Modern, &terms, &issuer.expect("its paper"), ring.as_ref());
        let path = path(data, Authority::Brand);
        write(&path, &encode(&list.expect("a list")).expect("encodable")).expect("a file");
        publish(&rings, Suite::Modern, &SystemClock).expect("a new list");
        let list = read(&path).expect("readable").expect("there");
        assert_eq!(number(&list), Some(8));
        assert!(Lists::read(data).expect("published").revoke(&cca));
    }
}
