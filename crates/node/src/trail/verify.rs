//! Whether an audit trail is still what it was.

use std::{collections::BTreeMap, fmt};

use openset_crypto::{
    Certified,
    trail::{Link, digest_of},
};

use super::SignedHead;
use crate::{
    fault::Fault,
    store::{JournalOf, Page, Recorded, Seq, Store},
};

/// How many records are read at a time.
const AT_ONCE: u32 = 500;

/// A trail that adds up and agrees with its heads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Whole {
    /// How many records it has.
    pub records: u64,
    /// How many heads agree with it.
    pub heads: usize,
    /// How many of its first records a head has signed.
    pub signed: u64,
}

/// How a trail shows that it was tampered with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tampered {
    /// The trail cannot be read.
    Unreadable(Fault),
    /// A record does not follow from those before it: it, one before, or its messages were changed.
    Record {
        /// Its number.
        number: u64,
    },
    /// Records are missing or were added: this number was expected.
    Missing {
        /// The number that is not there.
        number: u64,
    },
    /// A message that a record stands for is not in the journal.
    Message {
        /// The record.
        number: u64,
        /// Where the message should stand.
        seq: Seq,
    },
    /// A head was not signed by this party, or is another party's.
    Head {
        /// Which, counted from 1.
        head: usize,
    },
    /// A head has signed another trail than this one.
    Rewritten {
        /// The last record that this head has signed.
        number: u64,
    },
    /// A head has signed more records than there are.
    Cut {
        /// How many there were.
        signed: u64,
        /// How many there are.
        records: u64,
    },
}

impl fmt::Display for Tampered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable(fault) => write!(f, "the audit trail cannot be read: {fault}"),
            Self::Record { number } => {
                write!(f, "record {number} does not follow from those before it")
            }
            Self::Missing { number } => write!(f, "there is no record {number}"),
            Self::Message { number, seq } => {
                let seq = seq.number();
                write!(f, "record {number} stands for message {seq}, which is not in the journal")
            }
            Self::Head { head } => write!(f, "head {head} was not signed by this party"),
            Self::Rewritten { number } => {
                write!(f, "the trail up to record {number} is not the one that was signed")
            }
            Self::Cut { signed, records } => {
                write!(f, "{signed} records were signed, and there are {records}")
            }
        }
    }
}

impl std::error::Error for Tampered {}

impl From<Fault> for Tampered {
    fn from(fault: Fault) -> Self {
        Self::Unreadable(fault)
    }
}

/// Follows a party's trail from its start, with every message it stands for, and compares it with
/// its heads, each signed by one of the party's certificates.
pub async fn verify(
    store: &dyn Store,
    party: &str,
    heads: &[SignedHead],
    certificates: &[Certified],
) -> Result<Whole, Tampered> {
    let mut signed = believe(party, heads, certificates)?;
    let (mut link, mut records) = (Link::START, 0);
    loop {
        let some = store.trail(records, AT_ONCE).await?;
        if some.is_empty() {
            break;
        }
        for recorded in some {
            records += 1;
            link = follow(store, &recorded, &link, records).await?;
            for head in signed.remove(&records).into_iter().flatten() {
                if !head.head.is_of(&link) {
                    return Err(Tampered::Rewritten { number: records });
                }
            }
        }
    }
    if let Some((signed, _)) = signed.pop_last() {
        return Err(Tampered::Cut { signed, records });
    }
    let signed = heads.iter().map(|head| head.head.records).max().unwrap_or(0);
    Ok(Whole { records, heads: heads.len(), signed })
}

/// Heads by how many records they have signed.
type Signed<'a> = BTreeMap<u64, Vec<&'a SignedHead>>;

/// Checks who signed the heads.
fn believe<'a>(
    party: &str,
    heads: &'a [SignedHead],
    certificates: &[Certified],
) -> Result<Signed<'a>, Tampered> {
    let mut signed = Signed::new();
    for (at, head) in heads.iter().enumerate() {
        let SignedHead { head: said, signature } = head;
        let is_signed = certificates.iter().any(|one| said.check(signature, one).is_ok());
        if said.party != party || !is_signed {
            return Err(Tampered::Head { head: at + 1 });
        }
        signed.entry(said.records).or_default().push(head);
    }
    Ok(signed)
}

/// The link of a record, computed from what it says and from the messages it stands for.
async fn follow(
    store: &dyn Store,
    recorded: &Recorded,
    before: &Link,
    number: u64,
) -> Result<Link, Tampered> {
    if recorded.number != number {
        return Err(Tampered::Missing { number });
    }
    let mut digests = Vec::new();
    for seq in &recorded.messages {
        let found = store.journal(&JournalOf::One(*seq), Page::newest(1)).await?;
        let message = found.first().ok_or(Tampered::Message { number, seq: *seq })?;
        digests.push(digest_of(&message.octets));
    }
    let link = recorded.account.link(before, number, &digests);
    if link == recorded.link { Ok(link) } else { Err(Tampered::Record { number }) }
}
