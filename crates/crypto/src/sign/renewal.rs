//! Two signatures over one value: by a new key, and in the name of the certificate that the new
//! one will take the place of. And what can be said of a value before any signature was checked.

#[cfg(test)]
mod tests;

use std::sync::Arc;

use openset_types::{Brand, UnixTime};
use openset_wire::content::Content;
use openset_wire::der::decode;
use openset_wire::opaque::Signed;
use openset_wire::x509::SubjectPublicKeyInfo;
use rasn::{Decode, Encode};

use super::unchecked::{self, Both};
use super::{Possessed, Verified, believe, possessed_by, read, verify, verify_possession};
use crate::{Path, PublicKey, Purpose, Suite, Trust, Untrusted};

/// A value that was signed by the new key it names, and by the holder of a certificate.
///
/// ```compile_fail
/// use openset_crypto::Renewed;
/// fn believe<T>(received: T) -> Renewed<T> {
///     Renewed { value: received }
/// }
/// ```
#[derive(Debug)]
pub struct Renewed<T> {
    value: T,
    key: PublicKey,
    signer: Arc<Path>,
}

/// A value as somebody claims to have signed it. Nothing was checked. It is looked at to know
/// which check is due, and believed for nothing else.
#[derive(Debug)]
pub struct Claimed<T> {
    value: T,
    signed: Signed<T>,
    suite: Suite,
}

/// Reads what is inside a signature, whoever has signed.
pub fn claimed<T: Content + Decode + Encode>(
    suite: Suite,
    signed: Signed<T>,
) -> Result<Claimed<T>, Untrusted> {
    let content = unchecked::content(suite, signed.octets())?;
    Ok(Claimed { value: decode(&content)?, signed, suite })
}

impl<T: Content + Decode + Encode> Claimed<T> {
    /// What is said to be signed. Not believed.
    pub fn value(&self) -> &T {
        &self.value
    }

    /// The value alone, not believed. For what was checked before it was stored, and for telling
    /// its sender that the check failed.
    pub fn danger_assume_signed(self) -> T {
        self.value
    }

    /// Accepts it as signed by a key that it names itself.
    pub fn possessed(
        &self,
        named: impl FnOnce(&T) -> Option<&SubjectPublicKeyInfo>,
    ) -> Result<Possessed<T>, Untrusted> {
        verify_possession(self.suite, &self.signed, named)
    }

    /// Accepts it as signed by a key that is known from before.
    pub fn possessed_by(&self, key: &SubjectPublicKeyInfo) -> Result<Possessed<T>, Untrusted> {
        let unchecked = read(self.suite, &self.signed)?;
        let content = unchecked.content()?;
        let key = possessed_by(&unchecked, &T::TYPE.oid(), content, Some(key))?;
        Ok(Possessed { value: decode(content)?, key })
    }

    /// Believes it, as signed by somebody with a certificate.
    pub fn verified(
        &self,
        trust: &Trust,
        purpose: Purpose,
        brand: Option<&Brand>,
        now: UnixTime,
    ) -> Result<Verified<T>, Untrusted> {
        verify(&self.signed, trust, purpose, brand, now)
    }

    /// Believes it, as signed twice: by the key that it names, and by somebody with a certificate.
    pub fn renewed(
        &self,
        named: impl FnOnce(&T) -> Option<&SubjectPublicKeyInfo>,
        trust: &Trust,
        purpose: Purpose,
        brand: Option<&Brand>,
        now: UnixTime,
    ) -> Result<Renewed<T>, Untrusted> {
        let both = read_both(self.suite, &self.signed)?;
        let value: T = decode(both.new.content()?)?;
        let content = both.new.content()?;
        let kind = T::TYPE.oid();
        let key = possessed_by(&both.new, &kind, content, named(&value))?;
        let signer = believe(&both.certified, &kind, content, trust, purpose, brand, now)?;
        Ok(Renewed { value, key, signer: Arc::clone(signer.signer()) })
    }
}

/// Believes octets that two detached signatures are over: by a named key, and by somebody with a
/// certificate.
pub(crate) fn verify_octets_renewal<T: Content>(
    signed: &Signed<T>,
    octets: &[u8],
    named: Option<&SubjectPublicKeyInfo>,
    trust: &Trust,
    purpose: Purpose,
    brand: Option<&Brand>,
    now: UnixTime,
) -> Result<Renewed<()>, Untrusted> {
    let both = read_both(trust.suite(), signed)?;
    both.new.require_apart()?;
    let kind = T::TYPE.oid();
    let key = possessed_by(&both.new, &kind, octets, named)?;
    let signer = believe(&both.certified, &kind, octets, trust, purpose, brand, now)?;
    Ok(Renewed { value: (), key, signer: Arc::clone(signer.signer()) })
}

impl<T> Renewed<T> {
    /// The value.
    pub fn value(&self) -> &T {
        &self.value
    }

    /// The value alone.
    pub fn into_value(self) -> T {
        self.value
    }

    /// The new key.
    pub fn key(&self) -> &PublicKey {
        &self.key
    }

    /// The certificate in whose name it was signed as well.
    pub fn signer(&self) -> &Arc<Path> {
        &self.signer
    }

    /// The same belief about the value the octets were of.
    pub(crate) fn with<U>(self, value: U) -> Renewed<U> {
        Renewed { value, key: self.key, signer: self.signer }
    }
}

fn read_both<T>(suite: Suite, signed: &Signed<T>) -> Result<Both, Untrusted> {
    Both::read(suite, signed.octets())
}
