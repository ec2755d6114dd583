//! Authorization response: what the issuer said.

use rasn::{AsnType, Decode, Decoder, Encode, Encoder};

use super::{AuthTags, AuthToken, CapResPayload, CapToken};
use crate::{
    der::{Numeric, Original, Visible},
    opaque::{Linked, Merchant, Sealed, SealedUnder, Signed},
    types::{
        BatchStatus, CertThumb, CurrencyAmount, FloatingPoint, MsgExtensions, PanToken, Phone,
        SetString, Url,
    },
    x509::BrandCrlIdentifier,
};

/// AuthResTBE
///
/// What is sealed for the merchant.
pub type AuthResTbe = Signed<AuthResTbs>;

/// AuthResTBS
///
/// The answer, tied to its baggage.
pub type AuthResTbs = Linked<AuthResData, AuthResBaggage>;

/// AcqCardMsg
///
/// A message from the acquirer that only the cardholder can open.
pub type AcqCardMsg = SealedUnder<AcqCardCodeMsgTbe>;

/// AcqCardCodeMsgTBE
///
/// What is sealed for the cardholder.
pub type AcqCardCodeMsgTbe = Signed<AcqCardCodeMsg>;

/// LogRefID
///
/// The network's reference for its log.
pub type LogRefId = Numeric<1, 32>;

/// AuthRes
///
/// The authorization response.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
#[rasn(choice)]
pub enum AuthRes {
    /// With baggage.
    #[rasn(tag(explicit(context, 0)))]
    EncB(AuthResEncB),
    /// With baggage, and with the PANToken returned.
    #[rasn(tag(explicit(context, 1)))]
    EncBx(AuthResEncBx),
}

/// AuthResEncB
///
/// The answer, and beside it what the merchant keeps or passes on.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct AuthResEncB {
    /// What was signed and sealed.
    pub enc: Sealed<AuthResTbe, Merchant>,
    /// What travels beside it, tied to it by a digest.
    pub baggage: Original<AuthResBaggage>,
}

/// AuthResEncBX
///
/// The answer with the PANToken returned. Suite `modern` refuses it.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct AuthResEncBx {
    /// Sealed for the merchant, with a PANToken beside it.
    pub enc_x: Sealed<AuthResTbex, Merchant>,
    /// What travels beside it, tied to it by a digest.
    pub baggage: Original<AuthResBaggage>,
}

/// AuthResTBEX
///
/// What is sealed for the merchant when the PANToken is returned.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct AuthResTbex {
    /// What is signed together with the PANToken.
    pub auth_res_tbs: Original<AuthResTbs>,
    /// The signature, its content left out.
    pub auth_res_s: Signed<AuthResTbsx>,
}

/// AuthResTBSX
///
/// What the gateway signs when the PANToken is returned.
#[derive(Debug, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct AuthResTbsx {
    /// What is signed.
    pub auth_res_tbs: Original<AuthResTbs>,
    /// The account, without its secret.
    pub pan_token: PanToken,
}

/// AuthResBaggage
///
/// What travels beside the answer: tokens, and a message for the cardholder.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct AuthResBaggage {
    /// Token for later capture.
    #[rasn(tag(explicit(context, 0)))]
    pub cap_token: Option<CapToken>,
    /// Encrypted message for the cardholder.
    #[rasn(tag(explicit(context, 1)))]
    pub acq_card_msg: Option<AcqCardMsg>,
    /// Token for later authorization.
    #[rasn(tag(explicit(context, 2)))]
    pub auth_token: Option<AuthToken>,
}

/// AcqCardCodeMsg
///
/// A message for the cardholder.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct AcqCardCodeMsg {
    /// Kind of message.
    pub acq_card_code: AcqCardCode,
    /// Message.
    pub acq_card_msg_data: AcqCardMsgData,
}

