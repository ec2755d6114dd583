//! What the acquirer's console needs: captures, files, credits, and the run of clearing.

use std::future::Future;

use openset_types::{Money, UnixTime};

use super::{Said, When};

/// A captured sale.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaptureRow {
    /// When it came.
    pub at: UnixTime,
    /// Whose sale.
    pub merchant: String,
    /// The retrieval reference that leads back to the authorization; of a refund, its own.
    pub reference: String,
    /// How much.
    pub amount: Money,
    /// When it was cleared; `None` while it waits.
    pub cleared: When,
}

/// A file exchanged with another bank or given to a merchant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileRow {
    /// Its name, which addresses use too.
    pub name: String,
    /// What it is, as its standard names it: `pacs.008.001.08`.
    pub kind: String,
    /// Who it is for.
    pub to: String,
    /// The sum it speaks of.
    pub total: Money,
    /// When it was written.
    pub at: UnixTime,
}

/// What a merchant is or will be paid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credit {
    /// The merchant.
    pub merchant: String,
    /// Paid to its account.
    pub paid: Money,
    /// Captured, and not paid yet.
    pub waiting: Money,
}

/// All the acquirer's console shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AcquirerBooks {
    /// Captures, newest first.
    pub captures: Vec<CaptureRow>,
    /// What the next clearing would send.
    pub waiting: Money,
    /// How many captures that is.
    pub waiting_count: usize,
    /// Money that merchants give back, newest first.
    pub refunds: Vec<CaptureRow>,
    /// What of it waits to be cleared.
    pub refunds_waiting: Money,
    /// How many refunds that is.
    pub refunds_waiting_count: usize,
    /// Files, newest first.
    pub files: Vec<FileRow>,
    /// Each merchant's money.
    pub credits: Vec<Credit>,
}

/// A file as it went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredFile {
    /// Its name.
    pub name: String,
    /// Its octets.
    pub octets: Vec<u8>,
}

/// The acquirer's console.
pub trait AcquirerPort: Send + Sync + 'static {
    /// The bank's name.
    fn name(&self) -> String;
    /// The books.
    fn books(&self) -> impl Future<Output = Said<AcquirerBooks>> + Send;
    /// Clears and settles everything that waits. Returns when the files are exchanged.
    fn run_clearing(&self) -> impl Future<Output = Said<()>> + Send;
    /// One file.
    fn file(&self, name: &str) -> impl Future<Output = Said<StoredFile>> + Send;
}
