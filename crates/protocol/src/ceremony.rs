//! Authorities whose keys are apart from every network: they certify by files that people carry.
//!
//! ```text
//! below                          above
//! request: its own keys ──file──▶ people read it, agree, and it is signed
//! accepted, to the root's hash ◀──file── answer: certificates, lists
//! ```
//!
//! A request and an answer are texts that people read, and what they read is what was signed
//! ([`openset_crypto::statement`]). Nothing here knows files or people.

mod answer;
mod lines;
mod objection;
mod request;
mod signing;

pub use answer::{Accepted, Answer};
pub use lines::BadLine;
pub use objection::Objection;
pub use request::{LIFE_YEARS_MAX, Paper, REQUEST_GOOD_S, Request, Subject, Wanted};
pub use signing::{Parent, draft_all, judge, root_terms};

use openset_crypto::Authority;

/// What an authority is called in files and on the command line.
pub fn word(authority: Authority) -> &'static str {
    match authority {
        Authority::Root => "root",
        Authority::Brand => "brand",
        Authority::Geopolitical => "geopolitical",
        Authority::Cardholder => "cardholder",
        Authority::Merchant => "merchant",
        Authority::Gateway => "gateway",
    }
}

/// The authority of this name.
pub fn named(word_given: &str) -> Option<Authority> {
    Authority::ALL.into_iter().find(|authority| word(*authority) == word_given)
}
