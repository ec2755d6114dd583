//! One authorization at the gateway, from the merchant's question to the issuer's answer.
//!
//! ```text
//! AuthReq ─▶ Asked ──approved──▶ Authorized
//!    │         ├────declined──▶ Declined
//!    │         └───no answer──▶ Reversing ──acknowledged──▶ Reversed
//!    ├─▶ Declining ──as long as the issuer would take──▶ Refused (no bank is asked)
//!    └─▶ Refused (no bank is asked)
//! ```
//!
//! The card number passes through one step: from the opened instructions into the question to the
//! issuer, and comes back with the answer. What is stored is its envelope, sealed as it came, which
//! is opened again where the question was lost.

use openset_crypto::{
    Purpose, Untrusted, Verified,
    dual::{self, Payment},
};
use openset_types::{
    ApprovalCode, AuthorizationAnswer, AuthorizationRequest, CardExpiry, DeclineReason,
    MerchantCategory, MerchantId, Money, Pan, ReversalAdvice, Rrpid, Trace,
};
use openset_wire::{
    der::encode,
    error::ErrorCode,
    payment::{AuthCode, AuthReq, AuthReqData, Pi},
    types::PanToken,
    wrapper::Message,
};
use serde::{Deserialize, Serialize};

use super::{
    Standing, asker,
    instructions::{self, Instructions, Verdict},
    keep_known,
    record::{Authorization, Question, Stage},
    reply::{self, Approval},
    token::{self, Notes},
    trace::{retrieval, trace},
};
use crate::{
    acceptance::{self, same_ids, same_rrpid},
    kept::keep_path,
    octets::Octets,
    purchase_ids::PurchaseIds,
    refusal::Refusal,
    role::{Admitted, Claim, Effect as Asked, Env, Lookup, Machine, Received, Step},
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
    /// The issuer has acknowledged the reversal.
    ReversalAcknowledged,
    /// The gateway stopped while the reversal was on its way.
    ReversalInterrupted,
    /// The time has come. Nothing here waits for a time.
    Woke,
}

/// What a merchant asks, and what may be done about it.
#[derive(Debug)]
pub struct Request {
    question: Question,
    /// The card, sealed as it came.
    card: Octets,
    verdict: Verdict,
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
}

/// What the outbox keeps of it.
// Stored. Change only with a migration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Note {
    /// The issuer was asked.
    AskedAcquirer,
    /// The reversal was on its way.
    Reversing,
    /// Time passed.
    Waiting,
}

type StepTaken = Step<Authorization, Effect>;
type Environment<'a> = Env<'a, GatewayAuthorization>;

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
            Message::AuthReq(message) => admit(request, message, rrpid, env),
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
            (None, _) => Err(Refusal::CommandToAnotherInstance),
            // The driver gives the stored answer to a repeated request; this is another one.
            (Some(_), Input::AuthReq(_)) => Err(Refusal::CommandToAnotherInstance),
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
            (Some(authorization), Input::ReversalAcknowledged) => Ok(reversed(authorization)),
            (Some(authorization), Input::ReversalInterrupted) => reverse_again(authorization, env),
            (Some(authorization), Input::Woke) => Ok(Step::new(authorization)),
        }
    }

    fn note(effect: &Effect) -> Note {
        match effect {
            Effect::AskAcquirer(_) => Note::AskedAcquirer,
            Effect::Reverse(_) => Note::Reversing,
            Effect::Wait { .. } => Note::Waiting,
        }
    }

    fn interrupted(note: Note) -> Input {
        match note {
            Note::AskedAcquirer => Input::Interrupted,
            Note::Reversing => Input::ReversalInterrupted,
            Note::Waiting => Input::WaitInterrupted,
        }
    }

    fn woke() -> Input {
        Input::Woke
    }
}

