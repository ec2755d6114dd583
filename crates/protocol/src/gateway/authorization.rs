//! One authorization at the gateway, from the merchant's question to the issuer's answer, and
//! until the merchant has taken it back.
//!
//! ```text
//!                                  AuthRevReq            undone
//! AuthReq ─▶ Asked ──approved──▶ Authorized ─▶ Releasing ─────▶ Voided
//!    │         │                     ▲              │
//!    │         │                     └─ lowered, no ┘
//!    │         ├─approved, a sale──▶ see sale.rs
//!    │         ├────declined──▶ Declined
//!    │         └───no answer──▶ Reversing ──acknowledged──▶ Reversed
//!    ├─▶ Declining ──as long as the issuer would take──▶ Refused (no bank is asked)
//!    └─▶ Refused (no bank is asked)
//! AuthRevReq ─▶ Forestalled (an AuthReq that comes later asks no bank)
//! ```
//!
//! What a merchant may take back, and how, is in [`reversal`].
//!
//! The card number passes through one step: from the opened instructions into the question to the
//! issuer, and comes back with the answer. What is stored is its envelope, sealed as it came, which
//! is opened again where the question was lost.

use openset_crypto::{dual, reopen_token_card, unsigned};
use openset_types::{
    ApprovalCode, AuthorizationAnswer, AuthorizationRequest, CaptureAdvice, CardExpiry,
    DeclineReason, Money, Pan, ReversalAdvice, ReversalOutcome, Trace, UnixTime,
};
use openset_wire::{
    payment::{AuthCode, AuthToken, CapToken},
    types::PanToken,
    wrapper::Message,
};
use serde::{Deserialize, Serialize};

use super::{
    Standing, auth_token,
    capture::AdviceAnswer,
    decided,
    instructions::{Instructions, Verdict},
    record::{Asker, Authorization, Question, Stage},
    reply::{self, Approval},
    request, reversal,
    sale::{self, Agreed},
    token::{self, Notes},
    trace::{retrieval, trace},
};
use crate::{
    octets::Octets,
    refusal::Refusal,
    role::{Admitted, Claim, Decided, Effect as Asked, Env, Machine, Received, Step},
    version::Version,
};

/// The machine of a gateway's authorization.
#[derive(Debug)]
pub enum GatewayAuthorization {}

/// What can happen to an authorization.
#[derive(Debug)]
pub enum Input {
    /// A merchant asks. What it says is believed.
    AuthReq(Box<Request>),
    /// The issuer has answered, or has not.
    Answered {
        /// What it said.
        answer: AuthorizationAnswer,
        /// What it was asked, where that is still at hand. Carries the card number.
        asked: Option<Box<AuthorizationRequest>>,
    },
    /// The gateway stopped while the issuer was asked: what it held is not known.
    Interrupted,
    /// As much time has passed as a question to the issuer would have taken.
    Waited(Line),
    /// The gateway stopped while that time passed.
    WaitInterrupted,
    /// A merchant takes the authorization back, or a part of it. What it says is believed.
    AuthRevReq(Box<reversal::Request>),
    /// The issuer has said yes or no to that.
    Released(ReversalOutcome),
    /// The gateway stopped while the issuer was told.
    ReleaseInterrupted,
    /// The acquirer has taken a sale, or will not.
    Taken(AdviceAnswer),
    /// The gateway stopped while the acquirer was told of a sale.
    TakeInterrupted,
    /// The issuer has acknowledged the reversal of what had no answer.
    ReversalAcknowledged,
    /// The gateway stopped while the reversal was on its way.
    ReversalInterrupted,
    /// Who takes an authorization back has waited long enough for the issuer.
    Woke,
}

/// What a merchant asks, and what may be done about it.
#[derive(Debug)]
pub struct Request {
    pub(super) question: Question,
    /// The card, sealed as it came.
    pub(super) card: Octets,
    pub(super) verdict: Verdict,
}

/// What a question to the issuer would have come to, had it been asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Line {
    /// Its word.
    Answers,
    /// Nothing in time: the line is down.
    Silent,
}

/// What is asked of the banks.
#[derive(Debug)]
pub enum Effect {
    /// Asks the issuer. Carries the card number.
    AskAcquirer(AuthorizationRequest),
    /// Lets as much time pass as a question to the issuer takes, and asks nobody.
    Wait {
        /// Which of the recent questions took that long: any number will do.
        draw: u64,
    },
    /// Undoes what the issuer may hold, until that is acknowledged. Carries the card number.
    Reverse(ReversalAdvice),
    /// Undoes or lowers what the issuer holds, until it has said yes or no. Carries the card
    /// number.
    Release(ReversalAdvice),
    /// Tells the acquirer of a sale, until it has said yes or no.
    Take(CaptureAdvice),
}

