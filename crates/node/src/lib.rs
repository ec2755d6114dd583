//! The driver of all roles: sockets, disks, clocks, keys and timers.
//!
//! The only crate that touches the world, and the only one that is async. What a role decides
//! comes from `protocol`, what a bank decides from `bank`; here it is stored, sent and repeated
//! until it is done.

pub mod banks;
pub mod clock;
pub mod config;
pub mod driver;
pub mod entropy;
pub mod fault;
pub mod folder;
pub mod hardening;
pub mod http;
pub mod keys;
pub mod learned;
pub mod link;
pub mod logging;
pub mod measure;
pub mod shutdown;
pub mod store;
pub mod trace;
pub mod trail;
