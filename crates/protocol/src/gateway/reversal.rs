//! AuthRevReq at the gateway: a merchant takes an authorization back, or a part of it, before the
//! money is taken.
//!
//! | as it stands | all of it | a part of it |
//! |---|---|---|
//! | not known here | nothing will be authorized under this name | refused |
//! | the issuer is asked | undone, whatever it answers | refused |
//! | authorized | released at the issuer | lowered at the issuer, with a new token |
//! | nothing is held | nothing is held | refused |
//!
//! All of it may be taken back without a CapToken: whoever has not heard the answer has none. The
//! money is taken by whoever uses the token first, in one commit: a capture or a reversal.

mod reply;
mod request;

use openset_types::{DeclineReason, Money, ReversalAdvice, ReversalOutcome, UnixTime};
use openset_wire::{payment::AuthRevCode, types::CurrencyAmount};

pub use request::Request;
pub(super) use request::admit;

use self::request::Shown;
use super::{
    auth_token,
    authorization::{Effect, Environment, Granted, StepTaken, advice, card},
    record::{Asker, Authorization, Question, Releasing, Stage},
    reply::NOTHING,
    token::used,
    trace::{retrieval, trace},
};
use crate::{
    octets::Octets,
    refusal::Refusal,
    role::{Effect as Asked, Step},
    version::Version,
};

/// How many seconds a merchant waits for the issuer before it is told that none has answered. The
/// issuer is told for as long as it takes; the merchant asks again.
pub const ISSUER_WITHIN_S: i64 = 10;

/// The most often that one authorization is lowered.
pub const LOWERED_MAX: u8 = 8;

/// Takes back what has not come: when it comes, no bank is asked.
pub(super) fn forestall(request: Request, env: &Environment<'_>) -> Result<StepTaken, Refusal> {
    let Request { asker, shown, remains, named, .. } = request;
    // A token of our own for what is not known here: it was authorized, and nothing here says what
    // became of it.
    let is_known_elsewhere = matches!(shown, Shown::Token(_));
    if is_known_elsewhere || !remains.is_some_and(Money::is_zero) {
        return Err(Refusal::SenderNamedUnknownPurchase);
    }
    let stage = Stage::Forestalled;
    let authorization = Authorization { version: Version, question: named, stage };
    answer(authorization, &asker, AuthRevCode::Approved, env)
}

/// Takes back what is known, as far as that can be done.
pub(super) fn take(
    authorization: Authorization,
    request: Request,
    env: &Environment<'_>,
) -> Result<StepTaken, Refusal> {
    if !request.is_about(&authorization.question) {
        let code = AuthRevCode::InvalidTransaction;
        let message = reply::write(&request.asker, code, NOTHING, None, env)?;
        let rrpid = request.asker.rrpid;
        return Ok(Step::new(authorization).then(Asked::Reply { rrpid, message }));
    }
    let Some(remains) = request.remains_of(&authorization.question) else {
        return answer(authorization, &request.asker, AuthRevCode::AmountError, env);
    };
    match &authorization.stage {
        Stage::Authorized { .. } => take_authorized(authorization, request, remains, env),
        Stage::Releasing(releasing) if releasing.remains == remains => {
            wait(authorization, request.asker, env)
        }
        Stage::Asked { .. } | Stage::Declining { .. } | Stage::Reversing { .. }
            if remains.is_zero() =>
        {
            wait(authorization, request.asker, env)
        }
        Stage::Declined { .. }
        | Stage::Refused { .. }
        | Stage::Reversed { .. }
        | Stage::Voided { .. }
        | Stage::Forestalled
            if remains.is_zero() =>
        {
            answer(authorization, &request.asker, AuthRevCode::Approved, env)
        }
        _ => answer(authorization, &request.asker, AuthRevCode::InvalidTransaction, env),
    }
}

/// Answers as things stand; nothing changes.
fn answer(
    authorization: Authorization,
    asker: &Asker,
    code: AuthRevCode,
    env: &Environment<'_>,
) -> Result<StepTaken, Refusal> {
    let message = reply::write(asker, code, stands(&authorization), None, env)?;
    Ok(Step::new(authorization).then(Asked::Reply { rrpid: asker.rrpid, message }))
}

