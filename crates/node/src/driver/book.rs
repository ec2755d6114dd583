//! Writes one step down as one change.

use openset_protocol::{
    refusal::Refusal,
    role::{self, Effect, Machine, Received, Step},
};
use openset_types::{Rrpid, UnixTime, Xid};
use openset_wire::wrapper::{MessageHeader, MessageWrapper, Outline};

use super::{NotTaken, ask::Ask, recent::Stored, shell::Shell};
use crate::{
    fault::Fault,
    store::{
        Account, Alias, Change, Claim, Committed, Direction, Entry, Errand, ErrandId, Expected,
        InJournal, Put, Release, Reply, Request, Timer,
    },
};

/// The topic of errands that ask another party.
pub(super) const ASK: &str = "ask";
/// The topic of errands that are the machine's own.
pub(super) const OWN: &str = "own";

/// What is stored with a step besides what the step itself says.
#[derive(Default)]
pub(super) struct Carry<'a> {
    /// The message the input came from, and who sent it; nobody means a client.
    message: Option<(&'a Received, Option<&'static str>)>,
    /// The request that is taken.
    request: Option<(Rrpid, Vec<u8>)>,
    /// The errands that are done.
    finished: Vec<ErrandId>,
    /// The instance was woken.
    woken: bool,
    /// The person whose word it is, as the audit trail names them.
    person: Option<&'a str>,
}

impl<'a> Carry<'a> {
    /// A request came.
    pub(super) fn request(received: &'a Received, rrpid: Rrpid, fingerprint: Vec<u8>) -> Self {
        Self {
            message: Some((received, None)),
            request: Some((rrpid, fingerprint)),
            ..Self::default()
        }
    }

    /// The answer to an errand came.
    pub(super) fn answer(received: &'a Received, sender: &'static str, errand: ErrandId) -> Self {
        Self { message: Some((received, Some(sender))), ..Self::errand(errand) }
    }

    /// An errand is done.
    pub(super) fn errand(errand: ErrandId) -> Self {
        Self::errands(vec![errand])
    }

    /// Errands are done.
    pub(super) fn errands(finished: Vec<ErrandId>) -> Self {
        Self { finished, ..Self::default() }
    }

    /// The time to wake has come.
    pub(super) fn wake() -> Self {
        Self { woken: true, ..Self::default() }
    }

    /// A person said so, whom the audit trail will name like this.
    pub(super) fn person(person: &'a str) -> Self {
        Self { person: Some(person), ..Self::default() }
    }

    /// What brought the step about, in a word for the audit trail.
    fn cause(&self) -> &str {
        match self {
            Self { message: Some((received, _)), .. } => received.wrapper.message.name(),
            Self { finished, .. } if !finished.is_empty() => "outcome",
            Self { woken: true, .. } => "time",
            Self { person: Some(person), .. } => person,
            Self { .. } => "command",
        }
    }

    /// Whether somebody asks: what is decided from now on is decided for them.
    pub(super) fn asks(&self) -> bool {
        self.request.is_some() || (self.finished.is_empty() && !self.woken)
    }

    /// Whether an instance of this key is made by the request that is taken: it has its name.
    pub(super) fn makes(&self, key: &[u8]) -> bool {
        self.request.as_ref().is_some_and(|(rrpid, _)| rrpid.as_bytes() == key)
    }
}

/// What is known once the change is stored.
pub(super) struct Settled<M: Machine> {
    /// The instance as it is now.
    pub(super) stored: Stored<M::State>,
    /// What is to be done.
    pub(super) tasks: Tasks<M>,
}

/// What is done once the change is stored.
pub(super) struct Tasks<M: Machine> {
    /// Replies to give.
    pub(super) replies: Vec<(Rrpid, Vec<u8>)>,
    /// Parties to ask.
    pub(super) asks: Vec<(ErrandId, Ask)>,
    /// Effects for the desk.
    pub(super) own: Vec<(ErrandId, M::Effect)>,
}

/// An effect that became an errand.
enum Task<M: Machine> {
    Ask(Ask),
    Own(M::Effect),
}

/// What a written step leaves to be done.
pub(super) struct Book<M: Machine> {
    stored: Stored<M::State>,
    replies: Vec<(Rrpid, Vec<u8>)>,
    tasks: Vec<Task<M>>,
}

