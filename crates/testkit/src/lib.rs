//! A world of all roles in one thread, and the invariants that hold in it whatever happens.
//!
//! A [`world::World`] runs wallet, merchant, gateway, issuer, acquirer and the three authorities
//! that certify them under a virtual clock, over a network that loses, repeats, delays and cuts,
//! among parties that stop at any step and start again with what they had stored. One seed draws
//! all of it, so that a run which breaks an invariant is named by a number and runs again.
//!
//! | | |
//! |---|---|
//! | [`pki`] | one root, one brand, its authorities and parties, the cards |
//! | [`world`] | the parties, the shell they run in, the network, the people |
//! | [`invariants`] | what is true after every event, and what is true when all is quiet |
//! | [`canary`] | finds what must not be somewhere, however it is written |
//! | [`disk`] | a disk that runs full, fails to sync and loses power |
//! | [`postgres`] | a real database server for tests, which ends with them |
//!
//! What the world deliberately does not know: sockets, files, threads, and the driver of `node`,
//! which keeps the same contract over a disk and is tested beside it.

pub mod canary;
pub mod disk;
pub mod draws;
pub mod invariants;
pub mod pki;
pub mod postgres;
pub mod world;
