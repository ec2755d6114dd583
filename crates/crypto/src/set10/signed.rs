//! S and SO: SET's SignedData, with two authenticated attributes and one signer; where a
//! certificate is renewed, with two.
//!
//! The digest is over the contents octets of the content, without its tag and length, as PKCS#7
//! 1.5 says; what is signed is the DER of the attributes, which here is a SEQUENCE OF.

#[cfg(test)]
mod tests;

use openset_wire::der::{Element, Malformed, Oid, decode, encode};
use openset_wire::x509::{AlgorithmIdentifier, ContentInfo, Name};
use rasn::types::{Integer, OctetString, SetOf};

use super::algorithms::{RSA_ENCRYPTION, SHA1, is_with_null, with_null};
use super::pkcs7::{Attribute, IssuerAndSerialNumber, SignedData, SignerInfo};
use super::primitives::sha1;
use super::sealed::name;
use crate::identity::CertificateName;
use crate::modern::algorithms::{CONTENT_TYPE, MESSAGE_DIGEST};
use crate::modern::primitives::same;
use crate::sign::{Place, SignerName, SignsAs, ToSign};
use crate::{KeyFault, KeyId, PublicKey, Unmade, Untrusted};

/// Signs. The keys themselves are behind `sign`.
pub(crate) fn make(
    what: ToSign<'_>,
    sign: impl Fn(&KeyId, &[u8]) -> Result<Vec<u8>, KeyFault>,
) -> Result<Element, Unmade> {
    let content = Element::from_octets(what.content.to_vec())?;
    let infos = what.signers.iter().map(|by| signature(&what, &content, by, &sign));
    let signer_infos = infos.collect::<Result<Vec<_>, _>>()?;
    let content = match what.place {
        Place::Inside => Some(content),
        Place::Apart => None,
    };
    Ok(Element::of(&SignedData {
        version: Integer::from(VERSION),
        digest_algorithms: vec![with_null(SHA1)?],
        content_info: ContentInfo { content_type: what.kind.clone(), content },
        certificates: (!what.certificates.is_empty()).then_some(what.certificates),
        crls: (!what.crls.is_empty()).then_some(what.crls),
        signer_infos,
    })?)
}

/// What one signer signs: the kind of the content, and its digest.
fn signature(
    what: &ToSign<'_>,
    content: &Element,
    by: &SignsAs,
    sign: impl Fn(&KeyId, &[u8]) -> Result<Vec<u8>, KeyFault>,
) -> Result<SignerInfo, Unmade> {
    let digest = OctetString::from_slice(&sha1(content.contents()));
    let attributes = vec![
        attribute(CONTENT_TYPE, Element::of(what.kind)?),
        attribute(MESSAGE_DIGEST, Element::of(&digest)?),
    ];
    let signature = sign(&by.key, &encode(&attributes)?)?;
    Ok(SignerInfo {
        version: Integer::from(VERSION),
        signer: match &by.name {
            SignerName::Certificate(certificate) => name(certificate)?,
            SignerName::NewKey => nobody()?,
        },
        digest_algorithm: with_null(SHA1)?,
        attributes,
        signature_algorithm: with_null(RSA_ENCRYPTION)?,
        signature: signature.into(),
    })
}

/// A SignedData that was read and is not yet believed.
pub(crate) struct Unchecked {
    info: ContentInfo,
    pub(crate) certificates: Vec<Element>,
    pub(crate) crls: Vec<Element>,
    digests: Vec<AlgorithmIdentifier>,
    signer_info: SignerInfo,
    signer: Option<CertificateName>,
    message_digest: OctetString,
    attributed_kind: Oid,
}

/// Reads a SignedData that has exactly one signer.
pub(crate) fn read(mut data: SignedData) -> Result<Unchecked, Untrusted> {
    // B10: one place for a signer, one signer in it.
    let infos = std::mem::take(&mut data.signer_infos);
    let [info] = <[SignerInfo; 1]>::try_from(infos).map_err(|_| Untrusted::NotOneSigner)?;
    read_one(data, info)
}

/// Reads a SignedData that has exactly two signers: a new key, and the holder of a certificate.
pub(crate) fn read_both(octets: &[u8]) -> Result<(Unchecked, Unchecked), Untrusted> {
    let mut data: SignedData = decode(octets)?;
    let infos = std::mem::take(&mut data.signer_infos);
    let [one, other] = <[SignerInfo; 2]>::try_from(infos).map_err(|_| Untrusted::NotTwoSigners)?;
    let (one, other) = (read_one(data.clone(), one)?, read_one(data, other)?);
    match (&one.signer, &other.signer) {
        (None, Some(_)) => Ok((one, other)),
        (Some(_), None) => Ok((other, one)),
        (None, None) | (Some(_), Some(_)) => Err(Untrusted::NotTwoSigners),
    }
}

