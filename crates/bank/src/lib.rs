//! What banks do: ISO 8583, an issuer, an acquirer, the ledger, clearing, settlement and
//! reconciliation.
//!
//! Everything here is a calculation: a message or a file comes in, an answer and the records to
//! keep come out ([`Decided`]). Who calls must keep the records before it gives the answer.
//!
//! ```text
//!   0100 ──▶ issuer: a hold is placed          0220 ──▶ acquirer: a sale awaits clearing
//!                    ▲                                        │
//!                    └───── clearing file (camt.054) ◀────────┘
//!                    └───── settlement (pacs.009) ──▶ acquirer ──▶ merchant (pain.001, camt.053)
//! ```
//!
//! What this crate deliberately does not know: SET, keys, sockets, files on disk, clocks.
#![deny(clippy::arithmetic_side_effects, clippy::float_arithmetic)]

pub mod acquirer;
pub mod clearing;
pub mod iso20022;
pub mod iso8583;
pub mod issuer;
mod kept;
pub mod ledger;
pub mod reconciliation;
pub mod settlement;

pub use kept::Decided;
