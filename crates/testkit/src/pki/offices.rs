//! The authorities that certify parties while a world runs, and the registrars behind them.

use std::collections::BTreeMap;

use openset_crypto::{Authority, Identity, Purpose};
use openset_protocol::{
    acceptance::Acceptance,
    ca::{
        Applicant, Application, Approval, Certifies, Denial, Input, Institution, Listing, Policy,
        Reason, Standing,
    },
    enrolment::{Field, Form, Logos, Patience, Unfit, Why, applicant},
};
use openset_types::{Bin, Brand, Language};

use super::{ACQUIRER, BRAND, DAY_S, ISSUER, Maker, letterhead};
use crate::world::enrolling::WRONG;

/// No registrar takes so long, so that nobody is told to inquire later.
const ANSWER_WITHIN_S: i64 = 3_600;
/// How long decided applications are kept. It ends within a run.
const INQUIRIES_S: i64 = 600;

/// How long certificates last.
const CERTIFICATES_S: i64 = 200 * DAY_S;
/// How long applicants wait for people. That others are due, they hear within a run.
pub(super) const PATIENCE: Patience = Patience {
    inquire_after_s: 60,
    decided_within_s: DAY_S,
    renew_before_s: CERTIFICATES_S - 600,
    renew_in_last_percent: 100,
};

/// The authorities that answer applicants.
pub struct Offices {
    /// Certifies cardholders.
    pub cardholders: Standing,
    /// Certifies merchants.
    pub merchants: Standing,
    /// Certifies payment gateways.
    pub gateways: Standing,
}

/// The certificates with which authorities issue.
pub(super) struct Issuers<'a> {
    pub(super) brand: &'a Identity,
    pub(super) cardholders: &'a Identity,
    pub(super) merchants: &'a Identity,
    pub(super) gateways: &'a Identity,
}

impl Offices {
    pub(super) fn of(maker: &mut Maker, issuers: &Issuers<'_>) -> Self {
        let mut office = |certifies, kind, issuing: &Identity| Standing {
            brand: Brand::parse(BRAND).expect("a brand"),
            signature: maker.certify(Purpose::AuthoritySignature(kind), "Clerk", issuers.brand),
            encipherments: vec![maker.certify(
                Purpose::AuthorityEncipherment(kind),
                "Clerk",
                issuers.brand,
            )],
            issuing: issuing.clone(),
            crl_url: None,
            certificates_last_s: CERTIFICATES_S,
            answer_within_s: ANSWER_WITHIN_S,
            inquiries_s: INQUIRIES_S,
            policy: policy(certifies),
            letterhead: letterhead(),
            acceptance: Acceptance::default(),
        };
        let (card, merchant) = (Certifies::Cardholders, Certifies::Merchants);
        Self {
            cardholders: office(card, Authority::Cardholder, issuers.cardholders),
            merchants: office(merchant, Authority::Merchant, issuers.merchants),
            gateways: office(Certifies::Gateways, Authority::Gateway, issuers.gateways),
        }
    }
}

/// How merchants and gateways apply.
pub(super) fn applicant() -> applicant::Standing {
    applicant::Standing {
        language: Language::parse("en").expect("a tag"),
        letterhead: letterhead(),
        acceptance: Acceptance::default(),
        give_up_after_s: 300,
        patience: PATIENCE,
    }
}

/// What the acquirer's list says of an applicant.
pub(crate) fn decided(application: &Application) -> Input {
    let denied = |reason| Input::Denied(Denial { reason, message: None });
    if application.answers.iter().any(|answer| answer.text == WRONG) {
        let why = Why::Said("nobody of that name".to_owned());
        return denied(Reason::Answers(vec![Unfit { number: 1, why }]));
    }
    match application.applicant {
        Applicant::Merchant { .. } => Input::Approved(Approval::Merchant(Listing {
            name: "Atelier Lumen".to_owned(),
            city: "Lyon".to_owned(),
            postal_code: None,
            country: "France".to_owned(),
            country_code: 250,
        })),
        Applicant::Gateway { .. } => {
            Input::Approved(Approval::Gateway { name: "Demo Gateway".to_owned() })
        }
        Applicant::Cardholder { .. } => denied(Reason::Authority),
    }
}

fn policy(certifies: Certifies) -> Policy {
    let bin = if certifies == Certifies::Cardholders { ISSUER } else { ACQUIRER };
    let field = Field {
        id: None,
        name: "Name".to_owned(),
        help: None,
        characters_max: 40,
        is_required: true,
        is_invisible: false,
    };
    let policy = "For the world alone.".to_owned();
    let form = Form { id: 1, fields: vec![field], policy, logos: Logos::default() };
    let institution = Institution {
        name: "Banque Demo".to_owned(),
        country: "FR".to_owned(),
        forms: vec![(Language::parse("en").expect("a tag"), form)],
    };
    let bin = Bin::parse(bin).expect("six digits");
    Policy {
        certifies,
        institutions: [(bin, institution)].into_iter().collect(),
        referrals: BTreeMap::new(),
        account: None,
    }
}
