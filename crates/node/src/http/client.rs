//! Asks other parties over HTTP: the same octets as often as it takes, and never in clear beyond
//! this machine.

use std::{
    fmt, iter,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    task::{Context, Poll},
    time::Duration,
};

use axum::{
    body::Bytes,
    http::{HeaderValue, Request, StatusCode, Uri, header},
};
use http_body_util::{BodyExt, Full, Limited};
use hyper_util::{
    client::legacy::{
        Client as Pool,
        connect::{HttpConnector, dns::Name},
    },
    rt::{TokioExecutor, TokioTimer},
};
use openset_types::Secret;
use tokio::time::timeout;
use tower::Service;

use super::media::Media;
use crate::trace::{self, Trace};

/// Why a question has no answer yet. All but the first three may pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Unanswered {
    /// The address is not one.
    NoAddress,
    /// The address is in clear and not on this machine.
    PlainHttpAbroad,
    /// The address asks for TLS, which this build does not speak.
    TlsUnspoken,
    /// What came back is not a message of the media type we asked in.
    OtherMedia,
    /// The other side said a status that is not 200.
    Status(u16),
    /// Nobody answered in time.
    TimedOut,
    /// What came back is longer than any message.
    TooLong,
    /// Nobody is there, or the connection broke.
    Unreachable,
}

impl Unanswered {
    /// Whether it makes no sense to ask this address again.
    pub fn is_final(self) -> bool {
        matches!(self, Self::NoAddress | Self::PlainHttpAbroad | Self::TlsUnspoken)
    }
}

impl fmt::Display for Unanswered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoAddress => f.write_str("not an address"),
            Self::PlainHttpAbroad => f.write_str("in clear to another machine is refused"),
            Self::TlsUnspoken => f.write_str("an address under TLS cannot be asked"),
            Self::OtherMedia => f.write_str("the answer has another media type"),
            Self::Status(status) => write!(f, "answered with status {status}"),
            Self::TimedOut => f.write_str("no answer in time"),
            Self::TooLong => f.write_str("the answer is too long"),
            Self::Unreachable => f.write_str("nobody is there"),
        }
    }
}

impl std::error::Error for Unanswered {}

/// A client with a pool of connections, to be shared.
#[derive(Debug, Clone)]
pub struct Client {
    pool: Pool<HttpConnector<Loopback>, Full<Bytes>>,
    answer: Duration,
    octets_max: usize,
}

impl Client {
    /// A client that waits so long for an answer of so many octets.
    pub fn new(answer: Duration, octets_max: usize) -> Self {
        let mut connector = HttpConnector::new_with_resolver(Loopback);
        connector.set_nodelay(true);
        connector.set_connect_timeout(Some(CONNECT));
        let pool = Pool::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(IDLE)
            .build(connector);
        Self { pool, answer, octets_max }
    }

    /// Posts a SET message and gives the message that answers it.
    pub async fn ask(
        &self,
        url: &str,
        media: Media,
        message: Vec<u8>,
    ) -> Result<Vec<u8>, Unanswered> {
        let (answered, octets) = self.post(url, media.header(), message).await?;
        let said = answered.as_ref().and_then(Media::parse);
        if said == Some(media) { Ok(octets) } else { Err(Unanswered::OtherMedia) }
    }

    /// Posts a document of any media type and gives what came back with status 200, and its
    /// media type.
    pub async fn post(
        &self,
        url: &str,
        media: HeaderValue,
        document: Vec<u8>,
    ) -> Result<(Option<HeaderValue>, Vec<u8>), Unanswered> {
        let mut request = Request::post(address(url)?).header(header::CONTENT_TYPE, media);
        if let Some(trace) = Trace::current() {
            request = request.header(trace::FIELD, trace.field());
        }
        let request = request.body(Full::from(document)).map_err(|_| Unanswered::NoAddress)?;
        timeout(self.answer, self.send(request)).await.map_err(|_| Unanswered::TimedOut)?
    }

    /// Posts a secret document in JSON to whoever is to see a bearer token (RFC 6750), and gives
    /// the JSON that came back with status 200.
    pub async fn post_json(
        &self,
        url: &str,
        bearer: &Secret,
        document: Secret,
    ) -> Result<Vec<u8>, Unanswered> {
        let token = [b"Bearer ", bearer.expose()].concat();
        let mut token = HeaderValue::from_bytes(&token).map_err(|_| Unanswered::NoAddress)?;
        token.set_sensitive(true);
        let request = Request::post(address(url)?)
            .header(header::CONTENT_TYPE, JSON)
            .header(header::ACCEPT, JSON)
            .header(header::AUTHORIZATION, token)
            .body(Full::from(Bytes::from_owner(Wiped(document))))
            .map_err(|_| Unanswered::NoAddress)?;
        let answered = timeout(self.answer, self.send(request)).await;
        let (media, octets) = answered.map_err(|_| Unanswered::TimedOut)??;
        let media = media.as_ref().and_then(|media| media.to_str().ok()).unwrap_or_default();
        let essence = media.split(';').next().unwrap_or_default().trim();
        let is_json = essence.eq_ignore_ascii_case(JSON);
        if is_json { Ok(octets) } else { Err(Unanswered::OtherMedia) }
    }

