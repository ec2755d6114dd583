//! The bare primitives of a suite, to be timed: what a message costs at the very least.
//!
//! Nothing here is used by a message. A measurement performs each primitive many times and adds
//! up what the messages of a purchase need of each.

use openset_types::Secret;

use crate::modern::primitives::{Ephemeral, Failed, fresh_key, gcm_seal, sha256};
use crate::{KeyFault, KeyKind, PrivateKey, Suite};

/// How many octets one sealing or one digest is over.
pub const BLOCK_OCTETS: usize = 1024;

/// A primitive that messages are made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Primitive {
    /// Signs a digest.
    Signature,
    /// Checks a signature.
    SignatureCheck,
    /// Makes the key pair of one envelope.
    KeyPair,
    /// Agrees on a secret with a peer.
    Agreement,
    /// Seals or opens [`BLOCK_OCTETS`] under a key.
    Sealing,
    /// Digests [`BLOCK_OCTETS`].
    Digest,
}

impl Primitive {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Signature,
        Self::SignatureCheck,
        Self::KeyPair,
        Self::Agreement,
        Self::Sealing,
        Self::Digest,
    ];

    /// What it is called.
    pub fn name(self) -> &'static str {
        match self {
            Self::Signature => "signature",
            Self::SignatureCheck => "signature check",
            Self::KeyPair => "key pair",
            Self::Agreement => "key agreement",
            Self::Sealing => "sealing of 1 KiB",
            Self::Digest => "digest of 1 KiB",
        }
    }
}

/// Keys and octets to perform primitives with.
#[derive(Debug)]
pub struct Bare {
    key: PrivateKey,
    peer: Vec<u8>,
    signature: Vec<u8>,
    secret: Secret,
    block: Vec<u8>,
}

impl Bare {
    /// Makes the keys that end entities of a suite have.
    pub fn new(suite: Suite) -> Result<Self, KeyFault> {
        let Suite::Modern = suite;
        let key = PrivateKey::generate(KeyKind::P256)?;
        let peer = Ephemeral::generate().map_err(broken)?.point().to_vec();
        let block = vec![0x5E; BLOCK_OCTETS];
        let signature = key.sign(MESSAGE)?;
        Ok(Self { key, peer, signature, secret: fresh_key().map_err(broken)?, block })
    }

    /// Performs a primitive once.
    pub fn perform(&self, primitive: Primitive) -> Result<(), KeyFault> {
        match primitive {
            Primitive::Signature => drop(self.key.sign(MESSAGE)?),
            Primitive::SignatureCheck => {
                let public = self.key.public();
                public.verify(MESSAGE, &self.signature).map_err(|_| KeyFault::Broken)?;
            }
            Primitive::KeyPair => drop(Ephemeral::generate().map_err(broken)?),
            Primitive::Agreement => drop(self.key.agree(&self.peer)?),
            Primitive::Sealing => {
                drop(gcm_seal(&self.secret, &[], &self.block).map_err(broken)?);
            }
            Primitive::Digest => {
                std::hint::black_box(sha256(&self.block));
            }
        }
        Ok(())
    }
}

fn broken(_: Failed) -> KeyFault {
    KeyFault::Broken
}

/// What is signed: as long as a digest.
const MESSAGE: &[u8] = &[0x5E; 32];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_primitive_can_be_performed_again_and_again() {
        let bare = Bare::new(Suite::Modern).expect("randomness");
        for primitive in Primitive::ALL {
            assert_eq!(bare.perform(primitive), Ok(()), "{}", primitive.name());
            assert_eq!(bare.perform(primitive), Ok(()), "{}", primitive.name());
        }
    }
}
