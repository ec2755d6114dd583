//! What became of an own effect, brought back to the instance until it is taken.

use std::{future::Future, pin::Pin, time::Duration};

use openset_protocol::role::{Env, Lookup, Machine};
use tokio::time::sleep;
use tracing::Instrument;

use super::{Driver, NotTaken, ask::interval_s, book, book::Carry};
use crate::{
    fault::Fault,
    store::{Change, ErrandId},
};

/// An own effect that the desk is done with.
pub(super) struct Done {
    pub(super) id: ErrandId,
    /// The instance.
    pub(super) key: Vec<u8>,
    /// What the outbox keeps of the effect.
    pub(super) note: Vec<u8>,
}

impl<M: Machine> Driver<M> {
    /// Takes the outcome of an own effect; without one there is nothing to take. Where it cannot
    /// be taken as it is, the effect counts as interrupted, again and again until that is taken.
    pub(super) async fn finish(&self, done: Done, outcome: Option<M::Input>) {
        let Some(outcome) = outcome else {
            let change = Change { finished: vec![done.id], ..Change::default() };
            if let Err(error) = self.0.shell.store.commit(change).await {
                tracing::error!(%error, "a finished errand stays");
            }
            return;
        };
        self.clone().bring(done, Some(outcome), 0).await;
    }

    /// Tries once, and if need be later again.
    fn bring(
        self,
        done: Done,
        mut outcome: Option<M::Input>,
        tries: u32,
    ) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        Box::pin(async move {
            let note = &done.note;
            let mut inputs = |_: Option<&M::State>, _: &Env<'_, M>| match outcome.take() {
                Some(outcome) => Ok(outcome),
                None => book::read_note::<M>(note).map(M::interrupted).map_err(NotTaken::Fault),
            };
            let at = Lookup::Key(done.key.clone());
            match self.take(&at, &[], Carry::errand(done.id), &mut inputs).await {
                Ok(()) | Err(NotTaken::Done | NotTaken::Fault(Fault::StoreStopped)) => return,
                Err(NotTaken::Refused(refusal)) => {
                    tracing::error!(%refusal, kind = M::KIND, tries, "an outcome was refused");
                }
                Err(NotTaken::Fault(fault)) => {
                    tracing::error!(%fault, kind = M::KIND, tries, "an outcome waits");
                }
            }
            self.bring_later(done, outcome, tries);
        })
    }

    /// Tries again after a pause that grows. Nobody waits for it at the end: what has not been
    /// taken by then is reported as interrupted at the next start.
    fn bring_later(self, done: Done, outcome: Option<M::Input>, tries: u32) {
        let pause = Duration::from_secs(interval_s(tries).unsigned_abs());
        let again = async move {
            sleep(pause).await;
            let driver = self.clone();
            self.0.shell.spawn(driver.bring(done, outcome, tries.saturating_add(1)));
        };
        tokio::spawn(again.in_current_span());
    }
}
