//! 0500 and 0510: an acquirer and an issuer compare what was settled between them on one day, in
//! one currency.
//!
//! | field | says |
//! |---|---|
//! | 15, 50 | the day (UTC) and the currency |
//! | 76, 88 | how many sales, and their sum: debits, as cards see them |
//! | 74, 86 | how many credits, and their sum |
//! | 66 | in the answer: 1 if both say the same, 2 if not |
//!
//! An answer has the sums of who answers, so that a difference can be named by both.

use openset_types::{Bin, Currency, Money, SystemTrace, UnixTime};

use super::{
    Unfit, expect_type, read, read_institution, read_response_code, read_timestamp, timestamp,
};
use crate::iso8583::{Message, Mti, ResponseCode};
use crate::reconciliation::{DayTotals, SettlementDay, Total};

/// Field 66: both say the same.
const IN_BALANCE: &str = "1";
/// Field 66: they do not.
const OUT_OF_BALANCE: &str = "2";

/// Writes a 0500 on behalf of an acquirer.
pub fn reconciliation(
    totals: &DayTotals,
    trace: &SystemTrace,
    acquirer: &Bin,
    issuer: &Bin,
    now: UnixTime,
) -> Message {
    let message = Message::new(Mti::RECONCILIATION_REQUEST)
        .with(7, timestamp(now))
        .with(11, trace.as_str())
        .with(32, acquirer.as_str())
        .with(100, issuer.as_str());
    with_totals(message, totals)
}

/// Reads a 0500: which acquirer says what.
pub fn read_reconciliation(message: &Message, now: UnixTime) -> Result<(Bin, DayTotals), Unfit> {
    expect_type(message, Mti::RECONCILIATION_REQUEST)?;
    Ok((read_institution(message, 32)?, read_totals(message, now)?))
}

/// Answers a 0500 with one's own sums.
pub fn answer_reconciliation(to: &Message, said: &DayTotals, own: &DayTotals) -> Message {
    let (code, balance) = match said == own {
        true => (ResponseCode::Approved, IN_BALANCE),
        false => (ResponseCode::OutOfBalance, OUT_OF_BALANCE),
    };
    let answer = Message::new(Mti::RECONCILIATION_RESPONSE).echoing(to, &[7, 11, 32, 100]);
    with_totals(answer, own).with(39, code.as_str()).with(66, balance)
}

/// Reads a 0510: the sums of the other side. One that is about another day or currency, or whose
/// word does not fit its sums, is unfit.
pub fn read_reconciliation_answer(
    message: &Message,
    said: &DayTotals,
    now: UnixTime,
) -> Result<DayTotals, Unfit> {
    expect_type(message, Mti::RECONCILIATION_RESPONSE)?;
    let code = read_response_code(message)?;
    if ![ResponseCode::Approved, ResponseCode::OutOfBalance].contains(&code) {
        return Err(Unfit::Meaningless(39));
    }
    let theirs = read_totals(message, now)?;
    if theirs.day != said.day {
        return Err(Unfit::Differs(15));
    }
    if theirs.currency() != said.currency() {
        return Err(Unfit::Differs(50));
    }
    let is_same = theirs == *said;
    let word = read(message, 66, |word| match word {
        IN_BALANCE => Ok(true),
        OUT_OF_BALANCE => Ok(false),
        _ => Err(()),
    })?;
    if word != is_same || (code == ResponseCode::Approved) != is_same {
        return Err(Unfit::Meaningless(66));
    }
    Ok(theirs)
}

fn with_totals(message: Message, totals: &DayTotals) -> Message {
    message
        .with(15, totals.day.mmdd())
        .with(50, format!("{:03}", totals.currency().numeric()))
        .with(74, format!("{:010}", totals.credits().count))
        .with(76, format!("{:010}", totals.sales().count))
        .with(86, format!("{:016}", totals.credits().amount.minor()))
        .with(88, format!("{:016}", totals.sales().amount.minor()))
}

