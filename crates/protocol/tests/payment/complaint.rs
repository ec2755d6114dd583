//! The Error message: who is told what, and who is told nothing.

use openset_crypto::{Purpose, Suite, Trust, Untrusted, verify};
use openset_protocol::{
    cardholder,
    complaint::{Complainant, answer},
    merchant::{self, Verdict},
    refusal::Refusal,
    role::{Effect, Machine},
};
use openset_types::UnixTime;
use openset_wire::{
    der::{Element, Oid},
    error::{Error, ErrorCode, ErrorMsg},
    types::{MsgExtension, MsgExtensions},
    wrapper::{Message, MessageWrapper},
};

use crate::world::{
    self, Cast, eur, forge, letterhead,
    pki::{Pki, Server},
};

const ORDER: &[u8] = b"1042";

/// The Error that somebody makes of a refusal, always at the same time and from the same seed.
pub(super) fn complain(
    refusal: &Refusal,
    request: &[u8],
    by: Option<&Server>,
    pki: &Pki,
) -> Option<Vec<u8>> {
    complain_at(world::now(), refusal, request, by, pki)
}

fn complain_at(
    now: UnixTime,
    refusal: &Refusal,
    request: &[u8],
    by: Option<&Server>,
    pki: &Pki,
) -> Option<Vec<u8>> {
    let bag = by.map(|by| pki.trust().bag(&by.signature)).unwrap_or_default();
    let letterhead = letterhead();
    let complainant = Complainant {
        identity: by.map(|by| &by.signature),
        bag: &bag,
        keys: &pki.keys,
        letterhead: &letterhead,
        suite: pki.suite,
        now,
        seed: [0x77; 32],
    };
    answer(refusal, request, &complainant).expect("an Error can be made")
}

fn read(error: &[u8], trust: &Trust) -> (ErrorCode, Option<Oid>, ErrorMsg) {
    let Message::Error(error) = world::message(error) else { panic!("an Error") };
    let said = match error {
        Error::SignedError(signed) => {
            let purpose = Purpose::MerchantSignature;
            verify(&signed, trust, purpose, None, world::now()).expect("signed").into_value()
        }
        Error::UnsignedError(said) => *said,
    };
    (said.error_code, said.error_oid, said.error_msg)
}

#[test]
fn a_refused_request_is_answered_with_all_of_it_and_a_code() {
    let mut cast = Cast::new();
    let p_init_req = cast.start(ORDER, eur(4200));
    let pki = &cast.world.pki;
    let refusal = Refusal::CardholderRepeatedOldChallenge;
    let error = complain(&refusal, &p_init_req, Some(&pki.house.merchant), pki);
    let (code, oid, about) = read(&error.expect("an answer"), &pki.trust());
    assert_eq!((code, oid), (ErrorCode::ChallengeMismatch, None));
    let ErrorMsg::BadWrapper(echo) = about else { panic!("an echo") };
    assert_eq!(echo.as_bytes(), p_init_req);
}

#[test]
fn an_extension_that_is_not_understood_is_named() {
    let mut cast = Cast::new();
    let p_init_req = cast.start(ORDER, eur(4200));
    let pki = &cast.world.pki;
    let name = Oid::from_arcs(&[2, 999, 7]).expect("an arc");
    let refusal = Refusal::SenderNamedUnknownExtension(name.clone());
    let error = complain(&refusal, &p_init_req, Some(&pki.house.merchant), pki);
    let (code, oid, _) = read(&error.expect("an answer"), &pki.trust());
    assert_eq!((code, oid), (ErrorCode::UnrecognizedExtension, Some(name)));
}

