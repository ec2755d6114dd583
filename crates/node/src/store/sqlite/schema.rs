//! The tables of the SQLite engine, and the steps from one version of them to the next.

use std::cmp::Ordering;

use rusqlite::{Connection, Transaction, TransactionBehavior};

use crate::fault::Fault;

/// The last version whose files are not read any more.
const FORGOTTEN: usize = 4;

/// Every step from an empty file to today's tables. Stored. Add a step; never change one.
const STEPS: &[&str] = &[FIRST, TRAIL, TALLY];

/// Brings a file to today's tables, or refuses one that is newer or too old.
pub(super) fn migrate(connection: &mut Connection) -> Result<(), Fault> {
    let at = version(connection).map_err(|error| super::query_fault(&error))?;
    let done = match at {
        0 => 0,
        1..=FORGOTTEN => return Err(Fault::StoreOlder),
        later => later - FORGOTTEN,
    };
    let steps = STEPS.get(done..).ok_or(Fault::StoreNewer)?;
    for (step, number) in steps.iter().zip(FORGOTTEN + done + 1..) {
        run(connection, step, number).map_err(|error| super::query_fault(&error))?;
    }
    Ok(())
}

/// Refuses a file that has not today's tables.
pub(super) fn require_current(connection: &Connection) -> Result<(), Fault> {
    let at = version(connection).map_err(|error| super::query_fault(&error))?;
    match at.cmp(&(FORGOTTEN + STEPS.len())) {
        Ordering::Less => Err(Fault::StoreOlder),
        Ordering::Equal => Ok(()),
        Ordering::Greater => Err(Fault::StoreNewer),
    }
}

fn version(connection: &Connection) -> rusqlite::Result<usize> {
    connection.query_row("PRAGMA user_version", [], |row| {
        row.get::<_, u32>(0).map(|version| version as usize)
    })
}

fn run(connection: &mut Connection, step: &str, number: usize) -> rusqlite::Result<()> {
    let transaction = Transaction::new(connection, TransactionBehavior::Immediate)?;
    transaction.execute_batch(step)?;
    transaction.execute_batch(&format!("PRAGMA user_version = {number}"))?;
    transaction.commit()
}

const FIRST: &str = "
CREATE TABLE instance (
    seq        INTEGER PRIMARY KEY,
    kind       TEXT    NOT NULL,
    key        BLOB    NOT NULL,
    version    INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    changed_at INTEGER NOT NULL,
    due_at     INTEGER,
    holes      TEXT,
    state      BLOB    NOT NULL,
    UNIQUE (kind, key)
) STRICT;
CREATE INDEX instance_by_age  ON instance (kind, seq);
CREATE INDEX instance_by_time ON instance (kind, due_at) WHERE due_at IS NOT NULL;
CREATE TRIGGER instance_is_not_forgotten BEFORE DELETE ON instance
    BEGIN SELECT RAISE(ABORT, 'an instance is not forgotten'); END;

-- Certificates that stand in several messages or states, as they stand there. What has holes names
-- places in its own octets, and the piece that belongs at each.
CREATE TABLE piece (
    id     INTEGER PRIMARY KEY,
    digest BLOB NOT NULL UNIQUE,
    octets BLOB NOT NULL
) STRICT;
CREATE TRIGGER piece_is_not_changed BEFORE UPDATE ON piece
    BEGIN SELECT RAISE(ABORT, 'others need this piece'); END;
CREATE TRIGGER piece_is_not_taken_away BEFORE DELETE ON piece
    BEGIN SELECT RAISE(ABORT, 'others need this piece'); END;

CREATE TABLE alias (
    kind     TEXT    NOT NULL,
    alias    BLOB    NOT NULL,
    instance INTEGER NOT NULL,
    PRIMARY KEY (kind, alias)
) STRICT, WITHOUT ROWID;

CREATE TABLE claim (
    register TEXT NOT NULL,
    key      BLOB NOT NULL,
    holder   BLOB NOT NULL,
    PRIMARY KEY (register, key)
) STRICT, WITHOUT ROWID;

-- The reply is the place of the message in the journal.
CREATE TABLE request (
    rrpid       BLOB    NOT NULL PRIMARY KEY,
    instance    INTEGER NOT NULL,
    fingerprint BLOB    NOT NULL,
    reply       INTEGER
) STRICT, WITHOUT ROWID;

-- A message about an instance names it by its place; others say what they are about.
CREATE TABLE journal (
    seq       INTEGER PRIMARY KEY,
    at        INTEGER NOT NULL,
    direction TEXT    NOT NULL,
    sender    TEXT    NOT NULL,
    recipient TEXT    NOT NULL,
    name      TEXT    NOT NULL,
    xid       BLOB,
    rrpid     BLOB,
    instance  INTEGER,
    kind      TEXT,
    key       BLOB,
    digest    BLOB    NOT NULL,
    holes     TEXT,
    octets    BLOB    NOT NULL,
    CHECK ((instance IS NULL) = (kind IS NOT NULL AND key IS NOT NULL))
) STRICT;
CREATE INDEX journal_by_instance ON journal (instance, seq) WHERE instance IS NOT NULL;
CREATE INDEX journal_by_subject  ON journal (kind, key, seq) WHERE instance IS NULL;
CREATE TRIGGER journal_is_not_changed BEFORE UPDATE ON journal
    BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER journal_is_not_shortened BEFORE DELETE ON journal
    BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;

-- The message to be sent is a place in the journal. Errands go when they are done: there are few at
-- any time, and no index by time is worth its writing.
CREATE TABLE errand (
    id      INTEGER PRIMARY KEY,
    kind    TEXT    NOT NULL,
    key     BLOB    NOT NULL,
    topic   TEXT    NOT NULL,
    body    BLOB    NOT NULL,
    message INTEGER,
    due_at  INTEGER NOT NULL,
    tries   INTEGER NOT NULL
) STRICT;
";

const TRAIL: &str = "
-- Each record is linked to the one before. The messages are places in the journal, as JSON.
CREATE TABLE trail (
    number   INTEGER PRIMARY KEY,
    at       INTEGER NOT NULL,
    cause    TEXT    NOT NULL,
    subject  TEXT    NOT NULL,
    outcome  TEXT    NOT NULL,
    detail   TEXT    NOT NULL,
    messages TEXT    NOT NULL,
    link     BLOB    NOT NULL
) STRICT;
CREATE TRIGGER trail_is_not_changed BEFORE UPDATE ON trail
    BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;
CREATE TRIGGER trail_is_not_shortened BEFORE DELETE ON trail
    BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;
";

const TALLY: &str = "
-- What is counted in one period at a time.
CREATE TABLE tally (
    register TEXT    NOT NULL,
    period   INTEGER NOT NULL,
    key      BLOB    NOT NULL,
    count    INTEGER NOT NULL,
    PRIMARY KEY (register, period, key)
) STRICT, WITHOUT ROWID;
";
