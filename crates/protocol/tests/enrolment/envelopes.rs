//! Suite `set10`: applications that whoever carries them can change (abuse cases 16 and 18).
//!
//! An authority of suite `modern` tells an applicant which part of its request it could not open
//! or believe. Where anybody on the way could change what is inside, those answers would say what
//! it was: one Error stands for all of them, and nothing is kept.

use openset_crypto::{PublicKey, Suite};
use openset_protocol::{cardholder::registration::Stage, refusal::Refusal};
use openset_types::Pan;
use openset_wire::{
    cert::{AcctInfo, CertReq},
    error::ErrorCode,
    wrapper::Message,
};

use crate::{
    applicants::{Counter, asked},
    forge::{cert_req, reg_form_req},
    office::new_key,
    world::{
        carrier::{CHANGES, touched},
        forge::rewrap,
        message,
    },
};

fn counter() -> Counter {
    Counter::in_suite(Suite::Set10)
}

#[test]
fn a_card_is_certified_in_suite_set10() {
    let mut counter = counter();
    let cert_res = counter.approved();
    counter.open(&cert_res).expect("a certificate");
    assert!(matches!(counter.stage(), Stage::Certified { .. }));
}

#[test]
fn whatever_is_wrong_in_a_request_for_a_form_is_told_alike() {
    let mut counter = counter();
    let honest = counter.asking();
    let Message::RegFormReq(sealed) = message(&honest) else { panic!("a RegFormReq") };
    for (what, change) in CHANGES {
        let changed = rewrap(&honest, Message::RegFormReq(touched(&sealed, *change)), None);
        is_told_alike(&mut counter, &changed, what);
    }
    counter.office.request(&honest, &mut counter.world).expect("a good request");
}

#[test]
fn whatever_is_wrong_in_an_application_is_told_alike() {
    let mut counter = counter();
    let honest = counter.applying();
    let Message::CertReq(CertReq::Encx(sealed)) = message(&honest) else { panic!("an EncX") };
    for (what, change) in CHANGES {
        let changed = CertReq::Encx(touched(&sealed, *change));
        is_told_alike(&mut counter, &rewrap(&honest, Message::CertReq(changed), None), what);
    }
    let pki = &counter.world.pki;
    let stranger: PublicKey = new_key(pki).public(pki.suite).expect("a key");
    let by_stranger = cert_req(&honest, &counter.office, pki, Some(&stranger), |_, _| {});
    is_told_alike(&mut counter, &by_stranger, "another key signed");
    let done = counter.office.request(&honest, &mut counter.world).expect("a good application");
    assert!(asked(&done).is_some(), "the registrar is asked about the honest one");
}

#[test]
fn an_authority_takes_no_real_card() {
    let mut counter = counter();
    let honest = counter.asking();
    let real = || Pan::parse("4970100000000055").expect("digits");
    let pki = &counter.world.pki;
    let asking = reg_form_req(&honest, &counter.office, pki, |_, card| card.pan = real().into());
    let before = counter.office.party.states.clone();
    let refused = counter.office.request(&asking, &mut counter.world).map(drop);
    assert_eq!(refused, Err(Refusal::SenderNamedRealCard));
    assert_eq!(counter.office.party.states, before);
    // Nor does it certify one that comes only with the application: it is another than before.
    let mut counter = self::counter();
    let honest = counter.applying();
    let applying = cert_req(&honest, &counter.office, &counter.world.pki, None, |_, account| {
        if let Some(AcctInfo::PanData0(card)) = account {
            card.pan = real().into();
        }
    });
    let refused = counter.office.request(&applying, &mut counter.world).map(drop);
    assert_eq!(refused, Err(Refusal::ApplicantSwitchedCard));
}

/// The applicant is told what it is told of an envelope that does not open, and nothing is kept.
fn is_told_alike(counter: &mut Counter, request: &[u8], what: &str) {
    let party = &counter.office.party;
    let before = (party.states.clone(), party.register.clone());
    let refusal = counter.office.request(request, &mut counter.world).map(drop).expect_err(what);
    assert_eq!(ErrorCode::from(&refusal), ErrorCode::SignatureFailure, "{what}: {refusal:?}");
    assert_eq!(refusal, Refusal::Unopened, "{what}");
    let party = &counter.office.party;
    assert_eq!((&party.states, &party.register), (&before.0, &before.1), "{what}");
}
