//! Attacks A1 to A14 on the purchase, each by whoever would make it.
//!
//! A15 and what follows belong to registration.

use openset_crypto::{Bag, Purpose, Untrusted, digest};
use openset_protocol::{
    cardholder,
    gateway::{self, authorization::GatewayAuthorization, capture, capture::GatewayCapture},
    merchant::{self, purchase::MerchantPurchase},
    refusal::Refusal,
    role::Machine,
};
use openset_types::{LidC, MerchantId, Rrpid, Xid};
use openset_wire::{
    der::Oid,
    error::ErrorCode,
    payment::{AuthCode, AuthRes, CapCode, CapToken, HodInput, InqReq, OrderDescription, PReq, Pi},
    types::{Challenge, MsgExtensions, Nonce},
    wrapper::Message,
};

use crate::world::{
    self, Cast, DESCRIPTION, Done, Party, approved, eur, forge,
    pki::{CARD, MODERN, Wish},
};

const ORDER: &[u8] = b"1042";
const OTHER: &[u8] = b"1043";

fn refused<M: Machine>(outcome: Result<Done<M>, Refusal>) -> Refusal {
    outcome.err().expect("a refusal")
}

fn told<M: Machine>(outcome: Result<Done<M>, Refusal>) -> ErrorCode {
    ErrorCode::from(&refused(outcome))
}

fn challenge(octet: u8) -> Challenge {
    Challenge::try_from([octet; 32].as_slice()).expect("32 octets")
}

/// A gateway's answer to a request for which no bank may be asked.
fn code(gateway: &Party<GatewayAuthorization>, done: &Done<GatewayAuthorization>) -> AuthCode {
    assert!(done.own().is_empty(), "no bank is asked");
    match gateway.state(&done.key).expect("a record").stage {
        gateway::Stage::Refused { code } => code,
        other => panic!("refused by the gateway itself, not {other:?}"),
    }
}

#[test]
fn a1_instructions_for_one_gateway_sealed_anew_for_another_are_refused() {
    // The first gateway opens them and its accomplice seals them for the second.
    let mut cast = Cast::new();
    let p_req = cast.consent(ORDER, eur(4200));
    let pki = &cast.world.pki;
    let second = &pki.house.other_gateway;
    let forged = forge::p_req(&p_req, pki, &pki.house.cardholder, second, |_| {});
    let auth_req = cast.shop.request(&forged, &mut cast.world).expect("a good order").ask();
    let pki = &cast.world.pki;
    let auth_req =
        forge::auth_req_for(&auth_req, pki, &pki.house.merchant, second_of(pki), |_, _| {});
    let mut gateway: Party<GatewayAuthorization> =
        Party::new(world::gateway(&pki.house, second_of(pki)), pki.trust());
    let refusal = refused(gateway.request(&auth_req, &mut cast.world));
    assert_eq!(refusal, Refusal::MerchantSentInstructionsForAnotherGateway);
}

fn second_of(pki: &world::pki::Pki) -> &world::pki::Server {
    &pki.house.other_gateway
}

#[test]
fn a1_instructions_that_name_no_gateway_are_refused() {
    let mut cast = Cast::new();
    let p_req = cast.consent(ORDER, eur(4200));
    let pki = &cast.world.pki;
    let forged = forge::p_req(&p_req, pki, &pki.house.cardholder, &pki.house.gateway, |consent| {
        consent.head.pi_extensions = None;
    });
    let auth_req = cast.shop.request(&forged, &mut cast.world).expect("a good order").ask();
    let refusal = refused(cast.gateway.request(&auth_req, &mut cast.world));
    assert_eq!(refusal, Refusal::MerchantSentInstructionsForAnotherGateway);
}

#[test]
fn a2_an_answer_for_one_merchant_is_worth_nothing_to_another() {
    let mut cast = Cast::new();
    let auth_res = cast.approve(ORDER, eur(4200));
    let pki = &cast.world.pki;
    let (gateway, merchant) = (&pki.house.gateway.signature, &pki.house.merchant);
    let for_nobody = forge::auth_res(&auth_res, pki, gateway, merchant, |data, _| {
        data.auth_res_payload.a_rs_extensions = None;
    });
    let other = pki.house.other_merchant.signature.thumb(MODERN);
    let for_another = forge::auth_res(&auth_res, pki, gateway, merchant, |data, _| {
        let extension = openset_wire::types::ForMerchant {
            merchant_id: MerchantId::parse("MAISON-002").expect("a number").into(),
            mer_thumb: other.cert_thumb(MODERN).expect("a thumb"),
        };
        data.auth_res_payload.a_rs_extensions = extension.extension().ok();
    });
    for forged in [for_nobody, for_another] {
        let refusal = refused(cast.shop.answer(ORDER, &forged, &mut cast.world));
        assert_eq!(refusal, Refusal::GatewayAnsweredAnother);
    }
}

