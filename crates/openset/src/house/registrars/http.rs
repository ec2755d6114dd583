//! A service of the bank, asked over HTTP as `docs/openapi/registrar.yaml` says.
//!
//! The card's number goes to it and nowhere else. Whatever comes back that is not an answer by the
//! letter - late, long, another status, another media type, another shape - means "not now".

use std::path::Path;

use data_encoding::HEXLOWER;
use openset_node::http::client::{Client, Unanswered};
use openset_protocol::enrolment::{FieldId, Occasion, Unfit, Why};
use openset_types::Secret;
use openset_wire::types::SetString;
use serde::{Deserialize, Deserializer, Serialize};

use super::records::{Asking, Case, NotNow, Records, Said, Verdict};
use crate::{
    ending::Miswritten,
    house::{
        forms::{SecretSource, ServiceTerms},
        private,
    },
};

/// The longest answer that is read.
pub(super) const ANSWER_OCTETS_MAX: usize = 16 * 1024;
/// Room for a question, so that it is written without leaving copies behind: fifty answers of 128
/// characters, each at its longest.
const QUESTION_OCTETS: usize = 64 * 1024;
/// The longest secret.
const SECRET_OCTETS_MAX: u64 = 512;
/// The shortest secret.
const SECRET_OCTETS_MIN: usize = 16;

/// A bank's service.
pub(super) struct Service {
    client: Client,
    address: String,
    secret: Secret,
}

/// What is asked.
#[derive(Serialize)]
struct Question<'a> {
    application: String,
    bank: &'a str,
    card: Card<'a>,
    language: &'a str,
    occasion: &'static str,
    answers: Vec<Answered<'a>>,
}

#[derive(Serialize)]
struct Card<'a> {
    number: &'a str,
    expiry: String,
}

#[derive(Serialize)]
struct Answered<'a> {
    number: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    compared: Option<&'a str>,
    text: &'a str,
}

impl<'a> Answered<'a> {
    fn of(said: &Said<'a>) -> Self {
        let id = said.id.map(FieldId::name);
        Self { number: said.number, id, compared: said.compared, text: said.text }
    }
}

/// What is answered.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Answer {
    decision: Decision,
    #[serde(default, deserialize_with = "present")]
    reason: Option<String>,
    #[serde(default, deserialize_with = "present")]
    fields: Option<Vec<Differing>>,
}

/// What is there is not null.
fn present<'de, T: Deserialize<'de>, D: Deserializer<'de>>(from: D) -> Result<Option<T>, D::Error> {
    T::deserialize(from).map(Some)
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Decision {
    Approve,
    Deny,
    Refer,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Differing {
    number: u16,
    reason: String,
}

impl Service {
    /// A service whose secret lies in this folder, if it lies in a file.
    pub(super) fn open(terms: ServiceTerms, folder: &Path) -> anyhow::Result<Self> {
        let ServiceTerms { address, secret, answer_within } = terms;
        let secret = secret_of(&secret, folder)?;
        Ok(Self { client: Client::new(answer_within, ANSWER_OCTETS_MAX), address, secret })
    }

    async fn verify(&self, case: &Case<'_>) -> Result<Verdict, NotNow> {
        let question = question(case);
        let answered = self.client.post_json(&self.address, &self.secret, question).await;
        let verdict = answered.map_err(Some).and_then(|octets| read(&octets, case).ok_or(None));
        verdict.map_err(|reason: Option<Unanswered>| {
            match reason {
                Some(reason) => tracing::warn!(%reason, "the bank's service said nothing"),
                None => tracing::warn!("what the bank's service said is no answer"),
            }
            NotNow
        })
    }
}

impl Records for Service {
    fn ask<'a>(&'a self, case: &'a Case<'a>) -> Asking<'a> {
        Box::pin(self.verify(case))
    }
}

/// The question as it travels.
pub(super) fn question(case: &Case<'_>) -> Secret {
    let expiry = case.expiry.as_str();
    let (year, month) = expiry.split_at(expiry.len().min(4));
    let question = Question {
        application: HEXLOWER.encode(case.application),
        bank: case.bank.as_str(),
        card: Card { number: case.pan.expose(), expiry: format!("{year}-{month}") },
        language: case.language.as_str(),
        occasion: match case.occasion {
            Occasion::First => "first",
            Occasion::Renewal => "renewal",
        },
        answers: case.said.iter().map(Answered::of).collect(),
    };
    let mut octets = Vec::with_capacity(QUESTION_OCTETS);
    serde_json::to_writer(&mut octets, &question).expect("texts and numbers are JSON");
    Secret::new(octets)
}

/// Reads an answer to a case, if it is one by the letter.
pub(super) fn read(octets: &[u8], case: &Case<'_>) -> Option<Verdict> {
    let Answer { decision, reason, fields } = serde_json::from_slice(octets).ok()?;
    match (decision, reason, fields) {
        (Decision::Approve, None, None) => Some(Verdict::Approves),
        (Decision::Refer, None, None) => Some(Verdict::Refers),
        (Decision::Deny, None, Some(fields)) => Some(Verdict::Differs(differing(fields, case)?)),
        (Decision::Deny, reason, None) => {
            let is_said = reason.as_deref().is_none_or(|said| SetString::<128>::new(said).is_ok());
            is_said.then_some(Verdict::Denies(reason))
        }
        _ => None,
    }
}

/// Fields of the form that were answered, each once.
fn differing(fields: Vec<Differing>, case: &Case<'_>) -> Option<Vec<Unfit>> {
    let mut unfit: Vec<Unfit> = Vec::new();
    for Differing { number, reason } in fields {
        let is_answered = case.said.iter().any(|said| said.number == number);
        let is_new = unfit.iter().all(|before| before.number != number);
        if !is_answered || !is_new || SetString::<200>::new(&reason).is_err() {
            return None;
        }
        unfit.push(Unfit { number, why: Why::Said(reason) });
    }
    (!unfit.is_empty()).then_some(unfit)
}

/// Reads the secret that the service is shown: RFC 6750's token, and not a short one.
fn secret_of(source: &SecretSource, folder: &Path) -> anyhow::Result<Secret> {
    let (secret, named) = match source {
        SecretSource::File(file) => {
            let path = folder.join(file);
            (private::read(&path, SECRET_OCTETS_MAX)?, path.display().to_string())
        }
        SecretSource::Variable(name) => {
            let value = std::env::var(name);
            let value = value.map_err(|error| Miswritten(format!("{name}: {error}")))?;
            (Secret::new(value.into_bytes()), name.clone())
        }
    };
    let token = secret.expose().trim_ascii_end();
    let is_plain = |octet: &u8| octet.is_ascii_alphanumeric() || b"-._~+/=".contains(octet);
    if token.len() < SECRET_OCTETS_MIN || !token.iter().all(is_plain) {
        let expected = "a secret of 16 letters, digits or -._~+/= at least";
        return Err(Miswritten(format!("{named}\n  expected: {expected}")).into());
    }
    Ok(Secret::new(token.to_vec()))
}

#[cfg(test)]
mod tests;
