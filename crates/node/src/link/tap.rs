//! A tap: the octets that passed a host's connections, for whoever may see them.
//!
//! They are kept as they crossed, card numbers included, and in memory. So a host has no tap unless
//! it is given one, which belongs to demonstrations with test cards and to nothing else.

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use openset_bank::iso8583::Dialect;

/// How many messages are kept: those after them are not.
const MESSAGES_MAX: usize = 10_000;

/// What passed. Clones share it.
#[derive(Clone, Default)]
pub struct Tap(Arc<Mutex<Vec<Vec<u8>>>>);

impl Tap {
    /// Keeps a message.
    pub(super) fn note(&self, octets: &[u8]) {
        let mut passed = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if passed.len() < MESSAGES_MAX {
            passed.push(octets.to_vec());
        }
    }

    /// The message that a bank's journal keeps these octets of, masked: as it crossed, if it did.
    pub fn unmasked(&self, kept: &[u8], dialect: &Dialect) -> Option<Vec<u8>> {
        let passed = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_it = |octets: &&Vec<u8>| {
            let masked = dialect.read(octets).ok().map(|message| message.masked());
            masked.and_then(|masked| dialect.write(&masked).ok()).as_deref() == Some(kept)
        };
        passed.iter().find(is_it).cloned()
    }
}

impl fmt::Debug for Tap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tap")
    }
}