#[test]
fn a2_an_answer_for_another_purchase_is_refused() {
    let mut cast = Cast::new();
    let auth_res = cast.approve(ORDER, eur(4200));
    let pki = &cast.world.pki;
    let (gateway, merchant) = (&pki.house.gateway.signature, &pki.house.merchant);
    let xid = forge::auth_res(&auth_res, pki, gateway, merchant, |data, _| {
        data.auth_tags.trans_ids.xid = Xid::new([1; 20]).into();
    });
    let number = forge::auth_res(&auth_res, pki, gateway, merchant, |data, _| {
        let number = MerchantId::parse("MAISON-002").expect("a number");
        data.auth_tags.auth_rr_tags.mer_term_ids.merchant_id = number.into();
    });
    let rrpid = forge::auth_res(&auth_res, pki, gateway, merchant, |data, _| {
        data.auth_tags.auth_rr_tags.rrpid = Rrpid::new([1; 20]).into();
    });
    for forged in [xid, number, rrpid] {
        let refusal = refused(cast.shop.answer(ORDER, &forged, &mut cast.world));
        assert_eq!(refusal, Refusal::GatewayAnsweredAnother);
    }
}

#[test]
fn a2_an_answer_that_returns_the_card_is_refused_unread() {
    let mut cast = Cast::new();
    let auth_res = cast.approve(ORDER, eur(4200));
    let Message::AuthRes(answer) = world::message(&auth_res) else { panic!("an AuthRes") };
    let AuthRes::EncB(answer) = *answer else { panic!("without a card") };
    let octets = answer.enc.octets().to_vec();
    let enc_x = openset_wire::opaque::Sealed::from_octets(octets).expect("one sequence");
    let with_card = openset_wire::payment::AuthResEncBx { enc_x, baggage: answer.baggage };
    let message = Message::AuthRes(Box::new(AuthRes::EncBx(with_card)));
    let forged = forge::rewrap(&auth_res, message, None);
    let refusal = refused(cast.shop.answer(ORDER, &forged, &mut cast.world));
    assert_eq!(refusal, Refusal::GatewayReturnedCardNumber);
}

#[test]
fn a3_a_merchant_swapped_in_the_instructions_is_refused() {
    // The cardholder is made to sign for a merchant it does not see.
    let mut cast = Cast::new();
    let p_req = cast.consent(ORDER, eur(4200));
    let pki = &cast.world.pki;
    let forged = forge::p_req(&p_req, pki, &pki.house.cardholder, &pki.house.gateway, |consent| {
        consent.head.merchant_id = MerchantId::parse("MAISON-002").expect("a number").into();
    });
    let auth_req = cast.shop.request(&forged, &mut cast.world).expect("a good order").ask();
    let done = cast.gateway.request(&auth_req, &mut cast.world).expect("an answer");
    assert_eq!(code(&cast.gateway, &done), AuthCode::PiAuthMismatch);
}

#[test]
fn a4_a_merchant_that_substitutes_the_order_is_found_out() {
    let mut cast = Cast::new();
    let auth_req = cast.order(ORDER, eur(4200));
    let forged =
        forge::auth_req(&auth_req, &cast.world.pki, &cast.world.pki.house.merchant, |data, _| {
            let other = HodInput {
                od: OrderDescription::new(b"2 x Lighthouse poster").expect("short"),
                purch_amt: eur(4200).into(),
                od_salt: Nonce::try_from([1; 32].as_slice()).expect("32 octets"),
                install_recur_data: None,
                od_extensions: None,
            };
            let digests = data.auth_req_item.check_digests.as_mut().expect("digests");
            digests.hod2 = digest(MODERN, &other).and_then(|it| it.digested()).expect("encodable");
        });
    let done = cast.gateway.request(&forged, &mut cast.world).expect("an answer");
    assert_eq!(code(&cast.gateway, &done), AuthCode::PiAuthMismatch);
}

#[test]
fn a4_a_merchant_that_sends_no_digests_is_found_out() {
    let mut cast = Cast::new();
    let auth_req = cast.order(ORDER, eur(4200));
    let pki = &cast.world.pki;
    let forged = forge::auth_req(&auth_req, pki, &pki.house.merchant, |data, _| {
        data.auth_req_item.check_digests = None;
    });
    let done = cast.gateway.request(&forged, &mut cast.world).expect("an answer");
    assert_eq!(code(&cast.gateway, &done), AuthCode::PiAuthMismatch);
}

#[test]
fn a4_a_cardholder_that_substitutes_the_order_is_rejected_before_authorization() {
    let mut cast = Cast::new();
    let p_req = cast.consent(ORDER, eur(4200));
    let pki = &cast.world.pki;
    let forged = forge::p_req(&p_req, pki, &pki.house.cardholder, &pki.house.gateway, |consent| {
        let other = HodInput {
            od: OrderDescription::new(&[DESCRIPTION, b" for free"].concat()).expect("short"),
            purch_amt: eur(4200).into(),
            od_salt: consent.order.od_salt.clone(),
            install_recur_data: None,
            od_extensions: None,
        };
        let hod = digest(MODERN, &other).and_then(|it| it.digested()).expect("encodable");
        consent.order.hod = hod.clone();
        consent.head.inputs.hod = hod;
    });
    cast.shop.request(&forged, &mut cast.world).expect("an answer");
    assert!(matches!(cast.shop_stage(ORDER), merchant::Stage::Offered { .. }));
}

