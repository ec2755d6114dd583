//! A purchase, stepped by hand through all machines.

use openset_protocol::{
    cardholder::{self, Abandoned},
    gateway::{authorization, capture},
    merchant::{self, CaptureRefused, Verdict},
    refusal::Refusal,
    role::Effect,
    summary::Fact,
};
use openset_types::{AuthorizationAnswer, DeclineReason};
use openset_wire::payment::{AuthCode, CompletionCode};

use crate::world::{self, Cast, approved, eur, pki::CARD};

const ORDER: &[u8] = b"1042";

#[test]
fn a_purchase_goes_from_the_order_to_the_money() {
    let mut cast = Cast::new();
    let p_res = cast.authorize(ORDER, eur(4200));
    cast.wallet.answer(ORDER, &p_res, &mut cast.world).expect("a good receipt");
    let cardholder::Stage::Answered(ordered) = cast.wallet_stage(ORDER) else {
        panic!("the wallet has its answer");
    };
    let answer = ordered.answer.expect("what the merchant said");
    assert_eq!(answer.completion, CompletionCode::AuthorizationPerformed);
    assert_eq!(answer.fact(), Some(Fact::Authorized));

    let cap_req = cast.capture(ORDER, eur(4200));
    let done = cast.captures.request(&cap_req, &mut cast.world).expect("a good request");
    let [capture::Effect::AdviseCapture(advice)] = done.own()[..] else {
        panic!("the acquirer is told once");
    };
    assert_eq!(advice.amount, eur(4200));
    assert_eq!(advice.approval_code.as_str(), "4K7Q21");
    assert_eq!(advice.issuer, CARD.bin());
    let taken = capture::Input::Advised {
        retrieval: advice.trace.retrieval.clone(),
        answer: capture::AdviceAnswer::Taken,
    };
    let cap_res = cast.captures.command(&done.key, taken, &mut cast.world);
    let cap_res = cap_res.expect("an outcome").reply();
    cast.shop.answer(ORDER, &cap_res, &mut cast.world).expect("a good answer");
    let shop = cast.shop.state(ORDER).expect("an order").summary();
    assert_eq!((shop.fact, shop.captured), (Fact::Captured, Some(eur(4200))));
}

#[test]
fn the_consent_shows_what_the_certificates_say() {
    let mut cast = Cast::new();
    let p_init_res = cast.offer(ORDER, eur(4200));
    cast.wallet.answer(ORDER, &p_init_res, &mut cast.world).expect("a good offer");
    let summary = cast.wallet.state(ORDER).expect("a purchase").consent_summary();
    let summary = summary.expect("something to decide");
    assert_eq!(summary.merchant.name, "Atelier Lumen");
    assert_eq!(summary.merchant.city, "Lyon");
    assert_eq!(summary.merchant.certified_by, "MCA");
    assert_eq!(summary.gateway, "Demo Gateway");
    assert_eq!(summary.amount, eur(4200));
    assert_eq!(summary.description, "1 x Lighthouse poster, 50 x 70 cm");
}

#[test]
fn the_gateway_stores_no_order_and_the_merchant_no_card() {
    let mut cast = Cast::new();
    cast.authorize(ORDER, eur(4200));
    let gateway: String = cast.gateway.states.values().cloned().collect();
    let shop: String = cast.shop.states.values().cloned().collect();
    assert!(!gateway.contains("Lighthouse") && !gateway.contains("TGlnaHRob3VzZ"));
    assert!(!shop.contains(CARD.pan));
}

#[test]
fn a_decline_is_an_answer_and_another_attempt_may_follow() {
    let mut cast = Cast::new();
    let auth_req = cast.order(ORDER, eur(4200));
    let done = cast.gateway.request(&auth_req, &mut cast.world).expect("a good request");
    let no = AuthorizationAnswer::Declined(DeclineReason::ExpiredCard);
    let auth_res = cast.issuer_says(&done.key, no);
    let p_res = cast.shop.answer(ORDER, &auth_res, &mut cast.world).expect("an answer").reply();
    cast.wallet.answer(ORDER, &p_res, &mut cast.world).expect("a good receipt");
    assert_eq!(cast.wallet.state(ORDER).expect("a purchase").summary().fact, Fact::Declined);
    let merchant::Stage::Declined(declined) = cast.shop_stage(ORDER) else { panic!("declined") };
    assert_eq!(declined.verdict, Verdict::Because(AuthCode::ExpiredCard));

    cast.wallet.states.clear();
    let p_init_req = cast.begin(ORDER, eur(4200));
    cast.shop.request(&p_init_req, &mut cast.world).expect("another offer");
}

#[test]
fn an_order_that_is_paid_is_not_offered_again() {
    let mut cast = Cast::new();
    cast.authorize(ORDER, eur(4200));
    cast.wallet.states.clear();
    let p_init_req = cast.begin(ORDER, eur(4200));
    let again = cast.shop.request(&p_init_req, &mut cast.world);
    assert_eq!(again.err(), Some(Refusal::CardholderPaidAlready));
}

