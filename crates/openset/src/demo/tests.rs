//! The whole story over real sockets, and what its comparison of books is worth.
//!
//! - every party's books tell the same after a purchase, its capture and its settlement;
//! - one cent changed in any party's own database is found, and named;
//! - everything is there again after a restart, and nothing is made twice;
//! - every message that crossed is saved in the order it crossed;
//! - a suite for study says that it is one, and takes no real card.

use std::{net::SocketAddr, path::Path, sync::Arc};

use openset_crypto::{Suite, vault::Cost};
use openset_node::{
    link::Tap,
    store::{Change, Expected, Page, Put, Store},
};
use openset_protocol::refusal::Refusal;
use openset_types::Pan;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
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
        first_start, ground,
        holders::Holders,
        running::Running,
        system::{Arrangement, System, Wish},
        wallet,
    },
    ports,
    sites::Name,
};

fn wish(suite: Suite) -> Wish<'static> {
    const FILES: &Holders = &Holders::FILES;
    Wish { suite, port: 0, vault: Cost::FLEETING, holders: FILES }
}

/// Starts what is in a folder again, whatever suite it was made in.
async fn start(data: &Data) -> (Arc<System>, Running) {
    let suite = ground::suite(data.path()).expect("a root");
    start_with(data, suite, &Tap::default()).await
}

async fn start_with(data: &Data, suite: Suite, tap: &Tap) -> (Arc<System>, Running) {
    first_start::make(data, wish(suite)).await.expect("everything is made");
    let started = System::start_as(data, wish(suite), Arrangement::with(tap)).await;
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
async fn in_suite_modern_a_story_is_told_the_same_by_everybody_until_a_book_is_changed() {
    is_told_the_same_by_everybody(Suite::Modern).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn in_suite_set10_a_story_is_told_the_same_by_everybody_until_a_book_is_changed() {
    is_told_the_same_by_everybody(Suite::Set10).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn suite_set10_takes_no_real_card_and_its_pages_say_so() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = Data::open(&folder.path().join("demo")).expect("a new folder");
    let (system, running) = start_with(&data, Suite::Set10, &Tap::default()).await;
    story::unlock(&system).await.expect("the demo's passphrase");
    // A number with a good check digit, of a bank that has real customers.
    let real = Pan::parse("4970100000000055").expect("digits");
    let refused = system.wallet.apply(real, cast::expiry()).await.expect_err("a real card");
    assert_eq!(wallet::refusal(&refused), Some(&Refusal::SenderNamedRealCard));
    assert_eq!(system.wallet.vault.cards(system.ground.clock.now(), |all| all.len()), Ok(0));
    for (name, path) in [(Name::Home, "/"), (Name::Shop, "/"), (Name::Wallet, "/unlock")] {
        let page = read(system.at, name, path).await;
        assert!(page.contains("no real card"), "{name:?}: {page}");
    }
    assert!(running.stop(&system).await);
}

/// A page of a site, as somebody reads it who has not been here before.
async fn read(at: SocketAddr, name: Name, path: &str) -> String {
    let mut line = TcpStream::connect(at).await.expect("somebody listens");
    let asked = format!(
        "GET {path} HTTP/1.1\r\nHost: {}:{}\r\nConnection: close\r\n\r\n",
        name.host(),
        at.port()
    );
    line.write_all(asked.as_bytes()).await.expect("sent");
    let mut page = String::new();
    line.read_to_string(&mut page).await.expect("a page");
    page
}

async fn is_told_the_same_by_everybody(suite: Suite) {
    let folder = tempfile::tempdir().expect("a folder");
    let data = Data::open(&folder.path().join("demo")).expect("a new folder");
    let tap = Tap::default();
    let (system, running) = start_with(&data, suite, &tap).await;
    let marks = Marks::set(&system).await.expect("journals");
    tell(&system).await;
    assert_eq!(differences(&system).await, []);
    all_is_saved(&system, &marks, &tap, folder.path()).await;
    let second = system.second.clone().expect("there are two banks");
    tell(&second).await;
    assert_eq!(differences(&system).await, []);
    for (who, store, kind) in [
        ("wallet", &system.wallet.party.store, "cardholder.purchase"),
        ("wallet", &second.wallet.party.store, "cardholder.purchase"),
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
    let banks = [
        ("issuer", Arc::clone(&system.issuer.store), "issuer.hold"),
        ("issuer", Arc::clone(&second.issuer.store), "issuer.hold"),
        ("acquirer", Arc::clone(&system.acquirer.store), "acquirer.capture"),
    ];
    assert!(running.stop(&system).await);
    drop((system, second));
    cheated_banks_are_found(&data, &banks).await;
}

/// A bank keeps its books in memory too: it is changed while nobody works there.
async fn cheated_banks_are_found(
    data: &Data,
    banks: &[(&'static str, Arc<dyn Store>, &'static str)],
) {
    for (who, store, kind) in banks {
        let honest = cheat(store, kind).await;
        let (system, running) = start(data).await;
        let found = differences(&system).await;
        assert!(found.iter().any(|one| one.between.contains(who)), "{kind}: {found:?}");
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
    let card = story::enrol(system, &system.ground.bank.cards[0]).await.expect("a certificate");
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
