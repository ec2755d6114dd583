//! The extensions of X.509 that SET uses, and those that suite `modern` adds.

use openset_types::UnixTime;
use rasn::{AsnType, Decode, Decoder, Encode, Encoder};

use super::{ExtensionValue, Name, Serial, SetPolicyQualifier};
use crate::der::{Carried, Element, Malformed, Octets, Oid, named_bits};

/// Says which extension a type is the value of: its octets below 2.5.29, and whether critical.
macro_rules! value {
    ($name:ident, $arc:literal, $critical:literal) => {
        impl ExtensionValue for $name {
            const OID: Oid = Oid::from_static(&[0x55, 0x1D, $arc]);
            const CRITICAL: bool = $critical;
        }
    };
}

/// AuthorityKeyIdentifier
///
/// Whose key signed: by the key's own name in suite `modern`, by issuer and number in `set10`.
#[derive(Debug, Clone, PartialEq, Eq, Default, AsnType, Decode, Encode)]
pub struct AuthorityKeyIdentifier {
    /// The key's own name.
    #[rasn(tag(context, 0))]
    pub key_identifier: Option<Octets<1, 64>>,
    /// Who issued the signer's certificate.
    #[rasn(tag(context, 1), size("1.."))]
    pub authority_cert_issuer: Option<Vec<GeneralName>>,
    /// The number of the signer's certificate.
    #[rasn(tag(context, 2))]
    pub authority_cert_serial_number: Option<Serial>,
}
value!(AuthorityKeyIdentifier, 35, false);

/// SubjectKeyIdentifier
///
/// The name of the certified key.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
#[rasn(delegate)]
pub struct SubjectKeyIdentifier(pub Octets<1, 64>);
value!(SubjectKeyIdentifier, 14, false);

named_bits! {
    /// KeyUsage
    ///
    /// What a key may be used for.
    KeyUsage {
        /// digitalSignature
        DIGITAL_SIGNATURE = 0,
        /// nonRepudiation
        NON_REPUDIATION = 1,
        /// keyEncipherment
        KEY_ENCIPHERMENT = 2,
        /// dataEncipherment
        DATA_ENCIPHERMENT = 3,
        /// keyAgreement
        KEY_AGREEMENT = 4,
        /// keyCertSign
        KEY_CERT_SIGN = 5,
        /// cRLSign
        CRL_SIGN = 6,
    }
}
value!(KeyUsage, 15, true);

/// PrivateKeyUsagePeriod
///
/// From when to when the private key may sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, AsnType, Decode, Encode)]
pub struct PrivateKeyUsagePeriod {
    /// The first moment.
    #[rasn(tag(context, 0))]
    pub not_before: Option<Carried<UnixTime>>,
    /// The last moment.
    #[rasn(tag(context, 1))]
    pub not_after: Option<Carried<UnixTime>>,
}
value!(PrivateKeyUsagePeriod, 16, false);

/// SubjectAltName
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
#[rasn(delegate, size("1.."))]
pub struct SubjectAltName(pub Vec<GeneralName>);
value!(SubjectAltName, 17, false);

/// IssuerAltName
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
#[rasn(delegate, size("1.."))]
pub struct IssuerAltName(pub Vec<GeneralName>);
value!(IssuerAltName, 18, false);

/// BasicConstraintsSyntax
///
/// Whether the bearer may certify others, and how far down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, AsnType, Decode, Encode)]
pub struct BasicConstraints {
    /// Whether it is a certificate authority.
    #[rasn(default)]
    pub ca: bool,
    /// How many authorities may stand below it.
    pub path_len_constraint: Option<u64>,
}
value!(BasicConstraints, 19, true);

/// CRLNumber
///
/// Grows with every revocation list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, AsnType, Decode, Encode)]
#[rasn(delegate)]
pub struct CrlNumber(pub u64);
value!(CrlNumber, 20, false);

