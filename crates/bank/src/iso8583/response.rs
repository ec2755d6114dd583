//! Field 39: what the other bank says, in two characters.

use std::fmt;

use openset_types::{BatchRefusal, DeclineReason};
use serde::{Deserialize, Serialize};

/// A response code (ISO 8583:1987, field 39), as far as banks here say it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub enum ResponseCode {
    /// 00: approved, accepted, acknowledged.
    Approved,
    /// 01: the issuer wants to speak to the cardholder.
    CallIssuer,
    /// 03: no such merchant.
    InvalidMerchant,
    /// 05: no, without more.
    DoNotHonour,
    /// 12: not a transaction that can be made.
    InvalidTransaction,
    /// 13: not an amount that can be asked.
    InvalidAmount,
    /// 14: no such card.
    InvalidCard,
    /// 21: what is to be undone has been done: its money has moved.
    UnableToBackOut,
    /// 25: the message that is meant cannot be found.
    OriginalNotFound,
    /// 30: a field is missing or wrong.
    FormatError,
    /// 51: not enough money or credit.
    InsufficientFunds,
    /// 54: the card is past its last month, or the month is not the card's.
    ExpiredCard,
    /// 57: this card may not do that.
    NotPermitted,
    /// 61: more than the card may spend in a day.
    ExceedsLimit,
    /// 62: the card is blocked.
    RestrictedCard,
    /// 77, of the codes that are for private use: what is to be undone is in a file that was
    /// presented and not answered yet, or the batch takes nothing more.
    FileClosed,
    /// 78, private: there is no such batch, or it takes no such item.
    BatchUnknown,
    /// 79, private: the place in the batch is taken.
    PlaceTaken,
    /// 80, private: batches of this merchant are the bank's to open and to close.
    BatchUnavailable,
    /// 81, private: a batch of this number is open.
    BatchKnown,
    /// 85: nothing speaks against this card (the good answer to an account verification).
    NoReasonToDecline,
    /// 91: the issuer cannot be reached. Also read from 92, a way to it that is not known.
    IssuerUnavailable,
    /// 95: the sums of the two sides differ.
    OutOfBalance,
    /// 94: this number has been used for something else.
    DuplicateTransmission,
    /// 96: the bank is out of order. Also read from 06, 19, 22 and 90, other words for "not now".
    SystemMalfunction,
    /// 08, 09, 10, 11, 16, 32 and 68: neither the yes that was asked for nor a no. Part of the
    /// amount, a yes with a condition, or no outcome yet: money may be held.
    Unsettled,
    /// Any other code of another bank; read as a plain no.
    Other,
}

/// Every code with its two digits.
const CODES: [(ResponseCode, &str); 25] = [
    (ResponseCode::Approved, "00"),
    (ResponseCode::CallIssuer, "01"),
    (ResponseCode::InvalidMerchant, "03"),
    (ResponseCode::DoNotHonour, "05"),
    (ResponseCode::InvalidTransaction, "12"),
    (ResponseCode::InvalidAmount, "13"),
    (ResponseCode::InvalidCard, "14"),
    (ResponseCode::UnableToBackOut, "21"),
    (ResponseCode::OriginalNotFound, "25"),
    (ResponseCode::FormatError, "30"),
    (ResponseCode::InsufficientFunds, "51"),
    (ResponseCode::ExpiredCard, "54"),
    (ResponseCode::NotPermitted, "57"),
    (ResponseCode::ExceedsLimit, "61"),
    (ResponseCode::RestrictedCard, "62"),
    (ResponseCode::FileClosed, "77"),
    (ResponseCode::BatchUnknown, "78"),
    (ResponseCode::PlaceTaken, "79"),
    (ResponseCode::BatchUnavailable, "80"),
    (ResponseCode::BatchKnown, "81"),
    (ResponseCode::NoReasonToDecline, "85"),
    (ResponseCode::IssuerUnavailable, "91"),
    (ResponseCode::DuplicateTransmission, "94"),
    (ResponseCode::OutOfBalance, "95"),
    (ResponseCode::SystemMalfunction, "96"),
];

