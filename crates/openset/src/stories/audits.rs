//! `openset audit` after a busy day of two brands and three issuers: nothing differs, and whatever
//! is changed behind a party's back is found and named.

mod plants;

use openset_audit::{Difference, Party, Report, Role, Testimony, What};
use openset_node::{
    clock::{Clock, SystemClock},
    store::{Expected, Lookup, Passed, Put, Seq, sqlite::Reading},
};
use openset_protocol::{
    merchant::{Stage, purchase::Input},
    summary::Fact,
};
use openset_types::{Currency, Money, RefundKind};
use serde_json::Value;
use tokio::{
    sync::{Mutex, OnceCell},
    time::{sleep, timeout},
};

use super::{
    stage::{LOOK, PATIENCE, runtime},
    town::Town,
};
use crate::{
    args::Audit,
    commands::audit,
    demo::{cast::Behaviour, story},
    ending::Ending,
    house::system::System,
    shop::{checkout, orders::Order},
};

/// A town after its day, and what was read of it.
struct Day {
    town: Mutex<Town>,
    shelves: Vec<Shelf>,
}

/// One party's database, copied into memory to be changed there.
#[derive(Clone)]
struct Shelf {
    party: Party,
    /// The journal; of a message that was changed without its digest only the place.
    messages: Vec<Result<Passed, Seq>>,
    /// The books, by kind.
    records: Vec<(&'static str, Value)>,
}

/// The day that all stories here are about.
async fn day() -> &'static Day {
    static DAY: OnceCell<Day> = OnceCell::const_new();
    DAY.get_or_init(Day::live).await
}

impl Day {
    async fn live() -> Self {
        let town = Town::of_two_brands().await;
        for view in town.system.views() {
            story::unlock(view).await.expect("the demo's passphrase");
            shop(view).await;
        }
        // Who was not answered is given up by a reversal, which may take until now.
        let agreed = async {
            while !look(&shelves(&town)).differences.is_empty() {
                sleep(LOOK).await;
            }
        };
        if timeout(PATIENCE, agreed).await.is_err() {
            panic!("{:#?}", look(&shelves(&town)).differences);
        }
        let shelves = shelves(&town);
        Self { town: Mutex::new(town), shelves }
    }
}

/// What the customers of one bank do: pay, are declined, are not answered; and their shop takes
/// all, a part or nothing, before and after the banks have cleared.
async fn shop(view: &System) {
    for card in view.ground.bank.cards {
        if ![Behaviour::Approves, Behaviour::Declines, Behaviour::NoAnswer]
            .contains(&card.behaviour)
        {
            continue;
        }
        let id = story::enrol(view, card).await.expect("certified");
        let (order, fact) = buy(view, &id).await;
        if card.behaviour != Behaviour::Approves {
            assert_ne!(fact, Fact::Authorized);
            continue;
        }
        story::capture(view, &order).await.expect("captured");
        take(view, &buy(view, &id).await.0, 1_999).await;
        story::clear(view).await.expect("cleared");
        story::capture(view, &buy(view, &id).await.0).await.expect("captured, and not cleared");
        let (kept, back) = (buy(view, &id).await.0, buy(view, &id).await.0);
        refund(view, &order, RefundKind::Credit, 1_000).await;
        refund(view, &order, RefundKind::Credit, 500).await;
        refund(view, &order, RefundKind::CreditReversal, 500).await;
        story::capture(view, &back).await.expect("captured");
        refund(view, &back, RefundKind::CaptureReversal, 4_200).await;
        assert_ne!(kept.label, back.label);
    }
}

/// Gives money of an order back, or takes that back.
async fn refund(view: &System, order: &Order, kind: RefundKind, cents: u64) {
    let (purchases, at) = (&view.merchant.purchases, checkout::instance(order));
    let amount = Money::new(cents, Currency::EUR).expect("an amount");
    let mut watch = purchases.watch(order.key());
    purchases.command(at.clone(), Input::Refund { kind, amount }).await.expect("captured");
    let done = async {
        loop {
            let state = purchases.state(&at).await.expect("a store").expect("there");
            let Stage::Captured(captured) = &state.stage else { panic!("it was captured") };
            match captured.refunds.last().map(|last| last.done_at()) {
                Some(Some(_)) => return,
                _ => watch.changed().await,
            }
        }
    };
    timeout(PATIENCE, done).await.expect("the gateway answers");
}

async fn buy(view: &System, card: &str) -> (Order, Fact) {
    let order = story::order(view).await.expect("an order");
    let id = story::offer(view, &order, card).await.expect("an offer");
    let paid = story::pay(view, &order, &id, card).await.expect("an answer");
    (order, paid.fact)
}

/// Takes a part of the money.
async fn take(view: &System, order: &Order, cents: u64) {
    let (purchases, at) = (&view.merchant.purchases, checkout::instance(order));
    let amount = Money::new(cents, Currency::EUR).expect("an amount");
    let mut watch = purchases.watch(order.key());
    purchases.command(at.clone(), Input::Capture { amount }).await.expect("authorized");
    let captured = async {
        loop {
            let state = purchases.state(&at).await.expect("a store").expect("there");
            if matches!(state.stage, Stage::Captured(_)) {
                return;
            }
            watch.changed().await;
        }
    };
    timeout(PATIENCE, captured).await.expect("the gateway answers");
}

