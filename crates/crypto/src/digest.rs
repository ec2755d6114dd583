//! DD and L: the digest of a value that is elsewhere, and a value tied to another by it.

use std::fmt;
use std::marker::PhantomData;

use data_encoding::HEXLOWER;
use openset_wire::Malformed;
use openset_wire::content::Content;
use openset_wire::der::{Original, encode};
use openset_wire::opaque::{Digested, Linked};
use openset_wire::types::Digest as WireDigest;
use openset_wire::x509::AlgorithmIdentifier;
use rasn::{AsnType, Decode, Encode};

use crate::modern::algorithms::SHA256;
use crate::modern::primitives::{same, sha256};
use crate::set10::algorithms::{SHA1, with_null};
use crate::set10::primitives::sha1;
use crate::{Suite, Unmade};

/// The digest of a `T`, computed here. A digest of anything else is of another type.
///
/// ```compile_fail
/// use openset_crypto::{Digest, Suite, digest};
/// use openset_wire::payment::{HodInput, OiData};
/// fn swap(order: &HodInput) -> Digest<OiData> {
///     digest(Suite::Modern, order).expect("encodable")
/// }
/// ```
///
/// It is made of a value and of nothing else:
///
/// ```compile_fail
/// use openset_crypto::Digest;
/// let forged: Digest<u8> = Digest { octets: [0; 32], of: std::marker::PhantomData };
/// ```
pub struct Digest<T> {
    suite: Suite,
    octets: Vec<u8>,
    of: PhantomData<fn() -> T>,
}

/// DD: digests a value.
///
/// A value that was decoded has exactly one encoding, the one it came in, so this hashes what
/// was received.
pub fn digest<T: Content + Encode>(suite: Suite, value: &T) -> Result<Digest<T>, Unmade> {
    Ok(Digest::over(suite, &encode(value)?))
}

/// DD of a value that has kept the octets it came in.
pub fn digest_original<T: Content>(suite: Suite, value: &Original<T>) -> Digest<T> {
    Digest::over(suite, value.octets())
}

/// L: ties a value that travels here to one that does not.
pub fn link<A, B>(here: A, elsewhere: &Digest<B>) -> Result<Linked<A, B>, Unmade>
where
    A: AsnType + Decode + Encode,
    B: Content,
{
    Ok(Linked::new(here, elsewhere.digested()?)?)
}

impl<T> Digest<T> {
    /// The digest of a `T` whose encoding the caller has put together.
    pub(crate) fn over(suite: Suite, octets: &[u8]) -> Self {
        let octets = match suite {
            Suite::Set10 => sha1(octets).to_vec(),
            Suite::Modern => sha256(octets).to_vec(),
        };
        Self { suite, octets, of: PhantomData }
    }

    /// The octets.
    pub fn as_bytes(&self) -> &[u8] {
        &self.octets
    }

    /// Whether a received digest is this one, by this suite's algorithm.
    pub fn matches(&self, received: &Digested<T>) -> bool {
        is_of(self.suite, received.algorithm()) && same(&self.octets, received.digest())
    }
}

impl<T> Digest<T> {
    /// The algorithm and the octets, as they stand in every structure that holds a digest.
    pub(crate) fn parts(&self) -> Result<(AlgorithmIdentifier, WireDigest), Malformed> {
        let digest = WireDigest::new(&self.octets).map_err(|what| Malformed::new(0, what))?;
        Ok((algorithm(self.suite)?, digest))
    }
}

impl<T: Content> Digest<T> {
    /// The digest as it travels.
    pub fn digested(&self) -> Result<Digested<T>, Unmade> {
        let (algorithm, digest) = self.parts()?;
        Ok(Digested::new(algorithm, digest)?)
    }
}

impl<T> Clone for Digest<T> {
    fn clone(&self) -> Self {
        Self { suite: self.suite, octets: self.octets.clone(), of: PhantomData }
    }
}

impl<T> PartialEq for Digest<T> {
    fn eq(&self, other: &Self) -> bool {
        self.suite == other.suite && same(&self.octets, &other.octets)
    }
}

impl<T> Eq for Digest<T> {}

impl<T> fmt::Debug for Digest<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Digest({})", HEXLOWER.encode(&self.octets))
    }
}

/// The algorithm that digests and thumbs of a suite are made with.
pub(crate) fn algorithm(suite: Suite) -> Result<AlgorithmIdentifier, Malformed> {
    match suite {
        Suite::Set10 => with_null(SHA1),
        Suite::Modern => Ok(AlgorithmIdentifier::bare(SHA256)),
    }
}

/// Whether an identifier names that algorithm. There is one spelling.
pub(crate) fn is_of(suite: Suite, found: &AlgorithmIdentifier) -> bool {
    algorithm(suite).is_ok_and(|own| *found == own)
}
