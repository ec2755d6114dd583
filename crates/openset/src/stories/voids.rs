//! The shop gives up what the bank holds for it, whole or in part, before the money is taken.

use openset_bank::ledger::{Hold, HoldState};
use openset_node::driver::{Driver, NotTaken};
use openset_protocol::{
    cardholder,
    gateway::Stage as Answered,
    merchant::{Authorized, Stage as Stand, Undone, Verdict, purchase, purchase::MerchantPurchase},
    role::Lookup,
    summary::Fact,
};
use openset_types::{Money, Rrpid};
use openset_wire::{payment::AuthRevCode, wrapper::Message};
use tokio::time::timeout;

use super::{
    apart::{Apart, Paying},
    between::{Between, Plan},
    forge::message,
    line::{Fate, Line},
    stage::{Bought, PATIENCE, Stage, play, play_in_both},
};
use crate::{
    demo::story,
    shop::{checkout, orders::Order},
    sites::Name,
};

type Purchases = Driver<MerchantPurchase>;

fn nothing() -> Money {
    Money::zero(crate::demo::cast::price().currency())
}

/// The shop gives up all but so much.
async fn give_up(purchases: &Purchases, order: &Order, remains: Money) -> Result<(), NotTaken> {
    purchases.command(checkout::instance(order), purchase::Input::Void { remains }).await
}

/// Waits until an order stands as wanted.
async fn until<T>(
    purchases: &Purchases,
    order: &Order,
    is_wanted: impl Fn(&Stand) -> Option<T>,
) -> T {
    let at = checkout::instance(order);
    let mut watch = purchases.watch(order.key());
    let waiting = async {
        loop {
            let state = purchases.state(&at).await.expect("a store").expect("an order");
            match is_wanted(&state.stage) {
                Some(wanted) => return wanted,
                None => watch.changed().await,
            }
        }
    };
    timeout(PATIENCE, waiting).await.expect("the order comes to stand so")
}

fn authorized(stage: &Stand) -> Option<Authorized> {
    match stage {
        Stand::Authorized(authorized) => Some(authorized.clone()),
        _ => None,
    }
}

fn voided(stage: &Stand) -> Option<Authorized> {
    match stage {
        Stand::Voided(voided) => Some(voided.authorized.clone()),
        _ => None,
    }
}

impl Stage {
    fn purchases(&self) -> &Purchases {
        &self.system.merchant.purchases
    }

    /// The hold of an authorization.
    async fn hold_of(&self, authorized: &Authorized) -> Hold {
        let reference = self.system.reference(authorized.rrpid).await.expect("a store");
        let view = self.system.issuer.host.view().await.expect("the issuer's books");
        assert!(view.is_balanced);
        let found =
            view.holds.into_iter().find(|hold| Some(&hold.authorization) == reference.as_ref());
        found.expect("the issuer knows it")
    }

    async fn answered(&self, rrpid: Rrpid) -> Answered {
        let state = self.system.authorization(rrpid).await.expect("a store");
        state.expect("the gateway knows it").stage
    }

    /// What the wallet hears when it asks once more.
    async fn asks_again(&self, id: &str, wanted: Fact) {
        let at = Lookup::Key(id.as_bytes().to_vec());
        let inquire = cardholder::purchase::Input::Inquire;
        self.system.wallet.purchases.command(at, inquire).await.expect("an inquiry");
        self.wallet_until(id, |purchase| purchase.summary().fact == wanted).await;
    }

    async fn bought(&self) -> Bought {
        let bought = self.buy(&self.good).await;
        assert_eq!(bought.told.fact, Fact::Authorized);
        bought
    }
}

#[test]
fn what_the_shop_gives_up_is_released_and_everybody_says_so() {
    play_in_both(async |stage| {
        let bought = stage.bought().await;
        let (purchases, order) = (stage.purchases(), &bought.order);
        give_up(purchases, order, nothing()).await.expect("it stands");
        let held = until(purchases, order, voided).await;
        assert_eq!(stage.hold_of(&held).await.state, HoldState::Released);
        assert!(matches!(stage.answered(held.rrpid).await, Answered::Voided { .. }));
        stage.asks_again(&bought.id, Fact::Voided).await;
        let capture = purchase::Input::Capture { amount: held.amount };
        let at = checkout::instance(order);
        assert!(purchases.command(at, capture).await.is_err(), "there is nothing to take");
        assert!(give_up(purchases, order, nothing()).await.is_err(), "once");
    });
}

