//! More than one authorization of one consent: the goods go out in parts.
//!
//! ```text
//! Authorized, with a token ──next──▶ Authorizing ──▶ Authorized, with the token after it
//!                                         └─ no ──▶ as before: the token may be shown again
//! ```
//!
//! One authorization stands in front: what the shop commands is about that one. The others wait
//! behind it, each as it stands. An answer brings the one in front that it answers.

use std::iter;

use openset_types::{InvalidMoney, Money, Rrpid, UnixTime};
use openset_wire::{
    der::{Original, decode, encode},
    payment::{AuthToken, Pi},
};
use serde::{Deserialize, Serialize};

use super::{
    authorization::Question,
    order::{Authorized, Authorizing, Purchase, Stage, Verdict},
    purchase::{Environment, StepTaken},
};
use crate::{
    octets::Octets,
    refusal::Refusal,
    role::{Effect, Party, Step},
    summary::Fact,
};

/// The most authorizations of one consent.
pub const PARTS_MAX: usize = 64;

/// Stands for the payment instructions in the next authorization.
// Stored. Change only with a migration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Next {
    /// The gateway's token, as it is shown (PI, DER).
    pub token: Octets,
    /// The authorization that gave it.
    pub of: Rrpid,
}

impl Next {
    /// A token that an authorization gave.
    pub(super) fn of(authorization: Rrpid, token: &AuthToken) -> Result<Self, Refusal> {
        let token = Octets(encode(&Pi::AuthToken(token.clone()))?);
        Ok(Self { token, of: authorization })
    }
}

impl Stage {
    /// What the issuer holds, or held until it was taken or released.
    pub fn authorized(&self) -> Option<&Authorized> {
        match self {
            Self::Authorized(authorized) => Some(authorized),
            Self::Capturing(capturing) => Some(&capturing.authorized),
            Self::Captured(captured) => Some(&captured.authorized),
            Self::Voiding(voiding) => Some(&voiding.authorized),
            Self::Voided(voided) => Some(&voided.authorized),
            Self::Offered { .. } | Self::Authorizing(_) | Self::Declined(_) => None,
        }
    }

    /// How much of the consent this takes up.
    fn takes_up(&self) -> Option<Money> {
        match self {
            Self::Voided(_) => None,
            stage => stage.authorized().map(|authorized| authorized.amount),
        }
    }

    /// The authorization whose token this was asked with, if it was one.
    fn given_by(&self) -> Option<Rrpid> {
        let asked = match self {
            Self::Authorizing(authorizing) => authorizing.asked.as_ref(),
            stage => stage.authorized().and_then(|authorized| authorized.asked.as_ref()),
        };
        asked?.given_by
    }

    /// Whether this waits for the answer to a question.
    fn waits_for(&self, question: Rrpid) -> bool {
        match self {
            Self::Authorizing(authorizing) => authorizing.rrpid == question,
            Self::Capturing(capturing) => capturing.rrpid == question,
            Self::Voiding(voiding) => voiding.rrpid == question,
            Self::Captured(captured) => {
                captured.refunding().is_some_and(|refund| refund.rrpid == question)
            }
            _ => false,
        }
    }
}

impl Purchase {
    /// How every authorization of the consent stands, the one in front first.
    pub fn stages(&self) -> impl Iterator<Item = &Stage> {
        iter::once(&self.stage).chain(&self.others)
    }

    /// How much was authorized in all, less what was released.
    pub fn authorized_in_all(&self) -> Result<Money, InvalidMoney> {
        let nothing = Money::zero(self.order.amount.currency());
        self.stages().filter_map(Stage::takes_up).try_fold(nothing, Money::plus)
    }

    /// How much of the order may still be authorized: nothing without a token for it.
    pub fn left(&self) -> Option<Money> {
        self.next.as_ref()?;
        if self.order.plan.terms().is_some_and(|terms| terms.is_for_each()) {
            return Some(self.order.amount);
        }
        let left = self.order.amount.minus(self.authorized_in_all().ok()?).ok()?;
        (!left.is_zero()).then_some(left)
    }

    /// How much the next payment is, unless the shop says something else.
    pub fn due(&self) -> Option<Money> {
        let (left, each) = (self.left()?, self.order.plan.each(self.order.amount));
        Some(if left.exceeds(each) == Ok(true) { each } else { left })
    }

    /// Whether more may be authorized after an authorization that is asked for now.
    pub(super) fn is_more(
        &self,
        left: Money,
        amount: Money,
        now: UnixTime,
    ) -> Result<bool, Refusal> {
        match self.order.plan.terms() {
            Some(terms) if terms.is_for_each() => Ok(terms.may_go_on(now)),
            _ => Ok(left.exceeds(amount)?),
        }
    }

    /// Brings the authorization in front that waits for an answer.
    pub(super) fn waiting_for(self, question: Rrpid) -> Self {
        self.bring(|stage| stage.waits_for(question))
    }

