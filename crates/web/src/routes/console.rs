//! The host of an authority's operators. Whoever acts has said a name first; nobody checks it, and
//! the audit trail has it.

use std::sync::Arc;

use axum::Router;
use axum::extract::{FromRequestParts, Path, Query, State};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::{get, post};
use data_encoding::BASE32_NOPAD;

use super::authorities::pem_file;
use super::form::{Fields, Posted};
use super::threshold::cookie;
use super::{House, Shown, Turn, go, host, show};
use crate::frame::{Frame, Site};
use crate::pages::console::{
    AuditPage, CertificateFilePage, CertificatesPage, Desk, ListsPage, OperatorPage, OverviewPage,
    RequestPage, RequestsPage, RevokePage,
};
use crate::ports::{
    CertificateSearch, CertificateState, ConsolePort, Denial, Listed, Refuser, RevocationReason,
    TrailSearch,
};
use crate::problem::Problem;

/// The console of one authority, by its place among the consoles of the house.
pub fn console<P: ConsolePort>(house: &House, place: usize, port: Arc<P>) -> Router {
    let routes = Router::new()
        .route("/", get(overview::<P>))
        .route("/operator", get(operator::<P>).post(sign_in::<P>))
        .route("/requests", get(requests::<P>))
        .route("/requests/{id}", get(request::<P>))
        .route("/requests/{id}/approve", post(approve::<P>))
        .route("/requests/{id}/refuse", post(refuse::<P>))
        .route("/certificates", get(certificates::<P>))
        .route("/certificates/{thumb}", get(certificate::<P>))
        .route("/certificates/{thumb}/pem", get(pem::<P>))
        .route("/certificates/{thumb}/revoke", get(consequences::<P>).post(revoke::<P>))
        .route("/lists", get(lists::<P>).post(publish::<P>))
        .route("/audit", get(audit::<P>))
        .with_state(port);
    host(house, Site::Console(place), routes)
}

/// The cookie with the name that the operator gave.
const OPERATOR: &str = "console-operator";
/// The most characters that are searched for.
const SEARCH_CHARACTERS_MAX: usize = 80;
/// The most characters of words for an applicant.
const WORDS_CHARACTERS_MAX: usize = 128;
/// The most questions of a form.
const QUESTIONS_MAX: u16 = 50;

/// The name that the visitor gave, unchecked; none if there is none.
struct Named(Option<String>);

impl<S: Send + Sync> FromRequestParts<S> for Named {
    type Rejection = StatusCode;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, StatusCode> {
        let said = cookie(&parts.headers, OPERATOR);
        let octets = said.and_then(|said| BASE32_NOPAD.decode(said.as_bytes()).ok());
        Ok(Self(octets.and_then(|octets| String::from_utf8(octets).ok())))
    }
}

impl Named {
    fn desk<P: ConsolePort>(self, port: &P) -> Desk {
        Desk { name: port.name(), operator: self.0.filter(|name| port.is_name(name)) }
    }

    /// The name of whoever acts; without one it is asked for first.
    fn acting<P: ConsolePort>(self, port: &P, next: &str) -> Result<String, Turn> {
        let name = self.0.filter(|name| port.is_name(name));
        name.ok_or_else(|| Turn::To(format!("/operator?next={}", place(next))))
    }
}

/// A place of this console to go on to; its first page if the text is anything else.
fn place(text: &str) -> &str {
    let is_plain = |it: char| it.is_ascii_alphanumeric() || matches!(it, '/' | '-' | '_');
    let is_here = text.starts_with('/') && !text.starts_with("//") && text.chars().all(is_plain);
    if is_here { text } else { "/" }
}

type Asked = Query<Vec<(String, String)>>;

/// What an address asks for under a name, not longer than it may be.
fn asked_for(asked: &[(String, String)], name: &str) -> String {
    let found = asked.iter().find(|(key, _)| key == name).map(|(_, value)| value.trim());
    found.unwrap_or_default().chars().take(SEARCH_CHARACTERS_MAX).collect()
}

