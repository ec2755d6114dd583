//! A merchant takes an authorization back, or a part of it, before the money is taken.

use openset_crypto::Suite;
use openset_protocol::{
    cardholder,
    gateway::{
        self,
        authorization::{Effect, GatewayAuthorization, Input},
        capture,
        reversal::{ISSUER_WITHIN_S, LOWERED_MAX},
    },
    merchant::{self, Undone, Verdict, VoidRefused, voiding::AGAIN_S},
    refusal::Refusal,
    role::{Effect as Asked, Machine, Register},
    summary::Fact,
};
use openset_types::{
    AuthorizationAnswer, Currency, DeclineReason, MerchantId, Money, ReversalOutcome, Rrpid, Xid,
};
use openset_wire::{
    der::decode,
    payment::{AuthRevCode, AuthRevReqBaggage, AuthRevReqData, AuthRevResData, CapToken, Pi},
};

use crate::world::{Cast, Done, approved, eur, forge, pki::CARD};

const ORDER: &[u8] = b"1042";

const SUITES: [Suite; 2] = [Suite::Modern, Suite::Set10];

/// An authorization of so much, known to the merchant: the key of it at the gateway.
fn authorized(cast: &mut Cast, amount: Money) -> Vec<u8> {
    let auth_req = cast.order(ORDER, amount);
    let done = cast.gateway.request(&auth_req, &mut cast.world).expect("a good request");
    let auth_res = cast.issuer_says(&done.key, approved());
    cast.shop.answer(ORDER, &auth_res, &mut cast.world).expect("a good answer");
    done.key
}

/// The shop gives up all but so much: AuthRevReq.
fn void(cast: &mut Cast, remains: Money) -> Vec<u8> {
    let input = merchant::purchase::Input::Void { remains };
    cast.shop.command(ORDER, input, &mut cast.world).expect("a command").ask()
}

fn ask(cast: &mut Cast, auth_rev_req: &[u8]) -> Done<GatewayAuthorization> {
    cast.gateway.request(auth_rev_req, &mut cast.world).expect("a request")
}

/// The issuer says yes or no: AuthRevRes.
fn issuer_ends(cast: &mut Cast, key: &[u8], outcome: ReversalOutcome) -> Vec<u8> {
    let input = Input::Released(outcome);
    cast.gateway.command(key, input, &mut cast.world).expect("an outcome").reply()
}

fn tell(cast: &mut Cast, auth_rev_res: &[u8]) {
    cast.shop.answer(ORDER, auth_rev_res, &mut cast.world).expect("a good answer");
}

/// The code and amount of an answer that the gateway gives at once, asking no bank.
fn said(cast: &mut Cast, auth_rev_req: &[u8]) -> (AuthRevCode, u128) {
    let done = ask(cast, auth_rev_req);
    assert!(done.own().is_empty(), "no bank is asked");
    code(cast, &done.reply())
}

fn code(cast: &Cast, auth_rev_res: &[u8]) -> (AuthRevCode, u128) {
    let pki = &cast.world.pki;
    let data = forge::reversed(auth_rev_res, pki, &pki.house.merchant);
    (data.auth_rev_code, u128::from(data.auth_new_amt.money().map_or(0, Money::minor)))
}

fn stage(cast: &Cast, key: &[u8]) -> gateway::Stage {
    cast.gateway.state(key).expect("a record").stage
}

fn held_at(cast: &Cast, key: &[u8]) -> u64 {
    match stage(cast, key) {
        gateway::Stage::Authorized { amount, .. } => amount.minor(),
        _ => 0,
    }
}

fn inquired(cast: &mut Cast) -> Fact {
    let input = cardholder::purchase::Input::Inquire;
    let inq_req = cast.wallet.command(ORDER, input, &mut cast.world).expect("a question").ask();
    let inq_res = cast.shop.request(&inq_req, &mut cast.world).expect("an answer").reply();
    cast.wallet.answer(ORDER, &inq_res, &mut cast.world).expect("a good answer");
    cast.wallet.state(ORDER).expect("a purchase").summary().fact
}

fn spent(cast: &Cast) -> usize {
    let is_spent = |claim: &&openset_protocol::role::Claim| claim.register == Register::Spent;
    cast.gateway.register.iter().filter(is_spent).count()
}