    /// Brings an authorization in front about which the gateway is asked again when the time has
    /// come.
    pub(super) fn unanswered(self) -> Self {
        self.bring(|stage| matches!(stage, Stage::Voiding(voiding) if voiding.is_unanswered))
    }

    fn bring(mut self, is_it: impl Fn(&Stage) -> bool) -> Self {
        if let Some(other) = self.others.iter_mut().find(|one| is_it(one)) {
            std::mem::swap(other, &mut self.stage);
        }
        self
    }

    /// Takes the token of an authorization away that was given up, if it gave one: the one it was
    /// asked with may be shown again, if it was one. Not where another authorization stands on it.
    pub(super) fn give_up_next(&mut self, authorized: &Authorized) {
        let is_last = match &self.next {
            Some(next) => next.of == authorized.rrpid,
            None => !self.stages().any(|stage| stage.given_by() == Some(authorized.rrpid)),
        };
        if is_last {
            let asked = authorized.asked.as_ref();
            self.next = asked.and_then(|asked| {
                Some(Next { token: asked.instructions.clone(), of: asked.given_by? })
            });
        }
    }

    /// The token of an authorization that was lowered is another one now.
    pub(super) fn renew_next(
        &mut self,
        authorization: Rrpid,
        token: Option<&AuthToken>,
    ) -> Result<(), Refusal> {
        if self.next.as_ref().is_some_and(|next| next.of == authorization) {
            self.next = token.map(|token| Next::of(authorization, token)).transpose()?;
        }
        Ok(())
    }
}

/// The shop commands an authorization that is not in front.
pub(super) fn in_front(purchase: Purchase, authorization: Rrpid) -> Result<Purchase, Refusal> {
    let is_it = |stage: &Stage| stage.authorized().is_some_and(|one| one.rrpid == authorization);
    if is_it(&purchase.stage) {
        return Ok(purchase);
    }
    if !purchase.others.iter().any(is_it) {
        return Err(Refusal::CommandOutOfTurn);
    }
    Ok(purchase.bring(is_it))
}

/// The shop has the next part authorized.
pub(super) fn next(
    mut purchase: Purchase,
    amount: Money,
    is_sale: bool,
    env: &Environment<'_>,
) -> Result<StepTaken, Refusal> {
    let is_asked = purchase.stages().any(|stage| matches!(stage, Stage::Authorizing(_)));
    let left = purchase.left().filter(|_| !is_asked && purchase.others.len() < PARTS_MAX - 1);
    let (Some(left), Some(next)) = (left, purchase.next.take()) else {
        return Err(Refusal::CommandOutOfTurn);
    };
    // Abuse case 5: never more than the cardholder agreed to, and never nothing.
    if amount.is_zero() || amount.exceeds(left)? {
        return Err(Refusal::MerchantAskedForNoAmount);
    }
    let consent = purchase.consent().ok_or(Refusal::CommandOutOfTurn)?.clone();
    let account = env.standing.account(&consent.brand)?;
    let rrpid = env.draw().rrpid();
    let pi: Original<Pi> = Original::new(decode(next.token.as_ref())?)?;
    let question = Question {
        rrpid,
        ids: &consent.ids,
        brand: &consent.brand,
        amount,
        check_digests: None,
        pi: &pi,
        is_sale,
        is_more: purchase.is_more(left, amount, env.now)?,
        terms: purchase.order.plan.terms(),
    };
    let asked = question.asked(account, env)?.with(Some(next.of));
    let message = question.message(account, env)?;
    let ids = Some(consent.ids.message_ids());
    let message = env.standing.letterhead.write(message, rrpid, ids, env.now)?;
    let party = Party::Gateway(consent.brand.clone());
    let (is_awaited, asked, amount) = (false, Some(asked), Some(amount));
    let asking = Authorizing { consent, rrpid, is_awaited, is_sale, amount, asked };
    purchase.next_refused = None;
    let before = std::mem::replace(&mut purchase.stage, Stage::Authorizing(asking));
    purchase.others.push(before);
    Ok(Step::new(purchase).then(Effect::Ask { party, rrpid, message }))
}

/// Whether it was a further part that is asked for, and was not authorized. Then all else stands as
/// before, and the token may be shown again.
pub(super) fn is_declined(
    purchase: &mut Purchase,
    verdict: Verdict,
    env: &Environment<'_>,
) -> bool {
    let Stage::Authorizing(Authorizing { asked: Some(asked), .. }) = &purchase.stage else {
        return false;
    };
    let next = asked.given_by.map(|of| Next { token: asked.instructions.clone(), of });
    let (Some(next), Some(before)) = (next, purchase.others.pop()) else { return false };
    let fact = match &before {
        Stage::Captured(_) => Fact::Captured,
        Stage::Capturing(_) => Fact::Capturing,
        Stage::Voiding(_) => Fact::Voiding,
        Stage::Voided(_) => Fact::Voided,
        _ => Fact::Authorized,
    };
    purchase.next = Some(next);
    purchase.next_refused = Some(verdict);
    purchase.stage = before;
    purchase.timeline.add(fact, env.now);
    true
}
