//! Batches: the sums that a merchant and its bank agree on, item by item.
//!
//! An item is counted in exactly one batch, at one place. Which one is decided by the bank that
//! holds the money; everybody else repeats what it said.

use std::{collections::BTreeMap, fmt};

use serde::{Deserialize, Serialize};

use crate::{
    Brand, Currency, InvalidMoney, InvalidReference, MerchantId, Money, RetrievalReference, Trace,
    UnixTime,
};

/// The number of a batch (BatchID), one merchant's own.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct BatchNumber(u64);

impl BatchNumber {
    /// The greatest: what twelve digits hold.
    pub const MAX: u64 = 999_999_999_999;

    /// Takes a number of at most twelve digits.
    pub fn new(number: u64) -> Result<Self, InvalidReference> {
        if number > Self::MAX { Err(InvalidReference) } else { Ok(Self(number)) }
    }

    /// Takes decimal digits.
    pub fn parse(text: &str) -> Result<Self, InvalidReference> {
        if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(InvalidReference);
        }
        Self::new(text.parse().map_err(|_| InvalidReference)?)
    }

    /// The number.
    pub fn get(self) -> u64 {
        self.0
    }
}

impl fmt::Display for BatchNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Where an item is to be counted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BatchWish {
    /// The brand of the card.
    pub brand: Brand,
    /// The batch; none where the bank is to choose.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub batch: Option<BatchNumber>,
    /// The place in it (BatchSequenceNum); none where the bank is to choose.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<u64>,
}

/// Where an item is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct BatchPlace {
    /// The batch.
    pub batch: BatchNumber,
    /// The place in it (BatchSequenceNum), from 1.
    pub position: u64,
}

/// Which way the money of an item goes, as the cardholder sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Side {
    /// To the cardholder: a credit, or a sale that was taken back.
    Credit,
    /// From the cardholder: a sale, or a credit that was taken back.
    Debit,
}

/// How many credits and debits, and how much.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct BatchTotals {
    /// How many credits.
    pub credits: u64,
    /// What they come to.
    pub credit: Money,
    /// How many debits.
    pub debits: u64,
    /// What they come to.
    pub debit: Money,
}

impl BatchTotals {
    /// The totals of nothing.
    pub fn nothing(currency: Currency) -> Self {
        let zero = Money::zero(currency);
        Self { credits: 0, credit: zero, debits: 0, debit: zero }
    }

    /// The same with one item more.
    pub fn with(self, side: Side, amount: Money) -> Result<Self, InvalidMoney> {
        Ok(match side {
            Side::Credit => Self {
                credits: self.credits.saturating_add(1),
                credit: self.credit.plus(amount)?,
                ..self
            },
            Side::Debit => Self {
                debits: self.debits.saturating_add(1),
                debit: self.debit.plus(amount)?,
                ..self
            },
        })
    }

    /// How many items.
    pub fn items(&self) -> u64 {
        self.credits.saturating_add(self.debits)
    }
}

/// One item of a batch, as the bank counts it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BatchLine {
    /// Its place, from 1.
    pub position: u64,
    /// Finds what it is about at the banks: its own reference.
    pub own: RetrievalReference,
    /// The brand of the card, if it was said.
    pub brand: Option<Brand>,
    /// Which way the money goes.
    pub side: Side,
    /// How much.
    pub amount: Money,
    /// Whether the issuer has refused it since.
    pub is_failed: bool,
}

/// Who closed a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ClosedBy {
    /// The merchant said so.
    Merchant,
    /// The bank did, because it cleared it or because it was full.
    Acquirer,
}

/// How far the items of a batch have come on their way to the issuers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BatchProgress {
    /// None has left.
    Pending,
    /// Some have, and not all have come to an end.
    InProgress,
    /// All were refused.
    Rejected,
    /// All have come to an end, and some were refused.
    DoneWithErrors,
    /// All have come to an end.
    Done,
}

