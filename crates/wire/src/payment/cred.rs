//! Credit: the merchant gives money back, also long after it was captured.

use rasn::{AsnType, Decode, Decoder, Encode};

use super::{CapEncB, CapEncBx, CapRevOrCredReqData, CapRevOrCredResData, CapTokenSeq};
use crate::{
    der::Original,
    opaque::{Linked, Merchant, Sealed, Signed},
    types::PanToken,
};

/// CredReqTBE
///
/// What is sealed for the gateway.
pub type CredReqTbe = Signed<CredReqTbs>;

/// CredRes
///
/// The credit response.
pub type CredRes = Sealed<CredResTbe, Merchant>;

/// CredResTBE
///
/// What is sealed for the merchant.
pub type CredResTbe = Signed<CredResData>;

/// CredReq
///
/// The credit request.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
#[rasn(choice)]
pub enum CredReq {
    /// With baggage.
    #[rasn(tag(explicit(context, 0)))]
    EncB(CapEncB<CredReqTbe>),
    /// With baggage and the PANToken.
    #[rasn(tag(explicit(context, 1)))]
    EncBx(CapEncBx<CredReqTbex>),
}

/// CredReqTBS
///
/// The request, tied to its tokens.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
#[rasn(delegate)]
pub struct CredReqTbs(pub Linked<CapRevOrCredReqData, CapTokenSeq>);

/// CredReqTBEX
///
/// What is sealed for the gateway when the PANToken is shown.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct CredReqTbex {
    /// What is signed together with the PANToken.
    pub cred_req_tbs: Original<CredReqTbs>,
    /// The detached signature.
    pub cred_req_s: Signed<CredReqTbsx>,
}

/// CredReqTBSX
///
/// What the merchant signs when the PANToken is shown.
#[derive(Debug, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct CredReqTbsx {
    /// What is signed together with the PANToken.
    pub cred_req_tbs: Original<CredReqTbs>,
    /// The account.
    pub pan_token: PanToken,
}

/// CapRevOrCredResData
///
/// What came of each credit. Its content type is CredResData.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
#[rasn(delegate)]
pub struct CredResData(pub CapRevOrCredResData);
