//! Cardholder, merchant, gateway and authorities as pure state machines.
//!
//! This is where decisions live. A machine takes one input and gives a new state and a list of
//! effects ([`role`]); a peer who breaks the rules of the conversation is refused by name
//! ([`refusal`]). The roles never import each other: they meet in messages.
//!
//! What this crate deliberately does not know: clocks, sockets, disks, operating-system
//! randomness, algorithms, and which suite is running.

pub mod acceptance;
pub mod ca;
pub mod cardholder;
pub mod ceremony;
pub mod complaint;
pub mod enrolment;
pub mod gateway;
pub mod hod;
pub mod letter;
pub mod lists;
pub mod merchant;
pub mod moot;
pub mod octets;
pub mod purchase_ids;
pub mod refusal;
pub mod role;
pub mod summary;
mod terms;
pub mod version;

mod kept;
mod last_word;
mod stored;
mod treatment;
