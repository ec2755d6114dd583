//! One change as statements, within a transaction that somebody else opens and commits.
//!
//! ```text
//! first    names    instances, places in the journal, names of errands: what the rest refers to
//! then     all      messages, requests, claims, names, answers, times, errands
//! last     trail    each record linked to the one before
//! ```
//!
//! The statements of one part are sent without waiting for each other's answers. What another node
//! was first at gives no row, after waiting for that node's commit; then the whole transaction is
//! taken back. So nothing is looked up before it is written, and no node needs more isolation than
//! that of its own rows.

use std::{future::Future, pin::Pin};

use deadpool_postgres::Object;
use futures_util::future::join_all;
use openset_types::UnixTime;
use tokio_postgres::{Row, types::ToSql};

use super::{
    fault::Failed,
    marks::Mark,
    pieces::Cuts,
    read::{self, rows},
    statements, trail,
};
use crate::{
    fault::Fault,
    store::{
        Alias, Change, Claim, CommitRefused, Committed, Entry, Errand, ErrandId, Expected,
        InJournal, Put, Reply, Request, Seq, Tally, Timer,
        cut::{Cut, digest},
    },
};

type Applied<T = ()> = Result<T, Failed>;
/// One statement that is sent when this is asked for the first time.
type Sent<'a, T = ()> = Pin<Box<dyn Future<Output = Applied<T>> + Send + 'a>>;
/// Values of a statement.
type Values<'a> = &'a [&'a (dyn ToSql + Sync)];

/// A change that is being applied.
pub(super) struct Stroke<'a> {
    client: &'a Object,
    change: &'a Change,
    cuts: &'a Cuts<'a>,
    /// The node whose errands these are.
    node: i64,
    mark: Mark,
}

/// What the rest of a change refers to.
struct Names {
    /// Where the instances stand that are put, in the order of the puts.
    seats: Vec<i64>,
    /// Where others stand that are named, if they are there.
    others: Vec<(&'static str, Vec<u8>, Option<i64>)>,
    /// Where the messages will stand, in the order of the change.
    places: Vec<i64>,
    /// What the errands are called, in the order of the change.
    errands: Vec<i64>,
}

impl<'a> Stroke<'a> {
    pub(super) fn new(
        client: &'a Object,
        change: &'a Change,
        cuts: &'a Cuts<'a>,
        node: i64,
        mark: Mark,
    ) -> Self {
        Self { client, change, cuts, node, mark }
    }

    /// Begins a transaction and applies the change in it.
    pub(super) async fn apply(&self) -> Applied<Committed> {
        let names = self.names().await?;
        self.write(&names).await?;
        let journal: Vec<_> = names.places.into_iter().map(Seq).collect();
        trail::append(self.client, self.change, &journal).await?;
        let errands = names.errands.into_iter().map(ErrandId).collect();
        Ok(Committed { errands, journal })
    }

    /// Stores what the rest refers to, and what others may have been first at.
    async fn names(&self) -> Applied<Names> {
        let Self { change, .. } = *self;
        let named = self.named();
        let puts = change.puts.iter().zip(&self.cuts.states);
        let (begun, marked, puts, others, taken, left, places, errands) = tokio::join!(
            biased;
            self.begin(),
            self.mark(),
            join_all(puts.map(|(put, cut)| self.put(put, cut))),
            join_all(named.iter().map(|(kind, key)| self.seat(kind, key))),
            self.taken(),
            self.leave_errands(),
            self.sequence(statements::PLACES, change.journal.len()),
            self.sequence(statements::NAMES, change.errands.len()),
        );
        begun?;
        marked?;
        // Why nothing is known of the rest stands with the first that failed.
        let puts = puts.into_iter().collect::<Applied<Vec<_>>>()?;
        let others = others.into_iter().collect::<Applied<Vec<_>>>()?;
        // What says most: the request was taken before, whatever else is there by now.
        taken?;
        let seats = puts.into_iter().collect::<Option<Vec<_>>>().ok_or(CommitRefused::Conflict)?;
        left?;
        let others = named.into_iter().zip(others);
        let others = others.map(|((kind, key), seat)| (kind, key.to_vec(), seat)).collect();
        Ok(Names { seats, others, places: places?, errands: errands? })
    }

    /// Stores the rest.
    async fn write(&self, names: &Names) -> Applied {
        let change = self.change;
        let messages = change.journal.iter().zip(&self.cuts.messages).zip(&names.places);
        let mut all: Vec<Sent<'_>> = Vec::new();
        for ((entry, cut), place) in messages {
            all.push(Box::pin(self.append(entry, cut, *place, names)));
        }
        for request in &change.requests {
            all.push(Box::pin(self.request(request, names)));
        }
        for release in &change.releases {
            let values = (release.register, &release.key, &release.holder);
            all.push(Box::pin(async move {
                let (register, key, holder) = values;
                self.tell(statements::RELEASE, &[&register, key, holder]).await.map(drop)
            }));
        }
        for claim in &change.claims {
            all.push(Box::pin(self.claim(claim)));
        }
        for alias in &change.aliases {
            all.push(Box::pin(self.alias(alias, names)));
        }
        for reply in &change.replies {
            all.push(Box::pin(self.reply(reply, names)));
        }
        for timer in &change.timers {
            all.push(Box::pin(self.timer(timer)));
        }
        for tally in &change.tallies {
            all.push(Box::pin(self.tally(tally)));
        }
        for (errand, id) in change.errands.iter().zip(&names.errands) {
            all.push(Box::pin(self.errand(errand, *id, names)));
        }
        join_all(all).await.into_iter().collect()
    }

