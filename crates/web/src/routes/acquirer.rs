//! The acquirer's host.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::routing::{get, post};

use super::form::Posted;
use super::{House, Shown, file, go, host, show};
use crate::frame::{Frame, Site};
use crate::pages::acquirer::AcquirerPage;
use crate::ports::AcquirerPort;

/// The acquirer's console.
pub fn acquirer<P: AcquirerPort>(house: &House, port: Arc<P>) -> Router {
    let routes = Router::new()
        .route("/", get(books::<P>))
        .route("/clearing", post(clear::<P>))
        .route("/files/{name}", get(stored::<P>))
        .with_state(port);
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

async fn stored<P: AcquirerPort>(State(port): State<Arc<P>>, Path(name): Path<String>) -> Shown {
    let stored = port.file(&name).await?;
    Ok(file(&stored.name, "application/xml", stored.octets))
}
