//! The requests of one authority: what waits for a decision, and deciding.

use std::{fmt, path::Path, time::Duration};

use data_encoding::HEXLOWER;
use openset_node::{
    driver::{Driver, NotTaken},
    store::Page,
};
use openset_protocol::{
    ca::{
        Applied, Approval, AuthorityEnrolment, Denial, Enrolment, FormSent, Input, Listing, Reason,
        Returned, Stage, Told, Whom, disclose,
    },
    enrolment::{Unfit, Why},
    refusal::Refusal,
    role::Lookup,
};
use openset_types::UnixTime;
use openset_wire::{
    der::decode,
    x509::{Certificate, NameAttribute},
};
use serde::{Deserialize, Serialize};
use tokio::time::timeout;

use super::{Undone, asked::Asked};
use crate::{
    demo::cast,
    house::{forms::FormFile, registrars},
};

/// How many instances are read at a time.
const PAGE: u32 = 500;
/// How long a decision may take to become a certificate.
const ISSUING: Duration = Duration::from_secs(20);

/// One request at an authority. It says nothing of a card but its bank.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Request {
    /// The authority's label of it, in hexadecimal digits.
    pub(crate) id: String,
    /// The folder of the authority.
    pub(crate) authority: String,
    /// Who asks.
    pub(crate) applicant: Applicant,
    pub(crate) began_at: UnixTime,
    pub(crate) state: RequestState,
    /// What the applicant was told, if it was refused.
    pub(crate) refused: Option<String>,
    /// The words that go with it.
    pub(crate) message: Option<String>,
    /// The answers that were not right.
    pub(crate) unfit: Vec<String>,
}

/// A request, and what was answered as long as it waits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Dossier {
    pub(crate) request: Request,
    pub(crate) asked: Option<Asked>,
}

/// Who asks. Of a card no more is said than its bank, until it has its certificate's name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Applicant {
    /// Nobody has said yet, or it is not kept.
    Unknown,
    Card {
        bank: String,
    },
    Merchant {
        merchant: String,
        bank: String,
    },
    Gateway {
        bank: String,
    },
    /// Whoever has this name in a certificate now.
    Certified {
        name: String,
    },
}

impl Applicant {
    fn of(sent: &FormSent) -> Self {
        let bank = sent.bin.to_string();
        match &sent.whom {
            Whom::Cardholder { .. } => Self::Card { bank },
            Whom::Merchant { merchant } => Self::Merchant { merchant: merchant.to_string(), bank },
            Whom::Gateway { .. } => Self::Gateway { bank },
        }
    }
}

impl fmt::Display for Applicant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown => Ok(()),
            Self::Card { bank } => write!(f, "a card of {bank}"),
            Self::Merchant { merchant, bank } => write!(f, "merchant {merchant} of {bank}"),
            Self::Gateway { bank } => write!(f, "gateway of {bank}"),
            Self::Certified { name } => f.write_str(name),
        }
    }
}

/// How far a request has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum RequestState {
    /// The applicant has not answered its form yet.
    Begun,
    /// The registrar is asked.
    Asking,
    /// It waits for a decision, and the applicant knows.
    Waiting,
    /// It is agreed to, and being signed.
    Issuing,
    /// The answers went back to the applicant.
    Returned,
    Issued,
    Refused,
    /// There was no form for the applicant.
    Unserved,
}

/// A merchant that no contract lists, as it will stand in its certificate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Listed {
    pub(crate) name: String,
    pub(crate) city: String,
}

/// A no, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct No {
    pub(crate) by: By,
    /// Words for the applicant.
    pub(crate) message: Option<String>,
}

/// Who says no.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum By {
    Issuer,
    Acquirer,
    Authority,
    /// Nobody yet: these answers are to be given anew.
    Answers(Vec<Unfit>),
}

impl No {
    /// The most characters of words for the applicant, about all or about one answer.
    pub(crate) const CHARACTERS_MAX: usize = 128;

    /// These answers, by their numbers in the form and why each is not right.
    pub(crate) fn answers(items: impl IntoIterator<Item = (u16, String)>) -> By {
        let unfit = |(number, why)| Unfit { number, why: Why::Said(why) };
        By::Answers(items.into_iter().map(unfit).collect())
    }
}

impl RequestState {
    /// For people.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Begun => "begun",
            Self::Asking => "asking",
            Self::Waiting => "waiting",
            Self::Issuing => "issuing",
            Self::Returned => "returned",
            Self::Issued => "issued",
            Self::Refused => "refused",
            Self::Unserved => "unserved",
        }
    }

    /// Whether somebody can decide about it.
    pub(crate) fn is_open(self) -> bool {
        matches!(self, Self::Asking | Self::Waiting)
    }
}

/// All requests of an authority, newest first.
pub(super) async fn requests(
    folder: &str,
    enrolments: &Driver<AuthorityEnrolment>,
) -> Result<Vec<Request>, Undone> {
    let all = all(enrolments).await?;
    Ok(all.iter().map(|(key, enrolment)| request(folder, key, enrolment)).collect())
}