    async fn begin(&self) -> Applied {
        Ok(self.client.batch_execute("BEGIN").await?)
    }

    /// A slot that is not there any more was taken from a node that was given up.
    async fn mark(&self) -> Applied {
        let Mark { slot, stroke, .. } = self.mark;
        match self.tell(statements::MARK, &[&slot, &stroke]).await? {
            0 => Err(Fault::StoreUnreachable.into()),
            _ => Ok(()),
        }
    }

    async fn ask(&self, sql: &str, values: Values<'_>) -> Applied<Vec<Row>> {
        rows(self.client, sql, values).await
    }

    /// How many rows a statement has changed.
    async fn tell(&self, sql: &str, values: Values<'_>) -> Applied<u64> {
        let statement = self.client.prepare_cached(sql).await?;
        Ok(self.client.execute(&statement, values).await?)
    }

    /// So many numbers that nobody else gets.
    async fn sequence(&self, sql: &str, count: usize) -> Applied<Vec<i64>> {
        if count == 0 {
            return Ok(Vec::new());
        }
        let count = i64::try_from(count).unwrap_or(i64::MAX);
        let found = self.ask(sql, &[&count]).await?;
        found.iter().map(|row| Ok(row.try_get(0)?)).collect()
    }

    /// The instances that are named and not put.
    fn named(&self) -> Vec<(&'static str, &'a [u8])> {
        let change = self.change;
        let entries = change.journal.iter().map(|entry| (entry.kind, entry.key.as_slice()));
        let requests = change.requests.iter().map(|item| (item.kind, item.key.as_slice()));
        let aliases = change.aliases.iter().map(|item| (item.kind, item.key.as_slice()));
        let mut named: Vec<_> = entries.chain(requests).chain(aliases).collect();
        named.retain(|(kind, key)| {
            !change.puts.iter().any(|put| put.kind == *kind && put.key == *key)
        });
        named.sort_unstable();
        named.dedup();
        named
    }

    async fn seat(&self, kind: &'static str, key: &[u8]) -> Applied<Option<i64>> {
        let found = self.ask(statements::SEAT, &[&kind, &key]).await?;
        Ok(found.first().map(|row| row.try_get(0)).transpose()?)
    }

    /// Stores an instance and says where it stands. Nothing if it is not where it was expected.
    async fn put(&self, put: &Put, cut: &Cut<'_>) -> Applied<Option<i64>> {
        let (at, rest) = (put.at.seconds(), &*cut.rest);
        let timer = self.change.timer_of(put);
        let due_at = timer.and_then(|timer| timer.due_at).map(UnixTime::seconds);
        let found = match put.expected {
            Expected::Absent => {
                let values: Values<'_> = &[&put.kind, &put.key, &at, &due_at, &cut.holes, &rest];
                self.ask(statements::MAKE, values).await
            }
            Expected::At(version) if timer.is_some() => {
                let values: Values<'_> =
                    &[&put.kind, &put.key, &version.0, &at, &cut.holes, &rest, &due_at];
                self.ask(statements::MOVE_AND_TIME, values).await
            }
            Expected::At(version) => {
                let values: Values<'_> = &[&put.kind, &put.key, &version.0, &at, &cut.holes, &rest];
                self.ask(statements::MOVE, values).await
            }
        }?;
        Ok(found.first().map(|row| row.try_get(0)).transpose()?)
    }

    /// Whether any request of the change was taken before.
    async fn taken(&self) -> Applied {
        let requests = &self.change.requests;
        if requests.is_empty() {
            return Ok(());
        }
        let rrpids: Vec<&[u8]> =
            requests.iter().map(|request| request.rrpid.as_bytes() as &[u8]).collect();
        let found = self.ask(statements::TAKEN, &[&rrpids]).await?;
        let Some(row) = found.first() else { return Ok(()) };
        let seen: &[u8] = row.try_get(0)?;
        let seen = requests.iter().find(|request| request.rrpid.as_bytes() == seen);
        seen.map_or(Ok(()), |seen| Err(CommitRefused::RequestSeen(seen.rrpid).into()))
    }

    /// Puts errands off and finishes others. One that is not there was finished by somebody else.
    async fn leave_errands(&self) -> Applied {
        let mut finished: Vec<_> = self.change.finished.iter().map(|id| id.0).collect();
        finished.sort_unstable();
        finished.dedup();
        for (id, until) in &self.change.postponed {
            let until = until.seconds();
            there(*id, self.tell(statements::POSTPONE, &[&id.0, &until]).await?)?;
        }
        for id in finished {
            there(ErrandId(id), self.tell(statements::FINISH, &[&id]).await?)?;
        }
        Ok(())
    }

