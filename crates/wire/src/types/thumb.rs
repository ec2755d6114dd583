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
    /// SHA-1.
    pub digest_algorithm: AlgorithmIdentifier,
    /// SHA-1 of the unsigned certificate/CRL/BCI.
    pub thumbprint: Digest,
}

/// Thumbs
///
/// What the sender has already and need not be sent again.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct Thumbs {
    /// SHA-1.
    pub digest_algorithm: AlgorithmIdentifier,
    /// Thumbs of cached certificates.
    #[rasn(tag(explicit(context, 0)))]
    pub cert_thumbs: Option<Vec<Digest>>,
    /// Thumbs of cached CRLs.
    #[rasn(tag(explicit(context, 1)))]
    pub crl_thumbs: Option<Vec<Digest>>,
    /// Thumbs of cached BCIs.
    #[rasn(tag(explicit(context, 2)))]
    pub brand_crl_id_thumbs: Option<Vec<Digest>>,
}
