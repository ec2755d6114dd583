//! E, EX, EXH, EncX, EK: sealing, and opening what was sealed.
//!
//! EncB is a sealed signature over a link, with the baggage beside it: [`link`](crate::link),
//! [`sign`](crate::sign()), [`seal`]. Enc is [`sign`](crate::sign()) and [`seal`].

#[cfg(test)]
mod tests;

use openset_types::{Brand, Secret, UnixTime};
use openset_wire::content::Content;
use openset_wire::der::{Element, Oid, Original, decode, encode};
use openset_wire::opaque::{Digested, Linked, Sealed, SealedUnder, Signed, WithExtra};
use openset_wire::x509::SubjectPublicKeyInfo;
use rasn::{AsnType, Decode, Decoder, Encode};
use zeroize::Zeroizing;

use crate::identity::CertificateName;
use crate::sign::renewal::verify_octets_renewal;
use crate::sign::{sign_octets, verify_octets, verify_octets_possession};
use crate::{
    Digest, Identity, Keys, Path, Possessed, PublicKey, Purpose, Renewed, Signer, Suite, Thumb,
    Trust, Unmade, Unopened, Untrusted, Verified, modern, set10,
};

/// Something that was sealed for us and opened. That it opened says who could read it and not
/// who wrote it: only a signature says that.
#[derive(Debug)]
pub struct Opened<T> {
    value: T,
    certificate: Thumb,
}

/// A value, and the account data that came in an envelope of its own beside it.
#[derive(Debug)]
pub struct Beside<T, P> {
    /// The value.
    pub value: T,
    /// The extra part: account data.
    pub extra: P,
}

/// What comes out of an EX: a value, and the account data it is linked to.
pub type LinkedBeside<A, B> = Beside<Linked<A, B>, B>;

/// What comes out of an EncX: the data, with the octets it came in, and the extra part.
pub type ExtraBeside<T> = Beside<Original<<T as SignedWithExtra>::Data>, <T as WithExtra>::Extra>;

/// What EncX seals: data, and a signature over the data and the extra part together.
pub trait SignedWithExtra: WithExtra + Content + AsnType + Decode + Encode {
    /// The data.
    type Data: AsnType + Decode + Encode;
    /// What the signature is over: SEQUENCE of the data and the extra part.
    type Tbs: Content;

    /// Puts the data and the signature together.
    fn new(data: Original<Self::Data>, signature: Signed<Self::Tbs>) -> Self;

    /// Takes them apart.
    fn into_parts(self) -> (Original<Self::Data>, Signed<Self::Tbs>);
}

/// Data and account data that came in one EncX, opened and not yet believed.
#[derive(Debug)]
pub struct OpenedWithExtra<T: SignedWithExtra> {
    data: Original<T::Data>,
    extra: T::Extra,
    signature: Signed<T::Tbs>,
    tbs: Zeroizing<Vec<u8>>,
    certificate: Thumb,
}

/// E: seals a value for the holder of a certificate.
pub fn seal<T: Content + Encode, R>(content: &T, to: &Path) -> Result<Sealed<T, R>, Unmade> {
    let plaintext = Zeroizing::new(encode(content)?);
    Ok(Sealed::from_element(seal_octets(&plaintext, &T::TYPE.oid(), to)?)?)
}

/// Opens E. `openers` are our certificates for this, the current one and older ones.
pub fn open<T: Content + Decode + Encode, R>(
    sealed: &Sealed<T, R>,
    openers: &[Identity],
    suite: Suite,
    keys: &dyn Keys,
) -> Result<Opened<T>, Unopened> {
    let kind = T::TYPE.oid();
    let (plain, certificate) = match suite {
        Suite::Set10 => {
            let (unsealed, certificate) = unseal(sealed.octets(), &kind, openers, keys)?;
            (unsealed.content, certificate)
        }
        Suite::Modern => open_octets(sealed.octets(), &kind, openers, keys)?,
    };
    Ok(Opened { value: plain.read()?, certificate })
}

/// EX and EXH: seals a value with account data beside it. The value must be linked to the account
/// data.
///
/// In suite `modern` each is in an envelope of its own, so that the account data can be opened by
/// a process that does nothing else; in `set10` the account data stands beside the key.
pub fn seal_with_extra<A, B, R>(
    content: &Linked<A, B>,
    extra: &B,
    to: &Path,
) -> Result<Sealed<Linked<A, B>, R>, Unmade>
where
    A: AsnType + Decode + Encode,
    B: Content + Encode,
    Linked<A, B>: Content,
{
    let extra = Zeroizing::new(encode(extra)?);
    if !Digest::over(to.suite(), &extra).matches(&content.t2) {
        return Err(Unmade::NotLinked);
    }
    seal_pair(&encode(content)?, &extra, &Linked::<A, B>::TYPE.oid(), &B::TYPE.oid(), to)
}

