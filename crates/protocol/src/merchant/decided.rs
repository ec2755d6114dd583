//! What a merchant has heard decided about the money of a purchase, in the words of its log.

use std::iter;

use openset_types::{RefundKind, Rrpid};

use super::{
    consent::Consent,
    order::{Authorized, Captured, Declined, Purchase, Stage, Verdict},
    refunds::{Refund, RefundOutcome},
};
use crate::role::Decided;

/// The decisions of a purchase, the newest last.
pub(super) fn of_purchase(purchase: &Purchase) -> Vec<Decided> {
    match &purchase.stage {
        Stage::Offered { .. } | Stage::Authorizing(_) => Vec::new(),
        Stage::Authorized(authorized) => of_authorized(authorized).collect(),
        Stage::Capturing(capturing) => of_authorized(&capturing.authorized).collect(),
        Stage::Captured(captured) => of_captured(captured),
        Stage::Voiding(voiding) => of_authorized(&voiding.authorized).collect(),
        Stage::Voided(voided) => {
            let reversed = of(&voided.authorized, "reversed");
            of_authorized(&voided.authorized).chain([reversed]).collect()
        }
        Stage::Declined(declined) => vec![of_declined(declined)],
    }
}

fn of(authorized: &Authorized, status: &'static str) -> Decided {
    decided(&authorized.consent, status, Some(authorized.rrpid))
}

fn decided(consent: &Consent, status: &'static str, rrpid: Option<Rrpid>) -> Decided {
    Decided { status, xid: consent.ids.xid, rrpid }
}

/// That it was authorized, and what was refused since.
fn of_authorized(authorized: &Authorized) -> impl Iterator<Item = Decided> {
    let capture = authorized.capture_refused.map(|_| of(authorized, "capture refused"));
    let reversal = authorized.void_refused.map(|_| of(authorized, "reversal refused"));
    iter::once(of(authorized, "authorized")).chain(capture).chain(reversal)
}

fn of_captured(captured: &Captured) -> Vec<Decided> {
    let authorized = &captured.authorized;
    let refunds = captured.refunds.iter().filter_map(|refund| {
        let rrpid = Some(refund.rrpid);
        word(refund).map(|status| decided(&authorized.consent, status, rrpid))
    });
    of_authorized(authorized).chain([of(authorized, "captured")]).chain(refunds).collect()
}

fn of_declined(declined: &Declined) -> Decided {
    let status = match declined.verdict {
        Verdict::Because(_) => "declined",
        Verdict::WithError => "refused",
        Verdict::GivenUp => "given up",
    };
    decided(&declined.consent, status, None)
}

/// The word for what was asked to be given back, once that is answered.
fn word(refund: &Refund) -> Option<&'static str> {
    Some(match (&refund.outcome, refund.kind) {
        (RefundOutcome::Asked, _) => return None,
        (RefundOutcome::Done { .. }, RefundKind::CaptureReversal) => "capture reversed",
        (RefundOutcome::Done { .. }, RefundKind::Credit) => "credited",
        (RefundOutcome::Done { .. }, RefundKind::CreditReversal) => "credit reversed",
        (RefundOutcome::Refused(_), RefundKind::CaptureReversal) => "capture reversal refused",
        (RefundOutcome::Refused(_), RefundKind::Credit) => "credit refused",
        (RefundOutcome::Refused(_), RefundKind::CreditReversal) => "credit reversal refused",
    })
}
