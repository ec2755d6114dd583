//! Applications for a card's certificate: the form of the bank, and what became of the answers.

use std::time::Duration;

use openset_protocol::{
    cardholder::registration::{Applied, Registration, Shown, Stage},
    enrolment::{self, Ended, FieldId},
};
use openset_web::{
    Problem,
    ports::{
        Answer, Application, ApplicationState, Enrolment, Field, Pended, Referral, Refusal,
        RefusedFor, RegistrationForm, Said, Unfit,
    },
};
use openset_wire::cert::CertStatusCode;
use tokio::time::timeout;

use super::{
    super::{broken, unavailable},
    cards,
};
use crate::house::{
    purse::Purse,
    wallet::{at, cards::Entry, refusal},
};

/// How long a page waits for the bank before it shows that it waits.
const WAIT: Duration = Duration::from_secs(2);

/// An application as lists show it.
pub(super) fn application(entry: &Entry) -> Application {
    let state = match &entry.registration.stage {
        Stage::Started(_)
        | Stage::Introduced(_)
        | Stage::Asking { .. }
        | Stage::Applied(_)
        // What it gave is on its way into the vault.
        | Stage::Certified { .. } => ApplicationState::Asking,
        Stage::FormShown(_) => ApplicationState::Form,
        Stage::Pending(_) | Stage::Inquiring(_) => ApplicationState::Pended,
        Stage::Referred(_) => ApplicationState::Referred,
        Stage::Refused(_) => ApplicationState::Refused,
    };
    Application { id: entry.id.clone(), state }
}

/// How far a registration has come; waits a little for what is about to change.
pub(super) async fn enrolment(purse: &Purse, id: &str) -> Said<Enrolment> {
    let wallet = &purse.wallet;
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
            let registration = wallet.registrations.state(&at(id)).await;
            registration.map_err(broken)?.ok_or(Problem::NotFound)?
        }
    };
    match &registration.stage {
        Stage::Started(_) | Stage::Introduced(_) | Stage::Asking { .. } => Ok(Enrolment::Asking),
        Stage::FormShown(shown) => Ok(Enrolment::Form(form(purse, id, shown).await?)),
        Stage::Applied(_) => Ok(Enrolment::Applying),
        Stage::Pending(applied) => Ok(Enrolment::Pended(pended(purse, id, applied, false).await?)),
        Stage::Inquiring(applied) => Ok(Enrolment::Pended(pended(purse, id, applied, true).await?)),
        Stage::Referred(enrolment::Referral { reason, urls }) => {
            Ok(Enrolment::Referred(Referral { words: reason.clone(), addresses: urls.clone() }))
        }
        Stage::Certified { .. } => {
            let held = cards::named(purse, id).await?;
            // What it gave is on its way into the vault.
            match held.applies.as_ref().is_some_and(|entry| entry.id == id) {
                true => Ok(Enrolment::Applying),
                false => Ok(Enrolment::Certified(cards::card(purse, &held).await?)),
            }
        }
        Stage::Refused(ended) => {
            Ok(Enrolment::Refused(refused(purse, id, &registration, ended).await?))
        }
    }
}

fn is_waiting(stage: &Stage) -> bool {
    matches!(
        stage,
        Stage::Started(_) | Stage::Introduced(_) | Stage::Asking { .. } | Stage::Applied(_)
    )
}

/// An application that somebody looks at.
async fn pended(purse: &Purse, id: &str, applied: &Applied, is_open: bool) -> Said<Pended> {
    let institution = applied.shown.form.institution.clone();
    let patience = purse.wallet.registrations.standing().patience;
    Ok(Pended {
        bank: institution.unwrap_or_else(|| purse.bank().to_owned()),
        last_four: purse.wallet.last_four(id).await.map_err(unavailable)?,
        sent: applied.at,
        asked: applied.asked_at,
        is_open,
        until: applied.at.plus_s(patience.decided_within_s),
    })
}

