//! Between messages and the words of `openset_types`: who asks for what, in which field.
//!
//! | words | messages |
//! |---|---|
//! | `AuthorizationRequest`, `AuthorizationAnswer` | 0100, 0110 |
//! | [`AccountVerification`] | 0100 and 0110 with processing code 33 and no amount |
//! | `ReversalAdvice`, [`ReversalAnswer`] | 0400, 0420 or 0421, 0410 or 0430 |
//! | `CaptureAdvice`, [`CaptureAnswer`] | 0220 or 0221, 0230: without a card number |
//! | `RefundAdvice`, [`RefundAnswer`] | 0220, 0420 by field 3, 0230, 0430: without a card number |
//! | `BatchQuestion`, `BatchAnswer` | 0500, 0510 |
//! | `DayTotals` | 0500, 0510: the sums of a day |
//! | [`Management`] | 0800, 0810 |

mod authorization;
mod batch;
mod capture;
mod network;
mod reconciliation;
mod refund;
mod reversal;
mod verification;

use std::fmt;

use openset_types::{Bin, Currency, MerchantId, Money, RetrievalReference, SystemTrace, UnixTime};

use super::{Message, Mti, ResponseCode};

pub use authorization::{authorization, read_authorization, read_authorization_answer};
pub use batch::{batch, batch_answer, read_batch, read_batch_answer, read_place, with_place};
pub use capture::{CaptureAnswer, CaptureKind, capture, read_capture, read_capture_answer};
pub use network::{Management, network, read_network};
pub use reconciliation::{
    answer_reconciliation, read_reconciliation, read_reconciliation_answer, reconciliation,
};
pub use refund::{RefundAnswer, RefundTelling, is_refund, read_refund, read_refund_answer, refund};
pub use reversal::{ReversalAnswer, ReversalKind, read_reversal, read_reversal_answer, reversal};
pub use verification::{
    AccountVerification, VerificationAnswer, is_verification, read_verification,
    read_verification_answer, verification,
};

/// A message that can be read but does not say what its type must say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Unfit {
    /// A field that must be there is not.
    Missing(u8),
    /// A field of an answer does not say what its question said.
    Differs(u8),
    /// A field holds something that it cannot mean.
    Meaningless(u8),
    /// Not a message of the expected type.
    Type(Mti),
}

impl fmt::Display for Unfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(field) => write!(f, "field {field} is missing"),
            Self::Differs(field) => write!(f, "field {field} differs from the question's"),
            Self::Meaningless(field) => write!(f, "field {field} holds what it cannot mean"),
            Self::Type(mti) => write!(f, "a message of type {mti} was not expected"),
        }
    }
}

impl std::error::Error for Unfit {}

/// The answer to a message: its identifying fields given back, and what is said.
pub fn respond(to: &Message, code: ResponseCode) -> Option<Message> {
    const ECHOED: [u8; 14] = [3, 4, 7, 11, 32, 33, 37, 41, 42, 49, 63, 70, 90, 95];
    let response = Message::new(to.mti().response()?);
    Some(response.echoing(to, &ECHOED).with(39, code.as_str()))
}

/// What an answer says.
pub fn read_response_code(message: &Message) -> Result<ResponseCode, Unfit> {
    if !message.mti().is_response() {
        return Err(Unfit::Type(message.mti()));
    }
    require(message, 39).map(ResponseCode::parse)
}

/// The trace number of a message.
pub fn read_trace_number(message: &Message) -> Result<SystemTrace, Unfit> {
    read(message, 11, SystemTrace::parse)
}

fn expect_type(message: &Message, mti: Mti) -> Result<(), Unfit> {
    if message.mti() != mti {
        return Err(Unfit::Type(message.mti()));
    }
    Ok(())
}

fn require(message: &Message, field: u8) -> Result<&str, Unfit> {
    message.text(field).ok_or(Unfit::Missing(field))
}

fn read<T, E>(
    message: &Message,
    field: u8,
    parse: impl FnOnce(&str) -> Result<T, E>,
) -> Result<T, Unfit> {
    parse(require(message, field)?).map_err(|_| Unfit::Meaningless(field))
}

fn with_money(message: Message, amount: Money) -> Message {
    message
        .with(4, format!("{:012}", amount.minor()))
        .with(49, format!("{:03}", amount.currency().numeric()))
}

fn read_money(message: &Message) -> Result<Money, Unfit> {
    let minor = read(message, 4, str::parse::<u64>)?;
    let numeric = read(message, 49, str::parse::<u16>)?;
    let currency = Currency::from_numeric(numeric).map_err(|_| Unfit::Meaningless(49))?;
    Money::new(minor, currency).map_err(|_| Unfit::Meaningless(4))
}

