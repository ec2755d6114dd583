//! Questions whose answers no longer matter, but may still come.
//!
//! The outbox asks until an answer is taken. Whoever gave a question up remembers it, takes the
//! late answer and changes nothing; else it would be asked for ever.

use openset_types::Rrpid;
use serde::{Deserialize, Serialize};

/// The questions that one instance has given up, oldest first.
// Stored. Change only with a migration.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Moot(Vec<Rrpid>);

impl Moot {
    /// The most questions that are remembered, more than anybody asks in one conversation. The
    /// oldest are forgotten.
    pub const QUESTIONS_MAX: usize = 100;

    /// Remembers a question that was given up.
    pub(crate) fn add(&mut self, question: Rrpid) {
        if self.0.len() >= Self::QUESTIONS_MAX {
            self.0.remove(0);
        }
        self.0.push(question);
    }

    /// Whether this question was given up.
    pub fn contains(&self, question: Rrpid) -> bool {
        self.0.contains(&question)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn question(number: u8) -> Rrpid {
        Rrpid::new([number; 20])
    }

    #[test]
    fn the_oldest_question_is_forgotten_when_there_are_too_many() {
        let mut moot = Moot::default();
        (0..=100).for_each(|number| moot.add(question(number)));
        assert!(!moot.contains(question(0)));
        assert!((1..=100).all(|number| moot.contains(question(number))));
    }

    #[test]
    fn it_is_stored_as_a_plain_list() {
        let mut moot = Moot::default();
        assert_eq!(serde_json::to_string(&moot).expect("a text"), "[]");
        moot.add(question(7));
        let text = serde_json::to_string(&moot).expect("a text");
        assert_eq!(serde_json::from_str::<Moot>(&text).expect("our own"), moot);
    }
}
