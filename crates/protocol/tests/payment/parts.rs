//! One consent, authorized in parts as the goods go out: as it should go, and as dishonest parties
//! would have it.

use openset_crypto::Suite;
use openset_protocol::{
    cardholder,
    gateway::{
        self, Policies, Policy,
        authorization::{GatewayAuthorization, Input as Told},
        capture,
    },
    merchant::{self, Plan, Purchase, Undone, Verdict, purchase::Input},
    refusal::Refusal,
    role::{Effect, Register},
    summary::Fact,
};
use openset_types::{
    AuthorizationAnswer, Currency, DeclineReason, MerchantId, Money, RefundKind, ReversalOutcome,
    Rrpid,
};
use openset_wire::{
    der::{decode, encode},
    error::ErrorCode,
    payment::{AuthCode, AuthReqData, Pi},
    types::FloatingPoint,
    wrapper::Message,
};

use crate::world::{self, Cast, Done, Party, approved, eur, forge, message};

const ORDER: &[u8] = b"1042";
const OTHER: &[u8] = b"1043";

fn shop_that_ships_in_parts(suite: Suite) -> Cast {
    Cast { plan: Plan::Parts { first: eur(3000) }, ..Cast::in_suite(suite) }
}

/// The first part of an order of forty-two euros is authorized: its key at the gateway.
fn first(cast: &mut Cast, order: &[u8]) -> Vec<u8> {
    let auth_req = cast.order(order, eur(4200));
    authorized(cast, order, &auth_req)
}

/// A part is asked for: AuthReq.
fn next(cast: &mut Cast, order: &[u8], amount: Money) -> Vec<u8> {
    let input = Input::Next { amount, is_sale: false };
    cast.shop.command(order, input, &mut cast.world).expect("more may be authorized").ask()
}

fn ask(cast: &mut Cast, auth_req: &[u8]) -> Done<GatewayAuthorization> {
    cast.gateway.request(auth_req, &mut cast.world).expect("a request")
}

/// The issuer agrees and the shop knows: the key at the gateway.
fn authorized(cast: &mut Cast, order: &[u8], auth_req: &[u8]) -> Vec<u8> {
    let done = ask(cast, auth_req);
    assert_eq!(done.own().len(), 1, "the issuer is asked once");
    let auth_res = cast.issuer_says(&done.key, approved());
    cast.shop.answer(order, &auth_res, &mut cast.world).expect("a good answer");
    done.key
}

/// The code that the gateway gives by itself.
fn code(cast: &mut Cast, auth_req: &[u8]) -> AuthCode {
    let done = ask(cast, auth_req);
    assert!(done.own().is_empty(), "no bank is asked");
    match cast.gateway.state(&done.key).expect("a record").stage {
        gateway::Stage::Refused { code } => code,
        other => panic!("refused by the gateway itself, not {other:?}"),
    }
}

fn purchase(cast: &Cast) -> Purchase {
    cast.shop.state(ORDER).expect("an order")
}

fn spent(cast: &Cast) -> usize {
    cast.gateway.register.iter().filter(|claim| claim.register == Register::Spent).count()
}

/// The same request under another name, with something else in it.
fn forged(
    cast: &Cast,
    auth_req: &[u8],
    name: u8,
    change: impl FnOnce(&mut AuthReqData, &mut Pi),
) -> Vec<u8> {
    let pki = &cast.world.pki;
    forge::auth_req(auth_req, pki, &pki.house.merchant, |data, pi| {
        data.auth_req_item.auth_tags.auth_rr_tags.rrpid = Rrpid::new([name; 20]).into();
        change(data, pi);
    })
}

fn of_so_much(data: &mut AuthReqData, amount: Money) {
    data.auth_req_item.auth_req_payload.auth_req_amt = amount.into();
}

/// The shop gives up what an authorization holds, all but so much.
fn void(cast: &mut Cast, authorization: Rrpid, remains: Money) {
    let command = Some(Box::new(Input::Void { remains }));
    let input = Input::Of { authorization, command };
    let rev_req = cast.shop.command(ORDER, input, &mut cast.world).expect("it stands").ask();
    let done = ask(cast, &rev_req);
    let told = Told::Released(ReversalOutcome::Undone);
    let rev_res = cast.gateway.command(&done.key, told, &mut cast.world).expect("undone").reply();
    cast.shop.answer(ORDER, &rev_res, &mut cast.world).expect("a good answer");
}

