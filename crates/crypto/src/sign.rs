//! S and SO: signing, and believing what was signed.

pub(crate) mod renewal;
#[cfg(test)]
mod tests;
mod unchecked;

use std::ops::Deref;
use std::sync::Arc;

use openset_types::{Brand, UnixTime};
use openset_wire::content::Content;
use openset_wire::der::{Element, Oid, decode, encode};
use openset_wire::opaque::Signed;
use openset_wire::x509::SubjectPublicKeyInfo;
use rasn::{Decode, Encode};

use crate::identity::CertificateName;
use crate::sign::unchecked::{SignedBy, Unchecked};
use crate::{
    Bag, Identity, KeyId, KeyKind, Keys, Path, PublicKey, Purpose, Suite, Trust, Unmade, Untrusted,
    modern, set10,
};

/// How far ahead of ours another's clock may be, in seconds.
pub const CLOCK_AHEAD_S_MAX: i64 = 300;

/// Whose name a signature is made in.
#[derive(Debug, Clone, Copy)]
pub enum Signer<'a> {
    /// Somebody with a certificate. The bag travels beside the signature.
    Certified {
        /// Who signs.
        identity: &'a Identity,
        /// What the other side needs to believe it.
        bag: &'a Bag,
    },
    /// A new key that has no certificate yet. It proves that whoever asks for one holds the key.
    NewKey(&'a PublicKey),
    /// A new key together with the certificate it is to take the place of: two signatures.
    Renewal {
        /// The new key.
        key: &'a PublicKey,
        /// Whose certificate is renewed.
        identity: &'a Identity,
        /// What the other side needs to believe it.
        bag: &'a Bag,
    },
}

/// A value that was signed by someone with a right to: the signature was checked, the path
/// reached a root, nothing on it was revoked. Made only in this crate.
///
/// ```compile_fail
/// use openset_crypto::Verified;
/// fn believe<T>(received: T) -> Verified<T> {
///     Verified { value: received }
/// }
/// ```
#[derive(Debug, Clone)]
pub struct Verified<T> {
    value: T,
    signer: Arc<Path>,
    signed_at: UnixTime,
    bag: Bag,
}

/// A value that was signed by the key it names. Who holds that key is not known yet.
#[derive(Debug)]
pub struct Possessed<T> {
    value: T,
    key: PublicKey,
}

/// S: signs a value, which travels inside the signature.
pub fn sign<T: Content + Encode>(
    suite: Suite,
    content: &T,
    signer: Signer<'_>,
    keys: &dyn Keys,
    now: UnixTime,
) -> Result<Signed<T>, Unmade> {
    make(suite, &encode(content)?, Place::Inside, signer, keys, now)
}

/// SO: signs a value that travels apart from the signature, or not at all.
pub fn sign_detached<T: Content + Encode>(
    suite: Suite,
    content: &T,
    signer: Signer<'_>,
    keys: &dyn Keys,
    now: UnixTime,
) -> Result<Signed<T>, Unmade> {
    make(suite, &encode(content)?, Place::Apart, signer, keys, now)
}

/// Believes what is inside a signature, or says why not.
pub fn verify<T: Content + Decode + Encode>(
    signed: &Signed<T>,
    trust: &Trust,
    purpose: Purpose,
    brand: Option<&Brand>,
    now: UnixTime,
) -> Result<Verified<T>, Untrusted> {
    let unchecked = read(trust.suite(), signed)?;
    let content = unchecked.content()?;
    let believed = believe(&unchecked, &T::TYPE.oid(), content, trust, purpose, brand, now)?;
    Ok(believed.with(decode(content)?))
}

/// Believes a value that a detached signature is over, or says why not.
pub fn verify_detached<T: Content + Encode>(
    signed: &Signed<T>,
    content: T,
    trust: &Trust,
    purpose: Purpose,
    brand: Option<&Brand>,
    now: UnixTime,
) -> Result<Verified<T>, Untrusted> {
    let octets = encode(&content)?;
    Ok(verify_octets(signed, &octets, trust, purpose, brand, now)?.with(content))
}

/// The brand of whoever a signature names, if that is known. Nothing was checked: it may choose in
/// which of one's own names to answer, and is believed for nothing else.
pub fn claimed_brand<T>(signed: &Signed<T>, trust: &Trust) -> Option<Brand> {
    let unchecked = read(trust.suite(), signed).ok()?;
    let SignedBy::Certificate(name) = unchecked.signer() else { return None };
    let beside = bag(&unchecked, trust).ok()?;
    match beside.named(name) {
        Some(leaf) => {
            let organization = leaf.to_be_signed.subject.organization()?;
            Brand::parse(organization).ok()
        }
        None => trust.known(name)?.brand(),
    }
}

