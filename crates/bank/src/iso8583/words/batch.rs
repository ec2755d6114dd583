//! Batches: 0500 and 0510, and field 60 of captures and refunds.
//!
//! The standard of 1987 has fields for two sums and none for a batch. A place is `batch/position`
//! in field 60, a wish `batch/position/brand` with `-` for what is left to the bank. What a
//! question or its answer says besides is JSON, in the private fields 105 to 119.

use openset_types::{
    BatchAnswer, BatchDeed, BatchLines, BatchNumber, BatchPlace, BatchQuestion, BatchRefusal,
    BatchReport, BatchWish, Bin, Brand, RetrievalReference, Trace, UnixTime,
};
use serde::{Serialize, de::DeserializeOwned};

use super::{
    Unfit, expect_type, read, read_merchant, read_response_code, read_timestamp, read_trace_number,
    require, respond, timestamp, with_merchant,
};
use crate::iso8583::{Message, Mti, ResponseCode};

/// Where a batch and a place in it stand.
const PLACE: u8 = 60;
/// Where the rest stands: as many of them as it takes.
const REST: std::ops::RangeInclusive<u8> = 105..=119;
/// The most characters of one of them.
const FIELD_MAX: usize = 999;
/// What is left to the bank.
const OPEN: &str = "-";

/// Writes where an item is to be counted.
pub(super) fn with_wish(message: Message, wish: Option<&BatchWish>) -> Message {
    let Some(BatchWish { brand, batch, position }) = wish else { return message };
    let batch = batch.map_or(OPEN.to_owned(), |batch| batch.to_string());
    let position = position.map_or(OPEN.to_owned(), |position| position.to_string());
    message.with(PLACE, format!("{batch}/{position}/{}", brand.as_str()))
}

/// Reads where an item is to be counted.
pub(super) fn read_wish(message: &Message) -> Result<Option<BatchWish>, Unfit> {
    let Some(text) = message.text(PLACE) else { return Ok(None) };
    let wish = || {
        let mut parts = text.splitn(3, '/');
        let (batch, position, brand) = (parts.next()?, parts.next()?, parts.next()?);
        let batch = match batch {
            OPEN => None,
            digits => Some(BatchNumber::parse(digits).ok()?),
        };
        let position = match position {
            OPEN => None,
            digits => Some(digits.parse().ok()?),
        };
        Some(BatchWish { brand: Brand::parse(brand).ok()?, batch, position })
    };
    wish().map(Some).ok_or(Unfit::Meaningless(PLACE))
}

/// Writes where an item is counted.
pub fn with_place(message: Message, place: Option<BatchPlace>) -> Message {
    match place {
        Some(BatchPlace { batch, position }) => message.with(PLACE, format!("{batch}/{position}")),
        None => message,
    }
}

/// Reads where an item is counted; none if the bank does not say.
pub fn read_place(message: &Message) -> Option<BatchPlace> {
    let (batch, position) = message.text(PLACE)?.split_once('/')?;
    let batch = BatchNumber::parse(batch).ok()?;
    let position = position.parse().ok().filter(|position| *position > 0)?;
    Some(BatchPlace { batch, position })
}

/// 0500: writes a question about a batch.
pub fn batch(question: &BatchQuestion, acquirer: &Bin) -> Message {
    let message = Message::new(Mti::RECONCILIATION_REQUEST)
        .with(3, processing(&question.deed))
        .with(7, timestamp(question.trace.asked_at))
        .with(11, question.trace.system.as_str())
        .with(32, acquirer.as_str())
        .with(37, question.trace.retrieval.as_str());
    let message = match question.batch {
        Some(number) => message.with(PLACE, number.to_string()),
        None => message,
    };
    with_rest(with_merchant(message, &question.merchant), &question.deed)
}

/// Reads an 0500.
pub fn read_batch(message: &Message, now: UnixTime) -> Result<BatchQuestion, Unfit> {
    expect_type(message, Mti::RECONCILIATION_REQUEST)?;
    let deed: BatchDeed = read_rest(message)?;
    if require(message, 3)? != processing(&deed) {
        return Err(Unfit::Meaningless(3));
    }
    let number = |text| BatchNumber::parse(text).map_err(|_| Unfit::Meaningless(PLACE));
    Ok(BatchQuestion {
        trace: Trace {
            retrieval: read(message, 37, RetrievalReference::parse)?,
            system: read_trace_number(message)?,
            asked_at: read(message, 7, |text| read_timestamp(text, now))?,
        },
        merchant: read_merchant(message)?,
        batch: message.text(PLACE).map(number).transpose()?,
        deed,
    })
}

