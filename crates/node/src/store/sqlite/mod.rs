//! The SQLite engine: one file in the role's folder, one connection that writes and some that read.
//!
//! Write-ahead log, `synchronous = FULL`, STRICT tables. Reads never wait for the writer. Those
//! that find one row run where they are asked, because handing them to another thread costs more
//! than they do; those that may find many run on threads for blocking work.

mod apply;
mod check;
mod pieces;
mod read;
mod reading;
mod schema;
mod trail;
mod writer;

use std::{
    collections::HashSet,
    fs::OpenOptions,
    io,
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use openset_types::{Rrpid, UnixTime};
use rusqlite::{Connection, ErrorCode, OpenFlags, config::DbConfig};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    task,
};

pub use self::reading::Reading;
use self::writer::{Distrust, Writer};
use super::{
    Answer, Change, Committing, JournalOf, Lookup, Page, Passed, Pending, Record, Recorded, Seen,
    Store, Tally, Uncommitted, Wake,
};
use crate::fault::Fault;

/// How many connections read.
const READERS: usize = 4;
/// The most pages a file has if nobody says less: 16 TiB.
const PAGES_MAX: u32 = u32::MAX - 1;
/// How long to wait for another process that holds the file.
const BUSY_MS: u64 = 5_000;
/// How many pages of the write-ahead log are collected before they are copied into the file: 16
/// MiB. A page that is written often is then copied once.
const CHECKPOINT_PAGES: u32 = 4_000;
/// How many KiB of pages the writing connection keeps in memory: a group of changes touches more
/// of them than the 2 MiB that are usual, and what does not fit is written twice and read again.
const WRITER_CACHE_KIB: i64 = 8 * 1024;
/// The register that is written to see whether the file takes anything.
const PROBE: &str = "probe";
/// How much: more than the messages and the state of a payment.
const PROBE_OCTETS: usize = 64 * 1024;
/// How many prepared statements a connection keeps.
const STATEMENTS: usize = 64;

/// A store in one SQLite file.
pub struct Sqlite {
    readers: Arc<Readers>,
    writer: Writer,
    distrusted: Distrust,
    /// The last errand of those who had the file before.
    inherited: i64,
    /// The kinds and topics of which those were given out.
    adopted: Mutex<HashSet<(String, String)>>,
}

impl Sqlite {
    /// Opens the file, made if there is none, readable by its owner only.
    pub fn open(path: &Path) -> Result<Self, Fault> {
        Self::open_bounded(path, PAGES_MAX)
    }

    /// Opens the file and never lets it grow beyond so many pages of 4 KiB: a change that has no
    /// room is refused.
    pub fn open_bounded(path: &Path, pages_max: u32) -> Result<Self, Fault> {
        claim_file(path).map_err(|error| Fault::File(error.kind()))?;
        let mut connection = connect(path).map_err(|error| query_fault(&error))?;
        schema::migrate(&mut connection)?;
        connection
            .pragma_update(None, "max_page_count", pages_max)
            .and_then(|()| connection.pragma_update(None, "cache_size", -WRITER_CACHE_KIB))
            .map_err(|error| query_fault(&error))?;
        let readers = (0..READERS)
            .map(|_| connect_reader(path))
            .collect::<rusqlite::Result<Vec<_>>>()
            .map_err(|error| query_fault(&error))?;
        let inherited = apply::last_errand(&connection).map_err(|error| query_fault(&error))?;
        let distrusted = Distrust::default();
        let writer = Writer::start(connection, distrusted.clone())?;
        let readers = Arc::new(Readers::new(readers));
        Ok(Self { readers, writer, distrusted, inherited, adopted: Mutex::default() })
    }

    fn adopted(&self) -> MutexGuard<'_, HashSet<(String, String)>> {
        self.adopted.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Runs a question about one row, at once.
    async fn find<T, Q>(&self, question: Q) -> Result<T, Fault>
    where
        Q: FnOnce(&Connection) -> rusqlite::Result<T> + Send,
    {
        let _permit = self.permit().await?;
        self.readers.with(question).map_err(|error| self.judge(&error))
    }

