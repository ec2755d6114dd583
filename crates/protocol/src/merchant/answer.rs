//! PRes and InqRes: how the order stands, told to whoever ordered.

use openset_types::{Money, Rrpid};
use openset_wire::{
    payment::{
        AuthCode, AuthStatus, CapCode, CapRevOrCredCode, CapStatus, CompletionCode, CreditStatus,
        PResData, PResPayload, Results,
    },
    types::FloatingPoint,
};

use super::{
    order::{Authorized, Captured, Declined, Purchase, Stage, Verdict, Voided},
    refunds::Refund,
};
use crate::{purchase_ids::PurchaseIds, refusal::Refusal, treatment::challenge};

/// PResData: the answer to a request about a purchase, as things stand.
///
/// A purchase whose order never came is told so (`orderNotReceived`), so that the wallet can
/// send it again; otherwise the furthest stage reached is reported (A24: the truth).
pub(crate) fn answer(
    purchase: &Purchase,
    ids: &PurchaseIds,
    rrpid: Rrpid,
    chall_c: &[u8],
) -> Result<PResData, Refusal> {
    Ok(PResData {
        trans_ids: ids.trans_ids(),
        rrpid: rrpid.into(),
        chall_c: challenge(chall_c)?,
        brand_crl_identifier: None,
        p_res_payload_seq: vec![payload(purchase, ids)],
    })
}

/// The answer to an order that is not the one the shop has (A4).
pub(crate) fn rejection(
    ids: &PurchaseIds,
    rrpid: Rrpid,
    chall_c: &[u8],
) -> Result<PResData, Refusal> {
    Ok(PResData {
        trans_ids: ids.trans_ids(),
        rrpid: rrpid.into(),
        chall_c: challenge(chall_c)?,
        brand_crl_identifier: None,
        p_res_payload_seq: vec![bare(CompletionCode::OrderRejected)],
    })
}

fn payload(purchase: &Purchase, ids: &PurchaseIds) -> PResPayload {
    let is_this = purchase.consent().is_some_and(|consent| consent.ids == *ids);
    if !is_this {
        let earlier = purchase.earlier.iter().rev().find(|earlier| earlier.consent.ids == *ids);
        return earlier.map_or_else(|| bare(CompletionCode::OrderNotReceived), refused);
    }
    let whole = purchase.order.amount;
    if !purchase.others.is_empty() {
        return of_all(purchase, whole);
    }
    match &purchase.stage {
        Stage::Offered { .. } => bare(CompletionCode::OrderNotReceived),
        Stage::Authorizing(_) => bare(CompletionCode::OrderReceived),
        Stage::Declined(declined) => refused(declined),
        Stage::Authorized(authorized) => {
            with(CompletionCode::AuthorizationPerformed, authorization(authorized, whole))
        }
        Stage::Capturing(capturing) => with(
            CompletionCode::AuthorizationPerformed,
            authorization(&capturing.authorized, whole),
        ),
        Stage::Captured(captured) => after_capture(captured, whole),
        Stage::Voiding(voiding) => {
            with(CompletionCode::AuthorizationPerformed, authorization(&voiding.authorized, whole))
        }
        Stage::Voided(voided) => with(CompletionCode::AuthorizationPerformed, released(voided)),
    }
}

/// Several authorizations of one consent: what all of them come to.
fn of_all(purchase: &Purchase, whole: Money) -> PResPayload {
    let nothing = Money::zero(whole.currency());
    let mut first = None;
    let (mut taken, mut taken_at, mut credits) = (nothing, None, Vec::new());
    for stage in purchase.stages() {
        let Some(authorized) = stage.authorized() else { continue };
        if first.is_none_or(|at| authorized.at < at) {
            first = Some(authorized.at);
        }
        let Stage::Captured(captured) = stage else { continue };
        let standing = captured.standing().unwrap_or(captured.amount);
        if standing.is_zero() {
            continue;
        }
        taken = taken.plus(standing).unwrap_or(taken);
        taken_at = taken_at.max(Some(captured.at));
        credits.extend(captured.credits().into_iter().filter_map(|one| credit(one, whole)));
    }
    let Some(first) = first else { return bare(CompletionCode::OrderReceived) };
    let auth_status = AuthStatus {
        auth_date: first.into(),
        auth_code: AuthCode::Approved,
        auth_ratio: ratio(purchase.authorized_in_all().unwrap_or(nothing), whole),
        curr_conv: None,
    };
    let cap_status = taken_at.map(|at| CapStatus {
        cap_date: at.into(),
        cap_code: CapCode::Success,
        cap_ratio: ratio(taken, whole),
    });
    let code = match (&cap_status, credits.is_empty()) {
        (None, _) => CompletionCode::AuthorizationPerformed,
        (Some(_), true) => CompletionCode::CapturePerformed,
        (Some(_), false) => CompletionCode::CreditPerformed,
    };
    let cred_status_seq = Some(credits).filter(|credits| !credits.is_empty());
    with(code, Results { cred_status_seq, ..results(auth_status, cap_status) })
}

