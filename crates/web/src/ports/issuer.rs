//! What the issuer's console needs: accounts, holds, entries.

use std::future::Future;

use openset_types::{Money, UnixTime};

use super::{BooksPort, Newest, Said};
use crate::words::Tongue;

/// Whether an account may pay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccountState {
    /// It may.
    Active,
    /// Its card is past the month printed on it.
    Expired,
    /// It is stopped.
    Blocked,
}

/// One account in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountRow {
    /// What addresses call it.
    pub slug: String,
    /// Its card number, masked.
    pub number: String,
    /// Whose it is.
    pub holder: String,
    /// Whether it may pay.
    pub state: AccountState,
    /// What it may spend.
    pub limit: Money,
    /// What is reserved.
    pub held: Money,
    /// What was spent.
    pub spent: Money,
}

/// What became of a hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HoldState {
    /// Reserved.
    Placed,
    /// Turned into a debit.
    Posted,
    /// Given back.
    Released,
    /// Given back because nobody came for it.
    Expired,
}

/// Money reserved for an authorization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HoldRow {
    /// When it was placed.
    pub at: UnixTime,
    /// For whom.
    pub merchant: String,
    /// How much.
    pub amount: Money,
    /// The approval code.
    pub approval_code: String,
    /// What became of it.
    pub state: HoldState,
}

/// A hold in the list of all accounts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldRow {
    /// The authorization.
    pub authorization: String,
    /// What addresses call its account.
    pub account: String,
    /// The hold.
    pub hold: HoldRow,
    /// What was taken of it, once it was posted.
    pub posted: Option<Money>,
    /// Until when it may stand.
    pub until: UnixTime,
}

/// A line of the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// When.
    pub at: UnixTime,
    /// What for.
    pub text: String,
    /// Taken from the account.
    pub debit: Option<Money>,
    /// Given to the account.
    pub credit: Option<Money>,
}

/// An account with its holds and entries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountFile {
    /// The account.
    pub account: AccountRow,
    /// Its holds, newest first.
    pub holds: Vec<HoldRow>,
    /// Its entries, newest first.
    pub entries: Vec<Entry>,
}

/// What a file of the bank's wallet is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PackageKind {
    /// A package for Debian and its kin.
    Debian,
    /// The same as a tarball.
    Tarball,
    /// The signed brand pack.
    Pack,
    /// The prints of the others.
    Prints,
}

/// A file of the bank's wallet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackageRow {
    /// Its name.
    pub file: String,
    /// What it is.
    pub kind: PackageKind,
    /// How many octets it has.
    pub octets: usize,
    /// Its print: SHA-256, in hex.
    pub print: String,
}

/// The wallet that a bank gives out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WalletOffer {
    /// What its files and commands are named by: `banque-demo`.
    pub id: String,
    /// The files; none before somebody made them.
    pub packages: Vec<PackageRow>,
    /// The command that makes them.
    pub command: String,
    /// The name of the key that signed the brand pack, in hex.
    pub key: String,
}

/// How the bank lets a card be registered: by a file that its page gives out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegistrationOffer {
    /// What the file is named by: `banque-demo`.
    pub id: String,
    /// The brand of its cards.
    pub brand: String,
    /// Where its cardholder authority takes messages.
    pub authority: String,
    /// The registration initiation document.
    pub document: Vec<u8>,
}

/// The issuer's console.
pub trait IssuerPort: BooksPort {
    /// The accounts.
    fn accounts(&self) -> impl Future<Output = Said<Vec<AccountRow>>> + Send;
    /// The holds of all accounts, newest first.
    fn holds(&self) -> impl Future<Output = Said<Newest<HeldRow>>> + Send;
    /// One of the accounts.
    fn account(&self, slug: &str) -> impl Future<Output = Said<AccountFile>> + Send;
    /// The wallet that the bank gives out.
    fn wallet_offer(&self) -> impl Future<Output = Said<WalletOffer>> + Send;
    /// How its cards are registered, said in a language.
    fn registration(&self, tongue: Tongue) -> impl Future<Output = Said<RegistrationOffer>> + Send;
    /// One of its files, whole and unchanged since it was made.
    fn wallet_package(&self, file: &str) -> impl Future<Output = Said<Vec<u8>>> + Send;
}
