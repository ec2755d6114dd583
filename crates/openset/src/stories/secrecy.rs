//! After a hundred purchases: who holds what, read from every file of every party.
//!
//! The number of a card is looked for in every form it could hide in, at everybody who is not
//! its holder or its bank. What was ordered is looked for at everybody but its buyer and its
//! shop. And what is looked for is found where it should be, or the search would prove nothing.

use std::{
    fs,
    path::{Path, PathBuf},
};

use openset_protocol::{merchant::Stage as Stand, summary::Fact};
use openset_testkit::canary::Canaries;
use openset_web::{
    Tongue,
    ports::{Basket, Buyer},
};

use super::{
    kept::files,
    stage::{Stage, play},
};
use crate::{
    demo::{cast, story},
    shop::{checkout, orders::Order},
    sites::Name,
};

/// Purchases with a good card, and how many of those are captured.
const GOOD: usize = 94;
const CAPTURED: usize = 20;
/// Purchases that the issuer declines.
const DECLINED: usize = 6;

/// Folders in which no card number may be.
const WITHOUT_CARDS: [&str; 6] =
    ["merchant", "gateway", "acquirer", "ca-merchant", "ca-gateway", "ca-cardholder"];
/// Folders in which nothing may be of what was ordered.
const WITHOUT_ORDERS: [&str; 6] =
    ["gateway", "issuer", "acquirer", "ca-merchant", "ca-gateway", "ca-cardholder"];

#[test]
fn a_hundred_purchases_leave_no_card_number_and_no_order_where_they_do_not_belong() {
    // Abuse case 31, C6, C7, and "who may learn what".
    play(async |stage| {
        let mut descriptions = Vec::new();
        for at in 0..GOOD {
            let order = stage.pays(&stage.good, Fact::Authorized).await;
            if at < CAPTURED {
                story::capture(&stage.system, &order).await.expect("captured");
            }
            descriptions.push(stage.description(&order).await);
        }
        for _ in 0..DECLINED {
            let order = stage.pays(&stage.broke, Fact::Declined).await;
            descriptions.push(stage.description(&order).await);
        }
        assert_eq!(descriptions.len(), 100);
        stage.system.clear().await.expect("cleared and settled");
        stage.quiet(Name::Merchant).await;
        stage.quiet(Name::Gateway).await;
        let cards = numbers();
        for role in WITHOUT_CARDS {
            nothing_of(&cards, &stage.folder(role), "a card number");
        }
        let orders = Canaries::new(&[&descriptions[..], &secrets()].concat());
        for role in WITHOUT_ORDERS {
            nothing_of(&orders, &stage.folder(role), "an order");
        }
        // Logs and what would be on a screen, of everybody.
        for log in files(&stage.data()).into_iter().filter(|path| is_log(path)) {
            let octets = fs::read(&log).expect("a log");
            assert_eq!(cards.find(&octets), None, "a card number in {}", log.display());
            assert_eq!(orders.find(&octets), None, "an order in {}", log.display());
        }
        assert_eq!(cards.find(stage.measured.text().as_bytes()), None, "in the metrics");
        // The search finds what is there: the shop has the orders, and the issuer its cards.
        assert!(finds(&orders, &stage.folder("merchant")), "the shop knows what it sold");
        assert!(finds(&cards, &stage.folder("issuer")), "the bank knows its cards");
        // The wallet has both, and nothing of the card but under its passphrase.
        nothing_of(&cards, &stage.folder("wallet"), "a card number");
    });
}

#[test]
fn what_the_authority_kept_of_a_registration_is_no_card_number() {
    // C6: the number passed through it, and through the issuer's link.
    play(async |stage| {
        stage.example().await;
        nothing_of(&numbers(), &stage.folder(Name::CaCardholder.label()), "a card number");
    });
}

/// The numbers of all cards.
pub(super) fn numbers() -> Canaries {
    let numbers: Vec<&str> = cast::CARDS.iter().map(|card| card.number).collect();
    Canaries::new(&numbers)
}

/// What the buyer wrote and no bank may read, besides the orders themselves.
fn secrets() -> Vec<Vec<u8>> {
    [BUYER, ADDRESS].map(|text| text.as_bytes().to_vec()).to_vec()
}

const BUYER: &str = "Canary Buyer 7c1f";
const ADDRESS: &str = "17 impasse du Canari, 29200 Brest";

impl Stage {
    /// Orders under a canary's name, pays, and checks what came of it.
    async fn pays(&self, card: &str, fact: Fact) -> Order {
        let basket = Basket { quantity: 1, delivery: "post".to_owned() };
        let (name, address) = (BUYER.to_owned(), ADDRESS.to_owned());
        let buyer = Buyer { name, address, email: None };
        let order = checkout::place(&self.system.merchant, &basket, buyer, Tongue::English).await;
        let order = order.expect("an order").expect("in the catalogue");
        let id = story::offer(&self.system, &order, card).await.expect("an offer");
        let told = story::pay(&self.system, &order, &id, card).await.expect("an answer");
        assert_eq!(told.fact, fact);
        let state = self.system.merchant.purchases.state(&checkout::instance(&order)).await;
        let stand = state.expect("a store").expect("a purchase").stage;
        assert_eq!(matches!(stand, Stand::Authorized(_)), fact == Fact::Authorized);
        order
    }

    async fn description(&self, order: &Order) -> Vec<u8> {
        let state = self.system.merchant.purchases.state(&checkout::instance(order)).await;
        state.expect("a store").expect("a purchase").order.description.as_ref().to_vec()
    }
}

/// Checks that nothing of these is in any file of a folder.
pub(super) fn nothing_of(canaries: &Canaries, folder: &Path, what: &str) {
    for path in readable(folder) {
        let octets = fs::read(&path).expect("a file");
        if let Some(found) = canaries.find(&octets) {
            panic!("{what} ({}) is in {} at {}", found.form, path.display(), found.at);
        }
    }
}

fn finds(canaries: &Canaries, folder: &Path) -> bool {
    readable(folder).iter().any(|path| canaries.find(&fs::read(path).expect("a file")).is_some())
}

/// Every file of a folder. The door of an authority's operators is a socket, and holds nothing.
fn readable(folder: &Path) -> Vec<PathBuf> {
    files(folder).into_iter().filter(|path| path.is_file()).collect()
}

fn is_log(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "jsonl" || extension == "log")
}