/// Accepts what is inside a signature that was made by a key the content itself names.
pub fn verify_possession<T: Content + Decode + Encode>(
    suite: Suite,
    signed: &Signed<T>,
    named: impl FnOnce(&T) -> Option<&SubjectPublicKeyInfo>,
) -> Result<Possessed<T>, Untrusted> {
    let unchecked = read(suite, signed)?;
    let content = unchecked.content()?;
    let value: T = decode(content)?;
    let key = possessed_by(&unchecked, &T::TYPE.oid(), content, named(&value))?;
    Ok(Possessed { value, key })
}

/// SO over octets that the caller has put together.
pub(crate) fn sign_octets<T: Content>(
    suite: Suite,
    octets: &[u8],
    signer: Signer<'_>,
    keys: &dyn Keys,
    now: UnixTime,
) -> Result<Signed<T>, Unmade> {
    make(suite, octets, Place::Apart, signer, keys, now)
}

/// Believes octets that a detached signature is over.
pub(crate) fn verify_octets<T: Content>(
    signed: &Signed<T>,
    octets: &[u8],
    trust: &Trust,
    purpose: Purpose,
    brand: Option<&Brand>,
    now: UnixTime,
) -> Result<Verified<()>, Untrusted> {
    let unchecked = read(trust.suite(), signed)?;
    unchecked.require_apart()?;
    believe(&unchecked, &T::TYPE.oid(), octets, trust, purpose, brand, now)
}

/// Accepts octets that a detached signature of a named key is over.
pub(crate) fn verify_octets_possession<T: Content>(
    suite: Suite,
    signed: &Signed<T>,
    octets: &[u8],
    named: Option<&SubjectPublicKeyInfo>,
) -> Result<PublicKey, Untrusted> {
    let unchecked = read(suite, signed)?;
    unchecked.require_apart()?;
    possessed_by(&unchecked, &T::TYPE.oid(), octets, named)
}

impl<T> Verified<T> {
    /// The value.
    pub fn value(&self) -> &T {
        &self.value
    }

    /// The value alone. What it was believed on is dropped.
    pub fn into_value(self) -> T {
        self.value
    }

    /// Who signed it.
    pub fn signer(&self) -> &Arc<Path> {
        &self.signer
    }

    /// When the signer says it was signed; where nothing is said, as in suite `set10`, when it
    /// was checked.
    pub fn signed_at(&self) -> UnixTime {
        self.signed_at
    }

    /// What travelled beside it. Not believed for that.
    pub fn bag(&self) -> &Bag {
        &self.bag
    }

    /// Believes a part of it.
    pub fn map<U>(self, part: impl FnOnce(T) -> U) -> Verified<U> {
        let Self { value, signer, signed_at, bag } = self;
        Verified { value: part(value), signer, signed_at, bag }
    }

    /// The same belief about the value the octets were of.
    pub(crate) fn with<U>(self, value: U) -> Verified<U> {
        self.map(|_| value)
    }
}

impl<T> Deref for Verified<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T> Possessed<T> {
    pub(crate) fn new(value: T, key: PublicKey) -> Self {
        Self { value, key }
    }

    /// The value.
    pub fn value(&self) -> &T {
        &self.value
    }

    /// The value alone.
    pub fn into_value(self) -> T {
        self.value
    }

    /// The key that signed it.
    pub fn key(&self) -> &PublicKey {
        &self.key
    }
}

/// What a signature is made over and what travels with it.
pub(crate) struct ToSign<'a> {
    pub(crate) kind: &'a Oid,
    pub(crate) content: &'a [u8],
    pub(crate) place: Place,
    pub(crate) signers: Vec<SignsAs>,
    pub(crate) certificates: Vec<Element>,
    pub(crate) crls: Vec<Element>,
    pub(crate) now: UnixTime,
}

/// Whether the content travels inside the signature (S) or apart from it (SO).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    Inside,
    Apart,
}

/// One signer: what the signature calls it, and with which key it signs.
pub(crate) struct SignsAs {
    pub(crate) name: SignerName,
    pub(crate) kind: KeyKind,
    pub(crate) key: KeyId,
}

/// What a signer is called in its signature.
pub(crate) enum SignerName {
    /// By its certificate.
    Certificate(CertificateName),
    /// By its key, where it has no certificate yet.
    NewKey,
}