/// What the outbox keeps of it.
// Stored. Change only with a migration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Note {
    /// The issuer was asked.
    AskedAcquirer,
    /// What a merchant takes back was on its way to the issuer.
    Releasing,
    /// The reversal was on its way.
    Reversing,
    /// The acquirer was told of a sale.
    Taking,
    /// Time passed.
    Waiting,
}

pub(super) type StepTaken = Step<Authorization, Effect>;
pub(super) type Environment<'a> = Env<'a, GatewayAuthorization>;

impl Machine for GatewayAuthorization {
    const KIND: &'static str = "gateway.authorization";
    type Standing = Standing;
    type State = Authorization;
    type Input = Input;
    type Effect = Effect;
    type Note = Note;

    fn admit(request: &Received, env: &Environment<'_>) -> Result<Admitted<Input>, Refusal> {
        let rrpid = env.standing.acceptance.check(&request.wrapper, env.now)?;
        match &request.wrapper.message {
            Message::AuthReq(message) => request::admit(request, message, rrpid, env),
            Message::AuthRevReq(message) => reversal::admit(request, message, rrpid, env),
            other => Err(Refusal::SenderSentForeignMessage { name: other.name() }),
        }
    }

    fn hear(_: &Authorization, answer: &Received, _: &Environment<'_>) -> Result<Input, Refusal> {
        Err(Refusal::SenderSentForeignMessage { name: answer.wrapper.message.name() })
    }

    fn step(
        state: Option<Authorization>,
        input: Input,
        env: &Environment<'_>,
    ) -> Result<StepTaken, Refusal> {
        match (state, input) {
            (None, Input::AuthReq(request)) => ask(*request, env),
            (None, Input::AuthRevReq(request)) => reversal::forestall(*request, env),
            (None, _) => Err(Refusal::CommandToAnotherInstance),
            (Some(authorization), Input::AuthReq(request)) => {
                came_late(authorization, *request, env)
            }
            (Some(authorization), Input::AuthRevReq(request)) => {
                reversal::take(authorization, *request, env)
            }
            (Some(authorization), Input::Released(outcome)) => {
                reversal::released(authorization, outcome, env)
            }
            (Some(authorization), Input::ReleaseInterrupted) => {
                reversal::release_again(authorization, env)
            }
            (Some(authorization), Input::Answered { answer, asked }) => {
                answered(authorization, answer, asked, env)
            }
            (Some(authorization), Input::Interrupted) => {
                answered(authorization, AuthorizationAnswer::NoAnswer, None, env)
            }
            (Some(authorization), Input::Waited(line)) => waited(authorization, line, env),
            (Some(authorization), Input::WaitInterrupted) => {
                waited(authorization, Line::Answers, env)
            }
            (Some(authorization), Input::Taken(answer)) => sale::told(authorization, answer, env),
            (Some(authorization), Input::TakeInterrupted) => Ok(sale::tell_again(authorization)),
            (Some(authorization), Input::ReversalAcknowledged) => reversed(authorization, env),
            (Some(authorization), Input::ReversalInterrupted) => reverse_again(authorization, env),
            (Some(authorization), Input::Woke) => reversal::woke(authorization, env),
        }
    }

    fn note(effect: &Effect) -> Note {
        match effect {
            Effect::AskAcquirer(_) => Note::AskedAcquirer,
            Effect::Release(_) => Note::Releasing,
            Effect::Reverse(_) => Note::Reversing,
            Effect::Take(_) => Note::Taking,
            Effect::Wait { .. } => Note::Waiting,
        }
    }

    fn interrupted(note: Note) -> Input {
        match note {
            Note::AskedAcquirer => Input::Interrupted,
            Note::Releasing => Input::ReleaseInterrupted,
            Note::Reversing => Input::ReversalInterrupted,
            Note::Taking => Input::TakeInterrupted,
            Note::Waiting => Input::WaitInterrupted,
        }
    }

    fn woke() -> Input {
        Input::Woke
    }

    fn decided(authorization: &Authorization) -> Vec<Decided> {
        decided::of_authorization(authorization)
    }
}

