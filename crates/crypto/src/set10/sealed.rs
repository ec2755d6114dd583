//! E, EX, EXH, EncX and EK: EnvelopedData and EncryptedData under DES-CBC.
//!
//! Whatever can be seen from outside fails at once. From the private operation on, one way is
//! taken whether the block, the padding and the digest are right or not, and what comes out says
//! only at the end whether it may be read (abuse cases 16 and 18, B1, B2).

#[cfg(test)]
mod tests;

use openset_types::Secret;
use openset_wire::der::{Element, Malformed, Oid, decode, encode};
use openset_wire::x509::AlgorithmIdentifier;
use rasn::types::{Integer, OctetString};
use zeroize::Zeroizing;

use super::algorithms::{DES_CBC, RSA_OAEP_SET, is_with_null, with_null};
use super::oaep::{self, Contents, Layout};
use super::pkcs7::{
    EncryptedContentInfo, EncryptedData, EnvelopedData, IssuerAndSerialNumber, RecipientInfo,
};
use super::primitives::{
    DES_OCTETS, des_cbc_open, des_cbc_seal, fresh_des_key, is_weak, set_odd_parity, sha1,
};
use crate::envelope::{Plain, SealFor};
use crate::identity::CertificateName;
use crate::modern::primitives::{random, same};
use crate::{KeyFault, Unmade, Unopened};

/// What came out of an envelope: its content, and the extra part that stood beside the key.
pub(crate) struct Unsealed {
    pub(crate) content: Plain,
    pub(crate) extra: Plain,
}

/// Seals octets for the holder of a key, and an extra part beside the content's key. The kind
/// says how: whether there is an extra part, and whether the digest of the content goes with it.
pub(crate) fn seal(
    to: &SealFor<'_>,
    kind: &Oid,
    plaintext: &[u8],
    extra: &[u8],
) -> Result<Vec<u8>, Unmade> {
    let rsa = to.key.rsa().ok_or(Unmade::WrongKey)?;
    let octets = to.key.modulus_octets().ok_or(Unmade::WrongKey)?;
    let layout = match (Layout::of(kind), extra.first()) {
        ([one], _) | ([one, _], Some(&PAN_DATA_0)) | ([_, one], _) => *one,
        _ => return Err(Unmade::WrongKey),
    };
    let key = fresh_des_key()?;
    let contents = Contents { layout, key: &key, digest: sha1(plaintext), extra };
    let block = oaep::compose(&contents, octets).map_err(|_| Unmade::NotLinked)?;
    let recipient = RecipientInfo {
        version: Integer::from(RECIPIENT_INFO_VERSION),
        certificate: name(&to.certificate)?,
        key_encryption: with_null(RSA_OAEP_SET)?,
        key: rsa.public_operation(&block)?.into(),
    };
    Ok(encode(&EnvelopedData {
        version: Integer::from(ENVELOPED_DATA_VERSION),
        recipients: vec![recipient],
        content: encrypted(kind, &key, plaintext)?,
    })?)
}

/// Opens an envelope made for one certificate, whose key does the private `operation`.
pub(crate) fn open(
    octets: &[u8],
    certificate: &CertificateName,
    kind: &Oid,
    operation: impl FnOnce(&[u8]) -> Result<Secret, KeyFault>,
) -> Result<Unsealed, Unopened> {
    let envelope: EnvelopedData = decode(octets).map_err(|_| Unopened)?;
    let [recipient] = envelope.recipients.as_slice() else { return Err(Unopened) };
    let proper = envelope.version == Integer::from(ENVELOPED_DATA_VERSION)
        && recipient.version == Integer::from(RECIPIENT_INFO_VERSION)
        && name(certificate).is_ok_and(|name| recipient.certificate == name)
        && is_with_null(&recipient.key_encryption, &RSA_OAEP_SET);
    let iv = iv(&envelope.content, kind)?;
    let whole = is_whole_blocks(&envelope.content.ciphertext);
    if !(proper && whole) {
        return Err(Unopened);
    }
    let block = operation(&recipient.key).map_err(|_| Unopened)?;
    // From here on nothing returns early: whoever sent this must not learn which step was wrong.
    let found = oaep::open(block.expose(), Layout::of(kind)).map_err(|_| Unopened)?;
    let decrypted = des_cbc_open(&found.key, &iv, &envelope.content.ciphertext);
    let (plaintext, is_padded) = decrypted.map_err(|_| Unopened)?.into_parts();
    let is_intact = same(&found.digest, &sha1(&plaintext)) | !found.layout.has_digest();
    let is_sound = found.is_sound & is_padded & is_intact & !is_weak(&found.key);
    Ok(Unsealed {
        content: Plain::new(plaintext, is_sound),
        extra: Plain::new(found.extra, is_sound),
    })
}

