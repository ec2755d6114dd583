//! The wallet's vault: the cards, and the secrets that tie them to their certificates. It
//! survives a crash, and nothing of it stands on the wallet's disk.

use std::collections::BTreeMap;

use openset_protocol::{
    cardholder::{
        Card,
        registration::{Filled, Secrets},
    },
    enrolment::Answer,
    octets::Octets,
};
use openset_types::{Pan, Secret};

use super::planted::Planted;
use crate::pki::CARDS;

/// What the owner of the wallet keeps locked away.
#[derive(Default)]
pub struct Vault {
    registered: BTreeMap<Vec<u8>, Kept>,
    pays: BTreeMap<Vec<u8>, Vec<u8>>,
    is_forgetful: bool,
}

/// What is kept of one registration.
struct Kept {
    card: usize,
    back_key: Secret,
    pan_secret: Option<Vec<u8>>,
}

impl Vault {
    pub(super) fn new(planted: Option<Planted>) -> Self {
        let is_forgetful = planted == Some(Planted::VaultForgetsSecrets);
        Self { is_forgetful, ..Self::default() }
    }

    /// Takes a card that is about to be registered, and the key for the answer.
    pub(super) fn take(&mut self, registration: &[u8], card: usize, back_key: Secret) {
        let kept = Kept { card, back_key, pan_secret: None };
        self.registered.insert(registration.to_vec(), kept);
    }

    /// Keeps what ties a card to its certificate.
    pub(super) fn certify(&mut self, registration: &[u8], pan_secret: &Secret) {
        if self.is_forgetful {
            return;
        }
        if let Some(kept) = self.registered.get_mut(registration) {
            kept.pan_secret = Some(pan_secret.expose().to_vec());
        }
    }

    /// Whether a certified card can be paid with.
    pub fn can_pay_with(&self, registration: &[u8]) -> bool {
        self.registered.get(registration).is_some_and(|kept| kept.pan_secret.is_some())
    }

    /// The registrations of a card.
    pub(super) fn registrations(&self, card: usize) -> impl Iterator<Item = &[u8]> {
        let registered = self.registered.iter();
        registered.filter(move |(_, kept)| kept.card == card).map(|(key, _)| key.as_slice())
    }

    /// The number of a card that is registered.
    pub(super) fn pan(&self, registration: &[u8]) -> Pan {
        self.secrets(registration, Octets(Vec::new())).pan
    }

    /// The form, answered, with what goes with it.
    pub(super) fn filled(&self, registration: &[u8], answers: Vec<Answer>) -> Filled {
        let Secrets { pan, expiry, card_secret, back_key, .. } =
            self.secrets(registration, Octets(Vec::new()));
        Filled { answers, pan, expiry, card_secret, back_key }
    }

    /// What an answer of the authority is opened and compared with.
    pub(super) fn secrets(&self, registration: &[u8], answer: Octets) -> Secrets {
        let kept = self.registered.get(registration);
        let kept = kept.expect("a card is put in before it is registered");
        let Card { pan, expiry, card_secret, .. } = CARDS[kept.card].card();
        let back_key = Secret::new(kept.back_key.expose().to_vec());
        Secrets { answer, pan, expiry, card_secret, back_key, others: Vec::new() }
    }

    /// A purchase is paid with the certificate of a registration.
    pub(super) fn pay(&mut self, purchase: &[u8], registration: &[u8]) {
        self.pays.insert(purchase.to_vec(), registration.to_vec());
    }

    /// The card that a purchase is paid with: certified in this world, or before it began.
    pub(super) fn card(&self, purchase: &[u8], card: usize) -> Card {
        let registration = self.pays.get(purchase);
        let kept = registration.and_then(|registration| self.registered.get(registration));
        match kept.and_then(|kept| kept.pan_secret.clone()) {
            Some(pan_secret) => Card { pan_secret: Secret::new(pan_secret), ..CARDS[card].card() },
            None => CARDS[card].card(),
        }
    }
}
