//! What an issuer keeps. An issuer is rebuilt from these and from nothing else.

use std::borrow::Cow;

use openset_types::{
    ApprovalCode, CardExpiry, MerchantId, Money, Pan, RetrievalReference, SystemTrace, Trace,
    UnixTime,
};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use zeroize::Zeroizing;

use super::{CardAccount, Standing};
use crate::clearing::ClearingFile;
use crate::iso8583::ResponseCode;
use crate::ledger::{CardId, Entry, Hold};
use crate::settlement::Settlement;

/// One record of an issuer. A later record of the same kind and key replaces an earlier one.
// Stored. Change only with a migration.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum IssuerRecord {
    /// A request was answered.
    Answered(Answered),
    /// An account was opened or changed.
    Card(StoredCard),
    /// An entry was made.
    Entry(Entry),
    /// A clearing file was taken.
    File(TakenFile),
    /// A hold was placed or moved on.
    Hold(Hold),
    /// A reversal came for a request that has not come.
    Reversed(Reversed),
}

/// How a request was answered, to answer it the same way again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answered {
    /// The request.
    pub trace: Trace,
    /// The account, if the card is ours.
    pub card: Option<CardId>,
    /// How much was asked for.
    pub amount: Money,
    /// Who asked.
    pub merchant: MerchantId,
    /// What was said.
    pub code: ResponseCode,
    /// The word for it, if it was a yes.
    pub approval_code: Option<ApprovalCode>,
}

/// A request that was undone before it came.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reversed {
    /// The request's reference.
    pub retrieval: RetrievalReference,
    /// The request's trace number.
    pub system: SystemTrace,
    /// When the reversal came.
    pub at: UnixTime,
}

/// A clearing file and what was paid for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TakenFile {
    /// The file.
    pub file: ClearingFile,
    /// The money.
    pub settlement: Settlement,
}

/// A card account as its issuer's store has it: with the whole number.
#[derive(Debug)]
pub struct StoredCard(pub CardAccount);

impl IssuerRecord {
    /// Every kind, in the order in which an issuer is rebuilt.
    pub const KINDS: [&'static str; 6] = [
        "issuer.card",
        "issuer.hold",
        "issuer.answered",
        "issuer.reversed",
        "issuer.entry",
        "issuer.file",
    ];

    /// What kind of record this is.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Answered(_) => "issuer.answered",
            Self::Card(_) => "issuer.card",
            Self::Entry(_) => "issuer.entry",
            Self::File(_) => "issuer.file",
            Self::Hold(_) => "issuer.hold",
            Self::Reversed(_) => "issuer.reversed",
        }
    }

    /// Names the record within its kind.
    pub fn key(&self) -> String {
        match self {
            Self::Answered(answered) => {
                format!("{}/{}", answered.trace.retrieval, answered.trace.system)
            }
            Self::Card(card) => card.0.id.to_string(),
            Self::Entry(entry) => format!("{:012}", entry.number()),
            Self::File(taken) => format!("{}/{}", taken.file.acquirer(), taken.file.id()),
            Self::Hold(hold) => hold.authorization.to_string(),
            Self::Reversed(reversed) => format!("{}/{}", reversed.retrieval, reversed.system),
        }
    }
}

impl StoredCard {
    /// The account, with a number of its own to be wiped.
    pub fn terms(&self) -> CardAccount {
        let card = &self.0;
        CardAccount {
            id: card.id,
            pan: Pan::parse(card.pan.expose()).expect("a number that was parsed before"),
            expiry: card.expiry.clone(),
            credit_line: card.credit_line,
            day_limit: card.day_limit,
            standing: card.standing,
        }
    }
}

#[derive(Serialize, Deserialize)]
struct Columns<'a> {
    id: CardId,
    pan: Cow<'a, str>,
    expiry: CardExpiry,
    credit_line: Money,
    day_limit: Money,
    standing: Standing,
}

impl Serialize for StoredCard {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let card = &self.0;
        let columns = Columns {
            id: card.id,
            pan: Cow::Borrowed(card.pan.expose()),
            expiry: card.expiry.clone(),
            credit_line: card.credit_line,
            day_limit: card.day_limit,
            standing: card.standing,
        };
        columns.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for StoredCard {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let columns = Columns::deserialize(deserializer)?;
        let digits = Zeroizing::new(columns.pan.into_owned());
        let pan = Pan::parse(&digits).map_err(serde::de::Error::custom)?;
        Ok(Self(CardAccount {
            id: columns.id,
            pan,
            expiry: columns.expiry,
            credit_line: columns.credit_line,
            day_limit: columns.day_limit,
            standing: columns.standing,
        }))
    }
}
