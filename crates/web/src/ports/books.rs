//! What the pages of both banks need: the ledger, the clearing files between them, and whether
//! the bank at the other end is there.

use std::future::Future;

use openset_types::{Money, Side, UnixTime};

use super::{Newest, Said, StoredFile};
use crate::party::Party;

/// An account of a bank's ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LedgerAccount {
    /// What a cardholder owes, by the number of the account.
    Card(String),
    /// What is due from another bank, or to it, for cleared sales.
    Clearing(String),
    /// What the bank has at the bank of banks.
    Central,
    /// What the acquirer earns.
    Fees,
    /// What is a merchant's already.
    Merchant(String),
    /// What is a merchant's once the issuer has paid.
    Pending(String),
}

/// An amount on one side of an account: a line of an entry, or a balance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerLine {
    /// The account.
    pub account: LedgerAccount,
    /// Which side of it.
    pub side: Side,
    /// How much.
    pub amount: Money,
}

/// Why an entry was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Occasion {
    /// A merchant captured an authorization.
    Captured,
    /// A sale came with a clearing file.
    Cleared,
    /// A merchant was credited, or debited, for a file.
    Credited,
    /// The issuer refused a captured sale.
    Disputed,
    /// A merchant gave money back.
    Refunded,
    /// Two banks settled a file.
    Settled,
    /// Something was taken back before it was presented.
    TakenBack,
}

/// One entry. Its debits are its credits, in each currency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerEntry {
    /// Its number in the ledger, from 1.
    pub number: u64,
    /// When it was made.
    pub at: UnixTime,
    /// Why.
    pub occasion: Occasion,
    /// The sale, the credit or the file that it is about.
    pub about: String,
    /// Its lines.
    pub lines: Vec<LedgerLine>,
}

/// A bank's ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerBooks {
    /// Every account with its balance, a line for each currency.
    pub balances: Vec<LedgerLine>,
    /// How many entries there are.
    pub count: usize,
    /// Whether all debits equal all credits.
    pub is_balanced: bool,
    /// Some entries, newest first.
    pub entries: Vec<LedgerEntry>,
    /// The number before which the next older ones are; none if there are none.
    pub older: Option<u64>,
}

/// Which way the money of a file goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flow {
    /// The issuer pays for sales.
    Sales,
    /// The acquirer pays for credits.
    Credits,
}

/// What came of a clearing file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClearingState {
    /// No answer yet.
    Presented,
    /// Nothing of it was posted.
    Rejected,
    /// It was posted and paid.
    Settled(UnixTime),
}

/// A clearing file in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClearingRow {
    /// Its name, which addresses use too.
    pub name: String,
    /// The bank at the other end.
    pub bank: String,
    /// Sales or credits.
    pub flow: Flow,
    /// How many.
    pub items: usize,
    /// What they come to.
    pub total: Money,
    /// When it was made.
    pub at: UnixTime,
    /// What came of it.
    pub state: ClearingState,
}

/// A sale or a credit in a clearing file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClearingItem {
    /// What it is known by: the authorization, or the credit's own reference.
    pub reference: String,
    /// The issuer's word for the authorization.
    pub approval_code: String,
    /// The merchant.
    pub merchant: String,
    /// When it was captured.
    pub at: UnixTime,
    /// How much.
    pub amount: Money,
}

/// A document that was exchanged about a clearing file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClearingDocument {
    /// What addresses call it.
    pub name: String,
    /// What it is, as its standard names it: `pacs.009`.
    pub kind: String,
    /// Who sent it.
    pub sender: Option<Party>,
    /// Who got it.
    pub recipient: Option<Party>,
    /// When.
    pub at: UnixTime,
    /// How many octets it has.
    pub octets: usize,
}

/// A clearing file with everything a bank knows of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClearingFile {
    /// The file.
    pub row: ClearingRow,
    /// Its sales or credits.
    pub items: Newest<ClearingItem>,
    /// What was exchanged about it, oldest first.
    pub documents: Vec<ClearingDocument>,
}

/// What both banks' consoles show of their books.
pub trait BooksPort: Send + Sync + 'static {
    /// The bank's name.
    fn name(&self) -> String;
    /// Its ledger, with entries before this number, or with the newest.
    fn ledger(&self, before: Option<u64>) -> impl Future<Output = Said<LedgerBooks>> + Send;
    /// The clearing files that it made or took, newest first.
    fn clearing_files(&self) -> impl Future<Output = Said<Newest<ClearingRow>>> + Send;
    /// One of them.
    fn clearing_file(&self, name: &str) -> impl Future<Output = Said<ClearingFile>> + Send;
    /// A document, as it went.
    fn file(&self, name: &str) -> impl Future<Output = Said<StoredFile>> + Send;
}
