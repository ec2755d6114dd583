//! One request about a batch at the gateway: BatchAdminReq.
//!
//! ```text
//! BatchAdminReq ─▶ Asking ──the bank answers──▶ Reading ──items──▶ Answered
//!                                    └──────── no items wanted ────────▲
//! ```
//!
//! The batches are the acquirer's: several gateways count in them, and it holds the money. This
//! machine says the merchant's question to it, and its answer to the merchant. A question is known
//! by its trace; one that is told twice is done once.

mod reply;
mod request;

use openset_types::{
    BatchAnswer, BatchDeed, BatchLine, BatchNumber, BatchQuestion, BatchRefusal, BatchReport,
    BatchTotals, BatchWish, Brand, LinesWanted, MerchantId, Rrpid,
};
use openset_wire::{payment::BaStatus, types::SaleDetail, wrapper::Message};
use serde::{Deserialize, Serialize};

pub use request::Request;

use super::{
    Standing,
    trace::{retrieval, trace},
};
use crate::{
    octets::Octets,
    refusal::Refusal,
    role::{Admitted, Effect as Asked, Env, Machine, Received, Step},
    version::Version,
};

/// The machine of what merchants ask about their batches.
#[derive(Debug)]
pub enum GatewayBatch {}

/// One request as the gateway stores it.
// Stored. Change only with a migration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Administration {
    /// The form of what follows.
    pub version: Version<1>,
    /// Names the request.
    pub rrpid: Rrpid,
    /// Who asks.
    pub merchant: MerchantId,
    /// The batch that was named.
    pub batch: Option<BatchNumber>,
    /// The certificate the answer is sealed for (DER), then those above it.
    pub reply_to: Vec<Octets>,
    /// The tags to be repeated in the answer (DER).
    pub tags: Octets,
    /// Whether the totals are asked for.
    pub wants_totals: bool,
    /// The items that are asked for.
    pub wants_lines: Option<LinesWanted>,
    /// What the merchant says that the batch comes to, if it says so.
    pub sums: Option<BatchTotals>,
    /// The items as the merchant has them.
    pub items: Vec<Claimed>,
    /// How far it has come.
    pub stage: Stage,
}

/// An item as a merchant has it.
// Stored. Change only with a migration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claimed {
    /// The authorization.
    pub authorization: Rrpid,
    /// The line that the bank should have, but for the bank's own reference.
    pub position: u64,
    /// Which way the money goes.
    pub side: openset_types::Side,
    /// How much.
    pub amount: openset_types::Money,
}

/// How far a request has come.
// Stored. Change only with a migration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Stage {
    /// The bank is being asked.
    Asking(BatchQuestion),
    /// It has answered, and is asked for items.
    Reading(BatchQuestion, Box<BatchReport>),
    /// The merchant was answered: what was said, and how the batch stood.
    Answered {
        /// What came of it.
        #[serde(with = "crate::stored::ba_status")]
        status: BaStatus,
        /// How the batch stood, if the bank said so.
        report: Option<Box<BatchReport>>,
    },
}

/// What can happen to a request.
#[derive(Debug)]
pub enum Input {
    /// A merchant asks. What it says is believed.
    Asked(Box<Request>),
    /// The bank has answered, or it has not.
    Answered {
        /// What it said.
        answer: BatchAnswer,
        /// Its items, each with the purchase that it is about.
        details: Details,
    },
    /// The gateway stopped while the bank was being asked.
    Interrupted(Box<BatchQuestion>),
    /// The time has come. Nothing here waits for a time.
    Woke,
}

/// One item of a batch, and the purchase that it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Detail {
    /// The item, as the bank counts it.
    pub line: BatchLine,
    /// The authorization.
    pub authorization: Rrpid,
    /// The names of the purchase (TransIDs, DER).
    pub trans_ids: Octets,
}

/// Items of a batch, and where to go on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Details {
    /// Each of them, by place.
    pub lines: Vec<Detail>,
    /// Where the next ones begin; 0 where there are no more.
    pub next: u64,
}

/// What is asked of the acquirer.
#[derive(Debug)]
pub enum Effect {
    /// Asks it about a batch.
    AskAcquirer(Box<BatchQuestion>),
}

type StepTaken = Step<Administration, Effect>;
type Environment<'a> = Env<'a, GatewayBatch>;

impl Machine for GatewayBatch {
    const KIND: &'static str = "gateway.batch";
    type Standing = Standing;
    type State = Administration;
    type Input = Input;
    type Effect = Effect;
    type Note = BatchQuestion;

    fn admit(received: &Received, env: &Environment<'_>) -> Result<Admitted<Input>, Refusal> {
        let rrpid = env.standing.acceptance.check(&received.wrapper, env.now)?;
        match &received.wrapper.message {
            Message::BatchAdminReq(message) => request::admit(message, rrpid, env),
            other => Err(Refusal::SenderSentForeignMessage { name: other.name() }),
        }
    }

