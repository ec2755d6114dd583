//! What the inspector needs: every message that really passed, and what each party read in it.

use std::future::Future;

use openset_types::{Money, UnixTime};

use super::{Said, Standing};
use crate::diagram::Passed;
use crate::visibility::Evidence;
use crate::words::Words;

/// What a transaction was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// A card got its certificate; the last four digits.
    Card(String),
    /// A party got its certificates; its name.
    Certificates(String),
    /// A purchase; the order number.
    Order(String),
}

impl Subject {
    /// What people call it.
    pub fn title(&self, say: &Words) -> String {
        match self {
            Self::Card(last_four) => say.subject_card(last_four),
            Self::Certificates(name) => say.subject_certificates(name),
            Self::Order(number) => say.order_numbered(number),
        }
    }
}

/// A transaction in the inspector's list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TranscriptRow {
    /// What addresses call it.
    pub slug: String,
    /// What it was.
    pub subject: Subject,
    /// How much, if it was a purchase.
    pub amount: Option<Money>,
    /// How far it has come, if it was a purchase.
    pub standing: Option<Standing>,
    /// How many messages passed.
    pub messages: usize,
    /// When the first one passed.
    pub at: UnixTime,
}

/// A transaction from its first message to its last.
#[derive(Debug, Clone)]
pub struct Transcript {
    /// What it was.
    pub subject: Subject,
    /// The transaction's XID in hex, once there is one.
    pub xid: Option<String>,
    /// Every message, in order.
    pub messages: Vec<Passed>,
    /// What each party could read, from its own journal and with its own keys.
    pub evidence: Evidence,
}

/// A named part of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Its name in the standard.
    pub name: String,
    /// Its kind: `SEQUENCE`, `INTEGER`, `field 4`.
    pub kind: String,
    /// Where it starts in the message.
    pub at: usize,
    /// How many octets it takes.
    pub len: usize,
    /// Its value, if it can be said in a line; secrets are masked.
    pub value: Option<String>,
    /// Who alone can open it.
    pub sealed_for: Option<String>,
    /// Its own parts.
    pub parts: Vec<Self>,
}

/// One message in full.
#[derive(Debug, Clone)]
pub struct MessageFile {
    /// The transaction it belongs to.
    pub subject: Subject,
    /// The message among the others.
    pub passed: Passed,
    /// How many messages the transaction has.
    pub of: u32,
    /// Its parts.
    pub tree: Part,
    /// Its octets as they passed, card numbers masked where they travel in clear.
    pub octets: Vec<u8>,
}

/// The journals of all parties, read together. Only a demonstration has one of these.
pub trait JournalPort: Send + Sync + 'static {
    /// All transactions, newest first.
    fn transcripts(&self) -> impl Future<Output = Said<Vec<TranscriptRow>>> + Send;
    /// One of them.
    fn transcript(&self, slug: &str) -> impl Future<Output = Said<Transcript>> + Send;
    /// One message of it, by its number.
    fn message(&self, slug: &str, number: u32) -> impl Future<Output = Said<MessageFile>> + Send;
}
