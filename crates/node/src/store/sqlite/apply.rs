//! One change as statements, within a transaction that somebody else commits.

use openset_types::UnixTime;
use rusqlite::{Connection, OptionalExtension, params};

use crate::store::{
    Alias, Change, Claim, CommitRefused, Committed, Entry, Errand, ErrandId, Expected, Put,
    Release, Reply, Request, Seq, Timer,
};

/// Why a change was not applied.
pub(super) enum Unapplied {
    /// Somebody else was first. Only this change is undone.
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

/// Applies a change. What could refuse it comes first.
pub(super) fn apply(db: &Connection, change: &Change) -> Result<Committed, Unapplied> {
    change.puts.iter().try_for_each(|item| put(db, item))?;
    change.finished.iter().try_for_each(|id| finish(db, *id))?;
    change.requests.iter().try_for_each(|item| request(db, item))?;
    change.releases.iter().try_for_each(|item| release(db, item))?;
    change.claims.iter().try_for_each(|item| claim(db, item))?;
    change.aliases.iter().try_for_each(|item| alias(db, item))?;
    change.replies.iter().try_for_each(|item| reply(db, item))?;
    change.timers.iter().try_for_each(|item| timer(db, item))?;
    change.postponed.iter().try_for_each(|(id, until)| postpone(db, *id, *until))?;
    Ok(Committed {
        journal: change.journal.iter().map(|item| append(db, item)).collect::<Result<_, _>>()?,
        errands: change.errands.iter().map(|item| add(db, item)).collect::<Result<_, _>>()?,
    })
}

fn put(db: &Connection, put: &Put) -> Result<(), Unapplied> {
    let at = put.at.seconds();
    let changed = match put.expected {
        Expected::Absent => db
            .prepare_cached(
                "INSERT INTO instance (kind, key, version, state, created_at, changed_at) \
                 VALUES (?1, ?2, 1, ?3, ?4, ?4) ON CONFLICT (kind, key) DO NOTHING",
            )?
            .execute(params![put.kind, put.key, put.state, at])?,
        Expected::At(version) => db
            .prepare_cached(
                "UPDATE instance SET version = version + 1, state = ?3, changed_at = ?4 \
                 WHERE kind = ?1 AND key = ?2 AND version = ?5",
            )?
            .execute(params![put.kind, put.key, put.state, at, version.0])?,
    };
    if changed == 1 { Ok(()) } else { Err(CommitRefused::Conflict.into()) }
}

fn finish(db: &Connection, id: ErrandId) -> Result<(), Unapplied> {
    let gone = db.prepare_cached("DELETE FROM errand WHERE id = ?1")?.execute(params![id.0])?;
    if gone == 1 { Ok(()) } else { Err(CommitRefused::ErrandGone(id).into()) }
}

fn request(db: &Connection, request: &Request) -> Result<(), Unapplied> {
    let added = db
        .prepare_cached(
            "INSERT INTO request (rrpid, fingerprint, kind, key, at) \
             VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (rrpid) DO NOTHING",
        )?
        .execute(params![
            request.rrpid.as_bytes(),
            request.fingerprint,
            request.kind,
            request.key,
            request.at.seconds()
        ])?;
    if added == 1 { Ok(()) } else { Err(CommitRefused::RequestSeen(request.rrpid).into()) }
}

fn release(db: &Connection, release: &Release) -> Result<(), Unapplied> {
    db.prepare_cached("DELETE FROM claim WHERE register = ?1 AND key = ?2 AND holder = ?3")?
        .execute(params![release.register, release.key, release.holder])?;
    Ok(())
}

fn claim(db: &Connection, claim: &Claim) -> Result<(), Unapplied> {
    let holder: Vec<u8> = db
        .prepare_cached(
            "INSERT INTO claim (register, key, holder) VALUES (?1, ?2, ?3) \
             ON CONFLICT (register, key) DO UPDATE SET holder = claim.holder RETURNING holder",
        )?
        .query_row(params![claim.register, claim.key, claim.holder], |row| row.get(0))?;
    if holder == claim.holder {
        return Ok(());
    }
    Err(CommitRefused::ClaimTaken { register: claim.register, key: claim.key.clone() }.into())
}

fn alias(db: &Connection, alias: &Alias) -> Result<(), Unapplied> {
    let key: Vec<u8> = db
        .prepare_cached(
            "INSERT INTO alias (kind, alias, key) VALUES (?1, ?2, ?3) \
             ON CONFLICT (kind, alias) DO UPDATE SET key = alias.key RETURNING key",
        )?
        .query_row(params![alias.kind, alias.alias, alias.key], |row| row.get(0))?;
    if key == alias.key { Ok(()) } else { Err(CommitRefused::AliasTaken.into()) }
}

fn reply(db: &Connection, reply: &Reply) -> Result<(), Unapplied> {
    let stored: Option<Vec<u8>> = db
        .prepare_cached(
            "UPDATE request SET reply = COALESCE(reply, ?2) WHERE rrpid = ?1 RETURNING reply",
        )?
        .query_row(params![reply.rrpid.as_bytes(), reply.message], |row| row.get(0))
        .optional()?;
    if stored.as_ref() == Some(&reply.message) {
        return Ok(());
    }
    Err(CommitRefused::Answered(reply.rrpid).into())
}

fn timer(db: &Connection, timer: &Timer) -> Result<(), Unapplied> {
    match timer.due_at {
        Some(due_at) => db
            .prepare_cached(
                "INSERT INTO timer (kind, key, due_at) VALUES (?1, ?2, ?3) \
                 ON CONFLICT (kind, key) DO UPDATE SET due_at = excluded.due_at",
            )?
            .execute(params![timer.kind, timer.key, due_at.seconds()])?,
        None => db
            .prepare_cached("DELETE FROM timer WHERE kind = ?1 AND key = ?2")?
            .execute(params![timer.kind, timer.key])?,
    };
    Ok(())
}

fn postpone(db: &Connection, id: ErrandId, until: UnixTime) -> Result<(), Unapplied> {
    let moved = db
        .prepare_cached("UPDATE errand SET due_at = ?2, tries = tries + 1 WHERE id = ?1")?
        .execute(params![id.0, until.seconds()])?;
    if moved == 1 { Ok(()) } else { Err(CommitRefused::ErrandGone(id).into()) }
}

fn append(db: &Connection, entry: &Entry) -> Result<Seq, Unapplied> {
    let seq = db
        .prepare_cached(
            "INSERT INTO journal \
             (at, direction, sender, recipient, name, xid, rrpid, kind, key, octets) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) RETURNING seq",
        )?
        .query_row(
            params![
                entry.at.seconds(),
                entry.direction.word(),
                entry.sender,
                entry.recipient,
                entry.name,
                entry.xid.as_ref().map(|xid| xid.as_bytes()),
                entry.rrpid.as_ref().map(|rrpid| rrpid.as_bytes()),
                entry.kind,
                entry.key,
                entry.octets
            ],
            |row| row.get(0).map(Seq),
        )?;
    Ok(seq)
}

fn add(db: &Connection, errand: &Errand) -> Result<ErrandId, Unapplied> {
    let id = db
        .prepare_cached(
            "INSERT INTO errand (kind, key, topic, body, due_at, tries) \
             VALUES (?1, ?2, ?3, ?4, ?5, 0) RETURNING id",
        )?
        .query_row(
            params![errand.kind, errand.key, errand.topic, errand.body, errand.due_at.seconds()],
            |row| row.get(0).map(ErrandId),
        )?;
    Ok(id)
}
