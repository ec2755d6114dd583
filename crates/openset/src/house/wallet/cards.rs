//! The cards of a wallet as their holder counts them: one for each number, however often it was
//! registered.
//!
//! A renewal, and an application after a refusal, are registrations of their own, with keys of
//! their own. The newest certificate pays; older ones stay, to ask after what was paid with them.

use anyhow::Context;
use openset_node::keys::Card;
use openset_protocol::{
    cardholder::{
        CardIdentity,
        registration::{Begin, Input, Registration, Stage},
    },
    enrolment::{Ended, NewKey},
};
use openset_types::CardExpiry;
use openset_wire::cert::CertStatusCode;

use super::{super::life::Life, Wallet, at, fresh_id};

/// A registration, and what the wallet calls it.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) id: String,
    pub(crate) registration: Registration,
}

/// A card: what it pays with, and what was asked for since. One of the two is there.
#[derive(Debug, Clone)]
pub(crate) struct HeldCard {
    /// The newest registration that was granted.
    pub(crate) certified: Option<Entry>,
    /// A later one that was not, or not yet.
    pub(crate) applies: Option<Entry>,
    /// What the wallet calls all of them, and those before.
    names: Vec<String>,
}

impl HeldCard {
    /// The registration that speaks for the card.
    pub(crate) fn entry(&self) -> Option<&Entry> {
        self.certified.as_ref().or(self.applies.as_ref())
    }

    /// Whether one of its registrations is called this.
    pub(crate) fn is_called(&self, id: &str) -> bool {
        self.names.iter().any(|name| name == id)
    }

    /// The certificate.
    pub(crate) fn identity(&self) -> Option<&CardIdentity> {
        match &self.certified.as_ref()?.registration.stage {
            Stage::Certified { card, .. } => Some(card),
            _ => None,
        }
    }
}

impl Wallet {
    /// Every card in the vault, which must be open; the first one first.
    pub(crate) async fn held(&self) -> anyhow::Result<Vec<HeldCard>> {
        let mut held = Vec::new();
        for number in self.vault.cards(self.now(), numbers)? {
            let names = number.iter().map(|(id, _)| id.clone()).collect();
            let mut card = HeldCard { certified: None, applies: None, names };
            for (id, is_whole) in number {
                let Some(registration) = self.registration(&id).await? else { continue };
                let is_granted = matches!(registration.stage, Stage::Certified { .. }) && is_whole;
                let entry = Some(Entry { id, registration });
                card = match is_granted {
                    true => HeldCard { certified: entry, applies: None, ..card },
                    false => HeldCard { applies: entry, ..card },
                };
            }
            held.extend(card.entry().is_some().then(|| card.clone()));
        }
        Ok(held)
    }

    /// The card that one of its registrations belongs to.
    pub(crate) async fn card(&self, id: &str) -> anyhow::Result<Option<HeldCard>> {
        Ok(self.held().await?.into_iter().find(|card| card.is_called(id)))
    }

    /// How long a card's certificate is good.
    pub(crate) fn life(&self, card: &CardIdentity) -> anyhow::Result<Life> {
        let patience = self.registrations.standing().patience;
        Life::of(&card.identity()?, self.suite, patience)
    }

    /// Asks for another certificate for a card: as a renewal if it has a good one, else anew; and
    /// answers what the wallet calls that. What is asked for already is not asked for twice.
    pub(crate) async fn apply_again(
        &self,
        id: &str,
        expiry: Option<CardExpiry>,
    ) -> anyhow::Result<String> {
        let card = self.card(id).await?.context("no such card")?;
        if let Some(Entry { id, registration }) = &card.applies
            && !matches!(registration.stage, Stage::Refused(_))
        {
            return Ok(id.clone());
        }
        let renews = self.renewable(&card)?;
        let before = card.entry().context("a card without a registration")?;
        let fresh = fresh_id()?;
        self.note(&fresh, &self.last_four(&before.id).await?).await?;
        let (old, now) = (before.id.clone(), self.now());
        let key = self.vault.add_again(self.suite, old, fresh.clone(), expiry, now).await?;
        let begin =
            Begin { brand: before.registration.brand.clone(), key: NewKey::of(&key), renews };
        self.registrations.command(at(&fresh), Input::Begin(begin)).await?;
        Ok(fresh)
    }

    /// Asks now what has become of an application.
    pub(crate) async fn ask_again(&self, id: &str) -> anyhow::Result<()> {
        Ok(self.registrations.command(at(id), Input::AskAgain).await?)
    }

    /// Asks the authority that an application was sent to.
    pub(crate) async fn follow(&self, id: &str, url: String) -> anyhow::Result<()> {
        Ok(self.registrations.command(at(id), Input::Follow { url }).await?)
    }

    /// The certificate in whose name another one can be asked for: one that is good, and that the
    /// authority has not just refused to hear.
    fn renewable(&self, card: &HeldCard) -> anyhow::Result<Option<CardIdentity>> {
        let is_refused = card.applies.as_ref().is_some_and(|it| is_unheard(&it.registration));
        let Some(identity) = card.identity().filter(|_| !is_refused) else { return Ok(None) };
        let is_good = self.life(identity)?.until >= self.now();
        Ok(is_good.then(|| identity.clone()))
    }
}

/// Whether a renewal failed because the authority does not believe the certificate it was signed
/// with any more.
fn is_unheard(registration: &Registration) -> bool {
    let Stage::Refused(Ended::Rejected(rejection)) = &registration.stage else { return false };
    registration.renews.is_some() && rejection.code == CertStatusCode::SigValidationFail
}

/// The registrations of each number, the older ones first: what the wallet calls each, and whether
/// all that paying with it takes is there.
fn numbers(cards: &[Card]) -> Vec<Vec<(String, bool)>> {
    let mut numbers: Vec<(&Card, Vec<(String, bool)>)> = Vec::new();
    for card in cards {
        let entry = (card.id.clone(), card.pan_secret.is_some());
        match numbers.iter_mut().find(|(first, _)| first.pan == card.pan) {
            Some((_, entries)) => entries.push(entry),
            None => numbers.push((card, vec![entry])),
        }
    }
    numbers.into_iter().map(|(_, entries)| entries).collect()
}
