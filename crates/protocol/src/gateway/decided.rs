//! What a gateway has decided about money, in the words of its log.

use std::iter;

use openset_types::RefundKind;

use super::{
    capture::{self, Captures},
    record::{Authorization, Stage},
    refund::{self, Refunds},
};
use crate::role::Decided;

/// The decisions of an authorization. One that is being released is authorized still.
pub(super) fn of_authorization(authorization: &Authorization) -> Vec<Decided> {
    let question = &authorization.question;
    let decided = |status| Decided { status, xid: question.ids.xid, rrpid: Some(question.rrpid) };
    let generations = |lowered: u8| {
        let lowered = iter::repeat_n(decided("lowered"), usize::from(lowered));
        iter::once(decided("authorized")).chain(lowered).collect()
    };
    match &authorization.stage {
        Stage::Asked { .. } | Stage::Declining { .. } => Vec::new(),
        Stage::Authorized { generation, .. } => generations(*generation),
        Stage::Selling { .. } => vec![decided("authorized")],
        Stage::Sold(_) => vec![decided("authorized"), decided("captured")],
        Stage::Releasing(releasing) => generations(releasing.generation),
        Stage::Voided { .. } | Stage::Forestalled => vec![decided("reversed")],
        Stage::Declined { .. } => vec![decided("declined")],
        Stage::Refused { .. } => vec![decided("refused")],
        Stage::Reversing { .. } => vec![decided("unknown")],
        Stage::Reversed { .. } => vec![decided("unknown"), decided("undone")],
    }
}

/// The decisions of a capture request, an item each.
pub(super) fn of_captures(captures: &Captures) -> Vec<Decided> {
    let decided = |item: &capture::Item| {
        let status = match item.outcome {
            capture::Outcome::Advising(_) => return None,
            capture::Outcome::Taken { .. } => "captured",
            capture::Outcome::Refused(_) => "capture refused",
        };
        Some(Decided { status, xid: item.xid, rrpid: Some(captures.rrpid) })
    };
    captures.items.iter().filter_map(decided).collect()
}

/// The decisions of a request to give money back, or to take that back, an item each.
pub(super) fn of_refunds(refunds: &Refunds) -> Vec<Decided> {
    let decided = |item: &refund::Item| {
        let status = match item.outcome {
            refund::Outcome::Advising(_) => return None,
            refund::Outcome::Done { .. } => done(refunds.kind),
            refund::Outcome::Refused(_) => refused(refunds.kind),
        };
        Some(Decided { status, xid: item.xid, rrpid: Some(refunds.rrpid) })
    };
    refunds.items.iter().filter_map(decided).collect()
}

/// The word for money that was given back, or taken back again.
fn done(kind: RefundKind) -> &'static str {
    match kind {
        RefundKind::CaptureReversal => "capture reversed",
        RefundKind::Credit => "credited",
        RefundKind::CreditReversal => "credit reversed",
    }
}

/// The word where that was refused.
fn refused(kind: RefundKind) -> &'static str {
    match kind {
        RefundKind::CaptureReversal => "capture reversal refused",
        RefundKind::Credit => "credit refused",
        RefundKind::CreditReversal => "credit reversal refused",
    }
}