/// The same request under another name, changed.
fn again(
    cast: &Cast,
    auth_rev_req: &[u8],
    rrpid: u8,
    change: impl FnOnce(&mut AuthRevReqData, &mut AuthRevReqBaggage),
) -> Vec<u8> {
    let pki = &cast.world.pki;
    forge::auth_rev_req(auth_rev_req, pki, &pki.house.merchant, |data, baggage| {
        data.auth_rev_tags.auth_rev_rr_tags.rrpid = Rrpid::new([rrpid; 20]).into();
        change(data, baggage);
    })
}

#[test]
fn an_authorization_is_taken_back_whole_and_everybody_knows() {
    for suite in SUITES {
        let mut cast = Cast::in_suite(suite);
        let key = authorized(&mut cast, eur(4200));
        let auth_rev_req = void(&mut cast, eur(0));
        let done = ask(&mut cast, &auth_rev_req);
        let [Effect::Release(advice)] = done.own()[..] else { panic!("the issuer is told") };
        assert_eq!((advice.amount, advice.remains), (eur(4200), eur(0)));
        assert!(!done.answers(), "nobody is told before the issuer has said so");
        let auth_rev_res = issuer_ends(&mut cast, &key, ReversalOutcome::Undone);
        assert_eq!(code(&cast, &auth_rev_res), (AuthRevCode::Approved, 0));
        assert!(matches!(stage(&cast, &key), gateway::Stage::Voided { .. }));
        assert_eq!(spent(&cast), 0, "the consent may be presented again (A7)");
        tell(&mut cast, &auth_rev_res);
        assert!(matches!(cast.shop_stage(ORDER), merchant::Stage::Voided(_)));
        assert_eq!(inquired(&mut cast), Fact::Voided);
    }
}

#[test]
fn a_part_is_taken_back_and_the_old_token_is_worth_nothing() {
    for suite in SUITES {
        let mut cast = Cast::in_suite(suite);
        let key = authorized(&mut cast, eur(4200));
        let merchant::Stage::Authorized(before) = cast.shop_stage(ORDER) else { panic!("held") };
        let auth_rev_req = void(&mut cast, eur(3000));
        let done = ask(&mut cast, &auth_rev_req);
        let [Effect::Release(advice)] = done.own()[..] else { panic!("the issuer is told") };
        assert_eq!((advice.amount, advice.remains), (eur(4200), eur(3000)));
        let auth_rev_res = issuer_ends(&mut cast, &key, ReversalOutcome::Undone);
        assert_eq!(code(&cast, &auth_rev_res), (AuthRevCode::Approved, 3000));
        assert_eq!((held_at(&cast, &key), spent(&cast)), (3000, 1));
        tell(&mut cast, &auth_rev_res);
        assert_eq!(inquired(&mut cast), Fact::Authorized);

        cast.captures.register = cast.gateway.register.clone();
        let merchant::Stage::Authorized(held) = cast.shop_stage(ORDER) else { panic!("held") };
        assert_eq!(held.amount, eur(3000));
        let cap_req = cast.capture(ORDER, eur(3000));
        let old_token: CapToken = decode(before.cap_token.as_ref()).expect("a token");
        let pki = &cast.world.pki;
        let with_old = forge::cap_req(&cap_req, pki, &pki.house.merchant, |data, tokens| {
            data.cap_rr_tags.rrpid = Rrpid::new([8; 20]).into();
            tokens[0] = old_token;
        });
        let old = cast.captures.request(&with_old, &mut cast.world).expect("an answer");
        assert!(old.own().is_empty() && old.answers(), "the old token takes nothing");
        let done = cast.captures.request(&cap_req, &mut cast.world).expect("a good request");
        assert!(matches!(done.own()[..], [capture::Effect::AdviseCapture(_)]));
    }
}

#[test]
fn an_authorization_is_lowered_again_and_then_taken_back_whole() {
    let mut cast = Cast::new();
    let key = authorized(&mut cast, eur(4200));
    for remains in [3000, 2000, 0] {
        let auth_rev_req = void(&mut cast, eur(remains));
        let done = ask(&mut cast, &auth_rev_req);
        let [Effect::Release(advice)] = done.own()[..] else { panic!("the issuer is told") };
        // The issuer knows it by what it was asked for at first.
        assert_eq!((advice.amount, advice.remains), (eur(4200), eur(remains)));
        let auth_rev_res = issuer_ends(&mut cast, &key, ReversalOutcome::Undone);
        tell(&mut cast, &auth_rev_res);
        assert_eq!(held_at(&cast, &key), remains);
    }
    assert_eq!(inquired(&mut cast), Fact::Voided);
}

