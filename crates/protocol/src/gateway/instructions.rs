//! What a merchant's request is worth: the checks before any bank is asked.
//!
//! A request that cannot be believed is refused ([`Refusal`]). One that is believed and will not
//! do is answered with the standard's code for it, and no bank is asked. Whether the card is the
//! certificate's is looked at last, and must not show ([`Verdict::Decline`]).

use openset_crypto::CLOCK_AHEAD_S_MAX;
use openset_types::{CardExpiry, MerchantId, Money, Pan, Terms, UnixTime};
use openset_wire::{
    payment::{AuthCode, AuthReqData, PiHead, Place},
    types::{CurrencyAmount, IntendedGateway},
};

use super::{
    auth_token::{Further, same_terms},
    authorization::{Card, GatewayAuthorization},
    market,
    policy::Policy,
    presented::Presented,
};
use crate::{
    acceptance,
    refusal::Refusal,
    role::{Claim, Env},
};

/// How many seconds after it was signed a consent may be presented: a week, which is as long as an
/// authorization waits for its goods. Whoever has a consent and keeps it for longer is asked to
/// have it signed anew.
pub const CONSENT_S_MAX: i64 = 7 * 86_400;

/// What is to be done about a request that is believed.
#[derive(Debug)]
pub(crate) enum Verdict {
    /// The issuer is asked.
    Ask(Instructions),
    /// Abuse case 8: the card is not the one the certificate was given for. The issuer is not
    /// asked, and whoever asks must not notice: the consent is spent, time passes and the consent
    /// is given back, as if a card had been declined.
    Decline {
        /// The consent.
        spent: Claim,
    },
    /// It is answered with a code, at once.
    Refuse(AuthCode),
}

/// What a bank may be asked: the card, and which consent pays for the question.
#[derive(Debug)]
pub(crate) struct Instructions {
    /// The card.
    pub(crate) pan: Pan,
    /// Its last month.
    pub(crate) expiry: CardExpiry,
    /// How much.
    pub(crate) amount: Money,
    /// The consent, or the token for this part of it, to be used once.
    pub(crate) spent: Claim,
    /// What may be authorized after it.
    pub(crate) further: Option<Further>,
}

/// Judges opened payment instructions against what the merchant says of them.
pub(crate) fn judge(
    request: &AuthReqData,
    payment: Presented,
    merchant: &MerchantId,
    env: &Env<'_, GatewayAuthorization>,
) -> Result<Verdict, Refusal> {
    let head = payment.head();
    require_this_gateway(&payment, env)?;
    acceptance::require_card_for(env.suite(), &payment.pan().bin())?;
    if !payment.is_stained_rightly(env.suite())? {
        return Ok(Verdict::Refuse(AuthCode::PiAuthMismatch));
    }
    let policy = env.standing.policies.of(merchant);
    let verdict = agrees(request, &payment, merchant)
        .and_then(|()| is_recent(&payment, env))
        .and_then(|()| is_ordinary(request, head, policy, env.now))
        .and_then(|()| is_good(&payment, env))
        .and_then(|()| amount(request, head, policy, env.now));
    let (amount, further) = match verdict {
        Ok(judged) => judged,
        Err(code) => return Ok(Verdict::Refuse(code)),
    };
    let spent = payment.consent(merchant);
    if !payment.is_of_its_card() {
        return Ok(Verdict::Decline { spent });
    }
    let Card { pan, expiry } = payment.into_card();
    Ok(Verdict::Ask(Instructions { pan, expiry, amount, spent, further }))
}

/// A1: instructions name the gateway they were made for, and no other takes them. In suite `set10`
/// they name none.
fn require_this_gateway(
    payment: &Presented,
    env: &Env<'_, GatewayAuthorization>,
) -> Result<(), Refusal> {
    let head = payment.head();
    if !env.suite().names_recipients() {
        return acceptance::understood(head, &[]);
    }
    acceptance::understood(head, &[(Place::PiHead, IntendedGateway::oid())])?;
    let own = IntendedGateway(payment.sealed_for().cert_thumb(env.suite())?);
    if IntendedGateway::find(&head.pi_extensions)? == Some(own) {
        return Ok(());
    }
    Err(Refusal::MerchantSentInstructionsForAnotherGateway)
}

