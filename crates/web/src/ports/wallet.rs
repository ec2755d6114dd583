//! What the wallet's pages need: the door, the cards, registration at the bank, a purchase.
//!
//! The wallet's port holds no page and no cookie; a `session` is a text it made when the door was
//! opened, and whatever it says about a shop comes from a verified message.

mod applications;
mod porter;

use std::future::Future;

use openset_types::{CardExpiry, Money, Pan, Secret, Terms, UnixTime};

pub use self::applications::{Application, CardCertificate, CardFile};
pub use self::porter::{Admitted, Porter};

use super::{Answer, Enrolment, Said, Standing};
use crate::problem::Problem;
use crate::words::Tongue;

/// Whether the wallet is open to a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Door {
    /// No passphrase has been chosen yet.
    New,
    /// There is a wallet, and this session has not opened it.
    Locked,
    /// Open.
    Open {
        /// Whole minutes until it locks by itself.
        minutes_left: u32,
    },
}

/// Why the wallet did not open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unopened {
    /// Too many wrong passphrases; nothing is tried before the pause is over.
    Paused {
        /// Seconds to wait.
        seconds: u32,
    },
    /// Another reason.
    Problem(Problem),
    /// The passphrase is not this wallet's.
    Wrong {
        /// Tries before a pause.
        tries_left: u32,
    },
}

/// What a card is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CardState {
    /// Its bank certified it.
    Certified {
        /// The last moment of the certificate.
        until: UnixTime,
    },
    /// Its bank certified it, and it is time to ask for another certificate.
    Ending {
        /// The last moment of the certificate.
        until: UnixTime,
        /// Whole days until then.
        days: usize,
    },
    /// Its certificate has ended.
    Expired {
        /// When.
        on: UnixTime,
    },
    /// Registration was begun and not finished.
    Unfinished,
}

impl CardState {
    /// Whether the card can pay.
    pub fn can_pay(&self) -> bool {
        matches!(self, Self::Certified { .. } | Self::Ending { .. })
    }
}

/// A card in the wallet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Card {
    /// What forms call it.
    pub id: String,
    /// Its bank.
    pub bank: String,
    /// Its brand.
    pub brand: String,
    /// Its last four digits.
    pub last_four: String,
    /// What it is good for.
    pub state: CardState,
    /// An application that has not led to a certificate, or not yet.
    pub application: Option<Application>,
}

/// A card as its holder types it in.
pub struct CardEntry {
    /// The number.
    pub pan: Pan,
    /// The last month printed on it.
    pub expiry: CardExpiry,
}

/// What has been checked while the shop is being asked who it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Checks {
    /// The shop answered.
    pub reached: bool,
    /// Its signature is right.
    pub signature: bool,
    /// Its certificate leads to the trust anchor.
    pub certificate: bool,
    /// So does the gateway's.
    pub gateway: bool,
}

/// Who the shop is, from its certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The name in the certificate.
    pub name: String,
    /// Who vouches for it.
    pub acquirer: String,
    /// For which brand.
    pub brand: String,
    /// Where it trades.
    pub place: String,
    /// The name the web page or the order gave, when it is another one.
    pub claimed: Option<String>,
    /// The number its acquirer knows it by.
    pub merchant_id: String,
    /// The certificate's serial number, in hex.
    pub serial: String,
    /// The certificate's first moment.
    pub since: UnixTime,
    /// Its last.
    pub until: UnixTime,
}

/// A card offered for a payment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PayCard {
    /// The card.
    pub card: Card,
    /// Why it cannot pay this shop, if so.
    pub obstacle: Option<Problem>,
}

/// What ties the two halves that are about to be signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signing {
    /// The transaction's XID, in hex.
    pub xid: String,
    /// The hash of the order, in hex: the shop's page shows the same.
    pub order_hash: String,
}

/// Everything the consent sheet says; all of it from verified messages and the wallet itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Consent {
    /// Who is paid.
    pub payee: Identity,
    /// How much: in all, or each time if the terms say so.
    pub amount: Money,
    /// What the shop may charge after this, if anything.
    pub further: Option<Further>,
    /// The shop's order number.
    pub order: String,
    /// What is bought, in the shop's words.
    pub description: String,
    /// The cards to choose from; the first usable one is proposed.
    pub cards: Vec<PayCard>,
    /// What will be signed.
    pub signing: Signing,
}

/// A consent to more than one payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Further {
    /// On which terms.
    pub terms: Terms,
    /// How many payments there can be.
    pub at_most: usize,
    /// What all of them can come to, if that is an amount.
    pub in_all: Option<Money>,
}

/// How a payment ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// Who was paid.
    pub payee: String,
    /// How much.
    pub amount: Money,
    /// What the shop says it gave back of it.
    pub given_back: Option<Money>,
    /// The shop's order number.
    pub order: String,
    /// What the shop's signed answer says.
    pub standing: Standing,
    /// Why it did not go through, if it did not.
    pub problem: Option<Problem>,
    /// Where the shop would like its buyer back.
    pub return_url: Option<String>,
    /// What the inspector knows the transaction by.
    pub transaction: Option<String>,
}

