//! What banks do: ISO 8583, an issuer, an acquirer, the ledger, clearing, settlement and
//! reconciliation.
//!
//! Everything here is a calculation: a message or a file comes in, an answer and the records to
//! keep come out. Who calls must keep the records before it gives the answer.
//!
//! What this crate deliberately does not know: SET, keys, sockets, files on disk, clocks.
#![deny(clippy::arithmetic_side_effects, clippy::float_arithmetic)]

pub mod iso8583;
