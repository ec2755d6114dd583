//! Certificates that take the place of others: whoever renews holds both keys.

use openset_crypto::{Authority, Bag, Identity, PublicKey, Purpose, Signer};
use openset_protocol::{
    ca::{Approval, Stage as At},
    cardholder::{
        CardIdentity,
        registration::{Begin, Input as CardInput, Stage},
    },
    enrolment::{CertifiedKey, KeysWanted, Wanted, applicant},
    gateway::registration::Gateway,
    merchant::registration::Merchant,
    refusal::Refusal,
    role::Party as Whom,
};
use openset_wire::{
    cert::{CertReqData, CertStatusCode, MeAqCInitReq, RequestType},
    der::decode,
    types::CertThumb,
    wrapper::Message,
    x509::SubjectPublicKeyInfo,
};

use crate::{
    applicants::{Counter, HERE, Hall, asked, filled},
    forge::{cert_req_by, public, said},
    merchant::{gateway, shop},
    office::{answers, listing, new_key},
    world::{
        forge::{path, rewrap},
        message,
        pki::{CARD, MODERN, Pki},
    },
};

type Change = fn(&mut CertReqData);

fn thumb(identity: &Identity) -> CertThumb {
    identity.thumb(MODERN).cert_thumb(MODERN).expect("encodable")
}

fn info(pki: &Pki) -> SubjectPublicKeyInfo {
    decode(public(&new_key(pki)).der()).expect("a key")
}

impl Counter {
    /// A certified card: gives its certificate.
    fn certified(&mut self) -> CardIdentity {
        let cert_res = self.approved();
        self.open(&cert_res).expect("a certificate");
        let Stage::Certified { card, .. } = self.stage() else { panic!("certified") };
        card
    }

    /// Another registration of the card: gives CertReq.
    fn renewing(&mut self, renews: CardIdentity) -> Vec<u8> {
        self.wallet.states.clear();
        let (brand, key) = (self.world.pki.house.brand.clone(), new_key(&self.world.pki));
        let begin = Begin { brand, key, renews: Some(renews) };
        let request = self.do_here(CardInput::Begin(begin)).expect("a beginning").ask();
        let answer = self.office.request(&request, &mut self.world).expect("good").reply();
        self.hear(&answer).expect("an introduction");
        let request = self.do_here(CardInput::Card(CARD.pan())).expect("a card").ask();
        let answer = self.office.request(&request, &mut self.world).expect("good").reply();
        self.hear(&answer).expect("a form");
        self.do_here(CardInput::Filled(filled(answers()))).expect("good answers").ask()
    }

    fn code(&self, answer: &[u8]) -> CertStatusCode {
        let said = said(answer, Authority::Cardholder, &self.world.pki);
        said.cert_status.cert_status_code
    }
}

impl<A: applicant::Applicant> Hall<A> {
    /// A certified server: gives its certificates.
    fn certified(&mut self, approval: Approval) -> applicant::Held {
        let key = self.applied();
        let cert_res = self.office.approve(&key, approval, &mut self.world);
        self.hear(&cert_res).expect("certificates");
        let applicant::Stage::Certified { signature, encipherment } = self.stage() else {
            panic!("certified")
        };
        applicant::Held { signature, encipherment }
    }

    /// Another registration: gives CertReq.
    fn renewing(&mut self, names: A::Names, renews: applicant::Held) -> Vec<u8> {
        self.server.states.clear();
        let pki = &self.world.pki;
        let keys = applicant::Keys { signature: new_key(pki), encipherment: new_key(pki) };
        let brand = pki.house.brand.clone();
        let begin = applicant::Begin { brand, names, keys, renews: Some(Box::new(renews)) };
        let request = self.do_here(applicant::Input::Begin(begin)).expect("a beginning").ask();
        let answer = self.office.request(&request, &mut self.world).expect("good").reply();
        self.hear(&answer).expect("a form");
        let filled = applicant::Filled { answers: answers(), account: None };
        self.do_here(applicant::Input::Filled(filled)).expect("good answers").ask()
    }
}

fn identity(key: &CertifiedKey) -> Identity {
    key.identity().expect("stored as it was")
}

fn names_of(hall: &Hall<Merchant>) -> openset_protocol::merchant::registration::Names {
    hall.server.state(HERE).expect("begun").names
}

fn names_of_gateway(hall: &Hall<Gateway>) -> openset_protocol::gateway::registration::Names {
    hall.server.state(HERE).expect("begun").names
}

