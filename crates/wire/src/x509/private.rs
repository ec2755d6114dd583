//! The extensions that SET adds to X.509: 2.23.42.7.

use openset_types::{Bin, Language, MerchantId};
use rasn::{AsnType, Decode, Decoder, Encode, Encoder};

use super::{DigestedData, ExtensionValue};
use crate::{
    der::{Carried, Oid, named_bits},
    types::{SetString, Url},
};

/// Says which extension a type is the value of: its arc below 2.23.42.7, and whether critical.
macro_rules! value {
    ($name:ident, $arc:literal, $critical:literal) => {
        impl ExtensionValue for $name {
            const OID: Oid = Oid::from_static(&[0x67, 0x2A, 0x07, $arc]);
            const CRITICAL: bool = $critical;
        }
    };
}

/// HashedRootKeySyntax
///
/// Names the key of the next root, so that it is known before it is needed.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct HashedRootKey {
    /// The digest of the next root's public key.
    pub root_key_thumbprint: DigestedData,
}
value!(HashedRootKey, 0, true);

impl HashedRootKey {
    /// The content type of the digest: 2.23.42.3.0.0
    pub const CONTENT: Oid = Oid::from_static(&[0x67, 0x2A, 0x03, 0x00, 0x00]);
}

named_bits! {
    /// CertificateTypeSyntax
    ///
    /// Which parts the bearer may play.
    CertificateType {
        /// A cardholder.
        CARD = 0,
        /// A merchant.
        MER = 1,
        /// A payment gateway.
        PGWY = 2,
        /// The authority of cardholders.
        CCA = 3,
        /// The authority of merchants.
        MCA = 4,
        /// The authority of payment gateways.
        PCA = 5,
        /// The authority of a region.
        GCA = 6,
        /// The authority of a brand.
        BCA = 7,
        /// The root.
        RCA = 8,
        /// An acquirer.
        ACQ = 9,
    }
}
value!(CertificateType, 1, true);

/// MerchantDataSyntax
///
/// Who a merchant is, and for which acquirer.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct MerchantData {
    /// Its number at the acquirer.
    pub mer_id: Carried<MerchantId>,
    /// The acquirer.
    pub mer_acquirer_bin: Carried<Bin>,
    /// Its names, in one or more languages.
    #[rasn(size("1..=32"))]
    pub mer_name_seq: Vec<MerNames>,
    /// Its country, as ISO 3166 counts them.
    #[rasn(value("1..=999"))]
    pub mer_country: u16,
    /// Whether the acquirer may return a card number to it.
    #[rasn(default = "yes")]
    pub mer_auth_flag: bool,
}
value!(MerchantData, 2, false);

/// What a flag says where nothing is written.
fn yes() -> bool {
    true
}

/// MerNames
///
/// A merchant's name and place in one language.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct MerNames {
    /// The language.
    #[rasn(tag(context, 0))]
    pub language: Option<Carried<Language>>,
    /// The name.
    #[rasn(tag(explicit(context, 1)))]
    pub name: SetString<25>,
    /// The city.
    #[rasn(tag(explicit(context, 2)))]
    pub city: SetString<50>,
    /// The state or province.
    #[rasn(tag(explicit(context, 3)))]
    pub state_province: Option<SetString<25>>,
    /// The postal code.
    #[rasn(tag(explicit(context, 4)))]
    pub postal_code: Option<SetString<14>>,
    /// The country.
    #[rasn(tag(explicit(context, 5)))]
    pub country_name: SetString<50>,
}

/// CardCertRequiredSyntax
///
/// Whether a gateway takes payments of cardholders with certificates only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, AsnType, Decode, Encode)]
#[rasn(delegate)]
pub struct CardCertRequired(pub bool);
value!(CardCertRequired, 3, false);

/// TunnelingSyntax
///
/// Whether a gateway passes messages from the acquirer to the cardholder.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct Tunneling {
    /// Whether it does.
    #[rasn(default = "yes")]
    pub tunneling: bool,
    /// The algorithms such messages may be sealed with.
    pub tunnel_alg_ids: Vec<Oid>,
}
value!(Tunneling, 4, false);

/// SETExtensionsSyntax
///
/// The message extensions that a gateway understands.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
#[rasn(delegate)]
pub struct SetExtensions(pub Vec<Oid>);
value!(SetExtensions, 5, false);

/// SetPolicyQualifier
///
/// What the root and those below it say about their rules.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct SetPolicyQualifier {
    /// What the root says.
    pub root_qualifier: SetQualifier,
    /// What others added.
    #[rasn(size("1..=3"))]
    pub additional_policies: Option<Vec<AdditionalPolicy>>,
}

/// AdditionalPolicy
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct AdditionalPolicy {
    /// Which rules.
    pub policy_oid: Option<Oid>,
    /// What is said about them.
    pub policy_qualifier: Option<SetQualifier>,
    /// Who added them.
    pub policy_added_by: CertificateType,
}

/// SETQualifier
///
/// Where the rules are, and what they come to in a sentence.
#[derive(Debug, Clone, PartialEq, Eq, Default, AsnType, Decode, Encode)]
pub struct SetQualifier {
    /// The digest of the rules.
    pub policy_digest: Option<DigestedData>,
    /// The sentence.
    pub terse_statement: Option<SetString<2048>>,
    /// Where the rules are.
    #[rasn(tag(context, 0))]
    pub policy_url: Option<Url>,
    /// Whom to ask about them.
    #[rasn(tag(context, 1))]
    pub policy_email: Option<Url>,
}