    /// Runs a question about many rows on a thread for blocking work.
    async fn read<T, Q>(&self, question: Q) -> Result<T, Fault>
    where
        T: Send + 'static,
        Q: FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    {
        let (permit, readers) = (self.permit().await?, Arc::clone(&self.readers));
        let answer = task::spawn_blocking(move || {
            let _permit = permit;
            readers.with(question)
        });
        answer.await.map_err(|_| Fault::StoreQuery)?.map_err(|error| self.judge(&error))
    }

    /// Whether what must be kept can be: writes as much as a payment does, and gives the room back.
    ///
    /// What was given back is there for everybody, so that this says no as soon as others are told
    /// so, and yes as soon as there is room again.
    async fn probe(&self) -> Result<(), Fault> {
        let period = self.tally_period(PROBE).await?.unwrap_or_default().saturating_add(1);
        let tally = |period, octets| Tally { register: PROBE, period, key: vec![0; octets] };
        let tallies = vec![tally(period, PROBE_OCTETS), tally(period.saturating_add(1), 1)];
        match self.writer.commit(Change { tallies, ..Change::default() }).await {
            Ok(_) => Ok(()),
            Err(Uncommitted::Fault(fault)) => Err(fault),
            Err(Uncommitted::Refused(_)) => Err(Fault::StoreQuery),
        }
    }

    /// Waits until a connection is free.
    async fn permit(&self) -> Result<OwnedSemaphorePermit, Fault> {
        if self.distrusted.has_begun() {
            return Err(Fault::StoreStopped);
        }
        let permit = Arc::clone(&self.readers.free).acquire_owned().await;
        permit.map_err(|_| Fault::StoreStopped)
    }

    /// A file that cannot be read is not written either.
    fn judge(&self, error: &rusqlite::Error) -> Fault {
        let fault = query_fault(error);
        if fault == Fault::StoreStopped {
            self.distrusted.begin();
        }
        fault
    }
}

/// The connections that read.
struct Readers {
    connections: Mutex<Vec<Connection>>,
    free: Arc<Semaphore>,
}

impl Readers {
    fn new(connections: Vec<Connection>) -> Self {
        let free = Arc::new(Semaphore::new(connections.len()));
        Self { connections: Mutex::new(connections), free }
    }

    /// Lends a connection to a question. A permit is held, so there is one.
    fn with<T>(&self, question: impl FnOnce(&Connection) -> T) -> T {
        let connection = self.lock().pop().expect("a permit stands for a connection");
        let answer = question(&connection);
        self.lock().push(connection);
        answer
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Connection>> {
        self.connections.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Makes the file for its owner alone before SQLite makes it for everybody.
fn claim_file(path: &Path) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop)
}

fn connect(path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    // A statement is planned once, and not again for each value that is bound to it.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    connection.busy_timeout(std::time::Duration::from_millis(BUSY_MS))?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "secure_delete", true)?;
    connection.pragma_update(None, "wal_autocheckpoint", CHECKPOINT_PAGES)?;
    // What is needed to undo one change of a group stays in memory.
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    Ok(connection)
}

fn connect_reader(path: &Path) -> rusqlite::Result<Connection> {
    let connection = connect(path)?;
    connection.pragma_update(None, "query_only", true)?;
    Ok(connection)
}

/// Logs why the engine gave way, and says which kind of fault it is.
fn query_fault(error: &rusqlite::Error) -> Fault {
    tracing::error!(%error, "the database gave way");
    match error.sqlite_error_code() {
        _ if writer::is_full(error) => Fault::StoreFull,
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase | ErrorCode::SystemIoFailure) => {
            Fault::StoreStopped
        }
        _ => Fault::StoreQuery,
    }
}

