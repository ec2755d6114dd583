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
    /// With certificate.
    #[rasn(tag(explicit(context, 0)))]
    InqReqSigned(Signed<InqReqData>),
    /// Without.
    #[rasn(tag(explicit(context, 1)))]
    InqReqUnsigned(InqReqData),
}

/// InqReqData
///
/// Which order, and a fresh challenge.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct InqReqData {
    /// Transaction ids.
    pub trans_ids: TransIds,
    /// Request/response pair id.
    pub rrpid: Carried<Rrpid>,
    /// Fresh cardholder challenge.
    pub chall_c2: Challenge,
    /// Extensions.
    #[rasn(tag(context, 0))]
    pub inq_rq_extensions: Option<MsgExtensions>,
}
