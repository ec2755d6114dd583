//! Placing an order: the shop writes it down, the merchant's machine takes it, and a wallet gets
//! the document that starts a payment.

use data_encoding::HEXLOWER;
use openset_node::{entropy, fault::Fault};
use openset_protocol::{
    hod::{self, Ordered},
    merchant::{Order as Placed, purchase::Input},
    role::Lookup,
};
use openset_types::{LidM, Terms};
use openset_web::{
    Tongue,
    ports::{Basket, Buyer},
};
use openset_wire::initiation::Initiation;

use super::{catalogue, orders::Order};
use crate::{
    house::{merchant::Merchant, system::System},
    sites::Name,
};

/// Places an order; nothing if the basket is not one of this shop.
pub(crate) async fn place(
    merchant: &Merchant,
    basket: &Basket,
    buyer: Buyer,
    tongue: Tongue,
) -> anyhow::Result<Option<Order>> {
    let terms = catalogue::terms(basket, merchant.orders.now());
    place_on(terms, merchant, basket, buyer, tongue).await
}

/// The same, on terms that were agreed on.
pub(crate) async fn place_on(
    terms: Option<Terms>,
    merchant: &Merchant,
    basket: &Basket,
    buyer: Buyer,
    tongue: Tongue,
) -> anyhow::Result<Option<Order>> {
    let Some(quote) = catalogue::quote(basket, tongue) else { return Ok(None) };
    let order = merchant.orders.add(slug()?, (quote, terms), buyer, tongue).await?;
    let placed = Placed {
        lid_m: lid_m(&order)?,
        description: description(&order).into_bytes().into(),
        amount: order.total,
        plan: catalogue::plan(basket, order.total, terms),
    };
    merchant.purchases.command(instance(&order), Input::Placed(placed)).await?;
    Ok(Some(order))
}

/// The document with which the buyer's browser goes to a wallet.
pub(crate) fn initiation(system: &System, order: &Order) -> anyhow::Result<Initiation> {
    let shop = Name::Shop.origin(system.at);
    let page = format!("{shop}/orders/{}", order.slug);
    Ok(Initiation {
        set_url: system.ground.addresses.merchant.clone(),
        success_url: page.clone(),
        failure_url: page.clone(),
        cancel_url: page,
        brands: system.merchant.brands(),
        amount: order.total,
        terms: order.terms,
        lid_m: lid_m(order)?,
        language: order.tongue().language(),
        order: description(order).into_bytes(),
    })
}

/// What the shop's pages show of an order, in hex.
pub(crate) fn shown_hash(system: &System, order: &Order) -> anyhow::Result<String> {
    let (description, terms) = (description(order), order.terms);
    let ordered = Ordered { description: description.as_bytes(), amount: order.total, terms };
    let shown = hod::shown(&ordered, system.ground.suite)?;
    Ok(HEXLOWER.encode(shown.as_bytes()))
}

/// The purchase of an order, at the merchant.
pub(crate) fn instance(order: &Order) -> Lookup {
    Lookup::Key(order.key().to_vec())
}

fn description(order: &Order) -> String {
    catalogue::description(&order.number, &order.quote(), order.tongue())
}

fn lid_m(order: &Order) -> anyhow::Result<LidM> {
    Ok(LidM::new(order.key())?)
}

/// A name for addresses that cannot be guessed from the order number.
fn slug() -> Result<String, Fault> {
    let seed = entropy::seed()?;
    Ok(data_encoding::BASE32_NOPAD.encode(&seed[..15]).to_ascii_lowercase())
}
