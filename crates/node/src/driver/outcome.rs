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

/// What is known of the outcome of an effect.
pub(super) enum Outcome<M: Machine> {
    /// This is it.
    Is(M::Input),
    /// It was taken for a step that could not be stored.
    Unknown,
    /// It was refused.
    Refused,
}

impl<M: Machine> Outcome<M> {
    /// Gives the outcome away: after that it is not known any more.
    fn take(&mut self) -> Self {
        let after = if matches!(self, Self::Refused) { Self::Refused } else { Self::Unknown };
        std::mem::replace(self, after)
    }
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
        let key = done.key.clone();
        self.0.gathered.lay(done, outcome);
        self.bring_gathered(&key).await;
    }

    /// Tries once, and if need be later again.
    pub(super) fn bring(
        self,
        done: Done,
        mut outcome: Outcome<M>,
        tries: u32,
    ) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        Box::pin(async move {
            let note = || book::read_note::<M>(&done.note).map_err(NotTaken::Fault);
            let mut inputs = |_: Option<&M::State>, _: &Env<'_, M>| match outcome.take() {
                Outcome::Is(outcome) => Ok(outcome),
                Outcome::Unknown => note().map(M::interrupted),
                Outcome::Refused => note().map(M::refused),
            };
            let at = Lookup::Key(done.key.clone());
            match self.take(&at, &[], Carry::errand(done.id), &mut inputs).await {
                Ok(()) | Err(NotTaken::Done | NotTaken::Fault(Fault::StoreStopped)) => return,
                Err(NotTaken::Refused(refusal)) => {
                    tracing::error!(%refusal, kind = M::KIND, tries, "an outcome was refused");
                    outcome = Outcome::Refused;
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
    pub(super) fn bring_later(self, done: Done, outcome: Outcome<M>, tries: u32) {
        let pause = Duration::from_secs(interval_s(tries).unsigned_abs());
        let again = async move {
            sleep(pause).await;
            let driver = self.clone();
            self.0.shell.spawn(driver.bring(done, outcome, tries.saturating_add(1)));
        };
        tokio::spawn(again.in_current_span());
    }
}
