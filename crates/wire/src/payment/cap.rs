//! Capture: the merchant takes money that an authorization holds.

use openset_types::{Rrpid, UnixTime};
use rasn::{AsnType, Decode, Decoder, Encode, Encoder};

use super::{AuthReqItem, AuthResPayload, CapTokenSeq};
use crate::{
    der::{Carried, Original},
    opaque::{Linked, Merchant, PaymentGateway, Sealed, Signed},
    types::{
        BatchStatus, CertThumb, CurrencyAmount, MsgExtensions, PanToken, RrTags, SaleDetail,
        Thumbs, TransIds,
    },
    x509::BrandCrlIdentifier,
};

/// CapReqTBE
///
/// What is sealed for the gateway.
pub type CapReqTbe = Signed<CapReqTbs>;

/// CapReqTBS
///
/// The request, tied to its tokens.
pub type CapReqTbs = Linked<CapReqData, CapTokenSeq>;

/// CapRes
///
/// The capture response.
pub type CapRes = Sealed<CapResTbe, Merchant>;

/// CapResTBE
///
/// What is sealed for the merchant.
pub type CapResTbe = Signed<CapResData>;

/// CapReq
///
/// The capture request.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
#[rasn(choice)]
pub enum CapReq {
    /// With baggage.
    #[rasn(tag(explicit(context, 0)))]
    EncB(CapEncB),
    /// With baggage and the PANToken.
    #[rasn(tag(explicit(context, 1)))]
    EncBx(CapEncBx),
}

/// CapEncB
///
/// A capture request, and beside it the tokens it shows.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct CapEncB {
    /// Enveloped signed data.
    pub enc: Sealed<CapReqTbe, PaymentGateway>,
    /// Externally encrypted part, linked by digest.
    pub baggage: Original<CapTokenSeq>,
}

/// CapEncBX
///
/// A capture request with tokens and a PANToken.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct CapEncBx {
    /// Sealed for the gateway, with a PANToken beside it.
    pub enc_x: Sealed<CapReqTbex, PaymentGateway>,
    /// Externally encrypted part, linked by digest.
    pub baggage: Original<CapTokenSeq>,
}

/// CapReqTBEX
///
/// What is sealed for the gateway when the PANToken is shown.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct CapReqTbex {
    /// What is signed together with the PANToken.
    pub cap_req_tbs: Original<CapReqTbs>,
    /// The detached signature.
    pub cap_req_s: Signed<CapReqTbsx>,
}

/// CapReqTBSX
///
/// What the merchant signs when the PANToken is shown.
#[derive(Debug, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct CapReqTbsx {
    /// What is signed together with the PANToken.
    pub cap_req_tbs: Original<CapReqTbs>,
    /// The account.
    pub pan_token: PanToken,
}

/// CapReqData
///
/// What is captured.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct CapReqData {
    /// Pair tags.
    pub cap_rr_tags: RrTags,
    /// What the merchant has cached.
    #[rasn(tag(explicit(context, 0)))]
    pub m_thumbs: Option<Thumbs>,
    /// Items.
    #[rasn(size("1.."))]
    pub cap_item_seq: Vec<CapItem>,
    /// Extensions.
    #[rasn(tag(context, 1))]
    pub c_rq_extensions: Option<MsgExtensions>,
}

/// CapItem
///
/// One capture.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct CapItem {
    /// Transaction ids.
    pub trans_ids: TransIds,
    /// RRPID of the authorization.
    pub auth_rrpid: Carried<Rrpid>,
    /// Payload.
    pub cap_payload: CapPayload,
}

/// CapPayload
///
/// How much is taken, and what was authorized.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct CapPayload {
    /// Capture date.
    pub cap_date: Carried<UnixTime>,
    /// Amount to capture.
    pub cap_req_amt: CurrencyAmount,
    /// Authorization request item.
    #[rasn(tag(context, 0))]
    pub auth_req_item: Option<AuthReqItem>,
    /// Payload.
    #[rasn(tag(context, 1))]
    pub auth_res_payload: Option<AuthResPayload>,
    /// Sale details for capture.
    #[rasn(tag(context, 2))]
    pub sale_detail: Option<SaleDetail>,
    /// Extensions.
    #[rasn(tag(context, 3))]
    pub c_pay_extensions: Option<MsgExtensions>,
}

