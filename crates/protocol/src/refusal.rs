//! What a peer can do wrong in the conversation, and what it is told.
//!
//! A refusal is not a decline: a declined card is an answer, a refusal means that the
//! conversation broke. A refused request is answered by an Error message, which
//! [`complaint`](crate::complaint) builds; a refused response is logged and dropped; an Error is
//! never answered by another.

use std::fmt;

use openset_crypto::{Purpose, Thumb, Unmade, Unopened, Untrusted, Verified, authority::Lint};
use openset_types::{Brand, InvalidMoney, Money};
use openset_wire::{
    der::{Malformed, Oid, What},
    error::{Error, ErrorCode, ErrorMsg, ErrorTbs},
};

use crate::role::{Env, Machine, Received};

/// Why a message or a command was refused: the name of the sin, its actor first.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refusal {
    /// The answers do not fit the form they are to.
    AnswersUnfit,
    /// The applicant answered a form that is not the one it was sent (A16).
    ApplicantAnsweredAnotherForm,
    /// The applicant asked for something this authority does not give.
    ApplicantAskedForAnother,
    /// The applicant named itself differently than before (A19).
    ApplicantNamedAnother,
    /// The applicant renews a certificate that this authority has not issued, or another one than
    /// it has signed with.
    ApplicantRenewedAnother,
    /// The applicant did not repeat the authority's challenge (A16).
    ApplicantRepeatedOldChallenge,
    /// The applicant's card is not the one it asked the form for (A16).
    ApplicantSwitchedCard,
    /// The authority answered another request or another applicant.
    AuthorityAnsweredAnother,
    /// The authority certified somebody else under the applicant's key (A19).
    AuthorityCertifiedAnotherApplicant,
    /// The authority certified a card that is not the applicant's (A18).
    AuthorityCertifiedAnotherCard,
    /// The authority certified a key that is not the applicant's (A18).
    AuthorityCertifiedAnotherKey,
    /// The authority did not repeat the challenge it was given (A9).
    AuthorityRepeatedOldChallenge,
    /// The authority says it certified something and no such certificate came along (A11).
    AuthoritySentNoCertificate,
    /// The authority names a list of revoked certificates and no such list came along.
    AuthoritySentNoList,
    /// The cardholder's inquiry is not signed, or not by whoever ordered (A14).
    CardholderInquiredAsAnother,
    /// The cardholder named other labels than those of this purchase.
    CardholderNamedOtherLabels,
    /// The cardholder ordered under another brand than it asked for (A12).
    CardholderOrderedUnderAnotherBrand,
    /// The order is being paid, or is paid already.
    CardholderPaidAlready,
    /// The cardholder's challenge or the merchant's is not that of this purchase (A9).
    CardholderRepeatedOldChallenge,
    /// The cardholder sent a second, different order for one purchase (abuse case 3).
    CardholderReusedXid,
    /// The cardholder has sent an order without a signature, or has none to sign with, where one is
    /// required (A6).
    CardholderSentUnsigned,
    /// A command came that this instance cannot obey as it stands.
    CommandOutOfTurn,
    /// An instance of this name exists, or does not.
    CommandToAnotherInstance,
    /// The gateway's answer belongs to another request, purchase or merchant (A2, abuse case 9).
    GatewayAnsweredAnother,
    /// The gateway authorized or captured another amount than was asked for.
    GatewayChangedAmount {
        /// What was asked for.
        asked: Money,
        /// What was answered.
        got: Money,
    },
    /// The gateway that the merchant pays through is not believed (A21).
    GatewayNotBelieved {
        /// Names its certificate.
        thumb: Thumb,
        /// Why not.
        cause: Untrusted,
    },
    /// The gateway's own token does not open, or is not its own.
    GatewayTokenAltered,
    /// The gateway returned a card number, which suite `modern` forbids always.
    GatewayReturnedCardNumber,
    /// The message is not what it should be.
    Malformed(Malformed),
    /// The merchant's answer belongs to another request or purchase (A9).
    MerchantAnsweredAnother,
    /// The merchant asked for an amount that is not one.
    MerchantAskedForNoAmount,
    /// The merchant asked for payments on terms whose last day has passed.
    MerchantAskedForSpentTerms,
    /// The merchant says that the bank was asked and not what it said.
    MerchantGaveNoVerdict,
    /// The merchant named itself differently than its certificate does (A3).
    MerchantNamedAnother,
    /// The merchant named a gateway whose certificate did not come along (A11).
    MerchantNamedUnknownGateway,
    /// The merchant did not repeat the cardholder's challenge (A9).
    MerchantRepeatedOldChallenge,
    /// The merchant passed on payment instructions made for another gateway (A1).
    MerchantSentInstructionsForAnotherGateway,
    /// The merchant sent no certificate that an answer could be sealed for.
    MerchantSentNoEnciphermentCertificate,
    /// The merchant's answer is by another merchant than the one that was consented to.
    MerchantSwitched,
    /// The parts of the message are not tied to each other (A5).
    PartsNotLinked,
    /// A card number that is not one for tests, in suite `set10`.
    SenderNamedRealCard,
    /// The brand is not one this party works with (A12).
    SenderNamedForeignBrand {
        /// The brand that was named.
        brand: Brand,
    },
    /// An amount that is none, or of two currencies (A23).
    SenderNamedImpossibleAmount(InvalidMoney),
    /// Something critical that this party does not understand.
    SenderNamedUnknownExtension(Oid),
    /// No purchase is known by this XID.
    SenderNamedUnknownPurchase,
    /// No record is known by this label.
    SenderNamedUnknownLabel,
    /// The header lacks what this message needs.
    SenderSentBadHeader,
    /// The wrapper contradicts what it carries (A10).
    SenderSentContradictoryHeader,
    /// A message that this party does not answer.
    SenderSentForeignMessage {
        /// Its name.
        name: &'static str,
    },
    /// The Error is about other octets than were sent, or about too many to tell.
    SenderComplainedOfAnother,
    /// The Error may pass: the same octets may be taken later, or have been since.
    SenderMayAnswerYet,
    /// Another request came under this name before (A10).
    SenderReusedRrpid,
    /// The wrapper names another request than the message does (A10).
    SenderSentOtherRrpid,
    /// Dated ahead of the acceptance window (abuse case 10).
    SenderSentTooEarly,
    /// Dated behind the acceptance window (abuse case 10).
    SenderSentTooLate,
    /// A version that came after ours.
    SenderSentVersionTooNew,
    /// A version from before ours.
    SenderSentVersionTooOld,
    /// The thumbs that came back are not those that were sent (A11).
    ThumbsDiffer,
    /// What was to be certified would be outside the profile: the fault is ours.
    Unissuable(Lint),
    /// What was to be signed or sealed could not be: the fault is ours.
    Unmade(Unmade),
    /// An envelope did not open. Nothing tells why.
    Unopened,
    /// A signature or a certificate does not prove what it should.
    Untrusted(Untrusted),
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::GatewayChangedAmount { asked, got } => {
                return write!(f, "asked for {asked}, the gateway answered {got}");
            }
            Self::GatewayNotBelieved { cause, .. } => {
                return write!(f, "the gateway is not proven: {cause}");
            }
            Self::Malformed(cause) => return write!(f, "not the expected message: {cause}"),
            Self::SenderNamedForeignBrand { brand } => {
                return write!(f, "the brand {brand} is not known here");
            }
            Self::SenderNamedImpossibleAmount(cause) => return cause.fmt(f),
            Self::SenderNamedUnknownExtension(oid) => {
                return write!(f, "the critical extension {oid} is not understood");
            }
            Self::SenderSentForeignMessage { name } => {
                return write!(f, "{name} is not answered here");
            }
            Self::Unissuable(cause) => return write!(f, "not certified: {cause}"),
            Self::Unmade(cause) => return write!(f, "could not be made: {cause}"),
            Self::Unopened => "an envelope did not open",
            Self::Untrusted(cause) => return write!(f, "not proven: {cause}"),
            other => other.sin(),
        })
    }
}

