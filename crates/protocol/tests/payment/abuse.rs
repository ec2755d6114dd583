//! Abuse cases 1 to 5 and 7 to 10, at the machines. Each keeps its number.

use openset_crypto::Untrusted;
use openset_protocol::{
    gateway::{self, authorization, capture},
    merchant,
    refusal::Refusal,
    role::{Effect, Machine},
};
use openset_types::{AuthorizationAnswer, DeclineReason, MerchantId, Money, Rrpid, Secret};
use openset_wire::{
    error::ErrorCode,
    payment::{AuthCode, CapCode},
    types::CurrencyAmount,
};

use crate::world::{self, Cast, approved, eur, forge};

const ORDER: &[u8] = b"1042";
const OTHER: &[u8] = b"1043";

/// Steps an AuthReq at the gateway that no bank may hear of, and gives the code it is answered
/// with.
fn answered_without_a_bank(cast: &mut Cast, auth_req: &[u8]) -> AuthCode {
    let done = cast.gateway.request(auth_req, &mut cast.world).expect("an answer");
    assert!(done.own().is_empty(), "no bank is asked");
    assert!(done.answers());
    let state = cast.gateway.state(&done.key).expect("a record");
    match state.stage {
        gateway::Stage::Refused { code } => code,
        other => panic!("refused by the gateway itself, not {other:?}"),
    }
}

fn refused<M: Machine>(outcome: Result<world::Done<M>, Refusal>) -> Refusal {
    outcome.err().expect("a refusal")
}

#[test]
fn case_1_instructions_of_one_order_inside_another_ask_no_bank() {
    let mut cast = Cast::new();
    let first = cast.order(ORDER, eur(4200));
    let second = cast.order(OTHER, eur(100));
    let mut taken = None;
    forge::auth_req(&first, &cast.world.pki, &cast.world.pki.house.merchant, |_, pi| {
        taken = Some(pi.clone());
    });
    let merchant = &cast.world.pki.house.merchant;
    let forged = forge::auth_req(&second, &cast.world.pki, merchant, |_, pi| {
        *pi = taken.take().expect("the instructions of the first order");
    });
    assert_eq!(answered_without_a_bank(&mut cast, &forged), AuthCode::PiAuthMismatch);
}

#[test]
fn case_2_the_same_consent_asks_the_issuer_once() {
    let mut cast = Cast::new();
    let auth_req = cast.order(ORDER, eur(4200));
    let done = cast.gateway.request(&auth_req, &mut cast.world).expect("a good request");
    assert_eq!(done.own().len(), 1);
    // The same octets meet the stored answer in the driver; a machine takes them for nobody.
    let again = refused(cast.gateway.request(&auth_req, &mut cast.world));
    assert_eq!(again, Refusal::CommandToAnotherInstance);
    for attempt in 0..20 {
        let merchant = &cast.world.pki.house.merchant;
        let other = forge::auth_req(&auth_req, &cast.world.pki, merchant, |data, _| {
            data.auth_req_item.auth_tags.auth_rr_tags.rrpid = Rrpid::new([attempt; 20]).into();
        });
        assert_eq!(answered_without_a_bank(&mut cast, &other), AuthCode::PiPreviouslyUsed);
    }
}

#[test]
fn case_3_the_same_purchase_with_another_amount_is_a_conflict() {
    let mut cast = Cast::new();
    let p_req = cast.consent(ORDER, eur(4200));
    cast.shop.request(&p_req, &mut cast.world).expect("a good order");
    let pki = &cast.world.pki;
    let other = forge::p_req(&p_req, pki, &pki.house.cardholder, &pki.house.gateway, |consent| {
        consent.head.inputs.purch_amt = eur(4300).into();
        consent.order.rrpid = Rrpid::new([9; 20]).into();
    });
    let again = refused(cast.shop.request(&other, &mut cast.world));
    assert_eq!(again, Refusal::CardholderReusedXid);
}

