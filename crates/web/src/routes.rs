//! The sites, as routers over the ports.
//!
//! Every site stands behind the same threshold: the visitor's language and theme, a token that
//! every form must carry, a check that a post comes from the site itself, and the headers that
//! keep a page from loading or being framed by anything else. Posts redirect, so that a reload
//! never does a thing twice. Which host leads to which router is for the caller to say.

mod acquirer;
mod application;
mod authorities;
mod bank;
mod certificates;
mod console;
mod form;
mod gateway;
mod home;
mod inspector;
mod issuer;
mod merchant;
mod shop;
mod threshold;
mod wallet;

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::Path;
use axum::http::{HeaderName, StatusCode, header};
use axum::middleware;
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::get;

pub use self::acquirer::acquirer;
pub use self::console::console;
pub use self::gateway::gateway;
pub use self::home::home;
pub use self::issuer::issuer;
pub use self::merchant::merchant;
pub use self::shop::shop;
pub use self::wallet::{unopened, wallet, wallet_alone};

use self::threshold::{Origins, Threshold, threshold};
use crate::assets::{self, Asset};
use crate::dress::Dress;
use crate::frame::{Anchor, Places, Site};
use crate::ports::Chance;
use crate::problem::Problem;

/// What all sites share.
#[derive(Clone)]
pub struct House {
    /// The trust anchor, for the strip on every page.
    pub anchor: Arc<Anchor>,
    /// The dress of the bank whose site this is, if it has one.
    pub dress: Option<Arc<Dress>>,
    /// Where the sites are by host name.
    pub named: Arc<Places>,
    /// Where they are by port, for browsers that do not resolve the names.
    pub numbered: Arc<Places>,
    /// Where tokens come from.
    pub chance: Arc<dyn Chance>,
}

impl House {
    /// The places as somebody reaches them who asked a site by this `Host`.
    fn places(&self, site: Site, host: &str) -> Arc<Places> {
        let leads_here = |places: &Places| {
            places.of(site).split_once("://").is_some_and(|(_, authority)| authority == host)
        };
        if leads_here(&self.numbered) { self.numbered.clone() } else { self.named.clone() }
    }
}

/// A page, or what stands in its way.
type Shown = Result<Response, Turn>;

/// Why a route shows something else than its page.
enum Turn {
    /// There is a problem to tell of.
    Trouble(Problem),
    /// Another page comes first.
    To(String),
}

impl From<Problem> for Turn {
    fn from(problem: Problem) -> Self {
        Self::Trouble(problem)
    }
}

impl IntoResponse for Turn {
    fn into_response(self) -> Response {
        match self {
            Self::Trouble(problem) => trouble(problem),
            Self::To(path) => Redirect::to(&path).into_response(),
        }
    }
}

/// A response without a page; the threshold writes it in the visitor's language.
fn trouble(problem: Problem) -> Response {
    let status = StatusCode::from_u16(problem.status()).unwrap_or(StatusCode::BAD_REQUEST);
    let mut response = status.into_response();
    response.extensions_mut().insert(problem);
    response
}

/// Renders a page.
fn show(page: &impl Template) -> Shown {
    match page.render() {
        Ok(html) => Ok(Html(html).into_response()),
        Err(error) => {
            tracing::error!(%error, "a page did not render");
            Err(Problem::Unavailable.into())
        }
    }
}

/// Goes on to another page of the same site after a post.
fn go(path: &str) -> Shown {
    Ok(Redirect::to(path).into_response())
}

/// Shows a form again that was filled in wrongly.
fn wrong(shown: Shown) -> Shown {
    shown.map(|response| (StatusCode::UNPROCESSABLE_ENTITY, response).into_response())
}

/// Lets the browser ask again by itself, without a script.
fn refreshing(seconds: u32, shown: Shown) -> Shown {
    const REFRESH: HeaderName = HeaderName::from_static("refresh");
    shown.map(|response| ([(REFRESH, seconds.to_string())], response).into_response())
}

/// A file to keep.
fn file(name: &str, media_type: &'static str, octets: Vec<u8>) -> Response {
    let kept = |it: &char| it.is_ascii_alphanumeric() || matches!(it, '.' | '-' | '_');
    let name: String = name.chars().filter(kept).collect();
    let disposition = format!("attachment; filename=\"{name}\"");
    let headers =
        [(header::CONTENT_TYPE, media_type.to_owned()), (header::CONTENT_DISPOSITION, disposition)];
    (headers, octets).into_response()
}

/// Puts a site's routes behind its threshold.
fn behind(house: &House, site: Site, origins: Origins, routes: Router) -> Router {
    let state = Threshold { house: house.clone(), site, origins };
    routes
        .method_not_allowed_fallback(async || trouble(Problem::WrongMethod))
        .layer(middleware::from_fn_with_state(state, threshold))
}

/// A whole host: the routes of its site, the assets, and a page for every other address.
fn host(house: &House, site: Site, routes: Router) -> Router {
    let dress = house.dress.clone();
    let asset = async move |Path(name): Path<String>| {
        let worn = dress.as_ref().and_then(|dress| dress.find(&name));
        asset(assets::find(&name).or(worn))
    };
    let rest = Router::new()
        .route("/assets/{name}", get(asset))
        .fallback(async || trouble(Problem::NotFound));
    behind(house, site, Origins::Own, rest).merge(behind(house, site, Origins::Own, routes))
}

fn asset(asset: Option<&Asset>) -> Response {
    let Some(asset) = asset else { return trouble(Problem::NotFound) };
    let headers = [
        (header::CONTENT_TYPE, asset.media_type),
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
    ];
    (headers, asset.octets.clone()).into_response()
}
