//! The merchant's desk.

use std::sync::Arc;

use openset_node::{driver::NotTaken, store::Passed};
use openset_protocol::merchant::{
    Captured, Purchase, Refund, RefundOutcome, RefundRefused, Stage, purchase::Input,
};
use openset_types::{Money, RefundKind, UnixTime};
use openset_web::{
    Problem,
    ports::{
        BatchDeed, BatchFile, BatchRow, Crossing, Direction, MerchantPort, NextPart, OrderFile,
        OrderRow, PaidPart, RefundLine, RefundResult, Said, Voidable,
    },
};
use openset_wire::payment::CapRevOrCredCode;

use super::{batches, broken, journal::shown, unavailable, words};
use crate::{
    demo::cast,
    house::{
        lookups::held,
        parts::{Part, parts, refused},
        payments::{NotEnded, void_refused},
        system::System,
        transcript,
    },
    shop::orders::Order,
};

/// How many orders a list shows.
const ORDERS_MAX: u32 = 200;

/// The merchant's desk.
pub(super) struct Desk(pub(super) Arc<System>);

impl Desk {
    async fn find(&self, slug: &str) -> Said<(Order, Purchase)> {
        let order = self.0.merchant.orders.by_slug(slug).await.map_err(broken)?;
        let order = order.ok_or(Problem::NotFound)?;
        let purchase = self.0.purchase(&order).await.map_err(unavailable)?;
        Ok((order, purchase.ok_or(Problem::NotFound)?))
    }

    /// The merchant's own messages, each by its number in the whole story.
    async fn timeline(&self, purchase: &Purchase) -> Said<Vec<Crossing>> {
        let summary = purchase.summary();
        let (Some(label), Some(xid)) = (summary.order, summary.xid) else { return Ok(Vec::new()) };
        let crossed = transcript::of_purchase(&self.0, &label, xid).await.map_err(unavailable)?;
        let direction = |passed: &Passed| match (passed.sender.as_str(), passed.recipient.as_str())
        {
            ("merchant", _) => Some(Direction::Out),
            (_, "merchant") => Some(Direction::In),
            _ => None,
        };
        let own = shown(&crossed).zip(1..).filter_map(|(crossed, number)| {
            let Passed { at, name, octets, .. } = &crossed.passed;
            let direction = direction(&crossed.passed)?;
            Some(Crossing { number, at: *at, name: name.clone(), direction, size: octets.len() })
        });
        Ok(own.collect())
    }
}

impl MerchantPort for Desk {
    fn shop(&self) -> String {
        cast::SHOP.to_owned()
    }

    async fn batches(&self) -> Said<Vec<BatchRow>> {
        batches::rows(&self.0.merchant.batches()).await
    }

    async fn batch(&self, slug: &str) -> Said<BatchFile> {
        batches::file(&self.0.merchant.batches(), slug).await
    }

    async fn open_batch(&self) -> Said<String> {
        batches::open(&self.0.merchant.batches()).await
    }

    async fn ask_batch(&self, slug: &str, deed: BatchDeed) -> Said<()> {
        batches::ask(&self.0.merchant.batches(), slug, deed).await
    }

    async fn orders(&self, search: &str) -> Said<Vec<OrderRow>> {
        let orders = self.0.merchant.orders.newest(ORDERS_MAX).await.map_err(broken)?;
        let mut rows = Vec::new();
        for order in orders {
            let purchase = self.0.purchase(&order).await.map_err(unavailable)?;
            let Some(purchase) = purchase.filter(|purchase| is_meant(search, &order, purchase))
            else {
                continue;
            };
            let settled = self.0.settled(&purchase).await.map_err(unavailable)?;
            rows.push(OrderRow {
                slug: order.slug,
                number: order.number,
                buyer: order.buyer,
                total: order.total,
                standing: words::standing_of(&purchase.summary(), settled),
                placed: order.at,
            });
        }
        Ok(rows)
    }

    async fn order(&self, slug: &str) -> Said<OrderFile> {
        let (order, purchase) = self.find(slug).await?;
        let settled = self.0.settled(&purchase).await.map_err(unavailable)?;
        let timeline = self.timeline(&purchase).await?;
        Ok(file(&order, &purchase, settled, timeline))
    }

    async fn capture(&self, slug: &str, amount: Money) -> Said<()> {
        let (order, purchase) = self.find(slug).await?;
        if capturable(&purchase) != Some(amount) {
            return Err(Problem::NothingToCapture);
        }
        match self.0.merchant.payments().end(&order, Input::Capture { amount }).await {
            Ok(Stage::Captured(_)) => Ok(()),
            Ok(_) => Err(Problem::NothingToCapture),
            Err(why) => Err(not_ended(why, Problem::NothingToCapture)),
        }
    }

