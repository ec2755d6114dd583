//! One change: everything a step stores, in one commit.

use openset_types::{Rrpid, UnixTime};

use super::{
    CommitRefused,
    record::{Entry, ErrandId, Version},
    trail::Account,
};

/// Everything one step stores. All of it or nothing.
#[derive(Debug, Default)]
pub struct Change {
    /// Instances made or moved on.
    pub puts: Vec<Put>,
    /// Other names of instances.
    pub aliases: Vec<Alias>,
    /// Entries of registers taken.
    pub claims: Vec<Claim>,
    /// Entries of registers given back. They are given back before others are taken.
    pub releases: Vec<Release>,
    /// Requests taken.
    pub requests: Vec<Request>,
    /// Answers to requests, in this change or before.
    pub replies: Vec<Reply>,
    /// Messages that crossed.
    pub journal: Vec<Entry>,
    /// Records of the audit trail.
    pub trail: Vec<Account>,
    /// Things to be done after the commit, until they succeed.
    pub errands: Vec<Errand>,
    /// Errands that are done. One that is not there refuses the whole change.
    pub finished: Vec<ErrandId>,
    /// Errands to be tried again at a later time.
    pub postponed: Vec<(ErrandId, UnixTime)>,
    /// Times to wake instances at.
    pub timers: Vec<Timer>,
    /// Things that happened once more.
    pub tallies: Vec<Tally>,
}

impl Change {
    /// Appends a message that crossed, and says where it stands.
    pub fn append(&mut self, entry: Entry) -> InJournal {
        self.journal.push(entry);
        InJournal(self.journal.len() - 1)
    }

    /// What refuses this change whatever is stored: two of its parts cannot both be.
    pub(super) fn contradiction(&self) -> Option<CommitRefused> {
        let Self { puts, aliases, claims, requests, replies, .. } = self;
        if let Some(twice) = contradicted(requests, |a, b| a.rrpid == b.rrpid) {
            return Some(CommitRefused::RequestSeen(twice.rrpid));
        }
        if contradicted(puts, |a, b| a.kind == b.kind && a.key == b.key).is_some() {
            return Some(CommitRefused::Conflict);
        }
        let one_entry = |a: &Claim, b: &Claim| a.register == b.register && a.key == b.key;
        if let Some(claim) = contradicted(claims, |a, b| one_entry(a, b) && a.holder != b.holder) {
            let (register, key) = (claim.register, claim.key.clone());
            return Some(CommitRefused::ClaimTaken { register, key });
        }
        let one_name = |a: &Alias, b: &Alias| a.kind == b.kind && a.alias == b.alias;
        if contradicted(aliases, |a, b| one_name(a, b) && a.key != b.key).is_some() {
            return Some(CommitRefused::AliasTaken);
        }
        let unsaid = replies.iter().find(|reply| self.said(reply.message).is_none());
        let differ = |a: &Reply, b: &Reply| self.said(a.message) != self.said(b.message);
        let reply =
            unsaid.or_else(|| contradicted(replies, |a, b| a.rrpid == b.rrpid && differ(a, b)));
        reply.map(|reply| CommitRefused::Answered(reply.rrpid))
    }

    /// The octets of a message of this change.
    pub(super) fn said(&self, message: InJournal) -> Option<&[u8]> {
        self.journal.get(message.0).map(|entry| entry.octets.as_slice())
    }

    /// The last time that is set for an instance that is put.
    pub(super) fn timer_of(&self, put: &Put) -> Option<&Timer> {
        self.timers.iter().rev().find(|timer| timer.is_for(put))
    }

    /// Whether there is nothing to store.
    pub fn is_empty(&self) -> bool {
        let Self {
            puts,
            aliases,
            claims,
            releases,
            requests,
            replies,
            journal,
            trail,
            errands,
            finished,
            postponed,
            timers,
            tallies,
        } = self;
        puts.is_empty()
            && aliases.is_empty()
            && claims.is_empty()
            && releases.is_empty()
            && requests.is_empty()
            && replies.is_empty()
            && journal.is_empty()
            && trail.is_empty()
            && errands.is_empty()
            && finished.is_empty()
            && postponed.is_empty()
            && timers.is_empty()
            && tallies.is_empty()
    }
}

