//! The problems people meet: each with a code, a sentence, what happened to the money, and what
//! to do next. Never the text of an exception.

use openset_types::UnixTime;

use crate::words::Words;

/// Something that went wrong, as a person is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Problem {
    /// The payment instructions were used before (`piPreviouslyUsed`).
    AlreadyUsed,
    /// The shop does not take this brand (`cardMerchBrandMismatch`).
    BrandNotAccepted,
    /// The bank wants to be called (`callIssuer`).
    CallIssuer,
    /// The card's certificate has ended.
    CardCertificateExpired {
        /// When.
        on: UnixTime,
    },
    /// The bank said no (`declined`).
    CardDeclined,
    /// A card of another bank than the one that gave out the wallet.
    CardElsewhere,
    /// A real card number, in a suite that is for study.
    CardForStudy,
    /// The bank does not certify this card.
    CardNotCertified,
    /// The bank has taken the card's certificate back.
    CardRevoked,
    /// The clock of this computer and that of the shop are too far apart.
    ClockWrong,
    /// A file that asks a wallet for nothing, or was damaged on its way.
    FileUnreadable,
    /// The form was not one of ours, or has gone stale.
    FormStale,
    /// The certificate of the gateway that the shop pays through was taken back, or that of an
    /// authority above it.
    GatewayRevoked,
    /// The initiation document is no longer here.
    InitiationGone,
    /// What came is not an initiation document.
    InitiationMalformed,
    /// It leads back to another site than it came from.
    InitiationReturnForeign,
    /// It is larger than a wallet reads.
    InitiationTooLarge,
    /// The page it came from has begun as many payments as it may for a while.
    InitiationsTooMany,
    /// The bank could not be asked (`systemError`).
    IssuerNotAsked,
    /// The bank did not answer in time (`noReply`): what it may hold is undone.
    IssuerUnreachable,
    /// A list of withdrawn certificates is missing or too old to be relied on.
    ListsTooOld,
    /// The shop did not answer.
    MerchantUnreachable,
    /// The shop's certificate does not lead to the trust anchor.
    MerchantUntrusted,
    /// The shop's certificate was taken back, or that of an authority above it.
    MerchantRevoked,
    /// A window that the wallet did not open itself.
    NotLetIn,
    /// There is no page here.
    NotFound,
    /// There is nothing to capture.
    NothingToCapture,
    /// There is not so much to give back.
    NothingToRefund,
    /// Nothing on this order can be given up, any more or yet.
    NothingToVoid,
    /// What is to stay held is not less than what is held.
    AmountNotLess,
    /// The two halves of the order do not match (`orderRejected`, `piAuthMismatch`).
    OrderMismatch,
    /// The audit trail did not take the record of an act, so nothing was done.
    ActUnrecorded,
    /// The certificate was taken back before.
    AlreadyRevoked,
    /// The issuer of the certificate has its keys apart, or publishes no list.
    NotRevocable,
    /// A no without a reason that an applicant could read.
    RefusalUnclear,
    /// A registration that is meant for the wallet of another bank.
    RegistrationElsewhere,
    /// The request does not wait for a decision.
    RequestNotWaiting,
    /// Nobody knows yet how it ended.
    StatusUnknown,
    /// This part of the house is not answering.
    Unavailable,
    /// No contract lists the merchant: what will stand in its certificate must be said.
    Unlisted,
    /// The wallet is locked.
    WalletLocked,
    /// This page does not take that.
    WrongMethod,
}

/// What happened to the buyer's money.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Charged {
    /// Nothing was taken.
    No,
    /// Nothing was taken again.
    NotAgain,
    /// Nobody knows yet.
    Unknown,
    /// This has nothing to do with money.
    Irrelevant,
}

