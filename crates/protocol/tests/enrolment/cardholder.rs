//! A wallet comes to a certificate for a card.

use openset_crypto::{Purpose, card};
use openset_protocol::{
    ca::{Applicant, Stage as Desk},
    cardholder::registration::{Effect, Input, Stage},
};
use openset_types::{Secret, UnixTime};

use crate::{
    applicants::{Counter, asked},
    office::{answers, form},
    world::{
        forge::path,
        now,
        pki::{CARD, MODERN},
    },
};

#[test]
fn a_card_is_certified_and_its_secret_goes_to_the_vault() {
    let mut counter = Counter::new();
    let cert_res = counter.approved();
    let done = counter.open(&cert_res).expect("a certificate");
    let Stage::Certified { card, .. } = counter.stage() else { panic!("certified") };
    let identity = card.identity().expect("stored as it was");
    let believed = path(&identity, Purpose::CardholderSignature, &counter.world.pki.trust());
    let [Effect::Keep { pan_secret, .. }] = done.own()[..] else { panic!("the secret is kept") };
    let name = card::common_name(
        MODERN,
        &CARD.pan().into(),
        &CARD.expiry().into(),
        &Secret::new(pan_secret.expose().to_vec()),
    );
    assert_eq!(believed.leaf().subject().common_name(), Some(name.expect("a name").as_str()));
    let kept = counter.do_here(Input::Kept).expect("kept");
    assert!(kept.effects.is_empty());
}

#[test]
fn the_form_and_the_policy_are_shown_as_the_bank_wrote_them() {
    let mut counter = Counter::new();
    let answer = counter.form();
    counter.hear(&answer).expect("a form");
    let Stage::FormShown(shown) = counter.stage() else { panic!("a form") };
    assert_eq!(shown.form.form, form());
    assert_eq!(shown.form.institution.as_deref(), Some("Banque Demo"));
}

#[test]
fn the_registrar_is_asked_about_the_card_and_the_answers() {
    let mut counter = Counter::new();
    let request = counter.applying();
    let done = counter.office.request(&request, &mut counter.world).expect("good");
    let application = asked(&done).expect("the registrar is asked");
    assert_eq!(application.answers, answers());
    let Applicant::Cardholder { pan, expiry } = &application.applicant else { panic!("a card") };
    assert!(*pan == CARD.pan() && *expiry == CARD.expiry());
    assert!(matches!(counter.office.stage(&done.key), Desk::Applied(_)));
}

#[test]
fn a_certificate_does_not_outlive_the_card() {
    let mut counter = Counter::new();
    counter.office.party.standing.certificates_last_s = i64::MAX;
    let cert_res = counter.approved();
    counter.open(&cert_res).expect("a certificate");
    let Stage::Certified { card, .. } = counter.stage() else { panic!("certified") };
    let validity = card.identity().expect("stored").certificate.to_be_signed.validity;
    let ends = UnixTime::parse_generalized("20291231235959Z").expect("a moment");
    assert!(validity.not_after.moment() <= ends);
    assert!(validity.not_after.moment() > now());
}

#[test]
fn a_wallet_whose_clock_is_a_little_behind_believes_its_new_certificate() {
    let mut counter = Counter::new();
    let cert_res = counter.approved();
    counter.world.now = now().plus_s(-30);
    counter.open(&cert_res).expect("a certificate");
    assert!(matches!(counter.stage(), Stage::Certified { .. }));
}