/// A merchant that has certificates, and its request for others.
fn merchant() -> (Hall<Merchant>, applicant::Held, Vec<u8>) {
    let mut hall = shop();
    let held = hall.certified(Approval::Merchant(listing()));
    let names = names_of(&hall);
    let request = hall.renewing(names, held.clone());
    (hall, held, request)
}

#[test]
fn a_card_is_certified_again_under_a_new_key() {
    let mut counter = Counter::new();
    let card = counter.certified();
    let request = counter.renewing(card.clone());
    let done = counter.office.request(&request, &mut counter.world).expect("good");
    let application = asked(&done).expect("the registrar is asked");
    assert_eq!(application.wanted, Wanted::renewal(KeysWanted::Signature));
    let known = card.identity().expect("stored").certificate;
    let known = known.to_be_signed.subject.common_name().map(ToOwned::to_owned);
    assert_eq!(application.known_as, known);
    let answer = counter.office.approve(&done.key, Approval::Cardholder, &mut counter.world);
    counter.open(&answer).expect("a certificate");
    let Stage::Certified { card: again, .. } = counter.stage() else { panic!("certified") };
    assert_ne!(again.key, card.key);
    assert_ne!(again.certificate, card.certificate);
}

#[test]
fn a_merchant_and_a_gateway_are_certified_again_under_new_keys() {
    let (mut hall, held, request) = merchant();
    let done = hall.office.request(&request, &mut hall.world).expect("good");
    let application = asked(&done).expect("the registrar is asked");
    assert_eq!(application.wanted, Wanted::renewal(KeysWanted::Both));
    assert_eq!(application.known_as.as_deref(), Some("Atelier Lumen"));
    let approval = Approval::Merchant(listing());
    let answer = hall.office.approve(&done.key, approval, &mut hall.world);
    hall.hear(&answer).expect("certificates");
    let applicant::Stage::Certified { signature, .. } = hall.stage() else { panic!("certified") };
    assert_ne!(signature.key, held.signature.key);

    let mut hall = gateway();
    let name = || Approval::Gateway { name: "Demo Gateway".to_owned() };
    let held = hall.certified(name());
    let names = names_of_gateway(&hall);
    let request = hall.renewing(names, held);
    let key = hall.office.request(&request, &mut hall.world).expect("good").key;
    let answer = hall.office.approve(&key, name(), &mut hall.world);
    hall.hear(&answer).expect("certificates");
    assert!(matches!(hall.stage(), applicant::Stage::Certified { .. }));
}

#[test]
fn a_gateway_renews_under_the_name_it_has() {
    // A19: its certificates say nothing else of it.
    let mut hall = gateway();
    let held = hall.certified(Approval::Gateway { name: "Demo Gateway".to_owned() });
    let names = names_of_gateway(&hall);
    let request = hall.renewing(names, held);
    let key = hall.office.request(&request, &mut hall.world).expect("good").key;
    let other = Approval::Gateway { name: "Second Gateway".to_owned() };
    let input = openset_protocol::ca::Input::Approved(other);
    let done = hall.office.party.command(&key, input, &mut hall.world).expect("refused");
    hall.hear(&done.reply()).expect("an answer");
    let At::Refused { code, .. } = hall.office.stage(&key) else { panic!("refused") };
    assert_eq!(code, CertStatusCode::RejectedByCa);
}

#[test]
fn whoever_renews_without_the_old_key_or_the_new_one_is_told_that_it_did_not_sign() {
    let (mut hall, held, honest) = merchant();
    let old = identity(&held.signature);
    let bag = Bag::of(&old);
    let new = public(&hall.server.state(HERE).expect("begun").keys.signature);
    let other = hall.world.pki.house.other_gateway.signature.clone();
    let of_other = Bag::of(&other);
    let signers = [
        Signer::NewKey(&new),
        Signer::Certified { identity: &old, bag: &bag },
        Signer::Renewal { key: &new, identity: &other, bag: &of_other },
    ];
    for signer in signers {
        let forged = cert_req_by(&honest, &hall.office, &hall.world.pki, signer, |_| {});
        let done = hall.office.request(&forged, &mut hall.world).expect("an answer");
        let said = said(&done.reply(), Authority::Merchant, &hall.world.pki);
        assert_eq!(said.cert_status.cert_status_code, CertStatusCode::SigValidationFail);
        assert!(matches!(hall.office.stage(&done.key), At::FormSent(_)), "nothing is changed");
    }
    assert!(hall.office.request(&honest, &mut hall.world).is_ok());
}

