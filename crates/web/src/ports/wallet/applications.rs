//! What the wallet's pages show of a card's certificate, and of an application for one.

use openset_types::UnixTime;

use super::Card;

/// How far an application has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ApplicationState {
    /// The bank is asked for its form, or for its decision.
    Asking,
    /// The bank's form waits for answers.
    Form,
    /// Somebody at the bank looks at it.
    Pended,
    /// Another authority is to be asked, if the holder says so.
    Referred,
    /// The bank said no, or nothing.
    Refused,
}

/// An application for a card's certificate: the first one, or another one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Application {
    /// What [`enrolment`](super::WalletPort::enrolment) knows it by.
    pub id: String,
    /// How far it has come.
    pub state: ApplicationState,
}

/// A card on a page of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CardFile {
    /// The card.
    pub card: Card,
    /// Its certificate, if it has one.
    pub certificate: Option<CardCertificate>,
    /// The last month printed on it, as it is printed: `12/29`.
    pub expiry: String,
}

/// The certificate that a card pays with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CardCertificate {
    /// Its first moment.
    pub since: UnixTime,
    /// Its last.
    pub until: UnixTime,
    /// Its serial number, in hex.
    pub serial: String,
}

/// An application that somebody at the bank looks at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pended {
    /// The bank.
    pub bank: String,
    /// The card's last four digits.
    pub last_four: String,
    /// When the answers were sent.
    pub sent: UnixTime,
    /// When the bank was asked last.
    pub asked: UnixTime,
    /// Whether that question is still open.
    pub is_open: bool,
    /// Until when the wallet asks by itself.
    pub until: UnixTime,
}

/// An authority that sends the holder on to another one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Referral {
    /// Its words.
    pub words: Option<String>,
    /// The addresses that it names and that may be followed; never none.
    pub addresses: Vec<String>,
}

/// An application that ended without a certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The bank.
    pub bank: String,
    /// The card's last four digits.
    pub last_four: String,
    /// Why.
    pub why: RefusedFor,
    /// The words of whoever refused it.
    pub words: Option<String>,
    /// Until when the card's earlier certificate is good, if it has one.
    pub good_until: Option<UnixTime>,
}

/// Why an application ended without a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefusedFor {
    /// The bank does not know the card, or not as its holder's.
    Bank,
    /// The authority that certifies for the bank says no.
    Authority,
    /// The certificate that was to be renewed is not believed any more.
    Signature,
    /// The authority has no form for this card or language.
    NoForm,
    /// The authority sends on, and to nowhere that may be followed.
    Circle,
    /// The authority could not go on with what it got.
    Trouble,
    /// No answer that could be believed came in time.
    Silence,
}