#[test]
fn case_4_one_bit_changed_after_consent_fails_at_the_merchant() {
    let mut cast = Cast::new();
    let honest = cast.consent(ORDER, eur(4200));
    let other = cast.consent(OTHER, eur(4200));
    let parts = forge::parts(&other);
    let changes: [(&str, Vec<u8>); 3] = [
        (
            "order",
            forge::spliced(&honest, |p_req| {
                let mut oi = p_req.oi_dual_signed.t1.value().clone();
                oi.od_salt =
                    openset_wire::types::Nonce::try_from([1_u8; 32].as_slice()).expect("32 octets");
                p_req.oi_dual_signed.t1 = openset_wire::der::Original::new(oi).expect("encodable");
            }),
        ),
        (
            "digest of the payment",
            forge::spliced(&honest, |p_req| {
                p_req.oi_dual_signed.t2 = parts.oi_dual_signed.t2.clone()
            }),
        ),
        (
            "signature",
            forge::spliced(&honest, |p_req| {
                p_req.pi_dual_signed.pi_signature = parts.pi_dual_signed.pi_signature.clone();
            }),
        ),
    ];
    for (what, forged) in changes {
        let refusal = refused(cast.shop.request(&forged, &mut cast.world));
        assert_eq!(ErrorCode::from(&refusal), ErrorCode::SignatureFailure, "{what}");
    }
}

#[test]
fn case_4_a_changed_payment_fails_at_the_gateway() {
    let mut cast = Cast::new();
    let auth_req = cast.order(ORDER, eur(4200));
    let other = forge::parts(&cast.consent(OTHER, eur(4200)));
    let merchant = &cast.world.pki.house.merchant;
    let forged = forge::auth_req(&auth_req, &cast.world.pki, merchant, |_, pi| {
        let openset_wire::payment::Pi::PiDualSigned(pi) = pi else { panic!("signed") };
        pi.ex_pi_data = other.pi_dual_signed.ex_pi_data.clone();
    });
    assert_eq!(answered_without_a_bank(&mut cast, &forged), AuthCode::SignatureRequired);
}

#[test]
fn case_4_another_amount_currency_or_merchant_than_the_order_s_is_rejected() {
    // A4: the cardholder signs well, and not what the shop has.
    for amount in [eur(4199), eur(4201), usd(4200)] {
        let mut cast = Cast::new();
        cast.place(ORDER, eur(4200));
        let p_init_req = cast.begin(ORDER, amount);
        let offer = cast.shop.request(&p_init_req, &mut cast.world).expect("an offer").reply();
        cast.wallet.answer(ORDER, &offer, &mut cast.world).expect("a good offer");
        let p_req = cast.sign(ORDER);
        let done = cast.shop.request(&p_req, &mut cast.world).expect("an answer");
        assert!(!done.effects.iter().any(|effect| matches!(effect, Effect::Ask { .. })));
        assert!(matches!(cast.shop_stage(ORDER), merchant::Stage::Offered { .. }));
        cast.wallet.answer(ORDER, &done.reply(), &mut cast.world).expect("a good answer");
        let fact = cast.wallet.state(ORDER).expect("a purchase").summary().fact;
        assert_eq!(fact, openset_protocol::summary::Fact::Rejected);
    }
}

#[test]
fn case_5_more_than_was_signed_is_not_asked_of_a_bank() {
    let amounts = [
        eur(4201).into(),
        eur(0).into(),
        usd(4200).into(),
        CurrencyAmount { currency: 978, amount: u64::MAX, amt_exp10: 0 },
        CurrencyAmount { currency: 978, amount: 4201, amt_exp10: -3 },
        CurrencyAmount { currency: 978, amount: 42, amt_exp10: 300 },
        CurrencyAmount { currency: 111, amount: 4200, amt_exp10: -2 },
    ];
    for (attempt, amount) in amounts.into_iter().enumerate() {
        let mut cast = Cast::new();
        let auth_req = cast.order(ORDER, eur(4200));
        let merchant = &cast.world.pki.house.merchant;
        let forged = forge::auth_req(&auth_req, &cast.world.pki, merchant, |data, _| {
            data.auth_req_item.auth_req_payload.auth_req_amt = amount.clone();
        });
        let code = answered_without_a_bank(&mut cast, &forged);
        assert_eq!(code, AuthCode::AmountError, "attempt {attempt}: {amount:?}");
    }
}

