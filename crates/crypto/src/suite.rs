//! A suite: the complete answer to "which algorithms, which syntax, which rules".

use std::fmt;

use openset_wire::der::Oid;

use crate::modern::algorithms::AES256_GCM;

/// The suite a brand lives in. It belongs to the trust anchor and is never negotiated: a party
/// that meets another suite refuses (abuse case 11).
///
/// Closed on purpose: a further suite is a further variant and a further module, and the
/// compiler names every place that must decide.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Suite {
    /// ECDSA and ECDH on P-256, SHA-256, AES-256-GCM, the syntax of CMS.
    Modern,
}

impl Suite {
    /// How many octets a challenge, a nonce and a secret have in this suite.
    pub fn secret_octets(self) -> usize {
        match self {
            Self::Modern => 32,
        }
    }

    /// The algorithm that content is sealed with: what CaBackKeyData names.
    pub fn content_encryption(self) -> Oid {
        match self {
            Self::Modern => AES256_GCM,
        }
    }
}

impl fmt::Display for Suite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Modern => "modern",
        })
    }
}
