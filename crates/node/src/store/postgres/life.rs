//! The life of a node: it says at intervals that it is there, and what it does not finish is taken
//! over by others when it has been silent for as long as its lease.
//!
//! Nothing rests on a node's knowing that it was given up: an errand is finished in the commit that
//! brings its outcome, and once. Whoever comes second learns that it is gone.

use std::{
    sync::{
        Weak,
        atomic::{AtomicBool, AtomicI64, Ordering},
    },
    time::{Duration, Instant},
};

use tokio::time::sleep;

use super::{Shared, Terms, fault::Failed};
use crate::fault::Fault;

/// How many times within a lease a node says that it is there.
const BEATS: u32 = 3;
/// After how long nobody asks any more for a node that has ended.
const FORGOTTEN: &str = "1 day";

/// Which node this is.
pub(super) struct Life {
    id: AtomicI64,
    lease: Duration,
    /// Whether nobody knows any more what this life has begun.
    doubted: AtomicBool,
}

impl Life {
    /// Begins a life: beside others, or where nobody lives.
    pub(super) async fn begin(
        client: &tokio_postgres::Client,
        terms: &Terms,
    ) -> Result<Self, Failed> {
        let lease = terms.lease;
        let life = Self { id: AtomicI64::new(0), lease, doubted: AtomicBool::new(false) };
        if terms.is_shared {
            life.again(client).await?;
        } else {
            life.alone(client).await?;
        }
        let forget = format!(
            "DELETE FROM node WHERE until < now() - interval '{FORGOTTEN}'; \
             DELETE FROM slot WHERE NOT EXISTS (SELECT FROM node WHERE node.id = slot.node)"
        );
        client.batch_execute(&forget).await?;
        Ok(life)
    }

    /// The name of this life.
    pub(super) fn id(&self) -> i64 {
        self.id.load(Ordering::Acquire)
    }

    /// Nobody knows what this life has begun: at its next beat another one begins, and what this
    /// one leaves is taken over when its lease ends.
    pub(super) fn doubt(&self) {
        self.doubted.store(true, Ordering::Release);
    }

    /// Begins where nobody lives. One that was killed lives until its lease ends: that is waited
    /// for. This keeps two from starting by mistake. One that was cut off for longer than its lease
    /// and comes back is not kept out: whoever writes by the versions that it has read is refused
    /// then, as between nodes, and nobody else may store like this.
    async fn alone(&self, client: &tokio_postgres::Client) -> Result<(), Failed> {
        let until = Instant::now() + self.lease + self.lease / BEATS;
        while !self.is_first(client).await? {
            if Instant::now() >= until {
                return Err(Failed::Fault(Fault::StoreShared));
            }
            sleep(self.lease / BEATS).await;
        }
        Ok(())
    }

    /// Begins if nobody lives, and says whether it has.
    async fn is_first(&self, client: &tokio_postgres::Client) -> Result<bool, Failed> {
        client.batch_execute("BEGIN; LOCK TABLE node IN EXCLUSIVE MODE").await?;
        let sql = "INSERT INTO node (until) \
             SELECT clock_timestamp() + $1 * interval '1 millisecond' \
             WHERE NOT EXISTS (SELECT FROM node WHERE until > clock_timestamp()) RETURNING id";
        let row = client.query_opt(sql, &[&self.lease_ms()]).await?;
        client.batch_execute("COMMIT").await?;
        if let Some(row) = &row {
            self.id.store(row.try_get(0)?, Ordering::Release);
        }
        Ok(row.is_some())
    }

    async fn again(&self, client: &tokio_postgres::Client) -> Result<(), Failed> {
        let sql = "INSERT INTO node (until) \
             VALUES (clock_timestamp() + $1 * interval '1 millisecond') RETURNING id";
        let row = client.query_one(sql, &[&self.lease_ms()]).await?;
        self.id.store(row.try_get(0)?, Ordering::Release);
        Ok(())
    }

    /// Says that this node is there.
    async fn beat(&self, client: &tokio_postgres::Client) -> Result<(), Failed> {
        if self.doubted.swap(false, Ordering::AcqRel) {
            return self.again(client).await;
        }
        let sql = "UPDATE node SET until = clock_timestamp() + $2 * interval '1 millisecond' \
             WHERE id = $1";
        let beaten = client.execute(sql, &[&self.id(), &self.lease_ms()]).await?;
        if beaten == 0 { self.again(client).await } else { Ok(()) }
    }

    /// Says that this node is not there any more.
    pub(super) async fn end(&self, client: &tokio_postgres::Client) -> Result<(), Failed> {
        client.execute("DELETE FROM node WHERE id = $1", &[&self.id()]).await?;
        client.execute("DELETE FROM slot WHERE node = $1", &[&self.id()]).await?;
        Ok(())
    }

    fn lease_ms(&self) -> f64 {
        self.lease.as_secs_f64() * 1_000.0
    }
}

/// Says at intervals that a node is there, for as long as it is.
pub(super) async fn live(shared: Weak<Shared>, lease: Duration) {
    loop {
        sleep(lease / BEATS).await;
        let Some(shared) = shared.upgrade() else { return };
        if shared.has_left() {
            return;
        }
        if let Err(failed) = beat(&shared).await {
            let fault: Fault = failed.into_fault();
            tracing::error!(%fault, "others may take this node for dead");
        }
    }
}

async fn beat(shared: &Shared) -> Result<(), Failed> {
    let client = shared.connections.take().await?;
    shared.life.beat(&client).await
}
