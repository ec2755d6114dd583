//! A party's file, read by somebody else: as it stood at one moment, also while the party works on
//! it. Nothing in it is changed, and one damaged message does not hide the others.

use std::path::Path;

use rusqlite::{Connection, OpenFlags, Row, params};

use super::{BUSY_MS, query_fault, read, schema};
use crate::{
    fault::Fault,
    store::{Passed, Record, Seq},
};

/// A file as it stood when it was opened.
pub struct Reading(Connection);

const RECORDS: &str = "SELECT seq, key, version, created_at, changed_at, holes, state \
     FROM instance WHERE kind = ?1 ORDER BY seq";
const JOURNAL: &str = "SELECT seq, at, direction, sender, recipient, name, xid, rrpid, digest, \
     holes, octets FROM journal ORDER BY seq";

impl Reading {
    /// Opens a file that is there and of today's form. What is written to it from now on is not
    /// seen.
    pub fn open(path: &Path) -> Result<Self, Fault> {
        let connection = begin(path).map_err(|error| query_fault(&error))?;
        schema::require_current(&connection)?;
        Ok(Self(connection))
    }

    /// Every record of a kind, in the order of their making.
    pub fn records(&self, kind: &str, mut each: impl FnMut(Record)) -> Result<(), Fault> {
        let mut query = || {
            let mut query = self.0.prepare(RECORDS)?;
            for record in query.query_map(params![kind], |row| read::record(&self.0, row))? {
                each(record?);
            }
            Ok(())
        };
        query().map_err(|error| query_fault(&error))
    }

    /// Every message of the journal, oldest first. One that is not what was stored is given by its
    /// place alone.
    pub fn journal(&self, mut each: impl FnMut(Result<Passed, Seq>)) -> Result<(), Fault> {
        let mut query = || {
            let mut query = self.0.prepare(JOURNAL)?;
            let whole = |row: &Row<'_>| {
                let seq = Seq(row.get(0)?);
                Ok(read::passed(&self.0, row).map_err(|_| seq))
            };
            for message in query.query_map([], whole)? {
                each(message?);
            }
            Ok(())
        };
        query().map_err(|error| query_fault(&error))
    }
}

fn begin(path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(std::time::Duration::from_millis(BUSY_MS))?;
    // A transaction that only reads sees the file as it is at its first question.
    connection.execute_batch("BEGIN")?;
    connection.query_row("SELECT COUNT(*) FROM sqlite_schema", [], |_| Ok(()))?;
    Ok(connection)
}

#[cfg(test)]
mod tests {
    use openset_types::UnixTime;
    use tempfile::TempDir;

    use super::*;
    use crate::store::{Change, Direction, Entry, Expected, Put, Store, sqlite::Sqlite};

    fn at() -> UnixTime {
        UnixTime::new(1_800_000_000).expect("after 1970")
    }

    fn change(key: &str) -> Change {
        let entry = Entry {
            at: at(),
            direction: Direction::In,
            sender: "gateway",
            recipient: "issuer",
            name: "0100",
            xid: None,
            rrpid: None,
            kind: "sale",
            key: key.as_bytes().to_vec(),
            octets: key.as_bytes().to_vec(),
        };
        let put = Put {
            kind: "sale",
            key: key.as_bytes().to_vec(),
            expected: Expected::Absent,
            state: b"{}".to_vec(),
            at: at(),
        };
        Change { puts: vec![put], journal: vec![entry], ..Change::default() }
    }

    async fn written() -> (TempDir, Sqlite) {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Sqlite::open(&folder.path().join("store.db")).expect("a new file");
        for key in ["one", "two"] {
            store.commit(change(key)).await.expect("stored");
        }
        (folder, store)
    }

    fn keys(reading: &Reading) -> Vec<Vec<u8>> {
        let mut keys = Vec::new();
        reading.records("sale", |record| keys.push(record.key)).expect("records");
        keys
    }

    fn messages(reading: &Reading) -> Vec<Result<Vec<u8>, i64>> {
        let mut messages = Vec::new();
        let each = |one: Result<Passed, Seq>| {
            messages.push(one.map(|passed| passed.octets).map_err(Seq::number));
        };
        reading.journal(each).expect("a journal");
        messages
    }

    #[tokio::test]
    async fn what_is_written_after_the_opening_is_not_seen_and_does_not_wait() {
        let (folder, store) = written().await;
        let reading = Reading::open(&folder.path().join("store.db")).expect("a file");
        store.commit(change("three")).await.expect("nobody is in the way");
        assert_eq!(keys(&reading), [b"one".to_vec(), b"two".to_vec()]);
        assert_eq!(messages(&reading), [Ok(b"one".to_vec()), Ok(b"two".to_vec())]);
    }

    #[tokio::test]
    async fn a_message_that_was_changed_is_told_by_its_place_and_the_others_are_read() {
        let (folder, store) = written().await;
        drop(store);
        let path = folder.path().join("store.db");
        let changed = Connection::open(&path).expect("a file");
        let change = "DROP TRIGGER journal_is_not_changed; \
             UPDATE journal SET octets = x'00' WHERE seq = 1;";
        changed.execute_batch(change).expect("changed behind everybody's back");
        let reading = Reading::open(&path).expect("a file");
        assert_eq!(messages(&reading), [Err(1), Ok(b"two".to_vec())]);
    }

    #[tokio::test]
    async fn nothing_can_be_written_and_no_file_is_made() {
        let (folder, _store) = written().await;
        let reading = Reading::open(&folder.path().join("store.db")).expect("a file");
        reading.0.execute_batch("DELETE FROM claim").expect_err("it only reads");
        let none = folder.path().join("none.db");
        assert_eq!(Reading::open(&none).err(), Some(Fault::StoreQuery));
        assert!(!none.exists());
    }

    #[test]
    fn a_file_of_another_form_is_refused() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("store.db");
        for (form, fault) in [(0, Fault::StoreOlder), (999, Fault::StoreNewer)] {
            let file = Connection::open(&path).expect("a file");
            file.pragma_update(None, "user_version", form).expect("a number");
            drop(file);
            assert_eq!(Reading::open(&path).err(), Some(fault));
        }
    }
}
