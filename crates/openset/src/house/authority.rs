//! The authorities of a running system: each one machine, one door, one registrar.

use std::{path::Path, sync::Arc};

use openset_crypto::Authority as Kind;
use openset_node::{
    driver::{Desk, Door, Driver, Performing, Reminder},
    http::{Media, set_endpoint},
    link::{Link, LinkTerms},
    shutdown::Stop,
};
use openset_protocol::ca::{self, AuthorityEnrolment, Certifies, Effect};
use tokio::task::JoinHandle;

use super::{
    audit::Audit,
    brand_desk::BrandDesk,
    bureau,
    complaints::Complaints,
    forms::FormFile,
    ground::{Ground, Lesson, Party, Role},
    hearing::Hearing,
    registrars::{self, AcquirerDesk, CardRegistrar, IssuerRecords, TakenBack},
};
use crate::ceremony::{self, Seat, papers};

/// The messages that an authority answers.
const MESSAGES: [&str; 5] =
    ["CardCInitReq", "Me-AqCInitReq", "RegFormReq", "CertReq", "CertInqReq"];
/// How long certificates last.
const CERTIFICATES_S: i64 = 365 * 86_400;
/// How long an applicant waits for a registrar before it is told to inquire later.
const ANSWER_S: i64 = 15;
/// How long an application is kept, sealed, to answer inquiries about it.
const INQUIRIES_S: i64 = 7 * 86_400;

/// Whoever performs the effects of an authority.
type AnyDesk = Box<dyn Desk<AuthorityEnrolment>>;

/// One authority.
pub(crate) struct Authority {
    pub(crate) seat: Seat,
    pub(crate) party: Party,
    pub(crate) enrolments: Driver<AuthorityEnrolment>,
    hearing: Hearing,
    brand: Option<BrandDesk>,
    audit: Audit,
    door: Arc<Door>,
}

impl Authority {
    /// Opens an authority with the certificates of the ceremony.
    pub(crate) async fn open(
        ground: &Ground,
        seat: Seat,
        registrar: impl FnOnce(&Party, FormFile) -> anyhow::Result<AnyDesk>,
    ) -> anyhow::Result<Self> {
        let role = role(seat);
        let keys = ground.keys(role.folder)?;
        let party = ground.party(role, Lesson::Told, keys.clone()).await?;
        let hearing = Hearing::of(ground, &party, keys.clone(), role.name);
        let papers = ground.papers(role.folder);
        let signature = papers.take(papers::SIGNATURE)?;
        let complaints = Complaints {
            identity: {
                let own = signature.clone();
                Box::new(move |_| own.clone())
            },
            keys: keys.clone(),
            trust: Arc::clone(party.shell.trust()),
            letterhead: ground.letterhead(),
        };
        let file = form_file(&ground.data.join(seat.folder), seat.kind)?;
        let registrar = Registrar(registrar(&party, file)?);
        let standing = standing(ground, seat)?;
        let enrolments = Driver::new(Arc::clone(&party.shell), standing, registrar);
        let door = Door::new(Arc::clone(&party.shell), complaints.complaint())
            .with(&MESSAGES, &enrolments);
        let audit = Audit::of(ground, role, signature, keys)?;
        let brand = BrandDesk::open(ground)?;
        Ok(Self { seat, party, enrolments, hearing, brand, audit, door: Arc::new(door) })
    }

    /// Begins to remember what is due, and to sign how far the audit trail goes.
    pub(crate) async fn start(&self, stop: &Stop) -> anyhow::Result<Vec<Reminder>> {
        Ok(vec![self.enrolments.start(stop.clone()).await?, self.audit.start(&self.party, stop)])
    }

    /// Lets its operators in, by a socket in its folder.
    pub(crate) fn open_to_operators(
        &self,
        data: &Path,
        stop: Stop,
    ) -> anyhow::Result<JoinHandle<()>> {
        bureau::door::open(data, self.seat, self.enrolments.clone(), stop)
    }

