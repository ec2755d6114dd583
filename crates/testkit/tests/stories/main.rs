//! Stories: whole purchases told from the outside, each with the list of what it proves.

mod crashes;
mod issuing;
mod outages;
mod parts;
mod purchase;
mod refunds;

use openset_bank::ledger::{Hold, HoldState};
use openset_protocol::{
    cardholder::purchase::CardholderPurchase, merchant::purchase::MerchantPurchase,
    summary::Summary,
};
use openset_testkit::world::{
    Scenario, World,
    people::{order_number, purchase_key},
    run::run,
};

/// Runs a scenario; every invariant is watched on the way.
fn told(scenario: Scenario) -> World {
    run(scenario).unwrap_or_else(|failure| {
        panic!("{}\n{}", failure.lines.join("\n"), failure.broken);
    })
}

/// The first order as the merchant sees it.
fn merchant(world: &World) -> Summary {
    let key = order_number(0);
    world.merchant.disk.state::<MerchantPurchase>(&key).expect("an order").summary()
}

/// The first order as the wallet sees it.
fn wallet(world: &World) -> Summary {
    let key = purchase_key(0, 0);
    world.wallet.disk.state::<CardholderPurchase>(&key).expect("a purchase").summary()
}

fn holds(world: &World) -> Vec<&Hold> {
    world.issuer.bank.holds().collect()
}

fn states(world: &World) -> Vec<HoldState> {
    world.issuer.bank.holds().map(|hold| hold.state).collect()
}

/// Whether something was told of a run.
fn happened(world: &World, what: &str) -> bool {
    world.history.lines().iter().any(|line| line.contains(what))
}
