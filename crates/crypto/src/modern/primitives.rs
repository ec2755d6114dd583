//! The primitives of suite `modern`, each by the name of its standard.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, MAX_TAG_LEN, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::agreement::{self, ECDH_P256, PrivateKey, UnparsedPublicKey};
use aws_lc_rs::key_wrap::{AES_256, AesKek, KeyWrap};
use aws_lc_rs::{digest, hmac, rand};
use openset_types::Secret;
use zeroize::Zeroizing;

/// Octets of a SHA-256 digest, of an AES-256 key, and of a secret.
pub(crate) const LENGTH: usize = 32;
/// Octets that RFC 3394 adds to a wrapped key.
const WRAP_OVERHEAD: usize = 8;

/// The library failed without saying why. It never happens in health.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Failed;

/// What AES-256-GCM makes of a plaintext.
pub(crate) struct Gcm {
    /// 96 bits, drawn for this plaintext alone.
    pub(crate) nonce: [u8; NONCE_LEN],
    /// As long as the plaintext.
    pub(crate) ciphertext: Vec<u8>,
    /// The tag.
    pub(crate) tag: Vec<u8>,
}

/// SHA-256 (FIPS 180-4).
pub(crate) fn sha256(message: &[u8]) -> [u8; LENGTH] {
    let mut octets = [0; LENGTH];
    octets.copy_from_slice(digest::digest(&digest::SHA256, message).as_ref());
    octets
}

/// SHA-384 (FIPS 180-4).
pub(crate) fn sha384(message: &[u8]) -> Vec<u8> {
    digest::digest(&digest::SHA384, message).as_ref().to_vec()
}

/// HMAC-SHA-256 (RFC 2104) over parts read as one message.
pub(crate) fn hmac_sha256(key: &Secret, parts: &[&[u8]]) -> [u8; LENGTH] {
    let mut context = hmac::Context::with_key(&hmac::Key::new(hmac::HMAC_SHA256, key.expose()));
    for part in parts {
        context.update(part);
    }
    let mut octets = [0; LENGTH];
    octets.copy_from_slice(context.sign().as_ref());
    octets
}

/// Whether two octet strings are the same, without stopping at the first difference.
pub(crate) fn same(left: &[u8], right: &[u8]) -> bool {
    aws_lc_rs::constant_time::verify_slices_are_equal(left, right).is_ok()
}

/// Octets from the operating system's generator.
pub(crate) fn random<const N: usize>() -> Result<[u8; N], Failed> {
    let mut octets = [0; N];
    rand::fill(&mut octets).map_err(|_| Failed)?;
    Ok(octets)
}

/// A fresh AES-256 key.
pub(crate) fn fresh_key() -> Result<Secret, Failed> {
    let octets = Zeroizing::new(random::<LENGTH>()?);
    Ok(Secret::new(octets.to_vec()))
}

/// A P-256 key pair for one envelope.
pub(crate) struct Ephemeral {
    private: PrivateKey,
    point: Vec<u8>,
}

impl Ephemeral {
    /// Makes a pair.
    pub(crate) fn generate() -> Result<Self, Failed> {
        let private = PrivateKey::generate(&ECDH_P256).map_err(|_| Failed)?;
        let point = private.compute_public_key().map_err(|_| Failed)?.as_ref().to_vec();
        Ok(Self { private, point })
    }

    /// The public point (SEC 1, uncompressed).
    pub(crate) fn point(&self) -> &[u8] {
        &self.point
    }

    /// Agrees on a secret with a peer's point.
    pub(crate) fn agree(&self, peer: &[u8]) -> Result<Secret, Failed> {
        agree(&self.private, peer)
    }
}

/// ECDH on P-256 (SP 800-56A, 5.7.1.2). A compressed point is refused: one key, one spelling.
pub(crate) fn agree(own: &PrivateKey, peer: &[u8]) -> Result<Secret, Failed> {
    if peer.first() != Some(&UNCOMPRESSED) {
        return Err(Failed);
    }
    agreement::agree(own, UnparsedPublicKey::new(&ECDH_P256, peer), Failed, |shared| {
        Ok(Secret::new(shared.to_vec()))
    })
}

/// SEC 1: the first octet of a point that is not compressed.
const UNCOMPRESSED: u8 = 4;

/// ANSI X9.63 key derivation with SHA-256 (SEC 1, 3.6.1), for one key of 32 octets.
pub(crate) fn x963_sha256(shared: &Secret, shared_info: &[u8]) -> Secret {
    let mut context = digest::Context::new(&digest::SHA256);
    context.update(shared.expose());
    context.update(&1_u32.to_be_bytes());
    context.update(shared_info);
    Secret::new(context.finish().as_ref().to_vec())
}

/// AES key wrap (RFC 3394) of a 32-octet key.
pub(crate) fn wrap(kek: &Secret, key: &Secret) -> Result<Vec<u8>, Failed> {
    let mut wrapped = vec![0; LENGTH + WRAP_OVERHEAD];
    let kek = AesKek::new(&AES_256, kek.expose()).map_err(|_| Failed)?;
    kek.wrap(key.expose(), &mut wrapped).map_err(|_| Failed)?;
    Ok(wrapped)
}

