//! Which Errors end a question that money hangs on.
//!
//! A refusal is not kept: the octets that are refused while lists have ended or clocks differ may
//! be taken an hour later. Whoever stands on the way can provoke such an Error, well signed and
//! about these very octets, keep it, let the question through when it is good, and hand the Error
//! over instead of the answer. So an Error is the last word only where these octets will never be
//! taken: because what is wrong with them does not pass, or because they had become too old when
//! it was signed. Until then the outcome is unknown, and the question is asked again.

use openset_crypto::{Suite, Verified};
use openset_wire::{
    error::{ErrorCode, ErrorTbs},
    wrapper::MessageWrapper,
};

use crate::{acceptance::Acceptance, refusal::Refusal, role::Received};

/// Refuses an Error that is not the last word on the question it answers. `sealed_in` is the suite
/// of the envelope that the question was in, if it was in one.
pub(crate) fn require(
    said: &Verified<ErrorTbs>,
    answer: &Received,
    sealed_in: Option<Suite>,
    acceptance: Acceptance,
) -> Result<(), Refusal> {
    if !may_pass(said.error_code, sealed_in) {
        return Ok(());
    }
    require_over(said, answer, acceptance)
}

/// The same for an Error about something that passes, whatever its code says.
pub(crate) fn require_over(
    said: &Verified<ErrorTbs>,
    answer: &Received,
    acceptance: Acceptance,
) -> Result<(), Refusal> {
    let header = answer.question.as_deref().and_then(MessageWrapper::header_of);
    // Who had taken the question by then would have answered it, and who had not never will.
    let is_over = header
        .is_some_and(|header| said.signed_at().seconds_since(header.date.0) > acceptance.behind_s);
    if is_over { Ok(()) } else { Err(Refusal::SenderMayAnswerYet) }
}

/// Whether the same octets may be taken later that were refused with this code: certificates become
/// valid, lists current, clocks right. What has no code of its own does not pass: another request
/// had this name before, somebody else has paid.
fn may_pass(code: ErrorCode, sealed_in: Option<Suite>) -> bool {
    match code {
        ErrorCode::MessageNotSupported
        | ErrorCode::InvalidCertificate
        | ErrorCode::ExpiredCertificate
        | ErrorCode::MissingCertificate
        | ErrorCode::VersionTooNew
        | ErrorCode::MessageTooOld
        | ErrorCode::MessageTooNew
        // The gateway may come to a certificate that takes what nobody has signed.
        | ErrorCode::SignatureRequired => true,
        // A signature does not mend itself. But where an envelope can be changed, this is said of
        // whatever is wrong inside it, also of what passes (ADR 25).
        ErrorCode::SignatureFailure => sealed_in.is_some_and(|suite| !suite.seals_against_change()),
        ErrorCode::UnspecifiedFailure
        | ErrorCode::DecodingFailure
        | ErrorCode::RevokedCertificate
        | ErrorCode::BadMessageHeader
        | ErrorCode::WrapperMsgMismatch
        | ErrorCode::VersionTooOld
        | ErrorCode::UnrecognizedExtension
        | ErrorCode::MessageTooBig
        | ErrorCode::ThumbsMismatch
        | ErrorCode::UnknownRrpid
        | ErrorCode::UnknownXid
        | ErrorCode::UnknownLid
        | ErrorCode::ChallengeMismatch => false,
    }
}