#[test]
fn a5_halves_of_two_orders_do_not_fit() {
    let mut cast = Cast::new();
    let first = cast.consent(ORDER, eur(4200));
    let second = forge::parts(&cast.consent(OTHER, eur(4200)));
    let with_payment =
        forge::spliced(&first, |p_req| p_req.pi_dual_signed = second.pi_dual_signed.clone());
    assert_eq!(
        told(cast.shop.request(&with_payment, &mut cast.world)),
        ErrorCode::SignatureFailure
    );
    // The sealed half alone: the merchant cannot tell, and the gateway can.
    let sealed = forge::spliced(&first, |p_req| {
        p_req.pi_dual_signed.ex_pi_data = second.pi_dual_signed.ex_pi_data.clone();
    });
    let auth_req = cast.shop.request(&sealed, &mut cast.world).expect("half is good").ask();
    let done = cast.gateway.request(&auth_req, &mut cast.world).expect("an answer");
    assert_eq!(code(&cast.gateway, &done), AuthCode::SignatureRequired);
}

#[test]
fn a5_instructions_swapped_outside_the_signature_are_refused() {
    // The baggage lies beside the envelope; the merchant's signature covers its digest.
    let mut cast = Cast::new();
    let first = cast.order(ORDER, eur(4200));
    let second = cast.order(OTHER, eur(4200));
    let (Message::AuthReq(mut first_req), Message::AuthReq(second_req)) =
        (world::message(&first), world::message(&second))
    else {
        panic!("two AuthReqs")
    };
    first_req.baggage = second_req.baggage;
    let forged = forge::rewrap(&first, Message::AuthReq(first_req), None);
    let refusal = refused(cast.gateway.request(&forged, &mut cast.world));
    assert_eq!(refusal, Refusal::PartsNotLinked);
}

#[test]
fn a6_an_order_stripped_of_its_signature_is_refused() {
    let mut cast = Cast::new();
    let p_req = cast.consent(ORDER, eur(4200));
    let signed = forge::parts(&p_req);
    let sealed = signed.pi_dual_signed.ex_pi_data.octets().to_vec();
    let hash: openset_wire::opaque::Digested<openset_wire::payment::PiDataUnsigned> = {
        let of = signed.oi_dual_signed.t2;
        let digest = openset_wire::types::Digest::new(of.digest()).expect("within bounds");
        openset_wire::opaque::Digested::new(of.algorithm().clone(), digest).expect("encodable")
    };
    let unsigned = openset_wire::payment::PReqUnsigned {
        pi_unsigned: openset_wire::opaque::Sealed::from_octets(sealed).expect("one sequence"),
        oi_unsigned: openset_wire::opaque::Linked::new(signed.oi_dual_signed.t1.into_value(), hash)
            .expect("encodable"),
    };
    let pi = Pi::PiUnsigned(unsigned.pi_unsigned.clone());
    let message = Message::PReq(Box::new(PReq::PReqUnsigned(unsigned)));
    let forged = forge::rewrap(&p_req, message, None);
    assert_eq!(told(cast.shop.request(&forged, &mut cast.world)), ErrorCode::SignatureRequired);

    // A merchant that looks away finds a gateway that does not.
    let auth_req = cast.shop.request(&p_req, &mut cast.world).expect("a good order").ask();
    let merchant = &cast.world.pki.house.merchant;
    let forged = forge::auth_req(&auth_req, &cast.world.pki, merchant, |_, it| *it = pi);
    let done = cast.gateway.request(&forged, &mut cast.world).expect("an answer");
    assert_eq!(code(&cast.gateway, &done), AuthCode::SignatureRequired);
}

#[test]
fn a7_of_two_requests_with_one_consent_one_reaches_the_issuer() {
    let mut cast = Cast::new();
    let auth_req = cast.order(ORDER, eur(4200));
    let pki = &cast.world.pki;
    let second = forge::auth_req(&auth_req, pki, &pki.house.merchant, |data, _| {
        data.auth_req_item.auth_tags.auth_rr_tags.rrpid = Rrpid::new([2; 20]).into();
    });
    let done = cast.gateway.request(&second, &mut cast.world).expect("a good request");
    assert_eq!(done.own().len(), 1);
    let done = cast.gateway.request(&auth_req, &mut cast.world).expect("an answer");
    assert_eq!(code(&cast.gateway, &done), AuthCode::PiPreviouslyUsed);
    // Also after it was approved, and after it was refused for that.
    cast.issuer_says(&[2; 20], approved());
    let pki = &cast.world.pki;
    let third = forge::auth_req(&auth_req, pki, &pki.house.merchant, |data, _| {
        data.auth_req_item.auth_tags.auth_rr_tags.rrpid = Rrpid::new([3; 20]).into();
    });
    let done = cast.gateway.request(&third, &mut cast.world).expect("an answer");
    assert_eq!(code(&cast.gateway, &done), AuthCode::PiPreviouslyUsed);
}

