//! The asking end of a link.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use openset_bank::iso8583::{Dialect, Message, Unbelieved};
use openset_crypto::mac::MacKey;
use tokio::sync::{Semaphore, mpsc};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::frames::framed;
use super::pending::{Key, Pending};
use super::{session, speech};
use crate::clock::Clock;
use crate::shutdown::Stop;

/// What a link is and how patient it is.
#[derive(Debug, Clone)]
pub struct LinkTerms {
    /// Where the bank listens: host and port.
    pub address: String,
    /// What it speaks.
    pub dialect: Arc<Dialect>,
    /// The key of the codes over its messages; needed by a dialect that has them, and by no other.
    pub mac_key: Option<Arc<MacKey>>,
    /// How long a question waits for its answer, from the moment it is asked.
    pub answer_within: Duration,
    /// How long connecting and signing on may take.
    pub connect_within: Duration,
    /// After how long a silence the other side is asked for a sign of life. It must give one
    /// within the same time.
    pub echo_after: Duration,
    /// The shortest wait before connecting again; it doubles up to the longest.
    pub reconnect_min: Duration,
    /// The longest wait before connecting again.
    pub reconnect_max: Duration,
    /// The most questions that wait at one time.
    pub in_flight_max: usize,
}

impl LinkTerms {
    /// The usual patience, for a bank at an address.
    pub fn new(address: &str, dialect: Arc<Dialect>) -> Self {
        Self {
            address: address.to_owned(),
            dialect,
            mac_key: None,
            answer_within: Duration::from_secs(10),
            connect_within: Duration::from_secs(5),
            echo_after: Duration::from_secs(30),
            reconnect_min: Duration::from_millis(100),
            reconnect_max: Duration::from_secs(10),
            in_flight_max: 1024,
        }
    }

    /// A message in octets; nothing if the dialect cannot say it.
    pub(super) fn written(&self, message: &Message) -> Option<Vec<u8>> {
        speech::write(&self.dialect, self.mac_key.as_ref(), message)
    }

    /// The message in octets, if it can be believed.
    pub(super) fn heard(&self, octets: &[u8]) -> Result<Message, Unbelieved> {
        speech::read(&self.dialect, self.mac_key.as_ref(), octets)
    }
}

/// Why there is no answer. After [`NoReply::Lost`] and [`NoReply::TimedOut`] the question may have
/// been taken all the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum NoReply {
    /// Too many questions wait. This one was not sent.
    Busy,
    /// The connection broke while the question waited.
    Lost,
    /// The answer did not come in time.
    TimedOut,
    /// Another question with this trace number waits, or this is no question. It was not sent.
    TraceInUse,
    /// The dialect cannot say this. It was not sent.
    Unwritable,
}

/// A link to a bank. It is kept up until its node is asked to stop or it is dropped.
pub struct Link {
    terms: Arc<LinkTerms>,
    pending: Pending,
    in_flight: Semaphore,
    outgoing: mpsc::Sender<Outgoing>,
    up: Arc<AtomicBool>,
    task: JoinHandle<()>,
}

/// A question on its way out.
pub(super) struct Outgoing {
    pub(super) key: Key,
    pub(super) octets: Vec<u8>,
}

/// What is done with an answer that nobody waits for any more.
pub(super) type Late = Arc<dyn Fn(&Message) + Send + Sync>;

impl Link {
    /// Starts to connect, and keeps connected. Answers that nobody waits for are reported.
    pub fn open(
        terms: LinkTerms,
        clock: Arc<dyn Clock>,
        late: impl Fn(&Message) + Send + Sync + 'static,
        stop: Stop,
    ) -> Self {
        let (outgoing, queue) = mpsc::channel(terms.in_flight_max.max(1));
        let terms = Arc::new(terms);
        let (pending, up) = (Pending::default(), Arc::new(AtomicBool::new(false)));
        let session = session::Session {
            terms: Arc::clone(&terms),
            pending: pending.clone(),
            up: Arc::clone(&up),
            clock,
            late: Arc::new(late),
        };
        let task = tokio::spawn(session.keep_up(queue, stop));
        let in_flight = Semaphore::new(terms.in_flight_max.max(1));
        Self { terms, pending, in_flight, outgoing, up, task }
    }

    /// Asks a question, once, and waits for its answer.
    pub async fn ask(&self, question: &Message) -> Result<Message, NoReply> {
        let octets = self.terms.written(question).ok_or(NoReply::Unwritable)?;
        let octets = framed(self.terms.dialect.frame(), &octets).ok_or(NoReply::Unwritable)?;
        let _turn = self.in_flight.try_acquire().map_err(|_| NoReply::Busy)?;
        let (place, answer) = self.pending.wait(question).ok_or(NoReply::TraceInUse)?;
        let outgoing = Outgoing { key: place.key().clone(), octets };
        let asked = async {
            self.outgoing.send(outgoing).await.map_err(|_| NoReply::Lost)?;
            answer.await.map_err(|_| NoReply::Lost)
        };
        timeout(self.terms.answer_within, asked).await.unwrap_or(Err(NoReply::TimedOut))
    }

    /// How long a question waits for its answer.
    pub fn answer_within(&self) -> Duration {
        self.terms.answer_within
    }

    /// Whether the bank has signed us on.
    pub fn is_up(&self) -> bool {
        self.up.load(Ordering::Relaxed)
    }

    /// Where the bank listens.
    pub fn address(&self) -> &str {
        &self.terms.address
    }

    /// What it speaks.
    pub fn dialect(&self) -> &Dialect {
        &self.terms.dialect
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Link").field("terms", &self.terms).field("up", &self.is_up()).finish()
    }
}

impl fmt::Display for NoReply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Busy => "too many questions wait for this bank",
            Self::Lost => "the connection to the bank broke",
            Self::TimedOut => "the bank did not answer in time",
            Self::TraceInUse => "the trace number is in use",
            Self::Unwritable => "the bank's dialect cannot say this",
        })
    }
}

impl std::error::Error for NoReply {}
