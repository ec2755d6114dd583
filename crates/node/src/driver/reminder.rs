//! Looks at intervals what is due: questions to ask again, instances to wake, and what another
//! process left that shared the store.

use std::time::Duration;

use openset_protocol::role::Machine;
use tokio::{task::JoinSet, time::timeout};
use tracing::Instrument;

use super::{Driver, ask::Ask, book::ASK};
use crate::{fault::Fault, logging::role_span, shutdown::Stop, store::Pending};

/// How often somebody looks.
const INTERVAL: Duration = Duration::from_millis(500);
/// The most that is begun at one look: after a long silence the backlog drains in steps.
const AT_ONCE: u32 = 64;

/// A task that reminds a party of what is due.
#[must_use = "wait for it at the end"]
#[derive(Debug)]
pub struct Reminder(tokio::task::JoinHandle<()>);

impl Reminder {
    /// A task of a party that ends when the party is asked to stop.
    pub fn of(task: tokio::task::JoinHandle<()>) -> Self {
        Self(task)
    }

    /// Waits until it has stopped.
    pub async fn ended(self) {
        if self.0.await.is_err() {
            tracing::error!("a reminder panicked");
        }
    }
}

impl<M: Machine> Driver<M> {
    /// Reports what a crash interrupted, then begins to look what is due. Call it once, before
    /// anything is taken.
    pub async fn start(&self, stop: Stop) -> Result<Reminder, Fault> {
        let span = role_span(self.0.shell.folder);
        self.recover().instrument(span.clone()).await?;
        let driver = self.clone();
        Ok(Reminder(tokio::spawn(driver.remind(stop).instrument(span))))
    }

    async fn remind(self, mut stop: Stop) {
        while timeout(INTERVAL, stop.asked()).await.is_err() {
            if let Err(fault) = self.look().await {
                tracing::error!(%fault, kind = M::KIND, "what is due cannot be read");
            }
        }
    }

    async fn look(&self) -> Result<(), Fault> {
        self.recover().await?;
        let (store, now) = (&self.0.shell.store, self.0.shell.clock.now());
        for pending in store.errands_due(M::KIND, ASK, now, AT_ONCE).await? {
            self.ask_again(pending)?;
        }
        let mut waking = JoinSet::new();
        for wake in store.wakes_due(M::KIND, now, AT_ONCE).await? {
            let driver = self.clone();
            waking.spawn(async move { driver.wake(wake.key).await }.in_current_span());
        }
        waking.join_all().await;
        Ok(())
    }

    fn ask_again(&self, pending: Pending) -> Result<(), Fault> {
        let message = pending.message.ok_or(Fault::StateUnreadable)?;
        let ask = Ask::read(&pending.body, message)?;
        self.ask(pending.id, pending.key, ask, pending.tries);
        Ok(())
    }
}
