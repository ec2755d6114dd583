//! BrandCRLIdentifiers: which lists a brand's parties must hold.

use openset_types::{Brand, UnixTime};
use openset_wire::x509::{BrandCrlIdentifier, Name};

use super::Certified;
use crate::{Suite, Thumb, Untrusted};

/// A BCI whose signature was checked against its brand's key.
#[derive(Debug)]
pub(crate) struct KnownBci {
    pub(crate) bci: BrandCrlIdentifier,
    pub(crate) thumb: Thumb,
}

impl KnownBci {
    /// Checks a BCI against the brand it says it is of (A21).
    pub(crate) fn check(
        suite: Suite,
        bci: BrandCrlIdentifier,
        signer: &Certified,
    ) -> Result<Self, Untrusted> {
        let unsigned = &bci.to_be_signed;
        if signer.signs_bcis_as().is_none() {
            return Err(Untrusted::WrongKeyUsage);
        }
        if signer.brand().as_ref() != Some(&unsigned.brand_id.0) {
            return Err(Untrusted::OtherBrand);
        }
        if unsigned.version != 0 || unsigned.b_crl_extensions.is_some() {
            return Err(Untrusted::OutsideProfile);
        }
        signer.key().verify_as(&bci.algorithm, unsigned.octets(), bci.signature.as_bytes())?;
        Ok(Self { thumb: Thumb::of(suite, unsigned.octets()), bci })
    }

    /// Refuses a BCI before its first moment or past its last.
    pub(crate) fn require_current(&self, now: UnixTime) -> Result<(), Untrusted> {
        let unsigned = &self.bci.to_be_signed;
        if now < unsigned.not_before.0 {
            return Err(Untrusted::NotYetValid);
        }
        if now > unsigned.not_after.0 {
            return Err(Untrusted::Expired);
        }
        Ok(())
    }

    /// The brand.
    pub(crate) fn brand(&self) -> &Brand {
        &self.bci.to_be_signed.brand_id.0
    }

    /// Grows with every BCI of the brand.
    pub(crate) fn sequence(&self) -> u64 {
        self.bci.to_be_signed.sequence_num
    }

    /// The least number that an authority's list must have.
    pub(crate) fn least_number(&self, issuer: &Name) -> Option<u64> {
        let named = self.bci.to_be_signed.crl_identifier_seq.iter().flatten();
        named.filter(|entry| entry.issuer_name == *issuer).map(|entry| entry.crl_number).max()
    }
}