#[test]
fn an_authorization_is_not_lowered_without_end() {
    let mut cast = Cast::new();
    let key = authorized(&mut cast, eur(4200));
    for lowered in 0..LOWERED_MAX {
        let auth_rev_req = void(&mut cast, eur(4100 - u64::from(lowered)));
        ask(&mut cast, &auth_rev_req);
        let auth_rev_res = issuer_ends(&mut cast, &key, ReversalOutcome::Undone);
        tell(&mut cast, &auth_rev_res);
    }
    let once_more = void(&mut cast, eur(1));
    assert_eq!(said(&mut cast, &once_more).0, AuthRevCode::InvalidTransaction);
    let whole = again(&cast, &once_more, 9, |data, _| data.auth_new_amt = eur(0).into());
    assert_eq!(ask(&mut cast, &whole).own().len(), 1, "all of it may still be taken back");
}

#[test]
fn what_the_issuer_will_not_undo_stands_and_the_merchant_is_told_why() {
    let refused = ReversalOutcome::Refused;
    for (outcome, expected) in [
        (refused(DeclineReason::AmountError), AuthRevCode::AmountError),
        (refused(DeclineReason::ExpiredCard), AuthRevCode::ExpiredCard),
        (refused(DeclineReason::InvalidTransaction), AuthRevCode::InvalidTransaction),
        (refused(DeclineReason::SystemError), AuthRevCode::SystemError),
        (refused(DeclineReason::Declined), AuthRevCode::UnspecifiedFailure),
        (refused(DeclineReason::CallIssuer), AuthRevCode::UnspecifiedFailure),
    ] {
        let mut cast = Cast::new();
        let key = authorized(&mut cast, eur(4200));
        let auth_rev_req = void(&mut cast, eur(1000));
        ask(&mut cast, &auth_rev_req);
        let auth_rev_res = issuer_ends(&mut cast, &key, outcome);
        assert_eq!(code(&cast, &auth_rev_res), (expected, 4200));
        tell(&mut cast, &auth_rev_res);
        let merchant::Stage::Authorized(held) = cast.shop_stage(ORDER) else { panic!("held") };
        assert_eq!(held.void_refused, Some(VoidRefused::Because(expected)));
        assert_eq!(held.amount, eur(4200));
        // Its token is good again.
        cast.captures.register = cast.gateway.register.clone();
        let cap_req = cast.capture(ORDER, eur(4200));
        let done = cast.captures.request(&cap_req, &mut cast.world).expect("a good request");
        assert_eq!(done.own().len(), 1, "{expected:?}");
    }
}

#[test]
fn an_amount_that_is_not_less_is_refused() {
    let mut cast = Cast::new();
    let key = authorized(&mut cast, eur(4200));
    for remains in [4200, 4201, 9999] {
        let input = merchant::purchase::Input::Void { remains: eur(remains) };
        let refused = cast.shop.command(ORDER, input, &mut cast.world).err();
        assert_eq!(refused, Some(Refusal::MerchantAskedForNoAmount));
    }
    let honest = void(&mut cast, eur(3000));
    for (name, remains) in [(1, 4200), (2, 4201), (3, 99_999)] {
        let more = again(&cast, &honest, name, |data, _| data.auth_new_amt = eur(remains).into());
        assert_eq!(said(&mut cast, &more), (AuthRevCode::InvalidAmount, 4200));
    }
    let dollars = again(&cast, &honest, 4, |data, _| data.auth_new_amt.currency = 840);
    assert_eq!(said(&mut cast, &dollars), (AuthRevCode::AmountError, 4200));
    let nothing = again(&cast, &honest, 5, |data, _| {
        data.auth_new_amt = eur(0).into();
        data.auth_new_amt.currency = 840;
    });
    assert_eq!(said(&mut cast, &nothing), (AuthRevCode::AmountError, 4200));
    let fraction = again(&cast, &honest, 6, |data, _| data.auth_new_amt.amt_exp10 = -9);
    assert_eq!(said(&mut cast, &fraction), (AuthRevCode::AmountError, 4200));
    assert_eq!(held_at(&cast, &key), 4200);
}