/// What is inside a SignedData, whoever has signed it. Not believed.
pub(crate) fn content(octets: &[u8]) -> Result<Vec<u8>, Untrusted> {
    let data: SignedData = decode(octets)?;
    let content = data.content_info.content.ok_or(Untrusted::NoContent)?;
    Ok(content.octets().to_vec())
}

/// Reads what one of the signers has signed.
fn read_one(data: SignedData, signer_info: SignerInfo) -> Result<Unchecked, Untrusted> {
    let proper = data.version == Integer::from(VERSION)
        && signer_info.version == Integer::from(VERSION)
        && signer_info.attributes.len() == ATTRIBUTES;
    if !proper {
        return Err(Untrusted::UnusualSignature);
    }
    let message_digest: OctetString = decode(find(&signer_info, &MESSAGE_DIGEST)?.octets())?;
    let attributed_kind: Oid = decode(find(&signer_info, &CONTENT_TYPE)?.octets())?;
    Ok(Unchecked {
        info: data.content_info,
        certificates: data.certificates.unwrap_or_default(),
        crls: data.crls.unwrap_or_default(),
        digests: data.digest_algorithms,
        signer: signer(&signer_info.signer)?,
        signer_info,
        message_digest,
        attributed_kind,
    })
}

impl Unchecked {
    /// The certificate that the signature says it was made with; none for a new key.
    pub(crate) fn signer(&self) -> Option<&CertificateName> {
        self.signer.as_ref()
    }

    /// The content that travelled inside.
    pub(crate) fn content(&self) -> Option<&[u8]> {
        self.info.content.as_ref().map(Element::octets)
    }

    /// Accepts content of one kind, as signed by this key and no other.
    pub(crate) fn check(
        &self,
        kind: &Oid,
        content: &[u8],
        key: &PublicKey,
    ) -> Result<(), Untrusted> {
        // B9: a signature over one kind of content is none over another.
        if self.info.content_type != *kind || self.attributed_kind != *kind {
            return Err(Untrusted::OtherContent);
        }
        let proper = is_with_null(&self.signer_info.digest_algorithm, &SHA1)
            && self.digests.iter().all(|digest| is_with_null(digest, &SHA1))
            && is_with_null(&self.signer_info.signature_algorithm, &RSA_ENCRYPTION);
        if !proper {
            return Err(Untrusted::UnknownAlgorithm);
        }
        let content = Element::from_octets(content.to_vec())?;
        if !same(&self.message_digest, &sha1(content.contents())) {
            return Err(Untrusted::OtherContent);
        }
        // `decode` has shown that these attributes encode to exactly the octets that came.
        key.verify(&encode(&self.signer_info.attributes)?, &self.signer_info.signature)
    }
}

/// What a signer without a certificate is called: no name, number zero.
fn nobody() -> Result<IssuerAndSerialNumber, Malformed> {
    let serial_number = Element::of(&Integer::from(0))?;
    Ok(IssuerAndSerialNumber { issuer: Name::default(), serial_number })
}

/// The certificate that is named, or none for a new key.
fn signer(named: &IssuerAndSerialNumber) -> Result<Option<CertificateName>, Untrusted> {
    if *named == nobody()? {
        return Ok(None);
    }
    let serial_number = named.serial_number.read()?;
    Ok(Some(CertificateName { issued_by: named.issuer.clone(), serial_number }))
}

fn attribute(kind: Oid, value: Element) -> Attribute {
    Attribute { kind, values: SetOf::from_vec(vec![value]) }
}

/// The one value of the one attribute of this kind.
fn find<'a>(info: &'a SignerInfo, kind: &Oid) -> Result<&'a Element, Untrusted> {
    let found = info.attributes.iter().find(|attribute| attribute.kind == *kind);
    match found.ok_or(Untrusted::UnusualSignature)?.values.to_vec()[..] {
        [value] => Ok(value),
        _ => Err(Untrusted::UnusualSignature),
    }
}

/// The version that SET gives SignedData and SignerInfo.
const VERSION: u8 = 2;
/// contentType and messageDigest, once each.
const ATTRIBUTES: usize = 2;
