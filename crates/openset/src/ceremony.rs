//! The ceremony: a root, a brand, and the three authorities below it, each in a folder of its own.
//!
//! ```text
//! ca-root ─▶ ca-brand ─▶ ca-cardholder   each of the three: one certificate to sign
//!                     ├▶ ca-merchant     certificates, one for messages, one to be sealed to
//!                     └▶ ca-gateway
//! ```
//!
//! A second brand below the same root is made the same way, in a folder of its own (`beside.rs`).
//! Merchants, gateways and cardholders are not made here: they enrol by messages.

pub(crate) mod beside;
pub(crate) mod carried;
pub(crate) mod elsewhere;
pub(crate) mod lister;
mod lists;
pub(crate) mod papers;

use std::{
    collections::BTreeMap,
    path::Path,
    sync::{Arc, Mutex, PoisonError},
};

use anyhow::Context;
use openset_crypto::{
    Authority, Draw, Identity, KeyUse, Purpose, Suite,
    authority::{self, Details, Terms},
};
use openset_node::{clock::Clock, entropy, keys::KeyHolder};
use openset_types::{Brand, UnixTime};
use openset_wire::x509::{Name, NameAttribute, Serial};

pub(crate) use self::{
    carried::Carried,
    elsewhere::take_in,
    lists::{
        BciState, ListState, Lists, age_s, own, publish, publish_anew, say_current, take_back,
    },
    papers::{
        Papers, read_list_pem, read_pem, ring as role_ring, write_list_pem, write_pem,
        write_private,
    },
};
use crate::{
    demo::cast::{self, CardBank, CardBrand},
    house::holders::{Entered, Holders},
};

/// The authorities that answer messages and that every brand has.
pub(crate) const ISSUING: [Authority; 3] =
    [Authority::Cardholder, Authority::Merchant, Authority::Gateway];
/// All authorities that answer messages. Not every data folder has those of further banks.
const ANSWERING: [Seat; 4] = [
    Seat::first(Authority::Cardholder),
    SECOND,
    Seat::first(Authority::Merchant),
    Seat::first(Authority::Gateway),
];
/// The authority of the second bank's cardholders.
const SECOND: Seat = cast::SECOND.seat();

const DAY_S: i64 = 86_400;
const YEAR_S: i64 = 365 * DAY_S;
/// Certificates begin a little earlier, for clocks that are late.
const EARLIER_S: i64 = 3600;
const ROOT_YEARS: i64 = 10;
const BRAND_YEARS: i64 = 5;
const AUTHORITY_YEARS: i64 = 3;

/// An authority of a data folder: of what kind, and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Seat {
    /// What it certifies.
    pub(crate) kind: Authority,
    /// Its folder.
    pub(crate) folder: &'static str,
}

impl Seat {
    /// The brand.
    pub(crate) const BRAND: Self = Self::first(Authority::Brand);

    /// The first of its kind; of most kinds there is one.
    pub(crate) const fn first(kind: Authority) -> Self {
        Self { kind, folder: folder(kind) }
    }

    /// Those of a data folder that answer messages.
    pub(crate) fn answering(data: &Path) -> impl Iterator<Item = Self> {
        let is_there = |seat: &Self| Papers::of(&data.join(seat.folder)).has(papers::CERTIFICATES);
        ANSWERING.into_iter().filter(move |seat| *seat != SECOND || is_there(seat))
    }

    /// Those and the ones above them, from the root down.
    pub(crate) fn every(data: &Path) -> impl Iterator<Item = Self> {
        let above = [Authority::Root, Authority::Brand, Authority::Geopolitical];
        above.map(Self::first).into_iter().chain(Self::answering(data))
    }
}

/// The folder of an authority, the first of its kind.
pub(crate) const fn folder(authority: Authority) -> &'static str {
    match authority {
        Authority::Root => "ca-root",
        Authority::Brand => "ca-brand",
        Authority::Geopolitical => "ca-geopolitical",
        Authority::Cardholder => "ca-cardholder",
        Authority::Merchant => "ca-merchant",
        Authority::Gateway => "ca-gateway",
    }
}

