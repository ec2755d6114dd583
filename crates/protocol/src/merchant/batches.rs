//! What a merchant has in a batch, added up from its purchases, and how that differs from what its
//! bank says.

use std::collections::BTreeMap;

use openset_types::{
    BatchNumber, BatchPlace, BatchReport, BatchTotals, Brand, Currency, Money, RefundKind, Rrpid,
    Side,
};
use serde::{Deserialize, Serialize};

use super::order::{Purchase, Stage};

/// One item of a batch.
// Stored. Change only with a migration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// Its place, from 1.
    pub position: u64,
    /// The authorization.
    pub authorization: Rrpid,
    /// Which way the money goes.
    pub side: Side,
    /// How much.
    pub amount: Money,
}

/// What a merchant has in a batch.
// Stored. Change only with a migration.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineSet(Vec<Line>);

/// A difference between a merchant and its bank.
// Stored. Change only with a migration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Break {
    /// They count another number of items on one side.
    Count {
        /// The side.
        side: Side,
        /// How many the merchant has.
        ours: u64,
        /// How many the bank has.
        theirs: u64,
    },
    /// The items of one side come to another sum.
    Sum {
        /// The side.
        side: Side,
        /// What the merchant has.
        ours: Money,
        /// What the bank has.
        theirs: Money,
    },
    /// The bank does not have an item.
    Missing {
        /// What the merchant has.
        ours: Line,
    },
    /// The merchant does not have an item.
    Unexpected {
        /// What the bank has.
        theirs: Line,
    },
    /// They have an item that differs: another purchase, side or amount.
    Item {
        /// What the merchant has.
        ours: Line,
        /// What the bank has.
        theirs: Line,
    },
}

impl LineSet {
    /// Takes lines in whatever order.
    pub fn new(mut lines: Vec<Line>) -> Self {
        lines.sort_by_key(|line| line.position);
        Self(lines)
    }

    /// The lines, by place.
    pub fn lines(&self) -> &[Line] {
        &self.0
    }

    /// What they come to; nothing if they are in several currencies, which no batch is.
    pub fn totals(&self) -> Option<BatchTotals> {
        let currency = self.0.first().map_or(Currency::EUR, |line| line.amount.currency());
        let mut lines = self.0.iter();
        let nothing = BatchTotals::nothing(currency);
        lines.try_fold(nothing, |sum, line| sum.with(line.side, line.amount).ok())
    }
}

impl Purchase {
    /// What of this purchase is counted in batches.
    pub fn counted(&self) -> Vec<(BatchNumber, Line)> {
        let Stage::Captured(captured) = &self.stage else { return Vec::new() };
        let authorization = captured.authorized.rrpid;
        let sale = (captured.place, Side::Debit, captured.amount);
        let refunds = captured.refunds.iter().filter(|refund| refund.done_at().is_some());
        let refunds = refunds.map(|refund| {
            let side = match refund.kind {
                RefundKind::CaptureReversal | RefundKind::Credit => Side::Credit,
                RefundKind::CreditReversal => Side::Debit,
            };
            (refund.place, side, refund.amount)
        });
        let all = [sale].into_iter().chain(refunds);
        all.filter_map(|(place, side, amount)| {
            let BatchPlace { batch, position } = place?;
            Some((batch, Line { position, authorization, side, amount }))
        })
        .collect()
    }
}

/// Every difference between what a merchant has of a brand and what its bank says; the items are
/// compared where the bank has told them all.
pub(super) fn compare(
    own: &LineSet,
    report: &BatchReport,
    brand: &Brand,
    told: Option<&[Line]>,
) -> Vec<Break> {
    let nothing = BatchTotals::nothing(report.totals.debit.currency());
    let theirs = report.brands.get(brand).copied().unwrap_or(nothing);
    let ours = own.totals().unwrap_or(nothing);
    let mut breaks = Vec::new();
    for (side, [ours, theirs]) in [
        (Side::Credit, [(ours.credits, ours.credit), (theirs.credits, theirs.credit)]),
        (Side::Debit, [(ours.debits, ours.debit), (theirs.debits, theirs.debit)]),
    ] {
        if ours.0 != theirs.0 {
            breaks.push(Break::Count { side, ours: ours.0, theirs: theirs.0 });
        }
        let is_nothing = ours.1.is_zero() && theirs.1.is_zero();
        if ours.1 != theirs.1 && !is_nothing {
            breaks.push(Break::Sum { side, ours: ours.1, theirs: theirs.1 });
        }
    }
    breaks.extend(told.into_iter().flat_map(|told| items(own, told)));
    breaks
}