#[test]
fn a_part_is_taken_back_only_with_the_token_that_stands() {
    let mut cast = Cast::new();
    let key = authorized(&mut cast, eur(4200));
    let honest = void(&mut cast, eur(3000));
    let none = again(&cast, &honest, 1, |_, baggage| baggage.cap_token = None);
    assert_eq!(said(&mut cast, &none).0, AuthRevCode::MissingCapToken);
    let null = again(&cast, &honest, 2, |_, beside| beside.cap_token = Some(CapToken::Null(())));
    assert_eq!(said(&mut cast, &null).0, AuthRevCode::MissingCapToken);
    let torn = again(&cast, &honest, 3, |_, beside| {
        let Some(CapToken::EncX(sealed)) = &mut beside.cap_token else { panic!("a token") };
        let mut octets = sealed.octets().to_vec();
        let last = octets.len() - 1;
        octets[last] ^= 1;
        *sealed = openset_wire::opaque::Sealed::from_octets(octets).expect("a sequence");
    });
    assert_eq!(said(&mut cast, &torn).0, AuthRevCode::InvalidCapToken);
    let whole_and_torn = again(&cast, &torn, 4, |data, _| data.auth_new_amt = eur(0).into());
    assert_eq!(said(&mut cast, &whole_and_torn).0, AuthRevCode::InvalidCapToken);
    assert_eq!(held_at(&cast, &key), 4200);

    ask(&mut cast, &honest);
    issuer_ends(&mut cast, &key, ReversalOutcome::Undone);
    let old_token = again(&cast, &honest, 5, |data, _| data.auth_new_amt = eur(2000).into());
    assert_eq!(said(&mut cast, &old_token).0, AuthRevCode::InvalidCapToken);
    assert_eq!(held_at(&cast, &key), 3000);
}

#[test]
fn the_token_of_another_authorization_is_not_this_one_s() {
    let mut cast = Cast::new();
    let key = authorized(&mut cast, eur(4200));
    let other = cast.approve(b"1043", eur(100));
    cast.shop.answer(b"1043", &other, &mut cast.world).expect("a good answer");
    let merchant::Stage::Authorized(other) = cast.shop_stage(b"1043") else { panic!("held") };
    let token: CapToken = decode(other.cap_token.as_ref()).expect("a token");
    let honest = void(&mut cast, eur(3000));
    let swapped = again(&cast, &honest, 1, |_, beside| beside.cap_token = Some(token));
    assert_eq!(said(&mut cast, &swapped).0, AuthRevCode::InvalidCapToken);
    assert_eq!(held_at(&cast, &key), 4200);
}

#[test]
fn other_payment_instructions_are_not_those_that_were_authorized() {
    let mut cast = Cast::new();
    let key = authorized(&mut cast, eur(4200));
    let other = cast.consent(b"1043", eur(4200));
    let pi = Pi::PiDualSigned(forge::parts(&other).pi_dual_signed);
    let honest = void(&mut cast, eur(0));
    let swapped = again(&cast, &honest, 1, |_, beside| beside.pi = pi);
    assert_eq!(said(&mut cast, &swapped), (AuthRevCode::InvalidTransaction, 0));
    assert_eq!(held_at(&cast, &key), 4200);
}

#[test]
fn nobody_takes_back_what_another_merchant_was_authorized() {
    let mut cast = Cast::new();
    let key = authorized(&mut cast, eur(4200));
    let honest = void(&mut cast, eur(0));
    let pki = &cast.world.pki;
    let other = &pki.house.other_merchant;
    let number = MerchantId::parse("MAISON-002").expect("a number");
    // A3: in the name of the merchant that it is not, whole or in the question that it repeats.
    let as_another = forge::auth_rev_req(&honest, pki, other, |_, _| ());
    let repeats_another = forge::auth_rev_req(&honest, pki, other, |data, _| {
        let tags = &mut data.auth_rev_tags.auth_rev_rr_tags;
        tags.mer_term_ids.merchant_id = number.clone().into();
    });
    // In its own name, of what is not its own.
    let in_its_own_name = forge::auth_rev_req(&honest, pki, other, |data, _| {
        let tags = &mut data.auth_rev_tags.auth_rev_rr_tags;
        tags.mer_term_ids.merchant_id = number.clone().into();
        let asked = data.auth_req_data.as_mut().expect("repeated");
        let tags = &mut asked.auth_req_item.auth_tags.auth_rr_tags;
        tags.mer_term_ids.merchant_id = number.clone().into();
    });
    for wrong in [as_another, repeats_another] {
        let refused = cast.gateway.request(&wrong, &mut cast.world).err();
        assert_eq!(refused, Some(Refusal::MerchantNamedAnother));
    }
    let done = ask(&mut cast, &in_its_own_name);
    assert!(done.own().is_empty(), "no bank is asked");
    let pki = &cast.world.pki;
    let data = forge::reversed(&done.reply(), pki, &pki.house.other_merchant);
    assert_eq!(data.auth_rev_code, AuthRevCode::InvalidTransaction);
    assert_eq!(held_at(&cast, &key), 4200);
}

