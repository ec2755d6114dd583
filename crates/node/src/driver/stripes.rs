//! One at a time for each key, without a lock for every key there ever was.

use std::{
    hash::{DefaultHasher, Hash, Hasher},
    sync::Arc,
};

use tokio::sync::{Mutex, OwnedMutexGuard};

/// How many locks there are. Two keys that share one wait for each other and nothing worse.
const STRIPES: usize = 1024;

/// Locks by key. Whoever holds one of these takes no second one of the same.
pub(super) struct Stripes(Vec<Arc<Mutex<()>>>);

impl Default for Stripes {
    fn default() -> Self {
        Self((0..STRIPES).map(|_| Arc::default()).collect())
    }
}

impl Stripes {
    /// Waits until nobody else works on this key.
    pub(super) async fn lock(&self, key: &[u8]) -> OwnedMutexGuard<()> {
        let mut hasher = DefaultHasher::new();
        key.hash(&mut hasher);
        let stripe = usize::try_from(hasher.finish() % STRIPES as u64).unwrap_or_default();
        Arc::clone(&self.0[stripe]).lock_owned().await
    }
}
