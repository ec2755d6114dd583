//! Deeds that one person asks of one party on a command line.

pub(crate) mod ca;
pub(crate) mod ceremony;
mod terminal;
pub(crate) mod wallet;