/// All certificates that an authority has issued, oldest first, as octets.
pub(super) async fn issued(
    enrolments: &Driver<AuthorityEnrolment>,
) -> Result<Vec<Vec<u8>>, Undone> {
    let mut issued = Vec::new();
    for (_, enrolment) in all(enrolments).await?.into_iter().rev() {
        if let Stage::Issued { certificates, .. } = enrolment.stage {
            issued.extend(certificates.iter().map(|octets| octets.as_ref().to_vec()));
        }
    }
    Ok(issued)
}

/// One request, with what its applicant has answered if it waits.
pub(super) async fn dossier(
    (name, folder): (&str, &Path),
    enrolments: &Driver<AuthorityEnrolment>,
    id: &str,
) -> Result<Dossier, Undone> {
    let key = key(id)?;
    let failed = |error: NotTaken| Undone::Failed { what: error.to_string() };
    let at = Lookup::Key(key.clone());
    let looked = enrolments.look_into(&at, |enrolment, env| {
        Ok((request(name, &key, enrolment), disclose(enrolment, env)?))
    });
    let unknown = || Undone::NoRequest { id: id.to_owned() };
    let (request, disclosed) = looked.await.map_err(failed)?.ok_or_else(unknown)?;
    let Some(disclosed) = disclosed else { return Ok(Dossier { request, asked: None }) };
    let file = FormFile::of(folder, enrolments.standing().policy.certifies)?;
    let asked = Asked::of(&disclosed, file.form(disclosed.form));
    Ok(Dossier { request, asked: Some(asked) })
}

/// Agrees to a request, and waits until its certificates are signed.
pub(super) async fn approve(
    by: (&str, &str),
    enrolments: &Driver<AuthorityEnrolment>,
    id: &str,
    listed: Option<Listed>,
) -> Result<Request, Undone> {
    let (key, applied) = waiting(enrolments, id).await?;
    let approval = match &applied.sent.whom {
        Whom::Cardholder { .. } => Approval::Cardholder,
        Whom::Gateway { .. } => Approval::Gateway { name: cast::GATEWAY.to_owned() },
        Whom::Merchant { merchant } => {
            let said = listed.map(|Listed { name, city }| Listing { name, city, ..at_home() });
            let listing = said.or_else(|| registrars::of_acquirer().listing(merchant).cloned());
            let unlisted = || Undone::Unlisted { id: id.to_owned() };
            Approval::Merchant(listing.ok_or_else(unlisted)?)
        }
    };
    decide(by, enrolments, key, Input::Approved(approval)).await
}

/// Turns a request down.
pub(super) async fn refuse(
    by: (&str, &str),
    enrolments: &Driver<AuthorityEnrolment>,
    id: &str,
    no: No,
) -> Result<Request, Undone> {
    let (key, applied) = waiting(enrolments, id).await?;
    require_short(no.message.as_deref())?;
    let reason = match no.by {
        By::Issuer => Reason::Issuer,
        By::Acquirer => Reason::Acquirer,
        By::Authority => Reason::Authority,
        By::Answers(unfit) => Reason::Answers(in_form(unfit, &applied.sent, enrolments)?),
    };
    let denial = Denial { reason, message: no.message };
    decide(by, enrolments, key, Input::Denied(denial)).await
}

/// Answers to questions of the form that was sent, each named once and with words.
fn in_form(
    mut unfit: Vec<Unfit>,
    sent: &FormSent,
    enrolments: &Driver<AuthorityEnrolment>,
) -> Result<Vec<Unfit>, Undone> {
    let standing = enrolments.standing();
    let bank = standing.policy.institutions.get(&sent.bin);
    let mut forms = bank.iter().flat_map(|bank| &bank.forms);
    let form = forms.find(|(_, form)| form.id == sent.form);
    let last = form.map_or(0, |(_, form)| form.fields.len());
    unfit.sort_by_key(|one| one.number);
    unfit.dedup_by_key(|one| one.number);
    let number = unfit.iter().map(|one| one.number);
    let foreign = number.clone().find(|number| !(1..=last).contains(&usize::from(*number)));
    if let Some(number) = foreign.or_else(|| unfit.is_empty().then_some(0)) {
        return Err(Undone::NoQuestion { number });
    }
    for one in &unfit {
        let words = one.why.to_string();
        if words.trim().is_empty() {
            return Err(Undone::NoReason { number: one.number });
        }
        require_short(Some(&words))?;
    }
    Ok(unfit)
}

fn require_short(words: Option<&str>) -> Result<(), Undone> {
    let characters = words.unwrap_or_default().chars().count();
    if characters > No::CHARACTERS_MAX {
        return Err(Undone::TooManyWords { characters });
    }
    Ok(())
}

/// Where merchants are that no contract lists.
fn at_home() -> Listing {
    Listing {
        name: String::new(),
        city: String::new(),
        postal_code: None,
        country: "France".to_owned(),
        country_code: cast::COUNTRY,
    }
}

