//! Keeping a link up: connect, sign on, carry, notice silence, begin again.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use openset_bank::iso8583::words::{Management, network, respond};
use openset_bank::iso8583::{Message, Mti, ResponseCode};
use openset_types::SystemTrace;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, timeout};

use super::client::{Late, LinkTerms, Outgoing};
use super::frames::{framed, read};
use super::pending::Pending;
use crate::clock::Clock;
use crate::shutdown::Stop;

/// Everything a link's own task needs.
pub(super) struct Session {
    pub(super) terms: Arc<LinkTerms>,
    pub(super) pending: Pending,
    pub(super) up: Arc<AtomicBool>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) late: Late,
}

/// Why a connection ended.
#[derive(Debug, PartialEq, Eq)]
enum Ended {
    /// We were asked to stop.
    Asked,
    /// It broke, or the other side fell silent.
    Broken,
}

impl Session {
    /// Connects and carries until asked to stop.
    pub(super) async fn keep_up(self, mut queue: mpsc::Receiver<Outgoing>, mut stop: Stop) {
        let mut wait = self.terms.reconnect_min;
        loop {
            if let Some(stream) = self.connect().await {
                let began = Instant::now();
                let ended = self.carry(stream, &mut queue, &mut stop).await;
                self.up.store(false, Ordering::Relaxed);
                self.pending.clear();
                tracing::info!(address = %self.terms.address, ?ended, "link to the bank ended");
                if ended == Ended::Asked {
                    return;
                }
                if began.elapsed() > self.terms.echo_after {
                    wait = self.terms.reconnect_min;
                }
            }
            tokio::select! {
                () = stop.asked() => return,
                () = sleep(wait) => wait = wait.saturating_mul(2).min(self.terms.reconnect_max),
            }
        }
    }

    async fn connect(&self) -> Option<TcpStream> {
        let connected = timeout(self.terms.connect_within, TcpStream::connect(&self.terms.address));
        let stream = connected.await.ok()?.ok()?;
        stream.set_nodelay(true).ok()?;
        Some(stream)
    }

    /// One connection, from its sign-on to its end.
    async fn carry(
        &self,
        stream: TcpStream,
        queue: &mut mpsc::Receiver<Outgoing>,
        stop: &mut Stop,
    ) -> Ended {
        let (reading, mut writing) = stream.into_split();
        let (heard, mut frames) = mpsc::channel(64);
        let mut reader = JoinSet::new();
        reader.spawn(read_all(reading, self.terms.dialect.frame(), heard));
        let mut traces = Traces(0);
        let mut quiet = Quiet::since(Instant::now(), self.terms.connect_within);
        let sign_on = self.manage(Management::SignOn, &mut traces);
        if !self.send(&mut writing, &sign_on).await {
            return Ended::Broken;
        }
        loop {
            let is_up = self.up.load(Ordering::Relaxed);
            tokio::select! {
                () = stop.asked() => {
                    let sign_off = self.manage(Management::SignOff, &mut traces);
                    self.send(&mut writing, &sign_off).await;
                    return Ended::Asked;
                }
                octets = frames.recv() => {
                    let Some(octets) = octets else { return Ended::Broken };
                    quiet = Quiet::since(Instant::now(), self.terms.echo_after);
                    if let Some(answer) = self.hear(&octets)
                        && !self.send(&mut writing, &answer).await
                    {
                        return Ended::Broken;
                    }
                }
                outgoing = queue.recv(), if is_up => {
                    let Some(outgoing) = outgoing else { return Ended::Asked };
                    // Who asked may have given up while the link was down: then it is not sent.
                    if self.pending.holds(&outgoing.key)
                        && !self.write(&mut writing, &outgoing.octets).await
                    {
                        return Ended::Broken;
                    }
                }
                () = tokio::time::sleep_until(quiet.until) => {
                    if quiet.asked || !is_up {
                        return Ended::Broken;
                    }
                    let echo = self.manage(Management::Echo, &mut traces);
                    quiet = Quiet::since(Instant::now(), self.terms.echo_after);
                    quiet.asked = true;
                    if !self.send(&mut writing, &echo).await {
                        return Ended::Broken;
                    }
                }
            }
        }
    }

    /// Takes what came; gives what must be answered at once.
    fn hear(&self, octets: &[u8]) -> Option<Message> {
        let message = match self.terms.heard(octets) {
            Ok(message) => message,
            Err(unreadable) => {
                tracing::warn!(address = %self.terms.address, %unreadable, "unreadable message");
                return None;
            }
        };
        match message.mti() {
            Mti::NETWORK_REQUEST => return respond(&message, ResponseCode::Approved),
            Mti::NETWORK_RESPONSE => self.up.store(true, Ordering::Relaxed),
            _ => {
                if let Err(late) = self.pending.deliver(message) {
                    (self.late)(&late);
                }
            }
        }
        None
    }

    fn manage(&self, management: Management, traces: &mut Traces) -> Message {
        network(management, &traces.next(), self.clock.now())
    }

    async fn send(&self, writing: &mut OwnedWriteHalf, message: &Message) -> bool {
        let frame = self.terms.dialect.frame();
        let octets = self.terms.written(message).and_then(|octets| framed(frame, &octets));
        match octets {
            Some(octets) => self.write(writing, &octets).await,
            None => false,
        }
    }

    async fn write(&self, writing: &mut OwnedWriteHalf, octets: &[u8]) -> bool {
        let written = timeout(self.terms.connect_within, writing.write_all(octets)).await;
        matches!(written, Ok(Ok(())))
    }
}

/// How long the other side may still be silent.
struct Quiet {
    until: Instant,
    asked: bool,
}

impl Quiet {
    fn since(now: Instant, patience: Duration) -> Self {
        Self { until: now + patience, asked: false }
    }
}

/// The trace numbers of the link's own messages.
struct Traces(u32);

impl Traces {
    fn next(&mut self) -> SystemTrace {
        self.0 = self.0 % 999_999 + 1;
        SystemTrace::parse(&format!("{:06}", self.0)).expect("six digits")
    }
}

async fn read_all(
    mut reading: OwnedReadHalf,
    frame: openset_bank::iso8583::Frame,
    heard: mpsc::Sender<Vec<u8>>,
) {
    while let Ok(Some(octets)) = read(&mut reading, frame).await {
        if heard.send(octets).await.is_err() {
            return;
        }
    }
}
