//! An application for a card's certificate: the bank's terms are shown, its form is answered, and
//! what it decides is told.

use std::time::Duration;

use openset_protocol::{
    cardholder::registration::{Applied, Shown, Stage},
    enrolment::{Answer, Ended, Field, FieldId, FormShown, Referral},
};
use openset_types::UnixTime;
use openset_wire::cert::CertStatusCode;
use serde_json::json;
use tokio::time::timeout;

use super::{super::terminal, open::Opened, print_json};
use crate::{
    args::Terms,
    ending::{Done, Ending},
    inspect::tree::harmless,
    paint::Paint,
    said::say,
};

/// How long the bank is waited for, each time.
const PATIENCE: Duration = Duration::from_secs(40);

/// Goes on with an application until its bank has decided, or somebody there is to.
pub(super) async fn conclude(
    opened: &Opened,
    id: &str,
    last_four: &str,
    terms: &Terms,
    json: bool,
) -> Done {
    let mut given = given(&terms.answers)?;
    loop {
        match settled(opened, id).await? {
            Stage::FormShown(shown) => {
                accept(&shown, terms.yes)?;
                let answers = answers(&shown, &mut given)?;
                opened.wallet.answer(id, answers).await?;
            }
            Stage::Certified { card, .. } => {
                return certified(last_four, opened.wallet.life(&card)?.until, json);
            }
            Stage::Refused(ended) => return Err(refused(&ended, last_four)),
            Stage::Referred(referral) => return Err(referred(&referral, last_four)),
            Stage::Pending(applied) => return Err(undecided(&applied, last_four, json)?),
            _ => return Err(Ending::Machine(anyhow::anyhow!("the bank did not answer in time"))),
        }
    }
}

/// How the registration stands when it waits for nobody but its owner.
async fn settled(opened: &Opened, id: &str) -> Result<Stage, Ending> {
    let mut watch = opened.wallet.registrations.watch(id.as_bytes());
    let waiting = async {
        loop {
            let registration = opened.wallet.registration(id).await?;
            let stage =
                registration.ok_or_else(|| anyhow::anyhow!("the registration is gone"))?.stage;
            match stage {
                Stage::Certified { .. } if !is_kept(opened, id)? => {}
                Stage::FormShown(_) | Stage::Certified { .. } | Stage::Refused(_) => {
                    return Ok(stage);
                }
                Stage::Pending(_) | Stage::Referred(_) => return Ok(stage),
                Stage::Started(_)
                | Stage::Introduced(_)
                | Stage::Asking { .. }
                | Stage::Applied(_)
                | Stage::Inquiring(_) => {}
            }
            watch.changed().await;
        }
    };
    let waited: Result<anyhow::Result<Stage>, _> = timeout(PATIENCE, waiting).await;
    match waited {
        Ok(stage) => Ok(stage?),
        Err(_) => Err(Ending::Machine(anyhow::anyhow!("the bank did not answer in time"))),
    }
}

/// Whether what the bank answered is in the vault: a card without it cannot pay.
fn is_kept(opened: &Opened, id: &str) -> anyhow::Result<bool> {
    let is_whole = |cards: &[openset_node::keys::Card]| {
        cards.iter().any(|card| card.id == id && card.pan_secret.is_some())
    };
    Ok(opened.wallet.vault.cards(opened.now(), is_whole)?)
}

/// Shows the bank's terms and who asks.
fn accept(shown: &Shown, yes: bool) -> Done {
    let FormShown { form, institution, .. } = &shown.form;
    let bank = institution.as_deref().unwrap_or("the bank");
    eprintln!("{bank} asks, and its terms are:\n  {}", form.policy);
    let agreed = match (yes, terminal::is_there()) {
        (true, _) => true,
        (false, true) => terminal::agree("Do you agree?")?,
        (false, false) => {
            return Err(Ending::input(
                "without a terminal, --yes agrees; the card is not registered",
            ));
        }
    };
    if agreed { Ok(()) } else { Err(Ending::No) }
}

/// The answers of the command line: a question and an answer each.
pub(super) fn given(answers: &[String]) -> Result<Vec<Answer>, Ending> {
    let read = |given: &String| {
        let (field, text) = given.split_once('=').ok_or_else(|| {
            Ending::input(format_args!("--answer {given:?}: expected QUESTION=ANSWER"))
        })?;
        Ok(Answer { field: field.trim().to_owned(), text: text.trim().to_owned() })
    };
    answers.iter().map(read).collect()
}