impl Store for Sqlite {
    fn load<'a>(&'a self, kind: &'a str, at: &'a Lookup) -> Answer<'a, Option<Record>> {
        Box::pin(self.find(move |db| read::load(db, kind, at)))
    }

    fn key<'a>(&'a self, kind: &'a str, alias: &'a [u8]) -> Answer<'a, Option<Vec<u8>>> {
        Box::pin(self.find(move |db| read::key(db, kind, alias)))
    }

    fn list<'a>(&'a self, kind: &'a str, page: Page) -> Answer<'a, Vec<Record>> {
        let kind = kind.to_owned();
        Box::pin(self.read(move |db| read::list(db, &kind, page)))
    }

    fn count<'a>(&'a self, kind: &'a str) -> Answer<'a, u64> {
        let kind = kind.to_owned();
        Box::pin(self.read(move |db| read::count(db, &kind)))
    }

    fn holder<'a>(&'a self, register: &'a str, key: &'a [u8]) -> Answer<'a, Option<Vec<u8>>> {
        Box::pin(self.find(move |db| read::holder(db, register, key)))
    }

    fn request(&self, rrpid: Rrpid) -> Answer<'_, Option<Seen>> {
        Box::pin(self.find(move |db| read::request(db, rrpid)))
    }

    fn journal<'a>(&'a self, of: &'a JournalOf, page: Page) -> Answer<'a, Vec<Passed>> {
        let of = of.clone();
        Box::pin(self.read(move |db| read::journal(db, &of, page)))
    }

    fn trail(&self, after: u64, limit: u32) -> Answer<'_, Vec<Recorded>> {
        Box::pin(self.read(move |db| trail::read(db, after, limit)))
    }

    fn trail_end(&self) -> Answer<'_, Option<Recorded>> {
        Box::pin(self.find(trail::last))
    }

    fn errands_due<'a>(
        &'a self,
        kind: &'a str,
        topic: &'a str,
        now: UnixTime,
        limit: u32,
    ) -> Answer<'a, Vec<Pending>> {
        let (kind, topic) = (kind.to_owned(), topic.to_owned());
        Box::pin(self.read(move |db| read::errands_due(db, &kind, &topic, now.seconds(), limit)))
    }

    fn errands<'a>(&'a self, kind: &'a str, topic: &'a str) -> Answer<'a, Vec<Pending>> {
        let (kind, topic) = (kind.to_owned(), topic.to_owned());
        Box::pin(self.read(move |db| read::errands_due(db, &kind, &topic, i64::MAX, u32::MAX)))
    }

    fn adopt<'a>(&'a self, kind: &'a str, topic: &'a str) -> Answer<'a, Vec<Pending>> {
        Box::pin(async move {
            let (last, adopted) = (self.inherited, (kind.to_owned(), topic.to_owned()));
            if self.adopted().contains(&adopted) {
                return Ok(Vec::new());
            }
            let (kind, topic) = adopted.clone();
            let found = self.read(move |db| read::errands_up_to(db, &kind, &topic, last)).await?;
            // Of two who asked at once, one was first.
            Ok(if self.adopted().insert(adopted) { found } else { Vec::new() })
        })
    }

    fn wakes_due<'a>(&'a self, kind: &'a str, now: UnixTime, limit: u32) -> Answer<'a, Vec<Wake>> {
        let kind = kind.to_owned();
        Box::pin(self.read(move |db| read::wakes_due(db, &kind, now, limit)))
    }

    fn tally<'a>(&'a self, register: &'a str, period: i64, key: &'a [u8]) -> Answer<'a, u64> {
        Box::pin(self.find(move |db| read::tally(db, register, period, key)))
    }

    fn tally_period<'a>(&'a self, register: &'a str) -> Answer<'a, Option<i64>> {
        Box::pin(self.find(move |db| read::tally_period(db, register)))
    }

    fn commit(&self, change: Change) -> Committing<'_> {
        Box::pin(self.writer.commit(change))
    }

    fn check(&self) -> Answer<'_, ()> {
        Box::pin(self.probe())
    }

    fn leave(&self) -> Answer<'_, ()> {
        Box::pin(async { Ok(()) })
    }
}
