//! A SignedData of either suite that was read and is not yet believed.

use openset_types::UnixTime;
use openset_wire::der::{Element, Oid};
use openset_wire::opaque::Signed;

use crate::identity::CertificateName;
use crate::modern::cms::SignerIdentifier;
use crate::{PublicKey, Suite, Untrusted, modern, set10};

/// What was read.
pub(super) enum Unchecked {
    Set10(set10::signed::Unchecked),
    Modern(modern::signed::Unchecked),
}

/// Whoever a signature says has made it.
pub(super) enum SignedBy<'a> {
    /// The holder of a certificate.
    Certificate(&'a CertificateName),
    /// The holder of a new key of this name.
    Key(&'a [u8]),
    /// The holder of a new key that is not named.
    NewKey,
}

/// The two signatures of a renewal.
pub(super) struct Both {
    /// By the new key, which has no certificate yet.
    pub(super) new: Unchecked,
    /// In the name of a certificate.
    pub(super) certified: Unchecked,
}

impl Both {
    /// Reads a SignedData that has exactly two signers: a new key, and the holder of a certificate.
    pub(super) fn read(suite: Suite, octets: &[u8]) -> Result<Self, Untrusted> {
        Ok(match suite {
            Suite::Set10 => {
                let (new, certified) = set10::signed::read_both(octets)?;
                Self { new: Unchecked::Set10(new), certified: Unchecked::Set10(certified) }
            }
            Suite::Modern => {
                let both = modern::signed::read_both(octets)?;
                let (new, certified) = (both.new, both.certified);
                Self { new: Unchecked::Modern(new), certified: Unchecked::Modern(certified) }
            }
        })
    }
}

/// What is inside a SignedData, whoever has signed it. Not believed.
pub(super) fn content(suite: Suite, octets: &[u8]) -> Result<Vec<u8>, Untrusted> {
    match suite {
        Suite::Set10 => set10::signed::content(octets),
        Suite::Modern => modern::signed::content(octets),
    }
}

impl Unchecked {
    /// Reads a SignedData that has exactly one signer.
    pub(super) fn read<T>(suite: Suite, signed: &Signed<T>) -> Result<Self, Untrusted> {
        Ok(match suite {
            Suite::Set10 => Self::Set10(set10::signed::read(signed.read()?)?),
            Suite::Modern => Self::Modern(modern::signed::read(signed.read()?)?),
        })
    }

    /// Whose syntax it is in.
    pub(super) fn suite(&self) -> Suite {
        match self {
            Self::Set10(_) => Suite::Set10,
            Self::Modern(_) => Suite::Modern,
        }
    }

    /// Whoever the signature says has made it.
    pub(super) fn signer(&self) -> SignedBy<'_> {
        match self {
            Self::Set10(read) => read.signer().map_or(SignedBy::NewKey, SignedBy::Certificate),
            Self::Modern(read) => match read.signer() {
                SignerIdentifier::Certificate(name) => SignedBy::Certificate(name),
                SignerIdentifier::Key(name) => SignedBy::Key(name),
            },
        }
    }

    /// When the signer says it was made.
    pub(super) fn signed_at(&self) -> Option<UnixTime> {
        match self {
            Self::Set10(_) => None,
            Self::Modern(read) => Some(read.signed_at),
        }
    }

    /// The certificates that travelled beside it.
    pub(super) fn certificates(&self) -> &[Element] {
        match self {
            Self::Set10(read) => &read.certificates,
            Self::Modern(read) => &read.certificates,
        }
    }

    /// The lists that travelled beside it.
    pub(super) fn crls(&self) -> &[Element] {
        match self {
            Self::Set10(read) => &read.crls,
            Self::Modern(read) => &read.crls,
        }
    }

    /// The content that travelled inside.
    pub(super) fn content(&self) -> Result<&[u8], Untrusted> {
        self.inside().ok_or(Untrusted::NoContent)
    }

    /// Refuses a signature that should have travelled apart from its content and did not.
    pub(super) fn require_apart(&self) -> Result<(), Untrusted> {
        if self.inside().is_none() { Ok(()) } else { Err(Untrusted::UnusualSignature) }
    }

    /// Accepts content of one kind, as signed by this key and no other.
    pub(super) fn check(
        &self,
        kind: &Oid,
        content: &[u8],
        key: &PublicKey,
    ) -> Result<(), Untrusted> {
        match self {
            Self::Set10(read) => read.check(kind, content, key),
            Self::Modern(read) => read.check(kind, content, key),
        }
    }

    fn inside(&self) -> Option<&[u8]> {
        match self {
            Self::Set10(read) => read.content(),
            Self::Modern(read) => read.content(),
        }
    }
}
