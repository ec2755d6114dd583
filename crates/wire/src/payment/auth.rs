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
    /// What was signed and sealed.
    pub enc: Sealed<AuthReqTbe, PaymentGateway>,
    /// What travels beside it, tied to it by a digest.
    pub baggage: Original<Pi>,
}

/// AuthReqData
///
/// What the merchant asks.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct AuthReqData {
    /// Authorization request item.
    pub auth_req_item: AuthReqItem,
    /// What the merchant has already.
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
    /// Which question.
    pub auth_tags: AuthTags,
    /// Merchant-computed digests to check the PI.
    #[rasn(tag(context, 0))]
    pub check_digests: Option<CheckDigests>,
    /// What is said.
    pub auth_req_payload: AuthReqPayload,
}

/// AuthTags
///
/// Names the question and the purchase.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct AuthTags {
    /// Which question.
    pub auth_rr_tags: RrTags,
    /// Which purchase.
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
    /// What the market adds.
    #[rasn(tag(explicit(context, 4)))]
    pub market_spec_auth_data: Option<MarketSpecAuthData>,
    /// Merchant classification.
    pub merch_data: MerchData,
    /// What SET itself does not say.
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
    /// `directMarketing`
    DirectMarketing = 0,
    /// `preferredCustomer`
    PreferredCustomer = 1,
}

/// CardSuspect
///
/// Why the merchant suspects the cardholder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, AsnType, Decode, Encode)]
#[rasn(enumerated)]
pub enum CardSuspect {
    /// `unspecifiedReason`
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
    /// `commercialTravel`
    CommercialTravel = 1,
    /// `lodging`
    Lodging = 2,
    /// `automobileRental`
    AutomobileRental = 3,
    /// `restaurant`
    Restaurant = 4,
    /// `medical`
    Medical = 5,
    /// `mailOrPhoneOrder`
    MailOrPhoneOrder = 6,
    /// `riskyPurchase`
    RiskyPurchase = 7,
    /// `other`
    Other = 8,
}
