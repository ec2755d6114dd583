//! Every question that only reads.

use std::error::Error;

use openset_types::{InvalidId, Rrpid, UnixTime};
use rusqlite::{Connection, OptionalExtension, Row, ToSql, params, types::Type};

use super::pieces::join;
use crate::store::{
    Direction, ErrandId, JournalOf, Lookup, Page, Passed, Pending, Record, Seen, Seq, Version,
    Wake, cut::digest, record::Altered, sql,
};

type Result<T, E = rusqlite::Error> = std::result::Result<T, E>;

pub(super) fn load(db: &Connection, kind: &str, at: &Lookup) -> Result<Option<Record>> {
    let (sql, name) = match at {
        Lookup::Key(key) => (sql::LOAD_BY_KEY, key),
        Lookup::Alias(alias) => (sql::LOAD_BY_ALIAS, alias),
    };
    db.prepare_cached(sql)?.query_row(params![kind, name], |row| record(db, row)).optional()
}

pub(super) fn key(db: &Connection, kind: &str, alias: &[u8]) -> Result<Option<Vec<u8>>> {
    db.prepare_cached(sql::KEY)?.query_row(params![kind, alias], |row| row.get(0)).optional()
}

pub(super) fn list(db: &Connection, kind: &str, page: Page) -> Result<Vec<Record>> {
    db.prepare_cached(sql::LIST)?
        .query_map(params![kind, below(page), page.limit], |row| record(db, row))?
        .collect()
}

pub(super) fn count(db: &Connection, kind: &str) -> Result<u64> {
    db.prepare_cached(sql::COUNT)?
        .query_row(params![kind], |row| row.get::<_, i64>(0).map(i64::unsigned_abs))
}

pub(super) fn holder(db: &Connection, register: &str, key: &[u8]) -> Result<Option<Vec<u8>>> {
    db.prepare_cached(sql::HOLDER)?.query_row(params![register, key], |row| row.get(0)).optional()
}

pub(super) fn tally(db: &Connection, register: &str, period: i64, key: &[u8]) -> Result<u64> {
    let count: Option<i64> = db
        .prepare_cached(sql::TALLY)?
        .query_row(params![register, period, key], |row| row.get(0))
        .optional()?;
    Ok(count.map_or(0, i64::unsigned_abs))
}

pub(super) fn tally_period(db: &Connection, register: &str) -> Result<Option<i64>> {
    db.prepare_cached(sql::TALLY_PERIOD)?.query_row(params![register], |row| row.get(0))
}

pub(super) fn request(db: &Connection, rrpid: Rrpid) -> Result<Option<Seen>> {
    db.prepare_cached(sql::REQUEST)?
        .query_row(params![rrpid.as_bytes()], |row| {
            Ok(Seen {
                fingerprint: row.get(0)?,
                kind: row.get(1)?,
                key: row.get(2)?,
                reply: message_in(db, row, 3)?,
            })
        })
        .optional()
}

/// A message of the journal.
pub(super) fn message(db: &Connection, seq: i64) -> Result<Vec<u8>> {
    db.prepare_cached(sql::MESSAGE)?
        .query_row(params![seq], |row| message_in(db, row, 0))
        .map(Option::unwrap_or_default)
}

pub(super) fn journal(db: &Connection, of: &JournalOf, page: Page) -> Result<Vec<Passed>> {
    let (before, limit) = (below(page), page.limit);
    let (sql, values): (_, &[&dyn ToSql]) = match of {
        JournalOf::Everything => (sql::JOURNAL, &[&before, &limit]),
        JournalOf::One(seq) => (sql::JOURNAL_ONE, &[&before, &limit, &seq.0]),
        JournalOf::Instance { kind, key } => {
            (sql::JOURNAL_OF_INSTANCE, &[&before, &limit, kind, key])
        }
        JournalOf::Request(rrpid) => {
            (sql::JOURNAL_OF_REQUEST, &[&before, &limit, &rrpid.as_bytes()])
        }
    };
    db.prepare_cached(sql)?.query_map(values, |row| passed(db, row))?.collect()
}

