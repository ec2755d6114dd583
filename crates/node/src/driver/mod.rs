//! The one loop that runs every machine of every role: load, step, commit, run.
//!
//! ```text
//! octets ─▶ decode ─▶ seen this RRPID? ──yes──▶ the stored reply, or wait for it
//!                          │ no                  (other octets under it are refused)
//!                        admit ─▶ load the instance and what is held ─▶ step
//!                          │
//!                        commit: state, reply, journal, errands, claims, names, timer
//!                          │     a conflict or a taken claim takes the step again
//!                        run: replies to who waits, asks over HTTP, own effects at the desk
//! ```
//!
//! - Before the commit nothing has happened; after it, the errands finish the work, also after a
//!   crash: what asks another party is sent again, the same octets; what is the machine's own is
//!   reported to it as interrupted.
//! - Steps of one instance come one after the other; outcomes that come together may share a
//!   commit. A request is taken once however often it is
//!   sent, and answered with the same octets each time.
//! - Of a refused message nothing is stored but the log line.
//!
//! What this deliberately does not know: what any message, state or effect means.

mod ask;
mod attended;
mod book;
mod crowd;
mod decisions;
mod desk;
mod door;
mod fingerprint;
mod outcome;
mod recent;
mod reminder;
mod shell;
mod stripes;
mod together;
mod waiting;
mod watch;

use std::sync::{Arc, PoisonError, RwLock};

use openset_crypto::Keys;
use openset_protocol::{
    refusal::Refusal,
    role::{Admitted, Claim, Env, Held, Lookup, Machine, Received, Register},
};
use openset_types::Rrpid;

use self::{
    attended::Attended,
    book::{Book, Carry, Place, Steps},
    decisions::Before,
    outcome::Done,
    recent::{Recent, Stored},
    stripes::Stripes,
    together::Gathered,
};
pub use self::{
    crowd::CROWD_MAX,
    desk::{Desk, NoDesk, Performing},
    door::{Complaint, Door, Refused},
    reminder::Reminder,
    shell::{Addresses, Shell, ShellParts},
    watch::Watch,
};
use crate::{
    entropy,
    fault::Fault,
    store::{
        self, Change, CommitRefused, Committed, ErrandId, Expected, Page, Pending, Record, Timer,
        Uncommitted,
    },
    trace::{self, Begun},
};

/// How often a step is taken again when others were first.
const ATTEMPTS: usize = 8;

/// Why an input was not taken.
#[derive(Debug)]
#[non_exhaustive]
pub enum NotTaken {
    /// Somebody else has done it already.
    Done,
    /// The fault is ours.
    Fault(Fault),
    /// It broke the rules of the conversation.
    Refused(Refusal),
}

impl std::fmt::Display for NotTaken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Done => f.write_str("done already"),
            Self::Fault(fault) => fault.fmt(f),
            Self::Refused(refusal) => refusal.fmt(f),
        }
    }
}

impl std::error::Error for NotTaken {}

impl From<Fault> for NotTaken {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl From<Refusal> for NotTaken {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

/// Runs all instances of one machine. Clones share them.
pub struct Driver<M: Machine>(Arc<Inner<M>>);

struct Inner<M: Machine> {
    shell: Arc<Shell>,
    standing: RwLock<Arc<M::Standing>>,
    desk: Box<dyn Desk<M>>,
    instances: Stripes,
    recent: Recent<M::State>,
    gathered: Gathered<M>,
    watchers: watch::Watchers,
    asking: ask::Asking,
}

impl<M: Machine> Clone for Driver<M> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

/// What gives a step its input: first what came, and again when the step is taken again.
type Inputs<'a, M> = dyn FnMut(Option<&<M as Machine>::State>, &Env<'_, M>) -> Input<M> + Send + 'a;

/// An input, or why there is none.
type Input<M> = Result<<M as Machine>::Input, NotTaken>;

impl<M: Machine> Driver<M> {
    /// A driver for a party's machine. [`Self::start`] it before anything is taken.
    pub fn new(
        shell: Arc<Shell>,
        standing: impl Into<Arc<M::Standing>>,
        desk: impl Desk<M> + 'static,
    ) -> Self {
        Self(Arc::new(Inner {
            shell,
            standing: RwLock::new(standing.into()),
            desk: Box::new(desk),
            instances: Stripes::default(),
            recent: Recent::default(),
            gathered: Gathered::default(),
            watchers: watch::Watchers::default(),
            asking: ask::Asking::default(),
        }))
    }

