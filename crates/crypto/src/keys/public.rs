//! Public keys: parsed once, named by their digest, verifying signatures.

use std::fmt;

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1, ECDSA_P384_SHA384_ASN1, ParsedPublicKey,
    RSA_PKCS1_1024_8192_SHA1_FOR_LEGACY_USE_ONLY, RSA_PSS_2048_8192_SHA256, VerificationAlgorithm,
};

use openset_wire::der::encode;
use openset_wire::x509::{AlgorithmIdentifier, Certificate};

use super::kind::P256_PREFIX;
use crate::set10::rsa::Rsa;
use crate::{Digest, KeyId, KeyKind, Suite, Untrusted};

/// A public key as certificates carry it: the DER of a SubjectPublicKeyInfo.
pub struct PublicKey {
    der: Vec<u8>,
    kind: KeyKind,
    parsed: ParsedPublicKey,
    /// Only a key of `set10` is sealed to by the bare operation.
    rsa: Option<Rsa>,
    /// Whether an identifier names how this key signs.
    signs_as: fn(KeyKind, &AlgorithmIdentifier) -> bool,
}

impl PublicKey {
    /// Takes the DER of a SubjectPublicKeyInfo whose key this suite knows.
    pub fn from_der(suite: Suite, der: &[u8]) -> Result<Self, Untrusted> {
        let kind = KeyKind::of_der(suite, der).ok_or(Untrusted::UnknownKey)?;
        let algorithm: &'static dyn VerificationAlgorithm = match kind {
            KeyKind::P256 => &ECDSA_P256_SHA256_ASN1,
            KeyKind::P384 => &ECDSA_P384_SHA384_ASN1,
            KeyKind::Rsa => &RSA_PSS_2048_8192_SHA256,
            KeyKind::Rsa1024 | KeyKind::Rsa2048 => &RSA_PKCS1_1024_8192_SHA1_FOR_LEGACY_USE_ONLY,
        };
        let parsed = ParsedPublicKey::new(algorithm, der).map_err(|_| Untrusted::UnknownKey)?;
        let rsa = kind.modulus().and_then(|modulus| modulus.key(der)).map(Rsa::from_public);
        let rsa = rsa.transpose().map_err(|_| Untrusted::UnknownKey)?;
        Ok(Self { der: der.to_vec(), kind, parsed, rsa, signs_as: KeyKind::is_signature })
    }

    /// The key a certificate is about.
    pub fn of(suite: Suite, certificate: &Certificate) -> Result<Self, Untrusted> {
        Self::from_der(suite, &encode(&certificate.to_be_signed.subject_public_key_info)?)
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
        KeyId::of(&self.der)
    }

    /// DD of the key: what a root announces of the key of the next one.
    pub fn digest(&self) -> Digest<Self> {
        Digest::over(self.kind.suite(), &self.der)
    }

    /// The point of a P-256 key (SEC 1, uncompressed); only such a key can be sealed to.
    pub(crate) fn p256_point(&self) -> Option<&[u8]> {
        match self.kind {
            KeyKind::P256 => self.der.get(P256_PREFIX.len()..),
            KeyKind::P384 | KeyKind::Rsa | KeyKind::Rsa1024 | KeyKind::Rsa2048 => None,
        }
    }

    /// The bare operation of a key of `set10`.
    pub(crate) fn rsa(&self) -> Option<&Rsa> {
        self.rsa.as_ref()
    }

    /// How many octets the modulus of a key of `set10` has.
    pub(crate) fn modulus_octets(&self) -> Option<usize> {
        self.kind.modulus().map(|modulus| modulus.octets())
    }

    /// Accepts a message only with this key's signature, named as this key signs.
    pub(crate) fn verify_as(
        &self,
        algorithm: &AlgorithmIdentifier,
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), Untrusted> {
        if !(self.signs_as)(self.kind, algorithm) {
            return Err(Untrusted::UnknownAlgorithm);
        }
        self.verify(message, signature)
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

/// Keys of NIST's path validation suite, which are of no suite here.
#[cfg(test)]
mod of_nist {
    use aws_lc_rs::signature::RSA_PKCS1_2048_8192_SHA256;
    use openset_wire::der::Oid;

    use super::*;

    /// sha256WithRSAEncryption: 1.2.840.113549.1.1.11
    const SHA256_WITH_RSA: Oid =
        Oid::from_static(&[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x0B]);

    impl PublicKey {
        /// A key of 2048 bits that signs by PKCS#1 with SHA-256.
        pub(crate) fn of_nist(der: &[u8]) -> Result<Self, Untrusted> {
            let own = Self::from_der(Suite::Set10, der)?;
            let parsed = ParsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, der);
            let parsed = parsed.map_err(|_| Untrusted::UnknownKey)?;
            let signs_as = |_, found: &AlgorithmIdentifier| {
                let parameters = found.parameters.as_ref().map(|it| it.octets());
                found.algorithm == SHA256_WITH_RSA && parameters == Some(&[5, 0])
            };
            Ok(Self { parsed, signs_as, ..own })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::PrivateKey;

    #[test]
    fn a_key_is_read_back_from_its_der() {
        for kind in [KeyKind::P256, KeyKind::P384, KeyKind::Rsa1024, KeyKind::Rsa2048] {
            let private = PrivateKey::generate(kind).expect("randomness");
            let public =
                PublicKey::from_der(kind.suite(), private.public().der()).expect("our own key");
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
            assert_eq!(PublicKey::from_der(Suite::Modern, der).err(), Some(Untrusted::UnknownKey));
        }
    }

    #[test]
    fn a_key_of_one_suite_is_none_in_the_other() {
        // Abuse case 11.
        for kind in [KeyKind::P256, KeyKind::P384, KeyKind::Rsa1024, KeyKind::Rsa2048] {
            let private = PrivateKey::generate(kind).expect("randomness");
            for suite in Suite::ALL.into_iter().filter(|suite| *suite != kind.suite()) {
                let read = PublicKey::from_der(suite, private.public().der());
                assert_eq!(read.err(), Some(Untrusted::UnknownKey), "{kind:?} in {suite}");
            }
        }
    }

    #[test]
    fn an_rsa_key_of_set10_has_1024_or_2048_bits_and_the_exponent_65537() {
        let private = PrivateKey::generate(KeyKind::Rsa1024).expect("randomness");
        let good = private.public().der();
        let mut short = good.to_vec();
        short[29] &= 0x7F;
        let mut cubed = good.to_vec();
        cubed[161] = 3;
        let mut longer = good.to_vec();
        longer.push(0);
        for der in [&short, &cubed, &longer, &good[..161].to_vec(), &Vec::new()] {
            let read = PublicKey::from_der(Suite::Set10, der);
            assert_eq!(read.err(), Some(Untrusted::UnknownKey));
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
            assert_eq!(PublicKey::from_der(Suite::Modern, der.as_ref()).is_ok(), accepted);
        }
    }
}
