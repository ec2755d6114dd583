//! Money: an amount in minor units together with its currency.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A currency of ISO 4217 that this system settles in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Currency(usize);

/// One row of ISO 4217: alphabetic code, numeric code, decimal places.
struct Row(&'static str, u16, u8);

/// The currencies known here, in alphabetical order of their codes.
const ROWS: [Row; 18] = [
    Row("AUD", 36, 2),
    Row("BHD", 48, 3),
    Row("CAD", 124, 2),
    Row("CHF", 756, 2),
    Row("CZK", 203, 2),
    Row("DKK", 208, 2),
    Row("EUR", 978, 2),
    Row("GBP", 826, 2),
    Row("HUF", 348, 2),
    Row("JPY", 392, 0),
    Row("KRW", 410, 0),
    Row("KWD", 414, 3),
    Row("NOK", 578, 2),
    Row("PLN", 985, 2),
    Row("SEK", 752, 2),
    Row("TND", 788, 3),
    Row("TRY", 949, 2),
    Row("USD", 840, 2),
];

impl Currency {
    /// The euro.
    pub const EUR: Self = Self(6);

    /// Finds a currency by its three letters.
    pub fn from_code(code: &str) -> Result<Self, InvalidMoney> {
        ROWS.iter().position(|row| row.0 == code).map(Self).ok_or(InvalidMoney::UnknownCurrency)
    }

    /// Finds a currency by its ISO 4217 number.
    pub fn from_numeric(numeric: u16) -> Result<Self, InvalidMoney> {
        ROWS.iter().position(|row| row.1 == numeric).map(Self).ok_or(InvalidMoney::UnknownCurrency)
    }

    fn row(self) -> &'static Row {
        ROWS.get(self.0).expect("a currency is made from a row of the table")
    }

    /// Its three letters.
    pub fn code(self) -> &'static str {
        self.row().0
    }

    /// Its ISO 4217 number.
    pub fn numeric(self) -> u16 {
        self.row().1
    }

    /// How many decimal places its minor unit has.
    pub fn decimals(self) -> u8 {
        self.row().2
    }
}

impl TryFrom<String> for Currency {
    type Error = InvalidMoney;

    fn try_from(code: String) -> Result<Self, InvalidMoney> {
        Self::from_code(&code)
    }
}

impl From<Currency> for String {
    fn from(currency: Currency) -> Self {
        currency.code().to_owned()
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// An amount of money, never negative: direction is said by what is done with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Money {
    minor: u64,
    currency: Currency,
}

/// Why an amount cannot be made or reckoned with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum InvalidMoney {
    /// Two currencies in one sum.
    CurrenciesDiffer {
        /// The first one.
        left: Currency,
        /// The other.
        right: Currency,
    },
    /// Less than nothing would be left.
    Negative,
    /// Not a number with at most the currency's decimal places.
    NotAnAmount,
    /// More than [`Money::MINOR_MAX`].
    TooLarge,
    /// A currency that is not in the table.
    UnknownCurrency,
}

impl Money {
    /// The largest amount: 12 digits of minor units, as ISO 8583 field 4 carries.
    pub const MINOR_MAX: u64 = 999_999_999_999;

    /// An amount in minor units (cents of a euro, yen of a yen).
    pub fn new(minor: u64, currency: Currency) -> Result<Self, InvalidMoney> {
        if minor > Self::MINOR_MAX {
            return Err(InvalidMoney::TooLarge);
        }
        Ok(Self { minor, currency })
    }

    /// Nothing, in a currency.
    pub fn zero(currency: Currency) -> Self {
        Self { minor: 0, currency }
    }

    /// Reads `42.00` in a currency of two decimals, `42` in one of none. A dot, no grouping.
    pub fn parse(text: &str, currency: Currency) -> Result<Self, InvalidMoney> {
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        let decimals = usize::from(currency.decimals());
        let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        let dangling = text.contains('.') && fraction.is_empty();
        if whole.is_empty() || dangling || !digits(whole) || !digits(fraction) {
            return Err(InvalidMoney::NotAnAmount);
        }
        if fraction.len() > decimals {
            return Err(InvalidMoney::NotAnAmount);
        }
        let minor = format!("{whole}{fraction:0<decimals$}");
        Self::new(minor.parse().map_err(|_| InvalidMoney::TooLarge)?, currency)
    }

    /// The amount in minor units.
    pub fn minor(self) -> u64 {
        self.minor
    }

    /// Its currency.
    pub fn currency(self) -> Currency {
        self.currency
    }

    /// Whether this is nothing.
    pub fn is_zero(self) -> bool {
        self.minor == 0
    }

    /// The sum of two amounts of one currency.
    pub fn plus(self, other: Self) -> Result<Self, InvalidMoney> {
        self.same_currency(other)?;
        let minor = self.minor.checked_add(other.minor).ok_or(InvalidMoney::TooLarge)?;
        Self::new(minor, self.currency)
    }

