//! The states that were committed last, so that the next step of an instance needs not read them.
//!
//! Nothing here is believed for being here: whoever takes a state names its version in the commit,
//! and where the store has another by then the step is taken again with what the store has. A state
//! is here at most once, and gone while a step is taken with it.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Mutex, MutexGuard, PoisonError},
    time::Instant,
};

use crate::store::Version;

/// How many states are kept, some kilobytes each. The oldest goes first.
const KEPT_MAX: usize = 256;

/// A state and its version.
pub(super) struct Stored<S> {
    pub(super) version: Version,
    pub(super) state: S,
    /// When somebody asked for what is being done, if that was while this process lived.
    pub(super) asked_at: Option<Instant>,
}

/// States by the keys of their instances.
pub(super) struct Recent<S>(Mutex<Kept<S>>);

struct Kept<S> {
    states: HashMap<Vec<u8>, Stored<S>>,
    /// The keys in the order they came. One that was taken and came again stands twice.
    order: VecDeque<Vec<u8>>,
}

impl<S> Default for Recent<S> {
    fn default() -> Self {
        Self(Mutex::new(Kept { states: HashMap::new(), order: VecDeque::new() }))
    }
}

impl<S> Recent<S> {
    /// Keeps a state that was committed.
    pub(super) fn keep(&self, key: &[u8], stored: Stored<S>) {
        let mut kept = self.lock();
        while kept.order.len() >= KEPT_MAX {
            let oldest = kept.order.pop_front().unwrap_or_default();
            kept.states.remove(&oldest);
        }
        kept.order.push_back(key.to_vec());
        kept.states.insert(key.to_vec(), stored);
    }

    /// Takes a state out.
    pub(super) fn take(&self, key: &[u8]) -> Option<Stored<S>> {
        self.lock().states.remove(key)
    }

    fn lock(&self) -> MutexGuard<'_, Kept<S>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first(state: usize) -> Stored<usize> {
        Stored { version: Version::FIRST, state, asked_at: None }
    }

    fn taken(recent: &Recent<usize>, key: &[u8]) -> Option<usize> {
        recent.take(key).map(|stored| stored.state)
    }

    #[test]
    fn a_state_is_taken_once() {
        let recent = Recent::default();
        recent.keep(b"a", first(1));
        assert_eq!(taken(&recent, b"b"), None);
        assert_eq!(taken(&recent, b"a"), Some(1));
        assert_eq!(taken(&recent, b"a"), None);
    }

    #[test]
    fn the_later_state_of_an_instance_takes_the_place_of_the_earlier() {
        let recent = Recent::default();
        recent.keep(b"a", first(1));
        recent.keep(b"a", first(2));
        assert_eq!(taken(&recent, b"a"), Some(2));
        assert_eq!(taken(&recent, b"a"), None);
    }

    #[test]
    fn no_more_are_kept_than_there_is_room_for() {
        let recent = Recent::default();
        for number in 0..3 * KEPT_MAX {
            recent.keep(&number.to_be_bytes(), first(number));
            recent.keep(b"again", first(number));
        }
        let kept = recent.lock();
        assert!(kept.states.len() <= KEPT_MAX && kept.order.len() <= KEPT_MAX);
        drop(kept);
        assert_eq!(taken(&recent, &0_usize.to_be_bytes()), None);
    }
}
