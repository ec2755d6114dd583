//! The bare primitives of a suite, to be timed: what a message costs at the very least.
//!
//! Nothing here is used by a message. A measurement performs each primitive many times and adds
//! up what the messages of a purchase need of each.

use openset_types::Secret;

use crate::modern::primitives::{Ephemeral, Failed, fresh_key, gcm_seal, sha256};
use crate::set10::primitives::{des_cbc_seal, fresh_des_key, sha1};
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
    /// Makes the key pair of one envelope; in suite `set10`, closes the block of one.
    KeyPair,
    /// Agrees on a secret with a peer; in suite `set10`, opens a block.
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
    /// A point to agree with, or a block to open.
    peer: Vec<u8>,
    signature: Vec<u8>,
    secret: Secret,
    block: Vec<u8>,
}

impl Bare {
    /// Makes the keys that end entities of a suite have.
    pub fn new(suite: Suite) -> Result<Self, KeyFault> {
        let key = PrivateKey::generate(KeyKind::of_parties(suite))?;
        let (peer, secret) = match suite {
            Suite::Set10 => {
                let rsa = key.public().rsa().ok_or(KeyFault::Broken)?;
                let block = rsa.public_operation(&[1; RSA_1024_OCTETS]).map_err(broken)?;
                (block, Secret::new(fresh_des_key().map_err(broken)?.to_vec()))
            }
            Suite::Modern => {
                let point = Ephemeral::generate().map_err(broken)?.point().to_vec();
                (point, fresh_key().map_err(broken)?)
            }
        };
        let block = vec![0x5E; BLOCK_OCTETS];
        let signature = key.sign(MESSAGE)?;
        Ok(Self { key, peer, signature, secret, block })
    }

    /// Performs a primitive once.
    pub fn perform(&self, primitive: Primitive) -> Result<(), KeyFault> {
        match primitive {
            Primitive::Signature => drop(self.key.sign(MESSAGE)?),
            Primitive::SignatureCheck => {
                let public = self.key.public();
                public.verify(MESSAGE, &self.signature).map_err(|_| KeyFault::Broken)?;
            }
            Primitive::KeyPair => self.perform_key_pair()?,
            Primitive::Agreement => drop(match self.suite() {
                Suite::Set10 => self.key.open_block(&self.peer)?,
                Suite::Modern => self.key.agree(&self.peer)?,
            }),
            Primitive::Sealing => self.perform_sealing()?,
            Primitive::Digest => match self.suite() {
                Suite::Set10 => drop(std::hint::black_box(sha1(&self.block))),
                Suite::Modern => drop(std::hint::black_box(sha256(&self.block))),
            },
        }
        Ok(())
    }

    fn suite(&self) -> Suite {
        self.key.public().kind().suite()
    }

    /// What is done once for each envelope that is made, beside the sealing.
    fn perform_key_pair(&self) -> Result<(), KeyFault> {
        match self.suite() {
            Suite::Set10 => {
                let rsa = self.key.public().rsa().ok_or(KeyFault::Broken)?;
                drop(rsa.public_operation(&[1; RSA_1024_OCTETS]).map_err(broken)?);
            }
            Suite::Modern => drop(Ephemeral::generate().map_err(broken)?),
        }
        Ok(())
    }

    fn perform_sealing(&self) -> Result<(), KeyFault> {
        match self.suite() {
            Suite::Set10 => {
                let key = self.secret.expose().try_into().map_err(|_| KeyFault::Broken)?;
                drop(des_cbc_seal(key, &[0; 8], &self.block));
            }
            Suite::Modern => drop(gcm_seal(&self.secret, &[], &self.block).map_err(broken)?),
        }
        Ok(())
    }
}

fn broken(_: Failed) -> KeyFault {
    KeyFault::Broken
}

/// What is signed: as long as a digest.
const MESSAGE: &[u8] = &[0x5E; 32];
/// Octets of a party's modulus in suite `set10`.
const RSA_1024_OCTETS: usize = 128;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_primitive_can_be_performed_again_and_again() {
        for suite in Suite::ALL {
            let bare = Bare::new(suite).expect("randomness");
            for primitive in Primitive::ALL {
                assert_eq!(bare.perform(primitive), Ok(()), "{suite}: {}", primitive.name());
                assert_eq!(bare.perform(primitive), Ok(()), "{suite}: {}", primitive.name());
            }
        }
    }
}
