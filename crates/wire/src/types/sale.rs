//! What a merchant tells the acquirer about a sale, and how batches stand.

use openset_types::{Brand, UnixTime};
use rasn::{AsnType, Decode, Decoder, Encode, Encoder};

use super::{
    CommercialCardData, CurrencyAmount, MarketSpecSaleData, MsgExtensions, Phone, SetString,
};
use crate::{
    der::{Carried, Visible},
    payment::AuthCharInd,
};

/// SaleDetail
///
/// What the acquirer is told about a sale.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct SaleDetail {
    /// Batch number.
    #[rasn(tag(context, 0))]
    pub batch_id: Option<u64>,
    /// Position in the batch.
    #[rasn(tag(context, 1), value("1..=18446744073709551615"))]
    pub batch_sequence_num: Option<u64>,
    /// Kind of payment.
    #[rasn(tag(context, 2))]
    pub pay_recur_ind: Option<PayRecurInd>,
    /// Merchant order number.
    #[rasn(tag(context, 3))]
    pub mer_order_num: Option<Visible<1, 25>>,
    /// Authorization characteristics.
    #[rasn(tag(context, 4))]
    pub auth_char_ind: Option<AuthCharInd>,
    /// What the market adds.
    #[rasn(tag(context, 5))]
    pub market_spec_sale_data: Option<MarketSpecSaleData>,
    /// Purchasing-card data.
    #[rasn(tag(context, 6))]
    pub commercial_card_data: Option<CommercialCardData>,
    /// Order summary.
    #[rasn(tag(explicit(context, 7)))]
    pub order_summary: Option<SetString<35>>,
    /// Customer reference.
    #[rasn(tag(explicit(context, 8)))]
    pub customer_reference_number: Option<SetString<20>>,
    /// Phone for the statement.
    #[rasn(tag(explicit(context, 9)))]
    pub customer_service_phone: Option<Phone>,
    /// Phone may be printed.
    #[rasn(tag(context, 10), default)]
    pub ok_to_print_phone_ind: bool,
    /// What SET itself does not say.
    #[rasn(tag(context, 11))]
    pub sale_extensions: Option<MsgExtensions>,
}

/// PayRecurInd
///
/// How often this sale is paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, AsnType, Decode, Encode)]
#[rasn(enumerated)]
pub enum PayRecurInd {
    /// `unknown`
    Unknown = 0,
    /// `singleTransaction`
    SingleTransaction = 1,
    /// `recurringTransaction`
    RecurringTransaction = 2,
    /// `installmentPayment`
    InstallmentPayment = 3,
    /// `otherMailOrder`
    OtherMailOrder = 4,
}

/// BatchStatus
///
/// How a batch of captures stands.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct BatchStatus {
    /// Opened.
    pub open_date_time: Carried<UnixTime>,
    /// Closed.
    #[rasn(tag(context, 0))]
    pub closed_when: Option<ClosedWhen>,
    /// Totals.
    pub batch_details: BatchDetails,
    /// What SET itself does not say.
    #[rasn(tag(context, 1))]
    pub batch_extensions: Option<MsgExtensions>,
}

/// ClosedWhen
///
/// By whom and when a batch was closed.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct ClosedWhen {
    /// Who closed it.
    pub close_status: CloseStatus,
    /// When.
    pub close_date_time: Carried<UnixTime>,
}

/// CloseStatus
///
/// Who closed a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, AsnType, Decode, Encode)]
#[rasn(enumerated)]
pub enum CloseStatus {
    /// `closedbyMerchant`
    ClosedbyMerchant = 0,
    /// `closedbyAcquirer`
    ClosedbyAcquirer = 1,
}

/// BatchDetails
///
/// The totals of a batch, and of each brand in it.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct BatchDetails {
    /// Totals.
    pub batch_totals: BatchTotals,
    /// Totals per brand.
    #[rasn(size("1.."))]
    pub brand_batch_details_seq: Option<Vec<BrandBatchDetails>>,
}

/// BatchTotals
///
/// How many credits and debits, and how much.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct BatchTotals {
    /// Credits.
    pub transaction_count_credit: u64,
    /// Sum of credits.
    pub transaction_total_amt_credit: CurrencyAmount,
    /// Debits.
    pub transaction_count_debit: u64,
    /// Sum of debits.
    pub transaction_total_amt_debit: CurrencyAmount,
    /// What SET itself does not say.
    #[rasn(tag(context, 0))]
    pub batch_total_extensions: Option<MsgExtensions>,
}

/// BrandBatchDetails
///
/// The totals of one brand.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct BrandBatchDetails {
    /// The brand, perhaps with its product.
    pub brand_id: Carried<Brand>,
    /// Totals.
    pub batch_totals: BatchTotals,
}
