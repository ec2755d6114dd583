//! What a party needs of whoever holds its keys beyond using them: new ones, and which are there.

use openset_crypto::{KeyId, KeyKind, KeyUse, Keys, PublicKey};

use crate::fault::Fault;

/// Where a party keeps its keys: a folder of locked files, or a token.
pub trait KeyHolder: Keys {
    /// Makes a key pair for one use, and answers when it is kept.
    fn generate(&self, kind: KeyKind, to: KeyUse) -> Result<PublicKey, Fault>;

    /// Whether a key of this name is here.
    fn holds(&self, key: &KeyId) -> Result<bool, Fault>;
}
