//! Money given back over real sockets: whole, in parts, too much, twice, and of somebody else; and
//! the books of all parties afterwards.

use openset_bank::clearing::Flow;
use openset_node::driver::NotTaken;
use openset_protocol::merchant::{
    Captured, RefundOutcome, RefundRefused, Stage as MerchantStage, purchase::Input,
};
use openset_protocol::summary::Fact;
use openset_types::{Currency, Money, RefundKind};
use openset_wire::payment::CapRevOrCredCode;
use tokio::time::timeout;

use super::stage::{Bought, PATIENCE, Stage, play, play_in_both};
use crate::{
    demo::{books::Difference, reading, story},
    shop::checkout,
    sites::Name,
};

fn eur(minor: u64) -> Money {
    Money::new(minor, Currency::EUR).expect("an amount")
}

impl Stage {
    /// A poster that was bought and captured: the order, and what was taken.
    async fn sold(&self) -> (Bought, Money) {
        // What other stories left waiting goes first.
        self.settles().await;
        let bought = self.buy(&self.good).await;
        let taken = story::capture(&self.system, &bought.order).await.expect("captured");
        (bought, taken)
    }

    /// The shop asks; what the gateway said.
    async fn refund(&self, bought: &Bought, kind: RefundKind, amount: Money) -> RefundOutcome {
        let answered = async {
            let mut watch = self.system.merchant.purchases.watch(bought.order.key());
            self.asks(bought, kind, amount).await.expect("the shop asks");
            loop {
                match self.money_of(bought).await.refunds.last().map(|last| last.outcome) {
                    Some(RefundOutcome::Asked) | None => watch.changed().await,
                    Some(outcome) => return outcome,
                }
            }
        };
        timeout(PATIENCE, answered).await.expect("an answer")
    }

    async fn asks(&self, bought: &Bought, kind: RefundKind, amount: Money) -> Result<(), NotTaken> {
        let at = checkout::instance(&bought.order);
        self.system.merchant.purchases.command(at, Input::Refund { kind, amount }).await
    }

    async fn money_of(&self, bought: &Bought) -> Captured {
        let purchase = self.system.purchase(&bought.order).await.expect("a store");
        match purchase.expect("an order").stage {
            MerchantStage::Captured(captured) => captured,
            other => panic!("captured, not {other:?}"),
        }
    }

    async fn gives(&self, bought: &Bought, kind: RefundKind, amount: Money) {
        let outcome = self.refund(bought, kind, amount).await;
        assert!(matches!(outcome, RefundOutcome::Done { .. }), "{kind:?} of {amount}: {outcome:?}");
    }

    async fn is_refused(
        &self,
        bought: &Bought,
        kind: RefundKind,
        amount: Money,
    ) -> CapRevOrCredCode {
        match self.refund(bought, kind, amount).await {
            RefundOutcome::Refused(RefundRefused::Because(code)) => code,
            other => panic!("{kind:?} of {amount} is refused, not {other:?}"),
        }
    }

    /// The files that were settled: which way their money went, and how much.
    async fn settles(&self) -> Vec<(Flow, Money)> {
        let run = self.system.clear().await.expect("cleared");
        let settled = run.files.iter().filter(|file| file.is_settled);
        settled.map(|file| (file.flow, file.total)).collect()
    }

    async fn books_agree(&self) {
        let books = reading::read(&self.system).await.expect("books");
        let about_refunds = |difference: &Difference| {
            // Other stories of this stage leave purchases half way; what refunds touch agrees.
            ["given back", "refunded", "cleared", "settled", "credited", "ledger"]
                .iter()
                .any(|word| difference.about.starts_with(word))
        };
        let found: Vec<_> = books.differences().into_iter().filter(about_refunds).collect();
        assert!(found.is_empty(), "{found:?}");
    }
}

#[test]
fn a_sale_given_back_whole_after_clearing_comes_back_to_the_card() {
    play(async |stage| {
        let (bought, taken) = stage.sold().await;
        stage.settles().await;
        stage.gives(&bought, RefundKind::Credit, taken).await;
        assert_eq!(stage.settles().await, [(Flow::Credit, taken)]);
        let late = stage.is_refused(&bought, RefundKind::CreditReversal, taken).await;
        assert_eq!(late, CapRevOrCredCode::OriginalProcessed);
        stage.books_agree().await;
    });
}