fn make<T: Content>(
    suite: Suite,
    content: &[u8],
    place: Place,
    signer: Signer<'_>,
    keys: &dyn Keys,
    now: UnixTime,
) -> Result<Signed<T>, Unmade> {
    let (signers, bag) = match signer {
        Signer::Certified { identity, bag } => (vec![certified(suite, identity)?], bag),
        Signer::NewKey(key) => (vec![new_key(key)], &Bag::default()),
        Signer::Renewal { key, identity, bag } => {
            (vec![new_key(key), certified(suite, identity)?], bag)
        }
    };
    if signers.iter().any(|signer| signer.kind.suite() != suite) {
        return Err(Unmade::WrongKey);
    }
    let what = ToSign {
        kind: &T::TYPE.oid(),
        content,
        place,
        signers,
        certificates: elements(&bag.certificates)?,
        crls: elements(&bag.crls)?,
        now,
    };
    let sign = |key: &KeyId, message: &[u8]| keys.sign(key, message);
    let signed = match suite {
        Suite::Set10 => set10::signed::make(what, sign)?,
        Suite::Modern => modern::signed::make(what, sign)?,
    };
    Ok(Signed::from_element(signed)?)
}

/// Signs in the name of a certificate.
fn certified(suite: Suite, identity: &Identity) -> Result<SignsAs, Unmade> {
    let info = &identity.certificate.to_be_signed.subject_public_key_info;
    let kind = KeyKind::of_der(suite, &encode(info)?).ok_or(Unmade::WrongKey)?;
    let name = SignerName::Certificate(identity.name());
    Ok(SignsAs { name, kind, key: identity.key })
}

/// Signs in the name of the key itself.
fn new_key(key: &PublicKey) -> SignsAs {
    SignsAs { name: SignerName::NewKey, kind: key.kind(), key: key.id() }
}

fn read<T>(suite: Suite, signed: &Signed<T>) -> Result<Unchecked, Untrusted> {
    Unchecked::read(suite, signed)
}

/// Checks who signed, whether they may, and that it is this content they signed.
fn believe(
    unchecked: &Unchecked,
    kind: &Oid,
    content: &[u8],
    trust: &Trust,
    purpose: Purpose,
    brand: Option<&Brand>,
    now: UnixTime,
) -> Result<Verified<()>, Untrusted> {
    let SignedBy::Certificate(name) = unchecked.signer() else {
        return Err(Untrusted::UnknownSigner);
    };
    let bag = bag(unchecked, trust)?;
    let path = match bag.named(name) {
        Some(leaf) => trust.reach_anew(leaf, &bag, now)?,
        None => trust.known(name).ok_or(Untrusted::UnknownSigner)?,
    };
    // The signature before the lists: whoever cannot sign teaches us nothing.
    unchecked.check(kind, content, path.leaf().key())?;
    let signer = trust.judge(path, &bag, purpose, brand, now)?;
    // A signature of `set10` does not say when it was made: then it was made when it came.
    let signed_at = unchecked.signed_at().unwrap_or(now);
    if signed_at > now.plus_s(CLOCK_AHEAD_S_MAX) {
        return Err(Untrusted::SignedInTheFuture);
    }
    signer.leaf().require_signing_at(signed_at)?;
    Ok(Verified { value: (), signer, signed_at, bag })
}

/// Checks that the key which signed is the one the content names.
fn possessed_by(
    unchecked: &Unchecked,
    kind: &Oid,
    content: &[u8],
    named: Option<&SubjectPublicKeyInfo>,
) -> Result<PublicKey, Untrusted> {
    let named = named.ok_or(Untrusted::UnknownSigner)?;
    let key = PublicKey::from_der(unchecked.suite(), &encode(named)?)?;
    match unchecked.signer() {
        SignedBy::Key(name) if name == key.id().as_bytes() => {}
        SignedBy::NewKey => {}
        SignedBy::Key(_) | SignedBy::Certificate(_) => return Err(Untrusted::OtherKey),
    }
    unchecked.check(kind, content, &key)?;
    Ok(key)
}

/// Reads what travelled beside a signature. What was believed before is not read again.
fn bag(unchecked: &Unchecked, trust: &Trust) -> Result<Bag, Untrusted> {
    let most = unchecked.certificates().len().max(unchecked.crls().len());
    if most > Bag::ITEMS_MAX {
        return Err(Untrusted::TooManyCertificates);
    }
    let mut bag = Bag::default();
    for one in unchecked.certificates() {
        let known = trust.known_certificate(one.octets());
        bag.certificates.push(known.map_or_else(|| one.read(), Ok)?);
    }
    for one in unchecked.crls() {
        let known = trust.known_crl(one.octets());
        bag.crls.push(known.map_or_else(|| one.read(), Ok)?);
    }
    Ok(bag)
}

fn elements<T: Encode>(values: &[T]) -> Result<Vec<Element>, Unmade> {
    values.iter().map(|value| Ok(Element::of(value)?)).collect()
}
