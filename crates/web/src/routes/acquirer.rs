//! The acquirer's host.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Query, State};
use axum::routing::{get, post};

use super::form::Posted;
use super::{House, Shown, bank, go, host, show};
use crate::frame::{Frame, Site};
use crate::pages::acquirer::{AcquirerPage, BreaksPage, Merchants};
use crate::ports::AcquirerPort;

/// The acquirer's console.
pub fn acquirer<P: AcquirerPort>(house: &House, port: Arc<P>) -> Router {
    let routes = Router::new()
        .route("/", get(books::<P>))
        .route("/clearing", post(clear::<P>))
        .route("/merchants", get(merchants::<P>))
        .route("/breaks", get(breaks::<P>))
        .with_state(Arc::clone(&port))
        .merge(bank::routes(port));
    host(house, Site::Acquirer, routes)
}

async fn books<P: AcquirerPort>(State(port): State<Arc<P>>, frame: Frame) -> Shown {
    let books = port.books().await?;
    show(&AcquirerPage { frame: &frame, name: &port.name(), books: &books })
}

async fn clear<P: AcquirerPort>(State(port): State<Arc<P>>, _: Posted) -> Shown {
    port.run_clearing().await?;
    go("/")
}

async fn merchants<P: AcquirerPort>(State(port): State<Arc<P>>, frame: Frame) -> Shown {
    let books = port.merchants().await?;
    show(&Merchants { frame: &frame, name: &port.name(), books: &books })
}

/// A question to the issuers changes nothing: a reload may ask again.
async fn breaks<P: AcquirerPort>(
    State(port): State<Arc<P>>,
    frame: Frame,
    Query(asked): Query<Vec<(String, String)>>,
) -> Shown {
    let is_asked = asked.iter().any(|(name, value)| name == "ask" && value == "today");
    let found = if is_asked { port.ask_today().await? } else { port.compare().await? };
    show(&BreaksPage { frame: &frame, name: &port.name(), found: &found })
}
