//! Certificates that prove nothing: expired, revoked, foreign, of another role, of another house.

use std::sync::Arc;

use openset_crypto::{
    Authority, Bag, Draw, Identity, KeyFault, KeyId, Keys, Path, PrivateKey, PublicKey, Purpose,
    SoftwareKeys, Suite, Trust, Untrusted,
    authority::{CrlTerms, Details, Revoked, Terms, crl, draft, issue},
};
use openset_node::{entropy, learned::Learned};
use openset_types::{Bin, Secret, UnixTime};
use openset_wire::{
    error::ErrorCode,
    payment::AuthCode,
    types::SetString,
    x509::{Certificate, MerNames, MerchantData, Name as Subject, NameAttribute, SetExtensions},
};

use tokio::time::{sleep, timeout};

use super::{
    forge::{Server, draw, number},
    stage::{LOOK, PATIENCE, Stage, play_in_both},
};
use crate::{
    ceremony::{self, papers},
    demo::cast,
    house::ground::Ground,
    sites::Name,
};

/// Minutes from now between which a certificate is good; authorities are an hour old.
pub(super) type Period = (i64, i64);
pub(super) const GOOD: Period = (-30, 14_400);
const OVER: Period = (-50, -10);
const NOT_YET: Period = (60, 14_400);
/// An authority's, which certifies within it.
const LONGER: Period = (-50, 144_000);

#[test]
fn whoever_has_a_good_certificate_of_a_merchant_is_that_merchant() {
    // What the others here are refused for is nothing else: made like them, this one is heard.
    play_in_both(async |stage| {
        let office = Office::of(stage, Authority::Merchant);
        let good = office.server(cast::MERCHANT_ID, GOOD);
        let auth_req = stage.asked_by(&good, &stage.forger().trust).await;
        let answer = stage.post(Name::Gateway, &auth_req).await;
        let said = stage.forger().auth_res(&answer.body, &good).auth_res_payload.auth_header;
        assert_eq!(said.auth_code, AuthCode::PiPreviouslyUsed);
    });
}

#[test]
fn an_expired_certificate_proves_nothing() {
    // The authority's own keys, and a merchant whose year is over.
    play_in_both(async |stage| {
        let office = Office::of(stage, Authority::Merchant);
        let ended = office.server(cast::MERCHANT_ID, OVER);
        stage.refused_from(&ended, ErrorCode::ExpiredCertificate).await;
        let not_yet = office.server(cast::MERCHANT_ID, NOT_YET);
        stage.refused_from(&not_yet, ErrorCode::ExpiredCertificate).await;
    });
}

#[test]
fn an_expired_card_certificate_proves_nothing() {
    play_in_both(async |stage| {
        let office = Office::of(stage, Authority::Cardholder);
        let held = stage.hold(&stage.good).await;
        let subject = stage.certified(&stage.good).await.certificate.to_be_signed.subject.clone();
        let ended = office.certify(&Wish {
            purpose: Purpose::CardholderSignature,
            subject,
            period: OVER,
            details: Details::None,
        });
        let forger = stage.forger();
        let signed = forger.p_req(&held.p_req, &ended, &forger.gateway.encipherment, |consent| {
            consent.order.rrpid = draw().rrpid().into();
        });
        let before = stage.kept(Name::Merchant).await;
        let said = stage.complaint(Name::Merchant, &stage.post(Name::Merchant, &signed).await);
        assert_eq!(said.error_code, ErrorCode::ExpiredCertificate);
        stage.nothing_came_of_it(Name::Merchant, &before, 1, "an expired card").await;
        held.release();
        held.is_paid(stage).await;
    });
}