/// A request that comes to an authorization that is there. The driver gives the stored answer to a
/// repeated one, so this was taken back before it came, or is another one.
fn came_late(
    authorization: Authorization,
    request: Request,
    env: &Environment<'_>,
) -> Result<StepTaken, Refusal> {
    if authorization.stage != Stage::Forestalled {
        return Err(Refusal::CommandToAnotherInstance);
    }
    // What somebody else has taken back was not its own.
    if authorization.question.merchant != request.question.merchant {
        return ask(request, env);
    }
    let rrpid = request.question.rrpid;
    let message = reply::refuse(&request.question, AuthCode::InvalidTransaction, env)?;
    Ok(Step::new(authorization).then(Asked::Reply { rrpid, message }))
}

/// A card that is needed once more.
pub(super) struct Card {
    pub(super) pan: Pan,
    pub(super) expiry: CardExpiry,
}

/// The card of the question that has this trace: from that question, or from its envelope. What was
/// judged when the consent was spent is not judged anew.
pub(super) fn card(
    asked: Option<Box<AuthorizationRequest>>,
    trace: &Trace,
    sealed: &Octets,
    env: &Environment<'_>,
) -> Result<Card, Refusal> {
    if let Some(asked) = asked.filter(|asked| asked.trace == *trace) {
        let AuthorizationRequest { pan, expiry, .. } = *asked;
        return Ok(Card { pan, expiry });
    }
    let (sealed, openers) = (sealed.as_ref(), &env.standing.encipherments);
    if let Ok(opened) = dual::reopen_card(sealed, openers, env.suite(), env.keys) {
        let data = opened.into_value();
        return Ok(Card { pan: data.pan.0, expiry: data.card_expiry.0 });
    }
    // Nobody has signed the instructions, or there were none and it lay in a token of our own.
    let opened = unsigned::reopen_card(sealed, openers, env.suite(), env.keys)
        .or_else(|_| reopen_token_card(sealed, openers, env.suite(), env.keys))?;
    let data = opened.into_value();
    Ok(Card { pan: data.pan.0, expiry: data.card_expiry.0 })
}

/// Asks the issuer, or says why not. The consent is spent in the same commit (A7).
fn ask(request: Request, env: &Environment<'_>) -> Result<StepTaken, Refusal> {
    let Request { question, card, verdict } = request;
    let (spent, asked) = match verdict {
        Verdict::Ask(asked) => (asked.spent.clone(), Some(asked)),
        Verdict::Decline { spent } => (spent, None),
        Verdict::Refuse(code) => return refuse(question, code, env),
    };
    if env.held.has(&spent) {
        return refuse(question, AuthCode::PiPreviouslyUsed, env);
    }
    let Some(category) = question.category.clone() else {
        return refuse(question, AuthCode::InvalidTransaction, env);
    };
    let Some(instructions) = asked else {
        return decline(question, spent, env);
    };
    let Instructions { pan, expiry, amount, spent, further } = instructions;
    let question = Question { further: further.map(Box::new), ..question };
    let trace = trace(&mut env.draw(), env.now)?;
    let merchant = question.merchant.clone();
    let asked =
        AuthorizationRequest { trace: trace.clone(), pan, expiry, amount, merchant, category };
    let retrieval = retrieval(&trace);
    let stage = Stage::Asked { trace, amount, spent: spent.clone(), card, withdrawn: None };
    Ok(Step::new(Authorization { version: Version, question, stage })
        .then(Asked::Claim(spent))
        .then(Asked::Claim(retrieval))
        .then(Asked::Own(Effect::AskAcquirer(asked))))
}

/// Says no as if the issuer had, when the issuer would have (abuse case 8).
fn decline(question: Question, spent: Claim, env: &Environment<'_>) -> Result<StepTaken, Refusal> {
    let mut draw = env.draw();
    // A reference like every question's: the commit is no other than that of a question.
    let retrieval = retrieval(&trace(&mut draw, env.now)?);
    let draw = u64::from_be_bytes(draw.octets());
    let stage = Stage::Declining { spent: spent.clone(), withdrawn: None };
    Ok(Step::new(Authorization { version: Version, question, stage })
        .then(Asked::Claim(spent))
        .then(Asked::Claim(retrieval))
        .then(Asked::Own(Effect::Wait { draw })))
}

