//! How the merchant and the gateway come to their certificates: by the real messages, over HTTP,
//! from the real authorities.

use std::{sync::Arc, time::Duration};

use anyhow::{Context, bail};
use openset_crypto::{Authority, Identity, KeyKind, KeyUse, Suite};
use openset_node::{
    driver::{Desk, Driver, Performing},
    keys::KeyHolder,
    shutdown::Shutdown,
};
use openset_protocol::{
    enrolment::{
        Answer, NewKey, Patience,
        applicant::{
            Applicant, Begin, Effect, Filled, Input, Keys, Registering, Registration, Shown, Stage,
            Standing,
        },
    },
    gateway::registration as gateway,
    merchant::registration as merchant,
    role::Lookup,
};
use openset_types::Language;
use tokio::time::timeout;

use super::ground::{Ground, Lesson, Role};
use crate::{ceremony::papers, demo::cast};

/// How long an enrolment may take.
const PATIENCE: Duration = Duration::from_secs(30);
/// The key of the one registration in a party's database.
pub(super) const INSTANCE: &[u8] = b"first";

/// Enrols the gateway.
pub(crate) async fn gateway(ground: &Ground) -> anyhow::Result<()> {
    let names = gateway::Names { acquirer: cast::acquirer_bin(), business: None };
    enrol::<gateway::Gateway>(ground, super::gateway::ROLE, names, cast::ACQUIRER).await
}

/// Enrols the merchant.
pub(crate) async fn merchant(ground: &Ground) -> anyhow::Result<()> {
    let names = merchant::Names { acquirer: cast::acquirer_bin(), merchant: cast::merchant_id() };
    enrol::<merchant::Merchant>(ground, super::merchant::ROLE, names, cast::SHOP).await
}

/// Registers one party and keeps its two certificates. Every question of the form gets the same
/// answer: there is one.
async fn enrol<A: Applicant>(
    ground: &Ground,
    role: Role,
    names: A::Names,
    answer: &str,
) -> anyhow::Result<()> {
    let ring = ground.keys(role.folder)?;
    let party = ground.party(role, Lesson::Told, ring.clone()).await?;
    let standing = Standing {
        language: Language::parse("en")?,
        letterhead: ground.letterhead(),
        acceptance: ground.acceptance(),
        give_up_after_s: 60,
        patience: Patience { inquire_after_s: 5, ..Patience::default() },
    };
    let driver: Driver<Registering<A>> = Driver::new(Arc::clone(&party.shell), standing, DueDesk);
    let shutdown = Shutdown::default();
    let reminder = driver.start(shutdown.listen()).await?;
    let keys = Keys {
        signature: new_key(ground.suite, ring.as_ref(), KeyUse::Signs)?,
        encipherment: new_key(ground.suite, ring.as_ref(), KeyUse::Opens)?,
    };
    let begin = Begin { brand: ground.brand.clone(), names, keys, renews: None };
    driver.command(at(), Input::Begin(begin)).await?;
    let certified = timeout(PATIENCE, converse(&driver, answer)).await;
    shutdown.ask();
    reminder.ended().await;
    let (signature, encipherment) =
        certified.with_context(|| format!("no authority certified the {}", role.name))??;
    let papers = ground.papers(role.folder);
    papers.keep(papers::SIGNATURE, &signature)?;
    papers.keep(papers::ENCIPHERMENT, &encipherment)?;
    party.learned.save().await?;
    Ok(())
}

/// Hears that certificates end soon.
struct DueDesk;

impl<A: Applicant> Desk<Registering<A>> for DueDesk {
    fn perform<'a>(&'a self, _: &'a [u8], effect: Effect) -> Performing<'a, Registering<A>> {
        Box::pin(async move {
            match effect {
                Effect::RenewalDue => tracing::warn!("the certificates of this party end soon"),
            }
            Some(Input::Noted)
        })
    }
}

fn at() -> Lookup {
    Lookup::Key(INSTANCE.to_vec())
}

pub(crate) fn new_key(suite: Suite, ring: &dyn KeyHolder, to: KeyUse) -> anyhow::Result<NewKey> {
    Ok(NewKey::of(&ring.generate(KeyKind::of_parties(suite), to)?))
}

/// Answers the form when it is there, and waits for the certificates.
async fn converse<A: Applicant>(
    driver: &Driver<Registering<A>>,
    answer: &str,
) -> anyhow::Result<(Identity, Identity)> {
    let mut watch = driver.watch(INSTANCE);
    loop {
        let state: Option<Registration<A>> = driver.state(&at()).await?;
        match state.context("the registration is gone")?.stage {
            Stage::FormShown(shown) => {
                let filled = Filled { answers: answers(&shown, answer), account: None };
                driver.command(at(), Input::Filled(filled)).await?;
            }
            Stage::Certified { signature, encipherment } => {
                return Ok((signature.identity()?, encipherment.identity()?));
            }
            Stage::Refused(ended) => bail!("{} refused: {ended:?}", word(A::AUTHORITY)),
            Stage::Referred(referral) => bail!("{} sends on: {referral:?}", word(A::AUTHORITY)),
            Stage::Started(_) | Stage::Applied(_) | Stage::Pending(_) | Stage::Inquiring(_) => {
                watch.changed().await;
            }
        }
    }
}

pub(crate) fn answers(shown: &Shown, answer: &str) -> Vec<Answer> {
    let fields = shown.form.form.fields.iter().filter(|field| !field.is_invisible);
    fields.map(|field| Answer { field: field.name.clone(), text: answer.to_owned() }).collect()
}

fn word(authority: Authority) -> &'static str {
    crate::ceremony::folder(authority)
}
