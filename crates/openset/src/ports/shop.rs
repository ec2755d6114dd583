//! The shop's own pages.

use std::sync::Arc;

use openset_web::{
    Problem, Tongue,
    ports::{Basket, Buyer, Goods, Handover, Quote, Receipt, Said, ShopPort},
};

use super::{broken, unavailable, words};
use crate::{
    demo::cast,
    house::system::System,
    shop::{catalogue, checkout, orders::Order},
};

/// The shop behind its order form.
pub(super) struct Shop(pub(super) Arc<System>);

impl Shop {
    async fn order(&self, slug: &str) -> Said<Order> {
        let order = self.0.merchant.orders.by_slug(slug).await.map_err(broken)?;
        order.ok_or(Problem::NotFound)
    }
}

impl ShopPort for Shop {
    async fn goods(&self, tongue: Tongue) -> Said<Goods> {
        Ok(catalogue::goods(tongue))
    }

    async fn quote(&self, basket: &Basket, tongue: Tongue) -> Said<Quote> {
        catalogue::quote(basket, tongue).ok_or(Problem::FormStale)
    }

    async fn place(&self, basket: Basket, buyer: Buyer, tongue: Tongue) -> Said<String> {
        let placed =
            checkout::place(&self.0.merchant, &basket, buyer, tongue).await.map_err(unavailable)?;
        placed.map(|order| order.slug).ok_or(Problem::FormStale)
    }

    async fn handover(&self, slug: &str) -> Said<Handover> {
        let order = self.order(slug).await?;
        let document = checkout::initiation(&self.0, &order).map_err(unavailable)?;
        Ok(Handover {
            shop: cast::SHOP.to_owned(),
            order_hash: checkout::shown_hash(&self.0, &order).map_err(unavailable)?,
            number: order.number,
            total: order.total,
            document: document.write().map_err(unavailable)?,
        })
    }

    async fn receipt(&self, slug: &str) -> Said<Receipt> {
        let order = self.order(slug).await?;
        let purchase = self.0.purchase(&order).await.map_err(unavailable)?;
        let purchase = purchase.ok_or(Problem::NotFound)?;
        let (summary, settled) = (purchase.summary(), self.0.settled(&purchase).await);
        let settled = settled.map_err(unavailable)?;
        let brand = purchase.consent().map_or(&self.0.ground.brand, |consent| &consent.brand);
        let signer = self.0.merchant.signature(brand).thumb(self.0.ground.suite);
        Ok(Receipt {
            shop: cast::SHOP.to_owned(),
            number: order.number.clone(),
            lines: order.lines(),
            total: order.total,
            standing: words::standing_of(&summary, settled),
            steps: words::steps(&summary, settled),
            signed_by: summary.xid.map(|_| signer.to_string()),
            transaction: summary.xid.map(|xid| xid.to_string()),
            order_hash: checkout::shown_hash(&self.0, &order).map_err(unavailable)?,
        })
    }
}
