//! Requests written octet by octet, and what came back.

use std::{net::SocketAddr, time::Duration};

use openset_node::http::Media;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

use super::stage::Stage;
use crate::sites::Name;

/// No answer takes longer.
const PATIENCE: Duration = Duration::from_secs(20);

/// What came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Answer {
    /// 0 where nothing came.
    pub(super) status: u16,
    pub(super) head: String,
    pub(super) body: Vec<u8>,
}

impl Answer {
    fn read(octets: &[u8]) -> Self {
        let end = octets.windows(4).position(|four| four == b"\r\n\r\n");
        let (head, body) = end.map_or((octets, [].as_slice()), |at| octets.split_at(at));
        let head = String::from_utf8_lossy(head).into_owned();
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
        let body = body.strip_prefix(b"\r\n\r\n").unwrap_or(body).to_vec();
        Self { status: status.unwrap_or(0), head, body }
    }

    /// Whether a header field says so.
    pub(super) fn says(&self, field: &str, value: &str) -> bool {
        self.head.lines().filter_map(|line| line.split_once(": ")).any(|(name, said)| {
            name.eq_ignore_ascii_case(field) && said.trim().eq_ignore_ascii_case(value)
        })
    }
}

/// Says something to a port and reads until it closes.
pub(super) async fn say(at: SocketAddr, request: &[u8]) -> Answer {
    let mut stream = TcpStream::connect(at).await.expect("the server listens");
    // A server that has refused may close before it has read everything.
    let _ = stream.write_all(request).await;
    hear(&mut stream).await
}

/// Reads an answer until the other side closes.
pub(super) async fn hear(stream: &mut TcpStream) -> Answer {
    let mut octets = Vec::new();
    let _ = timeout(PATIENCE, stream.read_to_end(&mut octets)).await;
    Answer::read(&octets)
}

/// The head of a request for `/set`, its length as given.
pub(super) fn head(host: &str, media: &str, length: usize) -> String {
    format!(
        "POST /set HTTP/1.1\r\nHost: {host}\r\nContent-Type: {media}\r\n\
         Content-Length: {length}\r\nConnection: close\r\n\r\n"
    )
}

/// The media type a party takes.
pub(super) fn media(to: Name) -> &'static str {
    let media = match to {
        Name::CaCardholder | Name::CaMerchant | Name::CaGateway => Media::Registration,
        _ => Media::Payment,
    };
    media.as_str()
}

impl Stage {
    /// Posts a message to a party as anybody would.
    pub(super) async fn post(&self, to: Name, message: &[u8]) -> Answer {
        let head = head(&to.host(), media(to), message.len());
        say(self.system.at, &[head.as_bytes(), message].concat()).await
    }

    /// Posts a message many times at once.
    pub(super) async fn post_at_once(&self, to: Name, message: &[u8], times: usize) -> Vec<Answer> {
        let at = self.system.at;
        let request = [head(&to.host(), media(to), message.len()).as_bytes(), message].concat();
        let mut posted = tokio::task::JoinSet::new();
        for _ in 0..times {
            let request = request.clone();
            posted.spawn(async move { say(at, &request).await });
        }
        posted.join_all().await
    }
}
