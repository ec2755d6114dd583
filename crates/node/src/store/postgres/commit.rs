//! One transaction for a change: begun, applied, committed, and if need be asked for later.
//!
//! A commit without an answer is no answer. The transaction has left a mark (`marks.rs`), and the
//! server is asked for it as soon as it can be. Where nobody can say, the node begins another life
//! (`life.rs`): what it may have begun is then taken over as after a crash.

use std::time::Duration;

use deadpool_postgres::Object;
use tokio::time::{Instant, sleep, timeout};

use super::{Shared, apply::Stroke, fault::Failed, marks::Mark};
use crate::{
    fault::Fault,
    store::{Change, Committed, Uncommitted},
};

/// How often a change is tried again that the server took back because of another.
const ATTEMPTS: usize = 8;
/// How long a commit may take. The server is given no limit for it: one that waits for its standby
/// and reaches `statement_timeout` stops waiting, and says that it has committed.
const COMMIT_MAX: Duration = Duration::from_secs(15);
/// How long a server is asked what became of a commit.
const ASKING_MAX: Duration = Duration::from_secs(10);
/// How long between two such questions.
const ASKING_PAUSE: Duration = Duration::from_millis(100);

/// Stores all of a change or nothing.
pub(super) async fn commit(shared: &Shared, change: &Change) -> Result<Committed, Uncommitted> {
    if let Some(contradiction) = change.contradiction() {
        return Err(contradiction.into());
    }
    for _ in 1..ATTEMPTS {
        match once(shared, change).await {
            Err(failed) if failed.is_passing() => {
                tracing::debug!("a transaction was taken back by the server, and is tried again");
            }
            outcome => return outcome.map_err(Failed::into_uncommitted),
        }
    }
    once(shared, change).await.map_err(Failed::into_uncommitted)
}

async fn once(shared: &Shared, change: &Change) -> Result<Committed, Failed> {
    let client = shared.connections.take().await?;
    let cuts = shared.pieces.cut(&client, change).await?;
    let (node, mark) = (shared.life.id(), shared.marks.take(&client, shared.life.id()).await?);
    let open = Open(Some(client));
    let outcome = match Stroke::new(open.client()?, change, &cuts, node, mark).apply().await {
        Ok(committed) => match open.commit().await {
            Err(failed) if failed.is_silence() => return became(shared, mark, committed).await,
            outcome => outcome.map(|()| committed),
        },
        Err(failed) => {
            open.roll_back().await;
            Err(failed)
        }
    };
    shared.marks.give_back(mark);
    outcome
}

/// A connection with a transaction that is open. Where that is left open the connection is given
/// up, and the server takes it back.
struct Open(Option<Object>);

impl Open {
    fn client(&self) -> Result<&Object, Fault> {
        self.0.as_ref().ok_or(Fault::StoreUnreachable)
    }

    async fn commit(mut self) -> Result<(), Failed> {
        let client = self.client()?;
        let committing = client.batch_execute("SET LOCAL statement_timeout = 0; COMMIT");
        timeout(COMMIT_MAX, committing).await.map_err(|_| Fault::StoreSlow)??;
        drop(self.0.take());
        Ok(())
    }

    async fn roll_back(mut self) {
        let Ok(client) = self.client() else { return };
        if client.batch_execute("ROLLBACK").await.is_ok() {
            drop(self.0.take());
        }
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        if let Some(client) = self.0.take() {
            drop(Object::take(client));
        }
    }
}

/// Asks what became of a commit that nobody answered.
async fn became(shared: &Shared, mark: Mark, committed: Committed) -> Result<Committed, Failed> {
    let until = Instant::now() + ASKING_MAX;
    tracing::warn!("a commit was not answered; the server is asked what became of it");
    while Instant::now() < until {
        let asked = match shared.connections.take().await {
            Ok(client) => mark.is_stored(&client).await,
            Err(fault) => Err(fault.into()),
        };
        match asked {
            Ok(true) => return Ok(committed),
            Ok(false) => return Err(Fault::StoreUnreachable.into()),
            Err(_) => sleep(ASKING_PAUSE).await,
        }
    }
    tracing::error!("nobody says what became of a commit; this node begins another life");
    shared.life.doubt();
    Err(Fault::StoreUnreachable.into())
}
