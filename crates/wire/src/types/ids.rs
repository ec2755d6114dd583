//! The identifiers that tie messages to purchases and to each other.

use openset_types::{Language, LocalId, MerchantId, Rrpid, UnixTime, Xid};
use rasn::{AsnType, Decode, Decoder, Encode};

use crate::der::{Carried, Visible};

/// PaySysID
///
/// An identifier that the payment system gave.
pub type PaySysId = Visible<1, 64>;

/// TransIDs
///
/// Names one purchase to everyone who takes part in it.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct TransIds {
    /// Cardholder-side label.
    pub lid_c: Carried<LocalId>,
    /// Merchant-side label.
    #[rasn(tag(context, 0))]
    pub lid_m: Option<Carried<LocalId>>,
    /// Global transaction id.
    pub xid: Carried<Xid>,
    /// Purchase request date.
    pub p_req_date: Carried<UnixTime>,
    /// Id assigned by the payment system.
    #[rasn(tag(context, 1))]
    pub pay_sys_id: Option<PaySysId>,
    /// RFC 1766 language of the cardholder.
    pub language: Carried<Language>,
}

/// RRTags
///
/// Names one question between merchant and gateway, and when it was asked.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct RrTags {
    /// Which question this asks or answers.
    pub rrpid: Carried<Rrpid>,
    /// Merchant terminal ids.
    pub mer_term_ids: MerTermIds,
    /// When.
    pub current_date: Carried<UnixTime>,
}

/// MerTermIDs
///
/// Names the merchant and, where it has them, its terminal, agent, chain and store.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct MerTermIds {
    /// The merchant's number at its acquirer.
    pub merchant_id: Carried<MerchantId>,
    /// Terminal.
    pub terminal_id: Option<Visible<1, 48>>,
    /// Agent.
    pub agent_num: Option<u64>,
    /// Chain.
    #[rasn(tag(context, 0))]
    pub chain_num: Option<u64>,
    /// Store.
    #[rasn(tag(context, 1))]
    pub store_num: Option<u64>,
}