impl Refusal {
    /// The words for a sin that carries no values.
    fn sin(&self) -> &'static str {
        match self {
            Self::AnswersUnfit => "the answers do not fit the form",
            Self::ApplicantAnsweredAnotherForm => "the applicant answered another form",
            Self::ApplicantAskedForAnother => "the applicant asked for what is not given here",
            Self::ApplicantNamedAnother => "the applicant named itself differently",
            Self::ApplicantRenewedAnother => "the applicant renews another certificate",
            Self::ApplicantRepeatedOldChallenge => "the applicant repeated an old challenge",
            Self::ApplicantSwitchedCard => "the applicant switched cards",
            Self::AuthorityAnsweredAnother => "the authority answered another request",
            Self::AuthorityCertifiedAnotherApplicant => "the authority certified another applicant",
            Self::AuthorityCertifiedAnotherCard => "the authority certified another card",
            Self::AuthorityCertifiedAnotherKey => "the authority certified another key",
            Self::AuthorityRepeatedOldChallenge => "the authority repeated an old challenge",
            Self::AuthoritySentNoList => "the authority named a list it did not send",
            Self::AuthoritySentNoCertificate => "the authority named a certificate it did not send",
            Self::CardholderInquiredAsAnother => "the inquiry is not by whoever ordered",
            Self::CardholderNamedOtherLabels => "the cardholder named other labels",
            Self::CardholderOrderedUnderAnotherBrand => "the order is under another brand",
            Self::CardholderPaidAlready => "the order is being paid or is paid already",
            Self::CardholderRepeatedOldChallenge => "the cardholder repeated an old challenge",
            Self::CardholderReusedXid => "another order was sent for the same purchase",
            Self::CardholderSentUnsigned => "the order is not signed",
            Self::CommandOutOfTurn => "not possible as things stand",
            Self::CommandToAnotherInstance => "no such instance, or one too many",
            Self::GatewayAnsweredAnother => "the gateway answered another request",
            Self::GatewayReturnedCardNumber => "the gateway returned a card number",
            Self::GatewayTokenAltered => "the token is not this gateway's own",
            Self::MerchantAnsweredAnother => "the merchant answered another request",
            Self::MerchantAskedForNoAmount => "the merchant asked for no proper amount",
            Self::MerchantAskedForSpentTerms => "the merchant asked on terms that are over",
            Self::MerchantGaveNoVerdict => "the merchant did not say what the bank said",
            Self::MerchantNamedAnother => "the merchant named itself differently",
            Self::MerchantNamedUnknownGateway => "the named gateway's certificate is missing",
            Self::MerchantRepeatedOldChallenge => "the merchant repeated an old challenge",
            Self::MerchantSentInstructionsForAnotherGateway => {
                "the payment instructions are for another gateway"
            }
            Self::MerchantSentNoEnciphermentCertificate => {
                "the merchant sent no certificate to seal for"
            }
            Self::MerchantSwitched => "another merchant answered",
            Self::PartsNotLinked => "the parts are not tied to each other",
            Self::SenderNamedRealCard => "suite set10 takes test cards only",
            Self::SenderNamedUnknownLabel => "no record of this label",
            Self::SenderNamedUnknownPurchase => "no purchase of this name",
            Self::SenderSentBadHeader => "the header lacks what the message needs",
            Self::SenderSentContradictoryHeader => "the header contradicts the message",
            Self::SenderComplainedOfAnother => "the error is about another message",
            Self::SenderMayAnswerYet => "the error may pass, and another answer come",
            Self::SenderReusedRrpid => "another request came under this name before",
            Self::SenderSentOtherRrpid => "the header names another request",
            Self::SenderSentTooEarly => "dated ahead of the acceptance window",
            Self::SenderSentTooLate => "dated behind the acceptance window",
            Self::SenderSentVersionTooNew => "a version after ours",
            Self::SenderSentVersionTooOld => "a version before ours",
            Self::ThumbsDiffer => "the thumbs that came back are others",
            Self::GatewayChangedAmount { .. }
            | Self::GatewayNotBelieved { .. }
            | Self::Malformed(_)
            | Self::SenderNamedForeignBrand { .. }
            | Self::SenderNamedImpossibleAmount(_)
            | Self::SenderNamedUnknownExtension(_)
            | Self::SenderSentForeignMessage { .. }
            | Self::Unissuable(_)
            | Self::Unmade(_)
            | Self::Unopened
            | Self::Untrusted(_) => "refused",
        }
    }
}