/// How much is authorized, as far as is known.
fn stands(authorization: &Authorization) -> CurrencyAmount {
    let amount = match &authorization.stage {
        Stage::Authorized { amount, .. } => Some(*amount),
        Stage::Releasing(releasing) => Some(releasing.amount),
        Stage::Selling { sale, .. } | Stage::Sold(sale) => Some(sale.advice.amount),
        _ => authorization.question.amount.map(|asked| Money::zero(asked.currency())),
    };
    amount.map_or(NOTHING, CurrencyAmount::from)
}

/// Waits for an outcome that is on its way. Whoever waited before is told that there is none yet.
fn wait(
    mut authorization: Authorization,
    asker: Asker,
    env: &Environment<'_>,
) -> Result<StepTaken, Refusal> {
    let asker = asker.waiting(env.now);
    let (rrpid, due) = (asker.rrpid, asker.due);
    let before = match &mut authorization.stage {
        Stage::Asked { withdrawn: slot, .. }
        | Stage::Declining { withdrawn: slot, .. }
        | Stage::Reversing { asker: slot, .. } => slot.replace(Box::new(asker)).map(|one| *one),
        Stage::Releasing(releasing) => releasing.asker.replace(asker),
        _ => return Err(Refusal::CommandOutOfTurn),
    };
    let amount = stands(&authorization);
    let told = match before {
        Some(before) if before.rrpid != rrpid => Some(no_reply(&before, amount, env)?),
        _ => None,
    };
    Ok(Step::new(authorization).and(told).then(Asked::WakeAt(due)))
}

/// The issuer holds money, and the merchant takes it back or lowers it.
fn take_authorized(
    authorization: Authorization,
    request: Request,
    remains: Money,
    env: &Environment<'_>,
) -> Result<StepTaken, Refusal> {
    let code = match judge(&authorization, request.shown, remains, env) {
        Ok(Next::Release) => return release(authorization, request, remains, env),
        Ok(Next::SayAgain) => return say_again(authorization, &request, env),
        Err(code) => code,
    };
    answer(authorization, &request.asker, code, env)
}

/// What is done about an authorization that stands.
enum Next {
    /// The issuer is told.
    Release,
    /// It was lowered so before, and the answer may have been lost.
    SayAgain,
}

fn judge(
    authorization: &Authorization,
    shown: Shown,
    remains: Money,
    env: &Environment<'_>,
) -> Result<Next, AuthRevCode> {
    let Stage::Authorized { amount, generation, .. } = &authorization.stage else {
        return Err(AuthRevCode::InvalidTransaction);
    };
    // The money was asked for: that is undone by another message.
    if env.held.has(&used(&authorization.question.rrpid, *generation)) {
        return Err(AuthRevCode::InvalidTransaction);
    }
    match shown {
        Shown::Unfit => return Err(AuthRevCode::InvalidCapToken),
        Shown::Nothing if remains.is_zero() => return Ok(Next::Release),
        Shown::Nothing => return Err(AuthRevCode::MissingCapToken),
        Shown::Token(before) if before + 1 == *generation && remains == *amount => {
            return Ok(Next::SayAgain);
        }
        Shown::Token(shown) if shown != *generation => return Err(AuthRevCode::InvalidCapToken),
        Shown::Token(_) => {}
    }
    if remains.is_zero() {
        return Ok(Next::Release);
    }
    if !amount.exceeds(remains).map_err(|_| AuthRevCode::AmountError)? {
        return Err(AuthRevCode::InvalidAmount);
    }
    match *generation < LOWERED_MAX {
        true => Ok(Next::Release),
        false => Err(AuthRevCode::InvalidTransaction),
    }
}

/// Uses the token up and tells the issuer, in one commit.
fn release(
    authorization: Authorization,
    request: Request,
    remains: Money,
    env: &Environment<'_>,
) -> Result<StepTaken, Refusal> {
    let Authorization { version, question, stage } = authorization;
    let Stage::Authorized { trace: original, amount, approval_code, spent, at, generation } = stage
    else {
        return Err(Refusal::CommandOutOfTurn);
    };
    let asker = request.asker.waiting(env.now);
    let (due, token) = (asker.due, used(&question.rrpid, generation));
    // Nobody is to build on what is taken back.
    let next = auth_token::unused(&question, generation, env);
    let trace = trace(&mut env.draw(), env.now)?;
    let releasing = Releasing {
        original,
        trace,
        amount,
        remains,
        approval_code,
        spent,
        at,
        generation,
        takes_next: next.is_some(),
        card: request.card,
        asker: Some(asker),
    };
    let claim = retrieval(&releasing.trace);
    // Neither the keys of old nor the octets that came may be at hand any more.
    let Ok(advice) = told(&question, &releasing, env) else {
        let asker = releasing.asker.clone();
        let authorization = Authorization { version, question, stage: releasing.stands_again() };
        let asker = asker.ok_or(Refusal::CommandOutOfTurn)?;
        return answer(authorization, &asker, AuthRevCode::SystemError, env);
    };
    let stage = Stage::Releasing(Box::new(releasing));
    Ok(Step::new(Authorization { version, question, stage })
        .then(Asked::Claim(token))
        .and(next.map(Asked::Claim))
        .then(Asked::Claim(claim))
        .then(Asked::Own(Effect::Release(advice)))
        .then(Asked::WakeAt(due)))
}

