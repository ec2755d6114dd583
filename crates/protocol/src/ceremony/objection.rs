//! Why a request is not signed, or an answer is not accepted.

use std::fmt;

use openset_crypto::{Authority, Suite, Unmade, Untrusted, authority::Lint};

use super::{BadLine, word};

/// Why somebody does not go on. Nothing was signed and nothing was accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Objection {
    /// The answer is to another request than the one that is waited for.
    AnotherRequest,
    /// The certificate says something else than was asked for.
    AnswersSomethingElse,
    /// The request was made too long ago.
    Expired,
    /// An authority that answers messages without an institution, or another one with one.
    Institution,
    /// A life of no years, or of more than anybody has.
    Life {
        /// The most years.
        years_max: u8,
    },
    /// A line of the file.
    Line(BadLine),
    /// The certificate that would be signed is not right.
    Lint(Lint),
    /// The name of the authority cannot be written in a certificate.
    Name,
    /// The name is that of an authority above.
    NameTaken,
    /// Whoever wrote the request does not have its keys, or it was changed afterwards.
    NoProof(Untrusted),
    /// Such an authority has no such certificate, or is not made by a request.
    NotForThisRole,
    /// The request was made in the future.
    NotYet,
    /// The authority above is of another brand.
    OtherBrand,
    /// The request is for another root than the one above.
    OtherRoot,
    /// The request is for another suite.
    OtherSuite {
        /// The suite of the authority above.
        ours: Suite,
    },
    /// The signature could not be made.
    Unmade(Unmade),
    /// A certificate or list does not lead to the root that was asked for.
    Untrusted(Untrusted),
    /// Such an authority is not certified by this one.
    WrongParent {
        /// Who would be certified.
        role: Authority,
        /// By whom.
        parent: Authority,
    },
}

impl fmt::Display for Objection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AnotherRequest => f.write_str("it answers another request"),
            Self::AnswersSomethingElse => f.write_str("a certificate is not as it was asked for"),
            Self::Expired => f.write_str("the request has expired; a new one is needed"),
            Self::Institution => f.write_str(
                "who answers messages does so for an institution, and other authorities have none",
            ),
            Self::Life { years_max } => write!(f, "a life is 1 to {years_max} years"),
            Self::Line(line) => line.fmt(f),
            Self::Lint(lint) => lint.fmt(f),
            Self::Name => f.write_str("the name cannot stand in a certificate"),
            Self::NameTaken => f.write_str("the name is that of an authority above it"),
            Self::NoProof(why) => {
                write!(f, "its keys have not signed it as it is, so it was changed ({why})")
            }
            Self::NotForThisRole => f.write_str("no authority of this kind has such a request"),
            Self::NotYet => f.write_str("the request was made in the future; compare the clocks"),
            Self::OtherBrand => f.write_str("the request is for another brand"),
            Self::OtherRoot => f.write_str("the request is for another root"),
            Self::OtherSuite { ours } => write!(f, "the suite of this root is {ours}"),
            Self::Unmade(why) => why.fmt(f),
            Self::Untrusted(why) => write!(f, "it does not lead to the expected root: {why}"),
            Self::WrongParent { role, parent } => {
                write!(f, "a {} authority is not certified by a {}", word(*role), word(*parent))
            }
        }
    }
}

impl std::error::Error for Objection {}

impl From<BadLine> for Objection {
    fn from(line: BadLine) -> Self {
        Self::Line(line)
    }
}

impl From<Lint> for Objection {
    fn from(lint: Lint) -> Self {
        Self::Lint(lint)
    }
}

impl From<Unmade> for Objection {
    fn from(unmade: Unmade) -> Self {
        Self::Unmade(unmade)
    }
}

impl From<Untrusted> for Objection {
    fn from(untrusted: Untrusted) -> Self {
        Self::Untrusted(untrusted)
    }
}
