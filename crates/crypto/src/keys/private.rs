//! A private key and the file it rests in.

use std::fmt;

use aws_lc_rs::agreement::{self, ECDH_P256};
use aws_lc_rs::encoding::{AsDer, PublicKeyX509Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1_SIGNING, ECDSA_P384_SHA384_ASN1_SIGNING, EcdsaKeyPair, KeyPair,
};
use openset_types::Secret;
use openset_wire::der::{OctetBits, encode};
use openset_wire::x509::SubjectPublicKeyInfo;
use pkcs8::der::Encode;
use pkcs8::der::asn1::{AnyRef, OctetStringRef};
use pkcs8::pkcs5::pbes2;
use pkcs8::spki::AlgorithmIdentifierRef;
use pkcs8::{EncryptedPrivateKeyInfoRef, ObjectIdentifier, PrivateKeyInfoRef};

use crate::modern::primitives::{self, random};
use crate::set10::algorithms::{self, with_null};
use crate::set10::rsa::Rsa;
use crate::vault::Cost;
use crate::{KeyFault, KeyId, KeyKind, PublicKey, Suite};

/// Why a file is not a private key we can use. A wrong passphrase and a damaged file look alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum BadKeyFile {
    /// Not an encrypted PKCS#8 file, or its cost of opening is beyond what we spend.
    Form,
    /// The passphrase is wrong or the file is damaged.
    Locked,
    /// It holds a key of a kind this suite does not use.
    UnknownKind,
}

impl fmt::Display for BadKeyFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Form => "not an encrypted private key file",
            Self::Locked => "wrong passphrase or damaged key file",
            Self::UnknownKind => "a kind of key that is not used here",
        })
    }
}

impl std::error::Error for BadKeyFile {}

/// A private key. It signs, agrees or opens; it leaves only into a file locked by a passphrase.
pub struct PrivateKey {
    /// The DER of its PrivateKeyInfo (RFC 5958).
    der: Secret,
    working: Working,
    public: PublicKey,
}

/// The key as the library works with it.
enum Working {
    Curve {
        signing: EcdsaKeyPair,
        /// Only a P-256 key agrees.
        agreeing: Option<agreement::PrivateKey>,
    },
    Rsa(Rsa),
}

impl PrivateKey {
    /// Makes a key with the operating system's randomness. RSA keys of suite `modern` are not made
    /// here.
    pub fn generate(kind: KeyKind) -> Result<Self, KeyFault> {
        let algorithm = match kind {
            KeyKind::P256 => &ECDSA_P256_SHA256_ASN1_SIGNING,
            KeyKind::P384 => &ECDSA_P384_SHA384_ASN1_SIGNING,
            KeyKind::Rsa1024 | KeyKind::Rsa2048 => return Self::generate_rsa(kind),
            KeyKind::Rsa => return Err(KeyFault::WrongKind),
        };
        let pair = EcdsaKeyPair::generate(algorithm).map_err(|_| KeyFault::Broken)?;
        let der = pair.to_pkcs8v1().map_err(|_| KeyFault::Broken)?;
        Self::from_pkcs8(Secret::new(der.as_ref().to_vec())).map_err(|_| KeyFault::Broken)
    }

    /// Takes the DER of a PrivateKeyInfo that holds a P-256 or P-384 key, or one of `set10`.
    pub fn from_pkcs8(der: Secret) -> Result<Self, BadKeyFile> {
        let rsa = PrivateKeyInfoRef::try_from(der.expose())
            .ok()
            .filter(|info| info.algorithm.oid == RSA_ENCRYPTION)
            .map(|info| Rsa::from_private(info.private_key.as_bytes()));
        if let Some(rsa) = rsa {
            return Self::from_rsa(rsa.map_err(|_| BadKeyFile::UnknownKind)?);
        }
        let signing = [&ECDSA_P256_SHA256_ASN1_SIGNING, &ECDSA_P384_SHA384_ASN1_SIGNING]
            .into_iter()
            .find_map(|algorithm| EcdsaKeyPair::from_private_key_der(algorithm, der.expose()).ok())
            .ok_or(BadKeyFile::UnknownKind)?;
        let spki: PublicKeyX509Der<'_> =
            signing.public_key().as_der().map_err(|_| BadKeyFile::UnknownKind)?;
        let public = PublicKey::from_der(Suite::Modern, spki.as_ref());
        let public = public.map_err(|_| BadKeyFile::UnknownKind)?;
        let agreeing = agreement::PrivateKey::from_private_key_der(&ECDH_P256, der.expose()).ok();
        Ok(Self { der, working: Working::Curve { signing, agreeing }, public })
    }

