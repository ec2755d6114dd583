//! What a page may show of a purchase, the same words at every party.

use openset_types::{Money, UnixTime, Xid};
use serde::{Deserialize, Serialize};

/// How far a purchase has come. Four of these are what a shopper is told; the others are the ways
/// in which it ends without money moving, or has not begun.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Fact {
    /// The order stands and nobody has paid yet.
    Placed,
    /// The shop has the payment and the bank has not answered yet.
    Received,
    /// The bank agreed.
    Authorized,
    /// The money is asked for.
    Capturing,
    /// The money was taken.
    Captured,
    /// The money was given back.
    Credited,
    /// The shop has asked the bank to release the money before it was taken.
    Voiding,
    /// The shop has released the money before it was taken: the bank holds nothing any more.
    Voided,
    /// The bank said no, or never answered and whatever it held is undone.
    Declined,
    /// The shop did not accept the order as it was signed.
    Rejected,
    /// The cardholder went no further.
    Abandoned,
}

/// When something became so.
// Stored. Change only with a migration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moment {
    /// When.
    pub at: UnixTime,
    /// What.
    pub fact: Fact,
}

/// What happened, in order.
// Stored. Change only with a migration.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Timeline(Vec<Moment>);

impl Timeline {
    /// Begins with a first fact.
    pub fn begin(fact: Fact, at: UnixTime) -> Self {
        Self(vec![Moment { at, fact }])
    }

    /// Adds a fact, unless it is what was said last.
    pub fn add(&mut self, fact: Fact, at: UnixTime) {
        if self.last() != Some(fact) {
            self.0.push(Moment { at, fact });
        }
    }

    /// The latest fact.
    pub fn last(&self) -> Option<Fact> {
        self.0.last().map(|moment| moment.fact)
    }

    /// All of them, oldest first.
    pub fn moments(&self) -> &[Moment] {
        &self.0
    }
}

/// A purchase as a page shows it. It holds no card number and no order description.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// The merchant's order number, where it is known.
    pub order: Option<String>,
    /// The purchase, once it has a name.
    pub xid: Option<Xid>,
    /// What it costs.
    pub amount: Money,
    /// How far it has come.
    pub fact: Fact,
    /// What was taken, if anything was.
    pub captured: Option<Money>,
    /// What was given back of it, where that is known.
    pub given_back: Option<Money>,
    /// What happened, in order.
    pub timeline: Timeline,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fact_said_twice_is_told_once() {
        let at = |seconds| UnixTime::new(seconds).expect("after 1970");
        let mut timeline = Timeline::begin(Fact::Placed, at(1));
        timeline.add(Fact::Received, at(2));
        timeline.add(Fact::Received, at(3));
        assert_eq!(timeline.last(), Some(Fact::Received));
        assert_eq!(timeline.moments().len(), 2);
    }
}
