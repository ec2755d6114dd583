//! Entries: what is debited here is credited there, and nothing is ever changed afterwards.

use std::collections::BTreeMap;

use openset_types::{Currency, Money, RetrievalReference, UnixTime};
use serde::{Deserialize, Serialize};

use super::{Account, LedgerFault, Side};
use crate::clearing::FileId;

/// One entry of a ledger.
// Stored. Change only with a migration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    number: u64,
    at: UnixTime,
    occasion: Occasion,
    lines: Vec<Line>,
}

/// Why an entry was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Occasion {
    /// A merchant captured an authorization.
    Captured(RetrievalReference),
    /// A sale came with a clearing file and was posted to the card.
    Cleared(RetrievalReference),
    /// A merchant was credited for the sales of a file.
    Credited(FileId),
    /// A captured sale was refused by the issuer.
    Disputed(RetrievalReference),
    /// A merchant gave money of a sale back; the credit's own reference.
    Refunded(RetrievalReference),
    /// Two banks settled a file.
    Settled(FileId),
    /// A part of a sale, or a credit, was taken back before it was presented; by its name.
    TakenBack(RetrievalReference),
}

/// One side of an entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// Which account.
    pub account: Account,
    /// Which side of it.
    pub side: Side,
    /// How much.
    pub amount: Money,
}

impl Line {
    /// Debits an account.
    pub fn debit(account: Account, amount: Money) -> Self {
        Self { account, side: Side::Debit, amount }
    }

    /// Credits an account.
    pub fn credit(account: Account, amount: Money) -> Self {
        Self { account, side: Side::Credit, amount }
    }
}

impl Entry {
    /// Makes an entry whose debits equal its credits in each currency, or refuses.
    pub(super) fn balanced(
        number: u64,
        at: UnixTime,
        occasion: Occasion,
        lines: Vec<Line>,
    ) -> Result<Self, LedgerFault> {
        let entry = Self { number, at, occasion, lines };
        entry.check()?;
        Ok(entry)
    }

    /// Whether debits equal credits; also asked of entries read back from a store.
    pub(super) fn check(&self) -> Result<(), LedgerFault> {
        if self.lines.is_empty() {
            return Err(LedgerFault::Unbalanced);
        }
        let mut sums: BTreeMap<Currency, (u128, u128)> = BTreeMap::new();
        for line in &self.lines {
            let (debits, credits) = sums.entry(line.amount.currency()).or_default();
            let sum = match line.side {
                Side::Debit => debits,
                Side::Credit => credits,
            };
            *sum = sum.checked_add(u128::from(line.amount.minor())).ok_or(LedgerFault::TooLarge)?;
        }
        if sums.values().any(|(debits, credits)| debits != credits) {
            return Err(LedgerFault::Unbalanced);
        }
        Ok(())
    }

    /// Its number in the ledger, from 1.
    pub fn number(&self) -> u64 {
        self.number
    }

    /// When it was made.
    pub fn at(&self) -> UnixTime {
        self.at
    }

    /// Why it was made.
    pub fn occasion(&self) -> &Occasion {
        &self.occasion
    }

    /// Its lines.
    pub fn lines(&self) -> &[Line] {
        &self.lines
    }
}
