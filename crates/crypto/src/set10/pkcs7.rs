//! SET's own PKCS#7: every SET OF of the standard is a SEQUENCE OF, and some tags differ.
//!
//! Module SetPKCS7Plus of `protocol/set.asn`. Certificates and lists stay as the octets they came
//! in.

use openset_wire::der::{Element, Oid};
use openset_wire::x509::{AlgorithmIdentifier, ContentInfo, Name};
use rasn::types::{Integer, OctetString, SetOf};
use rasn::{AsnType, Decode, Decoder, Encode, Encoder};

/// SignedData
#[derive(AsnType, Decode, Encode, Debug, Clone, PartialEq, Eq)]
pub(crate) struct SignedData {
    pub(crate) version: Integer,
    pub(crate) digest_algorithms: Vec<AlgorithmIdentifier>,
    pub(crate) content_info: ContentInfo,
    #[rasn(tag(2))]
    pub(crate) certificates: Option<Vec<Element>>,
    #[rasn(tag(3))]
    pub(crate) crls: Option<Vec<Element>>,
    pub(crate) signer_infos: Vec<SignerInfo>,
}

/// SignerInfo. The authenticated attributes are not optional here; the others do not exist.
#[derive(AsnType, Decode, Encode, Debug, Clone, PartialEq, Eq)]
pub(crate) struct SignerInfo {
    pub(crate) version: Integer,
    pub(crate) signer: IssuerAndSerialNumber,
    pub(crate) digest_algorithm: AlgorithmIdentifier,
    #[rasn(tag(explicit(2)))]
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) signature_algorithm: AlgorithmIdentifier,
    pub(crate) signature: OctetString,
}

/// IssuerAndSerialNumber. A new key that signs for itself has the empty name and the number
/// zero, which no certificate has.
#[derive(AsnType, Decode, Encode, Debug, Clone, PartialEq, Eq)]
pub(crate) struct IssuerAndSerialNumber {
    pub(crate) issuer: Name,
    pub(crate) serial_number: Element,
}

/// Attribute: the one SET OF that SET has kept.
#[derive(AsnType, Decode, Encode, Debug, Clone, PartialEq, Eq)]
pub(crate) struct Attribute {
    pub(crate) kind: Oid,
    pub(crate) values: SetOf<Element>,
}

/// EnvelopedData
#[derive(AsnType, Decode, Encode, Debug, Clone, PartialEq, Eq)]
pub(crate) struct EnvelopedData {
    pub(crate) version: Integer,
    pub(crate) recipients: Vec<RecipientInfo>,
    pub(crate) content: EncryptedContentInfo,
}

/// RecipientInfo
#[derive(AsnType, Decode, Encode, Debug, Clone, PartialEq, Eq)]
pub(crate) struct RecipientInfo {
    pub(crate) version: Integer,
    pub(crate) certificate: IssuerAndSerialNumber,
    pub(crate) key_encryption: AlgorithmIdentifier,
    pub(crate) key: OctetString,
}

/// EncryptedContentInfo; the content is never detached.
#[derive(AsnType, Decode, Encode, Debug, Clone, PartialEq, Eq)]
pub(crate) struct EncryptedContentInfo {
    pub(crate) content_type: Oid,
    pub(crate) encryption: AlgorithmIdentifier,
    #[rasn(tag(0))]
    pub(crate) ciphertext: OctetString,
}

/// EncryptedData
#[derive(AsnType, Decode, Encode, Debug, Clone, PartialEq, Eq)]
pub(crate) struct EncryptedData {
    pub(crate) version: Integer,
    pub(crate) content: EncryptedContentInfo,
}