/// Opens EX or EXH, and refuses an extra part that the value is not linked to.
pub fn open_with_extra<A, B, R>(
    sealed: &Sealed<Linked<A, B>, R>,
    openers: &[Identity],
    suite: Suite,
    keys: &dyn Keys,
) -> Result<Opened<LinkedBeside<A, B>>, Unopened>
where
    A: AsnType + Decode + Encode,
    B: Content + Decode + Encode,
    Linked<A, B>: Content,
{
    let kinds = [&Linked::<A, B>::TYPE.oid(), &B::TYPE.oid()];
    let opened = open_pair(sealed.octets(), kinds, openers, suite, keys)?;
    let value: Result<Linked<A, B>, Unopened> = opened.content.read();
    let extra = opened.extra.read();
    let value = value?;
    if !opened.extra.is_linked(suite, &value.t2) {
        return Err(Unopened);
    }
    Ok(Opened { value: Beside { value, extra: extra? }, certificate: opened.certificate })
}

/// What is needed of an EX or EXH to open its extra part alone: the envelope that holds it. In
/// suite `set10` that is the whole.
pub(crate) fn extra_alone<T, R>(sealed: &Sealed<T, R>, suite: Suite) -> Result<Vec<u8>, Unopened> {
    match suite {
        Suite::Set10 => Ok(sealed.octets().to_vec()),
        Suite::Modern => {
            let Pair { second, .. } = sealed.read().map_err(|_| Unopened)?;
            Ok(second.octets().to_vec())
        }
    }
}

/// Opens what [`extra_alone`] gave of an EX or EXH that was opened whole before.
pub(crate) fn open_extra<T: Content, P: Content + Decode + Encode>(
    envelope: &[u8],
    openers: &[Identity],
    suite: Suite,
    keys: &dyn Keys,
) -> Result<Opened<P>, Unopened> {
    let (extra, certificate) = match suite {
        Suite::Set10 => {
            let (unsealed, certificate) = unseal(envelope, &T::TYPE.oid(), openers, keys)?;
            (unsealed.extra, certificate)
        }
        Suite::Modern => open_octets(envelope, &P::TYPE.oid(), openers, keys)?,
    };
    Ok(Opened { value: extra.read()?, certificate })
}

/// EncX: signs data and account data together, and seals them like EX.
pub fn seal_signed_with_extra<T: SignedWithExtra, R>(
    data: T::Data,
    extra: &T::Extra,
    signer: Signer<'_>,
    keys: &dyn Keys,
    to: &Path,
    now: UnixTime,
) -> Result<Sealed<T, R>, Unmade>
where
    T::Extra: Encode,
{
    let data = Original::new(data)?;
    let extra = Zeroizing::new(encode(extra)?);
    let tbs = pair(data.octets(), &extra)?;
    let signature = sign_octets(to.suite(), &tbs, signer, keys, now)?;
    let content = Zeroizing::new(encode(&T::new(data, signature))?);
    seal_pair(&content, &extra, &T::TYPE.oid(), &T::Extra::TYPE.oid(), to)
}

/// Opens EncX. The signature inside is checked by what this returns.
pub fn open_signed_with_extra<T: SignedWithExtra, R>(
    sealed: &Sealed<T, R>,
    openers: &[Identity],
    suite: Suite,
    keys: &dyn Keys,
) -> Result<OpenedWithExtra<T>, Unopened>
where
    T::Extra: Decode + Encode,
{
    let kinds = [&T::TYPE.oid(), &T::Extra::TYPE.oid()];
    let opened = open_pair(sealed.octets(), kinds, openers, suite, keys)?;
    let content: Result<T, Unopened> = opened.content.read();
    let extra = opened.extra.read();
    let (data, signature) = content?.into_parts();
    let tbs = opened.extra.after(data.octets())?;
    Ok(OpenedWithExtra { data, extra: extra?, signature, tbs, certificate: opened.certificate })
}

/// Opens the data of an EncX whose account data is not what it should be, to know whom to tell.
/// Nothing of it is believed.
pub fn open_without_extra<T: SignedWithExtra, R>(
    sealed: &Sealed<T, R>,
    openers: &[Identity],
    suite: Suite,
    keys: &dyn Keys,
) -> Result<T::Data, Unopened> {
    let kind = T::TYPE.oid();
    let content = match suite {
        Suite::Set10 => unseal(sealed.octets(), &kind, openers, keys)?.0.content,
        Suite::Modern => {
            let Pair { first, .. } = decode(sealed.octets()).map_err(|_| Unopened)?;
            open_octets(first.octets(), &kind, openers, keys)?.0
        }
    };
    let content: T = content.read()?;
    Ok(content.into_parts().0.into_value())
}