#[test]
fn what_a_revoked_authority_certified_proves_nothing() {
    // The brand makes a second merchant authority and takes it back; its list comes along with
    // the message, and is believed.
    play_in_both(async |stage| {
        let brand = Office::of(stage, Authority::Brand);
        let second = brand.authority(Authority::Merchant, "Second Merchant CA");
        let good = second.server(cast::MERCHANT_ID, GOOD);
        let revoked = stage.trusting(&brand, &[&second.identity]);
        let before = stage.issuer_saw().await;
        let auth_req = stage.asked_by(&good, &revoked).await;
        let said = stage.complaint(Name::Gateway, &stage.post(Name::Gateway, &auth_req).await);
        assert_eq!(said.error_code, stage.within(ErrorCode::RevokedCertificate));
        // The gateway has learned the list: without it, the answer is the same.
        stage.refused_from(&good, ErrorCode::RevokedCertificate).await;
        assert_eq!(stage.issuer_saw().await, before);
        stage.is_kept_against_a_crash(&good).await;
    });
}

#[test]
fn a_merchant_of_another_brand_is_refused() {
    // A12: the same root, another brand.
    play_in_both(async |stage| {
        let root = Office::of(stage, Authority::Root);
        let brand = root.authority_named(Authority::Brand, "Foreign CA", "Foreign Brand");
        let merchants = brand.authority_named(Authority::Merchant, "Foreign MCA", "Foreign Brand");
        let foreign = merchants.server_named(cast::MERCHANT_ID, GOOD, "Foreign Brand");
        // With every list of its chain: only the brand is wrong. The lists are good ones and are
        // learned, whoever brings them; nothing else comes of it.
        let lists = stage.trusting(&brand, &[]);
        let auth_req = stage.asked_by(&foreign, &lists).await;
        stage.complaint(Name::Gateway, &stage.post(Name::Gateway, &auth_req).await);
        let before = stage.kept(Name::Gateway).await;
        let said = stage.complaint(Name::Gateway, &stage.post(Name::Gateway, &auth_req).await);
        assert_eq!(said.error_code, stage.within(ErrorCode::InvalidCertificate));
        stage.nothing_came_of_it(Name::Gateway, &before, 1, "a foreign brand").await;
    });
}

#[test]
fn a_party_that_certified_itself_is_refused() {
    play_in_both(async |stage| {
        let own = Office::of(stage, Authority::Merchant).impostor();
        let stranger = own.server(cast::MERCHANT_ID, GOOD);
        let code = stage.refusal_of(&stranger).await;
        let codes = [
            ErrorCode::SignatureFailure,
            ErrorCode::MissingCertificate,
            ErrorCode::InvalidCertificate,
        ];
        assert!(codes.contains(&code), "{code:?}");
    });
}

#[test]
fn a_certificate_of_another_role_asks_nothing() {
    // A13: a cardholder, the gateway itself and an authority ask as if they were merchants.
    play_in_both(async |stage| {
        let forger = stage.forger();
        let card = stage.certified(&stage.good).await;
        let roles = [
            Server { signature: card, encipherment: forger.merchant.encipherment.clone() },
            forger.gateway.clone(),
            Server {
                signature: forger.merchant.encipherment.clone(),
                encipherment: forger.merchant.encipherment.clone(),
            },
        ];
        for role in &roles {
            stage.refused_from(role, ErrorCode::InvalidCertificate).await;
        }
    });
}

#[test]
fn instructions_for_one_merchant_are_worth_nothing_to_another() {
    // Abuse case 7: another good merchant of the same acquirer.
    play_in_both(async |stage| {
        let office = Office::of(stage, Authority::Merchant);
        let other = office.server("MAISON-NORD-002", GOOD);
        let (held, forger) = (stage.hold(&stage.good).await, stage.forger());
        let pattern = stage.crossed(&stage.example().await.order, "AuthReq").await;
        let description = held.description(stage).await;
        let before = stage.issuer_saw().await;
        let asking = forger.asking(&pattern, &held.p_req, &description, &other, |data| {
            let tags = &mut data.auth_req_item.auth_tags.auth_rr_tags;
            tags.mer_term_ids.merchant_id = number("MAISON-NORD-002").into();
        });
        let answer = stage.post(Name::Gateway, &asking).await;
        let said = forger.auth_res(&answer.body, &other).auth_res_payload.auth_header.auth_code;
        assert_eq!(said, AuthCode::PiAuthMismatch);
        assert_eq!(stage.issuer_saw().await, before);
        held.release();
        held.is_paid(stage).await;
    });
}

