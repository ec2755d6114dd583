//! A wallet that is served alone, on its owner's computer.
//!
//! Whoever else uses that computer reaches the same port. So the pages are shown to those browser
//! windows only that the wallet opened itself: each begins with a ticket, good once, and keeps the
//! key that it gives in a cookie. No page of the network hands anything in here: what shops and
//! banks ask for comes as a file, from the owner.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use super::super::threshold::cookie;
use super::super::{House, Shown, go, host, show, trouble};
use super::{pages, place};
use crate::frame::{Frame, Site};
use crate::pages::wallet::UnopenedSheet;
use crate::ports::{Porter, WalletPort};
use crate::problem::Problem;

/// The wallet, for whoever the porter lets in.
pub fn wallet_alone<P: WalletPort, R: Porter>(
    house: &House,
    port: Arc<P>,
    porter: Arc<R>,
) -> Router {
    let inside = pages::<P>()
        .route("/told/{code}", get(told))
        .route_layer(from_fn_with_state(porter.clone(), known::<R>))
        .with_state(port);
    let door = Router::new().route("/enter/{ticket}", get(come_in::<R>)).with_state(porter);
    host(house, Site::Wallet, inside.merge(door))
}

const KEY: &str = "wallet-key";

/// Shows nothing to a window that has no key.
async fn known<R: Porter>(
    State(porter): State<Arc<R>>,
    headers: HeaderMap,
    request: Request,
    next: Next,
) -> Response {
    match cookie(&headers, KEY).is_some_and(|key| porter.knows(key)) {
        true => next.run(request).await,
        false => trouble(Problem::NotLetIn),
    }
}

/// Takes a ticket and gives the key. A window that has the key goes on with an old ticket, too:
/// people load pages again.
async fn come_in<R: Porter>(
    State(porter): State<Arc<R>>,
    frame: Frame,
    headers: HeaderMap,
    Path(ticket): Path<String>,
) -> Shown {
    let Some(admitted) = porter.admit(&ticket) else {
        let is_known = cookie(&headers, KEY).is_some_and(|key| porter.knows(key));
        return if is_known { go("/") } else { Err(Problem::NotLetIn.into()) };
    };
    let secure = if frame.places.wallet.starts_with("https:") { "; Secure" } else { "" };
    let key = format!("{KEY}={}; Path=/; HttpOnly; SameSite=Strict{secure}", admitted.key);
    Ok(([(header::SET_COOKIE, key)], go(place(&admitted.place))?).into_response())
}

/// A wallet that does not open: one page, which says what is in the way.
pub fn unopened(house: &House, why: &str) -> Router {
    let why: Arc<str> = why.into();
    let page =
        async move |frame: Frame| -> Shown { show(&UnopenedSheet { frame: &frame, why: &why }) };
    host(house, Site::Wallet, Router::new().route("/", get(page)))
}

/// Why a file was not taken.
async fn told(Path(code): Path<String>) -> Shown {
    let told = [
        Problem::BrandNotAccepted,
        Problem::FileUnreadable,
        Problem::InitiationReturnForeign,
        Problem::InitiationTooLarge,
        Problem::InitiationsTooMany,
        Problem::RegistrationElsewhere,
        Problem::Unavailable,
    ];
    let found = told.into_iter().find(|problem| problem.code() == code);
    Err(found.unwrap_or(Problem::NotFound).into())
}
