//! The questions that wait for answers.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use openset_bank::iso8583::{Message, Mti};
use tokio::sync::oneshot;

/// What an answer must have to belong to a question.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Key {
    response: Mti,
    trace: String,
}

struct Waiting {
    reference: Option<String>,
    answer: oneshot::Sender<Message>,
}

/// Everybody who waits on one link.
#[derive(Clone, Default)]
pub(super) struct Pending(Arc<Mutex<HashMap<Key, Waiting>>>);

/// A place among those who wait; left when dropped.
pub(super) struct Place {
    pending: Pending,
    key: Key,
}

impl Key {
    /// The key of the answer to a question; none if it is not one, or has no trace number.
    pub(super) fn of_question(question: &Message) -> Option<Self> {
        let response = question.mti().response()?;
        Some(Self { response, trace: question.text(11)?.to_owned() })
    }

    fn of_answer(answer: &Message) -> Option<Self> {
        Some(Self { response: answer.mti(), trace: answer.text(11)?.to_owned() })
    }
}

impl Pending {
    /// Waits for the answer to a question; none if its trace number is in use.
    pub(super) fn wait(&self, question: &Message) -> Option<(Place, oneshot::Receiver<Message>)> {
        let key = Key::of_question(question)?;
        let (answer, receiver) = oneshot::channel();
        let reference = question.text(37).map(str::to_owned);
        match self.lock().entry(key.clone()) {
            Entry::Occupied(_) => return None,
            Entry::Vacant(place) => place.insert(Waiting { reference, answer }),
        };
        Some((Place { pending: self.clone(), key }, receiver))
    }

    /// Whether anybody still waits for this answer.
    pub(super) fn holds(&self, key: &Key) -> bool {
        self.lock().contains_key(key)
    }

    /// Gives an answer to whoever waits for it, or gives it back: it is late, or another's.
    pub(super) fn deliver(&self, answer: Message) -> Result<(), Message> {
        let Some(key) = Key::of_answer(&answer) else { return Err(answer) };
        let mut pending = self.lock();
        match pending.entry(key) {
            Entry::Occupied(place) if place.get().reference.as_deref() == answer.text(37) => {
                place.remove().answer.send(answer)
            }
            _ => Err(answer),
        }
    }

    /// Nobody will be answered any more.
    pub(super) fn clear(&self) {
        self.lock().clear();
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Key, Waiting>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Place {
    pub(super) fn key(&self) -> &Key {
        &self.key
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.pending.lock().remove(&self.key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn question(trace: &str, reference: &str) -> Message {
        Message::new(Mti::AUTHORIZATION_REQUEST).with(11, trace).with(37, reference)
    }

    fn answer(trace: &str, reference: &str) -> Message {
        Message::new(Mti::AUTHORIZATION_RESPONSE).with(11, trace).with(37, reference)
    }

    #[test]
    fn an_answer_goes_to_its_question_once() {
        let pending = Pending::default();
        let (_place, mut receiver) = pending.wait(&question("000001", "1")).expect("free");
        assert!(pending.deliver(answer("000001", "1")).is_ok());
        assert!(receiver.try_recv().is_ok());
        assert!(pending.deliver(answer("000001", "1")).is_err());
    }

    #[test]
    fn an_answer_of_another_reference_trace_or_type_goes_to_nobody() {
        let pending = Pending::default();
        let (_place, mut receiver) = pending.wait(&question("000001", "1")).expect("free");
        let other_type = Message::new(Mti::REVERSAL_RESPONSE).with(11, "000001").with(37, "1");
        let no_trace = Message::new(Mti::AUTHORIZATION_RESPONSE).with(37, "1");
        for wrong in [answer("000001", "2"), answer("000002", "1"), other_type, no_trace] {
            assert!(pending.deliver(wrong).is_err());
        }
        assert!(receiver.try_recv().is_err());
    }

    #[test]
    fn a_trace_number_is_used_for_one_question_at_a_time() {
        let pending = Pending::default();
        let first = pending.wait(&question("000001", "1"));
        assert!(pending.wait(&question("000001", "2")).is_none());
        drop(first);
        assert!(pending.wait(&question("000001", "2")).is_some());
    }
}
