//! One change as statements, within a transaction that somebody else commits.
//!
//! Every octet of a message is written once, in the journal; replies and errands say where it
//! stands there.

use openset_crypto::trail::digest_of;
use openset_types::UnixTime;
use rusqlite::{Connection, params};

use super::{
    check::{Seats, Unapplied, check, seat},
    pieces::Pieces,
    trail,
};
use crate::store::{
    Account, Alias, Change, Claim, Committed, Entry, Errand, ErrandId, InJournal, Put, Release,
    Reply, Request, Seq, Tally, Timer,
    cut::{Cut, Form, digest},
    sql,
};

type Applied<T = ()> = rusqlite::Result<T>;

/// Applies changes, one after the other.
pub(super) struct Scribe<'db> {
    db: &'db Connection,
    /// What the next errand is called. A name is never given twice while the file is open.
    next_errand: i64,
    pieces: Pieces,
    /// How far the audit trail goes, once somebody has looked.
    trail: Option<trail::End>,
}

impl<'db> Scribe<'db> {
    /// Begins where the file ends.
    pub(super) fn new(db: &'db Connection) -> rusqlite::Result<Self> {
        Ok(Self { db, next_errand: last_errand(db)? + 1, pieces: Pieces::default(), trail: None })
    }

    /// Applies a change, or refuses it and writes nothing.
    pub(super) fn apply(&mut self, change: &Change) -> Result<Committed, Unapplied> {
        let seats = check(self.db, change)?;
        Ok(Stroke::begin(self, change, &seats)?.finish()?)
    }

    /// Forgets what may not have been stored.
    pub(super) fn forget(&mut self) {
        self.pieces.forget();
        self.trail = None;
    }

    /// Stores an instance and says where it stands.
    fn put(&mut self, put: &Put, seat: Option<i64>, timer: Option<&Timer>) -> Applied<i64> {
        let Self { db, pieces, .. } = self;
        let Cut { rest, holes } = pieces.cut(db, &put.state, Form::State)?;
        let at = put.at.seconds();
        let due_at = timer.and_then(|timer| timer.due_at).map(UnixTime::seconds);
        let Some(seat) = seat else {
            let insert = "INSERT INTO instance \
                 (kind, key, version, created_at, changed_at, due_at, holes, state) \
                 VALUES (?1, ?2, 1, ?3, ?3, ?4, ?5, ?6)";
            return db
                .prepare_cached(insert)?
                .insert(params![put.kind, put.key, at, due_at, holes, rest]);
        };
        if timer.is_some() {
            let update = "UPDATE instance SET version = version + 1, changed_at = ?2, \
                 holes = ?3, state = ?4, due_at = ?5 WHERE seq = ?1";
            db.prepare_cached(update)?.execute(params![seat, at, holes, rest, due_at])?;
        } else {
            let update = "UPDATE instance SET version = version + 1, changed_at = ?2, \
                 holes = ?3, state = ?4 WHERE seq = ?1";
            db.prepare_cached(update)?.execute(params![seat, at, holes, rest])?;
        }
        Ok(seat)
    }

    fn name_errand(&mut self) -> ErrandId {
        let id = ErrandId(self.next_errand);
        self.next_errand += 1;
        id
    }
}

/// The number of the last errand that waits; 0 if none does.
pub(super) fn last_errand(db: &Connection) -> rusqlite::Result<i64> {
    db.query_row("SELECT COALESCE(MAX(id), 0) FROM errand", [], |row| row.get(0))
}

/// A change that is being applied: its instances and its messages are stored.
struct Stroke<'a, 'db> {
    scribe: &'a mut Scribe<'db>,
    change: &'a Change,
    /// Where the instances stand that were put, in the order of the puts.
    seats: Vec<i64>,
    /// Where the messages stand, in the order of the change.
    journal: Vec<Seq>,
}

impl<'a, 'db> Stroke<'a, 'db> {
    /// Stores what the rest refers to.
    fn begin(scribe: &'a mut Scribe<'db>, change: &'a Change, seats: &Seats) -> Applied<Self> {
        let puts = change.puts.iter().zip(seats);
        let seats = puts
            .map(|(item, seat)| scribe.put(item, *seat, change.timer_of(item)))
            .collect::<Applied<_>>()?;
        let mut stroke = Self { scribe, change, seats, journal: Vec::new() };
        for entry in &change.journal {
            let seq = stroke.append(entry)?;
            stroke.journal.push(seq);
        }
        Ok(stroke)
    }

    /// Stores the rest.
    fn finish(mut self) -> Applied<Committed> {
        let (db, change) = (self.scribe.db, self.change);
        change.trail.iter().try_for_each(|account| self.account(account))?;
        change.finished.iter().try_for_each(|id| finish(db, *id))?;
        change.requests.iter().try_for_each(|item| self.request(item))?;
        change.releases.iter().try_for_each(|item| release(db, item))?;
        change.claims.iter().try_for_each(|item| claim(db, item))?;
        change.aliases.iter().try_for_each(|item| self.alias(item))?;
        change.replies.iter().try_for_each(|item| self.reply(item))?;
        change.timers.iter().try_for_each(|item| self.timer(item))?;
        change.tallies.iter().try_for_each(|item| tally(db, item))?;
        change.postponed.iter().try_for_each(|(id, until)| postpone(db, *id, *until))?;
        let errands =
            change.errands.iter().map(|item| self.errand(item)).collect::<Applied<_>>()?;
        Ok(Committed { errands, journal: self.journal })
    }

