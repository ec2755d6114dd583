//! Asks other parties until they answer: the same octets, at growing intervals.

use std::{
    collections::HashSet,
    sync::{Mutex, MutexGuard, PoisonError},
};

use openset_protocol::{
    refusal::Refusal,
    role::{Env, Lookup, Machine, Party, Received},
};
use openset_types::Rrpid;
use openset_wire::wrapper::MessageWrapper;
use serde::{Deserialize, Serialize};

use super::{Driver, NotTaken, book::Carry};
use crate::{
    fault::Fault,
    store::{Change, ErrandId},
    trace::{self, Begun},
};

/// The first interval between two tries; each is twice the one before.
const INTERVAL_S: i64 = 1;
/// The longest interval between two tries.
const INTERVAL_MAX_S: i64 = 60;

/// One question to another party.
#[derive(Debug, Clone)]
pub(super) struct Ask {
    pub(super) party: Party,
    pub(super) rrpid: Rrpid,
    pub(super) message: Vec<u8>,
}

/// How a question is kept; its message stands in the journal. Stored. Change only with a
/// migration.
#[derive(Serialize, Deserialize)]
struct Kept {
    version: u8,
    party: Party,
    rrpid: Rrpid,
}

impl Ask {
    pub(super) fn write(&self) -> Result<Vec<u8>, Fault> {
        let kept = Kept { version: 2, party: self.party.clone(), rrpid: self.rrpid };
        serde_json::to_vec(&kept).map_err(|_| Fault::StateUnreadable)
    }

    pub(super) fn read(octets: &[u8], message: Vec<u8>) -> Result<Self, Fault> {
        let Kept { version: 2, party, rrpid } =
            serde_json::from_slice(octets).map_err(|_| Fault::StateUnreadable)?
        else {
            return Err(Fault::StateUnreadable);
        };
        Ok(Self { party, rrpid, message })
    }
}

/// The questions that are being asked at this moment.
#[derive(Default)]
pub(super) struct Asking(Mutex<HashSet<ErrandId>>);

impl Asking {
    /// Whether nobody else is asking this.
    fn begin(&self, id: ErrandId) -> bool {
        self.lock().insert(id)
    }

    fn end(&self, id: ErrandId) {
        self.lock().remove(&id);
    }

    fn lock(&self) -> MutexGuard<'_, HashSet<ErrandId>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Seconds until the next try, after so many.
pub(super) fn interval_s(tries: u32) -> i64 {
    INTERVAL_S.saturating_mul(1_i64 << tries.min(16)).min(INTERVAL_MAX_S)
}

impl<M: Machine> Driver<M> {
    /// Asks once, in the background, unless that is being done.
    pub(super) fn ask(&self, id: ErrandId, key: Vec<u8>, ask: Ask, tries: u32) {
        if !self.0.asking.begin(id) {
            return;
        }
        let driver = self.clone();
        self.0.shell.spawn(async move {
            if !driver.ask_once(id, &key, &ask).await {
                driver.postpone(id, tries).await;
            }
            driver.0.asking.end(id);
        });
    }

    /// Asks, and takes the answer. Whether the question is done with.
    async fn ask_once(&self, id: ErrandId, key: &[u8], ask: &Ask) -> bool {
        let (address, media, name) = self.0.shell.find(&ask.party);
        let Some(address) = address else {
            tracing::error!(party = name, "the address is not known");
            return false;
        };
        let sent = self.0.shell.client.ask(&address, media, ask.message.clone());
        let octets = match trace::part("send", sent).await {
            Ok(octets) => octets,
            Err(unanswered) => {
                tracing::warn!(party = name, %unanswered, rrpid = %ask.rrpid, "not answered");
                return false;
            }
        };
        match self.hear(id, key, (name, ask), octets).await {
            Ok(()) | Err(NotTaken::Done) => true,
            Err(not_taken) => {
                tracing::warn!(party = name, %not_taken, rrpid = %ask.rrpid, "dropped");
                false
            }
        }
    }

    /// Brings an answer to the instance that asked.
    async fn hear(
        &self,
        id: ErrandId,
        key: &[u8],
        (name, ask): (&'static str, &Ask),
        octets: Vec<u8>,
    ) -> Result<(), NotTaken> {
        let wrapper = MessageWrapper::decode(&octets)
            .map_err(|malformed| NotTaken::Refused(malformed.into()))?;
        // A10: what names another question ends this one for nobody.
        if wrapper.message_header.rrpid.as_ref().is_none_or(|named| named.0 != ask.rrpid) {
            return Err(NotTaken::Refused(Refusal::SenderSentOtherRrpid));
        }
        let received = Received { octets, wrapper, question: Some(ask.message.clone()) };
        let mut inputs = |state: Option<&M::State>, env: &Env<'_, M>| {
            let state = state.ok_or(NotTaken::Fault(Fault::StateUnreadable))?;
            let verify = Begun::now();
            let heard = M::hear(state, &received, env);
            verify.ended("verify");
            Ok(heard?)
        };
        let carry = Carry::answer(&received, name, id);
        self.take(&Lookup::Key(key.to_vec()), &[], carry, &mut inputs).await
    }

    async fn postpone(&self, id: ErrandId, tries: u32) {
        let until = self.0.shell.clock.now().plus_s(interval_s(tries));
        let change = Change { postponed: vec![(id, until)], ..Change::default() };
        if let Err(error) = self.0.shell.store.commit(change).await {
            tracing::debug!(%error, "a question is not postponed");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_is_read_back_from_what_is_kept() {
        let ask = Ask {
            party: Party::Merchant { url: "http://shop.localhost/set".to_owned() },
            rrpid: Rrpid::new([7; 20]),
            message: vec![0, 255, 48],
        };
        let kept = ask.write().expect("JSON");
        let back = Ask::read(&kept, ask.message.clone()).expect("our own");
        assert_eq!((back.party, back.rrpid, back.message), (ask.party, ask.rrpid, ask.message));
        assert!(matches!(Ask::read(b"{}", Vec::new()), Err(Fault::StateUnreadable)));
    }

    #[test]
    fn intervals_grow_to_a_minute() {
        let intervals: Vec<i64> = (0..8).map(interval_s).collect();
        assert_eq!(intervals, [1, 2, 4, 8, 16, 32, 60, 60]);
        assert_eq!(interval_s(u32::MAX), 60);
    }
}