/// The time of a question has passed that was never asked.
fn waited(
    authorization: Authorization,
    line: Line,
    env: &Environment<'_>,
) -> Result<StepTaken, Refusal> {
    let Authorization { version, question, stage } = authorization;
    let Stage::Declining { spent, withdrawn } = stage else {
        return Ok(Step::new(Authorization { version, question, stage }));
    };
    let code = match line {
        Line::Answers => AuthCode::Declined,
        Line::Silent => AuthCode::NoReply,
    };
    let message = reply::refuse(&question, code, env)?;
    let rrpid = question.rrpid;
    let withdrawn = reversal::nothing_held(withdrawn, &question, env)?;
    let stage = Stage::Refused { code };
    Ok(Step::new(Authorization { version, question, stage })
        .then(Asked::Release(spent))
        .then(Asked::Reply { rrpid, message })
        .and(withdrawn))
}

/// Answers without asking a bank.
fn refuse(question: Question, code: AuthCode, env: &Environment<'_>) -> Result<StepTaken, Refusal> {
    let message = reply::refuse(&question, code, env)?;
    let rrpid = question.rrpid;
    let stage = Stage::Refused { code };
    Ok(Step::new(Authorization { version: Version, question, stage })
        .then(Asked::Reply { rrpid, message }))
}

/// What the issuer said. An answer that comes after it was given up changes nothing (abuse case
/// 12): the reversal is on its way.
fn answered(
    authorization: Authorization,
    answer: AuthorizationAnswer,
    asked: Option<Box<AuthorizationRequest>>,
    env: &Environment<'_>,
) -> Result<StepTaken, Refusal> {
    let Authorization { version, question, stage } = authorization;
    let (trace, amount, spent, sealed, withdrawn) = match stage {
        Stage::Asked { trace, amount, spent, card, withdrawn } => {
            (trace, amount, spent, card, withdrawn)
        }
        stage => return Ok(Step::new(Authorization { version, question, stage })),
    };
    match answer {
        AuthorizationAnswer::Approved { approval_code } if withdrawn.is_none() => {
            let card = card(asked, &trace, &sealed, env)?;
            let generation = 0;
            let granted =
                Granted { trace: &trace, amount, approval_code: &approval_code, generation };
            let issuer = card.pan.bin();
            let cap_token = granted.token(&question, card, env.now, env)?;
            let auth_token = granted.next(&question, &sealed, env.now, env)?;
            if question.is_sale {
                let agreed = Agreed { granted, cap_token, auth_token, issuer, spent };
                return sale::tell(question, agreed, env);
            }
            let approval = granted.approval(cap_token, auth_token);
            let message = reply::approve(&question, approval, env)?;
            let rrpid = question.rrpid;
            let at = env.now;
            let stage = Stage::Authorized { trace, amount, approval_code, spent, at, generation };
            Ok(Step::new(Authorization { version, question, stage })
                .then(Asked::Reply { rrpid, message }))
        }
        AuthorizationAnswer::Declined(reason) => {
            let code = told(reason);
            let message = reply::refuse(&question, code, env)?;
            let rrpid = question.rrpid;
            let withdrawn = reversal::nothing_held(withdrawn, &question, env)?;
            let stage = Stage::Declined { retrieval: trace.retrieval, code };
            // After a decline the consent may be presented again (A7).
            Ok(Step::new(Authorization { version, question, stage })
                .then(Asked::Release(spent))
                .then(Asked::Reply { rrpid, message })
                .and(withdrawn))
        }
        // A yes to what was taken back meanwhile is undone like what had no answer.
        AuthorizationAnswer::NoAnswer | AuthorizationAnswer::Approved { .. } => {
            let card = card(asked, &trace, &sealed, env)?;
            let lost = Lost { original: trace, amount, spent, card: sealed, asker: withdrawn };
            reverse(question, lost, card, env)
        }
    }
}

/// What the issuer holds, and its word for it.
pub(super) struct Granted<'a> {
    pub(super) trace: &'a Trace,
    pub(super) amount: Money,
    pub(super) approval_code: &'a ApprovalCode,
    pub(super) generation: u8,
}

impl<'a> Granted<'a> {
    /// The token for it, with which the money is asked for.
    pub(super) fn token(
        &self,
        question: &Question,
        card: Card,
        at: UnixTime,
        env: &Environment<'_>,
    ) -> Result<CapToken, Refusal> {
        let notes = Notes {
            merchant: question.merchant.clone(),
            xid: question.ids.xid,
            at,
            retrieval: self.trace.retrieval.clone(),
            approval_code: self.approval_code.clone(),
            issuer: card.pan.bin(),
            generation: self.generation,
        };
        let Card { pan, expiry } = card;
        let extra =
            PanToken { pan: pan.into(), card_expiry: expiry.into(), ex_nonce: env.draw().nonce() };
        token::seal(question.rrpid, self.amount, &notes, &extra, env)
    }