fn items(own: &LineSet, told: &[Line]) -> Vec<Break> {
    let mut rest: BTreeMap<_, _> = told.iter().map(|line| (line.position, line)).collect();
    let mut breaks = Vec::new();
    for ours in own.lines() {
        match rest.remove(&ours.position) {
            Some(theirs) if theirs == ours => {}
            Some(theirs) => {
                breaks.push(Break::Item { ours: ours.clone(), theirs: theirs.clone() });
            }
            None => breaks.push(Break::Missing { ours: ours.clone() }),
        }
    }
    breaks.extend(rest.into_values().map(|theirs| Break::Unexpected { theirs: theirs.clone() }));
    breaks
}

#[cfg(test)]
mod tests {
    use openset_types::{BatchProgress, UnixTime};

    use super::*;

    fn brand() -> Brand {
        Brand::parse("Visor").expect("a name")
    }

    fn eur(minor: u64) -> Money {
        Money::new(minor, Currency::EUR).expect("an amount")
    }

    fn line(position: u64, side: Side, minor: u64) -> Line {
        Line { position, authorization: Rrpid::new([7; 20]), side, amount: eur(minor) }
    }

    fn report(lines: &[Line]) -> BatchReport {
        let totals = LineSet::new(lines.to_vec()).totals().expect("one currency");
        BatchReport {
            batch: BatchNumber::default(),
            opened_at: UnixTime::new(1_800_000_000).expect("after 1970"),
            closed: None,
            progress: BatchProgress::Pending,
            totals,
            brands: BTreeMap::from([(brand(), totals)]),
        }
    }

    fn differ(ours: &[Line], theirs: &[Line]) -> Vec<Break> {
        compare(&LineSet::new(ours.to_vec()), &report(theirs), &brand(), Some(theirs))
    }

    #[test]
    fn what_agrees_has_no_break_in_whatever_order() {
        let lines = [line(2, Side::Credit, 100), line(1, Side::Debit, 4200)];
        assert_eq!(differ(&lines, &lines), []);
        assert_eq!(differ(&[], &[]), []);
    }

    #[test]
    fn every_difference_is_named() {
        let own = [line(1, Side::Debit, 100), line(2, Side::Debit, 50), line(4, Side::Debit, 9)];
        let theirs =
            [line(1, Side::Debit, 100), line(2, Side::Credit, 50), line(3, Side::Debit, 7)];
        let (debit, credit) = (Side::Debit, Side::Credit);
        assert_eq!(
            differ(&own, &theirs),
            [
                Break::Count { side: credit, ours: 0, theirs: 1 },
                Break::Sum { side: credit, ours: eur(0), theirs: eur(50) },
                Break::Count { side: debit, ours: 3, theirs: 2 },
                Break::Sum { side: debit, ours: eur(159), theirs: eur(107) },
                Break::Item { ours: own[1].clone(), theirs: theirs[1].clone() },
                Break::Missing { ours: own[2].clone() },
                Break::Unexpected { theirs: theirs[2].clone() },
            ]
        );
    }

    #[test]
    fn sums_that_agree_by_chance_hide_no_item() {
        let ours = [line(1, Side::Debit, 100), line(2, Side::Debit, 200)];
        let theirs = [line(1, Side::Debit, 200), line(2, Side::Debit, 100)];
        assert_eq!(differ(&ours, &theirs).len(), 2);
    }

    #[test]
    fn another_brand_of_the_batch_is_not_compared() {
        let lines = [line(1, Side::Debit, 100)];
        let mut told = report(&lines);
        told.brands.insert(Brand::parse("Mondo").expect("a name"), told.totals);
        let own = LineSet::new(lines.to_vec());
        assert_eq!(compare(&own, &told, &brand(), None), []);
    }
}
