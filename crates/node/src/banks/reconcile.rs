//! The end of a day: an acquirer asks an issuer by 0500 whether both have settled the same.

use std::fmt;
use std::sync::atomic::{AtomicU32, Ordering};

use openset_bank::iso8583::words::{Unfit, read_reconciliation_answer, reconciliation};
use openset_bank::reconciliation::{DayTotals, SettlementDay, TotalsBreak};
use openset_types::{Bin, InvalidMoney, SystemTrace, UnixTime};

use super::AcquirerHost;
use super::teller::Ruling;
use crate::fault::Fault;
use crate::link::{Link, NoReply};

/// What one issuer answered about one day, in one currency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reconciled {
    /// What the acquirer has.
    pub ours: DayTotals,
    /// Every difference from it; none if both have the same.
    pub breaks: Vec<TotalsBreak>,
}

/// Why nobody knows whether the books agree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Unreconciled {
    /// The answer is not one.
    Answer(Unfit),
    /// There is no answer.
    NoReply(NoReply),
    /// Our own fault.
    Node(Fault),
    /// Our own sums are beyond every amount.
    Sum(InvalidMoney),
}

/// The trace numbers of these questions.
static TRACES: AtomicU32 = AtomicU32::new(0);

impl AcquirerHost {
    /// Asks an issuer about a day, in each currency in which files went to it.
    pub async fn reconcile(
        &self,
        link: &Link,
        issuer: &Bin,
        day: SettlementDay,
    ) -> Result<Vec<Reconciled>, Unreconciled> {
        let of = issuer.clone();
        let totals = self.teller.ask(move |acquirer, now| {
            let currencies = acquirer.currencies_with(&of).into_iter();
            let totals = currencies.map(|currency| acquirer.day_totals(&of, currency, day));
            let totals = totals.collect::<Result<Vec<_>, _>>();
            Ruling::unkept((acquirer.institution().clone(), totals, now))
        });
        let (acquirer, totals, now) = totals.await?;
        let mut reconciled = Vec::new();
        for ours in totals.map_err(Unreconciled::Sum)? {
            let question = reconciliation(&ours, &next_trace(), &acquirer, issuer, now);
            let answer = link.ask(&question).await.map_err(Unreconciled::NoReply)?;
            let theirs = heard(&answer, &ours, now)?;
            reconciled.push(Reconciled { breaks: ours.breaks(&theirs), ours });
        }
        Ok(reconciled)
    }
}

fn heard(
    answer: &openset_bank::iso8583::Message,
    ours: &DayTotals,
    now: UnixTime,
) -> Result<DayTotals, Unreconciled> {
    read_reconciliation_answer(answer, ours, now).map_err(Unreconciled::Answer)
}

fn next_trace() -> SystemTrace {
    let number = TRACES.fetch_add(1, Ordering::Relaxed) % 999_999 + 1;
    SystemTrace::parse(&format!("{number:06}")).expect("six digits")
}

impl From<Fault> for Unreconciled {
    fn from(fault: Fault) -> Self {
        Self::Node(fault)
    }
}

impl fmt::Display for Unreconciled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Answer(unfit) => write!(f, "the issuer's answer: {unfit}"),
            Self::NoReply(why) => why.fmt(f),
            Self::Node(fault) => fault.fmt(f),
            Self::Sum(why) => write!(f, "our own sums: {why}"),
        }
    }
}

impl std::error::Error for Unreconciled {}
