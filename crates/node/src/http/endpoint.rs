//! `POST /set`, and other paths: where SET messages come in.

use std::{future::Future, pin::Pin, sync::Arc};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::post,
};

use super::media::Media;
use crate::{fault::Fault, trace::Trace};

/// What a party says to a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said {
    /// This message, which may be an Error.
    Message(Vec<u8>),
    /// Nothing: what came was no request, or wants no answer.
    Nothing,
    /// It was refused, and there is no Error that could say so.
    Refused,
}

/// An answer, later.
pub type Answering<'a> = Pin<Box<dyn Future<Output = Result<Said, Fault>> + Send + 'a>>;

/// A party that answers SET messages.
pub trait Answers: Send + Sync + 'static {
    /// Answers one message. Whoever asked may have left when the answer is there.
    fn answer(&self, message: Vec<u8>) -> Answering<'_>;
}

/// The route `POST /set` of a party, for the media types it takes.
pub fn set_endpoint(takes: &'static [Media], party: Arc<dyn Answers>) -> Router {
    endpoint("/set", takes, party)
}

/// The same at another path, for what stands in no wrapper.
pub fn endpoint(path: &str, takes: &'static [Media], party: Arc<dyn Answers>) -> Router {
    let endpoint = Endpoint { takes, party };
    Router::new().route(path, post(answer)).with_state(endpoint)
}

#[derive(Clone)]
struct Endpoint {
    takes: &'static [Media],
    party: Arc<dyn Answers>,
}

async fn answer(State(endpoint): State<Endpoint>, headers: HeaderMap, body: Bytes) -> Response {
    let media = headers.get(header::CONTENT_TYPE).and_then(Media::parse);
    let Some(media) = media.filter(|media| endpoint.takes.contains(media)) else {
        return StatusCode::UNSUPPORTED_MEDIA_TYPE.into_response();
    };
    // The step goes on when the peer leaves: what was committed must be carried out.
    let party = endpoint.party;
    let trace = Trace::of(&headers);
    let answering = tokio::spawn(trace.carry(async move { party.answer(body.into()).await }));
    match answering.await {
        Ok(Ok(Said::Message(message))) => {
            ([(header::CONTENT_TYPE, media.header())], message).into_response()
        }
        Ok(Ok(Said::Nothing)) => StatusCode::NO_CONTENT.into_response(),
        Ok(Ok(Said::Refused)) => StatusCode::UNPROCESSABLE_ENTITY.into_response(),
        // It is counted where it happens: a line for each would be more work than is saved.
        Ok(Err(Fault::Crowded)) => later(),
        Ok(Err(fault)) => unavailable(&fault),
        Err(stopped) => unavailable(&stopped),
    }
}

/// Our own fault: the peer hears 503 and when to come again, and nothing more.
fn unavailable(fault: &dyn std::error::Error) -> Response {
    tracing::error!(%fault, "a message was not answered");
    later()
}

/// Come again: those who ask here do so after growing intervals, of which this is the first.
fn later() -> Response {
    let soon = [(header::RETRY_AFTER, HeaderValue::from_static("1"))];
    (StatusCode::SERVICE_UNAVAILABLE, soon).into_response()
}