fn name_of(key: &[u8]) -> Rrpid {
    Rrpid::new(key.try_into().expect("twenty octets"))
}

#[test]
fn an_order_is_authorized_in_parts_until_nothing_is_left() {
    for suite in [Suite::Modern, Suite::Set10] {
        let mut cast = shop_that_ships_in_parts(suite);
        first(&mut cast, ORDER);
        for (amount, left) in [(eur(1000), Some(eur(200))), (eur(200), None)] {
            let auth_req = next(&mut cast, ORDER, amount);
            authorized(&mut cast, ORDER, &auth_req);
            assert_eq!(purchase(&cast).left(), left);
        }
        assert_eq!(purchase(&cast).authorized_in_all(), Ok(eur(4200)));
        assert_eq!((purchase(&cast).stages().count(), spent(&cast)), (3, 3));
        let input = Input::Next { amount: eur(1), is_sale: false };
        let more = cast.shop.command(ORDER, input, &mut cast.world);
        assert_eq!(more.err(), Some(Refusal::CommandOutOfTurn));
    }
}

#[test]
fn whoever_paid_is_told_how_much_of_the_order_is_authorized_and_taken() {
    let mut cast = shop_that_ships_in_parts(Suite::Modern);
    first(&mut cast, ORDER);
    let auth_req = next(&mut cast, ORDER, eur(1200));
    authorized(&mut cast, ORDER, &auth_req);
    take(&mut cast, eur(1200));
    let inquire = cardholder::purchase::Input::Inquire;
    let inq_req = cast.wallet.command(ORDER, inquire, &mut cast.world).expect("a question").ask();
    let inq_res = cast.shop.request(&inq_req, &mut cast.world).expect("an answer").reply();
    cast.wallet.answer(ORDER, &inq_res, &mut cast.world).expect("a good answer");
    let mut told = None;
    forge::inq_res(&inq_res, &cast.world.pki, |data| told = Some(data.p_res_payload_seq.clone()));
    let told = told.expect("an InqRes");
    let [payload] = &told[..] else { panic!("one purchase") };
    let results = payload.results.as_ref().expect("authorized");
    let authorized = results.auth_status.as_ref().expect("the issuer agreed");
    let taken = results.cap_status.as_ref().expect("a part was taken");
    assert_eq!(authorized.auth_ratio, FloatingPoint::ratio(1, 1));
    assert_eq!(taken.cap_ratio, FloatingPoint::ratio(1200, 4200));
    let summary = cast.wallet.state(ORDER).expect("a purchase").summary();
    assert_eq!(summary.fact, Fact::Captured);
}

/// The money of the part in front is taken.
fn take(cast: &mut Cast, amount: Money) {
    let cap_req = cast.capture(ORDER, amount);
    let done = cast.captures.request(&cap_req, &mut cast.world).expect("a good request");
    let [capture::Effect::AdviseCapture(advice)] = done.own()[..] else { panic!("told once") };
    let taken = capture::Input::Advised {
        retrieval: advice.trace.retrieval.clone(),
        answer: capture::AdviceAnswer::Taken,
    };
    let cap_res = cast.captures.command(&done.key, taken, &mut cast.world).expect("an outcome");
    cast.shop.answer(ORDER, &cap_res.reply(), &mut cast.world).expect("a good answer");
}