/// 0510: writes what a bank says to a question. Nothing if that is nothing.
pub fn batch_answer(to: &Message, answer: &BatchAnswer) -> Option<Message> {
    let approved = || respond(to, ResponseCode::Approved);
    match answer {
        BatchAnswer::Stands(report) => Some(with_rest(approved()?, report)),
        BatchAnswer::Lines(lines) => Some(with_rest(approved()?, lines)),
        BatchAnswer::Refused(why) => respond(to, ResponseCode::of_batch(*why)),
        BatchAnswer::NoAnswer => None,
    }
}

/// Reads the answer to a question. A bank that is out of order has not answered.
pub fn read_batch_answer(deed: &BatchDeed, message: &Message) -> Result<BatchAnswer, Unfit> {
    expect_type(message, Mti::RECONCILIATION_RESPONSE)?;
    match (read_response_code(message)?, deed) {
        (ResponseCode::Approved, BatchDeed::Lines(_)) => {
            read_rest::<BatchLines>(message).map(BatchAnswer::Lines)
        }
        (ResponseCode::Approved, _) => {
            read_rest::<Box<BatchReport>>(message).map(BatchAnswer::Stands)
        }
        (ResponseCode::InvalidMerchant, _) => Ok(BatchAnswer::Refused(BatchRefusal::Unknown)),
        (code, _) => Ok(code.batch_refusal().map_or(BatchAnswer::NoAnswer, BatchAnswer::Refused)),
    }
}

/// Field 3: from the codes that are for private use.
fn processing(deed: &BatchDeed) -> &'static str {
    match deed {
        BatchDeed::Look => "900000",
        BatchDeed::Open(_) => "910000",
        BatchDeed::Close(_) => "920000",
        BatchDeed::Purge => "930000",
        BatchDeed::Lines(_) => "940000",
    }
}

fn with_rest(message: Message, rest: &impl Serialize) -> Message {
    // What has no text cannot be read back, and is refused there.
    let text = serde_json::to_string(rest).unwrap_or_default();
    let parts = text.as_bytes().chunks(FIELD_MAX);
    REST.zip(parts).fold(message, |message, (field, part)| {
        message.with(field, String::from_utf8_lossy(part).into_owned())
    })
}

