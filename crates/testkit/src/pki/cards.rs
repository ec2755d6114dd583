//! The cards of the world: test numbers of a test bank, each behaving in its own way.

use openset_bank::{
    issuer::{CardAccount, Standing},
    ledger::CardId,
};
use openset_crypto::card;
use openset_protocol::cardholder::Card;
use openset_types::{CardExpiry, Currency, Money, Pan, Secret};

use super::suite;

/// A card, its account, and what ties it to a certificate.
#[derive(Debug)]
pub struct CardOf {
    /// Its number.
    pub number: &'static str,
    /// What its bank makes of it.
    pub funds: Funds,
    currency: &'static str,
    id: u32,
}

/// What a bank makes of a card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Funds {
    /// It pays.
    Plenty,
    /// It pays nothing.
    None,
    /// The bank has ended it.
    Ended,
    /// The bank decides, and its answers get lost.
    Silent,
}

/// The cards. They are canaries too: the merchant may never hold one of these numbers.
pub const CARDS: [CardOf; 5] = [
    CardOf { number: "9999990000064242", funds: Funds::Plenty, currency: "EUR", id: 1 },
    CardOf { number: "9999990000040002", funds: Funds::None, currency: "EUR", id: 2 },
    CardOf { number: "9999990000040069", funds: Funds::Ended, currency: "EUR", id: 3 },
    CardOf { number: "9999990000049995", funds: Funds::Silent, currency: "EUR", id: 4 },
    CardOf { number: "9999990000078408", funds: Funds::Plenty, currency: "USD", id: 5 },
];

/// The cardholders' half of what ties cards to certificates. A canary: no disk may hold it.
pub fn card_secret() -> &'static [u8] {
    &CARD_SECRET[..suite().secret_octets()]
}

/// As much as any suite wants.
const CARD_SECRET: [u8; 32] = *b"a half that no disk holds ever \x51";

/// More than all purchases of a world together.
const PLENTY: u64 = 100_000_000;

impl CardOf {
    /// What the issuer calls its account.
    pub fn id(&self) -> CardId {
        CardId(self.id)
    }

    /// Its number, to be wiped.
    pub fn pan(&self) -> Pan {
        Pan::parse(self.number).expect("a test number")
    }

    /// The currency of its account.
    pub fn currency(&self) -> Currency {
        Currency::from_code(self.currency).expect("in the table")
    }

    /// The card as its owner's wallet gives it out.
    pub fn card(&self) -> Card {
        Card {
            pan: self.pan(),
            expiry: self.expiry(),
            card_secret: Secret::new(card_secret().to_vec()),
            pan_secret: self.pan_secret(),
        }
    }

    /// The account at the issuer.
    pub fn account(&self) -> CardAccount {
        let line = if self.funds == Funds::None { 0 } else { PLENTY };
        let line = Money::new(line, self.currency()).expect("within range");
        CardAccount {
            id: self.id(),
            pan: self.pan(),
            expiry: self.expiry(),
            credit_line: line,
            day_limit: line,
            standing: match self.funds {
                Funds::Plenty | Funds::None => Standing::Open,
                Funds::Ended => Standing::Ended,
                Funds::Silent => Standing::Silent,
            },
        }
    }

    /// What the certificate calls the cardholder.
    pub(super) fn common_name(&self) -> String {
        let (pan, expiry) = (self.pan().into(), self.expiry().into());
        card::common_name(suite(), &pan, &expiry, &self.pan_secret()).expect("encodable")
    }

    fn pan_secret(&self) -> Secret {
        let id = u8::try_from(self.id).expect("there are few cards");
        Secret::new(vec![id; suite().secret_octets()])
    }

    fn expiry(&self) -> CardExpiry {
        CardExpiry::parse("202912").expect("a month")
    }
}
