//! Private keys that sign and open, and never show themselves.

pub(crate) mod curve;
mod kind;
mod private;
mod public;
mod software;

use std::fmt;

use openset_types::Secret;

use crate::KeyId;

pub use kind::KeyKind;
pub use private::{BadKeyFile, PrivateKey};
pub use public::PublicKey;
pub use software::SoftwareKeys;

/// What a key is made for. A device holds it to that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyUse {
    /// It is sealed to, and opens.
    Opens,
    /// It signs.
    Signs,
}

/// Why a key did not do what it was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyFault {
    /// The other side's public key is not a point of the curve, or its block is not below the
    /// modulus.
    BadPeer,
    /// The holder of the keys failed: a device gone, a generator without entropy.
    Broken,
    /// No key of this name is held here.
    NoSuchKey,
    /// This kind of key does not do this kind of work.
    WrongKind,
}

impl fmt::Display for KeyFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::BadPeer => "the peer's key or block is not one for this key",
            Self::Broken => "the holder of the keys failed",
            Self::NoSuchKey => "no key of this name is held",
            Self::WrongKind => "this kind of key does not do this kind of work",
        })
    }
}

impl std::error::Error for KeyFault {}

/// Whoever holds private keys: memory, a file, a device.
///
/// It signs, agrees and opens blocks and never gives a key away, so roles can be handed one.
pub trait Keys: Send + Sync {
    /// Signs a message. The algorithm is the key's own; in suite `modern` a signature is never made
    /// twice alike.
    fn sign(&self, key: &KeyId, message: &[u8]) -> Result<Vec<u8>, KeyFault>;

    /// Agrees on a secret with the public point of a peer (SEC 1, uncompressed).
    fn agree(&self, key: &KeyId, peer: &[u8]) -> Result<Secret, KeyFault>;

    /// Raises a block to the private exponent of a key of suite `set10`. What is inside the block
    /// is not looked at here: no answer says whether it is well formed.
    fn open_block(&self, key: &KeyId, block: &[u8]) -> Result<Secret, KeyFault>;
}