/// What the issuer is told.
fn told(
    question: &Question,
    releasing: &Releasing,
    env: &Environment<'_>,
) -> Result<ReversalAdvice, Refusal> {
    let Releasing { original, trace, amount, remains, card: sealed, .. } = releasing;
    let card = card(None, original, sealed, env)?;
    // The issuer knows the authorization by what it was asked for at first.
    let asked = question.amount.unwrap_or(*amount);
    Ok(ReversalAdvice { remains: *remains, ..advice(question, card, original, trace, asked) })
}

/// The same advice again: it was interrupted, and the issuer tells repeats by its trace.
pub(super) fn release_again(
    authorization: Authorization,
    env: &Environment<'_>,
) -> Result<StepTaken, Refusal> {
    let Stage::Releasing(releasing) = &authorization.stage else {
        return Ok(Step::new(authorization));
    };
    let advice = told(&authorization.question, releasing, env)?;
    Ok(Step::new(authorization).then(Asked::Own(Effect::Release(advice))))
}

/// The issuer has said yes or no.
pub(super) fn released(
    authorization: Authorization,
    outcome: ReversalOutcome,
    env: &Environment<'_>,
) -> Result<StepTaken, Refusal> {
    let Authorization { version, question, stage } = authorization;
    let Stage::Releasing(releasing) = stage else {
        return Ok(Step::new(Authorization { version, question, stage }));
    };
    let again = |stage| Authorization { version, question: question.clone(), stage };
    match outcome {
        ReversalOutcome::Refused(reason) => {
            let token = used(&question.rrpid, releasing.generation);
            let next = auth_token::used(&question.rrpid, releasing.generation);
            let next = releasing.takes_next.then_some(Asked::Release(next));
            let asker = releasing.asker.clone();
            let authorization = again(releasing.stands_again());
            let step = match asker {
                Some(asker) => answer(authorization, &asker, refused(reason), env)?,
                None => Step::new(authorization),
            };
            Ok(step.then(Asked::Release(token)).and(next))
        }
        ReversalOutcome::Undone if releasing.remains.is_zero() => {
            let told = nothing_held(releasing.asker.map(Box::new), &question, env)?;
            let stage = Stage::Voided { retrieval: releasing.original.retrieval };
            // After a full reversal the consent may be presented again (A7), unless another
            // authorization stands on this one.
            let is_last = question.further.is_none() || releasing.takes_next;
            let given_back = is_last.then_some(Asked::Release(releasing.spent));
            Ok(Step::new(again(stage)).and(given_back).and(told))
        }
        ReversalOutcome::Undone => {
            let told = match &releasing.asker {
                Some(asker) => Some(lowered(&question, &releasing, asker, env)?),
                None => None,
            };
            let is_used = !releasing.takes_next;
            let mut authorization = again(releasing.lowered());
            if let Some(further) = &mut authorization.question.further {
                further.is_used |= is_used;
            }
            Ok(Step::new(authorization).and(told))
        }
    }
}

/// The answer that hands out the token for what is left.
fn lowered(
    question: &Question,
    releasing: &Releasing,
    asker: &Asker,
    env: &Environment<'_>,
) -> Result<Asked<Effect>, Refusal> {
    let Releasing { original, remains, approval_code, at, generation, card, .. } = releasing;
    let generation = generation.saturating_add(1);
    let granted = Granted { trace: original, amount: *remains, approval_code, generation };
    let gives_next = releasing.takes_next;
    grant(question, &granted, (*at, gives_next), (card, asker), env)
}

