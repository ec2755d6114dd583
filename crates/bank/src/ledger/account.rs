//! Accounts: a name, and what was debited and credited to it.

use std::fmt;

use openset_types::{Bin, MerchantId, Money};
use serde::{Deserialize, Serialize};

/// Names an account in one bank's books.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Account {
    /// What a cardholder owes, at the issuer.
    Card(CardId),
    /// What has been taken from or is due from another bank for cleared sales.
    Clearing(Bin),
    /// What the bank has at the bank of banks.
    Central,
    /// What the acquirer earns.
    Fees,
    /// What is owed to a merchant and already his, at the acquirer.
    Merchant(MerchantId),
    /// What is owed to a merchant once the issuer has settled.
    Pending(MerchantId),
}

/// Names a card account at its issuer, without saying the card's number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct CardId(pub u32);

/// What an account has seen in one currency, in minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Balance {
    /// The sum of its debits.
    pub debits: u128,
    /// The sum of its credits.
    pub credits: u128,
}

/// On which side of an account an amount is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Side {
    /// The left one.
    Debit,
    /// The right one.
    Credit,
}

impl Balance {
    /// The balance after one more line; none if the sums no longer fit.
    pub(crate) fn with(self, side: Side, amount: Money) -> Option<Self> {
        let minor = u128::from(amount.minor());
        Some(match side {
            Side::Debit => Self { debits: self.debits.checked_add(minor)?, ..self },
            Side::Credit => Self { credits: self.credits.checked_add(minor)?, ..self },
        })
    }

    /// By how much credits exceed debits; nothing if they do not.
    pub fn credit(self) -> u128 {
        self.credits.saturating_sub(self.debits)
    }

    /// By how much debits exceed credits; nothing if they do not.
    pub fn debit(self) -> u128 {
        self.debits.saturating_sub(self.credits)
    }
}

impl fmt::Display for CardId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:06}", self.0)
    }
}

impl fmt::Display for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Card(id) => write!(f, "card {id}"),
            Self::Clearing(bank) => write!(f, "clearing {bank}"),
            Self::Central => f.write_str("central"),
            Self::Fees => f.write_str("fees"),
            Self::Merchant(merchant) => write!(f, "merchant {merchant}"),
            Self::Pending(merchant) => write!(f, "pending {merchant}"),
        }
    }
}
