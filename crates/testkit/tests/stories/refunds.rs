//! Money given back, on calm days and in bad weather. Proves: it comes back to the card to the
//! cent; a capture that is taken back whole leaves the hold; whatever is asked in whatever weather,
//! no more is given back than was taken, and all books tell the same.

use openset_bank::ledger::HoldState;
use openset_protocol::summary::Fact;
use openset_testkit::world::{Point, Scenario, StopAt};
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

/// Abuse case 40.
#[test]
fn a_refund_survives_a_crash_at_every_step() {
    let gifts = [
        (RefundKind::CaptureReversal, 300),
        (RefundKind::Credit, 500),
        (RefundKind::CreditReversal, 1_000),
        (RefundKind::Credit, 1_000),
    ];
    let calm = told(giving(&gifts));
    let amount = merchant(&calm).amount;
    assert_eq!(merchant(&calm).given_back, Some(amount));
    let mut survived = 0;
    for step in 1..=calm.steps() {
        for point in [Point::BeforeCommit, Point::AfterCommit, Point::AmidEffects] {
            let stop_at = Some(StopAt { step, point });
            let world = told(Scenario { stop_at, ..giving(&gifts) });
            let what = format!("step {step}, {point:?}");
            match merchant(&world).fact {
                Fact::Credited => {
                    survived += 1;
                    assert_eq!(merchant(&world).given_back, Some(amount), "{what}");
                }
                Fact::Declined => {}
                other => panic!("{what}: {other:?}"),
            }
        }
    }
    assert!(survived > 30, "only {survived} came to their end");
}

#[test]
fn in_any_weather_no_more_is_given_back_than_was_taken_and_the_books_agree() {
    for seed in 0..40 {
        println!("seed {seed}");
        told(Scenario::drawn(seed).giving_back());
    }
}