#[test]
fn octets_that_are_no_message_are_echoed_up_to_a_limit() {
    let pki = Pki::new();
    for (octets, echoed) in [(vec![0xFF; 30_000], 20_000), (vec![1, 2, 3], 3), (Vec::new(), 1)] {
        let cause = MessageWrapper::decode(&octets).expect_err("no message");
        let error = complain(&cause.into(), &octets, Some(&pki.house.merchant), &pki);
        let (_, _, about) = read(&error.expect("an answer"), &pki.trust());
        let ErrorMsg::BadWrapper(echo) = about else { panic!("an echo") };
        assert_eq!(echo.as_bytes().len(), echoed);
    }
}

#[test]
fn a_party_without_a_certificate_complains_unsigned() {
    let mut cast = Cast::new();
    let p_init_req = cast.start(ORDER, eur(4200));
    let pki = &cast.world.pki;
    let error = complain(&Refusal::SenderSentTooLate, &p_init_req, None, pki);
    let (code, _, _) = read(&error.expect("an answer"), &pki.trust());
    assert_eq!(code, ErrorCode::MessageTooOld);
}

#[test]
fn a_response_and_an_error_are_not_answered() {
    let mut cast = Cast::new();
    let p_res = cast.authorize(ORDER, eur(4200));
    let pki = &cast.world.pki;
    let merchant = Some(&pki.house.merchant);
    assert_eq!(complain(&Refusal::MerchantSwitched, &p_res, merchant, pki), None);
    let p_init_req = forge::with_header(&p_res, |_| {});
    assert_eq!(complain(&Refusal::Unopened, &p_init_req, merchant, pki), None);
    let mut cast = Cast::new();
    let request = cast.start(ORDER, eur(4200));
    let pki = &cast.world.pki;
    let error = complain(&Refusal::Unopened, &request, Some(&pki.house.merchant), pki);
    let error = error.expect("an answer");
    assert_eq!(complain(&Refusal::Unopened, &error, Some(&pki.house.merchant), pki), None);
}

/// What a gateway or a merchant may say of octets that it takes an hour later.
fn passing() -> [Refusal; 6] {
    [
        Refusal::SenderSentTooEarly,
        Refusal::SenderSentTooLate,
        Refusal::Untrusted(Untrusted::CrlNotCurrent),
        Refusal::Untrusted(Untrusted::CrlMissing),
        Refusal::Untrusted(Untrusted::NotYetValid),
        Refusal::Untrusted(Untrusted::SignedInTheFuture),
    ]
}

/// The same of an envelope: where it can be changed, what is wrong inside has one name.
fn passing_within(suite: Suite) -> Vec<Refusal> {
    let hidden = (!suite.seals_against_change()).then_some(Refusal::Unopened);
    passing().into_iter().chain(hidden).collect()
}

#[test]
fn a_signed_error_about_what_does_not_pass_ends_the_authorization() {
    let lasting = [
        Refusal::MerchantNamedAnother,
        Refusal::Untrusted(Untrusted::Revoked),
        Refusal::SenderSentContradictoryHeader,
        Refusal::SenderSentOtherRrpid,
        Refusal::SenderReusedRrpid,
        Refusal::PartsNotLinked,
        Refusal::Unopened,
    ];
    for refusal in lasting {
        let mut cast = Cast::new();
        let auth_req = cast.order(ORDER, eur(4200));
        let pki = &cast.world.pki;
        let error = complain(&refusal, &auth_req, Some(&pki.house.gateway), pki);
        let done = cast.shop.answer(ORDER, &error.expect("an answer"), &mut cast.world);
        assert!(done.expect("heard").answers(), "the cardholder is told");
        let merchant::Stage::Declined(declined) = cast.shop_stage(ORDER) else {
            panic!("{refusal}")
        };
        assert_eq!(declined.verdict, Verdict::WithError);
    }
}