    /// Opens a file written by [`to_locked_file`](Self::to_locked_file), or by
    /// `openssl pkcs8 -topk8 -scrypt -outform DER`.
    pub fn from_locked_file(file: &[u8], passphrase: &Secret) -> Result<Self, BadKeyFile> {
        let info = EncryptedPrivateKeyInfoRef::try_from(file).map_err(|_| BadKeyFile::Form)?;
        if !is_affordable(&info) {
            return Err(BadKeyFile::Form);
        }
        let der = info.decrypt(passphrase.expose()).map_err(|_| BadKeyFile::Locked)?;
        Self::from_pkcs8(Secret::new(der.as_bytes().to_vec()))
    }

    /// Writes the key into a file: RFC 5958 under PBES2 with scrypt and AES-256-CBC, in DER.
    /// `openssl pkcs8 -inform DER` reads it with its default limits.
    pub fn to_locked_file(&self, passphrase: &Secret, cost: Cost) -> Result<Vec<u8>, KeyFault> {
        let cost = cost.parameters().map_err(|_| KeyFault::Broken)?;
        let salt = random::<16>().map_err(|_| KeyFault::Broken)?;
        let iv = random::<16>().map_err(|_| KeyFault::Broken)?;
        let parameters = pbes2::Parameters::generate_scrypt_aes256cbc(cost, &salt, iv)
            .map_err(|_| KeyFault::Broken)?;
        let info = PrivateKeyInfoRef::try_from(self.der.expose()).map_err(|_| KeyFault::Broken)?;
        let file = info
            .encrypt_with_params(parameters, passphrase.expose())
            .map_err(|_| KeyFault::Broken)?;
        Ok(file.as_bytes().to_vec())
    }

    /// The public half.
    pub fn public(&self) -> &PublicKey {
        &self.public
    }

    /// The key's name.
    pub fn id(&self) -> KeyId {
        self.public.id()
    }

    /// Signs a message with the key's own algorithm; in suite `modern` under fresh randomness.
    pub(crate) fn sign(&self, message: &[u8]) -> Result<Vec<u8>, KeyFault> {
        match &self.working {
            Working::Curve { signing, .. } => {
                let signature = signing.sign(&SystemRandom::new(), message);
                Ok(signature.map_err(|_| KeyFault::Broken)?.as_ref().to_vec())
            }
            Working::Rsa(rsa) => rsa.sign(message).map_err(|_| KeyFault::Broken),
        }
    }

    /// Agrees on a secret with a peer's point.
    pub(crate) fn agree(&self, peer: &[u8]) -> Result<Secret, KeyFault> {
        let Working::Curve { agreeing: Some(own), .. } = &self.working else {
            return Err(KeyFault::WrongKind);
        };
        primitives::agree(own, peer).map_err(|_| KeyFault::BadPeer)
    }

    /// Raises a block to the private exponent.
    pub(crate) fn open_block(&self, block: &[u8]) -> Result<Secret, KeyFault> {
        let Working::Rsa(rsa) = &self.working else { return Err(KeyFault::WrongKind) };
        let opened = rsa.private_operation(block).map_err(|_| KeyFault::BadPeer)?;
        Ok(Secret::new(opened.to_vec()))
    }

    fn generate_rsa(kind: KeyKind) -> Result<Self, KeyFault> {
        let modulus = kind.modulus().ok_or(KeyFault::WrongKind)?;
        let rsa = Rsa::generate(modulus.bits).map_err(|_| KeyFault::Broken)?;
        Self::from_rsa(rsa).map_err(|_| KeyFault::Broken)
    }

    fn from_rsa(rsa: Rsa) -> Result<Self, BadKeyFile> {
        let unknown = |_| BadKeyFile::UnknownKind;
        let spki = SubjectPublicKeyInfo {
            algorithm: with_null(algorithms::RSA_ENCRYPTION)
                .map_err(|_| BadKeyFile::UnknownKind)?,
            subject_public_key: OctetBits::new(&rsa.public().map_err(unknown)?),
        };
        let spki = encode(&spki).map_err(|_| BadKeyFile::UnknownKind)?;
        let public = PublicKey::from_der(Suite::Set10, &spki);
        let public = public.map_err(|_| BadKeyFile::UnknownKind)?;
        Ok(Self { der: pkcs8_of(&rsa)?, working: Working::Rsa(rsa), public })
    }
}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PrivateKey({})", self.id())
    }
}

