//! PInitReq and PInitRes: which purchase this is and whom the payment instructions are for.

use openset_crypto::Draw;
use openset_types::{Bin, Brand, UnixTime};
use openset_wire::{
    payment::{PInitReq, PInitResData},
    types::CertThumb,
    x509::BrandCrlIdentifier,
};
use serde::{Deserialize, Serialize};

use super::order::Order;
use crate::{octets::Octets, purchase_ids::PurchaseIds, refusal::Refusal, treatment::challenge};

/// The most offers that stand for one order: an older one makes room.
pub(crate) const OFFERS_MAX: usize = 16;

/// What a wallet was offered: the names of the purchase and the challenges of both sides.
// Stored. Change only with a migration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offer {
    /// The names of the purchase.
    pub ids: PurchaseIds,
    /// The brand the wallet asked for.
    pub brand: Brand,
    /// The first six digits of its card.
    pub bin: Bin,
    /// The cardholder's challenge.
    pub chall_c: Octets,
    /// The merchant's challenge.
    pub chall_m: Octets,
}

impl Offer {
    /// Makes an offer for a wallet that asked.
    pub(crate) fn draw(request: &PInitReq, order: &Order, draw: &mut Draw, now: UnixTime) -> Self {
        Self {
            ids: PurchaseIds {
                lid_c: request.local_id_c.0.clone(),
                lid_m: order.lid_m.clone(),
                xid: draw.xid(),
                began_at: now,
                language: request.language.0.clone(),
            },
            brand: request.brand_id.0.clone(),
            bin: request.bin.0.clone(),
            chall_c: request.chall_c.as_bytes().into(),
            chall_m: draw.challenge().into(),
        }
    }

    /// PInitResData: what the merchant signs in answer.
    pub(crate) fn answer(
        &self,
        request: &PInitReq,
        pe_thumb: CertThumb,
        bci: Option<BrandCrlIdentifier>,
    ) -> Result<PInitResData, Refusal> {
        Ok(PInitResData {
            trans_ids: self.ids.trans_ids(),
            rrpid: request.rrpid,
            chall_c: request.chall_c.clone(),
            chall_m: challenge(self.chall_m.as_ref())?,
            brand_crl_identifier: bci,
            pe_thumb,
            thumbs: request.thumbs.clone(),
            pi_rs_extensions: None,
        })
    }
}
