//! What is read back from a store.

use std::{error::Error, fmt};

use openset_types::{Rrpid, UnixTime, Xid};

/// How an instance is found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lookup {
    /// By its key.
    Key(Vec<u8>),
    /// By another name.
    Alias(Vec<u8>),
}

/// How often an instance was stored. The first time makes 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version(pub(super) i64);

impl Version {
    /// The version of an instance that was stored once.
    pub const FIRST: Self = Self(1);

    /// The version after this one.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

/// A place in the order of storing: of instances of a kind, or of journal entries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Seq(pub(super) i64);

impl Seq {
    /// Reads a place from a number that was printed, as a page's address carries it.
    pub fn new(number: i64) -> Self {
        Self(number)
    }

    /// The number to print.
    pub fn number(self) -> i64 {
        self.0
    }
}

/// One instance as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Its place among the instances, by the time it was made.
    pub seq: Seq,
    /// Its key.
    pub key: Vec<u8>,
    /// How often it was stored.
    pub version: Version,
    /// Its state.
    pub state: Vec<u8>,
    /// When it was made.
    pub created_at: UnixTime,
    /// When it was stored last.
    pub changed_at: UnixTime,
}

/// Which part of a long list is wanted: newest first, below a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page {
    /// Only what is older than this. `None` starts with the newest.
    pub before: Option<Seq>,
    /// How many at most.
    pub limit: u32,
}

impl Page {
    /// The newest, so many at most.
    pub fn newest(limit: u32) -> Self {
        Self { before: None, limit }
    }
}

/// What is known of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// What tells its octets from others.
    pub fingerprint: Vec<u8>,
    /// The kind of the instance that took it.
    pub kind: String,
    /// The key of that instance.
    pub key: Vec<u8>,
    /// The answer, once there is one.
    pub reply: Option<Vec<u8>>,
}

/// Which way a message crossed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// It came.
    In,
    /// It left.
    Out,
}

impl Direction {
    /// The word for it in the database and on pages.
    pub fn word(self) -> &'static str {
        match self {
            Self::In => "in",
            Self::Out => "out",
        }
    }

    /// Reads that word.
    pub(super) fn of_word(word: &str) -> Result<Self, UnknownDirection> {
        match word {
            "in" => Ok(Self::In),
            "out" => Ok(Self::Out),
            _ => Err(UnknownDirection),
        }
    }
}

/// One message that crossed, to be appended to the journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// When.
    pub at: UnixTime,
    /// Which way.
    pub direction: Direction,
    /// Who sent it: `cardholder`, `merchant`, `gateway`, ...
    pub sender: &'static str,
    /// Whom it was for.
    pub recipient: &'static str,
    /// What it is called, such as `PReq` or `0100`.
    pub name: &'static str,
    /// The purchase it names, if it names one.
    pub xid: Option<Xid>,
    /// The request it is or answers, if it says so.
    pub rrpid: Option<Rrpid>,
    /// The kind of the instance it belongs to.
    pub kind: &'static str,
    /// The key of the instance it belongs to.
    pub key: Vec<u8>,
    /// The message, octet by octet.
    pub octets: Vec<u8>,
}

/// One message of the journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passed {
    /// Its place in the journal.
    pub seq: Seq,
    /// When.
    pub at: UnixTime,
    /// Which way.
    pub direction: Direction,
    /// Who sent it.
    pub sender: String,
    /// Whom it was for.
    pub recipient: String,
    /// What it is called.
    pub name: String,
    /// The purchase it names, if it names one.
    pub xid: Option<Xid>,
    /// The request it is or answers, if it says so.
    pub rrpid: Option<Rrpid>,
    /// The message, octet by octet.
    pub octets: Vec<u8>,
}

/// Which entries of the journal are wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JournalOf {
    /// All of them.
    Everything,
    /// One entry, by its place.
    One(Seq),
    /// Those of one instance.
    Instance {
        /// What kind of instance.
        kind: &'static str,
        /// Its key.
        key: Vec<u8>,
    },
    /// A request that was taken here and what answered it.
    Request(Rrpid),
}

/// Names an errand in its store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ErrandId(pub(super) i64);

/// An errand that waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pending {
    /// Its name.
    pub id: ErrandId,
    /// The key of the instance that asked for it.
    pub key: Vec<u8>,
    /// What is to be done.
    pub body: Vec<u8>,
    /// The message to be sent, if there is one.
    pub message: Option<Vec<u8>>,
    /// When.
    pub due_at: UnixTime,
    /// How often it was postponed.
    pub tries: u32,
}

/// An instance whose time to wake has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wake {
    /// Its key.
    pub key: Vec<u8>,
    /// The time it asked for.
    pub due_at: UnixTime,
}

/// A message of the journal has not the digest it was stored with.
#[derive(Debug)]
pub(super) struct Altered;

impl fmt::Display for Altered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a message of the journal is not the one that was stored")
    }
}

impl Error for Altered {}

/// The journal says of a message neither that it came nor that it left.
#[derive(Debug)]
pub(super) struct UnknownDirection;

impl fmt::Display for UnknownDirection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a message of the journal neither came nor left")
    }
}

impl Error for UnknownDirection {}
