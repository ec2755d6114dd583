//! One batch of one brand at the merchant: it is opened, closed, looked at and compared, one
//! question to the gateway at a time.
//!
//! ```text
//! (nothing) ──command──▶ asked ──BatchAdminRes──▶ known ──command──▶ asked ...
//!                          ▲            │ more items to compare
//!                          └────────────┘
//! ```
//!
//! What a batch comes to is added up from the purchases, by whoever commands: this machine holds it
//! against what the bank says, and names every difference.

use openset_crypto::Purpose;
use openset_types::{BatchNumber, BatchReport, BatchTotals, Brand, Rrpid, Side, UnixTime};
use openset_wire::{payment::BaStatus, wrapper::Message};
use serde::{Deserialize, Serialize};

use super::{
    Standing,
    batch_message::{Answer, Question},
    batches::{Break, Line, LineSet, compare},
};
use crate::{
    last_word,
    refusal::{self, Refusal},
    role::{Admitted, Effect, Env, Machine, Nothing, Party, Received, Step},
    version::Version,
};

/// The most items of the gateway that are kept to be compared.
pub const LINES_MAX: usize = 10_000;

/// The machine of a merchant's batches.
#[derive(Debug)]
pub enum MerchantBatch {}

/// A batch as the merchant stores it.
// Stored. Change only with a migration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Batch {
    /// The form of what follows.
    pub version: Version<1>,
    /// The brand of its cards.
    pub brand: Brand,
    /// Its number.
    pub number: BatchNumber,
    /// The question that has no answer yet.
    pub asked: Option<Asking>,
    /// How the bank said that it stands, when it last said so.
    pub report: Option<Known>,
    /// What came of the last question.
    pub last: Option<Outcome>,
    /// What the last comparison found.
    pub compared: Option<Compared>,
}

/// A question to the gateway.
// Stored. Change only with a migration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asking {
    /// Names it.
    pub rrpid: Rrpid,
    /// What is to be done.
    pub deed: Deed,
    /// What the merchant has itself.
    pub own: LineSet,
    /// What the bank has told of its items so far.
    pub told: Vec<Line>,
}

/// What the shop wants done with a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Deed {
    /// It takes items from now on.
    Open,
    /// It takes none any more, if both sides have the same sums.
    Close,
    /// It is forgotten, if it is empty.
    Purge,
    /// How it stands.
    Look,
    /// Its items are compared, one by one.
    Reconcile,
}

/// How a batch stands at the bank.
// Stored. Change only with a migration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Known {
    /// How it stands.
    pub report: BatchReport,
    /// When the gateway said so.
    pub at: UnixTime,
}

/// What came of a question.
// Stored. Change only with a migration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// What was to be done.
    pub deed: Deed,
    /// What the gateway said.
    pub said: Said,
    /// When.
    pub at: UnixTime,
}

/// What the gateway said.
// Stored. Change only with a migration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Said {
    /// A code.
    Status(#[serde(with = "crate::stored::ba_status")] BaStatus),
    /// It could not answer the request at all.
    WithError,
}

/// What a comparison found.
// Stored. Change only with a migration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Compared {
    /// What the merchant had added up.
    pub own: BatchTotals,
    /// Every difference.
    pub breaks: Vec<Break>,
    /// When.
    pub at: UnixTime,
}

/// What can happen to a batch.
#[derive(Debug)]
pub enum Input {
    /// The shop wants something done. Makes the instance.
    Ask {
        /// The brand of its cards.
        brand: Brand,
        /// Its number.
        number: BatchNumber,
        /// What is to be done.
        deed: Deed,
        /// What the merchant has in it.
        own: LineSet,
    },
    /// The gateway has answered.
    BatchAdminRes(Box<Answer>),
    /// The gateway could not answer a request at all.
    GatewayRefused {
        /// The request.
        rrpid: Rrpid,
    },
    /// The time has come. Nothing here waits for a time.
    Woke,
}

/// Under which key a batch is stored.
pub fn key(brand: &Brand, number: BatchNumber) -> Vec<u8> {
    format!("{number}/{}", brand.as_str()).into_bytes()
}

type StepTaken = Step<Batch, Nothing>;
type Environment<'a> = Env<'a, MerchantBatch>;

impl Machine for MerchantBatch {
    const KIND: &'static str = "merchant.batch";
    type Standing = Standing;
    type State = Batch;
    type Input = Input;
    type Effect = Nothing;
    type Note = Nothing;

    fn admit(request: &Received, _: &Environment<'_>) -> Result<Admitted<Input>, Refusal> {
        Err(Refusal::SenderSentForeignMessage { name: request.wrapper.message.name() })
    }

    fn hear(state: &Batch, answer: &Received, env: &Environment<'_>) -> Result<Input, Refusal> {
        let rrpid = env.standing.acceptance.check(&answer.wrapper, env.now)?;
        let account = env.standing.account(&state.brand)?;
        match &answer.wrapper.message {
            Message::BatchAdminRes(message) => {
                let heard = Answer::open(message, rrpid, account, &state.brand, env)?;
                Ok(Input::BatchAdminRes(Box::new(heard)))
            }
            Message::Error(error) => {
                let purpose = Purpose::GatewaySignature;
                let said = refusal::heard(error, answer, purpose, Some(&state.brand), env)?;
                account.require_gateway(&said)?;
                let sealed_in = Some(env.suite());
                last_word::require(&said, answer, sealed_in, env.standing.acceptance)?;
                Ok(Input::GatewayRefused { rrpid })
            }
            other => Err(Refusal::SenderSentForeignMessage { name: other.name() }),
        }
    }

