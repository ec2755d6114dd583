//! What a wallet that is open is handed through the socket in its folder: a document, or the wish
//! to see its pages. Nobody has signed a document: it is read, held against whose wallet this is,
//! and lies in memory until its owner takes it up. Of one that is no good nothing is kept.

use std::sync::Arc;

use data_encoding::BASE64;
use openset_web::{
    Problem, Tongue, Words,
    ports::{Said, WalletPort},
};
use openset_wire::initiation::{DOCUMENT_BYTES_MAX, Initiation, RegistrationInitiation};
use serde::{Deserialize, Serialize};

use super::super::registration::is_at;
use crate::{
    house::{purse::Purse, socket::Performs},
    ports::wallet::WalletPages,
    wallet::gate::Gate,
};

/// What is asked of a wallet that is open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Deed {
    /// The document (base64); without one, the cards are shown.
    document: Option<String>,
}

/// Where it leads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Told {
    /// The page, with a ticket.
    pub(super) address: String,
    /// Why the document was not taken, if it was not: the page says so, too.
    pub(super) refused: Option<String>,
}

/// Leads to the pages of a wallet.
pub(super) struct Hand {
    pages: Arc<WalletPages>,
    gate: Arc<Gate>,
    origin: String,
}

impl Deed {
    /// To do what a document asks for, or to show the cards.
    pub(super) fn of(document: Option<&[u8]>) -> Self {
        Self { document: document.map(|octets| BASE64.encode(octets)) }
    }
}

impl Told {
    /// The port of the page.
    pub(super) fn port(&self) -> Option<u16> {
        let uri: hyper::Uri = self.address.parse().ok()?;
        uri.port_u16()
    }
}

impl Hand {
    /// Leads to these pages, whose origin this is, through their gate.
    pub(super) fn new(pages: Arc<WalletPages>, gate: Arc<Gate>, origin: String) -> Self {
        Self { pages, gate, origin }
    }

    /// Takes what was handed in, and says where it leads.
    pub(super) async fn lead(&self, deed: &Deed) -> Told {
        let led = self.place(deed).await;
        let place = match &led {
            Ok(place) => place.clone(),
            Err(problem) => format!("/told/{}", problem.code()),
        };
        let english = Words::of(Tongue::English);
        let refused =
            led.err().map(|why| format!("{} {}", why.sentence(english), why.next(english)));
        match self.gate.ticket(&place) {
            Ok(ticket) => Told { address: format!("{}/enter/{ticket}", self.origin), refused },
            Err(fault) => Told { address: self.origin.clone(), refused: Some(fault.to_string()) },
        }
    }

    async fn place(&self, deed: &Deed) -> Said<String> {
        let Some(document) = &deed.document else { return Ok("/".to_owned()) };
        let octets = BASE64.decode(document.as_bytes()).map_err(|_| Problem::FileUnreadable)?;
        if octets.len() > DOCUMENT_BYTES_MAX {
            return Err(Problem::InitiationTooLarge);
        }
        if let Ok(asked) = RegistrationInitiation::parse(&octets) {
            return registers(self.pages.purse(), &asked);
        }
        let asked = Initiation::parse(&octets).map_err(|_| Problem::FileUnreadable)?;
        if !asked.brands.contains(&self.pages.purse().ground.brand) {
            return Err(Problem::BrandNotAccepted);
        }
        Ok(format!("/pay/{}", self.pages.receive(octets, "").await?))
    }
}

/// A registration is of this wallet if it is of its brand, at the authority that it asks. Where
/// that has moved to another port of this machine, the wallet follows.
fn registers(purse: &Purse, asked: &RegistrationInitiation) -> Said<String> {
    let ground = &purse.ground;
    let known = &ground.addresses.ca_cardholder;
    if asked.brand != ground.brand || !is_at(known, &asked.set_url) {
        return Err(Problem::RegistrationElsewhere);
    }
    ground.moved.to(&asked.set_url);
    Ok("/cards/new".to_owned())
}

impl Performs for Hand {
    type Deed = Deed;
    type Told = Told;
    /// A document in base64, and a little around it.
    const DEED_OCTETS_MAX: u64 = 2 * DOCUMENT_BYTES_MAX as u64;

    async fn perform(&self, deed: Deed) -> Told {
        self.lead(&deed).await
    }

    fn baffled() -> Told {
        Told { address: String::new(), refused: Some("not a deed".to_owned()) }
    }
}
