//! The cards of the wallet, and how they come to their certificates.

use std::time::Duration;

use openset_crypto::{Certified, Identity};
use openset_protocol::{
    cardholder::registration::{Registration, Shown, Stage},
    enrolment::{self, Ended, FieldId},
    refusal::Refusal,
};
use openset_web::{
    Problem, Tongue,
    ports::{Answer, Card, CardEntry, CardState, Enrolment, Field, RegistrationForm, Said, Unfit},
};
use tokio::time::timeout;

use super::super::{broken, unavailable};
use crate::{demo::cast, house::system::System, wallet::door::problem};

/// How long a page waits for the bank before it shows that it waits.
const WAIT: Duration = Duration::from_secs(2);

/// Every card in the vault.
pub(super) async fn all(system: &System) -> Said<Vec<Card>> {
    let wallet = &system.wallet;
    let ids = wallet.vault.cards(system.ground.clock.now(), |cards| {
        cards.iter().map(|card| card.id.clone()).collect::<Vec<_>>()
    });
    let mut all = Vec::new();
    for id in ids.map_err(problem)? {
        if let Some(registration) = wallet.registration(&id).await.map_err(unavailable)? {
            all.push(card(system, &id, &registration).await?);
        }
    }
    Ok(all)
}

/// One card as pages show it.
pub(super) async fn card(system: &System, id: &str, registration: &Registration) -> Said<Card> {
    let last_four = system.wallet.last_four(id).await.map_err(unavailable)?;
    let state = match &registration.stage {
        Stage::Certified { card, .. } => {
            let identity: Identity = card.identity().map_err(unavailable)?;
            let read = Certified::read(system.ground.suite, identity.certificate);
            let until = read.map_err(unavailable)?.not_after();
            if system.ground.clock.now() > until {
                CardState::Expired { on: until }
            } else {
                CardState::Certified { until }
            }
        }
        _ => CardState::Unfinished,
    };
    Ok(Card {
        id: id.to_owned(),
        bank: bank(registration),
        brand: registration.brand.to_string(),
        last_four,
        state,
    })
}

/// The bank, from its certificate, once it has answered.
fn bank(registration: &Registration) -> String {
    let shown = match &registration.stage {
        Stage::FormShown(shown) => Some(shown),
        Stage::Applied(applied)
        | Stage::Pending(applied)
        | Stage::Inquiring(applied)
        | Stage::Certified { applied, .. } => Some(&applied.shown),
        _ => None,
    };
    let named = shown.and_then(|shown| shown.form.institution.clone());
    named.unwrap_or_else(|| cast::ISSUER.to_owned())
}

/// Begins a registration.
pub(super) async fn apply(system: &System, card: CardEntry, tongue: Tongue) -> Said<String> {
    system.wallet.speak(&tongue.language());
    system.wallet.apply(card.pan, card.expiry).await.map_err(|error| {
        match crate::house::wallet::refusal(&error) {
            Some(Refusal::SenderNamedRealCard) => Problem::CardForStudy,
            _ => unavailable(error),
        }
    })
}

/// How far a registration has come; waits a little for what is about to change.
pub(super) async fn enrolment(system: &System, id: &str) -> Said<Enrolment> {
    let wallet = &system.wallet;
    let mut watch = wallet.registrations.watch(id.as_bytes());
    let settled = async {
        loop {
            let registration = wallet.registration(id).await.map_err(unavailable)?;
            let registration = registration.ok_or(Problem::NotFound)?;
            if !is_waiting(&registration.stage) {
                return Ok(registration);
            }
            watch.changed().await;
        }
    };
    let registration = match timeout(WAIT, settled).await {
        Ok(registration) => registration?,
        Err(_) => {
            let registration = wallet.registrations.state(&crate::house::wallet::at(id)).await;
            registration.map_err(broken)?.ok_or(Problem::NotFound)?
        }
    };
    match &registration.stage {
        Stage::Started(_) | Stage::Introduced(_) | Stage::Asking { .. } => Ok(Enrolment::Asking),
        Stage::FormShown(shown) => Ok(Enrolment::Form(form(system, id, shown).await?)),
        Stage::Applied(_) | Stage::Pending(_) | Stage::Inquiring(_) => Ok(Enrolment::Applying),
        Stage::Referred(_) => Ok(Enrolment::Ended(Problem::CardNotCertified)),
        Stage::Certified { .. } => Ok(Enrolment::Certified(card(system, id, &registration).await?)),
        Stage::Refused(ended) => Ok(Enrolment::Ended(told(ended))),
    }
}

fn is_waiting(stage: &Stage) -> bool {
    matches!(
        stage,
        Stage::Started(_) | Stage::Introduced(_) | Stage::Asking { .. } | Stage::Applied(_)
    )
}

fn told(ended: &Ended) -> Problem {
    match ended {
        Ended::Rejected(_)
        | Ended::Referred { .. }
        | Ended::ReferredInCircle
        | Ended::WithError(_) => Problem::CardNotCertified,
        Ended::WithoutAnswer => Problem::RegistrarUnreachable,
    }
}

async fn form(system: &System, id: &str, shown: &Shown) -> Said<RegistrationForm> {
    let field = |(number, field): (u16, &enrolment::Field)| Field {
        id: field_id(number),
        label: field.name.clone(),
        hint: field.help.clone(),
        required: field.is_required,
        length_max: field.characters_max.into(),
        hidden: field.id == Some(FieldId::PassPhrase),
    };
    let form = &shown.form;
    // What people are not asked is left to software that knows it.
    let asked = (1..).zip(&form.form.fields).filter(|(_, field)| !field.is_invisible);
    let unfit = form
        .unfit
        .iter()
        .map(|unfit| Unfit { field: field_id(unfit.number), why: unfit.why.to_string() });
    Ok(RegistrationForm {
        bank: form.institution.clone().unwrap_or_else(|| cast::ISSUER.to_owned()),
        last_four: system.wallet.last_four(id).await.map_err(unavailable)?,
        policy: form.form.policy.clone(),
        fields: asked.map(field).collect(),
        unfit: unfit.collect(),
    })
}

/// What pages call a field of the bank's form.
fn field_id(number: u16) -> String {
    format!("field-{number}")
}

/// Sends the answers.
pub(super) async fn answer(system: &System, id: &str, answers: Vec<Answer>) -> Said<()> {
    let registration = system.wallet.registration(id).await.map_err(unavailable)?;
    let Some(Registration { stage: Stage::FormShown(shown), .. }) = registration else {
        return Err(Problem::FormStale);
    };
    let asked = (1..).zip(&shown.form.form.fields);
    let answers = asked.filter_map(|(number, field)| {
        let answer = answers.iter().find(|answer| answer.field == field_id(number))?;
        Some(enrolment::Answer { field: field.name.clone(), text: answer.text.clone() })
    });
    let answers = answers.collect();
    system.wallet.answer(id, answers).await.map_err(|error| {
        match crate::house::wallet::refusal(&error) {
            Some(_) => Problem::FormStale,
            None => unavailable(error),
        }
    })
}
