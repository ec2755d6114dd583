//! RSA as 1997 used it: PKCS#1 v1.5 signatures with SHA-1, and the bare operation under SET's own
//! OAEP block.
//!
//! No safe crate offers this without leaking the private key through time, so this is the one
//! module of the house that calls AWS-LC directly, and the one place where it needs `unsafe`. The
//! library blinds every private operation and checks each signature before it leaves (a fault in
//! it would give the key away). What is inside a block, nobody here looks at.
#![expect(unsafe_code, reason = "AWS-LC has these operations and aws-lc-rs does not offer them")]

use std::ffi::{c_int, c_void};
use std::ptr::{self, NonNull};

use aws_lc_sys::{
    BN_free, BN_new, BN_set_word, ERR_clear_error, NID_sha1, OPENSSL_free, RSA, RSA_NO_PADDING,
    RSA_bits, RSA_decrypt, RSA_encrypt, RSA_free, RSA_generate_key_ex, RSA_new,
    RSA_private_key_from_bytes, RSA_private_key_to_bytes, RSA_public_key_from_bytes,
    RSA_public_key_to_bytes, RSA_sign,
};
use zeroize::Zeroizing;

use super::primitives::sha1;
use crate::modern::primitives::Failed;

/// A key, with or without its private part.
///
/// Never null, owned, freed once.
pub(crate) struct Rsa(NonNull<RSA>);

// SAFETY: an RSA object has no tie to the thread that made it.
unsafe impl Send for Rsa {}
// SAFETY: `rsa.h` calls signing, encrypting and decrypting non-mutating for purposes of threads:
// the library locks the blinding it keeps inside. Nothing here changes a key once it is made.
unsafe impl Sync for Rsa {}

impl Drop for Rsa {
    fn drop(&mut self) {
        // SAFETY: owned and not freed before; the library wipes what is private.
        unsafe { RSA_free(self.0.as_ptr()) }
    }
}

impl Rsa {
    /// Makes a key pair whose modulus has so many bits and whose exponent is 65537.
    pub(crate) fn generate(bits: u16) -> Result<Self, Failed> {
        // SAFETY: takes nothing; the result is null or owned by us.
        let key = Self::own(unsafe { RSA_new() })?;
        let exponent = Number::of(EXPONENT)?;
        // SAFETY: both objects live, nobody else holds the key yet, and no callback is allowed.
        let made = unsafe {
            RSA_generate_key_ex(key.0.as_ptr(), bits.into(), exponent.0.as_ptr(), ptr::null_mut())
        };
        succeeded(made)?;
        Ok(key)
    }

    /// Reads an RSAPrivateKey (RFC 8017, A.1.2). The library checks that its parts fit together.
    pub(crate) fn from_private(der: &[u8]) -> Result<Self, Failed> {
        // SAFETY: the pointer and the length are those of one slice, read during the call only.
        Self::own(unsafe { RSA_private_key_from_bytes(der.as_ptr(), der.len()) })
    }

    /// Reads an RSAPublicKey (RFC 8017, A.1.1).
    pub(crate) fn from_public(der: &[u8]) -> Result<Self, Failed> {
        // SAFETY: the pointer and the length are those of one slice, read during the call only.
        Self::own(unsafe { RSA_public_key_from_bytes(der.as_ptr(), der.len()) })
    }

    /// Writes the RSAPrivateKey.
    pub(crate) fn private(&self) -> Result<Zeroizing<Vec<u8>>, Failed> {
        // SAFETY: the key lives; the function writes one pointer and one length, or fails.
        collect(|to, length| unsafe { RSA_private_key_to_bytes(to, length, self.0.as_ptr()) })
    }

    /// Writes the RSAPublicKey.
    pub(crate) fn public(&self) -> Result<Vec<u8>, Failed> {
        // SAFETY: the key lives; the function writes one pointer and one length, or fails.
        let octets =
            collect(|to, length| unsafe { RSA_public_key_to_bytes(to, length, self.0.as_ptr()) })?;
        Ok(octets.to_vec())
    }