#[test]
fn case_5_an_honest_merchant_takes_no_more_than_is_held() {
    let mut cast = Cast::new();
    cast.authorize(ORDER, eur(4200));
    for amount in [eur(4201), eur(0)] {
        let input = merchant::purchase::Input::Capture { amount };
        let refusal = refused(cast.shop.command(ORDER, input, &mut cast.world));
        assert_eq!(refusal, Refusal::MerchantAskedForNoAmount);
    }
    let input = merchant::purchase::Input::Capture { amount: usd(100) };
    assert!(cast.shop.command(ORDER, input, &mut cast.world).is_err());
}

/// Steps a CapReq at the gateway and gives what came of its only item.
fn captured(cast: &mut Cast, cap_req: &[u8]) -> Result<Money, CapCode> {
    let done = cast.captures.request(cap_req, &mut cast.world).expect("an answer");
    let state = cast.captures.state(&done.key).expect("a record");
    match &state.items[0].outcome {
        capture::Outcome::Advising(advice) => Ok(advice.amount),
        capture::Outcome::Taken { amount, .. } => Ok(*amount),
        capture::Outcome::Refused(code) => Err(*code),
    }
}

#[test]
fn case_5_a_dishonest_merchant_takes_no_more_than_is_held() {
    let mut cast = Cast::new();
    cast.authorize(ORDER, eur(4200));
    let cap_req = cast.capture(ORDER, eur(4200));
    let amounts = [eur(4201).into(), eur(0).into(), usd(1).into(), giant()];
    for (attempt, amount) in (1_u8..).zip(amounts) {
        let merchant = &cast.world.pki.house.merchant;
        let forged = forge::cap_req(&cap_req, &cast.world.pki, merchant, |data, _| {
            data.cap_item_seq[0].cap_payload.cap_req_amt = amount;
            data.cap_rr_tags.rrpid = Rrpid::new([attempt; 20]).into();
        });
        assert_eq!(captured(&mut cast, &forged), Err(CapCode::InvalidAuthData));
    }
}

#[test]
fn case_5_and_a8_an_authorization_is_captured_once() {
    let mut cast = Cast::new();
    cast.authorize(ORDER, eur(4200));
    let cap_req = cast.capture(ORDER, eur(1000));
    assert_eq!(captured(&mut cast, &cap_req), Ok(eur(1000)));
    let merchant = &cast.world.pki.house.merchant;
    let again = forge::cap_req(&cap_req, &cast.world.pki, merchant, |data, _| {
        data.cap_rr_tags.rrpid = Rrpid::new([7; 20]).into();
    });
    assert_eq!(captured(&mut cast, &again), Err(CapCode::DuplicateRequest));
}

#[test]
fn case_5_twice_in_one_request_is_once() {
    let mut cast = Cast::new();
    cast.authorize(ORDER, eur(4200));
    let cap_req = cast.capture(ORDER, eur(2100));
    let merchant = &cast.world.pki.house.merchant;
    let twice = forge::cap_req(&cap_req, &cast.world.pki, merchant, |data, tokens| {
        data.cap_item_seq.push(data.cap_item_seq[0].clone());
        tokens.push(tokens[0].clone());
    });
    let done = cast.captures.request(&twice, &mut cast.world).expect("an answer");
    assert_eq!(done.own().len(), 1, "the acquirer is told once");
    let items = cast.captures.state(&done.key).expect("a record").items;
    assert_eq!(items[1].outcome, capture::Outcome::Refused(CapCode::DuplicateRequest));
}

#[test]
fn case_5_an_authorization_that_is_too_old_is_not_captured() {
    let mut cast = Cast::new();
    cast.authorize(ORDER, eur(4200));
    cast.world.now = cast.world.now.plus_s(8 * 86_400);
    let cap_req = cast.capture(ORDER, eur(4200));
    assert_eq!(captured(&mut cast, &cap_req), Err(CapCode::AuthExpired));
}

