//! Thumbs: digests that name certificates, revocation lists and brand lists.

use rasn::{AsnType, Decode, Decoder, Encode, Encoder};

use crate::{der::Octets, x509::AlgorithmIdentifier};

/// Digest
///
/// What a digest function made of something. Suites have digests of 20 and 32 octets.
pub type Digest = Octets<1, 64>;

/// CertThumb
///
/// Names one certificate, revocation list or brand list.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct CertThumb {
    /// The digest function.
    pub digest_algorithm: AlgorithmIdentifier,
    /// The digest of what its signature covers.
    pub thumbprint: Digest,
}

/// Thumbs
///
/// What the sender has already and need not be sent again.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct Thumbs {
    /// The digest function.
    pub digest_algorithm: AlgorithmIdentifier,
    /// Its certificates.
    #[rasn(tag(explicit(context, 0)))]
    pub cert_thumbs: Option<Vec<Digest>>,
    /// Its revocation lists.
    #[rasn(tag(explicit(context, 1)))]
    pub crl_thumbs: Option<Vec<Digest>>,
    /// Its brand lists.
    #[rasn(tag(explicit(context, 2)))]
    pub brand_crl_id_thumbs: Option<Vec<Digest>>,
}
