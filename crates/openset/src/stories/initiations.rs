//! What a page on the network hands to the wallet: anybody's, and believed in nothing.

use data_encoding::BASE64;
use openset_protocol::{cardholder::purchase::CardholderPurchase, role::Machine};
use openset_web::{
    Tongue,
    ports::{Basket, Buyer},
};

use super::{
    post::{Answer, say},
    stage::{Stage, play, play_in_both},
};
use crate::{
    demo::story,
    shop::{checkout, orders::Order},
    sites::Name,
    wallet,
};

/// The longest form that carries a document.
const FORM_OCTETS_MAX: usize = 128 * 1024;

#[test]
fn what_is_no_initiation_document_is_not_kept() {
    // A4 and A22: from any page, with any bytes.
    play(async |stage| {
        let document = stage.document().await;
        let text = String::from_utf8(document.clone()).expect("text");
        let elsewhere =
            text.replace("SET-Failure-URL: http://shop.", "SET-Failure-URL: http://evil.");
        let script = text.replace("SET-Success-URL: http://", "SET-Success-URL: javascript://");
        assert!(elsewhere != text && script != text, "the document has these lines: {text}");
        let half = &document[..document.len() / 3];
        let forms = [
            String::new(),
            "v=1".to_owned(),
            "v=1&initiation=".to_owned(),
            "v=1&initiation=!!!".to_owned(),
            format!("v=2&initiation={}", escaped(&document)),
            form(half),
            form(elsewhere.as_bytes()),
            form(script.as_bytes()),
            form(&[0xFF; 300]),
            form(&[b"SET-SET-URL: x\r\n".repeat(3000)].concat()),
        ];
        let before = stage.payments().await;
        for form in &forms {
            let answer = stage.initiate(FORM, form.as_bytes()).await;
            assert!((400..500).contains(&answer.status), "{}: {form:.60}", answer.status);
        }
        for media in ["text/plain", "application/set-payment-initiation", "application/json"] {
            let answer = stage.initiate(media, form(&document).as_bytes()).await;
            assert!((400..500).contains(&answer.status), "{media}: {}", answer.status);
        }
        assert_eq!(stage.payments().await, before);
    });
}

#[test]
fn a_form_that_is_too_large_is_refused() {
    play(async |stage| {
        let before = stage.payments().await;
        let endless = vec![b'a'; FORM_OCTETS_MAX + 1];
        assert_eq!(stage.initiate(FORM, &endless).await.status, 413);
        let head = head(EVIL, FORM, 1 << 30);
        assert_eq!(say(stage.system.at, head.as_bytes()).await.status, 413, "none of it sent");
        assert_eq!(stage.payments().await, before);
    });
}

#[test]
fn a_document_leads_to_a_locked_door_and_nothing_is_sent() {
    // Abuse case 38: opened a hundred times, it is a hundred questions to the owner.
    play(async |stage| {
        let document = stage.document().await;
        let (merchant, issuer) = (stage.kept(Name::Merchant).await, stage.issuer_saw().await);
        let before = stage.payments().await;
        for _ in 0..10 {
            let answer = stage.initiate(FORM, form(&document).as_bytes()).await;
            assert_eq!(answer.status, 303, "{}", answer.head);
        }
        assert_eq!(stage.payments().await, before, "nothing is written down");
        stage.nothing_came_of_it(Name::Merchant, &merchant, 0, "a document").await;
        assert_eq!(stage.issuer_saw().await, issuer);
    });
}

#[test]
fn a_page_that_floods_the_wallet_neither_fills_its_disk_nor_pushes_out_an_offer() {
    play(async |stage| {
        let document = stage.document().await;
        let before = stage.payments().await;
        let shop = Name::Shop.origin(stage.system.at);
        let ours = stage.initiate_from(&shop, FORM, form(&document).as_bytes()).await;
        let ours = paid_at(&ours);
        let first = paid_at(&stage.initiate(FORM, form(&document).as_bytes()).await);
        for _ in 0..300 {
            let answer = stage.initiate(FORM, form(&document).as_bytes()).await;
            assert_eq!(answer.status, 303, "{}", answer.head);
        }
        let documents = &stage.system.wallet.documents;
        assert!(documents.find(&first).await.expect("a store").is_none(), "its own have left");
        assert!(documents.find(&ours).await.expect("a store").is_some(), "the shop's is there");
        assert_eq!(stage.payments().await, before, "nothing is written down");
    });
}

#[test]
fn shop_and_wallet_show_one_hash_of_an_order_and_another_of_another() {
    play_in_both(async |stage| {
        let mut shown = Vec::new();
        for quantity in [1, 2] {
            let basket = Basket { quantity, delivery: "post".to_owned() };
            let order = stage.order(&basket).await;
            let at_shop = checkout::shown_hash(&stage.system, &order).expect("a hash");
            let id = story::offer(&stage.system, &order, &stage.good).await.expect("an offer");
            let kept = stage.system.wallet.purchase(&id).await.expect("a store");
            let kept = kept.expect("a purchase");
            let at_wallet = wallet::shown_hash(&kept, stage.suite()).expect("a hash");
            assert_eq!(at_shop, at_wallet);
            shown.push(at_shop);
        }
        assert_ne!(shown[0], shown[1]);
    });
}

/// The name of the purchase that an answer leads to.
fn paid_at(answer: &Answer) -> String {
    let (_, name) = answer.head.split_once("/pay/").expect("a way to the purchase");
    name.chars().take_while(char::is_ascii_alphanumeric).collect()
}

/// The store's name for documents.
const DOCUMENT: &str = "wallet.initiation";
const EVIL: &str = "http://evil.example";
const FORM: &str = "application/x-www-form-urlencoded";

fn form(document: &[u8]) -> String {
    format!("v=1&initiation={}", escaped(document))
}

fn escaped(document: &[u8]) -> String {
    BASE64.encode(document).replace('+', "%2B").replace('/', "%2F").replace('=', "%3D")
}

fn head(origin: &str, media: &str, length: usize) -> String {
    let host = Name::Wallet.host();
    format!(
        "POST /initiate HTTP/1.1\r\nHost: {host}\r\nContent-Type: {media}\r\n\
         Origin: {origin}\r\nSec-Fetch-Site: cross-site\r\n\
         Content-Length: {length}\r\nConnection: close\r\n\r\n"
    )
}

impl Stage {
    async fn document(&self) -> Vec<u8> {
        let order = story::order(&self.system).await.expect("an order");
        let document = checkout::initiation(&self.system, &order).expect("a document");
        document.write().expect("a document")
    }

    async fn order(&self, basket: &Basket) -> Order {
        let buyer =
            Buyer { name: "Ada Martin".to_owned(), address: "Brest".to_owned(), email: None };
        let order = checkout::place(&self.system.merchant, basket, buyer, Tongue::English).await;
        order.expect("a shop").expect("its own goods")
    }

    /// How many documents and payments the wallet has: it is busy with others all the while.
    async fn payments(&self) -> [u64; 2] {
        let store = self.store(Name::Wallet);
        let documents = store.count(DOCUMENT).await.expect("a store");
        [documents, store.count(CardholderPurchase::KIND).await.expect("a store")]
    }

    async fn initiate(&self, media: &str, body: &[u8]) -> Answer {
        self.initiate_from(EVIL, media, body).await
    }

    async fn initiate_from(&self, origin: &str, media: &str, body: &[u8]) -> Answer {
        let head = head(origin, media, body.len());
        say(self.system.at, &[head.as_bytes(), body].concat()).await
    }
}
