//! Giving up what the issuer holds, or may hold, before it is taken: what the shop commands, and
//! what comes of it.
//!
//! ```text
//! Authorized ──void──▶ Voiding ──approved──▶ Voided, or Authorized for less
//!     ▲                   └── refused ──▶ Authorized
//! Authorizing ──void──▶ Declined: nobody knows what the issuer holds, and the gateway undoes it
//! ```

use openset_crypto::Thumb;
use openset_types::{Brand, Money, Rrpid};
use openset_wire::payment::AuthRevCode;

use super::{
    Account, Consent, Standing,
    news::AskGateway,
    order::{
        Asked, Authorized, Authorizing, Declined, Purchase, Stage, Undoing, Undone, Verdict,
        VoidRefused, Voided, Voiding,
    },
    parts,
    purchase::{Environment, StepTaken, answer_order},
    reversal::{Answer, Question},
};
use crate::{
    octets::Octets,
    refusal::Refusal,
    role::{Effect, Party, Step},
    summary::Fact,
};

/// After how many seconds the gateway is asked again that could not reach the issuer.
pub const AGAIN_S: i64 = 30;

/// The most given-up questions of one order that are remembered. The oldest make room.
const UNDOING_MAX: usize = 16;

/// The shop gives up all of it, or all but so much.
pub(super) fn void(
    purchase: Purchase,
    remains: Money,
    env: &Environment<'_>,
) -> Result<StepTaken, Refusal> {
    match &purchase.stage {
        Stage::Authorized(authorized) => {
            if !authorized.amount.exceeds(remains)? {
                return Err(Refusal::MerchantAskedForNoAmount);
            }
            let authorized = authorized.clone();
            ask(purchase, authorized, remains, env)
        }
        // A sale may have been taken by now. It is asked for until the answer comes, and what was
        // taken is given back.
        Stage::Authorizing(authorizing) if remains.is_zero() && !authorizing.is_sale => {
            let authorizing = authorizing.clone();
            give_up(purchase, authorizing, env)
        }
        _ => Err(Refusal::CommandOutOfTurn),
    }
}

/// Asks the gateway to take back what it has authorized.
fn ask(
    purchase: Purchase,
    authorized: Authorized,
    remains: Money,
    env: &Environment<'_>,
) -> Result<StepTaken, Refusal> {
    let rrpid = env.draw().rrpid();
    let asked = authorized.asked.as_ref().ok_or(Refusal::CommandOutOfTurn)?;
    let question = Question { rrpid, asked, cap_token: Some(&authorized.cap_token), remains };
    let effect = send(&question, &authorized.consent, env)?;
    let authorized = Authorized { void_refused: None, ..authorized };
    let stage = Stage::Voiding(Voiding { authorized, rrpid, remains, is_unanswered: false });
    Ok(Step::new(purchase.becomes(stage, Fact::Voiding, env.now)).then(effect))
}

/// Waits no longer for the gateway's answer. Whatever the issuer holds is undone, and an answer
/// that still comes changes nothing (abuse case 12).
fn give_up(
    mut purchase: Purchase,
    authorizing: Authorizing,
    env: &Environment<'_>,
) -> Result<StepTaken, Refusal> {
    let Authorizing { consent, rrpid: authorization, is_awaited, asked, .. } = authorizing;
    let asked: Asked = asked.ok_or(Refusal::CommandOutOfTurn)?;
    let rrpid = env.draw().rrpid();
    let remains = Money::zero(purchase.order.amount.currency());
    let question = Question { rrpid, asked: &asked, cap_token: None, remains };
    let effect = send(&question, &consent, env)?;
    purchase.moot.add(authorization);
    if purchase.undoing.len() >= UNDOING_MAX {
        purchase.undoing.remove(0);
    }
    purchase.undoing.push(Undoing { consent: consent.clone(), rrpid, outcome: None });
    if parts::is_declined(&mut purchase, Verdict::GivenUp, env) {
        return Ok(Step::new(purchase).then(effect));
    }
    let (verdict, at, offers) = (Verdict::GivenUp, env.now, Vec::new());
    let stage = Stage::Declined(Declined { consent: consent.clone(), verdict, at, offers });
    let purchase = purchase.becomes(stage, Fact::Declined, env.now);
    Ok(answer_order(purchase, &consent, is_awaited, env)?.then(effect))
}

fn send(
    question: &Question<'_>,
    consent: &Consent,
    env: &Environment<'_>,
) -> Result<Effect<AskGateway>, Refusal> {
    let account = env.standing.account(&consent.brand)?;
    let message = question.message(account, &consent.brand, env)?;
    let (rrpid, ids) = (question.rrpid, Some(consent.ids.message_ids()));
    let message = env.standing.letterhead.write(message, rrpid, ids, env.now)?;
    Ok(Effect::Ask { party: Party::Gateway(consent.brand.clone()), rrpid, message })
}

/// The gateway has answered.
pub(super) fn on_auth_rev_res(
    purchase: Purchase,
    answer: &Answer,
    env: &Environment<'_>,
) -> Result<StepTaken, Refusal> {
    match &purchase.stage {
        Stage::Voiding(voiding) if voiding.rrpid == answer.rrpid() => {
            let voiding = voiding.clone();
            answered(purchase, voiding, answer, env)
        }
        _ => undone(purchase, answer, env),
    }
}

