//! Inquiry: the cardholder asks how an order stands.

use openset_types::Rrpid;
use rasn::{AsnType, Decode, Decoder, Encode};

use super::PRes;
use crate::{
    der::Carried,
    opaque::Signed,
    types::{Challenge, MsgExtensions, TransIds},
};

/// InqRes
///
/// The same answer as to the purchase request.
pub type InqRes = PRes;

/// InqReq
///
/// The inquiry.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
#[rasn(choice)]
pub enum InqReq {
    /// Signed, by a party with a certificate.
    #[rasn(tag(explicit(context, 0)))]
    InqReqSigned(Signed<InqReqData>),
    /// By a party without a certificate.
    #[rasn(tag(explicit(context, 1)))]
    InqReqUnsigned(InqReqData),
}

/// InqReqData
///
/// Which order, and a fresh challenge.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct InqReqData {
    /// Which purchase.
    pub trans_ids: TransIds,
    /// Which question this asks or answers.
    pub rrpid: Carried<Rrpid>,
    /// The cardholder's new challenge.
    pub chall_c2: Challenge,
    /// What SET itself does not say.
    #[rasn(tag(context, 0))]
    pub inq_rq_extensions: Option<MsgExtensions>,
}
