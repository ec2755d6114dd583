//! The wallet of a running system: its vault, its registrations, its purchases.

pub(crate) mod cards;
#[cfg(test)]
mod tests;

use std::{sync::Arc, time::Duration};

use anyhow::{Context, bail};
use data_encoding::HEXLOWER;
use openset_crypto::{Suite, vault::Cost};
use openset_node::{
    driver::{Desk, Driver, NoDesk, NotTaken, Performing, Reminder},
    entropy,
    keys::{Card as VaultCard, Locked, Vault},
    shutdown::Stop,
    store::{Change, Expected, Lookup as StoreLookup, Page, Put},
};
use openset_protocol::{
    acceptance::{Acceptance, require_card_for},
    cardholder::{
        self, Card, CardIdentity, Purchase,
        purchase::{CardholderPurchase, Input as PurchaseInput, Start},
        registration::{
            Begin, CardholderRegistration, Effect, Filled, Input, Registration, Secrets,
            Stage as RegistrationStage,
        },
    },
    enrolment::{Answer, NewKey, Patience},
    letter::Letterhead,
    role::Lookup,
};
use openset_types::{Brand, CardExpiry, Language, Pan, Secret};
use openset_wire::initiation::Initiation;
use tokio::time::sleep;

use super::ground::{Ground, Lesson, Party, Role};
use crate::{
    pack::{self, Pack},
    wallet::documents::Documents,
};

pub(crate) const ROLE: Role = Role { folder: "wallet", name: "cardholder", clients: "nobody" };

/// After how long without an answer the shop is asked again.
const INQUIRE_AFTER_S: i64 = 8;
/// After how long without an answer a question is given up.
const GIVE_UP_AFTER_S: i64 = 30;
/// How long banks are waited for: they are asked every quarter of a minute, for a month.
const PATIENCE: Patience = Patience {
    inquire_after_s: 15,
    decided_within_s: 30 * 86_400,
    renew_before_s: 30 * 86_400,
    renew_in_last_percent: 33,
};
/// How often somebody looks whether the vault is open.
const LOOK: Duration = Duration::from_millis(500);
/// The store's name for what is known of a card without opening the vault.
const CARD: &str = "wallet.card";
/// More cards than a wallet has.
const CARDS_MAX: u32 = 200;

/// The wallet.
pub(crate) struct Wallet {
    pub(crate) party: Party,
    pub(crate) vault: Vault,
    pub(crate) registrations: Driver<CardholderRegistration>,
    pub(crate) purchases: Driver<CardholderPurchase>,
    pub(crate) documents: Documents,
    /// What its bank gave it, verified when it was opened.
    pub(crate) worn: Option<Pack>,
    suite: Suite,
    brand: Brand,
}

impl Wallet {
    /// Opens the wallet in its folder; the vault stays locked. A wallet whose brand pack was
    /// changed is not opened.
    pub(crate) async fn open(ground: &Ground, cost: Cost) -> anyhow::Result<Self> {
        let role = Role { folder: ground.bank.wallet.folder(), ..ROLE };
        let worn = pack::worn(&ground.data.join(role.folder))?;
        let path = ground.data.join(role.folder).join("vault");
        let vault = Vault::new(path, cost);
        let party = ground.party(role, Lesson::Learns, Arc::new(vault.clone())).await?;
        let english = Language::parse("en")?;
        let standing = || standing(ground.letterhead(), ground.acceptance(), english.clone());
        let desk = VaultDesk { vault: vault.clone(), clock: Arc::clone(&ground.clock) };
        let registrations = Driver::new(Arc::clone(&party.shell), standing(), desk);
        let purchases = Driver::new(Arc::clone(&party.shell), standing(), NoDesk);
        let documents = Documents::new(&party.store, &ground.clock);
        let brand = ground.brand.clone();
        let suite = ground.suite;
        Ok(Self { party, vault, registrations, purchases, documents, worn, suite, brand })
    }

    /// Begins to remember what is due.
    pub(crate) async fn start(&self, stop: &Stop) -> anyhow::Result<Vec<Reminder>> {
        let reminders = [
            self.registrations.start(stop.clone()).await?,
            self.purchases.start(stop.clone()).await?,
        ];
        Ok(reminders.into())
    }

    /// Speaks a language from now on: the one its owner reads.
    pub(crate) fn speak(&self, language: &Language) {
        let before = self.purchases.standing();
        if before.language == *language {
            return;
        }
        let standing = || standing(before.letterhead.clone(), before.acceptance, language.clone());
        self.purchases.stand(standing());
        self.registrations.stand(standing());
    }

