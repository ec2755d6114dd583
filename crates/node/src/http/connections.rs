//! How many connections there may be, how long each may take, and who goes first when all places
//! are taken.

use std::{
    collections::{BTreeMap, HashMap},
    net::IpAddr,
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
    /// The most of them from one address. Behind a proxy all come from one.
    pub peer_connections_max: usize,
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
            peer_connections_max: 1024,
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
            peer_connections_max: http.peer_connections_max,
            head: Duration::from_secs(http.head_s),
            body: Duration::from_secs(http.body_s),
            answer: Duration::from_secs(http.answer_s),
            ..Self::default()
        }
    }
}

/// The places for connections. When all are taken, one gives up its place that is not being
/// answered (abuse case 26): of whoever has the most, the one that has waited longest. A peer that
/// takes all places loses its own first.
#[derive(Debug, Clone)]
pub(super) struct Places(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    max: usize,
    peer_max: usize,
    taken: Mutex<Taken>,
}

#[derive(Debug, Default)]
struct Taken {
    /// How many connections there are.
    count: usize,
    /// How many of each address.
    of_peers: HashMap<IpAddr, usize>,
    /// The number of the next one.
    next: u64,
    /// Those that wait for the rest of a request, oldest first.
    waiting: BTreeMap<u64, (IpAddr, Arc<Notify>)>,
}

impl Taken {
    /// Tells the oldest one of whoever has the most to leave, if any waits.
    fn give_up_one(&mut self) -> Option<()> {
        let most = |(_, (peer, _)): &(&u64, &(IpAddr, Arc<Notify>))| {
            // Of those that have as many, the oldest comes first, and the last of them is taken.
            self.of_peers.get(peer).copied().unwrap_or_default()
        };
        let (number, _) = self.waiting.iter().rev().max_by_key(most)?;
        let number = *number;
        let (_, leave) = self.waiting.remove(&number)?;
        leave.notify_one();
        Some(())
    }

    /// Tells the oldest one from this address that waits to leave, if any does.
    fn give_up_one_of(&mut self, peer: IpAddr) -> Option<()> {
        let (number, _) = self.waiting.iter().find(|(_, (of, _))| *of == peer)?;
        let number = *number;
        let (_, leave) = self.waiting.remove(&number)?;
        leave.notify_one();
        Some(())
    }
}

impl Places {
    pub(super) fn new(max: usize, peer_max: usize) -> Self {
        Self(Arc::new(Inner { max, peer_max, taken: Mutex::default() }))
    }

    /// Takes a place for a new connection. When all are taken, or all of this address, one that
    /// is not being answered is told to leave; when all are, there is no place.
    pub(super) fn take(&self, peer: IpAddr) -> Option<Place> {
        let mut taken = self.lock();
        if taken.of_peers.get(&peer).is_some_and(|count| *count >= self.0.peer_max) {
            taken.give_up_one_of(peer)?;
        } else if taken.count >= self.0.max {
            taken.give_up_one()?;
        }
        taken.count += 1;
        *taken.of_peers.entry(peer).or_default() += 1;
        let number = taken.next;
        taken.next += 1;
        let leave = Arc::new(Notify::new());
        taken.waiting.insert(number, (peer, Arc::clone(&leave)));
        drop(taken);
        let answering = AtomicBool::new(false);
        Some(Place { places: self.clone(), peer, number, leave, answering })
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
    peer: IpAddr,
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

    /// A whole request has come: the connection stays until it is answered.
    pub(super) fn begin(&self) {
        self.answering.store(true, Ordering::Release);
        self.places.lock().waiting.remove(&self.number);
    }

    /// The request is answered: the connection waits for another.
    pub(super) fn end(&self) {
        self.answering.store(false, Ordering::Release);
        let waits = (self.peer, Arc::clone(&self.leave));
        self.places.lock().waiting.insert(self.number, waits);
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.places.lock();
        taken.waiting.remove(&self.number);
        taken.count = taken.count.saturating_sub(1);
        if let Some(count) = taken.of_peers.get_mut(&self.peer) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                taken.of_peers.remove(&self.peer);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    fn peer(number: u8) -> IpAddr {
        Ipv4Addr::new(127, 0, 0, number).into()
    }

    fn take(places: &Places, number: u8) -> Place {
        places.take(peer(number)).expect("a place")
    }

    #[tokio::test]
    async fn the_oldest_silent_connection_gives_up_its_place() {
        let places = Places::new(2, 2);
        let first = take(&places, 1);
        let _second = take(&places, 2);
        let _third = take(&places, 3);
        first.must_leave().await;
    }

    #[tokio::test]
    async fn whoever_has_the_most_gives_up_a_place_first() {
        let places = Places::new(4, 4);
        let modest = take(&places, 1);
        let greedy: Vec<_> = (0..3).map(|_| take(&places, 2)).collect();
        for one in &greedy[..2] {
            let _newcomer = take(&places, 3);
            one.must_leave().await;
        }
        assert!(places.lock().waiting.contains_key(&modest.number), "it was never in the way");
    }

    #[tokio::test]
    async fn whoever_takes_more_than_one_address_may_loses_its_own() {
        let places = Places::new(9, 2);
        let other = take(&places, 1);
        let first = take(&places, 2);
        let busy = take(&places, 2);
        busy.begin();
        let third = take(&places, 2);
        first.must_leave().await;
        drop(first);
        third.begin();
        assert!(places.take(peer(2)).is_none(), "both are being answered");
        assert!(places.lock().waiting.contains_key(&other.number));
    }

    #[tokio::test]
    async fn a_connection_that_is_being_answered_stays() {
        let places = Places::new(1, 1);
        let busy = take(&places, 1);
        busy.begin();
        assert!(places.take(peer(1)).is_none() && places.take(peer(2)).is_none());
        busy.end();
        assert!(places.take(peer(2)).is_some());
        busy.must_leave().await;
    }

    #[test]
    fn a_place_is_given_back() {
        let places = Places::new(1, 1);
        drop(take(&places, 1));
        assert_eq!(places.count(), 0);
        assert!(places.lock().of_peers.is_empty());
        drop(take(&places, 1));
    }
}