/// What is known of an order that is on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Known {
    /// It was sent, and an answer is due.
    Sent,
    /// No answer has come, or none that says how it stands: the shop may have it, and is asked.
    Unsure,
    /// The shop has it, and waits for the bank.
    Received,
}

/// How far a purchase has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Purchase {
    /// The shop is being asked who it is.
    Checking(Checks),
    /// The shop is known; its buyer decides.
    Offered(Box<Consent>),
    /// Consent is given; the shop and the bank are being asked.
    Paying {
        /// Who is paid.
        payee: String,
        /// How much.
        amount: Money,
        /// How far the order is known to have come.
        known: Known,
    },
    /// It is over, one way or the other.
    Ended(Outcome),
    /// It stopped before consent; nothing was signed.
    Stopped(Problem),
}

/// A payment of the past.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paid {
    /// What [`WalletPort::purchase`] knows it by.
    pub id: String,
    /// Who was paid.
    pub payee: String,
    /// How much: in all, or each time if the terms say so.
    pub amount: Money,
    /// On which terms, if the shop may charge more than once.
    pub terms: Option<Terms>,
    /// How far it came.
    pub standing: Standing,
    /// The card's last four digits, if one was chosen.
    pub last_four: Option<String>,
    /// When.
    pub at: UnixTime,
}

/// The wallet behind its pages.
///
/// Every method that takes a `session` answers [`Problem::WalletLocked`] when that session is
/// not, or no longer, open.
pub trait WalletPort: Send + Sync + 'static {
    /// Whether the wallet is open to this session.
    fn door(&self, session: Option<&str>) -> impl Future<Output = Door> + Send;
    /// Chooses the passphrase of a new wallet and answers a session.
    fn create(&self, passphrase: Secret) -> impl Future<Output = Said<String>> + Send;
    /// Opens the wallet for so many minutes and answers a session.
    fn unlock(
        &self,
        passphrase: Secret,
        minutes: u32,
    ) -> impl Future<Output = Result<String, Unopened>> + Send;
    /// Locks the wallet.
    fn lock(&self, session: &str) -> impl Future<Output = ()> + Send;

    /// The cards.
    fn cards(&self, session: &str) -> impl Future<Output = Said<Vec<Card>>> + Send;
    /// A card, by any name it has or had.
    fn card(&self, session: &str, id: &str) -> impl Future<Output = Said<CardFile>> + Send;
    /// Begins a registration at the card's bank, in a language, and answers its id.
    fn apply(
        &self,
        session: &str,
        card: CardEntry,
        tongue: Tongue,
    ) -> impl Future<Output = Said<String>> + Send;
    /// Asks for another certificate for a card, or anew for one that was refused, in a language,
    /// and answers the id of the registration. One that is under way is answered instead. `expiry`
    /// is the last month that is printed on the card now, if it is another one.
    fn renew(
        &self,
        session: &str,
        id: &str,
        expiry: Option<CardExpiry>,
        tongue: Tongue,
    ) -> impl Future<Output = Said<String>> + Send;
    /// Asks now what has become of an application that somebody looks at. May wait a second or two.
    fn ask_again(&self, session: &str, id: &str) -> impl Future<Output = Said<()>> + Send;
    /// Asks the authority at an address that a referral named.
    fn follow(
        &self,
        session: &str,
        id: &str,
        address: String,
    ) -> impl Future<Output = Said<()>> + Send;
    /// How far a registration has come. May wait a second or two for the bank.
    fn enrolment(
        &self,
        session: &str,
        id: &str,
    ) -> impl Future<Output = Said<Enrolment<Card>>> + Send;
    /// Sends the answers; the bank's terms were accepted.
    fn answer(
        &self,
        session: &str,
        id: &str,
        answers: Vec<Answer>,
    ) -> impl Future<Output = Said<()>> + Send;

    /// Keeps an initiation document that came from anybody, unread by any page, and answers a
    /// random id that can be used once within ten minutes, or until others have taken its room.
    /// Nothing is sent. `origin` is what the browser says about the page it came from, and empty
    /// if it says nothing.
    fn receive(&self, document: Vec<u8>, origin: &str)
    -> impl Future<Output = Said<String>> + Send;
    /// How far a purchase has come; the first call asks the shop who it is. May wait a second or
    /// two for an answer.
    fn purchase(
        &self,
        session: &str,
        id: &str,
        tongue: Tongue,
    ) -> impl Future<Output = Said<Purchase>> + Send;
    /// Signs and pays what was offered, with a card. A second call does nothing.
    fn consent(&self, session: &str, id: &str, card: &str)
    -> impl Future<Output = Said<()>> + Send;
    /// Gives a purchase up before consent, unlocked or not, and answers where to return to, if
    /// the address is one a wallet may return to.
    fn cancel(&self, id: &str) -> impl Future<Output = Said<Option<String>>> + Send;
    /// Asks the shop how an order stands that was signed, and waits a second or two for what it
    /// says.
    fn ask(&self, session: &str, id: &str) -> impl Future<Output = Said<()>> + Send;
    /// The payments of the past, newest first.
    fn history(&self, session: &str) -> impl Future<Output = Said<Vec<Paid>>> + Send;
}