/// CRLReason (RFC 5280, 5.3.1)
///
/// Why a certificate was taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, AsnType, Decode, Encode)]
#[rasn(enumerated)]
pub enum CrlReason {
    /// `keyCompromise`: somebody else may have the key.
    KeyCompromise = 1,
    /// `cACompromise`: somebody else may have the key of an authority.
    CaCompromise = 2,
    /// `affiliationChanged`: what it says of its bearer is not so any more.
    AffiliationChanged = 3,
    /// `superseded`: another one has taken its place.
    Superseded = 4,
    /// `cessationOfOperation`: its bearer does not need it any more.
    CessationOfOperation = 5,
    /// `privilegeWithdrawn`: its bearer may not do any more what it is for.
    PrivilegeWithdrawn = 9,
}
value!(CrlReason, 21, false);

/// CRLDistributionPoints
///
/// Where the revocation lists are.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
#[rasn(delegate, size("1.."))]
pub struct CrlDistributionPoints(pub Vec<DistributionPoint>);
value!(CrlDistributionPoints, 31, false);

/// DistributionPoint
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct DistributionPoint {
    /// The place.
    #[rasn(tag(explicit(context, 0)))]
    pub distribution_point: DistributionPointName,
}

/// DistributionPointName
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
#[rasn(choice)]
pub enum DistributionPointName {
    /// Its addresses.
    #[rasn(tag(context, 0))]
    FullName(Vec<GeneralName>),
}

/// CertificatePoliciesSyntax
///
/// The rules a certificate was issued under.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
#[rasn(delegate, size("1.."))]
pub struct CertificatePolicies(pub Vec<PolicyInformation>);
value!(CertificatePolicies, 32, true);

/// PolicyInformation
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct PolicyInformation {
    /// Which rules.
    pub policy_identifier: Oid,
    /// What is said about them.
    #[rasn(size("1.."))]
    pub policy_qualifiers: Option<Vec<PolicyQualifierInfo>>,
}

impl PolicyInformation {
    /// The policy of SET's root: 2.23.42.5.0
    pub const SET_ROOT: Oid = Oid::from_static(&[0x67, 0x2A, 0x05, 0x00]);
}

/// PolicyQualifierInfo
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct PolicyQualifierInfo {
    /// What kind of saying it is.
    pub policy_qualifier_id: Oid,
    /// The saying.
    pub qualifier: Option<Element>,
}

impl PolicyQualifierInfo {
    /// id-set-setQualifier: 2.23.42.7.6
    pub const SET_QUALIFIER: Oid = Oid::from_static(&[0x67, 0x2A, 0x07, 0x06]);

    /// SET's own qualifier.
    pub fn of(qualifier: &SetPolicyQualifier) -> Result<Self, Malformed> {
        let qualifier = Some(Element::of(qualifier)?);
        Ok(Self { policy_qualifier_id: Self::SET_QUALIFIER, qualifier })
    }

    /// SET's own qualifier, if this is one.
    pub fn set_qualifier(&self) -> Result<Option<SetPolicyQualifier>, Malformed> {
        match &self.qualifier {
            Some(value) if self.policy_qualifier_id == Self::SET_QUALIFIER => {
                value.read().map(Some)
            }
            _ => Ok(None),
        }
    }
}

/// GeneralName
///
/// A name of any kind. x400Address and ediPartyName are not used in SET and refused.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
#[rasn(choice)]
pub enum GeneralName {
    /// A name of a kind that X.509 does not know.
    #[rasn(tag(context, 0))]
    OtherName(OtherName),
    /// A mail address.
    #[rasn(tag(context, 1))]
    Rfc822Name(Octets<1, 512>),
    /// A host name.
    #[rasn(tag(context, 2))]
    DnsName(Octets<1, 512>),
    /// A distinguished name.
    #[rasn(tag(explicit(context, 4)))]
    DirectoryName(Name),
    /// An address on the web.
    #[rasn(tag(context, 6))]
    UniformResourceIdentifier(Octets<1, 512>),
    /// An address of the Internet protocol.
    #[rasn(tag(context, 7))]
    IpAddress(Octets<4, 32>),
    /// An object identifier.
    #[rasn(tag(context, 8))]
    RegisteredId(Oid),
}

/// OtherName
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct OtherName {
    /// Its kind.
    pub type_id: Oid,
    /// The name.
    #[rasn(tag(explicit(context, 0)))]
    pub value: Element,
}
