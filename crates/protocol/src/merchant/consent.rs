//! PReq: what a cardholder consented to, as far as the merchant may read it.

use openset_crypto::{Digest, Suite, Thumb, digest_original};
use openset_types::{Bin, Brand, Rrpid};
use openset_wire::{
    der::Original,
    payment::{CheckDigests, Hod, HodInput, OiData, Pi},
};
use serde::{Deserialize, Serialize};

use super::{offer::Offer, order::Order};
use crate::{acceptance, hod, octets::Octets, purchase_ids::PurchaseIds, refusal::Refusal};

/// What a cardholder consented to: the names of the purchase and who signed.
// Stored. Change only with a migration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consent {
    /// The names of the purchase.
    pub ids: PurchaseIds,
    /// The brand.
    pub brand: Brand,
    /// The bank of the card: the only digits of it that a merchant learns.
    pub bin: Bin,
    /// The certificate that signed, if one did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cardholder: Option<Thumb>,
    /// The cardholder's challenge, to be repeated in the answer.
    pub chall_c: Octets,
    /// Names the request that the cardholder waits on.
    pub rrpid: Rrpid,
}

/// A purchase request: its dual signature has been verified, or there is none and the gateway takes
/// such.
#[derive(Debug)]
pub struct PurchaseRequest {
    /// The order information.
    pub(crate) oi: Original<OiData>,
    /// The payment instructions, closed.
    pub(crate) pi: Original<Pi>,
    /// The certificate that signed, if one did.
    pub(crate) cardholder: Option<Thumb>,
}

impl PurchaseRequest {
    /// Names the purchase.
    pub(crate) fn purchase(&self) -> &[u8] {
        self.oi.trans_ids.xid.as_bytes()
    }

    /// Finds the offer this order takes, and checks that it is this offer and no other.
    pub(crate) fn taken<'a>(&self, offers: &'a [Offer]) -> Result<&'a Offer, Refusal> {
        let oi = self.oi.value();
        let offer = offers
            .iter()
            .find(|offer| offer.ids.xid == oi.trans_ids.xid.0)
            .ok_or(Refusal::SenderNamedUnknownPurchase)?;
        if !offer.ids.are(&oi.trans_ids) {
            return Err(Refusal::CardholderNamedOtherLabels);
        }
        if offer.brand != oi.brand_id.0 || offer.bin != oi.bin.0 {
            return Err(Refusal::CardholderOrderedUnderAnotherBrand);
        }
        // A9: both challenges make the order fresh, the merchant's and the cardholder's own.
        let chall_m = oi.chall_m.as_ref().map(|challenge| challenge.as_bytes());
        let fresh = chall_m == Some(offer.chall_m.as_ref())
            && oi.chall_c.as_bytes() == offer.chall_c.as_ref();
        if fresh { Ok(offer) } else { Err(Refusal::CardholderRepeatedOldChallenge) }
    }

    /// Whether what was agreed to is what was ordered (A4).
    ///
    /// The merchant digests its own order with the cardholder's salt and never takes the
    /// cardholder's word for it.
    pub(crate) fn is_for(&self, order: &Order, suite: Suite) -> Result<bool, Refusal> {
        Ok(self.own_digest(order, suite)?.matches(&self.oi.hod))
    }

    /// HOD: the digest of the merchant's own order under the cardholder's salt.
    fn own_digest(&self, order: &Order, suite: Suite) -> Result<Digest<HodInput>, Refusal> {
        hod::digest(&order.ordered(), &self.oi.od_salt, suite)
    }

    /// What the gateway compares with the payment instructions. Both digests are the merchant's
    /// own.
    pub(crate) fn check_digests(
        &self,
        order: &Order,
        suite: Suite,
    ) -> Result<CheckDigests, Refusal> {
        let hod2: Hod = self.own_digest(order, suite)?.digested()?;
        let h_oi_data = digest_original(suite, &self.oi).digested()?;
        Ok(CheckDigests { h_oi_data, hod2 })
    }

    /// What is stored of it.
    pub(crate) fn consent(&self, offer: &Offer) -> Consent {
        Consent {
            ids: offer.ids.clone(),
            brand: offer.brand.clone(),
            bin: offer.bin.clone(),
            cardholder: self.cardholder,
            chall_c: offer.chall_c.clone(),
            rrpid: self.oi.rrpid.0,
        }
    }

    /// Refuses what this merchant does not understand.
    pub(crate) fn understood(oi: &OiData) -> Result<(), Refusal> {
        acceptance::understood(oi, &[])?;
        match oi.od_ext_oids.as_deref() {
            None | Some([]) => Ok(()),
            // An extension of the order would have been agreed with the shop: it agreed to none.
            Some([first, ..]) => Err(Refusal::SenderNamedUnknownExtension(first.clone())),
        }
    }
}