#[test]
fn each_part_is_taken_by_itself_whichever_is_in_front() {
    let mut cast = shop_that_ships_in_parts(Suite::Modern);
    let one = first(&mut cast, ORDER);
    let auth_req = next(&mut cast, ORDER, eur(1200));
    let two = authorized(&mut cast, ORDER, &auth_req);
    take(&mut cast, eur(1000));
    // An answer about the first comes while the second is in front.
    let command = Some(Box::new(Input::Capture { amount: eur(3000) }));
    let input = Input::Of { authorization: name_of(&one), command };
    let cap_req = cast.shop.command(ORDER, input, &mut cast.world).expect("held").ask();
    let done = cast.captures.request(&cap_req, &mut cast.world).expect("a good request");
    let [capture::Effect::AdviseCapture(advice)] = done.own()[..] else { panic!("told once") };
    let retrieval = advice.trace.retrieval.clone();
    let refund = Input::Refund { kind: RefundKind::Credit, amount: eur(100) };
    let command = Some(Box::new(refund));
    let back = Input::Of { authorization: name_of(&two), command };
    cast.shop.command(ORDER, back, &mut cast.world).expect("it was taken");
    let taken = capture::Input::Advised { retrieval, answer: capture::AdviceAnswer::Taken };
    let cap_res = cast.captures.command(&done.key, taken, &mut cast.world).expect("an outcome");
    cast.shop.answer(ORDER, &cap_res.reply(), &mut cast.world).expect("a good answer");
    assert_eq!(purchase(&cast).summary().captured, Some(eur(4000)));
    let unknown = Input::Of {
        authorization: Rrpid::new([7; 20]),
        command: Some(Box::new(Input::Capture { amount: eur(1) })),
    };
    let refused = cast.shop.command(ORDER, unknown, &mut cast.world).err();
    assert_eq!(refused, Some(Refusal::CommandOutOfTurn));
}

#[test]
fn a_token_is_used_once() {
    // A8: whoever holds the merchant's keys shows it again under another name.
    let mut cast = shop_that_ships_in_parts(Suite::Modern);
    first(&mut cast, ORDER);
    let auth_req = next(&mut cast, ORDER, eur(1000));
    let again = forged(&cast, &auth_req, 7, |data, _| of_so_much(data, eur(200)));
    let early = forged(&cast, &auth_req, 8, |_, _| {});
    authorized(&mut cast, ORDER, &auth_req);
    for replayed in [again, early] {
        assert_eq!(code(&mut cast, &replayed), AuthCode::PiPreviouslyUsed);
    }
    assert_eq!(spent(&cast), 2);
}

#[test]
fn no_part_makes_the_sum_more_than_was_agreed_nor_another_currency_nor_nothing() {
    // Abuse case 5.
    let mut cast = shop_that_ships_in_parts(Suite::Modern);
    first(&mut cast, ORDER);
    for amount in [eur(1201), eur(0), eur(4200)] {
        let input = Input::Next { amount, is_sale: false };
        let refused = cast.shop.command(ORDER, input, &mut cast.world).err();
        assert_eq!(refused, Some(Refusal::MerchantAskedForNoAmount), "the shop itself knows");
    }
    let auth_req = next(&mut cast, ORDER, eur(1200));
    let dollars = Money::new(100, Currency::from_code("USD").expect("known")).expect("an amount");
    for (name, amount) in [(1, eur(1201)), (2, eur(u64::from(u32::MAX))), (3, eur(0)), (4, dollars)]
    {
        let more = forged(&cast, &auth_req, name, |data, _| of_so_much(data, amount));
        assert_eq!(code(&mut cast, &more), AuthCode::AmountError, "{amount}");
    }
    authorized(&mut cast, ORDER, &auth_req);
}

#[test]
fn a_policy_says_how_much_more_is_tolerated_in_all() {
    let mut cast = shop_that_ships_in_parts(Suite::Modern);
    cast.gateway.standing.policies = all(Policy { tolerance_percent: 10, ..Policy::default() });
    first(&mut cast, ORDER);
    let auth_req = next(&mut cast, ORDER, eur(1200));
    let too_much = forged(&cast, &auth_req, 1, |data, _| of_so_much(data, eur(1621)));
    assert_eq!(code(&mut cast, &too_much), AuthCode::AmountError);
    let freight = forged(&cast, &auth_req, 2, |data, _| of_so_much(data, eur(1620)));
    assert_eq!(ask(&mut cast, &freight).own().len(), 1, "the issuer is asked");
}

fn all(general: Policy) -> Policies {
    Policies { general, ..Policies::default() }
}

