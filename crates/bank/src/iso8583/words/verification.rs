//! Account verification: is there such a card, and is it good? A 0100 that asks for no money.

use openset_types::{Bin, CardExpiry, Currency, DeclineReason, Money, Pan, Trace, UnixTime};

use super::authorization::{card, read_expiry, read_trace};
use super::{Unfit, expect_type, read, read_money, read_response_code, require, with_money};
use crate::iso8583::{Message, Mti, ResponseCode};

/// The two digits of field 3 that ask about the account and not for money.
const INQUIRY: &str = "33";

/// A cardholder authority asks the issuer whether it may certify a card.
#[derive(Debug)]
pub struct AccountVerification {
    /// How to find this question again.
    pub trace: Trace,
    /// The card.
    pub pan: Pan,
    /// Its last month, as the person said it.
    pub expiry: CardExpiry,
}

/// What the issuer said of the card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VerificationAnswer {
    /// It is the issuer's card, and good.
    Verified,
    /// It is not, or not good.
    Refused(DeclineReason),
}

/// Writes the question. The institution that asks stands in field 32.
pub fn verification(question: &AccountVerification, asked_by: &Bin) -> Message {
    let message = card(&question.trace, &question.pan, &question.expiry, asked_by);
    with_money(message.with(3, format!("{INQUIRY}0000")), Money::zero(Currency::EUR))
}

/// Whether a message is such a question.
pub fn is_verification(message: &Message) -> bool {
    let inquiry = message.text(3).is_some_and(|code| code.starts_with(INQUIRY));
    message.mti() == Mti::AUTHORIZATION_REQUEST && inquiry
}

/// Reads the question.
pub fn read_verification(message: &Message, now: UnixTime) -> Result<AccountVerification, Unfit> {
    expect_type(message, Mti::AUTHORIZATION_REQUEST)?;
    if !require(message, 3)?.starts_with(INQUIRY) {
        return Err(Unfit::Meaningless(3));
    }
    if !read_money(message)?.is_zero() {
        return Err(Unfit::Meaningless(4));
    }
    Ok(AccountVerification {
        trace: read_trace(message, now)?,
        pan: read(message, 2, Pan::parse)?,
        expiry: read_expiry(message)?,
    })
}

/// Reads the answer.
pub fn read_verification_answer(message: &Message) -> Result<VerificationAnswer, Unfit> {
    expect_type(message, Mti::AUTHORIZATION_RESPONSE)?;
    let code = read_response_code(message)?;
    match (code, code.decline_reason()) {
        (_, Some(reason)) => Ok(VerificationAnswer::Refused(reason)),
        (ResponseCode::Unsettled, None) => Err(Unfit::Meaningless(39)),
        (_, None) => Ok(VerificationAnswer::Verified),
    }
}

#[cfg(test)]
mod tests {
    use openset_types::{RetrievalReference, SystemTrace};

    use super::*;
    use crate::iso8583::words::{read_authorization, respond};

    fn now() -> UnixTime {
        UnixTime::parse_generalized("20261123081500Z").expect("a real moment")
    }

    fn question() -> Message {
        let question = AccountVerification {
            trace: Trace {
                retrieval: RetrievalReference::parse("632708000123").expect("twelve digits"),
                system: SystemTrace::parse("000123").expect("six digits"),
                asked_at: now(),
            },
            pan: Pan::parse("4111111111111111").expect("a public test number"),
            expiry: CardExpiry::parse("202912").expect("a month"),
        };
        verification(&question, &Bin::parse("999998").expect("six digits"))
    }

    #[test]
    fn a_verification_is_no_authorization() {
        assert!(is_verification(&question()));
        assert!(read_verification(&question(), now()).is_ok());
        assert_eq!(read_authorization(&question(), now()).err(), Some(Unfit::Meaningless(3)));
    }

    #[test]
    fn a_verification_that_asks_for_money_is_unfit() {
        let greedy = question().with(4, "000000000001");
        assert_eq!(read_verification(&greedy, now()).err(), Some(Unfit::Meaningless(4)));
    }

    #[test]
    fn the_answer_is_read() {
        let answer = |code| respond(&question(), code).expect("a request");
        assert_eq!(
            read_verification_answer(&answer(ResponseCode::NoReasonToDecline)),
            Ok(VerificationAnswer::Verified)
        );
        assert_eq!(
            read_verification_answer(&answer(ResponseCode::InvalidCard)),
            Ok(VerificationAnswer::Refused(DeclineReason::InvalidTransaction))
        );
    }
}
