//! The banks are asked, and say something, or nothing.

use openset_bank::iso8583::{
    Message,
    words::{
        CaptureAnswer, RefundAnswer, ReversalAnswer, VerificationAnswer, read_authorization_answer,
        read_capture_answer, read_place, read_refund_answer, read_reversal_answer,
        read_verification_answer,
    },
};
use openset_protocol::{
    ca::{self, Approval, AuthorityEnrolment, Denial, Reason},
    gateway::{
        authorization::{self as asking, GatewayAuthorization},
        capture::{self as capturing, AdviceAnswer, GatewayCapture},
        refund::{self as refunding, GatewayRefund},
    },
};
use openset_types::AuthorizationAnswer;

use super::{
    Point, World,
    network::{Letter, Role},
    played::{self, Means},
    shell::Cause,
};

/// How long the issuer is waited for.
const ISSUER_MS: u64 = 8_000;

impl Means {
    /// How long the answer is waited for. One that is indispensable is asked for until it comes.
    pub(super) fn patience_ms(&self) -> Option<u64> {
        match self {
            Self::Authorization(_) | Self::Verification => Some(ISSUER_MS),
            Self::Reversal
            | Self::Release(_)
            | Self::Sale
            | Self::Capture(_)
            | Self::Refund(..) => None,
        }
    }
}

impl World {
    /// A bank has answered. An answer that comes too late is told to the machine all the same: it
    /// must not change its mind (abuse case 12).
    pub(super) fn bank_answers(&mut self, letter: &Letter) {
        let (role, errand) = (letter.to, letter.errand);
        let party = self.party_mut(role);
        let is_waited_for = party.disk.find_errand(errand).is_some();
        let Some(call) = party.calls.get(&errand).cloned() else {
            return self.tell(role, format_args!("has forgotten what it asked"));
        };
        let answer = played::read(&letter.octets);
        let cause = if is_waited_for { Cause::Errand(errand) } else { Cause::Command };
        let key = call.key;
        match call.means {
            Means::Authorization(asked) => {
                let said = read_authorization_answer(&answer, asked);
                let said = said.unwrap_or(AuthorizationAnswer::NoAnswer);
                let input = asking::Input::Answered { answer: said, asked: None };
                self.input::<GatewayAuthorization>(role, &key, input, cause);
            }
            Means::Reversal => {
                let undone = [Ok(ReversalAnswer::Undone), Ok(ReversalAnswer::NotFound)];
                if !undone.contains(&read_reversal_answer(&answer)) {
                    return self.tell(role, format_args!("is told that nothing was undone"));
                }
                let input = asking::Input::ReversalAcknowledged;
                self.input::<GatewayAuthorization>(role, &key, input, cause);
            }
            Means::Release(advice) => {
                let said = read_reversal_answer(&answer).ok();
                let Some(outcome) = said.and_then(|said| said.outcome(&advice)) else {
                    return self.tell(role, format_args!("is told neither yes nor no"));
                };
                let input = asking::Input::Released(outcome);
                self.input::<GatewayAuthorization>(role, &key, input, cause);
            }
            Means::Sale => {
                let Some(answer) = taken(&answer) else {
                    return self.tell(role, format_args!("is told that nothing was taken"));
                };
                let input = asking::Input::Taken(answer);
                self.input::<GatewayAuthorization>(role, &key, input, cause);
            }
            Means::Capture(retrieval) => {
                let Some(answer) = taken(&answer) else {
                    return self.tell(role, format_args!("is told that nothing was taken"));
                };
                let input = capturing::Input::Advised { retrieval, answer };
                self.input::<GatewayCapture>(role, &key, input, cause);
            }
            Means::Refund(kind, retrieval) => {
                let answer = match read_refund_answer(kind, &answer) {
                    Ok(RefundAnswer::Done) => {
                        let done = refunding::AdviceAnswer::Done;
                        read_place(&answer).map_or(done, refunding::AdviceAnswer::Counted)
                    }
                    Ok(RefundAnswer::Refused(why)) => refunding::AdviceAnswer::Refused(why),
                    Ok(RefundAnswer::NotNow(_)) | Err(_) => {
                        return self.tell(role, format_args!("is told that nothing was done"));
                    }
                };
                let input = refunding::Input::Advised { retrieval, answer };
                self.input::<GatewayRefund>(role, &key, input, cause);
            }
            Means::Verification => {
                let input = match read_verification_answer(&answer) {
                    Ok(VerificationAnswer::Verified) => ca::Input::Approved(Approval::Cardholder),
                    _ => denied(Reason::Issuer),
                };
                self.input::<AuthorityEnrolment>(role, &key, input, cause);
            }
        }
    }

    /// A bank that was waited for long enough has said nothing.
    pub(super) fn bank_is_silent(&mut self, role: Role, errand: u64, key: &[u8], means: &Means) {
        let cause = Cause::Errand(errand);
        match means {
            Means::Authorization(_) => {
                let input =
                    asking::Input::Answered { answer: AuthorizationAnswer::NoAnswer, asked: None };
                self.input::<GatewayAuthorization>(role, key, input, cause);
            }
            Means::Verification => {
                self.input::<AuthorityEnrolment>(role, key, denied(Reason::Authority), cause);
            }
            Means::Reversal
            | Means::Release(_)
            | Means::Sale
            | Means::Capture(_)
            | Means::Refund(..) => {}
        }
    }

    /// A bank is asked.
    pub(super) fn bank_is_asked(&mut self, letter: Letter) {
        let role = letter.to;
        let point = self.crash();
        if point == Some(Point::BeforeCommit) {
            return self.stop(role);
        }
        let (now, question) = (self.now(), played::read(&letter.octets));
        let draw = u32::try_from(self.draws.below(1 << 32)).unwrap_or_default();
        let answer = match role {
            Role::Issuer => self.issuer.answer(&question, now, draw),
            _ => self.acquirer.answer(&question, now, draw),
        };
        let (mti, code) = (question.mti(), answer.as_ref().and_then(|said| said.text(39)));
        self.tell(
            role,
            format_args!("answers {} with {}", mti.as_str(), code.unwrap_or("silence")),
        );
        if point.is_some() {
            return self.stop(role);
        }
        if let Some(answer) = answer {
            self.post_answer(role, letter.from, letter.errand, played::write(&answer));
        }
    }
}

/// Whether the acquirer has taken what it was told of; nothing if it says neither yes nor no.
fn taken(answer: &Message) -> Option<AdviceAnswer> {
    match read_capture_answer(answer) {
        Ok(CaptureAnswer::Taken) => {
            Some(read_place(answer).map_or(AdviceAnswer::Taken, AdviceAnswer::Counted))
        }
        Ok(CaptureAnswer::Refused(code)) => {
            Some(code.batch_refusal().map_or(AdviceAnswer::Refused, AdviceAnswer::NotCounted))
        }
        Ok(CaptureAnswer::NotNow(_)) | Err(_) => None,
    }
}

fn denied(reason: Reason) -> ca::Input {
    ca::Input::Denied(Denial { reason, message: None })
}