#[test]
fn the_token_of_another_purchase_or_merchant_is_not_this_one_s() {
    // A3, A8.
    let mut cast = shop_that_ships_in_parts(Suite::Modern);
    first(&mut cast, ORDER);
    first(&mut cast, OTHER);
    let (mine, others) = (next(&mut cast, ORDER, eur(100)), next(&mut cast, OTHER, eur(100)));
    let token = |octets: &[u8]| {
        let Message::AuthReq(request) = message(octets) else { panic!("an AuthReq") };
        request.baggage.into_value()
    };
    let swapped = forged(&cast, &mine, 1, |_, pi| *pi = token(&others));
    assert_eq!(code(&mut cast, &swapped), AuthCode::PiAuthMismatch);
    let pki = &cast.world.pki;
    let by_another = forge::auth_req(&mine, pki, &pki.house.other_merchant, |data, _| {
        let tags = &mut data.auth_req_item.auth_tags.auth_rr_tags;
        tags.rrpid = Rrpid::new([2; 20]).into();
        let number = MerchantId::parse("MAISON-002").expect("a number");
        tags.mer_term_ids.merchant_id = number.into();
    });
    assert_eq!(code(&mut cast, &by_another), AuthCode::PiAuthMismatch);
    let with_digests = forged(&cast, &mine, 3, |data, _| {
        let order = cast_digests(&cast);
        data.auth_req_item.check_digests = Some(order);
    });
    assert_eq!(code(&mut cast, &with_digests), AuthCode::PiAuthMismatch);
}

/// Digests as the first request has them.
fn cast_digests(cast: &Cast) -> openset_wire::payment::CheckDigests {
    let Some(merchant::Stage::Authorized(first)) = purchase(cast).others.first().cloned() else {
        panic!("the first part is behind");
    };
    let asked = first.asked.expect("it may be given up");
    let data: AuthReqData = decode(asked.data.as_ref()).expect("what was asked");
    data.auth_req_item.check_digests.expect("payment instructions have some")
}

#[test]
fn a_token_that_was_cut_or_changed_or_is_another_gateway_s_opens_nothing() {
    for suite in [Suite::Modern, Suite::Set10] {
        let mut cast = shop_that_ships_in_parts(suite);
        first(&mut cast, ORDER);
        let auth_req = next(&mut cast, ORDER, eur(100));
        for (name, place) in [(1, 40), (2, 200), (3, 600)] {
            let changed = forged(&cast, &auth_req, name, |_, pi| {
                let mut octets = encode(pi).expect("encodable");
                let place = octets.len() - place;
                octets[place] ^= 1;
                if let Ok(changed) = decode(&octets) {
                    *pi = changed;
                }
            });
            assert_eq!(code(&mut cast, &changed), AuthCode::InvalidTransaction, "{place}");
        }
        let pki = &cast.world.pki;
        let second = &pki.house.other_gateway;
        let sealed_anew =
            forge::auth_req_for(&auth_req, pki, &pki.house.merchant, second, |_, _| {});
        let mut gateway: Party<GatewayAuthorization> =
            Party::new(world::gateway(&pki.house, second), pki.trust());
        let done = gateway.request(&sealed_anew, &mut cast.world).expect("a request");
        assert!(done.own().is_empty(), "no bank is asked");
        let stage = gateway.state(&done.key).expect("a record").stage;
        assert_eq!(stage, gateway::Stage::Refused { code: AuthCode::InvalidTransaction });
    }
}

#[test]
fn a_capture_token_is_no_token_for_another_authorization() {
    let mut cast = shop_that_ships_in_parts(Suite::Modern);
    first(&mut cast, ORDER);
    let merchant::Stage::Authorized(held) = cast.shop_stage(ORDER) else { panic!("held") };
    let auth_req = next(&mut cast, ORDER, eur(100));
    let wrong = forged(&cast, &auth_req, 1, |_, pi| {
        // The same envelope, where the other one stands.
        let cap_token = held.cap_token.as_ref();
        let mut octets = cap_token.to_vec();
        octets[0] = encode(pi).expect("encodable")[0];
        *pi = decode(&octets).expect("both are envelopes");
    });
    assert_eq!(code(&mut cast, &wrong), AuthCode::InvalidTransaction);
}

