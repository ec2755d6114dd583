//! Codes that no other test comes by. Where each code of the standard is produced,
//! `docs/codes.md` says.

use openset_crypto::{Purpose, Suite, open, verify};
use openset_protocol::{
    cardholder,
    gateway::{self, capture},
    merchant::{self, Verdict},
    refusal::Refusal,
    summary::Fact,
};
use openset_types::{AuthorizationAnswer, DeclineReason};
use openset_wire::{
    der::MESSAGE_BYTES_MAX,
    error::{Error, ErrorCode, ErrorMsg},
    payment::{
        AuthCode, AvsData, AvsResult, CapCode, CapResData, CardType, CompletionCode, RespReason,
        ResponseData,
    },
    types::{InstallRecurData, InstallRecurInd, Location},
    wrapper::{Message, MessageWrapper},
};

use super::complaint::complain;
use crate::world::{self, Cast, eur, forge, pki::Pki};

const ORDER: &[u8] = b"1042";

#[test]
fn every_reason_of_an_issuer_has_its_code_at_the_shop_and_in_the_wallet() {
    let reasons = [
        (DeclineReason::AmountError, AuthCode::AmountError),
        (DeclineReason::CallIssuer, AuthCode::CallIssuer),
        (DeclineReason::Declined, AuthCode::Declined),
        (DeclineReason::ExpiredCard, AuthCode::ExpiredCard),
        (DeclineReason::InvalidTransaction, AuthCode::InvalidTransaction),
        (DeclineReason::SystemError, AuthCode::SystemError),
    ];
    for suite in Suite::ALL {
        for (reason, code) in reasons {
            let mut cast = Cast::in_suite(suite);
            let auth_req = cast.order(ORDER, eur(4200));
            let done = cast.gateway.request(&auth_req, &mut cast.world).expect("a good request");
            let auth_res = cast.issuer_says(&done.key, AuthorizationAnswer::Declined(reason));
            let told = cast.shop.answer(ORDER, &auth_res, &mut cast.world).expect("an answer");
            let merchant::Stage::Declined(declined) = cast.shop_stage(ORDER) else {
                panic!("{suite}: {reason:?}")
            };
            assert_eq!(declined.verdict, Verdict::Because(code), "{suite}");
            cast.wallet.answer(ORDER, &told.reply(), &mut cast.world).expect("an answer");
            let cardholder::Stage::Answered(ordered) = cast.wallet_stage(ORDER) else {
                panic!("{suite}: {reason:?}")
            };
            let said = ordered.answer.and_then(|answer| answer.verdict);
            assert_eq!(said.map(|said| said.0), Some(code), "{suite}");
        }
    }
}

#[test]
fn a_capture_that_the_acquirer_will_not_take_failed_for_no_reason_that_is_told() {
    for suite in Suite::ALL {
        let mut cast = Cast::in_suite(suite);
        cast.authorize(ORDER, eur(4200));
        let cap_req = cast.capture(ORDER, eur(4200));
        let done = cast.captures.request(&cap_req, &mut cast.world).expect("a good request");
        let [capture::Effect::AdviseCapture(advice)] = done.own()[..] else { panic!("one") };
        let retrieval = advice.trace.retrieval.clone();
        let input = capture::Input::Advised { retrieval, answer: capture::AdviceAnswer::Refused };
        let answered = cast.captures.command(&done.key, input, &mut cast.world);
        let cap_res = answered.expect("an outcome").reply();
        let said = read(&cap_res, &cast.world.pki);
        let payload = &said.cap_res_item_seq[0].cap_res_payload;
        assert_eq!(payload.cap_code, CapCode::UnspecifiedFailure, "{suite}");
        cast.shop.answer(ORDER, &cap_res, &mut cast.world).expect("a good answer");
        assert!(matches!(cast.shop_stage(ORDER), merchant::Stage::Authorized(_)), "{suite}");
    }
}

fn read(cap_res: &[u8], pki: &Pki) -> CapResData {
    let Message::CapRes(sealed) = world::message(cap_res) else { panic!("a CapRes") };
    let openers = [pki.house.merchant.encipherment.clone()];
    let signed = open(&sealed, &openers, pki.suite, &pki.keys).expect("sealed").into_value();
    let purpose = Purpose::GatewaySignature;
    verify(&signed, &pki.trust(), purpose, None, world::now()).expect("signed").into_value()
}

#[test]
fn whoever_inquires_before_the_bank_has_answered_is_told_that_the_order_came() {
    for suite in Suite::ALL {
        let mut cast = Cast::in_suite(suite);
        cast.order(ORDER, eur(4200));
        let input = cardholder::purchase::Input::Inquire;
        let inq_req = cast.wallet.command(ORDER, input, &mut cast.world).expect("a command").ask();
        let inq_res = cast.shop.request(&inq_req, &mut cast.world).expect("an answer").reply();
        let mut code = None;
        forge::inq_res(&inq_res, &cast.world.pki, |data| {
            code = Some(data.p_res_payload_seq[0].completion_code);
        });
        assert_eq!(code, Some(CompletionCode::OrderReceived), "{suite}");
        cast.wallet.answer(ORDER, &inq_res, &mut cast.world).expect("a good answer");
        let fact = cast.wallet.state(ORDER).expect("a purchase").summary().fact;
        assert_eq!(fact, Fact::Received, "{suite}");
    }
}

