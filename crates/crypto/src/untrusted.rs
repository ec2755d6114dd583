//! Why something is not believed, not opened, or not made.

use std::fmt;

use openset_wire::Malformed;

use crate::lint::Lint;
use crate::modern::primitives::Failed;
use crate::{KeyFault, Suite};

/// Why a signature, a certificate or a list is not believed. Whoever sent it has not proved it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Untrusted {
    /// The brand's list of lists has ended, and there is no newer one.
    BciNotCurrent,
    /// The signature does not match.
    BadSignature,
    /// No list of an authority that must publish one.
    CrlMissing,
    /// The newest list of an authority is not the current one.
    CrlNotCurrent,
    /// A certificate or list is past its last moment.
    Expired,
    /// It is not the DER of what it should be.
    Malformed(Malformed),
    /// The content should have travelled inside the signature and did not.
    NoContent,
    /// No chain of certificates leads to a root.
    NoPath,
    /// More than one signer, or none.
    NotOneSigner,
    /// The two signers are not a new key and the holder of a certificate.
    NotTwoSigners,
    /// A new root that no believed root has announced.
    NotTheAnnouncedRoot,
    /// A certificate or list is before its first moment.
    NotYetValid,
    /// A certificate of another brand.
    OtherBrand,
    /// The signature is over other content, or over content of another kind.
    OtherContent,
    /// The signer is not the one the content names.
    OtherKey,
    /// A certificate or list that is not in the profile of SET.
    OutsideProfile,
    /// Signed when the private key was not to be used.
    OutsideSigningPeriod,
    /// More certificates than a chain may have, or than one of them allows.
    PathTooLong,
    /// A certificate was taken back.
    Revoked,
    /// A list that is older than one already known.
    RolledBack,
    /// Signed at a moment that has not come.
    SignedInTheFuture,
    /// More certificates or lists than a message may carry.
    TooManyCertificates,
    /// An algorithm that does not belong to the suite and the kind of key.
    UnknownAlgorithm,
    /// A critical extension that is not known here.
    UnknownExtension,
    /// A public key of a kind or size this suite does not use.
    UnknownKey,
    /// A root that is not believed.
    UnknownRoot,
    /// The certificate of the signer is not there.
    UnknownSigner,
    /// The envelope around it did not open.
    Unopened,
    /// A signature of a shape nobody here writes.
    UnusualSignature,
    /// A key that is not for this use.
    WrongKeyUsage,
    /// A party that may not play this part.
    WrongRole,
}

impl fmt::Display for Untrusted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::BciNotCurrent => "the brand's list of lists is not current",
            Self::BadSignature => "the signature does not match",
            Self::CrlMissing => "the revocation list of an authority is missing",
            Self::CrlNotCurrent => "the revocation list of an authority is not current",
            Self::Expired => "a certificate has expired",
            Self::Malformed(malformed) => return malformed.fmt(f),
            Self::NoContent => "the signed content is missing",
            Self::NoPath => "no chain of certificates leads to a root",
            Self::NotOneSigner => "there is not exactly one signer",
            Self::NotTwoSigners => "the signers are not a new key and a certificate's holder",
            Self::NotTheAnnouncedRoot => "no believed root has announced this one",
            Self::NotYetValid => "a certificate is not yet valid",
            Self::OtherBrand => "a certificate of another brand",
            Self::OtherContent => "the signature is over other content",
            Self::OtherKey => "the signer is not the one the content names",
            Self::OutsideProfile => "a certificate outside the profile",
            Self::OutsideSigningPeriod => "signed outside the period of the private key",
            Self::PathTooLong => "the chain of certificates is too long",
            Self::Revoked => "a certificate was revoked",
            Self::RolledBack => "a list older than the one known",
            Self::SignedInTheFuture => "signed in the future",
            Self::TooManyCertificates => "too many certificates",
            Self::UnknownAlgorithm => "an algorithm of another suite",
            Self::UnknownExtension => "an unknown critical extension",
            Self::UnknownKey => "a key of a kind that is not used here",
            Self::UnknownRoot => "an unknown root",
            Self::UnknownSigner => "the certificate of the signer is missing",
            Self::Unopened => "the envelope did not open",
            Self::UnusualSignature => "a signature of an unusual shape",
            Self::WrongKeyUsage => "a key that is not for this use",
            Self::WrongRole => "a party that may not play this part",
        })
    }
}

