//! What goes wrong on our side: disk, socket, configuration. A peer hears 503 and nothing more.

use std::fmt;

use crate::keys::TokenFault;
pub use crate::store::postgres::Unfit;

/// Our own fault. The cause is logged where it happens; this says which part gave way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// Another writer changed the same record again and again.
    Contended,
    /// Too many messages are being dealt with. Nothing of this one was kept.
    Crowded,
    /// The operating system gives no randomness.
    Entropy,
    /// A file or folder cannot be read or written.
    File(std::io::ErrorKind),
    /// A private key is not in the key folder, or its file cannot be opened.
    Key,
    /// A socket cannot be opened.
    Socket(std::io::ErrorKind),
    /// What is stored cannot be read as what it should be.
    StateUnreadable,
    /// The database server does not let this program in, or not do what it must.
    StoreDenied,
    /// The role's database is not in its folder: the configuration says where it is.
    StoreElsewhere,
    /// The disk has no room. Nothing was stored; what was stored before stands.
    StoreFull,
    /// The database was made by a newer version of this program.
    StoreNewer,
    /// The database was made by an older version, in a form that is not read any more.
    StoreOlder,
    /// A query of the database failed.
    StoreQuery,
    /// Another process has the database of a role that is one process.
    StoreShared,
    /// The database server took longer than it may. Nothing was stored.
    StoreSlow,
    /// The database file cannot be trusted any more: nothing is read or written until a restart.
    StoreStopped,
    /// The database server is not such that what it acknowledges is kept.
    StoreUnfit(Unfit),
    /// The database server cannot be reached, or was lost. It is tried again.
    StoreUnreachable,
    /// A party's token did not do its work.
    Token(TokenFault),
    /// A request was taken and its answer takes longer than the peer may wait.
    Unanswered,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Contended => f.write_str("the record is changed too often by others"),
            Self::Crowded => f.write_str("too many messages are being dealt with"),
            Self::Entropy => f.write_str("the operating system gives no randomness"),
            Self::File(kind) => write!(f, "a file cannot be read or written: {kind}"),
            Self::Key => f.write_str("a private key is missing or cannot be opened"),
            Self::Socket(kind) => write!(f, "a socket cannot be opened: {kind}"),
            Self::StateUnreadable => f.write_str("what is stored cannot be read"),
            Self::StoreDenied => f.write_str("the database server refuses what is asked of it"),
            Self::StoreElsewhere => {
                f.write_str("the database is on a server that openset.toml names, not here")
            }
            Self::StoreFull => f.write_str("the disk has no room for the database"),
            Self::StoreNewer => f.write_str("the database was made by a newer version"),
            Self::StoreOlder => {
                f.write_str("the database is of an older form that is not read any more")
            }
            Self::StoreQuery => f.write_str("a query of the database failed"),
            Self::StoreShared => {
                f.write_str("another process has this database, and this role is one process")
            }
            Self::StoreSlow => f.write_str("the database server takes longer than it may"),
            Self::StoreStopped => f.write_str("the database file cannot be trusted any more"),
            Self::StoreUnfit(unfit) => write!(f, "the database server is not fit: {unfit}"),
            Self::StoreUnreachable => f.write_str("the database server cannot be reached"),
            Self::Token(fault) => fault.fmt(f),
            Self::Unanswered => f.write_str("the answer takes longer than the peer may wait"),
        }
    }
}

impl std::error::Error for Fault {}
