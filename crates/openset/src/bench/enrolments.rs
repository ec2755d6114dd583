//! Cardholders come to their certificates: real messages over real sockets to the authority, which
//! asks the issuer, lints what it signs, and stores each step before it answers. The cardholders
//! themselves keep nothing: a wallet's vault costs what a guesser shall pay, and is not measured.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::{Context, bail};
use openset_crypto::{Draw, KeyKind, PrivateKey, SoftwareKeys, Suite};
use openset_node::{entropy, http::Media, http::client::Client};
use openset_protocol::{
    cardholder::registration::{
        Begin, CardholderRegistration, Effect as Wanted, Filled, Input, Registration, Secrets,
        Stage,
    },
    enrolment::NewKey,
    role::{Effect, Step},
};
use openset_types::Secret;
use tokio::task::JoinSet;

use super::{actor::Actor, machine};
use crate::{
    demo::cast::{self, TestCard},
    house::system::System,
};

/// How many are enrolled before anything is measured, and how many at a time.
const WARM_UP: u32 = 32;
const CONCURRENCY: usize = 32;

/// What enrolling took.
pub(super) struct Enrolled {
    /// How many cardholders.
    pub(super) count: u32,
    /// From the first to the last.
    pub(super) took: Duration,
    /// Processor time of one, in all threads: authority, issuer and cardholder.
    pub(super) worked: Duration,
}

/// Enrols so many cardholders.
pub(super) async fn enrol(system: &System, count: u32) -> anyhow::Result<Enrolled> {
    let wallet = &system.wallet;
    let keys = Arc::new(SoftwareKeys::new());
    let holder = Arc::clone(&keys);
    let applicants = Arc::new(Applicants {
        actor: Actor::new(&wallet.party, holder, &wallet.registrations),
        keys,
        suite: system.ground.suite,
        client: system.ground.client.clone(),
        authority: system.ground.addresses.ca_cardholder.clone(),
    });
    applicants.all(WARM_UP).await?;
    let (begun, before) = (Instant::now(), machine::worked());
    applicants.all(count).await?;
    let (took, after) = (begun.elapsed(), machine::worked());
    let worked = after.zip(before).context("processor time is not told")?;
    Ok(Enrolled { count, took, worked: (worked.0 - worked.1) / count })
}

/// People with a card.
struct Applicants {
    actor: Actor<CardholderRegistration>,
    keys: Arc<SoftwareKeys>,
    suite: Suite,
    client: Client,
    authority: String,
}

/// What one of them knows.
struct Person {
    card: &'static TestCard,
    key: NewKey,
    card_secret: Secret,
    back_key: Secret,
}

impl Applicants {
    async fn all(self: &Arc<Self>, count: u32) -> anyhow::Result<()> {
        let left = Arc::new(AtomicU32::new(count));
        let mut people = JoinSet::new();
        for _ in 0..CONCURRENCY {
            let (all, left) = (Arc::clone(self), Arc::clone(&left));
            people.spawn(async move {
                let next = |left: u32| left.checked_sub(1);
                while left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, next).is_ok() {
                    all.one().await?;
                }
                anyhow::Ok(())
            });
        }
        while let Some(done) = people.join_next().await {
            done??;
        }
        Ok(())
    }

    /// One of them, from CardCInitReq to a certificate that was checked.
    async fn one(&self) -> anyhow::Result<()> {
        let person = Person::new(self.suite, &self.keys)?;
        let begin = Begin { brand: cast::brand(), key: person.key.clone(), renews: None };
        let mut step = self.actor.step(None, Input::Begin(begin))?;
        loop {
            let Step { state, effects } = step;
            match &state.stage {
                Stage::Certified { .. } => return Ok(()),
                Stage::FormShown(_) => {
                    let filled = person.fill(&state)?;
                    step = self.actor.step(Some(state), filled)?;
                    continue;
                }
                Stage::Refused(ended) => bail!("the authority refused: {ended:?}"),
                _ => {}
            }
            let effect = effects.into_iter().find_map(Next::of).context("nothing is next")?;
            step = match effect {
                Next::Ask(message) => {
                    let media = Media::Registration;
                    let answer = self.client.ask(&self.authority, media, message).await?;
                    self.actor.told(state, &answer)?
                }
                Next::Give(wanted) => self.actor.step(Some(state), person.give(wanted)?)?,
            };
        }
    }
}

/// What a registration does next.
enum Next {
    Ask(Vec<u8>),
    Give(Wanted),
}

impl Next {
    fn of(effect: Effect<Wanted>) -> Option<Self> {
        match effect {
            Effect::Ask { message, .. } => Some(Self::Ask(message)),
            Effect::Own(wanted) => Some(Self::Give(wanted)),
            _ => None,
        }
    }
}

impl Person {
    fn new(suite: Suite, keys: &SoftwareKeys) -> anyhow::Result<Self> {
        let [card, ..] = &cast::CARDS;
        let key = PrivateKey::generate(KeyKind::of_parties(suite))?;
        let named = NewKey::of(key.public());
        keys.hold(key);
        let mut draw = Draw::new(suite, entropy::seed()?);
        Ok(Self { card, key: named, card_secret: draw.secret(), back_key: draw.content_key() })
    }

    /// Answers every question of the form.
    fn fill(&self, state: &Registration) -> anyhow::Result<Input> {
        let Stage::FormShown(shown) = &state.stage else { bail!("there is no form") };
        Ok(Input::Filled(Filled {
            answers: self.card.answers(&shown.form.form),
            pan: self.card.pan(),
            expiry: cast::expiry(),
            card_secret: copy(&self.card_secret),
            back_key: copy(&self.back_key),
        }))
    }

    /// What a registration wants of the vault.
    fn give(&self, wanted: Wanted) -> anyhow::Result<Input> {
        Ok(match wanted {
            Wanted::WantCard => Input::Card(self.card.pan()),
            Wanted::WantKey => Input::KeyAtHand,
            Wanted::WantSecrets { answer } => Input::Secrets(Secrets {
                answer,
                pan: self.card.pan(),
                expiry: cast::expiry(),
                card_secret: copy(&self.card_secret),
                back_key: copy(&self.back_key),
                others: Vec::new(),
            }),
            Wanted::Keep { .. } => Input::Kept,
            Wanted::RenewalDue => bail!("a new certificate ends already"),
        })
    }
}

fn copy(secret: &Secret) -> Secret {
    Secret::new(secret.expose().to_vec())
}