/// What comes of the only item of a capture request.
fn captured(cast: &mut Cast, cap_req: &[u8]) -> Option<CapCode> {
    let done = cast.captures.request(cap_req, &mut cast.world).expect("an answer");
    match &cast.captures.state(&done.key).expect("a record").items[0].outcome {
        capture::Outcome::Refused(code) => Some(*code),
        _ => None,
    }
}

#[test]
fn a8_tokens_that_are_missing_altered_or_of_another_purchase_are_refused() {
    let mut cast = Cast::new();
    cast.authorize(ORDER, eur(4200));
    cast.authorize(OTHER, eur(4200));
    let cap_req = cast.capture(ORDER, eur(4200));
    let other = cast.capture(OTHER, eur(4200));
    let pki = &cast.world.pki;
    let merchant = &pki.house.merchant;
    let mut others_token = None;
    forge::cap_req(&other, pki, merchant, |_, tokens| others_token = Some(tokens[0].clone()));
    let others_token = others_token.expect("a token");
    let missing = forge::cap_req(&cap_req, pki, merchant, |data, tokens| {
        data.cap_rr_tags.rrpid = Rrpid::new([1; 20]).into();
        tokens[0] = CapToken::Null(());
    });
    let altered = forge::cap_req(&cap_req, pki, merchant, |data, tokens| {
        data.cap_rr_tags.rrpid = Rrpid::new([2; 20]).into();
        let CapToken::EncX(sealed) = &tokens[0] else { panic!("sealed with a card") };
        let mut octets = sealed.octets().to_vec();
        let last = octets.len() - 1;
        octets[last] ^= 1;
        tokens[0] = CapToken::EncX(
            openset_wire::opaque::Sealed::from_octets(octets).expect("one sequence"),
        );
    });
    let of_another = forge::cap_req(&cap_req, pki, merchant, |data, tokens| {
        data.cap_rr_tags.rrpid = Rrpid::new([3; 20]).into();
        tokens[0] = others_token;
    });
    let of_another_purchase = forge::cap_req(&cap_req, pki, merchant, |data, _| {
        data.cap_rr_tags.rrpid = Rrpid::new([4; 20]).into();
        data.cap_item_seq[0].trans_ids.xid = Xid::new([4; 20]).into();
    });
    let by_another = forge::cap_req(&cap_req, pki, &pki.house.other_merchant, |data, _| {
        data.cap_rr_tags.rrpid = Rrpid::new([5; 20]).into();
        let number = MerchantId::parse("MAISON-002").expect("a number");
        data.cap_rr_tags.mer_term_ids.merchant_id = number.into();
    });
    assert_eq!(captured(&mut cast, &missing), Some(CapCode::CapTokenMissing));
    assert_eq!(captured(&mut cast, &altered), Some(CapCode::InvalidCapToken));
    assert_eq!(captured(&mut cast, &of_another), Some(CapCode::InvalidCapToken));
    assert_eq!(captured(&mut cast, &of_another_purchase), Some(CapCode::UnknownXid));
    assert_eq!(captured(&mut cast, &by_another), Some(CapCode::InvalidCapToken));
    assert_eq!(captured(&mut cast, &cap_req), None, "the honest one is taken");
}

#[test]
fn a8_a_token_of_another_gateway_of_the_brand_is_refused() {
    let mut cast = Cast::new();
    cast.authorize(ORDER, eur(4200));
    let cap_req = cast.capture(ORDER, eur(4200));
    let pki = &cast.world.pki;
    let mut standing = world::gateway(&pki.house, &pki.house.other_gateway);
    // Even if it could open what was sealed for the first one.
    standing.encipherments.push(pki.house.gateway.encipherment.clone());
    let mut second: Party<GatewayCapture> = Party::new(standing, pki.trust());
    let done = second.request(&cap_req, &mut cast.world).expect("an answer");
    let items = second.state(&done.key).expect("a record").items;
    assert_eq!(items[0].outcome, capture::Outcome::Refused(CapCode::InvalidCapToken));
}

#[test]
fn a8_as_many_tokens_as_items_or_none_at_all() {
    let mut cast = Cast::new();
    cast.authorize(ORDER, eur(4200));
    let cap_req = cast.capture(ORDER, eur(4200));
    let pki = &cast.world.pki;
    let short = forge::cap_req(&cap_req, pki, &pki.house.merchant, |data, _| {
        data.cap_item_seq.push(data.cap_item_seq[0].clone());
    });
    let refusal = refused(cast.captures.request(&short, &mut cast.world));
    assert_eq!(refusal, Refusal::PartsNotLinked);
}

#[test]
fn a9_an_offer_that_repeats_an_old_challenge_is_refused() {
    let mut cast = Cast::new();
    let p_init_res = cast.offer(ORDER, eur(4200));
    let pki = &cast.world.pki;
    let by = &pki.house.merchant.signature;
    let bag = Bag::of(by).and(&pki.house.gateway.encipherment);
    let stale = forge::p_init_res(&p_init_res, pki, by, &bag, |data| data.chall_c = challenge(1));
    let refusal = refused(cast.wallet.answer(ORDER, &stale, &mut cast.world));
    assert_eq!(refusal, Refusal::MerchantRepeatedOldChallenge);
    assert_eq!(ErrorCode::from(&refusal), ErrorCode::ChallengeMismatch);
}