/// EK: seals a value under a key that both sides hold. `name` tells the other side which; in suite
/// `set10` there is no place for it.
pub fn seal_under<T: Content + Encode>(
    suite: Suite,
    content: &T,
    key: &Secret,
    name: &[u8],
) -> Result<SealedUnder<T>, Unmade> {
    let plaintext = Zeroizing::new(encode(content)?);
    let sealed = match suite {
        Suite::Set10 => {
            Element::from_octets(set10::sealed::seal_under(key, &T::TYPE.oid(), &plaintext)?)?
        }
        Suite::Modern => modern::sealed::seal_under(key, name, &T::TYPE.oid(), &plaintext)?,
    };
    Ok(SealedUnder::from_element(sealed)?)
}

/// Opens EK.
pub fn open_under<T: Content + Decode + Encode>(
    suite: Suite,
    sealed: &SealedUnder<T>,
    key: &Secret,
    name: &[u8],
) -> Result<T, Unopened> {
    let kind = T::TYPE.oid();
    let plain = match suite {
        Suite::Set10 => set10::sealed::open_under(sealed.octets(), key, &kind)?,
        Suite::Modern => {
            let plaintext = modern::sealed::open_under(sealed.octets(), key, name, &kind)?;
            Plain::new(plaintext, true)
        }
    };
    plain.read()
}

impl<T> Opened<T> {
    /// The value.
    pub fn value(&self) -> &T {
        &self.value
    }

    /// The value alone.
    pub fn into_value(self) -> T {
        self.value
    }

    /// Which of our certificates it was sealed for.
    pub fn certificate(&self) -> Thumb {
        self.certificate
    }

    /// The same envelope, and what its value comes to.
    pub(crate) fn map<U>(self, read: impl FnOnce(T) -> U) -> Opened<U> {
        Opened { value: read(self.value), certificate: self.certificate }
    }
}

impl<T: SignedWithExtra> OpenedWithExtra<T> {
    /// The data, not yet believed.
    pub fn data(&self) -> &T::Data {
        self.data.value()
    }

    /// Which of our certificates it was sealed for.
    pub fn certificate(&self) -> Thumb {
        self.certificate
    }

    /// Data and account data, not believed. For what was checked before it was stored.
    pub fn danger_assume_signed(self) -> ExtraBeside<T> {
        Beside { value: self.data, extra: self.extra }
    }

    /// Believes data and account data, as signed together by someone with a certificate.
    pub fn verify(
        self,
        trust: &Trust,
        purpose: Purpose,
        brand: Option<&Brand>,
        now: UnixTime,
    ) -> Result<Verified<ExtraBeside<T>>, Untrusted> {
        let believed = verify_octets(&self.signature, &self.tbs, trust, purpose, brand, now)?;
        Ok(believed.with(Beside { value: self.data, extra: self.extra }))
    }

    /// Accepts data and account data, as signed together by a key that the data names.
    pub fn verify_possession(
        self,
        suite: Suite,
        named: impl FnOnce(&T::Data) -> Option<&SubjectPublicKeyInfo>,
    ) -> Result<Possessed<ExtraBeside<T>>, Untrusted> {
        let named = named(&self.data);
        let key = verify_octets_possession(suite, &self.signature, &self.tbs, named)?;
        Ok(Possessed::new(Beside { value: self.data, extra: self.extra }, key))
    }

    /// Believes data and account data, as signed together twice: by a key that the data names,
    /// and by someone with a certificate.
    pub fn verify_renewal(
        self,
        named: impl FnOnce(&T::Data) -> Option<&SubjectPublicKeyInfo>,
        trust: &Trust,
        purpose: Purpose,
        brand: Option<&Brand>,
        now: UnixTime,
    ) -> Result<Renewed<ExtraBeside<T>>, Untrusted> {
        let named = named(&self.data);
        let (signature, tbs) = (&self.signature, &self.tbs);
        let renewed = verify_octets_renewal(signature, tbs, named, trust, purpose, brand, now)?;
        Ok(renewed.with(Beside { value: self.data, extra: self.extra }))
    }
}

/// SEQUENCE { t, p } of two elements that are encoded already.
#[derive(AsnType, Decode, Encode)]
struct Pair {
    first: Element,
    second: Element,
}

/// The DER of a SEQUENCE of two encoded elements.
pub(crate) fn pair(first: &[u8], second: &[u8]) -> Result<Zeroizing<Vec<u8>>, Unmade> {
    let first = Element::from_octets(first.to_vec())?;
    let second = Element::from_octets(second.to_vec())?;
    Ok(Zeroizing::new(encode(&Pair { first, second })?))
}

/// Whom an envelope is for: a certificate and its key.
pub(crate) struct SealFor<'a> {
    pub(crate) certificate: CertificateName,
    pub(crate) key: &'a PublicKey,
}

