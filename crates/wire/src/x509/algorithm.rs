//! Algorithms by name, and public keys. Which of them are good, `crypto` knows.

use rasn::{AsnType, Decode, Decoder, Encode};

use crate::der::{Element, OctetBits, Oid};

/// AlgorithmIdentifier
///
/// An algorithm and what it needs to know.
#[derive(Debug, Clone, PartialEq, Eq, Hash, AsnType, Decode, Encode)]
pub struct AlgorithmIdentifier {
    /// Which algorithm.
    pub algorithm: Oid,
    /// What it needs to know, if anything.
    pub parameters: Option<Element>,
}

impl AlgorithmIdentifier {
    /// An algorithm that needs to know nothing.
    pub fn bare(algorithm: Oid) -> Self {
        Self { algorithm, parameters: None }
    }
}

/// SubjectPublicKeyInfo
///
/// A public key.
#[derive(Debug, Clone, PartialEq, Eq, Hash, AsnType, Decode, Encode)]
pub struct SubjectPublicKeyInfo {
    /// What kind of key it is.
    pub algorithm: AlgorithmIdentifier,
    /// The key.
    pub subject_public_key: OctetBits,
}
