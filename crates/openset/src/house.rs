//! The parties of a running system, put together.

mod authority;
pub(crate) mod banks;
mod complaints;
mod enrol;
pub(crate) mod files;
mod gateway;
pub(crate) mod ground;
mod links;
mod merchant;
pub(crate) mod merge;
mod registrars;
pub(crate) mod system;
pub(crate) mod wallet;
