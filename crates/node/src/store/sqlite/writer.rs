//! The one thread that writes: concurrent changes share one synced commit.
//!
//! ```text
//! BEGIN IMMEDIATE ─▶ check, apply     for every change that waits, up to a limit
//!                 ─▶ COMMIT (synced)  one for all of them
//!                 ─▶ answer all
//! ```
//!
//! A change is refused before anything of it is written. When the file itself gives way, nobody
//! is answered yes and the thread ends: after a failed sync nobody knows what is on the disk, and
//! writing again would hide it.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use rusqlite::{Connection, ErrorCode, ffi::SQLITE_IOERR_SHMSIZE};
use tokio::sync::{mpsc, oneshot};

use super::{apply::Scribe, check::Unapplied};
use crate::{
    fault::Fault,
    store::{Change, Committed, Uncommitted},
};

/// The most changes that share one commit.
const GROUP_MAX: usize = 512;
/// The most changes that wait. Whoever comes later waits before it is let in.
const WAITING_MAX: usize = 1024;

/// How far apart the commits of a busy store begin at least. There are more changes in each then,
/// and a commit of many costs little more than one of one.
const APART: Duration = Duration::from_millis(2);
/// After how many commits of one change in a row nobody is waited for any more.
const ALONE: u32 = 16;

/// When commits begin.
#[derive(Debug)]
struct Pace {
    /// When the last one did.
    began: Option<Instant>,
    /// How many in a row were of one change.
    alone: u32,
}

impl Default for Pace {
    /// Nobody was there yet.
    fn default() -> Self {
        Self { began: None, alone: ALONE }
    }
}

impl Pace {
    /// How long the commit that is wanted now waits before it begins.
    fn until_next(&mut self, now: Instant) -> Duration {
        let is_busy = self.alone < ALONE;
        let began = self.began.filter(|_| is_busy).map_or(now, |last| last + APART).max(now);
        self.began = Some(began);
        began.saturating_duration_since(now)
    }

    /// So many changes are in the commit that begins.
    fn gathered(&mut self, changes: usize) {
        self.alone = if changes > 1 { 0 } else { self.alone.saturating_add(1) };
    }
}

/// What one change becomes.
type Outcome = Result<Committed, Uncommitted>;

/// A change that waits to be committed, and who waits for it.
struct Waiting {
    change: Change,
    answer: oneshot::Sender<Outcome>,
}

/// Whether the file has given way once. Nobody ever takes that back.
#[derive(Clone, Default)]
pub(super) struct Distrust(Arc<AtomicBool>);

impl Distrust {
    /// The file has given way.
    pub(super) fn begin(&self) {
        self.0.store(true, Ordering::Release);
    }

    /// Whether it has.
    pub(super) fn has_begun(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }
}

/// Hands changes to the writing thread.
pub(super) struct Writer {
    queue: Option<mpsc::Sender<Waiting>>,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    /// Starts the thread with a connection of its own. It ends when the file is distrusted.
    pub(super) fn start(connection: Connection, distrusted: Distrust) -> Result<Self, Fault> {
        let (queue, waiting) = mpsc::channel(WAITING_MAX);
        let thread = thread::Builder::new()
            .name("store-writer".to_owned())
            .spawn(move || match Scribe::new(&connection) {
                Ok(scribe) => write_all(&connection, scribe, waiting, &distrusted),
                Err(error) => tracing::error!(%error, "the errands cannot be read"),
            })
            .map_err(|error| Fault::File(error.kind()))?;
        Ok(Self { queue: Some(queue), thread: Some(thread) })
    }

    /// Commits a change with whatever else waits.
    pub(super) async fn commit(&self, change: Change) -> Outcome {
        let queue = self.queue.as_ref().ok_or(Fault::StoreStopped)?;
        let (answer, outcome) = oneshot::channel();
        queue.send(Waiting { change, answer }).await.map_err(|_| Fault::StoreStopped)?;
        outcome.await.unwrap_or(Err(Uncommitted::Fault(Fault::StoreStopped)))
    }
}

impl Drop for Writer {
    /// Lets the thread finish what waits.
    fn drop(&mut self) {
        self.queue = None;
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the writing thread of a store panicked");
        }
    }
}

/// Commits group after group until nobody can ask any more or the file gives way.
fn write_all(
    db: &Connection,
    mut scribe: Scribe<'_>,
    mut waiting: mpsc::Receiver<Waiting>,
    distrusted: &Distrust,
) {
    let mut pace = Pace::default();
    while let Some(first) = waiting.blocking_recv() {
        if distrusted.has_begun() {
            return;
        }
        thread::sleep(pace.until_next(Instant::now()));
        let mut group = vec![first];
        while group.len() < GROUP_MAX
            && let Ok(next) = waiting.try_recv()
        {
            group.push(next);
        }
        pace.gathered(group.len());
        commit_group(db, &mut scribe, group, distrusted);
    }
}