/// The brand that the parties of a data folder work for: what the brand's certificate says.
pub(crate) fn brand(data: &Path) -> anyhow::Result<Brand> {
    let paper = Papers::of(&data.join(folder(Authority::Brand))).take(papers::CERTIFICATES)?;
    let name = paper.certificate.to_be_signed.subject.organization();
    Ok(Brand::parse(name.context("a brand without a name")?)?)
}

/// Makes every authority under a data folder, and answers how many certificates that took.
pub(crate) fn hold(rings: &Rings<'_>, suite: Suite, clock: &dyn Clock) -> anyhow::Result<usize> {
    let ceremony = Ceremony { suite, now: clock.now(), rings, root: rings, of: &cast::BRAND };
    let root = ceremony.root()?;
    let made = 1 + ceremony.brand(&root)?;
    publish(rings, suite, clock)?;
    Ok(made)
}

/// The keys of the authorities, each holder opened once: opening a key costs time on purpose.
pub(crate) struct Rings<'a> {
    data: &'a Path,
    holders: &'a Holders,
    entered: Entered,
    open: Mutex<BTreeMap<&'static str, Arc<dyn KeyHolder>>>,
}

impl<'a> Rings<'a> {
    /// Those under a data folder, none of them open.
    pub(crate) fn new(data: &'a Path, holders: &'a Holders) -> Self {
        Self::entered(data, holders, Entered::default())
    }

    /// The same, where some tokens are entered already.
    pub(crate) fn entered(data: &'a Path, holders: &'a Holders, entered: Entered) -> Self {
        Self { data, holders, entered, open: Mutex::default() }
    }

    /// Whether the keys of an authority are here: its certificate is, and they are in a token or
    /// in its folder.
    pub(crate) fn hold(&self, seat: Seat) -> bool {
        let own = self.data.join(seat.folder);
        let in_token = || self.holders.tokens().any(|(role, _)| role == seat.folder);
        Papers::of(&own).has(papers::CERTIFICATES) && (own.join("keys").is_dir() || in_token())
    }

    /// Refuses what needs keys that are not here.
    fn require(&self, seat: Seat) -> anyhow::Result<()> {
        let shown = self.data.display();
        match self.hold(seat) {
            true => Ok(()),
            false => anyhow::bail!("the keys of {} are not in {shown}", seat.folder),
        }
    }

    /// The keys of one authority, the first of its kind.
    pub(crate) fn of(&self, authority: Authority) -> anyhow::Result<Arc<dyn KeyHolder>> {
        self.within(folder(authority))
    }

    /// The keys of one authority.
    pub(crate) fn at(&self, seat: Seat) -> anyhow::Result<Arc<dyn KeyHolder>> {
        self.within(seat.folder)
    }

    /// The keys in one folder.
    fn within(&self, folder: &'static str) -> anyhow::Result<Arc<dyn KeyHolder>> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(ring) = open.get(folder) {
            return Ok(Arc::clone(ring));
        }
        let ring = self.holders.open(self.data, folder, &self.entered)?;
        open.insert(folder, Arc::clone(&ring));
        Ok(ring)
    }
}

struct Ceremony<'a> {
    suite: Suite,
    now: UnixTime,
    /// The keys of the brand and its authorities.
    rings: &'a Rings<'a>,
    /// Those of the root.
    root: &'a Rings<'a>,
    of: &'a CardBrand,
}

/// One certificate to be made: whose, for what, by whom.
struct Plan<'a> {
    folder: &'static str,
    subject: Name,
    purpose: Purpose,
    paper: &'static str,
    years: i64,
    by: &'a Identity,
    by_authority: Authority,
}

