//! Where the requests of others come in: finds the machine a message is for, and says what is
//! wrong with those that are for none.

use std::{
    future::Future,
    pin::Pin,
    sync::Arc,
    time::{Duration, Instant},
};

use openset_protocol::{
    refusal::Refusal,
    role::{Machine, Received},
};
use openset_types::{Rrpid, UnixTime};
use openset_wire::wrapper::{MessageHeader, MessageWrapper, Outline};
use tokio::time::{sleep, timeout};
use tracing::Instrument;

use super::{Driver, NotTaken, book, crowd::Crowd, fingerprint, shell::Shell, waiting::Waiter};
use crate::{
    entropy,
    fault::Fault,
    http::{Answering, Answers, Said},
    logging::role_span,
    measure::{self, Outcome},
    store::Seen,
    trace::Begun,
};

/// A request that is refused, for whoever writes the Error that answers it.
#[derive(Debug)]
pub struct Refused<'a> {
    /// What came, octet by octet.
    pub octets: &'a [u8],
    /// Its header, if it has one.
    pub header: Option<MessageHeader>,
    /// What is wrong with it.
    pub refusal: &'a Refusal,
    /// When.
    pub now: UnixTime,
    /// Randomness for the answer.
    pub seed: [u8; 32],
}

/// Writes the Error that answers a refused request; nothing means silence.
pub type Complaint = Box<dyn Fn(&Refused<'_>) -> Option<Vec<u8>> + Send + Sync>;

/// The door of a party: every machine that answers requests stands behind it.
pub struct Door {
    shell: Arc<Shell>,
    complaint: Complaint,
    machines: Vec<(&'static [&'static str], Arc<dyn Replies>)>,
    crowd: Crowd,
}

/// The reply to a request, later, and whether it had been taken before.
type Replying<'a> = Pin<Box<dyn Future<Output = Result<(Vec<u8>, Outcome), NotTaken>> + Send + 'a>>;

/// A driver of whatever machine, as the door sees it.
trait Replies: Send + Sync {
    fn reply<'a>(&'a self, received: &'a Received, rrpid: Rrpid) -> Replying<'a>;
}

impl Door {
    /// A door with nobody behind it.
    pub fn new(shell: Arc<Shell>, complaint: Complaint) -> Self {
        Self { shell, complaint, machines: Vec::new(), crowd: Crowd::default() }
    }

    /// Puts a machine behind the door, for messages of these names.
    pub fn with<M: Machine>(
        mut self,
        messages: &'static [&'static str],
        driver: &Driver<M>,
    ) -> Self {
        self.machines.push((messages, Arc::new(driver.clone())));
        self
    }

    /// Turns messages of these names away while so many are being dealt with: what begins
    /// something new, so that what was begun can end. Nothing of them is kept.
    pub fn turning_away(mut self, names: &'static [&'static str], from: usize) -> Self {
        self.crowd = Crowd::turning_away(names, from);
        self
    }

    /// Whether a message is turned away: one that came when too many were there already.
    fn is_turned_away(&self, octets: &[u8]) -> bool {
        if !self.crowd.is_full() {
            return false;
        }
        let name = Outline::of(octets).map(|outline| outline.name);
        let name = name.ok().filter(|name| self.crowd.is_new(name));
        if let Some(name) = name {
            measure::shed(name, self.shell.folder);
        }
        name.is_some()
    }

    async fn take(&self, octets: Vec<u8>) -> Result<Said, Fault> {
        if self.is_turned_away(&octets) {
            return Err(Fault::Crowded);
        }
        let _inside = self.crowd.enter();
        let (begun, length) = (Instant::now(), octets.len());
        let arrival = Begun::now();
        let decoded = MessageWrapper::decode(&octets);
        arrival.ended("arrival");
        let (name, taken) = match decoded {
            Ok(wrapper) => {
                let name = wrapper.message.name();
                if !is_request(name) {
                    tracing::warn!(message = name, "what is no request is not answered");
                    return Ok(Said::Nothing);
                }
                let received = Received { octets, wrapper, question: None };
                let taken = self.dispatch(name, &received).await;
                (name, taken.map_err(|not_taken| (not_taken, received.octets)))
            }
            Err(malformed) => {
                let refused = NotTaken::Refused(Refusal::Malformed(malformed));
                ("unreadable", Err((refused, octets)))
            }
        };
        let (said, outcome) = match taken {
            Ok((reply, outcome)) => (Ok(Said::Message(reply)), outcome),
            Err((NotTaken::Refused(refusal), octets)) => {
                (self.complain(name, &octets, &refusal), Outcome::Refused)
            }
            Err((NotTaken::Fault(fault), _)) => (Err(fault), Outcome::Failed),
            Err((NotTaken::Done, _)) => (Err(Fault::Contended), Outcome::Failed),
        };
        let role = (self.shell.folder, self.shell.trust().suite());
        measure::message(name, role, outcome, length, begun.elapsed());
        said
    }

    async fn dispatch(
        &self,
        name: &'static str,
        received: &Received,
    ) -> Result<(Vec<u8>, Outcome), NotTaken> {
        let machine = self.machines.iter().find(|(messages, _)| messages.contains(&name));
        let (_, machine) =
            machine.ok_or(NotTaken::Refused(Refusal::SenderSentForeignMessage { name }))?;
        let rrpid = received.wrapper.message_header.rrpid.as_ref();
        let rrpid = rrpid.ok_or(NotTaken::Refused(Refusal::SenderSentBadHeader))?.0;
        machine.reply(received, rrpid).await
    }

    /// Logs what was refused, once, and answers it if it may be answered.
    fn complain(
        &self,
        name: &'static str,
        octets: &[u8],
        refusal: &Refusal,
    ) -> Result<Said, Fault> {
        let header = MessageWrapper::header_of(octets);
        let xid = header.as_ref().and_then(book::xid_of);
        let rrpid = header.as_ref().and_then(|header| header.rrpid.as_ref()).map(|rrpid| rrpid.0);
        tracing::warn!(message = name, %refusal, ?xid, ?rrpid, octets = octets.len(), "refused");
        if let Some(check) = refusal.check() {
            measure::verify_failure(self.shell.folder, check);
        }
        let now = self.shell.clock.now();
        let refused = Refused { octets, header, refusal, now, seed: entropy::seed()? };
        Ok((self.complaint)(&refused).map_or(Said::Nothing, Said::Message))
    }
}

