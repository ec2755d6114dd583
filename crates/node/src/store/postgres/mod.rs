//! The PostgreSQL engine: one schema for a party, shared by as many nodes of it as there are.
//!
//! ```text
//! node ──┐
//! node ──┼── connections ──▶ one schema: instances, claims, requests, journal, errands, trail
//! node ──┘                   one primary, which commits when its disk and its standby have it
//! ```
//!
//! Every change is a transaction of READ COMMITTED. What two nodes can both want is a row that one
//! of them changes and the other waits for: an instance at a version, an entry of a register, the
//! name of a request or an instance, an errand, the end of the trail. Nothing is decided by what
//! was read before ([ADR 31](../../../../../docs/adr/0031-nodes-share-one-postgresql.md)).

mod apply;
mod commit;
mod connect;
mod fault;
mod life;
mod marks;
mod password;
mod pieces;
mod read;
mod schema;
mod statements;
mod trail;

use std::{
    future::Future,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use openset_types::{Rrpid, UnixTime};

use self::{
    connect::Connections,
    fault::Failed,
    life::{Life, live},
    marks::Marks,
    pieces::Pieces,
};
pub use self::{
    connect::{CONNECTIONS, InvalidServer, LEASE, Server, Terms},
    fault::Unfit,
    password::{NoPassword, PasswordSource},
};
use super::{
    Answer, Change, Committing, JournalOf, Lookup, Page, Passed, Pending, Record, Recorded, Seen,
    Store, Uncommitted, Wake,
};
use crate::fault::Fault;

/// After how many seconds an instance that was to be woken, and was not, is given out again.
const WAKE_AGAIN_S: i64 = 30;

/// A store in one schema of a PostgreSQL database.
pub struct Postgres(Arc<Shared>);

/// What a node has of a store.
struct Shared {
    connections: Connections,
    pieces: Pieces,
    marks: Marks,
    life: Life,
    left: AtomicBool,
}

impl Shared {
    /// Whether this node has left.
    fn has_left(&self) -> bool {
        self.left.load(Ordering::Acquire)
    }
}

impl Postgres {
    /// Opens the schema that the server gives this user, with its tables made if there are none.
    /// The server must be such that it keeps what it acknowledges.
    pub async fn open(terms: &Terms) -> Result<Self, Fault> {
        let mut client = terms.connect().await?;
        let server = connect::look(&client).await.map_err(|error| fault::judge(&error))?;
        if let Some(unfit) = server.unfit() {
            return Err(Fault::StoreUnfit(unfit));
        }
        if !server.checksums {
            tracing::warn!("the database has no data checksums: a disk that alters goes unseen");
        }
        schema::migrate(&mut client).await.map_err(Failed::into_fault)?;
        let life = Life::begin(&client, terms).await.map_err(Failed::into_fault)?;
        let shared = Arc::new(Shared {
            connections: Connections::new(terms)?,
            pieces: Pieces::default(),
            marks: Marks::default(),
            life,
            left: AtomicBool::new(false),
        });
        tokio::spawn(live(Arc::downgrade(&shared), terms.lease));
        Ok(Self(shared))
    }

    /// Asks a question that only reads.
    fn read<'a, T, Q, F>(&'a self, question: Q) -> Answer<'a, T>
    where
        T: Send + 'a,
        Q: FnOnce(deadpool_postgres::Object) -> F + Send + 'a,
        F: Future<Output = Result<T, Failed>> + Send + 'a,
    {
        Box::pin(async move {
            let client = self.0.connections.take().await?;
            question(client).await.map_err(Failed::into_fault)
        })
    }
}

