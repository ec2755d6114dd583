//! Two brands below one root: a shop that takes both, a gateway and authorities of each, and cards
//! that pay under their own brand or not at all (A12).

use std::{fs, sync::Arc};

use openset_bank::ledger::HoldState;
use openset_crypto::{Authority as Kind, Purpose, verify};
use openset_node::{
    fault::Fault,
    http::{
        Answering, Answers, Media, Said,
        client::{Client, Unanswered},
        set_endpoint,
    },
    store::{JournalOf, Page},
};
use openset_protocol::{
    cardholder::{Purchase, Stage as WalletStage, purchase::Input},
    role::Lookup,
    summary::Fact,
};
use openset_types::{Brand, Rrpid};
use openset_wire::{
    error::Error,
    wrapper::{Message, MessageWrapper},
    x509::CrlReason,
};
use tokio::{
    sync::{Mutex, OnceCell, watch},
    time::{sleep, timeout},
};

use super::{
    between::Aside,
    requests::with_header,
    stage::{LOOK, PATIENCE, runtime},
    town::{Town, operator},
};
use crate::{
    ceremony::{self, Rings, folder},
    demo::{cast, reading, story},
    house::{
        bureau::{Bureau, Office},
        hearing::DISTRIBUTIONS,
        holders::Holders,
        system::System,
        wallet::{at, fresh_id},
    },
    shop::checkout,
};

/// A system of two brands, and a good card of each.
struct Street {
    town: Town,
    cards: Vec<String>,
}

impl Street {
    async fn open() -> Self {
        let town = Town::of_two_brands().await;
        let mut cards = Vec::new();
        for view in town.system.brands() {
            story::unlock(view).await.expect("the demo's passphrase");
            let card = story::enrol(view, &view.ground.bank.cards[0]).await;
            cards.push(card.expect("certified by its own bank"));
        }
        Self { town, cards }
    }

    /// The views of the two brands.
    fn brands(&self) -> [&System; 2] {
        let [first, other] = self.town.system.brands().collect::<Vec<_>>()[..] else {
            panic!("there are two brands")
        };
        [first, other]
    }

    /// Buys with the card of each brand.
    async fn buy(&self) -> [anyhow::Result<story::Bought>; 2] {
        let [first, other] = self.brands();
        [buy(first, &self.cards[0]).await, buy(other, &self.cards[1]).await]
    }

    async fn facts(&self) -> [Option<Fact>; 2] {
        self.buy().await.map(|bought| bought.ok().map(|bought| bought.fact))
    }
}

/// Buys a poster with a card of this view's wallet.
async fn buy(view: &System, card: &str) -> anyhow::Result<story::Bought> {
    let order = story::order(view).await?;
    let id = story::offer(view, &order, card).await?;
    story::pay(view, &order, &id, card).await
}

/// Plays in one street, one story after the other.
fn play<T>(story: impl AsyncFnOnce(&Street) -> T) -> T {
    static STREET: OnceCell<Mutex<Street>> = OnceCell::const_new();
    runtime().block_on(async {
        let street = STREET.get_or_init(async || Mutex::new(Street::open().await)).await;
        story(&*street.lock().await).await
    })
}

/// How many messages a gateway has seen and sent.
async fn saw(view: &System) -> i64 {
    let journal = view.gateway.party.store.journal(&JournalOf::Everything, Page::newest(1)).await;
    journal.expect("a journal").first().map_or(0, |passed| passed.seq.number())
}

/// The newest message of a name at a gateway.
async fn newest(view: &System, name: &str) -> Vec<u8> {
    let journal = view.gateway.party.store.journal(&JournalOf::Everything, Page::newest(100)).await;
    let found = journal.expect("a journal").into_iter().find(|passed| passed.name == name);
    found.unwrap_or_else(|| panic!("no {name}")).octets
}

