//! Two banks side by side: each certifies its own cards, is asked about its own, is paid for its
//! own, and knows nothing of the other's.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use openset_bank::ledger::HoldState;
use openset_crypto::vault::Cost;
use openset_node::{link::LinkTerms, measure::Measured};
use openset_protocol::{
    cardholder::registration::Stage as Registration, enrolment::Ended, summary::Fact,
};
use openset_testkit::canary::Canaries;
use openset_wire::x509::CrlReason;

use super::{
    operators::operator,
    secrecy::nothing_of,
    stage::{MODERN, PATIENCE, play, runtime},
};
use crate::{
    demo::{
        cast::{self, CardBank, TestCard},
        data::Data,
        reading, story,
    },
    house::{
        banks::dialect,
        bureau::{Bureau, Office},
        first_start,
        holders::Holders,
        running::Running,
        system::{Arrangement, System, Wish},
        transcript,
    },
    ports,
};

/// The second bank's view of the system, its wallet open.
async fn second(system: &System) -> Arc<System> {
    let second = system.second.clone().expect("there are two banks");
    story::unlock(&second).await.expect("the demo's passphrase");
    second
}

/// Buys a poster with a card of this bank's wallet.
async fn buys(view: &System, card: &str) -> story::Bought {
    let order = story::order(view).await.expect("an order");
    let id = story::offer(view, &order, card).await.expect("an offer");
    story::pay(view, &order, &id, card).await.expect("an answer")
}

#[test]
fn a_card_of_the_second_bank_pays_in_the_same_shop_and_only_its_own_bank_is_asked() {
    play(async |stage| {
        let first = stage.issuer_saw().await;
        let second = second(&stage.system).await;
        let card = story::enrol(&second, &cast::SECOND.cards[0]).await.expect("certified");
        let order = story::order(&second).await.expect("an order");
        let id = story::offer(&second, &order, &card).await.expect("an offer");
        let paid = story::pay(&second, &order, &id, &card).await.expect("an answer");
        assert_eq!(paid.fact, Fact::Authorized);
        assert_eq!(stage.issuer_saw().await, first, "the first bank has heard nothing");

        story::capture(&second, &order).await.expect("captured");
        stage.system.clear().await.expect("cleared, by the acquirer of both");
        let view = second.issuer.host.view().await.expect("books");
        assert!(view.is_balanced);
        let posted = view
            .holds
            .iter()
            .any(|hold| matches!(hold.state, HoldState::Posted(amount) if amount == paid.amount));
        assert!(posted, "the second bank has paid");
    });
}

#[test]
fn a_bank_has_no_form_for_the_cards_of_the_other() {
    play(async |stage| {
        let second = second(&stage.system).await;
        for (view, stranger) in
            [(&*stage.system, &cast::SECOND.cards[1]), (&*second, &cast::FIRST.cards[1])]
        {
            let who = format!("{} at {}", stranger.last_four(), view.ground.bank.name);
            let ended = refused(view, stranger).await;
            assert!(matches!(ended, Ended::Referred { .. }), "{who}: {ended:?}");
            // Nothing was certified, and no issuer was asked.
            let office = view.authorities.first().expect("that of cardholders");
            let newest = office.party.store.trail(0, u32::MAX).await.expect("a trail");
            let last = newest.last().expect("a record");
            assert_eq!(last.account.cause, "RegFormReq", "{who}");
        }
    });
}

/// How the application of a card ends that is not certified.
async fn refused(view: &System, card: &TestCard) -> Ended {
    let id = view.wallet.apply(card.pan(), cast::expiry()).await.expect("begun");
    let mut watch = view.wallet.registrations.watch(id.as_bytes());
    let ended = async {
        loop {
            let state = view.wallet.registration(&id).await.expect("a store").expect("there");
            match state.stage {
                Registration::Refused(ended) => return ended,
                Registration::FormShown(shown) => panic!("a form: {:?}", shown.form.institution),
                _ => watch.changed().await,
            }
        }
    };
    tokio::time::timeout(PATIENCE, ended).await.expect("an answer")
}

#[test]
fn a_transaction_of_the_second_wallet_is_told_whole() {
    play(async |stage| {
        let second = second(&stage.system).await;
        let card = story::enrol(&second, &cast::SECOND.cards[1]).await.expect("certified");
        let order = story::order(&second).await.expect("an order");
        let id = story::offer(&second, &order, &card).await.expect("an offer");
        let paid = story::pay(&second, &order, &id, &card).await.expect("an answer");
        assert_ne!(paid.fact, Fact::Authorized, "this card has no credit");
        let transcript = transcript::of_purchase(&stage.system, &order.label, paid.xid);
        let crossed = transcript.await.expect("journals");
        for name in ["PInitReq", "PReq", "AuthReq", "0100", "0110", "AuthRes", "PRes"] {
            assert!(crossed.iter().any(|one| one.passed.name == name), "{name}");
        }
    });
}

#[test]
fn each_wallet_wears_the_pack_of_its_bank_and_each_authority_gives_its_bank_s_form() {
    play(async |stage| {
        for (view, id) in stage.system.views().zip(["banque-demo", "nordic-test-bank"]) {
            let (bank, worn) = (view.ground.bank, view.wallet.worn.as_ref().expect("a pack"));
            assert_eq!(worn.facts.id, id);
            assert_eq!(worn.facts.bins, [bank.bin()]);
            let site = bank.authority.label();
            assert!(worn.facts.authority.contains(&format!("//{site}.localhost")), "{site}");
            let standing = view.authorities.first().expect("of cardholders").enrolments.standing();
            let banks: Vec<_> = standing.policy.institutions.values().collect();
            assert!(matches!(&banks[..], [one] if one.name == bank.in_certificates));
        }
    });
}