/// What an envelope says is inside it.
pub(crate) fn kind(octets: &[u8]) -> Option<Oid> {
    decode::<EnvelopedData>(octets).ok().map(|envelope| envelope.content.content_type)
}

/// Seals octets under a DES key that both sides hold already.
pub(crate) fn seal_under(key: &Secret, kind: &Oid, plaintext: &[u8]) -> Result<Vec<u8>, Unmade> {
    let key = key.expose().try_into().map_err(|_| Unmade::WrongKey)?;
    Ok(encode(&EncryptedData {
        version: Integer::from(ENCRYPTED_DATA_VERSION),
        content: encrypted(kind, key, plaintext)?,
    })?)
}

/// Opens what [`seal_under`] sealed.
pub(crate) fn open_under(octets: &[u8], key: &Secret, kind: &Oid) -> Result<Plain, Unopened> {
    let data: EncryptedData = decode(octets).map_err(|_| Unopened)?;
    let key: &[u8; DES_OCTETS] = key.expose().try_into().map_err(|_| Unopened)?;
    let iv = iv(&data.content, kind)?;
    if data.version != Integer::from(ENCRYPTED_DATA_VERSION) {
        return Err(Unopened);
    }
    let decrypted = des_cbc_open(key, &iv, &data.content.ciphertext).map_err(|_| Unopened)?;
    let (plaintext, is_padded) = decrypted.into_parts();
    Ok(Plain::new(plaintext, is_padded & !is_weak(key)))
}

/// A key that an answer is to come back under: the first that is drawn and not weak.
pub(crate) fn back_key(mut draw: impl FnMut() -> [u8; DES_OCTETS]) -> Secret {
    loop {
        let mut key = Zeroizing::new(draw());
        set_odd_parity(&mut key);
        if !is_weak(&key) {
            return Secret::new(key.to_vec());
        }
    }
}

/// How envelopes and signatures of this suite call a certificate.
pub(super) fn name(certificate: &CertificateName) -> Result<IssuerAndSerialNumber, Malformed> {
    Ok(IssuerAndSerialNumber {
        issuer: certificate.issued_by.clone(),
        serial_number: Element::of(&certificate.serial_number)?,
    })
}

fn encrypted(
    kind: &Oid,
    key: &[u8; DES_OCTETS],
    plaintext: &[u8],
) -> Result<EncryptedContentInfo, Unmade> {
    let iv = random::<DES_OCTETS>()?;
    let parameters = Element::of(&OctetString::from_slice(&iv))?;
    Ok(EncryptedContentInfo {
        content_type: kind.clone(),
        encryption: AlgorithmIdentifier { algorithm: DES_CBC, parameters: Some(parameters) },
        ciphertext: des_cbc_seal(key, &iv, plaintext).into(),
    })
}

/// The IV of content of this kind.
fn iv(content: &EncryptedContentInfo, kind: &Oid) -> Result<[u8; DES_OCTETS], Unopened> {
    let EncryptedContentInfo { content_type, encryption, .. } = content;
    if content_type != kind || encryption.algorithm != DES_CBC {
        return Err(Unopened);
    }
    let parameters = encryption.parameters.as_ref().ok_or(Unopened)?;
    let iv: OctetString = decode(parameters.octets()).map_err(|_| Unopened)?;
    iv.as_ref().try_into().map_err(|_| Unopened)
}

fn is_whole_blocks(ciphertext: &[u8]) -> bool {
    !ciphertext.is_empty() && ciphertext.len().is_multiple_of(DES_OCTETS)
}

/// The tag of AcctInfo's first choice.
const PAN_DATA_0: u8 = 0xA0;
/// The versions that SET gives its envelopes.
const ENVELOPED_DATA_VERSION: u8 = 1;
const RECIPIENT_INFO_VERSION: u8 = 0;
const ENCRYPTED_DATA_VERSION: u8 = 0;
