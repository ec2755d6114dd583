//! Certificates.

use std::{borrow::Cow, fmt};

use data_encoding::HEXLOWER;
use rasn::{AsnType, Decode, Decoder, Encode, Encoder, types::Tag};

use super::{AlgorithmIdentifier, Extensions, Name, SubjectPublicKeyInfo, Time};
use crate::der::{Contents, OctetBits, Original, Shared, What, primitive};

/// Certificate
///
/// Says whose a public key is. Not believed here.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct Certificate {
    /// What was signed, with its exact octets.
    pub to_be_signed: Shared<Original<UnsignedCertificate>>,
    /// How it was signed.
    pub algorithm: AlgorithmIdentifier,
    /// The signature.
    pub signature: OctetBits,
}

/// UnsignedCertificate
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct UnsignedCertificate {
    /// 2, which means version 3.
    #[rasn(tag(explicit(context, 0)))]
    pub version: i64,
    /// Its number among those of whoever issued it.
    pub serial_number: Serial,
    /// How it will be signed.
    pub signature: AlgorithmIdentifier,
    /// Who issued it.
    pub issuer: Name,
    /// From when to when it is good.
    pub validity: Validity,
    /// Whose key it is about.
    pub subject: Name,
    /// The key.
    pub subject_public_key_info: SubjectPublicKeyInfo,
    /// What else it says. Always there in SET.
    #[rasn(tag(explicit(context, 3)))]
    pub extensions: Option<Extensions>,
}

impl UnsignedCertificate {
    /// The number that stands for version 3.
    pub const VERSION_3: i64 = 2;
}

/// Validity
#[derive(Debug, Clone, Copy, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct Validity {
    /// The first moment.
    pub not_before: Time,
    /// The last moment.
    pub not_after: Time,
}

/// CertificateSerialNumber
///
/// A positive INTEGER of at most 20 octets.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Serial(Vec<u8>);

impl Serial {
    /// The most octets of a number (RFC 5280, 4.1.2.2).
    pub const OCTETS_MAX: usize = 20;

    /// Takes a number as octets, highest first. Zero and numbers that are too large are refused.
    pub fn new(magnitude: &[u8]) -> Result<Self, What> {
        let zeros = magnitude.iter().take_while(|octet| **octet == 0).count();
        let digits = magnitude.get(zeros..).unwrap_or_default();
        let sign: &[u8] = match digits.first() {
            None => return Err(What::Bounds),
            Some(0x80..) => &[0],
            Some(_) => &[],
        };
        Self::read(&[sign, digits].concat())
    }

    /// The contents octets of the INTEGER.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

primitive!(Serial);

impl Contents for Serial {
    const TAG: Tag = Tag::INTEGER;

    fn read(contents: &[u8]) -> Result<Self, What> {
        let positive = matches!(contents, [1..=0x7F, ..] | [0, 0x80..=0xFF, ..]);
        match positive && contents.len() <= Self::OCTETS_MAX {
            true => Ok(Self(contents.to_vec())),
            false => Err(What::Bounds),
        }
    }

    fn write(&self) -> Cow<'_, [u8]> {
        Cow::Borrowed(&self.0)
    }
}

impl fmt::Display for Serial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&HEXLOWER.encode(&self.0))
    }
}

impl fmt::Debug for Serial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Serial({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn serial_numbers_are_positive_and_of_bounded_size() {
        assert_eq!(Serial::new(&[0, 0, 0x80]).map(|serial| serial.0), Ok(vec![0, 0x80]));
        assert_eq!(Serial::new(&[0, 1]).map(|serial| serial.0), Ok(vec![1]));
        for wrong in [&[][..], &[0], &[1; 21], &[0x80; 20]] {
            assert_eq!(Serial::new(wrong), Err(What::Bounds));
        }
        for wrong in [&[0xFF][..], &[0], &[0, 1], &[]] {
            assert_eq!(Serial::read(wrong), Err(What::Bounds));
        }
    }
}
