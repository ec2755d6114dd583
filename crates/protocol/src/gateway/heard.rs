//! What a merchant has sealed for this gateway: every request is opened and believed in one way.

use openset_crypto::{Path, Purpose, Verified};
use openset_types::{Bin, MerchantId};
use openset_wire::{
    content::Content,
    der::{AsnType, Decode, Encode, Original},
    opaque::{Linked, PaymentGateway, Sealed, Signed},
    types::RrTags,
};

use super::Standing;
use crate::{
    kept::keep_path,
    octets::Octets,
    refusal::Refusal,
    role::{Env, Machine},
};

/// Opens a request, believes the merchant that signed it a short time ago, and holds against it
/// what lies beside it.
pub(super) fn believe<M, T, A, B>(
    enc: &Sealed<Signed<T>, PaymentGateway>,
    baggage: &Original<B>,
    inside: fn(T) -> Linked<A, B>,
    env: &Env<'_, M>,
) -> Result<Verified<Linked<A, B>>, Refusal>
where
    M: Machine<Standing = Standing>,
    T: Content + Decode + Encode,
    Signed<T>: Content,
    A: AsnType + Decode + Encode,
    B: Content,
{
    let Standing { brand, encipherments, acceptance, .. } = env.standing;
    // Abuse case 29: which lists are the current ones is known, or nobody is believed.
    env.trust.require_bci(brand, env.now)?;
    let said = env.open_signed(enc, encipherments, Purpose::MerchantSignature, Some(brand))?;
    let said = said.map(inside);
    acceptance.fresh(&said, env.now)?;
    env.require_linked(&said, baggage)?;
    Ok(said)
}

/// Who signed a request with these tags: the number its acquirer knows it by, and the certificate
/// of the same merchant that the answer is to be sealed for, with those above it (DER).
pub(super) fn asker<M, T>(
    request: &Verified<T>,
    tags: &RrTags,
    env: &Env<'_, M>,
) -> Result<(MerchantId, Vec<Octets>), Refusal>
where
    M: Machine<Standing = Standing>,
{
    let signer = request.signer();
    let merchant = signer.merchant_id().ok_or(Refusal::MerchantNamedAnother)?;
    let (purpose, brand) = (Purpose::MerchantEncipherment, &env.standing.brand);
    let mut paths = request
        .bag()
        .certificates
        .iter()
        .filter_map(|one| env.path(one, request.bag(), purpose, brand).ok());
    // The bag is not signed: only a certificate of the signer itself is sealed for (A11).
    let own = paths.find(|path| {
        path.merchant_id() == Some(merchant)
            && path.leaf().subject().organization() == signer.leaf().subject().organization()
            && acquirer(path) == acquirer(signer)
    });
    // The bag came out of the envelope too, and no signature covers it.
    let none = Refusal::MerchantSentNoEnciphermentCertificate;
    let own = own.ok_or_else(|| env.within(none))?;
    // A3: the merchant is who its certificate says, whatever its message says.
    if tags.mer_term_ids.merchant_id.0 != *merchant {
        return Err(Refusal::MerchantNamedAnother);
    }
    Ok((merchant.clone(), keep_path(&own)?))
}

fn acquirer(path: &Path) -> Option<&Bin> {
    path.leaf().merchant().map(|merchant| &merchant.mer_acquirer_bin.0)
}
