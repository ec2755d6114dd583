//! Outcomes of one instance that come together: a step for each, and one commit for all.
//!
//! Every outcome is laid down before its instance is waited for. Whoever has the instance takes
//! along what lies there by then, so that nobody waits for company, and a busy instance is stored
//! less often than it is stepped. An outcome that is refused changes nothing of the others. Where
//! they cannot be stored together, each goes on by itself, as one whose step could not be stored.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Mutex, MutexGuard, PoisonError},
};

use openset_protocol::role::{Held, Machine, Step};

use super::{
    Driver, NotTaken,
    attended::Attended,
    book::{Book, Carry, Place, Steps},
    decisions::Before,
    outcome::{Done, Outcome},
};
use crate::{
    fault::Fault,
    store::{Expected, Uncommitted},
    trace::{self, Begun},
};

/// An outcome, and what it is of.
type Laid<M> = (Done, <M as Machine>::Input);

/// The outcomes that were not taken yet, by their instances, oldest first.
pub(super) struct Gathered<M: Machine>(Mutex<HashMap<Vec<u8>, VecDeque<Laid<M>>>>);

impl<M: Machine> Default for Gathered<M> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<M: Machine> Gathered<M> {
    /// Lays an outcome down. Whoever does brings what is gathered afterwards.
    pub(super) fn lay(&self, done: Done, outcome: M::Input) {
        self.lock().entry(done.key.clone()).or_default().push_back((done, outcome));
    }

    /// Takes as many as may be stepped together.
    fn lift(&self, key: &[u8]) -> Vec<Laid<M>> {
        let mut gathered = self.lock();
        let Some(lying) = gathered.get_mut(key) else { return Vec::new() };
        let lifted = lying.drain(..lying.len().min(M::OUTCOMES_TOGETHER_MAX.max(1))).collect();
        if lying.is_empty() {
            gathered.remove(key);
        }
        lifted
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Vec<u8>, VecDeque<Laid<M>>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What became of outcomes that were stepped together, but for those of them that are stored.
struct Left<M: Machine> {
    /// Each is tried by itself.
    alone: Vec<(Done, Outcome<M>)>,
    /// Each is tried again after a pause.
    later: Vec<(Done, Outcome<M>)>,
}

impl<M: Machine> Driver<M> {
    /// Takes outcomes of an instance that were laid down: as many as there are, or may be taken at
    /// one time. Nothing may be left, because others have taken them along.
    pub(super) async fn bring_gathered(&self, key: &[u8]) {
        let left = {
            let _alone = self.0.instances.lock(key).await;
            let mut lifted = self.0.gathered.lift(key);
            match lifted.len() {
                0 => return,
                1 => Left::alone(lifted.drain(..).map(|(done, is)| (done, Outcome::Is(is)))),
                _ => self.take_together(key, lifted).await,
            }
        };
        for (done, outcome) in left.alone {
            self.clone().bring(done, outcome, 0).await;
        }
        for (done, outcome) in left.later {
            self.clone().bring_later(done, outcome, 0);
        }
    }

    /// Steps all of them, and commits once.
    async fn take_together(&self, key: &[u8], lifted: Vec<Laid<M>>) -> Left<M> {
        let shell = &self.0.shell;
        let load = Begun::now();
        let Ok(Some(stored)) = self.stored(key).await else {
            // By itself, each is tried again, or refused if its instance is not there.
            return Left::alone(known(lifted));
        };
        load.ended("load");
        let carry = Carry::errands(lifted.iter().map(|(done, _)| done.id).collect());
        let before = Before::of::<M>(Some(&stored), &carry);
        let step = Begun::now();
        let (steps, finished, mut left) = self.steps(&stored.state, lifted);
        step.ended("step");
        let Some(steps) = steps else { return left };
        let carry = Carry::errands(finished.iter().map(|done| done.id).collect());
        let place = Place { shell, key, now: shell.clock.now() };
        let written = Book::write(&place, steps, Expected::At(stored.version), &carry);
        let (change, book) = match written {
            Ok(written) => written,
            Err(not_taken) => {
                tracing::error!(%not_taken, kind = M::KIND, "outcomes cannot be written together");
                left.later.extend(unknown(finished));
                return left;
            }
        };
        match trace::part("commit", shell.store.commit(change)).await {
            Ok(committed) => self.committed(key, before, book, committed),
            Err(Uncommitted::Refused(refused)) => {
                tracing::debug!(%refused, "outcomes are taken one by one");
                left.alone.extend(unknown(finished));
            }
            Err(Uncommitted::Fault(Fault::StoreStopped)) => {}
            Err(Uncommitted::Fault(fault)) => {
                tracing::error!(%fault, kind = M::KIND, "outcomes wait");
                left.later.extend(unknown(finished));
            }
        }
        left
    }

    /// A step for each, from where the one before it led: what they come to, whose they are, and
    /// those that were not taken.
    fn steps(
        &self,
        state: &M::State,
        lifted: Vec<Laid<M>>,
    ) -> (Option<Steps<M>>, Vec<Done>, Left<M>) {
        let (mut steps, mut finished) = (None::<Steps<M>>, Vec::new());
        let mut left = Left { alone: Vec::new(), later: Vec::new() };
        for (done, outcome) in lifted {
            let from = steps.as_ref().map_or(state, Steps::state).clone();
            match self.step_on(from, outcome) {
                Ok(step) => {
                    steps = Some(match steps {
                        None => Steps::of(step),
                        Some(steps) => steps.then(step),
                    });
                    finished.push(done);
                }
                Err(NotTaken::Refused(refusal)) => {
                    tracing::error!(%refusal, kind = M::KIND, "an outcome was refused");
                    left.later.push((done, Outcome::Refused));
                }
                Err(not_taken) => {
                    tracing::error!(%not_taken, kind = M::KIND, "an outcome waits");
                    left.later.push((done, Outcome::Unknown));
                }
            }
        }
        (steps, finished, left)
    }

    /// One step that nobody asked for.
    fn step_on(
        &self,
        state: M::State,
        outcome: M::Input,
    ) -> Result<Step<M::State, M::Effect>, NotTaken> {
        let (standing, nothing) = (self.standing(), Held::nothing());
        let keys = Attended::new(self.0.shell.keys.as_ref());
        let env = self.env(&standing, &nothing, &keys)?;
        keys.judge(M::step(Some(state), outcome, &env).map_err(NotTaken::Refused))
    }
}

impl<M: Machine> Left<M> {
    fn alone(outcomes: impl Iterator<Item = (Done, Outcome<M>)>) -> Self {
        Self { alone: outcomes.collect(), later: Vec::new() }
    }
}

fn known<M: Machine>(lifted: Vec<Laid<M>>) -> impl Iterator<Item = (Done, Outcome<M>)> {
    lifted.into_iter().map(|(done, outcome)| (done, Outcome::Is(outcome)))
}

/// Their outcomes were used up.
fn unknown<M: Machine>(finished: Vec<Done>) -> impl Iterator<Item = (Done, Outcome<M>)> {
    finished.into_iter().map(|done| (done, Outcome::Unknown))
}