#[test]
fn an_error_that_was_provoked_and_kept_does_not_take_the_place_of_the_answer() {
    for suite in Suite::ALL {
        for refusal in passing_within(suite) {
            let mut cast = Cast::in_suite(suite);
            let auth_req = cast.order(ORDER, eur(4200));
            let pki = &cast.world.pki;
            let error = complain(&refusal, &auth_req, Some(&pki.house.gateway), pki);
            let error = error.expect("an answer");
            // The very question is taken after all, and the issuer holds the money.
            let done = cast.gateway.request(&auth_req, &mut cast.world).expect("a good request");
            let auth_res = cast.issuer_says(&done.key, world::approved());
            let heard = cast.shop.answer(ORDER, &error, &mut cast.world);
            assert_eq!(heard.err(), Some(Refusal::SenderMayAnswerYet), "{suite}: {refusal}");
            assert!(matches!(cast.shop_stage(ORDER), merchant::Stage::Authorizing(_)));
            cast.shop.answer(ORDER, &auth_res, &mut cast.world).expect("the answer itself");
            assert!(matches!(cast.shop_stage(ORDER), merchant::Stage::Authorized(_)));
        }
    }
}

#[test]
fn an_error_made_when_the_question_had_become_too_old_is_the_last_word() {
    const DAY_S: i64 = 86_400;
    for refusal in passing() {
        let mut cast = Cast::new();
        let auth_req = cast.order(ORDER, eur(4200));
        for (age_s, ends) in [(DAY_S, false), (DAY_S + 1, true)] {
            cast.world.now = world::now().plus_s(DAY_S + 1);
            let (at, pki) = (world::now().plus_s(age_s), &cast.world.pki);
            let error = complain_at(at, &refusal, &auth_req, Some(&pki.house.gateway), pki);
            let heard = cast.shop.answer(ORDER, &error.expect("an answer"), &mut cast.world);
            assert_eq!(heard.is_ok(), ends, "{refusal}: after {age_s} s");
        }
        assert!(matches!(cast.shop_stage(ORDER), merchant::Stage::Declined(_)), "{refusal}");
    }
}

#[test]
fn an_error_that_anybody_could_have_written_ends_nothing() {
    let mut cast = Cast::new();
    let auth_req = cast.order(ORDER, eur(4200));
    let pki = &cast.world.pki;
    let refusal = Refusal::SenderSentTooLate;
    let unsigned = complain(&refusal, &auth_req, None, pki).expect("an answer");
    let by_a_merchant = complain(&refusal, &auth_req, Some(&pki.house.other_merchant), pki);
    let of_another_brand = complain(&refusal, &auth_req, Some(&pki.foreign.gateway), pki);
    let about_another = {
        let other = forge::with_header(&auth_req, |header| {
            header.rrpid = Some(openset_types::Rrpid::new([1; 20]).into());
        });
        complain(&refusal, &other, Some(&pki.house.gateway), pki)
    };
    // What an attacker provokes: something broken under the very header of the request.
    let broken = {
        let mut broken = auth_req.clone();
        *broken.last_mut().expect("octets") ^= 1;
        complain(&Refusal::Unopened, &broken, Some(&pki.house.gateway), pki)
    };
    // And the request itself, taken to a gateway that cannot open it.
    let elsewhere = complain(&Refusal::Unopened, &auth_req, Some(&pki.house.other_gateway), pki);
    let errors =
        [Some(unsigned), by_a_merchant, of_another_brand, about_another, broken, elsewhere];
    for error in errors.into_iter().flatten() {
        assert!(cast.shop.answer(ORDER, &error, &mut cast.world).is_err());
        assert!(matches!(cast.shop_stage(ORDER), merchant::Stage::Authorizing(_)));
    }
}

#[test]
fn a_signed_error_from_the_merchant_ends_the_purchase() {
    let mut cast = Cast::new();
    let p_req = cast.consent(ORDER, eur(4200));
    let pki = &cast.world.pki;
    let refusal = Refusal::CardholderRepeatedOldChallenge;
    let error = complain(&refusal, &p_req, Some(&pki.house.merchant), pki).expect("an answer");
    cast.wallet.answer(ORDER, &error, &mut cast.world).expect("heard");
    let expected = cardholder::Abandoned::WithError(ErrorCode::ChallengeMismatch);
    assert_eq!(cast.wallet_stage(ORDER), cardholder::Stage::Abandoned(expected));
}

