//! The keys of a party of several brands: those of each brand are where the others' are not.

use std::sync::Arc;

use openset_crypto::{KeyFault, KeyId, Keys};
use openset_node::keys::KeyHolder;
use openset_types::Secret;

/// Several holders, asked as one.
pub(super) struct SeveralKeys(pub(super) Vec<Arc<dyn KeyHolder>>);

impl SeveralKeys {
    /// The holder of a key.
    fn with(&self, key: &KeyId) -> Result<&dyn KeyHolder, KeyFault> {
        for holder in &self.0 {
            if holder.holds(key).map_err(|_| KeyFault::Broken)? {
                return Ok(holder.as_ref());
            }
        }
        Err(KeyFault::NoSuchKey)
    }
}

impl Keys for SeveralKeys {
    fn sign(&self, key: &KeyId, message: &[u8]) -> Result<Vec<u8>, KeyFault> {
        self.with(key)?.sign(key, message)
    }

    fn agree(&self, key: &KeyId, peer: &[u8]) -> Result<Secret, KeyFault> {
        self.with(key)?.agree(key, peer)
    }

    fn open_block(&self, key: &KeyId, block: &[u8]) -> Result<Secret, KeyFault> {
        self.with(key)?.open_block(key, block)
    }
}