#[test]
fn cards_of_both_brands_buy_in_one_shop_each_through_the_gateway_of_its_brand() {
    play(async |street| {
        for (view, (other, card)) in
            street.brands().into_iter().zip(street.brands().into_iter().rev().zip(&street.cards))
        {
            let before = saw(other).await;
            let order = story::order(view).await.expect("an order");
            let id = story::offer(view, &order, card).await.expect("an offer");
            let paid = story::pay(view, &order, &id, card).await.expect("an answer");
            assert_eq!(paid.fact, Fact::Authorized, "{}", view.ground.brand);
            story::capture(view, &order).await.expect("captured");
            assert_eq!(saw(other).await, before, "the other gateway has heard nothing");
            // The shop's answers are signed for the brand of the card.
            let at = checkout::instance(&order);
            let kept = view.merchant.purchases.state(&at).await.expect("a store").expect("there");
            let consent = kept.consent().expect("given");
            assert_eq!(consent.brand, view.ground.brand);
            street.town.system.clear().await.expect("cleared, by the acquirer of both");
            let books = view.issuer.host.view().await.expect("books");
            let posted =
                |state| matches!(state, HoldState::Posted(amount) if amount == paid.amount);
            assert!(books.holds.into_iter().any(|hold| posted(hold.state)), "its bank has paid");
        }
        let books = reading::read(&street.town.system).await.expect("books");
        assert_eq!(books.differences(), []);
    });
}

#[test]
fn the_shop_s_document_names_both_brands_and_a_third_is_refused_by_name() {
    play(async |street| {
        let [first, other] = street.brands();
        let order = story::order(first).await.expect("an order");
        let document = checkout::initiation(first, &order).expect("a document");
        let both = [&cast::BRAND, &cast::OTHER_BRAND].map(|brand| brand.name);
        assert_eq!(document.brands.iter().map(Brand::as_str).collect::<Vec<_>>(), both);
        let third = Brand::parse("Nobody's Brand").expect("a name");
        let (liar, _aside) = Liar::stand(first, third).await;
        let id = begin_through(other, &order, &street.cards[1], &liar.url).await;
        liar.was_asked(1).await;
        let said = liar.said.borrow().first().cloned().expect("an answer");
        let said = MessageWrapper::decode(&said).expect("a message").message;
        assert!(matches!(said, Message::Error(Error::SignedError(_))), "{}", said.name());
        assert!(is_initiating(other, &id).await);
    });
}

#[test]
fn an_offer_under_the_other_brand_s_certificates_is_not_believed() {
    // Somebody on the line names the other brand: the shop answers with the certificate that it has
    // for that one, and with that brand's gateway and lists.
    play(async |street| {
        let [first, other] = street.brands();
        for (view, card, named) in
            [(first, &street.cards[0], other), (other, &street.cards[1], first)]
        {
            let order = story::order(view).await.expect("an order");
            let (liar, _aside) = Liar::stand(view, named.ground.brand.clone()).await;
            let id = begin_through(view, &order, card, &liar.url).await;
            // It asks again: what it heard was no answer.
            liar.was_asked(2).await;
            let said = liar.said.borrow().first().cloned().expect("an answer");
            let said = MessageWrapper::decode(&said).expect("a message").message;
            assert!(matches!(said, Message::PInitRes(_)), "{}", said.name());
            assert!(is_initiating(view, &id).await, "{}", view.ground.brand);
        }
    });
}

#[test]
fn an_inquiry_that_is_refused_is_refused_in_the_name_of_its_brand() {
    // An inquiry names no brand. A wallet believes its own, and asks on until somebody answers whom
    // it believes.
    play(async |street| {
        for (view, card) in street.brands().into_iter().zip(&street.cards) {
            let order = story::order(view).await.expect("an order");
            let id = story::offer(view, &order, card).await.expect("an offer");
            story::pay(view, &order, &id, card).await.expect("an answer");
            let inquire = view.wallet.purchases.command(at(&id), Input::Inquire);
            inquire.await.expect("an order to ask about");
            let journal = &view.wallet.party.store;
            let journal = journal.journal(&JournalOf::Everything, Page::newest(10)).await;
            let mut crossed = journal.expect("a journal").into_iter();
            let asked = crossed.find(|passed| passed.name == "InqReq").expect("it was asked");
            let other = with_header(&asked.octets, |header| {
                header.rrpid = Some(Rrpid::new([0x78; 20]).into());
            });
            let client = &view.ground.client;
            let url = &view.ground.addresses.merchant;
            let said = client.ask(url, Media::Payment, other).await.expect("heard");
            let Message::Error(Error::SignedError(signed)) =
                MessageWrapper::decode(&said).expect("a message").message
            else {
                panic!("it is refused")
            };
            let (trust, now) = (view.wallet.party.shell.trust(), view.ground.clock.now());
            let (purpose, brand) = (Purpose::MerchantSignature, Some(&view.ground.brand));
            let believed = verify(&signed, trust, purpose, brand, now);
            assert_eq!(believed.map(drop).err(), None, "{}", view.ground.brand);
        }
    });
}

