//! How often each card was tried today: guesses at what a bank has on record come to an end.
//!
//! Nothing is kept of a card but a number that means something to this process only, until
//! midnight (UTC). A restart forgets: what could tell card numbers is not written down.

use std::{
    collections::HashMap,
    hash::{BuildHasher, RandomState},
    sync::{Mutex, PoisonError},
};

use openset_types::{Pan, UnixTime};

/// The most cards that are told apart on one day. Beyond them nobody is let try.
const CARDS_MAX: usize = 1_000_000;
const DAY_S: i64 = 86_400;

/// The tries of one day.
#[derive(Debug, Default)]
pub(super) struct Tries {
    secret: RandomState,
    today: Mutex<Today>,
}

#[derive(Debug, Default)]
struct Today {
    day: i64,
    tried: HashMap<u64, u32>,
}

/// A try that counts, unless it is forgiven.
#[derive(Debug)]
pub(super) struct Try<'a> {
    tries: &'a Tries,
    day: i64,
    card: u64,
}

impl Tries {
    /// Begins a try, if the card has one left today.
    pub(super) fn begin(&self, pan: &Pan, now: UnixTime, most: u32) -> Option<Try<'_>> {
        let (day, card) = (now.seconds().div_euclid(DAY_S), self.secret.hash_one(pan.expose()));
        let mut today = self.today.lock().unwrap_or_else(PoisonError::into_inner);
        // A clock that is set back begins no second day.
        if day > today.day {
            *today = Today { day, tried: HashMap::new() };
        }
        if today.tried.len() >= CARDS_MAX && !today.tried.contains_key(&card) {
            return None;
        }
        let tried = today.tried.entry(card).or_default();
        if *tried >= most {
            return None;
        }
        *tried += 1;
        Some(Try { tries: self, day: today.day, card })
    }
}

impl Try<'_> {
    /// It was no guess: the bank agreed, or was not there.
    pub(super) fn forgive(self) {
        let mut today = self.tries.today.lock().unwrap_or_else(PoisonError::into_inner);
        let is_same_day = today.day == self.day;
        if let Some(tried) = today.tried.get_mut(&self.card).filter(|_| is_same_day) {
            *tried = tried.saturating_sub(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> UnixTime {
        UnixTime::new(seconds).expect("a time")
    }

    fn pan(digits: &str) -> Pan {
        Pan::parse(digits).expect("a test card")
    }

    #[test]
    fn a_card_is_tried_so_often_a_day_and_others_are_not_affected() {
        let (tries, noon) = (Tries::default(), at(20_000 * DAY_S + DAY_S / 2));
        let (one, other) = (pan("9999990000064242"), pan("9999990000040002"));
        for _ in 0..2 {
            assert!(tries.begin(&one, noon, 2).is_some());
        }
        assert!(tries.begin(&one, noon, 2).is_none());
        assert!(tries.begin(&other, noon, 2).is_some());
        assert!(tries.begin(&one, at(20_001 * DAY_S - 1), 2).is_none(), "the same day");
        assert!(tries.begin(&one, at(20_001 * DAY_S), 2).is_some(), "the next day");
        assert!(tries.begin(&one, noon, 1).is_none(), "a clock that is set back");
    }

    #[test]
    fn a_forgiven_try_does_not_count_and_one_of_yesterday_takes_nothing_from_today() {
        let (tries, noon) = (Tries::default(), at(20_000 * DAY_S + DAY_S / 2));
        let card = pan("9999990000064242");
        for _ in 0..9 {
            tries.begin(&card, noon, 1).expect("one left").forgive();
        }
        let late = tries.begin(&card, noon, 1).expect("one left");
        let tomorrow = noon.plus_s(DAY_S);
        assert!(tries.begin(&card, tomorrow, 1).is_some(), "a new day");
        late.forgive();
        assert!(tries.begin(&card, tomorrow, 1).is_none());
    }
}