#[test]
fn what_is_delivered_at_once_is_taken_at_once_and_given_back_like_any_sale() {
    play_in_both(async |stage| {
        stage.settles().await;
        let bought = stage.buy_delivered(&stage.good, "file").await;
        assert_eq!(bought.told.fact, Fact::Captured, "the first receipt says so");
        let taken = stage.money_of(&bought).await.amount;
        assert_eq!(taken, bought.order.total);
        assert_eq!(stage.settles().await, [(Flow::Sale, taken)]);
        stage.gives(&bought, RefundKind::Credit, taken).await;
        assert_eq!(stage.settles().await, [(Flow::Credit, taken)]);
        stage.books_agree().await;
    });
}

#[test]
fn two_parcels_are_paid_as_they_go_and_each_is_taken_and_given_back_by_itself() {
    play_in_both(async |stage| {
        stage.settles().await;
        let bought = stage.buy_delivered(&stage.good, "parcels").await;
        assert_eq!(bought.told.fact, Fact::Authorized);
        let first = story::capture(&stage.system, &bought.order).await.expect("captured");
        let payments = stage.system.merchant.payments();
        let left = stage.system.purchase(&bought.order).await.expect("a store").expect("an order");
        let left = left.left().expect("the second parcel");
        assert_eq!(first.plus(left), Ok(bought.order.total));
        let next = Input::Next { amount: left, is_sale: false };
        let second = payments.end(&bought.order, next).await.expect("the gateway answers");
        assert!(matches!(second, MerchantStage::Authorized(_)), "{second:?}");
        let more = Input::Next { amount: eur(1), is_sale: false };
        assert!(payments.end(&bought.order, more).await.is_err(), "nothing is left");
        let taken = story::capture(&stage.system, &bought.order).await.expect("captured");
        assert_eq!(taken, left);
        assert_eq!(stage.settles().await, [(Flow::Sale, bought.order.total)]);
        stage.gives(&bought, RefundKind::Credit, taken).await;
        assert_eq!(stage.settles().await, [(Flow::Credit, taken)]);
        stage.books_agree().await;
    });
}

#[test]
fn a_sale_given_back_in_parts_one_of_them_taken_back() {
    play(async |stage| {
        let (bought, taken) = stage.sold().await;
        stage.settles().await;
        stage.gives(&bought, RefundKind::Credit, eur(1000)).await;
        stage.gives(&bought, RefundKind::Credit, eur(700)).await;
        stage.gives(&bought, RefundKind::CreditReversal, eur(700)).await;
        assert_eq!(stage.settles().await, [(Flow::Credit, eur(1000))]);
        stage.gives(&bought, RefundKind::Credit, taken.minus(eur(1000)).expect("less")).await;
        stage.settles().await;
        stage.books_agree().await;
    });
}

#[test]
fn a_capture_taken_back_before_clearing_and_not_after() {
    play(async |stage| {
        let (bought, taken) = stage.sold().await;
        stage.gives(&bought, RefundKind::CaptureReversal, eur(1000)).await;
        let rest = taken.minus(eur(1000)).expect("less");
        assert_eq!(stage.settles().await, [(Flow::Sale, rest)]);
        let late = stage.is_refused(&bought, RefundKind::CaptureReversal, rest).await;
        assert_eq!(late, CapRevOrCredCode::OriginalProcessed);
        stage.gives(&bought, RefundKind::Credit, rest).await;
        stage.settles().await;
        let (whole, taken) = stage.sold().await;
        stage.gives(&whole, RefundKind::CaptureReversal, taken).await;
        assert_eq!(stage.settles().await, []);
        stage.books_agree().await;
    });
}

#[test]
fn more_than_was_captured_is_not_given_back() {
    play(async |stage| {
        let (bought, taken) = stage.sold().await;
        stage.gives(&bought, RefundKind::Credit, taken).await;
        let more = stage.asks(&bought, RefundKind::Credit, eur(1)).await;
        assert!(matches!(more, Err(NotTaken::Refused(_))), "the shop does not ask");
        stage.settles().await;
        stage.settles().await;
        stage.books_agree().await;
    });
}

#[test]
fn the_same_octets_again_give_back_once_and_get_the_same_answer() {
    // Abuse case 4, for money that goes the other way.
    play(async |stage| {
        let (bought, _) = stage.sold().await;
        stage.gives(&bought, RefundKind::Credit, eur(1000)).await;
        let request = stage.crossed(&bought.order, "CredReq").await;
        let response = stage.crossed(&bought.order, "CredRes").await;
        for _ in 0..3 {
            let answer = stage.post(Name::Gateway, &request).await;
            assert_eq!((answer.status, answer.body), (200, response.clone()));
        }
        stage.settles().await;
        assert_eq!(stage.settles().await, [(Flow::Credit, eur(1000))]);
        stage.books_agree().await;
    });
}
