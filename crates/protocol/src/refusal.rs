//! What a peer can do wrong in the conversation, and what it is told.
//!
//! A refusal is not a decline: a declined card is an answer, a refusal means that the
//! conversation broke.

use std::fmt;

use openset_crypto::Untrusted;
use openset_wire::{der::Malformed, wrapper::ErrorCode};

/// Why a message was refused: the name of the sin.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refusal {
    /// The octets are not the message they should be.
    Malformed(Malformed),
    /// A signature, a certificate or an envelope does not prove what it should.
    Untrusted(Untrusted),
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed(cause) => write!(f, "not the expected message: {cause}"),
            Self::Untrusted(cause) => write!(f, "not proven: {cause}"),
        }
    }
}

impl std::error::Error for Refusal {}

impl From<&Refusal> for ErrorCode {
    fn from(refusal: &Refusal) -> Self {
        match refusal {
            Refusal::Malformed(_) => Self::DecodingFailure,
            Refusal::Untrusted(_) => Self::SignatureFailure,
        }
    }
}