#[test]
fn a_request_that_does_not_say_which_authorization_is_refused() {
    let mut cast = Cast::new();
    let key = authorized(&mut cast, eur(4200));
    let honest = void(&mut cast, eur(0));
    let unnamed = again(&cast, &honest, 1, |data, _| data.auth_req_data = None);
    let refused = cast.gateway.request(&unnamed, &mut cast.world).err();
    assert_eq!(refused, Some(Refusal::SenderNamedUnknownPurchase));
    let other_xid = again(&cast, &honest, 2, |data, _| {
        let asked = data.auth_req_data.as_mut().expect("repeated");
        asked.auth_req_item.auth_tags.trans_ids.xid = Xid::new([9; 20]).into();
    });
    let other_xid = forge::with_header(&other_xid, |header| header.message_ids = None);
    assert_eq!(said(&mut cast, &other_xid).0, AuthRevCode::InvalidTransaction);
    assert_eq!(held_at(&cast, &key), 4200);
}

#[test]
fn what_was_captured_is_not_taken_back_and_what_was_taken_back_is_not_captured() {
    let mut cast = Cast::new();
    let key = authorized(&mut cast, eur(4200));
    let stands = cast.shop.states.clone();
    let auth_rev_req = void(&mut cast, eur(0));
    cast.shop.states = stands;
    let cap_req = cast.capture(ORDER, eur(4200));

    // The two gateways of the test have one register between them, as the machines of one have.
    let before = cast.gateway.register.clone();
    let done = cast.captures.request(&cap_req, &mut cast.world).expect("a good request");
    assert_eq!(done.own().len(), 1);
    cast.gateway.register.extend(cast.captures.register.clone());
    assert_eq!(said(&mut cast, &auth_rev_req), (AuthRevCode::InvalidTransaction, 4200));
    assert_eq!(held_at(&cast, &key), 4200);

    cast.gateway.register = before;
    assert_eq!(ask(&mut cast, &auth_rev_req).own().len(), 1);
    cast.captures.register = cast.gateway.register.clone();
    cast.captures.states.clear();
    let late = cast.captures.request(&cap_req, &mut cast.world).expect("an answer");
    assert!(late.own().is_empty() && late.answers(), "whoever uses the token first has it");
}

#[test]
fn the_merchant_is_told_that_the_issuer_is_silent_and_asks_again() {
    let mut cast = Cast::new();
    let key = authorized(&mut cast, eur(4200));
    let first = void(&mut cast, eur(3000));
    let done = ask(&mut cast, &first);
    assert!(done.effects.iter().any(|effect| matches!(effect, Asked::WakeAt(_))));
    let early = cast.gateway.command(&key, Input::Woke, &mut cast.world).expect("a wake-up");
    assert!(!early.answers(), "it is not time yet");
    cast.world.now = cast.world.now.plus_s(ISSUER_WITHIN_S);
    let late = cast.gateway.command(&key, Input::Woke, &mut cast.world).expect("a wake-up");
    assert_eq!(code(&cast, &late.reply()), (AuthRevCode::NoReply, 4200));
    tell(&mut cast, &late.reply());
    assert!(matches!(&cast.shop_stage(ORDER), merchant::Stage::Voiding(one) if one.is_unanswered));

    cast.world.now = cast.world.now.plus_s(AGAIN_S);
    let woke = merchant::purchase::Input::Woke;
    let second = cast.shop.command(ORDER, woke, &mut cast.world).expect("a wake-up").ask();
    let waits = ask(&mut cast, &second);
    assert!(waits.own().is_empty() && !waits.answers(), "the issuer is being told already");
    let auth_rev_res = issuer_ends(&mut cast, &key, ReversalOutcome::Undone);
    assert_eq!(code(&cast, &auth_rev_res), (AuthRevCode::Approved, 3000));
    tell(&mut cast, &auth_rev_res);
    let merchant::Stage::Authorized(held) = cast.shop_stage(ORDER) else { panic!("held") };
    assert_eq!(held.amount, eur(3000));
}

