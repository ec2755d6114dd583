//! Batches over real sockets: opened, counted in, compared, closed and cleared; and what is asked
//! of a batch that is closed, unknown or somebody else's.

use openset_bank::acquirer::BatchControl;
use openset_protocol::merchant::{
    CaptureRefused, Stage as MerchantStage, batch::Deed, purchase::Input,
};
use openset_types::{BatchNumber, BatchPlace, Brand};
use openset_wire::payment::CapCode;
use tokio::time::timeout;

use super::stage::{Bought, PATIENCE, Stage, play, play_in_both};
use crate::{
    demo::story,
    house::batches::{State, View},
    shop::checkout,
};

impl Stage {
    /// From here on the shop opens and closes its batches, or its bank does.
    async fn batches_are(&self, whose: BatchControl) {
        // What other stories left waiting goes first.
        self.system.clear().await.expect("cleared");
        let shop = openset_node::banks::demo_merchant().id;
        self.system.acquirer.host.agree(shop, whose).await.expect("agreed");
    }

    fn brand(&self) -> Brand {
        self.system.merchant.brands().remove(0)
    }

    /// A number that no batch of this stage has.
    async fn fresh(&self) -> BatchNumber {
        let view = self.system.acquirer.host.view().await.expect("a view");
        let last = view.batches.iter().map(|batch| batch.number.get()).max().unwrap_or_default();
        BatchNumber::new(last + 1).expect("a small number")
    }

    async fn asks_batch(&self, number: BatchNumber, deed: Deed) -> View {
        let name = (self.brand(), number);
        let told = self.system.merchant.batches().ask(&name, deed).await;
        told.expect("the gateway answers")
    }

    /// The status of what is asked.
    async fn status(&self, number: BatchNumber, deed: Deed) -> String {
        self.asks_batch(number, deed).await.status.expect("it was asked")
    }

    /// Takes the money of an order: where it is counted, or why it was refused.
    async fn takes(&self, bought: &Bought) -> Result<Option<BatchPlace>, CapCode> {
        let purchases = &self.system.merchant.purchases;
        let at = checkout::instance(&bought.order);
        let state = purchases.state(&at).await.expect("a store").expect("an order");
        let MerchantStage::Authorized(held) = state.stage else { panic!("authorized") };
        let mut watch = purchases.watch(bought.order.key());
        purchases.command(at.clone(), Input::Capture { amount: held.amount }).await.expect("held");
        let answered = async {
            loop {
                match purchases.state(&at).await.expect("a store").expect("an order").stage {
                    MerchantStage::Captured(captured) => return Ok(captured.place),
                    MerchantStage::Authorized(held) => match held.capture_refused {
                        Some(CaptureRefused::Because(code)) => return Err(code),
                        other => panic!("a code, not {other:?}"),
                    },
                    _ => watch.changed().await,
                }
            }
        };
        timeout(PATIENCE, answered).await.expect("an answer")
    }
}

#[test]
fn a_shop_opens_a_batch_counts_in_it_compares_it_and_closes_it() {
    play_in_both(async |stage| {
        stage.batches_are(BatchControl::Merchant).await;
        let number = stage.fresh().await;
        assert_eq!(stage.status(number, Deed::Look).await, "UnknownBatchId");
        assert_eq!(stage.status(number, Deed::Open).await, "Success");
        assert_eq!(stage.status(number, Deed::Open).await, "BatchAlreadyOpen");
        for position in [1, 2] {
            let bought = stage.buy(&stage.good).await;
            let place = stage.takes(&bought).await;
            assert_eq!(place, Ok(Some(BatchPlace { batch: number, position })));
        }
        let view = stage.asks_batch(number, Deed::Reconcile).await;
        assert_eq!((view.status.as_deref(), &view.breaks), (Some("Success"), &Some(Vec::new())));
        assert_eq!((view.ours, view.lines.len()), (view.theirs, 2));
        assert!(stage.system.clear().await.expect("cleared").files.is_empty(), "it is open");
        assert_eq!(stage.status(number, Deed::Close).await, "Success");
        assert_eq!(stage.status(number, Deed::Close).await, "BatchAlreadyClosed");
        let late = stage.buy(&stage.good).await;
        assert_eq!(stage.takes(&late).await, Err(CapCode::BatchUnknown), "none is open");
        let files = stage.system.clear().await.expect("cleared").files;
        assert_eq!(files.iter().filter(|file| file.is_settled).count(), 1);
        let view = stage.asks_batch(number, Deed::Look).await;
        assert_eq!(view.progress.as_deref(), Some("completed"));
        stage.batches_are(BatchControl::Acquirer).await;
        story::capture(&stage.system, &late.order).await.expect("the bank's batch takes it");
    });
}

#[test]
fn the_bank_closes_its_own_batches_and_nobody_else_does() {
    play(async |stage| {
        stage.batches_are(BatchControl::Acquirer).await;
        let bought = stage.buy(&stage.good).await;
        let place = stage.takes(&bought).await.expect("taken").expect("it is counted");
        for deed in [Deed::Open, Deed::Close, Deed::Purge] {
            let refused = stage.status(place.batch, deed).await;
            assert_eq!(refused, "BatchIdUnavailable", "{deed:?}");
        }
        stage.system.clear().await.expect("cleared");
        let view = stage.asks_batch(place.batch, Deed::Look).await;
        assert_eq!(view.state, State::ClosedByBank);
    });
}

#[test]
fn a_purged_batch_takes_nothing() {
    play(async |stage| {
        stage.batches_are(BatchControl::Merchant).await;
        let number = stage.fresh().await;
        assert_eq!(stage.status(number, Deed::Open).await, "Success");
        assert_eq!(stage.status(number, Deed::Purge).await, "Success");
        let bought = stage.buy(&stage.good).await;
        assert_eq!(stage.takes(&bought).await, Err(CapCode::BatchUnknown));
        stage.batches_are(BatchControl::Acquirer).await;
    });
}
