//! The cardholder's wallet: shows what is offered, signs what is consented to, asks how it went.
//!
//! The card number enters with the consent, is sealed within the same step, and is gone when the
//! step returns.

pub mod purchase;
pub mod registration;

mod doubt;
mod inquiry;
mod offer;
mod order;
mod record;

use openset_crypto::{Identity, KeyId};
use openset_types::{CardExpiry, Language, Pan, Secret};
use openset_wire::{
    der::{decode, encode},
    x509::Certificate,
};
use serde::{Deserialize, Serialize};

pub use offer::{ConsentSummary, MerchantFace};
pub use record::{
    Abandoned, Agreed, Answer, Asked, Doubt, Offered, Ordered, Purchase, Said, Stage,
};

use crate::{
    acceptance::Acceptance, enrolment::Patience, letter::Letterhead, octets::Octets,
    refusal::Refusal,
};

/// Who a wallet is. Its cards are not here: each comes with the purchase it pays.
#[derive(Debug)]
pub struct Standing {
    /// The language its owner reads.
    pub language: Language,
    /// How its messages are headed.
    pub letterhead: Letterhead,
    /// Which dates it accepts.
    pub acceptance: Acceptance,
    /// After how many seconds without an answer it asks how the order stands.
    pub inquire_after_s: i64,
    /// After how many seconds without an answer an offer is given up.
    pub give_up_after_s: i64,
    /// How long it waits for banks to decide about its cards.
    pub patience: Patience,
}

/// The card itself, as the wallet's vault gives it out for one consent.
pub struct Card {
    /// Its number.
    pub pan: Pan,
    /// Its last month.
    pub expiry: CardExpiry,
    /// The cardholder's half of what ties the card to the certificate.
    pub card_secret: Secret,
    /// What ties the card to the certificate.
    pub pan_secret: Secret,
}

/// A card without a certificate, as its owner gives it for one purchase.
pub struct BareCard {
    /// Its number.
    pub pan: Pan,
    /// Its last month.
    pub expiry: CardExpiry,
}

impl std::fmt::Debug for BareCard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.pan.fmt(f)
    }
}

impl std::fmt::Debug for Card {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.pan.fmt(f)
    }
}

/// The certificate that a card is paid with, and the name of its key.
// Stored. Change only with a migration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CardIdentity {
    /// The certificate (DER).
    pub certificate: Octets,
    /// The certificates above it (DER), nearest first.
    pub chain: Vec<Octets>,
    /// The key.
    pub key: KeyId,
}

impl CardIdentity {
    /// Takes what an enrolment gave.
    pub fn of(identity: &Identity) -> Result<Self, Refusal> {
        let chain = identity.chain.iter().map(|above| Ok(encode(above)?.into()));
        Ok(Self {
            certificate: encode(&identity.certificate)?.into(),
            chain: chain.collect::<Result<_, Refusal>>()?,
            key: identity.key,
        })
    }

    /// As it signs.
    pub fn identity(&self) -> Result<Identity, Refusal> {
        let read = |octets: &Octets| Ok(decode::<Certificate>(octets.as_ref())?);
        Ok(Identity {
            certificate: read(&self.certificate)?,
            chain: self.chain.iter().map(read).collect::<Result<_, Refusal>>()?,
            key: self.key,
        })
    }
}
