//! Tokens: what a gateway hands out, sealed for itself, to be shown to it again.

use openset_types::Rrpid;
use rasn::{AsnType, Decode, Decoder, Encode};

use crate::{
    der::{Carried, Element, Original},
    opaque::{PaymentGateway, Sealed, Signed},
    types::{CurrencyAmount, PanToken},
};

/// AuthToken
///
/// Stands for the payment instructions in a later authorization.
pub type AuthToken = Sealed<AuthTokenTbe, PaymentGateway>;

/// AuthTokenTBE
///
/// The inside of an AuthToken. Nothing opens one yet; it is carried as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AuthTokenTbe {}

/// CapTokenSeq
///
/// One token for each item of a capture request; null where there is none.
pub type CapTokenSeq = Vec<CapToken>;

/// CapTokenTBE
///
/// The inside of a CapToken without account data.
pub type CapTokenTbe = Signed<CapTokenData>;

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
