//! Deeds that one person asks of one party on a command line.

pub(crate) mod audit;
pub(crate) mod ca;
pub(crate) mod ceremony;
pub(crate) mod certificates;
mod terminal;
pub(crate) mod wallet;