pub(super) fn errands_due(
    db: &Connection,
    kind: &str,
    topic: &str,
    until: i64,
    limit: u32,
) -> Result<Vec<Pending>> {
    db.prepare_cached(sql::ERRANDS)?
        .query_map(params![kind, topic, until, limit], |row| pending(db, row))?
        .collect()
}

/// Errands of one kind and topic with a number up to this one, oldest first.
pub(super) fn errands_up_to(
    db: &Connection,
    kind: &str,
    topic: &str,
    last: i64,
) -> Result<Vec<Pending>> {
    let mut found = errands_due(db, kind, topic, i64::MAX, u32::MAX)?;
    found.retain(|pending| pending.id.0 <= last);
    Ok(found)
}

pub(super) fn wakes_due(
    db: &Connection,
    kind: &str,
    now: UnixTime,
    limit: u32,
) -> Result<Vec<Wake>> {
    db.prepare_cached(
        "SELECT key, due_at FROM instance WHERE kind = ?1 AND due_at <= ?2 \
         ORDER BY due_at, seq LIMIT ?3",
    )?
    .query_map(params![kind, now.seconds(), limit], |row| {
        Ok(Wake { key: row.get(0)?, due_at: time(row, 1)? })
    })?
    .collect()
}

fn pending(db: &Connection, row: &Row<'_>) -> Result<Pending> {
    Ok(Pending {
        id: ErrandId(row.get(0)?),
        key: row.get(1)?,
        body: row.get(2)?,
        message: message_in(db, row, 5)?,
        due_at: time(row, 3)?,
        tries: row.get(4)?,
    })
}

fn below(page: Page) -> i64 {
    page.before.map_or(i64::MAX, |seq| seq.0)
}

pub(super) fn record(db: &Connection, row: &Row<'_>) -> Result<Record> {
    Ok(Record {
        seq: Seq(row.get(0)?),
        key: row.get(1)?,
        version: Version(row.get(2)?),
        created_at: time(row, 3)?,
        changed_at: time(row, 4)?,
        state: join(db, row.get(6)?, row.get_ref(5)?.as_str_or_null()?)?,
    })
}

pub(super) fn passed(db: &Connection, row: &Row<'_>) -> Result<Passed> {
    Ok(Passed {
        seq: Seq(row.get(0)?),
        at: time(row, 1)?,
        direction: direction(row, 2)?,
        sender: row.get(3)?,
        recipient: row.get(4)?,
        name: row.get(5)?,
        xid: name(row, 6)?,
        rrpid: name(row, 7)?,
        octets: message_in(db, row, 8)?.unwrap_or_default(),
    })
}

/// The message whose digest, holes and octets stand from a column on, if there is one.
fn message_in(db: &Connection, row: &Row<'_>, from: usize) -> Result<Option<Vec<u8>>> {
    let Some(expected) = row.get_ref(from)?.as_blob_or_null()? else { return Ok(None) };
    let holes = row.get_ref(from + 1)?.as_str_or_null()?;
    let whole = join(db, row.get(from + 2)?, holes)?;
    if digest(&whole) != expected {
        return Err(unreadable(from, Altered));
    }
    Ok(Some(whole))
}

pub(super) fn time(row: &Row<'_>, column: usize) -> Result<UnixTime> {
    UnixTime::new(row.get(column)?).map_err(|error| unreadable(column, error))
}

fn direction(row: &Row<'_>, column: usize) -> Result<Direction> {
    let word: String = row.get(column)?;
    Direction::of_word(&word).map_err(|error| unreadable(column, error))
}

/// Reads a name of twenty octets, where there is one.
fn name<T>(row: &Row<'_>, column: usize) -> Result<Option<T>>
where
    T: for<'a> TryFrom<&'a [u8], Error = InvalidId>,
{
    let octets: Option<Vec<u8>> = row.get(column)?;
    octets.map(|octets| T::try_from(&octets)).transpose().map_err(|error| unreadable(column, error))
}

pub(super) fn unreadable(
    column: usize,
    error: impl Error + Send + Sync + 'static,
) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(column, Type::Null, Box::new(error))
}
