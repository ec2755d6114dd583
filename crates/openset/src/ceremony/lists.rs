//! The lists of revoked certificates, and the brand's list of them: who publishes one, where it
//! lies, and who learns it.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    sync::{Arc, PoisonError, RwLock, RwLockReadGuard},
    time::SystemTime,
};

use anyhow::Context;
use openset_crypto::{
    Authority, Bag, Suite, Trust, Untrusted,
    authority::{self, BciTerms, CrlTerms, Revoked},
};
use openset_node::clock::Clock;
use openset_types::UnixTime;
use openset_wire::{
    der::{Decode, Encode, decode, encode},
    x509::{BrandCrlIdentifier, Certificate, CertificateRevocationList, Name},
};

use super::{Rings, SECOND, Seat, brand, elsewhere, folder, lister, papers, papers::Papers};

/// Who publishes a list, whether anything was taken back or not.
const PUBLISHING: [Seat; 4] = [
    Seat::first(Authority::Root),
    Seat::BRAND,
    Seat::first(Authority::Geopolitical),
    Seat::first(Authority::Gateway),
];
/// Who publishes one once it has taken something back. Its certificate signs no lists: the brand
/// gives it another one for that.
const ON_DEMAND: [Seat; 3] =
    [Seat::first(Authority::Cardholder), Seat::first(Authority::Merchant), SECOND];
/// How long a list is good.
const GOOD_S: i64 = 30 * 86_400;
/// After how long whoever holds the authorities' keys makes a new one.
const OLD_S: i64 = 86_400;
const FILE: &str = "revoked.crl";
/// The list of lists, in the folder of the brand.
const CURRENT: &str = "current.bci";
/// Whoever makes lists holds this file of the brand.
const TURN: &str = ".lists";

/// The lists of all authorities and the certificates that prove them. Clones share them: what is
/// read again, all have.
#[derive(Debug, Clone, Default)]
pub(crate) struct Lists(Arc<RwLock<Published>>);

/// One list, as its authority's operator sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ListState {
    /// Whose it is, by its common name.
    pub(crate) issuer: String,
    pub(crate) number: u64,
    pub(crate) made_at: UnixTime,
    pub(crate) ends_at: UnixTime,
    /// How many certificates it takes back.
    pub(crate) revoked: usize,
}

/// The brand's word on the lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct BciState {
    pub(crate) sequence: u64,
    pub(crate) made_at: UnixTime,
    pub(crate) ends_at: UnixTime,
}

#[derive(Debug, Default)]
struct Published {
    lists: Vec<CertificateRevocationList>,
    bci: Option<BrandCrlIdentifier>,
    bag: Bag,
}

pub(super) fn all() -> impl Iterator<Item = Seat> {
    PUBLISHING.into_iter().chain(ON_DEMAND)
}

/// Publishes lists where there is none or an old one, and says which are the current ones. Those
/// of authorities whose keys are elsewhere come by a ceremony.
pub(crate) fn publish(rings: &Rings<'_>, suite: Suite, clock: &dyn Clock) -> anyhow::Result<()> {
    let _turn = take_turn(rings.data)?;
    let now = clock.now();
    for seat in all().filter(|seat| rings.hold(*seat)) {
        let before = read_list(&path(rings.data, seat))?;
        let is_due = match &before {
            Some(list) => age_s(list, now) >= OLD_S,
            None => PUBLISHING.contains(&seat),
        };
        if is_due {
            put_out(rings, suite, now, seat, None)?;
        }
    }
    if rings.hold(Seat::BRAND) {
        say_which(rings, suite, now)?;
    }
    tracing::debug!(%suite, "lists of revoked certificates are published");
    Ok(())
}

/// Publishes the lists of all who have one, however new they are.
pub(crate) fn publish_anew(
    rings: &Rings<'_>,
    suite: Suite,
    clock: &dyn Clock,
) -> anyhow::Result<()> {
    let _turn = take_turn(rings.data)?;
    for seat in all().filter(|seat| rings.hold(*seat)) {
        let is_listed = path(rings.data, seat).is_file();
        if is_listed || PUBLISHING.contains(&seat) {
            put_out(rings, suite, clock.now(), seat, None)?;
        }
    }
    match rings.hold(Seat::BRAND) {
        true => say_which(rings, suite, clock.now()),
        false => Ok(()),
    }
}

