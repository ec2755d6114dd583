//! What an acquirer keeps. An acquirer is rebuilt from these and from nothing else, and none of
//! them has room for a card number.

use openset_types::{CaptureAdvice, MerchantId, Money, UnixTime};
use serde::{Deserialize, Serialize};

use super::Merchant;
use crate::clearing::{ClearingFile, FileId, SaleFault};
use crate::ledger::Entry;
use crate::settlement::Settlement;

/// One record of an acquirer. A later record of the same kind and key replaces an earlier one.
// Stored. Change only with a migration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AcquirerRecord {
    /// A sale was captured or moved on.
    Capture(Capture),
    /// A merchant was credited.
    Credit(MerchantCredit),
    /// An entry was made.
    Entry(Entry),
    /// A clearing file was made or answered.
    File(SentFile),
    /// A merchant was signed up or changed.
    Merchant(Merchant),
}

/// A sale whose merchant wants the money.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Capture {
    /// What the gateway said.
    pub advice: CaptureAdvice,
    /// When it was said.
    pub at: UnixTime,
    /// How far the money has come.
    pub state: CaptureState,
}

/// How far the money of a sale has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CaptureState {
    /// It waits for the next clearing file.
    Awaiting,
    /// It is in this file.
    Presented(FileId),
    /// The issuer refuses it.
    Disputed(SaleFault),
    /// The issuer has paid.
    Settled(FileId),
    /// The merchant has it.
    Credited(FileId),
}

/// A clearing file and what came of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SentFile {
    /// The file.
    pub file: ClearingFile,
    /// What came of it.
    pub state: FileState,
}

/// What came of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FileState {
    /// No answer yet.
    Presented,
    /// The issuer refused it.
    Rejected,
    /// The issuer paid it.
    Settled(Settlement),
}

/// What a merchant was credited for the sales of one file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MerchantCredit {
    /// Its number at this bank, from 1.
    pub number: u64,
    /// Who.
    pub merchant: MerchantId,
    /// The file whose sales were paid.
    pub file: FileId,
    /// How many sales.
    pub sales: u64,
    /// What they came to.
    pub gross: Money,
    /// What the acquirer keeps of it.
    pub fee: Money,
    /// What the merchant gets.
    pub net: Money,
    /// When.
    pub at: UnixTime,
}

impl AcquirerRecord {
    /// Every kind, in the order in which an acquirer is rebuilt.
    pub const KINDS: [&'static str; 5] = [
        "acquirer.merchant",
        "acquirer.capture",
        "acquirer.file",
        "acquirer.credit",
        "acquirer.entry",
    ];

    /// What kind of record this is.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Capture(_) => "acquirer.capture",
            Self::Credit(_) => "acquirer.credit",
            Self::Entry(_) => "acquirer.entry",
            Self::File(_) => "acquirer.file",
            Self::Merchant(_) => "acquirer.merchant",
        }
    }

    /// Names the record within its kind.
    pub fn key(&self) -> String {
        match self {
            Self::Capture(capture) => capture.advice.authorization.to_string(),
            Self::Credit(credit) => format!("{:012}", credit.number),
            Self::Entry(entry) => format!("{:012}", entry.number()),
            Self::File(sent) => sent.file.id().to_string(),
            Self::Merchant(merchant) => merchant.id.to_string(),
        }
    }
}