    async fn void(&self, slug: &str, remains: Money) -> Said<()> {
        let (order, purchase) = self.find(slug).await?;
        let voidable = voidable(&purchase).ok_or(Problem::NothingToVoid)?;
        let is_less = voidable.amount.exceeds(remains).unwrap_or_default();
        if !is_less || !(voidable.is_held || remains.is_zero()) {
            return Err(Problem::AmountNotLess);
        }
        let ended = self.0.merchant.payments().end(&order, Input::Void { remains }).await;
        ended.map(drop).map_err(|why| not_ended(why, Problem::NothingToVoid))
    }

    async fn refund(&self, slug: &str, kind: RefundKind, amount: Money) -> Said<()> {
        let (order, _) = self.find(slug).await?;
        let ended = self.0.merchant.payments().end(&order, Input::Refund { kind, amount }).await;
        ended.map(drop).map_err(|why| not_ended(why, Problem::NothingToRefund))
    }

    async fn next(&self, slug: &str, amount: Money, is_taken: bool) -> Said<()> {
        let (order, _) = self.find(slug).await?;
        let input = Input::Next { amount, is_sale: is_taken };
        let ended = self.0.merchant.payments().end(&order, input).await;
        ended.map(drop).map_err(|why| not_ended(why, Problem::FormStale))
    }

    async fn turn_to(&self, slug: &str, part: usize) -> Said<()> {
        let (order, purchase) = self.find(slug).await?;
        let rrpid = parts(&purchase).get(part).map(|part| part.authorized.rrpid);
        let authorization = rrpid.ok_or(Problem::FormStale)?;
        let input = Input::Of { authorization, command: None };
        let turned = self.0.merchant.payments().end(&order, input).await;
        turned.map(drop).map_err(|why| not_ended(why, Problem::FormStale))
    }
}

fn next_part(purchase: &Purchase) -> Option<NextPart> {
    let is_each = purchase.order.plan.terms().is_some_and(|terms| terms.is_for_each());
    Some(NextPart { left: purchase.left()?, due: purchase.due()?, is_each })
}

fn paid_parts(purchase: &Purchase) -> Vec<PaidPart> {
    let paid = |part: Part<'_>| PaidPart {
        at: part.authorized.at,
        amount: part.authorized.amount,
        standing: words::standing(part.fact),
        is_in_front: part.is_in_front,
    };
    parts(purchase).into_iter().map(paid).collect()
}

/// What can be given back of a capture now: one question at a time.
fn refundable(captured: &Captured) -> Option<Money> {
    let left = captured.left().ok().filter(|left| !left.is_zero());
    left.filter(|_| captured.refunding().is_none())
}

/// What was asked to be given back, and which of it can be taken back.
fn refund_lines(captured: &Captured) -> Vec<RefundLine> {
    let credits: Vec<_> = captured.credits().iter().map(|credit| credit.rrpid).collect();
    let line = |refund: &Refund| RefundLine {
        at: refund.asked_at,
        kind: refund.kind,
        amount: refund.amount,
        result: result(refund.outcome),
        can_undo: credits.contains(&refund.rrpid),
    };
    captured.refunds.iter().map(line).collect()
}

fn result(outcome: RefundOutcome) -> RefundResult {
    let RefundOutcome::Refused(why) = outcome else {
        return match outcome {
            RefundOutcome::Asked => RefundResult::Asked,
            RefundOutcome::Done { .. } | RefundOutcome::Refused(_) => RefundResult::Done,
        };
    };
    let RefundRefused::Because(code) = why else { return RefundResult::Refused };
    match code {
        CapRevOrCredCode::BatchClosed => RefundResult::InFile,
        CapRevOrCredCode::OriginalProcessed => RefundResult::Settled,
        CapRevOrCredCode::OriginalNotFound | CapRevOrCredCode::CapDataMismatch => {
            RefundResult::NotFound
        }
        CapRevOrCredCode::DuplicateRequest => RefundResult::Repeated,
        CapRevOrCredCode::CapPurged => RefundResult::TooOld,
        _ => RefundResult::Refused,
    }
}

fn file(
    order: &Order,
    purchase: &Purchase,
    settled: Option<UnixTime>,
    timeline: Vec<Crossing>,
) -> OrderFile {
    let summary = purchase.summary();
    let zero = Money::zero(order.total.currency());
    let held = held(purchase);
    let captured = match &purchase.stage {
        Stage::Captured(captured) => Some(captured),
        _ => None,
    };
    let refundable = captured.and_then(refundable);
    OrderFile {
        number: order.number.clone(),
        buyer: order.buyer.clone(),
        address: order.address.clone(),
        lines: order.lines(),
        total: order.total,
        standing: words::standing_of(&summary, settled),
        authorized: match purchase.others.is_empty() {
            true => held.map_or(zero, |authorized| authorized.amount),
            false => purchase.authorized_in_all().unwrap_or(zero),
        },
        captured: summary.captured.unwrap_or(zero),
        approval_code: held.and_then(|authorized| authorized.approval_code.clone()),
        xid: summary.xid.map(|xid| xid.to_string()),
        capturable: capturable(purchase),
        given_back: summary.given_back.unwrap_or(zero),
        refundable,
        reversible: refundable.filter(|_| settled.is_none()),
        refunds: captured.map(refund_lines).unwrap_or_default(),
        voidable: voidable(purchase),
        void_refused: void_refused(purchase),
        parts: paid_parts(purchase),
        next: next_part(purchase),
        next_refused: refused(purchase),
        timeline,
        transaction: summary.xid.map(|xid| xid.to_string()),
    }
}