/// A message among the journal entries of the same change: stored there and nowhere else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InJournal(pub(super) usize);

/// Stores one instance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Put {
    /// What kind of instance.
    pub kind: &'static str,
    /// Its key.
    pub key: Vec<u8>,
    /// Where it must be before.
    pub expected: Expected,
    /// Where it is afterwards.
    pub state: Vec<u8>,
    /// When.
    pub at: UnixTime,
}

/// Where an instance must be for a put to be accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expected {
    /// There must be none.
    Absent,
    /// It must be at this version, and moves to the next.
    At(Version),
}

impl Expected {
    /// The version of an instance once such a put was accepted.
    pub fn then(self) -> Version {
        match self {
            Self::Absent => Version::FIRST,
            Self::At(version) => version.next(),
        }
    }
}

/// Another name for an instance, which is there already or put in the same change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alias {
    /// What kind of instance.
    pub kind: &'static str,
    /// The other name.
    pub alias: Vec<u8>,
    /// The instance's key.
    pub key: Vec<u8>,
}

/// Takes an entry of a register. Taking what one holds already changes nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// The register.
    pub register: &'static str,
    /// The entry.
    pub key: Vec<u8>,
    /// Who takes it.
    pub holder: Vec<u8>,
}

/// Gives an entry of a register back. Only its holder can; for others nothing changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Release {
    /// The register.
    pub register: &'static str,
    /// The entry.
    pub key: Vec<u8>,
    /// Who gives it back.
    pub holder: Vec<u8>,
}

/// A request taken by an instance that is there or put in the same change: repeated octets are
/// answered again, other octets are refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Its name.
    pub rrpid: Rrpid,
    /// What tells its octets from others.
    pub fingerprint: Vec<u8>,
    /// The kind of the instance that took it.
    pub kind: &'static str,
    /// The key of the instance that took it.
    pub key: Vec<u8>,
}

/// The answer to a request, given again byte for byte when it is repeated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// The request.
    pub rrpid: Rrpid,
    /// The whole message.
    pub message: InJournal,
}

/// A thing to be done after a commit, until it succeeds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Errand {
    /// The kind of the instance that asked for it.
    pub kind: &'static str,
    /// The key of that instance.
    pub key: Vec<u8>,
    /// Who does it: `ask`, `own`, ...
    pub topic: &'static str,
    /// What is to be done. Never a card number.
    pub body: Vec<u8>,
    /// The message to be sent, if there is one.
    pub message: Option<InJournal>,
    /// When.
    pub due_at: UnixTime,
}

/// Counts one more of a thing in a period. What was counted in periods before it is forgotten.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tally {
    /// What is counted.
    pub register: &'static str,
    /// When, in the unit of whoever counts: a later period has a larger number.
    pub period: i64,
    /// Of which thing. Never a card number.
    pub key: Vec<u8>,
}

/// One of two items of a short list that cannot both be.
fn contradicted<T>(items: &[T], contradict: impl Fn(&T, &T) -> bool) -> Option<&T> {
    let mut rest = items;
    while let [first, others @ ..] = rest {
        if others.iter().any(|other| contradict(first, other)) {
            return Some(first);
        }
        rest = others;
    }
    None
}

/// When to wake an instance. There is at most one time for each, and none for those not there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Timer {
    /// What kind of instance.
    pub kind: &'static str,
    /// Its key.
    pub key: Vec<u8>,
    /// When, replacing any other time; `None` lets it sleep.
    pub due_at: Option<UnixTime>,
}

impl Timer {
    /// Whether it is the time of an instance that is put.
    pub(super) fn is_for(&self, put: &Put) -> bool {
        self.kind == put.kind && self.key == put.key
    }
}
