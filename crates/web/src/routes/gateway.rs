//! The gateway's host: authorizations, batches, its certificates.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::routing::get;

use super::{House, Shown, certificates, host, show};
use crate::frame::{Frame, Site};
use crate::pages::batches::Batches;
use crate::pages::gateway::{GatewayTransaction, GatewayTransactions};
use crate::ports::{CertificatesPort, GatewayPort};

/// The gateway's console.
pub fn gateway<P: GatewayPort>(
    house: &House,
    port: Arc<P>,
    own: Arc<impl CertificatesPort>,
) -> Router {
    let routes = Router::new()
        .route("/", get(transactions::<P>))
        .route("/batches", get(batches::<P>))
        .route("/transactions/{slug}", get(transaction::<P>))
        .with_state(port)
        .merge(certificates::routes(own));
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

async fn batches<P: GatewayPort>(State(port): State<Arc<P>>, frame: Frame) -> Shown {
    let rows = port.batches().await?;
    show(&Batches { frame: &frame, owner: &port.name(), rows: &rows })
}
