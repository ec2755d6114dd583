//! More is asked than can be dealt with: what is new is turned away at once and told when to come
//! again, what was begun is ended, and nothing is half done.

use std::net::SocketAddr;

use openset_bank::ledger::HoldState;
use openset_node::store::{JournalOf, Page, Store};
use openset_protocol::{
    cardholder,
    merchant::{Stage as Stand, purchase, purchase::MerchantPurchase},
    role::{Lookup, Machine},
    summary::Fact,
};
use openset_types::Money;
use tokio::time::{sleep, timeout};

use super::{
    apart::Apart,
    between::{Between, Plan},
    line::{Fate, Line},
    post::{Answer, head, media, say},
    stage::{LOOK, PATIENCE, Stage, play},
};
use crate::{
    demo::{cast, story},
    shop::{checkout, orders::Order},
    sites::Name,
};

/// Posts a message to a party at an address of its own.
async fn post(at: SocketAddr, message: &[u8]) -> Answer {
    let head = head(&at.to_string(), media(Name::Gateway), message.len());
    say(at, &[head.as_bytes(), message].concat()).await
}

/// Whether somebody was turned away with the time to come again, and nothing else.
fn is_turned_away(answer: &Answer) -> bool {
    answer.status == 503 && answer.says("retry-after", "1") && answer.body.is_empty()
}

/// How often the measures say that a message of a name was turned away by a role.
fn shed(stage: &Stage, name: &str, role: &str) -> u64 {
    let line = format!("openset_message_shed_total{{message=\"{name}\",role=\"{role}\"}} ");
    let text = stage.measured.text();
    let found = text.lines().find_map(|found| found.strip_prefix(&line));
    found.and_then(|count| count.parse().ok()).unwrap_or_default()
}

#[test]
fn an_overloaded_gateway_turns_new_questions_away_and_ends_what_was_begun() {
    // Abuse case 47.
    play(async |stage| {
        let apart = Apart::open(stage);
        let issuer = apart.issuer().await;
        let line = Line::to(apart.issuer_at, |_| Fate::Passes).await;
        let gateway = apart.gateway_for(line.at, 2).await;
        let between = Between::stand(stage, &apart.gateway_url(), |_| Plan::Forward).await;
        let merchant = apart.merchant(&between.url).await;
        let begun = apart.pay(stage, &merchant).await;
        assert_eq!(stage.told(&begun).await, Fact::Authorized);

        // Two questions wait for an issuer that says nothing: the gateway has room for no more.
        line.now(|mti| if mti == "0100" { Fate::IsSwallowed } else { Fate::Passes });
        let waiting = [apart.pay(stage, &merchant).await, apart.pay(stage, &merchant).await];
        line.came("0100", 3).await;
        let before = shed(stage, "AuthReq", "gateway");
        let late = apart.pay(stage, &merchant).await;
        timeout(PATIENCE, async {
            while shed(stage, "AuthReq", "gateway") == before {
                sleep(LOOK).await;
            }
        })
        .await
        .expect("the merchant asks");
        let question = between.all("AuthReq").pop().expect("it was asked");
        assert!(is_turned_away(&post(apart.gateway_at, &question).await));
        let known = gateway.party.authorizations.list(Page::newest(9)).await.expect("a store");
        assert_eq!(known.len(), 3, "nothing is kept of what was turned away");

        // What was begun is ended meanwhile: the merchant gives up what was authorized.
        let (purchases, at) = (&merchant.party.purchases, checkout::instance(&begun.order));
        let remains = Money::zero(cast::price().currency());
        let gives_up = purchase::Input::Void { remains };
        purchases.command(at.clone(), gives_up).await.expect("it stands");
        let mut watch = purchases.watch(begun.order.key());
        let is_voided = async || {
            let state = purchases.state(&at).await.expect("a store").expect("an order");
            matches!(state.stage, Stand::Voided(_))
        };
        timeout(PATIENCE, async {
            while !is_voided().await {
                watch.changed().await;
            }
        })
        .await
        .expect("a reversal is let in");
        assert!(is_turned_away(&post(apart.gateway_at, &question).await), "it is full still");

        // There is room again: who was turned away is heard, once.
        line.now(|_| Fate::Passes);
        for one in &waiting {
            assert_eq!(stage.told(one).await, Fact::Declined);
        }
        assert_eq!(stage.told(&late).await, Fact::Authorized);
        assert_eq!(line.count("0100"), 4, "one question each");
        let states = issuer.states().await;
        let placed = states.iter().filter(|state| **state == HoldState::Placed);
        assert_eq!(placed.count(), 1, "{states:?}");
        merchant.kill().await;
        gateway.kill().await;
        issuer.kill().await;
    });
}

#[test]
fn an_overloaded_merchant_turns_new_orders_away_and_answers_who_asks_after_theirs() {
    // Abuse case 47. The merchant's one place is taken by an order whose gateway says nothing.
    play(async |stage| {
        let apart = Apart::open(stage);
        let issuer = apart.issuer().await;
        let gateway = apart.gateway(apart.issuer_at).await;
        let to_gateway = Between::stand(stage, &apart.gateway_url(), |_| Plan::Forward).await;
        let merchant = apart.merchant_for(&to_gateway.url, 1).await;
        let paid = apart.pay(stage, &merchant).await;
        assert_eq!(stage.told(&paid).await, Fact::Authorized);
        to_gateway.now(|_| Plan::Hold);
        let waiting = apart.pay(stage, &merchant).await;
        to_gateway.heard("AuthReq").await;

        let before = shed(stage, "PInitReq", "merchant");
        let order = story::order_at(&merchant.party).await.expect("an order");
        let url = format!("http://{}/set", apart.merchant_at);
        let late = stage.begin_through(&order, &stage.good, &url).await;
        timeout(PATIENCE, async {
            while shed(stage, "PInitReq", "merchant") == before {
                sleep(LOOK).await;
            }
        })
        .await
        .expect("the wallet asks");

        // Whoever has paid is told how that stands.
        let purchases = &stage.system.wallet.purchases;
        let at = Lookup::Key(paid.id.as_bytes().to_vec());
        let store = &merchant.party.party.store;
        let answered = crossed(store.as_ref(), &paid.order, "InqRes").await;
        let asks = cardholder::purchase::Input::Inquire;
        purchases.command(at, asks).await.expect("an order that can be asked after");
        timeout(PATIENCE, async {
            while crossed(store.as_ref(), &paid.order, "InqRes").await == answered {
                sleep(LOOK).await;
            }
        })
        .await
        .expect("an inquiry is let in");

        // There is room again: the wallet is offered what it asked for.
        to_gateway.now(|_| Plan::Forward);
        assert_eq!(stage.told(&waiting).await, Fact::Authorized);
        let is_offered = |purchase: &cardholder::Purchase| {
            matches!(purchase.stage, cardholder::Stage::Offered(_))
        };
        stage.wallet_until(&late, is_offered).await;
        merchant.kill().await;
        gateway.kill().await;
        issuer.kill().await;
    });
}

/// How many messages of a name have crossed at a merchant about an order.
async fn crossed(store: &dyn Store, order: &Order, name: &str) -> usize {
    let of = JournalOf::Instance { kind: MerchantPurchase::KIND, key: order.key().to_vec() };
    let journal = store.journal(&of, Page::newest(100)).await.expect("a journal");
    journal.iter().filter(|passed| passed.name == name).count()
}