fn refused(declined: &Declined) -> PResPayload {
    let auth_code = match declined.verdict {
        Verdict::WithError => return bare(CompletionCode::OrderRejected),
        Verdict::Because(code) => code,
        Verdict::GivenUp => AuthCode::NoReply,
    };
    let status = AuthStatus {
        auth_date: declined.at.into(),
        auth_code,
        auth_ratio: FloatingPoint::ZERO,
        curr_conv: None,
    };
    with(CompletionCode::AuthorizationPerformed, results(status, None))
}

fn authorization(authorized: &Authorized, whole: Money) -> Results {
    results(auth_status(authorized, whole), None)
}

/// The bank had said yes, and nothing of it stands: a ratio of zero.
fn released(voided: &Voided) -> Results {
    let status = AuthStatus {
        auth_date: voided.at.into(),
        auth_code: AuthCode::Approved,
        auth_ratio: FloatingPoint::ZERO,
        curr_conv: None,
    };
    results(status, None)
}

/// The furthest stage: a credit that stands, a capture that does, or else the authorization.
fn after_capture(captured: &Captured, whole: Money) -> PResPayload {
    let standing = captured.standing().unwrap_or(captured.amount);
    if standing.is_zero() {
        let results = authorization(&captured.authorized, whole);
        return with(CompletionCode::AuthorizationPerformed, results);
    }
    let cap_status = CapStatus {
        cap_date: captured.at.into(),
        cap_code: CapCode::Success,
        cap_ratio: ratio(standing, whole),
    };
    let results = results(auth_status(&captured.authorized, whole), Some(cap_status));
    let credits = captured.credits();
    let credits: Vec<_> = credits.into_iter().filter_map(|one| credit(one, whole)).collect();
    if credits.is_empty() {
        return with(CompletionCode::CapturePerformed, results);
    }
    let results = Results { cred_status_seq: Some(credits), ..results };
    with(CompletionCode::CreditPerformed, results)
}

fn credit(refund: &Refund, whole: Money) -> Option<CreditStatus> {
    Some(CreditStatus {
        credit_date: refund.done_at()?.into(),
        credit_code: CapRevOrCredCode::Success,
        credit_ratio: ratio(refund.amount, whole),
    })
}

fn auth_status(authorized: &Authorized, whole: Money) -> AuthStatus {
    AuthStatus {
        auth_date: authorized.at.into(),
        auth_code: AuthCode::Approved,
        auth_ratio: ratio(authorized.amount, whole),
        curr_conv: None,
    }
}

fn results(auth_status: AuthStatus, cap_status: Option<CapStatus>) -> Results {
    Results {
        acq_card_msg: None,
        auth_status: Some(auth_status),
        cap_status,
        cred_status_seq: None,
    }
}

fn bare(completion_code: CompletionCode) -> PResPayload {
    PResPayload { completion_code, results: None, p_rs_extensions: None }
}

fn with(completion_code: CompletionCode, results: Results) -> PResPayload {
    PResPayload { completion_code, results: Some(results), p_rs_extensions: None }
}

/// PRes travels in clear, so it tells a part of the whole and not an amount.
fn ratio(part: Money, whole: Money) -> FloatingPoint {
    FloatingPoint::ratio(part.minor(), whole.minor())
}
