//! The certificate response.

use openset_types::{LocalId, Rrpid, Secret};
use rasn::{AsnType, Decode, Decoder, Encode, Encoder};

use crate::{
    der::Carried,
    opaque::{SealedUnder, Signed},
    types::{Challenge, SetString, Thumbs, Url},
    x509::BrandCrlIdentifier,
};

/// CertResTBE
///
/// What is sealed under the key of the applicant.
pub type CertResTbe = Signed<CertResData>;

/// CertRes
///
/// The certificate response. The certificates themselves travel in the bag of the signature.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
#[rasn(choice)]
pub enum CertRes {
    /// Signed only.
    #[rasn(tag(explicit(context, 0)))]
    CertResS(Signed<CertResData>),
    /// Encrypted under caBackKeyData.
    #[rasn(tag(explicit(context, 1)))]
    EncK(SealedUnder<CertResTbe>),
}

/// CertResData
///
/// What came of the request.
#[derive(Debug, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct CertResData {
    /// Which question this asks or answers.
    pub rrpid: Carried<Rrpid>,
    /// The applicant's label.
    pub lid_ee: Carried<LocalId>,
    /// The applicant's third challenge.
    pub chall_ee3: Challenge,
    /// The authority's label.
    pub lid_ca: Carried<LocalId>,
    /// What came of it.
    pub cert_status: CertStatus,
    /// Its certificates.
    #[rasn(tag(explicit(context, 0)))]
    pub cert_thumbs: Option<Thumbs>,
    /// The brand's current list, if the other side lacks it.
    #[rasn(tag(explicit(context, 1)))]
    pub brand_crl_identifier: Option<BrandCrlIdentifier>,
    /// What the sender has already.
    #[rasn(tag(explicit(context, 2)))]
    pub thumbs: Option<Thumbs>,
}

/// CertStatus
///
/// The status, and what belongs to it.
#[derive(Debug, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct CertStatus {
    /// What came of it.
    pub cert_status_code: CertStatusCode,
    /// The authority's half of what ties the card to the certificate.
    #[rasn(tag(context, 0))]
    pub nonce_cca: Option<Carried<Secret>>,
    /// Text for the user.
    pub ee_message: Option<SetString<128>>,
    /// Display material.
    #[rasn(tag(context, 1))]
    pub ca_msg: Option<CaMsg>,
    /// Rejected form items.
    #[rasn(tag(context, 2), size("1..=50"))]
    pub failed_item_seq: Option<Vec<FailedItem>>,
}

/// FailedItem
///
/// An answer that was not accepted.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct FailedItem {
    /// Index of the item.
    #[rasn(value("1..=50"))]
    pub item_number: u16,
    /// Why.
    pub item_reason: SetString<512>,
}

/// CertStatusCode
///
/// What came of a certificate request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, AsnType, Decode, Encode)]
#[rasn(enumerated)]
pub enum CertStatusCode {
    /// `requestComplete`
    RequestComplete = 1,
    /// `invalidLanguage`
    InvalidLanguage = 2,
    /// `invalidBIN`
    InvalidBin = 3,
    /// `sigValidationFail`
    SigValidationFail = 4,
    /// `decryptionError`
    DecryptionError = 5,
    /// `requestInProgress`
    RequestInProgress = 6,
    /// `rejectedByIssuer`
    RejectedByIssuer = 7,
    /// `requestPended`
    RequestPended = 8,
    /// `rejectedByAquirer`
    RejectedByAquirer = 9,
    /// `regFormAnswerMalformed`
    RegFormAnswerMalformed = 10,
    /// `rejectedByCA`
    RejectedByCa = 11,
    /// `unableToEncryptCertRes`
    UnableToEncryptCertRes = 12,
}

/// CAMsg
///
/// What the wallet may show beside the certificate.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct CaMsg {
    /// Issuer/card logo.
    #[rasn(tag(context, 0))]
    pub card_logo_url: Option<Url>,
    /// Brand logo.
    #[rasn(tag(context, 1))]
    pub brand_logo_url: Option<Url>,
    /// Billing currency.
    #[rasn(tag(context, 2), value("1..=999"))]
    pub card_currency: Option<u16>,
    /// Text for the cardholder.
    #[rasn(tag(explicit(context, 3)))]
    pub cardholder_msg: Option<SetString<128>>,
}
