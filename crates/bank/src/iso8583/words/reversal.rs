//! 0400, 0420 and their answers: an authorization is undone.

use openset_types::{Bin, Pan, ReversalAdvice, SystemTrace, Trace, UnixTime};

use super::{
    Unfit, read, read_merchant, read_money, read_references, read_response_code, read_timestamp,
    read_trace_number, require, timestamp, with_merchant, with_money, with_references,
};
use crate::iso8583::{Message, Mti, ResponseCode};

/// How a reversal is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReversalKind {
    /// 0400: somebody no longer wants the authorization.
    Request,
    /// 0420: the outcome is unknown, so it must be undone.
    Advice,
    /// 0421: the advice again, because nobody acknowledged it.
    Repeat,
}

impl ReversalKind {
    fn mti(self) -> Mti {
        match self {
            Self::Request => Mti::REVERSAL_REQUEST,
            Self::Advice => Mti::REVERSAL_ADVICE,
            Self::Repeat => Mti::REVERSAL_ADVICE_REPEAT,
        }
    }
}

/// What a bank says to a reversal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReversalAnswer {
    /// Nothing is held any more, or nothing ever was (00, 25).
    Undone,
    /// The bank would not or could not: what it holds, it may still hold.
    Refused(ResponseCode),
}

/// Writes a reversal on behalf of an acquirer.
pub fn reversal(kind: ReversalKind, advice: &ReversalAdvice, acquirer: &Bin) -> Message {
    let message = Message::new(kind.mti())
        .with(2, advice.pan.expose())
        .with(3, "000000")
        .with(7, timestamp(advice.trace.asked_at))
        .with(11, advice.trace.system.as_str())
        .with(32, acquirer.as_str())
        .with(90, original(&advice.original, acquirer));
    let message = with_references(message, &advice.original.retrieval, &advice.trace.retrieval);
    with_merchant(with_money(message, advice.amount), &advice.merchant)
}

/// Reads a reversal of any kind.
pub fn read_reversal(message: &Message, now: UnixTime) -> Result<ReversalAdvice, Unfit> {
    let kinds = [ReversalKind::Request, ReversalKind::Advice, ReversalKind::Repeat];
    if !kinds.iter().any(|kind| kind.mti() == message.mti()) {
        return Err(Unfit::Type(message.mti()));
    }
    let (authorization, own) = read_references(message)?;
    let (system, asked_at) = read_original(require(message, 90)?, now)?;
    Ok(ReversalAdvice {
        original: Trace { retrieval: authorization, system, asked_at },
        trace: Trace {
            retrieval: own,
            system: read_trace_number(message)?,
            asked_at: read(message, 7, |text| read_timestamp(text, now))?,
        },
        pan: read(message, 2, Pan::parse)?,
        amount: read_money(message)?,
        merchant: read_merchant(message)?,
    })
}

/// Reads the answer to a reversal of any kind. Only "undone" and "no such authorization here" end
/// a reversal; a bank that has not found the right one must not say 25.
pub fn read_reversal_answer(message: &Message) -> Result<ReversalAnswer, Unfit> {
    if ![Mti::REVERSAL_RESPONSE, Mti::REVERSAL_ADVICE_RESPONSE].contains(&message.mti()) {
        return Err(Unfit::Type(message.mti()));
    }
    Ok(match read_response_code(message)? {
        ResponseCode::Approved | ResponseCode::OriginalNotFound => ReversalAnswer::Undone,
        code => ReversalAnswer::Refused(code),
    })
}

/// Field 90: type, trace number, time, acquirer and forwarder of the message that is undone.
fn original(trace: &Trace, acquirer: &Bin) -> String {
    let mti = Mti::AUTHORIZATION_REQUEST;
    let time = timestamp(trace.asked_at);
    format!("{mti}{}{time}{:0>11}{:011}", trace.system, acquirer.as_str(), 0)
}