/// Copies what the auditor reads.
fn shelves(town: &Town) -> Vec<Shelf> {
    let data = town.data.path();
    let parties = audit::parties(data).expect("a folder");
    parties.into_iter().map(|party| copy(data, party)).collect()
}

fn copy(data: &std::path::Path, party: Party) -> Shelf {
    let path = data.join(&party.folder).join("store.db");
    let reading = Reading::open(&path).expect("a database");
    let (mut messages, mut records) = (Vec::new(), Vec::new());
    reading.journal(|message| messages.push(message)).expect("a journal");
    for kind in party.role.books() {
        let note = |record: openset_node::store::Record| {
            records.push((*kind, serde_json::from_slice(&record.state).expect("JSON")));
        };
        reading.records(kind, note).expect("books");
    }
    Shelf { party, messages, records }
}

/// Audits copies.
fn look(shelves: &[Shelf]) -> Report {
    let testimonies: Vec<_> = shelves
        .iter()
        .map(|shelf| {
            let mut testimony = Testimony::of(shelf.party.clone());
            shelf.messages.iter().for_each(|one| audit::hear(&mut testimony, one.clone()));
            for (kind, state) in &shelf.records {
                testimony.note(kind, state.to_string().as_bytes());
            }
            testimony
        })
        .collect();
    openset_audit::audit(&testimonies, SystemClock.now())
}

#[test]
fn after_a_busy_day_every_balance_follows_from_the_messages_and_all_books_agree() {
    runtime().block_on(async {
        let day = day().await;
        let report = look(&day.shelves);
        assert_eq!(report.differences, []);
        let roles: Vec<_> = day.shelves.iter().map(|shelf| shelf.party.role).collect();
        for (role, count) in
            [(Role::Merchant, 1), (Role::Gateway, 2), (Role::Acquirer, 1), (Role::Issuer, 3)]
        {
            assert_eq!(roles.iter().filter(|one| **one == role).count(), count, "{role:?}");
        }
        let sums = report.totals[&Currency::EUR];
        // Five purchases with each of three good cards: one is not captured, one is taken back
        // whole, and one in part after it was cleared.
        assert_eq!(sums.authorized - sums.undone, 3 * 5 * 4_200);
        assert_eq!(sums.captured - sums.taken_back, 3 * (4_200 + 1_999 + 4_200));
        assert_eq!((sums.taken_back, sums.given_back), (3 * 4_200, 3 * 1_000));
        // What a bank's customers did last waits for the next bank's clearing.
        assert_eq!(sums.settled, sums.captured - sums.taken_back - 4_200);
        assert_eq!((sums.returned, sums.debited), (2 * 1_000, 2 * 1_000));
        assert_eq!(sums.credited + sums.fees, sums.settled);
        assert_eq!(sums.stated, sums.credited);
    });
}

#[test]
fn the_command_reads_books_in_use_and_says_no_when_a_record_was_changed() {
    runtime().block_on(async {
        let town = day().await.town.lock().await;
        let asked = |json| Audit { data: town.data.path().to_owned(), json };
        let audited = async |json| {
            let asked = asked(json);
            tokio::task::spawn_blocking(move || audit::audit(&asked)).await.expect("it ends")
        };
        audited(false).await.expect("nobody touched the books");
        let store = &town.system.merchant.party.store;
        let page = openset_node::store::Page::newest(100);
        let records = store.list("merchant.purchase", page).await.expect("a store");
        let is_held = |record: &&openset_node::store::Record| {
            String::from_utf8_lossy(&record.state).contains(r#""stage":{"Authorized""#)
        };
        let record = records.iter().find(is_held).expect("one is not captured");
        let write = async |state: Vec<u8>| {
            let at = Lookup::Key(record.key.clone());
            let now = store.load("merchant.purchase", &at).await.expect("a store").expect("there");
            let (kind, key) = ("merchant.purchase", record.key.clone());
            let expected = Expected::At(now.version);
            let put = Put { kind, key, expected, state, at: SystemClock.now() };
            let change = openset_node::store::Change { puts: vec![put], ..Default::default() };
            store.commit(change).await.expect("stored");
        };
        let mut state: Value = serde_json::from_slice(&record.state).expect("JSON");
        state["stage"]["Authorized"]["amount"]["minor"] = 4_201.into();
        write(state.to_string().into_bytes()).await;
        for json in [false, true] {
            let ended = audited(json).await;
            assert!(matches!(ended, Err(Ending::No)), "{ended:?}");
        }
        write(record.state.clone()).await;
        audited(false).await.expect("it is as it was");
    });
}

#[test]
fn a_folder_without_books_is_refused() {
    let none = tempfile::tempdir().expect("a folder");
    let asked = Audit { data: none.path().to_owned(), json: false };
    assert!(matches!(audit::audit(&asked), Err(Ending::Input(_))));
    let asked = Audit { data: none.path().join("not there"), json: false };
    assert!(matches!(audit::audit(&asked), Err(Ending::Input(_))));
}

/// Whether something is found under its name and in these words. No card number is told.
fn is_found(found: &[Difference], what: What, words: &[&str]) -> bool {
    let told: Vec<_> = found.iter().map(Difference::to_string).collect();
    let is_it = |(one, told): &(&Difference, &String)| {
        one.what == what && words.iter().all(|word| told.contains(word))
    };
    for card in crate::demo::cast::CARDS {
        assert!(told.iter().all(|told| !told.contains(card.number)), "{told:#?}");
    }
    found.iter().zip(&told).any(|pair| is_it(&pair))
}
