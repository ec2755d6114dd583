//! What the page of the authorities needs: the tree of certificates.

use std::future::Future;

use openset_types::UnixTime;

use super::{Fact, Said};

/// Whether a certificate may be relied on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CertificateState {
    /// It may.
    Current,
    /// It may, for less than thirty days more.
    Ending,
    /// Its time is over.
    Ended,
    /// It was withdrawn.
    Revoked,
}

impl CertificateState {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Current, Self::Ending, Self::Ended, Self::Revoked];

    /// The word for it in addresses.
    pub fn id(self) -> &'static str {
        match self {
            Self::Current => "current",
            Self::Ending => "ending",
            Self::Ended => "ended",
            Self::Revoked => "revoked",
        }
    }

    /// Reads that word.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.id() == text)
    }
}

/// A certificate of the tree and those it issued.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateNode {
    /// Its thumb in hex, which addresses use.
    pub thumb: String,
    /// The subject as people call it.
    pub name: String,
    /// What the certificate is for, in the words of the SET profile.
    pub purpose: String,
    /// Its last moment.
    pub until: UnixTime,
    /// Whether it may be relied on.
    pub state: CertificateState,
    /// Those it issued.
    pub issued: Vec<Self>,
}

/// One certificate in full.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    /// The subject as people call it.
    pub name: String,
    /// Whether it may be relied on.
    pub state: CertificateState,
    /// Subject, issuer, serial number, validity, key, extensions.
    pub facts: Vec<Fact>,
    /// The certificate itself.
    pub der: Vec<u8>,
}

/// The authorities.
pub trait AuthorityPort: Send + Sync + 'static {
    /// The tree, from the root.
    fn tree(&self) -> impl Future<Output = Said<CertificateNode>> + Send;
    /// One certificate, by its thumb.
    fn certificate(&self, thumb: &str) -> impl Future<Output = Said<Certificate>> + Send;
}
