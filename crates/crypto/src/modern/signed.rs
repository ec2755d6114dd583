//! S and SO: SignedData (RFC 5652, 5) with three signed attributes and one signer; where a
//! certificate is renewed, with two.

use openset_types::UnixTime;
use openset_wire::der::{Element, Oid, decode, encode};
use openset_wire::x509::{AlgorithmIdentifier, Time};
use rasn::types::{Integer, OctetString, SetOf};

use super::algorithms::{CONTENT_TYPE, MESSAGE_DIGEST, SIGNING_TIME};
use super::cms::{Attribute, EncapsulatedContent, SignedData, SignerIdentifier, SignerInfo};
use super::primitives::same;
use crate::sign::{Place, SignerName, SignsAs, ToSign};
use crate::{KeyFault, KeyId, KeyKind, PublicKey, Unmade, Untrusted};

/// Signs. The keys themselves are behind `sign`.
pub(crate) fn make(
    what: ToSign<'_>,
    sign: impl Fn(&KeyId, &[u8]) -> Result<Vec<u8>, KeyFault>,
) -> Result<Element, Unmade> {
    let infos = what.signers.iter().map(|by| signature(&what, by, &sign));
    let infos = infos.collect::<Result<Vec<_>, _>>()?;
    let digests = what.signers.iter().map(|by| by.kind.digest_algorithm());
    let mut digests = digests.collect::<Result<Vec<_>, _>>()?;
    digests.dedup();
    let content = match what.place {
        Place::Inside => Some(OctetString::from_slice(what.content)),
        Place::Apart => None,
    };
    Ok(Element::of(&SignedData {
        version: Integer::from(SIGNED_DATA_VERSION),
        digest_algorithms: SetOf::from_vec(digests),
        content: EncapsulatedContent { content_type: what.kind.clone(), content },
        certificates: some(what.certificates),
        crls: some(what.crls),
        signer_infos: SetOf::from_vec(infos),
    })?)
}

/// What one signer signs: the digest of the content, its kind, and the time.
fn signature(
    what: &ToSign<'_>,
    by: &SignsAs,
    sign: impl Fn(&KeyId, &[u8]) -> Result<Vec<u8>, KeyFault>,
) -> Result<SignerInfo, Unmade> {
    let signed_attributes = SetOf::from_vec(vec![
        attribute(CONTENT_TYPE, Element::of(what.kind)?),
        attribute(SIGNING_TIME, Element::of(&Time::from(what.now))?),
        attribute(MESSAGE_DIGEST, digest_element(by.kind, what.content)?),
    ]);
    // RFC 5652, 5.4: what is signed is the SET OF with its own tag, not with the tag it travels
    // under.
    let signature = sign(&by.key, &encode(&signed_attributes)?)?;
    let signer = match &by.name {
        SignerName::Certificate(name) => SignerIdentifier::Certificate(name.clone()),
        SignerName::NewKey => SignerIdentifier::Key(by.key.as_bytes().to_vec().into()),
    };
    Ok(SignerInfo {
        version: Integer::from(signer_version(&signer)),
        signer,
        digest_algorithm: by.kind.digest_algorithm()?,
        signed_attributes,
        signature_algorithm: by.kind.signature_algorithm()?,
        signature: signature.into(),
    })
}

/// A SignedData that was read and is not yet believed.
pub(crate) struct Unchecked {
    kind: Oid,
    content: Option<OctetString>,
    pub(crate) certificates: Vec<Element>,
    pub(crate) crls: Vec<Element>,
    digests: Vec<AlgorithmIdentifier>,
    info: SignerInfo,
    message_digest: OctetString,
    attributed_kind: Oid,
    pub(crate) signed_at: UnixTime,
}

/// Reads a SignedData that has exactly one signer.
pub(crate) fn read(mut data: SignedData) -> Result<Unchecked, Untrusted> {
    // B10: one place for a signer, one signer in it.
    let mut infos = std::mem::take(&mut data.signer_infos).into_vec();
    let info = infos.pop().filter(|_| infos.is_empty()).ok_or(Untrusted::NotOneSigner)?;
    read_one(data, info)
}

/// What is inside a SignedData, whoever has signed it. Not believed.
pub(crate) fn content(octets: &[u8]) -> Result<Vec<u8>, Untrusted> {
    let data: SignedData = decode(octets)?;
    data.content.content.map(|content| content.to_vec()).ok_or(Untrusted::NoContent)
}

/// The two signatures of a renewal.
pub(crate) struct Both {
    /// By the new key, which has no certificate yet.
    pub(crate) new: Unchecked,
    /// In the name of a certificate.
    pub(crate) certified: Unchecked,
}