    /// Puts a card into the vault and begins its registration; answers what both call it.
    pub(crate) async fn apply(&self, pan: Pan, expiry: CardExpiry) -> anyhow::Result<String> {
        require_card_for(self.suite, &pan.bin()).map_err(NotTaken::Refused)?;
        let id = fresh_id()?;
        let now = self.now();
        self.note(&id, pan.last_four()).await?;
        let key = self.vault.add(self.suite, id.clone(), pan, expiry, now).await?;
        let begin = Begin { brand: self.brand.clone(), key: NewKey::of(&key), renews: None };
        self.registrations.command(at(&id), Input::Begin(begin)).await?;
        Ok(id)
    }

    /// How far a registration has come.
    pub(crate) async fn registration(&self, id: &str) -> anyhow::Result<Option<Registration>> {
        Ok(self.registrations.state(&at(id)).await?)
    }

    /// Sends the answers to the bank's form.
    pub(crate) async fn answer(&self, id: &str, answers: Vec<Answer>) -> anyhow::Result<()> {
        let Secrets { pan, expiry, card_secret, back_key, .. } = self
            .vault
            .cards(self.now(), |cards| secrets(cards, id, Vec::new()))?
            .context("no such card")?;
        let filled = Filled { answers, pan, expiry, card_secret, back_key };
        Ok(self.registrations.command(at(id), Input::Filled(filled)).await?)
    }

    /// The certified cards, newest first: what the wallet calls each, and its certificate.
    pub(crate) async fn certified(&self) -> anyhow::Result<Vec<(String, CardIdentity)>> {
        let all = self.registrations.list(Page::newest(CARDS_MAX)).await?;
        let certified = all.into_iter().filter_map(|(record, state)| match state.stage {
            RegistrationStage::Certified { card, .. } => {
                Some((String::from_utf8(record.key).ok()?, card))
            }
            _ => None,
        });
        Ok(certified.collect())
    }

    /// Begins a purchase with a card; answers what the wallet calls it.
    pub(crate) async fn begin(
        &self,
        id: &str,
        initiation: Initiation,
        card: &str,
    ) -> anyhow::Result<()> {
        let bin = self
            .vault
            .cards(self.now(), |cards| {
                cards.iter().find(|one| one.id == card).map(|one| one.pan.bin())
            })?
            .context("no such card")?;
        let registered = self.registration(card).await?.map(|registration| registration.stage);
        let Some(RegistrationStage::Certified { card: identity, .. }) = registered else {
            bail!("the card is not certified");
        };
        let start = Start { initiation, brand: self.brand.clone(), bin, card: Some(identity) };
        let input = PurchaseInput::Start(Box::new(start));
        Ok(self.purchases.command(at(id), input).await?)
    }

    /// Signs and pays what was offered.
    pub(crate) async fn consent(&self, id: &str, card: &str) -> anyhow::Result<()> {
        let input = PurchaseInput::Consented(Box::new(self.secrets(card)?));
        Ok(self.purchases.command(at(id), input).await?)
    }

    /// What one consent needs of a card.
    pub(crate) fn secrets(&self, card: &str) -> anyhow::Result<Card> {
        let opened = self.vault.cards(self.now(), |cards| {
            let card = cards.iter().find(|one| one.id == card)?;
            let pan_secret = card.pan_secret.as_ref()?;
            Some(Card {
                pan: again(&card.pan),
                expiry: card.expiry.clone(),
                card_secret: copy(&card.card_secret),
                pan_secret: copy(pan_secret),
            })
        })?;
        opened.context("the card's certificate has not come yet")
    }

    /// How far a purchase has come.
    pub(crate) async fn purchase(&self, id: &str) -> anyhow::Result<Option<Purchase>> {
        Ok(self.purchases.state(&at(id)).await?)
    }

    /// The last four digits of a card, which the wallet knows when it is locked too.
    pub(crate) async fn last_four(&self, id: &str) -> anyhow::Result<String> {
        let at = StoreLookup::Key(id.as_bytes().to_vec());
        let record = self.party.store.load(CARD, &at).await?;
        Ok(record.map(|record| String::from_utf8(record.state)).transpose()?.unwrap_or_default())
    }

    async fn note(&self, id: &str, last_four: &str) -> anyhow::Result<()> {
        let put = Put {
            kind: CARD,
            key: id.as_bytes().to_vec(),
            expected: Expected::Absent,
            state: last_four.as_bytes().to_vec(),
            at: self.now(),
        };
        self.party.store.commit(Change { puts: vec![put], ..Change::default() }).await?;
        Ok(())
    }

