//! Money that is taken with its authorization (captureNow): the acquirer is told as soon as the
//! issuer has said yes, and the merchant is answered once, when both have spoken.
//!
//! ```text
//! AuthReq ─▶ Asked ──approved──▶ Selling ──taken──▶ Sold
//!                                   └────refused──▶ Authorized: the merchant may ask again
//! ```
//!
//! The token goes to the merchant as ever. It is used up in the commit that tells the acquirer: it
//! takes no money again, and gives back what it stands for.

use openset_types::{BatchPlace, BatchWish, Bin, CaptureAdvice, Trace, UnixTime};
use openset_wire::{
    der::{decode, encode},
    payment::{AuthToken, CapCode, CapResPayload, CapToken},
};
use serde::{Deserialize, Serialize};

use super::{
    authorization::{Effect, Environment, Granted, StepTaken},
    capture::{AdviceAnswer, outcome},
    record::{Authorization, Question, Stage},
    reply::{self, Approval, NOTHING},
    token::used,
    trace::{retrieval, trace},
};
use crate::{
    octets::Octets,
    refusal::Refusal,
    role::{Claim, Effect as Asked, Step},
    version::Version,
};

/// What is taken with its authorization.
// Stored. Change only with a migration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sale {
    /// What the acquirer is told: also what was authorized, and the issuer's word for it.
    pub advice: CaptureAdvice,
    /// The question to the issuer.
    pub trace: Trace,
    /// The consent that was spent for it.
    pub spent: Claim,
    /// When the issuer answered.
    pub at: UnixTime,
    /// Where the acquirer counts it, once it has taken it and if it says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<BatchPlace>,
}

/// What the issuer has agreed to, and what the merchant is given for it.
pub(super) struct Agreed<'a> {
    pub(super) granted: Granted<'a>,
    pub(super) cap_token: CapToken,
    pub(super) auth_token: Option<AuthToken>,
    pub(super) issuer: Bin,
    pub(super) spent: Claim,
}

/// Uses the token up and tells the acquirer, in one commit.
pub(super) fn tell(
    question: Question,
    agreed: Agreed<'_>,
    env: &Environment<'_>,
) -> Result<StepTaken, Refusal> {
    let Agreed { granted, cap_token, auth_token, issuer, spent } = agreed;
    let mut draw = env.draw();
    // The first draws of this step are in the tokens.
    draw.nonce();
    draw.nonce();
    let advice = CaptureAdvice {
        trace: trace(&mut draw, env.now)?,
        authorization: granted.trace.retrieval.clone(),
        approval_code: granted.approval_code.clone(),
        issuer,
        amount: granted.amount,
        merchant: question.merchant.clone(),
        batch: Some(BatchWish { brand: env.standing.brand.clone(), batch: None, position: None }),
    };
    let (token, reference) = (used(&question.rrpid, 0), retrieval(&advice.trace));
    let tells = Asked::Own(Effect::Take(advice.clone()));
    let sale = Sale { advice, trace: granted.trace.clone(), spent, at: env.now, place: None };
    let cap_token = Octets(encode(&cap_token)?);
    let auth_token = auth_token.as_ref().map(encode).transpose()?.map(Octets);
    let stage = Stage::Selling { sale: Box::new(sale), cap_token, auth_token };
    Ok(Step::new(Authorization { version: Version, question, stage })
        .then(Asked::Claim(token))
        .then(Asked::Claim(reference))
        .then(tells))
}

/// The same advice again: it was interrupted, and the acquirer tells repeats by its trace.
pub(super) fn tell_again(authorization: Authorization) -> StepTaken {
    let advice = match &authorization.stage {
        Stage::Selling { sale, .. } => Some(sale.advice.clone()),
        _ => None,
    };
    Step::new(authorization).and(advice.map(Effect::Take).map(Asked::Own))
}

/// The acquirer has taken it, or will not. Either way the issuer has agreed, and the merchant is
/// told both.
pub(super) fn told(
    authorization: Authorization,
    answer: AdviceAnswer,
    env: &Environment<'_>,
) -> Result<StepTaken, Refusal> {
    let Authorization { version, question, stage } = authorization;
    let (sale, cap_token, auth_token) = match stage {
        Stage::Selling { sale, cap_token, auth_token } => (sale, cap_token, auth_token),
        stage => return Ok(Step::new(Authorization { version, question, stage })),
    };
    let approval = Approval {
        amount: sale.advice.amount,
        approval_code: &sale.advice.approval_code,
        retrieval: &sale.trace.retrieval,
        cap_token: decode(cap_token.as_ref())?,
        taken: Some(taken(&sale, answer)),
        auth_token: auth_token.map(|token| decode(token.as_ref())).transpose()?,
    };
    let message = reply::approve(&question, approval, env)?;
    let rrpid = question.rrpid;
    let (stage, given_back) = match outcome(answer) {
        Ok(place) => (Stage::Sold(Box::new(Sale { place, ..*sale })), None),
        Err(_) => (authorized(*sale), Some(Asked::Release(used(&rrpid, 0)))),
    };
    Ok(Step::new(Authorization { version, question, stage })
        .and(given_back)
        .then(Asked::Reply { rrpid, message }))
}

fn taken(sale: &Sale, answer: AdviceAnswer) -> CapResPayload {
    let (cap_code, cap_amt, place) = match outcome(answer) {
        Ok(place) => (CapCode::Success, sale.advice.amount.into(), place),
        Err(code) => (code, NOTHING, None),
    };
    CapResPayload {
        cap_code,
        cap_amt,
        batch_id: place.map(|place| place.batch.get()),
        batch_sequence_num: place.map(|place| place.position),
        c_rs_pay_extensions: None,
    }
}

/// The authorization stands, as if nothing had been asked beside it.
fn authorized(sale: Sale) -> Stage {
    let Sale { advice, trace, spent, at, .. } = sale;
    let CaptureAdvice { amount, approval_code, .. } = advice;
    Stage::Authorized { trace, amount, approval_code, spent, at, generation: 0 }
}
