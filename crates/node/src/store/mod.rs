//! What a party keeps: one trait, so that the engine can change and nothing else.
//!
//! ```text
//! step ─▶ Change { puts, aliases, claims, requests, replies, journal, trail, errands, timers }
//!                  └────────────── commit: all of it or nothing, synced ──────────────┘
//! ```
//!
//! A change is atomic and on stable storage when [`Store::commit`] answers. Instances carry a
//! version, and a put that expects another one is refused; so is a claim that another holds. The
//! caller reads again and takes the step again.
//!
//! What this deliberately does not know: what a state, a message or an errand means. It stores
//! octets for the roles and for the banks alike.

mod change;
mod cut;
pub mod postgres;
mod record;
mod sql;
pub mod sqlite;
mod trail;

use std::{fmt, future::Future, pin::Pin};

use openset_types::{Rrpid, UnixTime};

pub use self::{
    change::{
        Alias, Change, Claim, Errand, Expected, InJournal, Put, Release, Reply, Request, Tally,
        Timer,
    },
    record::{
        Direction, Entry, ErrandId, JournalOf, Lookup, Page, Passed, Pending, Record, Seen, Seq,
        Version, Wake,
    },
    trail::{Account, Recorded},
};
use crate::fault::Fault;

/// What a store answers, later.
pub type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T, Fault>> + Send + 'a>>;

/// What a commit answers, later.
pub type Committing<'a> = Pin<Box<dyn Future<Output = Result<Committed, Uncommitted>> + Send + 'a>>;

/// One party's durable memory.
pub trait Store: Send + Sync {
    /// Reads one instance.
    fn load<'a>(&'a self, kind: &'a str, at: &'a Lookup) -> Answer<'a, Option<Record>>;

    /// The key of the instance that has another name, without reading the instance.
    fn key<'a>(&'a self, kind: &'a str, alias: &'a [u8]) -> Answer<'a, Option<Vec<u8>>>;

    /// Reads instances of one kind, newest first.
    fn list<'a>(&'a self, kind: &'a str, page: Page) -> Answer<'a, Vec<Record>>;

    /// How many instances of one kind there are.
    fn count<'a>(&'a self, kind: &'a str) -> Answer<'a, u64>;

    /// Who holds an entry of a register.
    fn holder<'a>(&'a self, register: &'a str, key: &'a [u8]) -> Answer<'a, Option<Vec<u8>>>;

    /// What is known of a request: who took it, and its answer if there is one.
    fn request(&self, rrpid: Rrpid) -> Answer<'_, Option<Seen>>;

    /// Reads the journal, newest first.
    fn journal<'a>(&'a self, of: &'a JournalOf, page: Page) -> Answer<'a, Vec<Passed>>;

    /// Reads the audit trail after a record of this number, oldest first.
    fn trail(&self, after: u64, limit: u32) -> Answer<'_, Vec<Recorded>>;

    /// The last record of the audit trail.
    fn trail_end(&self) -> Answer<'_, Option<Recorded>>;

    /// Errands of one kind and topic that are due, oldest first. Where several processes share a
    /// store, an errand is due at the one that added it, or at one that outlived that one.
    fn errands_due<'a>(
        &'a self,
        kind: &'a str,
        topic: &'a str,
        now: UnixTime,
        limit: u32,
    ) -> Answer<'a, Vec<Pending>>;

    /// Takes over the errands of one kind and topic whose process has ended, oldest first: after a
    /// crash, and where others share the store. An errand is given out once, and to one.
    fn adopt<'a>(&'a self, kind: &'a str, topic: &'a str) -> Answer<'a, Vec<Pending>>;

    /// All errands of one kind and topic, due or not, oldest first, whoever does them.
    fn errands<'a>(&'a self, kind: &'a str, topic: &'a str) -> Answer<'a, Vec<Pending>>;

    /// Instances of one kind whose time to wake has come, oldest first. Where several processes
    /// share a store, one that is given out here is given out again only after a while.
    fn wakes_due<'a>(&'a self, kind: &'a str, now: UnixTime, limit: u32) -> Answer<'a, Vec<Wake>>;

    /// How often a thing was counted in a period.
    fn tally<'a>(&'a self, register: &'a str, period: i64, key: &'a [u8]) -> Answer<'a, u64>;

    /// The last period in which anything was counted.
    fn tally_period<'a>(&'a self, register: &'a str) -> Answer<'a, Option<i64>>;

    /// Stores all of a change or nothing. It is on stable storage when this answers.
    fn commit(&self, change: Change) -> Committing<'_>;

    /// Whether the store still answers.
    fn check(&self) -> Answer<'_, ()>;

    /// Leaves what is left to others that share the store. Nothing is asked of it afterwards.
    fn leave(&self) -> Answer<'_, ()>;
}

/// What the store gave names to in one commit.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Committed {
    /// The errands added, in the order of the change.
    pub errands: Vec<ErrandId>,
    /// The journal entries appended, in the order of the change.
    pub journal: Vec<Seq>,
}

/// Why a change was not stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Uncommitted {
    /// Somebody else was first: read again and take the step again.
    Refused(CommitRefused),
    /// The engine gave way.
    Fault(Fault),
}

/// Who was first.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum CommitRefused {
    /// Another instance is known by that name.
    AliasTaken,
    /// Another answer is stored for that request, or nobody made it.
    Answered(Rrpid),
    /// Another instance holds that entry.
    ClaimTaken {
        /// The register.
        register: &'static str,
        /// The entry.
        key: Vec<u8>,
    },
    /// The instance is at another version than expected.
    Conflict,
    /// The errand was finished by somebody else.
    ErrandGone(ErrandId),
    /// That request was taken before.
    RequestSeen(Rrpid),
}

impl fmt::Display for CommitRefused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AliasTaken => f.write_str("another instance is known by that name"),
            Self::Answered(rrpid) => write!(f, "request {rrpid} has another answer or none asked"),
            Self::ClaimTaken { register, .. } => {
                write!(f, "an entry of the register {register} is held by another instance")
            }
            Self::Conflict => f.write_str("the instance is at another version"),
            Self::ErrandGone(_) => f.write_str("the errand was finished before"),
            Self::RequestSeen(rrpid) => write!(f, "request {rrpid} was taken before"),
        }
    }
}

impl std::error::Error for CommitRefused {}

impl fmt::Display for Uncommitted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(refused) => refused.fmt(f),
            Self::Fault(fault) => fault.fmt(f),
        }
    }
}

impl std::error::Error for Uncommitted {}

impl From<Fault> for Uncommitted {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl From<CommitRefused> for Uncommitted {
    fn from(refused: CommitRefused) -> Self {
        Self::Refused(refused)
    }
}
