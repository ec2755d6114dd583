//! The whole story over real sockets, and what its comparison of books is worth.
//!
//! - every party's books tell the same after a purchase, its capture and its settlement;
//! - one cent changed in any party's own database is found, and named;
//! - everything is there again after a restart, and nothing is made twice;
//! - every message that crossed is saved in the order it crossed.

use std::{path::Path, sync::Arc};

use openset_crypto::{Suite, vault::Cost};
use openset_node::{
    link::Tap,
    store::{Change, Expected, Page, Put, Store},
};

use super::{
    books::Difference,
    cast,
    data::Data,
    reading,
    saving::{self, Marks},
    story,
};
use crate::{
    house::{
        holders::Holders,
        system::{self, Arrangement, Running, System, Wish},
    },
    ports,
};

const WISH: Wish<'static> =
    Wish { suite: Suite::Modern, port: 0, vault: Cost::FLEETING, holders: &Holders::FILES };

async fn start(data: &Data) -> (Arc<System>, Running) {
    start_with(data, &Tap::default()).await
}

async fn start_with(data: &Data, tap: &Tap) -> (Arc<System>, Running) {
    system::make(data, WISH).await.expect("everything is made");
    let started = System::start_as(data, WISH, Arrangement::with(tap)).await;
    let (system, mut running) = started.expect("everybody starts");
    let measured = openset_node::measure::Measured::begin();
    let sites = ports::sites(&system, &[], &measured);
    running.serve(system.at, sites, &[]).await.expect("a free port");
    (system, running)
}

async fn differences(system: &System) -> Vec<Difference> {
    reading::read(system).await.expect("readable books").differences()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_story_is_told_the_same_by_everybody_until_a_book_is_changed() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = Data::open(&folder.path().join("demo")).expect("a new folder");
    let tap = Tap::default();
    let (system, running) = start_with(&data, &tap).await;
    let marks = Marks::set(&system).await.expect("journals");
    tell(&system).await;
    assert_eq!(differences(&system).await, []);
    all_is_saved(&system, &marks, &tap, folder.path()).await;
    for (who, store, kind) in [
        ("wallet", &system.wallet.party.store, "cardholder.purchase"),
        ("merchant", &system.merchant.party.store, "merchant.purchase"),
        ("gateway", &system.gateway.party.store, "gateway.authorization"),
        ("gateway", &system.gateway.party.store, "gateway.capture"),
    ] {
        let honest = cheat(store, kind).await;
        let found = differences(&system).await;
        assert!(found.iter().any(|one| one.between.contains(&who)), "{kind}: {found:?}");
        restore(store, kind, honest).await;
    }
    assert_eq!(differences(&system).await, []);
    let banks = [Arc::clone(&system.issuer.store), Arc::clone(&system.acquirer.store)];
    assert!(running.stop(&system).await);
    drop(system);
    cheated_banks_are_found(&data, &banks).await;
}

/// A bank keeps its books in memory too: it is changed while nobody works there.
async fn cheated_banks_are_found(data: &Data, stores: &[Arc<dyn Store>; 2]) {
    let [issuer, acquirer] = stores;
    for (who, store, kind) in
        [("issuer", issuer, "issuer.hold"), ("acquirer", acquirer, "acquirer.capture")]
    {
        let honest = cheat(store, kind).await;
        let (system, running) = start(data).await;
        let found = differences(&system).await;
        assert!(found.iter().any(|one| one.between.contains(&who)), "{kind}: {found:?}");
        assert!(running.stop(&system).await);
        drop(system);
        restore(store, kind, honest).await;
    }
    let (system, running) = start(data).await;
    assert_eq!(differences(&system).await, []);
    assert!(running.stop(&system).await);
}