fn read_original(text: &str, now: UnixTime) -> Result<(SystemTrace, UnixTime), Unfit> {
    let wrong = Unfit::Meaningless(90);
    let part = |range: std::ops::Range<usize>| text.get(range).ok_or(wrong);
    if part(0..4)? != Mti::AUTHORIZATION_REQUEST.as_str() {
        return Err(wrong);
    }
    let system = SystemTrace::parse(part(4..10)?).map_err(|_| wrong)?;
    let asked_at = read_timestamp(part(10..20)?, now).map_err(|_| wrong)?;
    Ok((system, asked_at))
}

#[cfg(test)]
mod tests {
    use openset_types::{Currency, MerchantId, Money, RetrievalReference};

    use super::*;
    use crate::iso8583::Dialect;
    use crate::iso8583::words::respond;

    fn now() -> UnixTime {
        UnixTime::parse_generalized("20261123081500Z").expect("a real moment")
    }

    fn trace(retrieval: &str, system: &str, asked_at: UnixTime) -> Trace {
        Trace {
            retrieval: RetrievalReference::parse(retrieval).expect("twelve digits"),
            system: SystemTrace::parse(system).expect("six digits"),
            asked_at,
        }
    }

    fn advice() -> ReversalAdvice {
        ReversalAdvice {
            original: trace("632708000123", "000123", now()),
            trace: trace("632708000124", "000124", now().plus_s(30)),
            pan: Pan::parse("4111111111111111").expect("a public test number"),
            amount: Money::new(4200, Currency::EUR).expect("an amount"),
            merchant: MerchantId::parse("ATELIER-LUMEN-001").expect("a name"),
        }
    }

    #[test]
    fn a_reversal_is_read_back_whole() {
        let acquirer = Bin::parse("999998").expect("six digits");
        for kind in [ReversalKind::Request, ReversalKind::Advice, ReversalKind::Repeat] {
            let message = reversal(kind, &advice(), &acquirer);
            let octets = Dialect::packed_87().write(&message).expect("every field is spoken");
            let message = Dialect::packed_87().read(&octets).expect("our own message");
            let read = read_reversal(&message, now().plus_s(40)).expect("our own message");
            assert_eq!(read.original, advice().original);
            assert_eq!(read.trace, advice().trace);
            assert_eq!(read.amount, advice().amount);
        }
    }

    #[test]
    fn only_a_bank_that_holds_nothing_has_undone_a_reversal() {
        let acquirer = Bin::parse("999998").expect("six digits");
        for kind in [ReversalKind::Request, ReversalKind::Advice, ReversalKind::Repeat] {
            let message = reversal(kind, &advice(), &acquirer);
            let answer = respond(&message, ResponseCode::Approved);
            let Some(answer) = answer else { continue };
            for code in ["00", "25"] {
                let answer = answer.clone().with(39, code);
                assert_eq!(read_reversal_answer(&answer), Ok(ReversalAnswer::Undone), "{code}");
            }
            for code in ["05", "12", "30", "32", "57", "68", "85", "91", "94", "96", "99", ""] {
                let answer = answer.clone().with(39, code);
                let read = read_reversal_answer(&answer);
                assert!(matches!(read, Ok(ReversalAnswer::Refused(_))), "{code}: {read:?}");
            }
        }
        let bare = Message::new(Mti::REVERSAL_ADVICE_RESPONSE);
        assert_eq!(read_reversal_answer(&bare), Err(Unfit::Missing(39)));
        let other = Message::new(Mti::AUTHORIZATION_RESPONSE).with(39, "00");
        assert!(matches!(read_reversal_answer(&other), Err(Unfit::Type(_))));
    }

    #[test]
    fn a_reversal_that_does_not_name_its_original_is_unfit() {
        let acquirer = Bin::parse("999998").expect("six digits");
        let message = reversal(ReversalKind::Advice, &advice(), &acquirer);
        for wrong in ["", "0200000123112308150000000999998000000000000", "0100"] {
            let changed = message.clone().with(90, wrong);
            assert_eq!(read_reversal(&changed, now()).err(), Some(Unfit::Meaningless(90)));
        }
        let other = Message::new(Mti::FINANCIAL_ADVICE);
        assert!(matches!(read_reversal(&other, now()), Err(Unfit::Type(_))));
    }
}