    /// Who this party is from now on: after it got a certificate, for example.
    pub fn stand(&self, standing: M::Standing) {
        *self.0.standing.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(standing);
    }

    /// Who this party is.
    pub fn standing(&self) -> Arc<M::Standing> {
        Arc::clone(&self.0.standing.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The party whose machine this is.
    pub fn shell(&self) -> &Arc<Shell> {
        &self.0.shell
    }

    /// Gives an instance an input from a page or a person. A new instance is named by its key.
    pub async fn command(&self, at: Lookup, input: M::Input) -> Result<(), NotTaken> {
        self.give(&at, input, Carry::default()).await
    }

    /// The same from a person whom the audit trail names, in the commit of what comes of it.
    pub async fn command_by(
        &self,
        at: Lookup,
        input: M::Input,
        person: &str,
    ) -> Result<(), NotTaken> {
        self.give(&at, input, Carry::person(person)).await
    }

    async fn give(&self, at: &Lookup, input: M::Input, carry: Carry<'_>) -> Result<(), NotTaken> {
        let mut once = Some(input);
        let mut inputs = |_: Option<&M::State>, _: &Env<'_, M>| {
            once.take().ok_or(NotTaken::Fault(Fault::Contended))
        };
        self.take(at, &[], carry, &mut inputs).await
    }

    /// Looks into an instance with all that its machine may know, also at what is sealed in it.
    /// Nothing is stored.
    pub async fn look_into<T>(
        &self,
        at: &Lookup,
        look: impl FnOnce(&M::State, &Env<'_, M>) -> Result<T, Refusal> + Send,
    ) -> Result<Option<T>, NotTaken> {
        let Some(state) = self.state(at).await? else { return Ok(None) };
        let (standing, nothing) = (self.standing(), Held::nothing());
        let keys = Attended::new(self.0.shell.keys.as_ref());
        let env = self.env(&standing, &nothing, &keys)?;
        Ok(Some(keys.judge(look(&state, &env).map_err(NotTaken::Refused))?))
    }

    /// An instance's state.
    pub async fn state(&self, at: &Lookup) -> Result<Option<M::State>, Fault> {
        let record = self.0.shell.store.load(M::KIND, &kept(at)).await?;
        record.map(|record| read_state::<M>(&record)).transpose()
    }

    /// Instances, newest first, each with its place and key.
    pub async fn list(&self, page: Page) -> Result<Vec<(Record, M::State)>, Fault> {
        let records = self.0.shell.store.list(M::KIND, page).await?;
        let read = |record| read_state::<M>(&record).map(|state| (record, state));
        records.into_iter().map(read).collect()
    }

    /// Tells when an instance moves on.
    pub fn watch(&self, key: &[u8]) -> Watch {
        self.0.watchers.watch(key)
    }

    /// Takes a request that was not seen before.
    async fn admit(
        &self,
        received: &Received,
        rrpid: Rrpid,
        fingerprint: Vec<u8>,
    ) -> Result<(), NotTaken> {
        let nothing = Held::nothing();
        let standing = self.standing();
        let keys = Attended::new(self.0.shell.keys.as_ref());
        let verify = Begun::now();
        let admitted = M::admit(received, &self.env(&standing, &nothing, &keys)?);
        verify.ended("verify");
        let Admitted { instance, held, input } = keys.judge(admitted.map_err(NotTaken::Refused))?;
        let mut first = Some(input);
        let mut inputs = |_: Option<&M::State>, env: &Env<'_, M>| match first.take() {
            Some(input) => Ok(input),
            None => Ok(M::admit(received, env)?.input),
        };
        let carry = Carry::request(received, rrpid, fingerprint);
        self.take(&instance, &held, carry, &mut inputs).await
    }

    /// Takes one input: load, step, commit, run. Taken again when others were first.
    async fn take(
        &self,
        at: &Lookup,
        held: &[Claim],
        carry: Carry<'_>,
        inputs: &mut Inputs<'_, M>,
    ) -> Result<(), NotTaken> {
        let shell = &self.0.shell;
        let key = self.key_of(at).await?;
        let _alone = self.0.instances.lock(&key).await;
        let mut taken = Vec::new();
        for attempt in 0..ATTEMPTS {
            // What a request is named by did not exist before the request; else this is a conflict.
            let is_new = attempt == 0 && carry.makes(&key);
            let load = Begun::now();
            let stored = if is_new { None } else { self.stored(&key).await? };
            let held = self.holders(held.iter().chain(&taken)).await?;
            load.ended("load");
            let before = Before::of::<M>(stored.as_ref(), &carry);
            let step = Begun::now();
            let (change, book) = self.step(&key, stored, &held, &carry, inputs)?;
            step.ended("step");
            match trace::part("commit", shell.store.commit(change)).await {
                Ok(committed) => {
                    self.committed(&key, before, book, committed);
                    return Ok(());
                }
                Err(Uncommitted::Refused(refused)) if is_final(&refused) => {
                    tracing::debug!(%refused, "done by another");
                    return Err(NotTaken::Done);
                }
                Err(Uncommitted::Refused(refused)) => {
                    tracing::debug!(%refused, "a step is taken again");
                    taken.extend(taken_by_another(refused));
                }
                Err(Uncommitted::Fault(fault)) => return Err(NotTaken::Fault(fault)),
            }
        }
        Err(NotTaken::Fault(Fault::Contended))
    }

    /// A step is stored: remembers it, tells who watches, and does what it asks for.
    fn committed(&self, key: &[u8], before: Before, book: Book<M>, committed: Committed) {
        let mut settled = book.settle(committed);
        settled.stored.asked_at = before.asked_at;
        before.tell::<M>(self.0.shell.folder, &settled.stored.state);
        self.0.recent.keep(key, settled.stored);
        self.0.watchers.moved(key);
        self.run(key, settled.tasks);
    }

    /// An instance as it was committed last, as far as is known here: by the memory of this driver,
    /// else by the store.
    async fn stored(&self, key: &[u8]) -> Result<Option<Stored<M::State>>, Fault> {
        if let Some(stored) = self.0.recent.take(key) {
            return Ok(Some(stored));
        }
        let at = store::Lookup::Key(key.to_vec());
        let record = self.0.shell.store.load(M::KIND, &at).await?;
        let read = |record: Record| {
            let state = read_state::<M>(&record)?;
            Ok(Stored { version: record.version, state, asked_at: None })
        };
        record.map(read).transpose()
    }

    /// One step, and what of it is stored. Nothing here waits.
    fn step(
        &self,
        key: &[u8],
        stored: Option<Stored<M::State>>,
        held: &Held,
        carry: &Carry<'_>,
        inputs: &mut Inputs<'_, M>,
    ) -> Result<(Change, Book<M>), NotTaken> {
        let standing = self.standing();
        let keys = Attended::new(self.0.shell.keys.as_ref());
        let env = self.env(&standing, held, &keys)?;
        let input = keys.judge(inputs(stored.as_ref().map(|stored| &stored.state), &env))?;
        let (expected, state) = match stored {
            Some(Stored { version, state, .. }) => (Expected::At(version), Some(state)),
            None => (Expected::Absent, None),
        };
        let step = keys.judge(M::step(state, input, &env).map_err(NotTaken::Refused))?;
        let (now, shell) = (env.now, &self.0.shell);
        Book::write(&Place { shell, key, now }, Steps::of(step), expected, carry)
    }

    /// What a machine may know now.
    fn env<'a>(
        &'a self,
        standing: &'a M::Standing,
        held: &'a Held,
        keys: &'a dyn Keys,
    ) -> Result<Env<'a, M>, Fault> {
        let shell = &self.0.shell;
        Ok(Env {
            now: shell.clock.now(),
            seed: entropy::seed()?,
            keys,
            trust: &shell.trust,
            standing,
            held,
        })
    }