/// One step of an instance, or several that one commit stores: where it is after the last, and all
/// that they ask for.
pub(super) struct Steps<M: Machine> {
    state: M::State,
    effects: Vec<Effect<M::Effect>>,
    accounts: Vec<role::Account>,
}

impl<M: Machine> Steps<M> {
    /// The first step.
    pub(super) fn of(Step { state, effects }: Step<M::State, M::Effect>) -> Self {
        let accounts = M::account(&state).into_iter().collect();
        Self { state, effects, accounts }
    }

    /// Where the instance is after the last.
    pub(super) fn state(&self) -> &M::State {
        &self.state
    }

    /// One step more.
    pub(super) fn then(mut self, Step { state, effects }: Step<M::State, M::Effect>) -> Self {
        self.accounts.extend(M::account(&state));
        for effect in effects {
            // One change gives back before it claims: what was claimed on the way is not claimed.
            if let Effect::Release(given) = &effect {
                self.effects.retain(|one| !matches!(one, Effect::Claim(had) if had == given));
            }
            self.effects.push(effect);
        }
        Self { state, ..self }
    }
}

impl<M: Machine> Book<M> {
    /// Writes a step, or several, into one change.
    pub(super) fn write(
        at: &Place<'_>,
        steps: Steps<M>,
        expected: Expected,
        carry: &Carry<'_>,
    ) -> Result<(Change, Self), NotTaken> {
        let Steps { state, effects, accounts } = steps;
        let mut change = Change::default();
        at.put(&mut change, M::KIND, serde_json::to_vec(&state), expected)?;
        at.carry(&mut change, M::KIND, carry)?;
        change.trail.extend(accounts.into_iter().map(|account| at.account(account, carry)));
        let stored = Stored { version: expected.then(), state, asked_at: None };
        let mut book = Self { stored, replies: Vec::new(), tasks: Vec::new() };
        for effect in effects {
            book.effect(at, &mut change, effect)?;
        }
        Ok((change, book))
    }

    fn effect(
        &mut self,
        at: &Place<'_>,
        change: &mut Change,
        effect: Effect<M::Effect>,
    ) -> Result<(), NotTaken> {
        match effect {
            Effect::Reply { rrpid, message } => {
                let entry = at.leaves(M::KIND, at.shell.clients, &message)?;
                let reply = Reply { rrpid, message: change.append(entry) };
                change.replies.push(reply);
                self.replies.push((rrpid, message));
            }
            Effect::Ask { party, rrpid, message } => {
                let (_, _, name) = at.shell.find(&party);
                let entry = at.leaves(M::KIND, name, &message)?;
                let kept = Some(change.append(entry));
                let ask = Ask { party, rrpid, message };
                change.errands.push(at.errand(M::KIND, ASK, ask.write()?, kept));
                self.tasks.push(Task::Ask(ask));
            }
            Effect::Own(effect) => {
                change.errands.push(at.errand(M::KIND, OWN, write_note::<M>(&effect)?, None));
                self.tasks.push(Task::Own(effect));
            }
            Effect::KnownAs(alias) => {
                change.aliases.push(Alias { kind: M::KIND, alias, key: at.key.to_vec() });
            }
            Effect::Claim(claim) => change.claims.push(at.claim(M::KIND, claim)),
            Effect::Release(claim) => change.releases.push(at.release(M::KIND, claim)),
            Effect::WakeAt(due_at) => change.timers.push(at.timer(M::KIND, Some(due_at))),
        }
        Ok(())
    }

    /// Joins what is to be done with the names the store gave to it.
    pub(super) fn settle(self, committed: Committed) -> Settled<M> {
        let mut tasks = Tasks { replies: self.replies, asks: Vec::new(), own: Vec::new() };
        for (id, task) in committed.errands.into_iter().zip(self.tasks) {
            match task {
                Task::Ask(ask) => tasks.asks.push((id, ask)),
                Task::Own(effect) => tasks.own.push((id, effect)),
            }
        }
        Settled { stored: self.stored, tasks }
    }
}

/// Whose step is written down, which instance's, and when.
pub(super) struct Place<'a> {
    pub(super) shell: &'a Shell,
    pub(super) key: &'a [u8],
    pub(super) now: UnixTime,
}