/// Takes a certificate back: it stands on its issuer's next list, which is published at once. The
/// brand does not say yet that it is the current one.
pub(crate) fn take_back(
    rings: &Rings<'_>,
    suite: Suite,
    clock: &dyn Clock,
    by: Seat,
    revoked: Revoked,
) -> anyhow::Result<CertificateRevocationList> {
    let _turn = take_turn(rings.data)?;
    rings.require(by)?;
    let now = clock.now();
    if ON_DEMAND.contains(&by) {
        lister::certify(rings, suite, now, by)?;
    }
    put_out(rings, suite, now, by, Some(revoked))
}

/// The brand says which lists are the current ones, where its keys are here.
pub(crate) fn say_current(
    rings: &Rings<'_>,
    suite: Suite,
    clock: &dyn Clock,
) -> anyhow::Result<()> {
    let _turn = take_turn(rings.data)?;
    match rings.hold(Seat::BRAND) {
        true => say_which(rings, suite, clock.now()),
        false => Ok(()),
    }
}

/// An authority's own list, if it has published one.
pub(crate) fn own(data: &Path, of: Seat) -> anyhow::Result<Option<CertificateRevocationList>> {
    read_list(&path(data, of))
}

/// One process at a time makes lists: two would give two of them the same number.
pub(super) fn take_turn(data: &Path) -> anyhow::Result<File> {
    let path = data.join(folder(Authority::Brand)).join(TURN);
    let opened = File::options().create(true).append(true).open(&path);
    let file = opened.with_context(|| format!("{} cannot be written", path.display()))?;
    file.lock().with_context(|| format!("{} cannot be locked", path.display()))?;
    Ok(file)
}

/// Makes an authority's next list: what the last one took back, and perhaps one more.
fn put_out(
    rings: &Rings<'_>,
    suite: Suite,
    now: UnixTime,
    seat: Seat,
    more: Option<Revoked>,
) -> anyhow::Result<CertificateRevocationList> {
    let path = path(rings.data, seat);
    let before = read_list(&path)?;
    let mut revoked = before.as_ref().map(revoked).transpose()?.unwrap_or_default();
    revoked.extend(more);
    let terms = CrlTerms {
        number: before.as_ref().and_then(number).unwrap_or(0) + 1,
        this_update: now.plus_s(-60),
        next_update: now.plus_s(GOOD_S),
        revoked: &revoked,
    };
    let issuer = lister::of(rings.data, seat)?;
    let list = authority::crl(suite, &terms, &issuer, rings.at(seat)?.as_ref())?;
    write(&path, &encode(&list)?)
        .with_context(|| format!("{} cannot be written", path.display()))?;
    Ok(list)
}

/// The brand says which lists are the current ones, unless it said so before. Lists are written
/// first: whoever falls in between says it at the next turn.
fn say_which(rings: &Rings<'_>, suite: Suite, now: UnixTime) -> anyhow::Result<()> {
    let path = current(rings.data);
    let before: Option<BrandCrlIdentifier> = read(&path)?;
    let mut lists = Vec::new();
    for seat in all() {
        let list = read_list(&self::path(rings.data, seat))?;
        lists.extend(list.as_ref().and_then(named));
    }
    lists.extend(elsewhere::heard(rings.data)?.iter().filter_map(|heard| named(&heard.list)));
    if before.as_ref().is_some_and(|before| names(before, &lists)) {
        return Ok(());
    }
    let terms = BciTerms {
        sequence: before.map_or(1, |before| before.to_be_signed.sequence_num.saturating_add(1)),
        brand: &brand(rings.data)?,
        not_before: now.plus_s(-60),
        not_after: now.plus_s(GOOD_S),
        lists: &lists,
    };
    let issuer =
        Papers::of(&rings.data.join(folder(Authority::Brand))).take(papers::CERTIFICATES)?;
    let bci = authority::bci(suite, &terms, &issuer, rings.of(Authority::Brand)?.as_ref())?;
    write(&path, &encode(&bci)?).with_context(|| format!("{} cannot be written", path.display()))
}

/// How a BCI names a list.
fn named(list: &CertificateRevocationList) -> Option<(Name, u64)> {
    Some((list.to_be_signed.issuer.clone(), number(list)?))
}