/// Somebody else may have taken it or given it up since it was looked at.
fn not_ended(why: NotEnded, gone: Problem) -> Problem {
    match why {
        NotEnded::NotTaken(NotTaken::Refused(_)) => gone,
        NotEnded::NotTaken(other) => unavailable(other),
        NotEnded::Waiting => Problem::StatusUnknown,
    }
}

/// What may be given up now.
fn voidable(purchase: &Purchase) -> Option<Voidable> {
    match &purchase.stage {
        Stage::Authorized(authorized) => {
            Some(Voidable { amount: authorized.amount, is_held: true })
        }
        // What is taken with its authorization is not given up: it may have been taken.
        Stage::Authorizing(authorizing) if !authorizing.is_sale => {
            Some(Voidable { amount: purchase.order.amount, is_held: false })
        }
        _ => None,
    }
}

/// What may be captured now.
fn capturable(purchase: &Purchase) -> Option<Money> {
    match &purchase.stage {
        Stage::Authorized(authorized) => Some(authorized.amount),
        _ => None,
    }
}

/// Whether somebody who searches for this means this order: by number, XID, amount or name.
fn is_meant(search: &str, order: &Order, purchase: &Purchase) -> bool {
    let wanted = search.trim().to_lowercase();
    let xid = purchase.summary().xid.map(|xid| xid.to_string()).unwrap_or_default();
    let texts = [order.number.clone(), xid, order.total.decimal(), order.buyer.to_lowercase()];
    wanted.is_empty() || texts.iter().any(|text| text.contains(&wanted))
}

#[cfg(test)]
mod tests {
    use openset_protocol::{
        merchant,
        moot::Moot,
        summary::{Fact, Timeline},
        version::Version,
    };
    use openset_types::{Currency, LidM};
    use serde_json::json;

    use super::*;

    fn order() -> Order {
        let order = json!({
            "number": "1042",
            "label": "1042-abcdefghijkl",
            "slug": "abc",
            "buyer": "Chloé Petit",
            "address": "2 rue du Phare",
            "email": null,
            "lines": [],
            "total": total(),
            "tongue": "fr",
            "at": 1_800_000_000,
        });
        serde_json::from_value(order).expect("an order as it is kept")
    }

    fn total() -> Money {
        Money::new(4200, Currency::EUR).expect("an amount")
    }

    fn unpaid() -> Purchase {
        Purchase {
            version: Version,
            order: merchant::Order {
                lid_m: LidM::new(b"1042").expect("a label"),
                description: b"one poster".as_slice().into(),
                amount: total(),
                plan: merchant::Plan::default(),
            },
            stage: Stage::Offered { offers: Vec::new() },
            earlier: Vec::new(),
            timeline: Timeline::begin(Fact::Placed, UnixTime::new(1).expect("after 1970")),
            undoing: Vec::new(),
            moot: Moot::default(),
            others: Vec::new(),
            next: None,
            next_refused: None,
        }
    }

    #[test]
    fn an_order_is_found_by_number_amount_and_name_in_any_case() {
        for search in ["", "  ", "1042", "104", "42.00", "chloé", "PETIT"] {
            assert!(is_meant(search, &order(), &unpaid()), "{search}");
        }
    }

    #[test]
    fn another_order_is_not_found() {
        for search in ["1043", "42,00", "Ada", "Phare", "%", "abc"] {
            assert!(!is_meant(search, &order(), &unpaid()), "{search}");
        }
    }

    #[test]
    fn nothing_can_be_captured_that_nobody_has_paid() {
        assert_eq!(capturable(&unpaid()), None);
        let file = file(&order(), &unpaid(), None, Vec::new());
        assert!(file.authorized.is_zero() && file.captured.is_zero());
        assert_eq!((file.approval_code, file.xid, file.transaction), (None, None, None));
        assert_eq!((file.voidable, file.void_refused), (None, None));
    }

    #[test]
    fn a_refused_command_says_that_there_is_nothing_to_capture() {
        use openset_protocol::refusal::Refusal;
        let said = |why| not_ended(why, Problem::NothingToCapture);
        let refused = NotTaken::Refused(Refusal::CommandOutOfTurn);
        assert_eq!(said(NotEnded::NotTaken(refused)), Problem::NothingToCapture);
        assert_eq!(said(NotEnded::NotTaken(NotTaken::Done)), Problem::Unavailable);
        assert_eq!(said(NotEnded::Waiting), Problem::StatusUnknown);
    }
}
