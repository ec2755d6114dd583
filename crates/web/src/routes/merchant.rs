//! The merchant's host: orders, the capture, its certificates.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, Query, State};
use axum::routing::get;
use openset_types::{Currency, Money};

use super::form::{Fields, Posted};
use super::{House, Shown, certificates, go, host, refreshing, show};
use crate::frame::{Frame, Site};
use crate::pages::merchant::{CapturePage, OrderPage, Orders};
use crate::ports::{CertificatesPort, MerchantPort, Standing};
use crate::problem::Problem;

/// The merchant's desk.
pub fn merchant<P: MerchantPort>(
    house: &House,
    port: Arc<P>,
    own: Arc<impl CertificatesPort>,
) -> Router {
    let routes = Router::new()
        .route("/", get(orders::<P>))
        .route("/orders/{slug}", get(order::<P>))
        .route("/orders/{slug}/capture", get(confirm::<P>).post(capture::<P>))
        .with_state(port)
        .merge(certificates::routes(own));
    host(house, Site::Merchant, routes)
}

const SEARCH_CHARACTERS_MAX: usize = 80;

async fn orders<P: MerchantPort>(
    State(port): State<Arc<P>>,
    frame: Frame,
    Query(asked): Query<Vec<(String, String)>>,
) -> Shown {
    let search = asked.iter().find(|(name, _)| name == "q").map(|(_, search)| search.trim());
    let search: String = search.unwrap_or_default().chars().take(SEARCH_CHARACTERS_MAX).collect();
    let orders = port.orders(&search).await?;
    show(&Orders { frame: &frame, shop: &port.shop(), search: &search, orders: &orders })
}

async fn order<P: MerchantPort>(
    State(port): State<Arc<P>>,
    frame: Frame,
    Path(slug): Path<String>,
) -> Shown {
    let order = port.order(&slug).await?;
    let shown = show(&OrderPage { frame: &frame, shop: &port.shop(), slug: &slug, order: &order });
    match order.standing {
        Standing::Received | Standing::Unknown => refreshing(3, shown),
        _ => shown,
    }
}

async fn confirm<P: MerchantPort>(
    State(port): State<Arc<P>>,
    frame: Frame,
    Path(slug): Path<String>,
) -> Shown {
    let order = port.order(&slug).await?;
    let amount = order.capturable.ok_or(Problem::NothingToCapture)?;
    let (shop, number, buyer) = (&port.shop(), &order.number, &order.buyer);
    show(&CapturePage { frame: &frame, shop, slug: &slug, number, buyer, amount })
}

/// Captures what the confirmation stated, and nothing else.
async fn capture<P: MerchantPort>(
    State(port): State<Arc<P>>,
    Path(slug): Path<String>,
    Posted(fields): Posted,
) -> Shown {
    let amount = stated(&fields).ok_or(Problem::FormStale)?;
    port.capture(&slug, amount).await?;
    go(&format!("/orders/{slug}"))
}

fn stated(fields: &Fields) -> Option<Money> {
    let currency = Currency::from_code(fields.text("currency")).ok()?;
    Money::new(fields.number("amount")?, currency).ok()
}