impl std::error::Error for Refusal {}

impl Refusal {
    /// Which proof failed, if one did, in one word: for measures.
    pub fn check(&self) -> Option<&'static str> {
        match self {
            Self::GatewayNotBelieved { cause, .. } | Self::Untrusted(cause) => Some(cause.check()),
            Self::Unopened => Some("envelope"),
            Self::PartsNotLinked | Self::ThumbsDiffer => Some("link"),
            Self::GatewayTokenAltered => Some("token"),
            _ => None,
        }
    }

    /// The same, where the certificate that was judged is that of the gateway.
    pub(crate) fn of_gateway(self, thumb: Thumb) -> Self {
        match self {
            Self::Untrusted(cause) => Self::GatewayNotBelieved { thumb, cause },
            other => other,
        }
    }
}

impl From<Malformed> for Refusal {
    fn from(cause: Malformed) -> Self {
        Self::Malformed(cause)
    }
}

impl From<Untrusted> for Refusal {
    fn from(cause: Untrusted) -> Self {
        Self::Untrusted(cause)
    }
}

impl From<Unopened> for Refusal {
    fn from(_: Unopened) -> Self {
        Self::Unopened
    }
}

impl From<Lint> for Refusal {
    fn from(cause: Lint) -> Self {
        Self::Unissuable(cause)
    }
}

