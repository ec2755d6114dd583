//! What a signed consent binds, and for how long: everything in it, one purchase, a week.

use openset_crypto::{digest, dual::Consent};
use openset_protocol::{
    gateway::{self, CONSENT_S_MAX, authorization::Effect},
    refusal::Refusal,
    role::Machine,
};
use openset_types::{MerchantId, Rrpid, Xid};
use openset_wire::{
    opaque::Sealed,
    payment::{AuthCode, HodInput, OrderDescription, Pi},
    types::{Challenge, SwIdent},
    wrapper::Message,
};

use crate::world::{self, Cast, Done, eur, forge, pki::MODERN};

const ORDER: &[u8] = b"1042";
const DAY_S: i64 = 86_400;

/// Something said differently than the cardholder said it.
type Change = fn(&mut Consent);

fn refused<M: Machine>(outcome: Result<Done<M>, Refusal>) -> Refusal {
    outcome.err().expect("a refusal")
}

/// A gateway's answer to a request for which no bank may be asked.
fn code(cast: &mut Cast, auth_req: &[u8]) -> AuthCode {
    let done = cast.gateway.request(auth_req, &mut cast.world).expect("an answer");
    assert!(done.own().is_empty(), "no bank is asked");
    match cast.gateway.state(&done.key).expect("a record").stage {
        gateway::Stage::Refused { code } => code,
        other => panic!("refused by the gateway itself, not {other:?}"),
    }
}

/// The same request with other instructions, under another RRPID.
fn with_instructions(cast: &Cast, auth_req: &[u8], instructions: Pi, rrpid: u8) -> Vec<u8> {
    let pki = &cast.world.pki;
    forge::auth_req(auth_req, pki, &pki.house.merchant, |data, pi| {
        *pi = instructions;
        data.auth_req_item.auth_tags.auth_rr_tags.rrpid = Rrpid::new([rrpid; 20]).into();
    })
}

#[test]
fn case_3_a_second_signed_consent_of_one_purchase_asks_no_bank() {
    // The register is of purchases: another amount, well signed, is the same purchase still.
    let mut cast = Cast::new();
    let p_req = cast.consent(ORDER, eur(4200));
    let auth_req = cast.shop.request(&p_req, &mut cast.world).expect("a good order").ask();
    let done = cast.gateway.request(&auth_req, &mut cast.world).expect("a good request");
    assert_eq!(done.own().len(), 1);
    let pki = &cast.world.pki;
    let other = forge::p_req(&p_req, pki, &pki.house.cardholder, &pki.house.gateway, |consent| {
        consent.head.inputs.purch_amt = eur(4300).into();
    });
    let pi = Pi::PiDualSigned(forge::parts(&other).pi_dual_signed);
    let second = with_instructions(&cast, &auth_req, pi, 9);
    assert_eq!(code(&mut cast, &second), AuthCode::PiPreviouslyUsed);
}

#[test]
fn case_4_every_field_of_the_payment_is_under_the_old_signature() {
    // Whoever can seal for the gateway can seal another payment beside an old signature.
    let changes: [(&str, Change); 8] = [
        ("amount", |consent| consent.head.inputs.purch_amt = eur(4201).into()),
        ("currency", |consent| consent.head.inputs.purch_amt.currency = 840),
        ("order", |consent| {
            let other = HodInput {
                od: OrderDescription::new(b"2 x Lighthouse poster").expect("short"),
                purch_amt: eur(4200).into(),
                od_salt: consent.order.od_salt.clone(),
                install_recur_data: None,
                od_extensions: None,
            };
            consent.head.inputs.hod =
                digest(MODERN, &other).and_then(|it| it.digested()).expect("encodable");
        }),
        ("merchant", |consent| {
            consent.head.merchant_id = MerchantId::parse("MAISON-002").expect("a number").into();
        }),
        ("purchase", |consent| consent.head.trans_ids.xid = Xid::new([1; 20]).into()),
        ("software", |consent| {
            consent.head.sw_ident = SwIdent::new("another").expect("a text");
        }),
        ("gateway", |consent| consent.head.pi_extensions = None),
        ("expiry", |consent| {
            let expiry = openset_types::CardExpiry::parse("203012").expect("a month");
            consent.pan_data.card_expiry = expiry.into();
        }),
    ];
    for (what, change) in changes {
        let mut cast = Cast::new();
        let p_req = cast.consent(ORDER, eur(4200));
        let auth_req = cast.shop.request(&p_req, &mut cast.world).expect("a good order").ask();
        let mut pi = forge::parts(&p_req).pi_dual_signed;
        let pki = &cast.world.pki;
        let (by, gateway) = (&pki.house.cardholder, &pki.house.gateway);
        let changed = forge::p_req(&p_req, pki, by, gateway, change);
        pi.ex_pi_data = forge::parts(&changed).pi_dual_signed.ex_pi_data;
        let forged = with_instructions(&cast, &auth_req, Pi::PiDualSigned(pi), 9);
        assert_eq!(code(&mut cast, &forged), AuthCode::SignatureRequired, "{what}");
    }
}