async fn decide(
    (folder, by): (&str, &str),
    enrolments: &Driver<AuthorityEnrolment>,
    key: Vec<u8>,
    decision: Input,
) -> Result<Request, Undone> {
    let failed = |what: String| Undone::Failed { what };
    let at = || Lookup::Key(key.clone());
    let mut watch = enrolments.watch(&key);
    match enrolments.command_by(at(), decision, by).await {
        Ok(()) => {}
        // Somebody else has decided in between.
        Err(NotTaken::Refused(Refusal::CommandOutOfTurn)) => {
            waiting(enrolments, &HEXLOWER.encode(&key)).await?;
            return Err(failed("it was decided by somebody else: look again".to_owned()));
        }
        Err(error) => return Err(failed(error.to_string())),
    }
    let settled = async {
        loop {
            let state = enrolments.state(&at()).await.map_err(|error| failed(error.to_string()))?;
            let state = state.ok_or_else(|| failed("the request is gone".to_owned()))?;
            if !matches!(state.stage, Stage::Issuing(_)) {
                return Ok(request(folder, &key, &state));
            }
            watch.changed().await;
        }
    };
    let late = |_| failed("it is agreed to, and not signed yet: look again".to_owned());
    timeout(ISSUING, settled).await.map_err(late)?
}

/// A request that somebody can decide about.
async fn waiting(
    enrolments: &Driver<AuthorityEnrolment>,
    id: &str,
) -> Result<(Vec<u8>, Applied), Undone> {
    let unknown = || Undone::NoRequest { id: id.to_owned() };
    let key = key(id)?;
    let state = enrolments.state(&Lookup::Key(key.clone())).await;
    let state = state.map_err(|error| Undone::Failed { what: error.to_string() })?;
    let enrolment = state.ok_or_else(unknown)?;
    let word = request("", &key, &enrolment).state.word().to_owned();
    match enrolment.stage {
        Stage::Applied(applied) => Ok((key, applied)),
        _ => Err(Undone::NotWaiting { id: id.to_owned(), state: word }),
    }
}

/// The key that a request is stored under.
fn key(id: &str) -> Result<Vec<u8>, Undone> {
    HEXLOWER.decode(id.as_bytes()).map_err(|_| Undone::NoRequest { id: id.to_owned() })
}

async fn all(enrolments: &Driver<AuthorityEnrolment>) -> Result<Vec<(Vec<u8>, Enrolment)>, Undone> {
    let (mut all, mut before) = (Vec::new(), None);
    loop {
        let page = enrolments.list(Page { before, limit: PAGE }).await;
        let page = page.map_err(|error| Undone::Failed { what: error.to_string() })?;
        let Some((last, _)) = page.last() else { return Ok(all) };
        before = Some(last.seq);
        all.extend(page.into_iter().map(|(record, enrolment)| (record.key, enrolment)));
    }
}

fn request(folder: &str, key: &[u8], enrolment: &Enrolment) -> Request {
    let mut request = Request {
        id: HEXLOWER.encode(key),
        authority: folder.to_owned(),
        applicant: Applicant::Unknown,
        began_at: enrolment.began_at,
        state: RequestState::Begun,
        refused: None,
        message: None,
        unfit: Vec::new(),
    };
    match &enrolment.stage {
        Stage::Initiated => {}
        Stage::Unserved(_) => request.state = RequestState::Unserved,
        Stage::FormSent(sent) => request.applicant = Applicant::of(sent),
        Stage::Applied(applied) => {
            request.applicant = Applicant::of(&applied.sent);
            request.state = match applied.told {
                Told::Nothing => RequestState::Asking,
                Told::InProgress | Told::Pended => RequestState::Waiting,
            };
        }
        Stage::Issuing(issuing) => {
            request.applicant = Applicant::of(&issuing.applied.sent);
            request.state = RequestState::Issuing;
        }
        Stage::Returned(Returned { applied, unfit, message }) => {
            request.applicant = Applicant::of(&applied.sent);
            request.state = RequestState::Returned;
            request.message.clone_from(message);
            request.unfit = unfit
                .iter()
                .map(|unfit| format!("question {}: {}", unfit.number, unfit.why))
                .collect();
        }
        Stage::Issued { certificates, .. } => {
            request.state = RequestState::Issued;
            let name = certificates.first().and_then(|it| named(it.as_ref()));
            request.applicant =
                name.map_or(Applicant::Unknown, |name| Applicant::Certified { name });
        }
        Stage::Refused { code, message, .. } => {
            request.state = RequestState::Refused;
            request.refused = Some(format!("{code:?}"));
            request.message.clone_from(message);
        }
    }
    request
}

fn named(certificate: &[u8]) -> Option<String> {
    let certificate: Certificate = decode(certificate).ok()?;
    certificate.to_be_signed.subject.get(NameAttribute::CommonName).map(ToOwned::to_owned)
}
