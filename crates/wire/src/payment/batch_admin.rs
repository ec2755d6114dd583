//! Batches: merchant and acquirer open, close and compare them.

use openset_types::{Brand, Rrpid, UnixTime};
use rasn::{AsnType, Decode, Decoder, Encode, Encoder};

use super::BrandAndBin;
use crate::{
    der::Carried,
    opaque::{Merchant, PaymentGateway, Sealed, Signed},
    types::{BatchStatus, CurrencyAmount, MsgExtensions, RrTags, SetString, TransIds},
};

/// BatchAdminReq
///
/// The request about batches.
pub type BatchAdminReq = Sealed<BatchAdminReqTbe, PaymentGateway>;

/// BatchAdminReqTBE
///
/// What is sealed for the gateway.
pub type BatchAdminReqTbe = Signed<BatchAdminReqData>;

/// BatchAdminRes
///
/// The answer.
pub type BatchAdminRes = Sealed<BatchAdminResTbe, Merchant>;

/// BatchAdminResTBE
///
/// What is sealed for the merchant.
pub type BatchAdminResTbe = Signed<BatchAdminResData>;

/// BatchAdminReqData
///
/// What is to be done with a batch, or told of it; or what the merchant has counted itself.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct BatchAdminReqData {
    /// Which question.
    pub batch_admin_rr_tags: RrTags,
    /// Batch number.
    #[rasn(tag(context, 0))]
    pub batch_id: Option<u64>,
    /// The brands that may go into a batch to be opened.
    #[rasn(tag(context, 1), size("1.."))]
    pub brand_and_bin_seq: Option<Vec<BrandAndBin>>,
    /// What is to be done.
    #[rasn(tag(context, 2))]
    pub batch_operation: Option<BatchOperation>,
    /// Asks for the totals.
    #[rasn(default)]
    pub return_batch_summary_ind: bool,
    /// Asks for the items.
    #[rasn(tag(context, 3))]
    pub return_transaction_detail: Option<ReturnTransactionDetail>,
    /// The totals as the merchant has them.
    #[rasn(tag(context, 4))]
    pub batch_status: Option<BatchStatus>,
    /// The items as the merchant has them.
    #[rasn(tag(context, 5))]
    pub trans_details: Option<TransDetails>,
    /// What SET itself does not say.
    #[rasn(tag(context, 6))]
    pub ba_rq_extensions: Option<MsgExtensions>,
}

/// BatchOperation
///
/// What is to be done with a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, AsnType, Decode, Encode)]
#[rasn(enumerated)]
pub enum BatchOperation {
    /// `open`
    Open = 0,
    /// `purge`
    Purge = 1,
    /// `close`
    Close = 2,
}

/// ReturnTransactionDetail
///
/// Which items of a batch are asked for.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct ReturnTransactionDetail {
    /// 0 for the first item, else what the answer before named as the next.
    pub starting_point: i64,
    /// At most so many.
    #[rasn(value("1..=18446744073709551615"))]
    pub maximum_items: u64,
    /// Failed items only.
    #[rasn(default)]
    pub errors_only_ind: bool,
    /// The brand, perhaps with its product.
    #[rasn(tag(explicit(context, 0)))]
    pub brand_id: Option<Carried<Brand>>,
}

/// TransDetails
///
/// Items of a batch, and where to go on.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct TransDetails {
    /// Where the next items begin; 0 where there are no more.
    pub next_starting_point: i64,
    /// Each of them.
    pub transaction_detail_seq: Vec<TransactionDetail>,
}

/// TransactionDetail
///
/// One item of a batch.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct TransactionDetail {
    /// Which purchase.
    pub trans_ids: TransIds,
    /// RRPID of the authorization.
    pub auth_rrpid: Carried<Rrpid>,
    /// The brand, perhaps with its product.
    pub brand_id: Carried<Brand>,
    /// Position in the batch.
    #[rasn(value("1..=18446744073709551615"))]
    pub batch_sequence_num: u64,
    /// What the interchange fee goes by.
    pub reimbursement_id: Option<ReimbursementId>,
    /// Amount.
    pub transaction_amt: CurrencyAmount,
    /// Which way it goes.
    pub transaction_amt_type: AmountType,
    /// What came of it.
    #[rasn(tag(context, 0))]
    pub transaction_status: Option<TransactionStatus>,
    /// What SET itself does not say.
    #[rasn(tag(context, 1))]
    pub trans_extensions: Option<MsgExtensions>,
}

