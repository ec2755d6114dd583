//! Deeds that one person asks of one party on a command line.

pub(crate) mod audit;
pub(crate) mod bank;
pub(crate) mod batches;
pub(crate) mod ca;
pub(crate) mod ceremony;
pub(crate) mod certificates;
pub(crate) mod payments;
mod terminal;
pub(crate) mod wallet;
