//! The audit trail of a party: who asked what and what became of it, in the same commit as the
//! answer, each record linked to the one before (`openset_crypto::trail`).

use openset_crypto::trail::{LINK_OCTETS, Link};
use openset_types::UnixTime;

use super::record::Seq;

/// One record to be appended. It stands for every message of the same change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// When.
    pub at: UnixTime,
    /// What brought it about: the name of a message, `time`, `outcome`, or a person's word.
    pub cause: String,
    /// What it is about.
    pub subject: String,
    /// What became of it, in one word.
    pub outcome: String,
    /// What else is to be known of that.
    pub detail: String,
}

impl Account {
    /// The link of this record, after another, with the digests of its messages.
    pub(crate) fn link(&self, before: &Link, number: u64, messages: &[[u8; LINK_OCTETS]]) -> Link {
        before.then(
            number,
            &[
                &self.at.seconds().to_be_bytes(),
                self.cause.as_bytes(),
                self.subject.as_bytes(),
                self.outcome.as_bytes(),
                self.detail.as_bytes(),
                messages.as_flattened(),
            ],
        )
    }
}

/// One record of the trail, as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// Its number. The first is 1.
    pub number: u64,
    /// What it says.
    pub account: Account,
    /// Where its messages stand in the journal.
    pub messages: Vec<Seq>,
    /// The digest of the trail up to it.
    pub link: Link,
}
