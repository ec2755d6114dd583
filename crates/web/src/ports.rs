//! What the pages need from the parties behind them: a narrow trait per site, and plain data.
//!
//! A page takes no database and no request. A route asks its port, builds the page from what the
//! port said, and renders it. Whoever puts the parties together implements these traits.

use openset_types::UnixTime;

use crate::problem::Problem;

mod acquirer;
mod authority;
mod batches;
mod books;
mod breaks;
mod certificates;
mod console;
mod enrolment;
mod gateway;
mod home;
mod issuer;
mod journal;
mod merchant;
mod shop;
mod wallet;

pub use acquirer::{
    AcquirerBooks, AcquirerPort, CaptureRow, Comparison, Credit, CreditRow, FeeTerms, FileRow,
    MerchantBooks, MerchantTerms, StoredFile, Waiting,
};
pub use authority::{AuthorityPort, Certificate, CertificateNode, CertificateState};
pub use batches::{BatchBreak, BatchDeed, BatchFile, BatchRow, BatchState, BreakAbout, Told};
pub use books::{
    BooksPort, ClearingDocument, ClearingFile, ClearingItem, ClearingRow, ClearingState, Flow,
    LedgerAccount, LedgerBooks, LedgerEntry, LedgerLine, Occasion,
};
pub use breaks::{BankCompared, DayAsked, DayLine, DaySum, Difference, FoundBreak, LinkRow};
pub use certificates::{CertificatesPort, OwnApplication, OwnCertificate, OwnCertificates};
pub use console::{
    Applicant, Asked, Branch, CertificateFile, CertificateRow, CertificateSearch,
    CertificatesFound, Consequences, ConsolePort, Denial, GivenAnswer, KeyDuty, ListRow, Listed,
    Lists, Overview, Refuser, RequestFile, RequestRow, RequestState, RevocationReason, Span, Stops,
    Trail, TrailRow, TrailSearch, Verdict,
};
pub use enrolment::{
    Answer, ApplicationState, Bearer, Enrolment, EnrolmentStage, Field, Pended, Referral, Refusal,
    RefusedFor, RegistrationForm, Unfit,
};
pub use gateway::{
    Check, CheckName, CheckState, Element, GatewayFile, GatewayPort, GatewayRefund, GatewayRow,
    IssuerLeg, MaskedCard,
};
pub use home::{HomePort, Neighbour, Pulse, RecentPayment};
pub use issuer::{
    AccountFile, AccountRow, AccountState, Entry, HeldRow, HoldRow, HoldState, IssuerPort,
    PackageKind, PackageRow, RegistrationOffer, WalletOffer,
};
pub use journal::{JournalPort, MessageFile, Part, Subject, Transcript, TranscriptRow};
pub use merchant::{
    Crossing, Direction, MerchantPort, NextPart, OrderFile, OrderRow, PaidPart, RefundLine,
    RefundResult, Voidable,
};
pub use shop::{
    Basket, Buyer, Delivery, Goods, Handover, Line, Quote, Receipt, ReceiptStep, ShopPort,
};
pub use wallet::{
    Admitted, Application, Card, CardCertificate, CardEntry, CardFile, CardState, Checks, Consent,
    Door, Further, Identity, Known, Outcome, Paid, PayCard, Porter, Purchase, Signing, Unopened,
    WalletPort,
};

/// What a port says: what was asked for, or a problem of the catalogue.
pub type Said<T> = Result<T, Problem>;

/// Fresh randomness, drawn by the shell.
pub trait Chance: Send + Sync {
    /// Twenty octets nobody could have guessed.
    fn draw(&self) -> [u8; 20];
}

/// A named value as a person reads it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// What it is.
    pub name: String,
    /// What it says.
    pub value: String,
}

/// How far a payment has come, in the words everybody sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Standing {
    /// The order is placed; no wallet has come yet.
    AwaitingWallet,
    /// The shop has the order; the bank has not been asked yet.
    Received,
    /// The bank agreed.
    Authorized,
    /// The bank said no.
    Declined,
    /// The shop asked for the money.
    Captured,
    /// The money has moved between the banks.
    Settled,
    /// The shop has given money back, all of it or a part.
    Refunded,
    /// The buyer or the shop called it off.
    Cancelled,
    /// The bank agreed, and the shop released the money before it was taken.
    Released,
    /// No answer yet; somebody is asking.
    Unknown,
}

/// The newest of many.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Newest<T> {
    /// They themselves, newest first.
    pub rows: Vec<T>,
    /// How many older ones there are.
    pub older: usize,
}

impl<T> Newest<T> {
    /// So many at most of all, which come newest first.
    pub fn of(mut all: Vec<T>, most: usize) -> Self {
        let older = all.len().saturating_sub(most);
        all.truncate(most);
        Self { rows: all, older }
    }
}

/// A moment, or not yet.
pub type When = Option<UnixTime>;
