//! What both banks' hosts have: ledger, clearing files, documents.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, Query, State};
use axum::routing::get;

use super::{Shown, file, show};
use crate::frame::Frame;
use crate::pages::bank::{ClearingFilePage, ClearingFiles, LedgerPage};
use crate::ports::BooksPort;

/// The routes that both have.
pub(super) fn routes<P: BooksPort>(port: Arc<P>) -> Router {
    Router::new()
        .route("/ledger", get(ledger::<P>))
        .route("/clearing-files", get(clearing_files::<P>))
        .route("/clearing-files/{name}", get(clearing_file::<P>))
        .route("/files/{name}", get(stored::<P>))
        .with_state(port)
}

async fn ledger<P: BooksPort>(
    State(port): State<Arc<P>>,
    frame: Frame,
    Query(asked): Query<Vec<(String, String)>>,
) -> Shown {
    let before = asked.iter().find(|(name, _)| name == "before");
    let before = before.and_then(|(_, number)| number.parse().ok());
    let books = port.ledger(before).await?;
    show(&LedgerPage { frame: &frame, name: &port.name(), books: &books })
}

async fn clearing_files<P: BooksPort>(State(port): State<Arc<P>>, frame: Frame) -> Shown {
    let rows = port.clearing_files().await?;
    show(&ClearingFiles { frame: &frame, name: &port.name(), rows: &rows })
}

async fn clearing_file<P: BooksPort>(
    State(port): State<Arc<P>>,
    frame: Frame,
    Path(name): Path<String>,
) -> Shown {
    let file = port.clearing_file(&name).await?;
    show(&ClearingFilePage { frame: &frame, name: &port.name(), file: &file })
}

async fn stored<P: BooksPort>(State(port): State<Arc<P>>, Path(name): Path<String>) -> Shown {
    let stored = port.file(&name).await?;
    Ok(file(&stored.name, "application/xml", stored.octets))
}
