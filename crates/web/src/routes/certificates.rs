//! The part of a merchant's and a gateway's site about its own certificates.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::routing::{get, post};

use super::application::{self, Answered};
use super::form::Posted;
use super::{Shown, go, refreshing, show};
use crate::frame::Frame;
use crate::pages::CertificatesPage;
use crate::ports::{ApplicationState, CertificatesPort};

/// The routes, for a site to stand behind its threshold.
pub(super) fn routes<P: CertificatesPort>(port: Arc<P>) -> Router {
    Router::new()
        .route("/certificates", get(certificates::<P>))
        .route("/certificates/renew", post(renew::<P>))
        .route("/certificates/apply", post(apply::<P>))
        .route("/enrolments/{id}", get(enrolment::<P>).post(answer::<P>))
        .route("/enrolments/{id}/inquire", post(inquire::<P>))
        .route("/enrolments/{id}/follow", post(follow::<P>))
        .with_state(port)
}

async fn certificates<P: CertificatesPort>(State(port): State<Arc<P>>, frame: Frame) -> Shown {
    let own = port.own().await?;
    let shown = show(&CertificatesPage { frame: &frame, owner: &port.owner(), own: &own });
    match own.application.map(|application| application.state) {
        Some(ApplicationState::Asking) => refreshing(2, shown),
        _ => shown,
    }
}

async fn renew<P: CertificatesPort>(State(port): State<Arc<P>>, _: Posted) -> Shown {
    port.renew().await?;
    go("/certificates")
}

async fn apply<P: CertificatesPort>(State(port): State<Arc<P>>, frame: Frame, _: Posted) -> Shown {
    let id = port.apply(frame.say.tongue()).await?;
    go(&format!("/enrolments/{id}"))
}

async fn enrolment<P: CertificatesPort>(
    State(port): State<Arc<P>>,
    frame: Frame,
    Path(id): Path<String>,
) -> Shown {
    let enrolment = port.enrolment(&id).await?;
    application::sheet(&frame, &id, &enrolment, |()| go("/certificates"))
}

async fn answer<P: CertificatesPort>(
    State(port): State<Arc<P>>,
    frame: Frame,
    Path(id): Path<String>,
    Posted(fields): Posted,
) -> Shown {
    let here = format!("/enrolments/{id}");
    let enrolment = port.enrolment(&id).await?;
    match application::answered(&frame, &id, &enrolment, &fields) {
        Answered::Fits(answers) => {
            port.answer(&id, answers).await?;
            go(&here)
        }
        Answered::Wrong(page) => page,
        Answered::Late => go(&here),
    }
}

async fn inquire<P: CertificatesPort>(
    State(port): State<Arc<P>>,
    Path(id): Path<String>,
    _: Posted,
) -> Shown {
    port.ask_again(&id).await?;
    go(&format!("/enrolments/{id}"))
}

async fn follow<P: CertificatesPort>(
    State(port): State<Arc<P>>,
    Path(id): Path<String>,
    Posted(fields): Posted,
) -> Shown {
    port.follow(&id, fields.text("address").to_owned()).await?;
    go(&format!("/enrolments/{id}"))
}
