//! The kinds of key, and what each signs with: a kind has one algorithm, so none is chosen.

use std::fmt;

use openset_wire::der::{Element, Malformed};
use openset_wire::x509::AlgorithmIdentifier;

use crate::Suite;
use crate::modern::algorithms as modern;
use crate::modern::primitives::{sha256, sha384};
use crate::set10::algorithms as set10;
use crate::set10::primitives::sha1;

/// The kinds of key that the suites know. Each belongs to one suite.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyKind {
    /// P-256: ECDSA with SHA-256, or ECDH.
    P256,
    /// P-384: ECDSA with SHA-384; for roots and brands.
    P384,
    /// RSA of at least 3072 bits: PSS with SHA-256; verified and never made here.
    Rsa,
    /// RSA of 1024 bits: suite `set10`.
    Rsa1024,
    /// RSA of 2048 bits: the root of suite `set10`.
    Rsa2048,
}

/// As people call it.
impl fmt::Display for KeyKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::P256 => "P-256",
            Self::P384 => "P-384",
            Self::Rsa => "RSA",
            Self::Rsa1024 => "RSA 1024",
            Self::Rsa2048 => "RSA 2048",
        })
    }
}

impl KeyKind {
    /// The kind of every party's keys, for whoever need not know its name.
    pub fn of_parties(suite: Suite) -> Self {
        match suite {
            Suite::Set10 => Self::Rsa1024,
            Suite::Modern => Self::P256,
        }
    }

    /// The suite that keys of this kind are for. No other takes them (abuse case 11).
    pub fn suite(self) -> Suite {
        match self {
            Self::P256 | Self::P384 | Self::Rsa => Suite::Modern,
            Self::Rsa1024 | Self::Rsa2048 => Suite::Set10,
        }
    }

    /// The kind a SubjectPublicKeyInfo says it is of; the key itself is not looked at.
    ///
    /// A key is known by the octets that stand before its point or modulus: there is one way to
    /// write each, and nothing else is a key.
    pub(crate) fn of_der(suite: Suite, der: &[u8]) -> Option<Self> {
        match suite {
            Suite::Set10 => [Self::Rsa1024, Self::Rsa2048]
                .into_iter()
                .find(|kind| kind.modulus().is_some_and(|shape| shape.fits(der))),
            Suite::Modern if is_point(der, P256_PREFIX, P256_POINT_OCTETS) => Some(Self::P256),
            Suite::Modern if is_point(der, P384_PREFIX, P384_POINT_OCTETS) => Some(Self::P384),
            Suite::Modern => is_rsa_3072(der).then_some(Self::Rsa),
        }
    }

    /// How the keys of `set10` are written.
    pub(crate) fn modulus(self) -> Option<Modulus> {
        match self {
            Self::Rsa1024 => Some(Modulus { bits: 1024, prefix: RSA_1024_PREFIX }),
            Self::Rsa2048 => Some(Modulus { bits: 2048, prefix: RSA_2048_PREFIX }),
            Self::P256 | Self::P384 | Self::Rsa => None,
        }
    }

    /// The hash that keys of this kind sign with.
    pub(crate) fn digest_algorithm(self) -> Result<AlgorithmIdentifier, Malformed> {
        match self {
            Self::P256 | Self::Rsa => Ok(AlgorithmIdentifier::bare(modern::SHA256)),
            Self::P384 => Ok(AlgorithmIdentifier::bare(modern::SHA384)),
            Self::Rsa1024 | Self::Rsa2048 => set10::with_null(set10::SHA1),
        }
    }

    /// That hash of some octets.
    pub(crate) fn hash(self, octets: &[u8]) -> Vec<u8> {
        match self {
            Self::P256 | Self::Rsa => sha256(octets).to_vec(),
            Self::P384 => sha384(octets),
            Self::Rsa1024 | Self::Rsa2048 => sha1(octets).to_vec(),
        }
    }

    /// How keys of this kind sign.
    pub(crate) fn signature_algorithm(self) -> Result<AlgorithmIdentifier, Malformed> {
        Ok(match self {
            Self::P256 => AlgorithmIdentifier::bare(modern::ECDSA_WITH_SHA256),
            Self::P384 => AlgorithmIdentifier::bare(modern::ECDSA_WITH_SHA384),
            Self::Rsa => AlgorithmIdentifier {
                algorithm: modern::RSASSA_PSS,
                parameters: Some(Element::from_octets(modern::PSS_SHA256.to_vec())?),
            },
            Self::Rsa1024 | Self::Rsa2048 => set10::with_null(set10::SHA1_WITH_RSA)?,
        })
    }

    /// Whether an identifier names the hash. RFC 5754 allows the parameters to be NULL.
    pub(crate) fn is_digest(self, found: &AlgorithmIdentifier) -> bool {
        let parameters = found.parameters.as_ref().map(Element::octets);
        self.digest_algorithm().is_ok_and(|own| own.algorithm == found.algorithm)
            && parameters.is_none_or(|octets| octets == NULL)
    }