#[test]
fn many_items_are_taken_or_refused_one_by_one() {
    let mut cast = Cast::new();
    cast.authorize(ORDER, eur(4200));
    cast.authorize(OTHER, eur(700));
    let first = cast.capture(ORDER, eur(4200));
    let second = cast.capture(OTHER, eur(700));
    let mut other = None;
    let pki = &cast.world.pki;
    forge::cap_req(&second, pki, &pki.house.merchant, |data, tokens| {
        other = Some((data.cap_item_seq[0].clone(), tokens[0].clone()));
    });
    let (item, token) = other.expect("the second item");
    let both = forge::cap_req(&first, pki, &pki.house.merchant, |data, tokens| {
        let mut too_much = item.clone();
        too_much.cap_payload.cap_req_amt = eur(701).into();
        data.cap_item_seq.extend([too_much, item]);
        tokens.extend([token.clone(), token]);
    });
    let done = cast.captures.request(&both, &mut cast.world).expect("a good request");
    assert_eq!(done.own().len(), 2);
    assert!(!done.answers(), "the merchant is answered when every item has come to an end");
    let advices: Vec<_> = done
        .own()
        .into_iter()
        .map(|capture::Effect::AdviseCapture(advice)| advice.trace.retrieval.clone())
        .collect();
    let mut answers = Vec::new();
    for retrieval in advices {
        let answer = capture::AdviceAnswer::Taken;
        let input = capture::Input::Advised { retrieval, answer };
        let done = cast.captures.command(&done.key, input, &mut cast.world).expect("an outcome");
        answers.push(done.answers());
    }
    assert_eq!(answers, [false, true]);
    let outcomes = cast.captures.state(&done.key).expect("a record").items;
    assert_eq!(outcomes[1].outcome, capture::Outcome::Refused(CapCode::InvalidAuthData));
}

#[test]
fn case_7_instructions_for_one_merchant_are_worth_nothing_to_another() {
    // A3 too: the accomplice signs with its own certificate.
    let mut cast = Cast::new();
    let auth_req = cast.order(ORDER, eur(4200));
    let other = &cast.world.pki.house.other_merchant;
    let named = forge::auth_req(&auth_req, &cast.world.pki, other, |data, _| {
        let number = MerchantId::parse("MAISON-002").expect("a number");
        data.auth_req_item.auth_tags.auth_rr_tags.mer_term_ids.merchant_id = number.into();
    });
    assert_eq!(answered_without_a_bank(&mut cast, &named), AuthCode::PiAuthMismatch);
    let other = &cast.world.pki.house.other_merchant;
    let unnamed = forge::auth_req(&auth_req, &cast.world.pki, other, |_, _| {});
    let refusal = refused(cast.gateway.request(&unnamed, &mut cast.world));
    assert_eq!(refusal, Refusal::MerchantNamedAnother);
}

#[test]
fn case_8_a_card_that_is_not_the_certificate_s_is_declined() {
    let changes: [fn(&mut openset_crypto::dual::Consent); 3] = [
        |consent| {
            let pan = openset_types::Pan::parse("5555555555554444").expect("a test number");
            consent.pan_data.pan = pan.into();
        },
        |consent| {
            let expiry = openset_types::CardExpiry::parse("203012").expect("a month");
            consent.pan_data.card_expiry = expiry.into();
        },
        |consent| consent.pan_data.pan_secret = Secret::new(vec![0; 32]).into(),
    ];
    for change in changes {
        let mut cast = Cast::new();
        let p_req = cast.consent(ORDER, eur(4200));
        let pki = &cast.world.pki;
        let forged = forge::p_req(&p_req, pki, &pki.house.cardholder, &pki.house.gateway, change);
        let auth_req = cast.shop.request(&forged, &mut cast.world).expect("a good order").ask();
        let asked = cast.gateway.request(&auth_req, &mut cast.world).expect("a good request");
        assert!(matches!(asked.own()[..], [authorization::Effect::Wait { .. }]), "nobody is asked");
        assert_eq!(told(&mut cast, &asked.key, answers()), AuthCode::Declined);
    }
}

/// What the gateway says when the time of a question has passed.
fn told(cast: &mut Cast, key: &[u8], input: authorization::Input) -> AuthCode {
    let done = cast.gateway.command(key, input, &mut cast.world).expect("an outcome");
    assert!(done.answers());
    match cast.gateway.state(key).expect("a record").stage {
        gateway::Stage::Refused { code } => code,
        other => panic!("refused by the gateway itself, not {other:?}"),
    }
}

fn answers() -> authorization::Input {
    authorization::Input::Waited(authorization::Line::Answers)
}

