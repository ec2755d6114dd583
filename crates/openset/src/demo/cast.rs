//! Who plays in the demo: names, cards, goods. Test data that looks like test data.

use std::path::Path;

use openset_bank::issuer::CardAccount;
use openset_crypto::Authority;
use openset_node::banks::{
    DEMO_ACQUIRER, DEMO_ISSUER, DEMO_OTHER_ISSUER, DEMO_SECOND_ISSUER, demo_cards,
    demo_other_cards, demo_second_cards,
};
use openset_protocol::enrolment::{Answer, Field, FieldId, Form};
use openset_types::{Bin, Brand, CardExpiry, Currency, MerchantCategory, MerchantId, Money, Pan};

use super::{
    dressing::{self, Source},
    forms,
};
use crate::{ceremony::Seat, sites::Name};

/// The trust anchor.
pub(crate) const ROOT: &str = "OpenSET Demo Root 2026";
/// The brand on the cards of the story.
pub(crate) const BRAND_NAME: &str = "Demo Brand";
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
/// The payment gateway of the second brand, as pages call it.
pub(crate) const OTHER_GATEWAY: &str = "Demo Gateway, Trial Brand";
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

/// A bank that gives out cards, with its own authority, host and wallet.
#[derive(Debug)]
pub(crate) struct CardBank {
    /// As people write it.
    pub(crate) name: &'static str,
    /// As its certificates write it.
    pub(crate) in_certificates: &'static str,
    /// Its country, as its certificates write it.
    pub(crate) country: &'static str,
    bin: &'static str,
    /// Its customers' cards.
    pub(crate) cards: &'static [TestCard],
    accounts: fn() -> Vec<CardAccount>,
    /// Where its authority of cardholders is: its site, which says its folder.
    pub(crate) authority: Name,
    /// Where its host is.
    pub(crate) issuer: Name,
    /// Where the wallet is that it gives out.
    pub(crate) wallet: Name,
    /// What its authority asks, and how it decides.
    pub(crate) forms: &'static str,
    /// Its table of cardholders.
    pub(crate) cardholders: &'static str,
    /// What it dresses its wallet in.
    pub(crate) pack: Source,
}

/// The bank of the story.
pub(crate) static FIRST: CardBank = CardBank {
    name: ISSUER,
    in_certificates: ISSUER_IN_CERTIFICATES,
    country: "FR",
    bin: DEMO_ISSUER,
    cards: &CARDS,
    accounts: demo_cards,
    authority: Name::CaCardholder,
    issuer: Name::Issuer,
    wallet: Name::Wallet,
    forms: forms::CARDHOLDERS,
    cardholders: forms::CARDS,
    pack: dressing::BANQUE_DEMO,
};

/// Another bank of the same brand.
pub(crate) static SECOND: CardBank = CardBank {
    name: "Nordic Test Bank",
    in_certificates: "Nordic Test Bank",
    country: "SE",
    bin: DEMO_SECOND_ISSUER,
    cards: &[
        TestCard {
            number: "9999970000045151",
            holder: "Freja Lund",
            behaviour: Behaviour::Approves,
        },
        TestCard {
            number: "9999970000060010",
            holder: "Gustav Berg",
            behaviour: Behaviour::Declines,
        },
    ],
    accounts: demo_second_cards,
    authority: Name::SecondCaCardholder,
    issuer: Name::SecondIssuer,
    wallet: Name::SecondWallet,
    forms: forms::SECOND_CARDHOLDERS,
    cardholders: forms::SECOND_CARDS,
    pack: dressing::NORDIC_TEST_BANK,
};

/// A bank of another brand.
pub(crate) static OTHER: CardBank = CardBank {
    name: "Banca di Prova",
    in_certificates: "Banca di Prova",
    country: "IT",
    bin: DEMO_OTHER_ISSUER,
    cards: &[
        TestCard {
            number: "9999960000007012",
            holder: "Giulia Riva",
            behaviour: Behaviour::Approves,
        },
        TestCard {
            number: "9999960000000058",
            holder: "Luca Conti",
            behaviour: Behaviour::Declines,
        },
    ],
    accounts: demo_other_cards,
    authority: Name::OtherCaCardholder,
    issuer: Name::OtherIssuer,
    wallet: Name::OtherWallet,
    forms: forms::OTHER_CARDHOLDERS,
    cardholders: forms::OTHER_CARDS,
    pack: dressing::BANCA_DI_PROVA,
};

/// A brand: how it and its authorities are called, and the banks that give out its cards.
#[derive(Debug)]
pub(crate) struct CardBrand {
    /// As certificates and people write it.
    pub(crate) name: &'static str,
    /// Its country, as its certificates write it.
    pub(crate) country: &'static str,
    /// Its own authority.
    pub(crate) authority: &'static str,
    /// That of its merchants.
    pub(crate) merchants: &'static str,
    /// That of its gateways.
    pub(crate) gateways: &'static str,
    /// Whose cards bear it.
    pub(crate) banks: &'static [&'static CardBank],
}

/// The brand of the story, whose parties live in the data folder itself.
pub(crate) static BRAND: CardBrand = CardBrand {
    name: BRAND_NAME,
    country: "FR",
    authority: "Demo Brand CA",
    merchants: "Demo Acquirer Merchant CA",
    gateways: "Demo Brand Gateway CA",
    banks: &[&FIRST, &SECOND],
};

/// A second brand below the same root, whose parties live in a folder of their own.
pub(crate) static OTHER_BRAND: CardBrand = CardBrand {
    name: "Trial Brand",
    country: "IT",
    authority: "Trial Brand CA",
    merchants: "Trial Brand Merchant CA",
    gateways: "Trial Brand Gateway CA",
    banks: &[&OTHER],
};

/// The folder of the second brand, in the data folder.
pub(crate) const OTHER_BRAND_FOLDER: &str = "trial-brand";

/// Every bank that gives out cards.
pub(crate) const BANKS: [&CardBank; 3] = [&FIRST, &SECOND, &OTHER];

impl CardBank {
    /// The first digits of its cards.
    pub(crate) fn bin(&self) -> Bin {
        Bin::parse(self.bin).expect("six digits")
    }

    /// Its authority of cardholders.
    pub(crate) const fn seat(&self) -> Seat {
        Seat { kind: Authority::Cardholder, folder: self.authority.folder() }
    }

    /// Whether it is one of the banks of a data folder.
    pub(crate) fn is_in(&self, data: &Path) -> bool {
        Seat::answering(data).any(|seat| seat == self.seat())
    }

    /// What it keeps of its customers.
    pub(crate) fn accounts(&self) -> Vec<CardAccount> {
        (self.accounts)()
    }
}

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

/// The brand of the story as a type.
pub(crate) fn brand() -> Brand {
    Brand::parse(BRAND.name).expect("a short name")
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
        for bank in BANKS {
            for card in bank.cards {
                assert_eq!(card.pan().bin(), bank.bin());
                assert_eq!(card.pan().last_four(), card.last_four());
            }
        }
    }

    #[test]
    fn the_names_and_prices_of_the_cast_parse() {
        let _ = (brand(), merchant_id(), category(), expiry());
        assert_eq!(price().plus(postage()).expect("the same currency").decimal(), "42.00");
    }
}