#[test]
fn what_was_sealed_for_another_gateway_is_not_opened() {
    // A1, B11: a second gateway of the brand, and a question that was meant for it.
    play_in_both(async |stage| {
        let office = Office::of(stage, Authority::Gateway);
        let second = office.certify(&Wish {
            purpose: Purpose::GatewayEncipherment,
            subject: subject(cast::BRAND.name, "Second Gateway"),
            period: GOOD,
            details: Details::Gateway {
                card_cert_required: true,
                tunneling: None,
                extensions: SetExtensions(Vec::new()),
            },
        });
        let forger = stage.forger();
        let bag = Bag::of(&second);
        let purpose = Purpose::GatewayEncipherment;
        let path: Arc<Path> = forger
            .trust
            .path(&second.certificate, &bag, purpose, None, forger.now())
            .expect("a good gateway");
        let auth_req = stage.crossed(&stage.example().await.order, "AuthReq").await;
        let misled = forger.auth_req_to(&auth_req, &forger.merchant, &path, |data, _| {
            data.auth_req_item.auth_tags.auth_rr_tags.rrpid = draw().rrpid().into();
        });
        let before = stage.kept(Name::Gateway).await;
        let said = stage.complaint(Name::Gateway, &stage.post(Name::Gateway, &misled).await);
        assert_eq!(said.error_code, ErrorCode::SignatureFailure);
        stage.nothing_came_of_it(Name::Gateway, &before, 1, "sealed for another").await;
        // Instructions that the cardholder was led to seal for the second gateway.
        let held = stage.hold(&stage.good).await;
        let card = stage.certified(&stage.good).await;
        let p_req = forger.p_req(&held.p_req, &card, &second, |_| {});
        let description = held.description(stage).await;
        let asking = forger.asking(&auth_req, &p_req, &description, &forger.merchant, |_| {});
        let answer = stage.post(Name::Gateway, &asking).await;
        assert_eq!(stage.verdict(&answer), AuthCode::SignatureRequired);
        stage.keeps_an_answer_and_no_more(&asking, AuthCode::SignatureRequired).await;
        held.release();
        held.is_paid(stage).await;
    });
}

/// An authority with its keys, in the wrong hands.
pub(super) struct Office {
    pub(super) identity: Identity,
    pub(super) keys: Arc<dyn Keys>,
    chain: Vec<Certificate>,
    made: Arc<SoftwareKeys>,
    suite: Suite,
    now: UnixTime,
}

/// Signs with one key, whichever it is asked for.
struct Impostor {
    keys: Arc<SoftwareKeys>,
    own: KeyId,
}

impl Keys for Impostor {
    fn sign(&self, _: &KeyId, message: &[u8]) -> Result<Vec<u8>, KeyFault> {
        self.keys.sign(&self.own, message)
    }

    fn agree(&self, _: &KeyId, peer: &[u8]) -> Result<Secret, KeyFault> {
        self.keys.agree(&self.own, peer)
    }

    fn open_block(&self, _: &KeyId, block: &[u8]) -> Result<Secret, KeyFault> {
        self.keys.open_block(&self.own, block)
    }
}

/// What a certificate is to be.
pub(super) struct Wish {
    pub(super) purpose: Purpose,
    pub(super) subject: Subject,
    pub(super) period: Period,
    pub(super) details: Details,
}

impl Office {
    /// One of the demo's authorities.
    pub(super) fn of(stage: &Stage, authority: Authority) -> Self {
        Self::under(&stage.system.ground, &stage.forger().keys.made, authority)
    }