impl From<Unmade> for Refusal {
    fn from(cause: Unmade) -> Self {
        Self::Unmade(cause)
    }
}

impl From<InvalidMoney> for Refusal {
    fn from(cause: InvalidMoney) -> Self {
        Self::SenderNamedImpossibleAmount(cause)
    }
}

impl From<&Refusal> for ErrorCode {
    /// What the peer is told. A new refusal does not compile until someone decides.
    fn from(refusal: &Refusal) -> Self {
        match refusal {
            Refusal::Malformed(cause) => of_malformed(cause),
            Refusal::GatewayNotBelieved { cause, .. } => of_untrusted(cause),
            Refusal::Untrusted(cause) => of_untrusted(cause),
            // One code for every failure to open or to verify: no step becomes an oracle (B1).
            Refusal::PartsNotLinked | Refusal::Unopened => Self::SignatureFailure,
            Refusal::ApplicantRepeatedOldChallenge
            | Refusal::AuthorityRepeatedOldChallenge
            | Refusal::CardholderRepeatedOldChallenge
            | Refusal::MerchantRepeatedOldChallenge => Self::ChallengeMismatch,
            Refusal::AuthoritySentNoCertificate
            | Refusal::AuthoritySentNoList
            | Refusal::MerchantNamedUnknownGateway
            | Refusal::MerchantSentNoEnciphermentCertificate => Self::MissingCertificate,
            Refusal::ApplicantRenewedAnother
            | Refusal::AuthorityCertifiedAnotherApplicant
            | Refusal::AuthorityCertifiedAnotherCard
            | Refusal::AuthorityCertifiedAnotherKey
            | Refusal::CardholderInquiredAsAnother
            | Refusal::MerchantSwitched => Self::InvalidCertificate,
            Refusal::CardholderNamedOtherLabels | Refusal::SenderNamedUnknownLabel => {
                Self::UnknownLid
            }
            Refusal::SenderNamedUnknownPurchase => Self::UnknownXid,
            Refusal::AuthorityAnsweredAnother
            | Refusal::GatewayAnsweredAnother
            | Refusal::MerchantAnsweredAnother
            | Refusal::SenderComplainedOfAnother
            | Refusal::SenderSentOtherRrpid => Self::UnknownRrpid,
            Refusal::CardholderSentUnsigned => Self::SignatureRequired,
            Refusal::SenderNamedUnknownExtension(_) => Self::UnrecognizedExtension,
            Refusal::SenderSentBadHeader => Self::BadMessageHeader,
            Refusal::MerchantNamedAnother | Refusal::SenderSentContradictoryHeader => {
                Self::WrapperMsgMismatch
            }
            Refusal::SenderSentForeignMessage { .. } => Self::MessageNotSupported,
            Refusal::SenderSentTooEarly => Self::MessageTooNew,
            Refusal::SenderSentTooLate => Self::MessageTooOld,
            Refusal::SenderSentVersionTooNew => Self::VersionTooNew,
            Refusal::SenderSentVersionTooOld => Self::VersionTooOld,
            Refusal::ThumbsDiffer => Self::ThumbsMismatch,
            Refusal::AnswersUnfit
            | Refusal::ApplicantAnsweredAnotherForm
            | Refusal::ApplicantAskedForAnother
            | Refusal::ApplicantNamedAnother
            | Refusal::ApplicantSwitchedCard
            | Refusal::CardholderOrderedUnderAnotherBrand
            | Refusal::CardholderPaidAlready
            | Refusal::CardholderReusedXid
            | Refusal::CommandOutOfTurn
            | Refusal::CommandToAnotherInstance
            | Refusal::GatewayChangedAmount { .. }
            | Refusal::GatewayReturnedCardNumber
            | Refusal::GatewayTokenAltered
            | Refusal::MerchantAskedForNoAmount
            | Refusal::MerchantAskedForSpentTerms
            | Refusal::MerchantGaveNoVerdict
            | Refusal::MerchantSentInstructionsForAnotherGateway
            | Refusal::SenderNamedForeignBrand { .. }
            | Refusal::SenderNamedRealCard
            | Refusal::SenderNamedImpossibleAmount(_)
            | Refusal::SenderMayAnswerYet
            // The name is known: SET has no code for one that was used for something else.
            | Refusal::SenderReusedRrpid
            | Refusal::Unissuable(_)
            | Refusal::Unmade(_) => Self::UnspecifiedFailure,
        }
    }
}