async fn overview<P: ConsolePort>(State(port): State<Arc<P>>, frame: Frame, by: Named) -> Shown {
    let overview = port.overview().await?;
    show(&OverviewPage { frame: &frame, desk: &by.desk(port.as_ref()), overview: &overview })
}

async fn operator<P: ConsolePort>(
    State(port): State<Arc<P>>,
    frame: Frame,
    by: Named,
    Query(asked): Asked,
) -> Shown {
    let next = asked_for(&asked, "next");
    let desk = by.desk(port.as_ref());
    show(&OperatorPage { frame: &frame, desk: &desk, next: place(&next), refused: None })
}

/// Keeps the name for as long as the browser runs.
async fn sign_in<P: ConsolePort>(
    State(port): State<Arc<P>>,
    frame: Frame,
    by: Named,
    Posted(fields): Posted,
) -> Shown {
    let (name, next) = (fields.text("name"), place(fields.text("next")));
    if !port.is_name(name) {
        let (frame, desk) = (&frame, &by.desk(port.as_ref()));
        let shown = show(&OperatorPage { frame, desk, next, refused: Some(name) });
        return shown.map(|page| (StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    }
    let secure = if frame.places.of(frame.site).starts_with("https:") { "; Secure" } else { "" };
    let value = BASE32_NOPAD.encode(name.as_bytes());
    let cookie = format!("{OPERATOR}={value}; Path=/; HttpOnly; SameSite=Strict{secure}");
    Ok(([(header::SET_COOKIE, cookie)], go(next)?).into_response())
}

async fn requests<P: ConsolePort>(
    State(port): State<Arc<P>>,
    frame: Frame,
    by: Named,
    Query(asked): Asked,
) -> Shown {
    let all = asked_for(&asked, "all") == "yes";
    let rows = port.requests(all).await?;
    show(&RequestsPage { frame: &frame, desk: &by.desk(port.as_ref()), rows: &rows, all })
}

async fn request<P: ConsolePort>(
    State(port): State<Arc<P>>,
    frame: Frame,
    by: Named,
    Path(id): Path<String>,
) -> Shown {
    let file = port.request(&id).await?;
    show(&RequestPage { frame: &frame, desk: &by.desk(port.as_ref()), file: &file })
}

async fn approve<P: ConsolePort>(
    State(port): State<Arc<P>>,
    by: Named,
    Path(id): Path<String>,
    Posted(fields): Posted,
) -> Shown {
    let page = format!("/requests/{id}");
    let by = by.acting(port.as_ref(), &page)?;
    let (name, city) = (fields.text("name"), fields.text("city"));
    let listed = match (name.is_empty(), city.is_empty()) {
        (true, true) => None,
        (false, false) => Some(Listed { name: name.to_owned(), city: city.to_owned() }),
        _ => return Err(Problem::Unlisted.into()),
    };
    port.approve(&id, listed, &by).await?;
    go(&page)
}

async fn refuse<P: ConsolePort>(
    State(port): State<Arc<P>>,
    by: Named,
    Path(id): Path<String>,
    Posted(fields): Posted,
) -> Shown {
    let page = format!("/requests/{id}");
    let by = by.acting(port.as_ref(), &page)?;
    let refusal = refusal(&fields).ok_or(Problem::RefusalUnclear)?;
    let message = fields.text("message");
    if message.chars().count() > WORDS_CHARACTERS_MAX {
        return Err(Problem::RefusalUnclear.into());
    }
    let message = (!message.is_empty()).then(|| message.to_owned());
    port.refuse(&id, refusal, message, &by).await?;
    go(&page)
}

/// Either somebody says no, or some answers are not right: not both, and not neither.
fn refusal(fields: &Fields) -> Option<Denial> {
    let unfit = (1..=QUESTIONS_MAX).filter_map(|number| {
        let why = fields.text(&format!("answer-{number}"));
        (!why.is_empty()).then(|| (number, why.to_owned()))
    });
    let unfit: Vec<_> = unfit.collect();
    let is_short = |(_, why): &(u16, String)| why.chars().count() <= WORDS_CHARACTERS_MAX;
    match (fields.text("why"), unfit.is_empty()) {
        ("answers", false) if unfit.iter().all(is_short) => Some(Denial::Answers(unfit)),
        (word, true) => Refuser::parse(word).map(Denial::By),
        _ => None,
    }
}

async fn certificates<P: ConsolePort>(
    State(port): State<Arc<P>>,
    frame: Frame,
    by: Named,
    Query(asked): Asked,
) -> Shown {
    let search = CertificateSearch {
        text: asked_for(&asked, "q"),
        state: CertificateState::parse(&asked_for(&asked, "state")),
        page: asked_for(&asked, "page").parse().unwrap_or(0),
    };
    let found = port.certificates(&search).await?;
    let desk = &by.desk(port.as_ref());
    show(&CertificatesPage { frame: &frame, desk, search: &search, found: &found })
}

async fn certificate<P: ConsolePort>(
    State(port): State<Arc<P>>,
    frame: Frame,
    by: Named,
    Path(thumb): Path<String>,
) -> Shown {
    let file = port.file(&thumb).await?;
    show(&CertificateFilePage { frame: &frame, desk: &by.desk(port.as_ref()), file: &file })
}

async fn pem<P: ConsolePort>(State(port): State<Arc<P>>, Path(thumb): Path<String>) -> Shown {
    let file = port.file(&thumb).await?;
    Ok(pem_file(&thumb, &file.says.der))
}

async fn consequences<P: ConsolePort>(
    State(port): State<Arc<P>>,
    frame: Frame,
    by: Named,
    Path(thumb): Path<String>,
    Query(asked): Asked,
) -> Shown {
    let reason = RevocationReason::parse(&asked_for(&asked, "reason"));
    // Whoever comes back from saying a name has no reason any more, and chooses again.
    let Some(reason) = reason else { return go(&format!("/certificates/{thumb}")) };
    let consequences = port.consequences(&thumb).await?;
    let desk = &by.desk(port.as_ref());
    show(&RevokePage { frame: &frame, desk, consequences: &consequences, reason })
}

async fn revoke<P: ConsolePort>(
    State(port): State<Arc<P>>,
    by: Named,
    Path(thumb): Path<String>,
    Posted(fields): Posted,
) -> Shown {
    let page = format!("/certificates/{thumb}");
    let by = by.acting(port.as_ref(), &page)?;
    let reason = RevocationReason::parse(fields.text("reason")).ok_or(Problem::FormStale)?;
    port.revoke(&thumb, reason, &by).await?;
    go(&page)
}

async fn lists<P: ConsolePort>(State(port): State<Arc<P>>, frame: Frame, by: Named) -> Shown {
    let lists = port.lists().await?;
    show(&ListsPage { frame: &frame, desk: &by.desk(port.as_ref()), lists: &lists })
}

async fn publish<P: ConsolePort>(State(port): State<Arc<P>>, by: Named, _: Posted) -> Shown {
    let by = by.acting(port.as_ref(), "/lists")?;
    port.publish(&by).await?;
    go("/lists")
}

async fn audit<P: ConsolePort>(
    State(port): State<Arc<P>>,
    frame: Frame,
    by: Named,
    Query(asked): Asked,
) -> Shown {
    let before = asked_for(&asked, "before").parse().ok();
    let search = TrailSearch { about: asked_for(&asked, "about"), before };
    let trail = port.trail(&search).await?;
    let verdict = match asked_for(&asked, "verify").as_str() {
        "yes" => Some(port.verify().await?),
        _ => None,
    };
    let (desk, verdict) = (&by.desk(port.as_ref()), verdict.as_ref());
    show(&AuditPage { frame: &frame, desk, search: &search, trail: &trail, verdict })
}
