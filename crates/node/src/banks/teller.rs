//! The teller: takes what is asked of a bank one after the other, stores many decisions in one
//! commit, and only then lets their answers go.

use std::sync::Arc;

use openset_bank::Decided;
use openset_types::UnixTime;
use tokio::sync::{mpsc, oneshot};

use super::shelf::{Kept, Shelf};
use crate::clock::Clock;
use crate::fault::Fault;
use crate::store::{Entry, Store};

/// A bank that can be rebuilt from its records.
pub(super) trait Bank: Send + Sync + 'static {
    /// What it keeps.
    type Record: Kept;

    /// Rebuilds it.
    fn restore(&self, records: Vec<Self::Record>) -> Result<Self, Fault>
    where
        Self: Sized;
}

/// What was decided: the answer, the records it rests on, and the messages that crossed.
pub(super) struct Ruling<T, R> {
    pub(super) decided: Decided<T, R>,
    pub(super) journal: Vec<Entry>,
}

impl<T, R> Ruling<T, R> {
    /// Nothing is kept of this.
    pub(super) fn unkept(answer: T) -> Self {
        Self { decided: Decided::unchanged(answer), journal: Vec::new() }
    }
}

/// Where a bank is asked.
pub(super) struct Teller<B: Bank> {
    queue: mpsc::Sender<Job<B>>,
}

type Job<B> = Box<dyn FnOnce(&mut B, UnixTime) -> Work<B> + Send>;

/// A decision whose answer waits for the commit.
struct Work<B: Bank> {
    records: Vec<B::Record>,
    journal: Vec<Entry>,
    answer: Box<dyn FnOnce() + Send>,
}

/// The most decisions in one commit.
const BATCH_MAX: usize = 256;

impl<B: Bank> Teller<B> {
    /// Rebuilds a bank from its store and opens.
    pub(super) async fn open(
        empty: B,
        store: Arc<dyn Store>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, Fault> {
        let shelf = Shelf::new(store);
        let bank = empty.restore(shelf.read().await?)?;
        let (queue, jobs) = mpsc::channel(BATCH_MAX);
        tokio::spawn(work(bank, shelf, clock, jobs));
        Ok(Self { queue })
    }

    /// Asks; answers when what was decided is stored. After a fault nobody knows whether it was.
    pub(super) async fn ask<T: Send + 'static>(
        &self,
        decide: impl FnOnce(&mut B, UnixTime) -> Ruling<T, B::Record> + Send + 'static,
    ) -> Result<T, Fault> {
        let (sender, answer) = oneshot::channel();
        let job: Job<B> = Box::new(move |bank, now| {
            let Ruling { decided, journal } = decide(bank, now);
            let Decided { answer, records } = decided;
            let answer = Box::new(move || {
                // Who asked may be gone; what was decided stands.
                let _ = sender.send(answer);
            });
            Work { records, journal, answer }
        });
        self.queue.send(job).await.map_err(|_| Fault::StoreStopped)?;
        answer.await.map_err(|_| Fault::StoreStopped)
    }
}

async fn work<B: Bank>(
    mut bank: B,
    shelf: Shelf,
    clock: Arc<dyn Clock>,
    mut jobs: mpsc::Receiver<Job<B>>,
) {
    let mut batch = Vec::with_capacity(BATCH_MAX);
    while jobs.recv_many(&mut batch, BATCH_MAX).await > 0 {
        let now = clock.now();
        let (mut records, mut journal, mut answers) = (Vec::new(), Vec::new(), Vec::new());
        for job in batch.drain(..) {
            let work = job(&mut bank, now);
            records.extend(work.records);
            journal.extend(work.journal);
            answers.push(work.answer);
        }
        match shelf.write(records, journal, now).await {
            Ok(()) => answers.into_iter().for_each(|answer| answer()),
            Err(_) => {
                drop(answers);
                let Some(rebuilt) = reread(&bank, &shelf).await else { return };
                bank = rebuilt;
            }
        }
    }
}

/// What is in memory may not be what is stored: the store is believed.
async fn reread<B: Bank>(bank: &B, shelf: &Shelf) -> Option<B> {
    let read = shelf.read().await.and_then(|records| bank.restore(records));
    read.inspect_err(|fault| tracing::error!(%fault, "a bank cannot read itself back")).ok()
}
