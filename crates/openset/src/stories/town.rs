//! A system of its own, which can be stopped and started again, under a clock that a story moves.

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use openset_crypto::{Suite, vault::Cost};
use openset_node::{
    clock::{Clock, SystemClock},
    measure::Measured,
};
use openset_protocol::summary::Fact;
use openset_types::UnixTime;
use tempfile::TempDir;

use super::post::say;
use crate::{
    demo::{data::Data, story},
    house::{
        bureau::{Bureau, Office, Operator},
        first_start,
        holders::Holders,
        running::Running,
        system::{Arrangement, System, Wish},
        upkeep::Renewals,
    },
    ports,
    sites::Name,
};

/// A system of its own.
pub(super) struct Town {
    pub(super) system: Arc<System>,
    running: Running,
    pub(super) data: Data,
    clock: Arc<Moved>,
    _folder: TempDir,
}

/// A clock that a story moves.
#[derive(Default)]
struct Moved(AtomicI64);

impl Clock for Moved {
    fn now(&self) -> UnixTime {
        SystemClock.now().plus_s(self.0.load(Ordering::SeqCst))
    }
}

/// How often a party looks after its certificates.
const LOOK: Duration = Duration::from_millis(500);

const WISH: Wish<'_> =
    Wish { suite: Suite::Modern, port: 0, vault: Cost::FLEETING, holders: &Holders::FILES };

/// Who decides at the authorities.
pub(super) fn operator() -> Operator {
    Operator::at_command_line(Some("Claire")).expect("a name")
}

impl Town {
    pub(super) async fn open() -> Self {
        Self::in_suite(Suite::Modern).await
    }

    pub(super) async fn in_suite(suite: Suite) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let data = Data::open(&folder.path().join("data")).expect("a new folder");
        first_start::make(&data, Wish { suite, ..WISH }).await.expect("everything is made");
        Self::begin(folder, data).await
    }

    /// A system of two brands.
    pub(super) async fn of_two_brands() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let data = Data::open(&folder.path().join("data")).expect("a new folder");
        first_start::make(&data, WISH).await.expect("everything is made");
        first_start::make_other_brand(&data, WISH).await.expect("a second brand").expect("new");
        Self::begin(folder, data).await
    }

    async fn begin(folder: TempDir, data: Data) -> Self {
        let clock = Arc::new(Moved::default());
        let (system, running) = start(&data, &clock).await;
        Self { system, running, data, clock, _folder: folder }
    }

    /// Everybody stops.
    pub(super) async fn stop(self) {
        assert!(self.running.stop(&self.system).await, "everything ends in time");
    }

    /// Everybody stops, and starts again.
    pub(super) async fn restarted(self) -> Self {
        let Self { system, running, data, clock, _folder } = self;
        assert!(running.stop(&system).await, "everything ends in time");
        drop(system);
        let (system, running) = start(&data, &clock).await;
        Self { system, running, data, clock, _folder }
    }

    /// Everybody stops, something happens to the folder, and nobody can start again: says why.
    pub(super) async fn spoilt(self, spoil: impl FnOnce(&Path)) -> String {
        let Self { system, running, data, clock, _folder } = self;
        assert!(running.stop(&system).await, "everything ends in time");
        drop(system);
        spoil(data.path());
        let started = System::start_as(&data, WISH, arrangement(&clock)).await;
        format!("{:#}", started.err().expect("nobody starts"))
    }

    /// Time passes.
    pub(super) fn passes(&self, seconds: i64) {
        self.clock.0.fetch_add(seconds, Ordering::SeqCst);
    }

    /// What an operator of authorities uses.
    pub(super) async fn bureau(&self) -> Bureau {
        let ground = self.system.ground.clone();
        let mut offices = Vec::new();
        for authority in &self.system.authorities {
            let office = Office::behind(authority.seat, &ground.data).await;
            offices.push(office.expect("a system opens a door for each"));
        }
        Bureau { ground, offices }
    }

    /// What `/readyz` says, and with which status.
    pub(super) async fn readiness(&self) -> (u16, String) {
        let host = Name::Home.host();
        let head = format!("GET /readyz HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
        let answer = say(self.system.at, head.as_bytes()).await;
        (answer.status, String::from_utf8_lossy(&answer.body).into_owned())
    }

    pub(super) async fn buy(&self, card: &str) -> anyhow::Result<Fact> {
        let order = story::order(&self.system).await?;
        let id = story::offer(&self.system, &order, card).await?;
        Ok(story::pay(&self.system, &order, &id, card).await?.fact)
    }
}

fn arrangement(clock: &Arc<Moved>) -> Arrangement {
    Arrangement {
        clock: Some(Arc::clone(clock) as _),
        // Nobody waits for a look that is due in real time.
        renewals: Renewals { look: LOOK, ..Renewals::default() },
        ..Arrangement::default()
    }
}

async fn start(data: &Data, clock: &Arc<Moved>) -> (Arc<System>, Running) {
    let started = System::start_as(data, WISH, arrangement(clock)).await;
    let (system, mut running) = started.expect("a system");
    let sites = ports::sites(&system, &[], &Measured::begin());
    running.serve(system.at, sites, &[]).await.expect("sites");
    (system, running)
}
