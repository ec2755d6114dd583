//! Those who wait for the reply to a request.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use openset_types::Rrpid;
use tokio::sync::broadcast;

/// Everybody who waits, by request. Several may wait for one reply.
#[derive(Debug, Default)]
pub(super) struct Waiting(Mutex<HashMap<Rrpid, broadcast::Sender<Arc<[u8]>>>>);

impl Waiting {
    /// Begins to wait. Begin before looking whether the reply is stored, or it may be missed.
    pub(super) fn begin(self: &Arc<Self>, rrpid: Rrpid) -> Waiter {
        let mut all = self.lock();
        let sender = all.entry(rrpid).or_insert_with(|| broadcast::Sender::new(1));
        let reply = Some(sender.subscribe());
        drop(all);
        Waiter { waiting: Arc::clone(self), rrpid, reply }
    }

    /// Gives the reply to everybody who waits for it.
    pub(super) fn tell(&self, rrpid: Rrpid, message: Vec<u8>) {
        if let Some(sender) = self.lock().get(&rrpid) {
            // Nobody may be listening any more.
            let _ = sender.send(message.into());
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Rrpid, broadcast::Sender<Arc<[u8]>>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One who waits.
pub(super) struct Waiter {
    waiting: Arc<Waiting>,
    rrpid: Rrpid,
    reply: Option<broadcast::Receiver<Arc<[u8]>>>,
}

impl Waiter {
    /// Waits for the reply.
    pub(super) async fn reply(mut self) -> Option<Vec<u8>> {
        self.reply.as_mut()?.recv().await.ok().map(|message| message.to_vec())
    }
}

impl Drop for Waiter {
    /// The last one who waits for a reply turns off the light.
    fn drop(&mut self) {
        self.reply = None;
        let mut all = self.waiting.lock();
        if all.get(&self.rrpid).is_some_and(|sender| sender.receiver_count() == 0) {
            all.remove(&self.rrpid);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn everybody_who_waits_gets_the_reply_and_nobody_is_left_over() {
        let waiting = Arc::new(Waiting::default());
        let rrpid = Rrpid::new([1; 20]);
        let waiters = [waiting.begin(rrpid), waiting.begin(rrpid)];
        drop(waiting.begin(Rrpid::new([2; 20])));
        waiting.tell(rrpid, b"reply".to_vec());
        for waiter in waiters {
            assert_eq!(waiter.reply().await.as_deref(), Some(b"reply".as_slice()));
        }
        assert!(waiting.lock().is_empty());
        waiting.tell(rrpid, b"nobody".to_vec());
    }
}