impl Answers for Door {
    fn answer(&self, message: Vec<u8>) -> Answering<'_> {
        Box::pin(self.take(message).instrument(role_span(self.shell.folder)))
    }
}

impl<M: Machine> Replies for Driver<M> {
    fn reply<'a>(&'a self, received: &'a Received, rrpid: Rrpid) -> Replying<'a> {
        Box::pin(self.request(received, rrpid))
    }
}

impl<M: Machine> Driver<M> {
    /// Answers a request: with the stored reply if it was taken before, else by a step.
    async fn request(
        &self,
        received: &Received,
        rrpid: Rrpid,
    ) -> Result<(Vec<u8>, Outcome), NotTaken> {
        let shell = &self.0.shell;
        let waiter = shell.waiting.begin(rrpid);
        let fingerprint = fingerprint::of(&received.octets);
        let (taken, outcome) = {
            let _alone = shell.requests.lock(rrpid.as_bytes()).await;
            match self.taken(rrpid, &fingerprint).await? {
                Some(taken) => (taken, Outcome::Repeated),
                None => match self.admit(received, rrpid, fingerprint.clone()).await {
                    Ok(()) => (Taken(None), Outcome::Answered),
                    // Another process that shares the store was first.
                    Err(NotTaken::Done) => {
                        let taken = self.taken(rrpid, &fingerprint).await?;
                        (taken.ok_or(NotTaken::Done)?, Outcome::Repeated)
                    }
                    Err(not_taken) => return Err(not_taken),
                },
            }
        };
        let reply = match taken {
            Taken(Some(reply)) => reply,
            Taken(None) => self.await_reply(rrpid, waiter).await?,
        };
        Ok((reply, outcome))
    }

    /// What is stored of a request: that it was taken, and its reply once there is one.
    async fn taken(&self, rrpid: Rrpid, fingerprint: &[u8]) -> Result<Option<Taken>, NotTaken> {
        let Some(seen) = self.0.shell.store.request(rrpid).await? else { return Ok(None) };
        if seen.fingerprint != fingerprint {
            // A10: the name of a request belongs to its octets.
            return Err(NotTaken::Refused(Refusal::SenderReusedRrpid));
        }
        Ok(Some(Taken(seen.reply)))
    }

    /// Waits for the reply to a request that was taken: from here, or from another process that
    /// shares the store.
    async fn await_reply(&self, rrpid: Rrpid, waiter: Waiter) -> Result<Vec<u8>, NotTaken> {
        let reply = async {
            tokio::select! {
                reply = waiter.reply() => reply,
                reply = self.stored_reply(rrpid) => Some(reply),
            }
        };
        match timeout(self.0.shell.patience, reply).await {
            Ok(Some(reply)) => Ok(reply),
            Ok(None) | Err(_) => Err(NotTaken::Fault(Fault::Unanswered)),
        }
    }

    /// Looks at growing intervals whether the reply is stored, until it is.
    async fn stored_reply(&self, rrpid: Rrpid) -> Vec<u8> {
        let mut interval = LOOK;
        loop {
            sleep(interval).await;
            interval = (interval * 2).min(LOOK_MAX);
            match self.0.shell.store.request(rrpid).await {
                Ok(Some(Seen { reply: Some(reply), .. })) => return reply,
                Ok(_) => {}
                Err(fault) => tracing::warn!(%fault, %rrpid, "a reply cannot be looked for"),
            }
        }
    }
}

/// What is stored of a request that was taken: its reply, once there is one.
struct Taken(Option<Vec<u8>>);

/// After how long it is looked for the first time whether another process has replied.
const LOOK: Duration = Duration::from_millis(200);
/// The longest interval between two such looks.
const LOOK_MAX: Duration = Duration::from_secs(1);

/// Whether a message asks something. Answers and errors are never answered.
fn is_request(name: &str) -> bool {
    name.ends_with("Req")
}
