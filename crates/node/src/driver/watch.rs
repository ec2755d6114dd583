//! Tells pages when an instance moves on.

use std::{
    hash::{DefaultHasher, Hash, Hasher},
    sync::Arc,
};

use tokio::sync::broadcast::{Receiver, Sender, error::RecvError};

/// How many moves a slow watcher may miss before it only learns that there were some.
const MISSED_MAX: usize = 32;

/// How many channels there are: whoever watches is woken by the keys of one of them only.
const CHANNELS: usize = 64;

pub(super) struct Watchers(Vec<Sender<Arc<[u8]>>>);

impl Default for Watchers {
    fn default() -> Self {
        Self((0..CHANNELS).map(|_| Sender::new(MISSED_MAX)).collect())
    }
}

impl Watchers {
    pub(super) fn watch(&self, key: &[u8]) -> Watch {
        Watch { key: key.into(), moves: self.channel(key).subscribe() }
    }

    pub(super) fn moved(&self, key: &[u8]) {
        // Nobody may be watching.
        let _ = self.channel(key).send(key.into());
    }

    fn channel(&self, key: &[u8]) -> &Sender<Arc<[u8]>> {
        let mut hasher = DefaultHasher::new();
        key.hash(&mut hasher);
        let channel = usize::try_from(hasher.finish() % CHANNELS as u64).unwrap_or_default();
        &self.0[channel]
    }
}

/// Watches one instance.
#[derive(Debug)]
pub struct Watch {
    key: Arc<[u8]>,
    moves: Receiver<Arc<[u8]>>,
}

impl Watch {
    /// Waits until the instance has moved on since this was asked last, or may have.
    ///
    /// Watch first, then read the state, then wait: no move is missed.
    pub async fn changed(&mut self) {
        loop {
            match self.moves.recv().await {
                Ok(key) if key != self.key => {}
                Ok(_) | Err(RecvError::Lagged(_) | RecvError::Closed) => return,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::timeout;

    use super::*;

    #[tokio::test]
    async fn a_watcher_hears_of_its_own_instance_only() {
        let watchers = Watchers::default();
        let mut watch = watchers.watch(b"a");
        (b'b'..b'z').for_each(|other| watchers.moved(&[other]));
        assert!(timeout(Duration::from_millis(20), watch.changed()).await.is_err());
        watchers.moved(b"a");
        watch.changed().await;
    }

    #[tokio::test]
    async fn a_watcher_that_missed_too_much_looks_again() {
        let watchers = Watchers::default();
        let mut watch = watchers.watch(b"a");
        let beside = (0_u8..=255).find(|octet| {
            *octet != b'a' && std::ptr::eq(watchers.channel(&[*octet]), watchers.channel(b"a"))
        });
        let beside = [beside.expect("more keys than channels")];
        for _ in 0..=MISSED_MAX {
            watchers.moved(&beside);
        }
        watch.changed().await;
    }
}
