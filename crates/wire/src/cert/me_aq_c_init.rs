//! The start of a merchant's or a gateway's registration.

use openset_types::{Brand, Language, LocalId, Rrpid};
use rasn::{AsnType, Decode, Decoder, Encode, Encoder};

use super::{IdData, RegField, RegFormOrReferral, RequestType};
use crate::{
    der::Carried,
    opaque::Signed,
    types::{CertThumb, Challenge, Thumbs},
    x509::BrandCrlIdentifier,
};

/// Me-AqCInitRes
///
/// The authority's signed answer.
pub type MeAqCInitRes = Signed<MeAqCInitResTbs>;

/// Me-AqCInitReq
///
/// A merchant or gateway asks an authority for its form.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct MeAqCInitReq {
    /// Which question this asks or answers.
    pub rrpid: Carried<Rrpid>,
    /// The applicant's label.
    pub lid_ee: Carried<LocalId>,
    /// The applicant's challenge.
    pub chall_ee: Challenge,
    /// Who asks, and for what.
    pub request_type: RequestType,
    /// Merchant/acquirer identification.
    pub id_data: IdData,
    /// The brand, perhaps with its product.
    pub brand_id: Carried<Brand>,
    /// RFC 1766 language of the cardholder.
    pub language: Carried<Language>,
    /// What the sender has already.
    #[rasn(tag(explicit(context, 0)))]
    pub thumbs: Option<Thumbs>,
}

/// Me-AqCInitResTBS
///
/// The authority gives the form and names the key to seal the answers with.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct MeAqCInitResTbs {
    /// Which question this asks or answers.
    pub rrpid: Carried<Rrpid>,
    /// The applicant's label.
    pub lid_ee: Carried<LocalId>,
    /// The applicant's challenge.
    pub chall_ee: Challenge,
    /// The authority's label.
    #[rasn(tag(context, 0))]
    pub lid_ca: Option<Carried<LocalId>>,
    /// The authority's challenge.
    pub chall_ca: Challenge,
    /// Who asks, and for what.
    pub request_type: RequestType,
    /// Form or referral.
    pub reg_form_or_referral: RegFormOrReferral,
    /// Extra field for the account id.
    #[rasn(tag(context, 1))]
    pub acct_data_field: Option<RegField>,
    /// The authority's certificate to seal for.
    #[rasn(tag(explicit(context, 2)))]
    pub cae_thumb: CertThumb,
    /// The brand's current list, if the other side lacks it.
    #[rasn(tag(explicit(context, 3)))]
    pub brand_crl_identifier: Option<BrandCrlIdentifier>,
    /// What the sender has already.
    #[rasn(tag(explicit(context, 4)))]
    pub thumbs: Option<Thumbs>,
}