impl std::error::Error for Untrusted {}

impl Untrusted {
    /// Which check failed, in one word: for measures, where thirty reasons would be too many.
    pub fn check(&self) -> &'static str {
        match self {
            Self::BadSignature
            | Self::NoContent
            | Self::NotOneSigner
            | Self::NotTwoSigners
            | Self::OtherContent
            | Self::OtherKey
            | Self::UnknownSigner
            | Self::UnusualSignature => "signature",
            Self::NoPath
            | Self::NotTheAnnouncedRoot
            | Self::PathTooLong
            | Self::TooManyCertificates
            | Self::UnknownRoot => "path",
            Self::BciNotCurrent
            | Self::CrlMissing
            | Self::CrlNotCurrent
            | Self::Revoked
            | Self::RolledBack => "revocation",
            Self::Expired
            | Self::NotYetValid
            | Self::OutsideSigningPeriod
            | Self::SignedInTheFuture => "validity",
            Self::OtherBrand | Self::WrongKeyUsage | Self::WrongRole => "role",
            Self::Malformed(_)
            | Self::OutsideProfile
            | Self::UnknownAlgorithm
            | Self::UnknownExtension
            | Self::UnknownKey => "profile",
            Self::Unopened => "envelope",
        }
    }

    /// The same, of something that came out of an envelope: where whoever carried the envelope
    /// could change what is inside, every reason is the one that it did not open. Else the answers
    /// to changed envelopes would tell, bit by bit, what is in them (abuse case 18).
    pub fn within(self, suite: Suite) -> Self {
        if suite.seals_against_change() { self } else { Self::Unopened }
    }
}

impl From<Unopened> for Untrusted {
    fn from(_: Unopened) -> Self {
        Self::Unopened
    }
}

impl From<Malformed> for Untrusted {
    fn from(malformed: Malformed) -> Self {
        Self::Malformed(malformed)
    }
}

/// The envelope did not open. Nothing tells which step failed (abuse case 16, B1, B2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unopened;

impl fmt::Display for Unopened {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the envelope did not open")
    }
}

impl std::error::Error for Unopened {}

/// Why a signature, an envelope or a certificate was not made. The fault is ours.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Unmade {
    /// The private key did not do its work.
    Key(KeyFault),
    /// The operating system gave no randomness, or the library failed.
    Randomness,
    /// The value has no encoding.
    Unencodable(Malformed),
    /// It would be outside the profile and is not signed.
    Unfit(Lint),
    /// The value is not linked to the extra part that was to be sealed with it.
    NotLinked,
    /// The gateway takes no payment that nobody has signed.
    SignatureRequired,
    /// The recipient's key is not one that can be sealed to.
    WrongKey,
}

impl fmt::Display for Unmade {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Key(fault) => fault.fmt(f),
            Self::Randomness => f.write_str("no randomness"),
            Self::Unencodable(malformed) => malformed.fmt(f),
            Self::Unfit(lint) => lint.fmt(f),
            Self::NotLinked => f.write_str("the value is not linked to its extra part"),
            Self::SignatureRequired => f.write_str("the gateway takes signed payments only"),
            Self::WrongKey => f.write_str("the recipient's key cannot be sealed to"),
        }
    }
}

impl std::error::Error for Unmade {}

impl From<KeyFault> for Unmade {
    fn from(fault: KeyFault) -> Self {
        Self::Key(fault)
    }
}

impl From<Lint> for Unmade {
    fn from(lint: Lint) -> Self {
        Self::Unfit(lint)
    }
}

impl From<Malformed> for Unmade {
    fn from(malformed: Malformed) -> Self {
        Self::Unencodable(malformed)
    }
}

impl From<Failed> for Unmade {
    fn from(_: Failed) -> Self {
        Self::Randomness
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_inside_an_envelope_that_can_be_changed_has_one_reason() {
        let reasons = [
            Untrusted::BadSignature,
            Untrusted::Expired,
            Untrusted::NoPath,
            Untrusted::UnusualSignature,
            Untrusted::WrongRole,
        ];
        for why in reasons {
            assert_eq!(why.clone().within(Suite::Set10), Untrusted::Unopened);
            assert_eq!(why.clone().within(Suite::Modern), why);
        }
    }
}
