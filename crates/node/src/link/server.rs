//! The answering end: whoever connects is answered, within limits.

use std::future::Future;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use openset_bank::iso8583::words::{Management, read_network};
use openset_bank::iso8583::{Dialect, Message, Mti};
use openset_crypto::mac::MacKey;
use tokio::io::AsyncWriteExt;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, mpsc};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use super::frames::{framed, read};
use super::speech;
use super::tap::Tap;
use crate::shutdown::Stop;

/// An answer being made.
pub type Answering<'a> = Pin<Box<dyn Future<Output = Option<Message>> + Send + 'a>>;

/// A bank that answers messages.
pub trait Host: Send + Sync + 'static {
    /// Answers a message, or says nothing. What the answer rests on is stored before it is given.
    fn answer(&self, message: Message) -> Answering<'_>;
}

/// What a host speaks and how patient it is.
#[derive(Debug, Clone)]
pub struct HostTerms {
    /// What it speaks.
    pub dialect: Arc<Dialect>,
    /// The key of the codes over its messages; needed by a dialect that has them, and by no other.
    pub mac_key: Option<Arc<MacKey>>,
    /// The most connections at one time.
    pub connections_max: usize,
    /// The most messages of one connection that are being answered at one time.
    pub in_flight_max: usize,
    /// How long a connection may be silent, and how long one message or answer may take to pass.
    pub idle: Duration,
    /// Where everything that passes is kept; no bank has one, only demonstrations.
    pub tap: Option<Tap>,
}

impl HostTerms {
    /// The usual patience.
    pub fn new(dialect: Arc<Dialect>) -> Self {
        let idle = Duration::from_secs(120);
        let (mac_key, tap) = (None, None);
        Self { dialect, mac_key, connections_max: 64, in_flight_max: 256, idle, tap }
    }

    fn note(&self, octets: &[u8]) {
        if let Some(tap) = &self.tap {
            tap.note(octets);
        }
    }
}

/// Accepts connections and answers them until asked to stop; then what is being answered is
/// finished first.
pub async fn serve(listener: TcpListener, terms: HostTerms, host: Arc<dyn Host>, mut stop: Stop) {
    let places = Arc::new(Semaphore::new(terms.connections_max));
    let terms = Arc::new(terms);
    let mut connections = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            () = stop.asked() => break,
            Some(_) = connections.join_next() => continue,
            accepted = listener.accept() => accepted,
        };
        let Ok((stream, from)) = accepted else {
            // Out of file descriptors: some will be given back.
            sleep(Duration::from_millis(50)).await;
            continue;
        };
        let Ok(place) = Arc::clone(&places).try_acquire_owned() else {
            tracing::warn!(%from, "too many connections to the bank");
            continue;
        };
        let (terms, host, stop) = (Arc::clone(&terms), Arc::clone(&host), stop.clone());
        connections.spawn(async move {
            converse(stream, from, terms, host, stop).await;
            drop(place);
        });
    }
    while connections.join_next().await.is_some() {}
}

async fn converse(
    stream: TcpStream,
    from: SocketAddr,
    terms: Arc<HostTerms>,
    host: Arc<dyn Host>,
    mut stop: Stop,
) {
    if stream.set_nodelay(true).is_err() {
        return;
    }
    let (mut reading, writing) = stream.into_split();
    let (said, answers) = mpsc::channel(terms.in_flight_max.max(1));
    let writer = tokio::spawn(write_all(writing, answers, Arc::clone(&terms)));
    let turns = Arc::new(Semaphore::new(terms.in_flight_max.max(1)));
    let mut answering = JoinSet::new();
    let mut is_signed_on = false;
    loop {
        let octets = tokio::select! {
            () = stop.asked() => break,
            octets = listen(&mut reading, &terms) => octets,
        };
        let Some(octets) = octets else { break };
        terms.note(&octets);
        let Some(message) = understand(&octets, &terms, from) else { continue };
        if message.mti() == Mti::NETWORK_REQUEST {
            is_signed_on = stays_on(&message, is_signed_on);
        } else if !is_signed_on {
            tracing::warn!(%from, mti = %message.mti(), "a message before the sign-on");
            continue;
        }
        let Ok(turn) = Arc::clone(&turns).acquire_owned().await else { break };
        let (host, said) = (Arc::clone(&host), said.clone());
        answering.spawn(async move {
            if let Some(answer) = host.answer(message).await {
                // The connection may be gone: then nobody hears it, and a reversal follows.
                let _ = said.send(answer).await;
            }
            drop(turn);
        });
        while answering.try_join_next().is_some() {}
    }
    while answering.join_next().await.is_some() {}
    drop(said);
    let _ = writer.await;
}

/// The next message; none if the connection ended, broke, lied about a length or fell silent.
async fn listen(reading: &mut OwnedReadHalf, terms: &HostTerms) -> Option<Vec<u8>> {
    timeout(terms.idle, read(reading, terms.dialect.frame())).await.ok()?.ok()?
}

/// Whether the other side is signed on after it has said this about the link.
fn stays_on(message: &Message, is_on: bool) -> bool {
    match read_network(message) {
        Ok(Management::SignOn) => true,
        Ok(Management::SignOff) => false,
        Ok(Management::Echo) | Err(_) => is_on,
    }
}

/// An unreadable message is not answered, and those after it are.
fn understand(octets: &[u8], terms: &HostTerms, from: SocketAddr) -> Option<Message> {
    match speech::read(&terms.dialect, terms.mac_key.as_ref(), octets) {
        Ok(message) => Some(message),
        Err(unreadable) => {
            tracing::warn!(%from, %unreadable, "unreadable message");
            None
        }
    }
}

async fn write_all(
    mut writing: OwnedWriteHalf,
    mut answers: mpsc::Receiver<Message>,
    terms: Arc<HostTerms>,
) {
    let dialect = &terms.dialect;
    while let Some(answer) = answers.recv().await {
        let written = speech::write(dialect, terms.mac_key.as_ref(), &answer);
        let framed = written.as_deref().and_then(|octets| framed(dialect.frame(), octets));
        let (Some(octets), Some(framed)) = (written, framed) else {
            tracing::error!(mti = %answer.mti(), "an answer that the dialect cannot say");
            continue;
        };
        if !matches!(timeout(terms.idle, writing.write_all(&framed)).await, Ok(Ok(()))) {
            return;
        }
        terms.note(&octets);
    }
}