/// CapResData
///
/// What came of each capture.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct CapResData {
    /// Pair tags.
    pub cap_rr_tags: RrTags,
    /// Current BCI if the peer lacks it.
    #[rasn(tag(explicit(context, 0)))]
    pub brand_crl_identifier: Option<BrandCrlIdentifier>,
    /// Thumb of the gateway key-encipherment certificate.
    #[rasn(tag(explicit(context, 1)))]
    pub pe_thumb: Option<CertThumb>,
    /// Batch states.
    #[rasn(tag(context, 2))]
    pub batch_status_seq: Option<Vec<BatchStatus>>,
    /// Item results.
    #[rasn(size("1.."))]
    pub cap_res_item_seq: Vec<CapResItem>,
    /// Extensions.
    #[rasn(tag(context, 3))]
    pub c_rs_extensions: Option<MsgExtensions>,
}

/// CapResItem
///
/// What came of one capture.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct CapResItem {
    /// Transaction ids.
    pub trans_ids: TransIds,
    /// RRPID of the authorization.
    pub auth_rrpid: Carried<Rrpid>,
    /// Capture result (captureNow).
    pub cap_res_payload: CapResPayload,
}

/// CapResPayload
///
/// The result of one capture.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct CapResPayload {
    /// Result code.
    pub cap_code: CapCode,
    /// Amount captured.
    pub cap_amt: CurrencyAmount,
    /// Batch number.
    #[rasn(tag(context, 0))]
    pub batch_id: Option<u64>,
    /// Position in the batch.
    #[rasn(tag(context, 1), value("1..=18446744073709551615"))]
    pub batch_sequence_num: Option<u64>,
    /// Extensions.
    #[rasn(tag(context, 2))]
    pub c_rs_pay_extensions: Option<MsgExtensions>,
}

/// CapCode
///
/// What came of a capture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, AsnType, Decode, Encode)]
#[rasn(enumerated)]
pub enum CapCode {
    /// Success.
    Success = 0,
    /// UnspecifiedFailure.
    UnspecifiedFailure = 1,
    /// DuplicateRequest.
    DuplicateRequest = 2,
    /// AuthExpired.
    AuthExpired = 3,
    /// AuthDataMissing.
    AuthDataMissing = 4,
    /// InvalidAuthData.
    InvalidAuthData = 5,
    /// CapTokenMissing.
    CapTokenMissing = 6,
    /// InvalidCapToken.
    InvalidCapToken = 7,
    /// BatchUnknown.
    BatchUnknown = 8,
    /// BatchClosed.
    BatchClosed = 9,
    /// UnknownXID.
    UnknownXid = 10,
    /// UnknownLID.
    UnknownLid = 11,
}

/// CapRevOrCredCode
///
/// What came of a capture reversal or a credit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, AsnType, Decode, Encode)]
#[rasn(enumerated)]
pub enum CapRevOrCredCode {
    /// Success.
    Success = 0,
    /// UnspecifiedFailure.
    UnspecifiedFailure = 1,
    /// DuplicateRequest.
    DuplicateRequest = 2,
    /// OriginalProcessed.
    OriginalProcessed = 3,
    /// OriginalNotFound.
    OriginalNotFound = 4,
    /// CapPurged.
    CapPurged = 5,
    /// CapDataMismatch.
    CapDataMismatch = 6,
    /// MissingCapData.
    MissingCapData = 7,
    /// MissingCapToken.
    MissingCapToken = 8,
    /// InvalidCapToken.
    InvalidCapToken = 9,
    /// BatchUnknown.
    BatchUnknown = 10,
    /// BatchClosed.
    BatchClosed = 11,
}
