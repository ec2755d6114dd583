//! Credit reversal: the merchant undoes a credit.

use rasn::{AsnType, Decode, Decoder, Encode};

use super::{CapEncB, CapEncBx, CapRevOrCredReqData, CapRevOrCredResData, CapTokenSeq};
use crate::{
    der::Original,
    opaque::{Linked, Merchant, Sealed, Signed},
    types::PanToken,
};

/// CredRevReqTBE
///
/// What is sealed for the gateway.
pub type CredRevReqTbe = Signed<CredRevReqTbs>;

/// CredRevRes
///
/// The credit reversal response.
pub type CredRevRes = Sealed<CredRevResTbe, Merchant>;

/// CredRevResTBE
///
/// What is sealed for the merchant.
pub type CredRevResTbe = Signed<CredRevResData>;

/// CredRevReq
///
/// The credit reversal request.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
#[rasn(choice)]
pub enum CredRevReq {
    /// With baggage.
    #[rasn(tag(explicit(context, 0)))]
    EncB(CapEncB<CredRevReqTbe>),
    /// With baggage and the PANToken.
    #[rasn(tag(explicit(context, 1)))]
    EncBx(CapEncBx<CredRevReqTbex>),
}

/// CredRevReqTBS
///
/// The request, tied to its tokens.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
#[rasn(delegate)]
pub struct CredRevReqTbs(pub Linked<CapRevOrCredReqData, CapTokenSeq>);

/// CredRevReqTBEX
///
/// What is sealed for the gateway when the PANToken is shown.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct CredRevReqTbex {
    /// What is signed together with the PANToken.
    pub cred_rev_req_tbs: Original<CredRevReqTbs>,
    /// The detached signature.
    pub cred_rev_req_s: Signed<CredRevReqTbsx>,
}

/// CredRevReqTBSX
///
/// What the merchant signs when the PANToken is shown.
#[derive(Debug, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct CredRevReqTbsx {
    /// What is signed together with the PANToken.
    pub cred_rev_req_tbs: Original<CredRevReqTbs>,
    /// The account.
    pub pan_token: PanToken,
}

/// CapRevOrCredResData
///
/// What came of each credit reversal. Its content type is CredRevResData.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
#[rasn(delegate)]
pub struct CredRevResData(pub CapRevOrCredResData);
