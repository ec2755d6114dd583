//! The primitives of suite `set10`, each by the name of its standard.

use aws_lc_rs::{digest, hmac};
use cbc::cipher::array::Array;
use cbc::cipher::{BlockModeDecrypt, BlockModeEncrypt, KeyIvInit};
use des::Des;
use openset_types::Secret;
use zeroize::Zeroizing;

use crate::modern::primitives::{Failed, random};

/// Octets of a SHA-1 digest.
pub(crate) const SHA1_OCTETS: usize = 20;
/// Octets of a DES key, its parity bits counted, of a block and of an IV.
pub(crate) const DES_OCTETS: usize = 8;

/// SHA-1 (FIPS 180-1).
pub(crate) fn sha1(message: &[u8]) -> [u8; SHA1_OCTETS] {
    let mut octets = [0; SHA1_OCTETS];
    octets.copy_from_slice(digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, message).as_ref());
    octets
}

/// HMAC-SHA-1 (RFC 2104).
pub(crate) fn hmac_sha1(key: &Secret, message: &[u8]) -> [u8; SHA1_OCTETS] {
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, key.expose());
    let mut octets = [0; SHA1_OCTETS];
    octets.copy_from_slice(hmac::sign(&key, message).as_ref());
    octets
}

/// A fresh DES key of odd parity. The few weak ones are drawn again.
pub(crate) fn fresh_des_key() -> Result<Zeroizing<[u8; DES_OCTETS]>, Failed> {
    loop {
        let mut key = Zeroizing::new(random::<DES_OCTETS>()?);
        set_odd_parity(&mut key);
        if !is_weak(&key) {
            return Ok(key);
        }
    }
}

/// Sets the lowest bit of each octet so that the octet has an odd number of ones (FIPS 46-3).
pub(crate) fn set_odd_parity(key: &mut [u8; DES_OCTETS]) {
    for octet in key {
        let upper = *octet & 0xFE;
        let even = upper.count_ones() & 1 == 0;
        *octet = upper | u8::from(even);
    }
}

/// Whether a key makes DES its own inverse, or that of another such key (abuse case 18). Takes as
/// long for every key.
pub(crate) fn is_weak(key: &[u8; DES_OCTETS]) -> bool {
    let mut odd = Zeroizing::new(*key);
    set_odd_parity(&mut odd);
    WEAK.iter().fold(0_u8, |found, weak| {
        let differing = weak.iter().zip(odd.iter()).fold(0, |seen, (a, b)| seen | (a ^ b));
        found | u8::from(differing == 0)
    }) != 0
}

/// DES-CBC (FIPS 81) with the padding of PKCS#5.
pub(crate) fn des_cbc_seal(
    key: &[u8; DES_OCTETS],
    iv: &[u8; DES_OCTETS],
    plaintext: &[u8],
) -> Vec<u8> {
    let padding = DES_OCTETS.saturating_sub(plaintext.len() % DES_OCTETS);
    let octet = u8::try_from(padding).unwrap_or_default();
    let mut octets = plaintext.to_vec();
    octets.resize(plaintext.len().saturating_add(padding), octet);
    let (blocks, _) = Array::slice_as_chunks_mut(&mut octets);
    cbc::Encryptor::<Des>::new(key.into(), iv.into()).encrypt_blocks(blocks);
    octets
}

/// What DES-CBC makes of a ciphertext, its padding not yet judged.
pub(crate) struct Decrypted {
    octets: Zeroizing<Vec<u8>>,
    is_padded: bool,
}

/// Undoes [`des_cbc_seal`]. A ciphertext that is not whole blocks is seen by everybody and fails
/// at once; whatever else is wrong is only noted, so that what follows takes the same way.
pub(crate) fn des_cbc_open(
    key: &[u8; DES_OCTETS],
    iv: &[u8; DES_OCTETS],
    ciphertext: &[u8],
) -> Result<Decrypted, Failed> {
    if ciphertext.is_empty() || !ciphertext.len().is_multiple_of(DES_OCTETS) {
        return Err(Failed);
    }
    let mut octets = Zeroizing::new(ciphertext.to_vec());
    let (blocks, _) = Array::slice_as_chunks_mut(&mut octets);
    cbc::Decryptor::<Des>::new(key.into(), iv.into()).decrypt_blocks(blocks);
    let (length, is_padded) = unpadded(&octets);
    octets.truncate(length);
    Ok(Decrypted { octets, is_padded })
}

impl Decrypted {
    /// The octets, without their padding where it is right and with it where it is wrong, and
    /// whether it was.
    pub(crate) fn into_parts(self) -> (Zeroizing<Vec<u8>>, bool) {
        (self.octets, self.is_padded)
    }
}

/// The length without padding, and whether the padding is that of PKCS#5. Every octet that could
/// be padding is looked at, whatever is found.
fn unpadded(octets: &[u8]) -> (usize, bool) {
    let last = octets.last().copied().unwrap_or_default();
    let mut wrong = u8::from(last == 0) | u8::from(usize::from(last) > DES_OCTETS);
    for (place, octet) in octets.iter().rev().take(DES_OCTETS).enumerate() {
        let within = u8::from(place < usize::from(last));
        wrong |= within & u8::from(*octet != last);
    }
    let padding = usize::from(last) & usize::from(wrong).wrapping_sub(1);
    (octets.len().saturating_sub(padding), wrong == 0)
}