/// An AuthReq about a card that is not its certificate's.
fn of_another_card(cast: &mut Cast) -> Vec<u8> {
    let p_req = cast.consent(ORDER, eur(4200));
    let pki = &cast.world.pki;
    let forged = forge::p_req(&p_req, pki, &pki.house.cardholder, &pki.house.gateway, |consent| {
        let pan = openset_types::Pan::parse("5555555555554444").expect("a test number");
        consent.pan_data.pan = pan.into();
    });
    cast.shop.request(&forged, &mut cast.world).expect("a good order").ask()
}

/// What a step makes its shell do, without the content.
fn shape<M: Machine>(done: &world::Done<M>) -> Vec<&'static str> {
    let named = done.effects.iter().map(|effect| match effect {
        Effect::Reply { .. } => "reply",
        Effect::Ask { .. } => "ask",
        Effect::KnownAs(_) => "known as",
        Effect::Claim(claim) => claim.register.name(),
        Effect::Release(_) => "release",
        Effect::WakeAt(_) => "wake",
        Effect::Own(_) => "own",
    });
    named.collect()
}

#[test]
fn case_8_such_a_card_takes_the_steps_that_a_declined_one_takes() {
    let mut honest = Cast::new();
    let auth_req = honest.order(ORDER, eur(4200));
    let asked = honest.gateway.request(&auth_req, &mut honest.world).expect("a good request");
    let no = AuthorizationAnswer::Declined(DeclineReason::Declined);
    let input = authorization::Input::Answered { answer: no, asked: None };
    let declined = honest.gateway.command(&asked.key, input, &mut honest.world).expect("a no");

    let mut cast = Cast::new();
    let auth_req = of_another_card(&mut cast);
    let waits = cast.gateway.request(&auth_req, &mut cast.world).expect("a good request");
    let refused = cast.gateway.command(&waits.key, answers(), &mut cast.world).expect("a no");
    assert_eq!(shape(&waits), ["spent", "retrieval", "own"], "no answer before its time");
    assert_eq!((shape(&waits), shape(&refused)), (shape(&asked), shape(&declined)));
}

#[test]
fn case_8_such_a_consent_is_spent_while_time_passes_and_free_again_after() {
    let mut cast = Cast::new();
    let auth_req = of_another_card(&mut cast);
    let waits = cast.gateway.request(&auth_req, &mut cast.world).expect("a good request");
    let again = |cast: &Cast, rrpid| {
        forge::auth_req(&auth_req, &cast.world.pki, &cast.world.pki.house.merchant, |data, _| {
            data.auth_req_item.auth_tags.auth_rr_tags.rrpid = Rrpid::new([rrpid; 20]).into();
        })
    };
    let meanwhile = again(&cast, 7);
    assert_eq!(answered_without_a_bank(&mut cast, &meanwhile), AuthCode::PiPreviouslyUsed);
    told(&mut cast, &waits.key, answers());
    let after = again(&cast, 8);
    let done = cast.gateway.request(&after, &mut cast.world).expect("a good request");
    assert!(!done.answers(), "it waits again");
}

#[test]
fn case_8_such_a_card_is_answered_after_a_crash_and_when_the_line_is_down() {
    for (input, expected) in [
        (authorization::Input::Waited(authorization::Line::Silent), AuthCode::NoReply),
        (authorization::Input::WaitInterrupted, AuthCode::Declined),
    ] {
        let mut cast = Cast::new();
        let auth_req = of_another_card(&mut cast);
        let waits = cast.gateway.request(&auth_req, &mut cast.world).expect("a good request");
        assert_eq!(told(&mut cast, &waits.key, input), expected);
        let late = cast.gateway.command(&waits.key, answers(), &mut cast.world).expect("no step");
        assert!(late.effects.is_empty(), "it is answered once");
    }
}

#[test]
fn case_8_a_certificate_of_another_brand_is_refused_at_the_merchant() {
    let mut cast = Cast::new();
    let p_req = cast.consent(ORDER, eur(4200));
    let pki = &cast.world.pki;
    let forged = forge::p_req(&p_req, pki, &pki.foreign.cardholder, &pki.house.gateway, |_| {});
    let refusal = refused(cast.shop.request(&forged, &mut cast.world));
    assert_eq!(refusal, Refusal::Untrusted(Untrusted::OtherBrand));
}

