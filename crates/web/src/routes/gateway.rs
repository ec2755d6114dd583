//! The gateway's host.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::routing::get;

use super::{House, Shown, host, show};
use crate::frame::{Frame, Site};
use crate::pages::gateway::{GatewayTransaction, GatewayTransactions};
use crate::ports::GatewayPort;

/// The gateway's console.
pub fn gateway<P: GatewayPort>(house: &House, port: Arc<P>) -> Router {
    let routes = Router::new()
        .route("/", get(transactions::<P>))
        .route("/transactions/{slug}", get(transaction::<P>))
        .with_state(port);
    host(house, Site::Gateway, routes)
}

async fn transactions<P: GatewayPort>(State(port): State<Arc<P>>, frame: Frame) -> Shown {
    let rows = port.transactions().await?;
    show(&GatewayTransactions { frame: &frame, name: &port.name(), rows: &rows })
}

async fn transaction<P: GatewayPort>(
    State(port): State<Arc<P>>,
    frame: Frame,
    Path(slug): Path<String>,
) -> Shown {
    let file = port.transaction(&slug).await?;
    show(&GatewayTransaction { frame: &frame, name: &port.name(), file: &file })
}
