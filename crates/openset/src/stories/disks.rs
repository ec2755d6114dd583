//! A gateway whose disk runs full in the middle of the day, in a process of its own.

use openset_bank::ledger::HoldState;
use openset_protocol::{merchant::Stage as Stand, summary::Fact};
use openset_testkit::disk::Disk;
use tokio::time::timeout;

use super::{
    stage::{PATIENCE, card, runtime},
    town::Town,
};
use crate::{
    demo::{cast::Behaviour, story},
    shop::checkout,
};

#[test]
fn an_order_that_came_while_the_disk_was_full_is_authorized_when_there_is_room() {
    // Abuse case 43: an error that may pass, readiness that says so, and nobody restarts anything.
    let own = "stories::disks::\
        an_order_that_came_while_the_disk_was_full_is_authorized_when_there_is_room";
    if let Some(disk) = Disk::here() {
        return runtime().block_on(plays_on(disk));
    }
    let folder = tempfile::tempdir().expect("a folder");
    Disk::new(folder.path()).plays(own, "/gateway/store.db");
}

async fn plays_on(disk: Disk) {
    let town = Town::open().await;
    let system = &town.system;
    story::unlock(system).await.expect("the passphrase");
    let card = story::enrol(system, card(Behaviour::Approves)).await.expect("certified");
    assert_eq!(town.buy(&card).await.expect("paid"), Fact::Authorized);

    disk.is_full(true);
    let (status, said) = town.readiness().await;
    assert_eq!((status, said.as_str()), (503, "gateway: the disk has no room for the database\n"));
    let order = story::order(system).await.expect("an order");
    let id = story::offer(system, &order, &card).await.expect("an offer");
    system.wallet.consent(&id, &card).await.expect("an open wallet");
    let mut watch = system.wallet.purchases.watch(id.as_bytes());
    timeout(PATIENCE, async {
        loop {
            let purchase =
                system.wallet.purchase(&id).await.expect("a store").expect("it is there");
            if purchase.ordered().is_some_and(|ordered| ordered.answer.is_some()) {
                return assert_eq!(purchase.summary().fact, Fact::Received, "neither yes nor no");
            }
            watch.changed().await;
        }
    })
    .await
    .expect("the merchant says that it has the order");

    disk.is_full(false);
    assert_eq!(town.readiness().await.0, 200);
    let (purchases, at) = (&system.merchant.purchases, checkout::instance(&order));
    let mut watch = purchases.watch(order.key());
    timeout(PATIENCE, async {
        loop {
            let state = purchases.state(&at).await.expect("a store").expect("an order");
            match state.stage {
                Stand::Authorized(_) => return,
                Stand::Authorizing(_) => watch.changed().await,
                other => panic!("it was never declined: {other:?}"),
            }
        }
    })
    .await
    .expect("the merchant asks again by itself");
    let view = system.issuer.host.view().await.expect("the issuer's books");
    let placed = view.holds.iter().filter(|hold| hold.state == HoldState::Placed);
    assert!(view.is_balanced);
    assert_eq!(placed.count(), 2, "each order once");
    town.stop().await;
}
