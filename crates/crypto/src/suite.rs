//! A suite: the complete answer to "which algorithms, which syntax, which rules".

use std::fmt;
use std::str::FromStr;

use openset_wire::der::Oid;
use serde::{Deserialize, Serialize};

use crate::modern::algorithms::AES256_GCM;
use crate::set10::algorithms::DES_CBC;

/// The suite a brand lives in. It belongs to the trust anchor and is never negotiated: a party
/// that meets another suite refuses (abuse case 11).
///
/// Closed on purpose: a further suite is a further variant and a further module, and the
/// compiler names every place that must decide.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Suite {
    /// RSA, SHA-1 and DES, SET's own PKCS#7 and OAEP: 1997 as it was. For study; it is refused
    /// for real card numbers.
    Set10,
    /// ECDSA and ECDH on P-256, SHA-256, AES-256-GCM, the syntax of CMS.
    Modern,
}

/// A name that no suite has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnknownSuite;

impl fmt::Display for UnknownSuite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a suite: modern and set10 are")
    }
}

impl std::error::Error for UnknownSuite {}

impl Suite {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Set10, Self::Modern];

    /// How many octets a challenge, a nonce and a secret have in this suite.
    pub fn secret_octets(self) -> usize {
        match self {
            Self::Set10 => 20,
            Self::Modern => 32,
        }
    }

    /// The algorithm that content is sealed with: what CaBackKeyData names.
    pub fn content_encryption(self) -> Oid {
        match self {
            Self::Set10 => DES_CBC,
            Self::Modern => AES256_GCM,
        }
    }

    /// How many octets a key of that algorithm has.
    pub fn content_key_octets(self) -> usize {
        match self {
            Self::Set10 => crate::set10::primitives::DES_OCTETS,
            Self::Modern => crate::modern::primitives::LENGTH,
        }
    }
}

impl fmt::Display for Suite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Set10 => "set10",
            Self::Modern => "modern",
        })
    }
}

impl FromStr for Suite {
    type Err = UnknownSuite;

    fn from_str(text: &str) -> Result<Self, UnknownSuite> {
        Self::ALL.into_iter().find(|suite| suite.to_string() == text).ok_or(UnknownSuite)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_suite_is_read_by_its_name_and_by_no_other() {
        for suite in Suite::ALL {
            assert_eq!(suite.to_string().parse(), Ok(suite));
        }
        for wrong in ["", "Modern", "set", "set10 ", "modern-pq"] {
            assert_eq!(wrong.parse::<Suite>(), Err(UnknownSuite));
        }
    }
}