/// AcqCardCode
///
/// What kind of message it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, AsnType, Decode, Encode)]
#[rasn(enumerated)]
pub enum AcqCardCode {
    /// `messageOfDay`
    MessageOfDay = 0,
    /// `accountInfo`
    AccountInfo = 1,
    /// `callCustomerService`
    CallCustomerService = 2,
}

/// AcqCardMsgData
///
/// The message itself.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct AcqCardMsgData {
    /// The text.
    #[rasn(tag(explicit(context, 0)))]
    pub acq_card_text: Option<SetString<128>>,
    /// Where to read more.
    #[rasn(tag(context, 1))]
    pub acq_card_url: Option<Url>,
    /// Whom to call.
    #[rasn(tag(explicit(context, 2)))]
    pub acq_card_phone: Option<Phone>,
}

/// AuthResData
///
/// What the gateway answers.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct AuthResData {
    /// Which question.
    pub auth_tags: AuthTags,
    /// The brand's current list, if the other side lacks it.
    #[rasn(tag(explicit(context, 0)))]
    pub brand_crl_identifier: Option<BrandCrlIdentifier>,
    /// The gateway certificate to seal for.
    #[rasn(tag(explicit(context, 1)))]
    pub pe_thumb: Option<CertThumb>,
    /// What is said.
    pub auth_res_payload: AuthResPayload,
}

/// AuthResPayload
///
/// The result, and that of the capture where both were asked for.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct AuthResPayload {
    /// The amount and the verdict.
    pub auth_header: AuthHeader,
    /// What came of the capture.
    pub cap_res_payload: Option<CapResPayload>,
    /// What SET itself does not say.
    #[rasn(tag(context, 0))]
    pub a_rs_extensions: Option<MsgExtensions>,
}

/// AuthHeader
///
/// How much was authorized, and what the issuer said.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct AuthHeader {
    /// Amount authorized.
    pub auth_amt: CurrencyAmount,
    /// What came of it.
    pub auth_code: AuthCode,
    /// Network response.
    pub response_data: ResponseData,
    /// State of the batch.
    #[rasn(tag(context, 0))]
    pub batch_status: Option<BatchStatus>,
    /// Conversion to card currency.
    #[rasn(tag(context, 1))]
    pub curr_conv: Option<CurrConv>,
}

/// AuthCode
///
/// What came of it. A decline is an answer like any other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, AsnType, Decode, Encode)]
#[rasn(enumerated)]
pub enum AuthCode {
    /// `approved`
    Approved = 0,
    /// `unspecifiedFailure`
    UnspecifiedFailure = 1,
    /// `declined`
    Declined = 2,
    /// `noReply`
    NoReply = 3,
    /// `callIssuer`
    CallIssuer = 4,
    /// `amountError`
    AmountError = 5,
    /// `expiredCard`
    ExpiredCard = 6,
    /// `invalidTransaction`
    InvalidTransaction = 7,
    /// `systemError`
    SystemError = 8,
    /// `piPreviouslyUsed`
    PiPreviouslyUsed = 9,
    /// `recurringTooSoon`
    RecurringTooSoon = 10,
    /// `recurringExpired`
    RecurringExpired = 11,
    /// `piAuthMismatch`
    PiAuthMismatch = 12,
    /// `installRecurMismatch`
    InstallRecurMismatch = 13,
    /// `captureNotSupported`
    CaptureNotSupported = 14,
    /// `signatureRequired`
    SignatureRequired = 15,
    /// `cardMerchBrandMismatch`
    CardMerchBrandMismatch = 16,
}

/// ResponseData
///
/// What the network said besides.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct ResponseData {
    /// Codes to return at capture.
    #[rasn(tag(context, 0))]
    pub auth_val_codes: Option<AuthValCodes>,
    /// Who answered and why.
    #[rasn(tag(context, 1))]
    pub resp_reason: Option<RespReason>,
    /// Type of card.
    #[rasn(tag(context, 2))]
    pub card_type: Option<CardType>,
    /// Address verification result.
    #[rasn(tag(context, 3))]
    pub avs_result: Option<AvsResult>,
    /// Network log reference.
    pub log_ref_id: Option<LogRefId>,
}

