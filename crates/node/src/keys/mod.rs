//! Private keys and card numbers at rest: the only place of a node that holds them.
//!
//! A party keeps its keys in a [`KeyRing`], one locked file each. A wallet keeps its cards with
//! their keys in a [`Vault`], one file under the holder's passphrase, which locks by itself.
//! Roles receive `&dyn Keys`, which signs and opens and never shows.

mod cards;
mod file;
mod ring;
mod tries;
mod vault;

pub(crate) use self::file::make_folder;
pub use self::{
    cards::Card,
    ring::KeyRing,
    vault::{Locked, Vault},
};