impl Ceremony<'_> {
    /// The root, which announces the key of the one after it.
    fn root(&self) -> anyhow::Result<Identity> {
        let ring = self.root.of(Authority::Root)?;
        let purpose = Purpose::CertificateSigning(Authority::Root);
        let kind = purpose.key_kind(self.suite);
        let key = ring.generate(kind, KeyUse::Signs)?;
        let next = ring.generate(kind, KeyUse::Signs)?;
        let terms = Terms {
            serial: serial(self.suite)?,
            subject: root_name()?,
            key: &key,
            purpose,
            not_before: self.now.plus_s(-EARLIER_S),
            not_after: self.now.plus_s(ROOT_YEARS * YEAR_S),
            signs_until: self.now.plus_s(BRAND_YEARS * YEAR_S),
            crl_url: None,
            details: Details::NextRoot(next.digest()),
        };
        let draft = authority::draft_root(self.suite, &terms).context("the root")?;
        let identity = Identity::new(authority::issue(&draft, ring.as_ref())?, Vec::new())?;
        let papers = Papers::of(&self.root.data.join(folder(Authority::Root)));
        papers.keep(papers::CERTIFICATES, &identity)?;
        Ok(identity)
    }

    /// The brand and its authorities; says how many certificates that took.
    fn brand(&self, root: &Identity) -> anyhow::Result<usize> {
        let own = |purpose, paper| {
            self.certify(&Plan {
                folder: folder(Authority::Brand),
                subject: name(self.of, Authority::Brand)?,
                purpose,
                paper,
                years: BRAND_YEARS,
                by: root,
                by_authority: Authority::Root,
            })
        };
        let brand = own(Purpose::CertificateSigning(Authority::Brand), papers::CERTIFICATES)?;
        own(Purpose::AuthoritySignature(Authority::Brand), papers::SIGNATURE)?;
        let mut made = 2;
        for bank in self.of.banks {
            made += self.answering(bank.seat(), &name_of(self.of, bank)?, &brand)?;
        }
        for authority in ISSUING.into_iter().filter(|one| *one != Authority::Cardholder) {
            let subject = name(self.of, authority)?;
            made += self.answering(Seat::first(authority), &subject, &brand)?;
        }
        Ok(made)
    }

    /// The three certificates of an authority that answers messages; says how many.
    fn answering(&self, seat: Seat, subject: &Name, by: &Identity) -> anyhow::Result<usize> {
        let Seat { kind, folder } = seat;
        let purposes = [
            (papers::CERTIFICATES, Purpose::CertificateSigning(kind)),
            (papers::SIGNATURE, Purpose::AuthoritySignature(kind)),
            (papers::ENCIPHERMENT, Purpose::AuthorityEncipherment(kind)),
        ];
        for (paper, purpose) in purposes {
            let (subject, by_authority) = (subject.clone(), Authority::Brand);
            let years = AUTHORITY_YEARS;
            self.certify(&Plan { folder, subject, purpose, paper, years, by, by_authority })?;
        }
        Ok(purposes.len())
    }

    fn certify(&self, plan: &Plan<'_>) -> anyhow::Result<Identity> {
        let (kind, to) = (plan.purpose.key_kind(self.suite), plan.purpose.key_use());
        let key = self.rings.within(plan.folder)?.generate(kind, to)?;
        let terms = Terms {
            serial: serial(self.suite)?,
            subject: plan.subject.clone(),
            key: &key,
            purpose: plan.purpose,
            not_before: self.now.plus_s(-EARLIER_S),
            not_after: self.now.plus_s(plan.years * YEAR_S),
            signs_until: self.now.plus_s(plan.years * YEAR_S - YEAR_S),
            crl_url: None,
            details: Details::None,
        };
        let draft = authority::draft(self.suite, &terms, plan.by)
            .with_context(|| format!("{} of {}", plan.paper, plan.folder))?;
        let signer = match plan.by_authority {
            Authority::Root => self.root.of(Authority::Root)?,
            other => self.rings.of(other)?,
        };
        let signed = authority::issue(&draft, signer.as_ref())?;
        let identity = Identity::new(signed, above(plan.by))?;
        Papers::of(&self.rings.data.join(plan.folder)).keep(plan.paper, &identity)?;
        Ok(identity)
    }
}

