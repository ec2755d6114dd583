//! Revocation lists.

use rasn::{AsnType, Decode, Decoder, Encode, Encoder};

use super::{AlgorithmIdentifier, Extensions, Name, Serial, Time};
use crate::der::{OctetBits, Original, Shared};

/// CertificateRevocationList
///
/// Says which certificates are no longer good. Not believed here.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct CertificateRevocationList {
    /// What was signed, with its exact octets.
    pub to_be_signed: Shared<Original<UnsignedCertificateRevocationList>>,
    /// How it was signed.
    pub algorithm: AlgorithmIdentifier,
    /// The signature.
    pub signature: OctetBits,
}

/// UnsignedCertificateRevocationList
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct UnsignedCertificateRevocationList {
    /// 1, which means version 2.
    pub version: i64,
    /// How it will be signed.
    pub signature: AlgorithmIdentifier,
    /// Whose certificates it is about.
    pub issuer: Name,
    /// When it was made.
    pub this_update: Time,
    /// When the next one will be there at the latest.
    pub next_update: Option<Time>,
    /// The certificates that are no longer good.
    pub revoked_certificates: Option<Vec<CrlEntry>>,
    /// Its number, and whose key signed it.
    #[rasn(tag(explicit(context, 0)))]
    pub crl_extensions: Option<Extensions>,
}

impl UnsignedCertificateRevocationList {
    /// The number that stands for version 2.
    pub const VERSION_2: i64 = 1;
}

/// CRLEntry
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct CrlEntry {
    /// The number of the certificate.
    pub user_certificate: Serial,
    /// When it was revoked.
    pub revocation_date: Time,
    /// Why, if it is said.
    pub crl_entry_extensions: Option<Extensions>,
}