/// The PrivateKeyInfo (RFC 5958) of an RSA key.
fn pkcs8_of(rsa: &Rsa) -> Result<Secret, BadKeyFile> {
    let private = rsa.private().map_err(|_| BadKeyFile::UnknownKind)?;
    let private = OctetStringRef::new(&private).map_err(|_| BadKeyFile::UnknownKind)?;
    let algorithm = AlgorithmIdentifierRef { oid: RSA_ENCRYPTION, parameters: Some(AnyRef::NULL) };
    let info = PrivateKeyInfoRef::new(algorithm, private);
    let der = info.to_der().map_err(|_| BadKeyFile::UnknownKind)?;
    Ok(Secret::new(der))
}

/// Whether a file asks for no more work than we are ready to do for it.
fn is_affordable(info: &EncryptedPrivateKeyInfoRef<'_>) -> bool {
    let Some(parameters) = info.encryption_algorithm.pbes2() else { return false };
    match &parameters.kdf {
        pbes2::Kdf::Scrypt(scrypt) => {
            let memory = scrypt.cost_parameter.saturating_mul(u64::from(scrypt.block_size));
            memory.saturating_mul(u64::from(scrypt.parallelization)) <= WORK_MAX
        }
        _ => false,
    }
}

/// rsaEncryption, as the library of key files writes identifiers.
const RSA_ENCRYPTION: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
/// The most work, as N times r times p, that a file may ask for: N = 2^20, r = 8.
const WORK_MAX: u64 = 1 << 23;

#[cfg(test)]
mod tests {
    use super::*;

    fn passphrase(text: &str) -> Secret {
        Secret::new(text.as_bytes().to_vec())
    }

    #[test]
    fn a_key_is_read_back_from_its_file_with_its_passphrase_only() {
        let key = PrivateKey::generate(KeyKind::P256).expect("randomness");
        let file = key.to_locked_file(&passphrase("lighthouse"), Cost::KEY_FILE).expect("written");
        let back = PrivateKey::from_locked_file(&file, &passphrase("lighthouse"));
        assert_eq!(back.expect("the right passphrase").id(), key.id());
        let wrong = PrivateKey::from_locked_file(&file, &passphrase("Lighthouse"));
        assert!(wrong.is_err());
    }

    #[test]
    fn files_that_are_no_key_files_are_refused() {
        let open = |file: &[u8]| PrivateKey::from_locked_file(file, &passphrase("x")).err();
        assert_eq!(open(&[]), Some(BadKeyFile::Form));
        assert_eq!(open(b"-----BEGIN ENCRYPTED PRIVATE KEY-----"), Some(BadKeyFile::Form));
        let key = PrivateKey::generate(KeyKind::P256).expect("randomness");
        assert_eq!(open(key.der.expose()), Some(BadKeyFile::Form));
    }

    #[test]
    fn two_signatures_over_the_same_message_differ() {
        let key = PrivateKey::generate(KeyKind::P256).expect("randomness");
        let (first, second) = (key.sign(b"consent"), key.sign(b"consent"));
        assert_ne!(first.expect("signed"), second.expect("signed"));
    }

    #[test]
    fn two_keys_agree_and_a_brand_key_does_not() {
        let ours = PrivateKey::generate(KeyKind::P256).expect("randomness");
        let theirs = PrivateKey::generate(KeyKind::P256).expect("randomness");
        let our_point = ours.public().p256_point().expect("P-256");
        let their_point = theirs.public().p256_point().expect("P-256");
        assert_eq!(ours.agree(their_point), theirs.agree(our_point));
        let brand = PrivateKey::generate(KeyKind::P384).expect("randomness");
        assert_eq!(brand.agree(our_point), Err(KeyFault::WrongKind));
    }

    #[test]
    fn a_point_off_the_curve_compressed_or_short_is_refused() {
        let key = PrivateKey::generate(KeyKind::P256).expect("randomness");
        let point = key.public().p256_point().expect("P-256").to_vec();
        let mut off_curve = point.clone();
        off_curve[64] ^= 1;
        let mut compressed = point[..33].to_vec();
        compressed[0] = 2 | (point[64] & 1);
        for peer in [&off_curve, &compressed, &point[..64].to_vec(), &vec![0], &Vec::new()] {
            assert_eq!(key.agree(peer), Err(KeyFault::BadPeer));
        }
    }

    #[test]
    fn a_private_key_does_not_print() {
        let key = PrivateKey::generate(KeyKind::P256).expect("randomness");
        assert_eq!(format!("{key:?}"), format!("PrivateKey({})", key.id()));
    }
}
