//! `/healthz`, `/readyz` and `/metrics`: for whoever runs the node.

use std::sync::Arc;

use axum::{
    Router,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};

use crate::{
    measure::{self, Measured},
    store::Store,
};

/// Says how something stands on which a node depends: well, or so that it is not ready. One line,
/// without personal data. What can be said in numbers it also measures.
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
        .route("/readyz", get(ready).with_state(rests.clone()))
        .route("/metrics", get(metrics).with_state((rests, measured)))
}

impl Rests {
    /// How everything stands: what is to be said of it, and what of it fails.
    async fn look(&self) -> (String, String) {
        let (mut good, mut failing) = (String::new(), String::new());
        for (role, store) in self.stores.iter() {
            let checked = store.check().await;
            measure::store_up(role, checked.is_ok());
            if let Err(fault) = checked {
                failing.push_str(&format!("{role}: {fault}\n"));
            }
        }
        for remark in self.remarks.iter() {
            match remark() {
                Ok(line) => good.push_str(&format!("{line}\n")),
                Err(line) => failing.push_str(&format!("{line}\n")),
            }
        }
        (good, failing)
    }
}

/// Names what fails, or says that nothing does and how long that will last.
async fn ready(State(rests): State<Rests>) -> Response {
    let (good, failing) = rests.look().await;
    if failing.is_empty() {
        return format!("ok\n{good}").into_response();
    }
    (StatusCode::SERVICE_UNAVAILABLE, failing).into_response()
}

/// What was measured, with how everything stands at this moment.
async fn metrics(State((rests, measured)): State<(Rests, Measured)>) -> impl IntoResponse {
    rests.look().await;
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], measured.text())
}
