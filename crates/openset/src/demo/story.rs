//! One whole story without a browser: everything a person would click is called, and everything
//! the parties say to each other goes over the same sockets as ever.

use std::time::Duration;

use anyhow::{Context, bail};
use openset_node::banks::ClearingRun;
use openset_protocol::{
    cardholder::{Purchase, Stage, registration::Stage as Registration},
    merchant::{Stage as MerchantStage, purchase::Input as MerchantInput},
    summary::Fact,
};
use openset_types::{Money, Xid};
use openset_web::{
    Tongue,
    ports::{Basket, Buyer},
};
use tokio::time::timeout;

use super::cast::{self, TestCard};
use crate::{
    house::{ground::secret, merchant::Merchant, system::System, wallet::fresh_id},
    shop::{checkout, orders::Order},
};

/// How long one step of the story may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// A purchase that the story made.
#[derive(Debug, Clone)]
pub(crate) struct Bought {
    pub(crate) order: String,
    pub(crate) xid: Xid,
    pub(crate) amount: Money,
    pub(crate) fact: Fact,
}

/// Opens the demo's wallet.
pub(crate) async fn unlock(system: &System) -> anyhow::Result<()> {
    let now = system.ground.clock.now();
    Ok(system.wallet.vault.unlock(secret(cast::PASSPHRASE), now).await?)
}

/// Registers a card and waits for its certificate; answers what the wallet calls it.
pub(crate) async fn enrol(system: &System, card: &TestCard) -> anyhow::Result<String> {
    let wallet = &system.wallet;
    let id = wallet.apply(card.pan(), cast::expiry()).await?;
    let mut watch = wallet.registrations.watch(id.as_bytes());
    let certified = async {
        loop {
            let state = wallet.registration(&id).await?.context("the registration is gone")?;
            match state.stage {
                Registration::FormShown(shown) => {
                    wallet.answer(&id, card.answers(&shown.form.form)).await?;
                }
                Registration::Certified { .. } if is_kept(system, &id)? => return Ok(()),
                Registration::Refused(ended) => bail!("the bank did not certify it: {ended:?}"),
                _ => watch.changed().await,
            }
        }
    };
    timeout(PATIENCE, certified).await.context("the bank did not answer")??;
    Ok(id)
}

/// Whether PANSecret is in the vault already.
fn is_kept(system: &System, id: &str) -> anyhow::Result<bool> {
    let now = system.ground.clock.now();
    let kept = system
        .wallet
        .vault
        .cards(now, |cards| cards.iter().any(|card| card.id == id && card.pan_secret.is_some()))?;
    Ok(kept)
}

/// Orders one poster by post.
pub(crate) async fn order(system: &System) -> anyhow::Result<Order> {
    order_at(&system.merchant).await
}

/// The same at any merchant.
pub(crate) async fn order_at(merchant: &Merchant) -> anyhow::Result<Order> {
    order_delivered(merchant, "post").await
}

/// The same, delivered in another way.
pub(crate) async fn order_delivered(merchant: &Merchant, way: &str) -> anyhow::Result<Order> {
    let basket = Basket { quantity: 1, delivery: way.to_owned() };
    let buyer = Buyer {
        name: "Ada Martin".to_owned(),
        address: "2 rue du Phare, 29200 Brest".to_owned(),
        email: None,
    };
    let order = checkout::place(merchant, &basket, buyer, Tongue::English).await?;
    order.context("the catalogue does not know its own goods")
}

/// Takes an order to the wallet and waits for the shop's proof of who it is; answers what the
/// wallet calls the purchase.
pub(crate) async fn offer(system: &System, order: &Order, card: &str) -> anyhow::Result<String> {
    let document = checkout::initiation(system, order)?.write()?;
    let initiation = openset_wire::initiation::Initiation::parse(&document)?;
    let id = fresh_id()?;
    system.wallet.begin(&id, initiation, card).await?;
    until(system, &id, |purchase| matches!(purchase.stage, Stage::Offered(_))).await?;
    Ok(id)
}

/// Consents, and waits until the shop has said how the order stands.
pub(crate) async fn pay(
    system: &System,
    order: &Order,
    id: &str,
    card: &str,
) -> anyhow::Result<Bought> {
    system.wallet.consent(id, card).await?;
    let is_told = |purchase: &Purchase| matches!(purchase.stage, Stage::Answered(_));
    let purchase = until(system, id, is_told).await?;
    let summary = purchase.summary();
    Ok(Bought {
        order: order.number.clone(),
        xid: summary.xid.context("a purchase without a name")?,
        amount: summary.amount,
        fact: summary.fact,
    })
}

/// Waits until a purchase is as wanted.
async fn until(
    system: &System,
    id: &str,
    is_wanted: impl Fn(&Purchase) -> bool,
) -> anyhow::Result<Purchase> {
    let mut watch = system.wallet.purchases.watch(id.as_bytes());
    let waiting = async {
        loop {
            let purchase = system.wallet.purchase(id).await?.context("the purchase is gone")?;
            match &purchase.stage {
                _ if is_wanted(&purchase) => return Ok(purchase),
                Stage::Abandoned(why) => bail!("the purchase was given up: {why:?}"),
                _ => watch.changed().await,
            }
        }
    };
    timeout(PATIENCE, waiting).await.context("the shop did not answer")?
}

/// Takes the money of an order, and waits until the gateway has agreed.
pub(crate) async fn capture(system: &System, order: &Order) -> anyhow::Result<Money> {
    let purchases = &system.merchant.purchases;
    let at = checkout::instance(order);
    let mut watch = purchases.watch(order.key());
    let state = purchases.state(&at).await?.context("the purchase is gone")?;
    let MerchantStage::Authorized(authorized) = state.stage else {
        bail!("order {} is not authorized", order.number);
    };
    let amount = authorized.amount;
    purchases.command(at.clone(), MerchantInput::Capture { amount }).await?;
    let captured = async {
        loop {
            let state = purchases.state(&at).await?.context("the purchase is gone")?;
            match state.stage {
                MerchantStage::Captured(captured) => return Ok(captured.amount),
                MerchantStage::Capturing(_) => watch.changed().await,
                _ => bail!("the gateway did not take order {}", order.number),
            }
        }
    };
    timeout(PATIENCE, captured).await.context("the gateway did not answer")?
}

/// Clears and settles.
pub(crate) async fn clear(system: &System) -> anyhow::Result<ClearingRun> {
    let run = system.clear().await?;
    if run.files.iter().any(|file| !file.is_settled) {
        bail!("the issuer did not pay for every file");
    }
    Ok(run)
}
