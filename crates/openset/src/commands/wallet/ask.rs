//! Asking the shop how a payment stands. It signs its answer, and from then on the history tells
//! it.

use openset_node::store::Page;
use openset_protocol::cardholder::{Purchase, purchase::Input};

use super::{
    lists::PAYMENTS_MAX,
    open::Opened,
    pay::{told, until},
};
use crate::{
    args::Ask,
    ending::{Done, Ending},
    house::wallet::at,
};

/// Asks, and says what the shop answers.
pub(super) async fn ask(opened: &Opened, ask: &Ask, json: bool) -> Done {
    let id = find(opened, &ask.order).await?;
    let purchases = &opened.wallet.purchases;
    purchases.command(at(&id), Input::Inquire).await.map_err(anyhow::Error::new)?;
    let stands = until(opened, &id, |purchase| !purchase.is_inquiring()).await?;
    told(&stands, json)
}

/// The last payment for an order that was signed.
async fn find(opened: &Opened, order: &str) -> Result<String, Ending> {
    let all = opened.wallet.purchases.list(Page::newest(PAYMENTS_MAX)).await;
    let mut all = all.map_err(anyhow::Error::new)?.into_iter();
    let found = all.find(|(_, purchase)| purchase.ordered().is_some() && is_for(purchase, order));
    let key = found.map(|(record, _)| record.key);
    let id = key.and_then(|key| String::from_utf8(key).ok());
    let unknown = format!("no payment for an order {order}\n  try: openset wallet history");
    id.ok_or_else(|| Ending::input(unknown))
}

/// Whether a purchase is for an order: the number a person reads, or the whole name.
fn is_for(purchase: &Purchase, wanted: &str) -> bool {
    purchase.summary().order.is_some_and(|order| {
        order == wanted || order.split_once('-').is_some_and(|(number, _)| number == wanted)
    })
}
