//! The authorities of a running system: each one machine, one door, one registrar.

use std::{collections::BTreeMap, path::Path, sync::Arc};

use openset_crypto::Authority as Kind;
use openset_node::{
    driver::{Desk, Door, Driver, Performing, Reminder},
    http::{Media, set_endpoint},
    shutdown::Stop,
};
use openset_protocol::{
    ca::{self, AuthorityEnrolment, Certifies, Effect, Institution, Policy},
    enrolment::{Field, Form, Logos},
};
use openset_types::{Bin, Language};
use tokio::task::JoinHandle;

use super::{
    audit::Audit,
    bureau,
    complaints::Complaints,
    ground::{Ground, Lesson, Party, Role},
    hearing::Hearing,
};
use crate::{
    ceremony::{self, papers},
    demo::cast,
};

/// The messages that an authority answers.
const MESSAGES: [&str; 5] =
    ["CardCInitReq", "Me-AqCInitReq", "RegFormReq", "CertReq", "CertInqReq"];
/// How long certificates last.
const CERTIFICATES_S: i64 = 365 * 86_400;
/// How long an applicant waits for a registrar before it is told to inquire later.
const ANSWER_S: i64 = 15;
/// How long an application is kept, sealed, to answer inquiries about it.
const INQUIRIES_S: i64 = 7 * 86_400;

/// One authority.
pub(crate) struct Authority {
    pub(crate) kind: Kind,
    pub(crate) party: Party,
    pub(crate) enrolments: Driver<AuthorityEnrolment>,
    hearing: Hearing,
    audit: Audit,
    door: Arc<Door>,
}

impl Authority {
    /// Opens an authority with the certificates of the ceremony.
    pub(crate) async fn open(
        ground: &Ground,
        kind: Kind,
        registrar: impl FnOnce(&Party) -> anyhow::Result<Box<dyn Desk<AuthorityEnrolment>>>,
    ) -> anyhow::Result<Self> {
        let role = role(kind);
        let keys = ground.keys(role.folder)?;
        let party = ground.party(role, Lesson::Told, keys.clone()).await?;
        let hearing = Hearing::of(ground, &party, keys.clone(), role.name);
        let papers = ground.papers(role.folder);
        let signature = papers.take(papers::SIGNATURE)?;
        let complaints = Complaints {
            identity: signature.clone(),
            keys: keys.clone(),
            trust: Arc::clone(party.shell.trust()),
            letterhead: ground.letterhead(),
        };
        let standing = standing(ground, kind)?;
        let enrolments =
            Driver::new(Arc::clone(&party.shell), standing, Registrar(registrar(&party)?));
        let door = Door::new(Arc::clone(&party.shell), complaints.complaint())
            .with(&MESSAGES, &enrolments);
        let audit = Audit::of(ground, role, signature, keys)?;
        Ok(Self { kind, party, enrolments, hearing, audit, door: Arc::new(door) })
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
        bureau::door::open(data, self.kind, self.enrolments.clone(), stop)
    }

    /// `POST /set`.
    pub(crate) fn endpoint(&self) -> axum::Router {
        set_endpoint(&[Media::Registration], Arc::clone(&self.door) as _)
            .merge(self.hearing.endpoint())
    }
}

/// Who an authority is, by its certificates and for the bank it works for.
pub(crate) fn standing(ground: &Ground, kind: Kind) -> anyhow::Result<ca::Standing> {
    let papers = ground.papers(role(kind).folder);
    Ok(ca::Standing {
        brand: ground.brand.clone(),
        signature: papers.take(papers::SIGNATURE)?,
        encipherments: vec![papers.take(papers::ENCIPHERMENT)?],
        issuing: papers.take(papers::CERTIFICATES)?,
        crl_url: None,
        certificates_last_s: CERTIFICATES_S,
        answer_within_s: ANSWER_S,
        inquiries_s: INQUIRIES_S,
        policy: policy(kind),
        letterhead: ground.letterhead(),
        acceptance: ground.acceptance(),
    })
}

