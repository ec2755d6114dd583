//! What capture reversal, credit and credit reversal have in common: one shape for three messages.
//!
//! Which of the three a value belongs to says the type around it: [`CapRevReqTbs`], `CredReqTbs`
//! or `CredRevReqTbs`, for each has its own content type.
//!
//! [`CapRevReqTbs`]: super::CapRevReqTbs

use openset_types::{Rrpid, UnixTime};
use rasn::{AsnType, Decode, Decoder, Encode, Encoder};

use super::CapPayload;
use crate::{
    der::Carried,
    types::{BatchStatus, CertThumb, CurrencyAmount, MsgExtensions, RrTags, Thumbs, TransIds},
    x509::BrandCrlIdentifier,
};

/// CapRevOrCredReqData
///
/// What is taken back or given back.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct CapRevOrCredReqData {
    /// Which question.
    pub cap_rev_or_cred_rr_tags: RrTags,
    /// What the merchant has already.
    #[rasn(tag(explicit(context, 0)))]
    pub m_thumbs: Option<Thumbs>,
    /// Each of them.
    #[rasn(size("1.."))]
    pub cap_rev_or_cred_req_item_seq: Vec<CapRevOrCredReqItem>,
    /// What SET itself does not say.
    #[rasn(tag(context, 1))]
    pub c_rv_rq_extensions: Option<MsgExtensions>,
}

/// CapRevOrCredReqItem
///
/// One capture or credit, and what is to become of it.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct CapRevOrCredReqItem {
    /// Which purchase.
    pub trans_ids: TransIds,
    /// RRPID of the authorization.
    pub auth_rrpid: Carried<Rrpid>,
    /// What was captured.
    pub cap_payload: CapPayload,
    /// Batch to put the item into.
    #[rasn(tag(context, 0))]
    pub new_batch_id: Option<u64>,
    /// When.
    pub cap_rev_or_cred_req_date: Carried<UnixTime>,
    /// Amount, where it is not all of it.
    #[rasn(tag(context, 1))]
    pub cap_rev_or_cred_req_amt: Option<CurrencyAmount>,
    /// The account is another one than that of the purchase.
    #[rasn(default)]
    pub new_account_ind: bool,
    /// What SET itself does not say.
    #[rasn(tag(context, 2))]
    pub c_rv_rq_item_extensions: Option<MsgExtensions>,
}

/// CapRevOrCredResData
///
/// What came of each.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct CapRevOrCredResData {
    /// Which question.
    pub cap_rev_or_cred_rr_tags: RrTags,
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
    pub cap_rev_or_cred_res_item_seq: Vec<CapRevOrCredResItem>,
    /// What SET itself does not say.
    #[rasn(tag(context, 3))]
    pub c_rv_rs_extensions: Option<MsgExtensions>,
}

/// CapRevOrCredResItem
///
/// What came of one.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct CapRevOrCredResItem {
    /// Which purchase.
    pub trans_ids: TransIds,
    /// RRPID of the authorization.
    pub auth_rrpid: Carried<Rrpid>,
    /// What came of it.
    pub cap_rev_or_cred_res_payload: CapRevOrCredResPayload,
}

/// CapRevOrCredResPayload
///
/// The result of one.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct CapRevOrCredResPayload {
    /// What came of it.
    pub cap_rev_or_cred_code: CapRevOrCredCode,
    /// Amount taken back or given back.
    pub cap_rev_or_cred_actual_amt: CurrencyAmount,
    /// Batch number.
    #[rasn(tag(context, 0))]
    pub batch_id: Option<u64>,
    /// Position in the batch.
    #[rasn(tag(context, 1), value("1..=18446744073709551615"))]
    pub batch_sequence_num: Option<u64>,
    /// What SET itself does not say.
    #[rasn(tag(context, 2))]
    pub c_rv_rs_pay_extensions: Option<MsgExtensions>,
}

/// CapRevOrCredCode
///
/// What came of a capture reversal or a credit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, AsnType, Decode, Encode)]
#[rasn(enumerated)]
pub enum CapRevOrCredCode {
    /// `success`
    Success = 0,
    /// `unspecifiedFailure`
    UnspecifiedFailure = 1,
    /// `duplicateRequest`
    DuplicateRequest = 2,
    /// `originalProcessed`
    OriginalProcessed = 3,
    /// `originalNotFound`
    OriginalNotFound = 4,
    /// `capPurged`
    CapPurged = 5,
    /// `capDataMismatch`
    CapDataMismatch = 6,
    /// `missingCapData`
    MissingCapData = 7,
    /// `missingCapToken`
    MissingCapToken = 8,
    /// `invalidCapToken`
    InvalidCapToken = 9,
    /// `batchUnknown`
    BatchUnknown = 10,
    /// `batchClosed`
    BatchClosed = 11,
}
