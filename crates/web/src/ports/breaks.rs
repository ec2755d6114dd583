//! What the acquirer's page of reconciliation needs: what it and each issuer wrote differently,
//! and its links to them.

use openset_types::{Money, UnixTime};

use super::Flow;

/// A sale or a credit that two banks have written differently.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundBreak {
    /// Which one.
    pub reference: String,
    /// How they differ.
    pub how: Difference,
}

/// How two banks differ about a sale or a credit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Difference {
    /// Both have it, with other amounts.
    Amounts {
        /// What the acquirer has.
        ours: Money,
        /// What the issuer has.
        theirs: Money,
    },
    /// The issuer does not have it.
    OnlyOurs(Money),
    /// The acquirer does not have it.
    OnlyTheirs(Money),
    /// One of them has it more than once.
    Twice,
}

/// The acquirer's books held against those of an issuer, sale by sale.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BankCompared {
    /// The issuer.
    pub bank: String,
    /// How many sales and credits the acquirer has settled with it.
    pub settled: usize,
    /// Every difference.
    pub breaks: Vec<FoundBreak>,
}

/// How many, and how much together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DaySum {
    /// How many.
    pub count: u64,
    /// How much together.
    pub amount: Money,
}

/// What two banks have of a day, in one currency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DayLine {
    /// The issuer.
    pub bank: String,
    /// Of sales or of credits.
    pub flow: Flow,
    /// What the acquirer has.
    pub ours: DaySum,
    /// What the issuer has.
    pub theirs: DaySum,
}

/// What the issuers said when they were asked about a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DayAsked {
    /// The day, by a moment in it.
    pub day: UnixTime,
    /// What each has, beside what the acquirer has.
    pub lines: Vec<DayLine>,
    /// Those with whom nothing was ever cleared: there was nothing to ask.
    pub unasked: Vec<String>,
    /// Those that did not answer, or not in words that are understood.
    pub silent: Vec<String>,
}

/// A link to another bank.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkRow {
    /// The bank at the other end.
    pub bank: String,
    /// Where it listens.
    pub address: String,
    /// What is spoken.
    pub dialect: String,
    /// Whether each message has a code.
    pub has_codes: bool,
    /// Whether both ends have signed on.
    pub is_up: bool,
}
