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
    /// Request/response pair id.
    pub rrpid: Carried<Rrpid>,
    /// End-entity label.
    pub lid_ee: Carried<LocalId>,
    /// End-entity challenge.
    pub chall_ee: Challenge,
    /// Brand, optionally :product.
    pub brand_id: Carried<Brand>,
    /// What the sender has cached.
    #[rasn(tag(explicit(context, 0)))]
    pub thumbs: Option<Thumbs>,
}

/// CardCInitResTBS
///
/// The authority names that key.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct CardCInitResTbs {
    /// Request/response pair id.
    pub rrpid: Carried<Rrpid>,
    /// End-entity label.
    pub lid_ee: Carried<LocalId>,
    /// End-entity challenge.
    pub chall_ee: Challenge,
    /// CA label.
    pub lid_ca: Option<Carried<LocalId>>,
    /// Thumb of the CA key-encipherment certificate to use.
    #[rasn(tag(explicit(context, 0)))]
    pub cae_thumb: CertThumb,
    /// Current BCI if the peer lacks it.
    #[rasn(tag(explicit(context, 1)))]
    pub brand_crl_identifier: Option<BrandCrlIdentifier>,
    /// What the sender has cached.
    #[rasn(tag(explicit(context, 2)))]
    pub thumbs: Option<Thumbs>,
}
