//! Whether a change can be stored: every way in which somebody else may have been first.
//!
//! What says most comes first: a request that was taken before is that, also where the instance
//! it would make is there by now. Nothing is written before all of this is known. One thread
//! writes, so what was found here still holds when the change is applied, and a refused change
//! leaves nothing to undo.

use rusqlite::{Connection, OptionalExtension, params};

use crate::store::{
    Alias, Change, Claim, CommitRefused, ErrandId, Expected, Put, Reply, Request, Version, sql,
};

/// Why a change is not applied.
pub(super) enum Unapplied {
    /// Somebody else was first.
    Refused(CommitRefused),
    /// The engine gave way.
    Engine(rusqlite::Error),
}

impl From<rusqlite::Error> for Unapplied {
    fn from(error: rusqlite::Error) -> Self {
        Self::Engine(error)
    }
}

impl From<CommitRefused> for Unapplied {
    fn from(refused: CommitRefused) -> Self {
        Self::Refused(refused)
    }
}

type Checked<T = ()> = Result<T, Unapplied>;

/// Where the instances that a change puts stand now, in the order of its puts; those that it makes
/// stand nowhere yet.
pub(super) type Seats = Vec<Option<i64>>;

/// Finds what refuses a change.
pub(super) fn check(db: &Connection, change: &Change) -> Checked<Seats> {
    if let Some(contradiction) = change.contradiction() {
        return Err(contradiction.into());
    }
    change.requests.iter().try_for_each(|item| unseen(db, item))?;
    let seats = change.puts.iter().map(|item| put(db, item)).collect::<Checked<Seats>>()?;
    let mut errands = change.finished.iter().chain(change.postponed.iter().map(|(id, _)| id));
    errands.try_for_each(|id| errand(db, *id))?;
    let mut takers = change.requests.iter();
    takers.try_for_each(|item| is_there(db, change, item.kind, &item.key))?;
    change.claims.iter().try_for_each(|item| claim(db, change, item))?;
    change.aliases.iter().try_for_each(|item| alias(db, change, item))?;
    change.replies.iter().try_for_each(|item| reply(db, change, item))?;
    Ok(seats)
}

/// Where an instance stands, by its kind and key.
pub(super) fn seat(db: &Connection, kind: &str, key: &[u8]) -> rusqlite::Result<Option<i64>> {
    db.prepare_cached("SELECT seq FROM instance WHERE kind = ?1 AND key = ?2")?
        .query_row(params![kind, key], |row| row.get(0))
        .optional()
}

fn put(db: &Connection, put: &Put) -> Checked<Option<i64>> {
    let found: Option<(i64, Version)> = db
        .prepare_cached("SELECT seq, version FROM instance WHERE kind = ?1 AND key = ?2")?
        .query_row(params![put.kind, put.key], |row| Ok((row.get(0)?, Version(row.get(1)?))))
        .optional()?;
    match (put.expected, found) {
        (Expected::Absent, None) => Ok(None),
        (Expected::At(expected), Some((seq, version))) if version == expected => Ok(Some(seq)),
        _ => Err(CommitRefused::Conflict.into()),
    }
}

fn errand(db: &Connection, id: ErrandId) -> Checked {
    let found = db.prepare_cached("SELECT 1 FROM errand WHERE id = ?1")?.exists(params![id.0])?;
    if found { Ok(()) } else { Err(CommitRefused::ErrandGone(id).into()) }
}

fn unseen(db: &Connection, request: &Request) -> Checked {
    let rrpid = request.rrpid;
    let seen = db
        .prepare_cached("SELECT 1 FROM request WHERE rrpid = ?1")?
        .exists(params![rrpid.as_bytes()])?;
    if seen {
        return Err(CommitRefused::RequestSeen(rrpid).into());
    }
    Ok(())
}

fn claim(db: &Connection, change: &Change, claim: &Claim) -> Checked {
    let Claim { register, key, holder } = claim;
    let held: Option<Vec<u8>> = db
        .prepare_cached(sql::HOLDER)?
        .query_row(params![register, key], |row| row.get(0))
        .optional()?;
    let is_released = |by: &[u8]| {
        change.releases.iter().any(|release| {
            release.register == *register && release.key == *key && release.holder == by
        })
    };
    let is_free = held.is_none_or(|by| by == *holder || is_released(&by));
    if is_free {
        return Ok(());
    }
    Err(CommitRefused::ClaimTaken { register, key: key.clone() }.into())
}

fn alias(db: &Connection, change: &Change, alias: &Alias) -> Checked {
    is_there(db, change, alias.kind, &alias.key)?;
    let named: Option<Vec<u8>> = db
        .prepare_cached(sql::KEY)?
        .query_row(params![alias.kind, alias.alias], |row| row.get(0))
        .optional()?;
    if named.is_none_or(|key| key == alias.key) {
        return Ok(());
    }
    Err(CommitRefused::AliasTaken.into())
}

/// A request is answered once. The same answer again changes nothing.
fn reply(db: &Connection, change: &Change, reply: &Reply) -> Checked {
    let answered = || CommitRefused::Answered(reply.rrpid).into();
    let message = change.said(reply.message).ok_or_else(answered)?;
    let found: Option<Option<i64>> = db
        .prepare_cached("SELECT reply FROM request WHERE rrpid = ?1")?
        .query_row(params![reply.rrpid.as_bytes()], |row| row.get(0))
        .optional()?;
    let is_right = match found {
        Some(Some(seq)) => super::read::message(db, seq)? == message,
        Some(None) => true,
        None => change.requests.iter().any(|request| request.rrpid == reply.rrpid),
    };
    if is_right { Ok(()) } else { Err(answered()) }
}

/// Whether an instance is there, or put in the same change.
fn is_there(db: &Connection, change: &Change, kind: &str, key: &[u8]) -> Checked {
    let is_put = change.puts.iter().any(|put| put.kind == kind && put.key == key);
    if is_put || seat(db, kind, key)?.is_some() {
        return Ok(());
    }
    Err(CommitRefused::Conflict.into())
}