#[test]
fn a9_an_offer_to_another_wallet_or_of_another_order_is_refused() {
    let mut cast = Cast::new();
    let p_init_res = cast.offer(ORDER, eur(4200));
    let pki = &cast.world.pki;
    let by = &pki.house.merchant.signature;
    let bag = Bag::of(by).and(&pki.house.gateway.encipherment);
    let label = || LidC::new(b"another").expect("a label");
    let lid_c = forge::p_init_res(&p_init_res, pki, by, &bag, |data| {
        data.trans_ids.lid_c = label().into();
    });
    let lid_m = forge::p_init_res(&p_init_res, pki, by, &bag, |data| {
        data.trans_ids.lid_m = Some(label().into());
    });
    let rrpid = forge::p_init_res(&p_init_res, pki, by, &bag, |data| {
        data.rrpid = Rrpid::new([1; 20]).into();
    });
    for (what, forged) in [("lid-C", lid_c), ("lid-M", lid_m), ("rrpid", rrpid)] {
        let refusal = refused(cast.wallet.answer(ORDER, &forged, &mut cast.world));
        assert_eq!(refusal, Refusal::MerchantAnsweredAnother, "{what}");
    }
}

#[test]
fn a9_an_order_with_an_old_challenge_is_refused() {
    let mut cast = Cast::new();
    let p_req = cast.consent(ORDER, eur(4200));
    let changes: [fn(&mut openset_crypto::dual::Consent); 3] = [
        |consent| consent.order.chall_m = Some(challenge(1)),
        |consent| consent.order.chall_m = None,
        |consent| consent.order.chall_c = challenge(1),
    ];
    for change in changes {
        let pki = &cast.world.pki;
        let (by, gateway) = (&pki.house.cardholder, &pki.house.gateway);
        let stale = forge::p_req(&p_req, pki, by, gateway, change);
        let refusal = refused(cast.shop.request(&stale, &mut cast.world));
        assert_eq!(refusal, Refusal::CardholderRepeatedOldChallenge);
    }
}

#[test]
fn a9_a_receipt_with_an_old_challenge_is_refused() {
    let mut cast = Cast::new();
    let p_res = cast.authorize(ORDER, eur(4200));
    let pki = &cast.world.pki;
    let by = &pki.house.merchant.signature;
    let stale = forge::p_res(&p_res, pki, by, |data| data.chall_c = challenge(1));
    let refusal = refused(cast.wallet.answer(ORDER, &stale, &mut cast.world));
    assert_eq!(refusal, Refusal::MerchantRepeatedOldChallenge);
    let moved = forge::p_res(&p_res, pki_of(&cast), &signer_of(&cast), |data| {
        data.trans_ids.xid = Xid::new([1; 20]).into();
    });
    let refusal = refused(cast.wallet.answer(ORDER, &moved, &mut cast.world));
    assert_eq!(refusal, Refusal::MerchantAnsweredAnother);
}

fn pki_of(cast: &Cast) -> &world::pki::Pki {
    &cast.world.pki
}

fn signer_of(cast: &Cast) -> openset_crypto::Identity {
    cast.world.pki.house.merchant.signature.clone()
}

#[test]
fn a9_a_receipt_by_another_merchant_is_refused() {
    let mut cast = Cast::new();
    let p_res = cast.authorize(ORDER, eur(4200));
    let pki = &cast.world.pki;
    let forged = forge::p_res(&p_res, pki, &pki.house.other_merchant.signature, |_| {});
    let refusal = refused(cast.wallet.answer(ORDER, &forged, &mut cast.world));
    assert_eq!(refusal, Refusal::MerchantSwitched);
}

#[test]
fn a9_a_receipt_without_a_verdict_is_refused() {
    let mut cast = Cast::new();
    let p_res = cast.authorize(ORDER, eur(4200));
    let by = signer_of(&cast);
    let forged = forge::p_res(&p_res, pki_of(&cast), &by, |data| {
        data.p_res_payload_seq[0].results = None;
    });
    let refusal = refused(cast.wallet.answer(ORDER, &forged, &mut cast.world));
    assert_eq!(refusal, Refusal::MerchantGaveNoVerdict);
}

#[test]
fn a10_a_wrapper_that_names_another_request_is_refused_everywhere() {
    let mut cast = Cast::new();
    let other = |octets: &[u8]| {
        forge::with_header(octets, |header| header.rrpid = Some(Rrpid::new([1; 20]).into()))
    };
    let none = |octets: &[u8]| forge::with_header(octets, |header| header.rrpid = None);
    let p_init_req = cast.start(ORDER, eur(4200));
    assert_eq!(
        told(cast.shop.request(&other(&p_init_req), &mut cast.world)),
        ErrorCode::UnknownRrpid
    );
    assert_eq!(
        told(cast.shop.request(&none(&p_init_req), &mut cast.world)),
        ErrorCode::BadMessageHeader
    );
    let p_init_res = cast.shop.request(&p_init_req, &mut cast.world).expect("an offer").reply();
    assert!(cast.wallet.answer(ORDER, &other(&p_init_res), &mut cast.world).is_err());
    cast.wallet.answer(ORDER, &p_init_res, &mut cast.world).expect("a good offer");
    let p_req = cast.sign(ORDER);
    assert_eq!(told(cast.shop.request(&other(&p_req), &mut cast.world)), ErrorCode::UnknownRrpid);
    let auth_req = cast.shop.request(&p_req, &mut cast.world).expect("a good order").ask();
    assert_eq!(
        told(cast.gateway.request(&other(&auth_req), &mut cast.world)),
        ErrorCode::UnknownRrpid
    );
    let done = cast.gateway.request(&auth_req, &mut cast.world).expect("a good request");
    let auth_res = cast.issuer_says(&done.key, approved());
    assert!(cast.shop.answer(ORDER, &other(&auth_res), &mut cast.world).is_err());
}