/// A system of its own, with cards that are certified before a bank goes away.
struct Town {
    system: Arc<System>,
    /// A good card of each bank, as its wallet calls it.
    cards: Vec<String>,
    _running: Running,
    _folder: tempfile::TempDir,
    _data: Data,
}

impl Town {
    async fn open(arrangement: Arrangement) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let data = Data::open(&folder.path().join("data")).expect("a new folder");
        let vault = Cost::FLEETING;
        let wish = Wish { suite: MODERN, port: 0, vault, holders: &Holders::FILES };
        first_start::make(&data, wish).await.expect("everything is made");
        let started = System::start_as(&data, wish, arrangement).await;
        let (system, mut running) = started.expect("a system");
        let sites = ports::sites(&system, &[], &Measured::begin());
        running.serve(system.at, sites, &[]).await.expect("sites");
        let mut cards = Vec::new();
        for view in system.views() {
            story::unlock(view).await.expect("the demo's passphrase");
            let card = story::enrol(view, &view.ground.bank.cards[0]).await;
            cards.push(card.expect("certified by its own bank"));
        }
        Self { system, cards, _running: running, _folder: folder, _data: data }
    }

    /// Buys with the good card of each bank.
    async fn facts(&self) -> Vec<Fact> {
        let mut facts = Vec::new();
        for (view, card) in self.system.views().zip(&self.cards) {
            facts.push(buys(view, card).await.fact);
        }
        facts
    }
}

/// Where nobody listens.
async fn nobody() -> LinkTerms {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let at: SocketAddr = listener.local_addr().expect("bound");
    let answer_within = Duration::from_secs(1);
    LinkTerms { answer_within, ..LinkTerms::new(&at.to_string(), dialect()) }
}

#[test]
fn a_bank_that_is_away_keeps_only_its_own_cards_from_paying() {
    runtime().block_on(async {
        let without_second = Arrangement {
            others: vec![(cast::SECOND.bin(), nobody().await)],
            ..Arrangement::default()
        };
        let town = Town::open(without_second).await;
        assert_eq!(town.facts().await, [Fact::Authorized, Fact::Declined]);
        let without_first = Arrangement { asks: Some(nobody().await), ..Arrangement::default() };
        let town = Town::open(without_first).await;
        assert_eq!(town.facts().await, [Fact::Declined, Fact::Authorized]);
        // Who was not asked holds nothing, and the books say the same everywhere.
        let books = reading::read(&town.system).await.expect("books");
        assert_eq!(books.differences(), []);
        assert_eq!(books.wallet.authorized.len(), 1);
    });
}

#[test]
fn nothing_of_a_bank_s_customers_lies_in_the_folders_of_the_other() {
    runtime().block_on(async {
        let town = Town::open(Arrangement::default()).await;
        assert_eq!(town.facts().await, [Fact::Authorized, Fact::Authorized]);
        let data = &town.system.ground.data;
        for (own, other) in [(&cast::FIRST, &cast::SECOND), (&cast::SECOND, &cast::FIRST)] {
            let known = known_of(own);
            let folders = |bank: &CardBank| {
                [bank.issuer, bank.authority, bank.wallet].map(|site| data.join(site.label()))
            };
            for folder in folders(other) {
                nothing_of(&known, &folder, "something of another bank's customer");
            }
            // It is found where it should be, or the search would prove nothing.
            let [issuer, ..] = folders(own);
            let table = std::fs::read(issuer.join("cardholders.toml")).expect("its table");
            assert!(known.find(&table).is_some(), "{}", own.name);
        }
    });
}

/// The numbers of a bank's cards, and the names of their holders.
fn known_of(bank: &CardBank) -> Canaries {
    let known = bank.cards.iter().flat_map(|card| [card.number, card.holder]);
    Canaries::new(&known.collect::<Vec<_>>())
}

#[test]
fn a_bank_takes_its_own_certificates_back_and_no_others() {
    runtime().block_on(async {
        let town = Town::open(Arrangement::default()).await;
        let system = &town.system;
        let ground = system.ground.clone();
        let mut offices = Vec::new();
        for authority in system.offices() {
            let office = Office::behind(authority.seat, &ground.data).await;
            offices.push(office.expect("each has a door of its own"));
        }
        assert_eq!(offices.len(), 4);
        let bureau = Bureau { ground, offices };
        let second = second(system).await;
        let cards = second.wallet.certified().await.expect("cards");
        let serial = cards[0].1.identity().expect("its certificate").certificate;
        let serial = data_encoding::HEXLOWER.encode(serial.to_be_signed.serial_number.as_bytes());
        let done = bureau
            .revoke(&serial, CrlReason::KeyCompromise, &operator())
            .await
            .expect("taken back");
        assert_eq!(done.line.issued_by, cast::SECOND.seat());
        assert_eq!(done.heard.len(), 6, "everybody, the second authority too");
        assert!(done.heard.iter().all(|heard| heard.why_not.is_none()), "{:?}", done.heard);
        let list = |bank: &CardBank| {
            system.ground.data.join(bank.authority.label()).join("revoked.crl").is_file()
        };
        assert_eq!([&cast::FIRST, &cast::SECOND].map(list), [false, true]);
        // The other bank's cards pay as before.
        assert_eq!(buys(system, &town.cards[0]).await.fact, Fact::Authorized);
        let order = story::order(&second).await.expect("an order");
        let id = story::offer(&second, &order, &town.cards[1]).await.expect("an offer");
        assert!(story::pay(&second, &order, &id, &town.cards[1]).await.is_err());
    });
}
