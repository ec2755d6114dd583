//! The door between SET and the banks: what a payment gateway asks and what it is answered.
//!
//! In front of the gateway everything speaks SET, behind it nothing does. The two sides meet in
//! these words alone.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{MerchantId, Money, Pan, UnixTime};

/// Why a text is not a reference of the banks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InvalidReference;

impl fmt::Display for InvalidReference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("wrong length or character for this reference")
    }
}

impl std::error::Error for InvalidReference {}

/// Defines a reference of fixed length.
macro_rules! reference {
    ($(#[$doc:meta])* $name:ident, $length:literal, $allowed:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// Takes the text, or refuses it.
            pub fn parse(text: &str) -> Result<Self, InvalidReference> {
                let allowed: fn(u8) -> bool = $allowed;
                if text.len() != $length || !text.bytes().all(allowed) {
                    return Err(InvalidReference);
                }
                Ok(Self(text.to_owned()))
            }

            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = InvalidReference;

            fn try_from(text: String) -> Result<Self, InvalidReference> {
                Self::parse(&text)
            }
        }

        impl From<$name> for String {
            fn from(reference: $name) -> Self {
                reference.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

reference! {
    /// Retrieval reference number (ISO 8583 field 37): finds one authorization at every bank.
    RetrievalReference, 12, |byte| byte.is_ascii_digit()
}

reference! {
    /// System trace audit number (ISO 8583 field 11): finds one message on one link.
    SystemTrace, 6, |byte| byte.is_ascii_digit()
}

reference! {
    /// Approval code (ISO 8583 field 38): the issuer's word that it agreed.
    ApprovalCode, 6, |byte| byte.is_ascii_alphanumeric()
}

reference! {
    /// Merchant category code (ISO 18245): what kind of business this is.
    MerchantCategory, 4, |byte| byte.is_ascii_digit()
}

/// The last month in which a card is good: `YYYYMM`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CardExpiry(String);

impl CardExpiry {
    /// Takes four digits of year and two of month, 01 to 12.
    pub fn parse(text: &str) -> Result<Self, InvalidReference> {
        let digits = text.len() == 6 && text.bytes().all(|byte| byte.is_ascii_digit());
        if !digits || !("01"..="12").contains(&text.get(4..).unwrap_or_default()) {
            return Err(InvalidReference);
        }
        Ok(Self(text.to_owned()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether the card is past its last month at a moment.
    pub fn is_past(&self, now: UnixTime) -> bool {
        now.utc().format("%Y%m").to_string().as_str() > self.as_str()
    }

    /// `YYMM`, as ISO 8583 field 14 carries it.
    pub fn yymm(&self) -> &str {
        self.0.get(2..).unwrap_or_default()
    }
}

impl TryFrom<String> for CardExpiry {
    type Error = InvalidReference;

    fn try_from(text: String) -> Result<Self, InvalidReference> {
        Self::parse(&text)
    }
}

impl From<CardExpiry> for String {
    fn from(expiry: CardExpiry) -> Self {
        expiry.0
    }
}

impl fmt::Display for CardExpiry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// How one question to the banks is found again: kept from before it is sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trace {
    /// Finds the authorization at every bank.
    pub retrieval: RetrievalReference,
    /// Finds the message on the link.
    pub system: SystemTrace,
    /// When it was asked (ISO 8583 field 7).
    pub asked_at: UnixTime,
}

/// The gateway asks whether a card may be charged. The only request that carries a `Pan`
/// towards the banks.
#[derive(Debug)]
pub struct AuthorizationRequest {
    /// How to find this request again.
    pub trace: Trace,
    /// The card.
    pub pan: Pan,
    /// Its last month.
    pub expiry: CardExpiry,
    /// How much is asked for.
    pub amount: Money,
    /// Who asks.
    pub merchant: MerchantId,
    /// What kind of business asks.
    pub category: MerchantCategory,
}

/// What the issuer said, or that it said nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum AuthorizationAnswer {
    /// The issuer agreed and holds the amount.
    Approved {
        /// The issuer's word for it.
        approval_code: ApprovalCode,
    },
    /// The issuer said no. Nobody is at fault.
    Declined(DeclineReason),
    /// No answer came in time: the outcome is unknown until a reversal is acknowledged.
    NoAnswer,
}

/// Why an issuer said no.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum DeclineReason {
    /// The amount cannot be authorized as such (field 39: 13).
    AmountError,
    /// The issuer wants to speak to the cardholder (01, 02).
    CallIssuer,
    /// No, without more (05, 51, 57, 61 and others).
    Declined,
    /// The card is past its last month (54).
    ExpiredCard,
    /// Not a transaction this card can make (12, 14).
    InvalidTransaction,
    /// The issuer is out of order (91, 96).
    SystemError,
}

/// Undoes an authorization whose outcome is unknown or no longer wanted, or lowers one.
#[derive(Debug)]
pub struct ReversalAdvice {
    /// The authorization that is undone.
    pub original: Trace,
    /// How to find this advice again.
    pub trace: Trace,
    /// The card.
    pub pan: Pan,
    /// How much had been asked for.
    pub amount: Money,
    /// How much stays authorized: nothing if all of it is undone.
    pub remains: Money,
    /// Who had asked.
    pub merchant: MerchantId,
}

/// What a bank said at last to a reversal that was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ReversalOutcome {
    /// It holds no more than what was to stay.
    Undone,
    /// It will not: what it held, it holds.
    Refused(DeclineReason),
}

/// Tells the acquirer that a merchant takes money that an issuer holds. It names the
/// authorization and not the card.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaptureAdvice {
    /// How to find this advice again.
    pub trace: Trace,
    /// The authorization that is captured.
    pub authorization: RetrievalReference,
    /// The issuer's word for it.
    pub approval_code: ApprovalCode,
    /// The bank that gave it: the first six digits of the card.
    pub issuer: crate::Bin,
    /// How much is taken.
    pub amount: Money,
    /// Who takes it.
    pub merchant: MerchantId,
    /// Where it is to be counted; wherever the acquirer likes if nobody says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub batch: Option<crate::BatchWish>,
}

/// What a merchant does about a sale whose money it has asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RefundKind {
    /// It takes the capture back, or a part of it: the issuer is not asked for that money.
    CaptureReversal,
    /// It gives money back that the issuer was asked for.
    Credit,
    /// It takes a credit back that has not left the acquirer.
    CreditReversal,
}

/// Why an acquirer gives no money back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RefundRefusal {
    /// It is more than is left of the sale, in another currency, or not the amount of a credit.
    AnotherAmount,
    /// There is no such batch of this merchant, or it takes no such item.
    BatchUnknown,
    /// What is to be taken back is in a file that has no answer yet, or in a closed batch and no
    /// other was named; or the batch that was named is closed.
    FileClosed,
    /// There is no such sale of this merchant, or no such credit.
    NotFound,
    /// What is to be taken back has been settled.
    Processed,
    /// It was done before.
    Repeated,
    /// Without more.
    Unspecified,
}

