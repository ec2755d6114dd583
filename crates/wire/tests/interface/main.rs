//! Whether this crate is all of `protocol/set.asn`: every type, every field, every number.
//!
//! The vectors are what carries the proof. A field that stands in one was read by the types of
//! this crate, drawn by the inspector from the interface, and written again by a reader that
//! shares no code with either (`scripts/read_vectors.py`): three that would have to be wrong about
//! a tag in the same way. So what is asked here is whether the vectors leave anything out.

mod amounts;
mod bounds;
mod edited;
mod enumerations;
mod extensions;
mod inventory;
mod octets;
mod reader;
#[path = "../sample/mod.rs"]
mod sample;
mod structures;
mod vectors;
mod written;
