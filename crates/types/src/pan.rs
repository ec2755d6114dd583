//! The primary account number: read by `expose`, printed as its last four digits.

use std::fmt;

use zeroize::Zeroizing;

use crate::Bin;

/// A card's primary account number (ISO/IEC 7812): 12 to 19 digits whose check digit is right.
///
/// It is not `Clone`, not `Serialize`, wiped when dropped, and prints as `Pan(…1111)`.
pub struct Pan(Zeroizing<String>);

/// Why a text is not a card number. It never repeats the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum InvalidPan {
    /// All digits are zero: the check digit is right by accident only.
    AllZero,
    /// The last digit does not match the others (ISO/IEC 7812-1, annex B).
    CheckDigit,
    /// Something other than the digits 0 to 9.
    NotDigits,
    /// Fewer than 12 or more than 19 digits.
    WrongLength,
}

impl Pan {
    /// The fewest digits a card number has.
    pub const DIGITS_MIN: usize = 12;
    /// The most digits a card number has.
    pub const DIGITS_MAX: usize = 19;

    /// Takes a card number written in digits alone: no spaces, no dashes.
    pub fn parse(text: &str) -> Result<Self, InvalidPan> {
        if !text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(InvalidPan::NotDigits);
        }
        if !(Self::DIGITS_MIN..=Self::DIGITS_MAX).contains(&text.len()) {
            return Err(InvalidPan::WrongLength);
        }
        if text.bytes().all(|byte| byte == b'0') {
            return Err(InvalidPan::AllZero);
        }
        if !check_digit_matches(text) {
            return Err(InvalidPan::CheckDigit);
        }
        Ok(Self(Zeroizing::new(text.to_owned())))
    }

    /// The digits themselves. Every call is a place where the number may leave.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// The first six digits: the only part of the number a merchant learns.
    pub fn bin(&self) -> Bin {
        Bin::parse(self.0.get(..6).unwrap_or_default())
            .expect("a card number has at least twelve digits")
    }

    /// The last four digits, for people to recognise their card by.
    pub fn last_four(&self) -> &str {
        let start = self.0.len().saturating_sub(4);
        self.0.get(start..).unwrap_or_default()
    }
}

impl PartialEq for Pan {
    /// Compares without stopping at the first difference.
    fn eq(&self, other: &Self) -> bool {
        self.0.len() == other.0.len()
            && self.0.bytes().zip(other.0.bytes()).fold(0, |seen, (a, b)| seen | (a ^ b)) == 0
    }
}

impl Eq for Pan {}

impl fmt::Debug for Pan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Pan(…{})", self.last_four())
    }
}

impl fmt::Display for InvalidPan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::AllZero => "a card number is not all zeros",
            Self::CheckDigit => "the card number's check digit does not match",
            Self::NotDigits => "a card number holds digits only",
            Self::WrongLength => "a card number has 12 to 19 digits",
        })
    }
}

impl std::error::Error for InvalidPan {}

/// The formula of ISO/IEC 7812-1 annex B: every second digit from the right counts double.
fn check_digit_matches(digits: &str) -> bool {
    let sum = digits.bytes().rev().enumerate().fold(0_u32, |sum, (place, byte)| {
        let digit = u32::from(byte.wrapping_sub(b'0'));
        let doubled = digit.saturating_mul(2);
        let counted = match place % 2 {
            0 => digit,
            _ if doubled > 9 => doubled.saturating_sub(9),
            _ => doubled,
        };
        sum.saturating_add(counted)
    });
    sum.is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn public_test_numbers_of_every_length_are_accepted() {
        for digits in ["4111111111111111", "500000000009", "6000000000000000004", "4222222222222"] {
            assert_eq!(Pan::parse(digits).expect("a public test number").expose(), digits);
        }
    }

    #[test]
    fn a_wrong_check_digit_is_refused() {
        assert_eq!(Pan::parse("4111111111111112"), Err(InvalidPan::CheckDigit));
    }

    #[test]
    fn anything_but_ascii_digits_is_refused() {
        let full_width: String = "4111111111111111"
            .chars()
            .filter_map(|digit| char::from_u32(u32::from(digit) + 0xFEE0))
            .collect();
        for text in ["4111-1111-1111-1111", "4111 1111 1111 1111", &full_width, "411111111111111F"]
        {
            assert_eq!(Pan::parse(text), Err(InvalidPan::NotDigits), "{text}");
        }
        assert_eq!(Pan::parse("4111111111111111\0"), Err(InvalidPan::NotDigits));
    }

    #[test]
    fn too_short_too_long_and_empty_are_refused() {
        for text in ["", "41111111111", "41111111111111111111"] {
            assert_eq!(Pan::parse(text), Err(InvalidPan::WrongLength), "{text}");
        }
    }

    #[test]
    fn all_zeros_is_refused_although_its_check_digit_is_right() {
        assert_eq!(Pan::parse("0000000000000000"), Err(InvalidPan::AllZero));
    }

    #[test]
    fn a_number_prints_as_its_last_four_digits() {
        let pan = Pan::parse("4111111111111111").expect("a public test number");
        assert_eq!(format!("{pan:?}"), "Pan(…1111)");
        assert_eq!(pan.bin().as_str(), "411111");
    }
}