/// An answer to every question: those given, then those of the person at the terminal. Each
/// given answer is used once, so that a form that comes back is asked about.
fn answers(shown: &Shown, given: &mut Vec<Answer>) -> Result<Vec<Answer>, Ending> {
    let form = &shown.form;
    for unfit in &form.unfit {
        eprintln!("  question {}: {}", unfit.number, unfit.why);
    }
    let fields = &form.form.fields;
    if let Some(stray) = given.iter().find(|answer| fields.iter().all(|f| f.name != answer.field)) {
        let asked: Vec<&str> = fields.iter().map(|field| field.name.as_str()).collect();
        let (stray, asked) = (&stray.field, asked.join(", "));
        return Err(Ending::input(format_args!("nobody asked {stray:?}\n  asked: {asked}")));
    }
    let asked = fields.iter().filter(|field| !field.is_invisible);
    asked.map(|field| answer(field, given)).collect()
}

fn answer(field: &Field, given: &mut Vec<Answer>) -> Result<Answer, Ending> {
    if let Some(at) = given.iter().position(|answer| answer.field == field.name) {
        return Ok(given.remove(at));
    }
    let text = match terminal::is_there() {
        true if field.id == Some(FieldId::PassPhrase) => {
            let typed = terminal::secret(&format!("{} (not shown): ", field.name))?;
            String::from_utf8_lossy(typed.expose()).into_owned()
        }
        true => terminal::line(&format!("{}: ", field.name))?,
        false if !field.is_required => String::new(),
        false => {
            return Err(Ending::input(format_args!(
                "the bank asks {name:?}\n  try: --answer {name:?}=...",
                name = field.name
            )));
        }
    };
    Ok(Answer { field: field.name.clone(), text })
}

fn certified(last_four: &str, until: UnixTime, json: bool) -> Done {
    if json {
        return print_json(&json!({ "card": last_four, "certified_until": until.to_string() }));
    }
    let tick = Paint::of_stdout().good("✓");
    say!("{tick} card …{last_four} is certified until {until}");
    Ok(())
}

/// Somebody at the bank looks at it. That is not a yes.
fn undecided(applied: &Applied, last_four: &str, json: bool) -> Result<Ending, Ending> {
    let at = applied.at.to_string();
    if json {
        print_json(&json!({ "card": last_four, "state": "pended", "sent_at": at }))?;
    }
    eprintln!(
        "openset: somebody at the bank looks at the application of {at}\n  \
         try: openset wallet inquire {last_four}, in some hours"
    );
    Ok(Ending::No)
}

/// Another authority is to be asked, if the owner says so.
fn referred(referral: &Referral, last_four: &str) -> Ending {
    let words = referral.reason.as_deref().map(harmless).unwrap_or_default();
    eprintln!("openset: another authority is to be asked; nothing was sent there: {words}");
    for url in &referral.urls {
        eprintln!("  try: openset wallet inquire {last_four} --follow {}", harmless(url));
    }
    Ending::No
}

fn refused(ended: &Ended, last_four: &str) -> Ending {
    let why = match ended {
        Ended::Rejected(rejection) => {
            let code = code(rejection.code);
            let words = rejection.message.as_deref().map(harmless);
            words.map_or_else(|| code.to_owned(), |words| format!("{code}: {words}"))
        }
        Ended::Referred { reason } => {
            let words = reason.as_deref().map(harmless);
            format!("it has no form for this card: {}", words.unwrap_or_default())
        }
        Ended::ReferredInCircle => "it sends on to nowhere that can be asked".to_owned(),
        Ended::WithError(code) => format!("it could not go on ({code:?})"),
        Ended::WithoutAnswer => {
            return Ending::Machine(anyhow::anyhow!(
                "no answer that can be believed came in time\n  \
                 try: openset wallet renew {last_four}"
            ));
        }
    };
    eprintln!(
        "openset: the bank does not certify this card: {why}\n  \
         try: openset wallet renew {last_four}, when that is settled"
    );
    Ending::No
}

fn code(code: CertStatusCode) -> &'static str {
    match code {
        CertStatusCode::RejectedByIssuer | CertStatusCode::RejectedByAquirer => "the bank says no",
        CertStatusCode::RejectedByCa => "its authority says no",
        CertStatusCode::SigValidationFail => {
            "the certificate that was to be renewed is not believed any more"
        }
        CertStatusCode::InvalidBin => "it does not certify cards with this number",
        CertStatusCode::InvalidLanguage => "it has no form in this language",
        _ => "it could not go on with what it got",
    }
}
