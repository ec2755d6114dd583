//! FloatingPoint: the ratio in a response, written as X.690 11.3 asks.

use std::borrow::Cow;

use rasn::types::Tag;

use crate::der::{Contents, What, primitive};

/// FloatingPoint
///
/// REAL in base 2, not negative: `mantissa` times two to the power `exponent`. Zero has mantissa
/// zero; any other number an odd one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct FloatingPoint {
    mantissa: u64,
    exponent: i16,
}

impl FloatingPoint {
    /// Nothing.
    pub const ZERO: Self = Self { mantissa: 0, exponent: 0 };
    /// All of it.
    pub const ONE: Self = Self { mantissa: 1, exponent: 0 };

    /// How much a part is of a whole, cut off after 32 binary places.
    ///
    /// Nothing of nothing is nothing.
    pub fn ratio(part: u64, whole: u64) -> Self {
        let scaled = u128::from(part) << 32;
        let quotient = scaled.checked_div(u128::from(whole)).unwrap_or_default();
        Self::normal(u64::try_from(quotient).unwrap_or(u64::MAX), -32)
    }

    /// The number, with the precision of the machine: for people, not for reckoning.
    pub fn approximately(self) -> f64 {
        let (high, low) = (self.mantissa >> 32, self.mantissa & 0xFFFF_FFFF);
        let [high, low] = [high, low].map(|half| u32::try_from(half).map_or(0.0, f64::from));
        (high * 4_294_967_296.0 + low) * f64::from(self.exponent).exp2()
    }

    /// So much of a whole, to the nearest unit: what [`Self::ratio`] was made of, where the whole
    /// has less than 31 bits. Nothing if it is more than fits.
    pub fn part_of(self, whole: u64) -> Option<u64> {
        let product = u128::from(self.mantissa).checked_mul(u128::from(whole))?;
        let places = u32::from(self.exponent.unsigned_abs());
        let units = if self.exponent >= 0 {
            let factor = 1_u128.checked_shl(places)?;
            product.checked_mul(factor)?
        } else {
            let half = 1_u128.checked_shl(places.checked_sub(1)?).unwrap_or_default();
            product.checked_add(half)?.checked_shr(places).unwrap_or_default()
        };
        u64::try_from(units).ok()
    }

    /// Makes the mantissa odd.
    fn normal(mantissa: u64, exponent: i16) -> Self {
        if mantissa == 0 {
            return Self::ZERO;
        }
        let zeros = mantissa.trailing_zeros();
        let shift = i16::try_from(zeros).unwrap_or_default();
        Self { mantissa: mantissa >> zeros, exponent: exponent.saturating_add(shift) }
    }
}

primitive!(FloatingPoint);

impl Contents for FloatingPoint {
    const TAG: Tag = Tag::REAL;

    fn read(contents: &[u8]) -> Result<Self, What> {
        let (exponent, mantissa) = match *contents {
            [] => return Ok(Self::ZERO),
            [0x80, exponent, ref mantissa @ ..] => {
                (i16::from(i8::from_be_bytes([exponent])), mantissa)
            }
            [0x81, high, low, ref mantissa @ ..] => (i16::from_be_bytes([high, low]), mantissa),
            _ => return Err(What::Primitive),
        };
        let read = Self { mantissa: whole(mantissa)?, exponent };
        if read.mantissa & 1 == 0 || *read.write() != *contents {
            return Err(What::Primitive);
        }
        Ok(read)
    }

    fn write(&self) -> Cow<'_, [u8]> {
        if self.mantissa == 0 {
            return Cow::Borrowed(&[]);
        }
        let mut contents = match i8::try_from(self.exponent) {
            Ok(short) => [&[0x80][..], &short.to_be_bytes()].concat(),
            Err(_) => [&[0x81][..], &self.exponent.to_be_bytes()].concat(),
        };
        let digits = self.mantissa.to_be_bytes();
        contents.extend(digits.iter().skip_while(|digit| **digit == 0));
        Cow::Owned(contents)
    }
}

/// The number that up to eight octets make.
fn whole(octets: &[u8]) -> Result<u64, What> {
    match octets.len() {
        1..=8 => Ok(octets.iter().fold(0, |sum, octet| (sum << 8) | u64::from(*octet))),
        _ => Err(What::Primitive),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::der::{decode, encode};

    #[test]
    fn known_numbers_are_written_as_the_standard_asks() {
        for (number, octets) in [
            (FloatingPoint::ZERO, &[0x09, 0x00][..]),
            (FloatingPoint::ONE, &[0x09, 0x03, 0x80, 0x00, 0x01]),
            (FloatingPoint::ratio(1, 2), &[0x09, 0x03, 0x80, 0xFF, 0x01]),
            (FloatingPoint::ratio(3, 4), &[0x09, 0x03, 0x80, 0xFE, 0x03]),
            (FloatingPoint::ratio(6, 1), &[0x09, 0x03, 0x80, 0x01, 0x03]),
        ] {
            assert_eq!(encode(&number).expect("encodable"), octets);
            assert_eq!(decode(octets), Ok(number));
        }
    }

    #[test]
    fn other_forms_of_a_number_are_refused() {
        for contents in [
            &[0x80, 0x00, 0x02][..],
            &[0x80, 0x00, 0x00, 0x01],
            &[0x81, 0x00, 0x00, 0x01],
            &[0x80, 0x00],
            &[0xC0, 0x00, 0x01],
            &[0x90, 0x00, 0x01],
            &[0x03, 0x31, 0x2E],
            &[0x40],
            &[0x80, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1],
        ] {
            assert_eq!(FloatingPoint::read(contents), Err(What::Primitive), "{contents:02x?}");
        }
    }

    #[test]
    fn a_part_that_does_not_fit_is_none_and_one_that_is_too_small_is_nothing() {
        let of = |mantissa, exponent| FloatingPoint { mantissa, exponent }.part_of(4200);
        assert_eq!(FloatingPoint::ONE.part_of(4200), Some(4200));
        assert_eq!(FloatingPoint::ZERO.part_of(4200), Some(0));
        assert_eq!(of(1, 1), Some(8400));
        assert_eq!(of(u64::MAX, 0), None);
        assert_eq!(of(1, 64), None);
        assert_eq!(of(1, i16::MAX), None);
        assert_eq!(of(1, -14), Some(0));
        assert_eq!(of(1, i16::MIN), Some(0));
    }

    proptest! {
        #[test]
        fn a_ratio_is_read_back_and_is_near(part in 0..1_000_000_u64, whole in 1..1_000_000_u64) {
            let ratio = FloatingPoint::ratio(part, whole);
            prop_assert_eq!(FloatingPoint::read(&ratio.write()), Ok(ratio));
            let exact = part as f64 / whole as f64;
            prop_assert!((ratio.approximately() - exact).abs() < 1e-9);
            prop_assert_eq!(ratio.part_of(whole), Some(part));
        }
    }
}
