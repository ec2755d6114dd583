//! The list of a brand's current revocation lists.

use openset_types::{Brand, UnixTime};
use rasn::{AsnType, Decode, Decoder, Encode};

use super::{AlgorithmIdentifier, Extensions, Name};
use crate::der::{Carried, OctetBits, Original};

/// BrandCRLIdentifier
///
/// Says which revocation lists a brand's parties must have. Not believed here.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct BrandCrlIdentifier {
    /// What was signed, with its exact octets.
    pub to_be_signed: Original<UnsignedBrandCrlIdentifier>,
    /// How it was signed.
    pub algorithm: AlgorithmIdentifier,
    /// The signature.
    pub signature: OctetBits,
}

/// UnsignedBrandCRLIdentifier
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct UnsignedBrandCrlIdentifier {
    /// 0.
    pub version: i64,
    /// Grows with every list.
    pub sequence_num: u64,
    /// The brand.
    pub brand_id: Carried<Brand>,
    /// The first moment at which the list is good.
    pub not_before: Carried<UnixTime>,
    /// The last one.
    pub not_after: Carried<UnixTime>,
    /// The current revocation lists.
    #[rasn(tag(context, 0))]
    pub crl_identifier_seq: Option<Vec<CrlIdentifier>>,
    /// What else it says.
    #[rasn(tag(context, 1))]
    pub b_crl_extensions: Option<Extensions>,
}

/// CRLIdentifier
///
/// One current revocation list.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct CrlIdentifier {
    /// Whose list.
    pub issuer_name: Name,
    /// Its number.
    pub crl_number: u64,
}