#[test]
fn a_ratio_that_means_nothing_is_read_by_its_verdict_and_not_without_one() {
    // A shop here sells nothing for nothing, so it says this never; another may.
    for (has_verdict, expected) in [(true, None), (false, Some(Refusal::MerchantGaveNoVerdict))] {
        let mut cast = Cast::new();
        let p_res = cast.authorize(ORDER, eur(4200));
        let pki = &cast.world.pki;
        let by = &pki.house.merchant.signature;
        let forged = forge::p_res(&p_res, pki, by, |data| {
            let payload = &mut data.p_res_payload_seq[0];
            payload.completion_code = CompletionCode::MeaninglessRatio;
            payload.results = payload.results.take().filter(|_| has_verdict);
        });
        let heard = cast.wallet.answer(ORDER, &forged, &mut cast.world).err();
        assert_eq!(heard, expected);
        let is_answered = matches!(cast.wallet_stage(ORDER), cardholder::Stage::Answered(_));
        assert_eq!(is_answered, has_verdict);
    }
}

#[test]
fn terms_of_instalments_that_the_cardholder_did_not_sign_are_no_terms() {
    for suite in Suite::ALL {
        let mut cast = Cast::in_suite(suite);
        let auth_req = cast.order(ORDER, eur(4200));
        let pki = &cast.world.pki;
        let forged = forge::auth_req(&auth_req, pki, &pki.house.merchant, |data, _| {
            let install_recur_ind = InstallRecurInd::InstallTotalTrans(3);
            let terms = InstallRecurData { install_recur_ind, ir_extensions: None };
            data.auth_req_item.auth_req_payload.install_recur_data = Some(terms);
        });
        let done = cast.gateway.request(&forged, &mut cast.world).expect("an answer");
        assert!(done.own().is_empty(), "{suite}: no bank is asked");
        let told = cast.gateway.state(&done.key).expect("a record").stage;
        let code = AuthCode::InstallRecurMismatch;
        assert_eq!(told, gateway::Stage::Refused { code }, "{suite}");
    }
}

#[test]
fn octets_beyond_every_limit_are_too_big_and_not_merely_unreadable() {
    let pki = Pki::new();
    for (length, expected) in [
        (MESSAGE_BYTES_MAX, ErrorCode::DecodingFailure),
        (MESSAGE_BYTES_MAX + 1, ErrorCode::MessageTooBig),
    ] {
        let octets = vec![0x30; length];
        let cause = MessageWrapper::decode(&octets).expect_err("no message");
        let error = complain(&cause.into(), &octets, Some(&pki.house.merchant), &pki);
        let error = world::message(&error.expect("an answer"));
        let Message::Error(Error::SignedError(signed)) = error else { panic!("a signed Error") };
        let purpose = Purpose::MerchantSignature;
        let said = verify(&signed, &pki.trust(), purpose, None, world::now()).expect("signed");
        assert_eq!(said.error_code, expected, "{length} octets");
        assert!(matches!(said.error_msg, ErrorMsg::BadWrapper(_)));
    }
}

/// What AuthRes says besides, if AuthReq asks for what no issuer here tells.
fn said_besides(answer: AuthorizationAnswer, wishes: bool) -> ResponseData {
    let mut cast = Cast::new();
    let auth_req = cast.order(ORDER, eur(4200));
    let pki = &cast.world.pki;
    let asked = forge::auth_req(&auth_req, pki, &pki.house.merchant, |data, _| {
        let payload = &mut data.auth_req_item.auth_req_payload;
        payload.request_card_type_ind = wishes;
        payload.avs_data = wishes.then_some(AvsData {
            street_address: None,
            location: Location {
                country_code: 250,
                city: None,
                state_province: None,
                postal_code: None,
                location_id: None,
            },
        });
    });
    let done = cast.gateway.request(&asked, &mut cast.world).expect("a good request");
    let auth_res = cast.issuer_says(&done.key, answer);
    let (mut said, pki) = (None, &cast.world.pki);
    let house = &pki.house;
    forge::auth_res(&auth_res, pki, &house.gateway.signature, &house.merchant, |data, _| {
        said = Some(data.auth_res_payload.auth_header.response_data.clone());
    });
    cast.shop.answer(ORDER, &auth_res, &mut cast.world).expect("a good answer");
    said.expect("an answer")
}

#[test]
fn whoever_asks_after_card_and_address_is_told_that_nobody_says() {
    let no = AuthorizationAnswer::Declined(DeclineReason::Declined);
    for answer in [world::approved(), no] {
        let said = said_besides(answer.clone(), true);
        assert_eq!(said.card_type, Some(CardType::Unavailable));
        assert_eq!(said.avs_result, Some(AvsResult::ResultUnavailable));
        let said = said_besides(answer, false);
        assert_eq!((said.card_type, said.avs_result), (None, None), "nobody has asked");
    }
}

#[test]
fn a_yes_is_the_issuers_and_of_a_no_it_is_not_said_whose_it_is() {
    assert_eq!(said_besides(world::approved(), false).resp_reason, Some(RespReason::Issuer));
    let no = AuthorizationAnswer::Declined(DeclineReason::Declined);
    assert_eq!(said_besides(no, false).resp_reason, None);
}
