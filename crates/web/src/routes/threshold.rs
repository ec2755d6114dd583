//! The threshold of every site: who comes in which language, from where, and what may load.

use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use data_encoding::BASE32_NOPAD;

use super::{House, show, trouble};
use crate::frame::{Frame, Site, Theme};
use crate::pages::{Trouble, WalletTrouble};
use crate::problem::Problem;
use crate::words::{Tongue, Words};

/// Whose posts a route takes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Origins {
    /// Anybody's: what comes is treated as untrusted.
    Any,
    /// Its own pages' only.
    Own,
}

/// What the threshold of a site knows.
#[derive(Clone)]
pub(super) struct Threshold {
    pub(super) house: House,
    pub(super) site: Site,
    pub(super) origins: Origins,
}

/// Another origin to which the forms of this one page may lead.
#[derive(Clone)]
pub(super) struct FormTarget(pub(super) String);

impl<S: Send + Sync> FromRequestParts<S> for Frame {
    type Rejection = StatusCode;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, StatusCode> {
        parts.extensions.get::<Self>().cloned().ok_or(StatusCode::INTERNAL_SERVER_ERROR)
    }
}

/// Every request passes here, and every response on its way out.
pub(super) async fn threshold(
    State(threshold): State<Threshold>,
    mut request: Request,
    next: Next,
) -> Response {
    let visit = Visit::read(&threshold, &request);
    let reading = matches!(*request.method(), Method::GET | Method::HEAD);
    let response = if reading && visit.switched {
        Redirect::to(&visit.frame.path).into_response()
    } else if !reading && threshold.origins == Origins::Own && !comes_from_here(request.headers()) {
        trouble(Problem::FormStale)
    } else {
        request.extensions_mut().insert(visit.frame.clone());
        next.run(request).await
    };
    visit.dress(told(&visit.frame, response))
}

/// Writes the page of a problem, if there is one.
fn told(frame: &Frame, mut response: Response) -> Response {
    let Some(problem) = response.extensions_mut().remove::<Problem>() else { return response };
    let page = if frame.site == Site::Wallet {
        show(&WalletTrouble { frame, problem })
    } else {
        show(&Trouble { frame, problem })
    };
    let Ok(mut page) = page else { return response };
    *page.status_mut() = response.status();
    page
}

/// What a request says about its visitor.
struct Visit {
    frame: Frame,
    /// Whether the address asked for another language or theme.
    switched: bool,
    cookies: Vec<String>,
}

impl Visit {
    fn read(threshold: &Threshold, request: &Request) -> Self {
        let Threshold { house, site, .. } = threshold;
        let headers = request.headers();
        let (path, asked) = asked_for(request.uri());
        let tongue = asked.tongue.or_else(|| cookie(headers, "lang").and_then(Tongue::parse));
        let tongue =
            tongue.unwrap_or_else(|| Tongue::accepted(text(headers, header::ACCEPT_LANGUAGE)));
        let tongue = house.dress.as_ref().map_or(tongue, |dress| dress.spoken(tongue));
        let theme = asked.theme.or_else(|| cookie(headers, "theme").and_then(Theme::parse));
        let token_name = format!("{}-token", site.id());
        let known = cookie(headers, &token_name).filter(|token| is_token(token));
        let places = house.places(*site, text(headers, header::HOST));
        let secure = if places.of(*site).starts_with("https:") { "; Secure" } else { "" };
        let set = |name: &str, value: &str, rest: &str| {
            format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax{secure}{rest}")
        };
        let mut cookies = Vec::new();
        let token = known.map(str::to_owned).unwrap_or_else(|| {
            let token = BASE32_NOPAD.encode(&house.chance.draw());
            cookies.push(set(&token_name, &token, ""));
            token
        });
        let year = "; Max-Age=31536000";
        cookies.extend(asked.tongue.map(|tongue| set("lang", tongue.tag(), year)));
        cookies.extend(asked.theme.map(|theme| set("theme", theme.id(), year)));
        let frame = Frame {
            say: Words::of(tongue),
            theme: theme.unwrap_or(Theme::Auto),
            site: *site,
            places,
            anchor: house.anchor.clone(),
            dress: house.dress.clone(),
            path,
            token,
        };
        Self { frame, switched: asked.tongue.is_some() || asked.theme.is_some(), cookies }
    }

    /// Adds the headers that every response carries.
    fn dress(&self, mut response: Response) -> Response {
        let target = response.extensions_mut().remove::<FormTarget>();
        let target = target.map(|FormTarget(origin)| format!(" {origin}")).unwrap_or_default();
        let policy = format!(
            "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; \
             connect-src 'self'; form-action 'self'{target}; frame-ancestors 'none'; \
             base-uri 'none'"
        );
        let headers = response.headers_mut();
        if let Ok(policy) = HeaderValue::from_str(&policy) {
            headers.insert(header::CONTENT_SECURITY_POLICY, policy);
        }
        for (name, value) in HEADERS {
            headers.insert(name, HeaderValue::from_static(value));
        }
        if !headers.contains_key(header::CACHE_CONTROL) {
            headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
            for cookie in &self.cookies {
                if let Ok(cookie) = HeaderValue::from_str(cookie) {
                    headers.append(header::SET_COOKIE, cookie);
                }
            }
        }
        response
    }
}