#[test]
fn a10_a_wrapper_that_names_another_purchase_is_refused() {
    let mut cast = Cast::new();
    let p_req = cast.consent(ORDER, eur(4200));
    let forged = forge::with_header(&p_req, |header| {
        let ids = header.message_ids.as_mut().expect("names");
        ids.xid = Some(Xid::new([1; 20]).into());
    });
    assert_eq!(told(cast.shop.request(&forged, &mut cast.world)), ErrorCode::WrapperMsgMismatch);
}

#[test]
fn a11_of_two_gateways_in_the_bag_the_named_one_is_used() {
    let mut cast = Cast::new();
    let p_init_res = cast.offer(ORDER, eur(4200));
    let pki = &cast.world.pki;
    let by = &pki.house.merchant.signature;
    let first = Bag::of(&pki.house.other_gateway.encipherment);
    let both = first.and(by).and(&pki.house.gateway.encipherment);
    let with_both = forge::p_init_res(&p_init_res, pki, by, &both, |_| {});
    cast.wallet.answer(ORDER, &with_both, &mut cast.world).expect("a good offer");
    let summary = cast.wallet.state(ORDER).expect("a purchase").consent_summary();
    assert_eq!(summary.expect("an offer").gateway, "Demo Gateway");
}

#[test]
fn a11_a_bag_with_another_gateway_only_is_refused() {
    let mut cast = Cast::new();
    let p_init_res = cast.offer(ORDER, eur(4200));
    let pki = &cast.world.pki;
    let by = &pki.house.merchant.signature;
    let swapped = Bag::of(by).and(&pki.house.other_gateway.encipherment);
    let forged = forge::p_init_res(&p_init_res, pki, by, &swapped, |_| {});
    let refusal = refused(cast.wallet.answer(ORDER, &forged, &mut cast.world));
    assert_eq!(refusal, Refusal::MerchantNamedUnknownGateway);
}

#[test]
fn a11_thumbs_that_come_back_changed_are_refused() {
    let mut cast = Cast::new();
    let p_init_res = cast.offer(ORDER, eur(4200));
    let pki = &cast.world.pki;
    let by = &pki.house.merchant.signature;
    let bag = Bag::of(by).and(&pki.house.gateway.encipherment);
    let forged = forge::p_init_res(&p_init_res, pki, by, &bag, |data| data.thumbs = None);
    let refusal = refused(cast.wallet.answer(ORDER, &forged, &mut cast.world));
    assert_eq!(refusal, Refusal::ThumbsDiffer);
}

#[test]
fn a12_a_merchant_of_another_brand_is_refused_by_the_wallet() {
    let mut cast = Cast::new();
    let p_init_res = cast.offer(ORDER, eur(4200));
    let pki = &cast.world.pki;
    let by = &pki.foreign.merchant.signature;
    let bag = Bag::of(by).and(&pki.house.gateway.encipherment);
    let forged = forge::p_init_res(&p_init_res, pki, by, &bag, |_| {});
    let refusal = refused(cast.wallet.answer(ORDER, &forged, &mut cast.world));
    assert_eq!(refusal, Refusal::Untrusted(Untrusted::OtherBrand));
}

#[test]
fn a12_a_gateway_of_another_brand_is_refused_by_the_wallet() {
    let mut cast = Cast::new();
    let p_init_res = cast.offer(ORDER, eur(4200));
    let pki = &cast.world.pki;
    let by = &pki.house.merchant.signature;
    let foreign = &pki.foreign.gateway.encipherment;
    let thumb = foreign.thumb(MODERN).cert_thumb(MODERN).expect("a thumb");
    let forged = forge::p_init_res(&p_init_res, pki, by, &Bag::of(by).and(foreign), |data| {
        data.pe_thumb = thumb;
    });
    let (thumb, cause) = (foreign.thumb(MODERN), Untrusted::OtherBrand);
    let refusal = refused(cast.wallet.answer(ORDER, &forged, &mut cast.world));
    assert_eq!(refusal, Refusal::GatewayNotBelieved { thumb, cause });
}