    /// Where an instance stands, if it is there.
    fn seat(&self, kind: &str, key: &[u8]) -> Applied<Option<i64>> {
        let mut puts = self.change.puts.iter().zip(&self.seats);
        match puts.find(|(put, _)| put.kind == kind && put.key == key) {
            Some((_, seat)) => Ok(Some(*seat)),
            None => seat(self.scribe.db, kind, key),
        }
    }

    /// Where a message of this change stands in the journal.
    fn place(&self, message: InJournal) -> Option<i64> {
        self.journal.get(message.0).map(|seq| seq.0)
    }

    fn append(&mut self, entry: &Entry) -> Applied<Seq> {
        let seat = self.seat(entry.kind, &entry.key)?;
        let Scribe { db, pieces, .. } = self.scribe;
        let Cut { rest, holes } = pieces.cut(db, &entry.octets, Form::Message)?;
        let subject = seat.is_none().then_some((entry.kind, &entry.key));
        db.prepare_cached(
            "INSERT INTO journal (at, direction, sender, recipient, name, xid, rrpid, \
                 instance, kind, key, digest, holes, octets) \
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
        )?
        .insert(params![
            entry.at.seconds(),
            entry.direction.word(),
            entry.sender,
            entry.recipient,
            entry.name,
            entry.xid.as_ref().map(|xid| xid.as_bytes()),
            entry.rrpid.as_ref().map(|rrpid| rrpid.as_bytes()),
            seat,
            subject.map(|(kind, _)| kind),
            subject.map(|(_, key)| key),
            digest(&entry.octets),
            holes,
            rest
        ])
        .map(Seq)
    }

    /// Appends a record to the audit trail, for all messages of this change.
    fn account(&mut self, account: &Account) -> Applied {
        let messages: Vec<_> =
            self.change.journal.iter().map(|entry| digest_of(&entry.octets)).collect();
        let Scribe { db, trail, .. } = &mut *self.scribe;
        let end = match trail.take() {
            Some(end) => end,
            None => trail::End::find(db)?,
        };
        *trail = Some(end.append(db, account, &messages, &self.journal)?);
        Ok(())
    }

    fn request(&self, request: &Request) -> Applied {
        self.scribe
            .db
            .prepare_cached(
                "INSERT INTO request (rrpid, instance, fingerprint) VALUES (?1, ?2, ?3)",
            )?
            .execute(params![
                request.rrpid.as_bytes(),
                self.seat(request.kind, &request.key)?,
                request.fingerprint
            ])
            .map(drop)
    }

    fn alias(&self, alias: &Alias) -> Applied {
        self.scribe
            .db
            .prepare_cached(
                "INSERT INTO alias (kind, alias, instance) VALUES (?1, ?2, ?3) \
                 ON CONFLICT (kind, alias) DO NOTHING",
            )?
            .execute(params![alias.kind, alias.alias, self.seat(alias.kind, &alias.key)?])
            .map(drop)
    }

    fn reply(&self, reply: &Reply) -> Applied {
        self.scribe
            .db
            .prepare_cached("UPDATE request SET reply = COALESCE(reply, ?2) WHERE rrpid = ?1")?
            .execute(params![reply.rrpid.as_bytes(), self.place(reply.message)])
            .map(drop)
    }

    /// Sets the time of an instance that is not put in the same change.
    fn timer(&self, timer: &Timer) -> Applied {
        if self.change.puts.iter().any(|put| timer.is_for(put)) {
            return Ok(());
        }
        self.scribe
            .db
            .prepare_cached("UPDATE instance SET due_at = ?3 WHERE kind = ?1 AND key = ?2")?
            .execute(params![timer.kind, timer.key, timer.due_at.map(UnixTime::seconds)])
            .map(drop)
    }

    fn errand(&mut self, errand: &Errand) -> Applied<ErrandId> {
        let id = self.scribe.name_errand();
        self.scribe
            .db
            .prepare_cached(
                "INSERT INTO errand (id, kind, key, topic, body, message, due_at, tries) \
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 0)",
            )?
            .execute(params![
                id.0,
                errand.kind,
                errand.key,
                errand.topic,
                errand.body,
                errand.message.and_then(|message| self.place(message)),
                errand.due_at.seconds()
            ])?;
        Ok(id)
    }
}

fn finish(db: &Connection, id: ErrandId) -> Applied {
    db.prepare_cached("DELETE FROM errand WHERE id = ?1")?.execute(params![id.0]).map(drop)
}

fn release(db: &Connection, release: &Release) -> Applied {
    db.prepare_cached("DELETE FROM claim WHERE register = ?1 AND key = ?2 AND holder = ?3")?
        .execute(params![release.register, release.key, release.holder])
        .map(drop)
}

fn claim(db: &Connection, claim: &Claim) -> Applied {
    db.prepare_cached(
        "INSERT INTO claim (register, key, holder) VALUES (?1, ?2, ?3) \
         ON CONFLICT (register, key) DO NOTHING",
    )?
    .execute(params![claim.register, claim.key, claim.holder])
    .map(drop)
}

/// Counts one more, and forgets what was counted in periods that are over.
fn tally(db: &Connection, tally: &Tally) -> Applied {
    db.prepare_cached(sql::FORGET_TALLIES)?.execute(params![tally.register, tally.period])?;
    db.prepare_cached(sql::COUNT_ONE_MORE)?
        .execute(params![tally.register, tally.period, tally.key])
        .map(drop)
}

fn postpone(db: &Connection, id: ErrandId, until: UnixTime) -> Applied {
    db.prepare_cached("UPDATE errand SET due_at = ?2, tries = tries + 1 WHERE id = ?1")?
        .execute(params![id.0, until.seconds()])
        .map(drop)
}
