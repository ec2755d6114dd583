//! The authorities of a small world, and a desk in front of each.

use openset_crypto::{Authority, Identity, KeyKind, PrivateKey, PublicKey, Purpose, Trust};
use openset_protocol::{
    acceptance::Acceptance,
    ca::{
        Approval, AuthorityEnrolment, Certifies, Effect as Desk, Enrolment, Input, Institution,
        Listing, Policy, Stage, Standing,
    },
    enrolment::{Answer, Field, Form, Logos, NewKey},
    refusal::Refusal,
    role::{Env, Held, Machine, Step},
};
use openset_types::{Bin, Language};

use crate::world::{
    Done, Party, World, letterhead,
    pki::{House, Pki, Wish},
};

/// The acquirer of these tests.
pub(crate) const ACQUIRER: &str = "999998";
const YEAR_S: i64 = 365 * 86_400;

/// An authority and what its shell stores.
pub(crate) struct Office {
    pub(crate) party: Party<AuthorityEnrolment>,
}

/// A question that must be answered, and one that need not.
pub(crate) fn form() -> Form {
    let field = |name: &str, is_required| Field {
        id: None,
        name: name.to_owned(),
        help: None,
        characters_max: 20,
        is_required,
        is_invisible: false,
    };
    Form {
        id: 7,
        fields: vec![field("Full name", true), field("Telephone", false)],
        policy: "The certificate is for the holder of the card alone.".to_owned(),
        logos: Logos::default(),
    }
}

pub(crate) fn answers() -> Vec<Answer> {
    vec![answer("Full name", "Ada Lumen")]
}

pub(crate) fn answer(field: &str, text: &str) -> Answer {
    Answer { field: field.to_owned(), text: text.to_owned() }
}

pub(crate) fn listing() -> Listing {
    Listing {
        name: "Atelier Lumen".to_owned(),
        city: "Lyon".to_owned(),
        postal_code: Some("69001".to_owned()),
        country: "France".to_owned(),
        country_code: 250,
    }
}

pub(crate) fn new_key(pki: &Pki) -> NewKey {
    let key = PrivateKey::generate(KeyKind::of_parties(pki.suite)).expect("randomness");
    let public = PublicKey::from_der(pki.suite, key.public().der()).expect("our own key");
    pki.keys.hold(key);
    NewKey::of(&public)
}

/// Trust in the root and in nothing else yet.
pub(crate) fn newcomer(pki: &Pki) -> Trust {
    Trust::new(pki.suite, std::slice::from_ref(&pki.root.certificate)).expect("a root")
}

impl Office {
    pub(crate) fn of_cardholders(world: &mut World) -> Self {
        Self::new(world, Certifies::Cardholders, Authority::Cardholder, "411111")
    }

    pub(crate) fn of_merchants(world: &mut World) -> Self {
        Self::new(world, Certifies::Merchants, Authority::Merchant, ACQUIRER)
    }

    pub(crate) fn of_gateways(world: &mut World) -> Self {
        Self::new(world, Certifies::Gateways, Authority::Gateway, ACQUIRER)
    }

    fn new(world: &mut World, certifies: Certifies, kind: Authority, bin: &str) -> Self {
        let standing = standing(&mut world.pki, certifies, kind, bin);
        Self { party: Party::new(standing, world.pki.trust()) }
    }

    pub(crate) fn request(
        &mut self,
        octets: &[u8],
        world: &mut World,
    ) -> Result<Done<AuthorityEnrolment>, Refusal> {
        self.party.request(octets, world)
    }

    /// The registrar agrees and what was written down is signed: gives CertRes.
    pub(crate) fn approve(&mut self, key: &[u8], approval: Approval, world: &mut World) -> Vec<u8> {
        let done = self.party.command(key, Input::Approved(approval), world).expect("approved");
        assert!(!done.answers(), "nothing is said before it is written down");
        assert!(matches!(done.own().as_slice(), [Desk::Sign]));
        self.party.command(key, Input::Sign, world).expect("signed").reply()
    }

    /// Something comes while register entries exist that did not before.
    pub(crate) fn take_holding(
        &mut self,
        key: &[u8],
        input: Input,
        held: &Held,
        world: &mut World,
    ) -> Step<Enrolment, Desk> {
        let env = Env {
            seed: world.seed(),
            now: world.now,
            keys: &world.pki.keys,
            trust: &self.party.trust,
            standing: &self.party.standing,
            held,
        };
        AuthorityEnrolment::step(self.party.state(key), input, &env).expect("an answer")
    }

    pub(crate) fn stage(&self, key: &[u8]) -> Stage {
        let enrolment: Enrolment = self.party.state(key).expect("an application");
        enrolment.stage
    }
}

/// The brand's certificate authority of a kind.
pub(crate) fn issuer(house: &House, kind: Authority) -> &Identity {
    match kind {
        Authority::Cardholder => &house.cca,
        Authority::Merchant => &house.mca,
        _ => &house.pca,
    }
}

/// An identity with which an authority signs or opens messages.
pub(crate) fn clerk(pki: &mut Pki, kind: Authority, purpose: Purpose) -> Identity {
    let issuer = match kind {
        Authority::Cardholder | Authority::Merchant | Authority::Gateway => {
            pki.house.authority.clone()
        }
        _ => pki.root.clone(),
    };
    let wish = Wish { purpose, brand: "Demo Brand", name: "Clerk", merchant: "" };
    pki.certify(&wish, &issuer)
}

fn standing(pki: &mut Pki, certifies: Certifies, kind: Authority, bin: &str) -> Standing {
    let english = Language::parse("en").expect("a tag");
    let institution = Institution {
        name: "Banque Demo".to_owned(),
        country: "FR".to_owned(),
        forms: vec![(english, form())],
    };
    let bin = Bin::parse(bin).expect("six digits");
    Standing {
        brand: pki.house.brand.clone(),
        signature: clerk(pki, kind, Purpose::AuthoritySignature(kind)),
        encipherments: vec![clerk(pki, kind, Purpose::AuthorityEncipherment(kind))],
        issuing: issuer(&pki.house, kind).clone(),
        crl_url: Some("http://ca.localhost/crl".to_owned()),
        certificates_last_s: YEAR_S,
        answer_within_s: 20,
        inquiries_s: 7 * 86_400,
        policy: Policy {
            certifies,
            institutions: [(bin, institution)].into_iter().collect(),
            referrals: Default::default(),
            account: None,
        },
        letterhead: letterhead(),
        acceptance: Acceptance::default(),
    }
}
