//! The wallet's host: the door, the cards, registration, payments.
//!
//! `POST /initiate` takes an initiation document from anybody's page. It is kept unread under a
//! random name, for a while and as far as there is room, and nothing else happens; the page that
//! follows asks for the passphrase first. A wallet that is served alone has no such address.

mod alone;
mod registrations;

use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Path, Query, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::{get, post};
use openset_types::{CardExpiry, Pan, Secret};
use openset_wire::initiation::{DOCUMENT_BYTES_MAX, Initiation, InvalidInitiation};

pub use self::alone::{unopened, wallet_alone};

use super::form::{Fields, Posted};
use super::threshold::{Origins, cookie};
use super::{House, Shown, Turn, behind, go, host, refreshing, show, wrong};
use crate::frame::{Frame, Site};
use crate::pages::wallet::{
    Cancelled, Cards, Checking, ConsentSheet, EntryComplaint, FirstRun, FirstRunComplaint, History,
    NewCard, PASSPHRASE_MIN, Paying, ResultSheet, Unlock,
};
use crate::ports::{CardEntry, Door, Purchase, Unopened, WalletPort};
use crate::problem::Problem;

/// The largest form that can carry one: base64 writes four characters for three octets, and each
/// may be escaped.
const INITIATION_FORM_BYTES_MAX: usize = 2 * DOCUMENT_BYTES_MAX;

/// The wallet.
pub fn wallet<P: WalletPort>(house: &House, port: Arc<P>) -> Router {
    let routes = pages::<P>().with_state(port.clone());
    let open = Router::new()
        .route("/initiate", post(initiate::<P>))
        .layer(DefaultBodyLimit::max(INITIATION_FORM_BYTES_MAX))
        .with_state(port);
    host(house, Site::Wallet, routes).merge(behind(house, Site::Wallet, Origins::Any, open))
}

/// What only pages of the wallet itself may post to.
fn pages<P: WalletPort>() -> Router<Arc<P>> {
    Router::new()
        .route("/", get(cards::<P>))
        .route("/create", post(create::<P>))
        .route("/unlock", get(door::<P>).post(unlock::<P>))
        .route("/lock", post(lock::<P>))
        .route("/cards", post(add_card::<P>))
        .route("/cards/new", get(new_card::<P>))
        .merge(registrations::routes::<P>())
        .route("/pay/{id}", get(pay::<P>))
        .route("/pay/{id}/consent", post(consent::<P>))
        .route("/pay/{id}/cancel", post(cancel::<P>))
        .route("/pay/{id}/ask", post(ask::<P>))
        .route("/history", get(history::<P>))
}

const SESSION: &str = "wallet-session";

/// The session this visitor's cookie names; empty, and so never open, if there is none.
fn session(headers: &HeaderMap) -> &str {
    cookie(headers, SESSION).unwrap_or_default()
}

/// A locked wallet is opened first, and then we are back.
fn or_unlock(next: &str) -> impl FnOnce(Problem) -> Turn {
    let next = next.to_owned();
    move |problem| match problem {
        Problem::WalletLocked => Turn::To(format!("/unlock?next={next}")),
        other => Turn::Trouble(other),
    }
}

/// A place of this wallet to go on to; its first page if the text is anything else.
fn place(text: &str) -> &str {
    let plain = |it: char| it.is_ascii_alphanumeric() || matches!(it, '/' | '-' | '_');
    let ours = text.starts_with('/') && !text.starts_with("//") && text.chars().all(plain);
    if ours { text } else { "/" }
}

/// Goes on with the session in a cookie.
fn enter(frame: &Frame, session: &str, next: &str) -> Shown {
    let secure = if frame.places.wallet.starts_with("https:") { "; Secure" } else { "" };
    let cookie = format!("{SESSION}={session}; Path=/; HttpOnly; SameSite=Lax{secure}");
    Ok(([(header::SET_COOKIE, cookie)], go(next)?).into_response())
}

async fn cards<P: WalletPort>(
    State(port): State<Arc<P>>,
    frame: Frame,
    headers: HeaderMap,
) -> Shown {
    let session = session(&headers);
    let Door::Open { minutes_left } = port.door(Some(session)).await else {
        return Err(Turn::To("/unlock".to_owned()));
    };
    let cards = port.cards(session).await.map_err(or_unlock("/"))?;
    show(&Cards { frame: &frame, cards: &cards, minutes_left: minutes_left as usize })
}

