//! 0220, repeated as 0221, and 0230: a merchant takes what an issuer holds. The card is not named.

use openset_types::{ApprovalCode, Bin, CaptureAdvice, Trace, UnixTime};

use super::batch::{read_wish, with_wish};
use super::{
    Unfit, expect_type, read, read_institution, read_merchant, read_money, read_references,
    read_response_code, read_timestamp, read_trace_number, timestamp, with_merchant, with_money,
    with_references,
};
use crate::iso8583::{Message, Mti, ResponseCode};

/// How a capture is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CaptureKind {
    /// 0220: for the first time.
    Advice,
    /// 0221: the advice again, because nobody answered it.
    Repeat,
}

impl CaptureKind {
    fn mti(self) -> Mti {
        match self {
            Self::Advice => Mti::FINANCIAL_ADVICE,
            Self::Repeat => Mti::FINANCIAL_ADVICE_REPEAT,
        }
    }
}

/// What an acquirer says to a capture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CaptureAnswer {
    /// It has taken it, and the money will come.
    Taken,
    /// It will not take it, however often it is told.
    Refused(ResponseCode),
    /// It could not take it now. The sale stands, and it is to be told again.
    NotNow(ResponseCode),
}

/// Writes a capture for the acquirer.
pub fn capture(kind: CaptureKind, advice: &CaptureAdvice, acquirer: &Bin) -> Message {
    let message = Message::new(kind.mti())
        .with(3, "000000")
        .with(7, timestamp(advice.trace.asked_at))
        .with(11, advice.trace.system.as_str())
        .with(32, acquirer.as_str())
        .with(38, advice.approval_code.as_str())
        .with(100, advice.issuer.as_str());
    let message = with_references(message, &advice.authorization, &advice.trace.retrieval);
    let message = with_wish(message, advice.batch.as_ref());
    with_merchant(with_money(message, advice.amount), &advice.merchant)
}

/// Reads a capture of either kind. One that names a card is refused: an acquirer here has no
/// business with it.
pub fn read_capture(message: &Message, now: UnixTime) -> Result<CaptureAdvice, Unfit> {
    if ![CaptureKind::Advice, CaptureKind::Repeat].map(CaptureKind::mti).contains(&message.mti()) {
        return Err(Unfit::Type(message.mti()));
    }
    if message.text(2).is_some() {
        return Err(Unfit::Meaningless(2));
    }
    let (authorization, own) = read_references(message)?;
    Ok(CaptureAdvice {
        trace: Trace {
            retrieval: own,
            system: read_trace_number(message)?,
            asked_at: read(message, 7, |text| read_timestamp(text, now))?,
        },
        authorization,
        approval_code: read(message, 38, ApprovalCode::parse)?,
        issuer: read_institution(message, 100)?,
        amount: read_money(message)?,
        merchant: read_merchant(message)?,
        batch: read_wish(message)?,
    })
}

/// Reads the answer to a capture of either kind. A bank that is out of order, or that says
/// something half, has not said no: a no is the end of the merchant's money.
pub fn read_capture_answer(message: &Message) -> Result<CaptureAnswer, Unfit> {
    expect_type(message, Mti::FINANCIAL_ADVICE_RESPONSE)?;
    Ok(match read_response_code(message)? {
        ResponseCode::Approved => CaptureAnswer::Taken,
        code @ (ResponseCode::IssuerUnavailable
        | ResponseCode::SystemMalfunction
        | ResponseCode::Unsettled) => CaptureAnswer::NotNow(code),
        code => CaptureAnswer::Refused(code),
    })
}

#[cfg(test)]
mod tests {
    use openset_types::{Currency, MerchantId, Money, RetrievalReference, SystemTrace};

    use super::*;
    use crate::iso8583::Dialect;
    use crate::iso8583::words::respond;

    fn now() -> UnixTime {
        UnixTime::parse_generalized("20261123081500Z").expect("a real moment")
    }

    fn message() -> (CaptureAdvice, Message) {
        let advice = CaptureAdvice {
            trace: Trace {
                retrieval: RetrievalReference::parse("632708000200").expect("twelve digits"),
                system: SystemTrace::parse("000200").expect("six digits"),
                asked_at: now(),
            },
            authorization: RetrievalReference::parse("632708000123").expect("twelve digits"),
            approval_code: ApprovalCode::parse("4K7Q21").expect("six characters"),
            issuer: Bin::parse("999999").expect("six digits"),
            amount: Money::new(4200, Currency::EUR).expect("an amount"),
            merchant: MerchantId::parse("ATELIER-LUMEN-001").expect("a name"),
            batch: None,
        };
        let message =
            capture(CaptureKind::Advice, &advice, &Bin::parse("999998").expect("six digits"));
        (advice, message)
    }

    #[test]
    fn a_capture_is_read_back_whole_and_names_no_card() {
        let (advice, message) = message();
        let octets = Dialect::openset_87().write(&message).expect("every field is spoken");
        let message = Dialect::openset_87().read(&octets).expect("our own message");
        assert_eq!(message.text(2), None);
        assert_eq!(read_capture(&message, now()), Ok(advice));
    }

    #[test]
    fn only_a_plain_no_ends_a_capture() {
        let said = |code: &str| {
            let answer = respond(&message().1, ResponseCode::Approved).expect("a request");
            read_capture_answer(&answer.with(39, code))
        };
        assert_eq!(said("00"), Ok(CaptureAnswer::Taken));
        for code in ["03", "05", "12", "13", "30", "57", "94", "ZZ"] {
            assert!(matches!(said(code), Ok(CaptureAnswer::Refused(_))), "{code}");
        }
        for code in ["06", "08", "09", "10", "19", "22", "68", "90", "91", "92", "96"] {
            assert!(matches!(said(code), Ok(CaptureAnswer::NotNow(_))), "{code}");
        }
        let nothing = Message::new(Mti::FINANCIAL_ADVICE_RESPONSE);
        assert_eq!(read_capture_answer(&nothing), Err(Unfit::Missing(39)));
        let other = Message::new(Mti::REVERSAL_RESPONSE).with(39, "00");
        assert_eq!(read_capture_answer(&other), Err(Unfit::Type(Mti::REVERSAL_RESPONSE)));
    }

    #[test]
    fn a_capture_with_a_card_number_is_refused() {
        let (_, message) = message();
        let with_card = message.with(2, "4111111111111111");
        assert_eq!(read_capture(&with_card, now()), Err(Unfit::Meaningless(2)));
    }
}