/// ReimbursementID
///
/// What the interchange fee of an item goes by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, AsnType, Decode, Encode)]
#[rasn(enumerated)]
pub enum ReimbursementId {
    /// `unspecified`
    Unspecified = 0,
    /// `standard`
    Standard = 1,
    /// `keyEntered`
    KeyEntered = 2,
    /// `electronic`
    Electronic = 3,
    /// `additionalData`
    AdditionalData = 4,
    /// `enhancedData`
    EnhancedData = 5,
    /// `marketSpecific`
    MarketSpecific = 6,
}

/// AmountType
///
/// Which way an amount goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, AsnType, Decode, Encode)]
#[rasn(enumerated)]
pub enum AmountType {
    /// `credit`
    Credit = 0,
    /// `debit`
    Debit = 1,
}

/// TransactionStatus
///
/// What came of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, AsnType, Decode, Encode)]
#[rasn(enumerated)]
pub enum TransactionStatus {
    /// `success`
    Success = 0,
    /// `unspecifiedFailure`
    UnspecifiedFailure = 1,
}

/// BatchAdminResData
///
/// How the batch stands at the acquirer.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct BatchAdminResData {
    /// Which question.
    pub batch_admin_tags: RrTags,
    /// Batch number.
    pub batch_id: u64,
    /// What came of it.
    pub ba_status: Option<BaStatus>,
    /// The totals as the acquirer has them.
    #[rasn(tag(context, 0))]
    pub batch_status: Option<BatchStatus>,
    /// How far the batch has come on its way to the network.
    #[rasn(tag(context, 1))]
    pub transmission_status: Option<TransmissionStatus>,
    /// What the merchant is paid.
    #[rasn(tag(context, 2))]
    pub settlement_info: Option<SettlementInfo>,
    /// The items as the acquirer has them.
    #[rasn(tag(context, 3))]
    pub trans_details: Option<TransDetails>,
    /// What SET itself does not say.
    #[rasn(tag(context, 4))]
    pub ba_rs_extensions: Option<MsgExtensions>,
}

/// BAStatus
///
/// What came of a request about a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, AsnType, Decode, Encode)]
#[rasn(enumerated)]
pub enum BaStatus {
    /// `success`
    Success = 0,
    /// `communicationsError`
    CommunicationsError = 1,
    /// `unknownBatchID`
    UnknownBatchId = 2,
    /// `batchAlreadyOpen`
    BatchAlreadyOpen = 3,
    /// `batchAlreadyClosed`
    BatchAlreadyClosed = 4,
    /// `unknownTransactionDetail`
    UnknownTransactionDetail = 5,
    /// `brandNotSupported`
    BrandNotSupported = 6,
    /// `unknownBIN`
    UnknownBin = 7,
    /// `batchIDUnavailable`
    BatchIdUnavailable = 8,
}

/// TransmissionStatus
///
/// How far a batch has come on its way to the network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, AsnType, Decode, Encode)]
#[rasn(enumerated)]
pub enum TransmissionStatus {
    /// `pending`
    Pending = 0,
    /// `inProgress`
    InProgress = 1,
    /// `batchRejectedByAcquirer`
    BatchRejectedByAcquirer = 2,
    /// `completedSuccessfully`
    CompletedSuccessfully = 3,
    /// `completedWithItemErrors`
    CompletedWithItemErrors = 4,
}

/// SettlementInfo
///
/// What the merchant is paid for a batch, where and when.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct SettlementInfo {
    /// Amount.
    pub settlement_amount: CurrencyAmount,
    /// Which way it goes.
    pub settlement_type: AmountType,
    /// The merchant's account.
    pub settlement_account: SetString<50>,
    /// When it is there.
    pub settlement_deposit_date: Carried<UnixTime>,
}
