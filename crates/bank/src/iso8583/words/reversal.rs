//! 0400, 0420 and their answers: an authorization is undone, or lowered (field 95).

use openset_types::{
    Bin, DeclineReason, Money, Pan, ReversalAdvice, ReversalOutcome, SystemTrace, Trace, UnixTime,
};

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
    /// No more is held than is to stay (00).
    Undone,
    /// Nothing is held, because no such authorization is known there (25).
    NotFound,
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
    let message = match advice.remains.is_zero() {
        true => message,
        false => message.with(95, replacement(advice.remains)),
    };
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
    let amount = read_money(message)?;
    Ok(ReversalAdvice {
        original: Trace { retrieval: authorization, system, asked_at },
        trace: Trace {
            retrieval: own,
            system: read_trace_number(message)?,
            asked_at: read(message, 7, |text| read_timestamp(text, now))?,
        },
        pan: read(message, 2, Pan::parse)?,
        amount,
        remains: read_replacement(message, amount)?,
        merchant: read_merchant(message)?,
    })
}

/// Reads the answer to a reversal of any kind. Only "undone" and "no such authorization here" end
/// a reversal of what nobody knows the outcome of; a bank that has not found the right one must
/// not say 25.
pub fn read_reversal_answer(message: &Message) -> Result<ReversalAnswer, Unfit> {
    if ![Mti::REVERSAL_RESPONSE, Mti::REVERSAL_ADVICE_RESPONSE].contains(&message.mti()) {
        return Err(Unfit::Type(message.mti()));
    }
    Ok(match read_response_code(message)? {
        ResponseCode::Approved => ReversalAnswer::Undone,
        ResponseCode::OriginalNotFound => ReversalAnswer::NotFound,
        code => ReversalAnswer::Refused(code),
    })
}

impl ReversalAnswer {
    /// What this ends a reversal with that was asked for; nothing if it must be asked again,
    /// because the bank could not do it now or said nothing that means yes or no.
    pub fn outcome(self, advice: &ReversalAdvice) -> Option<ReversalOutcome> {
        match self {
            Self::Undone => Some(ReversalOutcome::Undone),
            Self::NotFound if advice.remains.is_zero() => Some(ReversalOutcome::Undone),
            // What is not held cannot be lowered to something.
            Self::NotFound => Some(ReversalOutcome::Refused(DeclineReason::InvalidTransaction)),
            Self::Refused(code) => match code.decline_reason() {
                None | Some(DeclineReason::SystemError) => None,
                Some(reason) => Some(ReversalOutcome::Refused(reason)),
            },
        }
    }
}

/// Field 95: what the amount becomes, what it becomes in settlement, and two fees. Here the last
/// three are nothing.
fn replacement(remains: Money) -> String {
    format!("{:012}{NO_SETTLEMENT_AND_FEES}", remains.minor())
}

/// The last thirty characters of field 95.
const NO_SETTLEMENT_AND_FEES: &str = "000000000000C00000000C00000000";