    /// The key an instance is stored under. One that no name finds yet is named by that name.
    async fn key_of(&self, at: &Lookup) -> Result<Vec<u8>, Fault> {
        let alias = match at {
            Lookup::Key(key) => return Ok(key.clone()),
            Lookup::Alias(alias) => alias,
        };
        let key = self.0.shell.store.key(M::KIND, alias).await?;
        Ok(key.unwrap_or_else(|| alias.clone()))
    }

    /// Which of these entries are held, by whomever.
    async fn holders(&self, claims: impl Iterator<Item = &Claim>) -> Result<Held, Fault> {
        let mut held = Vec::new();
        for claim in claims {
            let (register, key) = (claim.register.name(), &claim.key);
            if self.0.shell.store.holder(register, key).await?.is_some() {
                held.push(claim.clone());
            }
        }
        Ok(held.into_iter().collect())
    }

    /// Does what was committed, each part on its own.
    fn run(&self, key: &[u8], tasks: book::Tasks<M>) {
        for (rrpid, message) in tasks.replies {
            self.0.shell.waiting.tell(rrpid, message);
        }
        for (id, ask) in tasks.asks {
            self.ask(id, key.to_vec(), ask, 0);
        }
        for (id, effect) in tasks.own {
            self.perform(id, key.to_vec(), effect);
        }
    }

