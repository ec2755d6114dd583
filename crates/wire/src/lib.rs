//! What travels: every SET message of the thread and the strict DER that carries it.
//!
//! A type here has the name it has in `protocol/set-modern.asn`, in Rust case, and the first line
//! of its documentation is that name verbatim. A decoded value has been *received* and nothing
//! more: it is not believed. This crate holds no key, computes no digest and checks no signature;
//! signed and sealed parts are opaque octets that remember what is inside and who may open it.
//!
//! - [`der`] decodes and encodes, and is the only way in and out;
//! - [`wrapper`] is the envelope of every message and the list of all messages;
//! - [`types`], [`payment`], [`cert`] and [`x509`] are the messages and their parts;
//! - [`opaque`] and [`content`] are the signed, sealed and hashed parts and their names;
//! - [`initiation`] is the text that starts a purchase in a browser;
//! - [`inspect`] draws any message as a tree, for people.
//!
//! What this crate deliberately does not know: any algorithm, any key, any state, any clock.
#![deny(
    clippy::panic,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::as_conversions,
    clippy::arithmetic_side_effects
)]
#![cfg_attr(
    test,
    allow(
        clippy::panic,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::as_conversions,
        clippy::arithmetic_side_effects,
        reason = "a test that goes wrong should say so loudly"
    )
)]

pub mod cert;
pub mod content;
pub mod der;
pub mod error;
pub mod initiation;
pub mod inspect;
pub mod opaque;
pub mod payment;
pub mod types;
pub mod wrapper;
pub mod x509;

pub use der::{Malformed, What};
