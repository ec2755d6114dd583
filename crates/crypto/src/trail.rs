//! A trail of records that shows when it was tampered with.
//!
//! ```text
//! record 1 ─▶ link 1 ─▶ record 2 ─▶ link 2 ─▶ ... ─▶ link n
//!                                                       │
//!                                    head: n, link n, when, signed by the party
//! ```
//!
//! Each link is a digest of the link before it, of the record's number and of the record, so that
//! whoever changes, drops, adds or moves a record changes every link after it. A signed head says
//! how far the trail went at a time: whoever has kept one notices when the trail is written anew,
//! or when its end is cut off.
//!
//! The trail is the house's own and the same in both suites; its digest is SHA-256. A head is
//! signed by the party's key, so in suite `set10` it is as strong as that suite's signatures.

use std::fmt;

use openset_types::UnixTime;

use crate::modern::primitives::{same, sha256};
use crate::{Certified, Identity, KeyFault, Keys};

/// Octets of a link.
pub const LINK_OCTETS: usize = 32;

/// What every link begins with, so that it is never a digest of anything else.
const LINK: &[u8] = b"openset trail link\0";
/// What the text of every signed head begins with.
const HEAD: &[u8] = b"openset trail head\0";

/// The digest of a trail up to one of its records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Link([u8; LINK_OCTETS]);

impl Link {
    /// Where every trail begins, before its first record.
    pub const START: Self = Self([0; LINK_OCTETS]);

    /// Reads a link that was stored.
    pub fn new(octets: [u8; LINK_OCTETS]) -> Self {
        Self(octets)
    }

    /// The link after this one: over the record of this number, given as its fields in order.
    #[must_use]
    pub fn then(&self, number: u64, fields: &[&[u8]]) -> Self {
        let mut said = [LINK, &self.0, &number.to_be_bytes()].concat();
        for field in fields {
            put(&mut said, field);
        }
        Self(sha256(&said))
    }

    /// The octets to store.
    pub fn as_bytes(&self) -> &[u8; LINK_OCTETS] {
        &self.0
    }
}

impl fmt::Display for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|octet| write!(f, "{octet:02x}"))
    }
}

/// The digest by which a record names a message.
pub fn digest_of(message: &[u8]) -> [u8; LINK_OCTETS] {
    sha256(message)
}

/// How far a trail went at a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// Whose trail it is: the name of the party's folder.
    pub party: String,
    /// How many records it had.
    pub records: u64,
    /// The link of the last of them.
    pub link: Link,
    /// When this was said.
    pub at: UnixTime,
}

/// The head was not signed by this certificate's key, or says something else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ForgedHead;

impl fmt::Display for ForgedHead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the head of the trail was not signed by this party")
    }
}

impl std::error::Error for ForgedHead {}

impl Head {
    /// Signs the head in the party's name.
    pub fn sign(&self, party: &Identity, keys: &dyn Keys) -> Result<Vec<u8>, KeyFault> {
        keys.sign(&party.key, &self.said())
    }

    /// Accepts a head only with the signature of this certificate's key.
    pub fn check(&self, signature: &[u8], party: &Certified) -> Result<(), ForgedHead> {
        party.key().verify(&self.said(), signature).map_err(|_| ForgedHead)
    }

    /// Whether a trail that has come to this link, with as many records, is the one of this head.
    pub fn is_of(&self, link: &Link) -> bool {
        same(&self.link.0, &link.0)
    }

    fn said(&self) -> Vec<u8> {
        let mut said = HEAD.to_vec();
        put(&mut said, self.party.as_bytes());
        put(&mut said, &self.records.to_be_bytes());
        put(&mut said, &self.link.0);
        put(&mut said, &self.at.seconds().to_be_bytes());
        said
    }
}

/// A field with its length before it: no two lists of fields read alike.
fn put(said: &mut Vec<u8>, field: &[u8]) {
    let length = u64::try_from(field.len()).unwrap_or(u64::MAX);
    said.extend(length.to_be_bytes());
    said.extend(field);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pki::{World, now};

    #[test]
    fn another_number_field_or_border_gives_another_link() {
        let link = Link::START.then(1, &[b"ab", b"c"]);
        assert_eq!(link, Link::START.then(1, &[b"ab", b"c"]));
        assert_ne!(link, Link::START.then(2, &[b"ab", b"c"]));
        assert_ne!(link, Link::START.then(1, &[b"a", b"bc"]));
        assert_ne!(link, Link::START.then(1, &[b"ab", b"c", b""]));
        assert_ne!(link, link.then(1, &[b"ab", b"c"]));
    }

    #[test]
    fn a_link_is_what_it_says_it_is() {
        let mut said = b"openset trail link\0".to_vec();
        said.extend([0; 32]);
        said.extend([0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, b'x']);
        assert_eq!(Link::START.then(1, &[b"x"]).as_bytes(), &sha256(&said));
    }

    #[test]
    fn a_head_is_believed_with_its_own_signature_only() {
        for suite in crate::Suite::ALL {
            let pki = World::new(suite);
            let party = &pki.merchant;
            let head = Head {
                party: "merchant".to_owned(),
                records: 7,
                link: Link::START.then(7, &[b"last"]),
                at: now(),
            };
            let signature = head.sign(party, &pki.keys).expect("a key that signs");
            let certified = party.certified(suite).expect("a certificate");
            assert_eq!(head.check(&signature, &certified), Ok(()), "{suite}");
            let others = [
                Head { party: "gateway".to_owned(), ..head.clone() },
                Head { records: 8, ..head.clone() },
                Head { link: Link::START, ..head.clone() },
                Head { at: now().plus_s(1), ..head.clone() },
            ];
            for other in others {
                assert_eq!(other.check(&signature, &certified), Err(ForgedHead), "{suite}");
            }
            let stranger = pki.gateway.certified(suite).expect("a certificate");
            assert_eq!(head.check(&signature, &stranger), Err(ForgedHead), "{suite}");
            assert_eq!(head.check(&[], &certified), Err(ForgedHead), "{suite}");
        }
    }
}
