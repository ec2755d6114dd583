//! The wallet.

pub(crate) mod documents;
pub(crate) mod door;
pub(crate) mod shelf;
