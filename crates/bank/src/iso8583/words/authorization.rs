//! 0100 and 0110: may this card be charged?

use openset_types::{
    ApprovalCode, AuthorizationAnswer, AuthorizationRequest, Bin, CardExpiry, MerchantCategory,
    Money, Pan, Trace, UnixTime,
};

use super::{
    Unfit, expect_type, read, read_merchant, read_money, read_references, read_response_code,
    read_timestamp, read_trace_number, require, timestamp, with_merchant, with_money,
};
use crate::iso8583::{Message, Mti, ResponseCode};

/// Goods and services, from the cardholder's default account (field 3).
const PURCHASE: &str = "000000";
/// The card number was typed in, the terminal takes no PIN (field 22).
const KEY_ENTERED: &str = "012";
/// Ordered over an open network (field 25).
const ELECTRONIC_COMMERCE: &str = "59";

/// Writes a 0100 on behalf of an acquirer.
pub fn authorization(request: &AuthorizationRequest, acquirer: &Bin) -> Message {
    let message = card(&request.trace, &request.pan, &request.expiry, acquirer)
        .with(3, PURCHASE)
        .with(18, request.category.as_str());
    with_merchant(with_money(message, request.amount), &request.merchant)
}

/// Reads a 0100.
pub fn read_authorization(message: &Message, now: UnixTime) -> Result<AuthorizationRequest, Unfit> {
    expect_type(message, Mti::AUTHORIZATION_REQUEST)?;
    if require(message, 3)? != PURCHASE {
        return Err(Unfit::Meaningless(3));
    }
    Ok(AuthorizationRequest {
        trace: read_trace(message, now)?,
        pan: read(message, 2, Pan::parse)?,
        expiry: read_expiry(message)?,
        amount: read_money(message)?,
        merchant: read_merchant(message)?,
        category: read(message, 18, MerchantCategory::parse)?,
    })
}

/// Reads a 0110 to a question about an amount. A yes to something else than was asked is unfit,
/// and so is an answer about another amount: nobody knows then what the issuer holds.
pub fn read_authorization_answer(
    message: &Message,
    asked: Money,
) -> Result<AuthorizationAnswer, Unfit> {
    expect_type(message, Mti::AUTHORIZATION_RESPONSE)?;
    expect_amount(message, asked)?;
    let code = read_response_code(message)?;
    match (code, code.decline_reason()) {
        (_, Some(reason)) => Ok(AuthorizationAnswer::Declined(reason)),
        (ResponseCode::Approved, None) => read(message, 38, ApprovalCode::parse)
            .map(|approval_code| AuthorizationAnswer::Approved { approval_code }),
        (_, None) => Err(Unfit::Meaningless(39)),
    }
}

/// What an answer says of the amount must be what was asked; it may leave it out.
fn expect_amount(message: &Message, asked: Money) -> Result<(), Unfit> {
    let question = with_money(Message::new(Mti::AUTHORIZATION_REQUEST), asked);
    let differs =
        |field| message.text(field).is_some_and(|said| question.text(field) != Some(said));
    match [4, 49].into_iter().find(|field| differs(*field)) {
        Some(field) => Err(Unfit::Differs(field)),
        None => Ok(()),
    }
}

/// What every 0100 has, whatever it asks of the card.
pub(super) fn card(trace: &Trace, pan: &Pan, expiry: &CardExpiry, acquirer: &Bin) -> Message {
    Message::new(Mti::AUTHORIZATION_REQUEST)
        .with(2, pan.expose())
        .with(7, timestamp(trace.asked_at))
        .with(11, trace.system.as_str())
        .with(14, expiry.yymm())
        .with(22, KEY_ENTERED)
        .with(25, ELECTRONIC_COMMERCE)
        .with(32, acquirer.as_str())
        .with(37, trace.retrieval.as_str())
}

pub(super) fn read_trace(message: &Message, now: UnixTime) -> Result<Trace, Unfit> {
    let (retrieval, _) = read_references(message)?;
    Ok(Trace {
        retrieval,
        system: read_trace_number(message)?,
        asked_at: read(message, 7, |text| read_timestamp(text, now))?,
    })
}

/// Field 14 has no century: cards are of this one.
pub(super) fn read_expiry(message: &Message) -> Result<CardExpiry, Unfit> {
    read(message, 14, |yymm| CardExpiry::parse(&format!("20{yymm}")))
}

#[cfg(test)]
mod tests {
    use openset_types::{Currency, DeclineReason, MerchantId, RetrievalReference, SystemTrace};