#[test]
fn an_expired_certificate_renews_nothing() {
    let mut hall = shop();
    hall.office.party.standing.certificates_last_s = 60;
    let held = hall.certified(Approval::Merchant(listing()));
    let names = names_of(&hall);
    hall.world.now = hall.world.now.plus_s(120);
    let request = hall.renewing(names, held);
    let done = hall.office.request(&request, &mut hall.world).expect("an answer");
    assert!(asked(&done).is_none(), "the registrar is not asked");
    let said = said(&done.reply(), Authority::Merchant, &hall.world.pki);
    assert_eq!(said.cert_status.cert_status_code, CertStatusCode::SigValidationFail);
}

#[test]
fn another_merchants_certificate_renews_nothing_for_this_one() {
    // A19: a good certificate of the same authority, about somebody else.
    let (mut hall, _, honest) = merchant();
    let other = hall.world.pki.house.other_merchant.signature.clone();
    let bag = Bag::of(&other);
    let new = public(&hall.server.state(HERE).expect("begun").keys.signature);
    let signer = Signer::Renewal { key: &new, identity: &other, bag: &bag };
    let named = thumb(&other);
    let forged = cert_req_by(&honest, &hall.office, &hall.world.pki, signer, |data| {
        data.ee_thumb = Some(named);
    });
    let refused = hall.office.request(&forged, &mut hall.world).err();
    assert_eq!(refused, Some(Refusal::ApplicantNamedAnother));
}

#[test]
fn the_certificate_that_is_renewed_is_the_one_that_is_named() {
    let (mut hall, held, honest) = merchant();
    let old = identity(&held.signature);
    let bag = Bag::of(&old);
    let new = public(&hall.server.state(HERE).expect("begun").keys.signature);
    let other = thumb(&hall.world.pki.house.other_merchant.signature);
    let mut refused = |named: Option<CertThumb>| {
        let signer = Signer::Renewal { key: &new, identity: &old, bag: &bag };
        let forged = cert_req_by(&honest, &hall.office, &hall.world.pki, signer, |data| {
            data.ee_thumb = named;
        });
        hall.office.request(&forged, &mut hall.world).err()
    };
    assert_eq!(refused(None), Some(Refusal::ApplicantRenewedAnother));
    assert_eq!(refused(Some(other)), Some(Refusal::ApplicantRenewedAnother));
}

#[test]
fn a_first_request_names_no_certificate_to_renew() {
    let mut hall = shop();
    let honest = hall.applying(None);
    let new = public(&hall.server.state(HERE).expect("begun").keys.signature);
    let named = thumb(&hall.world.pki.house.merchant.signature);
    let signer = Signer::NewKey(&new);
    let forged = cert_req_by(&honest, &hall.office, &hall.world.pki, signer, |data| {
        data.ee_thumb = Some(named);
    });
    let refused = hall.office.request(&forged, &mut hall.world).err();
    assert_eq!(refused, Some(Refusal::ApplicantRenewedAnother));
}

#[test]
fn what_is_applied_for_is_what_the_form_was_asked_for() {
    let (mut hall, held, honest) = merchant();
    let old = identity(&held.signature);
    let bag = Bag::of(&old);
    let new = public(&hall.server.state(HERE).expect("begun").keys.signature);
    let changes: [(Change, bool); 4] = [
        (|data| data.request_type = RequestType::MerRenewalSig, true),
        (|data| data.request_type = RequestType::PgwyRenewalBoth, true),
        (|data| data.request_type = RequestType::MerInitialBoth, false),
        (|data| data.public_key_s_or_e.public_key_e = None, true),
    ];
    for (change, twice) in changes {
        let signer = match twice {
            true => Signer::Renewal { key: &new, identity: &old, bag: &bag },
            false => Signer::NewKey(&new),
        };
        let forged = cert_req_by(&honest, &hall.office, &hall.world.pki, signer, change);
        let refused = hall.office.request(&forged, &mut hall.world).err();
        assert_eq!(refused, Some(Refusal::ApplicantAskedForAnother));
    }
}