/// MerchantID has up to thirty characters and field 42 exactly fifteen: a longer one is cut
/// there and stands whole in field 48.
fn with_merchant(message: Message, merchant: &MerchantId) -> Message {
    let cut: String = merchant.as_str().chars().take(15).collect();
    let message = message.with(42, format!("{cut:<15}"));
    if cut == merchant.as_str() {
        return message;
    }
    message.with(48, merchant.as_str())
}

fn read_merchant(message: &Message) -> Result<MerchantId, Unfit> {
    let cut = require(message, 42)?.trim_end();
    match message.text(48) {
        Some(whole) if !whole.starts_with(cut) => Err(Unfit::Meaningless(48)),
        Some(whole) => MerchantId::parse(whole).map_err(|_| Unfit::Meaningless(48)),
        None => MerchantId::parse(cut).map_err(|_| Unfit::Meaningless(42)),
    }
}

/// Field 37 names the authorization in everything that follows from it; a message with a
/// reference of its own carries that in field 63.
fn with_references(
    message: Message,
    authorization: &RetrievalReference,
    own: &RetrievalReference,
) -> Message {
    let message = message.with(37, authorization.as_str());
    if authorization == own {
        return message;
    }
    message.with(63, own.as_str())
}

fn read_references(message: &Message) -> Result<(RetrievalReference, RetrievalReference), Unfit> {
    let authorization = read(message, 37, RetrievalReference::parse)?;
    let own = match message.text(63) {
        Some(own) => RetrievalReference::parse(own).map_err(|_| Unfit::Meaningless(63))?,
        None => authorization.clone(),
    };
    Ok((authorization, own))
}

/// The bank that a field names.
pub fn read_institution(message: &Message, field: u8) -> Result<Bin, Unfit> {
    read(message, field, Bin::parse)
}

/// Field 7: `MMDDhhmmss` in UTC.
fn timestamp(moment: UnixTime) -> String {
    moment.utc().format("%m%d%H%M%S").to_string()
}

/// Field 7 has no year: it is the one that puts the moment nearest to now.
fn read_timestamp(text: &str, now: UnixTime) -> Result<UnixTime, openset_types::InvalidTime> {
    let candidates = [-200, 0, 200].map(|days: i64| {
        let year = now.plus_s(days.saturating_mul(86_400)).generalized();
        let year = year.get(..4).unwrap_or_default();
        UnixTime::parse_generalized(&format!("{year}{text}Z"))
    });
    candidates
        .into_iter()
        .flatten()
        .min_by_key(|moment| moment.seconds_since(now).saturating_abs())
        .ok_or(openset_types::InvalidTime::Form)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> UnixTime {
        UnixTime::parse_generalized(text).expect("a real moment")
    }

    #[test]
    fn the_year_of_a_timestamp_is_the_nearest_one() {
        let new_year = at("20270101000002Z");
        assert_eq!(read_timestamp("1231235959", new_year), Ok(at("20261231235959Z")));
        let new_years_eve = at("20261231235959Z");
        assert_eq!(read_timestamp("0101000002", new_years_eve), Ok(at("20270101000002Z")));
        assert_eq!(read_timestamp("0229000000", at("20270301000000Z")).ok(), None);
        assert_eq!(read_timestamp("1331000000", new_year).ok(), None);
        assert_eq!(read_timestamp("0101", new_year).ok(), None);
    }

    #[test]
    fn a_long_merchant_number_stands_whole_beside_its_cut() {
        for name in ["ATELIER-LUMEN-001", "SHORT", "EXACTLY-FIFTEEN"] {
            let merchant = MerchantId::parse(name).expect("a name");
            let message = with_merchant(Message::new(Mti::AUTHORIZATION_REQUEST), &merchant);
            assert_eq!(message.text(42).map(str::len), Some(15));
            assert_eq!(read_merchant(&message), Ok(merchant));
        }
        let swapped = Message::new(Mti::AUTHORIZATION_REQUEST)
            .with(42, "ATELIER-LUMEN-0")
            .with(48, "SOMEBODY-ELSE");
        assert_eq!(read_merchant(&swapped), Err(Unfit::Meaningless(48)));
    }

    #[test]
    fn an_answer_is_not_answered() {
        let answer = Message::new(Mti::AUTHORIZATION_RESPONSE);
        assert!(respond(&answer, ResponseCode::Approved).is_none());
    }
}
