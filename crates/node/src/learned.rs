//! Keeps what trust has learned, so that no older list is believed after a restart.

use std::{sync::Arc, time::Duration};

use openset_crypto::{Remembered, Trust};
use tokio::time::timeout;

use crate::{
    clock::Clock,
    fault::Fault,
    shutdown::Stop,
    store::{Change, Expected, Lookup, Put, Record, Store, Uncommitted},
};

/// The store's name for it.
const KIND: &str = "node.trust";
/// There is one of it in each store.
const KEY: &[u8] = b"learned";
/// How often somebody looks whether there is something new.
const INTERVAL: Duration = Duration::from_secs(5);

/// One party's trust, and where it is kept.
pub struct Learned {
    trust: Arc<Trust>,
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
}

impl Learned {
    /// Learns again what was kept. What does not verify any more is not believed, and said.
    pub async fn recall(
        trust: Arc<Trust>,
        store: Arc<dyn Store>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, Fault> {
        let learned = Self { trust, store, clock };
        if let Some(record) = learned.record().await? {
            let remembered = read(&record)?;
            if let Err(untrusted) = learned.trust.recall(&remembered, learned.clock.now()) {
                tracing::warn!(%untrusted, "something that was learned is not believed any more");
            }
        }
        Ok(learned)
    }

    /// Keeps what is new, at intervals until asked to stop and then once more.
    pub async fn keep(self: Arc<Self>, mut stop: Stop) {
        let mut stopping = false;
        while !stopping {
            stopping = timeout(INTERVAL, stop.asked()).await.is_ok();
            if let Err(error) = self.save().await {
                tracing::error!(%error, "what was learned is not kept");
            }
        }
    }

    /// Keeps what was learned, if that is not what is kept already.
    pub async fn save(&self) -> Result<(), Uncommitted> {
        let record = self.record().await?;
        let kept = record.as_ref().map(read).transpose()?.unwrap_or_default();
        if self.remember()? == kept {
            return Ok(());
        }
        // Another process that shares the store may have kept what is newer.
        if let Err(untrusted) = self.trust.recall(&kept, self.clock.now()) {
            tracing::warn!(%untrusted, "something that was learned is not believed any more");
        }
        let remembered = self.remember()?;
        if remembered == kept {
            return Ok(());
        }
        let state = serde_json::to_vec(&remembered).map_err(|_| Fault::StateUnreadable)?;
        let expected = record.map_or(Expected::Absent, |record| Expected::At(record.version));
        let at = self.clock.now();
        let put = Put { kind: KIND, key: KEY.to_vec(), expected, state, at };
        self.store.commit(Change { puts: vec![put], ..Change::default() }).await.map(drop)
    }

    fn remember(&self) -> Result<Remembered, Fault> {
        self.trust.remember().map_err(|_| Fault::StateUnreadable)
    }

    async fn record(&self) -> Result<Option<Record>, Fault> {
        self.store.load(KIND, &Lookup::Key(KEY.to_vec())).await
    }
}

fn read(record: &Record) -> Result<Remembered, Fault> {
    serde_json::from_slice(&record.state).map_err(|_| Fault::StateUnreadable)
}

#[cfg(test)]
mod tests {
    use openset_crypto::Suite;

    use super::*;
    use crate::{clock::SystemClock, shutdown::Shutdown, store::sqlite::Sqlite};

    async fn learned(store: &Arc<dyn Store>) -> Result<Learned, Fault> {
        let trust = Arc::new(Trust::new(Suite::Modern, &[]).expect("no roots"));
        Learned::recall(trust, Arc::clone(store), Arc::new(SystemClock)).await
    }

    fn store(folder: &tempfile::TempDir) -> Arc<dyn Store> {
        Arc::new(Sqlite::open(&folder.path().join("store.db")).expect("a folder"))
    }

    #[tokio::test]
    async fn nothing_learned_is_nothing_kept() {
        let folder = tempfile::tempdir().expect("a folder for the test");
        let store = store(&folder);
        let shutdown = Shutdown::default();
        shutdown.ask();
        let learned = Arc::new(learned(&store).await.expect("an empty store"));
        learned.keep(shutdown.listen()).await;
        assert_eq!(store.count(KIND).await, Ok(0));
    }

    #[tokio::test]
    async fn what_is_kept_and_cannot_be_read_is_a_fault_and_not_a_fresh_start() {
        let folder = tempfile::tempdir().expect("a folder for the test");
        let store = store(&folder);
        let at = SystemClock.now();
        let (key, state) = (KEY.to_vec(), b"{".to_vec());
        let put = Put { kind: KIND, key, expected: Expected::Absent, state, at };
        let change = Change { puts: vec![put], ..Change::default() };
        store.commit(change).await.expect("a new record");
        assert_eq!(learned(&store).await.err(), Some(Fault::StateUnreadable));
    }
}
