//! Parties that are killed in the middle of a purchase and started again over what they had
//! stored, and a line to the bank that breaks. Proves: one authorization stands, or none and the
//! issuer holds nothing; whoever asked hears the truth; what was agreed before is still agreed.

use openset_bank::ledger::HoldState;
use openset_protocol::{merchant::Stage as Stand, summary::Fact};

use super::{
    apart::Apart,
    between::{Between, Plan},
    line::{Fate, Line},
    stage::play,
};
use crate::shop::checkout;

#[test]
fn a_gateway_killed_while_it_waits_for_the_issuer_undoes_what_it_may_have_done() {
    // Abuse case 40. The question may be on its way, or the answer: the gateway cannot know.
    for swallowed in ["0100", "0110"] {
        play(async |stage| {
            let apart = Apart::open(stage);
            let issuer = apart.issuer().await;
            let line = Line::to(apart.issuer_at, only(swallowed, Fate::IsSwallowed)).await;
            let gateway = apart.gateway(line.at).await;
            let merchant = apart.merchant(&apart.gateway_url()).await;
            let paying = apart.pay(stage, &merchant).await;
            line.came(swallowed, 1).await;
            let before = if swallowed == "0110" { vec![HoldState::Placed] } else { Vec::new() };
            assert_eq!(issuer.states().await, before, "{swallowed}");
            gateway.kill().await;
            line.now(|_| Fate::Passes);
            let gateway = apart.gateway(line.at).await;
            assert_eq!(stage.told(&paying).await, Fact::Declined, "{swallowed}");
            line.came("0430", 1).await;
            assert_eq!(line.count("0100"), 1, "nobody asks for the money twice");
            assert!(issuer.states().await.iter().all(|state| *state == HoldState::Released));
            let at = checkout::instance(&paying.order);
            let state = merchant.party.purchases.state(&at).await.expect("a store");
            assert!(matches!(state.expect("a purchase").stage, Stand::Declined(_)));
            merchant.kill().await;
            gateway.kill().await;
            issuer.kill().await;
        });
    }
}

#[test]
fn a_line_cut_in_the_middle_of_a_message_costs_one_purchase_and_no_money() {
    // Abuse case 12: half of the question, or half of the answer.
    for cut in ["0100", "0110"] {
        play(async |stage| {
            let apart = Apart::open(stage);
            let issuer = apart.issuer().await;
            let line = Line::to(apart.issuer_at, only(cut, Fate::IsCut)).await;
            let gateway = apart.gateway(line.at).await;
            let merchant = apart.merchant(&apart.gateway_url()).await;
            let paying = apart.pay(stage, &merchant).await;
            line.came(cut, 1).await;
            line.now(|_| Fate::Passes);
            assert_eq!(stage.told(&paying).await, Fact::Declined, "{cut}");
            line.came("0430", 1).await;
            assert!(issuer.states().await.iter().all(|state| *state == HoldState::Released));
            let next = apart.pay(stage, &merchant).await;
            assert_eq!(stage.told(&next).await, Fact::Authorized, "after {cut}");
            let states = issuer.states().await;
            let placed = states.iter().filter(|state| **state == HoldState::Placed);
            assert_eq!(placed.count(), 1, "{states:?}");
            merchant.kill().await;
            gateway.kill().await;
            issuer.kill().await;
        });
    }
}

#[test]
fn a_merchant_killed_while_it_waits_for_its_gateway_asks_the_same_again() {
    play(async |stage| {
        let apart = Apart::open(stage);
        let issuer = apart.issuer().await;
        let gateway = apart.gateway(apart.issuer_at).await;
        let between = Between::stand(stage, &apart.gateway_url(), |_| Plan::Hold).await;
        let merchant = apart.merchant(&between.url).await;
        let paying = apart.pay(stage, &merchant).await;
        let asked = between.heard("AuthReq").await;
        merchant.kill().await;
        between.now(|_| Plan::Forward);
        let merchant = apart.merchant(&between.url).await;
        assert_eq!(stage.told(&paying).await, Fact::Authorized);
        assert!(between.count("AuthReq") > 1);
        assert!(between.all("AuthReq").iter().all(|again| *again == asked), "the same octets");
        assert_eq!(issuer.states().await, [HoldState::Placed]);
        let at = checkout::instance(&paying.order);
        let state = merchant.party.purchases.state(&at).await.expect("a store");
        assert!(matches!(state.expect("a purchase").stage, Stand::Authorized(_)));
        merchant.kill().await;
        gateway.kill().await;
        issuer.kill().await;
    });
}

#[test]
fn an_issuer_killed_while_it_is_asked_keeps_what_it_held_and_hears_the_reversal() {
    play(async |stage| {
        let apart = Apart::open(stage);
        let issuer = apart.issuer().await;
        let line = Line::to(apart.issuer_at, |_| Fate::Passes).await;
        let gateway = apart.gateway(line.at).await;
        let merchant = apart.merchant(&apart.gateway_url()).await;
        let first = apart.pay(stage, &merchant).await;
        assert_eq!(stage.told(&first).await, Fact::Authorized);
        let held = issuer.holds().await;
        line.now(only("0110", Fate::IsSwallowed));
        let second = apart.pay(stage, &merchant).await;
        line.came("0110", 2).await;
        issuer.kill().await;
        line.now(|_| Fate::Passes);
        let issuer = apart.issuer().await;
        assert_eq!(stage.told(&second).await, Fact::Declined);
        line.came("0430", 1).await;
        let now = issuer.holds().await;
        let [before] = &held[..] else { panic!("one hold: {held:?}") };
        let stands = now.iter().find(|hold| hold.authorization == before.authorization);
        assert_eq!(stands.map(|hold| hold.state), Some(HoldState::Placed));
        let others = now.iter().filter(|hold| hold.authorization != before.authorization);
        assert!(others.into_iter().all(|hold| hold.state == HoldState::Released), "{now:?}");
        let third = apart.pay(stage, &merchant).await;
        assert_eq!(stage.told(&third).await, Fact::Authorized);
        merchant.kill().await;
        gateway.kill().await;
        issuer.kill().await;
    });
}

/// One type of message has a fate of its own.
fn only(mti: &'static str, fate: Fate) -> impl FnMut(&str) -> Fate + Send + 'static {
    move |came| if came == mti { fate } else { Fate::Passes }
}
