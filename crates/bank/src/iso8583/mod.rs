//! ISO 8583:1987: the messages between acquirers and issuers.
//!
//! A [`Dialect`] is data: which fields a host speaks, how long they are, how digits, characters
//! and octets are written, what the bitmap and the length header look like. The engine that
//! reads and writes a [`Message`] knows none of that by itself.
//!
//! ```text
//!   types::AuthorizationRequest ──words──▶ Message ──Dialect::write──▶ octets ──Frame──▶ TCP
//! ```
//!
//! Reading is strict: a length beyond the frame, a character of another alphabet, a field the
//! dialect does not speak, or an octet after the last field is refused with its place.
//!
//! What this module deliberately does not know: who is asked, what an account is, sockets.

mod bitmap;
mod codec;
mod dialect;
mod fault;
mod field;
mod form;
mod mac;
mod message;
mod mti;
mod response;
pub mod words;

pub use dialect::{Dialect, Frame, InvalidDialect, Notation};
pub use fault::{Part, Unreadable, Unwritable, WhyUnreadable, WhyUnwritable};
pub use form::{Content, Form, InvalidForm, Length};
pub use mac::{MAC_OCTETS, Unbelieved};
pub use message::{Message, Value, field_name};
pub use mti::{InvalidMti, Mti};
pub use response::ResponseCode;