    use super::*;
    use crate::iso8583::Dialect;
    use crate::iso8583::words::respond;

    fn now() -> UnixTime {
        UnixTime::parse_generalized("20261123081500Z").expect("a real moment")
    }

    fn request() -> Message {
        let request = AuthorizationRequest {
            trace: Trace {
                retrieval: RetrievalReference::parse("632708000123").expect("twelve digits"),
                system: SystemTrace::parse("000123").expect("six digits"),
                asked_at: now(),
            },
            pan: Pan::parse("4111111111111111").expect("a public test number"),
            expiry: CardExpiry::parse("202912").expect("a month"),
            amount: Money::new(4200, Currency::EUR).expect("an amount"),
            merchant: MerchantId::parse("ATELIER-LUMEN-001").expect("a name"),
            category: MerchantCategory::parse("5999").expect("four digits"),
        };
        authorization(&request, &Bin::parse("999998").expect("six digits"))
    }

    #[test]
    fn a_request_is_read_back_in_every_dialect() {
        for dialect in Dialect::built_in() {
            let octets = dialect.write(&request()).expect("every field is spoken");
            let read = dialect.read(&octets).expect("our own message");
            let read = read_authorization(&read, now()).expect("our own message");
            assert_eq!(read.trace.asked_at, now());
            assert_eq!(read.pan.expose(), "4111111111111111");
            assert_eq!(read.amount.minor(), 4200);
            assert_eq!(read.merchant.as_str(), "ATELIER-LUMEN-001");
            assert_eq!(read.expiry.as_str(), "202912");
        }
    }

    #[test]
    fn a_request_without_a_field_or_with_a_wrong_one_is_unfit() {
        for (field, wrong) in [
            (2, "4111111111111112"),
            (3, "200000"),
            (7, "1332256199"),
            (11, "12345x"),
            (14, "2913"),
            (37, "ABCDEFGHIJKL"),
            (49, "000"),
        ] {
            let changed = request().with(field, wrong);
            assert_eq!(read_authorization(&changed, now()).err(), Some(Unfit::Meaningless(field)));
        }
        let empty = Message::new(Mti::AUTHORIZATION_REQUEST);
        assert_eq!(read_authorization(&empty, now()).err(), Some(Unfit::Missing(3)));
        let other = Message::new(Mti::REVERSAL_ADVICE);
        assert_eq!(
            read_authorization(&other, now()).err(),
            Some(Unfit::Type(Mti::REVERSAL_ADVICE))
        );
    }

    #[test]
    fn an_approval_needs_its_code_and_a_decline_does_not() {
        let approved = respond(&request(), ResponseCode::Approved).expect("a request");
        assert_eq!(approved.text(2), None);
        assert_eq!(read_authorization_answer(&approved, asked()), Err(Unfit::Missing(38)));
        let answer = read_authorization_answer(&approved.with(38, "4K7Q21"), asked());
        assert!(matches!(answer, Ok(AuthorizationAnswer::Approved { .. })));
        let declined = respond(&request(), ResponseCode::ExpiredCard).expect("a request");
        assert_eq!(
            read_authorization_answer(&declined, asked()),
            Ok(AuthorizationAnswer::Declined(DeclineReason::ExpiredCard))
        );
    }

    fn asked() -> Money {
        Money::new(4200, Currency::EUR).expect("an amount")
    }

    fn approved() -> Message {
        let approved = respond(&request(), ResponseCode::Approved).expect("a request");
        approved.with(38, "4K7Q21")
    }

    #[test]
    fn a_yes_to_something_else_is_neither_a_yes_nor_a_no() {
        for code in ["08", "09", "10", "11", "16", "32", "68", "85"] {
            let answer = read_authorization_answer(&approved().with(39, code), asked());
            assert_eq!(answer, Err(Unfit::Meaningless(39)), "{code}");
        }
    }

    #[test]
    fn an_answer_about_another_amount_is_neither_a_yes_nor_a_no() {
        for (field, wrong) in [(4, "000000004199"), (4, "000000042000"), (4, "4200"), (49, "840")] {
            for code in ["00", "05"] {
                let answer = approved().with(field, wrong).with(39, code);
                let read = read_authorization_answer(&answer, asked());
                assert_eq!(read, Err(Unfit::Differs(field)), "{field} {wrong}");
            }
        }
        let silent = Message::new(Mti::AUTHORIZATION_RESPONSE).with(38, "4K7Q21").with(39, "00");
        assert!(read_authorization_answer(&silent, asked()).is_ok());
    }
}