fn read_replacement(message: &Message, amount: Money) -> Result<Money, Unfit> {
    let wrong = Unfit::Meaningless(95);
    let Some(text) = message.text(95) else { return Ok(Money::zero(amount.currency())) };
    let (minor, rest) = text.split_at_checked(12).ok_or(wrong)?;
    let is_number = minor.bytes().all(|byte| byte.is_ascii_digit());
    let minor = minor.parse().map_err(|_| wrong)?;
    let remains = Money::new(minor, amount.currency()).map_err(|_| wrong)?;
    let is_less = amount.exceeds(remains).map_err(|_| wrong)?;
    if is_number && is_less && rest == NO_SETTLEMENT_AND_FEES { Ok(remains) } else { Err(wrong) }
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
    use openset_types::{Currency, MerchantId, RetrievalReference};

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

    fn euro(minor: u64) -> Money {
        Money::new(minor, Currency::EUR).expect("an amount")
    }

    fn advice() -> ReversalAdvice {
        ReversalAdvice {
            original: trace("632708000123", "000123", now()),
            trace: trace("632708000124", "000124", now().plus_s(30)),
            pan: Pan::parse("4111111111111111").expect("a public test number"),
            amount: euro(4200),
            remains: euro(0),
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
            assert_eq!(read.remains, advice().remains);
        }
    }

    #[test]
    fn what_stays_of_an_authorization_is_read_back_in_both_dialects() {
        let acquirer = Bin::parse("999998").expect("six digits");
        let lowering = ReversalAdvice { remains: euro(3000), ..advice() };
        for dialect in [Dialect::packed_87(), Dialect::openset_87()] {
            let message = reversal(ReversalKind::Advice, &lowering, &acquirer);
            let octets = dialect.write(&message).expect("every field is spoken");
            let message = dialect.read(&octets).expect("our own message");
            assert_eq!(message.text(95), Some("000000003000000000000000C00000000C00000000"));
            let read = read_reversal(&message, now().plus_s(40)).expect("our own message");
            assert_eq!((read.amount, read.remains), (euro(4200), euro(3000)));
        }
    }

    #[test]
    fn a_replacement_that_is_not_less_or_says_more_is_unfit() {
        let acquirer = Bin::parse("999998").expect("six digits");
        let message = reversal(ReversalKind::Advice, &advice(), &acquirer);
        for wrong in [
            "",
            "000000003000",
            "000000004200000000000000C00000000C00000000",
            "000000004201000000000000C00000000C00000000",
            "+00000003000000000000000C00000000C00000000",
            "000000003000000000003000C00000000C00000000",
            "000000003000000000000000D00000100C00000000",
            "000000003000000000000000C00000000C000000000",
        ] {
            let changed = message.clone().with(95, wrong);
            let read = read_reversal(&changed, now()).err();
            assert_eq!(read, Some(Unfit::Meaningless(95)), "{wrong}");
        }
    }

    #[test]
    fn what_was_asked_for_ends_with_a_yes_or_a_no_and_not_with_not_now() {
        use DeclineReason::{AmountError, Declined, ExpiredCard, InvalidTransaction};
        use ReversalOutcome::{Refused, Undone};
        let lowering = ReversalAdvice { remains: euro(3000), ..advice() };
        for (code, whole, part) in [
            ("00", Some(Undone), Some(Undone)),
            ("25", Some(Undone), Some(Refused(InvalidTransaction))),
            ("05", Some(Refused(Declined)), Some(Refused(Declined))),
            ("12", Some(Refused(InvalidTransaction)), Some(Refused(InvalidTransaction))),
            ("13", Some(Refused(AmountError)), Some(Refused(AmountError))),
            ("54", Some(Refused(ExpiredCard)), Some(Refused(ExpiredCard))),
            ("30", None, None),
            ("68", None, None),
            ("85", None, None),
            ("91", None, None),
            ("94", None, None),
            ("96", None, None),
        ] {
            let answer = Message::new(Mti::REVERSAL_ADVICE_RESPONSE).with(39, code);
            let answer = read_reversal_answer(&answer).expect("a code");
            assert_eq!(answer.outcome(&advice()), whole, "{code}");
            assert_eq!(answer.outcome(&lowering), part, "{code}");
        }
    }

    #[test]
    fn only_a_bank_that_holds_nothing_has_undone_a_reversal() {
        let acquirer = Bin::parse("999998").expect("six digits");
        for kind in [ReversalKind::Request, ReversalKind::Advice, ReversalKind::Repeat] {
            let message = reversal(kind, &advice(), &acquirer);
            let answer = respond(&message, ResponseCode::Approved);
            let Some(answer) = answer else { continue };
            let undone = answer.clone().with(39, "00");
            assert_eq!(read_reversal_answer(&undone), Ok(ReversalAnswer::Undone));
            let unknown = answer.clone().with(39, "25");
            assert_eq!(read_reversal_answer(&unknown), Ok(ReversalAnswer::NotFound));
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