#[test]
fn a_part_is_released_and_the_rest_is_taken_and_paid() {
    play_in_both(async |stage| {
        let bought = stage.bought().await;
        let (purchases, order) = (stage.purchases(), &bought.order);
        let rest = Money::new(1000, nothing().currency()).expect("an amount");
        give_up(purchases, order, rest).await.expect("it stands");
        let is_less = |stage: &Stand| authorized(stage).filter(|held| held.amount == rest);
        let held = until(purchases, order, is_less).await;
        let hold = stage.hold_of(&held).await;
        assert_eq!((hold.state, hold.amount), (HoldState::Placed, rest));
        stage.asks_again(&bought.id, Fact::Authorized).await;
        let taken = story::capture(&stage.system, order).await.expect("captured");
        assert_eq!(taken, rest);
        story::clear(&stage.system).await.expect("every file is paid");
        assert_eq!(stage.hold_of(&held).await.state, HoldState::Posted(rest));
    });
}

#[test]
fn the_same_octets_are_answered_the_same_and_the_issuer_is_told_once() {
    play_in_both(async |stage| {
        let bought = stage.bought().await;
        let (purchases, order) = (stage.purchases(), &bought.order);
        give_up(purchases, order, nothing()).await.expect("it stands");
        until(purchases, order, voided).await;
        let auth_rev_req = stage.crossed(order, "AuthRevReq").await;
        let auth_rev_res = stage.crossed(order, "AuthRevRes").await;
        stage.quiet(Name::Gateway).await;
        let before = stage.kept(Name::Gateway).await;
        let saw = stage.issuer_saw().await;
        for answer in stage.post_at_once(Name::Gateway, &auth_rev_req, 10).await {
            assert_eq!(answer.body, auth_rev_res, "byte for byte");
        }
        stage.nothing_came_of_it(Name::Gateway, &before, 0, "the same again").await;
        assert_eq!(stage.issuer_saw().await, saw);
    });
}

#[test]
fn of_giving_up_and_taking_at_once_one_comes_true() {
    play_in_both(async |stage| {
        for _ in 0..4 {
            let bought = stage.bought().await;
            let (purchases, order) = (stage.purchases(), &bought.order);
            let at = checkout::instance(order);
            let amount = bought.told.amount;
            let capture = purchases.command(at, purchase::Input::Capture { amount });
            let (gave_up, took) = tokio::join!(give_up(purchases, order, nothing()), capture);
            assert!(gave_up.is_ok() != took.is_ok(), "{gave_up:?} {took:?}");
            let ends = |stage: &Stand| match stage {
                Stand::Voided(voided) => Some((voided.authorized.clone(), false)),
                Stand::Captured(captured) => Some((captured.authorized.clone(), true)),
                _ => None,
            };
            let (held, is_taken) = until(purchases, order, ends).await;
            assert_eq!(is_taken, took.is_ok());
            let state = stage.hold_of(&held).await.state;
            assert_eq!(state == HoldState::Released, !is_taken, "{state:?}");
        }
    });
}

#[test]
fn what_was_taken_is_not_given_up() {
    play_in_both(async |stage| {
        let bought = stage.bought().await;
        let (purchases, order) = (stage.purchases(), &bought.order);
        story::capture(&stage.system, order).await.expect("captured");
        assert!(give_up(purchases, order, nothing()).await.is_err());
        assert!(until(purchases, order, |stage| Some(voided(stage).is_none())).await);
    });
}

#[test]
fn an_answer_that_is_lost_is_asked_for_with_the_same_octets() {
    play(async |stage| {
        let apart = Apart::open(stage);
        let issuer = apart.issuer().await;
        let line = Line::to(apart.issuer_at, |_| Fate::Passes).await;
        let gateway = apart.gateway(line.at).await;
        let between = Between::stand(stage, &apart.gateway_url(), |_| Plan::Forward).await;
        let merchant = apart.merchant(&between.url).await;
        let Paying { order, id } = apart.pay(stage, &merchant).await;
        let paying = Paying { order: order.clone(), id };
        assert_eq!(stage.told(&paying).await, Fact::Authorized);
        let mut lost = 0;
        between.now(move |name| match (name, lost) {
            ("AuthRevReq", 0) => {
                lost += 1;
                // The gateway has it, and its answer comes to nobody.
                Plan::Change(Box::new(|_| vec![0x30, 0]))
            }
            _ => Plan::Forward,
        });
        let purchases = &merchant.party.purchases;
        give_up(purchases, &order, nothing()).await.expect("it stands");
        until(purchases, &order, voided).await;
        let asked = between.all("AuthRevReq");
        assert!(asked.len() > 1 && asked.iter().all(|again| *again == asked[0]));
        assert_eq!(line.count("0420"), 1, "the issuer is told once");
        assert_eq!(issuer.states().await, [HoldState::Released]);
        merchant.kill().await;
        gateway.kill().await;
        issuer.kill().await;
    });
}