    /// Brings an own effect to the desk and its outcome back to the instance.
    fn perform(&self, id: ErrandId, key: Vec<u8>, effect: M::Effect) {
        let driver = self.clone();
        self.0.shell.spawn(async move {
            let note = book::write_note::<M>(&effect);
            let outcome = driver.0.desk.perform(&key, effect).await;
            match note {
                Ok(note) => driver.finish(Done { id, key, note }, outcome).await,
                Err(fault) => tracing::error!(%fault, kind = M::KIND, "an outcome is lost"),
            }
        });
    }

    /// Reports effects that were interrupted: by a crash of this process before it started, or of
    /// another that shares the store.
    async fn recover(&self) -> Result<(), Fault> {
        let (mut keys, mut read) = (Vec::new(), Ok(()));
        for Pending { id, key, body, .. } in self.0.shell.store.adopt(M::KIND, book::OWN).await? {
            tracing::info!(kind = M::KIND, "an effect was interrupted");
            match book::read_note::<M>(&body) {
                Ok(note) => {
                    keys.push(key.clone());
                    self.0.gathered.lay(Done { id, key, note: body }, M::interrupted(note));
                }
                Err(fault) => read = Err(fault),
            }
        }
        for key in keys {
            self.bring_gathered(&key).await;
        }
        read
    }

    /// Wakes an instance whose time has come.
    async fn wake(&self, key: Vec<u8>) {
        let mut inputs = |_: Option<&M::State>, _: &Env<'_, M>| Ok(M::woke());
        let at = Lookup::Key(key.clone());
        match self.take(&at, &[], Carry::wake(), &mut inputs).await {
            Ok(()) | Err(NotTaken::Done) => {}
            Err(NotTaken::Fault(fault)) => tracing::error!(%fault, kind = M::KIND, "asleep"),
            Err(NotTaken::Refused(refusal)) => {
                tracing::error!(%refusal, kind = M::KIND, "an instance does not want to wake");
                let timer = Timer { kind: M::KIND, key, due_at: None };
                let change = Change { timers: vec![timer], ..Change::default() };
                if let Err(error) = self.0.shell.store.commit(change).await {
                    tracing::error!(%error, "a timer stays");
                }
            }
        }
    }
}

/// Whether taking the step again would change nothing.
fn is_final(refused: &CommitRefused) -> bool {
    matches!(
        refused,
        CommitRefused::Answered(_) | CommitRefused::ErrandGone(_) | CommitRefused::RequestSeen(_)
    )
}

/// The entry that another instance was first to claim. The step sees it when it is taken again.
fn taken_by_another(refused: CommitRefused) -> Option<Claim> {
    match refused {
        CommitRefused::ClaimTaken { register, key } => {
            Some(Claim { register: Register::named(register)?, key })
        }
        _ => None,
    }
}

fn kept(at: &Lookup) -> store::Lookup {
    match at {
        Lookup::Key(key) => store::Lookup::Key(key.clone()),
        Lookup::Alias(alias) => store::Lookup::Alias(alias.clone()),
    }
}

/// Reads the state of an instance from a record of its kind.
///
/// # Errors
///
/// [`Fault::StateUnreadable`] if it is not one that this machine has stored.
pub fn read_state<M: Machine>(record: &Record) -> Result<M::State, Fault> {
    serde_json::from_slice(&record.state).map_err(|error| {
        tracing::error!(kind = M::KIND, line = error.line(), "a stored state cannot be read");
        Fault::StateUnreadable
    })
}