#[test]
fn the_cardholder_is_answered_before_the_bank_and_asks_again() {
    // A24: "received" is not "paid", and the inquiry tells the truth.
    let mut cast = Cast::new();
    let auth_req = cast.order(ORDER, eur(4200));
    let woke = cast.shop.command(ORDER, merchant::purchase::Input::Woke, &mut cast.world);
    let p_res = woke.expect("a wake-up").reply();
    let heard = cast.wallet.answer(ORDER, &p_res, &mut cast.world).expect("a good answer");
    assert!(heard.effects.iter().any(|effect| matches!(effect, Effect::WakeAt(_))));
    assert_eq!(cast.wallet.state(ORDER).expect("a purchase").summary().fact, Fact::Received);

    let done = cast.gateway.request(&auth_req, &mut cast.world).expect("a good request");
    let auth_res = cast.issuer_says(&done.key, approved());
    let late = cast.shop.answer(ORDER, &auth_res, &mut cast.world).expect("a good answer");
    assert!(!late.answers(), "the order was answered already");

    let woke = cast.wallet.command(ORDER, cardholder::purchase::Input::Woke, &mut cast.world);
    let inq_req = woke.expect("an inquiry").ask();
    let inq_res = cast.shop.request(&inq_req, &mut cast.world).expect("an answer").reply();
    cast.wallet.answer(ORDER, &inq_res, &mut cast.world).expect("a good answer");
    assert_eq!(cast.wallet.state(ORDER).expect("a purchase").summary().fact, Fact::Authorized);
}

#[test]
fn a_wallet_that_hears_nothing_before_it_signs_gives_up() {
    let mut cast = Cast::new();
    cast.start(ORDER, eur(4200));
    let input = cardholder::purchase::Input::Woke;
    cast.wallet.command(ORDER, input, &mut cast.world).expect("a wake-up");
    let expected = cardholder::Stage::Abandoned(Abandoned::WithoutAnswer);
    assert_eq!(cast.wallet_stage(ORDER), expected);
}

#[test]
fn an_owner_may_say_no_until_the_order_is_signed() {
    let mut cast = Cast::new();
    cast.consent(ORDER, eur(4200));
    let no = cast.wallet.command(ORDER, cardholder::purchase::Input::Declined, &mut cast.world);
    assert_eq!(no.err(), Some(Refusal::CommandOutOfTurn));
    let mut cast = Cast::new();
    cast.start(ORDER, eur(4200));
    let input = cardholder::purchase::Input::Declined;
    cast.wallet.command(ORDER, input, &mut cast.world).expect("a no");
    assert_eq!(cast.wallet_stage(ORDER), cardholder::Stage::Abandoned(Abandoned::ByOwner));
}

#[test]
fn an_issuer_that_says_nothing_is_reversed_and_a_late_yes_changes_nothing() {
    // Abuse case 12.
    let mut cast = Cast::new();
    let auth_req = cast.order(ORDER, eur(4200));
    let asked = cast.gateway.request(&auth_req, &mut cast.world).expect("a good request");
    let input =
        authorization::Input::Answered { answer: AuthorizationAnswer::NoAnswer, asked: None };
    let done = cast.gateway.command(&asked.key, input, &mut cast.world).expect("an outcome");
    assert!(matches!(done.own()[..], [authorization::Effect::Reverse(_)]));
    let auth_res = done.reply();
    cast.shop.answer(ORDER, &auth_res, &mut cast.world).expect("a good answer");
    let merchant::Stage::Declined(declined) = cast.shop_stage(ORDER) else { panic!("declined") };
    assert_eq!(declined.verdict, Verdict::Because(AuthCode::NoReply));

    let late = authorization::Input::Answered { answer: approved(), asked: None };
    let late = cast.gateway.command(&asked.key, late, &mut cast.world).expect("heard");
    assert!(late.effects.is_empty(), "a late yes does not revive it");
    assert_eq!(cast.gateway.register.iter().filter(is_spent).count(), 1);
    let input = authorization::Input::ReversalAcknowledged;
    cast.gateway.command(&asked.key, input, &mut cast.world).expect("an end");
    assert_eq!(cast.gateway.register.iter().filter(is_spent).count(), 0);
}

#[test]
fn a_gateway_that_stopped_while_asking_reverses() {
    // C1: after a crash nobody knows what the issuer holds.
    let mut cast = Cast::new();
    let auth_req = cast.order(ORDER, eur(4200));
    let asked = cast.gateway.request(&auth_req, &mut cast.world).expect("a good request");
    let done = cast.gateway.command(&asked.key, interrupted(&asked), &mut cast.world);
    let done = done.expect("an outcome");
    let [authorization::Effect::Reverse(advice)] = done.own()[..] else { panic!("a reversal") };
    let again = cast.gateway.command(&asked.key, interrupted(&done), &mut cast.world);
    let again = again.expect("an outcome");
    let [authorization::Effect::Reverse(repeated)] = again.own()[..] else { panic!("again") };
    assert_eq!((&advice.original, &advice.trace), (&repeated.original, &repeated.trace));
}

