//! Connections to the server: where it is, how many there are, and what it must be like.
//!
//! A server is looked at each time a connection is made, because after a change of primary it is
//! another one.

use std::{
    fmt,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use deadpool_postgres::{
    ClientWrapper, Hook, HookError, Manager, ManagerConfig, Object, Pool, PoolError,
    RecyclingMethod, Runtime,
};
use futures_util::future::join_all;
use openset_types::Secret;
use tokio_postgres::{Config, NoTls, Row, config::Host};

use super::{
    fault::{Failed, Unfit, judge},
    statements,
};
use crate::fault::Fault;

/// How many connections a node has if nobody says otherwise.
pub const CONNECTIONS: usize = 8;
/// How long a node that says nothing is taken to live, if nobody says otherwise.
pub const LEASE: Duration = Duration::from_secs(10);
/// How long making a connection may take.
const CONNECT_MAX: Duration = Duration::from_secs(5);
/// How long whoever asks waits until a connection is free.
const FREE_MAX: Duration = Duration::from_secs(5);
/// After how long a silent connection is asked whether it is there, and how long after that it is
/// given up.
const SILENCE_MAX: Duration = Duration::from_secs(10);
/// How long nobody tries to connect after the first failure; each time twice as long.
const PAUSE: Duration = Duration::from_millis(100);
/// The longest such pause.
const PAUSE_MAX: Duration = Duration::from_secs(2);
/// The oldest version that is taken, as PostgreSQL counts.
const VERSION_MIN: i32 = 150_000;

/// What every connection asks for: no statement, no waiting for a lock and no forgotten transaction
/// is without an end. A commit has none (`commit.rs` says why).
const OPTIONS: &str = "-c statement_timeout=10s -c lock_timeout=5s \
     -c idle_in_transaction_session_timeout=10s -c default_transaction_isolation=read\\ committed";

/// Where a store is, and how it is used.
pub struct Terms {
    config: Config,
    /// The most connections at one time.
    pub connections_max: usize,
    /// How long a node that says nothing is taken to live: after that others take over its errands.
    pub lease: Duration,
    /// Whether other nodes may have the same store at the same time.
    pub is_shared: bool,
}

/// Why a text names no server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum InvalidServer {
    /// It has a password in it.
    Password,
    /// It asks for TLS, which is not spoken here.
    Tls,
    /// It cannot be read.
    Unreadable,
}

impl fmt::Display for InvalidServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Password => "a password does not stand with the server",
            Self::Tls => "TLS to the database is not spoken",
            Self::Unreadable => "that names no server",
        })
    }
}

impl std::error::Error for InvalidServer {}

impl fmt::Debug for Terms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Terms").field("server", &self.to_string()).finish_non_exhaustive()
    }
}

impl fmt::Display for Terms {
    /// Hosts and database, without user and password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.config.get_dbname().unwrap_or("the user's database"))?;
        for (place, host) in self.config.get_hosts().iter().enumerate() {
            let before = if place == 0 { " at" } else { "," };
            match host {
                Host::Tcp(name) => write!(f, "{before} {name}")?,
                #[cfg(unix)]
                Host::Unix(path) => write!(f, "{before} {}", path.display())?,
            }
        }
        Ok(())
    }
}

impl Terms {
    /// Reads where the server is, as `libpq` writes it: `host=/run/postgresql dbname=gateway`, or a
    /// URL. The password comes apart from it.
    pub fn new(server: &str, password: Option<&Secret>) -> Result<Self, InvalidServer> {
        let mut config: Config = server.parse().map_err(|_| InvalidServer::Unreadable)?;
        if config.get_password().is_some() {
            return Err(InvalidServer::Password);
        }
        if config.get_ssl_mode() == tokio_postgres::config::SslMode::Require {
            return Err(InvalidServer::Tls);
        }
        if config.get_hosts().is_empty() {
            return Err(InvalidServer::Unreadable);
        }
        if let Some(password) = password {
            config.password(password.expose());
        }
        let options = [config.get_options().unwrap_or_default(), OPTIONS].join(" ");
        config
            .options(options)
            .application_name("openset")
            .connect_timeout(CONNECT_MAX)
            .tcp_user_timeout(SILENCE_MAX)
            .keepalives_idle(SILENCE_MAX)
            .keepalives_interval(Duration::from_secs(2));
        Ok(Self { config, connections_max: CONNECTIONS, lease: LEASE, is_shared: true })
    }