/// A question of the wallet, before its order or with it.
fn ask(cast: &mut Cast, is_order: bool) -> Vec<u8> {
    if is_order { cast.consent(ORDER, eur(4200)) } else { cast.start(ORDER, eur(4200)) }
}

/// What the wallet has given its purchase up for, after the shop complained of this.
fn given_up(cast: &mut Cast, question: &[u8], refusal: &Refusal) -> cardholder::Abandoned {
    let pki = &cast.world.pki;
    let error = complain(refusal, question, Some(&pki.house.merchant), pki).expect("an answer");
    cast.wallet.answer(ORDER, &error, &mut cast.world).expect("heard");
    let cardholder::Stage::Abandoned(why) = cast.wallet_stage(ORDER) else { panic!("given up") };
    why
}

#[test]
fn a_shop_whose_gateway_was_revoked_says_that_it_is_the_gateway() {
    for is_order in [false, true] {
        let mut cast = Cast::new();
        let question = ask(&mut cast, is_order);
        let house = &cast.world.pki.house;
        let gateway = house.gateway.encipherment.clone();
        cast.world.pki.revoke(&cast.shop.trust, &house.pca, &[&gateway]);
        let refusal = cast.shop.request(&question, &mut cast.world).err().expect("no way to pay");
        let (thumb, cause) = (gateway.thumb(cast.world.pki.suite), Untrusted::Revoked);
        assert_eq!(refusal, Refusal::GatewayNotBelieved { thumb, cause });
        assert!(matches!(cast.shop_stage(ORDER), merchant::Stage::Offered { .. }));
        if is_order {
            // The gateway may come to another certificate: the order is not given up for that.
            let pki = &cast.world.pki;
            let error = complain(&refusal, &question, Some(&pki.house.merchant), pki);
            let error = error.expect("an answer");
            let heard = cast.wallet.answer(ORDER, &error, &mut cast.world).expect("not yet");
            assert!(asked(&heard, "InqReq").is_some());
            assert!(matches!(cast.wallet_stage(ORDER), cardholder::Stage::Ordered(_)));
        } else {
            let expected = cardholder::Abandoned::WithoutGateway(ErrorCode::RevokedCertificate);
            assert_eq!(given_up(&mut cast, &question, &refusal), expected);
        }
    }
}

#[test]
fn an_error_that_names_no_certificate_is_about_the_card_only_where_the_card_has_signed() {
    let code = ErrorCode::RevokedCertificate;
    for (is_order, expected) in [
        (false, cardholder::Abandoned::WithoutGateway(code)),
        (true, cardholder::Abandoned::WithError(code)),
    ] {
        let mut cast = Cast::new();
        let question = ask(&mut cast, is_order);
        let refusal = Refusal::Untrusted(Untrusted::Revoked);
        assert_eq!(given_up(&mut cast, &question, &refusal), expected);
    }
}

#[test]
fn an_error_that_names_the_card_s_certificate_is_about_the_card() {
    let mut cast = Cast::new();
    let question = ask(&mut cast, true);
    let (thumb, cause) = {
        let card = cast.wallet.state(ORDER).expect("a purchase").agreed.card.expect("a card");
        let card = card.identity();
        (card.expect("its own").thumb(cast.world.pki.suite), Untrusted::Revoked)
    };
    let refusal = Refusal::GatewayNotBelieved { thumb, cause };
    let expected = cardholder::Abandoned::WithError(ErrorCode::RevokedCertificate);
    assert_eq!(given_up(&mut cast, &question, &refusal), expected);
}

