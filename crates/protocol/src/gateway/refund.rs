//! One request at the gateway to give money back: CapRevReq, CredReq or CredRevReq, which have one
//! shape. Many items, each done or refused by itself.
//!
//! ```text
//! CapRevReq, CredReq, CredRevReq ─▶ Refunding ──every item advised──▶ Refunded
//! ```
//!
//! Each item names a captured authorization by the token this gateway sealed for itself. How much
//! of it is left to give back is not known here: several nodes may be asked at once, and other
//! requests may be on their way. The acquirer holds the money and decides, one advice after the
//! other; an advice is known by its trace, and one that is told twice is done once.

mod reply;
mod request;

use std::collections::BTreeSet;

use openset_types::{
    BatchPlace, MerchantId, Money, RefundAdvice, RefundKind, RefundRefusal, RetrievalReference,
    Rrpid, UnixTime, Xid,
};
use openset_wire::{der::encode, payment::CapRevOrCredCode, wrapper::Message};
use serde::{Deserialize, Serialize};

pub use request::Request;

use self::request::Fit;
use super::{
    Standing, decided,
    token::used,
    trace::{retrieval, trace},
};
use crate::{
    octets::Octets,
    refusal::Refusal,
    role::{Admitted, Decided, Effect as Asked, Env, Machine, Received, Step},
    version::Version,
};

/// The machine of what a gateway is asked to give back.
#[derive(Debug)]
pub enum GatewayRefund {}

/// One request as the gateway stores it.
// Stored. Change only with a migration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refunds {
    /// The form of what follows.
    pub version: Version<1>,
    /// Which of the three messages it was.
    pub kind: RefundKind,
    /// Names the request.
    pub rrpid: Rrpid,
    /// Who asks.
    pub merchant: MerchantId,
    /// The certificate the answer is sealed for (DER), then those above it.
    pub reply_to: Vec<Octets>,
    /// The tags to be repeated in the answer (DER).
    pub tags: Octets,
    /// What the merchant knows and needs not be sent (Thumbs, DER).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub known: Option<Octets>,
    /// The items, in the order of the request.
    pub items: Vec<Item>,
    /// Whether the merchant was answered.
    pub is_answered: bool,
}

/// One item of a request.
// Stored. Change only with a migration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// The names of the purchase, to be repeated (DER).
    pub trans_ids: Octets,
    /// The purchase.
    pub xid: Xid,
    /// The authorization.
    pub authorization: Rrpid,
    /// What came of it.
    pub outcome: Outcome,
}

/// What came of an item.
// Stored. Change only with a migration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Outcome {
    /// The acquirer is being told.
    Advising(RefundAdvice),
    /// The acquirer has done it.
    Done {
        /// How much.
        amount: Money,
        /// Finds the sale at the banks.
        retrieval: RetrievalReference,
        /// Finds this at the banks: what a credit is known by.
        own: RetrievalReference,
        /// When.
        at: UnixTime,
        /// Where the acquirer counts it, if it says.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        place: Option<BatchPlace>,
    },
    /// Nothing was done.
    Refused(#[serde(with = "crate::stored::refund_code")] CapRevOrCredCode),
}

/// What can happen to a request.
#[derive(Debug)]
pub enum Input {
    /// A merchant asks. What it says is believed; the tokens are opened.
    Asked(Box<Request>),
    /// The acquirer has done an item, or will not.
    Advised {
        /// Which advice: the reference of its own.
        retrieval: RetrievalReference,
        /// What it said.
        answer: AdviceAnswer,
    },
    /// The gateway stopped while the acquirer was being told.
    Interrupted(RefundAdvice),
    /// The time has come. Nothing here waits for a time.
    Woke,
}

/// What the acquirer said to an advice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AdviceAnswer {
    /// It has done it, now or at an earlier telling.
    Done,
    /// The same, and counts it there.
    Counted(BatchPlace),
    /// It will not.
    Refused(RefundRefusal),
}

/// What is asked of the acquirer: told until it is acknowledged.
#[derive(Debug)]
pub enum Effect {
    /// Tells the acquirer of one item.
    AdviseRefund(RefundAdvice),
}

type StepTaken = Step<Refunds, Effect>;
type Environment<'a> = Env<'a, GatewayRefund>;

impl Machine for GatewayRefund {
    const KIND: &'static str = "gateway.refund";
    type Standing = Standing;
    type State = Refunds;
    type Input = Input;
    type Effect = Effect;
    type Note = RefundAdvice;

    fn admit(received: &Received, env: &Environment<'_>) -> Result<Admitted<Input>, Refusal> {
        let rrpid = env.standing.acceptance.check(&received.wrapper, env.now)?;
        let (kind, heard) = match &received.wrapper.message {
            Message::CapRevReq(message) => {
                (RefundKind::CaptureReversal, request::reversal(message, env)?)
            }
            Message::CredReq(message) => (RefundKind::Credit, request::credit(message, env)?),
            Message::CredRevReq(message) => {
                (RefundKind::CreditReversal, request::credit_reversal(message, env)?)
            }
            other => return Err(Refusal::SenderSentForeignMessage { name: other.name() }),
        };
        request::admit(kind, &heard, rrpid, env)
    }

    fn hear(_: &Refunds, answer: &Received, _: &Environment<'_>) -> Result<Input, Refusal> {
        Err(Refusal::SenderSentForeignMessage { name: answer.wrapper.message.name() })
    }