fn commit_group(
    db: &Connection,
    scribe: &mut Scribe<'_>,
    group: Vec<Waiting>,
    distrusted: &Distrust,
) {
    metrics::histogram!(crate::measure::STORE_GROUP).record(group.len() as f64);
    let (changes, answers): (Vec<_>, Vec<_>) =
        group.into_iter().map(|waiting| (waiting.change, waiting.answer)).unzip();
    let outcomes = write_group(db, scribe, &changes).unwrap_or_else(|error| {
        let fault = judge(&error);
        tracing::error!(%error, %fault, "a commit failed");
        if fault == Fault::StoreStopped {
            distrusted.begin();
        }
        undo(db);
        scribe.forget();
        changes.iter().map(|_| Err(Uncommitted::Fault(fault))).collect()
    });
    for (answer, outcome) in answers.into_iter().zip(outcomes) {
        // Whoever has left meanwhile needs no answer.
        let _ = answer.send(outcome);
    }
}

fn write_group(
    db: &Connection,
    scribe: &mut Scribe<'_>,
    changes: &[Change],
) -> rusqlite::Result<Vec<Outcome>> {
    db.prepare_cached("BEGIN IMMEDIATE")?.execute([])?;
    let outcomes =
        changes.iter().map(|change| write_one(scribe, change)).collect::<rusqlite::Result<_>>()?;
    db.prepare_cached("COMMIT")?.execute([])?;
    Ok(outcomes)
}

fn write_one(scribe: &mut Scribe<'_>, change: &Change) -> rusqlite::Result<Outcome> {
    match scribe.apply(change) {
        Ok(committed) => Ok(Ok(committed)),
        Err(Unapplied::Refused(refused)) => Ok(Err(Uncommitted::Refused(refused))),
        Err(Unapplied::Engine(error)) => Err(error),
    }
}

/// Leaves the transaction that failed, if the engine has not left it already.
fn undo(db: &Connection) {
    if !db.is_autocommit()
        && let Err(error) = db.execute_batch("ROLLBACK")
    {
        tracing::error!(%error, "a transaction cannot be rolled back");
    }
}

/// A full disk refuses one group. Anything else means that the file is not what it was.
fn judge(error: &rusqlite::Error) -> Fault {
    if is_full(error) { Fault::StoreFull } else { Fault::StoreStopped }
}

/// Whether there was no room: for the file, its log, or the index of the log, which holds nothing
/// that is not made again.
pub(super) fn is_full(error: &rusqlite::Error) -> bool {
    error.sqlite_error().is_some_and(|error| {
        error.code == ErrorCode::DiskFull || error.extended_code == SQLITE_IOERR_SHMSIZE
    })
}

#[cfg(test)]
mod tests {
    use rusqlite::{Error, ffi};

    use super::*;

    fn failure(code: std::ffi::c_int) -> Error {
        Error::SqliteFailure(ffi::Error::new(code), None)
    }

    #[test]
    fn a_commit_of_a_busy_store_waits_behind_one_that_has_just_begun() {
        let (mut pace, begin) = (Pace::default(), Instant::now());
        let waits = |pace: &mut Pace, us| pace.until_next(begin + Duration::from_micros(us));
        assert_eq!(waits(&mut pace, 0), Duration::ZERO);
        pace.gathered(2);
        assert_eq!(waits(&mut pace, 500), Duration::from_micros(1500));
        // That one began two milliseconds after the first.
        assert_eq!(waits(&mut pace, 2100), Duration::from_micros(1900));
        assert_eq!(waits(&mut pace, 9000), Duration::ZERO);
    }

    #[test]
    fn whoever_is_alone_waits_for_nobody() {
        let (mut pace, now) = (Pace::default(), Instant::now());
        for _ in 0..3 {
            assert_eq!(pace.until_next(now), Duration::ZERO);
            pace.gathered(1);
        }
        pace.gathered(2);
        for at in 1..=ALONE {
            assert_eq!(pace.until_next(now), APART * at, "others may come again");
            pace.gathered(1);
        }
        assert_eq!(pace.until_next(now), Duration::ZERO);
    }

    #[test]
    fn a_failed_sync_stops_the_writer() {
        let error = failure(ffi::SQLITE_IOERR_FSYNC);
        assert_eq!(judge(&error), Fault::StoreStopped);
    }

    #[test]
    fn a_corrupt_file_stops_the_writer() {
        for code in [ffi::SQLITE_CORRUPT, ffi::SQLITE_NOTADB, ffi::SQLITE_IOERR_WRITE] {
            assert_eq!(judge(&failure(code)), Fault::StoreStopped);
        }
    }

    #[test]
    fn a_full_disk_refuses_one_group_only() {
        for code in [ffi::SQLITE_FULL, SQLITE_IOERR_SHMSIZE] {
            assert_eq!(judge(&failure(code)), Fault::StoreFull);
        }
    }
}
