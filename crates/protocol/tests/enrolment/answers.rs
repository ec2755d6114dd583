//! An authority that lies, or somebody in its place: the applicant believes none of it.

use openset_crypto::{Authority, Purpose, Suite, Thumb, Untrusted, card};
use openset_protocol::{
    ca::Approval,
    cardholder::registration::{CardholderRegistration, Effect, Input as CardInput, Stage},
    enrolment::{Ended, applicant},
    refusal::Refusal,
    role::Machine,
};
use openset_types::{LocalId, Rrpid, Secret};
use openset_wire::{
    cert::{CertStatusCode, RequestType},
    types::{CertThumb, Challenge},
};

use crate::{
    applicants::{Counter, HERE},
    forge::{
        Saying, card_c_init_res, cert_res, cuts, me_aq_c_init_res, reg_form_res, sealed_under,
        unsealed,
    },
    merchant::shop,
    office::{clerk, listing},
    world::{
        forge::with_header,
        pki::{CARD, MODERN, Wish},
        received,
    },
};

fn other_challenge() -> Challenge {
    Challenge::from([0x77; 32])
}

fn other_label() -> LocalId {
    LocalId::new(b"other").expect("a label")
}

fn thumb_of(identity: &openset_crypto::Identity) -> CertThumb {
    identity.thumb(MODERN).cert_thumb(MODERN).expect("encodable")
}

#[test]
fn cut_answers_are_no_messages() {
    let answers = [Counter::new().introduced(), Counter::new().form(), Counter::new().approved()];
    for answer in &answers {
        for cut in cuts(answer) {
            assert!(matches!(received(cut), Err(Refusal::Malformed(_))));
        }
    }
}