    /// How many bits the modulus has.
    pub(crate) fn bits(&self) -> u32 {
        // SAFETY: the key lives and has a modulus.
        unsafe { RSA_bits(self.0.as_ptr()) }
    }

    /// Signs the SHA-1 of a message (RSASSA-PKCS1-v1_5).
    pub(crate) fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Failed> {
        let digest = sha1(message);
        let mut signature = vec![0; self.octets()?];
        let mut length = 0;
        // SAFETY: the digest is as long as said; `signature` has the octets of the modulus, which
        // is the most that is written; the key lives.
        let signed = unsafe {
            RSA_sign(
                NID_sha1,
                digest.as_ptr(),
                digest.len(),
                signature.as_mut_ptr(),
                &raw mut length,
                self.0.as_ptr(),
            )
        };
        succeeded(signed)?;
        let length = usize::try_from(length).map_err(|_| Failed)?;
        if length == signature.len() { Ok(signature) } else { Err(Failed) }
    }

    /// Raises a block to the public exponent. Fails for a block that is not as long as the
    /// modulus, or not smaller.
    pub(crate) fn public_operation(&self, block: &[u8]) -> Result<Vec<u8>, Failed> {
        let wide = self.raw(block, RSA_encrypt)?;
        Ok(wide.to_vec())
    }

    /// Raises a block to the private exponent, blinded. Fails for a block that is not as long as
    /// the modulus, or not smaller: whoever sent it knows that much.
    pub(crate) fn private_operation(&self, block: &[u8]) -> Result<Zeroizing<Vec<u8>>, Failed> {
        self.raw(block, RSA_decrypt)
    }

    fn raw(&self, block: &[u8], operation: Operation) -> Result<Zeroizing<Vec<u8>>, Failed> {
        let octets = self.octets()?;
        if block.len() != octets {
            return Err(Failed);
        }
        let mut wide = Zeroizing::new(vec![0; octets]);
        let mut length = 0;
        // SAFETY: both buffers have the octets of the modulus, as the lengths say; without
        // padding exactly as many are read and written; the key lives.
        let done = unsafe {
            operation(
                self.0.as_ptr(),
                &raw mut length,
                wide.as_mut_ptr(),
                wide.len(),
                block.as_ptr(),
                block.len(),
                RSA_NO_PADDING,
            )
        };
        succeeded(done)?;
        if length == octets { Ok(wide) } else { Err(Failed) }
    }

    /// How many octets the modulus has.
    fn octets(&self) -> Result<usize, Failed> {
        usize::try_from(self.bits().div_ceil(8)).map_err(|_| Failed)
    }

    /// Takes what the library gave us to own.
    fn own(key: *mut RSA) -> Result<Self, Failed> {
        NonNull::new(key).map(Self).ok_or_else(forget_why)
    }
}

/// `RSA_encrypt` and `RSA_decrypt`.
type Operation =
    unsafe extern "C" fn(*mut RSA, *mut usize, *mut u8, usize, *const u8, usize, c_int) -> c_int;

/// A number of the library. Never null, owned, freed once.
struct Number(NonNull<aws_lc_sys::BIGNUM>);

impl Number {
    fn of(value: u64) -> Result<Self, Failed> {
        // SAFETY: takes nothing; the result is null or owned by us.
        let number = NonNull::new(unsafe { BN_new() }).map(Self).ok_or_else(forget_why)?;
        // SAFETY: the number lives and is ours alone.
        succeeded(unsafe { BN_set_word(number.0.as_ptr(), value) })?;
        Ok(number)
    }
}

impl Drop for Number {
    fn drop(&mut self) {
        // SAFETY: owned and not freed before.
        unsafe { BN_free(self.0.as_ptr()) }
    }
}

/// Copies what a function of the library has written to memory of its own, and frees that.
fn collect(
    write: impl FnOnce(*mut *mut u8, *mut usize) -> c_int,
) -> Result<Zeroizing<Vec<u8>>, Failed> {
    let (mut start, mut length) = (ptr::null_mut(), 0_usize);
    succeeded(write(&raw mut start, &raw mut length))?;
    let start = NonNull::new(start).ok_or(Failed)?;
    // SAFETY: after success `start` points to `length` octets that nobody else holds.
    let octets =
        Zeroizing::new(unsafe { std::slice::from_raw_parts(start.as_ptr(), length) }.to_vec());
    // SAFETY: allocated by the library, freed once; OPENSSL_free wipes what it frees.
    unsafe { OPENSSL_free(start.as_ptr().cast::<c_void>()) };
    Ok(octets)
}

