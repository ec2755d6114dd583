//! Keys that no certificate names yet.

use openset_crypto::{KeyId, Path, PublicKey, Suite};
use openset_wire::{der::decode, x509::SubjectPublicKeyInfo};
use serde::{Deserialize, Serialize};

use crate::{octets::Octets, refusal::Refusal};

/// The public half of a key that the shell has just made, to be certified.
// Stored. Change only with a migration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewKey {
    id: KeyId,
    public: Octets,
}

impl NewKey {
    /// Names a key.
    pub fn of(public: &PublicKey) -> Self {
        Self { id: public.id(), public: public.der().into() }
    }

    /// The key's name.
    pub fn id(&self) -> KeyId {
        self.id
    }

    /// The public key, to sign with.
    pub fn public(&self, suite: Suite) -> Result<PublicKey, Refusal> {
        Ok(PublicKey::from_der(suite, self.public.as_ref())?)
    }

    /// The public key, as it travels.
    pub(crate) fn info(&self) -> Result<SubjectPublicKeyInfo, Refusal> {
        Ok(decode(self.public.as_ref())?)
    }

    /// Whether a certificate is about this key.
    pub(crate) fn is_in(&self, path: &Path) -> bool {
        path.leaf().key().der() == self.public.as_ref()
    }
}
