//! How a payment ended, in the words of the pages.

use openset_protocol::{
    cardholder::{Abandoned, Answer, Doubt, Ordered, Purchase, Said as Verdict},
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
        given_back: summary.given_back,
        order: words::order_number(&summary.order.unwrap_or_default()).to_owned(),
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
        AuthCode::PiAuthMismatch | AuthCode::SignatureRequired => Problem::OrderMismatch,
        AuthCode::CardMerchBrandMismatch => Problem::BrandNotAccepted,
        _ => Problem::CardDeclined,
    }
}

/// Why a purchase went no further.
pub(super) fn stopped(why: Abandoned) -> Problem {
    match why {
        Abandoned::ByOwner => Problem::InitiationGone,
        Abandoned::WithoutAnswer => Problem::MerchantUnreachable,
        Abandoned::WithoutCertificate => Problem::CardNotCertified,
        Abandoned::Doubted(doubt) => match doubt {
            Doubt::CertificateExpired => Problem::MerchantUntrusted,
            Doubt::ClocksDiffer { .. } => Problem::ClockWrong,
            Doubt::ListsNotCurrent => Problem::ListsTooOld,
            Doubt::Revoked => Problem::MerchantRevoked,
            Doubt::GatewayRevoked => Problem::GatewayRevoked,
        },
        Abandoned::WithoutGateway(ErrorCode::RevokedCertificate) => Problem::GatewayRevoked,
        Abandoned::WithoutGateway(_) => Problem::MerchantUntrusted,
        Abandoned::WithError(code) => match code {
            // The shop has believed everybody on the way but the card.
            ErrorCode::RevokedCertificate => Problem::CardRevoked,
            ErrorCode::SignatureFailure
            | ErrorCode::InvalidCertificate
            | ErrorCode::ExpiredCertificate
            | ErrorCode::MissingCertificate => Problem::MerchantUntrusted,
            ErrorCode::MessageTooNew | ErrorCode::MessageTooOld => Problem::ClockWrong,
            ErrorCode::UnknownLid | ErrorCode::UnknownXid => Problem::InitiationGone,
            _ => Problem::OrderMismatch,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_cannot_be_believed_is_told_apart_from_who_does_not_answer() {
        let doubted = |doubt| stopped(Abandoned::Doubted(doubt));
        assert_eq!(doubted(Doubt::Revoked), Problem::MerchantRevoked);
        assert_eq!(doubted(Doubt::GatewayRevoked), Problem::GatewayRevoked);
        assert_eq!(doubted(Doubt::ListsNotCurrent), Problem::ListsTooOld);
        assert_eq!(doubted(Doubt::CertificateExpired), Problem::MerchantUntrusted);
        assert_eq!(doubted(Doubt::ClocksDiffer { seconds: 10_801 }), Problem::ClockWrong);
        let shop = stopped(Abandoned::WithError(ErrorCode::MessageTooNew));
        assert_eq!(shop, Problem::ClockWrong, "the shop says so");
        assert_eq!(stopped(Abandoned::WithoutAnswer), Problem::MerchantUnreachable);
    }

    #[test]
    fn whose_certificate_was_taken_back_is_told() {
        let revoked = ErrorCode::RevokedCertificate;
        assert_eq!(stopped(Abandoned::WithError(revoked)), Problem::CardRevoked);
        assert_eq!(stopped(Abandoned::WithoutGateway(revoked)), Problem::GatewayRevoked);
        let expired = Abandoned::WithoutGateway(ErrorCode::ExpiredCertificate);
        assert_eq!(stopped(expired), Problem::MerchantUntrusted);
    }
}
