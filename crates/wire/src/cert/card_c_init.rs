//! The start of a cardholder's registration.

use openset_types::{Brand, LocalId, Rrpid};
use rasn::{AsnType, Decode, Decoder, Encode, Encoder};

use crate::{
    der::Carried,
    opaque::Signed,
    types::{CertThumb, Challenge, Thumbs},
    x509::BrandCrlIdentifier,
};

/// CardCInitRes
///
/// The authority's signed answer.
pub type CardCInitRes = Signed<CardCInitResTbs>;

/// CardCInitReq
///
/// A cardholder asks an authority for the key to seal a card number with.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct CardCInitReq {
    /// Which question this asks or answers.
    pub rrpid: Carried<Rrpid>,
    /// The applicant's label.
    pub lid_ee: Carried<LocalId>,
    /// The applicant's challenge.
    pub chall_ee: Challenge,
    /// The brand, perhaps with its product.
    pub brand_id: Carried<Brand>,
    /// What the sender has already.
    #[rasn(tag(explicit(context, 0)))]
    pub thumbs: Option<Thumbs>,
}

/// CardCInitResTBS
///
/// The authority names that key.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct CardCInitResTbs {
    /// Which question this asks or answers.
    pub rrpid: Carried<Rrpid>,
    /// The applicant's label.
    pub lid_ee: Carried<LocalId>,
    /// The applicant's challenge.
    pub chall_ee: Challenge,
    /// The authority's label.
    pub lid_ca: Option<Carried<LocalId>>,
    /// The authority's certificate to seal for.
    #[rasn(tag(explicit(context, 0)))]
    pub cae_thumb: CertThumb,
    /// The brand's current list, if the other side lacks it.
    #[rasn(tag(explicit(context, 1)))]
    pub brand_crl_identifier: Option<BrandCrlIdentifier>,
    /// What the sender has already.
    #[rasn(tag(explicit(context, 2)))]
    pub thumbs: Option<Thumbs>,
}