const HEADERS: [(header::HeaderName, &str); 4] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "same-origin"),
    (header::VARY, "Cookie, Accept-Language"),
];

/// The language and theme an address asks for.
#[derive(Default)]
struct Asked {
    tongue: Option<Tongue>,
    theme: Option<Theme>,
}

/// Splits an address into the place itself and the switches on it.
fn asked_for(uri: &Uri) -> (String, Asked) {
    let mut asked = Asked::default();
    let mut kept = Vec::new();
    for pair in uri.query().unwrap_or_default().split('&').filter(|pair| !pair.is_empty()) {
        match pair.split_once('=') {
            Some(("lang", tag)) => asked.tongue = Tongue::parse(tag),
            Some(("theme", theme)) => asked.theme = Theme::parse(theme),
            _ => kept.push(pair),
        }
    }
    // A path that begins with two slashes would name a host.
    let path = format!("/{}", uri.path().trim_start_matches('/'));
    if kept.is_empty() { (path, asked) } else { (format!("{path}?{}", kept.join("&")), asked) }
}

/// Whether the browser says that one of our own pages sent this. A client that says nothing is
/// no browser; the token in the form still has to be right.
fn comes_from_here(headers: &HeaderMap) -> bool {
    if let Some(site) = headers.get("sec-fetch-site") {
        return site == "same-origin" || site == "none";
    }
    match headers.get(header::ORIGIN).map(HeaderValue::to_str) {
        None => true,
        Some(Ok(origin)) => {
            origin.split_once("://").is_some_and(|(_, host)| host == text(headers, header::HOST))
        }
        Some(Err(_)) => false,
    }
}

/// A header as text; nothing if there is none.
fn text(headers: &HeaderMap, name: header::HeaderName) -> &str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

/// The value of a cookie.
pub(super) fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let pairs =
        text(headers, header::COOKIE).split(';').filter_map(|pair| pair.trim().split_once('='));
    pairs.filter(|(key, _)| *key == name).map(|(_, value)| value).next()
}

/// Whether a cookie looks like a token of ours.
fn is_token(token: &str) -> bool {
    token.len() == 32 && BASE32_NOPAD.decode(token.as_bytes()).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        let pairs = pairs.iter().map(|(name, value)| {
            (header::HeaderName::from_static(name), HeaderValue::from_static(value))
        });
        pairs.collect()
    }

    #[test]
    fn posts_of_other_sites_are_told_from_our_own() {
        for ours in [
            &[("sec-fetch-site", "same-origin")][..],
            &[("sec-fetch-site", "none")],
            &[("origin", "http://wallet.localhost:7180"), ("host", "wallet.localhost:7180")],
            &[],
        ] {
            assert!(comes_from_here(&headers(ours)), "{ours:?}");
        }
        for theirs in [
            &[("sec-fetch-site", "cross-site")][..],
            &[("sec-fetch-site", "same-site")],
            &[("origin", "null"), ("host", "wallet.localhost:7180")],
            &[("origin", "http://evil.localhost:7180"), ("host", "wallet.localhost:7180")],
            &[("origin", "http://wallet.localhost"), ("host", "wallet.localhost:7180")],
        ] {
            assert!(!comes_from_here(&headers(theirs)), "{theirs:?}");
        }
    }

    #[test]
    fn switches_are_taken_off_the_address_and_the_rest_is_kept() {
        let uri = "/orders?q=10&lang=fr&theme=dark".parse().expect("an address");
        let (path, asked) = asked_for(&uri);
        assert_eq!(path, "/orders?q=10");
        assert_eq!((asked.tongue, asked.theme), (Some(Tongue::French), Some(Theme::Dark)));
    }

    #[test]
    fn a_switch_never_leads_to_another_host() {
        let uri = "//evil.example/?lang=fr".parse::<Uri>();
        let (path, _) = asked_for(&uri.unwrap_or_default());
        assert!(!path.starts_with("//"), "{path}");
    }

    #[test]
    fn a_cookie_is_found_by_its_whole_name() {
        let headers = headers(&[("cookie", "xlang=de; lang=fr;theme=dark")]);
        assert_eq!(cookie(&headers, "lang"), Some("fr"));
        assert_eq!(cookie(&headers, "theme"), Some("dark"));
        assert_eq!(cookie(&headers, "ang"), None);
    }
}
