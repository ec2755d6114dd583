//! The few structures of the Cryptographic Message Syntax that suite `modern` uses.
//!
//! They are smaller than the standard's on purpose: what they cannot say is refused by not being
//! decodable. Certificates and lists stay as the octets they came in.

use openset_wire::der::{Element, OctetBits, Oid};
use openset_wire::x509::AlgorithmIdentifier;
use rasn::types::{Integer, OctetString, SetOf};
use rasn::{AsnType, Decode, Decoder, Encode, Encoder};

use crate::identity::CertificateName;

/// SignedData (RFC 5652, 5.1).
#[derive(AsnType, Decode, Encode, Debug, Clone, PartialEq, Eq)]
pub(crate) struct SignedData {
    pub(crate) version: Integer,
    pub(crate) digest_algorithms: SetOf<AlgorithmIdentifier>,
    pub(crate) content: EncapsulatedContent,
    #[rasn(tag(0))]
    pub(crate) certificates: Option<SetOf<Element>>,
    #[rasn(tag(1))]
    pub(crate) crls: Option<SetOf<Element>>,
    pub(crate) signer_infos: SetOf<SignerInfo>,
}

/// EncapsulatedContentInfo (RFC 5652, 5.2).
#[derive(AsnType, Decode, Encode, Debug, Clone, PartialEq, Eq)]
pub(crate) struct EncapsulatedContent {
    pub(crate) content_type: Oid,
    #[rasn(tag(explicit(0)))]
    pub(crate) content: Option<OctetString>,
}

/// SignerInfo (RFC 5652, 5.3). The signed attributes are not optional here and the unsigned ones
/// do not exist.
#[derive(AsnType, Decode, Encode, Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct SignerInfo {
    pub(crate) version: Integer,
    pub(crate) signer: SignerIdentifier,
    pub(crate) digest_algorithm: AlgorithmIdentifier,
    #[rasn(tag(0))]
    pub(crate) signed_attributes: SetOf<Attribute>,
    pub(crate) signature_algorithm: AlgorithmIdentifier,
    pub(crate) signature: OctetString,
}

/// SignerIdentifier (RFC 5652, 5.3).
#[derive(AsnType, Decode, Encode, Debug, Clone, PartialEq, Eq, Hash)]
#[rasn(choice)]
pub(crate) enum SignerIdentifier {
    Certificate(CertificateName),
    /// Only where a new key signs for itself before it has a certificate.
    #[rasn(tag(0))]
    Key(OctetString),
}

/// Attribute (RFC 5652, 5.3).
#[derive(AsnType, Decode, Encode, Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Attribute {
    pub(crate) kind: Oid,
    pub(crate) values: SetOf<Element>,
}

/// AuthEnvelopedData (RFC 5083, 2.1), without attributes: the ukm of the recipient binds the
/// kind of content, because OpenSSL 3.0 reads no attributes here.
#[derive(AsnType, Decode, Encode, Debug, Clone, PartialEq, Eq)]
pub(crate) struct AuthEnvelopedData {
    pub(crate) version: Integer,
    pub(crate) recipients: SetOf<Recipient>,
    pub(crate) content: EncryptedContent,
    pub(crate) mac: OctetString,
}

/// RecipientInfo (RFC 5652, 6.2).
#[derive(AsnType, Decode, Encode, Debug, Clone, PartialEq, Eq, Hash)]
#[rasn(choice)]
pub(crate) enum Recipient {
    #[rasn(tag(1))]
    Agreement(AgreementRecipient),
    #[rasn(tag(2))]
    SharedKey(SharedKeyRecipient),
}

/// KeyAgreeRecipientInfo (RFC 5652, 6.2.2).
#[derive(AsnType, Decode, Encode, Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct AgreementRecipient {
    pub(crate) version: Integer,
    #[rasn(tag(explicit(0)))]
    pub(crate) originator: Originator,
    #[rasn(tag(explicit(1)))]
    pub(crate) ukm: Option<OctetString>,
    pub(crate) key_encryption: AlgorithmIdentifier,
    pub(crate) keys: Vec<WrappedKey>,
}

/// OriginatorIdentifierOrKey (RFC 5652, 6.2.2): always an ephemeral key.
#[derive(AsnType, Decode, Encode, Debug, Clone, PartialEq, Eq, Hash)]
#[rasn(choice)]
pub(crate) enum Originator {
    #[rasn(tag(1))]
    Key(OriginatorKey),
}

/// OriginatorPublicKey (RFC 5652, 6.2.2).
#[derive(AsnType, Decode, Encode, Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct OriginatorKey {
    pub(crate) algorithm: AlgorithmIdentifier,
    pub(crate) point: OctetBits,
}

/// RecipientEncryptedKey (RFC 5652, 6.2.2).
#[derive(AsnType, Decode, Encode, Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct WrappedKey {
    pub(crate) recipient: RecipientIdentifier,
    pub(crate) key: OctetString,
}

/// KeyAgreeRecipientIdentifier (RFC 5652, 6.2.2): always a certificate.
#[derive(AsnType, Decode, Encode, Debug, Clone, PartialEq, Eq, Hash)]
#[rasn(choice)]
pub(crate) enum RecipientIdentifier {
    Certificate(CertificateName),
}

/// KEKRecipientInfo (RFC 5652, 6.2.3).
#[derive(AsnType, Decode, Encode, Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct SharedKeyRecipient {
    pub(crate) version: Integer,
    pub(crate) key_name: SharedKeyName,
    pub(crate) key_encryption: AlgorithmIdentifier,
    pub(crate) key: OctetString,
}

/// KEKIdentifier (RFC 5652, 6.2.3).
#[derive(AsnType, Decode, Encode, Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct SharedKeyName {
    pub(crate) identifier: OctetString,
}

/// EncryptedContentInfo (RFC 5652, 6.1); the content is never detached.
#[derive(AsnType, Decode, Encode, Debug, Clone, PartialEq, Eq)]
pub(crate) struct EncryptedContent {
    pub(crate) content_type: Oid,
    pub(crate) encryption: AlgorithmIdentifier,
    #[rasn(tag(0))]
    pub(crate) ciphertext: OctetString,
}

/// GCMParameters (RFC 5084, 3.2).
#[derive(AsnType, Decode, Encode, Debug, Clone, PartialEq, Eq)]
pub(crate) struct GcmParameters {
    pub(crate) nonce: OctetString,
    pub(crate) tag_octets: Integer,
}

/// ECC-CMS-SharedInfo (RFC 5753, 7.2).
#[derive(AsnType, Decode, Encode, Debug, Clone, PartialEq, Eq)]
pub(crate) struct SharedInfo {
    pub(crate) wrap: AlgorithmIdentifier,
    #[rasn(tag(explicit(0)))]
    pub(crate) ukm: Option<OctetString>,
    #[rasn(tag(explicit(2)))]
    pub(crate) key_bits: OctetString,
}
