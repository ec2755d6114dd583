//! The shop behind its order form: what it sells and which orders were placed.
//!
//! It is the merchant's own business, beside SET: who bought and where to deliver is kept here
//! and never travels in a message.

pub(crate) mod catalogue;
pub(crate) mod checkout;
pub(crate) mod orders;
