//! Public keys: parsed once, named by their digest, verifying signatures.

use std::fmt;

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1, ECDSA_P384_SHA384_ASN1, ParsedPublicKey, RSA_PSS_2048_8192_SHA256,
    VerificationAlgorithm,
};

use openset_wire::der::encode;
use openset_wire::x509::Certificate;

use crate::{KeyId, Suite, Untrusted};

/// The kinds of key suite `modern` knows. Each has one signature algorithm, so none is chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyKind {
    /// P-256: ECDSA with SHA-256, or ECDH.
    P256,
    /// P-384: ECDSA with SHA-384; for roots and brands.
    P384,
    /// RSA of at least 3072 bits: PSS with SHA-256; verified and never made here.
    Rsa,
}

impl KeyKind {
    /// The kind of every party's keys, for whoever need not know its name.
    pub const PARTY: Self = Self::P256;
    /// The kind of the keys of roots and brands.
    pub const BRAND: Self = Self::P384;

    /// The kind a SubjectPublicKeyInfo says it is of; the key itself is not looked at.
    ///
    /// A curve is known by the octets that stand before its point: there is one way to write
    /// each, and nothing else is a key.
    pub(crate) fn of_der(der: &[u8]) -> Option<Self> {
        let is_rsa = || {
            let algorithm = der.get(RSA_ALGORITHM_AT..);
            der.len() >= RSA_3072_OCTETS_MIN
                && algorithm.is_some_and(|rest| rest.starts_with(RSA_ALGORITHM))
        };
        if is_point(der, P256_PREFIX, P256_POINT_OCTETS) {
            Some(Self::P256)
        } else if is_point(der, P384_PREFIX, P384_POINT_OCTETS) {
            Some(Self::P384)
        } else {
            is_rsa().then_some(Self::Rsa)
        }
    }
}

/// A public key as certificates carry it: the DER of a SubjectPublicKeyInfo.
pub struct PublicKey {
    der: Vec<u8>,
    kind: KeyKind,
    parsed: ParsedPublicKey,
}

impl PublicKey {
    /// Takes the DER of a SubjectPublicKeyInfo whose key this suite knows.
    pub fn from_der(der: &[u8]) -> Result<Self, Untrusted> {
        let kind = KeyKind::of_der(der).ok_or(Untrusted::UnknownKey)?;
        let algorithm: &'static dyn VerificationAlgorithm = match kind {
            KeyKind::P256 => &ECDSA_P256_SHA256_ASN1,
            KeyKind::P384 => &ECDSA_P384_SHA384_ASN1,
            KeyKind::Rsa => &RSA_PSS_2048_8192_SHA256,
        };
        let parsed = ParsedPublicKey::new(algorithm, der).map_err(|_| Untrusted::UnknownKey)?;
        Ok(Self { der: der.to_vec(), kind, parsed })
    }

    /// The key a certificate is about.
    pub fn of(certificate: &Certificate) -> Result<Self, Untrusted> {
        Self::from_der(&encode(&certificate.to_be_signed.subject_public_key_info)?)
    }

    /// What kind of key this is.
    pub fn kind(&self) -> KeyKind {
        self.kind
    }

    /// The DER of the SubjectPublicKeyInfo.
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// The key's name.
    pub fn id(&self) -> KeyId {
        KeyId::of(Suite::Modern, &self.der)
    }

    pub(crate) fn kind_and_id(&self) -> (KeyKind, KeyId) {
        (self.kind, self.id())
    }

    /// The point of a P-256 key (SEC 1, uncompressed); only such a key can be sealed to.
    pub(crate) fn p256_point(&self) -> Option<&[u8]> {
        match self.kind {
            KeyKind::P256 => self.der.get(P256_PREFIX.len()..),
            KeyKind::P384 | KeyKind::Rsa => None,
        }
    }

    /// Accepts a message only with this key's signature.
    pub(crate) fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), Untrusted> {
        self.parsed.verify_sig(message, signature).map_err(|_| Untrusted::BadSignature)
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({:?} {})", self.kind, self.id())
    }
}

impl PartialEq for PublicKey {
    fn eq(&self, other: &Self) -> bool {
        self.der == other.der
    }
}

impl Eq for PublicKey {}

fn is_point(der: &[u8], prefix: &[u8], point: usize) -> bool {
    der.strip_prefix(prefix).is_some_and(|rest| rest.len() == point && rest.first() == Some(&4))
}

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::PrivateKey;

    #[test]
    fn a_key_is_read_back_from_its_der() {
        for kind in [KeyKind::P256, KeyKind::P384] {
            let private = PrivateKey::generate(kind).expect("randomness");
            let public = PublicKey::from_der(private.public().der()).expect("our own key");
            assert_eq!(public.kind(), kind);
            assert_eq!(public.id(), private.id());
        }
    }

    #[test]
    fn keys_that_are_short_long_compressed_or_off_the_curve_are_refused() {
        let private = PrivateKey::generate(KeyKind::P256).expect("randomness");
        let good = private.public().der();
        let mut off_curve = good.to_vec();
        off_curve[60] ^= 1;
        let mut hybrid = good.to_vec();
        hybrid[P256_PREFIX.len()] = 6;
        let mut longer = good.to_vec();
        longer.push(0);
        for der in [&off_curve, &hybrid, &longer, &good[..90].to_vec(), &Vec::new()] {
            assert_eq!(PublicKey::from_der(der).err(), Some(Untrusted::UnknownKey));
        }
    }

    #[test]
    fn an_rsa_key_below_3072_bits_is_refused() {
        // Abuse case 11: no downgrade to a shorter key.
        use aws_lc_rs::encoding::{AsDer, PublicKeyX509Der};
        use aws_lc_rs::rsa::{KeyPair, KeySize};
        use aws_lc_rs::signature::KeyPair as _;
        for (size, accepted) in [(KeySize::Rsa2048, false), (KeySize::Rsa3072, true)] {
            let pair = KeyPair::generate(size).expect("randomness");
            let der: PublicKeyX509Der<'_> = pair.public_key().as_der().expect("DER");
            assert_eq!(PublicKey::from_der(der.as_ref()).is_ok(), accepted);
        }
    }
}