    /// Whether an identifier names the signature.
    pub(crate) fn is_signature(self, found: &AlgorithmIdentifier) -> bool {
        let parameters = found.parameters.as_ref().map(Element::octets);
        match self {
            Self::P256 => found.algorithm == modern::ECDSA_WITH_SHA256 && parameters.is_none(),
            Self::P384 => found.algorithm == modern::ECDSA_WITH_SHA384 && parameters.is_none(),
            // RFC 4055 lets the hashes inside the parameters go without their NULLs.
            Self::Rsa => {
                found.algorithm == modern::RSASSA_PSS
                    && parameters.is_some_and(|octets| {
                        octets == modern::PSS_SHA256 || octets == modern::PSS_TERSE
                    })
            }
            Self::Rsa1024 | Self::Rsa2048 => set10::is_with_null(found, &set10::SHA1_WITH_RSA),
        }
    }
}

/// How an RSA key of one size is written: SubjectPublicKeyInfo up to the modulus, the modulus with
/// its top bit set, and the exponent 65537.
#[derive(Clone, Copy)]
pub(crate) struct Modulus {
    pub(crate) bits: u16,
    prefix: &'static [u8],
}

impl Modulus {
    /// How many octets it has.
    pub(crate) fn octets(self) -> usize {
        usize::from(self.bits / 8)
    }

    /// The RSAPublicKey inside a SubjectPublicKeyInfo of this shape.
    pub(crate) fn key(self, der: &[u8]) -> Option<&[u8]> {
        der.get(self.prefix.len().checked_sub(self.header())?..)
    }

    /// The octets of the modulus in a SubjectPublicKeyInfo of this shape.
    pub(crate) fn digits(self, der: &[u8]) -> Option<&[u8]> {
        let modulus = der.strip_prefix(self.prefix).and_then(|rest| rest.strip_suffix(EXPONENT));
        modulus.filter(|modulus| {
            modulus.len() == self.octets() && modulus.first().is_some_and(|first| *first >= 0x80)
        })
    }

    /// The SubjectPublicKeyInfo of a modulus.
    pub(crate) fn der(self, digits: &[u8]) -> Vec<u8> {
        [self.prefix, digits, EXPONENT].concat()
    }

    fn fits(self, der: &[u8]) -> bool {
        self.digits(der).is_some()
    }

    /// How many octets of the prefix belong to the RSAPublicKey already.
    fn header(self) -> usize {
        if self.octets() < 256 { RSA_1024_HEADER } else { RSA_2048_HEADER }
    }
}

fn is_point(der: &[u8], prefix: &[u8], point: usize) -> bool {
    der.strip_prefix(prefix).is_some_and(|rest| rest.len() == point && rest.first() == Some(&4))
}

fn is_rsa_3072(der: &[u8]) -> bool {
    let algorithm = der.get(RSA_ALGORITHM_AT..);
    der.len() >= RSA_3072_OCTETS_MIN
        && algorithm.is_some_and(|rest| rest.starts_with(RSA_ALGORITHM))
}

const NULL: &[u8] = &[5, 0];

/// SEQUENCE { SEQUENCE { ecPublicKey, prime256v1 }, BIT STRING of a point }, up to the point.
pub(crate) const P256_PREFIX: &[u8] = &[
    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01, 0x06, 0x08, 0x2A,
    0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
];
pub(super) const P256_POINT_OCTETS: usize = 65;

/// The same with secp384r1.
pub(super) const P384_PREFIX: &[u8] = &[
    0x30, 0x76, 0x30, 0x10, 0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01, 0x06, 0x05, 0x2B,
    0x81, 0x04, 0x00, 0x22, 0x03, 0x62, 0x00,
];
pub(super) const P384_POINT_OCTETS: usize = 97;

/// SEQUENCE { rsaEncryption, NULL }, after the four octets of the outer SEQUENCE.
const RSA_ALGORITHM: &[u8] =
    &[0x30, 0x0D, 0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x01, 0x05, 0x00];
const RSA_ALGORITHM_AT: usize = 4;
/// A SubjectPublicKeyInfo with a modulus of 384 octets and the exponent 65537 has 422 octets:
/// a shorter one holds a shorter modulus.
const RSA_3072_OCTETS_MIN: usize = 422;

/// SEQUENCE { SEQUENCE { rsaEncryption, NULL }, BIT STRING { SEQUENCE { INTEGER, ... } } }, up to
/// the 128 octets of the modulus.
const RSA_1024_PREFIX: &[u8] = &[
    0x30, 0x81, 0x9F, 0x30, 0x0D, 0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x01,
    0x05, 0x00, 0x03, 0x81, 0x8D, 0x00, 0x30, 0x81, 0x89, 0x02, 0x81, 0x81, 0x00,
];
/// Of these, the octets of SEQUENCE and INTEGER.
const RSA_1024_HEADER: usize = 7;
/// The same for a modulus of 256 octets.
const RSA_2048_PREFIX: &[u8] = &[
    0x30, 0x82, 0x01, 0x22, 0x30, 0x0D, 0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01,
    0x01, 0x05, 0x00, 0x03, 0x82, 0x01, 0x0F, 0x00, 0x30, 0x82, 0x01, 0x0A, 0x02, 0x82, 0x01, 0x01,
    0x00,
];
const RSA_2048_HEADER: usize = 9;
/// INTEGER 65537.
const EXPONENT: &[u8] = &[0x02, 0x03, 0x01, 0x00, 0x01];
