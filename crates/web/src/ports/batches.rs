//! What the pages about batches need, at the merchant and at the gateway.

use openset_types::{BatchTotals, Money, Side};

/// One batch in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BatchRow {
    /// What addresses call it.
    pub slug: String,
    /// Its number.
    pub number: String,
    /// The brand of its cards; at a gateway, whose it is.
    pub whose: String,
    /// Whether it takes items.
    pub state: BatchState,
    /// What is in it, as far as this party knows.
    pub totals: Option<BatchTotals>,
}

/// Whether a batch takes items.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BatchState {
    /// Nobody has asked the bank.
    Unknown,
    /// It does.
    Open,
    /// The merchant has closed it.
    Closed,
    /// The bank has closed it.
    ClosedByBank,
}

/// One batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BatchFile {
    /// As in the list, with what the merchant has in it.
    pub row: BatchRow,
    /// What the bank has in it, when it last said so.
    pub theirs: Option<BatchTotals>,
    /// What came of the last question, by the name that SET gives it.
    pub status: Option<String>,
    /// What the last comparison found; nothing if there was none.
    pub breaks: Option<Vec<BatchBreak>>,
}

/// A difference between a merchant and its bank. A side that does not have the item says nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BatchBreak {
    /// What it is about.
    pub about: BreakAbout,
    /// What the merchant has.
    pub ours: Option<Told>,
    /// What the bank has.
    pub theirs: Option<Told>,
}

/// What a difference is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BreakAbout {
    /// How many items a side has.
    Count(Side),
    /// What the items of a side come to.
    Sum(Side),
    /// The item at this place.
    Item(u64),
}

/// What one of the two says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    /// A number of items.
    Count(u64),
    /// An amount, and which way it goes.
    Amount(Side, Money),
}

/// What a merchant asks about a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BatchDeed {
    /// How it stands.
    Look,
    /// To open it.
    Open,
    /// To close it.
    Close,
    /// To compare every item.
    Reconcile,
}

impl BatchDeed {
    /// The deed that a form names.
    pub fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "look" => Self::Look,
            "open" => Self::Open,
            "close" => Self::Close,
            "reconcile" => Self::Reconcile,
            _ => return None,
        })
    }
}