/// Tells the acquirer that a merchant gives money of a captured sale back, or no longer does. It
/// names the authorization and not the card.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefundAdvice {
    /// What is done.
    pub kind: RefundKind,
    /// How to find this advice again. A credit is known by its retrieval reference from then on.
    pub trace: Trace,
    /// The authorization of the sale.
    pub authorization: RetrievalReference,
    /// The issuer's word for it.
    pub approval_code: ApprovalCode,
    /// The bank that gave it: the first six digits of the card.
    pub issuer: crate::Bin,
    /// How much is given back; of a credit reversal, all of the credit.
    pub amount: Money,
    /// Who gives it.
    pub merchant: MerchantId,
    /// Where it is to be counted; wherever the acquirer likes if nobody says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub batch: Option<crate::BatchWish>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_of_the_wrong_length_or_character_are_refused() {
        assert!(RetrievalReference::parse("12345678901").is_err());
        assert!(RetrievalReference::parse("12345678901x").is_err());
        assert!(SystemTrace::parse("1234567").is_err());
        assert!(ApprovalCode::parse("4K7Q2 ").is_err());
        for text in ["2029-1", "202900", "202913", "20291", "2029011", ""] {
            assert!(CardExpiry::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_card_is_good_until_the_last_second_of_its_month() {
        let expiry = CardExpiry::parse("202912").expect("six digits");
        let last = UnixTime::parse_generalized("20291231235959Z").expect("a real moment");
        assert!(!expiry.is_past(last));
        assert!(expiry.is_past(last.plus_s(1)));
        assert_eq!(expiry.yymm(), "2912");
    }
}