/// What came out of an envelope, before anybody may read it.
///
/// In suite `set10` a block or a padding that was wrong is known by now and told only after the
/// octets were decoded, so that right and wrong take the same way.
pub(crate) struct Plain {
    octets: Zeroizing<Vec<u8>>,
    is_sound: bool,
}

impl Plain {
    pub(crate) fn new(octets: Zeroizing<Vec<u8>>, is_sound: bool) -> Self {
        Self { octets, is_sound }
    }

    /// The octets, if they may be read.
    pub(crate) fn octets(self) -> Option<Zeroizing<Vec<u8>>> {
        self.is_sound.then_some(self.octets)
    }

    /// The value, if it is one and may be read.
    fn read<T: Decode + Encode>(&self) -> Result<T, Unopened> {
        let value = decode(&self.octets);
        if self.is_sound { value.map_err(|_| Unopened) } else { Err(Unopened) }
    }

    /// Whether a digest is that of these octets.
    fn is_linked<T>(&self, suite: Suite, digest: &Digested<T>) -> bool {
        Digest::over(suite, &self.octets).matches(digest)
    }

    /// The DER of a SEQUENCE of something else and this.
    fn after(&self, first: &[u8]) -> Result<Zeroizing<Vec<u8>>, Unopened> {
        pair(first, &self.octets).map_err(|_| Unopened)
    }
}

fn seal_for(to: &Path) -> SealFor<'_> {
    SealFor { certificate: to.leaf().name(), key: to.leaf().key() }
}

fn seal_octets(plaintext: &[u8], kind: &Oid, to: &Path) -> Result<Element, Unmade> {
    match to.suite() {
        Suite::Set10 => {
            Ok(Element::from_octets(set10::sealed::seal(&seal_for(to), kind, plaintext, &[])?)?)
        }
        Suite::Modern => modern::sealed::seal(&seal_for(to), kind, plaintext),
    }
}

fn seal_pair<T, R>(
    content: &[u8],
    extra: &[u8],
    kind: &Oid,
    extra_kind: &Oid,
    to: &Path,
) -> Result<Sealed<T, R>, Unmade> {
    let sealed = match to.suite() {
        Suite::Set10 => {
            Element::from_octets(set10::sealed::seal(&seal_for(to), kind, content, extra)?)?
        }
        Suite::Modern => {
            let first = seal_octets(content, kind, to)?;
            Element::of(&Pair { first, second: seal_octets(extra, extra_kind, to)? })?
        }
    };
    Ok(Sealed::from_element(sealed)?)
}

/// Opens an envelope of suite `modern` with whichever of our certificates it was made for.
fn open_octets(
    octets: &[u8],
    kind: &Oid,
    openers: &[Identity],
    keys: &dyn Keys,
) -> Result<(Plain, Thumb), Unopened> {
    let opened = openers.iter().find_map(|opener| {
        let agree = |peer: &[u8]| keys.agree(&opener.key, peer);
        let plaintext = modern::sealed::open(octets, &opener.name(), kind, agree).ok()?;
        Some((Plain::new(plaintext, true), opener.thumb(Suite::Modern)))
    });
    opened.ok_or(Unopened)
}

/// Opens an envelope of suite `set10` with whichever of our certificates it was made for.
fn unseal(
    octets: &[u8],
    kind: &Oid,
    openers: &[Identity],
    keys: &dyn Keys,
) -> Result<(set10::sealed::Unsealed, Thumb), Unopened> {
    let opened = openers.iter().find_map(|opener| {
        let operation = |block: &[u8]| keys.open_block(&opener.key, block);
        let unsealed = set10::sealed::open(octets, &opener.name(), kind, operation).ok()?;
        Some((unsealed, opener.thumb(Suite::Set10)))
    });
    opened.ok_or(Unopened)
}

/// A value and its extra part, opened.
struct OpenedPair {
    content: Plain,
    extra: Plain,
    certificate: Thumb,
}

/// Opens a value and its extra part; both must be for the same certificate.
fn open_pair(
    octets: &[u8],
    [kind, extra_kind]: [&Oid; 2],
    openers: &[Identity],
    suite: Suite,
    keys: &dyn Keys,
) -> Result<OpenedPair, Unopened> {
    match suite {
        Suite::Set10 => {
            let (unsealed, certificate) = unseal(octets, kind, openers, keys)?;
            let set10::sealed::Unsealed { content, extra } = unsealed;
            Ok(OpenedPair { content, extra, certificate })
        }
        Suite::Modern => {
            let Pair { first, second } = decode(octets).map_err(|_| Unopened)?;
            let (content, certificate) = open_octets(first.octets(), kind, openers, keys)?;
            let (extra, other) = open_octets(second.octets(), extra_kind, openers, keys)?;
            let same = certificate == other;
            same.then_some(OpenedPair { content, extra, certificate }).ok_or(Unopened)
        }
    }
}
