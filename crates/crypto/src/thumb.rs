//! Names made of hashes: a thumb names a certificate or a list, a key id names a key.

use std::fmt;

use data_encoding::HEXLOWER;
use openset_wire::Malformed;
use openset_wire::types::{CertThumb, Digest as WireDigest, Thumbs};
use openset_wire::x509::{BrandCrlIdentifier, Certificate, CertificateRevocationList};
use serde::{Deserialize, Serialize};

use crate::modern::primitives::sha256;
use crate::set10::primitives::sha1;
use crate::{Suite, Unmade, digest};

/// Why octets or a text are not a thumb or a key id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InvalidThumb;

impl fmt::Display for InvalidThumb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not the hex of a digest")
    }
}

impl std::error::Error for InvalidThumb {}

/// The octets of a digest: as many as the suite's function gives.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Octets {
    Sha1([u8; 20]),
    Sha256([u8; 32]),
}

impl Octets {
    fn as_bytes(&self) -> &[u8] {
        match self {
            Self::Sha1(octets) => octets,
            Self::Sha256(octets) => octets,
        }
    }
}

/// Defines a name made of the octets of a digest, written in hex.
macro_rules! digest_name {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(Octets);

        impl $name {
            /// Reads lower-case hex.
            pub fn parse(text: &str) -> Result<Self, InvalidThumb> {
                let octets = HEXLOWER.decode(text.as_bytes()).map_err(|_| InvalidThumb)?;
                Self::try_from(octets.as_slice())
            }

            /// The octets.
            pub fn as_bytes(&self) -> &[u8] {
                self.0.as_bytes()
            }
        }

        impl TryFrom<String> for $name {
            type Error = InvalidThumb;

            fn try_from(text: String) -> Result<Self, InvalidThumb> {
                Self::parse(&text)
            }
        }

        impl From<$name> for String {
            fn from(name: $name) -> Self {
                name.to_string()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&HEXLOWER.encode(self.as_bytes()))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({self})", stringify!($name))
            }
        }
    };
}

digest_name! {
    /// Names a certificate, a CRL or a BrandCRLIdentifier: the digest over its to-be-signed
    /// part, which is the very hash its signature covers.
    Thumb
}

impl TryFrom<&[u8]> for Thumb {
    type Error = InvalidThumb;

    fn try_from(octets: &[u8]) -> Result<Self, InvalidThumb> {
        let sha1 = octets.try_into().map(Octets::Sha1);
        let either = sha1.or_else(|_| octets.try_into().map(Octets::Sha256));
        either.map(Self).map_err(|_| InvalidThumb)
    }
}

impl Thumb {
    /// The thumb of these octets.
    pub(crate) fn of(suite: Suite, octets: &[u8]) -> Self {
        Self(match suite {
            Suite::Set10 => Octets::Sha1(sha1(octets)),
            Suite::Modern => Octets::Sha256(sha256(octets)),
        })
    }

    /// The thumb of a certificate, as everybody computes it.
    pub fn of_certificate(suite: Suite, certificate: &Certificate) -> Self {
        Self::of(suite, certificate.to_be_signed.octets())
    }

    /// The thumb of a list of revoked certificates.
    pub fn of_crl(suite: Suite, list: &CertificateRevocationList) -> Self {
        Self::of(suite, list.to_be_signed.octets())
    }

    /// The thumb of a BrandCRLIdentifier.
    pub fn of_bci(suite: Suite, bci: &BrandCrlIdentifier) -> Self {
        Self::of(suite, bci.to_be_signed.octets())
    }

    /// CertThumb: the thumb as it travels alone.
    pub fn cert_thumb(&self, suite: Suite) -> Result<CertThumb, Unmade> {
        let thumbprint = self.digest()?;
        Ok(CertThumb { digest_algorithm: digest::algorithm(suite)?, thumbprint })
    }

    /// Reads a CertThumb of this suite.
    pub fn from_cert_thumb(suite: Suite, found: &CertThumb) -> Result<Self, InvalidThumb> {
        if !digest::is_of(suite, &found.digest_algorithm) {
            return Err(InvalidThumb);
        }
        Self::try_from(found.thumbprint.as_bytes()).and_then(|found| found.of_suite(suite))
    }

    /// Refuses a thumb that the digest of this suite cannot have made.
    fn of_suite(self, suite: Suite) -> Result<Self, InvalidThumb> {
        match (suite, &self.0) {
            (Suite::Set10, Octets::Sha1(_)) | (Suite::Modern, Octets::Sha256(_)) => Ok(self),
            _ => Err(InvalidThumb),
        }
    }

    /// Thumbs: what is known here already. Nothing, if nothing is.
    pub(crate) fn list(
        suite: Suite,
        certificates: Vec<Self>,
        crls: Vec<Self>,
        bcis: Vec<Self>,
    ) -> Result<Option<Thumbs>, Unmade> {
        let digests = |mut thumbs: Vec<Self>| {
            // In order, so that the same knowledge gives the same octets.
            thumbs.sort_unstable();
            let digests: Result<Vec<_>, Unmade> = thumbs.iter().map(Self::digest).collect();
            digests.map(|digests| (!digests.is_empty()).then_some(digests))
        };
        let thumbs = Thumbs {
            digest_algorithm: digest::algorithm(suite)?,
            cert_thumbs: digests(certificates)?,
            crl_thumbs: digests(crls)?,
            brand_crl_id_thumbs: digests(bcis)?,
        };
        let nothing = thumbs.cert_thumbs.is_none()
            && thumbs.crl_thumbs.is_none()
            && thumbs.brand_crl_id_thumbs.is_none();
        Ok((!nothing).then_some(thumbs))
    }

    fn digest(&self) -> Result<WireDigest, Unmade> {
        Ok(WireDigest::new(self.as_bytes()).map_err(|what| Malformed::new(0, what))?)
    }
}

digest_name! {
    /// Names a key pair: SHA-256 over the DER of its SubjectPublicKeyInfo, in both suites. In the
    /// certificates of `modern` it is the subjectKeyIdentifier (RFC 7093, method 4); in `set10` it
    /// does not travel.
    KeyId
}

impl KeyId {
    /// The name of the key in a SubjectPublicKeyInfo.
    pub(crate) fn of(der: &[u8]) -> Self {
        Self(Octets::Sha256(sha256(der)))
    }
}

impl TryFrom<&[u8]> for KeyId {
    type Error = InvalidThumb;

    fn try_from(octets: &[u8]) -> Result<Self, InvalidThumb> {
        octets.try_into().map(|octets| Self(Octets::Sha256(octets))).map_err(|_| InvalidThumb)
    }
}