fn admit(
    request: &Received,
    message: &AuthReq,
    rrpid: Rrpid,
    env: &Environment<'_>,
) -> Result<Admitted<Input>, Refusal> {
    let standing = env.standing;
    // Abuse case 29: which lists are the current ones is known, or nobody is believed.
    env.trust.require_bci(&standing.brand, env.now)?;
    let (openers, brand) = (&standing.encipherments, Some(&standing.brand));
    let linked = env.open_signed(&message.enc, openers, Purpose::MerchantSignature, brand)?;
    standing.acceptance.fresh(&linked, env.now)?;
    env.require_linked(&linked, &message.baggage)?;
    let data = linked.t1.value();
    let tags = &data.auth_req_item.auth_tags;
    same_rrpid(rrpid, tags.auth_rr_tags.rrpid.0)?;
    same_ids(&request.wrapper.message_header, &tags.trans_ids)?;
    acceptance::understood(&data.auth_req_item.auth_req_payload.a_rq_extensions, &[])?;
    let (merchant, reply_to) = asker(&linked, &standing.brand, env)?;
    // A3: the merchant is who its certificate says, whatever its message says.
    if tags.auth_rr_tags.mer_term_ids.merchant_id.0 != merchant {
        return Err(Refusal::MerchantNamedAnother);
    }
    let verdict = judge(data, message.baggage.value(), &merchant, env)?;
    let held = match &verdict {
        Verdict::Ask(Instructions { spent, .. }) | Verdict::Decline { spent } => {
            Some(spent.clone())
        }
        Verdict::Refuse(_) => None,
    };
    let question = Question {
        rrpid,
        ids: PurchaseIds::read(&tags.trans_ids).ok_or(Refusal::SenderNamedUnknownLabel)?,
        merchant,
        merchant_signature: linked.signer().thumb(),
        reply_to: keep_path(&reply_to)?,
        category: category(data),
        amount: data.auth_req_item.auth_req_payload.auth_req_amt.money().ok(),
        tags: encode(tags)?.into(),
        known: keep_known(data.m_thumbs.as_ref())?,
        at: env.now,
    };
    Ok(Admitted {
        instance: Lookup::Key(rrpid.as_bytes().to_vec()),
        held: held.into_iter().collect(),
        input: Input::AuthReq(Box::new(Request {
            question,
            card: sealed_card(message.baggage.value(), &verdict, env)?,
            verdict,
        })),
    })
}

/// Opens and judges the payment instructions.
fn judge(
    data: &AuthReqData,
    pi: &Pi,
    merchant: &MerchantId,
    env: &Environment<'_>,
) -> Result<Verdict, Refusal> {
    match open(pi, env) {
        Ok(payment) => instructions::judge(data, payment, merchant, env),
        Err(Unfit::Answered(code)) => Ok(Verdict::Refuse(code)),
        Err(Unfit::Refused(refusal)) => Err(refusal),
    }
}

/// Why payment instructions were not opened: something to be answered, or not to be believed.
enum Unfit {
    Answered(AuthCode),
    Refused(Refusal),
}

fn open(pi: &Pi, env: &Environment<'_>) -> Result<Verified<Payment>, Unfit> {
    let pi = match pi {
        Pi::PiDualSigned(pi) => pi,
        // A6: suite `modern` knows no payment without a signature. A8: nor a token that stands for
        // an earlier one; this gateway gives none.
        Pi::PiUnsigned(_) | Pi::AuthToken(_) => {
            return Err(Unfit::Answered(AuthCode::SignatureRequired));
        }
    };
    let Standing { encipherments, brand, .. } = env.standing;
    match dual::check_payment(pi, encipherments, env.keys, env.trust, brand, env.now) {
        Ok(payment) => Ok(payment),
        // A12: a good card, of another brand.
        Err(Untrusted::OtherBrand) => Err(Unfit::Answered(AuthCode::CardMerchBrandMismatch)),
        Err(untrusted) => Err(unproven(untrusted.into())),
    }
}

/// Instructions that prove nothing. Whoever brought them is believed, and waits for a word about
/// money: where time does not mend what is wrong, it gets one that is kept, as for a token that
/// does not open. What may pass stays a refusal, and is asked again (ADR 32).
fn unproven(refusal: Refusal) -> Unfit {
    match ErrorCode::from(&refusal) {
        ErrorCode::SignatureFailure => Unfit::Answered(AuthCode::SignatureRequired),
        _ => Unfit::Refused(refusal),
    }
}

/// What of the instructions is kept until the issuer has answered. Those that are answered at once
/// have nothing to keep.
fn sealed_card(pi: &Pi, verdict: &Verdict, env: &Environment<'_>) -> Result<Octets, Refusal> {
    match (pi, verdict) {
        (_, Verdict::Refuse(_)) | (Pi::PiUnsigned(_) | Pi::AuthToken(_), _) => {
            Ok(Vec::new().into())
        }
        (Pi::PiDualSigned(pi), _) => Ok(dual::sealed_card(pi, env.suite())?.into()),
    }
}

/// A card that is needed once more.
struct Card {
    pan: Pan,
    expiry: CardExpiry,
}

/// The card of the question that has this trace: from that question, or from its envelope. What was
/// judged when the consent was spent is not judged anew.
fn card(
    asked: Option<Box<AuthorizationRequest>>,
    trace: &Trace,
    sealed: &Octets,
    env: &Environment<'_>,
) -> Result<Card, Refusal> {
    if let Some(asked) = asked.filter(|asked| asked.trace == *trace) {
        let AuthorizationRequest { pan, expiry, .. } = *asked;
        return Ok(Card { pan, expiry });
    }
    let openers = &env.standing.encipherments;
    let data = dual::reopen_card(sealed.as_ref(), openers, env.suite(), env.keys)?.into_value();
    Ok(Card { pan: data.pan.0, expiry: data.card_expiry.0 })
}