#[test]
fn whoever_missed_how_it_ended_is_told_again_with_the_new_token() {
    let mut cast = Cast::new();
    let key = authorized(&mut cast, eur(4200));
    let first = void(&mut cast, eur(3000));
    ask(&mut cast, &first);
    // Nobody waits any more when the issuer answers.
    cast.world.now = cast.world.now.plus_s(ISSUER_WITHIN_S);
    let told = cast.gateway.command(&key, Input::Woke, &mut cast.world).expect("a wake-up");
    tell(&mut cast, &told.reply());
    let ended = Input::Released(ReversalOutcome::Undone);
    let ended = cast.gateway.command(&key, ended, &mut cast.world).expect("an outcome");
    assert!(!ended.answers());
    let woke = merchant::purchase::Input::Woke;
    let second = cast.shop.command(ORDER, woke, &mut cast.world).expect("a wake-up").ask();
    let done = ask(&mut cast, &second);
    assert!(done.own().is_empty(), "the issuer is told once");
    assert_eq!(code(&cast, &done.reply()), (AuthRevCode::Approved, 3000));
    tell(&mut cast, &done.reply());
    cast.captures.register = cast.gateway.register.clone();
    let cap_req = cast.capture(ORDER, eur(3000));
    let taken = cast.captures.request(&cap_req, &mut cast.world).expect("a good request");
    assert_eq!(taken.own().len(), 1, "the new token is good");
}

#[test]
fn of_two_that_wait_the_first_is_told_that_there_is_no_answer_yet() {
    let mut cast = Cast::new();
    let key = authorized(&mut cast, eur(4200));
    let first = void(&mut cast, eur(0));
    ask(&mut cast, &first);
    let second = again(&cast, &first, 9, |_, _| ());
    let done = ask(&mut cast, &second);
    assert_eq!(code(&cast, &done.reply()).0, AuthRevCode::NoReply);
    let other = again(&cast, &first, 10, |data, _| data.auth_new_amt = eur(1000).into());
    assert_eq!(said(&mut cast, &other).0, AuthRevCode::InvalidTransaction);
    let auth_rev_res = issuer_ends(&mut cast, &key, ReversalOutcome::Undone);
    assert_eq!(code(&cast, &auth_rev_res).0, AuthRevCode::Approved);
}

#[test]
fn a_gateway_that_stopped_tells_the_issuer_the_same_again() {
    let mut cast = Cast::new();
    authorized(&mut cast, eur(4200));
    let auth_rev_req = void(&mut cast, eur(3000));
    let done = ask(&mut cast, &auth_rev_req);
    let [Effect::Release(first)] = done.own()[..] else { panic!("the issuer is told") };
    let note = GatewayAuthorization::note(done.own()[0]);
    let kept = serde_json::to_string(&note).expect("a note is stored");
    assert!(!kept.contains(CARD.pan));
    let again = GatewayAuthorization::interrupted(serde_json::from_str(&kept).expect("read back"));
    let again = cast.gateway.command(&done.key, again, &mut cast.world).expect("an outcome");
    let [Effect::Release(second)] = again.own()[..] else { panic!("the same again") };
    assert_eq!((&first.original, &first.trace), (&second.original, &second.trace));
    assert_eq!((first.amount, first.remains), (second.amount, second.remains));
    let ended = Input::Released(ReversalOutcome::Undone);
    cast.gateway.command(&done.key, ended, &mut cast.world).expect("an outcome");
    let late = Input::Released(ReversalOutcome::Undone);
    let late = cast.gateway.command(&done.key, late, &mut cast.world).expect("heard");
    assert!(late.effects.is_empty(), "a second outcome changes nothing");
    assert_eq!(held_at(&cast, &done.key), 3000);
}

