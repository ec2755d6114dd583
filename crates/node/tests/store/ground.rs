//! The two engines that every sentence is tried on, and what the sentences are made of.

use std::sync::Arc;

use openset_node::store::{
    Change, Claim, CommitRefused, Committed, Direction, Entry, Errand, Expected, Lookup, Put,
    Request, Store, Uncommitted,
    postgres::{Postgres, Terms},
    sqlite::Sqlite,
};
use openset_testkit::postgres::{self, Schema};
use openset_types::{Rrpid, UnixTime, Xid};
use tempfile::TempDir;

/// Where a store is, empty at first.
pub(crate) enum Ground {
    Sqlite(TempDir),
    Postgres(Schema),
}

impl Ground {
    pub(crate) fn sqlite() -> Option<Self> {
        Some(Self::Sqlite(tempfile::tempdir().expect("a folder for the test")))
    }

    /// Nothing where PostgreSQL is missing.
    pub(crate) fn postgres() -> Option<Self> {
        postgres::schema().map(Self::Postgres)
    }

    /// Opens the store that is here.
    pub(crate) async fn open(&self) -> Arc<dyn Store> {
        match self {
            Self::Sqlite(folder) => {
                Arc::new(Sqlite::open(&folder.path().join("store.db")).expect("a folder"))
            }
            Self::Postgres(schema) => Arc::new(node_of(schema).await),
        }
    }

    /// Runs SQL in the store as somebody else would, and gives what that printed.
    pub(crate) fn run(&self, sql: &str) -> Result<String, String> {
        match self {
            Self::Sqlite(folder) => {
                let file = rusqlite::Connection::open(folder.path().join("store.db"));
                let file = file.expect("the file");
                let asked = sql.starts_with("SELECT");
                let ran = if asked {
                    file.query_row(sql, [], |row| row.get::<_, i64>(0)).map(|it| it.to_string())
                } else {
                    file.execute_batch(sql).map(|()| String::new())
                };
                ran.map_err(|error| error.to_string())
            }
            Self::Postgres(schema) => {
                schema.run(&sql.replace("X'00'", r"'\x00'").replace("x'00'", r"'\x00'"))
            }
        }
    }

    /// Runs SQL that no trigger stops.
    pub(crate) fn force(&self, table: &str, sql: &str) {
        let triggers = match self {
            Self::Sqlite(folder) => {
                let file = rusqlite::Connection::open(folder.path().join("store.db"));
                let file = file.expect("the file");
                let find =
                    "SELECT name FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = ?1";
                let mut find = file.prepare(find).expect("a query");
                let names = find.query_map([table], |row| row.get::<_, String>(0));
                let names = names.expect("a query");
                names.map(|name| format!("DROP TRIGGER {};", name.expect("a name"))).collect()
            }
            Self::Postgres(_) => format!("ALTER TABLE {table} DISABLE TRIGGER USER;"),
        };
        self.run(&format!("{triggers} {sql}")).expect("nothing stands in the way any more");
    }
}

/// Another node on a schema.
pub(crate) async fn node_of(schema: &Schema) -> Postgres {
    let terms = Terms::new(schema.server(), None).expect("a server");
    Postgres::open(&terms).await.expect("a server that is fit")
}

/// Closes a store as a process does that stops.
pub(crate) async fn close(store: Arc<dyn Store>) {
    store.leave().await.expect("the store still answers");
}

/// Tries each of these sentences on both engines. One that is not listed is never called, which the
/// compiler tells.
macro_rules! on_both_engines {
    ($($sentence:ident,)*) => {
        mod sqlite {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $sentence() {
                    let ground = crate::ground::Ground::sqlite().expect("it is built in");
                    super::$sentence(&ground).await;
                }
            )*
        }
        mod postgres {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $sentence() {
                    let Some(ground) = crate::ground::Ground::postgres() else { return };
                    super::$sentence(&ground).await;
                }
            )*
        }
    };
}
pub(crate) use on_both_engines;

pub(crate) const KIND: &str = "test.thing";

pub(crate) fn at(seconds: i64) -> UnixTime {
    UnixTime::new(seconds).expect("a moment after 1970")
}

pub(crate) fn put(key: &[u8], expected: Expected, state: &[u8]) -> Put {
    Put { kind: KIND, key: key.to_vec(), expected, state: state.to_vec(), at: at(1_000) }
}

pub(crate) fn making(key: &[u8]) -> Change {
    Change { puts: vec![put(key, Expected::Absent, b"one")], ..Change::default() }
}

pub(crate) fn claim(key: &[u8], holder: &[u8]) -> Claim {
    Claim { register: "spent", key: key.to_vec(), holder: holder.to_vec() }
}

pub(crate) fn errand(topic: &'static str, due_at: i64) -> Errand {
    Errand {
        kind: KIND,
        key: b"k".to_vec(),
        topic,
        body: b"do it".to_vec(),
        message: None,
        due_at: at(due_at),
    }
}

pub(crate) fn entry(name: &'static str, xid: Option<Xid>) -> Entry {
    Entry {
        at: at(5),
        direction: Direction::In,
        sender: "cardholder",
        recipient: "merchant",
        name,
        xid,
        rrpid: None,
        kind: KIND,
        key: b"k".to_vec(),
        octets: vec![0x30, 0x00],
    }
}

pub(crate) fn request(rrpid: Rrpid) -> Request {
    Request { rrpid, fingerprint: b"f".to_vec(), kind: KIND, key: b"k".to_vec() }
}

pub(crate) fn by_key(key: &[u8]) -> Lookup {
    Lookup::Key(key.to_vec())
}

pub(crate) fn refused(refused: CommitRefused) -> Result<Committed, Uncommitted> {
    Err(Uncommitted::Refused(refused))
}