    /// One of the authorities of a ground; keys that are made are put to the others.
    pub(super) fn under(ground: &Ground, made: &Arc<SoftwareKeys>, authority: Authority) -> Self {
        let identity = ground.papers(ceremony::folder(authority)).take(papers::CERTIFICATES);
        let identity = identity.expect("a paper");
        let is_root = authority == Authority::Root;
        let own = if is_root { Vec::new() } else { vec![identity.certificate.clone()] };
        Self {
            chain: own.into_iter().chain(identity.chain.iter().cloned()).collect(),
            keys: Arc::new(
                ceremony::role_ring(&ground.data.join(ceremony::folder(authority))).expect("keys"),
            ),
            made: Arc::clone(made),
            suite: ground.suite,
            now: ground.clock.now(),
            identity,
        }
    }

    /// The same names, and signatures with another key.
    fn impostor(self) -> Self {
        let purpose = Purpose::CertificateSigning(Authority::Merchant);
        let key = PrivateKey::generate(purpose.key_kind(self.suite)).expect("randomness");
        let own = self.made.hold(key);
        Self { keys: Arc::new(Impostor { keys: Arc::clone(&self.made), own }), ..self }
    }

    pub(super) fn authority(&self, of: Authority, name: &str) -> Self {
        self.authority_named(of, name, cast::BRAND.name)
    }

    pub(super) fn authority_named(&self, of: Authority, name: &str, brand: &str) -> Self {
        let identity = self.certify(&Wish {
            purpose: Purpose::CertificateSigning(of),
            subject: match of {
                Authority::Brand => brand_name(brand, name),
                _ => subject(brand, name),
            },
            period: LONGER,
            details: Details::None,
        });
        let chain =
            [identity.certificate.clone()].into_iter().chain(identity.chain.iter().cloned());
        Self {
            chain: chain.collect(),
            keys: Arc::clone(&self.made) as _,
            made: Arc::clone(&self.made),
            suite: self.suite,
            now: self.now,
            identity,
        }
    }

    pub(super) fn server(&self, id: &str, period: Period) -> Server {
        self.server_named(id, period, cast::BRAND.name)
    }

    /// A merchant with two certificates.
    fn server_named(&self, id: &str, period: Period, brand: &str) -> Server {
        let certify = |purpose| {
            let (subject, details) = (subject(brand, id), Details::Merchant(merchant(id)));
            self.certify(&Wish { purpose, subject, period, details })
        };
        Server {
            signature: certify(Purpose::MerchantSignature),
            encipherment: certify(Purpose::MerchantEncipherment),
        }
    }

    pub(super) fn certify(&self, wish: &Wish) -> Identity {
        let key = PrivateKey::generate(wish.purpose.key_kind(self.suite)).expect("randomness");
        let public = PublicKey::from_der(self.suite, key.public().der()).expect("our own key");
        self.made.hold(key);
        let (from, until) = wish.period;
        let not_after = self.now.plus_s(until * 60);
        let mut draw = Draw::new(self.suite, entropy::seed().expect("randomness"));
        let terms = Terms {
            serial: draw.serial(),
            subject: wish.subject.clone(),
            key: &public,
            purpose: wish.purpose,
            not_before: self.now.plus_s(from * 60),
            not_after,
            signs_until: not_after,
            crl_url: None,
            details: wish.details.clone(),
        };
        let draft = draft(self.suite, &terms, &self.identity).expect("a good draft");
        let certificate = issue(&draft, self.keys.as_ref()).expect("signed");
        Identity::new(certificate, self.chain.clone()).expect("a key")
    }
}

/// A brand names no bank.
fn brand_name(brand: &str, name: &str) -> Subject {
    let country = (NameAttribute::Country, "FR");
    let (brand, name) = ((NameAttribute::Organization, brand), (NameAttribute::CommonName, name));
    Subject::new(&[country, brand, name]).expect("a name")
}

pub(super) fn subject(brand: &str, name: &str) -> Subject {
    Subject::new(&[
        (NameAttribute::Country, "FR"),
        (NameAttribute::Organization, brand),
        (NameAttribute::OrganizationalUnit, cast::ACQUIRER),
        (NameAttribute::CommonName, name),
    ])
    .expect("a name")
}