    fn step(
        state: Option<Refunds>,
        input: Input,
        env: &Environment<'_>,
    ) -> Result<StepTaken, Refusal> {
        match (state, input) {
            (None, Input::Asked(request)) => begin(*request, env),
            (None, _) | (Some(_), Input::Asked(_)) => Err(Refusal::CommandToAnotherInstance),
            (Some(refunds), Input::Advised { retrieval, answer }) => {
                advised(refunds, &retrieval, answer, env)
            }
            (Some(refunds), Input::Interrupted(advice)) => Ok(advise_again(refunds, advice)),
            (Some(refunds), Input::Woke) => Ok(Step::new(refunds)),
        }
    }

    fn note(effect: &Effect) -> RefundAdvice {
        let Effect::AdviseRefund(advice) = effect;
        advice.clone()
    }

    fn interrupted(note: RefundAdvice) -> Input {
        Input::Interrupted(note)
    }

    fn woke() -> Input {
        Input::Woke
    }

    fn decided(refunds: &Refunds) -> Vec<Decided> {
        decided::of_refunds(refunds)
    }
}

/// Tells the acquirer of each item that may be done, all in one commit.
fn begin(request: Request, env: &Environment<'_>) -> Result<StepTaken, Refusal> {
    let Request { kind, rrpid, merchant, reply_to, tags, known, items } = request;
    let mut draw = env.draw();
    let mut named = BTreeSet::new();
    let mut effects = Vec::new();
    let mut kept = Vec::new();
    for asking in items {
        // One answer for each authorization: whose item is whose must be clear.
        let is_first = named.insert(asking.authorization);
        let outcome = match fit(asking.verdict, asking.authorization, is_first, env) {
            Err(code) => Outcome::Refused(code),
            Ok(Fit { amount, token, batch }) => {
                let trace = trace(&mut draw, env.now)?;
                effects.push(Asked::Claim(retrieval(&trace)));
                Outcome::Advising(RefundAdvice {
                    kind,
                    trace,
                    authorization: token.notes.retrieval,
                    approval_code: token.notes.approval_code,
                    issuer: token.notes.issuer,
                    amount,
                    merchant: merchant.clone(),
                    batch: Some(batch),
                })
            }
        };
        kept.push(Item {
            trans_ids: encode(&asking.ids)?.into(),
            xid: asking.ids.xid.0,
            authorization: asking.authorization,
            outcome,
        });
    }
    let advices = kept.iter().filter_map(Item::advice).cloned();
    effects.extend(advices.map(Effect::AdviseRefund).map(Asked::Own));
    let (version, items) = (Version, kept);
    let is_answered = false;
    let refunds =
        Refunds { version, kind, rrpid, merchant, reply_to, tags, known, items, is_answered };
    reply::when_done(Step::new(refunds).and(effects), env)
}

/// What nobody has captured here cannot be given back, and an item is named once.
fn fit(
    verdict: Result<Fit, CapRevOrCredCode>,
    authorization: Rrpid,
    is_first: bool,
    env: &Environment<'_>,
) -> Result<Fit, CapRevOrCredCode> {
    let fit = verdict?;
    if !env.held.has(&used(&authorization, fit.token.notes.generation)) {
        return Err(CapRevOrCredCode::OriginalNotFound);
    }
    if !is_first {
        return Err(CapRevOrCredCode::DuplicateRequest);
    }
    Ok(fit)
}

fn advised(
    mut refunds: Refunds,
    retrieval: &RetrievalReference,
    answer: AdviceAnswer,
    env: &Environment<'_>,
) -> Result<StepTaken, Refusal> {
    let is_this =
        |item: &&mut Item| item.advice().is_some_and(|advice| advice.trace.retrieval == *retrieval);
    let Some(item) = refunds.items.iter_mut().find(is_this) else {
        return Ok(Step::new(refunds));
    };
    let done = match answer {
        AdviceAnswer::Done => Ok(None),
        AdviceAnswer::Counted(place) => Ok(Some(place)),
        AdviceAnswer::Refused(why) => Err(why),
    };
    item.outcome = match (done, item.advice()) {
        (Ok(place), Some(advice)) => Outcome::Done {
            amount: advice.amount,
            retrieval: advice.authorization.clone(),
            own: advice.trace.retrieval.clone(),
            at: env.now,
            place,
        },
        (Err(why), _) => Outcome::Refused(code(why)),
        (Ok(_), None) => return Ok(Step::new(refunds)),
    };
    reply::when_done(Step::new(refunds), env)
}

/// The same advice again: the acquirer tells repeats by its trace.
fn advise_again(refunds: Refunds, advice: RefundAdvice) -> StepTaken {
    let is_open = refunds.items.iter().filter_map(Item::advice).any(|open| *open == advice);
    let again = is_open.then_some(Asked::Own(Effect::AdviseRefund(advice)));
    Step::new(refunds).and(again)
}

/// What the merchant is told of the acquirer's no. What is in a clearing file is in a closed batch.
fn code(why: RefundRefusal) -> CapRevOrCredCode {
    match why {
        RefundRefusal::AnotherAmount => CapRevOrCredCode::CapDataMismatch,
        RefundRefusal::FileClosed => CapRevOrCredCode::BatchClosed,
        RefundRefusal::BatchUnknown => CapRevOrCredCode::BatchUnknown,
        RefundRefusal::NotFound => CapRevOrCredCode::OriginalNotFound,
        RefundRefusal::Processed => CapRevOrCredCode::OriginalProcessed,
        RefundRefusal::Repeated => CapRevOrCredCode::DuplicateRequest,
        RefundRefusal::Unspecified => CapRevOrCredCode::UnspecifiedFailure,
    }
}

impl Item {
    /// What the acquirer is still being told.
    fn advice(&self) -> Option<&RefundAdvice> {
        match &self.outcome {
            Outcome::Advising(advice) => Some(advice),
            Outcome::Done { .. } | Outcome::Refused(_) => None,
        }
    }
}