impl ResponseCode {
    /// Reads field 39.
    pub fn parse(text: &str) -> Self {
        match text {
            // 02 is 01 with a special condition; who asks need not know which.
            "02" => Self::CallIssuer,
            "06" | "19" | "22" | "90" => Self::SystemMalfunction,
            "92" => Self::IssuerUnavailable,
            "08" | "09" | "10" | "11" | "16" | "32" | "68" => Self::Unsettled,
            _ => CODES.iter().find(|row| row.1 == text).map_or(Self::Other, |row| row.0),
        }
    }

    /// The two characters of field 39.
    pub fn as_str(self) -> &'static str {
        CODES.iter().find(|row| row.0 == self).map_or("05", |row| row.1)
    }

    /// Why a bank does not do with a batch what was asked.
    pub fn of_batch(why: BatchRefusal) -> Self {
        match why {
            BatchRefusal::Closed => Self::FileClosed,
            BatchRefusal::Known => Self::BatchKnown,
            BatchRefusal::OutOfBalance => Self::OutOfBalance,
            BatchRefusal::PlaceTaken => Self::PlaceTaken,
            BatchRefusal::Unavailable => Self::BatchUnavailable,
            BatchRefusal::Unknown => Self::BatchUnknown,
        }
    }

    /// The same, read back; none if it says nothing about a batch.
    pub fn batch_refusal(self) -> Option<BatchRefusal> {
        Some(match self {
            Self::FileClosed => BatchRefusal::Closed,
            Self::BatchKnown => BatchRefusal::Known,
            Self::OutOfBalance => BatchRefusal::OutOfBalance,
            Self::PlaceTaken => BatchRefusal::PlaceTaken,
            Self::BatchUnavailable => BatchRefusal::Unavailable,
            Self::BatchUnknown => BatchRefusal::Unknown,
            _ => return None,
        })
    }

    /// The reason in the words that leave the banks; none if it is not a no.
    pub fn decline_reason(self) -> Option<DeclineReason> {
        Some(match self {
            Self::Approved | Self::NoReasonToDecline | Self::Unsettled => return None,
            Self::CallIssuer => DeclineReason::CallIssuer,
            Self::InvalidAmount => DeclineReason::AmountError,
            Self::InvalidCard | Self::InvalidTransaction | Self::InvalidMerchant => {
                DeclineReason::InvalidTransaction
            }
            Self::ExpiredCard => DeclineReason::ExpiredCard,
            Self::FormatError
            | Self::IssuerUnavailable
            | Self::DuplicateTransmission
            | Self::SystemMalfunction => DeclineReason::SystemError,
            Self::DoNotHonour
            | Self::FileClosed
            | Self::BatchUnknown
            | Self::PlaceTaken
            | Self::BatchUnavailable
            | Self::BatchKnown
            | Self::OutOfBalance
            | Self::OriginalNotFound
            | Self::InsufficientFunds
            | Self::NotPermitted
            | Self::ExceedsLimit
            | Self::RestrictedCard
            | Self::UnableToBackOut
            | Self::Other => DeclineReason::Declined,
        })
    }
}

impl fmt::Display for ResponseCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_read_back_from_what_it_writes() {
        for (code, text) in CODES {
            assert_eq!(ResponseCode::parse(text), code);
            assert_eq!(code.as_str(), text);
        }
    }

    #[test]
    fn an_unknown_code_is_a_no() {
        for text in ["", "99", "ZZ", "0", "000"] {
            assert_eq!(ResponseCode::parse(text), ResponseCode::Other);
        }
        assert_eq!(ResponseCode::Other.decline_reason(), Some(DeclineReason::Declined));
        assert_eq!(ResponseCode::parse("02"), ResponseCode::CallIssuer);
    }

    #[test]
    fn other_words_for_not_now_are_read_as_that() {
        for text in ["06", "19", "22", "90", "91", "92", "96"] {
            let reason = ResponseCode::parse(text).decline_reason();
            assert_eq!(reason, Some(DeclineReason::SystemError), "{text}");
        }
    }

    #[test]
    fn a_yes_of_another_kind_and_a_pending_answer_are_neither_yes_nor_no() {
        for text in ["08", "09", "10", "11", "16", "32", "68"] {
            assert_eq!(ResponseCode::parse(text), ResponseCode::Unsettled);
        }
        assert_eq!(ResponseCode::Unsettled.decline_reason(), None);
    }
}