fn read_totals(message: &Message, now: UnixTime) -> Result<DayTotals, Unfit> {
    let day = read(message, 15, |mmdd| read_timestamp(&format!("{mmdd}120000"), now))?;
    let numeric = read(message, 50, str::parse::<u16>)?;
    let currency = Currency::from_numeric(numeric).map_err(|_| Unfit::Meaningless(50))?;
    let total = |count, amount| {
        let minor = read(message, amount, str::parse::<u64>)?;
        let money = Money::new(minor, currency).map_err(|_| Unfit::Meaningless(amount))?;
        Ok(Total { count: read(message, count, str::parse::<u64>)?, amount: money })
    };
    DayTotals::new(SettlementDay::of(day), total(76, 88)?, total(74, 86)?)
        .ok_or(Unfit::Meaningless(50))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::iso8583::Dialect;

    fn now() -> UnixTime {
        UnixTime::parse_generalized("20261231230000Z").expect("a real moment")
    }

    fn totals(count: u64, minor: u64, code: &str) -> DayTotals {
        let currency = Currency::from_code(code).expect("known");
        let total =
            |count, minor| Total { count, amount: Money::new(minor, currency).expect("an amount") };
        let (sales, credits) = (total(count, minor), total(1, 500));
        DayTotals::new(SettlementDay::of(now()), sales, credits).expect("one currency")
    }

    fn bank(digits: &str) -> Bin {
        Bin::parse(digits).expect("six digits")
    }

    fn asked(totals: &DayTotals) -> Message {
        let trace = SystemTrace::parse("000001").expect("six digits");
        reconciliation(totals, &trace, &bank("999998"), &bank("999999"), now())
    }

    #[test]
    fn sums_are_read_back_in_every_dialect_and_currency() {
        for dialect in Dialect::built_in() {
            for code in ["EUR", "JPY", "KWD"] {
                let totals = totals(3, 4_200, code);
                let octets = dialect.write(&asked(&totals)).expect("every field is spoken");
                let message = dialect.read(&octets).expect("our own message");
                assert_eq!(read_reconciliation(&message, now()), Ok((bank("999998"), totals)));
            }
        }
    }

    #[test]
    fn an_answer_brings_the_other_side_s_sums_and_says_whether_they_are_the_same() {
        let ours = totals(3, 4_200, "EUR");
        for (theirs, word, code) in
            [(ours.clone(), "1", "00"), (totals(2, 4_200, "EUR"), "2", "95")]
        {
            let answer = answer_reconciliation(&asked(&ours), &ours, &theirs);
            assert_eq!((answer.text(66), answer.text(39)), (Some(word), Some(code)));
            assert_eq!(read_reconciliation_answer(&answer, &ours, now()), Ok(theirs));
        }
    }

    #[test]
    fn an_answer_that_contradicts_itself_or_is_about_something_else_is_unfit() {
        let ours = totals(3, 4_200, "EUR");
        let good = answer_reconciliation(&asked(&ours), &ours, &ours);
        let other = answer_reconciliation(&asked(&ours), &ours, &totals(3, 4_201, "EUR"));
        let yen = answer_reconciliation(&asked(&ours), &ours, &totals(3, 4_200, "JPY"));
        for (answer, why) in [
            (good.clone().with(66, "2"), Unfit::Meaningless(66)),
            (good.clone().with(66, "7"), Unfit::Meaningless(66)),
            (other.clone().with(66, "1"), Unfit::Meaningless(66)),
            (other.clone().with(39, "00"), Unfit::Meaningless(66)),
            (good.clone().with(39, "96"), Unfit::Meaningless(39)),
            (good.clone().with(15, "1230"), Unfit::Differs(15)),
            (good.with(15, "1332"), Unfit::Meaningless(15)),
            (yen, Unfit::Differs(50)),
            (asked(&ours), Unfit::Type(Mti::RECONCILIATION_REQUEST)),
        ] {
            assert_eq!(read_reconciliation_answer(&answer, &ours, now()), Err(why));
        }
    }
}
