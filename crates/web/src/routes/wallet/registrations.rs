//! A card and its registrations: the certificate it has, the form of its bank, and what became of
//! an application.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::routing::{get, post};

use super::super::form::{Fields, Posted};
use super::super::{Shown, go, refreshing, show};
use super::{expiry, or_unlock, session, wrong};
use crate::frame::Frame;
use crate::pages::wallet::{
    CardSheet, Certified, EntryComplaint, PendedSheet, ReferredSheet, RefusedSheet, Registration,
    RegistrationComplaint, WaitingForBank,
};
use crate::ports::{Answer, Enrolment, RegistrationForm, WalletPort};

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
    match port.enrolment(session(&headers), &id).await.map_err(or_unlock(&here))? {
        Enrolment::Asking => refreshing(1, show(&WaitingForBank { frame: &frame, applied: false })),
        Enrolment::Applying => {
            refreshing(1, show(&WaitingForBank { frame: &frame, applied: true }))
        }
        Enrolment::Form(form) => {
            show(&Registration { frame: &frame, id: &id, form: &form, complaint: None })
        }
        Enrolment::Pended(pended) => show(&PendedSheet { frame: &frame, id: &id, pended: &pended }),
        Enrolment::Referred(referral) => {
            show(&ReferredSheet { frame: &frame, id: &id, referral: &referral })
        }
        Enrolment::Certified(card) => show(&Certified { frame: &frame, card: &card }),
        Enrolment::Refused(refusal) => {
            show(&RefusedSheet { frame: &frame, id: &id, refusal: &refusal })
        }
    }
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
    let state = port.enrolment(session, &id).await.map_err(or_unlock(&here))?;
    let Enrolment::Form(form) = state else { return go(&here) };
    let complaint = registration_complaint(&form, &fields);
    if complaint.is_some() {
        return wrong(show(&Registration { frame: &frame, id: &id, form: &form, complaint }));
    }
    let answers = form
        .fields
        .iter()
        .map(|field| Answer { field: field.id.clone(), text: fields.text(&field.id).to_owned() });
    port.answer(session, &id, answers.collect()).await.map_err(or_unlock(&here))?;
    go(&here)
}

fn registration_complaint(
    form: &RegistrationForm,
    fields: &Fields,
) -> Option<RegistrationComplaint> {
    let unanswered = form.fields.iter().find(|field| {
        let length = fields.text(&field.id).chars().count();
        length > field.length_max || (field.required && length == 0)
    });
    match unanswered {
        Some(field) => Some(RegistrationComplaint::Field(field.id.clone())),
        None if fields.text("accept").is_empty() => Some(RegistrationComplaint::Terms),
        None => None,
    }
}
