//! Registrations stepped by hand: a wallet, a merchant and a gateway come to their certificates,
//! and whoever cheats does not.

#![expect(unreachable_pub, reason = "the world is shared by several test crates")]

#[path = "../world/mod.rs"]
mod world;

mod applicants;
mod cardholder;
mod forge;
mod merchant;
mod office;
