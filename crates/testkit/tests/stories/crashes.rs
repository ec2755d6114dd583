//! A crash at every step of a purchase, at every point of the step (abuse case 40). Proves: after
//! the restart there is exactly one authorization, or none and nothing is held; nothing is
//! taken twice; everybody tells the same story.

use openset_bank::ledger::HoldState;
use openset_protocol::summary::Fact;
use openset_testkit::world::{Point, Scenario, StopAt};

use super::{happened, holds, merchant, states, told};

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
fn what_a_shop_gives_up_is_released_although_somebody_stops_at_every_step() {
    // Abuse case 40, for AuthRev: all of it is given up, or a part.
    for keeps in [0, 250] {
        let calm = told(Scenario::calm(0).given_up(keeps));
        let kept = holds(&calm).iter().map(|hold| hold.amount.minor()).collect::<Vec<_>>();
        let mut survived = 0;
        for step in 1..=calm.steps() {
            for point in [Point::BeforeCommit, Point::AfterCommit, Point::AmidEffects] {
                let stop_at = Some(StopAt { step, point });
                let world = told(Scenario { stop_at, ..Scenario::calm(0).given_up(keeps) });
                let what = format!("{keeps} kept, step {step}, {point:?}");
                let fact = merchant(&world).fact;
                match (keeps, fact) {
                    (0, Fact::Voided) | (_, Fact::Declined) => {
                        let released = states(&world).iter().all(|s| *s == HoldState::Released);
                        assert!(released, "{what}: {:?}", states(&world));
                    }
                    (250, Fact::Authorized) => {
                        let held: Vec<_> = holds(&world).iter().map(|h| h.amount.minor()).collect();
                        assert_eq!((states(&world), held), (vec![HoldState::Placed], kept.clone()));
                    }
                    (_, other) => panic!("{what}: {other:?}"),
                }
                survived += usize::from(fact != Fact::Declined);
            }
        }
        assert!(survived > 30, "only {survived} came to their end");
    }
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