#[test]
fn a_late_answer_to_what_nobody_waits_for_is_taken_and_changes_nothing() {
    // Were it refused, the wallet would ask for it again for ever.
    let mut cast = Cast::new();
    let p_init_req = cast.start(ORDER, eur(4200));
    let input = cardholder::purchase::Input::Woke;
    cast.wallet.command(ORDER, input, &mut cast.world).expect("a wake-up");
    let p_init_res = cast.shop.request(&p_init_req, &mut cast.world).expect("an offer").reply();
    cast.wallet.answer(ORDER, &p_init_res, &mut cast.world).expect("taken");
    let expected = cardholder::Stage::Abandoned(Abandoned::WithoutAnswer);
    assert_eq!(cast.wallet_stage(ORDER), expected);

    let mut cast = Cast::new();
    cast.order(ORDER, eur(4200));
    let inquire = || cardholder::purchase::Input::Inquire;
    let first = cast.wallet.command(ORDER, inquire(), &mut cast.world).expect("a question").ask();
    cast.wallet.command(ORDER, inquire(), &mut cast.world).expect("another");
    let late = cast.shop.request(&first, &mut cast.world).expect("an answer").reply();
    let before = cast.wallet_stage(ORDER);
    cast.wallet.answer(ORDER, &late, &mut cast.world).expect("taken");
    assert_eq!(cast.wallet_stage(ORDER), before);
}

#[test]
fn whoever_was_declined_is_told_so_after_another_has_paid() {
    // A24: the truth, also about a consent that another has replaced.
    let mut cast = Cast::new();
    let auth_req = cast.order(ORDER, eur(4200));
    let done = cast.gateway.request(&auth_req, &mut cast.world).expect("a good request");
    let no = AuthorizationAnswer::Declined(DeclineReason::Declined);
    let auth_res = cast.issuer_says(&done.key, no);
    cast.shop.answer(ORDER, &auth_res, &mut cast.world).expect("a good answer");

    let second = b"another wallet";
    let start = Box::new(cast.starting(ORDER, eur(4200)));
    let input = cardholder::purchase::Input::Start(start);
    let p_init_req = cast.wallet.command(second, input, &mut cast.world).expect("begun").ask();
    let offer = cast.shop.request(&p_init_req, &mut cast.world).expect("an offer").reply();
    cast.wallet.answer(second, &offer, &mut cast.world).expect("a good offer");
    let p_req = cast.sign(second);
    cast.shop.request(&p_req, &mut cast.world).expect("a good order");

    let input = cardholder::purchase::Input::Inquire;
    let inq_req = cast.wallet.command(ORDER, input, &mut cast.world).expect("a question").ask();
    let inq_res = cast.shop.request(&inq_req, &mut cast.world).expect("an answer").reply();
    cast.wallet.answer(ORDER, &inq_res, &mut cast.world).expect("a good answer");
    assert_eq!(cast.wallet.state(ORDER).expect("a purchase").summary().fact, Fact::Declined);
}

#[test]
fn a_capture_that_the_acquirer_will_not_take_leaves_the_money_held() {
    let mut cast = Cast::new();
    cast.authorize(ORDER, eur(4200));
    let cap_req = cast.capture(ORDER, eur(1000));
    let done = cast.captures.request(&cap_req, &mut cast.world).expect("a good request");
    let [capture::Effect::AdviseCapture(advice)] = done.own()[..] else { panic!("told once") };
    let no = capture::Input::Advised {
        retrieval: advice.trace.retrieval.clone(),
        answer: capture::AdviceAnswer::Refused,
    };
    let cap_res = cast.captures.command(&done.key, no, &mut cast.world).expect("an outcome");
    cast.shop.answer(ORDER, &cap_res.reply(), &mut cast.world).expect("a good answer");
    let merchant::Stage::Authorized(authorized) = cast.shop_stage(ORDER) else { panic!("held") };
    assert!(matches!(authorized.capture_refused, Some(CaptureRefused::Because(_))));
}

fn is_spent(claim: &&openset_protocol::role::Claim) -> bool {
    claim.register == openset_protocol::role::Register::Spent
}

fn interrupted(done: &world::Done<authorization::GatewayAuthorization>) -> authorization::Input {
    use openset_protocol::role::Machine;
    let note = authorization::GatewayAuthorization::note(done.own()[0]);
    let kept = serde_json::to_string(&note).expect("a note is stored");
    assert!(!kept.contains(CARD.pan));
    let note = serde_json::from_str(&kept).expect("and read back");
    authorization::GatewayAuthorization::interrupted(note)
}
