//! The registration form of a cardholder.

use openset_types::{Language, LocalId, Rrpid};
use rasn::{AsnType, Decode, Decoder, Encode, Encoder};

use super::{RegFormOrReferral, RequestType};
use crate::{
    der::Carried,
    opaque::{Authority, Linked, Sealed, Signed},
    types::{CertThumb, Challenge, PanOnly, Thumbs},
    x509::BrandCrlIdentifier,
};

/// RegFormReq
///
/// The request, sealed for the authority with the card number beside it.
pub type RegFormReq = Sealed<RegFormReqTbe, Authority>;

/// RegFormReqTBE
///
/// The request, tied to the card number.
pub type RegFormReqTbe = Linked<RegFormReqData, PanOnly>;

/// RegFormRes
///
/// The authority's signed answer.
pub type RegFormRes = Signed<RegFormResTbs>;

/// RegFormReqData
///
/// A cardholder asks for the form of the bank that gave the card.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct RegFormReqData {
    /// Which question this asks or answers.
    pub rrpid: Carried<Rrpid>,
    /// The applicant's label.
    pub lid_ee: Carried<LocalId>,
    /// The applicant's second challenge.
    pub chall_ee2: Challenge,
    /// The authority's label.
    pub lid_ca: Option<Carried<LocalId>>,
    /// Who asks, and for what.
    pub request_type: RequestType,
    /// RFC 1766 language of the cardholder.
    pub language: Carried<Language>,
    /// What the sender has already.
    #[rasn(tag(explicit(context, 0)))]
    pub thumbs: Option<Thumbs>,
}

/// RegFormResTBS
///
/// The form, and the key to seal the answers with.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct RegFormResTbs {
    /// Which question this asks or answers.
    pub rrpid: Carried<Rrpid>,
    /// The applicant's label.
    pub lid_ee: Carried<LocalId>,
    /// The applicant's second challenge.
    pub chall_ee2: Challenge,
    /// The authority's label.
    #[rasn(tag(context, 0))]
    pub lid_ca: Option<Carried<LocalId>>,
    /// The authority's challenge.
    pub chall_ca: Challenge,
    /// The authority's certificate to seal for.
    #[rasn(tag(explicit(context, 1)))]
    pub cae_thumb: Option<CertThumb>,
    /// Who asks, and for what.
    pub request_type: RequestType,
    /// Form or referral.
    pub form_or_referral: RegFormOrReferral,
    /// The brand's current list, if the other side lacks it.
    #[rasn(tag(explicit(context, 2)))]
    pub brand_crl_identifier: Option<BrandCrlIdentifier>,
    /// What the sender has already.
    #[rasn(tag(explicit(context, 3)))]
    pub thumbs: Option<Thumbs>,
}