async fn tell(system: &Arc<System>) {
    story::unlock(system).await.expect("the demo's passphrase");
    let card = story::enrol(system, &cast::CARDS[0]).await.expect("a certificate");
    let order = story::order(system).await.expect("an order");
    let id = story::offer(system, &order, &card).await.expect("an offer");
    story::pay(system, &order, &id, &card).await.expect("an answer");
    story::capture(system, &order).await.expect("the money");
    story::clear(system).await.expect("a settlement");
}

async fn all_is_saved(system: &System, marks: &Marks, tap: &Tap, folder: &Path) {
    let crossed = marks.since(system).await.expect("journals");
    // A bank that is slow today lets the shop answer first, and the wallet ask again.
    let is_inquiry = |name: &&str| name.starts_with("Inq");
    let all = crossed.iter().map(|one| one.passed.name.as_str());
    let mut names: Vec<&str> = all.filter(|name| !is_inquiry(name)).collect();
    names.sort_unstable();
    let mut expected = [
        "CardCInitReq",
        "CardCInitRes",
        "RegFormReq",
        "RegFormRes",
        "CertReq",
        "0100",
        "0110",
        "CertRes",
        "PInitReq",
        "PInitRes",
        "PReq",
        "AuthReq",
        "0100",
        "0110",
        "AuthRes",
        "PRes",
        "CapReq",
        "0220",
        "0230",
        "CapRes",
        "camt.054",
        "pacs.009",
        "pain.001",
        "camt.053",
    ];
    expected.sort_unstable();
    assert_eq!(names, expected);
    let saved = folder.join("saved");
    // Four messages each that merchant and gateway had with their authorities.
    let kept = crossed.iter().find(|one| one.passed.name == "0100").expect("an 0100").clone();
    let crossed = saving::unmasked(crossed, tap).expect("all of it passed the tap");
    let written = saving::write(system, &saved, &crossed).await.expect("a folder");
    assert_eq!(written, crossed.len() + 8);
    for name in ["01-CardCInitReq.der", "06-0100.bin", "root.pem"] {
        assert!(saved.join(name).is_file(), "{name}");
    }
    for name in ["01-Me-AqCInitReq.der", "02-Me-AqCInitRes.der", "03-CertReq.der", "04-CertRes.der"]
    {
        for of in ["enrolment-merchant", "enrolment-gateway"] {
            assert!(saved.join(of).join(name).is_file(), "{of}: {name}");
        }
    }
    let holds_card = |octets: &[u8]| {
        let number = cast::CARDS[0].number.as_bytes();
        octets.windows(number.len()).any(|part| part == number)
    };
    let file = std::fs::read(saved.join("06-0100.bin")).expect("a message");
    assert!(holds_card(&file), "saved as it crossed");
    assert!(!holds_card(&kept.passed.octets), "and kept by the bank without the card");
}

/// Adds a cent to every amount of 42 euros in one record; answers what it was.
async fn cheat(store: &Arc<dyn Store>, kind: &'static str) -> Vec<u8> {
    let record = newest(store, kind).await;
    let honest = record.state;
    let text = String::from_utf8(honest.clone()).expect("JSON");
    let cheated = text.replace("\"minor\":4200", "\"minor\":4201");
    assert_ne!(text, cheated, "{kind} holds the amount");
    replace(store, kind, cheated.into_bytes()).await;
    honest
}

async fn restore(store: &Arc<dyn Store>, kind: &'static str, honest: Vec<u8>) {
    replace(store, kind, honest).await;
}

async fn newest(store: &Arc<dyn Store>, kind: &'static str) -> openset_node::store::Record {
    let listed = store.list(kind, Page::newest(1)).await.expect("a list");
    listed.into_iter().next().unwrap_or_else(|| panic!("no {kind}"))
}

async fn replace(store: &Arc<dyn Store>, kind: &'static str, state: Vec<u8>) {
    let record = newest(store, kind).await;
    let expected = Expected::At(record.version);
    let put = Put { kind, key: record.key, expected, state, at: record.changed_at };
    let change = Change { puts: vec![put], ..Change::default() };
    store.commit(change).await.expect("a change");
}
