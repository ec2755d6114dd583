//! How a payment ended, in the words of the pages.

use openset_protocol::{
    cardholder::{Abandoned, Answer, Ordered, Purchase, Said as Verdict},
    summary::Fact,
};
use openset_web::{
    Problem,
    ports::{Outcome, Standing},
};
use openset_wire::{
    error::ErrorCode,
    payment::{AuthCode, CompletionCode},
};

use super::super::words;

/// What the shop's signed answer comes to.
pub(super) fn outcome(
    purchase: &Purchase,
    ordered: &Ordered,
    answer: &Answer,
    return_url: Option<String>,
) -> Outcome {
    let summary = purchase.summary();
    let standing = answer.fact().map_or(Standing::Unknown, words::standing);
    Outcome {
        payee: ordered.merchant.name.clone(),
        amount: summary.amount,
        order: summary.order.unwrap_or_default(),
        standing,
        problem: problem(answer),
        return_url,
        transaction: summary.xid.map(|xid| xid.to_string()),
    }
}

/// Why a payment did not go through, if it did not.
fn problem(answer: &Answer) -> Option<Problem> {
    match (answer.fact(), answer.completion) {
        (_, CompletionCode::OrderRejected) => Some(Problem::OrderMismatch),
        (Some(Fact::Declined), _) => Some(answer.verdict.map_or(Problem::CardDeclined, declined)),
        (None, _) => Some(Problem::StatusUnknown),
        _ => None,
    }
}

fn declined(Verdict(code): Verdict) -> Problem {
    match code {
        AuthCode::CallIssuer => Problem::CallIssuer,
        AuthCode::NoReply => Problem::IssuerUnreachable,
        AuthCode::SystemError => Problem::IssuerNotAsked,
        AuthCode::PiPreviouslyUsed => Problem::AlreadyUsed,
        AuthCode::PiAuthMismatch => Problem::OrderMismatch,
        AuthCode::CardMerchBrandMismatch => Problem::BrandNotAccepted,
        _ => Problem::CardDeclined,
    }
}

/// Why a purchase went no further.
pub(super) fn stopped(why: Abandoned) -> Problem {
    match why {
        Abandoned::ByOwner => Problem::InitiationGone,
        Abandoned::WithoutAnswer => Problem::MerchantUnreachable,
        Abandoned::WithError(code) => match code {
            ErrorCode::SignatureFailure
            | ErrorCode::InvalidCertificate
            | ErrorCode::ExpiredCertificate
            | ErrorCode::RevokedCertificate
            | ErrorCode::MissingCertificate => Problem::MerchantUntrusted,
            ErrorCode::UnknownLid | ErrorCode::UnknownXid => Problem::InitiationGone,
            _ => Problem::OrderMismatch,
        },
    }
}
