//! A card and its registrations: the certificate it has, the form of its bank, and what became of
//! an application.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::routing::{get, post};

use super::super::application::{self, Answered};
use super::super::form::Posted;
use super::super::{Shown, go, show, wrong};
use super::{expiry, or_unlock, session};
use crate::frame::Frame;
use crate::pages::wallet::{CardSheet, Certified, EntryComplaint};
use crate::ports::WalletPort;

/// The routes, behind the wallet's threshold.
pub(super) fn routes<P: WalletPort>() -> Router<Arc<P>> {
    Router::new()
        .route("/cards/{id}", get(card::<P>))
        .route("/cards/{id}/renew", post(renew::<P>))
        .route("/enrolments/{id}", get(enrolment::<P>).post(answer::<P>))
        .route("/enrolments/{id}/inquire", post(inquire::<P>))
        .route("/enrolments/{id}/follow", post(follow::<P>))
}

async fn card<P: WalletPort>(
    State(port): State<Arc<P>>,
    frame: Frame,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Shown {
    let file = port.card(session(&headers), &id).await;
    let file = file.map_err(or_unlock(&format!("/cards/{id}")))?;
    match (&file.certificate, &file.card.application) {
        (None, Some(application)) => go(&format!("/enrolments/{}", application.id)),
        _ => show(&CardSheet { frame: &frame, file: &file, complaint: None }),
    }
}

async fn renew<P: WalletPort>(
    State(port): State<Arc<P>>,
    mut frame: Frame,
    headers: HeaderMap,
    Path(id): Path<String>,
    Posted(fields): Posted,
) -> Shown {
    let here = format!("/cards/{id}");
    let session = session(&headers);
    let printed = match fields.text("expiry").trim() {
        "" => None,
        typed => Some(expiry(typed)),
    };
    if let Some(None) = printed {
        let file = port.card(session, &id).await.map_err(or_unlock(&here))?;
        frame.path = here;
        let complaint = Some(EntryComplaint::Expiry);
        return wrong(show(&CardSheet { frame: &frame, file: &file, complaint }));
    }
    let renewed = port.renew(session, &id, printed.flatten(), frame.say.tongue()).await;
    go(&format!("/enrolments/{}", renewed.map_err(or_unlock(&here))?))
}

async fn inquire<P: WalletPort>(
    State(port): State<Arc<P>>,
    headers: HeaderMap,
    Path(id): Path<String>,
    _: Posted,
) -> Shown {
    let here = format!("/enrolments/{id}");
    port.ask_again(session(&headers), &id).await.map_err(or_unlock(&here))?;
    go(&here)
}

async fn follow<P: WalletPort>(
    State(port): State<Arc<P>>,
    headers: HeaderMap,
    Path(id): Path<String>,
    Posted(fields): Posted,
) -> Shown {
    let here = format!("/enrolments/{id}");
    let address = fields.text("address").to_owned();
    port.follow(session(&headers), &id, address).await.map_err(or_unlock(&here))?;
    go(&here)
}

async fn enrolment<P: WalletPort>(
    State(port): State<Arc<P>>,
    frame: Frame,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Shown {
    let here = format!("/enrolments/{id}");
    let enrolment = port.enrolment(session(&headers), &id).await.map_err(or_unlock(&here))?;
    application::sheet(&frame, &id, &enrolment, |card| show(&Certified { frame: &frame, card }))
}

async fn answer<P: WalletPort>(
    State(port): State<Arc<P>>,
    frame: Frame,
    headers: HeaderMap,
    Path(id): Path<String>,
    Posted(fields): Posted,
) -> Shown {
    let here = format!("/enrolments/{id}");
    let session = session(&headers);
    let enrolment = port.enrolment(session, &id).await.map_err(or_unlock(&here))?;
    match application::answered(&frame, &id, &enrolment, &fields) {
        Answered::Fits(answers) => {
            port.answer(session, &id, answers).await.map_err(or_unlock(&here))?;
            go(&here)
        }
        Answered::Wrong(page) => page,
        Answered::Late => go(&here),
    }
}
