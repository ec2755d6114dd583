//! Money that is taken with its authorization: as it should go, and as it should not.

use openset_crypto::Suite;
use openset_protocol::{
    cardholder,
    gateway::{
        self, Policies, Policy,
        authorization::{Effect, GatewayAuthorization, Input},
        capture::{self, AdviceAnswer},
    },
    merchant::{self, CaptureRefused, Captured, Plan, purchase},
    refusal::Refusal,
    role::{Machine, Register},
    summary::Fact,
};
use openset_types::{AuthorizationAnswer, CaptureAdvice, DeclineReason, Money};
use openset_wire::payment::{AuthCode, CapCode, CompletionCode};

use crate::world::{Cast, Done, approved, eur, forge, pki::CARD};

const ORDER: &[u8] = b"1042";

fn shop_that_delivers_at_once(suite: Suite) -> Cast {
    Cast { plan: Plan::Sale, ..Cast::in_suite(suite) }
}

fn the_advice(done: &Done<GatewayAuthorization>) -> CaptureAdvice {
    let [Effect::Take(advice)] = done.own()[..] else { panic!("the acquirer is told once") };
    advice.clone()
}

/// The issuer has agreed and the acquirer is told: the gateway's step.
fn agreed(cast: &mut Cast) -> Done<GatewayAuthorization> {
    let auth_req = cast.order(ORDER, eur(4200));
    let done = cast.gateway.request(&auth_req, &mut cast.world).expect("a good request");
    let yes = Input::Answered { answer: approved(), asked: None };
    cast.gateway.command(&done.key, yes, &mut cast.world).expect("an answer")
}

/// The acquirer says so: gives AuthRes.
fn acquirer_says(cast: &mut Cast, key: &[u8], answer: AdviceAnswer) -> Vec<u8> {
    let input = Input::Taken(answer);
    cast.gateway.command(key, input, &mut cast.world).expect("an outcome").reply()
}

fn sold(cast: &mut Cast) -> (Vec<u8>, Vec<u8>) {
    let done = agreed(cast);
    let auth_res = acquirer_says(cast, &done.key, AdviceAnswer::Taken);
    (done.key, auth_res)
}

fn captured(cast: &Cast) -> Captured {
    match cast.shop_stage(ORDER) {
        merchant::Stage::Captured(captured) => captured,
        other => panic!("captured, not {other:?}"),
    }
}

fn used(cast: &Cast) -> usize {
    cast.gateway.register.iter().filter(|claim| claim.register == Register::Captured).count()
}

#[test]
fn a_sale_is_taken_with_its_authorization_and_the_cardholder_is_told_both() {
    for suite in [Suite::Modern, Suite::Set10] {
        let mut cast = shop_that_delivers_at_once(suite);
        let done = agreed(&mut cast);
        assert!(!done.answers(), "the merchant is answered once, when both banks have spoken");
        let advice = the_advice(&done);
        assert_eq!((advice.amount, advice.approval_code.as_str()), (eur(4200), "4K7Q21"));
        assert_eq!(advice.issuer, CARD.bin());
        let auth_res = acquirer_says(&mut cast, &done.key, AdviceAnswer::Taken);
        let p_res = cast.shop.answer(ORDER, &auth_res, &mut cast.world).expect("good").reply();
        assert_eq!(captured(&cast).amount, eur(4200));
        cast.wallet.answer(ORDER, &p_res, &mut cast.world).expect("a good receipt");
        let cardholder::Stage::Answered(ordered) = cast.wallet_stage(ORDER) else {
            panic!("the wallet has its answer");
        };
        let answer = ordered.answer.expect("what the merchant said");
        assert_eq!(answer.completion, CompletionCode::CapturePerformed);
        assert_eq!(answer.fact(), Some(Fact::Captured));
        let stage = cast.gateway.state(&done.key).expect("a record").stage;
        assert!(matches!(stage, gateway::Stage::Sold(_)));
    }
}

#[test]
fn the_token_of_a_sale_takes_no_money_again() {
    // A8: it was used up in the commit that told the acquirer.
    let mut cast = shop_that_delivers_at_once(Suite::Modern);
    let (_, auth_res) = sold(&mut cast);
    assert_eq!(used(&cast), 1);
    cast.shop.answer(ORDER, &auth_res, &mut cast.world).expect("a good answer");
    let authorized = captured(&cast).authorized;
    // A dishonest shop forgets that it has its money.
    let mut state = cast.shop.state(ORDER).expect("an order");
    state.stage = merchant::Stage::Authorized(authorized);
    let state = serde_json::to_string(&state).expect("a state");
    cast.shop.states.insert(ORDER.to_vec(), state);
    let cap_req = cast.capture(ORDER, eur(4200));
    cast.captures.register.clone_from(&cast.gateway.register);
    let done = cast.captures.request(&cap_req, &mut cast.world).expect("a good request");
    assert!(done.own().is_empty(), "the acquirer is told nothing");
    let item = cast.captures.state(&done.key).expect("a record").items.remove(0);
    assert_eq!(item.outcome, capture::Outcome::Refused(CapCode::DuplicateRequest));
}

#[test]
fn a_sale_that_the_acquirer_will_not_take_leaves_the_money_held() {
    let mut cast = shop_that_delivers_at_once(Suite::Modern);
    let done = agreed(&mut cast);
    let auth_res = acquirer_says(&mut cast, &done.key, AdviceAnswer::Refused);
    assert_eq!(used(&cast), 0, "the token may be used");
    let p_res = cast.shop.answer(ORDER, &auth_res, &mut cast.world).expect("good").reply();
    let merchant::Stage::Authorized(held) = cast.shop_stage(ORDER) else { panic!("held") };
    let expected = CaptureRefused::Because(CapCode::UnspecifiedFailure);
    assert_eq!(held.capture_refused, Some(expected));
    cast.wallet.answer(ORDER, &p_res, &mut cast.world).expect("a good receipt");
    assert_eq!(cast.wallet.state(ORDER).expect("a purchase").summary().fact, Fact::Authorized);
    let cap_req = cast.capture(ORDER, eur(4200));
    let done = cast.captures.request(&cap_req, &mut cast.world).expect("a good request");
    assert!(matches!(done.own()[..], [capture::Effect::AdviseCapture(_)]), "it is asked for again");
}

