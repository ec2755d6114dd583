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
    EncB(CapEncB<CapReqTbe>),
    /// With baggage and the PANToken.
    #[rasn(tag(explicit(context, 1)))]
    EncBx(CapEncBx<CapReqTbex>),
}

/// CapEncB
///
/// A request that tells of captures, and beside it the tokens it shows. `T` is what is sealed.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct CapEncB<T> {
    /// What was signed and sealed.
    pub enc: Sealed<T, PaymentGateway>,
    /// What travels beside it, tied to it by a digest.
    pub baggage: Original<CapTokenSeq>,
}

/// CapEncBX
///
/// The same with a PANToken.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct CapEncBx<T> {
    /// Sealed for the gateway, with a PANToken beside it.
    pub enc_x: Sealed<T, PaymentGateway>,
    /// What travels beside it, tied to it by a digest.
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
    /// Which question.
    pub cap_rr_tags: RrTags,
    /// What the merchant has already.
    #[rasn(tag(explicit(context, 0)))]
    pub m_thumbs: Option<Thumbs>,
    /// Each of them.
    #[rasn(size("1.."))]
    pub cap_item_seq: Vec<CapItem>,
    /// What SET itself does not say.
    #[rasn(tag(context, 1))]
    pub c_rq_extensions: Option<MsgExtensions>,
}

/// CapItem
///
/// One capture.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct CapItem {
    /// Which purchase.
    pub trans_ids: TransIds,
    /// RRPID of the authorization.
    pub auth_rrpid: Carried<Rrpid>,
    /// What is said.
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
    /// What is said.
    #[rasn(tag(context, 1))]
    pub auth_res_payload: Option<AuthResPayload>,
    /// Sale details for capture.
    #[rasn(tag(context, 2))]
    pub sale_detail: Option<SaleDetail>,
    /// What SET itself does not say.
    #[rasn(tag(context, 3))]
    pub c_pay_extensions: Option<MsgExtensions>,
}

/// CapResData
///
/// What came of each capture.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct CapResData {
    /// Which question.
    pub cap_rr_tags: RrTags,
    /// The brand's current list, if the other side lacks it.
    #[rasn(tag(explicit(context, 0)))]
    pub brand_crl_identifier: Option<BrandCrlIdentifier>,
    /// The gateway certificate to seal for.
    #[rasn(tag(explicit(context, 1)))]
    pub pe_thumb: Option<CertThumb>,
    /// How the batches stand.
    #[rasn(tag(context, 2))]
    pub batch_status_seq: Option<Vec<BatchStatus>>,
    /// What came of each.
    #[rasn(size("1.."))]
    pub cap_res_item_seq: Vec<CapResItem>,
    /// What SET itself does not say.
    #[rasn(tag(context, 3))]
    pub c_rs_extensions: Option<MsgExtensions>,
}

/// CapResItem
///
/// What came of one capture.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct CapResItem {
    /// Which purchase.
    pub trans_ids: TransIds,
    /// RRPID of the authorization.
    pub auth_rrpid: Carried<Rrpid>,
    /// What came of the capture.
    pub cap_res_payload: CapResPayload,
}

/// CapResPayload
///
/// The result of one capture.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct CapResPayload {
    /// What came of it.
    pub cap_code: CapCode,
    /// Amount captured.
    pub cap_amt: CurrencyAmount,
    /// Batch number.
    #[rasn(tag(context, 0))]
    pub batch_id: Option<u64>,
    /// Position in the batch.
    #[rasn(tag(context, 1), value("1..=18446744073709551615"))]
    pub batch_sequence_num: Option<u64>,
    /// What SET itself does not say.
    #[rasn(tag(context, 2))]
    pub c_rs_pay_extensions: Option<MsgExtensions>,
}

/// CapCode
///
/// What came of a capture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, AsnType, Decode, Encode)]
#[rasn(enumerated)]
pub enum CapCode {
    /// `success`
    Success = 0,
    /// `unspecifiedFailure`
    UnspecifiedFailure = 1,
    /// `duplicateRequest`
    DuplicateRequest = 2,
    /// `authExpired`
    AuthExpired = 3,
    /// `authDataMissing`
    AuthDataMissing = 4,
    /// `invalidAuthData`
    InvalidAuthData = 5,
    /// `capTokenMissing`
    CapTokenMissing = 6,
    /// `invalidCapToken`
    InvalidCapToken = 7,
    /// `batchUnknown`
    BatchUnknown = 8,
    /// `batchClosed`
    BatchClosed = 9,
    /// `unknownXID`
    UnknownXid = 10,
    /// `unknownLID`
    UnknownLid = 11,
}
