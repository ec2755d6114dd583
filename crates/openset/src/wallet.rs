//! The wallet.

pub(crate) mod door;
