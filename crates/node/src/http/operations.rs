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

/// Says how something stands on which a node depends: well, or so that it is not ready. One line,
/// without personal data.
pub type Remark = Arc<dyn Fn() -> Result<String, String> + Send + Sync>;

/// What readiness rests on.
#[derive(Clone)]
struct Rests {
    /// Each role's name and its store.
    stores: Arc<[(&'static str, Arc<dyn Store>)]>,
    remarks: Arc<[Remark]>,
}

/// The routes of a node: it lives; its stores answer, and what else is to be said of its readiness;
/// what it measured.
pub fn operations(
    stores: impl IntoIterator<Item = (&'static str, Arc<dyn Store>)>,
    measured: Measured,
    remarks: Vec<Remark>,
) -> Router {
    let rests = Rests { stores: stores.into_iter().collect(), remarks: remarks.into() };
    Router::new()
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/readyz", get(ready).with_state(rests))
        .route("/metrics", get(metrics).with_state(measured))
}

/// Names the stores that do not answer, and gives the remarks.
async fn ready(State(Rests { stores, remarks }): State<Rests>) -> Response {
    let mut failing = String::new();
    let mut good = "ok\n".to_owned();
    for (role, store) in stores.iter() {
        if let Err(fault) = store.check().await {
            failing.push_str(&format!("{role}: {fault}\n"));
        }
    }
    for remark in remarks.iter() {
        match remark() {
            Ok(line) => good.push_str(&format!("{line}\n")),
            Err(line) => failing.push_str(&format!("{line}\n")),
        }
    }
    if failing.is_empty() {
        return good.into_response();
    }
    (StatusCode::SERVICE_UNAVAILABLE, failing).into_response()
}

async fn metrics(State(measured): State<Measured>) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], measured.text())
}
