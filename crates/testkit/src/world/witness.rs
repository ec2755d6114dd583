//! Whoever watches an authority's key: what it has signed, and whether that had been written down.

use std::{
    collections::BTreeSet,
    sync::{Mutex, PoisonError},
};

use openset_crypto::{KeyFault, KeyId, Keys};
use openset_protocol::ca::{AuthorityEnrolment, Stage};
use openset_types::Secret;

use super::disk::Disk;
use crate::pki::Pki;

/// The keys of an authority, with a witness beside them.
pub struct Witness {
    issuing: KeyId,
    just_signed: Mutex<Vec<Vec<u8>>>,
    recorded: BTreeSet<Vec<u8>>,
    signed: Vec<Signed>,
}

/// A certificate that was signed.
pub struct Signed {
    /// What was signed (DER): all of the certificate but the signature.
    pub draft: Vec<u8>,
    /// Whether it was on the disk before.
    pub was_recorded: bool,
}

impl Witness {
    /// Watches the key that signs certificates.
    pub(super) fn of(issuing: KeyId) -> Self {
        Self {
            issuing,
            just_signed: Mutex::default(),
            recorded: BTreeSet::new(),
            signed: Vec::new(),
        }
    }

    /// A step is over: what it has signed is compared with what was on the disk before it, and
    /// what is on the disk now is remembered.
    pub(super) fn look(&mut self, disk: &Disk) {
        let mut just_signed = self.just_signed.lock().unwrap_or_else(PoisonError::into_inner);
        for draft in just_signed.drain(..) {
            let was_recorded = self.recorded.contains(&draft);
            self.signed.push(Signed { draft, was_recorded });
        }
        for enrolment in disk.stored::<AuthorityEnrolment>() {
            if let Stage::Issuing(issuing) = enrolment.stage {
                self.recorded.extend(issuing.drafts.into_iter().map(|draft| draft.0));
            }
        }
    }

    /// All that was signed, oldest first.
    pub fn signed(&self) -> &[Signed] {
        &self.signed
    }
}

impl Keys for Witness {
    fn sign(&self, key: &KeyId, message: &[u8]) -> Result<Vec<u8>, KeyFault> {
        if *key == self.issuing {
            let mut just_signed = self.just_signed.lock().unwrap_or_else(PoisonError::into_inner);
            just_signed.push(message.to_vec());
        }
        Pki::shared().keys.sign(key, message)
    }

    fn agree(&self, key: &KeyId, peer: &[u8]) -> Result<Secret, KeyFault> {
        Pki::shared().keys.agree(key, peer)
    }

    fn open_block(&self, key: &KeyId, block: &[u8]) -> Result<Secret, KeyFault> {
        Pki::shared().keys.open_block(key, block)
    }
}
