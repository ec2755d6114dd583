//! SET's treatments with the keys, the trust and the time of one step.
//!
//! Everything cryptographic is `openset_crypto`'s; this says it once in the words of a machine.

use std::sync::Arc;

use openset_crypto::{
    Bag, Draw, Identity, Path, Purpose, Signer, Suite, Thumb, Untrusted, Verified, digest_original,
    link, open, seal, sign, verify,
};
use openset_types::Brand;
use openset_wire::{
    content::Content,
    der::{AsnType, Decode, Encode, Malformed, Original},
    opaque::{Linked, Sealed, Signed},
    types::{CertThumb, Challenge, Thumbs},
    x509::{BrandCrlIdentifier, Certificate},
};

use crate::{
    refusal::Refusal,
    role::{Env, Machine},
};

impl<M: Machine> Env<'_, M> {
    /// The draws of this call: the same seed gives the same draws in the same order. A step
    /// takes them once and passes them on, or it would draw the same twice.
    pub fn draw(&self) -> Draw {
        Draw::new(self.suite(), self.seed)
    }

    /// The suite of whom this party believes.
    pub(crate) fn suite(&self) -> Suite {
        self.trust.suite()
    }

    /// S: signs in the name of a certificate. Its chain and lists go along.
    pub(crate) fn sign<T: Content + Encode>(
        &self,
        content: &T,
        identity: &Identity,
    ) -> Result<Signed<T>, Refusal> {
        self.sign_with(content, identity, &self.trust.bag(identity))
    }

    /// S, with a bag that holds more than the signer's own chain.
    pub(crate) fn sign_with<T: Content + Encode>(
        &self,
        content: &T,
        identity: &Identity,
        bag: &Bag,
    ) -> Result<Signed<T>, Refusal> {
        let signer = Signer::Certified { identity, bag };
        Ok(sign(self.suite(), content, signer, self.keys, self.now)?)
    }

    /// Believes what is inside a signature.
    pub(crate) fn verify<T: Content + Decode + Encode>(
        &self,
        signed: &Signed<T>,
        purpose: Purpose,
        brand: Option<&Brand>,
    ) -> Result<Verified<T>, Refusal> {
        Ok(verify(signed, self.trust, purpose, brand, self.now)?)
    }

    /// E: seals for the holder of a certificate.
    pub(crate) fn seal<T: Content + Encode, R>(
        &self,
        content: &T,
        to: &Path,
    ) -> Result<Sealed<T, R>, Refusal> {
        Ok(seal(content, to)?)
    }

    /// Opens E with one of our certificates.
    pub(crate) fn open<T: Content + Decode + Encode, R>(
        &self,
        sealed: &Sealed<T, R>,
        openers: &[Identity],
    ) -> Result<T, Refusal> {
        Ok(open(sealed, openers, self.suite(), self.keys)?.into_value())
    }

    /// Enc: opens what was signed and then sealed, and believes it.
    pub(crate) fn open_signed<T: Content + Decode + Encode, R>(
        &self,
        sealed: &Sealed<Signed<T>, R>,
        openers: &[Identity],
        purpose: Purpose,
        brand: Option<&Brand>,
    ) -> Result<Verified<T>, Refusal>
    where
        Signed<T>: Content,
    {
        let signed = self.open(sealed, openers)?;
        self.verify_inside(&signed, purpose, brand)
    }

    /// Believes what is inside a signature that was inside an envelope.
    pub(crate) fn verify_inside<T: Content + Decode + Encode>(
        &self,
        signed: &Signed<T>,
        purpose: Purpose,
        brand: Option<&Brand>,
    ) -> Result<Verified<T>, Refusal> {
        let verified = verify(signed, self.trust, purpose, brand, self.now);
        Ok(verified.map_err(|why| why.within(self.suite()))?)
    }

    /// Why something that came out of an envelope is refused, as its suite allows to tell it.
    pub(crate) fn within(&self, why: Refusal) -> Refusal {
        if self.suite().seals_against_change() { why } else { Refusal::Unopened }
    }

    /// L: ties a value to its baggage.
    pub(crate) fn link<A, B>(&self, here: A, baggage: &Original<B>) -> Result<Linked<A, B>, Refusal>
    where
        A: AsnType + Decode + Encode,
        B: Content,
    {
        Ok(link(here, &digest_original(self.suite(), baggage))?)
    }

    /// Refuses baggage that the value beside it is not tied to (A5).
    pub(crate) fn require_linked<A, B>(
        &self,
        linked: &Linked<A, B>,
        baggage: &Original<B>,
    ) -> Result<(), Refusal>
    where
        A: AsnType + Decode + Encode,
        B: Content,
    {
        let is_linked = digest_original(self.suite(), baggage).matches(&linked.t2);
        if is_linked { Ok(()) } else { Err(Refusal::PartsNotLinked) }
    }

    /// Believes a certificate for one purpose.
    pub(crate) fn path(
        &self,
        certificate: &Certificate,
        bag: &Bag,
        purpose: Purpose,
        brand: &Brand,
    ) -> Result<Arc<Path>, Refusal> {
        Ok(self.trust.path(certificate, bag, purpose, Some(brand), self.now)?)
    }

    /// Believes the certificate of a bag that was named by its thumb, and no other of that bag
    /// (A11).
    pub(crate) fn named(
        &self,
        bag: &Bag,
        thumb: &CertThumb,
        purpose: Purpose,
        brand: &Brand,
    ) -> Result<Option<Arc<Path>>, Refusal> {
        let Ok(thumb) = Thumb::from_cert_thumb(self.suite(), thumb) else { return Ok(None) };
        let certificate = bag.find(self.suite(), &thumb);
        certificate.map(|certificate| self.path(certificate, bag, purpose, brand)).transpose()
    }

    /// The brand's list of lists, unless whoever asked has it.
    pub(crate) fn unknown_bci(
        &self,
        brand: &Brand,
        known: Option<&Thumbs>,
    ) -> Option<BrandCrlIdentifier> {
        let bci = self.trust.bci(brand, self.now)?;
        let thumb = Thumb::of_bci(self.suite(), &bci);
        let known = known.and_then(|known| known.brand_crl_id_thumbs.as_ref());
        let mut known = known.into_iter().flatten();
        let is_known = known.any(|known| known.as_bytes() == thumb.as_bytes());
        (!is_known).then_some(bci)
    }

    /// Learns which lists are the current ones, as somebody says it along the way. An older word
    /// than is known takes nothing back, and what it came with is judged by the newer one (A21): an
    /// answer is repeated octet for octet, also by whoever has learned better since.
    pub(crate) fn learn_bci(&self, bci: &BrandCrlIdentifier, bag: &Bag) -> Result<(), Refusal> {
        match self.trust.learn_bci(bci, bag, self.now) {
            Ok(()) | Err(Untrusted::RolledBack) => Ok(()),
            Err(untrusted) => Err(untrusted.into()),
        }
    }

    /// Refuses thumbs that are not those that were sent.
    pub(crate) fn require_thumbs(
        &self,
        sent: &Option<Thumbs>,
        came: &Option<Thumbs>,
    ) -> Result<(), Refusal> {
        if sent == came { Ok(()) } else { Err(Refusal::ThumbsDiffer) }
    }
}

/// A challenge as it travels.
pub(crate) fn challenge(octets: &[u8]) -> Result<Challenge, Refusal> {
    Ok(Challenge::try_from(octets).map_err(bounds)?)
}

/// A value of ours that is outside the bounds of its field.
pub(crate) fn bounds(what: openset_wire::What) -> Malformed {
    Malformed::new(0, what)
}