#[test]
fn a_token_ends_and_so_does_the_policy_that_allowed_it() {
    for (policy, lasts_s) in [
        (Policy { parts_last_s: 60, ..Policy::default() }, 60),
        // Abuse case 10: who said nothing of later payments is asked again after a month.
        (Policy::default(), 31 * 86_400),
    ] {
        let mut cast = shop_that_ships_in_parts(Suite::Modern);
        cast.gateway.standing.policies = all(policy);
        first(&mut cast, ORDER);
        cast.world.now = cast.world.now.plus_s(lasts_s + 1);
        let auth_req = next(&mut cast, ORDER, eur(100));
        assert_eq!(code(&mut cast, &auth_req), AuthCode::InvalidTransaction);
    }

    let mut cast = shop_that_ships_in_parts(Suite::Modern);
    first(&mut cast, ORDER);
    cast.gateway.standing.policies = all(Policy { tokens: false, ..Policy::default() });
    let auth_req = next(&mut cast, ORDER, eur(100));
    assert_eq!(code(&mut cast, &auth_req), AuthCode::InvalidTransaction);
    let another = cast.order(OTHER, eur(4200));
    assert_eq!(code(&mut cast, &another), AuthCode::InvalidTransaction, "nor a first part");
}

#[test]
fn a_part_that_is_declined_leaves_all_else_as_it_was_and_may_be_asked_for_again() {
    let mut cast = shop_that_ships_in_parts(Suite::Modern);
    first(&mut cast, ORDER);
    let auth_req = next(&mut cast, ORDER, eur(1200));
    let done = ask(&mut cast, &auth_req);
    let no = AuthorizationAnswer::Declined(DeclineReason::Declined);
    let auth_res = cast.issuer_says(&done.key, no);
    let done = cast.shop.answer(ORDER, &auth_res, &mut cast.world).expect("an answer");
    assert!(!done.answers(), "nobody waits");
    assert!(matches!(cast.shop_stage(ORDER), merchant::Stage::Authorized(_)));
    let because = Some(Verdict::Because(AuthCode::Declined));
    assert_eq!((purchase(&cast).left(), purchase(&cast).next_refused), (Some(eur(1200)), because));
    let auth_req = next(&mut cast, ORDER, eur(1000));
    authorized(&mut cast, ORDER, &auth_req);
    assert_eq!(purchase(&cast).next_refused, None);
}

#[test]
fn a_part_that_was_given_up_gives_its_token_back_and_the_one_after_it_is_dead() {
    let mut cast = shop_that_ships_in_parts(Suite::Modern);
    first(&mut cast, ORDER);
    let auth_req = next(&mut cast, ORDER, eur(1000));
    let second = authorized(&mut cast, ORDER, &auth_req);
    let after_it = next_without_sending(&cast);
    void(&mut cast, name_of(&second), eur(0));
    assert_eq!((purchase(&cast).left(), spent(&cast)), (Some(eur(1200)), 2));
    let again = next(&mut cast, ORDER, eur(1200));
    // A dishonest merchant shows the token of what it gave up.
    let dead = forged(&cast, &again, 9, |data, pi| {
        *pi = after_it;
        of_so_much(data, eur(100));
    });
    assert_eq!(code(&mut cast, &dead), AuthCode::PiPreviouslyUsed);
    authorized(&mut cast, ORDER, &again);
    assert_eq!(purchase(&cast).authorized_in_all(), Ok(eur(4200)));
}

#[test]
fn the_last_part_that_was_given_up_may_be_asked_for_again() {
    let mut cast = shop_that_ships_in_parts(Suite::Modern);
    first(&mut cast, ORDER);
    let auth_req = next(&mut cast, ORDER, eur(1200));
    let last = authorized(&mut cast, ORDER, &auth_req);
    assert_eq!(purchase(&cast).left(), None);
    void(&mut cast, name_of(&last), eur(0));
    assert_eq!((purchase(&cast).left(), spent(&cast)), (Some(eur(1200)), 1));
    let again = next(&mut cast, ORDER, eur(1200));
    authorized(&mut cast, ORDER, &again);
    assert_eq!(purchase(&cast).authorized_in_all(), Ok(eur(4200)));
    assert_eq!((purchase(&cast).left(), spent(&cast)), (None, 2));
}