    fn now(&self) -> openset_types::UnixTime {
        self.party.shell.clock().now()
    }
}

fn standing(
    letterhead: Letterhead,
    acceptance: Acceptance,
    language: Language,
) -> cardholder::Standing {
    cardholder::Standing {
        language,
        letterhead,
        acceptance,
        inquire_after_s: INQUIRE_AFTER_S,
        give_up_after_s: GIVE_UP_AFTER_S,
        patience: PATIENCE,
    }
}

/// An instance by the name the wallet gave it.
pub(crate) fn at(id: &str) -> Lookup {
    Lookup::Key(id.as_bytes().to_vec())
}

/// A name that nobody can guess.
pub(crate) fn fresh_id() -> Result<String, openset_node::fault::Fault> {
    let [a, b, c, d, ..] = entropy::seed()?.as_chunks::<4>().0.to_vec()[..] else {
        return Err(openset_node::fault::Fault::Entropy);
    };
    Ok(HEXLOWER.encode(&[a, b, c, d].concat()))
}

/// Opens the vault where a registration needs what is in it.
struct VaultDesk {
    vault: Vault,
    clock: Arc<dyn openset_node::clock::Clock>,
}

impl Desk<CardholderRegistration> for VaultDesk {
    fn perform<'a>(
        &'a self,
        key: &'a [u8],
        effect: Effect,
    ) -> Performing<'a, CardholderRegistration> {
        Box::pin(async move {
            let id = String::from_utf8_lossy(key).into_owned();
            match effect {
                Effect::WantCard => {
                    let secrets = self.wait_for(&id, Vec::new()).await?;
                    Some(Input::Card(secrets.pan))
                }
                Effect::WantSecrets { answer } => {
                    let secrets = self.wait_for(&id, answer.as_ref().to_vec()).await?;
                    Some(Input::Secrets(secrets))
                }
                Effect::WantKey => {
                    self.wait_for(&id, Vec::new()).await?;
                    Some(Input::KeyAtHand)
                }
                Effect::RenewalDue => {
                    tracing::warn!(card = %id, "the card's certificate ends soon");
                    Some(Input::Noted)
                }
                Effect::Keep { pan_secret, .. } => {
                    self.keep(&id, pan_secret).await?;
                    Some(Input::Kept)
                }
            }
        })
    }
}

impl VaultDesk {
    /// What the vault holds of a card: now, or when it is opened next. Nothing if the card was
    /// taken out.
    async fn wait_for(&self, id: &str, answer: Vec<u8>) -> Option<Secrets> {
        loop {
            let now = self.clock.now();
            match self.vault.cards(now, |cards| secrets(cards, id, answer.clone())) {
                Ok(secrets) => return secrets,
                Err(_) => sleep(LOOK).await,
            }
        }
    }

    /// Puts the bank's answer to its card, now or when the vault is opened next. Nothing if the
    /// card was taken out: whoever waited for it to come back would wait for ever.
    async fn keep(&self, id: &str, pan_secret: Secret) -> Option<()> {
        loop {
            self.wait_for(id, Vec::new()).await?;
            let kept = self.vault.certify(id.to_owned(), copy(&pan_secret), self.clock.now()).await;
            match kept {
                Ok(()) => return Some(()),
                Err(Locked::Locked) => sleep(LOOK).await,
                Err(locked) => {
                    tracing::error!(%locked, "PANSecret is not kept");
                    sleep(LOOK).await;
                }
            }
        }
    }
}

fn secrets(cards: &[VaultCard], id: &str, answer: Vec<u8>) -> Option<Secrets> {
    let card = cards.iter().find(|card| card.id == id)?;
    let others = cards.iter().filter(|other| other.id != id);
    Some(Secrets {
        answer: answer.into(),
        pan: again(&card.pan),
        expiry: card.expiry.clone(),
        card_secret: copy(&card.card_secret),
        back_key: copy(&card.back_key),
        others: others.filter_map(|other| other.pan_secret.as_ref().map(copy)).collect(),
    })
}

/// The same number once more, for one step.
fn again(pan: &Pan) -> Pan {
    Pan::parse(pan.expose()).expect("a number that was parsed before")
}

fn copy(secret: &Secret) -> Secret {
    Secret::new(secret.expose().to_vec())
}

/// Why an input was not taken, for whoever gave it.
pub(crate) fn refusal(error: &anyhow::Error) -> Option<&openset_protocol::refusal::Refusal> {
    match error.downcast_ref::<NotTaken>()? {
        NotTaken::Refused(refusal) => Some(refusal),
        _ => None,
    }
}