#[test]
fn a_merchant_that_gave_up_leaves_nothing_held_whatever_the_issuer_says() {
    // Abuse: who stands between merchant and gateway makes the merchant give up while the issuer
    // holds the money.
    for suite in SUITES {
        for answer in [
            approved(),
            AuthorizationAnswer::Declined(DeclineReason::Declined),
            AuthorizationAnswer::NoAnswer,
        ] {
            let mut cast = Cast::in_suite(suite);
            let auth_req = cast.order(ORDER, eur(4200));
            let asked = cast.gateway.request(&auth_req, &mut cast.world).expect("a request");
            let auth_rev_req = void(&mut cast, eur(0));
            let merchant::Stage::Declined(one) = cast.shop_stage(ORDER) else { panic!("given up") };
            assert_eq!(one.verdict, Verdict::GivenUp);
            let waits = ask(&mut cast, &auth_rev_req);
            assert!(waits.own().is_empty() && !waits.answers(), "the issuer is asked already");
            let was_no = matches!(answer, AuthorizationAnswer::Declined(_));
            let input = Input::Answered { answer, asked: None };
            let done = cast.gateway.command(&asked.key, input, &mut cast.world).expect("heard");
            let auth_rev_res = if was_no {
                done.replies().pop().expect("both are answered")
            } else {
                assert!(matches!(done.own()[..], [Effect::Reverse(_)]));
                let end = Input::ReversalAcknowledged;
                cast.gateway.command(&asked.key, end, &mut cast.world).expect("an end").reply()
            };
            assert_eq!(code(&cast, &auth_rev_res), (AuthRevCode::Approved, 0));
            assert_eq!(spent(&cast), 0);
            // The answer that it waited for comes after all, and changes nothing.
            let auth_res = done.reply();
            let late = cast.shop.answer(ORDER, &auth_res, &mut cast.world).expect("taken");
            assert!(late.effects.is_empty());
            tell(&mut cast, &auth_rev_res);
            let undoing = cast.shop.state(ORDER).expect("an order").undoing;
            assert_eq!(undoing[0].outcome, Some(Undone::Said(AuthRevCode::Approved)));
            assert_eq!(inquired(&mut cast), Fact::Declined);
        }
    }
}

#[test]
fn a_merchant_that_heard_nothing_takes_back_what_was_authorized_without_a_token() {
    let mut cast = Cast::new();
    let auth_res = cast.approve(ORDER, eur(4200));
    let auth_rev_req = void(&mut cast, eur(0));
    let done = ask(&mut cast, &auth_rev_req);
    assert!(matches!(done.own()[..], [Effect::Release(_)]));
    let auth_rev_res = issuer_ends(&mut cast, &done.key, ReversalOutcome::Undone);
    tell(&mut cast, &auth_rev_res);
    cast.shop.answer(ORDER, &auth_res, &mut cast.world).expect("taken");
    assert!(matches!(cast.shop_stage(ORDER), merchant::Stage::Declined(_)));
    assert!(matches!(stage(&cast, &done.key), gateway::Stage::Voided { .. }));
}

#[test]
fn a_question_that_comes_after_it_was_taken_back_asks_no_bank() {
    for suite in SUITES {
        let mut cast = Cast::in_suite(suite);
        let auth_req = cast.order(ORDER, eur(4200));
        let auth_rev_req = void(&mut cast, eur(0));
        assert_eq!(said(&mut cast, &auth_rev_req), (AuthRevCode::Approved, 0));
        let late = cast.gateway.request(&auth_req, &mut cast.world).expect("an answer");
        assert!(late.own().is_empty() && late.answers(), "no bank is asked");
        assert_eq!((spent(&cast), stage(&cast, &late.key)), (0, gateway::Stage::Forestalled));
    }
}

#[test]
fn a_part_of_what_is_not_authorized_cannot_be_taken_back() {
    let mut cast = Cast::new();
    let auth_req = cast.order(ORDER, eur(4200));
    let auth_rev_req = void(&mut cast, eur(0));
    let part = again(&cast, &auth_rev_req, 1, |data, _| data.auth_new_amt = eur(1000).into());
    let unknown = cast.gateway.request(&part, &mut cast.world).err();
    assert_eq!(unknown, Some(Refusal::SenderNamedUnknownPurchase));
    let asked = cast.gateway.request(&auth_req, &mut cast.world).expect("a good request");
    let part = again(&cast, &auth_rev_req, 2, |data, _| data.auth_new_amt = eur(1000).into());
    assert_eq!(said(&mut cast, &part).0, AuthRevCode::InvalidTransaction);
    let no = AuthorizationAnswer::Declined(DeclineReason::Declined);
    cast.issuer_says(&asked.key, no);
    let part = again(&cast, &auth_rev_req, 3, |data, _| data.auth_new_amt = eur(1000).into());
    assert_eq!(said(&mut cast, &part).0, AuthRevCode::InvalidTransaction);
    assert_eq!(said(&mut cast, &auth_rev_req), (AuthRevCode::Approved, 0), "nothing is held");
}