/// What a peer is told whose octets are not what they should be.
fn of_malformed(cause: &Malformed) -> ErrorCode {
    match cause.what {
        What::TooBig => ErrorCode::MessageTooBig,
        _ => ErrorCode::DecodingFailure,
    }
}

/// What a peer is told whose certificate or signature is not believed.
fn of_untrusted(cause: &Untrusted) -> ErrorCode {
    match cause {
        Untrusted::Expired | Untrusted::NotYetValid => ErrorCode::ExpiredCertificate,
        Untrusted::Revoked => ErrorCode::RevokedCertificate,
        Untrusted::NoPath | Untrusted::UnknownSigner | Untrusted::CrlMissing => {
            ErrorCode::MissingCertificate
        }
        Untrusted::BciNotCurrent
        | Untrusted::CrlNotCurrent
        | Untrusted::NotTheAnnouncedRoot
        | Untrusted::OtherBrand
        | Untrusted::OutsideProfile
        | Untrusted::OutsideSigningPeriod
        | Untrusted::PathTooLong
        | Untrusted::RolledBack
        | Untrusted::TooManyCertificates
        | Untrusted::UnknownExtension
        | Untrusted::UnknownRoot
        | Untrusted::WrongKeyUsage
        | Untrusted::WrongRole => ErrorCode::InvalidCertificate,
        Untrusted::Malformed(_) => ErrorCode::DecodingFailure,
        Untrusted::SignedInTheFuture => ErrorCode::MessageTooNew,
        _ => ErrorCode::SignatureFailure,
    }
}

/// What an Error says that came instead of an answer, and who says it.
///
/// It is heard only if it is signed by a party that may answer, and is about the very octets that
/// were sent. A header anybody can copy: whoever sends a party something broken under it gets an
/// Error that names it, while the true request is answered otherwise.
pub(crate) fn heard<M: Machine>(
    error: &Error,
    answer: &Received,
    purpose: Purpose,
    brand: Option<&Brand>,
    env: &Env<'_, M>,
) -> Result<Verified<ErrorTbs>, Refusal> {
    let Error::SignedError(signed) = error else {
        return Err(Refusal::SenderSentForeignMessage { name: "Error" });
    };
    let said = env.verify(signed, purpose, brand)?;
    let ErrorMsg::BadWrapper(echo) = &said.error_msg else {
        return Err(Refusal::SenderComplainedOfAnother);
    };
    if answer.question.as_deref() != Some(echo.as_bytes()) {
        return Err(Refusal::SenderComplainedOfAnother);
    }
    Ok(said)
}
