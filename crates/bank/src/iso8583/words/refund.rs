//! A merchant gives money of a captured sale back, or no longer does. The card is not named.
//!
//! | what | message | field 3 |
//! |---|---|---|
//! | a credit | 0220, repeated as 0221, and 0230 | 200000 |
//! | a capture is reversed | 0420, repeated as 0421, and 0430 | 000000 |
//! | a credit is reversed | 0420, repeated as 0421, and 0430 | 200000 |

use openset_types::{ApprovalCode, Bin, RefundAdvice, RefundKind, RefundRefusal, Trace, UnixTime};

use super::batch::{read_wish, with_wish};
use super::{
    Unfit, read, read_institution, read_merchant, read_money, read_references, read_response_code,
    read_timestamp, read_trace_number, require, timestamp, with_merchant, with_money,
    with_references,
};
use crate::iso8583::{Message, Mti, ResponseCode};

/// ISO 8583, field 3: goods and services; none of the accounts is said.
const SALE: &str = "000000";
/// ISO 8583, field 3: a refund; none of the accounts is said.
const REFUND: &str = "200000";

/// How often it was told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefundTelling {
    /// 0220, 0420: for the first time.
    First,
    /// 0221, 0421: again, because nobody answered it.
    Again,
}

/// What an acquirer says to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefundAnswer {
    /// It is done.
    Done,
    /// It will not be done, however often it is told.
    Refused(RefundRefusal),
    /// It could not be done now, and is to be told again.
    NotNow(ResponseCode),
}

/// Writes it for the acquirer.
pub fn refund(telling: RefundTelling, advice: &RefundAdvice, acquirer: &Bin) -> Message {
    let ([first, again], code) = form(advice.kind);
    let mti = match telling {
        RefundTelling::First => first,
        RefundTelling::Again => again,
    };
    let message = Message::new(mti)
        .with(3, code)
        .with(7, timestamp(advice.trace.asked_at))
        .with(11, advice.trace.system.as_str())
        .with(32, acquirer.as_str())
        .with(38, advice.approval_code.as_str())
        .with(100, advice.issuer.as_str());
    let message = with_references(message, &advice.authorization, &advice.trace.retrieval);
    let message = with_wish(message, advice.batch.as_ref());
    with_merchant(with_money(message, advice.amount), &advice.merchant)
}

/// Whether a message to an acquirer is one of these, by its type and its field 3.
pub fn is_refund(message: &Message) -> bool {
    kind(message).is_ok()
}

