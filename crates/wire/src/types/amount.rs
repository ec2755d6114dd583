//! Amounts of money as they travel.

use openset_types::{Currency, InvalidMoney, Money};
use rasn::{AsnType, Decode, Decoder, Encode};

/// CurrencyAmount
///
/// An amount of money: `amount` times ten to the power `amt_exp10`, in a currency of ISO 4217.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct CurrencyAmount {
    /// The currency, as ISO 4217 counts them.
    #[rasn(value("1..=999"))]
    pub currency: u16,
    /// How many.
    pub amount: u64,
    /// Power of ten.
    pub amt_exp10: i16,
}

impl CurrencyAmount {
    /// The amount in the house's own words.
    ///
    /// Fails for currencies we do not settle in and for fractions of their smallest unit.
    pub fn money(&self) -> Result<Money, InvalidMoney> {
        let currency = Currency::from_numeric(self.currency)?;
        let shift = i32::from(self.amt_exp10).saturating_add(i32::from(currency.decimals()));
        let power = 10_u64.checked_pow(shift.unsigned_abs());
        let minor = match power {
            Some(power) if shift >= 0 => self.amount.checked_mul(power),
            Some(power) if self.amount.checked_rem(power) == Some(0) => {
                self.amount.checked_div(power)
            }
            None if self.amount == 0 => Some(0),
            None if shift >= 0 => None,
            _ => return Err(InvalidMoney::NotAnAmount),
        };
        Money::new(minor.ok_or(InvalidMoney::TooLarge)?, currency)
    }
}

impl From<Money> for CurrencyAmount {
    /// In minor units, with the exponent that says so.
    fn from(money: Money) -> Self {
        Self {
            currency: money.currency().numeric(),
            amount: money.minor(),
            amt_exp10: 0_i16.saturating_sub(i16::from(money.currency().decimals())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn amount(amount: u64, amt_exp10: i16) -> CurrencyAmount {
        CurrencyAmount { currency: 978, amount, amt_exp10 }
    }

    fn eur(minor: u64) -> Money {
        Money::new(minor, Currency::EUR).expect("within range")
    }

    #[test]
    fn money_travels_in_minor_units() {
        assert_eq!(CurrencyAmount::from(eur(4200)), amount(4200, -2));
        assert_eq!(amount(4200, -2).money(), Ok(eur(4200)));
    }

    #[test]
    fn other_exponents_mean_the_same_money() {
        assert_eq!(amount(42, 0).money(), Ok(eur(4200)));
        assert_eq!(amount(42_000, -3).money(), Ok(eur(4200)));
        assert_eq!(amount(0, -300).money(), Ok(eur(0)));
        assert_eq!(amount(0, i16::MAX).money(), Ok(eur(0)));
    }

    #[test]
    fn fractions_of_a_cent_and_giant_amounts_are_refused() {
        assert_eq!(amount(42_001, -3).money(), Err(InvalidMoney::NotAnAmount));
        assert_eq!(amount(1, i16::MIN).money(), Err(InvalidMoney::NotAnAmount));
        assert_eq!(amount(1, 30).money(), Err(InvalidMoney::TooLarge));
        assert_eq!(amount(u64::MAX, -2).money(), Err(InvalidMoney::TooLarge));
        let unknown = CurrencyAmount { currency: 1, amount: 1, amt_exp10: 0 };
        assert_eq!(unknown.money(), Err(InvalidMoney::UnknownCurrency));
    }
}