    fn step(
        state: Option<Batch>,
        input: Input,
        env: &Environment<'_>,
    ) -> Result<StepTaken, Refusal> {
        match (state, input) {
            (state, Input::Ask { brand, number, deed, own }) => {
                let batch = state.unwrap_or_else(|| Batch::new(brand.clone(), number));
                if batch.brand != brand || batch.number != number {
                    return Err(Refusal::CommandToAnotherInstance);
                }
                if batch.asked.is_some() {
                    return Err(Refusal::CommandOutOfTurn);
                }
                ask(batch, deed, own, (Vec::new(), 0), env)
            }
            (None, _) => Err(Refusal::CommandToAnotherInstance),
            (Some(batch), Input::BatchAdminRes(answer)) => on_answer(batch, &answer, env),
            (Some(batch), Input::GatewayRefused { rrpid }) => {
                let asked = batch.asked.clone().filter(|asked| asked.rrpid == rrpid);
                let asked = asked.ok_or(Refusal::GatewayAnsweredAnother)?;
                Ok(Step::new(batch.ended(asked.deed, Said::WithError, env.now)))
            }
            (Some(batch), Input::Woke) => Ok(Step::new(batch)),
        }
    }

    fn note(effect: &Nothing) -> Nothing {
        match *effect {}
    }

    fn interrupted(note: Nothing) -> Input {
        match note {}
    }

    fn woke() -> Input {
        Input::Woke
    }
}

impl Batch {
    fn new(brand: Brand, number: BatchNumber) -> Self {
        let (asked, report, last, compared) = (None, None, None, None);
        Self { version: Version, brand, number, asked, report, last, compared }
    }

    fn ended(self, deed: Deed, said: Said, at: UnixTime) -> Self {
        Self { asked: None, last: Some(Outcome { deed, said, at }), ..self }
    }

    /// Whether it takes items, as far as the merchant knows.
    pub fn is_open(&self) -> bool {
        self.report.as_ref().is_some_and(|known| known.report.closed.is_none())
    }
}

/// Asks the gateway; for items, from a place on.
fn ask(
    batch: Batch,
    deed: Deed,
    own: LineSet,
    (told, from): (Vec<Line>, u64),
    env: &Environment<'_>,
) -> Result<StepTaken, Refusal> {
    let rrpid = env.draw().rrpid();
    let account = env.standing.account(&batch.brand)?;
    let question = Question { rrpid, number: batch.number, deed, own: own.totals(), from };
    let message = question.message(account, &batch.brand, env)?;
    let message = env.standing.letterhead.write(message, rrpid, None, env.now)?;
    let party = Party::Gateway(batch.brand.clone());
    let asked = Some(Asking { rrpid, deed, own, told });
    Ok(Step::new(Batch { asked, ..batch }).then(Effect::Ask { party, rrpid, message }))
}

fn on_answer(batch: Batch, answer: &Answer, env: &Environment<'_>) -> Result<StepTaken, Refusal> {
    let asked = batch.asked.clone().ok_or(Refusal::GatewayAnsweredAnother)?;
    let account = env.standing.account(&batch.brand)?;
    answer.is_to(asked.rrpid, batch.number, account)?;
    let report = answer.report()?;
    let known = report.map(|report| Known { report, at: env.now }).or_else(|| batch.report.clone());
    let batch = Batch { report: known, ..batch };
    let status = answer.status();
    if asked.deed != Deed::Reconcile {
        let breaks = match (asked.deed, status, &batch.report) {
            (Deed::Close, BaStatus::UnknownTransactionDetail, Some(known)) => {
                Some(compare(&asked.own, &known.report, &batch.brand, None))
            }
            _ => None,
        };
        return Ok(Step::new(batch.found(&asked, breaks, env).ended(
            asked.deed,
            Said::Status(status),
            env.now,
        )));
    }
    // Sums that differ are no reason not to read on: the items say why.
    let is_read = matches!(status, BaStatus::Success | BaStatus::UnknownTransactionDetail);
    let (page, next) = answer.lines(&batch.brand)?;
    let told: Vec<_> = asked.told.iter().cloned().chain(page).collect();
    if is_read && next > 0 {
        let last = told.last().map_or(0, |line| line.position);
        // A gateway that tells an item again would be asked for ever.
        if next <= last || told.len() >= LINES_MAX {
            return Err(Refusal::GatewayAnsweredAnother);
        }
        return ask(batch, asked.deed, asked.own, (told, next), env);
    }
    let breaks = match (&batch.report, is_read) {
        (Some(known), true) => Some(compare(&asked.own, &known.report, &batch.brand, Some(&told))),
        _ => None,
    };
    let batch = batch.found(&asked, breaks, env);
    Ok(Step::new(batch.ended(asked.deed, Said::Status(status), env.now)))
}

impl Batch {
    fn found(self, asked: &Asking, breaks: Option<Vec<Break>>, env: &Environment<'_>) -> Self {
        let own = asked.own.totals();
        let found = breaks.zip(own).map(|(breaks, own)| Compared { own, breaks, at: env.now });
        Self { compared: found.or_else(|| self.compared.clone()), ..self }
    }
}

/// Which way the money of a line goes, in one word.
pub fn word(side: Side) -> &'static str {
    match side {
        Side::Credit => "credit",
        Side::Debit => "debit",
    }
}
