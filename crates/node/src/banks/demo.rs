//! The customers of the demo's banks.

use openset_bank::acquirer::{Fees, Merchant};
use openset_bank::issuer::{CardAccount, Standing};
use openset_bank::ledger::CardId;
use openset_types::{CardExpiry, Currency, MerchantId, Money, Pan};

/// The number the demo's issuer is known by: the first six digits of its cards.
pub const DEMO_ISSUER: &str = "999999";

/// The number of the demo's second issuer.
pub const DEMO_SECOND_ISSUER: &str = "999997";

/// The number of the demo's issuer of another brand.
pub const DEMO_OTHER_ISSUER: &str = "999996";

/// The number the demo's acquirer is known by.
pub const DEMO_ACQUIRER: &str = "999998";

const SECOND_GOOD: &str = "9999970000045151";
const SECOND_EMPTY: &str = "9999970000060010";
const OTHER_GOOD: &str = "9999960000007012";
const OTHER_EMPTY: &str = "9999960000000058";

/// A million euros, so that ten thousand posters can be bought in a row.
const CREDIT_MINOR: u64 = 100_000_000;

/// Five cards: one that is good, one without credit, one that the issuer has ended, one about which
/// the issuer's answers get lost, and one whose holder somebody wants to see. All say December
/// 2029.
pub fn demo_cards() -> Vec<CardAccount> {
    vec![
        card(1, "9999990000064242", CREDIT_MINOR, Standing::Open),
        card(2, "9999990000040002", 0, Standing::Open),
        card(3, "9999990000040069", CREDIT_MINOR, Standing::Ended),
        card(4, "9999990000049995", CREDIT_MINOR, Standing::Silent),
        card(5, "9999990000041018", CREDIT_MINOR, Standing::Open),
    ]
}

/// Two cards of the second issuer: one that is good and one without credit.
pub fn demo_second_cards() -> Vec<CardAccount> {
    vec![
        card(1, SECOND_GOOD, CREDIT_MINOR, Standing::Open),
        card(2, SECOND_EMPTY, 0, Standing::Open),
    ]
}

/// Two cards of the other brand's issuer: one that is good and one without credit.
pub fn demo_other_cards() -> Vec<CardAccount> {
    vec![card(1, OTHER_GOOD, CREDIT_MINOR, Standing::Open), card(2, OTHER_EMPTY, 0, Standing::Open)]
}

/// The shop.
pub fn demo_merchant() -> Merchant {
    Merchant {
        id: MerchantId::parse("ATELIER-LUMEN").expect("printable and short"),
        name: "Atelier Lumen".to_owned(),
        account: "ATELIER-LUMEN".to_owned(),
        fees: Fees::new(120, Vec::new()).expect("a small share"),
        earlier_fees: Vec::new(),
        batches: openset_bank::acquirer::BatchControl::Acquirer,
    }
}

fn card(id: u32, digits: &str, credit_minor: u64, standing: Standing) -> CardAccount {
    let euro = |minor| Money::new(minor, Currency::EUR).expect("a small amount");
    CardAccount {
        id: CardId(id),
        pan: Pan::parse(digits).expect("the check digits above are right"),
        expiry: CardExpiry::parse("202912").expect("a month"),
        credit_line: euro(credit_minor),
        day_limit: euro(CREDIT_MINOR),
        standing,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cards_are_the_issuers_and_end_as_people_are_told() {
        let cards = demo_cards();
        assert!(cards.iter().all(|card| card.pan.bin().as_str() == DEMO_ISSUER));
        let endings: Vec<_> = cards.iter().map(|card| card.pan.last_four()).collect();
        assert_eq!(endings, ["4242", "0002", "0069", "9995", "1018"]);
        let second = demo_second_cards();
        assert!(second.iter().all(|card| card.pan.bin().as_str() == DEMO_SECOND_ISSUER));
        let other = demo_other_cards();
        assert!(other.iter().all(|card| card.pan.bin().as_str() == DEMO_OTHER_ISSUER));
        assert_eq!(demo_merchant().name, "Atelier Lumen");
    }

    #[test]
    fn the_shop_s_number_stands_whole_in_a_field_of_fifteen() {
        // Field 42: a host that does not read field 48 sees no more of it.
        assert!(demo_merchant().id.as_str().len() <= 15);
    }
}