    async fn append(&self, entry: &Entry, cut: &Cut<'_>, place: i64, names: &Names) -> Applied {
        let seat = names.seat(self.change, entry.kind, &entry.key);
        let kind = seat.is_none().then_some(entry.kind);
        let key = seat.is_none().then_some(entry.key.as_slice());
        let xid = entry.xid.as_ref().map(|xid| xid.as_bytes() as &[u8]);
        let rrpid = entry.rrpid.as_ref().map(|rrpid| rrpid.as_bytes() as &[u8]);
        let (digest, rest) = (digest(&entry.octets), &*cut.rest);
        let values: Values<'_> = &[
            &place,
            &entry.at.seconds(),
            &entry.direction.word(),
            &entry.sender,
            &entry.recipient,
            &entry.name,
            &xid,
            &rrpid,
            &seat,
            &kind,
            &key,
            &digest.as_slice(),
            &cut.holes,
            &rest,
        ];
        self.tell(statements::APPEND, values).await.map(drop)
    }

    async fn request(&self, request: &Request, names: &Names) -> Applied {
        let seat = names.seat(self.change, request.kind, &request.key);
        let seat = seat.ok_or(CommitRefused::Conflict)?;
        let rrpid = request.rrpid.as_bytes() as &[u8];
        let values: Values<'_> = &[&rrpid, &seat, &request.fingerprint];
        match self.tell(statements::TAKE, values).await? {
            0 => Err(CommitRefused::RequestSeen(request.rrpid).into()),
            _ => Ok(()),
        }
    }

    async fn claim(&self, Claim { register, key, holder }: &Claim) -> Applied {
        match self.tell(statements::CLAIM, &[register, key, holder]).await? {
            0 => Err(CommitRefused::ClaimTaken { register, key: key.clone() }.into()),
            _ => Ok(()),
        }
    }

    async fn alias(&self, alias: &Alias, names: &Names) -> Applied {
        let seat = names.seat(self.change, alias.kind, &alias.key);
        let seat = seat.ok_or(CommitRefused::Conflict)?;
        match self.tell(statements::NAME, &[&alias.kind, &alias.alias, &seat]).await? {
            0 => Err(CommitRefused::AliasTaken.into()),
            _ => Ok(()),
        }
    }

    /// A request is answered once. The same answer again changes nothing.
    async fn reply(&self, Reply { rrpid, message }: &Reply, names: &Names) -> Applied {
        let name = rrpid.as_bytes() as &[u8];
        let place = names.place(*message);
        if self.tell(statements::ANSWER, &[&name, &place]).await? > 0 {
            return Ok(());
        }
        let seen = read::request(self.client, *rrpid).await?;
        let answer = seen.and_then(|seen| seen.reply);
        if answer.is_some() && answer.as_deref() == self.change.said(*message) {
            return Ok(());
        }
        Err(CommitRefused::Answered(*rrpid).into())
    }

    /// Counts one more, and forgets what was counted in periods that are over.
    async fn tally(&self, tally: &Tally) -> Applied {
        let Tally { register, period, key } = tally;
        self.tell(statements::FORGET_TALLIES, &[register, period]).await?;
        self.tell(statements::COUNT_ONE_MORE, &[register, period, key]).await.map(drop)
    }

    /// Sets the time of an instance that is not put in the same change.
    async fn timer(&self, timer: &Timer) -> Applied {
        if self.change.puts.iter().any(|put| timer.is_for(put)) {
            return Ok(());
        }
        let due_at = timer.due_at.map(UnixTime::seconds);
        self.tell(statements::TIME, &[&timer.kind, &timer.key, &due_at]).await.map(drop)
    }

    async fn errand(&self, errand: &Errand, id: i64, names: &Names) -> Applied {
        let message = errand.message.and_then(|message| names.place(message));
        let due_at = errand.due_at.seconds();
        let values: Values<'_> = &[
            &id,
            &errand.kind,
            &errand.key,
            &errand.topic,
            &errand.body,
            &message,
            &due_at,
            &self.node,
        ];
        self.tell(statements::ERRAND, values).await.map(drop)
    }
}

impl Names {
    /// Where an instance stands, if it is there.
    fn seat(&self, change: &Change, kind: &str, key: &[u8]) -> Option<i64> {
        let mut puts = change.puts.iter().zip(&self.seats);
        if let Some((_, seat)) = puts.find(|(put, _)| put.kind == kind && put.key == key) {
            return Some(*seat);
        }
        let mut others = self.others.iter();
        others.find(|(of, name, _)| *of == kind && name == key).and_then(|(_, _, seat)| *seat)
    }

    /// Where a message of this change stands in the journal.
    fn place(&self, message: InJournal) -> Option<i64> {
        self.places.get(message.0).copied()
    }
}

fn there(id: ErrandId, changed: u64) -> Applied {
    if changed == 0 { Err(CommitRefused::ErrandGone(id).into()) } else { Ok(()) }
}
