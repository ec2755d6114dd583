//! `/healthz`, `/readyz` and `/metrics`: for whoever runs the node.

use std::sync::Arc;

use axum::{
    Router,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};

use crate::{measure::Measured, store::Store};

/// Each role's name and its store.
type Stores = Arc<[(&'static str, Arc<dyn Store>)]>;

/// The routes of a node: it lives; its stores answer; what it measured.
pub fn operations(
    stores: impl IntoIterator<Item = (&'static str, Arc<dyn Store>)>,
    measured: Measured,
) -> Router {
    let stores: Stores = stores.into_iter().collect();
    Router::new()
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/readyz", get(ready).with_state(stores))
        .route("/metrics", get(metrics).with_state(measured))
}

/// Names the stores that do not answer.
async fn ready(State(stores): State<Stores>) -> Response {
    let mut failing = String::new();
    for (role, store) in stores.iter() {
        if let Err(fault) = store.check().await {
            failing.push_str(&format!("{role}: {fault}\n"));
        }
    }
    if failing.is_empty() {
        return "ok\n".into_response();
    }
    (StatusCode::SERVICE_UNAVAILABLE, failing).into_response()
}

async fn metrics(State(measured): State<Measured>) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], measured.text())
}