/// Whether a BCI names these lists and no others.
fn names(bci: &BrandCrlIdentifier, lists: &[(Name, u64)]) -> bool {
    let named = bci.to_be_signed.crl_identifier_seq.iter().flatten();
    named.map(|list| (&list.issuer_name, list.crl_number)).eq(lists.iter().map(|(n, k)| (n, *k)))
}

/// Takes the place of a file at once: whoever reads it has the old one or the new one.
pub(super) fn write(path: &Path, octets: &[u8]) -> std::io::Result<()> {
    let beside = path.with_extension("new");
    fs::write(&beside, octets)?;
    fs::rename(&beside, path)
}

pub(super) fn current(data: &Path) -> PathBuf {
    data.join(folder(Authority::Brand)).join(CURRENT)
}

impl Lists {
    /// Reads those that lie under a data folder.
    pub(crate) fn read(data: &Path) -> anyhow::Result<Self> {
        Ok(Self(Arc::new(RwLock::new(Published::read(data)?))))
    }

    /// When each of the files was written: another answer says that somebody put others there.
    pub(crate) fn stamp(data: &Path) -> Vec<Option<SystemTime>> {
        let own = all().map(|authority| path(data, authority)).chain([current(data)]);
        let written = |path: PathBuf| fs::metadata(path).and_then(|file| file.modified()).ok();
        own.chain(elsewhere::files(data)).map(written).collect()
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
        let said = published.bci.iter().map(|bci| bci.to_be_signed.not_after.0);
        ends.map(|next| next.moment()).chain(said).min()
    }

    /// When the oldest of them was made; none if there is none.
    pub(crate) fn made_at(&self) -> Option<UnixTime> {
        let published = self.published();
        published.lists.iter().map(|list| list.to_be_signed.this_update.moment()).min()
    }

    /// Whether one of them takes this certificate back: when, and why.
    pub(crate) fn revocation(&self, certificate: &Certificate) -> Option<Revoked> {
        let meant = certificate.to_be_signed.value();
        let published = self.published();
        let lists = published.lists.iter().map(|list| list.to_be_signed.value());
        let of_issuer = lists.filter(|list| list.issuer == meant.issuer);
        let mut entries = of_issuer.flat_map(|list| list.revoked_certificates.iter().flatten());
        let entry = entries.find(|entry| entry.user_certificate == meant.serial_number)?;
        Revoked::read(entry).ok()
    }

    /// What is published: each list with its number, and the brand's word on them.
    pub(crate) fn state(&self) -> (Vec<ListState>, Option<BciState>) {
        let published = self.published();
        let list = |list: &CertificateRevocationList| {
            let unsigned = list.to_be_signed.value();
            Some(ListState {
                issuer: unsigned.issuer.common_name().unwrap_or_default().to_owned(),
                number: number(list)?,
                made_at: unsigned.this_update.moment(),
                ends_at: unsigned.next_update.as_ref()?.moment(),
                revoked: unsigned.revoked_certificates.iter().flatten().count(),
            })
        };
        let bci = published.bci.as_ref().map(|bci| BciState {
            sequence: bci.to_be_signed.sequence_num,
            made_at: bci.to_be_signed.not_before.0,
            ends_at: bci.to_be_signed.not_after.0,
        });
        (published.lists.iter().filter_map(list).collect(), bci)
    }

    /// The brand's word on which lists are the current ones.
    pub(crate) fn bci(&self) -> Option<BrandCrlIdentifier> {
        self.published().bci.clone()
    }

    /// Makes those known to somebody's trust that are good, whatever the others are: whoever
    /// fetches newer ones may find them ended.
    pub(crate) fn teach_what_stands(&self, trust: &Trust, now: UnixTime) {
        let published = self.published();
        for list in &published.lists {
            // What is not good is in nobody's way.
            let _ = trust.learn_crl(list, &published.bag, now);
        }
        let bci = published.bci.as_ref().map(|bci| trust.learn_bci(bci, &published.bag, now));
        let _ = bci;
    }

    /// Makes them known to somebody's trust.
    pub(crate) fn teach(&self, trust: &Trust, now: UnixTime) -> anyhow::Result<()> {
        let published = self.published();
        for list in &published.lists {
            unless_newer(trust.learn_crl(list, &published.bag, now))?;
        }
        let bci = published.bci.as_ref().map(|bci| trust.learn_bci(bci, &published.bag, now));
        Ok(unless_newer(bci.unwrap_or(Ok(())))?)
    }
}

