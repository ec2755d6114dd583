//! The inspector, under `/transactions`.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::routing::get;

use super::{Shown, file, show};
use crate::frame::Frame;
use crate::pages::inspector::{MessagePage, TranscriptPage, Transcripts};
use crate::ports::JournalPort;

pub(super) fn inspector<P: JournalPort>(port: Arc<P>) -> Router {
    Router::new()
        .route("/transactions", get(transcripts::<P>))
        .route("/transactions/{slug}", get(transcript::<P>))
        .route("/transactions/{slug}/messages/{number}", get(message::<P>))
        .route("/transactions/{slug}/messages/{number}/octets", get(octets::<P>))
        .with_state(port)
}

async fn transcripts<P: JournalPort>(State(port): State<Arc<P>>, frame: Frame) -> Shown {
    let rows = port.transcripts().await?;
    show(&Transcripts { frame: &frame, rows: &rows })
}

async fn transcript<P: JournalPort>(
    State(port): State<Arc<P>>,
    frame: Frame,
    Path(slug): Path<String>,
) -> Shown {
    let transcript = port.transcript(&slug).await?;
    let matrix = transcript.evidence.matrix();
    let (transcript, matrix) = (&transcript, &matrix);
    show(&TranscriptPage { frame: &frame, slug: &slug, transcript, matrix })
}

async fn message<P: JournalPort>(
    State(port): State<Arc<P>>,
    frame: Frame,
    Path((slug, number)): Path<(String, u32)>,
) -> Shown {
    let message = port.message(&slug, number).await?;
    show(&MessagePage { frame: &frame, slug: &slug, file: &message })
}

async fn octets<P: JournalPort>(
    State(port): State<Arc<P>>,
    Path((slug, number)): Path<(String, u32)>,
) -> Shown {
    let message = port.message(&slug, number).await?;
    let name = message.passed.name;
    // A name of digits is an ISO 8583 message, which is no DER.
    let extension = if name.starts_with(|it: char| it.is_ascii_digit()) { "bin" } else { "der" };
    let name = format!("{number:02}-{name}.{extension}");
    Ok(file(&name, "application/octet-stream", message.octets))
}
