//! Orders that are paid in parts. Proves: all parts together are what was agreed to, whatever is
//! lost, repeated or stopped on the way, and all books tell the same.

use openset_bank::ledger::HoldState;
use openset_protocol::merchant::purchase::MerchantPurchase;
use openset_testkit::world::{Point, Scenario, StopAt, World};

use super::{states, told};

/// How much is authorized in all, and of how much.
fn authorized(world: &World) -> (u64, u64) {
    let (_, purchase) = world.merchant.disk.states::<MerchantPurchase>().next().expect("an order");
    let sum = purchase.authorized_in_all().expect("never more than was agreed to");
    (sum.minor(), purchase.order.amount.minor())
}

#[test]
fn an_order_in_four_parts_is_authorized_whole() {
    let world = told(Scenario::calm(0).in_parts(500));
    assert_eq!(authorized(&world), (4_200, 4_200));
    let states = states(&world);
    assert_eq!(states.len(), 4, "{states:?}");
    let is_posted = |state: &&HoldState| matches!(state, HoldState::Posted(_));
    assert!(states.iter().filter(is_posted).count() >= 2, "{states:?}");
}

#[test]
fn parts_survive_a_crash_at_every_step() {
    let calm = told(Scenario::calm(0).in_parts(500));
    let mut whole = 0;
    for step in 1..=calm.steps() {
        for point in [Point::BeforeCommit, Point::AfterCommit, Point::AmidEffects] {
            let stop_at = Some(StopAt { step, point });
            let world = told(Scenario { stop_at, ..Scenario::calm(0).in_parts(500) });
            let (sum, agreed) = authorized(&world);
            assert!(sum <= agreed, "step {step}, {point:?}: {sum} of {agreed}");
            whole += usize::from(sum == agreed);
        }
    }
    assert!(whole > 30, "only {whole} were authorized whole");
}