/// Whether merchant and cardholder speak of the same purchase, order and merchant (A3, A4, A5).
fn agrees(
    request: &AuthReqData,
    payment: &Presented,
    merchant: &MerchantId,
) -> Result<(), AuthCode> {
    let item = &request.auth_req_item;
    let head = payment.head();
    let agrees = item.auth_tags.trans_ids == head.trans_ids
        && head.merchant_id.0 == *merchant
        && item.check_digests.as_ref().is_some_and(|order| payment.are_for(order));
    if agrees { Ok(()) } else { Err(AuthCode::PiAuthMismatch) }
}

/// Whether the cardholder agreed to it not too long ago, by the time under its signature or,
/// without one, inside the envelope (abuse case 10): a merchant may not keep a consent to present
/// it when nobody expects it any more, nor have a purchase begin in the future.
fn is_recent(payment: &Presented, env: &Env<'_, GatewayAuthorization>) -> Result<(), AuthCode> {
    let age_s = env.now.seconds_since(payment.agreed_at());
    let is_recent = (-CLOCK_AHEAD_S_MAX..=CONSENT_S_MAX).contains(&age_s);
    if is_recent { Ok(()) } else { Err(AuthCode::InvalidTransaction) }
}

/// Whether it asks for nothing that this gateway does not do for the merchant.
fn is_ordinary(
    request: &AuthReqData,
    head: &PiHead,
    policy: &Policy,
    now: UnixTime,
) -> Result<(), AuthCode> {
    if request.capture_now && !policy.sales {
        return Err(AuthCode::CaptureNotSupported);
    }
    let payload = &request.auth_req_item.auth_req_payload;
    let terms = same_terms(payload, head.install_recur_data.as_ref())?;
    let is_allowed =
        (!payload.subsequent_auth_ind || policy.tokens) && (terms.is_none() || policy.recurring);
    match terms {
        _ if !is_allowed => Err(AuthCode::InvalidTransaction),
        Some(terms) if terms.are_over(now) => Err(AuthCode::RecurringExpired),
        _ => Ok(()),
    }
}

/// How much a bank may be asked for, and what after that: never more than the cardholder signed
/// and the policy tolerates (abuse case 5, A23), and nothing that what is said of the sale
/// contradicts.
fn amount(
    request: &AuthReqData,
    head: &PiHead,
    policy: &Policy,
    now: UnixTime,
) -> Result<(Money, Option<Further>), AuthCode> {
    let read = |amount: &CurrencyAmount| amount.money().map_err(|_| AuthCode::AmountError);
    let payload = &request.auth_req_item.auth_req_payload;
    let asked = read(&payload.auth_req_amt)?;
    let signed = read(&head.inputs.purch_amt)?;
    let tolerated = within(asked, signed, policy)?;
    if asked.is_zero() || !market::agrees(request.sale_detail.as_ref(), asked) {
        return Err(AuthCode::AmountError);
    }
    let terms = same_terms(payload, head.install_recur_data.as_ref())?;
    let further = Further {
        agreed: signed,
        tolerated,
        before: Money::zero(signed.currency()),
        count: 1,
        terms,
        until: match terms {
            Some(Terms::Recurring { until, .. }) => until,
            Some(_) => now.plus_s(policy.instalments_last_s),
            None => now.plus_s(policy.parts_last_s),
        },
        is_used: false,
    };
    Ok((asked, payload.subsequent_auth_ind.then_some(further)))
}

/// How much the policy lets pass of what was agreed, if an amount is no more than that.
pub(super) fn within(amount: Money, agreed: Money, policy: &Policy) -> Result<Money, AuthCode> {
    let tolerated = u128::from(agreed.minor()) * (100 + u128::from(policy.tolerance_percent)) / 100;
    let tolerated = u64::try_from(tolerated).map_err(|_| AuthCode::AmountError)?;
    let tolerated = Money::new(tolerated, agreed.currency()).map_err(|_| AuthCode::AmountError)?;
    match amount.exceeds(tolerated) {
        Ok(false) => Ok(tolerated),
        Ok(true) | Err(_) => Err(AuthCode::AmountError),
    }
}

/// Whether the card is still good, whoever's it is.
fn is_good(payment: &Presented, env: &Env<'_, GatewayAuthorization>) -> Result<(), AuthCode> {
    let is_past = payment.expiry().is_past(env.now);
    if is_past { Err(AuthCode::ExpiredCard) } else { Ok(()) }
}