#[test]
fn case_9_an_answer_to_another_request_is_refused() {
    let mut cast = Cast::new();
    let first = cast.order(ORDER, eur(4200));
    let second = cast.order(OTHER, eur(4200));
    let done = cast.gateway.request(&second, &mut cast.world).expect("a good request");
    let auth_res = cast.issuer_says(&done.key, approved());
    let swapped = refused(cast.shop.answer(ORDER, &auth_res, &mut cast.world));
    assert_eq!(swapped, Refusal::GatewayAnsweredAnother);
    assert!(matches!(cast.shop_stage(ORDER), merchant::Stage::Authorizing(_)));
    drop(first);
}

#[test]
fn case_9_an_answer_for_another_amount_is_refused() {
    for amount in [eur(1), eur(4201), usd(4200)] {
        let mut cast = Cast::new();
        let auth_res = cast.approve(ORDER, eur(4200));
        let pki = &cast.world.pki;
        let (by, to) = (&pki.house.gateway.signature, &pki.house.merchant);
        let forged = forge::auth_res(&auth_res, pki, by, to, |data, _| {
            data.auth_res_payload.auth_header.auth_amt = amount.into();
        });
        let refusal = refused(cast.shop.answer(ORDER, &forged, &mut cast.world));
        let expected = Refusal::GatewayChangedAmount { asked: eur(4200), got: amount };
        assert_eq!(refusal, expected);
    }
}

#[test]
fn case_10_messages_outside_the_window_are_refused() {
    let mut cast = Cast::new();
    let p_req = cast.consent(ORDER, eur(4200));
    let dated = |seconds: i64| {
        forge::with_header(&p_req, |header| header.date = world::now().plus_s(seconds).into())
    };
    let early = refused(cast.shop.request(&dated(301), &mut cast.world));
    assert_eq!(early, Refusal::SenderSentTooEarly);
    let late = refused(cast.shop.request(&dated(-86_401), &mut cast.world));
    assert_eq!(late, Refusal::SenderSentTooLate);
    cast.shop.request(&dated(-86_400), &mut cast.world).expect("at the edge");
}

#[test]
fn other_versions_are_refused() {
    let mut cast = Cast::new();
    let p_init_req = cast.start(ORDER, eur(4200));
    for (version, revision, expected) in [
        (0, 0, Refusal::SenderSentVersionTooOld),
        (2, 0, Refusal::SenderSentVersionTooNew),
        (1, 1, Refusal::SenderSentVersionTooNew),
    ] {
        let other = forge::with_header(&p_init_req, |header| {
            header.version = version;
            header.revision = revision;
        });
        assert_eq!(refused(cast.shop.request(&other, &mut cast.world)), expected);
    }
}

#[test]
fn a_message_for_another_role_is_not_supported() {
    let mut cast = Cast::new();
    let auth_req = cast.order(ORDER, eur(4200));
    let refusal = refused(cast.shop.request(&auth_req, &mut cast.world));
    assert_eq!(ErrorCode::from(&refusal), ErrorCode::MessageNotSupported);
    let refusal = refused(cast.wallet.request(&auth_req, &mut cast.world));
    assert_eq!(ErrorCode::from(&refusal), ErrorCode::MessageNotSupported);
}

#[test]
fn after_a_decline_the_same_consent_may_be_presented_again() {
    // A7: the issuer holds nothing, so nothing is spent.
    let mut cast = Cast::new();
    let auth_req = cast.order(ORDER, eur(4200));
    let done = cast.gateway.request(&auth_req, &mut cast.world).expect("a good request");
    cast.issuer_says(&done.key, AuthorizationAnswer::Declined(DeclineReason::Declined));
    let merchant = &cast.world.pki.house.merchant;
    let again = forge::auth_req(&auth_req, &cast.world.pki, merchant, |data, _| {
        data.auth_req_item.auth_tags.auth_rr_tags.rrpid = Rrpid::new([8; 20]).into();
    });
    let done = cast.gateway.request(&again, &mut cast.world).expect("a good request");
    assert_eq!(done.own().len(), 1, "the issuer is asked again");
}

fn usd(minor: u64) -> Money {
    let dollar = openset_types::Currency::from_code("USD").expect("in the table");
    Money::new(minor, dollar).expect("within range")
}

fn giant() -> CurrencyAmount {
    CurrencyAmount { currency: 978, amount: 1 << 63, amt_exp10: 0 }
}
