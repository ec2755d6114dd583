//! A visitor of pages over a socket, with cookies and without a script.

use std::{collections::BTreeMap, net::SocketAddr};

use super::post::{Answer, say};

/// Somebody with a browser.
pub(super) struct Visitor {
    at: SocketAddr,
    host: String,
    cookies: BTreeMap<String, String>,
}

impl Visitor {
    /// A visitor of the site with this host name.
    pub(super) fn new(at: SocketAddr, host: String) -> Self {
        Self { at, host, cookies: BTreeMap::new() }
    }

    /// A page as it is shown in the end: redirections are followed.
    pub(super) async fn get(&mut self, path: &str) -> String {
        let mut path = path.to_owned();
        loop {
            let answer = self.send("GET", &path, "").await;
            match answer.field("location") {
                Some(next) => path = next.to_owned(),
                None => return String::from_utf8(answer.body).expect("text"),
            }
        }
    }

    /// Posts a form with the token of a page seen before; gives where it leads.
    pub(super) async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> String {
        let answer = self.tries(path, fields).await;
        let next = answer.field("location").map(str::to_owned);
        next.unwrap_or_else(|| panic!("{path}: {}", String::from_utf8_lossy(&answer.body)))
    }

    /// Posts a form with the token of a page seen before; gives what comes back.
    pub(super) async fn tries(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let token = self.cookies.iter().find(|(name, _)| name.ends_with("-token"));
        let token = token.map(|(_, value)| value.clone()).expect("a page was seen");
        let all = [("token", token.as_str())].into_iter().chain(fields.iter().copied());
        self.forges(path, &all.collect::<Vec<_>>()).await
    }

    /// Posts these fields and no others.
    pub(super) async fn forges(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let body = fields.iter().map(|(name, text)| format!("{name}={}", escaped(text)));
        self.send("POST", path, &body.collect::<Vec<_>>().join("&")).await
    }

    async fn send(&mut self, method: &str, path: &str, body: &str) -> Answer {
        let Self { at, host, cookies } = self;
        let kept: Vec<String> = cookies.iter().map(|(name, it)| format!("{name}={it}")).collect();
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: {host}:{port}\r\nOrigin: http://{host}:{port}\r\n\
             Cookie: {kept}\r\nContent-Type: application/x-www-form-urlencoded\r\n\
             Content-Length: {length}\r\nConnection: close\r\n\r\n{body}",
            port = at.port(),
            kept = kept.join("; "),
            length = body.len(),
        );
        let answer = say(*at, request.as_bytes()).await;
        for cookie in answer.fields("set-cookie") {
            let (name, value) =
                cookie.split(';').next().and_then(|it| it.split_once('=')).expect("a cookie");
            cookies.insert(name.to_owned(), value.to_owned());
        }
        answer
    }
}

impl Answer {
    fn fields<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a str> {
        let lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines.filter(move |(field, _)| field.eq_ignore_ascii_case(name)).map(|(_, text)| text)
    }

    fn field(&self, name: &str) -> Option<&str> {
        self.fields(name).next()
    }
}

fn escaped(text: &str) -> String {
    text.bytes().map(|octet| format!("%{octet:02X}")).collect()
}