#[test]
fn a_sale_that_the_issuer_declines_tells_the_acquirer_nothing() {
    let mut cast = shop_that_delivers_at_once(Suite::Modern);
    let auth_req = cast.order(ORDER, eur(4200));
    let done = cast.gateway.request(&auth_req, &mut cast.world).expect("a good request");
    for answer in [AuthorizationAnswer::Declined(DeclineReason::Declined), approved()] {
        let answer = Input::Answered { answer, asked: None };
        let done = cast.gateway.command(&done.key, answer, &mut cast.world).expect("an answer");
        assert!(done.own().is_empty() && used(&cast) == 0);
    }
}

#[test]
fn a_merchant_whose_policy_has_no_sales_is_told_so_and_no_bank_is_asked() {
    let mut cast = shop_that_delivers_at_once(Suite::Modern);
    let merchant = cast.shop.standing.accounts.values().next().expect("one brand").merchant.clone();
    let own = [(merchant, Policy { sales: false, ..Policy::default() })].into_iter().collect();
    cast.gateway.standing.policies = Policies { general: Policy::default(), own };
    let auth_req = cast.order(ORDER, eur(4200));
    let done = cast.gateway.request(&auth_req, &mut cast.world).expect("a request");
    assert!(done.own().is_empty(), "no bank is asked");
    let stage = cast.gateway.state(&done.key).expect("a record").stage;
    assert_eq!(stage, gateway::Stage::Refused { code: AuthCode::CaptureNotSupported });
    assert!(cast.gateway.register.is_empty(), "the consent is not spent");
}

#[test]
fn a_sale_that_was_interrupted_is_told_again_in_the_same_words() {
    let mut cast = shop_that_delivers_at_once(Suite::Modern);
    let done = agreed(&mut cast);
    let first = the_advice(&done);
    let note = GatewayAuthorization::note(done.own()[0]);
    let again = GatewayAuthorization::interrupted(note);
    let again = cast.gateway.command(&done.key, again, &mut cast.world).expect("an outcome");
    assert_eq!(the_advice(&again), first);
    acquirer_says(&mut cast, &done.key, AdviceAnswer::Taken);
    for late in [Input::TakeInterrupted, Input::Taken(AdviceAnswer::Refused)] {
        let late = cast.gateway.command(&done.key, late, &mut cast.world).expect("heard");
        assert!(late.effects.is_empty(), "what was taken stays taken");
    }
}

#[test]
fn a_shop_does_not_give_up_a_sale_that_may_have_been_taken() {
    let mut cast = shop_that_delivers_at_once(Suite::Modern);
    cast.order(ORDER, eur(4200));
    let void = purchase::Input::Void { remains: eur(0) };
    let refused = cast.shop.command(ORDER, void, &mut cast.world);
    assert_eq!(refused.err(), Some(Refusal::CommandOutOfTurn));
}

#[test]
fn an_answer_that_took_another_amount_or_what_nobody_asked_to_take_is_refused() {
    for got in [eur(4199), eur(0), eur(4201)] {
        let mut cast = shop_that_delivers_at_once(Suite::Modern);
        let (_, auth_res) = sold(&mut cast);
        let forged = taken_so_much(&cast, &auth_res, got);
        let refused = cast.shop.answer(ORDER, &forged, &mut cast.world).err();
        assert_eq!(refused, Some(Refusal::GatewayChangedAmount { asked: eur(4200), got }));
        assert!(matches!(cast.shop_stage(ORDER), merchant::Stage::Authorizing(_)));
    }
    let mut cast = Cast::new();
    let auth_res = cast.approve(ORDER, eur(4200));
    let forged = taken_so_much(&cast, &auth_res, eur(4200));
    let refused = cast.shop.answer(ORDER, &forged, &mut cast.world).err();
    let unasked = Refusal::GatewayChangedAmount { asked: eur(0), got: eur(4200) };
    assert_eq!(refused, Some(unasked));
}

fn taken_so_much(cast: &Cast, auth_res: &[u8], amount: Money) -> Vec<u8> {
    let pki = &cast.world.pki;
    let (gateway, merchant) = (&pki.house.gateway.signature, &pki.house.merchant);
    forge::auth_res(auth_res, pki, gateway, merchant, |data, _| {
        data.auth_res_payload.cap_res_payload = Some(openset_wire::payment::CapResPayload {
            cap_code: CapCode::Success,
            cap_amt: amount.into(),
            batch_id: None,
            batch_sequence_num: None,
            c_rs_pay_extensions: None,
        });
    })
}

#[test]
fn an_answer_that_says_nothing_of_taking_leaves_the_money_held() {
    let mut cast = shop_that_delivers_at_once(Suite::Modern);
    let (_, auth_res) = sold(&mut cast);
    let pki = &cast.world.pki;
    let (gateway, merchant) = (&pki.house.gateway.signature, &pki.house.merchant);
    let silent = forge::auth_res(&auth_res, pki, gateway, merchant, |data, _| {
        data.auth_res_payload.cap_res_payload = None;
    });
    cast.shop.answer(ORDER, &silent, &mut cast.world).expect("a good answer");
    assert!(matches!(cast.shop_stage(ORDER), merchant::Stage::Authorized(_)));
}