#[test]
fn a_gateway_killed_while_it_tells_the_issuer_goes_on_telling() {
    for swallowed in ["0420", "0430"] {
        play(async |stage| {
            let apart = Apart::open(stage);
            let issuer = apart.issuer().await;
            let line = Line::to(apart.issuer_at, |_| Fate::Passes).await;
            let gateway = apart.gateway(line.at).await;
            let merchant = apart.merchant(&apart.gateway_url()).await;
            let paying = apart.pay(stage, &merchant).await;
            assert_eq!(stage.told(&paying).await, Fact::Authorized);
            line.now(move |came| match came == swallowed {
                true => Fate::IsSwallowed,
                false => Fate::Passes,
            });
            let purchases = &merchant.party.purchases;
            give_up(purchases, &paying.order, nothing()).await.expect("it stands");
            line.came(swallowed, 1).await;
            gateway.kill().await;
            line.now(|_| Fate::Passes);
            let gateway = apart.gateway(line.at).await;
            until(purchases, &paying.order, voided).await;
            assert_eq!(issuer.states().await, [HoldState::Released], "{swallowed}");
            assert_eq!(line.count("0100"), 1);
            merchant.kill().await;
            gateway.kill().await;
            issuer.kill().await;
        });
    }
}

#[test]
fn who_makes_the_merchant_give_up_keeps_nobody_s_money() {
    // Abuse: somebody between merchant and gateway holds the question, or its answer, until the
    // merchant gives up.
    for is_asked in [false, true] {
        play(async |stage| {
            let apart = Apart::open(stage);
            let issuer = apart.issuer().await;
            let line = Line::to(apart.issuer_at, |_| Fate::Passes).await;
            let gateway = apart.gateway(line.at).await;
            let keeps = move |name: &str| match (name, is_asked) {
                ("AuthReq", true) => Plan::Change(Box::new(|_| vec![0x30, 0])),
                ("AuthReq", false) => Plan::Hold,
                _ => Plan::Forward,
            };
            let between = Between::stand(stage, &apart.gateway_url(), keeps).await;
            let merchant = apart.merchant(&between.url).await;
            let paying = apart.pay(stage, &merchant).await;
            between.heard("AuthReq").await;
            if is_asked {
                line.came("0110", 1).await;
            }
            let purchases = &merchant.party.purchases;
            give_up(purchases, &paying.order, nothing()).await.expect("it waits");
            assert_eq!(stage.told(&paying).await, Fact::Declined);
            let at = checkout::instance(&paying.order);
            let undone = async {
                let mut watch = purchases.watch(paying.order.key());
                loop {
                    let state = purchases.state(&at).await.expect("a store").expect("an order");
                    match state.undoing.first().and_then(|one| one.outcome) {
                        Some(outcome) => return (outcome, state.stage),
                        None => watch.changed().await,
                    }
                }
            };
            let (outcome, stands) = timeout(PATIENCE, undone).await.expect("it is undone");
            assert_eq!(outcome, Undone::Said(AuthRevCode::Approved));
            let Stand::Declined(declined) = stands else { panic!("given up: {stands:?}") };
            assert_eq!(declined.verdict, Verdict::GivenUp);
            // What was held comes through at last.
            between.now(|_| Plan::Forward);
            let late = between.all("AuthReq").pop().expect("held");
            let answer = stage.system.ground.client.clone();
            let answer = answer
                .ask(&apart.gateway_url(), openset_node::http::Media::Payment, late)
                .await
                .expect("an answer");
            assert!(matches!(message(&answer), Message::AuthRes(_)));
            let states = issuer.states().await;
            assert!(states.iter().all(|state| *state == HoldState::Released), "{states:?}");
            assert_eq!(line.count("0100"), usize::from(is_asked), "no bank is asked late");
            merchant.kill().await;
            gateway.kill().await;
            issuer.kill().await;
        });
    }
}
