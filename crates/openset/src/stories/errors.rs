//! Errors that were written by others, are about something else, or were provoked and kept: said
//! instead of the answer, while the question goes on to whoever answers it.

use openset_crypto::{Authority, Identity};
use openset_protocol::{
    cardholder::{Purchase, Stage as WalletStage},
    merchant::{Stage as Stand, purchase::Input},
};
use openset_wire::{error::ErrorCode, payment::CompletionCode};

use super::{
    between::{Between, Lie, Plan},
    certificates::{GOOD, Office},
    forge::Forger,
    gateways::Twin,
    stage::{Stage, play_in_both},
};
use crate::shop::checkout;

#[test]
fn a_merchant_gives_nothing_up_for_an_error_that_is_not_the_last_word() {
    play_in_both(async |stage| {
        let forger = stage.forger();
        let between =
            Between::stand(stage, &stage.system.ground.addresses.gateway, |_| Plan::Forward).await;
        let twin = Twin::open(stage, &between.url).await;
        let all = lies(stage, &forger.gateway.signature, &forger.merchant.signature).await;
        let (count, issuer) = (all.len(), stage.issuer_saw().await);
        between.now(saying("AuthReq", all));
        let mut orders = Vec::new();
        for _ in 0..count {
            let order = twin.order(stage).await;
            let id = stage.begin_through(&order, &stage.good, &twin.url).await;
            let is_offered = |stage: &WalletStage| matches!(stage, WalletStage::Offered(_));
            stage.wallet_until(&id, |purchase| is_offered(&purchase.stage)).await;
            stage.system.wallet.consent(&id, &stage.good).await.expect("an open wallet");
            orders.push(order);
        }
        for order in &orders {
            twin.until(order, |stand| matches!(stand, Stand::Authorized(_))).await;
        }
        assert_eq!(between.count("AuthReq"), 2 * count, "asked again after every lie");
        assert_eq!(stage.issuer_saw().await, issuer + 2 * count as i64, "and authorized once");

        let all = lies(stage, &forger.gateway.signature, &forger.merchant.signature).await;
        let acquirer = stage.acquirer_saw().await;
        between.now(saying("CapReq", all));
        for order in &orders {
            let amount = stage.example().await.told.amount;
            let at = checkout::instance(order);
            let capture = twin.merchant.purchases.command(at, Input::Capture { amount });
            capture.await.expect("authorized");
        }
        for order in &orders {
            twin.until(order, |stand| matches!(stand, Stand::Captured(_))).await;
        }
        assert_eq!(between.count("CapReq"), 2 * count, "asked again after every lie");
        assert_eq!(stage.acquirer_saw().await, acquirer + 2 * count as i64, "and captured once");
    });
}

#[test]
fn a_wallet_gives_no_order_up_for_an_error_that_is_not_the_last_word() {
    play_in_both(async |stage| {
        let forger = stage.forger();
        let other = Office::of(stage, Authority::Merchant).server("MAISON-NORD-002", GOOD);
        let mut all = lies(stage, &forger.merchant.signature, &forger.gateway.signature).await;
        all.push(told(forger, Some(other.signature), ErrorCode::RevokedCertificate));
        let mut held = Vec::new();
        for lie in all {
            let one = stage.hold(&stage.good).await;
            one.between.now(saying("PReq", vec![lie]));
            held.push(one);
        }
        for one in held {
            one.is_paid(stage).await;
        }
    });
}

#[test]
fn a_cardholder_whose_order_was_refused_for_now_is_told_so_and_paid_for_later() {
    play_in_both(async |stage| {
        let (held, forger) = (stage.hold(&stage.good).await, stage.forger());
        let (about, by) =
            ((held.p_req.as_slice(), ErrorCode::InvalidCertificate), &forger.merchant);
        let not_now = forger.error(&held.p_req, about, Some(&by.signature));
        held.between.now(move |name| match name {
            "PReq" => Plan::Say(not_now.clone()),
            _ => Plan::Forward,
        });
        let is_told = |purchase: &Purchase| {
            let answer = purchase.ordered().and_then(|ordered| ordered.answer.as_ref());
            answer.is_some_and(|said| said.completion == CompletionCode::OrderNotReceived)
        };
        stage.wallet_until(&held.id, is_told).await;
        held.release();
        held.is_paid(stage).await;
        assert!(
            held.between.all("PReq").iter().all(|asked| *asked == held.p_req),
            "the same octets"
        );
    });
}

#[test]
fn a_wallet_hears_no_error_about_its_first_question_from_anybody_but_a_merchant() {
    play_in_both(async |stage| {
        let forger = stage.forger();
        let mut all = lies(stage, &forger.merchant.signature, &forger.gateway.signature).await;
        // A merchant's own word ends what nothing hangs on.
        all.pop();
        let merchant = &stage.system.ground.addresses.merchant;
        let between = Between::stand(stage, merchant, saying("PInitReq", all)).await;
        let order = crate::demo::story::order(&stage.system).await.expect("an order");
        let mut ids = Vec::new();
        for _ in 0..4 {
            ids.push(stage.begin_through(&order, &stage.good, &between.url).await);
        }
        for id in &ids {
            let is_offered = |stage: &WalletStage| matches!(stage, WalletStage::Offered(_));
            stage.wallet_until(id, |purchase| is_offered(&purchase.stage)).await;
        }
        assert_eq!(between.count("PInitReq"), 2 * ids.len(), "asked again after every lie");
    });
}

/// What may be said in the place of somebody's answer: by nobody, by somebody of another role, by a
/// card, about other octets; and last what was truly said of these octets at a bad hour.
async fn lies(stage: &'static Stage, own: &Identity, other: &Identity) -> Vec<Lie> {
    let forger = stage.forger();
    let card = stage.certified(&stage.good).await;
    let lasting = ErrorCode::WrapperMsgMismatch;
    let by = own.clone();
    let about_another: Lie = Box::new(move |question| {
        let mut changed = question.to_vec();
        *changed.last_mut().expect("octets") ^= 1;
        forger.error(question, (&changed, lasting), Some(&by))
    });
    vec![
        told(forger, None, lasting),
        told(forger, Some(other.clone()), lasting),
        told(forger, Some(card), lasting),
        about_another,
        told(forger, Some(own.clone()), ErrorCode::InvalidCertificate),
    ]
}

/// An Error about the question itself.
fn told(forger: &'static Forger, by: Option<Identity>, code: ErrorCode) -> Lie {
    Box::new(move |question| forger.error(question, (question, code), by.as_ref()))
}

/// Says a lie instead of each of the next answers to questions of a name.
fn saying(name: &'static str, mut lies: Vec<Lie>) -> impl FnMut(&str) -> Plan + Send + 'static {
    move |asked| {
        let lie = if asked == name { lies.pop() } else { None };
        lie.map_or(Plan::Forward, Plan::Instead)
    }
}