    /// The token for the next authorization of the same consent, if there may be one.
    pub(super) fn next(
        &self,
        question: &Question,
        sealed: &Octets,
        at: UnixTime,
        env: &Environment<'_>,
    ) -> Result<Option<AuthToken>, Refusal> {
        let Some(further) = &question.further else { return Ok(None) };
        let card = card(None, self.trace, sealed, env)?;
        let given = (self.amount, self.generation, at);
        auth_token::seal(question, further, given, card, env).map(Some)
    }

    fn approval(&self, cap_token: CapToken, auth_token: Option<AuthToken>) -> Approval<'a> {
        let (approval_code, retrieval) = (self.approval_code, &self.trace.retrieval);
        let (amount, taken) = (self.amount, None);
        Approval { amount, approval_code, retrieval, cap_token, taken, auth_token }
    }
}

/// What nobody knows the outcome of.
struct Lost {
    original: Trace,
    amount: Money,
    spent: Claim,
    card: Octets,
    asker: Option<Box<Asker>>,
}

/// Nobody knows what the issuer holds. It is undone until that is acknowledged, and the merchant
/// is told that no answer came.
fn reverse(
    question: Question,
    lost: Lost,
    card: Card,
    env: &Environment<'_>,
) -> Result<StepTaken, Refusal> {
    let Lost { original, amount, spent, card: sealed, asker } = lost;
    let trace = trace(&mut env.draw(), env.now)?;
    let message = reply::refuse(&question, AuthCode::NoReply, env)?;
    let advice = advice(&question, card, &original, &trace, amount);
    let (rrpid, claim) = (question.rrpid, retrieval(&trace));
    let asker = asker.map(|asker| Box::new(asker.waiting(env.now)));
    let wake = asker.as_ref().map(|asker| Asked::WakeAt(asker.due));
    let stage = Stage::Reversing { original, trace, amount, spent, card: sealed, asker };
    Ok(Step::new(Authorization { version: Version, question, stage })
        .then(Asked::Claim(claim))
        .then(Asked::Reply { rrpid, message })
        .then(Asked::Own(Effect::Reverse(advice)))
        .and(wake))
}

/// The same advice again: it was interrupted, and the issuer tells repeats by its trace.
fn reverse_again(
    authorization: Authorization,
    env: &Environment<'_>,
) -> Result<StepTaken, Refusal> {
    let Stage::Reversing { original, trace, amount, card: sealed, .. } = &authorization.stage
    else {
        return Ok(Step::new(authorization));
    };
    let card = card(None, original, sealed, env)?;
    let advice = advice(&authorization.question, card, original, trace, *amount);
    Ok(Step::new(authorization).then(Asked::Own(Effect::Reverse(advice))))
}

pub(super) fn advice(
    question: &Question,
    card: Card,
    original: &Trace,
    trace: &Trace,
    amount: Money,
) -> ReversalAdvice {
    ReversalAdvice {
        original: original.clone(),
        trace: trace.clone(),
        pan: card.pan,
        amount,
        remains: Money::zero(amount.currency()),
        merchant: question.merchant.clone(),
    }
}

/// Nothing is held any more: the consent may be presented again.
fn reversed(authorization: Authorization, env: &Environment<'_>) -> Result<StepTaken, Refusal> {
    let Authorization { version, question, stage } = authorization;
    match stage {
        Stage::Reversing { original, spent, asker, .. } => {
            let told = reversal::nothing_held(asker, &question, env)?;
            let stage = Stage::Reversed { retrieval: original.retrieval };
            Ok(Step::new(Authorization { version, question, stage })
                .then(Asked::Release(spent))
                .and(told))
        }
        stage => Ok(Step::new(Authorization { version, question, stage })),
    }
}

/// What the merchant is told of an issuer's no.
fn told(reason: DeclineReason) -> AuthCode {
    match reason {
        DeclineReason::AmountError => AuthCode::AmountError,
        DeclineReason::CallIssuer => AuthCode::CallIssuer,
        DeclineReason::ExpiredCard => AuthCode::ExpiredCard,
        DeclineReason::InvalidTransaction => AuthCode::InvalidTransaction,
        DeclineReason::SystemError => AuthCode::SystemError,
        _ => AuthCode::Declined,
    }
}
