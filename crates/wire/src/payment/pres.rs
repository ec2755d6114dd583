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
    /// Which purchase.
    pub trans_ids: TransIds,
    /// Which question this asks or answers.
    pub rrpid: Carried<Rrpid>,
    /// The cardholder's challenge.
    pub chall_c: Challenge,
    /// The brand's current list, if the other side lacks it.
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
    /// What SET itself does not say.
    #[rasn(tag(context, 0))]
    pub p_rs_extensions: Option<MsgExtensions>,
}

/// CompletionCode
///
/// How far the order has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, AsnType, Decode, Encode)]
#[rasn(enumerated)]
pub enum CompletionCode {
    /// `meaninglessRatio`
    MeaninglessRatio = 0,
    /// `orderRejected`
    OrderRejected = 1,
    /// `orderReceived`
    OrderReceived = 2,
    /// `orderNotReceived`
    OrderNotReceived = 3,
    /// `authorizationPerformed`
    AuthorizationPerformed = 4,
    /// `capturePerformed`
    CapturePerformed = 5,
    /// `creditPerformed`
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
    /// When.
    pub auth_date: Carried<UnixTime>,
    /// What came of it.
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
    /// What came of it.
    pub cap_code: CapCode,
    /// Captured / purchAmt.
    pub cap_ratio: FloatingPoint,
}

/// CreditStatus
///
/// How a credit went.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct CreditStatus {
    /// When.
    pub credit_date: Carried<UnixTime>,
    /// What came of it.
    pub credit_code: CapRevOrCredCode,
    /// Credited / purchAmt.
    pub credit_ratio: FloatingPoint,
}