    /// `POST /set`, and what authorities hear and say of lists.
    pub(crate) fn endpoint(&self) -> axum::Router {
        let routes = set_endpoint(&[Media::Registration], Arc::clone(&self.door) as _)
            .merge(self.hearing.endpoint());
        match &self.brand {
            Some(brand) => routes.merge(brand.routes()),
            None => routes,
        }
    }
}

/// Who an authority is, by its certificates and for the bank it works for.
pub(crate) fn standing(ground: &Ground, seat: Seat) -> anyhow::Result<ca::Standing> {
    let papers = ground.papers(seat.folder);
    Ok(ca::Standing {
        brand: ground.brand.clone(),
        signature: papers.take(papers::SIGNATURE)?,
        encipherments: vec![papers.take(papers::ENCIPHERMENT)?],
        issuing: papers.take(papers::CERTIFICATES)?,
        crl_url: None,
        certificates_last_s: CERTIFICATES_S,
        answer_within_s: ANSWER_S,
        inquiries_s: INQUIRIES_S,
        policy: form_file(&ground.data.join(seat.folder), seat.kind)?.policy(),
        letterhead: ground.letterhead(),
        acceptance: ground.acceptance(),
    })
}

/// Whoever is asked about applicants.
struct Registrar(AnyDesk);

impl Desk<AuthorityEnrolment> for Registrar {
    fn perform<'a>(&'a self, key: &'a [u8], effect: Effect) -> Performing<'a, AuthorityEnrolment> {
        self.0.perform(key, effect)
    }
}

/// What an authority is called. Those of one kind have one name in journals, and a folder each.
pub(crate) fn role(seat: Seat) -> Role {
    let clients = match seat.kind {
        Kind::Merchant => "merchant",
        Kind::Gateway => "gateway",
        Kind::Root | Kind::Brand | Kind::Geopolitical | Kind::Cardholder => "cardholder",
    };
    Role { folder: seat.folder, name: ceremony::folder(seat.kind), clients }
}

/// Whom an authority certifies.
fn certifies(kind: Kind) -> Certifies {
    match kind {
        Kind::Merchant => Certifies::Merchants,
        Kind::Gateway => Certifies::Gateways,
        Kind::Root | Kind::Brand | Kind::Geopolitical | Kind::Cardholder => Certifies::Cardholders,
    }
}

/// What the form file in an authority's folder says.
pub(crate) fn form_file(folder: &Path, kind: Kind) -> anyhow::Result<FormFile> {
    FormFile::of(folder, certifies(kind))
}

/// The authority that certifies cardholders, whom their banks know.
pub(crate) async fn of_cardholders(
    ground: &Ground,
    issuer: &LinkTerms,
    stop: &Stop,
) -> anyhow::Result<Authority> {
    let clock = Arc::clone(&ground.clock);
    let late = |_: &openset_bank::iso8583::Message| tracing::warn!("a late word about a card");
    let link = Arc::new(Link::open(issuer.clone(), Arc::clone(&clock), late, stop.clone()));
    let folder = ground.data.join(ground.bank.authority.folder());
    let by_issuer = |party: &Party, file: FormFile| {
        let store = Arc::clone(&party.store);
        let (bin, tries) = (ground.bank.bin(), Arc::clone(&store));
        let issuer = IssuerRecords::new(link, Arc::clone(&clock), bin, store)?;
        let registrar = CardRegistrar::open(file, &folder, issuer, (clock, tries))?;
        Ok(Box::new(registrar) as AnyDesk)
    };
    Authority::open(ground, ground.bank.seat(), by_issuer).await
}

/// An authority that certifies those whom the acquirer knows: merchants or gateways.
pub(crate) async fn of_acquirer(ground: &Ground, kind: Kind) -> anyhow::Result<Authority> {
    let by_acquirer = |party: &Party, _: FormFile| {
        let taken_back = TakenBack {
            store: Arc::clone(&party.store),
            lists: ground.lists.clone(),
            suite: ground.suite,
        };
        let list = registrars::of_acquirer();
        Ok(Box::new(AcquirerDesk { list, taken_back }) as AnyDesk)
    };
    Authority::open(ground, Seat::first(kind), by_acquirer).await
}
