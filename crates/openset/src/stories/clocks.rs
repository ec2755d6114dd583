//! The clock is set while people pay: by an hour in the middle of a payment, by ten years before
//! one. Proves: an order is authorized once whatever hour it is, and nobody is believed in a year
//! that is not theirs.

use openset_bank::ledger::HoldState;
use openset_protocol::summary::Fact;

use super::{
    stage::{card, runtime},
    town::Town,
};
use crate::demo::{cast::Behaviour, story};

const HOUR_S: i64 = 3_600;

#[test]
fn a_clock_that_is_set_by_an_hour_in_the_middle_of_a_payment_stops_no_authorization() {
    // Abuse case 45. All parties of this machine share its clock.
    runtime().block_on(async {
        let town = Town::open().await;
        let system = &town.system;
        story::unlock(system).await.expect("the passphrase");
        let card = story::enrol(system, card(Behaviour::Approves)).await.expect("certified");
        // Certificates that were made today are not yet good an hour before.
        town.passes(24 * HOUR_S);
        for by in [HOUR_S, -HOUR_S] {
            story::unlock(system).await.expect("the passphrase");
            let order = story::order(system).await.expect("an order");
            let id = story::offer(system, &order, &card).await.expect("an offer");
            town.passes(by);
            // A wallet that has not been used for an hour has locked itself.
            story::unlock(system).await.expect("the passphrase");
            let told = story::pay(system, &order, &id, &card).await.expect("an answer");
            assert_eq!(told.fact, Fact::Authorized, "set by {by} after the offer");

            let order = story::order(system).await.expect("an order");
            let id = story::offer(system, &order, &card).await.expect("an offer");
            let told = story::pay(system, &order, &id, &card).await.expect("an answer");
            assert_eq!(told.fact, Fact::Authorized);
            town.passes(by);
            let taken = story::capture(system, &order).await;
            assert_eq!(taken.is_ok(), by > 0, "nothing is taken before it was agreed to");
        }
        let view = system.issuer.host.view().await.expect("the issuer's books");
        assert!(view.is_balanced);
        assert_eq!(view.holds.len(), 4, "each order once");
        assert!(view.holds.iter().all(|hold| hold.state == HoldState::Placed));
        town.stop().await;
    });
}

#[test]
fn a_house_whose_clock_is_ten_years_wrong_sells_nothing() {
    // Abuse case 45: what has ended or has not begun is not believed, in either direction.
    runtime().block_on(async {
        let town = Town::open().await;
        let system = &town.system;
        story::unlock(system).await.expect("the passphrase");
        let card = story::enrol(system, card(Behaviour::Approves)).await.expect("certified");
        for by in [3_650 * 24 * HOUR_S, -3_650 * 24 * HOUR_S] {
            town.passes(by);
            story::unlock(system).await.expect("the passphrase");
            assert!(town.buy(&card).await.is_err(), "nobody is believed {by} seconds away");
            let view = system.issuer.host.view().await.expect("the issuer's books");
            assert!(view.holds.is_empty(), "{:?}", view.holds);
            town.passes(-by);
        }
        town.stop().await;
    });
}
