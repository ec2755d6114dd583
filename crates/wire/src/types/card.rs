//! What a card is known by. Nothing here prints, clones or stores a card number.

use openset_types::{CardExpiry, Pan, Secret};
use rasn::{AsnType, Decode, Decoder, Encode};

use super::Nonce;
use crate::der::{Carried, Oid};

/// PANData
///
/// The account of a cardholder with a certificate, as only the gateway sees it.
#[derive(Debug, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct PanData {
    /// The card number.
    pub pan: Carried<Pan>,
    /// YYYYMM.
    pub card_expiry: Carried<CardExpiry>,
    /// What ties the card to the certificate; zeros without one.
    pub pan_secret: Carried<Secret>,
    /// Makes equal accounts look different.
    pub ex_nonce: Nonce,
}

/// PANData0
///
/// The account as a cardholder shows it to the authority that certifies it.
#[derive(Debug, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct PanData0 {
    /// The card number.
    pub pan: Carried<Pan>,
    /// YYYYMM.
    pub card_expiry: Carried<CardExpiry>,
    /// The cardholder's half of what ties the card to the certificate.
    pub card_secret: Carried<Secret>,
    /// Makes equal accounts look different.
    pub ex_nonce: Nonce,
}

/// PANToken
///
/// The account without a secret.
#[derive(Debug, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct PanToken {
    /// The card number.
    pub pan: Carried<Pan>,
    /// YYYYMM.
    pub card_expiry: Carried<CardExpiry>,
    /// Makes equal accounts look different.
    pub ex_nonce: Nonce,
}

/// PANOnly
///
/// The account number alone, in the request for a registration form.
#[derive(Debug, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct PanOnly {
    /// The card number.
    pub pan: Carried<Pan>,
    /// Makes equal accounts look different.
    pub ex_nonce: Nonce,
}

/// BackKeyData
///
/// A key for the answer, chosen by whoever asks. Suite `set10` bounds it to 24 octets, `modern` to
/// 32.
#[derive(Debug, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct BackKeyData {
    /// The algorithm the answer is to be sealed with.
    pub back_alg_id: Oid,
    /// The key itself.
    pub back_key: Carried<Secret>,
}
