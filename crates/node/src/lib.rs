//! The driver of all roles: sockets, disks, clocks, keys and timers.
//!
//! The only crate that touches the world, and the only one that is async. What a role decides
//! comes from `protocol`, what a bank decides from `bank`; here it is stored, sent and repeated
//! until it is done.

pub mod fault;
pub mod store;
