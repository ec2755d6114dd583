//! The inquiry after a certificate that was promised.

use openset_types::{LocalId, Rrpid};
use rasn::{AsnType, Decode, Decoder, Encode};

use super::CertRes;
use crate::{der::Carried, opaque::Signed, types::Challenge};

/// CertInqReq
///
/// The signed inquiry.
pub type CertInqReq = Signed<CertInqReqTbs>;

/// CertInqRes
///
/// The same answer as to the certificate request.
pub type CertInqRes = CertRes;

/// CertInqReqTBS
///
/// Which request is asked after.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct CertInqReqTbs {
    /// Which question this asks or answers.
    pub rrpid: Carried<Rrpid>,
    /// The applicant's label.
    pub lid_ee: Carried<LocalId>,
    /// The applicant's third challenge.
    pub chall_ee3: Challenge,
    /// The authority's label.
    pub lid_ca: Carried<LocalId>,
}
