//! The merchant's host: orders, the capture, what is given back, its certificates.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, Query, State};
use axum::routing::{get, post};
use openset_types::{Currency, Money, RefundKind};

use super::form::{Fields, Posted};
use super::{House, Shown, certificates, go, host, refreshing, show};
use crate::frame::{Frame, Site};
use crate::pages::batches::{BatchPage, Batches};
use crate::pages::merchant::{CapturePage, OrderPage, Orders, RefundPage, VoidPage};
use crate::ports::{BatchDeed, CertificatesPort, MerchantPort, OrderFile, RefundLine, Standing};
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
        .route("/orders/{slug}/refund", get(confirm_refund::<P>).post(refund::<P>))
        .route("/orders/{slug}/take-back", get(confirm_reversal::<P>).post(reverse::<P>))
        .route("/orders/{slug}/undo/{minor}", get(confirm_undo::<P>))
        .route("/orders/{slug}/undo", post(undo::<P>))
        .route("/orders/{slug}/void", get(confirm_void::<P>).post(void::<P>))
        .route("/batches", get(batches::<P>).post(open_batch::<P>))
        .route("/batches/{slug}", get(batch::<P>).post(ask_batch::<P>))
        .route("/orders/{slug}/next", post(next::<P>))
        .route("/orders/{slug}/part", post(turn_to::<P>))
        .with_state(port)
        .merge(certificates::routes(own));
    host(house, Site::Merchant, routes)
}

async fn batches<P: MerchantPort>(State(port): State<Arc<P>>, frame: Frame) -> Shown {
    let rows = port.batches().await?;
    show(&Batches { frame: &frame, owner: &port.shop(), rows: &rows })
}

async fn batch<P: MerchantPort>(
    State(port): State<Arc<P>>,
    frame: Frame,
    Path(slug): Path<String>,
) -> Shown {
    let batch = port.batch(&slug).await?;
    show(&BatchPage { frame: &frame, shop: &port.shop(), batch: &batch })
}

async fn open_batch<P: MerchantPort>(State(port): State<Arc<P>>, Posted(_): Posted) -> Shown {
    let slug = port.open_batch().await?;
    go(&format!("/batches/{slug}"))
}