async fn door<P: WalletPort>(
    State(port): State<Arc<P>>,
    frame: Frame,
    headers: HeaderMap,
    Query(asked): Query<Vec<(String, String)>>,
) -> Shown {
    let next = asked.iter().find(|(name, _)| name == "next").map(|(_, next)| next.as_str());
    let next = place(next.unwrap_or("/"));
    match port.door(Some(session(&headers))).await {
        Door::New => show(&FirstRun { frame: &frame, next, complaint: None }),
        Door::Locked => show(&locked(&frame, next, None)),
        Door::Open { .. } => Err(Turn::To(next.to_owned())),
    }
}

fn locked<'a>(frame: &'a Frame, next: &'a str, unopened: Option<Unopened>) -> Unlock<'a> {
    Unlock { frame, next, for_purchase: next.starts_with("/pay/"), unopened }
}

fn secret(fields: &Fields) -> Secret {
    Secret::new(fields.raw("passphrase").as_bytes().to_vec())
}

async fn create<P: WalletPort>(
    State(port): State<Arc<P>>,
    mut frame: Frame,
    Posted(fields): Posted,
) -> Shown {
    let next = place(fields.text("next"));
    frame.path = "/".to_owned();
    let complaint = if fields.raw("passphrase").chars().count() < PASSPHRASE_MIN {
        Some(FirstRunComplaint::Short)
    } else if fields.raw("passphrase") != fields.raw("again") {
        Some(FirstRunComplaint::Differ)
    } else {
        None
    };
    if complaint.is_some() {
        return wrong(show(&FirstRun { frame: &frame, next, complaint }));
    }
    let session = port.create(secret(&fields)).await.map_err(or_unlock(next))?;
    enter(&frame, &session, next)
}

const MINUTES: std::ops::RangeInclusive<u32> = 1..=60;
const MINUTES_USUAL: u32 = 10;

async fn unlock<P: WalletPort>(
    State(port): State<Arc<P>>,
    mut frame: Frame,
    Posted(fields): Posted,
) -> Shown {
    let next = place(fields.text("next"));
    frame.path = format!("/unlock?next={next}");
    let minutes =
        fields.number("minutes").filter(|it| MINUTES.contains(it)).unwrap_or(MINUTES_USUAL);
    match port.unlock(secret(&fields), minutes).await {
        Ok(session) => enter(&frame, &session, next),
        Err(unopened) => wrong(show(&locked(&frame, next, Some(unopened)))),
    }
}

async fn lock<P: WalletPort>(State(port): State<Arc<P>>, headers: HeaderMap, _: Posted) -> Shown {
    port.lock(session(&headers)).await;
    go("/")
}

async fn new_card<P: WalletPort>(
    State(port): State<Arc<P>>,
    frame: Frame,
    headers: HeaderMap,
) -> Shown {
    match port.door(Some(session(&headers))).await {
        Door::Open { .. } => show(&NewCard { frame: &frame, complaint: None }),
        Door::New | Door::Locked => Err(Turn::To("/unlock?next=/cards/new".to_owned())),
    }
}

async fn add_card<P: WalletPort>(
    State(port): State<Arc<P>>,
    mut frame: Frame,
    headers: HeaderMap,
    Posted(fields): Posted,
) -> Shown {
    frame.path = "/cards/new".to_owned();
    let entry = match entry(&fields) {
        Ok(entry) => entry,
        Err(complaint) => {
            return wrong(show(&NewCard { frame: &frame, complaint: Some(complaint) }));
        }
    };
    let id = port
        .apply(session(&headers), entry, frame.say.tongue())
        .await
        .map_err(or_unlock("/cards/new"))?;
    go(&format!("/enrolments/{id}"))
}

/// A card as typed: spaces and dashes in the number are how people read it from the card.
fn entry(fields: &Fields) -> Result<CardEntry, EntryComplaint> {
    let digits: String =
        fields.text("number").chars().filter(|it| !matches!(it, ' ' | '-' | '\u{a0}')).collect();
    let pan = Pan::parse(&digits).map_err(|_| EntryComplaint::Number)?;
    let expiry = expiry(fields.text("expiry")).ok_or(EntryComplaint::Expiry)?;
    Ok(CardEntry { pan, expiry })
}

/// Reads `12/29`, `12 / 2029` or `1229`.
fn expiry(text: &str) -> Option<CardExpiry> {
    let digits: String = text.chars().filter(|it| !matches!(it, ' ' | '/' | '-')).collect();
    let (month, year) = match (digits.len(), digits.is_ascii()) {
        (4 | 6, true) => digits.split_at(2),
        _ => return None,
    };
    let year = year.strip_prefix("20").filter(|short| short.len() == 2).unwrap_or(year);
    if year.len() != 2 {
        return None;
    }
    CardExpiry::parse(&format!("20{year}{month}")).ok()
}

