//! Who plays in the demo: names, cards, goods. Test data that looks like test data.

use openset_node::banks::{DEMO_ACQUIRER, DEMO_ISSUER};
use openset_protocol::enrolment::{Answer, Field, FieldId, Form};
use openset_types::{Bin, Brand, CardExpiry, Currency, MerchantCategory, MerchantId, Money, Pan};

/// The trust anchor.
pub(crate) const ROOT: &str = "OpenSET Demo Root 2026";
/// The brand on the cards.
pub(crate) const BRAND: &str = "Demo Brand";
/// The bank of the cards, as people write it.
pub(crate) const ISSUER: &str = "Banque Démo";
/// The bank of the cards, as its certificate writes it.
pub(crate) const ISSUER_IN_CERTIFICATES: &str = "Banque Demo";
/// The bank of the shop.
pub(crate) const ACQUIRER: &str = "Demo Acquirer";
/// The shop.
pub(crate) const SHOP: &str = "Atelier Lumen";
/// The shop's number at its bank.
pub(crate) const MERCHANT_ID: &str = "ATELIER-LUMEN";
/// What kind of business the shop is (ISO 18245): other retail.
pub(crate) const CATEGORY: &str = "5999";
/// Where the shop trades.
pub(crate) const CITY: &str = "Brest";
/// Its country (ISO 3166-1).
pub(crate) const COUNTRY: u16 = 250;
/// The payment gateway.
pub(crate) const GATEWAY: &str = "Demo Gateway";
/// Where all holders of test cards live.
pub(crate) const POSTCODE: &str = "29200";
/// The wallet's passphrase: a demo's, so it is printed.
pub(crate) const PASSPHRASE: &str = "lighthouse-42";

/// The goods, in English and French.
pub(crate) const GOODS: [&str; 2] =
    ["Lighthouse poster, 50 × 70 cm", "Affiche « Phare », 50 × 70 cm"];
/// What one costs, in cents.
const PRICE: u64 = 3800;
/// What delivery costs, in cents.
const POSTAGE: u64 = 400;

/// How a test card behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Behaviour {
    Approves,
    Declines,
    Expired,
    NoAnswer,
    LookedAt,
}

impl Behaviour {
    /// What happens, for people.
    pub(crate) fn told(self) -> &'static str {
        match self {
            Self::Approves => "approves",
            Self::Declines => "declines",
            Self::Expired => "expired at the bank",
            Self::NoAnswer => "the bank's answer gets lost (times out)",
            Self::LookedAt => "a person at the bank looks at its registration",
        }
    }
}

/// A test card: its number, whose it is, and what its issuer says to it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TestCard {
    pub(crate) number: &'static str,
    pub(crate) holder: &'static str,
    pub(crate) behaviour: Behaviour,
}

/// The cards of the demo.
pub(crate) const CARDS: [TestCard; 5] = [
    TestCard { number: "9999990000064242", holder: "Ada Martin", behaviour: Behaviour::Approves },
    TestCard { number: "9999990000040002", holder: "Blaise Duval", behaviour: Behaviour::Declines },
    TestCard { number: "9999990000040069", holder: "Chloé Petit", behaviour: Behaviour::Expired },
    TestCard { number: "9999990000049995", holder: "Denis Roux", behaviour: Behaviour::NoAnswer },
    TestCard { number: "9999990000041018", holder: "Élise Faure", behaviour: Behaviour::LookedAt },
];

impl TestCard {
    pub(crate) fn pan(&self) -> Pan {
        Pan::parse(self.number).expect("the numbers of the cast pass their check digit")
    }

    /// What its holder answers to a form of the bank.
    pub(crate) fn answers(&self, form: &Form) -> Vec<Answer> {
        let answer = |field: &Field| {
            let text = if field.id == Some(FieldId::FullName) { self.holder } else { POSTCODE };
            Answer { field: field.name.clone(), text: text.to_owned() }
        };
        form.fields.iter().map(answer).collect()
    }

    pub(crate) fn last_four(&self) -> &'static str {
        &self.number[self.number.len() - 4..]
    }
}

/// The last month printed on every test card.
pub(crate) fn expiry() -> CardExpiry {
    CardExpiry::parse("202912").expect("December 2029")
}

/// The brand as a type.
pub(crate) fn brand() -> Brand {
    Brand::parse(BRAND).expect("a short name")
}

/// The issuer's BIN.
pub(crate) fn bin() -> Bin {
    Bin::parse(DEMO_ISSUER).expect("six digits")
}

/// The acquirer's number, to other banks.
pub(crate) fn acquirer_bin() -> Bin {
    Bin::parse(DEMO_ACQUIRER).expect("six digits")
}

/// The shop's number as a type.
pub(crate) fn merchant_id() -> MerchantId {
    MerchantId::parse(MERCHANT_ID).expect("a short name")
}

/// The shop's kind as a type.
pub(crate) fn category() -> MerchantCategory {
    MerchantCategory::parse(CATEGORY).expect("four digits")
}

/// What one poster costs.
pub(crate) fn price() -> Money {
    Money::new(PRICE, Currency::EUR).expect("a small amount")
}

/// What delivery by post costs.
pub(crate) fn postage() -> Money {
    Money::new(POSTAGE, Currency::EUR).expect("a small amount")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_card_of_the_cast_is_the_issuers_and_ends_as_printed() {
        for card in CARDS {
            assert_eq!(card.pan().bin(), bin());
            assert_eq!(card.pan().last_four(), card.last_four());
        }
    }

    #[test]
    fn the_names_and_prices_of_the_cast_parse() {
        let _ = (brand(), merchant_id(), category(), expiry());
        assert_eq!(price().plus(postage()).expect("the same currency").decimal(), "42.00");
    }
}