#[test]
fn after_all_of_it_was_taken_back_the_consent_may_be_presented_once_more() {
    // A7.
    let mut cast = Cast::new();
    let auth_req = cast.order(ORDER, eur(4200));
    let first = cast.gateway.request(&auth_req, &mut cast.world).expect("a good request");
    let auth_res = cast.issuer_says(&first.key, approved());
    cast.shop.answer(ORDER, &auth_res, &mut cast.world).expect("a good answer");
    let pki = &cast.world.pki;
    let other_name = |pki, rrpid| {
        forge::auth_req(&auth_req, pki, &pki.house.merchant, |data, _| {
            data.auth_req_item.auth_tags.auth_rr_tags.rrpid = Rrpid::new([rrpid; 20]).into();
        })
    };
    let early = other_name(pki, 1);
    let (later, third) = (other_name(pki, 2), other_name(pki, 3));
    assert!(cast.gateway.request(&early, &mut cast.world).expect("an answer").own().is_empty());
    let auth_rev_req = void(&mut cast, eur(0));
    ask(&mut cast, &auth_rev_req);
    issuer_ends(&mut cast, &first.key, ReversalOutcome::Undone);
    let anew = cast.gateway.request(&later, &mut cast.world).expect("a good request");
    assert!(matches!(anew.own()[..], [Effect::AskAcquirer(_)]));
    assert!(cast.gateway.request(&third, &mut cast.world).expect("an answer").own().is_empty());
}

#[test]
fn the_merchant_believes_no_answer_that_is_another_s_or_says_another_amount() {
    let mut cast = Cast::new();
    let key = authorized(&mut cast, eur(4200));
    let auth_rev_req = void(&mut cast, eur(3000));
    ask(&mut cast, &auth_rev_req);
    let honest = issuer_ends(&mut cast, &key, ReversalOutcome::Undone);
    let pki = &cast.world.pki;
    let own = &pki.house.gateway.signature;
    let changed = |change: fn(&mut AuthRevResData)| forge::auth_rev_res(&honest, pki, own, change);
    let wrong = [
        forge::auth_rev_res(&honest, pki, &pki.house.other_gateway.signature, |_| ()),
        forge::auth_rev_res(&honest, pki, &pki.house.merchant.signature, |_| ()),
        changed(|data| data.auth_new_amt = eur(2999).into()),
        changed(|data| data.auth_new_amt = eur(4200).into()),
        changed(|data| data.auth_new_amt.currency = 840),
        // A yes to a part that brings no token.
        changed(|_| ()),
        changed(|data| data.auth_res_data_new.trans_ids.xid = Xid::new([1; 20]).into()),
        changed(|data| {
            let tags = &mut data.auth_rev_tags.auth_rev_rr_tags;
            tags.rrpid = Rrpid::new([1; 20]).into();
        }),
        changed(|data| {
            let number = MerchantId::parse("MAISON-002").expect("a number");
            data.auth_rev_tags.auth_rev_rr_tags.mer_term_ids.merchant_id = number.into();
        }),
    ];
    let before = cast.shop.states.clone();
    for (at, wrong) in wrong.into_iter().enumerate() {
        assert!(cast.shop.answer(ORDER, &wrong, &mut cast.world).is_err(), "{at}");
        assert_eq!(cast.shop.states, before, "{at}");
    }
    tell(&mut cast, &honest);
    assert!(cast.shop.answer(ORDER, &honest, &mut cast.world).is_err(), "once");
}

#[test]
fn nothing_is_given_up_that_does_not_stand() {
    let mut cast = Cast::new();
    cast.place(ORDER, eur(4200));
    let input = || merchant::purchase::Input::Void { remains: eur(0) };
    let unpaid = cast.shop.command(ORDER, input(), &mut cast.world).err();
    assert_eq!(unpaid, Some(Refusal::CommandOutOfTurn));
    let mut cast = Cast::new();
    authorized(&mut cast, eur(4200));
    let dollars = Money::new(1, Currency::from_code("USD").expect("known")).expect("an amount");
    let input_in = merchant::purchase::Input::Void { remains: dollars };
    assert!(cast.shop.command(ORDER, input_in, &mut cast.world).is_err());
    cast.capture(ORDER, eur(4200));
    let taken = cast.shop.command(ORDER, input(), &mut cast.world).err();
    assert_eq!(taken, Some(Refusal::CommandOutOfTurn));
    let mut cast = Cast::new();
    cast.order(ORDER, eur(4200));
    let part = merchant::purchase::Input::Void { remains: eur(100) };
    let unknown = cast.shop.command(ORDER, part, &mut cast.world).err();
    assert_eq!(unknown, Some(Refusal::CommandOutOfTurn), "nobody knows what is held");
}
