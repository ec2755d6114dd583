//! Authorization: the merchant asks the gateway whether the payment is good.

use openset_types::MerchantCategory;
use rasn::{AsnType, Decode, Decoder, Encode, Encoder};

use super::{Hod, OiData, Pi};
use crate::{
    der::{Carried, Original},
    opaque::{Digested, Linked, PaymentGateway, Sealed, Signed},
    types::{
        CurrencyAmount, InstallRecurData, Location, MarketSpecAuthData, MsgExtensions, RrTags,
        SaleDetail, SetString, Thumbs, TransIds,
    },
};

/// AuthReqTBE
///
/// What is sealed for the gateway.
pub type AuthReqTbe = Signed<AuthReqTbs>;

/// AuthReqTBS
///
/// The request, tied to the payment instructions.
pub type AuthReqTbs = Linked<AuthReqData, Pi>;

/// AuthReq
///
/// The authorization request: what the merchant says, and beside it the payment instructions it
/// cannot read.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct AuthReq {
    /// Enveloped signed data.
    pub enc: Sealed<AuthReqTbe, PaymentGateway>,
    /// Externally encrypted part, linked by digest.
    pub baggage: Original<Pi>,
}

/// AuthReqData
///
/// What the merchant asks.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct AuthReqData {
    /// Authorization request item.
    pub auth_req_item: AuthReqItem,
    /// What the merchant has cached.
    #[rasn(tag(explicit(context, 0)))]
    pub m_thumbs: Option<Thumbs>,
    /// Sale: authorize and capture.
    #[rasn(default)]
    pub capture_now: bool,
    /// Sale details for capture.
    #[rasn(tag(context, 1))]
    pub sale_detail: Option<SaleDetail>,
}

/// AuthReqItem
///
/// One authorization.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct AuthReqItem {
    /// Tags.
    pub auth_tags: AuthTags,
    /// Merchant-computed digests to check the PI.
    #[rasn(tag(context, 0))]
    pub check_digests: Option<CheckDigests>,
    /// Payload.
    pub auth_req_payload: AuthReqPayload,
}

/// AuthTags
///
/// Names the question and the purchase.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct AuthTags {
    /// Pair tags.
    pub auth_rr_tags: RrTags,
    /// Transaction ids.
    pub trans_ids: TransIds,
    /// Acquirer network reference.
    pub auth_ret_num: Option<u64>,
}

/// CheckDigests
///
/// What the merchant believes the order to be, for the gateway to compare.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct CheckDigests {
    /// Digest of OIData.
    pub h_oi_data: Digested<OiData>,
    /// The merchant's own digest of HODInput.
    pub hod2: Hod,
}

/// AuthReqPayload
///
/// How much is asked for, and what kind of merchant asks.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct AuthReqPayload {
    /// More authorizations will follow (split shipment).
    #[rasn(default)]
    pub subsequent_auth_ind: bool,
    /// Amount to authorize.
    pub auth_req_amt: CurrencyAmount,
    /// Address verification data.
    #[rasn(tag(context, 0))]
    pub avs_data: Option<AvsData>,
    /// Kind of special processing.
    #[rasn(tag(context, 1))]
    pub special_processing: Option<SpecialProcessing>,
    /// Merchant suspects the cardholder.
    #[rasn(tag(context, 2))]
    pub card_suspect: Option<CardSuspect>,
    /// Asks for cardType in the answer.
    #[rasn(default)]
    pub request_card_type_ind: bool,
    /// Instalment or recurring terms.
    #[rasn(tag(context, 3))]
    pub install_recur_data: Option<InstallRecurData>,
    /// Market data.
    #[rasn(tag(explicit(context, 4)))]
    pub market_spec_auth_data: Option<MarketSpecAuthData>,
    /// Merchant classification.
    pub merch_data: MerchData,
    /// Extensions.
    #[rasn(tag(context, 5))]
    pub a_rq_extensions: Option<MsgExtensions>,
}

/// AVSData
///
/// Where the cardholder is billed.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct AvsData {
    /// Billing street.
    pub street_address: Option<SetString<128>>,
    /// Billing place.
    pub location: Location,
}

/// SpecialProcessing
///
/// A kind of special processing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, AsnType, Decode, Encode)]
#[rasn(enumerated)]
pub enum SpecialProcessing {
    /// DirectMarketing.
    DirectMarketing = 0,
    /// PreferredCustomer.
    PreferredCustomer = 1,
}

/// CardSuspect
///
/// Why the merchant suspects the cardholder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, AsnType, Decode, Encode)]
#[rasn(enumerated)]
pub enum CardSuspect {
    /// UnspecifiedReason.
    UnspecifiedReason = 0,
}

/// MerchData
///
/// What kind of business the merchant is.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct MerchData {
    /// Four-digit merchant category.
    pub merch_cat_code: Option<Carried<MerchantCategory>>,
    /// Merchant group.
    pub merch_group: Option<MerchGroup>,
}

/// MerchGroup
///
/// A coarse kind of business.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, AsnType, Decode, Encode)]
#[rasn(enumerated)]
pub enum MerchGroup {
    /// CommercialTravel.
    CommercialTravel = 1,
    /// Lodging.
    Lodging = 2,
    /// AutomobileRental.
    AutomobileRental = 3,
    /// Restaurant.
    Restaurant = 4,
    /// Medical.
    Medical = 5,
    /// MailOrPhoneOrder.
    MailOrPhoneOrder = 6,
    /// RiskyPurchase.
    RiskyPurchase = 7,
    /// Other.
    Other = 8,
}