    /// Fetches a document of any media type that is there with status 200.
    pub async fn get(&self, url: &str) -> Result<Vec<u8>, Unanswered> {
        let request =
            Request::get(address(url)?).body(Full::default()).map_err(|_| Unanswered::NoAddress)?;
        let answered = timeout(self.answer, self.send(request)).await;
        answered.map_err(|_| Unanswered::TimedOut)?.map(|(_, document)| document)
    }

    async fn send(
        &self,
        request: Request<Full<Bytes>>,
    ) -> Result<(Option<HeaderValue>, Vec<u8>), Unanswered> {
        let response = self.pool.request(request).await.map_err(|error| {
            tracing::debug!(%error, "a question was not delivered");
            Unanswered::Unreachable
        })?;
        let (head, body) = response.into_parts();
        if head.status != StatusCode::OK {
            return Err(Unanswered::Status(head.status.as_u16()));
        }
        let body = Limited::new(body, self.octets_max).collect().await.map_err(|error| {
            if error.is::<http_body_util::LengthLimitError>() {
                Unanswered::TooLong
            } else {
                Unanswered::Unreachable
            }
        })?;
        let media = head.headers.get(header::CONTENT_TYPE).cloned();
        Ok((media, body.to_bytes().into()))
    }
}

/// A document that is wiped when it was sent.
struct Wiped(Secret);

impl AsRef<[u8]> for Wiped {
    fn as_ref(&self) -> &[u8] {
        self.0.expose()
    }
}

const JSON: &str = "application/json";
/// How long a connection may take to be made.
const CONNECT: Duration = Duration::from_secs(3);
/// How long an unused connection is kept: less than our own server keeps it.
const IDLE: Duration = Duration::from_secs(5);

/// Reads an address that may be asked.
pub fn address(url: &str) -> Result<Uri, Unanswered> {
    let uri: Uri = url.parse().map_err(|_| Unanswered::NoAddress)?;
    let host = uri.host().ok_or(Unanswered::NoAddress)?;
    match uri.scheme_str() {
        Some("http") if is_here(host) => Ok(uri),
        Some("http") => Err(Unanswered::PlainHttpAbroad),
        Some("https") => Err(Unanswered::TlsUnspoken),
        _ => Err(Unanswered::NoAddress),
    }
}

/// Whether a host is this machine: a loopback address, or a name under `localhost` (RFC 6761).
fn is_here(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    bare.parse::<IpAddr>().map_or_else(|_| is_localhost(host), |address| address.is_loopback())
}

fn is_localhost(host: &str) -> bool {
    let host = host.to_ascii_lowercase();
    host == "localhost" || host.ends_with(".localhost")
}

/// Finds names under `localhost` without asking anybody, and no other name.
#[derive(Debug, Clone, Copy)]
struct Loopback;

impl Service<Name> for Loopback {
    type Response = iter::Once<SocketAddr>;
    type Error = Unanswered;
    type Future = std::future::Ready<Result<Self::Response, Unanswered>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Unanswered>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, name: Name) -> Self::Future {
        let found = is_localhost(name.as_str())
            .then(|| iter::once(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))))
            .ok_or(Unanswered::PlainHttpAbroad);
        std::future::ready(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_on_this_machine_may_be_asked() {
        for url in [
            "http://localhost:7180/set",
            "http://gateway.localhost:7180/set",
            "http://127.0.0.1/set",
            "http://127.8.9.10:80/set",
            "http://[::1]:7180/set",
        ] {
            assert!(address(url).is_ok(), "{url}");
        }
    }

    #[test]
    fn addresses_in_clear_on_other_machines_may_not() {
        for url in [
            "http://gateway.example/set",
            "http://192.168.1.1/set",
            "http://localhost.evil.example/set",
            "http://notlocalhost/set",
            "http://0.0.0.0/set",
            "http://[::ffff:10.0.0.1]/set",
        ] {
            assert_eq!(address(url), Err(Unanswered::PlainHttpAbroad), "{url}");
        }
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for url in
            ["", "/set", "javascript:alert(1)", "file:///etc/passwd", "ftp://localhost/", "http://"]
        {
            assert_eq!(address(url), Err(Unanswered::NoAddress), "{url}");
        }
        assert_eq!(address("https://gateway.example/set"), Err(Unanswered::TlsUnspoken));
    }

    #[tokio::test]
    async fn a_question_abroad_is_refused_before_anything_is_sent() {
        let client = Client::new(Duration::from_secs(1), 100);
        let asked = client.ask("http://192.0.2.1/set", Media::Payment, vec![1]).await;
        assert_eq!(asked, Err(Unanswered::PlainHttpAbroad));
        assert!(Unanswered::PlainHttpAbroad.is_final());
    }
}