async fn ask_batch<P: MerchantPort>(
    State(port): State<Arc<P>>,
    Path(slug): Path<String>,
    Posted(fields): Posted,
) -> Shown {
    let deed = BatchDeed::parse(fields.text("deed")).ok_or(Problem::FormStale)?;
    port.ask_batch(&slug, deed).await?;
    go(&format!("/batches/{slug}"))
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

async fn confirm_void<P: MerchantPort>(
    State(port): State<Arc<P>>,
    frame: Frame,
    Path(slug): Path<String>,
) -> Shown {
    let order = port.order(&slug).await?;
    let voidable = order.voidable.ok_or(Problem::NothingToVoid)?;
    let (shop, number, buyer) = (&port.shop(), &order.number, &order.buyer);
    show(&VoidPage { frame: &frame, shop, slug: &slug, number, buyer, voidable })
}

/// Gives up all but what is to stay.
async fn void<P: MerchantPort>(
    State(port): State<Arc<P>>,
    Path(slug): Path<String>,
    Posted(fields): Posted,
) -> Shown {
    let currency = Currency::from_code(fields.text("currency")).map_err(|_| Problem::FormStale)?;
    let remains = kept(fields.text("keep"), currency).ok_or(Problem::AmountNotLess)?;
    port.void(&slug, remains).await?;
    go(&format!("/orders/{slug}"))
}

/// Has so much more authorized, as it was typed.
async fn next<P: MerchantPort>(
    State(port): State<Arc<P>>,
    Path(slug): Path<String>,
    Posted(fields): Posted,
) -> Shown {
    let amount = typed(&fields).ok_or(Problem::FormStale)?;
    port.next(&slug, amount, fields.text("taken") == "yes").await?;
    go(&format!("/orders/{slug}"))
}

async fn turn_to<P: MerchantPort>(
    State(port): State<Arc<P>>,
    Path(slug): Path<String>,
    Posted(fields): Posted,
) -> Shown {
    let part = fields.number("part").ok_or(Problem::FormStale)?;
    port.turn_to(&slug, part).await?;
    go(&format!("/orders/{slug}"))
}

/// What is to stay, as somebody typed it: with a point or a comma, or nothing.
fn kept(text: &str, currency: Currency) -> Option<Money> {
    match text {
        "" => Some(Money::zero(currency)),
        typed => Money::parse(&typed.replace(',', "."), currency).ok(),
    }
}

fn stated(fields: &Fields) -> Option<Money> {
    let currency = Currency::from_code(fields.text("currency")).ok()?;
    Money::new(fields.number("amount")?, currency).ok()
}

async fn confirm_refund<P: MerchantPort>(
    State(port): State<Arc<P>>,
    frame: Frame,
    Path(slug): Path<String>,
) -> Shown {
    let order = port.order(&slug).await?;
    ask(&*port, &frame, &slug, &order, (RefundKind::Credit, order.refundable))
}

async fn confirm_reversal<P: MerchantPort>(
    State(port): State<Arc<P>>,
    frame: Frame,
    Path(slug): Path<String>,
) -> Shown {
    let order = port.order(&slug).await?;
    ask(&*port, &frame, &slug, &order, (RefundKind::CaptureReversal, order.reversible))
}

async fn confirm_undo<P: MerchantPort>(
    State(port): State<Arc<P>>,
    frame: Frame,
    Path((slug, minor)): Path<(String, u64)>,
) -> Shown {
    let order = port.order(&slug).await?;
    let is_it = |refund: &&RefundLine| refund.can_undo && refund.amount.minor() == minor;
    let found = order.refunds.iter().find(is_it).filter(|_| order.can_ask());
    let amount = found.map(|refund| refund.amount);
    ask(&*port, &frame, &slug, &order, (RefundKind::CreditReversal, amount))
}

fn ask<P: MerchantPort>(
    port: &P,
    frame: &Frame,
    slug: &str,
    order: &OrderFile,
    (kind, amount): (RefundKind, Option<Money>),
) -> Shown {
    let amount = amount.ok_or(Problem::NothingToRefund)?;
    let (shop, number, buyer) = (&port.shop(), &order.number, &order.buyer);
    show(&RefundPage { frame, shop, slug, number, buyer, kind, amount })
}

async fn refund<P: MerchantPort>(
    State(port): State<Arc<P>>,
    Path(slug): Path<String>,
    Posted(fields): Posted,
) -> Shown {
    give(&*port, &slug, RefundKind::Credit, &fields).await
}

async fn reverse<P: MerchantPort>(
    State(port): State<Arc<P>>,
    Path(slug): Path<String>,
    Posted(fields): Posted,
) -> Shown {
    give(&*port, &slug, RefundKind::CaptureReversal, &fields).await
}

async fn undo<P: MerchantPort>(
    State(port): State<Arc<P>>,
    Path(slug): Path<String>,
    Posted(fields): Posted,
) -> Shown {
    give(&*port, &slug, RefundKind::CreditReversal, &fields).await
}

async fn give<P: MerchantPort>(port: &P, slug: &str, kind: RefundKind, fields: &Fields) -> Shown {
    let amount = typed(fields).ok_or(Problem::NothingToRefund)?;
    port.refund(slug, kind, amount).await?;
    go(&format!("/orders/{slug}"))
}

/// An amount as a person types it: with a dot or a comma.
fn typed(fields: &Fields) -> Option<Money> {
    let currency = Currency::from_code(fields.text("currency")).ok()?;
    Money::parse(&fields.text("amount").replace(',', "."), currency).ok()
}