fn answered(
    mut purchase: Purchase,
    voiding: Voiding,
    answer: &Answer,
    env: &Environment<'_>,
) -> Result<StepTaken, Refusal> {
    let Voiding { authorized, rrpid, remains, .. } = voiding;
    let account = env.standing.account(&authorized.consent.brand)?;
    let code = answer.outcome((rrpid, remains), &authorized.consent, account)?;
    let (stage, fact) = match code {
        AuthRevCode::Approved if remains.is_zero() => {
            purchase.give_up_next(&authorized);
            let authorized = Authorized { asked: None, ..authorized };
            (Stage::Voided(Voided { authorized, at: env.now }), Fact::Voided)
        }
        AuthRevCode::Approved => {
            let cap_token = answer.token()?;
            purchase.renew_next(authorized.rrpid, answer.auth_token())?;
            let lowered = Authorized { amount: remains, cap_token, ..authorized };
            (Stage::Authorized(lowered), Fact::Authorized)
        }
        // The gateway tells the issuer until it answers, and is asked again what came of it.
        AuthRevCode::NoReply => {
            let voiding = Voiding { authorized, rrpid, remains, is_unanswered: true };
            let purchase = purchase.becomes(Stage::Voiding(voiding), Fact::Voiding, env.now);
            return Ok(Step::new(purchase).then(Effect::WakeAt(env.now.plus_s(AGAIN_S))));
        }
        code => {
            return Ok(Step::new(refused(purchase, authorized, VoidRefused::Because(code), env)));
        }
    };
    Ok(Step::new(purchase.becomes(stage, fact, env.now)))
}

/// The money is still held, and may be taken.
fn refused(
    purchase: Purchase,
    authorized: Authorized,
    why: VoidRefused,
    env: &Environment<'_>,
) -> Purchase {
    let stage = Stage::Authorized(Authorized { void_refused: Some(why), ..authorized });
    purchase.becomes(stage, Fact::Authorized, env.now)
}

/// The answer about an authorization that was given up before anybody knew of it.
fn undone(
    mut purchase: Purchase,
    answer: &Answer,
    env: &Environment<'_>,
) -> Result<StepTaken, Refusal> {
    let nothing = Money::zero(purchase.order.amount.currency());
    let rrpid = answer.rrpid();
    let undoing = open(&mut purchase, rrpid).ok_or(Refusal::GatewayAnsweredAnother)?;
    let account = env.standing.account(&undoing.consent.brand)?;
    let code = answer.outcome((rrpid, nothing), &undoing.consent, account)?;
    undoing.outcome = Some(Undone::Said(code));
    Ok(Step::new(purchase))
}

fn open(purchase: &mut Purchase, rrpid: Rrpid) -> Option<&mut Undoing> {
    let mut undoing = purchase.undoing.iter_mut();
    undoing.find(|one| one.rrpid == rrpid && one.outcome.is_none())
}

/// The gateway could not answer the request at all. Nothing if the request was another one.
pub(super) fn on_gateway_refused(
    mut purchase: Purchase,
    rrpid: Rrpid,
    env: &Environment<'_>,
) -> Result<StepTaken, Refusal> {
    if let Stage::Voiding(voiding) = &purchase.stage
        && voiding.rrpid == rrpid
    {
        let authorized = voiding.authorized.clone();
        return Ok(Step::new(refused(purchase, authorized, VoidRefused::WithError, env)));
    }
    let undoing = open(&mut purchase, rrpid).ok_or(Refusal::GatewayAnsweredAnother)?;
    undoing.outcome = Some(Undone::WithError);
    Ok(Step::new(purchase))
}

/// Asks again what came of it.
pub(super) fn on_woke(
    purchase: Purchase,
    voiding: Voiding,
    env: &Environment<'_>,
) -> Result<StepTaken, Refusal> {
    if !voiding.is_unanswered {
        return Ok(Step::new(purchase));
    }
    ask(purchase, voiding.authorized, voiding.remains, env)
}

impl Purchase {
    /// Of whom it was asked to take an authorization back, by the name of that question.
    pub(super) fn asked_of<'a>(
        &'a self,
        rrpid: Rrpid,
        standing: &'a Standing,
    ) -> Result<(&'a Brand, &'a Account), Refusal> {
        let undoing = self.undoing.iter().find(|one| one.rrpid == rrpid);
        let consent = undoing.map(|one| &one.consent).or_else(|| self.consent());
        let brand = &consent.ok_or(Refusal::GatewayAnsweredAnother)?.brand;
        Ok((brand, standing.account(brand)?))
    }

    /// The certificate that signed the question which the gateway is asked, if it was written down.
    pub(super) fn signed_with(&self) -> Option<Thumb> {
        self.stages().find_map(|stage| match stage {
            Stage::Authorizing(authorizing) => authorizing.asked.as_ref()?.signed_with,
            _ => None,
        })
    }
}

impl Asked {
    /// What was asked, to be repeated.
    pub(super) fn of(data: Vec<u8>, instructions: &[u8], signed_with: Thumb) -> Self {
        let (data, signed_with) = (Octets(data), Some(signed_with));
        Self { data, instructions: instructions.into(), signed_with, given_by: None }
    }

    /// The same, where a token stood for the payment instructions.
    pub(super) fn with(self, given_by: Option<Rrpid>) -> Self {
        Self { given_by, ..self }
    }
}
