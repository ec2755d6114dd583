//! How many connections there may be, how long each may take, and who goes first when all places
//! are taken.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use tokio::sync::Notify;

/// The limits of every connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The most connections at one time, over all ports of a server.
    pub connections_max: usize,
    /// How long a request's head may take, and how long a connection may idle.
    pub head: Duration,
    /// How long a request's body may take.
    pub body: Duration,
    /// How long an answer may take to make.
    pub answer: Duration,
    /// How long a connection may live; its last response is still sent.
    pub life: Duration,
    /// How long open connections are waited for at the end.
    pub farewell: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections_max: 1024,
            head: Duration::from_secs(10),
            body: Duration::from_secs(10),
            answer: Duration::from_secs(30),
            life: Duration::from_secs(600),
            farewell: Duration::from_secs(5),
        }
    }
}

impl From<&crate::config::Http> for Limits {
    fn from(http: &crate::config::Http) -> Self {
        Self {
            connections_max: http.connections_max,
            head: Duration::from_secs(http.head_s),
            body: Duration::from_secs(http.body_s),
            answer: Duration::from_secs(http.answer_s),
            ..Self::default()
        }
    }
}

/// The places for connections. When all are taken, the connection that has waited longest
/// without asking anything gives up its place (abuse case 26).
#[derive(Debug, Clone)]
pub(super) struct Places(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    max: usize,
    taken: Mutex<Taken>,
}

#[derive(Debug, Default)]
struct Taken {
    /// How many connections there are.
    count: usize,
    /// The number of the next one.
    next: u64,
    /// Those that wait for a request, oldest first.
    waiting: BTreeMap<u64, Arc<Notify>>,
}

impl Places {
    pub(super) fn new(max: usize) -> Self {
        Self(Arc::new(Inner { max, taken: Mutex::default() }))
    }

    /// Takes a place for a new connection. When all are taken, one that waits for a request is
    /// told to leave; when none waits, there is no place.
    pub(super) fn take(&self) -> Option<Place> {
        let mut taken = self.lock();
        if taken.count >= self.0.max {
            let (_, leave) = taken.waiting.pop_first()?;
            leave.notify_one();
        }
        taken.count += 1;
        let number = taken.next;
        taken.next += 1;
        let leave = Arc::new(Notify::new());
        taken.waiting.insert(number, Arc::clone(&leave));
        drop(taken);
        Some(Place { places: self.clone(), number, leave, answering: AtomicBool::new(false) })
    }

    /// How many connections there are.
    pub(super) fn count(&self) -> usize {
        self.lock().count
    }

    fn lock(&self) -> MutexGuard<'_, Taken> {
        self.0.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The place of one connection, given back when dropped.
#[derive(Debug)]
pub(super) struct Place {
    places: Places,
    number: u64,
    leave: Arc<Notify>,
    answering: AtomicBool,
}

impl Place {
    /// Waits until this connection must leave for another.
    pub(super) async fn must_leave(&self) {
        self.leave.notified().await;
    }

    /// Whether a request of this connection is being answered.
    pub(super) fn is_answering(&self) -> bool {
        self.answering.load(Ordering::Acquire)
    }

    /// A request has come: the connection stays until it is answered.
    pub(super) fn begin(&self) {
        self.answering.store(true, Ordering::Release);
        self.places.lock().waiting.remove(&self.number);
    }

    /// The request is answered: the connection waits for another.
    pub(super) fn end(&self) {
        self.answering.store(false, Ordering::Release);
        self.places.lock().waiting.insert(self.number, Arc::clone(&self.leave));
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.places.lock();
        taken.waiting.remove(&self.number);
        taken.count = taken.count.saturating_sub(1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_oldest_silent_connection_gives_up_its_place() {
        let places = Places::new(2);
        let first = places.take().expect("a free place");
        let _second = places.take().expect("a free place");
        let _third = places.take().expect("the first one's place");
        first.must_leave().await;
    }

    #[tokio::test]
    async fn a_connection_that_is_being_answered_stays() {
        let places = Places::new(1);
        let busy = places.take().expect("a free place");
        busy.begin();
        assert!(places.take().is_none());
        busy.end();
        assert!(places.take().is_some());
        busy.must_leave().await;
    }

    #[test]
    fn a_place_is_given_back() {
        let places = Places::new(1);
        drop(places.take().expect("a free place"));
        assert_eq!(places.count(), 0);
        assert!(places.take().is_some());
    }
}