#[test]
fn a_gateway_opens_nothing_that_is_for_the_gateway_of_the_other_brand() {
    play(async |street| {
        let [first, other] = street.brands();
        for (view, card, stranger) in
            [(first, &street.cards[0], other), (other, &street.cards[1], first)]
        {
            let order = story::order(view).await.expect("an order");
            let id = story::offer(view, &order, card).await.expect("an offer");
            story::pay(view, &order, &id, card).await.expect("an answer");
            story::capture(view, &order).await.expect("captured");
            for name in ["AuthReq", "CapReq"] {
                let message = newest(view, name).await;
                let client = &view.ground.client;
                let url = &stranger.ground.addresses.gateway;
                let said = client.ask(url, Media::Payment, message.clone()).await.expect("heard");
                let said = MessageWrapper::decode(&said).expect("a message").message;
                assert!(matches!(said, Message::Error(_)), "{name}: {}", said.name());
                let rrpid = MessageWrapper::header_of(&message).and_then(|header| header.rrpid);
                let at = Lookup::Key(rrpid.expect("named").0.as_bytes().to_vec());
                let kept = stranger.gateway.authorizations.state(&at).await.expect("a store");
                assert!(kept.is_none(), "{name} is kept");
            }
        }
    });
}

#[test]
fn what_a_brand_says_of_lists_is_for_its_own_parties() {
    play(async |street| {
        let [first, other] = street.brands();
        for (view, stranger) in [(first, other), (other, first)] {
            let lists = |url: &str| format!("{}{DISTRIBUTIONS}", url.trim_end_matches("/set"));
            let (own, others) = (&view.ground.addresses, &stranger.ground.addresses);
            let client = &view.ground.client;
            let said = client.get(&lists(&own.ca_merchant)).await.expect("a brand says it");
            let told = async |url: &str| {
                let header = Media::Registration.header();
                client.post(&lists(url), header, said.clone()).await.map(drop)
            };
            // The shop works for both.
            for url in [&own.gateway, &own.merchant, &own.ca_cardholder] {
                let told = told(url).await;
                assert!(matches!(told, Ok(()) | Err(Unanswered::Status(204))), "{url}: {told:?}");
            }
            for url in [&others.gateway, &others.ca_cardholder, &others.ca_merchant] {
                let told = told(url).await;
                assert!(matches!(told, Err(Unanswered::Status(422))), "{url}: {told:?}");
            }
        }
    });
}

#[test]
fn a_brand_that_takes_its_gateway_s_certificate_back_stops_its_own_payments_only() {
    runtime().block_on(async {
        let street = Street::open().await;
        assert_eq!(street.facts().await, [Some(Fact::Authorized); 2]);
        let [_, other] = street.brands();
        let ground = other.ground.clone();
        let mut offices = Vec::new();
        for authority in other.offices() {
            let office = Office::behind(authority.seat, &ground.data).await;
            offices.push(office.expect("each has a door of its own"));
        }
        let bureau = Bureau { ground, offices };
        let gateway = other.gateway.upkeep.credentials();
        let sealed_to = &gateway.encipherments[0].certificate.to_be_signed.serial_number;
        let serial = data_encoding::HEXLOWER.encode(sealed_to.as_bytes());
        let done = bureau.revoke(&serial, CrlReason::KeyCompromise, &operator()).await;
        let done = done.expect("taken back");
        assert!(done.heard.iter().all(|heard| heard.why_not.is_none()), "{:?}", done.heard);
        assert_eq!(street.facts().await, [Some(Fact::Authorized), None]);
        street.town.stop().await;
    });
}