    /// One connection apart from all others.
    pub(super) async fn connect(&self) -> Result<tokio_postgres::Client, Fault> {
        let (client, connection) =
            self.config.connect(NoTls).await.map_err(|error| judge(&error))?;
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                judge(&error);
            }
        });
        Ok(client)
    }
}

/// The connections of a node.
pub(super) struct Connections {
    pool: Pool,
    pause: Mutex<Pause>,
}

/// When a server that could not be reached is tried again.
#[derive(Default)]
struct Pause {
    failures: u32,
    until: Option<Instant>,
}

impl Connections {
    pub(super) fn new(terms: &Terms) -> Result<Self, Fault> {
        let recycling = ManagerConfig { recycling_method: RecyclingMethod::Fast };
        let manager = Manager::from_config(terms.config.clone(), NoTls, recycling);
        let pool = Pool::builder(manager)
            .max_size(terms.connections_max)
            .wait_timeout(Some(FREE_MAX))
            .create_timeout(Some(CONNECT_MAX))
            .recycle_timeout(Some(CONNECT_MAX))
            .runtime(Runtime::Tokio1)
            .post_create(Hook::async_fn(|client, _| Box::pin(prepare(client))))
            .build()
            .map_err(|_| Fault::StoreQuery)?;
        Ok(Self { pool, pause: Mutex::default() })
    }

    /// A connection, made if none is free. While the server cannot be reached, most who ask are
    /// refused at once.
    pub(super) async fn take(&self) -> Result<Object, Fault> {
        if self.pause().until.is_some_and(|until| Instant::now() < until) {
            return Err(Fault::StoreUnreachable);
        }
        let taken = self.pool.get().await.map_err(fault_of);
        let mut pause = self.pause();
        match &taken {
            Ok(_) => *pause = Pause::default(),
            Err(Fault::StoreSlow) => {}
            Err(_) => {
                let length = PAUSE.saturating_mul(1 << pause.failures.min(8)).min(PAUSE_MAX);
                pause.failures = pause.failures.saturating_add(1);
                pause.until = Some(Instant::now() + length);
            }
        }
        taken
    }

    fn pause(&self) -> std::sync::MutexGuard<'_, Pause> {
        self.pause.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn fault_of(error: PoolError) -> Fault {
    match error {
        PoolError::Backend(error) | PoolError::PostCreateHook(HookError::Backend(error)) => {
            judge(&error)
        }
        PoolError::PostCreateHook(HookError::Message(said)) => {
            Unfit::said(&said).map_or(Fault::StoreQuery, Fault::StoreUnfit)
        }
        PoolError::Timeout(deadpool_postgres::TimeoutType::Wait) => {
            tracing::warn!("all connections to the database are busy");
            Fault::StoreSlow
        }
        PoolError::Timeout(_) => Fault::StoreUnreachable,
        PoolError::Closed | PoolError::NoRuntimeSpecified => Fault::StoreStopped,
    }
}

/// Looks at the server, then has it read every statement once: what is asked afterwards needs no
/// answer before the next question is sent.
async fn prepare(client: &mut ClientWrapper) -> Result<(), HookError> {
    if let Some(unfit) = look(client).await.map_err(HookError::Backend)?.unfit() {
        return Err(HookError::message(unfit.text()));
    }
    let prepared = statements::ALL.iter().map(|sql| client.prepare_cached(sql));
    for prepared in join_all(prepared).await {
        prepared.map_err(HookError::Backend)?;
    }
    Ok(())
}

/// What a server is like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Server {
    /// Its version, as it writes it: `15.14`.
    pub version: String,
    /// Whether it notices pages that the disk has changed.
    pub checksums: bool,
    number: i32,
    synchronous_commit: String,
    fsync: String,
    full_page_writes: String,
    read_only: String,
    encoding: String,
}

