//! Accepts connections and brings each request to its site.

use std::{convert::Infallible, error::Error, net::SocketAddr, sync::Arc, time::Instant};

use axum::{
    body::{Body, Bytes},
    extract::ConnectInfo,
    http::{HeaderValue, Request, Response, StatusCode, header},
    response::IntoResponse,
};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    net::{TcpListener, TcpStream},
    task::JoinSet,
    time::{sleep, timeout},
};
use tower::ServiceExt;

use super::{
    connections::{Limits, Place, Places},
    site::{Doors, Site},
};
use crate::{fault::Fault, measure, shutdown::Stop};

/// How long to wait when the machine has no socket left to accept with.
const ACCEPT_PAUSE: std::time::Duration = std::time::Duration::from_millis(50);
/// How much of a request's head is kept while it comes in.
const HEAD_OCTETS_MAX: usize = 16 * 1024;
/// The most header fields a request has.
const FIELDS_MAX: usize = 64;

/// A server with its ports open.
#[derive(Debug)]
pub struct Server {
    ports: Vec<(TcpListener, Arc<Doors>)>,
    limits: Limits,
}

impl Server {
    /// A server without ports.
    pub fn new(limits: Limits) -> Self {
        Self { ports: Vec::new(), limits }
    }

    /// Opens a port. Port 0 takes any that is free; what it became is returned.
    pub async fn open(&mut self, at: SocketAddr, doors: Doors) -> Result<SocketAddr, Fault> {
        let socket_fault = |error: std::io::Error| Fault::Socket(error.kind());
        let listener = TcpListener::bind(at).await.map_err(socket_fault)?;
        let opened = listener.local_addr().map_err(socket_fault)?;
        self.ports.push((listener, Arc::new(doors)));
        Ok(opened)
    }

    /// Serves until asked to stop, then lets open connections finish for a while.
    pub async fn serve(self, stop: Stop) {
        let places = Places::new(self.limits.connections_max, self.limits.peer_connections_max);
        let mut accepting = JoinSet::new();
        for (listener, doors) in self.ports {
            let port = Port { doors, limits: self.limits, places: places.clone() };
            accepting.spawn(accept_all(listener, Arc::new(port), stop.clone()));
        }
        while accepting.join_next().await.is_some() {}
    }
}

/// What the connections of one port share.
struct Port {
    doors: Arc<Doors>,
    limits: Limits,
    places: Places,
}

async fn accept_all(listener: TcpListener, port: Arc<Port>, mut stop: Stop) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            () = stop.asked() => break,
            Some(_) = connections.join_next() => {}
            accepted = listener.accept() => match accepted {
                Ok((stream, peer)) => {
                    let Some(place) = port.places.take(peer.ip()) else { continue };
                    let port = Arc::clone(&port);
                    connections.spawn(serve_one(stream, peer, place, port, stop.clone()));
                }
                Err(error) => {
                    tracing::warn!(%error, open = port.places.count(), "not accepted");
                    sleep(ACCEPT_PAUSE).await;
                }
            },
        }
    }
    drop(listener);
    let all = async { while connections.join_next().await.is_some() {} };
    if timeout(port.limits.farewell, all).await.is_err() {
        tracing::warn!("connections were still open and are cut");
    }
}