#[test]
fn an_introduction_to_another_question_is_not_believed() {
    type Change = fn(Saying<'_, openset_wire::cert::CardCInitResTbs>);
    let wrongs: [(Change, Refusal); 4] = [
        (|it| it.data.chall_ee = other_challenge(), Refusal::AuthorityRepeatedOldChallenge),
        (|it| it.data.lid_ee = other_label().into(), Refusal::AuthorityAnsweredAnother),
        (|it| it.data.lid_ca = None, Refusal::AuthorityAnsweredAnother),
        (|it| it.data.rrpid = Rrpid::new([9; 20]).into(), Refusal::SenderSentOtherRrpid),
    ];
    for (change, refusal) in wrongs {
        let mut counter = Counter::new();
        let honest = counter.introduced();
        let clerk = counter.office.party.standing.signature.clone();
        let forged = card_c_init_res(&honest, &clerk, &counter.world.pki, change);
        assert_eq!(counter.hear(&forged).err(), Some(refusal));
        assert!(matches!(counter.stage(), Stage::Started(_)));
        assert!(counter.hear(&honest).is_ok(), "the true answer still counts");
    }
}

#[test]
fn an_introduction_with_another_request_in_wrapper_and_inside_is_not_believed() {
    let mut counter = Counter::new();
    let honest = counter.introduced();
    let clerk = counter.office.party.standing.signature.clone();
    let other = Rrpid::new([9; 20]);
    let forged = card_c_init_res(&honest, &clerk, &counter.world.pki, |it| {
        it.data.rrpid = other.into();
    });
    let forged = with_header(&forged, |header| header.rrpid = Some(other.into()));
    assert_eq!(counter.hear(&forged).err(), Some(Refusal::AuthorityAnsweredAnother));
}

#[test]
fn an_introduction_by_anybody_else_is_not_believed() {
    let mut counter = Counter::new();
    let honest = counter.introduced();
    let pki = &mut counter.world.pki;
    let wrong_role = Refusal::Untrusted(Untrusted::WrongRole);
    let merchants =
        clerk(pki, Authority::Merchant, Purpose::AuthoritySignature(Authority::Merchant));
    let wish = Wish {
        purpose: Purpose::AuthoritySignature(Authority::Cardholder),
        brand: "Other Brand",
        name: "Clerk",
        merchant: "",
    };
    let foreign = pki.certify(&wish, &pki.foreign.authority.clone());
    let shop = pki.house.merchant.signature.clone();
    let own = counter.office.party.standing.encipherments[0].clone();
    let impostors = [
        (merchants, wrong_role.clone()),
        (shop, wrong_role),
        (foreign, Refusal::Untrusted(Untrusted::OtherBrand)),
        (own, Refusal::Untrusted(Untrusted::WrongKeyUsage)),
    ];
    for (impostor, refusal) in impostors {
        let forged = card_c_init_res(&honest, &impostor, &counter.world.pki, |_| {});
        assert_eq!(counter.hear(&forged).err(), Some(refusal));
    }
}

#[test]
fn only_the_certificate_whose_thumb_was_signed_is_sealed_for() {
    // A11: another certificate in the bag is not taken, and one that is named must be fit.
    let mut counter = Counter::new();
    let honest = counter.introduced();
    let pki = &mut counter.world.pki;
    let of_merchants =
        clerk(pki, Authority::Merchant, Purpose::AuthorityEncipherment(Authority::Merchant));
    let signs = counter.office.party.standing.signature.clone();
    let named_only = card_c_init_res(&honest, &signs, &counter.world.pki, |it| {
        it.data.cae_thumb = thumb_of(&of_merchants);
    });
    assert_eq!(counter.hear(&named_only).err(), Some(Refusal::AuthoritySentNoCertificate));
    let brought_along = card_c_init_res(&honest, &signs, &counter.world.pki, |it| {
        it.data.cae_thumb = thumb_of(&of_merchants);
        it.bag.certificates.push(of_merchants.certificate.clone());
    });
    let refused = counter.hear(&brought_along).err();
    assert_eq!(refused, Some(Refusal::Untrusted(Untrusted::WrongRole)));
    let signer = card_c_init_res(&honest, &signs, &counter.world.pki, |it| {
        it.data.cae_thumb = thumb_of(&signs);
    });
    let refused = counter.hear(&signer).err();
    assert_eq!(refused, Some(Refusal::Untrusted(Untrusted::WrongKeyUsage)));
}

#[test]
fn a_form_for_another_question_is_not_believed() {
    type Change = fn(Saying<'_, openset_wire::cert::RegFormResTbs>);
    let wrongs: [(Change, Refusal); 5] = [
        (|it| it.data.chall_ee2 = other_challenge(), Refusal::AuthorityRepeatedOldChallenge),
        (|it| it.data.lid_ee = other_label().into(), Refusal::AuthorityAnsweredAnother),
        (|it| it.data.lid_ca = Some(other_label().into()), Refusal::AuthorityAnsweredAnother),
        (|it| it.data.request_type = RequestType::MerInitialSig, Refusal::AuthorityAnsweredAnother),
        (|it| it.data.rrpid = Rrpid::new([9; 20]).into(), Refusal::SenderSentOtherRrpid),
    ];
    for (change, refusal) in wrongs {
        let mut counter = Counter::new();
        let honest = counter.form();
        let clerk = counter.office.party.standing.signature.clone();
        let forged = reg_form_res(&honest, &clerk, &counter.world.pki, change);
        assert_eq!(counter.hear(&forged).err(), Some(refusal));
        assert!(matches!(counter.stage(), Stage::Asking { .. }));
    }
}

#[test]
fn thumbs_that_do_not_come_back_as_they_were_are_refused() {
    let mut counter = Counter::new();
    let honest = counter.form();
    let clerk = counter.office.party.standing.signature.clone();
    let forged = reg_form_res(&honest, &clerk, &counter.world.pki, |it| it.data.thumbs = None);
    assert_eq!(counter.hear(&forged).err(), Some(Refusal::ThumbsDiffer));
}

#[test]
fn an_answer_from_an_earlier_stage_or_a_later_one_is_not_believed() {
    let mut counter = Counter::new();
    let introduction = counter.introduced();
    counter.hear(&introduction).expect("the first time");
    assert_eq!(counter.hear(&introduction).err(), Some(Refusal::AuthorityAnsweredAnother));
    let mut other = Counter::new();
    let form = other.form();
    assert!(counter.hear(&form).is_err());
    let certificate = other_certificate();
    assert_eq!(counter.hear(&certificate).err(), Some(Refusal::AuthorityAnsweredAnother));
}

#[test]
fn a_late_answer_to_what_was_given_up_is_taken_and_changes_nothing() {
    // Were it refused, the applicant would ask for it again for ever.
    let late: [fn(&mut Counter) -> Vec<u8>; 3] =
        [Counter::introduced, Counter::form, Counter::approved];
    for answer in late {
        let mut counter = Counter::new();
        let octets = answer(&mut counter);
        counter.do_here(CardInput::Woke).expect("woken");
        let done = counter.hear(&octets).expect("taken");
        assert!(done.own().is_empty(), "the vault is not asked");
        assert_eq!(counter.stage(), Stage::Refused(Ended::WithoutAnswer));
    }
    let mut hall = shop();
    let form = hall.form();
    hall.do_here(applicant::Input::Woke).expect("woken");
    hall.hear(&form).expect("taken");
    assert_eq!(hall.stage(), applicant::Stage::Refused(Ended::WithoutAnswer));
    let mut hall = shop();
    let key = hall.applied();
    let answer = hall.office.approve(&key, Approval::Merchant(listing()), &mut hall.world);
    hall.do_here(applicant::Input::Woke).expect("woken");
    hall.hear(&answer).expect("taken");
    assert_eq!(hall.stage(), applicant::Stage::Refused(Ended::WithoutAnswer));
}

fn other_certificate() -> Vec<u8> {
    Counter::new().approved()
}

#[test]
fn a_certificate_in_answer_to_another_application_is_not_believed() {
    type Change = fn(Saying<'_, openset_wire::cert::CertResData>);
    let wrongs: [(Change, Refusal); 4] = [
        (|it| it.data.chall_ee3 = other_challenge(), Refusal::AuthorityRepeatedOldChallenge),
        (|it| it.data.lid_ee = other_label().into(), Refusal::AuthorityAnsweredAnother),
        (|it| it.data.lid_ca = other_label().into(), Refusal::AuthorityAnsweredAnother),
        (|it| it.data.rrpid = Rrpid::new([9; 20]).into(), Refusal::SenderSentOtherRrpid),
    ];
    for (change, refusal) in wrongs {
        let mut counter = Counter::new();
        let honest = counter.approved();
        let clerk = counter.office.party.standing.signature.clone();
        let forged = cert_res(&honest, &clerk, &counter.world.pki, change);
        assert_eq!(counter.open(&forged).err(), Some(refusal));
        assert!(matches!(counter.stage(), Stage::Applied(_)));
        assert!(counter.open(&honest).is_ok(), "the true answer still counts");
    }
}

#[test]
fn a_certificate_of_another_key_is_not_taken() {
    // A18: somebody else's certificate, named as if it were the one that was asked for.
    let mut counter = Counter::new();
    let honest = counter.approved();
    let clerk = counter.office.party.standing.signature.clone();
    let other = counter.world.pki.house.cardholder.clone();
    let forged = cert_res(&honest, &clerk, &counter.world.pki, |it| {
        let thumbs = it.data.cert_thumbs.as_mut().expect("a certificate is named");
        thumbs.cert_thumbs = Some(vec![thumb_of(&other).thumbprint]);
        it.bag.certificates.push(other.certificate.clone());
    });
    let refused = counter.open(&forged).err();
    assert_eq!(refused, Some(Refusal::AuthorityCertifiedAnotherKey));
}

#[test]
fn what_was_sealed_and_is_not_believed_is_inquired_after() {
    // Only an open vault shows that it was no answer, and by then the question is over.
    let mut counter = Counter::new();
    let honest = counter.approved();
    let other = sealed_under(&honest, &Secret::new(vec![0x62; 32]));
    let done = counter.hear(&other).expect("taken to the vault");
    let [Effect::WantSecrets { .. }] = done.own()[..] else { panic!("the vault is asked") };
    let note = CardholderRegistration::note(done.own()[0]);
    counter.do_here(CardholderRegistration::refused(note)).expect("nothing was said");
    assert!(matches!(counter.stage(), Stage::Pending(_)));
    let done = counter.do_here(CardInput::KeyAtHand).expect("an inquiry");
    let answer = counter.office.request(&done.ask(), &mut counter.world).expect("good").reply();
    counter.open(&answer).expect("the truth");
    assert!(matches!(counter.stage(), Stage::Certified { .. }));
}

#[test]
fn a_certificate_that_is_named_and_not_there_is_not_taken() {
    let mut counter = Counter::new();
    let honest = counter.approved();
    let clerk = counter.office.party.standing.signature.clone();
    let other = counter.world.pki.house.cardholder.clone();
    let absent = cert_res(&honest, &clerk, &counter.world.pki, |it| {
        let thumbs = it.data.cert_thumbs.as_mut().expect("a certificate is named");
        thumbs.cert_thumbs = Some(vec![thumb_of(&other).thumbprint]);
    });
    assert_eq!(counter.open(&absent).err(), Some(Refusal::AuthoritySentNoCertificate));
    let unnamed = cert_res(&honest, &clerk, &counter.world.pki, |it| it.data.cert_thumbs = None);
    assert_eq!(counter.open(&unnamed).err(), Some(Refusal::AuthoritySentNoCertificate));
}

#[test]
fn a_certificate_with_another_cards_name_is_not_taken() {
    // A18: with another nonce the name in the certificate is not the one the card gives.
    for nonce in [Some(Secret::new(vec![3; 32])), None] {
        let mut counter = Counter::new();
        let honest = counter.approved();
        let clerk = counter.office.party.standing.signature.clone();
        let forged = cert_res(&honest, &clerk, &counter.world.pki, |it| {
            it.data.cert_status.nonce_cca = nonce.map(Into::into);
        });
        let refused = counter.open(&forged).err();
        assert_eq!(refused, Some(Refusal::AuthorityCertifiedAnotherCard));
    }
}

#[test]
fn an_authority_cannot_make_the_secret_of_a_card_zeros() {
    // A17: it has seen one half when it chooses the other. The certificate agrees with the secret.
    let mut counter = Counter::in_suite(Suite::Set10);
    let half = || CARD.card_secret(Suite::Set10);
    let zeros = Secret::new(vec![0; half().expose().len()]);
    let forged = choosing(&mut counter, &zeros, half());
    assert_eq!(counter.open(&forged).err(), Some(Refusal::AuthorityCertifiedAnotherCard));
}

#[test]
fn an_authority_cannot_make_the_secrets_of_two_cards_the_same() {
    // A17: of a constant, the second is noticed, and the first card keeps its own.
    for (others, is_taken) in [(vec![], true), (vec![8], true), (vec![8, 7], false)] {
        let mut counter = Counter::in_suite(Suite::Set10);
        let half = CARD.card_secret(Suite::Set10);
        let constant = |octet| Secret::new(vec![octet; half.expose().len()]);
        let nonce = half.expose().iter().map(|own| own ^ 7).collect();
        let forged = choosing(&mut counter, &constant(7), Secret::new(nonce));
        let others = others.into_iter().map(constant).collect();
        let refused = counter.open_beside(&forged, others).err();
        let expected = (!is_taken).then_some(Refusal::AuthorityCertifiedAnotherCard);
        assert_eq!(refused, expected);
    }
}

#[test]
fn in_suite_modern_an_authority_cannot_choose_the_secret_at_all() {
    // A17: what would make zeros, or anything it likes, of an exclusive or.
    for chosen in [0, 7] {
        let mut counter = Counter::new();
        let half = CARD.card_secret(Suite::Modern);
        let secret = Secret::new(vec![chosen; half.expose().len()]);
        let nonce = half.expose().iter().map(|own| own ^ chosen).collect();
        let forged = choosing(&mut counter, &secret, Secret::new(nonce));
        let refused = counter.open(&forged).err();
        assert_eq!(refused, Some(Refusal::AuthorityCertifiedAnotherCard));
    }
}

/// CertRes of an authority that wants a card to have this secret, and answers with this half: the
/// certificate in it agrees with the secret.
fn choosing(counter: &mut Counter, secret: &Secret, half: Secret) -> Vec<u8> {
    let honest = counter.approved();
    let suite = counter.world.pki.suite;
    let (pan, expiry) = (CARD.pan().into(), CARD.expiry().into());
    let name = card::common_name(suite, &pan, &expiry, secret).expect("a name");
    let key = counter.wallet.state(HERE).expect("begun").key.public(suite).expect("a key");
    let agreeing = counter.world.pki.certify_key(&key, &name);
    let clerk = counter.office.party.standing.signature.clone();
    let thumb = agreeing.thumb(suite).cert_thumb(suite).expect("encodable");
    cert_res(&honest, &clerk, &counter.world.pki, |it| {
        it.data.cert_status.nonce_cca = Some(half.into());
        let thumbs = it.data.cert_thumbs.as_mut().expect("a certificate is named");
        thumbs.cert_thumbs = Some(vec![thumb.thumbprint.clone()]);
        it.bag.certificates.push(agreeing.certificate.clone());
    })
}

#[test]
fn a_certificate_under_another_key_or_in_clear_is_not_taken() {
    let mut counter = Counter::new();
    let honest = counter.approved();
    let other = sealed_under(&honest, &Secret::new(vec![0x62; 32]));
    assert_eq!(counter.open(&other).err(), Some(Refusal::Unopened));
    let refused = counter.open(&unsealed(&honest)).err();
    assert_eq!(refused, Some(Refusal::AuthorityAnsweredAnother));
    assert!(counter.open(&honest).is_ok(), "the true answer still counts");
}

#[test]
fn a_certificate_from_the_authority_of_merchants_is_not_taken() {
    let mut counter = Counter::new();
    let honest = counter.approved();
    let pki = &mut counter.world.pki;
    let impostor =
        clerk(pki, Authority::Merchant, Purpose::AuthoritySignature(Authority::Merchant));
    let forged = cert_res(&honest, &impostor, &counter.world.pki, |_| {});
    let refused = counter.open(&forged).err();
    assert_eq!(refused, Some(Refusal::Untrusted(Untrusted::WrongRole)));
}

#[test]
fn a_merchants_form_for_another_question_is_not_believed() {
    type Change = fn(Saying<'_, openset_wire::cert::MeAqCInitResTbs>);
    let wrongs: [(Change, Refusal); 5] = [
        (|it| it.data.chall_ee = other_challenge(), Refusal::AuthorityRepeatedOldChallenge),
        (|it| it.data.lid_ee = other_label().into(), Refusal::AuthorityAnsweredAnother),
        (|it| it.data.lid_ca = None, Refusal::AuthorityAnsweredAnother),
        (|it| it.data.request_type = RequestType::MerInitialSig, Refusal::AuthorityAnsweredAnother),
        (|it| it.data.rrpid = Rrpid::new([9; 20]).into(), Refusal::SenderSentOtherRrpid),
    ];
    for (change, refusal) in wrongs {
        let mut hall = shop();
        let honest = hall.form();
        let clerk = hall.office.party.standing.signature.clone();
        let forged = me_aq_c_init_res(&honest, &clerk, &hall.world.pki, change);
        assert_eq!(hall.hear(&forged).err(), Some(refusal));
        assert!(matches!(hall.stage(), applicant::Stage::Started(_)));
    }
}

#[test]
fn a_merchant_takes_certificates_with_its_own_challenge_keys_and_names_only() {
    type Change = fn(Saying<'_, openset_wire::cert::CertResData>);
    let wrongs: [(Change, Refusal); 4] = [
        (|it| it.data.chall_ee3 = other_challenge(), Refusal::AuthorityRepeatedOldChallenge),
        (|it| it.data.lid_ca = other_label().into(), Refusal::AuthorityAnsweredAnother),
        (
            // Only the first of the two certificates is named.
            |it| {
                let thumbs = it.data.cert_thumbs.as_mut().expect("certificates are named");
                thumbs.cert_thumbs.as_mut().expect("two").truncate(1);
            },
            Refusal::AuthorityCertifiedAnotherKey,
        ),
        (|it| it.data.cert_thumbs = None, Refusal::AuthoritySentNoCertificate),
    ];
    for (change, refusal) in wrongs {
        let mut hall = shop();
        let key = hall.applied();
        let honest = hall.office.approve(&key, Approval::Merchant(listing()), &mut hall.world);
        let clerk = hall.office.party.standing.signature.clone();
        let forged = cert_res(&honest, &clerk, &hall.world.pki, change);
        assert_eq!(hall.hear(&forged).err(), Some(refusal));
        assert!(hall.hear(&honest).is_ok(), "the true answer still counts");
    }
}

#[test]
fn a_merchant_does_not_take_the_certificates_of_another() {
    // CertRes for merchants is public: another application's answer proves nothing here.
    let mut hall = shop();
    let key = hall.applied();
    let other = hall.office.approve(&key, Approval::Merchant(listing()), &mut hall.world);
    let mut hall = shop();
    hall.applied();
    assert!(hall.hear(&other).is_err());
    assert!(matches!(hall.stage(), applicant::Stage::Applied(_)));
}

#[test]
fn a_complete_answer_says_so_and_names_one_certificate() {
    let mut counter = Counter::new();
    let honest = counter.approved();
    let said = crate::forge::said(&honest, Authority::Cardholder, &counter.world.pki);
    assert_eq!(said.cert_status.cert_status_code, CertStatusCode::RequestComplete);
    let thumbs = said.cert_thumbs.and_then(|thumbs| thumbs.cert_thumbs).expect("named");
    assert_eq!(thumbs.len(), 1);
    assert!(Thumb::try_from(thumbs[0].as_bytes()).is_ok());
}
