//! Registering a card at its bank: the number is asked for, the bank's terms are shown, its form
//! is answered.

use std::time::Duration;

use openset_crypto::Certified;
use openset_protocol::{
    cardholder::registration::{Shown, Stage},
    enrolment::{Answer, Ended, Field, FieldId, FormShown},
    refusal::Refusal,
};
use openset_types::{CardExpiry, Pan, UnixTime};
use serde_json::json;
use tokio::time::timeout;

use super::{super::terminal, open::Opened, print_json};
use crate::{
    args::Enroll,
    ending::{Done, Ending},
    house::wallet::refusal,
    pack::Pack,
    paint::Paint,
    said::say,
};

/// How long the bank is waited for, each time.
const PATIENCE: Duration = Duration::from_secs(40);

/// Registers a card.
pub(super) async fn enroll(opened: &Opened, enroll: &Enroll, json: bool) -> Done {
    let expiry = match &enroll.expiry {
        Some(expiry) => expiry.clone(),
        None => terminal::line("The last month printed on the card (YYYYMM): ")?,
    };
    let expiry = CardExpiry::parse(&expiry)
        .map_err(|error| Ending::input(format_args!("--expiry {expiry}: {error}")))?;
    let mut given = given(&enroll.answers)?;
    let pan = number(enroll)?;
    if let Some(pack) = &opened.pack {
        require_card_of(pack, &pan)?;
    }
    let last_four = pan.last_four().to_owned();
    let id = opened.wallet.apply(pan, expiry).await.map_err(|error| match refusal(&error) {
        Some(Refusal::SenderNamedRealCard) => Ending::input(error),
        _ => Ending::Machine(error),
    })?;
    loop {
        match settled(opened, &id).await? {
            Stage::FormShown(shown) => {
                accept(&shown, enroll.yes)?;
                let answers = answers(&shown, &mut given)?;
                opened.wallet.answer(&id, answers).await?;
            }
            Stage::Certified { card, .. } => {
                let identity = card.identity().map_err(anyhow::Error::new)?;
                let read = Certified::read(opened.ground.suite, identity.certificate);
                let until = read.map_err(anyhow::Error::new)?.not_after();
                return certified(&last_four, until, json);
            }
            Stage::Refused(ended) => return Err(refused(&ended)),
            _ => {
                let undecided = "the bank has not decided yet; the card stays unfinished";
                return Err(Ending::Machine(anyhow::anyhow!(undecided)));
            }
        }
    }
}

/// A bank's wallet holds the cards of that bank.
fn require_card_of(pack: &Pack, pan: &Pan) -> Done {
    let bins = &pack.facts.bins;
    if bins.contains(&pan.bin()) {
        return Ok(());
    }
    let begin: Vec<String> = bins.iter().map(ToString::to_string).collect();
    let bank = &pack.facts.names(pack.facts.tongue()).bank;
    Err(Ending::input(format_args!(
        "this is not a card of {bank}: its cards begin with {}",
        begin.join(", ")
    )))
}

fn number(enroll: &Enroll) -> Result<Pan, Ending> {
    let typed = match &enroll.card_file {
        Some(file) => terminal::secret_in(file)?,
        None => terminal::secret("Card number (not shown): ")?,
    };
    let digits: Vec<u8> = typed.expose().iter().copied().filter(|octet| *octet != b' ').collect();
    let digits = openset_types::Secret::new(digits);
    let text = str::from_utf8(digits.expose()).unwrap_or_default();
    Pan::parse(text).map_err(Ending::input)
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
fn given(answers: &[String]) -> Result<Vec<Answer>, Ending> {
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

fn refused(ended: &Ended) -> Ending {
    let why = match ended {
        Ended::Rejected(rejection) => rejection.message.as_deref(),
        Ended::Referred { reason } => reason.as_deref(),
        Ended::ReferredInCircle | Ended::WithError(_) => None,
        Ended::WithoutAnswer => {
            return Ending::Machine(anyhow::anyhow!("no answer that can be believed came in time"));
        }
    };
    eprintln!(
        "openset: the bank does not certify this card: {}",
        why.unwrap_or("it gave no reason")
    );
    Ending::No
}
