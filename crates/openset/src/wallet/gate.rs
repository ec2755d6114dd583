//! The gate of a wallet that is served alone: which browser windows are shown anything, and since
//! when nobody has come.
//!
//! A ticket is in the address that the wallet opens, which other users of the computer may see in
//! the list of processes: it is good once and for some minutes. The key that it gives stands in a
//! cookie and nowhere else.

use std::{
    collections::VecDeque,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicI64, Ordering},
    },
};

use data_encoding::HEXLOWER;
use openset_node::{clock::Clock, entropy, fault::Fault};
use openset_types::UnixTime;
use openset_web::ports::{Admitted, Porter};

use crate::house::wallet::fresh_id;

/// How long a ticket is good: a browser may have to start first.
const TICKET_S: i64 = 300;
/// The most tickets that wait for their bearers.
const TICKETS_MAX: usize = 16;

/// The gate.
pub(crate) struct Gate {
    clock: Arc<dyn Clock>,
    key: String,
    tickets: Mutex<VecDeque<Ticket>>,
    /// When somebody with the key came last.
    used_at: AtomicI64,
}

struct Ticket {
    name: String,
    place: String,
    until: UnixTime,
}

impl Gate {
    /// A gate with a key of its own, and no ticket.
    pub(crate) fn new(clock: Arc<dyn Clock>) -> Result<Self, Fault> {
        let key = HEXLOWER.encode(&entropy::seed()?);
        let used_at = AtomicI64::new(clock.now().seconds());
        Ok(Self { clock, key, tickets: Mutex::default(), used_at })
    }

    /// A ticket to a place of the wallet. Of too many the oldest is good no more.
    pub(crate) fn ticket(&self, place: &str) -> Result<String, Fault> {
        let name = fresh_id()?;
        let until = self.clock.now().plus_s(TICKET_S);
        let mut tickets = self.tickets();
        if tickets.len() == TICKETS_MAX {
            tickets.pop_front();
        }
        tickets.push_back(Ticket { name: name.clone(), place: place.to_owned(), until });
        self.touch();
        Ok(name)
    }

    /// For how many seconds nobody has come.
    pub(crate) fn idle_s(&self) -> i64 {
        self.clock.now().seconds() - self.used_at.load(Ordering::Relaxed)
    }

    fn touch(&self) {
        self.used_at.store(self.clock.now().seconds(), Ordering::Relaxed);
    }

    fn tickets(&self) -> MutexGuard<'_, VecDeque<Ticket>> {
        self.tickets.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Porter for Gate {
    fn knows(&self, key: &str) -> bool {
        let is_key = key == self.key;
        if is_key {
            self.touch();
        }
        is_key
    }

    fn admit(&self, ticket: &str) -> Option<Admitted> {
        let now = self.clock.now();
        let mut tickets = self.tickets();
        tickets.retain(|one| now <= one.until);
        let found = tickets.iter().position(|one| one.name == ticket)?;
        let Ticket { place, .. } = tickets.remove(found)?;
        drop(tickets);
        self.touch();
        Some(Admitted { key: self.key.clone(), place })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Hands(AtomicI64);

    impl Clock for Hands {
        fn now(&self) -> UnixTime {
            UnixTime::new(self.0.load(Ordering::SeqCst)).expect("after 1970")
        }
    }

    fn gate() -> (Gate, Arc<Hands>) {
        let hands = Arc::new(Hands(AtomicI64::new(1_000_000)));
        (Gate::new(hands.clone()).expect("randomness"), hands)
    }

    #[test]
    fn a_ticket_lets_in_once_and_its_key_as_often_as_it_is_shown() {
        let (gate, _hands) = gate();
        let ticket = gate.ticket("/pay/p1").expect("a ticket");
        let admitted = gate.admit(&ticket).expect("the first time");
        assert_eq!(admitted.place, "/pay/p1");
        assert_eq!(gate.admit(&ticket), None, "the second time");
        assert!(gate.knows(&admitted.key) && gate.knows(&admitted.key));
    }

    #[test]
    fn nobody_comes_in_with_a_guess_a_prefix_or_another_gates_key() {
        let (gate, other) = (gate().0, gate().0);
        let ticket = gate.ticket("/").expect("a ticket");
        for guess in ["", "0", &ticket[..31], &format!("{ticket}0"), &ticket.to_uppercase()] {
            assert_eq!(gate.admit(guess), None, "{guess}");
        }
        let theirs = other.ticket("/").expect("a ticket");
        let key = other.admit(&theirs).expect("their own").key;
        assert!(!gate.knows(&key) && !gate.knows("") && !gate.knows(&gate.key[..63]));
        assert_eq!(gate.admit(&theirs), None);
        assert!(gate.admit(&ticket).is_some(), "guesses use nothing up");
    }

    #[test]
    fn a_ticket_that_nobody_used_in_time_is_good_no_more() {
        let (gate, hands) = gate();
        let [early, late] = ["/", "/history"].map(|place| gate.ticket(place).expect("a ticket"));
        hands.0.fetch_add(TICKET_S, Ordering::SeqCst);
        assert!(gate.admit(&early).is_some(), "in its last second");
        hands.0.fetch_add(1, Ordering::SeqCst);
        assert_eq!(gate.admit(&late), None);
    }

    #[test]
    fn of_more_tickets_than_wait_the_oldest_is_good_no_more() {
        let (gate, _hands) = gate();
        let all: Vec<String> = (0..=TICKETS_MAX).map(|_| gate.ticket("/").expect("one")).collect();
        assert_eq!(gate.admit(&all[0]), None);
        assert!(all[1..].iter().all(|ticket| gate.admit(ticket).is_some()));
    }

    #[test]
    fn only_who_has_a_key_or_a_ticket_keeps_the_wallet_awake() {
        let (gate, hands) = gate();
        let ticket = gate.ticket("/").expect("a ticket");
        hands.0.fetch_add(60, Ordering::SeqCst);
        assert!(!gate.knows("a stranger's") && gate.admit("a guess").is_none());
        assert_eq!(gate.idle_s(), 60);
        let admitted = gate.admit(&ticket).expect("good");
        assert_eq!(gate.idle_s(), 0);
        hands.0.fetch_add(7, Ordering::SeqCst);
        assert_eq!(gate.idle_s(), 7);
        assert!(gate.knows(&admitted.key));
        assert_eq!(gate.idle_s(), 0);
    }
}
