//! Card accounts: what a card may spend, and whether it may spend at all.

use openset_types::{CardExpiry, Money, Pan, UnixTime};
use serde::{Deserialize, Serialize};

use crate::iso8583::ResponseCode;
use crate::ledger::CardId;

/// What an issuer grants a cardholder.
#[derive(Debug)]
pub struct CardAccount {
    /// Names the account.
    pub id: CardId,
    /// The card's number.
    pub pan: Pan,
    /// The card's last month.
    pub expiry: CardExpiry,
    /// How much may be owed and held together.
    pub credit_line: Money,
    /// How much may be authorized in one day (UTC).
    pub day_limit: Money,
    /// Whether it may be used.
    pub standing: Standing,
}

/// Whether a card may be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// It may.
    Open,
    /// It was lost or stolen.
    Blocked,
    /// The issuer ended it before its last month.
    Ended,
    /// The issuer decides, but its answers about this card get lost: a card to test time-outs
    /// and reversals with.
    Silent,
}

/// An account as a page may show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CardView {
    /// Names the account.
    pub id: CardId,
    /// The first six digits of the card.
    pub bin: String,
    /// The last four digits of the card.
    pub last_four: String,
    /// The card's last month.
    pub expiry: CardExpiry,
    /// How much may be owed and held together.
    pub credit_line: Money,
    /// How much is held.
    pub held_minor: u128,
    /// How much is owed.
    pub owed_minor: u128,
    /// Whether it may be used.
    pub standing: Standing,
}

/// A card account and what is on it now.
#[derive(Debug)]
pub(super) struct OpenAccount {
    pub(super) terms: CardAccount,
    /// The sum of the holds that stand, in minor units.
    pub(super) held: u128,
    spent: DaySpent,
}

/// What was authorized on one day, in minor units.
#[derive(Debug, Default, Clone, Copy)]
struct DaySpent {
    day: i64,
    minor: u128,
}

impl OpenAccount {
    pub(super) fn new(terms: CardAccount) -> Self {
        Self { terms, held: 0, spent: DaySpent::default() }
    }

    /// Whether the card is good as such.
    pub(super) fn check_card(
        &self,
        expiry: &CardExpiry,
        now: UnixTime,
    ) -> Result<(), ResponseCode> {
        if self.terms.standing == Standing::Blocked {
            return Err(ResponseCode::RestrictedCard);
        }
        if expiry != &self.terms.expiry || self.terms.expiry.is_past(now) {
            return Err(ResponseCode::ExpiredCard);
        }
        Ok(())
    }

    /// Whether so much more may be held, when so much is owed.
    pub(super) fn check_amount(
        &self,
        amount: Money,
        owed: u128,
        now: UnixTime,
    ) -> Result<(), ResponseCode> {
        if self.terms.standing == Standing::Ended {
            return Err(ResponseCode::ExpiredCard);
        }
        let currency = self.terms.credit_line.currency();
        if amount.is_zero() || amount.currency() != currency {
            return Err(ResponseCode::InvalidAmount);
        }
        let minor = u128::from(amount.minor());
        let used = owed.saturating_add(self.held).saturating_add(minor);
        if used > u128::from(self.terms.credit_line.minor()) {
            return Err(ResponseCode::InsufficientFunds);
        }
        let today = self.spent_on(now).saturating_add(minor);
        if today > u128::from(self.terms.day_limit.minor()) {
            return Err(ResponseCode::ExceedsLimit);
        }
        Ok(())
    }

    /// Holds so much more.
    pub(super) fn hold(&mut self, amount: Money, at: UnixTime) {
        let minor = u128::from(amount.minor());
        self.held = self.held.saturating_add(minor);
        self.count_spent(minor, at);
    }

    /// Counts what was held on a day and is not held any more.
    pub(super) fn count_spent(&mut self, minor: u128, at: UnixTime) {
        let day = day(at);
        if day > self.spent.day {
            self.spent = DaySpent { day, minor: 0 };
        }
        if day == self.spent.day {
            self.spent.minor = self.spent.minor.saturating_add(minor);
        }
    }

    /// A hold of so much does not stand any more; unless it was posted, its day has it back.
    pub(super) fn unhold(&mut self, amount: Money, placed_at: UnixTime, posted: u64) {
        let minor = u128::from(amount.minor());
        self.held = self.held.saturating_sub(minor);
        if day(placed_at) == self.spent.day {
            let unused = minor.saturating_sub(posted.into());
            self.spent.minor = self.spent.minor.saturating_sub(unused);
        }
    }

    fn spent_on(&self, now: UnixTime) -> u128 {
        if day(now) == self.spent.day { self.spent.minor } else { 0 }
    }

    pub(super) fn view(&self, owed_minor: u128) -> CardView {
        CardView {
            id: self.terms.id,
            bin: self.terms.pan.bin().to_string(),
            last_four: self.terms.pan.last_four().to_owned(),
            expiry: self.terms.expiry.clone(),
            credit_line: self.terms.credit_line,
            held_minor: self.held,
            owed_minor,
            standing: self.terms.standing,
        }
    }
}

fn day(moment: UnixTime) -> i64 {
    moment.seconds().div_euclid(86_400)
}