impl Store for Postgres {
    fn load<'a>(&'a self, kind: &'a str, at: &'a Lookup) -> Answer<'a, Option<Record>> {
        self.read(async move |db| read::load(&db, kind, at).await)
    }

    fn key<'a>(&'a self, kind: &'a str, alias: &'a [u8]) -> Answer<'a, Option<Vec<u8>>> {
        self.read(async move |db| read::key(&db, kind, alias).await)
    }

    fn list<'a>(&'a self, kind: &'a str, page: Page) -> Answer<'a, Vec<Record>> {
        self.read(async move |db| read::list(&db, kind, page).await)
    }

    fn count<'a>(&'a self, kind: &'a str) -> Answer<'a, u64> {
        self.read(async move |db| read::count(&db, kind).await)
    }

    fn holder<'a>(&'a self, register: &'a str, key: &'a [u8]) -> Answer<'a, Option<Vec<u8>>> {
        self.read(async move |db| read::holder(&db, register, key).await)
    }

    fn request(&self, rrpid: Rrpid) -> Answer<'_, Option<Seen>> {
        self.read(async move |db| read::request(&db, rrpid).await)
    }

    fn journal<'a>(&'a self, of: &'a JournalOf, page: Page) -> Answer<'a, Vec<Passed>> {
        self.read(async move |db| read::journal(&db, of, page).await)
    }

    fn trail(&self, after: u64, limit: u32) -> Answer<'_, Vec<Recorded>> {
        self.read(async move |db| trail::read(&db, after, limit).await)
    }

    fn trail_end(&self) -> Answer<'_, Option<Recorded>> {
        self.read(async move |db| trail::last(&db).await)
    }

    fn errands_due<'a>(
        &'a self,
        kind: &'a str,
        topic: &'a str,
        now: UnixTime,
        limit: u32,
    ) -> Answer<'a, Vec<Pending>> {
        let node = self.0.life.id();
        self.read(async move |db| {
            read::adopt(&db, kind, topic, node).await?;
            read::errands_due(&db, (kind, topic), now.seconds(), limit, node).await
        })
    }

    fn adopt<'a>(&'a self, kind: &'a str, topic: &'a str) -> Answer<'a, Vec<Pending>> {
        let node = self.0.life.id();
        self.read(async move |db| {
            let adopted = read::adopt(&db, kind, topic, node).await?;
            if adopted.is_empty() {
                return Ok(Vec::new());
            }
            let mut found = read::errands(&db, kind, topic).await?;
            found.retain(|pending| adopted.contains(&pending.id));
            Ok(found)
        })
    }

    fn errands<'a>(&'a self, kind: &'a str, topic: &'a str) -> Answer<'a, Vec<Pending>> {
        self.read(async move |db| read::errands(&db, kind, topic).await)
    }

    fn wakes_due<'a>(&'a self, kind: &'a str, now: UnixTime, limit: u32) -> Answer<'a, Vec<Wake>> {
        let times = (now.seconds(), now.plus_s(WAKE_AGAIN_S).seconds());
        self.read(async move |db| read::wakes_due(&db, kind, times, limit).await)
    }

    fn tally<'a>(&'a self, register: &'a str, period: i64, key: &'a [u8]) -> Answer<'a, u64> {
        self.read(async move |db| read::tally(&db, register, period, key).await)
    }

    fn tally_period<'a>(&'a self, register: &'a str) -> Answer<'a, Option<i64>> {
        self.read(async move |db| read::tally_period(&db, register).await)
    }

    fn commit(&self, change: Change) -> Committing<'_> {
        let shared = Arc::clone(&self.0);
        // Whoever asked may leave: what was begun is finished without them.
        let task = tokio::spawn(async move { commit::commit(&shared, &change).await });
        Box::pin(
            async move { task.await.unwrap_or(Err(Uncommitted::Fault(Fault::StoreUnreachable))) },
        )
    }

    fn check(&self) -> Answer<'_, ()> {
        self.read(async move |db| Ok(db.batch_execute("SELECT 1").await?))
    }

    fn leave(&self) -> Answer<'_, ()> {
        self.0.left.store(true, Ordering::Release);
        self.read(async move |db| self.0.life.end(&db).await)
    }
}