/// An application that ended without a certificate.
async fn refused(purse: &Purse, id: &str, kept: &Registration, ended: &Ended) -> Said<Refusal> {
    let (why, words) = match ended {
        Ended::Rejected(rejection) => (rejected(rejection.code), rejection.message.clone()),
        Ended::Referred { reason } => (RefusedFor::NoForm, reason.clone()),
        Ended::ReferredInCircle => (RefusedFor::Circle, None),
        Ended::WithError(_) => (RefusedFor::Trouble, None),
        Ended::WithoutAnswer => (RefusedFor::Silence, None),
    };
    let held = cards::named(purse, id).await?;
    let life = held.identity().map(|it| purse.wallet.life(it).map_err(unavailable)).transpose()?;
    // A certificate that the bank does not believe any more is good for nothing.
    let now = purse.ground.clock.now();
    let good = life.filter(|life| life.until >= now && why != RefusedFor::Signature);
    Ok(Refusal {
        bank: held
            .certified
            .map_or_else(|| cards::bank(purse, kept), |it| cards::bank(purse, &it.registration)),
        last_four: purse.wallet.last_four(id).await.map_err(unavailable)?,
        why,
        words,
        good_until: good.map(|life| life.until),
    })
}

fn rejected(code: CertStatusCode) -> RefusedFor {
    match code {
        CertStatusCode::RejectedByIssuer | CertStatusCode::RejectedByAquirer => RefusedFor::Bank,
        CertStatusCode::SigValidationFail => RefusedFor::Signature,
        CertStatusCode::InvalidBin | CertStatusCode::InvalidLanguage => RefusedFor::NoForm,
        CertStatusCode::RejectedByCa => RefusedFor::Authority,
        CertStatusCode::DecryptionError
        | CertStatusCode::UnableToEncryptCertRes
        | CertStatusCode::RequestComplete
        | CertStatusCode::RequestInProgress
        | CertStatusCode::RequestPended
        | CertStatusCode::RegFormAnswerMalformed => RefusedFor::Trouble,
    }
}

/// Asks now what has become of an application, and waits a little for the answer.
pub(super) async fn ask_again(purse: &Purse, id: &str) -> Said<()> {
    let wallet = &purse.wallet;
    let mut watch = wallet.registrations.watch(id.as_bytes());
    wallet.ask_again(id).await.map_err(out_of_turn)?;
    let answered = async {
        loop {
            let kept = wallet.registration(id).await.map_err(unavailable)?;
            if !kept.is_some_and(|kept| matches!(kept.stage, Stage::Inquiring(_))) {
                return Ok(());
            }
            watch.changed().await;
        }
    };
    timeout(WAIT, answered).await.unwrap_or(Ok(()))
}

/// Asks the authority that an application was sent to.
pub(super) async fn follow(purse: &Purse, id: &str, address: String) -> Said<()> {
    purse.wallet.follow(id, address).await.map_err(out_of_turn)
}

/// What a person is told whose page shows a registration as it no longer stands.
fn out_of_turn(error: anyhow::Error) -> Problem {
    match refusal(&error) {
        Some(_) => Problem::FormStale,
        None => unavailable(error),
    }
}

async fn form(purse: &Purse, id: &str, shown: &Shown) -> Said<RegistrationForm> {
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
        bank: form.institution.clone().unwrap_or_else(|| purse.bank().to_owned()),
        last_four: purse.wallet.last_four(id).await.map_err(unavailable)?,
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
pub(super) async fn answer(purse: &Purse, id: &str, answers: Vec<Answer>) -> Said<()> {
    let registration = purse.wallet.registration(id).await.map_err(unavailable)?;
    let Some(Registration { stage: Stage::FormShown(shown), .. }) = registration else {
        return Err(Problem::FormStale);
    };
    let asked = (1..).zip(&shown.form.form.fields);
    let answers = asked.filter_map(|(number, field)| {
        let answer = answers.iter().find(|answer| answer.field == field_id(number))?;
        Some(enrolment::Answer { field: field.name.clone(), text: answer.text.clone() })
    });
    let answers = answers.collect();
    purse.wallet.answer(id, answers).await.map_err(out_of_turn)
}