/// Asks a server what it is like.
pub(super) async fn look(client: &tokio_postgres::Client) -> Result<Server, tokio_postgres::Error> {
    let row: Row = client
        .query_one(
            "SELECT current_setting('server_version'), \
                 current_setting('data_checksums') = 'on', \
                 current_setting('server_version_num')::int4, \
                 current_setting('synchronous_commit'), current_setting('fsync'), \
                 current_setting('full_page_writes'), \
                 current_setting('transaction_read_only'), current_setting('server_encoding')",
            &[],
        )
        .await?;
    Ok(Server {
        version: row.try_get(0)?,
        checksums: row.try_get(1)?,
        number: row.try_get(2)?,
        synchronous_commit: row.try_get(3)?,
        fsync: row.try_get(4)?,
        full_page_writes: row.try_get(5)?,
        read_only: row.try_get(6)?,
        encoding: row.try_get(7)?,
    })
}

impl Server {
    /// Looks at the server of a store, without touching the store.
    pub async fn look(terms: &Terms) -> Result<Self, Fault> {
        let client = terms.connect().await?;
        look(&client).await.map_err(|error| Failed::from(error).into_fault())
    }

    /// What is missing for it to keep what it acknowledges.
    pub fn unfit(&self) -> Option<Unfit> {
        let is_kept = ["on", "remote_apply"].contains(&self.synchronous_commit.as_str());
        [
            (self.number >= VERSION_MIN, Unfit::Version),
            (is_kept, Unfit::SynchronousCommit),
            (self.fsync == "on", Unfit::Fsync),
            (self.full_page_writes == "on", Unfit::FullPageWrites),
            (self.read_only == "off", Unfit::ReadOnly),
            (self.encoding == "UTF8", Unfit::Encoding),
        ]
        .into_iter()
        .find_map(|(is_fit, unfit)| (!is_fit).then_some(unfit))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fit() -> Server {
        Server {
            version: "15.0".to_owned(),
            checksums: true,
            number: VERSION_MIN,
            synchronous_commit: "on".to_owned(),
            fsync: "on".to_owned(),
            full_page_writes: "on".to_owned(),
            read_only: "off".to_owned(),
            encoding: "UTF8".to_owned(),
        }
    }

    #[test]
    fn a_server_that_may_lose_what_it_acknowledged_is_not_fit() {
        assert_eq!(fit().unfit(), None);
        let remote = Server { synchronous_commit: "remote_apply".to_owned(), ..fit() };
        assert_eq!(remote.unfit(), None);
        for word in ["off", "local", "remote_write"] {
            let server = Server { synchronous_commit: word.to_owned(), ..fit() };
            assert_eq!(server.unfit(), Some(Unfit::SynchronousCommit), "{word}");
        }
        let off = || "off".to_owned();
        for (server, unfit) in [
            (Server { number: VERSION_MIN - 1, ..fit() }, Unfit::Version),
            (Server { fsync: off(), ..fit() }, Unfit::Fsync),
            (Server { full_page_writes: off(), ..fit() }, Unfit::FullPageWrites),
            (Server { read_only: "on".to_owned(), ..fit() }, Unfit::ReadOnly),
            (Server { encoding: "SQL_ASCII".to_owned(), ..fit() }, Unfit::Encoding),
        ] {
            assert_eq!(server.unfit(), Some(unfit));
        }
    }

    #[test]
    fn a_text_that_names_no_server_or_says_a_secret_is_refused() {
        for (text, why) in [
            ("", InvalidServer::Unreadable),
            ("dbname=gateway", InvalidServer::Unreadable),
            ("host", InvalidServer::Unreadable),
            ("host=a port=x", InvalidServer::Unreadable),
            ("host=a password=b", InvalidServer::Password),
            ("postgresql://user:word@host/db", InvalidServer::Password),
            ("host=a sslmode=require", InvalidServer::Tls),
        ] {
            assert_eq!(Terms::new(text, None).err(), Some(why), "{text}");
        }
    }

    #[test]
    fn what_is_shown_of_a_server_is_where_it_is() {
        let password = Secret::new(b"lighthouse".to_vec());
        let text = "host=/run/postgresql,db.example user=keeper dbname=gateway";
        let terms = Terms::new(text, Some(&password)).expect("a server");
        assert_eq!(terms.to_string(), "gateway at /run/postgresql, db.example");
        let shown = format!("{terms:?}");
        assert!(!shown.contains("lighthouse") && !shown.contains("keeper"), "{shown}");
    }
}
