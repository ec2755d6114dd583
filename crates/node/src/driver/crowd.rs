//! How many messages a party deals with at one time, and who is turned away when there are too
//! many.
//!
//! What begins something new is turned away first: whoever asked loses nothing and asks again.
//! What ends something that was begun, or asks how it stands, is let in all the same, because it
//! is what makes room, and because money hangs on it.

use std::sync::atomic::{AtomicUsize, Ordering};

/// How many messages a party deals with before it turns new business away: more than it answers in
/// half a second, and half of the connections it has.
pub const CROWD_MAX: usize = 512;

/// Everybody at a party's door.
#[derive(Debug, Default)]
pub(super) struct Crowd {
    inside: AtomicUsize,
    /// What begins something new, and from how many on it is turned away.
    new: Option<(&'static [&'static str], usize)>,
}

impl Crowd {
    /// A crowd in which messages of these names are turned away from so many on.
    pub(super) fn turning_away(new: &'static [&'static str], from: usize) -> Self {
        Self { new: Some((new, from)), ..Self::default() }
    }

    /// Whether anybody is turned away at this moment.
    pub(super) fn is_full(&self) -> bool {
        self.new.is_some_and(|(_, from)| self.inside.load(Ordering::Relaxed) >= from)
    }

    /// Whether a message of this name begins something new.
    pub(super) fn is_new(&self, name: &str) -> bool {
        self.new.is_some_and(|(new, _)| new.contains(&name))
    }

    /// Lets one in, until what it gives is dropped.
    pub(super) fn enter(&self) -> Inside<'_> {
        self.inside.fetch_add(1, Ordering::Relaxed);
        Inside(self)
    }
}

/// One that was let in.
pub(super) struct Inside<'a>(&'a Crowd);

impl Drop for Inside<'_> {
    fn drop(&mut self) {
        self.0.inside.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crowd_is_full_while_as_many_are_inside_as_it_has_room_for() {
        let crowd = Crowd::turning_away(&["PReq"], 2);
        let first = crowd.enter();
        assert!(!crowd.is_full());
        let _second = crowd.enter();
        assert!(crowd.is_full() && crowd.is_new("PReq") && !crowd.is_new("InqReq"));
        drop(first);
        assert!(!crowd.is_full());
    }

    #[test]
    fn a_door_that_turns_nobody_away_is_never_full() {
        let crowd = Crowd::default();
        let _inside: Vec<_> = (0..CROWD_MAX).map(|_| crowd.enter()).collect();
        assert!(!crowd.is_full() && !crowd.is_new("PReq"));
    }
}
