//! Applications for a card's certificate: the form of the bank, and what became of the answers.

use std::time::Duration;

use openset_protocol::{
    cardholder::registration::{Applied, Registration, Shown, Stage},
    enrolment::{self, Ended},
};
use openset_web::{
    Problem,
    ports::{
        Answer, Application, ApplicationState, Bearer, Card, Enrolment, EnrolmentStage, Pended,
        Referral, Refusal, RefusedFor, Said,
    },
};
use tokio::time::timeout;

use super::{
    super::{broken, enrolment as words, unavailable},
    cards,
};
use crate::house::{
    purse::Purse,
    wallet::{at, cards::Entry},
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
pub(super) async fn enrolment(purse: &Purse, id: &str) -> Said<Enrolment<Card>> {
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
    let last_four = wallet.last_four(id).await.map_err(unavailable)?;
    let stage = stage(purse, id, &registration).await?;
    Ok(Enrolment { bearer: Bearer::Card { last_four }, stage })
}

async fn stage(purse: &Purse, id: &str, kept: &Registration) -> Said<EnrolmentStage<Card>> {
    let bank = purse.bank();
    Ok(match &kept.stage {
        Stage::Started(_) | Stage::Introduced(_) | Stage::Asking { .. } => EnrolmentStage::Asking,
        Stage::FormShown(Shown { form, .. }) => EnrolmentStage::Form(words::form(form, bank)),
        Stage::Applied(_) => EnrolmentStage::Applying,
        Stage::Pending(applied) => EnrolmentStage::Pended(pended(purse, applied, false)),
        Stage::Inquiring(applied) => EnrolmentStage::Pended(pended(purse, applied, true)),
        Stage::Referred(enrolment::Referral { reason, urls }) => {
            EnrolmentStage::Referred(Referral { words: reason.clone(), addresses: urls.clone() })
        }
        Stage::Certified { .. } => {
            let held = cards::named(purse, id).await?;
            // What it gave is on its way into the vault.
            match held.applies.as_ref().is_some_and(|entry| entry.id == id) {
                true => EnrolmentStage::Applying,
                false => EnrolmentStage::Certified(cards::card(purse, &held).await?),
            }
        }
        Stage::Refused(ended) => EnrolmentStage::Refused(refused(purse, id, kept, ended).await?),
    })
}

fn is_waiting(stage: &Stage) -> bool {
    matches!(
        stage,
        Stage::Started(_) | Stage::Introduced(_) | Stage::Asking { .. } | Stage::Applied(_)
    )
}

/// An application that somebody looks at.
fn pended(purse: &Purse, applied: &Applied, is_open: bool) -> Pended {
    let institution = applied.shown.form.institution.clone();
    let patience = purse.wallet.registrations.standing().patience;
    Pended {
        bank: institution.unwrap_or_else(|| purse.bank().to_owned()),
        sent: applied.at,
        asked: applied.asked_at,
        is_open,
        until: applied.at.plus_s(patience.decided_within_s),
    }
}

/// An application that ended without a certificate.
async fn refused(purse: &Purse, id: &str, kept: &Registration, ended: &Ended) -> Said<Refusal> {
    let (why, words) = words::refused(ended);
    let held = cards::named(purse, id).await?;
    let life = held.identity().map(|it| purse.wallet.life(it).map_err(unavailable)).transpose()?;
    // A certificate that the bank does not believe any more is good for nothing.
    let now = purse.ground.clock.now();
    let good = life.filter(|life| life.until >= now && why != RefusedFor::Signature);
    Ok(Refusal {
        bank: held
            .certified
            .map_or_else(|| cards::bank(purse, kept), |it| cards::bank(purse, &it.registration)),
        why,
        words,
        good_until: good.map(|life| life.until),
    })
}

/// Asks now what has become of an application, and waits a little for the answer.
pub(super) async fn ask_again(purse: &Purse, id: &str) -> Said<()> {
    let wallet = &purse.wallet;
    let mut watch = wallet.registrations.watch(id.as_bytes());
    wallet.ask_again(id).await.map_err(words::out_of_turn)?;
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
    purse.wallet.follow(id, address).await.map_err(words::out_of_turn)
}

/// Sends the answers.
pub(super) async fn answer(purse: &Purse, id: &str, answers: Vec<Answer>) -> Said<()> {
    let registration = purse.wallet.registration(id).await.map_err(unavailable)?;
    let Some(Registration { stage: Stage::FormShown(shown), .. }) = registration else {
        return Err(Problem::FormStale);
    };
    let answers = words::answers(&shown.form, &answers);
    purse.wallet.answer(id, answers).await.map_err(words::out_of_turn)
}