#[test]
fn a8_what_is_no_token_of_this_gateway_is_refused_in_the_place_of_a_signature() {
    let mut cast = Cast::new();
    let p_req = cast.consent(ORDER, eur(4200));
    let auth_req = cast.shop.request(&p_req, &mut cast.world).expect("a good order").ask();
    let octets = forge::parts(&p_req).pi_dual_signed.ex_pi_data.octets().to_vec();
    let token = Pi::AuthToken(Sealed::from_octets(octets).expect("one sequence"));
    let forged = with_instructions(&cast, &auth_req, token, 9);
    assert_eq!(code(&mut cast, &forged), AuthCode::InvalidTransaction);
}

#[test]
fn case_10_a_header_with_a_new_date_does_not_make_an_old_request_fresh() {
    let mut cast = Cast::new();
    let p_req = cast.consent(ORDER, eur(4200));
    cast.authorize(b"1043", eur(4200));
    let cap_req = cast.capture(b"1043", eur(4200));
    let auth_req = cast.order(b"1044", eur(4200));
    let input = openset_protocol::cardholder::purchase::Input::Inquire;
    let inq_req = cast.wallet.command(b"1043", input, &mut cast.world).expect("an inquiry").ask();
    cast.world.now = cast.world.now.plus_s(DAY_S + 1);
    let later = cast.world.now;
    let dated = |octets: &[u8]| forge::with_header(octets, |header| header.date = later.into());
    let Cast { world, shop, gateway, captures, .. } = &mut cast;
    let late = [
        refused(shop.request(&dated(&p_req), world)),
        refused(shop.request(&dated(&inq_req), world)),
        refused(gateway.request(&dated(&auth_req), world)),
        refused(captures.request(&dated(&cap_req), world)),
    ];
    assert!(late.iter().all(|refusal| *refusal == Refusal::SenderSentTooLate), "{late:?}");
}

#[test]
fn case_10_a_consent_is_presented_within_a_week_or_not_at_all() {
    // A merchant that keeps a consent signs a new request around it, whenever it likes.
    for (age_s, is_taken) in [(CONSENT_S_MAX, true), (CONSENT_S_MAX + 1, false)] {
        let mut cast = Cast::new();
        let auth_req = cast.order(ORDER, eur(4200));
        let later = cast.world.now.plus_s(age_s);
        let pki = &cast.world.pki;
        let signed_later =
            forge::auth_req_at(&auth_req, pki, &pki.house.merchant, later, |_, _| {});
        cast.world.now = later;
        let forged = forge::with_header(&signed_later, |header| header.date = later.into());
        if is_taken {
            let done = cast.gateway.request(&forged, &mut cast.world).expect("a good request");
            assert!(matches!(done.own().as_slice(), [Effect::AskAcquirer(_)]));
        } else {
            assert_eq!(code(&mut cast, &forged), AuthCode::InvalidTransaction);
        }
    }
}

#[test]
fn a9_an_inquiry_s_answer_with_an_old_challenge_is_refused() {
    let mut cast = Cast::new();
    cast.authorize(ORDER, eur(4200));
    let input = || openset_protocol::cardholder::purchase::Input::Inquire;
    let first = cast.wallet.command(ORDER, input(), &mut cast.world).expect("an inquiry").ask();
    let inq_res = cast.shop.request(&first, &mut cast.world).expect("an answer").reply();
    let stale = forge::inq_res(&inq_res, &cast.world.pki, |data| {
        data.chall_c = Challenge::try_from([1_u8; 32].as_slice()).expect("32 octets");
    });
    let refusal = refused(cast.wallet.answer(ORDER, &stale, &mut cast.world));
    assert_eq!(refusal, Refusal::MerchantRepeatedOldChallenge);
    cast.wallet.answer(ORDER, &inq_res, &mut cast.world).expect("the honest answer");
    // The answer to the first inquiry, for the second one.
    let second = cast.wallet.command(ORDER, input(), &mut cast.world).expect("an inquiry").ask();
    let rrpid = world::received(&second).expect("ours").wrapper.message_header.rrpid;
    let rrpid = rrpid.expect("a number").0;
    let moved = forge::inq_res(&inq_res, &cast.world.pki, |data| data.rrpid = rrpid.into());
    let refusal = refused(cast.wallet.answer(ORDER, &moved, &mut cast.world));
    assert_eq!(refusal, Refusal::MerchantRepeatedOldChallenge);
    assert!(matches!(world::message(&inq_res), Message::InqRes(_)));
}