#[test]
fn a_brand_whose_lists_have_ended_stops_its_own_payments_only() {
    runtime().block_on(async {
        let street = Street::open().await;
        let [first, other] = street.brands();
        // Nobody makes lists for the second brand any more.
        for kind in [Kind::Brand, Kind::Gateway] {
            let keys = other.ground.data.join(folder(kind)).join("keys");
            fs::rename(&keys, keys.with_extension("away")).expect("a folder");
        }
        street.town.passes(31 * 86_400);
        let (files, clock) = (Holders::FILES, &first.ground.clock);
        let rings = Rings::new(&first.ground.data, &files);
        ceremony::publish(&rings, first.ground.suite, clock.as_ref()).expect("new lists");
        let trust = first.merchant.party.shell.trust();
        let is_current = |view: &System| trust.require_bci(&view.ground.brand, clock.now()).is_ok();
        let learned = async {
            while !is_current(first) {
                sleep(LOOK).await;
            }
        };
        timeout(PATIENCE, learned).await.expect("the shop reads the new lists");
        assert!(!is_current(other));
        for view in [first, other] {
            story::unlock(view).await.expect("the demo's passphrase");
        }
        assert_eq!(street.facts().await, [Some(Fact::Authorized), None]);
        street.town.stop().await;
    });
}

#[test]
fn two_brands_start_again_as_they_were_and_none_where_one_cannot_be_opened() {
    runtime().block_on(async {
        let Street { town, cards } = Street::open().await;
        let street = Street { town: town.restarted().await, cards };
        for view in street.brands() {
            story::unlock(view).await.expect("the demo's passphrase");
        }
        assert_eq!(street.facts().await, [Some(Fact::Authorized); 2]);
        let mut own = String::new();
        let why = street.town.spoilt(|data| {
            let brand = data.join(cast::OTHER_BRAND_FOLDER);
            fs::remove_dir_all(brand.join("gateway/keys")).expect("a folder");
            own = brand.display().to_string();
        });
        let why = why.await;
        assert!(why.contains(&format!("the second brand, in {own}, cannot be opened")), "{why}");
        assert!(why.contains("\n  try: "), "{why}");
    });
}

/// Somebody between a wallet and the shop, who asks the shop in the name of another brand.
struct Liar {
    shop: String,
    client: Client,
    brand: Brand,
    /// What the shop said, answer by answer.
    said: watch::Sender<Vec<Vec<u8>>>,
}

/// A liar that was put somewhere.
struct Standing {
    url: String,
    said: watch::Receiver<Vec<Vec<u8>>>,
}

impl Liar {
    async fn stand(view: &System, brand: Brand) -> (Standing, Aside) {
        let (said, heard) = watch::channel(Vec::new());
        let shop = view.ground.addresses.merchant.clone();
        let liar = Self { shop, client: view.ground.client.clone(), brand, said };
        let aside = Aside::serve(set_endpoint(&[Media::Payment], Arc::new(liar) as _)).await;
        (Standing { url: aside.url.clone(), said: heard }, aside)
    }
}

impl Standing {
    /// Waits until the shop has answered so many questions.
    async fn was_asked(&self, times: usize) {
        let mut said = self.said.clone();
        let enough = said.wait_for(|said| said.len() >= times);
        timeout(PATIENCE, enough).await.expect("it is asked").expect("the liar stands");
    }
}

impl Answers for Liar {
    fn answer(&self, message: Vec<u8>) -> Answering<'_> {
        Box::pin(async move {
            let mut wrapper = MessageWrapper::decode(&message).expect("a message");
            if let Message::PInitReq(asked) = &mut wrapper.message {
                asked.brand_id = self.brand.clone().into();
            }
            let asked = wrapper.encode().expect("encodable");
            let answer = self.client.ask(&self.shop, Media::Payment, asked).await;
            let answer = answer.map_err(|_| Fault::Unanswered)?;
            self.said.send_modify(|said| said.push(answer.clone()));
            Ok(Said::Message(answer))
        })
    }
}

/// Takes an order to a wallet, with another address of the shop; answers what the wallet calls it.
async fn begin_through(
    view: &System,
    order: &crate::shop::orders::Order,
    card: &str,
    url: &str,
) -> String {
    let mut initiation = checkout::initiation(view, order).expect("a document");
    initiation.set_url = url.to_owned();
    let id = fresh_id().expect("randomness");
    view.wallet.begin(&id, initiation, card).await.expect("a certified card");
    id
}

/// Whether a wallet has not believed any offer.
async fn is_initiating(view: &System, id: &str) -> bool {
    let purchase: Option<Purchase> = view.wallet.purchase(id).await.expect("a store");
    matches!(purchase.expect("begun").stage, WalletStage::Initiating { .. })
}