/// Reads a SignedData that has exactly two signers: a new key, and the holder of a certificate.
pub(crate) fn read_both(octets: &[u8]) -> Result<Both, Untrusted> {
    let mut data: SignedData = decode(octets)?;
    let infos = std::mem::take(&mut data.signer_infos).into_vec();
    let (mut new, mut certified) = (None, None);
    for info in infos {
        let place = match info.signer {
            SignerIdentifier::Key(_) => &mut new,
            SignerIdentifier::Certificate(_) => &mut certified,
        };
        if place.replace(info).is_some() {
            return Err(Untrusted::NotTwoSigners);
        }
    }
    let (Some(new), Some(certified)) = (new, certified) else {
        return Err(Untrusted::NotTwoSigners);
    };
    Ok(Both { new: read_one(data.clone(), new)?, certified: read_one(data, certified)? })
}

/// Reads what one of the signers has signed.
fn read_one(data: SignedData, info: SignerInfo) -> Result<Unchecked, Untrusted> {
    let proper = data.version == Integer::from(SIGNED_DATA_VERSION)
        && info.version == Integer::from(signer_version(&info.signer))
        && info.signed_attributes.len() == ATTRIBUTES;
    if !proper {
        return Err(Untrusted::UnusualSignature);
    }
    let message_digest: OctetString = find(&info, &MESSAGE_DIGEST)?.read()?;
    let attributed_kind: Oid = find(&info, &CONTENT_TYPE)?.read()?;
    let signing_time: Time = find(&info, &SIGNING_TIME)?.read()?;
    let signed_at = signing_time.moment();
    if Time::from(signed_at) != signing_time {
        return Err(Untrusted::UnusualSignature);
    }
    Ok(Unchecked {
        kind: data.content.content_type,
        content: data.content.content,
        certificates: data.certificates.map(SetOf::into_vec).unwrap_or_default(),
        crls: data.crls.map(SetOf::into_vec).unwrap_or_default(),
        digests: data.digest_algorithms.into_vec(),
        info,
        message_digest,
        attributed_kind,
        signed_at,
    })
}

impl Unchecked {
    /// Whoever the signature says has made it.
    pub(crate) fn signer(&self) -> &SignerIdentifier {
        &self.info.signer
    }

    /// The content that travelled inside.
    pub(crate) fn content(&self) -> Option<&[u8]> {
        self.content.as_deref()
    }

    /// Accepts content of one kind, as signed by this key and no other.
    pub(crate) fn check(
        &self,
        kind: &Oid,
        content: &[u8],
        key: &PublicKey,
    ) -> Result<(), Untrusted> {
        // B9: a signature over one kind of content is none over another.
        if self.kind != *kind || self.attributed_kind != *kind {
            return Err(Untrusted::OtherContent);
        }
        let signs = key.kind();
        let proper = signs.is_digest(&self.info.digest_algorithm)
            && self.digests.iter().all(|digest| signs.is_digest(digest))
            && signs.is_signature(&self.info.signature_algorithm);
        if !proper {
            return Err(Untrusted::UnknownAlgorithm);
        }
        if !same(&self.message_digest, &signs.hash(content)) {
            return Err(Untrusted::OtherContent);
        }
        // `decode` has shown that these attributes encode to exactly the octets that came.
        key.verify(&encode(&self.info.signed_attributes)?, &self.info.signature)
    }
}

fn digest_element(kind: KeyKind, content: &[u8]) -> Result<Element, Unmade> {
    Ok(Element::of(&OctetString::from(kind.hash(content)))?)
}

fn attribute(kind: Oid, value: Element) -> Attribute {
    Attribute { kind, values: SetOf::from_vec(vec![value]) }
}

/// The one value of the one attribute of this kind.
fn find<'a>(info: &'a SignerInfo, kind: &Oid) -> Result<&'a Element, Untrusted> {
    let attribute = info
        .signed_attributes
        .iter()
        .find(|attribute| attribute.kind == *kind)
        .ok_or(Untrusted::UnusualSignature)?;
    match attribute.values.to_vec()[..] {
        [value] => Ok(value),
        _ => Err(Untrusted::UnusualSignature),
    }
}

/// RFC 5652, 5.3.
fn signer_version(signer: &SignerIdentifier) -> u8 {
    match signer {
        SignerIdentifier::Certificate(_) => 1,
        SignerIdentifier::Key(_) => 3,
    }
}

fn some(elements: Vec<Element>) -> Option<SetOf<Element>> {
    if elements.is_empty() { None } else { Some(SetOf::from_vec(elements)) }
}

/// RFC 5652, 5.1: 3, because the content is never of type id-data.
const SIGNED_DATA_VERSION: u8 = 3;
/// contentType, messageDigest and signingTime, once each.
const ATTRIBUTES: usize = 3;
