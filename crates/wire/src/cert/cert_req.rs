//! The certificate request.

use std::fmt;

use openset_types::{Bin, LocalId, MerchantId, Rrpid, UnixTime};
use rasn::{AsnType, Decode, Decoder, Encode, Encoder};

use crate::{
    der::{Carried, Numeric, Octets, Original, Visible},
    opaque::{Authority, Sealed, Signed},
    types::{BackKeyData, CertThumb, Challenge, Nonce, PanData0, SetString, Thumbs},
    x509::SubjectPublicKeyInfo,
};

/// CertReqTBE
///
/// What is sealed for the authority where no account data goes with it.
pub type CertReqTbe = Signed<CertReqData>;

/// RegForm
///
/// The answers to the registration form.
pub type RegForm = Vec<RegFormItems>;

/// CertReq
///
/// The certificate request.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
#[rasn(choice)]
pub enum CertReq {
    /// With account data: sealed with an extra part.
    #[rasn(tag(explicit(context, 0)))]
    Encx(Sealed<CertReqTbex, Authority>),
    /// Signed and sealed, for renewals of merchants and gateways.
    #[rasn(tag(explicit(context, 1)))]
    Enc(Sealed<CertReqTbe, Authority>),
}

/// CertReqTBEX
///
/// What is sealed for the authority where account data goes with it.
#[derive(Debug, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct CertReqTbex {
    /// What is asked for.
    pub cert_req_data: Original<CertReqData>,
    /// The signature, its content left out.
    pub s: Signed<CertReqTbs>,
}

/// CertReqTBS
///
/// What the applicant signs: the request together with the account data.
#[derive(Debug, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct CertReqTbs {
    /// What is asked for.
    pub cert_req_data: Original<CertReqData>,
    /// The account.
    pub acct_info: AcctInfo,
}

/// AcctInfo
///
/// The account of the applicant.
#[derive(Debug, PartialEq, Eq, AsnType, Decode, Encode)]
#[rasn(choice)]
pub enum AcctInfo {
    /// Cardholder account data for CertReq.
    #[rasn(tag(explicit(context, 0)))]
    PanData0(PanData0),
    /// Merchant/acquirer account data.
    #[rasn(tag(explicit(context, 1)))]
    AcctData(AcctData),
}

/// AcctData
///
/// The account of a merchant or acquirer.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct AcctData {
    /// Unique account id.
    pub acct_identification: Visible<74, 74>,
    /// Makes equal accounts look different.
    pub ex_nonce: Nonce,
}

/// IDData
///
/// Who a merchant or gateway is.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
#[rasn(choice)]
pub enum IdData {
    /// Merchant form.
    #[rasn(tag(context, 0))]
    MerchantAcquirerId(MerchantAcquirerId),
    /// Gateway form.
    #[rasn(tag(context, 1))]
    AcquirerId(AcquirerId),
}

/// MerchantAcquirerID
///
/// A merchant, by its acquirer and number.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct MerchantAcquirerId {
    /// Acquirer BIN.
    pub merchant_bin: Carried<Bin>,
    /// The merchant's number at its acquirer.
    pub merchant_id: Carried<MerchantId>,
}

/// AcquirerID
///
/// An acquirer.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct AcquirerId {
    /// Acquirer BIN.
    pub acquirer_bin: Carried<Bin>,
    /// Acquirer business id.
    pub acquirer_business_id: Option<Numeric<1, 32>>,
}

/// RequestType
///
/// Who asks, and for which keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, AsnType, Decode, Encode)]
#[rasn(enumerated)]
pub enum RequestType {
    /// `cardInitialSig`
    CardInitialSig = 1,
    /// `merInitialSig`
    MerInitialSig = 4,
    /// `merInitialEnc`
    MerInitialEnc = 5,
    /// `merInitialBoth`
    MerInitialBoth = 6,
    /// `pgwyInitialSig`
    PgwyInitialSig = 7,
    /// `pgwyInitialEnc`
    PgwyInitialEnc = 8,
    /// `pgwyInitialBoth`
    PgwyInitialBoth = 9,
    /// `cardRenewalSig`
    CardRenewalSig = 10,
    /// `merRenewalSig`
    MerRenewalSig = 13,
    /// `merRenewalEnc`
    MerRenewalEnc = 14,
    /// `merRenewalBoth`
    MerRenewalBoth = 15,
    /// `pgwyRenewalSig`
    PgwyRenewalSig = 16,
    /// `pgwyRenewalEnc`
    PgwyRenewalEnc = 17,
    /// `pgwyRenewalBoth`
    PgwyRenewalBoth = 18,
}

/// CertReqData
///
/// What is asked for, and the new public keys.
#[derive(Debug, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct CertReqData {
    /// Which question this asks or answers.
    pub rrpid: Carried<Rrpid>,
    /// The applicant's label.
    pub lid_ee: Carried<LocalId>,
    /// The applicant's third challenge.
    pub chall_ee3: Challenge,
    /// The authority's label.
    #[rasn(tag(context, 0))]
    pub lid_ca: Option<Carried<LocalId>>,
    /// The authority's challenge.
    #[rasn(tag(context, 1))]
    pub chall_ca: Option<Challenge>,
    /// Who asks, and for what.
    pub request_type: RequestType,
    /// When.
    pub request_date: Carried<UnixTime>,
    /// Merchant/acquirer identification.
    #[rasn(tag(explicit(context, 2)))]
    pub id_data: Option<IdData>,
    /// Form number at this CA.
    pub reg_form_id: u64,
    /// Answers.
    #[rasn(tag(context, 3), size("1..=50"))]
    pub reg_form: Option<Vec<RegFormItems>>,
    /// The key to seal the answer under.
    #[rasn(tag(explicit(context, 4)))]
    pub ca_back_key_data: Option<BackKeyData>,
    /// New public key(s).
    pub public_key_s_or_e: PublicKeySorE,
    /// Thumb of the certificate being renewed.
    #[rasn(tag(explicit(context, 5)))]
    pub ee_thumb: Option<CertThumb>,
    /// What the sender has already.
    #[rasn(tag(explicit(context, 6)))]
    pub thumbs: Option<Thumbs>,
}

/// RegFormItems
///
/// One answer.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct RegFormItems {
    /// Label.
    pub field_name: SetString<128>,
    /// Answer.
    pub field_value: FieldValue,
}

/// PublicKeySorE
///
/// The new public keys: for signatures, for sealing, or both.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct PublicKeySorE {
    /// Signature key.
    #[rasn(tag(explicit(context, 0)))]
    pub public_key_s: Option<SubjectPublicKeyInfo>,
    /// Key-encipherment key.
    #[rasn(tag(explicit(context, 1)))]
    pub public_key_e: Option<SubjectPublicKeyInfo>,
}

/// FieldValue
///
/// An answer: a text, or octets. Prints its kind only, for it is about a person.
#[derive(Clone, PartialEq, Eq, AsnType, Decode, Encode)]
#[rasn(choice)]
pub enum FieldValue {
    /// A text.
    SetString(SetString<128>),
    /// Octets.
    OctetString(Octets<1, 128>),
}

impl fmt::Debug for FieldValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::SetString(_) => "SetString",
            Self::OctetString(_) => "OctetString",
        })
    }
}