async fn initiate<P: WalletPort>(State(port): State<Arc<P>>, request: Request) -> Shown {
    let origin = request.headers().get(header::ORIGIN).and_then(|it| it.to_str().ok());
    let origin = origin.unwrap_or_default().to_owned();
    let fields = Fields::read(request).await.map_err(|status| match status {
        StatusCode::PAYLOAD_TOO_LARGE => Problem::InitiationTooLarge,
        _ => Problem::InitiationMalformed,
    })?;
    if fields.text("v") != "1" {
        return Err(Problem::InitiationMalformed.into());
    }
    let document = Initiation::in_field(fields.text("initiation")).map_err(|why| match why {
        InvalidInitiation::TooBig => Problem::InitiationTooLarge,
        _ => Problem::InitiationMalformed,
    })?;
    let id = port.receive(document, &origin).await?;
    go(&format!("/pay/{id}"))
}

async fn pay<P: WalletPort>(
    State(port): State<Arc<P>>,
    frame: Frame,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Shown {
    let here = format!("/pay/{id}");
    let purchase = port
        .purchase(session(&headers), &id, frame.say.tongue())
        .await
        .map_err(or_unlock(&here))?;
    purchase_page(&frame, &id, &purchase, false)
}

fn purchase_page(frame: &Frame, id: &str, purchase: &Purchase, no_card: bool) -> Shown {
    match purchase {
        Purchase::Checking(checks) => refreshing(1, show(&Checking { frame, id, checks: *checks })),
        Purchase::Offered(consent) => show(&ConsentSheet { frame, id, consent, no_card }),
        Purchase::Paying { payee, amount, known } => {
            let (amount, known) = (*amount, *known);
            refreshing(1, show(&Paying { frame, payee, amount, known }))
        }
        Purchase::Ended(outcome) => show(&ResultSheet { frame, id, outcome }),
        Purchase::Stopped(problem) => Err((*problem).into()),
    }
}

async fn consent<P: WalletPort>(
    State(port): State<Arc<P>>,
    mut frame: Frame,
    headers: HeaderMap,
    Path(id): Path<String>,
    Posted(fields): Posted,
) -> Shown {
    let here = format!("/pay/{id}");
    let session = session(&headers);
    let purchase =
        port.purchase(session, &id, frame.say.tongue()).await.map_err(or_unlock(&here))?;
    let Purchase::Offered(offer) = &purchase else { return go(&here) };
    let card = fields.text("card");
    if !offer.cards.iter().any(|it| it.card.id == card && it.obstacle.is_none()) {
        frame.path = here;
        return wrong(purchase_page(&frame, &id, &purchase, true));
    }
    port.consent(session, &id, card).await.map_err(or_unlock(&here))?;
    go(&here)
}

async fn cancel<P: WalletPort>(
    State(port): State<Arc<P>>,
    mut frame: Frame,
    Path(id): Path<String>,
    _: Posted,
) -> Shown {
    let return_url = port.cancel(&id).await?;
    frame.path = "/".to_owned();
    show(&Cancelled { frame: &frame, return_url: return_url.as_deref() })
}

async fn ask<P: WalletPort>(
    State(port): State<Arc<P>>,
    headers: HeaderMap,
    Path(id): Path<String>,
    _: Posted,
) -> Shown {
    let here = format!("/pay/{id}");
    port.ask(session(&headers), &id).await.map_err(or_unlock(&here))?;
    go(&here)
}

async fn history<P: WalletPort>(
    State(port): State<Arc<P>>,
    frame: Frame,
    headers: HeaderMap,
) -> Shown {
    let payments = port.history(session(&headers)).await.map_err(or_unlock("/history"))?;
    show(&History { frame: &frame, payments: &payments })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn going_on_never_leaves_the_wallet() {
        assert_eq!(place("/pay/a-b_9"), "/pay/a-b_9");
        for foreign in ["", "//evil", "http://evil", "/\\evil", "/a?b", "javascript:x", "/%2f"] {
            assert_eq!(place(foreign), "/", "{foreign}");
        }
    }

    #[test]
    fn an_expiry_is_read_the_way_people_write_it() {
        for text in ["12/29", "12 / 29", "1229", "12/2029", "12-29"] {
            let expiry = expiry(text).expect("a month and a year");
            assert_eq!(expiry.yymm(), "2912", "{text}");
        }
        for text in ["", "13/29", "00/29", "1/29", "12/9", "12/1929", "12/29/30", "ab/cd", "é12/"]
        {
            assert!(expiry(text).is_none(), "{text}");
        }
    }
}
