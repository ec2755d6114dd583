//! Keys held in the memory of this process.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use openset_types::Secret;

use super::{KeyFault, Keys, PrivateKey};
use crate::KeyId;

/// Private keys in memory. A party without a device keeps its keys here while it runs.
#[derive(Debug, Default)]
pub struct SoftwareKeys(RwLock<HashMap<KeyId, Arc<PrivateKey>>>);

impl SoftwareKeys {
    /// Holds no key yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes a key in and gives its name.
    pub fn hold(&self, key: PrivateKey) -> KeyId {
        let id = key.id();
        self.0.write().unwrap_or_else(PoisonError::into_inner).insert(id, Arc::new(key));
        id
    }

    /// Forgets a key.
    pub fn forget(&self, key: &KeyId) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).remove(key);
    }

    /// Whether a key of this name is held.
    pub fn holds(&self, key: &KeyId) -> bool {
        self.find(key).is_ok()
    }

    fn find(&self, key: &KeyId) -> Result<Arc<PrivateKey>, KeyFault> {
        let keys = self.0.read().unwrap_or_else(PoisonError::into_inner);
        keys.get(key).cloned().ok_or(KeyFault::NoSuchKey)
    }
}

impl Keys for SoftwareKeys {
    fn sign(&self, key: &KeyId, message: &[u8]) -> Result<Vec<u8>, KeyFault> {
        self.find(key)?.sign(message)
    }

    fn agree(&self, key: &KeyId, peer: &[u8]) -> Result<Secret, KeyFault> {
        self.find(key)?.agree(peer)
    }

    fn open_block(&self, key: &KeyId, block: &[u8]) -> Result<Secret, KeyFault> {
        self.find(key)?.open_block(block)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::KeyKind;

    #[test]
    fn a_key_works_while_it_is_held() {
        let keys = SoftwareKeys::new();
        let id = keys.hold(PrivateKey::generate(KeyKind::P256).expect("randomness"));
        assert!(keys.sign(&id, b"message").is_ok());
        keys.forget(&id);
        assert_eq!(keys.sign(&id, b"message"), Err(KeyFault::NoSuchKey));
        assert_eq!(keys.agree(&id, &[4; 65]), Err(KeyFault::NoSuchKey));
    }
}
