//! Purchase: the order for the merchant, the payment instructions for the gateway, and the dual
//! signature that ties the one to the other and shows neither.

use openset_types::{Bin, Brand, MerchantId, Rrpid};
use rasn::{AsnType, Decode, Decoder, Encode, Encoder};

use super::AuthToken;
use crate::{
    der::{Carried, MESSAGE_BYTES_MAX, Octets, Oid},
    opaque::{Digested, Linked, PaymentGateway, Sealed, Signed},
    types::{
        BackKeyData, Challenge, CurrencyAmount, Digest, InstallRecurData, MsgExtensions, Nonce,
        PanData, PanToken, SwIdent, TransIds,
    },
};

/// PIDualSignedTBE
///
/// What is sealed for the gateway, with PANData beside it.
pub type PiDualSignedTbe = Linked<PiOiLink, PanData>;

/// PI-OILink
///
/// The head of the payment instructions, tied to the order.
pub type PiOiLink = Linked<PiHead, OiData>;

/// OIDualSigned
///
/// The order, tied to the payment instructions.
pub type OiDualSigned = Linked<OiData, PiData>;

/// PISignature
///
/// The cardholder's signature over PI-TBS, its content left out.
pub type PiSignature = Signed<PiTbs>;

/// PIUnsigned
///
/// Payment instructions without a signature. Suite `modern` refuses them.
pub type PiUnsigned = Sealed<PiUnsignedTbe, PaymentGateway>;

/// PIUnsignedTBE
///
/// What is sealed for the gateway, with PANToken beside it.
pub type PiUnsignedTbe = Linked<PiOiLink, PanToken>;

/// OIUnsigned
///
/// The order, tied to unsigned payment instructions.
pub type OiUnsigned = Linked<OiData, PiDataUnsigned>;

/// HOD
///
/// Names the order by a digest that tells nothing about it.
pub type Hod = Digested<HodInput>;

/// The order description, octet for octet as the shop sent it.
pub type OrderDescription = Octets<0, MESSAGE_BYTES_MAX>;

/// PReq
///
/// The purchase request.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
#[rasn(choice)]
pub enum PReq {
    /// Cardholder with certificate.
    #[rasn(tag(explicit(context, 0)))]
    PReqDualSigned(PReqDualSigned),
    /// Cardholder without certificate.
    #[rasn(tag(explicit(context, 1)))]
    PReqUnsigned(PReqUnsigned),
}

/// PReqDualSigned
///
/// The purchase request of a cardholder with a certificate.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct PReqDualSigned {
    /// Dual-signed payment instruction.
    pub pi_dual_signed: PiDualSigned,
    /// Order information linked to the PI digest.
    pub oi_dual_signed: OiDualSigned,
}

/// PIDualSigned
///
/// The payment instructions: the dual signature, and what only the gateway can open.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct PiDualSigned {
    /// The dual signature, its content left out.
    pub pi_signature: PiSignature,
    /// The payment instructions, for the gateway alone.
    pub ex_pi_data: Sealed<PiDualSignedTbe, PaymentGateway>,
}

/// PI-TBS
///
/// What the cardholder signs: two digests, so that each party can check the signature with the
/// half it may read.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct PiTbs {
    /// Digest of PIData.
    pub h_pi_data: Digested<PiData>,
    /// Digest of OIData.
    pub h_oi_data: Digested<OiData>,
}

/// PIData
///
/// The payment instructions in clear: never sent, but hashed.
#[derive(Debug, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct PiData {
    /// What is paid, and to whom.
    pub pi_head: PiHead,
    /// The account and its secret.
    pub pan_data: PanData,
}

/// PReqUnsigned
///
/// The purchase request of a cardholder without a certificate.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct PReqUnsigned {
    /// Encrypted payment instruction, integrity by hash.
    pub pi_unsigned: PiUnsigned,
    /// Order information linked to PI digest.
    pub oi_unsigned: OiUnsigned,
}

/// PIDataUnsigned
///
/// Unsigned payment instructions in clear: never sent, but hashed.
#[derive(Debug, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct PiDataUnsigned {
    /// What is paid, and to whom.
    pub pi_head: PiHead,
    /// The account, without its secret.
    pub pan_token: PanToken,
}

/// PIHead
///
/// The head of the payment instructions: what is paid, to whom.
#[derive(Debug, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct PiHead {
    /// Which purchase.
    pub trans_ids: TransIds,
    /// Order digest and amount.
    pub inputs: Inputs,
    /// The merchant's number at its acquirer.
    pub merchant_id: Carried<MerchantId>,
    /// Instalment or recurring terms.
    #[rasn(tag(context, 0))]
    pub install_recur_data: Option<InstallRecurData>,
    /// Ties the account to the purchase.
    pub trans_stain: Digest,
    /// Which software made it.
    pub sw_ident: SwIdent,
    /// The key for a message from the acquirer.
    #[rasn(tag(explicit(context, 1)))]
    pub acq_back_key_data: Option<BackKeyData>,
    /// What SET itself does not say.
    #[rasn(tag(context, 2))]
    pub pi_extensions: Option<MsgExtensions>,
}

/// Inputs
///
/// Which order, and how much: what cardholder and merchant agreed on.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct Inputs {
    /// The digest of the order.
    pub hod: Hod,
    /// Amount the cardholder agreed.
    pub purch_amt: CurrencyAmount,
}

/// HODInput
///
/// The order description and all that its digest covers.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct HodInput {
    /// Order description, out of band format.
    pub od: OrderDescription,
    /// Amount the cardholder agreed.
    pub purch_amt: CurrencyAmount,
    /// Keeps the digest of the order from being guessed.
    pub od_salt: Nonce,
    /// Instalment or recurring terms.
    #[rasn(tag(context, 0))]
    pub install_recur_data: Option<InstallRecurData>,
    /// Order extensions.
    #[rasn(tag(context, 1))]
    pub od_extensions: Option<MsgExtensions>,
}

/// OIData
///
/// The order information: what the merchant may read.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct OiData {
    /// Which purchase.
    pub trans_ids: TransIds,
    /// Which question this asks or answers.
    pub rrpid: Carried<Rrpid>,
    /// The cardholder's challenge.
    pub chall_c: Challenge,
    /// The digest of the order.
    pub hod: Hod,
    /// Keeps the digest of the order from being guessed.
    pub od_salt: Nonce,
    /// The merchant's challenge.
    pub chall_m: Option<Challenge>,
    /// The brand, perhaps with its product.
    pub brand_id: Carried<Brand>,
    /// The first six digits of the card number.
    pub bin: Carried<Bin>,
    /// The names of the odExtensions, in order.
    #[rasn(tag(context, 0))]
    pub od_ext_oids: Option<Vec<Oid>>,
    /// What SET itself does not say.
    #[rasn(tag(context, 1))]
    pub oi_extensions: Option<MsgExtensions>,
}

/// PI
///
/// The payment instructions, as the merchant passes them on without reading them.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
#[rasn(choice)]
pub enum Pi {
    /// Encrypted payment instruction, integrity by hash.
    #[rasn(tag(explicit(context, 0)))]
    PiUnsigned(PiUnsigned),
    /// Dual-signed payment instruction.
    #[rasn(tag(explicit(context, 1)))]
    PiDualSigned(PiDualSigned),
    /// Token for later authorization.
    #[rasn(tag(explicit(context, 2)))]
    AuthToken(AuthToken),
}