impl Place<'_> {
    fn put(
        &self,
        change: &mut Change,
        kind: &'static str,
        state: serde_json::Result<Vec<u8>>,
        expected: Expected,
    ) -> Result<(), Fault> {
        let state = state.map_err(|_| Fault::StateUnreadable)?;
        change.puts.push(Put { kind, key: self.key.to_vec(), expected, state, at: self.now });
        Ok(())
    }

    fn carry(
        &self,
        change: &mut Change,
        kind: &'static str,
        carry: &Carry<'_>,
    ) -> Result<(), Fault> {
        if let Some((received, sender)) = carry.message {
            let sender = sender.unwrap_or(self.shell.clients);
            change.append(self.came(kind, sender, received));
        }
        if let Some((rrpid, fingerprint)) = &carry.request {
            change.requests.push(Request {
                rrpid: *rrpid,
                fingerprint: fingerprint.clone(),
                kind,
                key: self.key.to_vec(),
            });
        }
        change.finished.extend_from_slice(&carry.finished);
        if carry.woken {
            change.timers.push(self.timer(kind, None));
        }
        Ok(())
    }

    /// The record of the audit trail.
    fn account(&self, account: role::Account, carry: &Carry<'_>) -> Account {
        let role::Account { subject, outcome, detail } = account;
        let outcome = outcome.to_owned();
        Account { at: self.now, cause: carry.cause().to_owned(), subject, outcome, detail }
    }

    /// The journal entry of a message that leaves.
    fn leaves(
        &self,
        kind: &'static str,
        peer: &'static str,
        message: &[u8],
    ) -> Result<Entry, NotTaken> {
        let Outline { header, name } = Outline::of(message).map_err(Refusal::Malformed)?;
        Ok(self.crossed(kind, (Direction::Out, peer), (&header, name), message))
    }

    /// The journal entry of a message that came.
    fn came(&self, kind: &'static str, peer: &'static str, received: &Received) -> Entry {
        let MessageWrapper { message_header, message, .. } = &received.wrapper;
        let said = (message_header, message.name());
        self.crossed(kind, (Direction::In, peer), said, &received.octets)
    }

    fn crossed(
        &self,
        kind: &'static str,
        (direction, peer): (Direction, &'static str),
        (header, name): (&MessageHeader, &'static str),
        octets: &[u8],
    ) -> Entry {
        let (sender, recipient) = match direction {
            Direction::In => (peer, self.shell.role),
            Direction::Out => (self.shell.role, peer),
        };
        Entry {
            at: self.now,
            direction,
            sender,
            recipient,
            name,
            xid: xid_of(header),
            rrpid: header.rrpid.as_ref().map(|rrpid| rrpid.0),
            kind,
            key: self.key.to_vec(),
            octets: octets.to_vec(),
        }
    }

    fn errand(
        &self,
        kind: &'static str,
        topic: &'static str,
        body: Vec<u8>,
        message: Option<InJournal>,
    ) -> Errand {
        // The first try is made right after the commit; this is when somebody else looks.
        let due_at = self.now.plus_s(FIRST_LOOK_S);
        Errand { kind, key: self.key.to_vec(), topic, body, message, due_at }
    }

    fn claim(&self, kind: &'static str, claim: role::Claim) -> Claim {
        Claim { register: claim.register.name(), key: claim.key, holder: self.holder(kind) }
    }

    fn release(&self, kind: &'static str, claim: role::Claim) -> Release {
        Release { register: claim.register.name(), key: claim.key, holder: self.holder(kind) }
    }

    /// Who holds an entry: an instance, by its kind and key.
    fn holder(&self, kind: &'static str) -> Vec<u8> {
        [kind.as_bytes(), &[0], self.key].concat()
    }

    fn timer(&self, kind: &'static str, due_at: Option<UnixTime>) -> Timer {
        Timer { kind, key: self.key.to_vec(), due_at }
    }
}

/// How long after the commit somebody else looks whether an errand was begun.
const FIRST_LOOK_S: i64 = 2;

/// The purchase a header names.
pub(super) fn xid_of(header: &MessageHeader) -> Option<Xid> {
    header.message_ids.as_ref()?.xid.as_ref().map(|xid| xid.0)
}

/// What the outbox keeps of an own effect.
pub(super) fn write_note<M: Machine>(effect: &M::Effect) -> Result<Vec<u8>, Fault> {
    serde_json::to_vec(&M::note(effect)).map_err(|_| Fault::StateUnreadable)
}

/// What the outbox kept.
pub(super) fn read_note<M: Machine>(note: &[u8]) -> Result<M::Note, Fault> {
    serde_json::from_slice(note).map_err(|_| Fault::StateUnreadable)
}
