//! What a card is known by. Nothing here prints, clones or stores a card number.

use std::borrow::Cow;

use openset_types::{CardExpiry, Pan, Secret};
use rasn::{AsnType, Decode, Decoder, Encode, types::Tag};

use super::Nonce;
use crate::der::{Carried, Contents, Oid, What, primitive};

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
/// A key for the answer, chosen by whoever asks.
#[derive(Debug, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct BackKeyData {
    /// The algorithm the answer is to be sealed with.
    pub back_alg_id: Oid,
    /// The key itself.
    pub back_key: BackKey,
}

/// backKey
///
/// OCTET STRING (SIZE(1..24)) in suite `set10`, to 32 in `modern`. Whether the algorithm has keys
/// of this length is not known here.
#[derive(Debug, PartialEq, Eq)]
pub struct BackKey(pub Secret);

primitive!(BackKey);

impl Contents for BackKey {
    const TAG: Tag = Tag::OCTET_STRING;

    fn read(contents: &[u8]) -> Result<Self, What> {
        match (1..=32).contains(&contents.len()) {
            true => Ok(Self(Secret::new(contents.to_vec()))),
            false => Err(What::Bounds),
        }
    }

    fn write(&self) -> Cow<'_, [u8]> {
        Cow::Borrowed(self.0.expose())
    }
}