#[test]
fn a_renewal_under_the_key_that_has_a_certificate_is_refused() {
    // A15: one key, one certificate.
    let (mut hall, held, honest) = merchant();
    let old = identity(&held.signature);
    let bag = Bag::of(&old);
    let same = PublicKey::of(MODERN, &old.certificate).expect("a key");
    let signer = Signer::Renewal { key: &same, identity: &old, bag: &bag };
    let forged = cert_req_by(&honest, &hall.office, &hall.world.pki, signer, |data| {
        let info = old.certificate.to_be_signed.subject_public_key_info.clone();
        data.public_key_s_or_e.public_key_s = Some(info);
    });
    let done = hall.office.request(&forged, &mut hall.world).expect("an answer");
    assert!(asked(&done).is_none(), "the registrar is not asked");
    let said = said(&done.reply(), Authority::Merchant, &hall.world.pki);
    assert_eq!(said.cert_status.cert_status_code, CertStatusCode::RejectedByCa);
}

/// A merchant that has certificates asks for one key alone: gives what the authority answers.
fn one_key(
    request: RequestType,
    signer: impl FnOnce(&applicant::Held, &PublicKey, &mut dyn FnMut(Signer<'_>)),
    change: impl FnOnce(&mut CertReqData, &applicant::Held, &Pki),
) -> (Hall<Merchant>, Result<Option<Vec<u8>>, Refusal>) {
    let mut hall = shop();
    let held = hall.certified(Approval::Merchant(listing()));
    let names = names_of(&hall);
    // The form is asked for with another type of request; the rest is that of a renewal.
    hall.server.states.clear();
    let pki = &hall.world.pki;
    let keys = applicant::Keys { signature: new_key(pki), encipherment: new_key(pki) };
    let brand = pki.house.brand.clone();
    let renews = Some(Box::new(held.clone()));
    let begin = applicant::Begin { brand, names, keys, renews };
    let honest = hall.do_here(applicant::Input::Begin(begin)).expect("a beginning").ask();
    let Message::MeAqCInitReq(asking) = message(&honest) else { panic!("the first one") };
    let asking = MeAqCInitReq { request_type: request, ..*asking };
    let asking = rewrap(&honest, Message::MeAqCInitReq(Box::new(asking)), None);
    let answer = hall.office.request(&asking, &mut hall.world).expect("a form").reply();
    let by = hall.office.party.standing.signature.clone();
    let answer = crate::forge::me_aq_c_init_res(&answer, &by, &hall.world.pki, |it| {
        it.data.request_type = RequestType::MerRenewalBoth;
    });
    hall.hear(&answer).expect("a form");
    let filled = applicant::Filled { answers: answers(), account: None };
    let honest = hall.do_here(applicant::Input::Filled(filled)).expect("good answers").ask();
    let new = public(&hall.server.state(HERE).expect("begun").keys.signature);
    let mut forged = Vec::new();
    let mut change = Some(change);
    signer(&held, &new, &mut |signer| {
        let change = change.take().expect("once");
        forged = cert_req_by(&honest, &hall.office, &hall.world.pki, signer, |data| {
            data.request_type = request;
            change(data, &held, &hall.world.pki);
        });
    });
    let done = hall.office.request(&forged, &mut hall.world);
    let answer = done.map(|done| match asked(&done) {
        Some(_) => None,
        None => Some(done.reply()),
    });
    (hall, answer)
}

/// In the name of the certificate to sign with, these beside it.
fn by_holder(held: &applicant::Held, beside: &[&CertifiedKey], sign: &mut dyn FnMut(Signer<'_>)) {
    let old = identity(&held.signature);
    let bag = beside.iter().fold(Bag::of(&old), |bag, one| bag.and(&identity(one)));
    sign(Signer::Certified { identity: &old, bag: &bag });
}

/// Asks for a key to be sealed to, and names the certificate that it is to take the place of.
fn only_e(data: &mut CertReqData, renewed: Option<&CertifiedKey>, pki: &Pki) {
    data.public_key_s_or_e.public_key_s = None;
    data.public_key_s_or_e.public_key_e = Some(info(pki));
    data.ee_thumb = renewed.map(|renewed| thumb(&identity(renewed)));
}

#[test]
fn a_key_to_be_sealed_to_is_certified_alone_for_whoever_can_sign() {
    let (_, answer) = one_key(
        RequestType::MerInitialEnc,
        |held, _, sign| by_holder(held, &[], sign),
        |data, _, pki| only_e(data, None, pki),
    );
    assert!(matches!(answer, Ok(None)), "the registrar is asked");
    let (_, answer) = one_key(
        RequestType::MerRenewalEnc,
        |held, _, sign| by_holder(held, &[&held.encipherment], sign),
        |data, held, pki| only_e(data, Some(&held.encipherment), pki),
    );
    assert!(matches!(answer, Ok(None)), "the registrar is asked");
}

#[test]
fn a_key_to_be_sealed_to_is_not_certified_for_whoever_cannot_sign_or_names_another() {
    let (_, answer) = one_key(
        RequestType::MerInitialEnc,
        |_, new, sign| sign(Signer::NewKey(new)),
        |data, _, pki| only_e(data, None, pki),
    );
    let answer = answer.expect("an answer").expect("told that it did not sign");
    assert!(matches!(message(&answer), Message::CertRes(_)));
    let (_, answer) = one_key(
        RequestType::MerRenewalEnc,
        |held, _, sign| by_holder(held, &[], sign),
        |data, held, pki| only_e(data, Some(&held.encipherment), pki),
    );
    assert_eq!(answer.err(), Some(Refusal::ApplicantRenewedAnother), "it did not come along");
    let (_, answer) = one_key(
        RequestType::MerRenewalEnc,
        |held, _, sign| by_holder(held, &[&held.encipherment], sign),
        |data, _, pki| only_e(data, None, pki),
    );
    assert_eq!(answer.err(), Some(Refusal::ApplicantRenewedAnother), "it is not named");
}

#[test]
fn a_key_to_sign_with_is_certified_alone() {
    let (mut hall, answer) = one_key(
        RequestType::MerRenewalSig,
        |held, new, sign| {
            let (old, bag) = (&identity(&held.signature), &Bag::of(&identity(&held.signature)));
            sign(Signer::Renewal { key: new, identity: old, bag });
        },
        |data, _, _| data.public_key_s_or_e.public_key_e = None,
    );
    assert!(matches!(answer, Ok(None)), "the registrar is asked");
    let mut all = hall.office.party.states.keys().cloned().collect::<Vec<_>>().into_iter();
    let waiting = all.find(|key| matches!(hall.office.stage(key), At::Applied(_)));
    let waiting = waiting.expect("an application");
    let approval = Approval::Merchant(listing());
    let answer = hall.office.approve(&waiting, approval, &mut hall.world);
    let said = said(&answer, Authority::Merchant, &hall.world.pki);
    let named = said.cert_thumbs.expect("certificates").cert_thumbs.expect("certificates");
    assert_eq!(named.len(), 1);
}

#[test]
fn a_wallet_asks_the_authority_of_its_brand_again() {
    let mut counter = Counter::new();
    let card = counter.certified();
    counter.wallet.states.clear();
    let (brand, key) = (counter.world.pki.house.brand.clone(), new_key(&counter.world.pki));
    let begin = Begin { brand: brand.clone(), key, renews: Some(card) };
    let done = counter.do_here(CardInput::Begin(begin)).expect("a beginning");
    let asked = done.effects.iter().find_map(|effect| match effect {
        openset_protocol::role::Effect::Ask { party, .. } => Some(party.clone()),
        _ => None,
    });
    assert_eq!(asked, Some(Whom::CardholderAuthority(brand)));
}

#[test]
fn a_card_of_another_brand_renews_nothing() {
    // A12.
    let mut counter = Counter::new();
    let card = counter.certified();
    let honest = counter.renewing(card);
    let foreign = counter.world.pki.foreign.cardholder.clone();
    let bag = Bag::of(&foreign);
    let new = public(&counter.wallet.state(HERE).expect("begun").key);
    let signer = Signer::Renewal { key: &new, identity: &foreign, bag: &bag };
    let named = thumb(&foreign);
    let forged = cert_req_by(&honest, &counter.office, &counter.world.pki, signer, |data| {
        data.ee_thumb = Some(named);
    });
    let done = counter.office.request(&forged, &mut counter.world).expect("an answer");
    assert_eq!(counter.code(&done.reply()), CertStatusCode::SigValidationFail);
}

#[test]
fn the_new_certificates_are_good_for_what_the_old_ones_were() {
    let (mut hall, held, request) = merchant();
    let key = hall.office.request(&request, &mut hall.world).expect("good").key;
    let answer = hall.office.approve(&key, Approval::Merchant(listing()), &mut hall.world);
    hall.hear(&answer).expect("certificates");
    let applicant::Stage::Certified { signature, encipherment } = hall.stage() else {
        panic!("certified")
    };
    let trust = hall.world.pki.trust();
    let subject = |key: &CertifiedKey, purpose| {
        path(&identity(key), purpose, &trust).leaf().subject().clone()
    };
    let before = subject(&held.signature, Purpose::MerchantSignature);
    assert_eq!(subject(&signature, Purpose::MerchantSignature), before);
    assert_eq!(subject(&encipherment, Purpose::MerchantEncipherment), before);
}