    fn hear(_: &Administration, answer: &Received, _: &Environment<'_>) -> Result<Input, Refusal> {
        Err(Refusal::SenderSentForeignMessage { name: answer.wrapper.message.name() })
    }

    fn step(
        state: Option<Administration>,
        input: Input,
        env: &Environment<'_>,
    ) -> Result<StepTaken, Refusal> {
        match (state, input) {
            (None, Input::Asked(request)) => begin(*request, env),
            (None, _) | (Some(_), Input::Asked(_)) => Err(Refusal::CommandToAnotherInstance),
            (Some(asked), Input::Answered { answer, details }) => {
                answered(asked, answer, &details, env)
            }
            (Some(asked), Input::Interrupted(question)) => Ok(ask_again(asked, question)),
            (Some(asked), Input::Woke) => Ok(Step::new(asked)),
        }
    }

    fn note(effect: &Effect) -> BatchQuestion {
        let Effect::AskAcquirer(question) = effect;
        (**question).clone()
    }

    fn interrupted(note: BatchQuestion) -> Input {
        Input::Interrupted(Box::new(note))
    }

    fn woke() -> Input {
        Input::Woke
    }
}

/// Asks the bank, unless what was said is wrong by itself.
fn begin(request: Request, env: &Environment<'_>) -> Result<StepTaken, Refusal> {
    let Request { asked, verdict } = request;
    let deed = match verdict {
        Ok(deed) => deed,
        Err(status) => return reply::write(asked, status, None, &Details::default(), env),
    };
    let trace = trace(&mut env.draw(), env.now)?;
    let claim = Asked::Claim(retrieval(&trace));
    let (merchant, batch) = (asked.merchant.clone(), asked.batch);
    let question = BatchQuestion { trace, merchant, batch, deed };
    Ok(asking(asked, question, Stage::Asking).then(claim))
}

fn asking(
    asked: Administration,
    question: BatchQuestion,
    stage: impl FnOnce(BatchQuestion) -> Stage,
) -> StepTaken {
    let effect = Effect::AskAcquirer(Box::new(question.clone()));
    Step::new(Administration { stage: stage(question), ..asked }).then(Asked::Own(effect))
}

fn answered(
    asked: Administration,
    answer: BatchAnswer,
    details: &Details,
    env: &Environment<'_>,
) -> Result<StepTaken, Refusal> {
    let (question, report) = match &asked.stage {
        Stage::Answered { .. } => return Ok(Step::new(asked)),
        Stage::Asking(question) => (question.clone(), None),
        Stage::Reading(question, report) => (question.clone(), Some(report.clone())),
    };
    match (answer, report) {
        (BatchAnswer::Refused(why), report) => {
            reply::write(asked, status(why), report, details, env)
        }
        (BatchAnswer::Stands(report), None) => match asked.wants_lines.clone() {
            Some(wanted) => {
                let (batch, deed) = (Some(report.batch), BatchDeed::Lines(wanted));
                let question = BatchQuestion { batch, deed, ..question };
                Ok(asking(asked, question, |question| Stage::Reading(question, report)))
            }
            None => {
                let status = reply::compared(&asked, &report, details, env);
                reply::write(asked, status, Some(report), details, env)
            }
        },
        (BatchAnswer::Lines(_), Some(report)) => {
            let status = reply::compared(&asked, &report, details, env);
            reply::write(asked, status, Some(report), details, env)
        }
        // Nobody knows what became of it, and the merchant asks again.
        (_, report) => reply::write(asked, BaStatus::CommunicationsError, report, details, env),
    }
}

/// The same question again: the bank tells repeats by its trace.
fn ask_again(asked: Administration, question: Box<BatchQuestion>) -> StepTaken {
    let is_open = match &asked.stage {
        Stage::Asking(open) | Stage::Reading(open, _) => *open == *question,
        Stage::Answered { .. } => false,
    };
    let again = is_open.then_some(Asked::Own(Effect::AskAcquirer(question)));
    Step::new(asked).and(again)
}

/// What the merchant is told of the bank's no.
fn status(why: BatchRefusal) -> BaStatus {
    match why {
        BatchRefusal::Closed => BaStatus::BatchAlreadyClosed,
        BatchRefusal::Known => BaStatus::BatchAlreadyOpen,
        BatchRefusal::OutOfBalance => BaStatus::UnknownTransactionDetail,
        BatchRefusal::PlaceTaken | BatchRefusal::Unavailable => BaStatus::BatchIdUnavailable,
        BatchRefusal::Unknown => BaStatus::UnknownBatchId,
    }
}

/// Where a merchant wants an item counted. A number that no batch can have names none.
pub(super) fn wish(sale: Option<&SaleDetail>, brand: &Brand) -> Result<BatchWish, BatchRefusal> {
    let batch = sale.and_then(|sale| sale.batch_id).map(BatchNumber::new).transpose();
    Ok(BatchWish {
        brand: brand.clone(),
        batch: batch.map_err(|_| BatchRefusal::Unknown)?,
        position: sale.and_then(|sale| sale.batch_sequence_num),
    })
}
