//! Money given back, on calm days and in bad weather. Proves: it comes back to the card to the
//! cent; a capture that is taken back whole leaves the hold; whatever is asked in whatever weather,
//! no more is given back than was taken, and all books tell the same.

use openset_bank::ledger::HoldState;
use openset_protocol::summary::Fact;
use openset_testkit::world::Scenario;
use openset_types::{Money, RefundKind};

use super::{merchant, states, told, wallet};

fn giving(gives_back: &[(RefundKind, u64)]) -> Scenario {
    let mut scenario = Scenario::calm(0);
    scenario.plans[0].gives_back = gives_back.to_vec();
    scenario
}

#[test]
fn a_sale_given_back_in_two_parts_is_known_to_everybody() {
    let world = told(giving(&[(RefundKind::Credit, 500), (RefundKind::Credit, 1_000)]));
    let amount = merchant(&world).amount;
    assert_eq!(
        (merchant(&world).fact, merchant(&world).given_back),
        (Fact::Credited, Some(amount))
    );
    assert_eq!((wallet(&world).fact, wallet(&world).given_back), (Fact::Credited, Some(amount)));
    assert_eq!(world.issuer.bank.refunds().count(), 2);
}

#[test]
fn a_capture_taken_back_is_not_asked_of_the_issuer() {
    let world = told(giving(&[(RefundKind::CaptureReversal, 1_000)]));
    assert_eq!(wallet(&world).fact, Fact::Authorized);
    assert_eq!(states(&world), [HoldState::Placed]);
}

#[test]
fn a_credit_taken_back_before_it_is_cleared_never_comes() {
    let world = told(giving(&[(RefundKind::Credit, 1_000), (RefundKind::CreditReversal, 1_000)]));
    assert_eq!((wallet(&world).fact, wallet(&world).given_back), (Fact::Captured, None));
    let nothing = merchant(&world).given_back.map(Money::is_zero);
    assert_eq!((nothing, world.issuer.bank.refunds().count()), (Some(true), 0));
}

#[test]
fn in_any_weather_no_more_is_given_back_than_was_taken_and_the_books_agree() {
    for seed in 0..40 {
        println!("seed {seed}");
        told(Scenario::drawn(seed).giving_back());
    }
}