/// What is published here may be older than what messages have brought meanwhile.
fn unless_newer(learned: Result<(), Untrusted>) -> Result<(), Untrusted> {
    match learned {
        Err(Untrusted::RolledBack) => Ok(()),
        other => other,
    }
}

impl Published {
    fn read(data: &Path) -> anyhow::Result<Self> {
        let mut found = Self::default();
        for seat in all() {
            found.lists.extend(read_list(&path(data, seat))?);
            let kept = Papers::of(&data.join(seat.folder));
            // Not every brand has a region, and not every machine an authority of gateways.
            // Whoever needs a list that is not here refuses.
            for paper in [papers::CERTIFICATES, papers::LISTS] {
                if kept.has(paper) {
                    found.bag = found.bag.and(&kept.take(paper)?);
                }
            }
        }
        for heard in elsewhere::heard(data)? {
            found.lists.push(heard.list);
            found.bag.certificates.extend(heard.certificates);
        }
        found.bci = read(&current(data))?;
        Ok(found)
    }
}

pub(super) fn path(data: &Path, seat: Seat) -> PathBuf {
    data.join(seat.folder).join(FILE)
}

pub(super) fn read_list(path: &Path) -> anyhow::Result<Option<CertificateRevocationList>> {
    read(path)
}

pub(super) fn read<T: Decode + Encode>(path: &Path) -> anyhow::Result<Option<T>> {
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
fn revoked(list: &CertificateRevocationList) -> anyhow::Result<Vec<Revoked>> {
    let entries = list.to_be_signed.revoked_certificates.iter().flatten();
    Ok(entries.map(Revoked::read).collect::<Result<_, _>>()?)
}

pub(super) fn number(list: &CertificateRevocationList) -> Option<u64> {
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
        assert!(fresh.revocation(&cca).is_none() && fresh.revocation(&mca).is_none());

        let now = SystemClock.now();
        let entry =
            Revoked { serial: cca.to_be_signed.serial_number.clone(), at: now, reason: None };
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
        assert!(by_brand.revocation(&cca).is_some() && by_brand.revocation(&mca).is_none());
        // A number on somebody else's list is another certificate.
        assert!(list(Authority::Gateway).revocation(&cca).is_none());
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
            revoked: &[Revoked {
                serial: cca.to_be_signed.serial_number.clone(),
                at: long_ago,
                reason: None,
            }],
        };
        let issuer = Papers::of(&data.join(folder(Authority::Brand))).take(papers::CERTIFICATES);
        let ring = rings.of(Authority::Brand).expect("its keys");
        let list =
            authority::crl(Suite::Modern, &terms, &issuer.expect("its paper"), ring.as_ref());
        let path = path(data, Seat::BRAND);
        write(&path, &encode(&list.expect("a list")).expect("encodable")).expect("a file");
        publish(&rings, Suite::Modern, &SystemClock).expect("a new list");
        let list = read_list(&path).expect("readable").expect("there");
        assert_eq!(number(&list), Some(8));
        assert!(Lists::read(data).expect("published").revocation(&cca).is_some());
    }

    #[test]
    fn the_brand_says_which_lists_are_current_once_for_each_change() {
        let data = tempfile::tempdir().expect("a folder");
        let data = data.path();
        let files = Holders::FILES;
        let rings = Rings::new(data, &files);
        super::super::hold(&rings, Suite::Modern, &SystemClock).expect("a ceremony");
        let said = || {
            publish(&rings, Suite::Modern, &SystemClock).expect("lists");
            let said: Option<BrandCrlIdentifier> = read(&current(data)).expect("readable");
            said.expect("a list of lists").to_be_signed
        };
        let first = said();
        assert_eq!((first.sequence_num, &first), (1, &said()));
        let numbers = first.crl_identifier_seq.iter().flatten().map(|list| list.crl_number);
        assert_eq!(numbers.collect::<Vec<_>>(), [1, 1, 1]);
        // A list that somebody lost is made anew, and named with it.
        fs::remove_file(current(data)).expect("it was there");
        assert_eq!(said().crl_identifier_seq, first.crl_identifier_seq);
    }
}