/// The chain above what an authority certifies: the authority itself and what is above it.
fn above(by: &Identity) -> Vec<openset_wire::x509::Certificate> {
    let mut chain = vec![by.certificate.clone()];
    chain.extend(by.chain.iter().cloned());
    chain
}

fn serial(suite: Suite) -> anyhow::Result<Serial> {
    Ok(Draw::new(suite, entropy::seed()?).serial())
}

/// The root, which stands above every brand.
fn root_name() -> anyhow::Result<Name> {
    use NameAttribute::{CommonName, Country, Organization};
    named(&[(Country, "FR"), (Organization, "OpenSET"), (CommonName, cast::ROOT)])
}

/// The authority of cardholders of a bank.
fn name_of(brand: &CardBrand, bank: &CardBank) -> anyhow::Result<Name> {
    use NameAttribute::{CommonName, Country, Organization, OrganizationalUnit};
    named(&[
        (Country, bank.country),
        (Organization, brand.name),
        (OrganizationalUnit, bank.in_certificates),
        (CommonName, &format!("{} Cardholder CA", bank.in_certificates)),
    ])
}

/// A brand's own authority, or that of its merchants or its gateways.
fn name(brand: &CardBrand, authority: Authority) -> anyhow::Result<Name> {
    use NameAttribute::{CommonName, Country, Organization, OrganizationalUnit};
    let (country, organization) = ((Country, brand.country), (Organization, brand.name));
    let (unit, called) = match authority {
        Authority::Merchant => (cast::ACQUIRER, brand.merchants),
        Authority::Gateway => (brand.name, brand.gateways),
        _ => return named(&[country, organization, (CommonName, brand.authority)]),
    };
    named(&[country, organization, (OrganizationalUnit, unit), (CommonName, called)])
}

fn named(parts: &[(NameAttribute, &str)]) -> anyhow::Result<Name> {
    Name::new(parts).map_err(|what| anyhow::anyhow!("the name {parts:?}: {what}"))
}

#[cfg(test)]
mod tests {
    use openset_crypto::{Bag, Trust};
    use openset_node::clock::SystemClock;

    use super::*;

    #[test]
    fn everything_a_ceremony_makes_leads_to_its_root() {
        let data = tempfile::tempdir().expect("a folder");
        let made = hold(&Rings::new(data.path(), &Holders::FILES), Suite::Modern, &SystemClock)
            .expect("a ceremony");
        assert_eq!(made, 15);
        let root = Papers::of(&data.path().join("ca-root")).take(papers::CERTIFICATES);
        let root = root.expect("the root").certificate;
        let trust = Trust::new(Suite::Modern, &[root]).expect("a root");
        let now = SystemClock.now();
        Lists::read(data.path()).expect("the lists").teach(&trust, now).expect("believed");
        let seats: Vec<_> = Seat::answering(data.path()).collect();
        assert_eq!(seats, ANSWERING);
        for Seat { kind, folder } in seats {
            let papers = Papers::of(&data.path().join(folder));
            for (paper, purpose) in [
                (papers::CERTIFICATES, Purpose::CertificateSigning(kind)),
                (papers::SIGNATURE, Purpose::AuthoritySignature(kind)),
                (papers::ENCIPHERMENT, Purpose::AuthorityEncipherment(kind)),
            ] {
                let identity = papers.take(paper).expect("a paper");
                let bag = Bag::of(&identity);
                trust
                    .path(&identity.certificate, &bag, purpose, Some(&cast::brand()), now)
                    .expect("a path to the root");
            }
        }
    }
}