#[test]
fn a12_a_brand_the_merchant_has_no_account_for_is_refused() {
    let mut cast = Cast::new();
    cast.place(ORDER, eur(4200));
    let foreign = &cast.world.pki.foreign;
    let start = cardholder::purchase::Start {
        initiation: world::initiation(ORDER, eur(4200), &foreign.brand),
        brand: foreign.brand.clone(),
        bin: CARD.bin(),
        card: Some(cardholder::CardIdentity::of(&foreign.cardholder).expect("encodable")),
    };
    let input = cardholder::purchase::Input::Start(Box::new(start));
    let p_init_req = cast.wallet.command(ORDER, input, &mut cast.world).expect("a start").ask();
    let refusal = refused(cast.shop.request(&p_init_req, &mut cast.world));
    assert!(matches!(refusal, Refusal::SenderNamedForeignBrand { .. }));
}

#[test]
fn a12_a_card_of_another_brand_is_answered_by_the_gateway() {
    // The merchant looks away: it passes on what a card of another brand has signed.
    let mut cast = Cast::new();
    let p_req = cast.consent(ORDER, eur(4200));
    let auth_req = cast.shop.request(&p_req, &mut cast.world).expect("a good order").ask();
    let pki = &cast.world.pki;
    let foreign = forge::p_req(&p_req, pki, &pki.foreign.cardholder, &pki.house.gateway, |_| {});
    let parts = forge::parts(&foreign);
    let forged = forge::auth_req(&auth_req, pki, &pki.house.merchant, |_, pi| {
        *pi = Pi::PiDualSigned(parts.pi_dual_signed.clone());
    });
    let done = cast.gateway.request(&forged, &mut cast.world).expect("an answer");
    assert_eq!(code(&cast.gateway, &done), AuthCode::CardMerchBrandMismatch);
}

#[test]
fn a12_a_merchant_of_another_brand_is_refused_by_the_gateway() {
    let mut cast = Cast::new();
    let auth_req = cast.order(ORDER, eur(4200));
    let pki = &cast.world.pki;
    let forged = forge::auth_req(&auth_req, pki, &pki.foreign.merchant, |_, _| {});
    let refusal = refused(cast.gateway.request(&forged, &mut cast.world));
    assert_eq!(refusal, Refusal::Untrusted(Untrusted::OtherBrand));
}

#[test]
fn a13_nobody_plays_another_s_part() {
    let mut cast = Cast::new();
    let p_init_res = cast.offer(ORDER, eur(4200));
    let pki = &cast.world.pki;
    let gateway = &pki.house.gateway;
    // A gateway that offers.
    let bag = Bag::of(&gateway.signature).and(&gateway.encipherment);
    let forged = forge::p_init_res(&p_init_res, pki, &gateway.signature, &bag, |_| {});
    let refusal = refused(cast.wallet.answer(ORDER, &forged, &mut cast.world));
    assert_eq!(refusal, Refusal::Untrusted(Untrusted::WrongRole));
    // A merchant's certificate named as the gateway's.
    let pki = &cast.world.pki;
    let merchant = &pki.house.merchant;
    let named = merchant.encipherment.thumb(MODERN);
    let bag = Bag::of(&merchant.signature).and(&merchant.encipherment);
    let forged = forge::p_init_res(&p_init_res, pki, &merchant.signature, &bag, |data| {
        data.pe_thumb = named.cert_thumb(MODERN).expect("a thumb");
    });
    let refusal = refused(cast.wallet.answer(ORDER, &forged, &mut cast.world));
    let (thumb, cause) = (named, Untrusted::WrongRole);
    assert_eq!(refusal, Refusal::GatewayNotBelieved { thumb, cause });
}

#[test]
fn a13_a_cardholder_cannot_ask_a_gateway_and_a_merchant_cannot_answer_for_one() {
    let mut cast = Cast::new();
    let auth_req = cast.order(ORDER, eur(4200));
    let pki = &cast.world.pki;
    let cardholder = world::pki::Server {
        signature: pki.house.cardholder.clone(),
        encipherment: pki.house.merchant.encipherment.clone(),
    };
    let forged = forge::auth_req(&auth_req, pki, &cardholder, |_, _| {});
    let refusal = refused(cast.gateway.request(&forged, &mut cast.world));
    assert_eq!(refusal, Refusal::Untrusted(Untrusted::WrongRole));
    let done = cast.gateway.request(&auth_req, &mut cast.world).expect("a good request");
    let auth_res = cast.issuer_says(&done.key, approved());
    let pki = &cast.world.pki;
    let (by, to) = (&pki.house.other_merchant.signature, &pki.house.merchant);
    let forged = forge::auth_res(&auth_res, pki, by, to, |_, _| {});
    let refusal = refused(cast.shop.answer(ORDER, &forged, &mut cast.world));
    assert_eq!(refusal, Refusal::Untrusted(Untrusted::WrongRole));
}

#[test]
fn a13_a_key_for_sealing_does_not_sign() {
    let mut cast = Cast::new();
    let p_res = cast.authorize(ORDER, eur(4200));
    let pki = &cast.world.pki;
    let forged = forge::p_res(&p_res, pki, &pki.house.merchant.encipherment, |_| {});
    let refusal = refused(cast.wallet.answer(ORDER, &forged, &mut cast.world));
    assert_eq!(refusal, Refusal::Untrusted(Untrusted::WrongKeyUsage));
}

