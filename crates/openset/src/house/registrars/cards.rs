//! The registrar of cardholders: asks the card's bank as its form file says, and decides by the
//! bank's rules.
//!
//! ```text
//! tried too often ──────────▶ no           every source approves ──▶ yes, or a person
//! the form is another now ──▶ a person     a source says no ───────▶ no
//! a source says nothing ────▶ not now      answers differ ─────────▶ the form again, or a person
//! ```

use std::{path::Path, sync::Arc};

use openset_node::{
    clock::Clock,
    driver::{Desk, Performing},
    store::Store,
};
use openset_protocol::{
    ca::{Applicant, Application, Approval, AuthorityEnrolment, Denial, Effect, Input, Reason},
    enrolment::Unfit,
};

use super::{
    http::Service,
    records::{Case, NotNow, Records, Verdict},
    table::Table,
    tries::Tries,
    words::Words,
};
use crate::house::forms::{self, Bank, CardDesk, FormFile, Rules};

/// Who says whether somebody is a card's holder.
pub(crate) struct CardRegistrar {
    banks: Vec<CardBank>,
    clock: Arc<dyn Clock>,
    tries: Tries,
}

/// A bank of cardholders, and whom it asks.
struct CardBank {
    bank: Bank,
    rules: Rules,
    sources: Vec<Arc<dyn Records>>,
}

impl CardRegistrar {
    /// The registrar of a form file that lies in this folder. Its issuer is asked for the banks
    /// that want it asked.
    pub(crate) fn open(
        file: FormFile,
        folder: &Path,
        issuer: super::IssuerRecords,
        (clock, store): (Arc<dyn Clock>, Arc<dyn Store>),
    ) -> anyhow::Result<Self> {
        let issuer: Arc<dyn Records> = Arc::new(issuer);
        let mut banks = Vec::new();
        for (bank, desk) in file.into_desks() {
            let CardDesk { records, rules } = desk;
            banks.push(CardBank { bank, rules, sources: sources(records, folder, &issuer)? });
        }
        Ok(Self { banks, clock, tries: Tries::open(folder, store)? })
    }

    async fn decide(&self, key: &[u8], application: &Application) -> Input {
        let words = Words::of(&application.language);
        let bank = self.banks.iter().find(|bank| bank.bank.bins.contains(&application.bank));
        let (Some(bank), Applicant::Cardholder { pan, expiry }) = (bank, &application.applicant)
        else {
            return denied(Reason::Authority, words.refused());
        };
        // The form was changed since it was sent: what the answers are to, a person reads.
        let Some(form) = bank.bank.form(application.form) else { return Input::Pended };
        let most = bank.rules.tries_per_day;
        let attempt = match self.tries.begin(pan, self.clock.now(), most).await {
            Ok(Some(attempt)) => attempt,
            Ok(None) => return denied(Reason::Issuer, words.too_often()),
            Err(fault) => {
                tracing::error!(%fault, "nobody knows how often a card was tried");
                return denied(Reason::Authority, words.not_now());
            }
        };
        let case = Case::of(key, (pan, expiry), application, form);
        let verdict = bank.ask(&case).await;
        if matches!(verdict, Ok(Verdict::Approves) | Err(NotNow)) {
            attempt.forgive().await;
        } else if let Err(error) = attempt.count().await {
            tracing::error!(%error, "a try is not counted, and nobody hears what it came to");
            return denied(Reason::Authority, words.not_now());
        }
        match verdict {
            Ok(Verdict::Approves) if bank.rules.automatic => Input::Approved(Approval::Cardholder),
            Ok(Verdict::Approves | Verdict::Refers) => Input::Pended,
            Ok(Verdict::Differs(unfit)) => bank.rules.judge(unfit, &case),
            Ok(Verdict::Denies(said)) => {
                denied(Reason::Issuer, said.unwrap_or_else(|| words.refused()))
            }
            Err(NotNow) => denied(Reason::Authority, words.not_now()),
        }
    }
}

impl CardBank {
    /// Asks every source in turn, until one does not approve.
    async fn ask(&self, case: &Case<'_>) -> Result<Verdict, NotNow> {
        for source in &self.sources {
            match source.ask(case).await? {
                Verdict::Approves => {}
                other => return Ok(other),
            }
        }
        Ok(Verdict::Approves)
    }
}

impl Rules {
    /// Differences that a person judges wait for one; any other goes back to the applicant first.
    fn judge(&self, unfit: Vec<Unfit>, case: &Case<'_>) -> Input {
        let is_referred = |unfit: &Unfit| {
            let said = case.said.iter().find(|said| said.number == unfit.number);
            let compared = said.and_then(|said| said.compared);
            compared.is_some_and(|name| self.refer.iter().any(|referred| referred == name))
        };
        let decisive: Vec<Unfit> = unfit.into_iter().filter(|it| !is_referred(it)).collect();
        if decisive.is_empty() {
            return Input::Pended;
        }
        Input::Denied(Denial { reason: Reason::Answers(decisive), message: None })
    }
}

/// Whom a bank asks: first whether the card is good, then whether the applicant is its holder.
fn sources(
    records: forms::Records,
    folder: &Path,
    issuer: &Arc<dyn Records>,
) -> anyhow::Result<Vec<Arc<dyn Records>>> {
    let mut sources = Vec::new();
    if records.issuer {
        sources.push(Arc::clone(issuer));
    }
    if let Some(file) = records.table {
        sources.push(Arc::new(Table::read(&folder.join(file))?));
    }
    if let Some(terms) = records.service {
        sources.push(Arc::new(Service::open(terms, folder)?));
    }
    Ok(sources)
}

fn denied(reason: Reason, message: String) -> Input {
    Input::Denied(Denial { reason, message: Some(message) })
}

impl Desk<AuthorityEnrolment> for CardRegistrar {
    fn perform<'a>(&'a self, key: &'a [u8], effect: Effect) -> Performing<'a, AuthorityEnrolment> {
        Box::pin(async move {
            Some(match effect {
                Effect::Sign => Input::Sign,
                Effect::Verify(application) => self.decide(key, &application).await,
            })
        })
    }
}

#[cfg(test)]
mod tests;
