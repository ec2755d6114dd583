//! The tables of the SQLite engine, and the steps from one version of them to the next.

use rusqlite::{Connection, Transaction, TransactionBehavior};

use crate::fault::Fault;

/// Every step from an empty file to today's tables. Stored. Add a step; never change one.
const STEPS: &[&str] = &[FIRST];

/// Brings a file to today's tables, or refuses one that is newer.
pub(super) fn migrate(connection: &mut Connection) -> Result<(), Fault> {
    let at = version(connection).map_err(|error| super::query_fault(&error))?;
    let steps = STEPS.get(at..).ok_or(Fault::StoreNewer)?;
    for (step, number) in steps.iter().zip(at + 1..) {
        run(connection, step, number).map_err(|error| super::query_fault(&error))?;
    }
    Ok(())
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
    seq        INTEGER PRIMARY KEY AUTOINCREMENT,
    kind       TEXT    NOT NULL,
    key        BLOB    NOT NULL,
    version    INTEGER NOT NULL,
    state      BLOB    NOT NULL,
    created_at INTEGER NOT NULL,
    changed_at INTEGER NOT NULL,
    UNIQUE (kind, key)
) STRICT;
CREATE INDEX instance_by_age ON instance (kind, seq);

CREATE TABLE alias (
    kind  TEXT NOT NULL,
    alias BLOB NOT NULL,
    key   BLOB NOT NULL,
    PRIMARY KEY (kind, alias)
) STRICT;

CREATE TABLE claim (
    register TEXT NOT NULL,
    key      BLOB NOT NULL,
    holder   BLOB NOT NULL,
    PRIMARY KEY (register, key)
) STRICT;

CREATE TABLE request (
    rrpid       BLOB    NOT NULL PRIMARY KEY,
    fingerprint BLOB    NOT NULL,
    kind        TEXT    NOT NULL,
    key         BLOB    NOT NULL,
    at          INTEGER NOT NULL,
    reply       BLOB
) STRICT;

CREATE TABLE journal (
    seq       INTEGER PRIMARY KEY AUTOINCREMENT,
    at        INTEGER NOT NULL,
    direction TEXT    NOT NULL,
    sender    TEXT    NOT NULL,
    recipient TEXT    NOT NULL,
    name      TEXT    NOT NULL,
    xid       BLOB,
    rrpid     BLOB,
    kind      TEXT    NOT NULL,
    key       BLOB    NOT NULL,
    octets    BLOB    NOT NULL
) STRICT;
CREATE INDEX journal_by_instance ON journal (kind, key, seq);
CREATE INDEX journal_by_purchase ON journal (xid, seq) WHERE xid IS NOT NULL;
CREATE INDEX journal_by_request  ON journal (rrpid, seq) WHERE rrpid IS NOT NULL;
CREATE TRIGGER journal_is_not_changed BEFORE UPDATE ON journal
    BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER journal_is_not_shortened BEFORE DELETE ON journal
    BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;

CREATE TABLE errand (
    id     INTEGER PRIMARY KEY AUTOINCREMENT,
    kind   TEXT    NOT NULL,
    key    BLOB    NOT NULL,
    topic  TEXT    NOT NULL,
    body   BLOB    NOT NULL,
    due_at INTEGER NOT NULL,
    tries  INTEGER NOT NULL
) STRICT;
CREATE INDEX errand_by_time ON errand (kind, topic, due_at);

CREATE TABLE timer (
    kind   TEXT    NOT NULL,
    key    BLOB    NOT NULL,
    due_at INTEGER NOT NULL,
    PRIMARY KEY (kind, key)
) STRICT;
CREATE INDEX timer_by_time ON timer (kind, due_at);
";