/// A signed inquiry after an order that was authorized.
fn inquiry(cast: &mut Cast) -> Vec<u8> {
    cast.authorize(ORDER, eur(4200));
    let input = cardholder::purchase::Input::Inquire;
    cast.wallet.command(ORDER, input, &mut cast.world).expect("an inquiry").ask()
}

#[test]
fn a14_an_inquiry_by_a_stranger_tells_nothing() {
    let mut cast = Cast::new();
    let inq_req = inquiry(&mut cast);
    let issuer = cast.world.pki.house.cca.clone();
    let wish = Wish {
        purpose: Purpose::CardholderSignature,
        brand: "Demo Brand",
        name: &CARD.common_name_under([7; 32]),
        merchant: "",
    };
    let stranger = cast.world.pki.certify(&wish, &issuer);
    let forged = forge::inq_req(&inq_req, &cast.world.pki, &stranger, |_| {});
    let refusal = refused(cast.shop.request(&forged, &mut cast.world));
    assert_eq!(refusal, Refusal::CardholderInquiredAsAnother);
}

#[test]
fn a14_an_unsigned_inquiry_tells_nothing() {
    let mut cast = Cast::new();
    let inq_req = inquiry(&mut cast);
    let data = forge::inquiry(&inq_req, &cast.world.pki);
    let message = Message::InqReq(Box::new(InqReq::InqReqUnsigned(data)));
    let forged = forge::rewrap(&inq_req, message, None);
    let refusal = refused(cast.shop.request(&forged, &mut cast.world));
    assert_eq!(refusal, Refusal::CardholderInquiredAsAnother);
}

#[test]
fn a14_an_inquiry_after_an_unknown_purchase_or_by_other_labels_tells_nothing() {
    let mut cast = Cast::new();
    let inq_req = inquiry(&mut cast);
    let pki = &cast.world.pki;
    let by = &pki.house.cardholder;
    let unknown = forge::inq_req(&inq_req, pki, by, |data| {
        data.trans_ids.xid = Xid::new([1; 20]).into();
    });
    let labels = forge::inq_req(&inq_req, pki, by, |data| {
        data.trans_ids.lid_c = LidC::new(b"another").expect("a label").into();
    });
    let unknown = forge::with_header(&unknown, |header| header.message_ids = None);
    let labels = forge::with_header(&labels, |header| header.message_ids = None);
    assert_eq!(told(cast.shop.request(&unknown, &mut cast.world)), ErrorCode::UnknownXid);
    assert_eq!(told(cast.shop.request(&labels, &mut cast.world)), ErrorCode::UnknownLid);
}

#[test]
fn an_unknown_critical_extension_is_refused_by_its_name() {
    let mut cast = Cast::new();
    let name = Oid::from_arcs(&[2, 999, 7]).expect("an arc");
    let p_init_req = cast.start(ORDER, eur(4200));
    let Message::PInitReq(mut request) = world::message(&p_init_req) else { panic!("a PInitReq") };
    request.pi_rq_extensions = MsgExtensions::critical(name.clone(), &true).ok();
    let forged = forge::rewrap(&p_init_req, Message::PInitReq(request), None);
    let refusal = refused(cast.shop.request(&forged, &mut cast.world));
    assert_eq!(refusal, Refusal::SenderNamedUnknownExtension(name.clone()));

    let p_init_res = cast.shop.request(&p_init_req, &mut cast.world).expect("an offer").reply();
    cast.wallet.answer(ORDER, &p_init_res, &mut cast.world).expect("a good offer");
    let p_req = cast.sign(ORDER);
    let pki = &cast.world.pki;
    let (by, gateway) = (&pki.house.cardholder, &pki.house.gateway);
    let in_order = forge::p_req(&p_req, pki, by, gateway, |consent| {
        consent.order.oi_extensions = MsgExtensions::critical(name.clone(), &true).ok();
    });
    let refusal = refused(cast.shop.request(&in_order, &mut cast.world));
    assert_eq!(refusal, Refusal::SenderNamedUnknownExtension(name.clone()));
    let pki = &cast.world.pki;
    let (by, gateway) = (&pki.house.cardholder, &pki.house.gateway);
    let in_payment = forge::p_req(&p_req, pki, by, gateway, |consent| {
        consent.head.pi_extensions = MsgExtensions::critical(name.clone(), &true).ok();
    });
    let auth_req = cast.shop.request(&in_payment, &mut cast.world).expect("its half is good").ask();
    let refusal = refused(cast.gateway.request(&auth_req, &mut cast.world));
    assert_eq!(refusal, Refusal::SenderNamedUnknownExtension(name));
}

#[test]
fn an_order_for_a_purchase_nobody_offered_is_unknown() {
    let mut cast = Cast::new();
    let p_req = cast.consent(ORDER, eur(4200));
    let mut stranger: Party<MerchantPurchase> = {
        let house = &cast.world.pki.house;
        let standing = world::shop(house, &house.merchant, "ATELIER-LUMEN-001", &house.gateway);
        Party::new(standing, cast.world.pki.trust())
    };
    assert_eq!(told(stranger.request(&p_req, &mut cast.world)), ErrorCode::UnknownXid);
}
