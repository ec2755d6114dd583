//! What a server's errors mean to a node, and what of them may be logged.

use std::{error::Error, fmt};

use tokio_postgres::error::{DbError, SqlState};

use crate::{
    fault::Fault,
    store::{CommitRefused, Uncommitted, cut::Misplaced},
};

/// What is missing for a server to keep what it acknowledges.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Unfit {
    /// It stores texts in another encoding than UTF-8.
    Encoding,
    /// It does not wait for the disk: `fsync` is off.
    Fsync,
    /// A page that was torn by a power loss is not put back: `full_page_writes` is off.
    FullPageWrites,
    /// It is a standby, or set to read only.
    ReadOnly,
    /// It acknowledges before the disk has it: `synchronous_commit` is neither `on` nor
    /// `remote_apply`.
    SynchronousCommit,
    /// It is older than PostgreSQL 15.
    Version,
}

impl Unfit {
    /// All of them.
    const ALL: [Self; 6] = [
        Self::Encoding,
        Self::Fsync,
        Self::FullPageWrites,
        Self::ReadOnly,
        Self::SynchronousCommit,
        Self::Version,
    ];

    /// What to say of it.
    pub fn text(self) -> &'static str {
        match self {
            Self::Encoding => "its encoding is not UTF8",
            Self::Fsync => "fsync is off",
            Self::FullPageWrites => "full_page_writes is off",
            Self::ReadOnly => "it is a standby or read only",
            Self::SynchronousCommit => "synchronous_commit is neither on nor remote_apply",
            Self::Version => "it is older than PostgreSQL 15",
        }
    }

    /// Finds one by what is said of it.
    pub(super) fn said(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|unfit| unfit.text() == text)
    }
}

impl fmt::Display for Unfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text())
    }
}

/// Why the server did not do what it was asked.
#[derive(Debug)]
pub(super) enum Failed {
    /// It or the connection to it gave way.
    Engine(tokio_postgres::Error),
    /// It was not even asked, or what it answered is not what we store.
    Fault(Fault),
    /// Somebody else was first.
    Refused(CommitRefused),
}

impl From<tokio_postgres::Error> for Failed {
    fn from(error: tokio_postgres::Error) -> Self {
        Self::Engine(error)
    }
}

impl From<Fault> for Failed {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl From<CommitRefused> for Failed {
    fn from(refused: CommitRefused) -> Self {
        Self::Refused(refused)
    }
}

impl From<Misplaced> for Failed {
    fn from(misplaced: Misplaced) -> Self {
        unreadable(misplaced)
    }
}

impl Failed {
    /// What a question becomes.
    pub(super) fn into_fault(self) -> Fault {
        match self {
            Self::Engine(error) => judge(&error),
            Self::Fault(fault) => fault,
            Self::Refused(_) => Fault::StoreQuery,
        }
    }

    /// What a commit becomes.
    pub(super) fn into_uncommitted(self) -> Uncommitted {
        match self {
            Self::Refused(refused) => refused.into(),
            other => other.into_fault().into(),
        }
    }

    /// Whether the server took the change back because of another, so that it may be tried again.
    pub(super) fn is_passing(&self) -> bool {
        let Self::Engine(error) = self else { return false };
        let passing = [SqlState::T_R_SERIALIZATION_FAILURE, SqlState::T_R_DEADLOCK_DETECTED];
        error.code().is_some_and(|code| passing.contains(code))
    }

    /// Whether nobody said what became of the last thing that was sent.
    pub(super) fn is_silence(&self) -> bool {
        match self {
            Self::Engine(error) => error.code().is_none_or(|code| code.code().starts_with("57P")),
            Self::Fault(fault) => *fault == Fault::StoreSlow,
            Self::Refused(_) => false,
        }
    }
}

/// Something that was read is not what we store.
pub(super) fn unreadable(error: impl Error) -> Failed {
    tracing::error!(%error, "what is stored cannot be read");
    Failed::Fault(Fault::StoreQuery)
}

/// Logs why the server gave way, and says which kind of fault it is.
pub(super) fn judge(error: &tokio_postgres::Error) -> Fault {
    let fault = match error.as_db_error() {
        Some(said) => said_by_server(said),
        None if is_lost(error) => Fault::StoreUnreachable,
        None => Fault::StoreQuery,
    };
    let code = error.code().map(SqlState::code);
    tracing::error!(code, cause = cause(error), %fault, "the database gave way");
    fault
}

fn said_by_server(said: &DbError) -> Fault {
    let code = said.code();
    if *code == SqlState::DISK_FULL {
        return Fault::StoreFull;
    }
    if [SqlState::QUERY_CANCELED, SqlState::LOCK_NOT_AVAILABLE].contains(code) {
        return Fault::StoreSlow;
    }
    match code.code() {
        "25006" => Fault::StoreUnfit(Unfit::ReadOnly),
        "3D000" | "42501" => Fault::StoreDenied,
        code if code.starts_with("28") => Fault::StoreDenied,
        code if ["08", "53", "57P"].iter().any(|class| code.starts_with(class)) => {
            Fault::StoreUnreachable
        }
        _ => Fault::StoreQuery,
    }
}

/// Whether the connection is what gave way.
fn is_lost(error: &tokio_postgres::Error) -> bool {
    error.is_closed() || error.source().is_some_and(|source| source.is::<std::io::Error>())
}

/// What the server said, without its details: those repeat values.
fn cause(error: &tokio_postgres::Error) -> String {
    match error.as_db_error() {
        Some(said) if said.code().code().starts_with("22") => "a value is not taken".to_owned(),
        Some(said) => said.message().to_owned(),
        None => error.source().map_or_else(|| error.to_string(), ToString::to_string),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_of_an_unfit_server_names_it() {
        for unfit in Unfit::ALL {
            assert_eq!(Unfit::said(unfit.text()), Some(unfit));
        }
        assert_eq!(Unfit::said("it is slow"), None);
    }

    #[test]
    fn only_what_the_server_took_back_is_tried_again() {
        assert!(!Failed::from(Fault::StoreUnreachable).is_passing());
        assert!(!Failed::from(CommitRefused::Conflict).is_passing());
    }
}