fn read_rest<T: DeserializeOwned>(message: &Message) -> Result<T, Unfit> {
    let text: String = REST.map_while(|field| message.text(field)).collect();
    serde_json::from_str(&text).map_err(|_| Unfit::Meaningless(*REST.start()))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use openset_types::{
        BatchLine, BatchProgress, BatchTotals, ClosedBy, Currency, LinesWanted, MerchantId, Money,
        Side, SystemTrace,
    };

    use super::*;
    use crate::iso8583::Dialect;

    fn now() -> UnixTime {
        UnixTime::parse_generalized("20261123081500Z").expect("a real moment")
    }

    fn number(number: u64) -> BatchNumber {
        BatchNumber::new(number).expect("a small number")
    }

    fn brand() -> Brand {
        Brand::parse("Visor:Gold/1").expect("a name")
    }

    fn question(deed: BatchDeed) -> BatchQuestion {
        let trace = Trace {
            retrieval: RetrievalReference::parse("632708000400").expect("twelve digits"),
            system: SystemTrace::parse("000400").expect("six digits"),
            asked_at: now(),
        };
        let merchant = MerchantId::parse("ATELIER-LUMEN-001").expect("a name");
        BatchQuestion { trace, merchant, batch: Some(number(17)), deed }
    }

    fn totals() -> BatchTotals {
        let eur = |minor| Money::new(minor, Currency::EUR).expect("an amount");
        BatchTotals { credits: 1, credit: eur(1200), debits: 2, debit: eur(8400) }
    }

    fn deeds() -> [BatchDeed; 6] {
        let wanted = LinesWanted { from: 3, at_most: 30, only_failed: true, brand: Some(brand()) };
        [
            BatchDeed::Look,
            BatchDeed::Open(vec![brand()]),
            BatchDeed::Close(Some((brand(), totals()))),
            BatchDeed::Close(None),
            BatchDeed::Purge,
            BatchDeed::Lines(wanted),
        ]
    }

    fn passed(message: &Message) -> Message {
        let octets = Dialect::openset_87().write(message).expect("every field is spoken");
        Dialect::openset_87().read(&octets).expect("our own message")
    }

    fn asked(deed: BatchDeed) -> Message {
        batch(&question(deed), &Bin::parse("999998").expect("six digits"))
    }

    #[test]
    fn every_question_is_read_back_whole() {
        for deed in deeds() {
            let message = passed(&asked(deed.clone()));
            assert_eq!(read_batch(&message, now()), Ok(question(deed)));
        }
    }

    #[test]
    fn a_page_of_items_fits_into_one_message() {
        let line = |position| BatchLine {
            position,
            own: RetrievalReference::parse("632708000400").expect("twelve digits"),
            brand: Some(Brand::parse(&"B".repeat(40)).expect("a long name")),
            side: Side::Credit,
            amount: Money::new(999_999_999_999, Currency::EUR).expect("an amount"),
            is_failed: false,
        };
        let lines = (999_970..1_000_000).map(line).collect();
        let answer = BatchAnswer::Lines(BatchLines { lines, next: 1_000_000 });
        let deed =
            BatchDeed::Lines(LinesWanted { from: 0, at_most: 30, only_failed: false, brand: None });
        let said = batch_answer(&asked(deed.clone()), &answer).expect("an answer");
        assert_eq!(read_batch_answer(&deed, &passed(&said)), Ok(answer));
    }

    #[test]
    fn a_report_is_read_back_whole() {
        let report = BatchReport {
            batch: number(17),
            opened_at: now(),
            closed: Some((ClosedBy::Merchant, now())),
            progress: BatchProgress::InProgress,
            totals: totals(),
            brands: BTreeMap::from([(brand(), totals())]),
        };
        let answer = BatchAnswer::Stands(Box::new(report));
        let said = batch_answer(&asked(BatchDeed::Look), &answer).expect("an answer");
        assert_eq!(read_batch_answer(&BatchDeed::Look, &passed(&said)), Ok(answer));
    }

    #[test]
    fn every_refusal_is_read_back_and_no_other_code_is_one() {
        let to = asked(BatchDeed::Look);
        for why in [
            BatchRefusal::Closed,
            BatchRefusal::Known,
            BatchRefusal::OutOfBalance,
            BatchRefusal::PlaceTaken,
            BatchRefusal::Unavailable,
            BatchRefusal::Unknown,
        ] {
            let said = batch_answer(&to, &BatchAnswer::Refused(why)).expect("an answer");
            assert_eq!(read_batch_answer(&BatchDeed::Look, &said), Ok(BatchAnswer::Refused(why)));
        }
        for code in ["05", "12", "30", "91", "96", "ZZ"] {
            let said = respond(&to, ResponseCode::Approved).expect("an answer").with(39, code);
            let read = read_batch_answer(&BatchDeed::Look, &said);
            assert_eq!(read, Ok(BatchAnswer::NoAnswer), "{code}");
        }
    }

    #[test]
    fn questions_that_say_two_things_are_refused() {
        let whole = asked(BatchDeed::Look);
        let cases = [
            (whole.clone().with(3, "920000"), Unfit::Meaningless(3)),
            (whole.clone().with(PLACE, "17/1"), Unfit::Meaningless(PLACE)),
            (whole.clone().with(PLACE, ""), Unfit::Meaningless(PLACE)),
            (whole.clone().with(105, "{"), Unfit::Meaningless(105)),
            (whole.clone().with(105, "\"look\"x"), Unfit::Meaningless(105)),
            (whole.with(37, "12"), Unfit::Meaningless(37)),
            (Message::new(Mti::RECONCILIATION_REQUEST), Unfit::Meaningless(105)),
            (Message::new(Mti::NETWORK_REQUEST), Unfit::Type(Mti::NETWORK_REQUEST)),
        ];
        for (message, why) in cases {
            assert_eq!(read_batch(&message, now()), Err(why));
        }
    }

    #[test]
    fn wishes_and_places_are_read_back_and_half_ones_are_not() {
        let message = || Message::new(Mti::FINANCIAL_ADVICE);
        for (batch, position) in [(None, None), (Some(number(0)), None), (None, Some(7))] {
            let wish = BatchWish { brand: brand(), batch, position };
            assert_eq!(read_wish(&with_wish(message(), Some(&wish))), Ok(Some(wish)));
        }
        assert_eq!(read_wish(&message()), Ok(None));
        for text in ["", "1", "1/2", "1/2/", "x/2/B", "1/x/B", "-1/2/B", "1/-2/B", "1//B"] {
            let message = message().with(PLACE, text);
            assert_eq!(read_wish(&message), Err(Unfit::Meaningless(PLACE)), "{text}");
        }
        let place = BatchPlace { batch: number(17), position: 3 };
        assert_eq!(read_place(&with_place(message(), Some(place))), Some(place));
        for text in ["", "17", "17/", "17/0", "/3", "17/3/4", "17/-3"] {
            assert_eq!(read_place(&message().with(PLACE, text)), None, "{text}");
        }
    }
}