/// Undoes [`wrap`].
pub(crate) fn unwrap(kek: &Secret, wrapped: &[u8]) -> Result<Secret, Failed> {
    if wrapped.len() != LENGTH + WRAP_OVERHEAD {
        return Err(Failed);
    }
    let mut key = Zeroizing::new([0_u8; LENGTH + WRAP_OVERHEAD]);
    let kek = AesKek::new(&AES_256, kek.expose()).map_err(|_| Failed)?;
    let key = kek.unwrap(wrapped, key.as_mut_slice()).map_err(|_| Failed)?;
    Ok(Secret::new(key.to_vec()))
}

/// AES-256-GCM (SP 800-38D) under a fresh random nonce.
pub(crate) fn gcm_seal(key: &Secret, aad: &[u8], plaintext: &[u8]) -> Result<Gcm, Failed> {
    let nonce = random::<NONCE_LEN>()?;
    let mut ciphertext = plaintext.to_vec();
    let tag = gcm_key(key)?
        .seal_in_place_separate_tag(
            Nonce::assume_unique_for_key(nonce),
            Aad::from(aad),
            &mut ciphertext,
        )
        .map_err(|_| Failed)?;
    Ok(Gcm { nonce, ciphertext, tag: tag.as_ref().to_vec() })
}

/// Undoes [`gcm_seal`]; the plaintext exists only if the tag is right.
pub(crate) fn gcm_open(
    key: &Secret,
    aad: &[u8],
    nonce: &[u8],
    ciphertext: &[u8],
    tag: &[u8],
) -> Result<Zeroizing<Vec<u8>>, Failed> {
    if tag.len() != MAX_TAG_LEN {
        return Err(Failed);
    }
    let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| Failed)?;
    let mut plaintext = Zeroizing::new(vec![0; ciphertext.len()]);
    gcm_key(key)?
        .open_separate_gather(nonce, Aad::from(aad), ciphertext, tag, &mut plaintext)
        .map_err(|_| Failed)?;
    Ok(plaintext)
}

fn gcm_key(key: &Secret) -> Result<LessSafeKey, Failed> {
    UnboundKey::new(&AES_256_GCM, key.expose()).map(LessSafeKey::new).map_err(|_| Failed)
}

#[cfg(test)]
mod tests {
    use data_encoding::HEXLOWER;

    use super::*;

    fn hex(text: &str) -> Vec<u8> {
        HEXLOWER.decode(text.as_bytes()).expect("hex")
    }

    #[test]
    fn the_key_derivation_matches_the_vector_of_nist_cavp() {
        // ANSX963_2001, SHA-256, shared secret 192 bits, no shared info: first 16 octets.
        let shared = Secret::new(hex("96c05619d56c328ab95fe84b18264b08725b85e33fd34f08"));
        let key = x963_sha256(&shared, &[]);
        assert_eq!(
            key.expose().get(..16),
            Some(hex("443024c3dae66b95e6f5670601558f71").as_slice())
        );
    }

    #[test]
    fn key_wrap_matches_rfc_3394_section_4_6() {
        let kek = hex("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f");
        let key = hex("00112233445566778899aabbccddeeff000102030405060708090a0b0c0d0e0f");
        let wrapped =
            "28c9f404c4b810f4cbccb35cfb87f8263f5786e2d80ed326cbc7f0e71a99f43bfb988b9b7a02dd21";
        let (kek, key) = (Secret::new(kek), Secret::new(key));
        assert_eq!(wrap(&kek, &key), Ok(hex(wrapped)));
        assert_eq!(unwrap(&kek, &hex(wrapped)), Ok(key));
    }

    #[test]
    fn a_wrapped_key_with_one_bit_changed_does_not_unwrap() {
        let (kek, key) = (fresh_key().expect("randomness"), fresh_key().expect("randomness"));
        let mut wrapped = wrap(&kek, &key).expect("32 octets");
        wrapped[7] ^= 1;
        assert_eq!(unwrap(&kek, &wrapped), Err(Failed));
        assert_eq!(unwrap(&kek, &wrapped[..32]), Err(Failed));
    }

    #[test]
    fn what_gcm_sealed_opens_only_unchanged() {
        let key = fresh_key().expect("randomness");
        let sealed = gcm_seal(&key, b"aad", b"plaintext").expect("sealed");
        let open =
            |aad: &[u8], tag: &[u8]| gcm_open(&key, aad, &sealed.nonce, &sealed.ciphertext, tag);
        assert_eq!(open(b"aad", &sealed.tag).expect("unchanged").as_slice(), b"plaintext");
        assert!(open(b"other", &sealed.tag).is_err());
        // A shortened tag would be a smaller lock: refused, not compared.
        assert!(open(b"aad", &sealed.tag[..12]).is_err());
    }
}