fn category(data: &AuthReqData) -> Option<MerchantCategory> {
    let code = &data.auth_req_item.auth_req_payload.merch_data.merch_cat_code;
    code.as_ref().map(|code| code.0.clone())
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
    let Instructions { pan, expiry, amount, spent } = instructions;
    let trace = trace(&mut env.draw(), env.now)?;
    let merchant = question.merchant.clone();
    let asked =
        AuthorizationRequest { trace: trace.clone(), pan, expiry, amount, merchant, category };
    let retrieval = retrieval(&trace);
    let stage = Stage::Asked { trace, amount, spent: spent.clone(), card };
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
    let stage = Stage::Declining { spent: spent.clone() };
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
    let Stage::Declining { spent } = stage else {
        return Ok(Step::new(Authorization { version, question, stage }));
    };
    let code = match line {
        Line::Answers => AuthCode::Declined,
        Line::Silent => AuthCode::NoReply,
    };
    let message = reply::refuse(&question, code, env)?;
    let rrpid = question.rrpid;
    let stage = Stage::Refused { code };
    Ok(Step::new(Authorization { version, question, stage })
        .then(Asked::Release(spent))
        .then(Asked::Reply { rrpid, message }))
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
    let (trace, amount, spent, sealed) = match stage {
        Stage::Asked { trace, amount, spent, card } => (trace, amount, spent, card),
        stage => return Ok(Step::new(Authorization { version, question, stage })),
    };
    match answer {
        AuthorizationAnswer::Approved { approval_code } => {
            let card = card(asked, &trace, &sealed, env)?;
            let message = approve(&question, card, &trace, amount, &approval_code, env)?;
            let rrpid = question.rrpid;
            let stage = Stage::Authorized { trace, amount, approval_code, spent, at: env.now };
            Ok(Step::new(Authorization { version, question, stage })
                .then(Asked::Reply { rrpid, message }))
        }
        AuthorizationAnswer::Declined(reason) => {
            let code = told(reason);
            let message = reply::refuse(&question, code, env)?;
            let rrpid = question.rrpid;
            let stage = Stage::Declined { retrieval: trace.retrieval, code };
            // After a decline the consent may be presented again (A7).
            Ok(Step::new(Authorization { version, question, stage })
                .then(Asked::Release(spent))
                .then(Asked::Reply { rrpid, message }))
        }
        AuthorizationAnswer::NoAnswer => {
            let card = card(asked, &trace, &sealed, env)?;
            reverse(question, (sealed, card), trace, amount, spent, env)
        }
    }
}

fn approve(
    question: &Question,
    card: Card,
    trace: &Trace,
    amount: Money,
    approval_code: &ApprovalCode,
    env: &Environment<'_>,
) -> Result<Vec<u8>, Refusal> {
    let notes = Notes {
        merchant: question.merchant.clone(),
        xid: question.ids.xid,
        at: env.now,
        retrieval: trace.retrieval.clone(),
        approval_code: approval_code.clone(),
        issuer: card.pan.bin(),
    };
    let Card { pan, expiry } = card;
    let extra =
        PanToken { pan: pan.into(), card_expiry: expiry.into(), ex_nonce: env.draw().nonce() };
    let cap_token = token::seal(question.rrpid, amount, &notes, &extra, env)?;
    let approval = Approval { amount, approval_code, retrieval: &trace.retrieval, cap_token };
    reply::approve(question, approval, env)
}

/// Nobody knows what the issuer holds. It is undone until that is acknowledged, and the merchant
/// is told that no answer came.
fn reverse(
    question: Question,
    (sealed, card): (Octets, Card),
    original: Trace,
    amount: Money,
    spent: Claim,
    env: &Environment<'_>,
) -> Result<StepTaken, Refusal> {
    let trace = trace(&mut env.draw(), env.now)?;
    let message = reply::refuse(&question, AuthCode::NoReply, env)?;
    let advice = advice(&question, card, &original, &trace, amount);
    let (rrpid, claim) = (question.rrpid, retrieval(&trace));
    let stage = Stage::Reversing { original, trace, amount, spent, card: sealed };
    Ok(Step::new(Authorization { version: Version, question, stage })
        .then(Asked::Claim(claim))
        .then(Asked::Reply { rrpid, message })
        .then(Asked::Own(Effect::Reverse(advice))))
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

fn advice(
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
        merchant: question.merchant.clone(),
    }
}

/// Nothing is held any more: the consent may be presented again.
fn reversed(authorization: Authorization) -> StepTaken {
    let Authorization { version, question, stage } = authorization;
    match stage {
        Stage::Reversing { original, spent, .. } => {
            let stage = Stage::Reversed { retrieval: original.retrieval };
            Step::new(Authorization { version, question, stage }).then(Asked::Release(spent))
        }
        stage => Step::new(Authorization { version, question, stage }),
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