async fn serve_one(
    stream: TcpStream,
    peer: SocketAddr,
    place: Place,
    port: Arc<Port>,
    mut stop: Stop,
) {
    // Answers are small and wait for nothing.
    let _ = stream.set_nodelay(true);
    let limits = port.limits;
    let service = service_fn(|request| {
        let port = &port;
        let place = &place;
        async move {
            let response = answer(request, peer, port, place).await;
            place.end();
            Ok::<_, Infallible>(response)
        }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.head)
        .max_buf_size(HEAD_OCTETS_MAX)
        .max_headers(FIELDS_MAX)
        .serve_connection(TokioIo::new(stream), service);
    tokio::pin!(connection);
    tokio::select! {
        _ = connection.as_mut() => return,
        () = place.must_leave() => if !place.is_answering() { return },
        () = stop.asked() => {}
        () = sleep(limits.life) => {}
    }
    connection.as_mut().graceful_shutdown();
    // A peer that does not read its last response is not waited for.
    let _ = timeout(limits.answer, connection).await;
}

/// Answers one request, and measures it.
async fn answer(
    request: Request<Incoming>,
    peer: SocketAddr,
    port: &Port,
    place: &Place,
) -> Response<Body> {
    let begun = Instant::now();
    let Some(site) = port.doors.site_for(request.uri(), request.headers()) else {
        measure::request("none", StatusCode::MISDIRECTED_REQUEST.as_u16(), begun.elapsed());
        return closing(StatusCode::MISDIRECTED_REQUEST);
    };
    let response = match read(request, &site, &port.limits).await {
        Ok(mut request) => {
            // Whoever sends a body slowly waits as those do who send nothing.
            place.begin();
            request.extensions_mut().insert(ConnectInfo(peer));
            let answering = site.router.clone().oneshot(request);
            match timeout(port.limits.answer, answering).await {
                Ok(Ok(response)) => response,
                Err(_) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
            }
        }
        Err(status) => closing(status),
    };
    measure::request(site.name, response.status().as_u16(), begun.elapsed());
    response
}

/// Reads the body, if it is small and comes in time.
async fn read<B>(
    request: Request<B>,
    site: &Site,
    limits: &Limits,
) -> Result<Request<Body>, StatusCode>
where
    B: hyper::body::Body<Data = Bytes>,
    B::Error: Into<Box<dyn Error + Send + Sync>>,
{
    let (head, body) = request.into_parts();
    let announced = head
        .headers
        .get(header::CONTENT_LENGTH)
        .and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    if announced.is_some_and(|octets| octets > site.body_octets_max as u64) {
        return Err(StatusCode::PAYLOAD_TOO_LARGE);
    }
    let reading = Limited::new(body, site.body_octets_max).collect();
    let body = timeout(limits.body, reading)
        .await
        .map_err(|_| StatusCode::REQUEST_TIMEOUT)?
        .map_err(|error| status_of(error.as_ref()))?;
    Ok(Request::from_parts(head, Body::from(body.to_bytes())))
}

fn status_of(error: &(dyn Error + Send + Sync + 'static)) -> StatusCode {
    if error.is::<LengthLimitError>() {
        StatusCode::PAYLOAD_TOO_LARGE
    } else {
        StatusCode::BAD_REQUEST
    }
}

/// A response after which the connection ends, because the rest of the request was not read.
fn closing(status: StatusCode) -> Response<Body> {
    let mut response = status.into_response();
    response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    response
}

#[cfg(test)]
mod tests {
    use std::{
        pin::Pin,
        sync::atomic::{AtomicUsize, Ordering},
        task::{Context, Poll},
    };

    use axum::Router;
    use hyper::body::Frame;

    use super::*;

    /// What a site takes here, and what comes in one piece.
    const OCTETS_MAX: usize = 1_000;
    const PIECE: usize = 300;

    /// A body that never ends, and counts what is read of it.
    struct Endless(Arc<AtomicUsize>);

    impl hyper::body::Body for Endless {
        type Data = Bytes;
        type Error = Infallible;

        fn poll_frame(
            self: Pin<&mut Self>,
            _: &mut Context<'_>,
        ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
            self.0.fetch_add(PIECE, Ordering::SeqCst);
            Poll::Ready(Some(Ok(Frame::data(Bytes::from_static(&[b'x'; PIECE])))))
        }
    }

    /// The answer to an endless body, and how many octets of it were read.
    async fn refused(announced: Option<&str>) -> (StatusCode, usize) {
        let count = Arc::new(AtomicUsize::new(0));
        let mut request = Request::new(Endless(Arc::clone(&count)));
        if let Some(length) = announced {
            let length = HeaderValue::from_str(length).expect("digits");
            request.headers_mut().insert(header::CONTENT_LENGTH, length);
        }
        let site = Site::new("shop", "shop.localhost", Router::new()).with_bodies_up_to(OCTETS_MAX);
        let status = read(request, &site, &Limits::default()).await.expect_err("too long");
        (status, count.load(Ordering::SeqCst))
    }

    #[tokio::test]
    async fn of_an_announced_oversize_nothing_is_read() {
        // Abuse case 23.
        for length in ["1001", "1073741824", "4294967295", "9223372036854775807"] {
            let expected = (StatusCode::PAYLOAD_TOO_LARGE, 0);
            assert_eq!(refused(Some(length)).await, expected, "{length}");
        }
    }

    #[tokio::test]
    async fn an_oversize_that_was_not_announced_is_read_up_to_the_limit() {
        let (status, read) = refused(None).await;
        assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE);
        assert!(read <= OCTETS_MAX + PIECE, "{read} octets were read");
    }
}
