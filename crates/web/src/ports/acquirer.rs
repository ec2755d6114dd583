//! What the acquirer's console needs: captures, files, merchants with their fees and credits, the
//! run of clearing, and the comparison with the issuers.

use std::future::Future;

use openset_types::{Money, UnixTime};

use super::{BankCompared, BooksPort, DayAsked, Flow, LinkRow, Newest, Said, When};

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

/// What a merchant is or will be paid, in one currency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credit {
    /// The merchant.
    pub merchant: String,
    /// Paid to its account.
    pub paid: Money,
    /// Captured, and not paid yet.
    pub waiting: Money,
}

/// What waits for the next clearing, in one currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Waiting {
    /// How many.
    pub count: usize,
    /// What they come to.
    pub total: Money,
}

/// All the acquirer's console shows on its first page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AcquirerBooks {
    /// Captures, newest first.
    pub captures: Newest<CaptureRow>,
    /// What the next clearing would send.
    pub waiting: Vec<Waiting>,
    /// Money that merchants give back, newest first.
    pub refunds: Newest<CaptureRow>,
    /// What of it waits to be cleared.
    pub refunds_waiting: Vec<Waiting>,
    /// Files, newest first.
    pub files: Newest<FileRow>,
    /// Each merchant's money.
    pub credits: Vec<Credit>,
}

/// What the bank keeps of a merchant's sales.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeeTerms {
    /// So many hundredths of a percent of their sum.
    pub basis_points: u16,
    /// And of each sale this; at most one amount for each currency.
    pub fixed: Vec<Money>,
}

/// A merchant that banks here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MerchantTerms {
    /// The number this bank knows it by.
    pub id: String,
    /// What it is called.
    pub name: String,
    /// Its account.
    pub account: String,
    /// What is kept of its sales.
    pub fees: FeeTerms,
}

/// What a merchant was credited for the sales of a file, or debited for its credits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreditRow {
    /// Its number at this bank.
    pub number: u64,
    /// When.
    pub at: UnixTime,
    /// The merchant.
    pub merchant: String,
    /// Sales are credited, credits debited.
    pub flow: Flow,
    /// The clearing file.
    pub file: String,
    /// How many sales or credits.
    pub count: u64,
    /// What they came to.
    pub gross: Money,
    /// What the bank kept.
    pub fee: Money,
    /// What the merchant got, or owes.
    pub net: Money,
}

/// The merchants with their terms, and what they were credited.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MerchantBooks {
    /// The merchants.
    pub merchants: Vec<MerchantTerms>,
    /// What they were credited and debited, newest first.
    pub credits: Newest<CreditRow>,
}

/// The acquirer's books held against those of the issuers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comparison {
    /// Each issuer, sale by sale.
    pub banks: Vec<BankCompared>,
    /// The links to them.
    pub links: Vec<LinkRow>,
    /// What they said of today, if they were asked just now.
    pub today: Option<DayAsked>,
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
pub trait AcquirerPort: BooksPort {
    /// The books.
    fn books(&self) -> impl Future<Output = Said<AcquirerBooks>> + Send;
    /// Clears and settles everything that waits. Returns when the files are exchanged.
    fn run_clearing(&self) -> impl Future<Output = Said<()>> + Send;
    /// The merchants.
    fn merchants(&self) -> impl Future<Output = Said<MerchantBooks>> + Send;
    /// The books held against those of the issuers.
    fn compare(&self) -> impl Future<Output = Said<Comparison>> + Send;
    /// The same, after asking each issuer whether it has settled the same today.
    fn ask_today(&self) -> impl Future<Output = Said<Comparison>> + Send;
}