/// How a batch stands at the bank.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BatchReport {
    /// Which one.
    pub batch: BatchNumber,
    /// When it was opened.
    pub opened_at: UnixTime,
    /// By whom and when it was closed; none while it takes items.
    pub closed: Option<(ClosedBy, UnixTime)>,
    /// How far its items have come.
    pub progress: BatchProgress,
    /// Its sums.
    pub totals: BatchTotals,
    /// The same for each brand that was said.
    pub brands: BTreeMap<Brand, BatchTotals>,
}

/// Which items of a batch are asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinesWanted {
    /// The place to begin at; 0 for the first.
    pub from: u64,
    /// At most so many.
    pub at_most: u64,
    /// Only those that an issuer has refused.
    pub only_failed: bool,
    /// Only those of one brand.
    pub brand: Option<Brand>,
}

/// Items of a batch, and where to go on.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BatchLines {
    /// Each of them, by place.
    pub lines: Vec<BatchLine>,
    /// Where the next ones begin; 0 where there are no more.
    pub next: u64,
}

/// What a merchant asks of its bank about a batch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BatchQuestion {
    /// How to find this question again: one that is asked twice is done once.
    pub trace: Trace,
    /// Who asks.
    pub merchant: MerchantId,
    /// Which batch; none for the one that takes items now, or for a new one.
    pub batch: Option<BatchNumber>,
    /// What is to be done.
    pub deed: BatchDeed,
}

/// What is to be done with a batch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BatchDeed {
    /// Says how it stands.
    Look,
    /// Opens it, for these brands only; for any if there are none.
    Open(Vec<Brand>),
    /// Closes it, if these are its sums of one brand.
    Close(Option<(Brand, BatchTotals)>),
    /// Forgets it, if it is empty.
    Purge,
    /// Tells its items.
    Lines(LinesWanted),
}

/// What the bank says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BatchAnswer {
    /// It is done, and this is how the batch stands.
    Stands(Box<BatchReport>),
    /// These are the items.
    Lines(BatchLines),
    /// It is not done.
    Refused(BatchRefusal),
    /// The bank did not answer.
    NoAnswer,
}

/// Why a bank does not do with a batch what is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BatchRefusal {
    /// It is closed.
    Closed,
    /// It is open, or was.
    Known,
    /// Its sums are others, or there is no such item.
    OutOfBalance,
    /// The place is taken.
    PlaceTaken,
    /// This merchant's batches are the bank's to open and to close, or the number cannot be had.
    Unavailable,
    /// This merchant has no such batch, or it takes no such item.
    Unknown,
}

impl fmt::Display for BatchRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Closed => "the batch is closed",
            Self::Known => "a batch of this number was opened before",
            Self::OutOfBalance => "the sums of the batch are others",
            Self::PlaceTaken => "the place in the batch is taken",
            Self::Unavailable => "batches of this merchant are the bank's to open and close",
            Self::Unknown => "there is no such batch",
        })
    }
}

impl std::error::Error for BatchRefusal {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_at_most_twelve_digits() {
        assert_eq!(BatchNumber::parse("17").map(BatchNumber::get), Ok(17));
        assert_eq!(BatchNumber::new(BatchNumber::MAX).map(BatchNumber::get), Ok(999_999_999_999));
        for text in ["", "-1", "+1", " 1", "1.0", "x", "1000000000000", "99999999999999999999"] {
            assert!(BatchNumber::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn totals_count_each_side_by_itself() {
        let eur = |minor| Money::new(minor, Currency::EUR).expect("an amount");
        let totals = BatchTotals::nothing(Currency::EUR)
            .with(Side::Debit, eur(4200))
            .and_then(|totals| totals.with(Side::Debit, eur(100)))
            .and_then(|totals| totals.with(Side::Credit, eur(1200)))
            .expect("one currency");
        let expected = BatchTotals { credits: 1, credit: eur(1200), debits: 2, debit: eur(4300) };
        assert_eq!((totals, totals.items()), (expected, 3));
    }

    #[test]
    fn a_batch_counts_one_currency() {
        let usd = Money::new(1, Currency::from_code("USD").expect("known")).expect("an amount");
        assert!(BatchTotals::nothing(Currency::EUR).with(Side::Debit, usd).is_err());
    }
}
