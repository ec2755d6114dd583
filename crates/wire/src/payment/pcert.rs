//! Gateway certificates: the merchant asks for the keys that payment instructions are sealed to.

use openset_types::{Bin, Brand};
use rasn::{AsnType, Decode, Decoder, Encode, Encoder};

use crate::{
    der::Carried,
    opaque::Signed,
    types::{CertThumb, MsgExtensions, RrTags, Thumbs},
    x509::BrandCrlIdentifier,
};

/// PCertReq
///
/// The request for certificates of the gateway.
pub type PCertReq = Signed<PCertReqData>;

/// PCertRes
///
/// The answer. The certificates travel beside the signature, their thumbs under it.
pub type PCertRes = Signed<PCertResTbs>;

/// PCertReqData
///
/// For which brands.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct PCertReqData {
    /// Which question.
    pub p_cert_rr_tags: RrTags,
    /// What the merchant has already.
    #[rasn(tag(explicit(context, 0)))]
    pub m_thumbs: Option<Thumbs>,
    /// Each of them.
    #[rasn(size("1.."))]
    pub brand_and_bin_seq: Vec<BrandAndBin>,
    /// What SET itself does not say.
    #[rasn(tag(context, 1))]
    pub pc_rq_extensions: Option<MsgExtensions>,
}

/// BrandAndBIN
///
/// A brand, and where it matters the BIN of its cards.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct BrandAndBin {
    /// The brand, perhaps with its product.
    pub brand_id: Carried<Brand>,
    /// The first six digits of the card number.
    pub bin: Option<Carried<Bin>>,
}

/// PCertResTBS
///
/// One result for each brand asked for, in the order of the request.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct PCertResTbs {
    /// Which question.
    pub p_cert_rr_tags: RrTags,
    /// Each of them.
    #[rasn(size("1.."))]
    pub p_cert_res_item_seq: Vec<PCertResItem>,
    /// The brands' current lists, where the other side lacks them.
    #[rasn(tag(context, 0), size("1.."))]
    pub brand_crl_identifier_seq: Option<Vec<BrandCrlIdentifier>>,
    /// What SET itself does not say.
    #[rasn(tag(context, 1))]
    pub pc_rs_extensions: Option<MsgExtensions>,
}

/// PCertResItem
///
/// The result for one brand.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct PCertResItem {
    /// What came of it.
    pub p_cert_code: PCertCode,
    /// The certificate to seal for.
    #[rasn(tag(explicit(context, 0)))]
    pub cert_thumb: Option<CertThumb>,
}

/// PCertCode
///
/// Whether there is a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, AsnType, Decode, Encode)]
#[rasn(enumerated)]
pub enum PCertCode {
    /// `success`
    Success = 0,
    /// `unspecifiedFailure`
    UnspecifiedFailure = 1,
    /// `brandNotSupported`
    BrandNotSupported = 2,
    /// `unknownBIN`
    UnknownBin = 3,
}