    /// What is left when another amount of the same currency is taken away.
    pub fn minus(self, other: Self) -> Result<Self, InvalidMoney> {
        self.same_currency(other)?;
        let minor = self.minor.checked_sub(other.minor).ok_or(InvalidMoney::Negative)?;
        Self::new(minor, self.currency)
    }

    /// This amount, so many times.
    pub fn times(self, count: u64) -> Result<Self, InvalidMoney> {
        let minor = self.minor.checked_mul(count).ok_or(InvalidMoney::TooLarge)?;
        Self::new(minor, self.currency)
    }

    /// Whether this amount is more than another of the same currency.
    pub fn exceeds(self, other: Self) -> Result<bool, InvalidMoney> {
        self.same_currency(other)?;
        Ok(self.minor > other.minor)
    }

    fn same_currency(self, other: Self) -> Result<(), InvalidMoney> {
        if self.currency != other.currency {
            let (left, right) = (self.currency, other.currency);
            return Err(InvalidMoney::CurrenciesDiffer { left, right });
        }
        Ok(())
    }

    /// The number alone, with the currency's decimal places and a dot: `42.00`.
    pub fn decimal(self) -> String {
        let decimals = usize::from(self.currency.decimals());
        if decimals == 0 {
            return self.minor.to_string();
        }
        let width = decimals.saturating_add(1);
        let digits = format!("{:0>width$}", self.minor);
        let point = digits.len().saturating_sub(decimals);
        format!("{}.{}", &digits[..point], &digits[point..])
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.decimal(), self.currency)
    }
}

impl fmt::Display for InvalidMoney {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CurrenciesDiffer { left, right } => {
                write!(f, "{left} and {right} cannot be reckoned together")
            }
            Self::Negative => f.write_str("the amount would be less than nothing"),
            Self::NotAnAmount => f.write_str("not an amount in this currency"),
            Self::TooLarge => f.write_str("the amount has more than 12 digits"),
            Self::UnknownCurrency => f.write_str("unknown currency"),
        }
    }
}

impl std::error::Error for InvalidMoney {}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn eur(minor: u64) -> Money {
        Money::new(minor, Currency::EUR).expect("within range")
    }

    fn jpy(minor: u64) -> Money {
        Money::new(minor, Currency::from_code("JPY").expect("in the table")).expect("within range")
    }

    #[test]
    fn the_table_is_found_by_code_and_by_number() {
        for row in &ROWS {
            let by_code = Currency::from_code(row.0).expect("in the table");
            assert_eq!(Currency::from_numeric(row.1), Ok(by_code));
        }
        assert_eq!(Currency::EUR.code(), "EUR");
        assert_eq!(Currency::from_code("eur"), Err(InvalidMoney::UnknownCurrency));
        assert_eq!(Currency::from_numeric(999), Err(InvalidMoney::UnknownCurrency));
    }

    #[test]
    fn amounts_print_with_the_places_of_their_currency() {
        assert_eq!(eur(4200).to_string(), "42.00 EUR");
        assert_eq!(eur(5).to_string(), "0.05 EUR");
        assert_eq!(jpy(42).to_string(), "42 JPY");
    }

    #[test]
    fn texts_that_are_not_amounts_are_refused() {
        for text in ["", ".", "1.", ".5", "1,00", "-1.00", "1.000", "1e3", " 1", "1.0.0", "+1"] {
            assert_eq!(Money::parse(text, Currency::EUR), Err(InvalidMoney::NotAnAmount), "{text}");
        }
        let too_large = Money::parse("99999999999999999999", Currency::EUR);
        assert_eq!(too_large, Err(InvalidMoney::TooLarge));
        assert_eq!(Money::parse("42.5", Currency::EUR), Ok(eur(4250)));
    }

    #[test]
    fn currencies_do_not_mix_and_nothing_goes_below_zero() {
        assert!(matches!(eur(1).plus(jpy(1)), Err(InvalidMoney::CurrenciesDiffer { .. })));
        assert!(matches!(eur(1).exceeds(jpy(1)), Err(InvalidMoney::CurrenciesDiffer { .. })));
        assert_eq!(eur(1).minus(eur(2)), Err(InvalidMoney::Negative));
        assert_eq!(eur(Money::MINOR_MAX).plus(eur(1)), Err(InvalidMoney::TooLarge));
        assert_eq!(eur(Money::MINOR_MAX).times(2), Err(InvalidMoney::TooLarge));
    }

    proptest! {
        #[test]
        fn what_is_printed_can_be_read_again(minor in 0..=Money::MINOR_MAX) {
            prop_assert_eq!(Money::parse(&eur(minor).decimal(), Currency::EUR), Ok(eur(minor)));
        }
    }
}
