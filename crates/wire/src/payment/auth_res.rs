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
    /// Enveloped signed data.
    pub enc: Sealed<AuthResTbe, Merchant>,
    /// Externally encrypted part, linked by digest.
    pub baggage: Original<AuthResBaggage>,
}

/// AuthResEncBX
///
/// The answer with the PANToken returned. Suite `modern` refuses it.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct AuthResEncBx {
    /// Sealed for the merchant, with a PANToken beside it.
    pub enc_x: Sealed<AuthResTbex, Merchant>,
    /// Externally encrypted part, linked by digest.
    pub baggage: Original<AuthResBaggage>,
}

/// AuthResTBEX
///
/// What is sealed for the merchant when the PANToken is returned.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct AuthResTbex {
    /// What is signed together with the PANToken.
    pub auth_res_tbs: Original<AuthResTbs>,
    /// Detached signature.
    pub auth_res_s: Signed<AuthResTbsx>,
}

/// AuthResTBSX
///
/// What the gateway signs when the PANToken is returned.
#[derive(Debug, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct AuthResTbsx {
    /// Data to be signed.
    pub auth_res_tbs: Original<AuthResTbs>,
    /// Account data without secret.
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
    /// MessageOfDay.
    MessageOfDay = 0,
    /// AccountInfo.
    AccountInfo = 1,
    /// CallCustomerService.
    CallCustomerService = 2,
}

/// AcqCardMsgData
///
/// The message itself.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct AcqCardMsgData {
    /// Text.
    #[rasn(tag(explicit(context, 0)))]
    pub acq_card_text: Option<SetString<128>>,
    /// URL.
    #[rasn(tag(context, 1))]
    pub acq_card_url: Option<Url>,
    /// Phone.
    #[rasn(tag(explicit(context, 2)))]
    pub acq_card_phone: Option<Phone>,
}

/// AuthResData
///
/// What the gateway answers.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct AuthResData {
    /// Tags.
    pub auth_tags: AuthTags,
    /// Current BCI if the peer lacks it.
    #[rasn(tag(explicit(context, 0)))]
    pub brand_crl_identifier: Option<BrandCrlIdentifier>,
    /// Thumb of the gateway key-encipherment certificate.
    #[rasn(tag(explicit(context, 1)))]
    pub pe_thumb: Option<CertThumb>,
    /// Payload.
    pub auth_res_payload: AuthResPayload,
}

/// AuthResPayload
///
/// The result, and that of the capture where both were asked for.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct AuthResPayload {
    /// Header.
    pub auth_header: AuthHeader,
    /// Capture result (captureNow).
    pub cap_res_payload: Option<CapResPayload>,
    /// Extensions.
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
    /// Result code.
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
    /// Approved.
    Approved = 0,
    /// UnspecifiedFailure.
    UnspecifiedFailure = 1,
    /// Declined.
    Declined = 2,
    /// NoReply.
    NoReply = 3,
    /// CallIssuer.
    CallIssuer = 4,
    /// AmountError.
    AmountError = 5,
    /// ExpiredCard.
    ExpiredCard = 6,
    /// InvalidTransaction.
    InvalidTransaction = 7,
    /// SystemError.
    SystemError = 8,
    /// PiPreviouslyUsed.
    PiPreviouslyUsed = 9,
    /// RecurringTooSoon.
    RecurringTooSoon = 10,
    /// RecurringExpired.
    RecurringExpired = 11,
    /// PiAuthMismatch.
    PiAuthMismatch = 12,
    /// InstallRecurMismatch.
    InstallRecurMismatch = 13,
    /// CaptureNotSupported.
    CaptureNotSupported = 14,
    /// SignatureRequired.
    SignatureRequired = 15,
    /// CardMerchBrandMismatch.
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
    /// Issuer.
    Issuer = 0,
    /// StandInTimeOut.
    StandInTimeOut = 1,
    /// StandInFloorLimit.
    StandInFloorLimit = 2,
    /// StandInSuppressInquiries.
    StandInSuppressInquiries = 3,
    /// StandInIssuerUnavailable.
    StandInIssuerUnavailable = 4,
    /// StandInIssuerRequest.
    StandInIssuerRequest = 5,
}

/// CardType
///
/// A kind of card.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, AsnType, Decode, Encode)]
#[rasn(enumerated)]
pub enum CardType {
    /// Unavailable.
    Unavailable = 0,
    /// Classic.
    Classic = 1,
    /// Gold.
    Gold = 2,
    /// Platinum.
    Platinum = 3,
    /// Premier.
    Premier = 4,
    /// Debit.
    Debit = 5,
    /// PinBasedDebit.
    PinBasedDebit = 6,
    /// Atm.
    Atm = 7,
    /// ElectronicOnly.
    ElectronicOnly = 8,
    /// UnspecifiedConsumer.
    UnspecifiedConsumer = 9,
    /// CorporateTravel.
    CorporateTravel = 10,
    /// Purchasing.
    Purchasing = 11,
    /// Business.
    Business = 12,
    /// UnspecifiedCommercial.
    UnspecifiedCommercial = 13,
    /// PrivateLabel.
    PrivateLabel = 14,
    /// Proprietary.
    Proprietary = 15,
}

/// AVSResult
///
/// Whether the billing address matched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, AsnType, Decode, Encode)]
#[rasn(enumerated)]
pub enum AvsResult {
    /// ResultUnavailable.
    ResultUnavailable = 0,
    /// NoMatch.
    NoMatch = 1,
    /// AddressMatchOnly.
    AddressMatchOnly = 2,
    /// PostalCodeMatchOnly.
    PostalCodeMatchOnly = 3,
    /// FullMatch.
    FullMatch = 4,
}

/// AuthCharInd
///
/// What kind of authorization it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, AsnType, Decode, Encode)]
#[rasn(enumerated)]
pub enum AuthCharInd {
    /// DirectMarketing.
    DirectMarketing = 0,
    /// RecurringPayment.
    RecurringPayment = 1,
    /// AddressVerification.
    AddressVerification = 2,
    /// PreferredCustomer.
    PreferredCustomer = 3,
    /// IncrementalAuth.
    IncrementalAuth = 4,
}

/// MarketSpecDataID
///
/// Which market data was accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, AsnType, Decode, Encode)]
#[rasn(enumerated)]
pub enum MarketSpecDataId {
    /// FailedEdit.
    FailedEdit = 0,
    /// Auto.
    Auto = 1,
    /// Hotel.
    Hotel = 2,
    /// Transport.
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