impl Problem {
    /// The code that stands beside the sentence, and in the documents.
    pub fn code(self) -> &'static str {
        match self {
            Self::AlreadyUsed => "already_used",
            Self::BrandNotAccepted => "brand_not_accepted",
            Self::CallIssuer => "call_issuer",
            Self::CardCertificateExpired { .. } => "card_cert_expired",
            Self::CardDeclined => "card_declined",
            Self::CardElsewhere => "card_elsewhere",
            Self::CardForStudy => "card_for_study",
            Self::CardNotCertified => "card_not_certified",
            Self::CardRevoked => "card_revoked",
            Self::ClockWrong => "clock_wrong",
            Self::FileUnreadable => "file_unreadable",
            Self::FormStale => "form_stale",
            Self::GatewayRevoked => "gateway_revoked",
            Self::InitiationGone => "initiation_gone",
            Self::InitiationMalformed => "initiation_malformed",
            Self::InitiationReturnForeign => "initiation_return_foreign",
            Self::InitiationTooLarge => "initiation_too_large",
            Self::InitiationsTooMany => "initiations_too_many",
            Self::IssuerNotAsked => "issuer_not_asked",
            Self::IssuerUnreachable => "issuer_unreachable",
            Self::ListsTooOld => "lists_too_old",
            Self::MerchantRevoked => "merchant_revoked",
            Self::MerchantUnreachable => "merchant_unreachable",
            Self::MerchantUntrusted => "merchant_untrusted",
            Self::NotFound => "not_found",
            Self::NotLetIn => "not_let_in",
            Self::NothingToCapture => "nothing_to_capture",
            Self::NothingToRefund => "nothing_to_refund",
            Self::NothingToVoid => "nothing_to_void",
            Self::AmountNotLess => "amount_not_less",
            Self::OrderMismatch => "order_mismatch",
            Self::ActUnrecorded => "act_unrecorded",
            Self::AlreadyRevoked => "already_revoked",
            Self::NotRevocable => "not_revocable",
            Self::RefusalUnclear => "refusal_unclear",
            Self::RegistrationElsewhere => "registration_elsewhere",
            Self::RequestNotWaiting => "request_not_waiting",
            Self::Unlisted => "unlisted",
            Self::StatusUnknown => "status_unknown",
            Self::Unavailable => "unavailable",
            Self::WalletLocked => "wallet_locked",
            Self::WrongMethod => "wrong_method",
        }
    }

    /// The HTTP status of a page that says so.
    pub fn status(self) -> u16 {
        match self {
            Self::FormStale | Self::NotLetIn | Self::WalletLocked => 403,
            Self::InitiationGone | Self::NotFound => 404,
            Self::InitiationMalformed | Self::InitiationReturnForeign => 400,
            Self::InitiationTooLarge => 413,
            Self::InitiationsTooMany => 429,
            Self::AlreadyRevoked
            | Self::NothingToCapture
            | Self::NothingToRefund
            | Self::NothingToVoid
            | Self::RequestNotWaiting => 409,
            Self::WrongMethod => 405,
            Self::IssuerNotAsked | Self::IssuerUnreachable | Self::MerchantUnreachable => 502,
            Self::ActUnrecorded | Self::Unavailable => 503,
            _ => 422,
        }
    }

    /// What happened to the money.
    pub fn charged(self) -> Charged {
        match self {
            Self::AlreadyUsed => Charged::NotAgain,
            Self::StatusUnknown => Charged::Unknown,
            Self::ActUnrecorded
            | Self::AlreadyRevoked
            | Self::CardElsewhere
            | Self::CardForStudy
            | Self::CardNotCertified
            | Self::FormStale
            | Self::NotFound
            | Self::NotLetIn
            | Self::NotRevocable
            | Self::NothingToCapture
            | Self::NothingToRefund
            | Self::NothingToVoid
            | Self::AmountNotLess
            | Self::RefusalUnclear
            | Self::RegistrationElsewhere
            | Self::RequestNotWaiting
            | Self::Unavailable
            | Self::Unlisted
            | Self::WalletLocked
            | Self::WrongMethod => Charged::Irrelevant,
            _ => Charged::No,
        }
    }

    /// What happened, in a sentence.
    pub fn sentence(self, say: &Words) -> String {
        match self {
            Self::AlreadyUsed => say.problem_already_used(),
            Self::BrandNotAccepted => say.problem_brand_not_accepted(),
            Self::CallIssuer => say.problem_call_issuer(),
            Self::CardCertificateExpired { on } => say.problem_card_cert_expired(say.day(on)),
            Self::CardDeclined => say.problem_card_declined(),
            Self::CardElsewhere => say.problem_card_elsewhere(),
            Self::CardForStudy => say.problem_card_for_study(),
            Self::CardNotCertified => say.problem_card_not_certified(),
            Self::CardRevoked => say.problem_card_revoked(),
            Self::ClockWrong => say.problem_clock_wrong(),
            Self::FileUnreadable => say.problem_file_unreadable(),
            Self::FormStale => say.problem_form_stale(),
            Self::GatewayRevoked => say.problem_gateway_revoked(),
            Self::InitiationGone => say.problem_initiation_gone(),
            Self::InitiationMalformed => say.problem_initiation_malformed(),
            Self::InitiationReturnForeign => say.problem_initiation_return_foreign(),
            Self::InitiationTooLarge => say.problem_initiation_too_large(),
            Self::InitiationsTooMany => say.problem_initiations_too_many(),
            Self::IssuerNotAsked => say.problem_issuer_not_asked(),
            Self::IssuerUnreachable => say.problem_issuer_unreachable(),
            Self::ListsTooOld => say.problem_lists_too_old(),
            Self::MerchantRevoked => say.problem_merchant_revoked(),
            Self::MerchantUnreachable => say.problem_merchant_unreachable(),
            Self::MerchantUntrusted => say.problem_merchant_untrusted(),
            Self::NotFound => say.problem_not_found(),
            Self::NotLetIn => say.problem_not_let_in(),
            Self::NothingToCapture => say.problem_nothing_to_capture(),
            Self::NothingToRefund => say.problem_nothing_to_refund(),
            Self::NothingToVoid => say.problem_nothing_to_void(),
            Self::AmountNotLess => say.problem_amount_not_less(),
            Self::OrderMismatch => say.problem_order_mismatch(),
            Self::ActUnrecorded => say.problem_act_unrecorded(),
            Self::AlreadyRevoked => say.problem_already_revoked(),
            Self::NotRevocable => say.problem_not_revocable(),
            Self::RefusalUnclear => say.problem_refusal_unclear(),
            Self::RegistrationElsewhere => say.problem_registration_elsewhere(),
            Self::RequestNotWaiting => say.problem_request_not_waiting(),
            Self::Unlisted => say.problem_unlisted(),
            Self::StatusUnknown => say.problem_status_unknown(),
            Self::Unavailable => say.problem_unavailable(),
            Self::WalletLocked => say.problem_wallet_locked(),
            Self::WrongMethod => say.problem_wrong_method(),
        }
    }

    /// What happened to the money, in a sentence; nothing if it is not about money.
    pub fn money(self, say: &Words) -> Option<String> {
        match self.charged() {
            Charged::No => Some(say.charged_no()),
            Charged::NotAgain => Some(say.charged_not_again()),
            Charged::Unknown => Some(say.charged_unknown()),
            Charged::Irrelevant => None,
        }
    }

    /// What to do now, in a sentence.
    pub fn next(self, say: &Words) -> String {
        match self {
            Self::AlreadyUsed => say.next_already_used(),
            Self::CallIssuer => say.next_call_issuer(),
            Self::BrandNotAccepted | Self::CardCertificateExpired { .. } => say.next_other_card(),
            Self::CardDeclined => say.next_card_declined(),
            Self::CardElsewhere => say.next_card_elsewhere(),
            Self::CardForStudy => say.next_card_for_study(),
            Self::CardNotCertified => say.next_card_not_certified(),
            Self::CardRevoked => say.next_card_revoked(),
            Self::ClockWrong => say.next_clock_wrong(),
            Self::FileUnreadable => say.next_file_unreadable(),
            Self::FormStale => say.next_form_stale(),
            Self::InitiationGone
            | Self::InitiationMalformed
            | Self::InitiationReturnForeign
            | Self::InitiationTooLarge => say.next_start_from_shop(),
            Self::InitiationsTooMany => say.next_wait_for_room(),
            Self::IssuerNotAsked | Self::IssuerUnreachable => say.next_issuer_unreachable(),
            Self::ListsTooOld => say.next_lists_too_old(),
            Self::GatewayRevoked => say.next_gateway_revoked(),
            Self::MerchantRevoked => say.next_merchant_revoked(),
            Self::MerchantUntrusted => say.next_do_not_pay(),
            Self::MerchantUnreachable => say.next_try_later(),
            Self::NotFound => say.next_not_found(),
            Self::NotLetIn => say.next_not_let_in(),
            Self::NothingToCapture => say.next_nothing_to_capture(),
            Self::NothingToRefund => say.next_nothing_to_refund(),
            Self::NothingToVoid => say.next_nothing_to_void(),
            Self::AmountNotLess => say.next_amount_not_less(),
            Self::OrderMismatch => say.next_order_again(),
            Self::ActUnrecorded => say.next_act_unrecorded(),
            Self::AlreadyRevoked => say.next_already_revoked(),
            Self::NotRevocable => say.next_not_revocable(),
            Self::RefusalUnclear => say.next_refusal_unclear(),
            Self::RegistrationElsewhere => say.next_registration_elsewhere(),
            Self::RequestNotWaiting => say.next_request_not_waiting(),
            Self::Unlisted => say.next_unlisted(),
            Self::StatusUnknown => say.next_status_unknown(),
            Self::Unavailable => say.next_unavailable(),
            Self::WalletLocked => say.next_wallet_locked(),
            Self::WrongMethod => say.next_wrong_method(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::Tongue;

    #[test]
    fn every_problem_of_the_catalogue_speaks_both_languages() {
        let on = UnixTime::parse_generalized("20261103000000Z").expect("a real moment");
        let dated = [
            Problem::CardCertificateExpired { on },
            Problem::GatewayRevoked,
            Problem::MerchantRevoked,
            Problem::ListsTooOld,
            Problem::ClockWrong,
            Problem::CardDeclined,
            Problem::CardElsewhere,
            Problem::CardForStudy,
            Problem::FileUnreadable,
            Problem::NotLetIn,
            Problem::RegistrationElsewhere,
            Problem::CardRevoked,
            Problem::StatusUnknown,
        ];
        for problem in dated {
            let [english, french] = Tongue::ALL.map(|tongue| {
                let say = Words::of(tongue);
                (problem.sentence(say), problem.money(say), problem.next(say))
            });
            assert_ne!(english, french, "{}", problem.code());
        }
        let say = Words::of(Tongue::English);
        assert_eq!(
            Problem::CardCertificateExpired { on }.sentence(say),
            "Your card’s certificate expired on 3 Nov 2026."
        );
        assert_eq!(Problem::CardDeclined.money(say).as_deref(), Some("You were not charged."));
    }

    #[test]
    fn a_payment_nobody_knows_the_end_of_never_says_it_was_not_charged() {
        assert_eq!(Problem::StatusUnknown.charged(), Charged::Unknown);
    }

    #[test]
    fn a_bank_that_did_not_answer_is_not_said_to_be_asked_again() {
        // The purchase is over: what the bank may hold is undone, and nobody asks it once more.
        for problem in [Problem::IssuerUnreachable, Problem::IssuerNotAsked] {
            assert_eq!(problem.charged(), Charged::No);
            for tongue in Tongue::ALL {
                let say = Words::of(tongue);
                let said = problem.sentence(say) + &problem.next(say);
                assert!(!said.contains("10 minutes") && !said.contains("histor"), "{said}");
            }
        }
        let say = Words::of(Tongue::English);
        let unreachable = Problem::IssuerUnreachable.sentence(say);
        assert!(unreachable.contains("is being released"), "{unreachable}");
        assert_ne!(unreachable, Problem::IssuerNotAsked.sentence(say));
    }
}