fn merchant(id: &str) -> MerchantData {
    MerchantData {
        mer_id: number(id).into(),
        mer_acquirer_bin: Bin::parse("999998").expect("six digits").into(),
        mer_name_seq: vec![MerNames {
            language: None,
            name: SetString::new("Maison Nord").expect("a text"),
            city: SetString::new("Lille").expect("a text"),
            state_province: None,
            postal_code: None,
            country_name: SetString::new("France").expect("a text"),
        }],
        mer_country: 250,
        mer_auth_flag: false,
    }
}

impl Stage {
    /// An AuthReq of somebody with these certificates, these lists beside it.
    async fn asked_by(&self, by: &Server, trust: &Trust) -> Vec<u8> {
        let auth_req = self.crossed(&self.example().await.order, "AuthReq").await;
        self.forger().auth_req_with(&auth_req, by, trust, |data| {
            data.auth_req_item.auth_tags.auth_rr_tags.rrpid = draw().rrpid().into();
        })
    }

    /// Why the gateway refuses somebody with these certificates.
    async fn refusal_of(&self, by: &Server) -> ErrorCode {
        let before = self.kept(Name::Gateway).await;
        let auth_req = self.asked_by(by, &self.forger().trust).await;
        let said = self.complaint(Name::Gateway, &self.post(Name::Gateway, &auth_req).await);
        self.nothing_came_of_it(Name::Gateway, &before, 1, "a bad certificate").await;
        said.error_code
    }

    /// Waits until the gateway would still know, after a crash, that a certificate is revoked
    /// (A21, abuse case 29).
    async fn is_kept_against_a_crash(&self, revoked: &Server) {
        let (ground, store) = (&self.system.ground, self.store(Name::Gateway));
        let knows = async || {
            let trust =
                Trust::new(ground.suite, std::slice::from_ref(&ground.root)).expect("a root");
            let trust = Arc::new(trust);
            let recalled =
                Learned::recall(Arc::clone(&trust), Arc::clone(store), Arc::clone(&ground.clock));
            recalled.await.expect("a store");
            let (leaf, bag) = (&revoked.signature.certificate, Bag::of(&revoked.signature));
            let now = ground.clock.now();
            let path = trust.path(leaf, &bag, Purpose::MerchantSignature, None, now);
            path.err() == Some(Untrusted::Revoked)
        };
        let known = async {
            while !knows().await {
                sleep(LOOK).await;
            }
        };
        timeout(PATIENCE, known).await.expect("what was learned is kept");
    }

    async fn refused_from(&self, by: &Server, code: ErrorCode) {
        assert_eq!(self.refusal_of(by).await, self.within(code));
    }

    /// What a peer is told of something wrong inside an envelope: in suite `set10`, where an
    /// envelope can be changed, always the same (ADR 25).
    pub(super) fn within(&self, code: ErrorCode) -> ErrorCode {
        if self.suite().seals_against_change() { code } else { ErrorCode::SignatureFailure }
    }

    /// A trust that knows everything and a new list of an authority, with these certificates on it.
    pub(super) fn trusting(&self, by: &Office, taken_back: &[&Identity]) -> Trust {
        let ground = &self.system.ground;
        let trust = Trust::new(ground.suite, std::slice::from_ref(&ground.root)).expect("a root");
        let now = ground.clock.now();
        ground.lists.teach(&trust, now).expect("good lists");
        let serial = |one: &&Identity| one.certificate.to_be_signed.serial_number.clone();
        let revoked =
            taken_back.iter().map(|one| Revoked { serial: serial(one), at: now, reason: None });
        let (number, revoked) = self.taken_back(revoked);
        let terms = CrlTerms {
            number,
            this_update: now.plus_s(-1),
            next_update: now.plus_s(86_400),
            revoked: &revoked,
        };
        let list = crl(ground.suite, &terms, &by.identity, by.keys.as_ref()).expect("signed");
        let bag = Bag { certificates: by.chain.clone(), ..Bag::default() };
        trust.learn_crl(&list, &bag, now).expect("a good list");
        trust
    }
}
