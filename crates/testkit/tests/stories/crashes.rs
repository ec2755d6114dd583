//! A crash at every step of a purchase, at every point of the step (abuse case 40). Proves: after
//! the restart there is exactly one authorization, or none and nothing is held; nothing is
//! taken twice; everybody tells the same story.

use openset_bank::ledger::HoldState;
use openset_protocol::summary::Fact;
use openset_testkit::world::{Point, Scenario, StopAt};

use super::{happened, merchant, states, told};

#[test]
fn a_purchase_survives_a_crash_at_every_step() {
    let steps = told(Scenario::calm(0)).steps();
    assert!(steps > 15, "a purchase takes {steps} steps");
    let mut reversed = 0;
    for step in 1..=steps {
        for point in [Point::BeforeCommit, Point::AfterCommit, Point::AmidEffects] {
            let stop_at = Some(StopAt { step, point });
            let world = told(Scenario { stop_at, ..Scenario::calm(0) });
            assert!(happened(&world, "starts"), "the crash at step {step} has happened");
            let amount = merchant(&world).amount;
            let what = format!("step {step}, {point:?}");
            match merchant(&world).fact {
                Fact::Captured => assert_eq!(states(&world), [HoldState::Posted(amount)], "{what}"),
                Fact::Declined => {
                    reversed += 1;
                    assert!(states(&world).iter().all(|s| *s == HoldState::Released), "{what}");
                }
                other => panic!("{what}: {other:?}"),
            }
        }
    }
    assert!(reversed > 0, "a gateway that stopped while it asked has reversed");
}

#[test]
fn a_gateway_that_stops_between_the_yes_and_its_answer_answers_after_the_restart() {
    // C1: the yes is stored, the answer is not sent; it is given when the merchant asks again.
    let calm = told(Scenario::calm(0));
    let steps = 1..=calm.steps();
    let stopped = steps.map(|step| {
        let stop_at = Some(StopAt { step, point: Point::AfterCommit });
        told(Scenario { stop_at, ..Scenario::calm(0) })
    });
    let answered = stopped.filter(|world| {
        happened(world, "gateway  stops")
            && happened(world, "gateway  answers AuthReq")
            && merchant(world).fact == Fact::Captured
    });
    assert!(answered.count() > 0);
}
