//! Which checks an authorization has passed, by what came of it.
//!
//! The gateway checks in one order and stops at the first that fails. What it never came to is
//! said to be that, and not to hold. A request whose merchant cannot be believed never becomes a
//! record, nor does one that may be believed another day.

use openset_protocol::gateway::Stage;
use openset_web::ports::{Check, CheckName, CheckState};
use openset_wire::payment::AuthCode;

/// The checks, in the order in which they are made.
const ORDER: [CheckName; 6] = [
    CheckName::MerchantSignature,
    CheckName::DualSignature,
    CheckName::BrandMatches,
    CheckName::CertificatesCurrent,
    CheckName::OrderHashesAgree,
    CheckName::UsedOnce,
];

/// How far a refused request came.
enum Reached {
    /// This check failed, and those after it were not made.
    Failed(CheckName),
    /// Something failed that is none of the checks shown; this one was the first not made.
    Before(CheckName),
}

/// The checks of an authorization.
pub(super) fn of(stage: &Stage) -> Vec<Check> {
    let reached = match stage {
        Stage::Refused { code } => reached(*code),
        // Its payment instructions were not opened.
        Stage::Forestalled => Some(Reached::Before(CheckName::DualSignature)),
        Stage::Asked { .. }
        | Stage::Declining { .. }
        | Stage::Authorized { .. }
        | Stage::Selling { .. }
        | Stage::Sold(_)
        | Stage::Releasing(_)
        | Stage::Voided { .. }
        | Stage::Declined { .. }
        | Stage::Reversing { .. }
        | Stage::Reversed { .. } => None,
    };
    let (end, failed) = match reached {
        None => (ORDER.len(), None),
        Some(Reached::Failed(name)) => (place(name), Some(name)),
        Some(Reached::Before(name)) => (place(name), None),
    };
    let state = |at: usize, name| match () {
        () if Some(name) == failed => CheckState::Failed,
        () if at < end => CheckState::Held,
        () => CheckState::NotReached,
    };
    ORDER.into_iter().enumerate().map(|(at, name)| Check { name, state: state(at, name) }).collect()
}

fn place(name: CheckName) -> usize {
    ORDER.iter().position(|one| *one == name).unwrap_or_default()
}

/// How far the gateway came before it refused with a code; nothing if every check shown held.
fn reached(code: AuthCode) -> Option<Reached> {
    Some(match code {
        // Abuse case 8: the card is not the certificate's, which is looked at last of all.
        AuthCode::Declined | AuthCode::NoReply => return None,
        AuthCode::CardMerchBrandMismatch => Reached::Failed(CheckName::BrandMatches),
        AuthCode::SignatureRequired => Reached::Failed(CheckName::DualSignature),
        AuthCode::PiAuthMismatch => Reached::Failed(CheckName::OrderHashesAgree),
        AuthCode::PiPreviouslyUsed => Reached::Failed(CheckName::UsedOnce),
        AuthCode::AmountError
        | AuthCode::CaptureNotSupported
        | AuthCode::ExpiredCard
        | AuthCode::InstallRecurMismatch
        | AuthCode::InvalidTransaction => Reached::Before(CheckName::UsedOnce),
        // A refusal of the gateway's own never says these.
        AuthCode::Approved
        | AuthCode::CallIssuer
        | AuthCode::RecurringExpired
        | AuthCode::RecurringTooSoon
        | AuthCode::SystemError
        | AuthCode::UnspecifiedFailure => Reached::Before(CheckName::DualSignature),
    })
}

#[cfg(test)]
mod tests {
    use openset_types::RetrievalReference;

    use super::*;
    use CheckState::{Failed, Held, NotReached};

    fn states(stage: &Stage) -> Vec<CheckState> {
        of(stage).into_iter().map(|check| check.state).collect()
    }

    fn refused(code: AuthCode) -> Vec<CheckState> {
        states(&Stage::Refused { code })
    }

    #[test]
    fn a_refused_request_shows_what_held_what_failed_and_what_nobody_looked_at() {
        let not = NotReached;
        assert_eq!(refused(AuthCode::CardMerchBrandMismatch), [Held, Held, Failed, not, not, not]);
        assert_eq!(refused(AuthCode::PiAuthMismatch), [Held, Held, Held, Held, Failed, not]);
        assert_eq!(refused(AuthCode::PiPreviouslyUsed), [Held, Held, Held, Held, Held, Failed]);
        for code in [
            AuthCode::AmountError,
            AuthCode::CaptureNotSupported,
            AuthCode::ExpiredCard,
            AuthCode::InstallRecurMismatch,
            AuthCode::InvalidTransaction,
        ] {
            assert_eq!(refused(code), [Held, Held, Held, Held, Held, not], "{code:?}");
        }
    }

    #[test]
    fn instructions_without_a_signature_have_none_that_holds() {
        // A6: nobody looked at the brand of a card, or at a certificate.
        let not = NotReached;
        assert_eq!(refused(AuthCode::SignatureRequired), [Held, Failed, not, not, not, not]);
    }

    #[test]
    fn a_card_that_is_not_the_certificate_s_had_passed_every_check_that_is_shown() {
        for code in [AuthCode::Declined, AuthCode::NoReply] {
            assert_eq!(refused(code), [Held; 6]);
        }
    }

    #[test]
    fn whatever_the_issuer_was_asked_had_passed_every_check() {
        let retrieval = RetrievalReference::parse("632708000123").expect("twelve digits");
        let declined = Stage::Declined { retrieval: retrieval.clone(), code: AuthCode::Declined };
        for stage in [declined, Stage::Reversed { retrieval }] {
            assert_eq!(states(&stage), [Held; 6]);
        }
    }
}