/// Whoever is asked about applicants.
struct Registrar(Box<dyn Desk<AuthorityEnrolment>>);

impl Desk<AuthorityEnrolment> for Registrar {
    fn perform<'a>(&'a self, key: &'a [u8], effect: Effect) -> Performing<'a, AuthorityEnrolment> {
        self.0.perform(key, effect)
    }
}

/// What an authority is called.
pub(crate) fn role(kind: Kind) -> Role {
    let folder = ceremony::folder(kind);
    let clients = match kind {
        Kind::Merchant => "merchant",
        Kind::Gateway => "gateway",
        Kind::Root | Kind::Brand | Kind::Geopolitical | Kind::Cardholder => "cardholder",
    };
    Role { folder, name: folder, clients }
}

/// Whom an authority certifies, for which bank, with which form.
fn policy(kind: Kind) -> Policy {
    let (certifies, bin, bank, forms) = match kind {
        Kind::Merchant => (
            Certifies::Merchants,
            cast::acquirer_bin(),
            cast::ACQUIRER,
            [("en", merchant_form(true)), ("fr", merchant_form(false))],
        ),
        Kind::Gateway => (
            Certifies::Gateways,
            cast::acquirer_bin(),
            cast::ACQUIRER,
            [("en", gateway_form(true)), ("fr", gateway_form(false))],
        ),
        Kind::Root | Kind::Brand | Kind::Geopolitical | Kind::Cardholder => (
            Certifies::Cardholders,
            cast::bin(),
            cast::ISSUER_IN_CERTIFICATES,
            [("en", card_form(true)), ("fr", card_form(false))],
        ),
    };
    let language = |tag: &str| Language::parse(tag).expect("a tag of two letters");
    let institution = Institution {
        name: bank.to_owned(),
        country: "FR".to_owned(),
        forms: forms.into_iter().map(|(tag, form)| (language(tag), form)).collect(),
    };
    let institutions: BTreeMap<Bin, Institution> = [(bin, institution)].into();
    Policy { certifies, institutions, referrals: BTreeMap::new(), account: None }
}

fn card_form(english: bool) -> Form {
    let say = |en: &str, fr: &str| if english { en.to_owned() } else { fr.to_owned() };
    Form {
        id: 1,
        fields: vec![
            field(say("Name on the card", "Nom sur la carte"), None, 60, true),
            field(say("Postcode", "Code postal"), None, 12, true),
        ],
        policy: say(
            "Demo certificates carry no liability. The bank checks that the card is good; the \
             certificate names the card by a number that only you and the bank can compute.",
            "Les certificats de démonstration n'engagent personne. La banque vérifie la carte ; \
             le certificat la désigne par un nombre que vous seul et la banque savez calculer.",
        ),
        logos: Logos::default(),
    }
}

fn merchant_form(english: bool) -> Form {
    let say = |en: &str, fr: &str| if english { en.to_owned() } else { fr.to_owned() };
    Form {
        id: 2,
        fields: vec![field(say("Trading name", "Nom commercial"), None, 25, true)],
        policy: say(
            "For merchants of Demo Acquirer, in the demo only.",
            "Pour les commerçants de Demo Acquirer, dans la démonstration seulement.",
        ),
        logos: Logos::default(),
    }
}

fn gateway_form(english: bool) -> Form {
    let say = |en: &str, fr: &str| if english { en.to_owned() } else { fr.to_owned() };
    Form {
        id: 3,
        fields: vec![field(say("Operator", "Exploitant"), None, 40, true)],
        policy: say(
            "For gateways of Demo Acquirer, in the demo only.",
            "Pour les passerelles de Demo Acquirer, dans la démonstration seulement.",
        ),
        logos: Logos::default(),
    }
}

fn field(name: String, help: Option<String>, characters_max: u16, is_required: bool) -> Field {
    Field { id: None, name, help, characters_max, is_required, is_invisible: false }
}
