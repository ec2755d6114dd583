//! Deeds that one person asks of one party on a command line.

mod terminal;
pub(crate) mod wallet;