#[test]
fn a_wallet_does_not_give_up_an_order_that_may_be_taken_yet() {
    for suite in Suite::ALL {
        for refusal in passing() {
            let mut cast = Cast::in_suite(suite);
            let p_req = cast.consent(ORDER, eur(4200));
            let pki = &cast.world.pki;
            let error = complain(&refusal, &p_req, Some(&pki.house.merchant), pki);
            let error = error.expect("an answer");
            let heard = cast.wallet.answer(ORDER, &error, &mut cast.world).expect("not yet");
            assert!(
                asked(&heard, "InqReq").is_some(),
                "{refusal}: the person is told what is known"
            );
            assert_eq!(asked(&heard, "PReq"), Some(p_req.clone()), "{refusal}: and it goes on");
            let heard = cast.wallet.answer(ORDER, &error, &mut cast.world);
            assert_eq!(heard.err(), Some(Refusal::SenderMayAnswerYet), "{suite}: {refusal}, again");
            assert!(matches!(cast.wallet_stage(ORDER), cardholder::Stage::Ordered(_)));
            let auth_req = cast.shop.request(&p_req, &mut cast.world).expect("an order").ask();
            let done = cast.gateway.request(&auth_req, &mut cast.world).expect("a good request");
            let auth_res = cast.issuer_says(&done.key, world::approved());
            let told = cast.shop.answer(ORDER, &auth_res, &mut cast.world).expect("an answer");
            cast.wallet.answer(ORDER, &told.reply(), &mut cast.world).expect("the receipt");
            assert!(matches!(cast.wallet_stage(ORDER), cardholder::Stage::Answered(_)));
        }
    }
}

/// What a step asks by this name.
fn asked<M: Machine>(done: &world::Done<M>, name: &str) -> Option<Vec<u8>> {
    done.effects.iter().find_map(|effect| match effect {
        Effect::Ask { message, .. } if world::message(message).name() == name => {
            Some(message.clone())
        }
        _ => None,
    })
}

#[test]
fn a_wallet_gives_up_an_order_whose_signature_fails_in_every_suite() {
    // An order is in no envelope: what is wrong with it has its name.
    for suite in Suite::ALL {
        for refusal in [Refusal::PartsNotLinked, Refusal::Untrusted(Untrusted::BadSignature)] {
            let mut cast = Cast::in_suite(suite);
            let p_req = cast.consent(ORDER, eur(4200));
            let pki = &cast.world.pki;
            let error = complain(&refusal, &p_req, Some(&pki.house.merchant), pki);
            cast.wallet.answer(ORDER, &error.expect("an answer"), &mut cast.world).expect("heard");
            let expected = cardholder::Abandoned::WithError(ErrorCode::SignatureFailure);
            assert_eq!(cast.wallet_stage(ORDER), cardholder::Stage::Abandoned(expected), "{suite}");
        }
    }
}

#[test]
fn what_a_merchant_says_after_its_answer_changes_nothing_and_is_asked_no_more() {
    let mut cast = Cast::new();
    let p_req = cast.consent(ORDER, eur(4200));
    let auth_req = cast.shop.request(&p_req, &mut cast.world).expect("an order").ask();
    let done = cast.gateway.request(&auth_req, &mut cast.world).expect("a good request");
    let auth_res = cast.issuer_says(&done.key, world::approved());
    let told = cast.shop.answer(ORDER, &auth_res, &mut cast.world).expect("an answer");
    cast.wallet.answer(ORDER, &told.reply(), &mut cast.world).expect("the receipt");
    let before = cast.wallet_stage(ORDER);
    for refusal in [Refusal::SenderSentTooLate, Refusal::SenderNamedUnknownPurchase] {
        let pki = &cast.world.pki;
        let error = complain(&refusal, &p_req, Some(&pki.house.merchant), pki);
        let heard = cast.wallet.answer(ORDER, &error.expect("an answer"), &mut cast.world);
        assert!(heard.expect("taken").effects.is_empty(), "{refusal}");
        assert_eq!(cast.wallet_stage(ORDER), before, "{refusal}");
    }
}