#[test]
fn a_part_that_was_given_up_while_the_last_stands_on_it_gives_no_token_back() {
    let mut cast = shop_that_ships_in_parts(Suite::Modern);
    first(&mut cast, ORDER);
    let auth_req = next(&mut cast, ORDER, eur(1000));
    let between = authorized(&mut cast, ORDER, &auth_req);
    let auth_req = next(&mut cast, ORDER, eur(200));
    authorized(&mut cast, ORDER, &auth_req);
    void(&mut cast, name_of(&between), eur(0));
    assert_eq!((purchase(&cast).left(), purchase(&cast).next), (None, None));
    let input = Input::Next { amount: eur(1000), is_sale: false };
    let more = cast.shop.command(ORDER, input, &mut cast.world);
    assert_eq!(more.err(), Some(Refusal::CommandOutOfTurn));
}

#[test]
fn an_error_to_a_part_that_was_given_up_is_heard_behind_one_whose_money_was_taken() {
    let mut cast = shop_that_ships_in_parts(Suite::Modern);
    first(&mut cast, ORDER);
    take(&mut cast, eur(3000));
    next(&mut cast, ORDER, eur(1200));
    let given_up = Input::Void { remains: eur(0) };
    let rev_req = cast.shop.command(ORDER, given_up, &mut cast.world).expect("unanswered").ask();
    assert!(matches!(cast.shop_stage(ORDER), merchant::Stage::Captured(_)));
    let Message::AuthRevReq(_) = message(&rev_req) else { panic!("an AuthRevReq") };
    let [undoing] = &purchase(&cast).undoing[..] else { panic!("one is given up") };
    let code = ErrorCode::UnspecifiedFailure;
    let no = Input::GatewayRefused { rrpid: undoing.rrpid, code };
    cast.shop.command(ORDER, no, &mut cast.world).expect("heard");
    assert_eq!(purchase(&cast).undoing[0].outcome, Some(Undone::WithError));
    let stranger = Input::GatewayRefused { rrpid: Rrpid::new([9; 20]), code };
    let heard = cast.shop.command(ORDER, stranger, &mut cast.world).err();
    assert_eq!(heard, Some(Refusal::GatewayAnsweredAnother));
}

/// The token that the shop would show next.
fn next_without_sending(cast: &Cast) -> Pi {
    let next = purchase(cast).next.expect("more may be authorized");
    decode(next.token.as_ref()).expect("as it is shown")
}

#[test]
fn a_consent_on_which_a_part_stands_is_not_presented_again() {
    let mut cast = shop_that_ships_in_parts(Suite::Modern);
    let consent = cast.order(ORDER, eur(4200));
    let one = authorized(&mut cast, ORDER, &consent);
    let auth_req = next(&mut cast, ORDER, eur(1000));
    authorized(&mut cast, ORDER, &auth_req);
    void(&mut cast, name_of(&one), eur(0));
    let again = forged(&cast, &consent, 7, |_, _| {});
    assert_eq!(code(&mut cast, &again), AuthCode::PiPreviouslyUsed);
}

#[test]
fn a_part_that_was_lowered_has_a_new_token_and_the_rest_may_be_authorized() {
    for suite in [Suite::Modern, Suite::Set10] {
        let mut cast = shop_that_ships_in_parts(suite);
        let one = first(&mut cast, ORDER);
        let old = next_without_sending(&cast);
        void(&mut cast, name_of(&one), eur(2000));
        assert_eq!(purchase(&cast).left(), Some(eur(2200)));
        let auth_req = next(&mut cast, ORDER, eur(2200));
        let with_old = forged(&cast, &auth_req, 7, |data, pi| {
            *pi = old;
            of_so_much(data, eur(1200));
        });
        assert_eq!(code(&mut cast, &with_old), AuthCode::PiPreviouslyUsed);
        authorized(&mut cast, ORDER, &auth_req);
    }
}

#[test]
fn a_part_that_is_lowered_while_another_stands_on_it_gives_no_token_twice() {
    let mut cast = shop_that_ships_in_parts(Suite::Modern);
    let one = first(&mut cast, ORDER);
    let auth_req = next(&mut cast, ORDER, eur(1000));
    authorized(&mut cast, ORDER, &auth_req);
    let before = purchase(&cast).next;
    void(&mut cast, name_of(&one), eur(100));
    assert_eq!(purchase(&cast).next, before, "the token of the second stands");
    let consent = cast.gateway.state(&one).expect("a record").question.further;
    assert!(consent.is_some_and(|further| further.is_used));
}

