//! What the wallet's pages show of a card's certificate, and of an application for one.

use openset_types::UnixTime;

use super::Card;
use crate::ports::ApplicationState;

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
