//! Tokens: what a gateway hands out, sealed for itself, to be shown to it again.

use openset_types::{MerchantId, Rrpid, UnixTime};
use rasn::{AsnType, Decode, Decoder, Encode, Encoder};

use crate::{
    der::{Carried, Element, Original},
    opaque::{PaymentGateway, Sealed, Signed},
    types::{BackKeyData, CurrencyAmount, InstallRecurData, PanToken, TransIds},
};

/// AuthToken
///
/// Stands for the payment instructions in a later authorization.
pub type AuthToken = Sealed<AuthTokenTbe, PaymentGateway>;

/// CapTokenSeq
///
/// One token for each item of a capture request; null where there is none.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
#[rasn(delegate, size("1.."))]
pub struct CapTokenSeq(pub Vec<CapToken>);

/// CapTokenTBE
///
/// The inside of a CapToken without account data.
pub type CapTokenTbe = Signed<CapTokenData>;

/// AuthTokenTBE
///
/// The inside of an AuthToken.
#[derive(Debug, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct AuthTokenTbe {
    /// What the gateway remembers.
    pub auth_token_data: Original<AuthTokenData>,
    /// The signature, its content left out.
    pub s: Signed<AuthTokenTbs>,
}

/// AuthTokenTBS
///
/// What the gateway signs for itself.
#[derive(Debug, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct AuthTokenTbs {
    /// What the gateway remembers.
    pub auth_token_data: Original<AuthTokenData>,
    /// The account, without its secret.
    pub pan_token: PanToken,
}

/// AuthTokenData
///
/// What the gateway has to remember of payment instructions that are used more than once. The key
/// in it neither prints nor clones.
#[derive(Debug, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct AuthTokenData {
    /// Which purchase.
    pub trans_ids: TransIds,
    /// Amount the cardholder agreed.
    pub purch_amt: CurrencyAmount,
    /// The merchant's number at its acquirer.
    pub merchant_id: Carried<MerchantId>,
    /// The key for a message from the acquirer.
    pub acq_back_key_data: Option<BackKeyData>,
    /// Instalment or recurring terms.
    #[rasn(tag(context, 0))]
    pub install_recur_data: Option<InstallRecurData>,
    /// Authorizations so far.
    #[rasn(tag(context, 1), value("1..=18446744073709551615"))]
    pub recurring_count: Option<u64>,
    /// The last authorization.
    pub prev_auth_date_time: Carried<UnixTime>,
    /// Sum of the authorizations so far.
    #[rasn(tag(context, 2))]
    pub total_auth_amount: Option<CurrencyAmount>,
    /// The gateway's own notes.
    #[rasn(tag(explicit(context, 3)))]
    pub auth_token_opaque: Option<Element>,
}

/// CapToken
///
/// Stands for an authorization in a later capture.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
#[rasn(choice)]
pub enum CapToken {
    /// Signed and sealed, with a PANToken beside it.
    #[rasn(tag(explicit(context, 0)))]
    EncX(Sealed<CapTokenTbex, PaymentGateway>),
    /// What was signed and sealed.
    #[rasn(tag(explicit(context, 1)))]
    Enc(Sealed<CapTokenTbe, PaymentGateway>),
    /// No token.
    #[rasn(tag(explicit(context, 2)))]
    Null(()),
}

/// CapTokenTBEX
///
/// The inside of a CapToken with account data.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct CapTokenTbex {
    /// What the gateway remembers.
    pub cap_token_data: Original<CapTokenData>,
    /// The signature, its content left out.
    pub s: Signed<CapTokenTbs>,
}

/// CapTokenTBS
///
/// What the gateway signs for itself.
#[derive(Debug, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct CapTokenTbs {
    /// What the gateway remembers.
    pub cap_token_data: Original<CapTokenData>,
    /// The account, without its secret.
    pub pan_token: PanToken,
}

/// CapTokenData
///
/// What the gateway has to remember about an authorization.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct CapTokenData {
    /// The authorization this token belongs to.
    pub auth_rrpid: Carried<Rrpid>,
    /// How much was authorized.
    pub auth_amt: CurrencyAmount,
    /// The gateway's own notes.
    pub token_opaque: Element,
}
