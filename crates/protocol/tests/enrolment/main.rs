//! Registrations stepped by hand: a wallet, a merchant and a gateway come to their certificates,
//! and whoever cheats does not.

#[path = "../world/mod.rs"]
mod world;

mod answers;
mod applicants;
mod cardholder;
mod crashes;
mod envelopes;
mod errors;
mod forge;
mod merchant;
mod office;
mod pending;
mod referrals;
mod renewals;
mod requests;