fn grant(
    question: &Question,
    granted: &Granted<'_>,
    (at, gives_next): (UnixTime, bool),
    (sealed, asker): (&Octets, &Asker),
    env: &Environment<'_>,
) -> Result<Asked<Effect>, Refusal> {
    let card = card(None, granted.trace, sealed, env)?;
    let token = granted.token(question, card, at, env)?;
    let next = match gives_next {
        true => granted.next(question, sealed, at, env)?,
        false => None,
    };
    let (code, amount) = (AuthRevCode::Approved, granted.amount.into());
    let message = reply::write(asker, code, amount, Some((token, next)), env)?;
    Ok(Asked::Reply { rrpid: asker.rrpid, message })
}

/// It was lowered so before: the token for what is left is given again.
fn say_again(
    authorization: Authorization,
    request: &Request,
    env: &Environment<'_>,
) -> Result<StepTaken, Refusal> {
    let Stage::Authorized { trace, amount, approval_code, at, generation, .. } =
        &authorization.stage
    else {
        return Err(Refusal::CommandOutOfTurn);
    };
    let (amount, generation) = (*amount, *generation);
    let granted = Granted { trace, amount, approval_code, generation };
    let shown = (&request.card, &request.asker);
    let is_open = authorization.question.further.as_ref().is_some_and(|one| !one.is_used);
    let told = grant(&authorization.question, &granted, (*at, is_open), shown, env)?;
    Ok(Step::new(authorization).then(told))
}

/// Tells whoever took it back that nothing is held.
pub(super) fn nothing_held(
    asker: Option<Box<Asker>>,
    question: &Question,
    env: &Environment<'_>,
) -> Result<Option<Asked<Effect>>, Refusal> {
    let Some(asker) = asker else { return Ok(None) };
    let nothing = question.amount.map(|asked| Money::zero(asked.currency()).into());
    let nothing = nothing.unwrap_or(NOTHING);
    let message = reply::write(&asker, AuthRevCode::Approved, nothing, None, env)?;
    Ok(Some(Asked::Reply { rrpid: asker.rrpid, message }))
}

/// The merchant has waited long enough. The issuer is told all the same.
pub(super) fn woke(
    mut authorization: Authorization,
    env: &Environment<'_>,
) -> Result<StepTaken, Refusal> {
    let is_due = |asker: &Asker| asker.due <= env.now;
    let asker = match &mut authorization.stage {
        Stage::Reversing { asker, .. } => asker.take_if(|asker| is_due(asker)).map(|one| *one),
        Stage::Releasing(releasing) => releasing.asker.take_if(|asker| is_due(asker)),
        _ => None,
    };
    let amount = stands(&authorization);
    let told = asker.map(|asker| no_reply(&asker, amount, env)).transpose()?;
    Ok(Step::new(authorization).and(told))
}

fn no_reply(
    asker: &Asker,
    amount: CurrencyAmount,
    env: &Environment<'_>,
) -> Result<Asked<Effect>, Refusal> {
    let message = reply::write(asker, AuthRevCode::NoReply, amount, None, env)?;
    Ok(Asked::Reply { rrpid: asker.rrpid, message })
}

/// What the merchant is told of an issuer's no.
fn refused(reason: DeclineReason) -> AuthRevCode {
    match reason {
        DeclineReason::AmountError => AuthRevCode::AmountError,
        DeclineReason::ExpiredCard => AuthRevCode::ExpiredCard,
        DeclineReason::InvalidTransaction => AuthRevCode::InvalidTransaction,
        DeclineReason::SystemError => AuthRevCode::SystemError,
        _ => AuthRevCode::UnspecifiedFailure,
    }
}

impl Asker {
    /// Waits from now on.
    pub(super) fn waiting(self, now: UnixTime) -> Self {
        Self { due: now.plus_s(ISSUER_WITHIN_S), ..self }
    }
}

impl Releasing {
    /// The authorization as it stood before.
    fn stands_again(self) -> Stage {
        let Self { original: trace, amount, approval_code, spent, at, generation, .. } = self;
        Stage::Authorized { trace, amount, approval_code, spent, at, generation }
    }

    /// The authorization of what is left.
    fn lowered(self) -> Stage {
        let Self { original: trace, remains: amount, approval_code, spent, at, .. } = self;
        let generation = self.generation.saturating_add(1);
        Stage::Authorized { trace, amount, approval_code, spent, at, generation }
    }
}
