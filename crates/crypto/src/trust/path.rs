//! A chain of certificates that reached a trusted root.

use std::sync::Arc;

use openset_types::{Brand, MerchantId, UnixTime};

use super::{Certified, Purpose};
use crate::{Suite, Thumb, Untrusted};

/// The most certificates between a leaf and the root, both counted: leaf, authority, region,
/// brand, root, and one to spare.
pub const LENGTH_MAX: usize = 6;

/// A chain of certificates that reached a trusted root under the profile of SET. Made only by
/// [`Trust`](super::Trust).
///
/// ```compile_fail
/// use openset_crypto::Path;
/// let believed = Path { suite: openset_crypto::Suite::Modern, certificates: Vec::new() };
/// ```
#[derive(Debug)]
pub struct Path {
    suite: Suite,
    /// The leaf first, the root last; never empty.
    certificates: Vec<Arc<Certified>>,
    leaf: Arc<Certified>,
}

impl Path {
    /// Ties certificates, of which each was seen to be signed by the next, into a path.
    pub(super) fn new(
        suite: Suite,
        leaf: Arc<Certified>,
        above: impl IntoIterator<Item = Arc<Certified>>,
    ) -> Result<Self, Untrusted> {
        let mut certificates = vec![Arc::clone(&leaf)];
        certificates.extend(above);
        if certificates.len() > LENGTH_MAX {
            return Err(Untrusted::PathTooLong);
        }
        let too_deep = certificates
            .iter()
            .enumerate()
            .skip(1)
            .any(|(place, authority)| !authority.allows_below(place.saturating_sub(1)));
        if too_deep {
            return Err(Untrusted::PathTooLong);
        }
        Ok(Self { suite, certificates, leaf })
    }

    /// The suite of the root.
    pub fn suite(&self) -> Suite {
        self.suite
    }

    /// The certificate the path leads to.
    pub fn leaf(&self) -> &Certified {
        &self.leaf
    }

    /// The same, shared.
    pub(crate) fn leaf_shared(&self) -> &Arc<Certified> {
        &self.leaf
    }

    /// The name of that certificate.
    pub fn thumb(&self) -> Thumb {
        self.leaf.thumb()
    }

    /// The brand of that certificate.
    pub fn brand(&self) -> Option<Brand> {
        self.leaf.brand()
    }

    /// The number of the merchant it is about.
    pub fn merchant_id(&self) -> Option<&MerchantId> {
        self.leaf.merchant_id()
    }

    /// The leaf first, the root last.
    pub fn certificates(&self) -> &[Arc<Certified>] {
        &self.certificates
    }

    /// The certificates above the leaf: its issuer first, the root last.
    pub fn authorities(&self) -> &[Arc<Certified>] {
        self.certificates.get(1..).unwrap_or_default()
    }

    /// Each certificate with the one that issued it, from the root down.
    pub(super) fn links(&self) -> impl Iterator<Item = (&Certified, &Certified)> {
        let subjects = self.certificates.iter();
        let issuers = self.certificates.iter().skip(1);
        subjects
            .zip(issuers)
            .collect::<Vec<_>>()
            .into_iter()
            .rev()
            .map(|(subject, issuer)| (&**subject, &**issuer))
    }

    /// What does not depend on any list: time, brand and purpose.
    pub(super) fn require(
        &self,
        purpose: Purpose,
        brand: Option<&Brand>,
        now: UnixTime,
    ) -> Result<(), Untrusted> {
        self.certificates.iter().rev().try_for_each(|one| one.require_valid_at(now))?;
        self.require_one_brand(brand)?;
        self.leaf.require_purpose(purpose)
    }

    /// Everything below the root is of one brand, and of the one asked for (A12).
    fn require_one_brand(&self, asked: Option<&Brand>) -> Result<(), Untrusted> {
        let own = self.leaf.brand();
        let below_root = self.certificates.len().saturating_sub(1).max(1);
        let one = self.certificates.iter().take(below_root).all(|one| one.brand() == own);
        let right = asked.is_none() || own.as_ref() == asked;
        if one && right { Ok(()) } else { Err(Untrusted::OtherBrand) }
    }
}
