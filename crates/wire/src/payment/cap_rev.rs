//! Capture reversal: the merchant undoes a capture.

use rasn::{AsnType, Decode, Decoder, Encode};

use super::{CapEncB, CapEncBx, CapRevOrCredReqData, CapRevOrCredResData, CapTokenSeq};
use crate::{
    der::Original,
    opaque::{Linked, Merchant, Sealed, Signed},
    types::PanToken,
};

/// CapRevReqTBE
///
/// What is sealed for the gateway.
pub type CapRevReqTbe = Signed<CapRevReqTbs>;

/// CapRevRes
///
/// The capture reversal response.
pub type CapRevRes = Sealed<CapRevResTbe, Merchant>;

/// CapRevResTBE
///
/// What is sealed for the merchant.
pub type CapRevResTbe = Signed<CapRevResData>;

/// CapRevReq
///
/// The capture reversal request.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
#[rasn(choice)]
pub enum CapRevReq {
    /// With baggage.
    #[rasn(tag(explicit(context, 0)))]
    EncB(CapEncB<CapRevReqTbe>),
    /// With baggage and the PANToken.
    #[rasn(tag(explicit(context, 1)))]
    EncBx(CapEncBx<CapRevReqTbex>),
}

/// CapRevReqTBS
///
/// The request, tied to its tokens.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
#[rasn(delegate)]
pub struct CapRevReqTbs(pub Linked<CapRevOrCredReqData, CapTokenSeq>);

/// CapRevReqTBEX
///
/// What is sealed for the gateway when the PANToken is shown.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct CapRevReqTbex {
    /// What is signed together with the PANToken.
    pub cap_rev_req_tbs: Original<CapRevReqTbs>,
    /// The detached signature.
    pub cap_rev_req_s: Signed<CapRevReqTbsx>,
}

/// CapRevReqTBSX
///
/// What the merchant signs when the PANToken is shown.
#[derive(Debug, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct CapRevReqTbsx {
    /// What is signed together with the PANToken.
    pub cap_rev_req_tbs: Original<CapRevReqTbs>,
    /// The account.
    pub pan_token: PanToken,
}

/// CapRevOrCredResData
///
/// What came of each capture reversal. Its content type is CapRevResData.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
#[rasn(delegate)]
pub struct CapRevResData(pub CapRevOrCredResData);
