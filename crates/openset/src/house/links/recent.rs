//! How long the issuer took lately to say something.
//!
//! A card that is not its certificate's is declined without asking the issuer, and nobody may tell
//! that by the time it takes (abuse case 8): it takes as long as a question did that was asked.

use std::{
    collections::VecDeque,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use openset_types::AuthorizationAnswer;

/// How many questions of a kind are remembered.
const REMEMBERED_MAX: usize = 64;

/// How long a question takes of which there was none yet: a guess, for the first moments of a
/// gateway.
const FIRST: Duration = Duration::from_millis(50);

/// The durations of the last questions, each from the moment it was asked to its answer.
#[derive(Debug, Default)]
pub(super) struct Recent(Mutex<Durations>);

#[derive(Debug, Default)]
struct Durations {
    declined: VecDeque<Duration>,
    approved: VecDeque<Duration>,
}

impl Recent {
    /// Remembers how long an answer took. Silence took as long as it was waited for.
    pub(super) fn note(&self, answer: &AuthorizationAnswer, took: Duration) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let those = match answer {
            AuthorizationAnswer::Declined(_) => &mut all.declined,
            AuthorizationAnswer::Approved { .. } => &mut all.approved,
            AuthorizationAnswer::NoAnswer => return,
        };
        if those.len() >= REMEMBERED_MAX {
            those.pop_front();
        }
        those.push_back(took);
    }

    /// How long one of them took: of those that were declined, if there are any.
    pub(super) fn one(&self, draw: u64) -> Duration {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let those = if all.declined.is_empty() { &all.approved } else { &all.declined };
        let count = u64::try_from(those.len()).unwrap_or_default();
        let at = draw.checked_rem(count).and_then(|at| usize::try_from(at).ok());
        at.and_then(|at| those.get(at)).copied().unwrap_or(FIRST)
    }
}

#[cfg(test)]
mod tests {
    use openset_types::{ApprovalCode, DeclineReason};

    use super::*;

    const NO: AuthorizationAnswer = AuthorizationAnswer::Declined(DeclineReason::Declined);

    fn yes() -> AuthorizationAnswer {
        let approval_code = ApprovalCode::parse("4K7Q21").expect("six characters");
        AuthorizationAnswer::Approved { approval_code }
    }

    fn ms(number: u64) -> Duration {
        Duration::from_millis(number)
    }

    #[test]
    fn a_question_that_is_not_asked_takes_as_long_as_one_that_was_declined() {
        let recent = Recent::default();
        recent.note(&yes(), ms(900));
        recent.note(&AuthorizationAnswer::NoAnswer, ms(10_000));
        assert_eq!(recent.one(0), ms(900), "there is no better one");
        for took in [11, 12, 13] {
            recent.note(&NO, ms(took));
        }
        let drawn = [0, 1, 2, 3, u64::MAX].map(|draw| recent.one(draw));
        assert_eq!(drawn, [ms(11), ms(12), ms(13), ms(11), ms(11)]);
    }

    #[test]
    fn what_was_long_ago_is_forgotten() {
        let recent = Recent::default();
        recent.note(&NO, ms(5_000));
        for _ in 0..REMEMBERED_MAX {
            recent.note(&NO, ms(7));
        }
        assert!((0..200).all(|draw| recent.one(draw) == ms(7)));
    }

    #[test]
    fn before_anything_was_asked_there_is_a_guess() {
        assert_eq!(Recent::default().one(7), FIRST);
    }
}
