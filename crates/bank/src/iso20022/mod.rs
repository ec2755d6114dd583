//! ISO 20022: the documents banks exchange about money, in XML.
//!
//! | document | from, to | says |
//! |---|---|---|
//! | [`camt_054`] | acquirer, issuer | these holds were taken by merchants |
//! | [`pacs_009`] | issuer, acquirer | here is the money for a file |
//! | [`pacs_002`] | issuer, acquirer | a file is refused, and why |
//! | [`pain_001`] | acquirer, its bank | credit this merchant |
//! | [`camt_053`] | acquirer, merchant | what came to your account |
//!
//! Reading is strict: a document type declaration, an entity, a processing instruction, an
//! element or attribute that is not expected, too many octets or levels refuse the document.
//! Nothing is ever fetched.
//!
//! What this module deliberately does not know: who may send what.

pub mod camt_053;
pub mod camt_054;
mod guard;
pub mod outline;
pub mod pacs_002;
pub mod pacs_009;
pub mod pain_001;
mod parts;

use std::fmt;

pub use guard::{DEPTH_MAX, OCTETS_MAX};

/// Why octets are not the document they should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum BadDocument {
    /// More levels than any document here has.
    Depth,
    /// Not UTF-8.
    Encoding,
    /// A type declaration, a processing instruction, a comment or raw character data.
    Forbidden,
    /// The hash total is not that of the sales.
    HashTotal,
    /// More octets than any document here has.
    Oversize,
    /// Not well formed, or not the elements that are expected.
    Shape,
    /// The totals are not those of the entries.
    Totals,
    /// An element holds what it cannot mean.
    Value(&'static str),
}

impl fmt::Display for BadDocument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Depth => f.write_str("more levels than any document has"),
            Self::Encoding => f.write_str("not UTF-8"),
            Self::Forbidden => f.write_str("a declaration, instruction, comment or raw data"),
            Self::HashTotal => f.write_str("the hash total is not that of the sales"),
            Self::Oversize => f.write_str("more octets than any document has"),
            Self::Shape => f.write_str("not the elements that are expected"),
            Self::Totals => f.write_str("the totals are not those of the entries"),
            Self::Value(element) => write!(f, "{element} holds what it cannot mean"),
        }
    }
}

impl std::error::Error for BadDocument {}

#[cfg(test)]
mod tests;
