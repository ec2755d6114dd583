//! How a party's certificates stand, for pages, for the command line and for `/readyz`.

use openset_crypto::{Identity, Suite};
use openset_protocol::enrolment::{Ended, Patience, applicant::Stage};
use openset_types::UnixTime;
use serde::{Deserialize, Serialize};

use super::{
    super::life::{Age, Life},
    Credentials,
};

/// How a party's certificates stand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Report {
    pub(crate) role: String,
    pub(crate) state: State,
    /// When those in use end.
    pub(crate) until: UnixTime,
    /// From when others are asked for.
    pub(crate) renew_from: UnixTime,
    /// Those in use, then older ones whose keys still open.
    pub(crate) certificates: Vec<Line>,
    /// What is asked for, or was refused.
    pub(crate) application: Option<Application>,
}

/// Whether the certificates in use are good.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum State {
    Current,
    /// Others are due.
    Ending,
    Ended,
}

/// One certificate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Line {
    pub(crate) purpose: Purpose,
    pub(crate) serial: String,
    pub(crate) since: UnixTime,
    pub(crate) until: UnixTime,
    pub(crate) is_in_use: bool,
}

/// What a certificate is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Purpose {
    Signature,
    Encipherment,
}

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Application {
    pub(crate) progress: Progress,
    /// When it was sent, if it was.
    pub(crate) sent_at: Option<UnixTime>,
    /// The words of the authority.
    pub(crate) words: Vec<String>,
    /// Where else to ask, as the authority says.
    pub(crate) addresses: Vec<String>,
    /// When there is another try.
    pub(crate) again_at: Option<UnixTime>,
}

/// How far what is asked for has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Progress {
    Asking,
    /// Somebody looks at it.
    Pended,
    /// Another authority is to be asked.
    Referred,
    /// The answers to the form were not accepted.
    Returned,
    Refused,
}

/// Writes a report. `newest` is the newest registration, and when there is another try if it
/// failed.
pub(super) fn write(
    role: &str,
    credentials: &Credentials,
    newest: Option<(&Stage, Option<UnixTime>)>,
    (suite, patience, now): (Suite, Patience, UnixTime),
) -> anyhow::Result<Report> {
    let life = credentials.life(suite, patience)?;
    let line = |purpose, identity: &Identity, is_in_use| -> anyhow::Result<Line> {
        let serial = identity.certificate.to_be_signed.serial_number.to_string();
        let Life { since, until, .. } = Life::of(identity, suite, patience)?;
        Ok(Line { purpose, serial, since, until, is_in_use })
    };
    let mut certificates = vec![line(Purpose::Signature, &credentials.signature, true)?];
    for (place, identity) in credentials.encipherments.iter().enumerate() {
        certificates.push(line(Purpose::Encipherment, identity, place == 0)?);
    }
    Ok(Report {
        role: role.to_owned(),
        state: match life.age(now) {
            Age::Current => State::Current,
            Age::Ending => State::Ending,
            Age::Ended => State::Ended,
        },
        until: life.until,
        renew_from: life.renew_from,
        certificates,
        application: newest.and_then(|(stage, again_at)| application(stage, again_at)),
    })
}

fn application(stage: &Stage, again_at: Option<UnixTime>) -> Option<Application> {
    let of = |progress| Application {
        progress,
        sent_at: None,
        words: Vec::new(),
        addresses: Vec::new(),
        again_at: None,
    };
    Some(match stage {
        Stage::Certified { .. } => return None,
        Stage::Started(_) | Stage::Applied(_) => of(Progress::Asking),
        Stage::FormShown(shown) if shown.form.unfit.is_empty() => of(Progress::Asking),
        Stage::FormShown(shown) => {
            let unfit = shown.form.unfit.iter();
            let words = unfit.map(|it| format!("question {}: {}", it.number, it.why)).collect();
            Application { words, ..of(Progress::Returned) }
        }
        Stage::Pending(applied) | Stage::Inquiring(applied) => {
            Application { sent_at: Some(applied.at), ..of(Progress::Pended) }
        }
        Stage::Referred(referral) => Application {
            words: referral.reason.iter().cloned().collect(),
            addresses: referral.urls.clone(),
            ..of(Progress::Referred)
        },
        Stage::Refused(ended) => {
            Application { words: vec![why(ended)], again_at, ..of(Progress::Refused) }
        }
    })
}

fn why(ended: &Ended) -> String {
    match ended {
        Ended::Rejected(rejection) => match &rejection.message {
            Some(words) => format!("{:?}: {words}", rejection.code),
            None => format!("{:?}", rejection.code),
        },
        Ended::Referred { reason } => reason.clone().unwrap_or_else(|| "no form".to_owned()),
        Ended::ReferredInCircle => "sent on in a circle".to_owned(),
        Ended::WithError(code) => format!("Error {code:?}"),
        Ended::WithoutAnswer => "no answer in time".to_owned(),
    }
}
