//! What an acquirer keeps of a merchant's sales: a share of their sum, and an amount of each.
//!
//! Terms may be changed at any time. What was credited before is told by the terms of then, so they
//! are kept with the number of the last credit that was made under them.

use std::collections::BTreeSet;
use std::fmt;

use openset_types::{Currency, MerchantId, Money};
use serde::{Deserialize, Serialize};

use super::{Acquirer, AcquirerRecord, Merchant};
use crate::Decided;

/// The terms. There are no fractions: a share is in hundredths of a percent, an amount in minor
/// units.
// Stored. Change only with a migration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fees {
    #[serde(rename = "fee_basis_points")]
    basis_points: u16,
    #[serde(rename = "fee_fixed", default, skip_serializing_if = "Vec::is_empty")]
    fixed: Vec<Money>,
}

/// Terms that were changed.
// Stored. Change only with a migration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EarlierFees {
    #[serde(flatten)]
    fees: Fees,
    last_credit: u64,
}

/// Why terms are none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum InvalidFees {
    /// More than all of a sale.
    Share(u16),
    /// Two amounts in one currency.
    Twice(Currency),
}

impl Fees {
    /// The largest share: all of it.
    pub const BASIS_POINTS_MAX: u16 = 10_000;

    /// So many hundredths of a percent of what sales come to, and of each sale this amount in its
    /// currency. Of a currency that is not named the share alone is kept.
    pub fn new(basis_points: u16, fixed: Vec<Money>) -> Result<Self, InvalidFees> {
        if basis_points > Self::BASIS_POINTS_MAX {
            return Err(InvalidFees::Share(basis_points));
        }
        let mut seen = BTreeSet::new();
        match fixed.iter().find(|amount| !seen.insert(amount.currency())) {
            Some(amount) => Err(InvalidFees::Twice(amount.currency())),
            None => Ok(Self { basis_points, fixed }),
        }
    }

    /// The share, in hundredths of a percent.
    pub fn basis_points(&self) -> u16 {
        self.basis_points
    }

    /// What is kept of each sale, in each currency that is named.
    pub fn fixed(&self) -> &[Money] {
        &self.fixed
    }

    /// What is kept of so many sales that come to so much. The share is rounded down: the merchant
    /// has the benefit of the fraction. It is never more than the sales came to.
    pub fn of(&self, gross: Money, sales: u64) -> Money {
        let currency = gross.currency();
        let share = gross.minor().saturating_mul(self.basis_points.into()).checked_div(10_000);
        let share = Money::new(share.unwrap_or_default(), currency);
        let each = self.fixed.iter().find(|amount| amount.currency() == currency);
        let each = each.copied().unwrap_or_else(|| Money::zero(currency));
        let fee = share.and_then(|share| share.plus(each.times(sales)?));
        // A sum beyond every amount is beyond this one too.
        fee.ok().filter(|fee| fee.minor() <= gross.minor()).unwrap_or(gross)
    }
}

impl Merchant {
    /// The terms under which a credit of this number was made, or will be.
    pub fn fees_of(&self, credit: u64) -> &Fees {
        let earlier = self.earlier_fees.iter().find(|earlier| credit <= earlier.last_credit);
        earlier.map_or(&self.fees, |earlier| &earlier.fees)
    }

    /// The same merchant with other terms, from the credit after this one on.
    fn with_fees(mut self, fees: Fees, last_credit: u64) -> Self {
        let was_used = last_credit > self.earlier_fees.last().map_or(0, |last| last.last_credit);
        let fees = std::mem::replace(&mut self.fees, fees);
        if was_used {
            self.earlier_fees.push(EarlierFees { fees, last_credit });
        }
        self
    }
}

impl Acquirer {
    /// Agrees with a merchant on what is kept of its sales from now on. Answers whether it banks
    /// here.
    pub fn agree_fees(
        &mut self,
        merchant: &MerchantId,
        fees: &Fees,
    ) -> Decided<bool, AcquirerRecord> {
        let Some(terms) = self.merchants.get(merchant) else { return Decided::unchanged(false) };
        if terms.fees == *fees {
            return Decided::unchanged(true);
        }
        let last_credit = self.credits.keys().next_back().copied().unwrap_or_default();
        let terms = terms.clone().with_fees(fees.clone(), last_credit);
        self.sign_up(terms.clone());
        Decided::new(true, vec![AcquirerRecord::Merchant(terms)])
    }
}

impl fmt::Display for InvalidFees {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Share(basis_points) => {
                write!(f, "a share of {basis_points} hundredths of a percent is more than all")
            }
            Self::Twice(currency) => write!(f, "two amounts of each sale in {currency}"),
        }
    }
}

impl std::error::Error for InvalidFees {}

#[cfg(test)]
mod tests {
    use super::*;

    fn money(minor: u64, code: &str) -> Money {
        Money::new(minor, Currency::from_code(code).expect("in the table")).expect("an amount")
    }

    fn fees(basis_points: u16, fixed: &[Money]) -> Fees {
        Fees::new(basis_points, fixed.to_vec()).expect("terms")
    }

    #[test]
    fn a_share_is_rounded_down_and_an_amount_is_kept_of_each_sale() {
        let terms = fees(120, &[money(5, "EUR"), money(8, "JPY"), money(20, "KWD")]);
        assert_eq!(terms.of(money(4299, "EUR"), 3), money(51 + 15, "EUR"));
        assert_eq!(terms.of(money(4200, "JPY"), 1), money(50 + 8, "JPY"));
        assert_eq!(terms.of(money(12_500, "KWD"), 2), money(150 + 40, "KWD"));
    }

    #[test]
    fn of_a_currency_without_an_amount_the_share_alone_is_kept() {
        assert_eq!(fees(120, &[money(5, "EUR")]).of(money(4200, "JPY"), 9), money(50, "JPY"));
        assert_eq!(fees(0, &[]).of(money(4200, "JPY"), 9), money(0, "JPY"));
    }

    #[test]
    fn no_more_is_kept_than_the_sales_came_to() {
        let most = Money::MINOR_MAX;
        for (terms, gross, sales) in [
            (fees(0, &[money(50, "EUR")]), money(99, "EUR"), 2),
            (fees(10_000, &[money(1, "EUR")]), money(99, "EUR"), 1),
            (fees(1, &[money(most, "EUR")]), money(99, "EUR"), u64::MAX),
            (fees(10_000, &[money(most, "EUR")]), money(most, "EUR"), 1),
        ] {
            assert_eq!(terms.of(gross, sales), gross, "{terms:?}");
        }
        assert_eq!(fees(10_000, &[]).of(money(most, "EUR"), 1), money(most, "EUR"));
    }

    #[test]
    fn terms_that_make_no_sense_are_refused() {
        assert_eq!(Fees::new(10_001, Vec::new()), Err(InvalidFees::Share(10_001)));
        let twice = vec![money(5, "EUR"), money(5, "JPY"), money(6, "EUR")];
        assert_eq!(Fees::new(0, twice), Err(InvalidFees::Twice(Currency::EUR)));
    }

    #[test]
    fn terms_as_they_were_stored_before_they_could_be_set_are_read() {
        let read: Fees = serde_json::from_str(r#"{"fee_basis_points":120}"#).expect("terms");
        assert_eq!(read, fees(120, &[]));
        assert_eq!(serde_json::to_string(&read).expect("JSON"), r#"{"fee_basis_points":120}"#);
    }
}