#[test]
fn a_wallet_hears_no_error_about_other_octets_or_by_another_merchant() {
    let mut cast = Cast::new();
    let p_req = cast.consent(ORDER, eur(4200));
    let pki = &cast.world.pki;
    let (refusal, house) = (Refusal::SenderNamedUnknownPurchase, &pki.house);
    let mut broken = p_req.clone();
    *broken.last_mut().expect("octets") ^= 1;
    let provoked = complain(&refusal, &broken, Some(&house.merchant), pki).expect("an answer");
    let elsewhere = complain(&refusal, &p_req, Some(&house.other_merchant), pki);
    for (error, refused) in [
        (provoked, Refusal::SenderComplainedOfAnother),
        (elsewhere.expect("an answer"), Refusal::MerchantSwitched),
    ] {
        let heard = cast.wallet.answer(ORDER, &error, &mut cast.world);
        assert_eq!(heard.err(), Some(refused));
        assert!(matches!(cast.wallet_stage(ORDER), cardholder::Stage::Ordered(_)));
    }
}

#[test]
fn an_error_about_a_request_too_long_to_be_sent_back_has_its_header_and_ends_nothing() {
    let mut cast = Cast::new();
    let p_init_req = cast.start(ORDER, eur(4200));
    let pki = &cast.world.pki;
    let mut wrapper = MessageWrapper::decode(&p_init_req).expect("ours");
    let header = wrapper.message_header.clone();
    let value = Element::of(&vec![0_u8; 20_000]).expect("encodable");
    let name = Oid::from_arcs(&[2, 999, 7]).expect("an arc");
    let (extn_id, critical, extn_value) = (name, false, value);
    let extensions = MsgExtensions::new(vec![MsgExtension { extn_id, critical, extn_value }]);
    wrapper.mw_extensions = Some(extensions.expect("one"));
    let long = wrapper.encode().expect("encodable");
    let error = complain(&Refusal::Unopened, &long, Some(&pki.house.merchant), pki);
    let error = error.expect("an answer");
    let (_, _, about) = read(&error, &pki.trust());
    assert_eq!(about, ErrorMsg::MessageHeader(header));
    let heard = cast.wallet.answer(ORDER, &error, &mut cast.world);
    assert_eq!(heard.err(), Some(Refusal::SenderComplainedOfAnother));
}

#[test]
fn a_gateway_that_will_never_capture_leaves_the_money_held() {
    let mut cast = Cast::new();
    cast.authorize(ORDER, eur(4200));
    let cap_req = cast.capture(ORDER, eur(4200));
    let pki = &cast.world.pki;
    let refusal = Refusal::MerchantNamedAnother;
    let error = complain(&refusal, &cap_req, Some(&pki.house.gateway), pki);
    cast.shop.answer(ORDER, &error.expect("an answer"), &mut cast.world).expect("heard");
    let merchant::Stage::Authorized(authorized) = cast.shop_stage(ORDER) else { panic!("held") };
    assert_eq!(authorized.capture_refused, Some(merchant::CaptureRefused::WithError));
}

#[test]
fn a_capture_that_may_have_been_made_is_not_taken_for_none() {
    for refusal in passing() {
        let mut cast = Cast::new();
        cast.authorize(ORDER, eur(4200));
        let cap_req = cast.capture(ORDER, eur(4200));
        let pki = &cast.world.pki;
        let error = complain(&refusal, &cap_req, Some(&pki.house.gateway), pki);
        let heard = cast.shop.answer(ORDER, &error.expect("an answer"), &mut cast.world);
        assert_eq!(heard.err(), Some(Refusal::SenderMayAnswerYet), "{refusal}");
        assert!(matches!(cast.shop_stage(ORDER), merchant::Stage::Capturing(_)));
    }
}