fn succeeded(code: c_int) -> Result<(), Failed> {
    if code == 1 { Ok(()) } else { Err(forget_why()) }
}

/// Empties the library's list of errors of this thread: the reason is nobody's business.
fn forget_why() -> Failed {
    // SAFETY: touches nothing but that list.
    unsafe { ERR_clear_error() }
    Failed
}

/// The public exponent of every key that is made.
const EXPONENT: u64 = 65_537;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::openssl::OpenSsl;

    fn key() -> Rsa {
        Rsa::generate(1024).expect("randomness")
    }

    #[test]
    fn a_key_is_read_back_from_what_it_wrote() {
        let key = key();
        assert_eq!(key.bits(), 1024);
        let private = Rsa::from_private(&key.private().expect("written")).expect("our own");
        assert_eq!(private.public(), key.public());
        let public = Rsa::from_public(&key.public().expect("written")).expect("our own");
        assert_eq!(public.bits(), 1024);
        assert!(public.private().is_err());
        assert!(public.sign(b"message").is_err());
    }

    #[test]
    fn octets_that_are_no_key_are_refused() {
        for wrong in [&[][..], &[0x30, 0], &[0x30, 0x80, 0, 0]] {
            assert!(Rsa::from_private(wrong).is_err());
            assert!(Rsa::from_public(wrong).is_err());
        }
        let mut private = key().private().expect("written");
        let middle = private.len() / 2;
        private[middle] ^= 1;
        assert!(Rsa::from_private(&private).is_err(), "parts that do not fit together");
    }

    #[test]
    fn a_key_with_one_bit_changed_signs_rightly_or_not_at_all() {
        // Abuse case 19: one signature with a wrong half of the key would give the key away.
        let whole = key();
        let private = whole.private().expect("written");
        let right = whole.sign(b"message").expect("signed");
        let signed = (0..private.len()).step_by(5).filter_map(|at| {
            let mut changed = private.clone();
            changed[at] ^= 1 << (at % 8);
            Rsa::from_private(&changed).ok()?.sign(b"message").ok()
        });
        assert!(signed.into_iter().all(|signature| signature == right));
    }

    #[test]
    fn the_bare_operations_undo_each_other() {
        let key = key();
        let block: Vec<u8> = (1..=128).map(|octet| octet & 0x7F).collect();
        let wide = key.public_operation(&block).expect("below the modulus");
        assert_eq!(key.private_operation(&wide).expect("below the modulus").to_vec(), block);
    }

    #[test]
    fn a_block_of_another_length_or_beyond_the_modulus_is_refused() {
        let key = key();
        for wrong in [&[][..], &[1; 127], &[1; 129], &[0xFF; 128]] {
            assert!(key.public_operation(wrong).is_err());
            assert!(key.private_operation(wrong).is_err());
        }
    }

    #[test]
    fn openssl_verifies_our_signature_and_undoes_our_block() {
        let (key, openssl) = (key(), OpenSsl::new());
        openssl.write("k", &key.private().expect("written"));
        openssl.run("rsa -inform DER -in k -pubout -out p.pem");
        openssl.write("m", b"message");
        openssl.write("s", &key.sign(b"message").expect("signed"));
        openssl.run("dgst -sha1 -verify p.pem -signature s m");
        openssl.write("s", &key.sign(b"massage").expect("signed"));
        openssl.refusal("dgst -sha1 -verify p.pem -signature s m");
        openssl.write("b", &key.public_operation(&[1; 128]).expect("below the modulus"));
        openssl.run(
            "pkeyutl -decrypt -keyform DER -inkey k -pkeyopt rsa_padding_mode:none -in b -out c",
        );
        assert_eq!(openssl.read("c"), [1; 128]);
    }
}