/// The four weak and twelve semi-weak keys of DES, with odd parity.
const WEAK: [[u8; DES_OCTETS]; 16] = [
    [0x01, 0x01, 0x01, 0x01, 0x01, 0x01, 0x01, 0x01],
    [0xFE, 0xFE, 0xFE, 0xFE, 0xFE, 0xFE, 0xFE, 0xFE],
    [0x1F, 0x1F, 0x1F, 0x1F, 0x0E, 0x0E, 0x0E, 0x0E],
    [0xE0, 0xE0, 0xE0, 0xE0, 0xF1, 0xF1, 0xF1, 0xF1],
    [0x01, 0xFE, 0x01, 0xFE, 0x01, 0xFE, 0x01, 0xFE],
    [0xFE, 0x01, 0xFE, 0x01, 0xFE, 0x01, 0xFE, 0x01],
    [0x1F, 0xE0, 0x1F, 0xE0, 0x0E, 0xF1, 0x0E, 0xF1],
    [0xE0, 0x1F, 0xE0, 0x1F, 0xF1, 0x0E, 0xF1, 0x0E],
    [0x01, 0xE0, 0x01, 0xE0, 0x01, 0xF1, 0x01, 0xF1],
    [0xE0, 0x01, 0xE0, 0x01, 0xF1, 0x01, 0xF1, 0x01],
    [0x1F, 0xFE, 0x1F, 0xFE, 0x0E, 0xFE, 0x0E, 0xFE],
    [0xFE, 0x1F, 0xFE, 0x1F, 0xFE, 0x0E, 0xFE, 0x0E],
    [0x01, 0x1F, 0x01, 0x1F, 0x01, 0x0E, 0x01, 0x0E],
    [0x1F, 0x01, 0x1F, 0x01, 0x0E, 0x01, 0x0E, 0x01],
    [0xE0, 0xFE, 0xE0, 0xFE, 0xF1, 0xFE, 0xF1, 0xFE],
    [0xFE, 0xE0, 0xFE, 0xE0, 0xFE, 0xF1, 0xFE, 0xF1],
];

#[cfg(test)]
mod tests {
    use data_encoding::HEXLOWER;
    use proptest::prelude::*;

    use super::*;

    fn hex(text: &str) -> Vec<u8> {
        HEXLOWER.decode(text.as_bytes()).expect("hex")
    }

    fn opened(key: &[u8; 8], octets: &[u8]) -> (Vec<u8>, bool) {
        let (octets, sound) = des_cbc_open(key, &[7; 8], octets).expect("blocks").into_parts();
        (octets.to_vec(), sound)
    }

    #[test]
    fn sha1_matches_fips_180_1_appendix_a() {
        assert_eq!(sha1(b"abc").to_vec(), hex("a9993e364706816aba3e25717850c26c9cd0d89d"));
    }

    #[test]
    fn hmac_matches_rfc_2202_test_case_1() {
        let key = Secret::new(vec![0x0B; 20]);
        let code = hmac_sha1(&key, b"Hi There");
        assert_eq!(code.to_vec(), hex("b617318655057264e28bc0b6fb378c8ef146be00"));
    }

    #[test]
    fn des_cbc_matches_the_example_of_fips_81() {
        // FIPS 81, table C1: "Now is the time for all ", here followed by a block of padding.
        let key = [0x01, 0x23, 0x45, 0x67, 0x89, 0xAB, 0xCD, 0xEF];
        let iv = [0x12, 0x34, 0x56, 0x78, 0x90, 0xAB, 0xCD, 0xEF];
        let sealed = des_cbc_seal(&key, &iv, b"Now is the time for all ");
        let published = hex("e5c7cdde872bf27c43e934008c389c0f683788499a7c05f6");
        assert_eq!(sealed.get(..24), Some(published.as_slice()));
        assert_eq!(sealed.len(), 32);
    }

    #[test]
    fn only_the_padding_of_pkcs_5_is_taken_off() {
        let key = [0x01, 0x23, 0x45, 0x67, 0x89, 0xAB, 0xCD, 0xEF];
        let raw = |plaintext: &[u8; 8]| des_cbc_seal(&key, &[7; 8], plaintext)[..8].to_vec();
        assert_eq!(opened(&key, &raw(b"abcde\x03\x03\x03")), (b"abcde".to_vec(), true));
        assert_eq!(opened(&key, &raw(&[8; 8])), (Vec::new(), true));
        for wrong in [b"abcdefg\x00", b"abcde\x02\x03\x03", b"abcdefg\x09", b"abcdefg\xFF"] {
            assert_eq!(opened(&key, &raw(wrong)), (wrong.to_vec(), false));
        }
        for torn in [&[][..], &[1; 7], &[1; 9]] {
            assert!(des_cbc_open(&key, &[7; 8], torn).is_err());
        }
    }

    #[test]
    fn weak_keys_are_known_whatever_their_parity() {
        assert!(is_weak(&[0; 8]));
        assert!(is_weak(&[0x01, 0xFE, 0x01, 0xFE, 0x01, 0xFE, 0x01, 0xFF]));
        assert!(!is_weak(&[0x01, 0x23, 0x45, 0x67, 0x89, 0xAB, 0xCD, 0xEF]));
    }

    #[test]
    fn fresh_keys_have_odd_parity_and_differ() {
        let key = fresh_des_key().expect("randomness");
        assert!(key.iter().all(|octet| octet.count_ones() % 2 == 1));
        assert_ne!(key, fresh_des_key().expect("randomness"));
    }

    proptest! {
        #[test]
        fn what_was_sealed_is_read_back(plaintext: Vec<u8>) {
            let key = [0x01, 0x23, 0x45, 0x67, 0x89, 0xAB, 0xCD, 0xEF];
            let sealed = des_cbc_seal(&key, &[7; 8], &plaintext);
            prop_assert_eq!(opened(&key, &sealed), (plaintext, true));
        }
    }
}