#[test]
fn an_issuer_that_keeps_what_was_given_up_leaves_the_token_usable() {
    let mut cast = shop_that_ships_in_parts(Suite::Modern);
    let one = first(&mut cast, ORDER);
    let input = Input::Void { remains: eur(0) };
    let rev_req = cast.shop.command(ORDER, input, &mut cast.world).expect("it stands").ask();
    ask(&mut cast, &rev_req);
    assert_eq!(spent(&cast), 2, "nobody builds on what is taken back");
    let told = Told::Released(ReversalOutcome::Refused(DeclineReason::InvalidTransaction));
    let rev_res = cast.gateway.command(&one, told, &mut cast.world).expect("kept").reply();
    cast.shop.answer(ORDER, &rev_res, &mut cast.world).expect("a good answer");
    assert_eq!(spent(&cast), 1);
    let auth_req = next(&mut cast, ORDER, eur(1200));
    authorized(&mut cast, ORDER, &auth_req);
}

#[test]
fn a_part_is_taken_with_its_authorization_where_the_shop_says_so() {
    let mut cast = shop_that_ships_in_parts(Suite::Modern);
    first(&mut cast, ORDER);
    let input = Input::Next { amount: eur(1000), is_sale: true };
    let auth_req = cast.shop.command(ORDER, input, &mut cast.world).expect("more").ask();
    let done = ask(&mut cast, &auth_req);
    let yes = Told::Answered { answer: approved(), asked: None };
    cast.gateway.command(&done.key, yes, &mut cast.world).expect("an answer");
    let taken = Told::Taken(capture::AdviceAnswer::Taken);
    let auth_res = cast.gateway.command(&done.key, taken, &mut cast.world).expect("taken").reply();
    cast.shop.answer(ORDER, &auth_res, &mut cast.world).expect("a good answer");
    assert!(matches!(cast.shop_stage(ORDER), merchant::Stage::Captured(_)));
    assert_eq!(purchase(&cast).left(), Some(eur(200)), "its token came with it");
}

#[test]
fn two_parts_are_not_asked_for_at_once_and_nobody_else_may_pay_meanwhile() {
    let mut cast = shop_that_ships_in_parts(Suite::Modern);
    first(&mut cast, ORDER);
    next(&mut cast, ORDER, eur(100));
    let input = Input::Next { amount: eur(100), is_sale: false };
    let second = cast.shop.command(ORDER, input, &mut cast.world);
    assert_eq!(second.err(), Some(Refusal::CommandOutOfTurn));
    cast.wallet.states.clear();
    let p_init_req = cast.begin(ORDER, eur(4200));
    let another = cast.shop.request(&p_init_req, &mut cast.world);
    assert_eq!(another.err(), Some(Refusal::CardholderPaidAlready));
}

#[test]
fn an_issuer_that_says_nothing_about_a_part_is_reversed_with_the_card_of_its_token() {
    for suite in [Suite::Modern, Suite::Set10] {
        let mut cast = shop_that_ships_in_parts(suite);
        first(&mut cast, ORDER);
        let auth_req = next(&mut cast, ORDER, eur(1000));
        let done = ask(&mut cast, &auth_req);
        let silent = Told::Answered { answer: AuthorizationAnswer::NoAnswer, asked: None };
        let lost = cast.gateway.command(&done.key, silent, &mut cast.world).expect("an outcome");
        assert!(lost.effects.iter().any(|effect| matches!(effect, Effect::Own(_))));
        cast.gateway
            .command(&done.key, Told::ReversalAcknowledged, &mut cast.world)
            .expect("an end");
        assert_eq!(spent(&cast), 1, "the token may be shown again");
    }
}

#[test]
fn a_plan_whose_first_part_is_nothing_or_more_than_the_order_is_refused() {
    for first in [eur(0), eur(4201)] {
        let mut cast = Cast::new();
        let order = merchant::Order {
            lid_m: openset_types::LidM::new(ORDER).expect("a label"),
            description: world::DESCRIPTION.into(),
            amount: eur(4200),
            plan: Plan::Parts { first },
        };
        let refused = cast.shop.command(ORDER, Input::Placed(order), &mut cast.world).err();
        assert_eq!(refused, Some(Refusal::MerchantAskedForNoAmount));
    }
}