/// Reads one of any kind. One that names a card is refused: an acquirer here has no business with
/// it.
pub fn read_refund(message: &Message, now: UnixTime) -> Result<RefundAdvice, Unfit> {
    let kind = kind(message)?;
    if message.text(2).is_some() {
        return Err(Unfit::Meaningless(2));
    }
    let (authorization, own) = read_references(message)?;
    // Whatever is done has a name of its own: a sale can be given back in several parts.
    if authorization == own {
        return Err(Unfit::Missing(63));
    }
    Ok(RefundAdvice {
        kind,
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

/// Reads the answer to one of a kind. A bank that is out of order has not said no.
pub fn read_refund_answer(kind: RefundKind, message: &Message) -> Result<RefundAnswer, Unfit> {
    let expected = match kind {
        RefundKind::Credit => Mti::FINANCIAL_ADVICE_RESPONSE,
        RefundKind::CaptureReversal | RefundKind::CreditReversal => Mti::REVERSAL_ADVICE_RESPONSE,
    };
    super::expect_type(message, expected)?;
    Ok(match read_response_code(message)? {
        ResponseCode::Approved => RefundAnswer::Done,
        code @ (ResponseCode::IssuerUnavailable
        | ResponseCode::SystemMalfunction
        | ResponseCode::Unsettled) => RefundAnswer::NotNow(code),
        code => RefundAnswer::Refused(refusal(code)),
    })
}

fn refusal(code: ResponseCode) -> RefundRefusal {
    match code {
        ResponseCode::InvalidAmount => RefundRefusal::AnotherAmount,
        ResponseCode::FileClosed => RefundRefusal::FileClosed,
        ResponseCode::BatchUnknown => RefundRefusal::BatchUnknown,
        ResponseCode::OriginalNotFound => RefundRefusal::NotFound,
        ResponseCode::UnableToBackOut => RefundRefusal::Processed,
        ResponseCode::DuplicateTransmission => RefundRefusal::Repeated,
        _ => RefundRefusal::Unspecified,
    }
}

const KINDS: [RefundKind; 3] =
    [RefundKind::CaptureReversal, RefundKind::Credit, RefundKind::CreditReversal];

/// The message, first and again, and its processing code.
fn form(kind: RefundKind) -> ([Mti; 2], &'static str) {
    const ADVICE: [Mti; 2] = [Mti::FINANCIAL_ADVICE, Mti::FINANCIAL_ADVICE_REPEAT];
    const REVERSAL: [Mti; 2] = [Mti::REVERSAL_ADVICE, Mti::REVERSAL_ADVICE_REPEAT];
    match kind {
        RefundKind::CaptureReversal => (REVERSAL, SALE),
        RefundKind::Credit => (ADVICE, REFUND),
        RefundKind::CreditReversal => (REVERSAL, REFUND),
    }
}

fn kind(message: &Message) -> Result<RefundKind, Unfit> {
    let fits = |kind: &RefundKind| form(*kind).0.contains(&message.mti());
    let fitting: Vec<_> = KINDS.into_iter().filter(fits).collect();
    if fitting.is_empty() {
        return Err(Unfit::Type(message.mti()));
    }
    let code = require(message, 3)?;
    let found = fitting.into_iter().find(|kind| form(*kind).1 == code);
    found.ok_or(Unfit::Meaningless(3))
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

    fn advice(kind: RefundKind) -> RefundAdvice {
        RefundAdvice {
            kind,
            trace: Trace {
                retrieval: RetrievalReference::parse("632708000300").expect("twelve digits"),
                system: SystemTrace::parse("000300").expect("six digits"),
                asked_at: now(),
            },
            authorization: RetrievalReference::parse("632708000123").expect("twelve digits"),
            approval_code: ApprovalCode::parse("4K7Q21").expect("six characters"),
            issuer: Bin::parse("999999").expect("six digits"),
            amount: Money::new(1200, Currency::EUR).expect("an amount"),
            merchant: MerchantId::parse("ATELIER-LUMEN-001").expect("a name"),
            batch: None,
        }
    }

    fn message(kind: RefundKind, telling: RefundTelling) -> Message {
        refund(telling, &advice(kind), &Bin::parse("999998").expect("six digits"))
    }

    #[test]
    fn each_kind_is_read_back_whole_and_names_no_card() {
        for kind in KINDS {
            for telling in [RefundTelling::First, RefundTelling::Again] {
                let octets = Dialect::openset_87().write(&message(kind, telling));
                let octets = octets.expect("every field is spoken");
                let message = Dialect::openset_87().read(&octets).expect("our own message");
                assert_eq!(message.text(2), None);
                assert_eq!(read_refund(&message, now()), Ok(advice(kind)));
            }
        }
    }

    #[test]
    fn a_message_of_another_type_or_for_something_else_is_not_read() {
        let message = message(RefundKind::Credit, RefundTelling::First);
        let strange = [
            (message.clone().with(3, "010000"), Unfit::Meaningless(3)),
            (message.clone().with(3, "000000"), Unfit::Meaningless(3)),
            (message.clone().with(2, "4111111111111111"), Unfit::Meaningless(2)),
            (message.clone().with(63, "632708000123"), Unfit::Missing(63)),
            (Message::new(Mti::NETWORK_REQUEST).with(3, REFUND), Unfit::Type(Mti::NETWORK_REQUEST)),
            (Message::new(Mti::FINANCIAL_ADVICE), Unfit::Missing(3)),
        ];
        for (message, why) in strange {
            assert_eq!(read_refund(&message, now()), Err(why));
        }
    }

    #[test]
    fn only_a_plain_no_ends_it() {
        for kind in KINDS {
            let said = |code: &str| {
                let asked = message(kind, RefundTelling::Again);
                let answer = respond(&asked, ResponseCode::Approved).expect("a request");
                read_refund_answer(kind, &answer.with(39, code))
            };
            assert_eq!(said("00"), Ok(RefundAnswer::Done));
            for (code, why) in [
                ("03", RefundRefusal::Unspecified),
                ("13", RefundRefusal::AnotherAmount),
                ("21", RefundRefusal::Processed),
                ("25", RefundRefusal::NotFound),
                ("30", RefundRefusal::Unspecified),
                ("77", RefundRefusal::FileClosed),
                ("78", RefundRefusal::BatchUnknown),
                ("94", RefundRefusal::Repeated),
                ("ZZ", RefundRefusal::Unspecified),
            ] {
                assert_eq!(said(code), Ok(RefundAnswer::Refused(why)), "{code}");
            }
            for code in ["06", "08", "68", "90", "91", "96"] {
                assert!(matches!(said(code), Ok(RefundAnswer::NotNow(_))), "{code}");
            }
        }
    }

    #[test]
    fn the_answer_to_another_kind_of_message_is_not_believed() {
        let asked = message(RefundKind::Credit, RefundTelling::First);
        let answer = respond(&asked, ResponseCode::Approved).expect("a request");
        let found = read_refund_answer(RefundKind::CaptureReversal, &answer);
        assert_eq!(found, Err(Unfit::Type(Mti::FINANCIAL_ADVICE_RESPONSE)));
    }
}
