//! Private keys and card numbers at rest: the only place of a node that holds them.
//!
//! A party keeps its keys in a [`KeyRing`], one locked file each, or in a PKCS#11 token, as
//! [`TokenKeys`]. A wallet keeps its cards with
//! their keys in a [`Vault`], one file under the holder's passphrase, which locks by itself.
//! Roles receive `&dyn Keys`, which signs and opens and never shows.

mod cards;
mod file;
mod holder;
mod ring;
mod token;
mod tries;
mod vault;

pub(crate) use self::file::make_folder;
pub use self::{
    cards::Card,
    file::is_open_to_others,
    holder::KeyHolder,
    ring::KeyRing,
    token::{HeldKey, PinSource, TokenFault, TokenKeys, TokenTerms},
    vault::{Locked, Vault},
};
