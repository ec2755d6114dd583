//! 0220, repeated as 0221, and 0230: a merchant takes what an issuer holds. The card is not named.

use openset_types::{ApprovalCode, Bin, CaptureAdvice, Trace, UnixTime};

use super::{
    Unfit, read, read_institution, read_merchant, read_money, read_references, read_timestamp,
    read_trace_number, timestamp, with_merchant, with_money, with_references,
};
use crate::iso8583::{Message, Mti};

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
    })
}

#[cfg(test)]
mod tests {
    use openset_types::{Currency, MerchantId, Money, RetrievalReference, SystemTrace};

    use super::*;
    use crate::iso8583::Dialect;

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
    fn a_capture_with_a_card_number_is_refused() {
        let (_, message) = message();
        let with_card = message.with(2, "4111111111111111");
        assert_eq!(read_capture(&with_card, now()), Err(Unfit::Meaningless(2)));
    }
}
