//! A suite: the complete answer to "which algorithms, which syntax, which rules".

use std::fmt;
use std::str::FromStr;

use openset_wire::der::Oid;
use openset_wire::x509::Certificate;
use serde::{Deserialize, Serialize};

use crate::Certified;
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

    /// Whether nobody can change what is sealed without breaking its envelope. What DES-CBC sealed
    /// can be changed by whoever carries it, octet by octet, without knowing it.
    pub fn seals_against_change(self) -> bool {
        self == Self::Modern
    }

    /// The suite of everybody below a root: the one in whose profile the root's certificate is.
    pub fn of_root(root: &Certificate) -> Result<Self, UnknownSuite> {
        let is_of = |suite: &Self| Certified::read(*suite, root.clone()).is_ok();
        Self::ALL.into_iter().find(is_of).ok_or(UnknownSuite)
    }

    /// How many octets a challenge, a nonce and a secret have in this suite.
    pub fn secret_octets(self) -> usize {
        match self {
            Self::Set10 => 20,
            Self::Modern => 32,
        }
    }

    /// Whether a real card number is safe in it: the algorithms of 1997 protect none today.
    pub fn protects_cards(self) -> bool {
        self == Self::Modern
    }

    /// Whether a cardholder without a certificate can pay, where the gateway's certificate says so:
    /// suite `modern` knows no payment that nobody has signed (A6).
    pub fn knows_unsigned_payments(self) -> bool {
        self == Self::Set10
    }

    /// Whether payment instructions name their gateway and answers their merchant (A1, A2). SET
    /// knew neither extension.
    pub fn names_recipients(self) -> bool {
        self == Self::Modern
    }

    /// The algorithm that content is sealed with: what CaBackKeyData names.
    pub fn content_encryption(self) -> Oid {
        match self {
            Self::Set10 => DES_CBC,
            Self::Modern => AES256_GCM,
        }
    }

    /// Its name, as settings and pages say it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Set10 => "set10",
            Self::Modern => "modern",
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
        f.write_str(self.name())
    }
}

impl FromStr for Suite {
    type Err = UnknownSuite;

    fn from_str(text: &str) -> Result<Self, UnknownSuite> {
        Self::ALL.into_iter().find(|suite| suite.name() == text).ok_or(UnknownSuite)
    }
}

#[cfg(test)]
mod tests {
    use openset_wire::der::decode;

    use super::*;
    use crate::pki::{World, in_every_suite};

    #[test]
    fn a_root_says_which_suite_is_spoken_below_it() {
        in_every_suite(|suite| {
            let root = World::new(suite).root.certificate;
            assert_eq!(Suite::of_root(&root), Ok(suite));
        });
        let public =
            include_bytes!("../../../vectors/public/ePKI-Root-Certification-Authority.cer");
        let public: Certificate = decode(public).expect("a certificate");
        assert_eq!(Suite::of_root(&public), Err(UnknownSuite));
    }

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
