//! What an acquirer keeps. An acquirer is rebuilt from these and from nothing else, and none of
//! them has room for a card number.

use openset_types::{CaptureAdvice, MerchantId, Money, RetrievalReference, Trace, UnixTime};
use serde::{Deserialize, Serialize};

use super::{Batch, Counted, Merchant};
use crate::clearing::{ClearingFile, FileId, Flow, SaleFault};
use crate::ledger::Entry;
use crate::settlement::Settlement;

/// One record of an acquirer. A later record of the same kind and key replaces an earlier one.
// Stored. Change only with a migration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AcquirerRecord {
    /// A batch was opened or closed.
    Batch(Batch),
    /// A sale was captured, or a credit given, or either moved on.
    Capture(Capture),
    /// A merchant's account was credited or debited.
    Credit(MerchantCredit),
    /// An entry was made.
    Entry(Entry),
    /// A clearing file was made or answered.
    File(SentFile),
    /// A merchant was signed up or changed.
    Merchant(Merchant),
}

/// A sale whose merchant wants the money, or a credit by which it gives money of one back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Capture {
    /// What the gateway said.
    pub advice: CaptureAdvice,
    /// When it was said.
    pub at: UnixTime,
    /// How far the money has come.
    pub state: CaptureState,
    /// Which of the two it is.
    #[serde(default)]
    pub flow: Flow,
    /// What was taken back of it before it was presented, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub taken_back: Vec<TakenBack>,
    /// Where it is counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counted: Option<Counted>,
}

/// A part of a sale, or all of a credit, that was taken back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TakenBack {
    /// How the advice of it is found again.
    pub trace: Trace,
    /// How much.
    pub amount: Money,
    /// Where it is counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counted: Option<Counted>,
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
    /// The merchant has it, or has given it.
    Credited(FileId),
    /// All of it was taken back before it was presented.
    TakenBack,
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

/// What a merchant was credited for the sales of one file, or debited for its credits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MerchantCredit {
    /// Its number at this bank, from 1.
    pub number: u64,
    /// Who.
    pub merchant: MerchantId,
    /// The file whose sales, or credits, were paid.
    pub file: FileId,
    /// Which of the two they were.
    #[serde(default)]
    pub flow: Flow,
    /// How many.
    pub sales: u64,
    /// What they came to.
    pub gross: Money,
    /// What the acquirer keeps of it; nothing of credits, and what it kept of the sale stays.
    pub fee: Money,
    /// What the merchant gets, or owes.
    pub net: Money,
    /// When.
    pub at: UnixTime,
}

impl Capture {
    /// What it is known by: a sale by its authorization, a credit by a reference of its own.
    pub fn name(&self) -> &RetrievalReference {
        match self.flow {
            Flow::Sale => &self.advice.authorization,
            Flow::Credit => &self.advice.trace.retrieval,
        }
    }

    /// How much it is still for.
    pub fn amount(&self) -> Money {
        let whole = self.advice.amount;
        let nothing = Money::zero(whole.currency());
        let less = |left: Money, part: &TakenBack| left.minus(part.amount).unwrap_or(nothing);
        self.taken_back.iter().fold(whole, less)
    }

    /// Whether the banks have settled it.
    pub fn is_paid(&self) -> bool {
        matches!(self.state, CaptureState::Settled(_) | CaptureState::Credited(_))
    }

    /// Whether its money has moved, or may.
    pub fn stands(&self) -> bool {
        !matches!(self.state, CaptureState::Disputed(_) | CaptureState::TakenBack)
    }
}

impl AcquirerRecord {
    /// Every kind, in the order in which an acquirer is rebuilt.
    pub const KINDS: [&'static str; 6] = [
        "acquirer.merchant",
        "acquirer.batch",
        "acquirer.capture",
        "acquirer.file",
        "acquirer.credit",
        "acquirer.entry",
    ];

    /// What kind of record this is.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Batch(_) => "acquirer.batch",
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
            Self::Batch(batch) => format!("{:012}-{}", batch.number.get(), batch.merchant),
            Self::Capture(capture) => match capture.flow {
                Flow::Sale => capture.name().to_string(),
                Flow::Credit => format!("{}-{}", capture.advice.authorization, capture.name()),
            },
            Self::Credit(credit) => format!("{:012}", credit.number),
            Self::Entry(entry) => format!("{:012}", entry.number()),
            Self::File(sent) => sent.file.id().to_string(),
            Self::Merchant(merchant) => merchant.id.to_string(),
        }
    }
}
