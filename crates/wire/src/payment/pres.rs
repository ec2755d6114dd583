//! Purchase response: how the order stands.

use openset_types::{Rrpid, UnixTime};
use rasn::{AsnType, Decode, Decoder, Encode, Encoder};

use super::{AcqCardMsg, AuthCode, CapCode, CapRevOrCredCode, CurrConv};
use crate::{
    der::Carried,
    opaque::Signed,
    types::{Challenge, FloatingPoint, MsgExtensions, TransIds},
    x509::BrandCrlIdentifier,
};

/// PRes
///
/// The merchant's signed answer.
pub type PRes = Signed<PResData>;

/// PResData
///
/// How the order stands, one payload for each authorization.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct PResData {
    /// Transaction ids.
    pub trans_ids: TransIds,
    /// Request/response pair id.
    pub rrpid: Carried<Rrpid>,
    /// Cardholder challenge.
    pub chall_c: Challenge,
    /// Current BCI if the peer lacks it.
    #[rasn(tag(explicit(context, 0)))]
    pub brand_crl_identifier: Option<BrandCrlIdentifier>,
    /// One per authorization.
    #[rasn(size("1.."))]
    pub p_res_payload_seq: Vec<PResPayload>,
}

/// PResPayload
///
/// How one authorization stands.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct PResPayload {
    /// State of the order.
    pub completion_code: CompletionCode,
    /// Status blocks.
    pub results: Option<Results>,
    /// Extensions.
    #[rasn(tag(context, 0))]
    pub p_rs_extensions: Option<MsgExtensions>,
}

/// CompletionCode
///
/// How far the order has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, AsnType, Decode, Encode)]
#[rasn(enumerated)]
pub enum CompletionCode {
    /// MeaninglessRatio.
    MeaninglessRatio = 0,
    /// OrderRejected.
    OrderRejected = 1,
    /// OrderReceived.
    OrderReceived = 2,
    /// OrderNotReceived.
    OrderNotReceived = 3,
    /// AuthorizationPerformed.
    AuthorizationPerformed = 4,
    /// CapturePerformed.
    CapturePerformed = 5,
    /// CreditPerformed.
    CreditPerformed = 6,
}

/// Results
///
/// The results so far.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct Results {
    /// Encrypted message for the cardholder.
    #[rasn(tag(explicit(context, 0)))]
    pub acq_card_msg: Option<AcqCardMsg>,
    /// Authorization status.
    #[rasn(tag(context, 1))]
    pub auth_status: Option<AuthStatus>,
    /// Capture status.
    #[rasn(tag(context, 2))]
    pub cap_status: Option<CapStatus>,
    /// Credit statuses.
    #[rasn(tag(context, 3), size("1.."))]
    pub cred_status_seq: Option<Vec<CreditStatus>>,
}

/// AuthStatus
///
/// How the authorization went.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct AuthStatus {
    /// Date.
    pub auth_date: Carried<UnixTime>,
    /// Result code.
    pub auth_code: AuthCode,
    /// AuthAmt / purchAmt.
    pub auth_ratio: FloatingPoint,
    /// Conversion to card currency.
    #[rasn(tag(context, 0))]
    pub curr_conv: Option<CurrConv>,
}

/// CapStatus
///
/// How the capture went.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct CapStatus {
    /// Capture date.
    pub cap_date: Carried<UnixTime>,
    /// Result code.
    pub cap_code: CapCode,
    /// Captured / purchAmt.
    pub cap_ratio: FloatingPoint,
}

/// CreditStatus
///
/// How a credit went.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct CreditStatus {
    /// Date.
    pub credit_date: Carried<UnixTime>,
    /// Result code.
    pub credit_code: CapRevOrCredCode,
    /// Credited / purchAmt.
    pub credit_ratio: FloatingPoint,
}
