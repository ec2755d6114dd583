//! A visitor of the sites, as a browser is one.
#![allow(dead_code, unreachable_pub, reason = "shared by the tests of sites")]

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Method, Request, Response, StatusCode, header};
use openset_web::words::Tongue;
use tower::ServiceExt as _;

use crate::stage::{SESSION, Stage};

/// A visitor with a cookie jar.
pub struct Visitor {
    router: Router,
    host: String,
    pub cookies: BTreeMap<String, String>,
    pub fetched_from: &'static str,
}

impl Visitor {
    pub fn of(stage: &Arc<Stage>, site: &str) -> Self {
        let host = match site {
            "home" => "localhost:7180".to_owned(),
            other => format!("{other}.localhost:7180"),
        };
        Self::at(stage.site(site), &host)
    }

    /// A visitor of what stands behind a router.
    pub fn at(router: Router, host: &str) -> Self {
        let (host, cookies) = (host.to_owned(), BTreeMap::new());
        Self { router, host, cookies, fetched_from: "same-origin" }
    }

    pub fn speaking(mut self, tongue: Tongue) -> Self {
        self.cookies.insert("lang".to_owned(), tongue.tag().to_owned());
        self
    }

    pub fn unlocked(mut self) -> Self {
        self.cookies.insert("wallet-session".to_owned(), SESSION.to_owned());
        self
    }

    pub async fn get(&mut self, path: &str) -> Answered {
        self.send(Method::GET, path, Body::empty()).await
    }

    /// Posts a form with the token of a page seen before.
    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answered {
        let token = self.token();
        let mut all = vec![("token", token.as_str())];
        all.extend(fields);
        self.post_bare(path, &all).await
    }

    pub async fn post_bare(&mut self, path: &str, fields: &[(&str, &str)]) -> Answered {
        let pairs = fields.iter().map(|(name, value)| format!("{name}={}", escaped(value)));
        let body = pairs.collect::<Vec<_>>().join("&");
        self.send(Method::POST, path, Body::from(body)).await
    }

    fn token(&self) -> String {
        let token = self.cookies.iter().find(|(name, _)| name.ends_with("-token"));
        token.map(|(_, value)| value.clone()).unwrap_or_default()
    }

    pub async fn send(&mut self, method: Method, path: &str, body: Body) -> Answered {
        let cookies: Vec<_> = self.cookies.iter().map(|(k, v)| format!("{k}={v}")).collect();
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::HOST, &self.host)
            .header(header::COOKIE, cookies.join("; "))
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header("sec-fetch-site", self.fetched_from)
            .body(body)
            .expect("a request");
        let response = self.router.clone().oneshot(request).await.expect("an answer");
        self.keep(&response);
        Answered::read(response).await
    }

    fn keep(&mut self, response: &Response<Body>) {
        for cookie in response.headers().get_all(header::SET_COOKIE) {
            let cookie = cookie.to_str().expect("text").split(';').next().unwrap_or_default();
            let (name, value) = cookie.split_once('=').expect("a name and a value");
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
    }
}

pub fn escaped(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

/// What came back.
pub struct Answered {
    pub status: StatusCode,
    headers: HeaderMap,
    pub text: String,
}

impl Answered {
    async fn read(response: Response<Body>) -> Self {
        let (parts, body) = response.into_parts();
        let octets = to_bytes(body, usize::MAX).await.expect("a body");
        let text = String::from_utf8_lossy(&octets).into_owned();
        Self { status: parts.status, headers: parts.headers, text }
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    pub fn leads_to(&self, path: &str) {
        assert_eq!(self.status, StatusCode::SEE_OTHER, "{}", self.text);
        assert_eq!(self.header("location"), path);
    }
}
