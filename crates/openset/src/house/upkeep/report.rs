//! How a party's certificates stand, for pages, for the command line and for `/readyz`.

use openset_crypto::{Certified, Identity, Suite, authority::Revoked};
use openset_protocol::enrolment::{Ended, Patience, applicant::Stage};
use openset_types::UnixTime;
use openset_wire::x509::CrlReason;
use serde::{Deserialize, Serialize};

use super::{
    super::life::{Age, Life},
    Credentials,
    stages::needs_person,
};
use crate::ceremony::Lists;

/// How a party's certificates stand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Report {
    pub(crate) role: String,
    /// The suite of all of them.
    pub(crate) suite: String,
    pub(crate) state: State,
    /// When those in use end.
    pub(crate) until: UnixTime,
    /// From when others are asked for.
    pub(crate) renew_from: UnixTime,
    /// Those in use, then older ones whose keys still open.
    pub(crate) certificates: Vec<Line>,
    /// What is asked for, or was refused.
    pub(crate) application: Option<Application>,
    /// When the authority granted something the last time, if that was its last answer.
    pub(crate) granted_at: Option<UnixTime>,
}

/// Whether certificates are good.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum State {
    Current,
    /// Others are due.
    Ending,
    Ended,
    /// The authority took one of them back.
    Revoked,
}

/// One certificate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Line {
    pub(crate) purpose: Purpose,
    pub(crate) serial: String,
    pub(crate) brand: String,
    pub(crate) since: UnixTime,
    pub(crate) until: UnixTime,
    pub(crate) is_in_use: bool,
    pub(crate) state: State,
    /// When and why the authority took it back, if it did.
    pub(crate) taken_back: Option<TakenBack>,
}

/// That a certificate was taken back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct TakenBack {
    pub(crate) at: UnixTime,
    /// Why, by its number in lists (RFC 5280, 5.3.1), if the list says so.
    pub(crate) reason: Option<u8>,
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
    /// What pages call it.
    pub(crate) id: String,
    /// The authority's name of the request, once it has given one.
    pub(crate) number: Option<String>,
    pub(crate) progress: Progress,
    /// When it moved last.
    pub(crate) moved_at: UnixTime,
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
    /// The authority's form waits for an operator's answers.
    Form,
    /// Another authority is to be asked.
    Referred,
    /// The answers to the form were not accepted.
    Returned,
    Refused,
}

/// What a report is written about.
pub(super) struct Scene<'a> {
    pub(super) role: &'a str,
    pub(super) suite: Suite,
    pub(super) patience: Patience,
    pub(super) lists: &'a Lists,
    pub(super) now: UnixTime,
}

/// The newest registration.
pub(super) struct Newest<'a> {
    pub(super) key: &'a [u8],
    pub(super) stage: &'a Stage,
    pub(super) moved_at: UnixTime,
    /// When there is another try, if it failed.
    pub(super) again_at: Option<UnixTime>,
}

/// Writes a report.
pub(super) fn write(
    scene: &Scene<'_>,
    credentials: &Credentials,
    newest: Option<Newest<'_>>,
) -> anyhow::Result<Report> {
    let mut certificates = vec![scene.line(Purpose::Signature, &credentials.signature, true)?];
    for (place, identity) in credentials.encipherments.iter().enumerate() {
        certificates.push(scene.line(Purpose::Encipherment, identity, place == 0)?);
    }
    let life = credentials.life(scene.suite, scene.patience)?;
    let is_revoked = |line: &Line| line.is_in_use && line.state == State::Revoked;
    let granted = newest.as_ref().filter(|it| matches!(it.stage, Stage::Certified { .. }));
    Ok(Report {
        role: scene.role.to_owned(),
        suite: scene.suite.to_string(),
        state: match certificates.iter().any(is_revoked) {
            true => State::Revoked,
            false => State::of(life.age(scene.now)),
        },
        until: life.until,
        renew_from: life.renew_from,
        certificates,
        granted_at: granted.map(|it| it.moved_at),
        application: newest.as_ref().and_then(application),
    })
}

impl State {
    fn of(age: Age) -> Self {
        match age {
            Age::Current => Self::Current,
            Age::Ending => Self::Ending,
            Age::Ended => Self::Ended,
        }
    }
}

impl Scene<'_> {
    fn line(&self, purpose: Purpose, of: &Identity, is_in_use: bool) -> anyhow::Result<Line> {
        let read: Certified = of.certified(self.suite)?;
        let life = Life::of(of, self.suite, self.patience)?;
        let taken_back = self.lists.revocation(&of.certificate);
        Ok(Line {
            purpose,
            serial: read.serial().to_string(),
            brand: read.brand().map(|brand| brand.to_string()).unwrap_or_default(),
            since: life.since,
            until: life.until,
            is_in_use,
            state: match taken_back {
                Some(_) => State::Revoked,
                None => State::of(life.age(self.now)),
            },
            taken_back: taken_back
                .map(|Revoked { at, reason, .. }| TakenBack { at, reason: reason.map(number) }),
        })
    }
}

fn application(newest: &Newest<'_>) -> Option<Application> {
    let of = |progress| Application {
        id: String::from_utf8_lossy(newest.key).into_owned(),
        number: None,
        progress,
        moved_at: newest.moved_at,
        sent_at: None,
        words: Vec::new(),
        addresses: Vec::new(),
        again_at: None,
    };
    Some(match newest.stage {
        Stage::Certified { .. } => return None,
        Stage::Started(_) => of(Progress::Asking),
        Stage::Applied(applied) => {
            let number = Some(applied.shown.addressee.lid_ca.to_string());
            Application { number, sent_at: Some(applied.at), ..of(Progress::Asking) }
        }
        Stage::FormShown(shown) if !needs_person(newest.key, newest.stage) => {
            let number = Some(shown.addressee.lid_ca.to_string());
            Application { number, ..of(Progress::Asking) }
        }
        Stage::FormShown(shown) => {
            let unfit = shown.form.unfit.iter();
            let words = unfit.map(|it| format!("question {}: {}", it.number, it.why)).collect();
            let is_bare = shown.form.unfit.is_empty();
            let progress = if is_bare { Progress::Form } else { Progress::Returned };
            let number = Some(shown.addressee.lid_ca.to_string());
            Application { number, words, ..of(progress) }
        }
        Stage::Pending(applied) | Stage::Inquiring(applied) => {
            let number = Some(applied.shown.addressee.lid_ca.to_string());
            Application { number, sent_at: Some(applied.at), ..of(Progress::Pended) }
        }
        Stage::Referred(referral) => Application {
            words: referral.reason.iter().cloned().collect(),
            addresses: referral.urls.clone(),
            ..of(Progress::Referred)
        },
        Stage::Refused(ended) => Application {
            words: vec![why(ended)],
            again_at: newest.again_at,
            ..of(Progress::Refused)
        },
    })
}

/// The number of a reason in lists.
pub(crate) fn number(reason: CrlReason) -> u8 {
    reason as u8
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