/// AuthValCodes
///
/// Codes that the capture has to repeat.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct AuthValCodes {
    /// Approval code.
    #[rasn(tag(context, 0))]
    pub approval_code: Option<Visible<6, 6>>,
    /// Authorization characteristics.
    #[rasn(tag(context, 1))]
    pub auth_char_ind: Option<AuthCharInd>,
    /// Validation code.
    #[rasn(tag(context, 2))]
    pub validation_code: Option<Visible<4, 4>>,
    /// Market data accepted.
    pub market_spec_data_id: Option<MarketSpecDataId>,
}

/// RespReason
///
/// Who answered, and why not the issuer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, AsnType, Decode, Encode)]
#[rasn(enumerated)]
pub enum RespReason {
    /// `issuer`
    Issuer = 0,
    /// `standInTimeOut`
    StandInTimeOut = 1,
    /// `standInFloorLimit`
    StandInFloorLimit = 2,
    /// `standInSuppressInquiries`
    StandInSuppressInquiries = 3,
    /// `standInIssuerUnavailable`
    StandInIssuerUnavailable = 4,
    /// `standInIssuerRequest`
    StandInIssuerRequest = 5,
}

/// CardType
///
/// A kind of card.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, AsnType, Decode, Encode)]
#[rasn(enumerated)]
pub enum CardType {
    /// `unavailable`
    Unavailable = 0,
    /// `classic`
    Classic = 1,
    /// `gold`
    Gold = 2,
    /// `platinum`
    Platinum = 3,
    /// `premier`
    Premier = 4,
    /// `debit`
    Debit = 5,
    /// `pinBasedDebit`
    PinBasedDebit = 6,
    /// `atm`
    Atm = 7,
    /// `electronicOnly`
    ElectronicOnly = 8,
    /// `unspecifiedConsumer`
    UnspecifiedConsumer = 9,
    /// `corporateTravel`
    CorporateTravel = 10,
    /// `purchasing`
    Purchasing = 11,
    /// `business`
    Business = 12,
    /// `unspecifiedCommercial`
    UnspecifiedCommercial = 13,
    /// `privateLabel`
    PrivateLabel = 14,
    /// `proprietary`
    Proprietary = 15,
}

/// AVSResult
///
/// Whether the billing address matched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, AsnType, Decode, Encode)]
#[rasn(enumerated)]
pub enum AvsResult {
    /// `resultUnavailable`
    ResultUnavailable = 0,
    /// `noMatch`
    NoMatch = 1,
    /// `addressMatchOnly`
    AddressMatchOnly = 2,
    /// `postalCodeMatchOnly`
    PostalCodeMatchOnly = 3,
    /// `fullMatch`
    FullMatch = 4,
}

/// AuthCharInd
///
/// What kind of authorization it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, AsnType, Decode, Encode)]
#[rasn(enumerated)]
pub enum AuthCharInd {
    /// `directMarketing`
    DirectMarketing = 0,
    /// `recurringPayment`
    RecurringPayment = 1,
    /// `addressVerification`
    AddressVerification = 2,
    /// `preferredCustomer`
    PreferredCustomer = 3,
    /// `incrementalAuth`
    IncrementalAuth = 4,
}

/// MarketSpecDataID
///
/// Which market data was accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, AsnType, Decode, Encode)]
#[rasn(enumerated)]
pub enum MarketSpecDataId {
    /// `failedEdit`
    FailedEdit = 0,
    /// `auto`
    Auto = 1,
    /// `hotel`
    Hotel = 2,
    /// `transport`
    Transport = 3,
}

/// CurrConv
///
/// A conversion to the currency of the card.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct CurrConv {
    /// Multiplier.
    pub curr_conv_rate: FloatingPoint,
    /// Card currency.
    #[rasn(value("1..=999"))]
    pub card_curr: u16,
}
