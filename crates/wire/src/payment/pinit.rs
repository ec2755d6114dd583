//! Purchase initialization: the wallet asks the merchant for what it needs to pay.

use openset_types::{Bin, Brand, Language, LocalId, Rrpid};
use rasn::{AsnType, Decode, Decoder, Encode, Encoder};

use crate::{
    der::Carried,
    opaque::Signed,
    types::{CertThumb, Challenge, MsgExtensions, Thumbs, TransIds},
    x509::BrandCrlIdentifier,
};

/// PInitRes
///
/// The merchant's signed answer.
pub type PInitRes = Signed<PInitResData>;

/// PInitReq
///
/// The wallet asks which purchase this is and whom the payment instructions are for.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct PInitReq {
    /// Which question this asks or answers.
    pub rrpid: Carried<Rrpid>,
    /// RFC 1766 language of the cardholder.
    pub language: Carried<Language>,
    /// Cardholder-side label.
    pub local_id_c: Carried<LocalId>,
    /// Merchant-side label.
    #[rasn(tag(context, 0))]
    pub local_id_m: Option<Carried<LocalId>>,
    /// The cardholder's challenge.
    pub chall_c: Challenge,
    /// The brand, perhaps with its product.
    pub brand_id: Carried<Brand>,
    /// The first six digits of the card number.
    pub bin: Carried<Bin>,
    /// What the sender has already.
    #[rasn(tag(explicit(context, 1)))]
    pub thumbs: Option<Thumbs>,
    /// What SET itself does not say.
    #[rasn(tag(context, 2))]
    pub pi_rq_extensions: Option<MsgExtensions>,
}

/// PInitResData
///
/// The merchant names the purchase and the gateway.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct PInitResData {
    /// Which purchase.
    pub trans_ids: TransIds,
    /// Which question this asks or answers.
    pub rrpid: Carried<Rrpid>,
    /// The cardholder's challenge.
    pub chall_c: Challenge,
    /// The merchant's challenge.
    pub chall_m: Challenge,
    /// The brand's current list, if the other side lacks it.
    #[rasn(tag(explicit(context, 0)))]
    pub brand_crl_identifier: Option<BrandCrlIdentifier>,
    /// The gateway certificate to seal for.
    #[rasn(tag(explicit(context, 1)))]
    pub pe_thumb: CertThumb,
    /// What the sender has already.
    #[rasn(tag(explicit(context, 2)))]
    pub thumbs: Option<Thumbs>,
    /// What SET itself does not say.
    #[rasn(tag(context, 3))]
    pub pi_rs_extensions: Option<MsgExtensions>,
}
