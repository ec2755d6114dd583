//! The dual signature: one consent, of which the merchant can check one half and the gateway the
//! other, and neither can read the other's.
//!
//! ```text
//! PI-TBS         = { DD(PIData), DD(OIData) }        PIData = { PIHead, PANData }
//! PISignature    = SO( C, PI-TBS )
//! PIDualSigned   = { PISignature, EX( P, L(PIHead, OIData), PANData ) }     to the gateway
//! OIDualSigned   = L( OIData, PIData )                                       to the merchant
//! ```

#[cfg(test)]
pub(crate) mod tests;

use openset_types::{Brand, UnixTime};
use openset_wire::der::{Original, encode};
use openset_wire::opaque::Digested;
use openset_wire::payment::{
    OiData, PReqDualSigned, PiData, PiDualSigned, PiDualSignedTbe, PiHead, PiOiLink, PiTbs,
};
use openset_wire::types::PanData;

use crate::envelope::{extra_alone, open_extra, pair};
use crate::sign::verify_octets;
use crate::{
    Beside, Digest, Identity, Keys, Opened, Path, Purpose, Signer, Suite, Thumb, Trust, Unmade,
    Unopened, Untrusted, Verified, digest, digest_original, link, open_with_extra, seal_with_extra,
    sign_detached,
};

/// Payment instructions as the gateway reads them, tied to the order it cannot read.
#[derive(Debug)]
pub struct Payment {
    /// What is paid, to whom.
    pub head: Original<PiHead>,
    /// The card.
    pub pan_data: PanData,
    /// The digest of the order, under the same signature.
    pub h_oi_data: Digested<OiData>,
    /// Which of the gateway's certificates it was sealed for (A1).
    pub sealed_for: Thumb,
}

/// What a cardholder agrees to.
#[derive(Debug)]
pub struct Consent {
    /// The order, for the merchant.
    pub order: OiData,
    /// What is paid to whom, for the gateway.
    pub head: PiHead,
    /// The card, for the gateway.
    pub pan_data: PanData,
}

/// The cardholder signs: makes the two halves and the signature that ties them.
pub fn make(
    consent: Consent,
    signer: Signer<'_>,
    keys: &dyn Keys,
    gateway: &Path,
    now: UnixTime,
) -> Result<PReqDualSigned, Unmade> {
    let suite = gateway.suite();
    let Consent { order, head, pan_data } = consent;
    let h_order = digest(suite, &order)?;
    let h_pan_data = digest(suite, &pan_data)?;
    let h_payment = payment_digest(suite, &encode(&head)?, &encode(&pan_data)?)?;
    let tbs = PiTbs { h_pi_data: h_payment.digested()?, h_oi_data: h_order.digested()? };
    let pi_signature = sign_detached(suite, &tbs, signer, keys, now)?;
    let linked: PiOiLink = link(head, &h_order)?;
    let linked: PiDualSignedTbe = link(linked, &h_pan_data)?;
    let ex_pi_data = seal_with_extra(&linked, &pan_data, gateway)?;
    Ok(PReqDualSigned {
        pi_dual_signed: PiDualSigned { pi_signature, ex_pi_data },
        oi_dual_signed: link(order, &h_payment)?,
    })
}

/// The merchant checks its half: that this order was agreed to, whatever the other half says.
pub fn check_order(
    request: &PReqDualSigned,
    trust: &Trust,
    brand: &Brand,
    now: UnixTime,
) -> Result<Verified<OiData>, Untrusted> {
    let order = &request.oi_dual_signed;
    let h_order = digest_original(trust.suite(), &order.t1);
    let tbs = tbs(&order.t2, &h_order)?;
    let signature = &request.pi_dual_signed.pi_signature;
    let purpose = Purpose::CardholderSignature;
    let believed = verify_octets(signature, &tbs, trust, purpose, Some(brand), now)?;
    Ok(believed.with(order.t1.value().clone()))
}

/// The gateway opens its half and checks it: that this payment was agreed to, for the order whose
/// digest is beside it. What fails once the envelope is open is told as its suite allows.
pub fn check_payment(
    instructions: &PiDualSigned,
    openers: &[Identity],
    keys: &dyn Keys,
    trust: &Trust,
    brand: &Brand,
    now: UnixTime,
) -> Result<Verified<Payment>, Untrusted> {
    let checked = open_payment(instructions, openers, keys, trust, brand, now);
    checked.map_err(|why| why.within(trust.suite()))
}

fn open_payment(
    instructions: &PiDualSigned,
    openers: &[Identity],
    keys: &dyn Keys,
    trust: &Trust,
    brand: &Brand,
    now: UnixTime,
) -> Result<Verified<Payment>, Untrusted> {
    let suite = trust.suite();
    let opened = open_with_extra(&instructions.ex_pi_data, openers, suite, keys)?;
    let sealed_for = opened.certificate();
    let Beside { value, extra: pan_data } = opened.into_value();
    let PiOiLink { t1: head, t2: h_oi_data } = value.t1.into_value();
    let h_payment = encode(&pan_data)
        .map_err(Unmade::from)
        .and_then(|pan_data| payment_digest(suite, head.octets(), &pan_data))
        .map_err(|_| Untrusted::Unopened)?;
    let h_payment = h_payment.digested().map_err(|_| Untrusted::Unopened)?;
    let tbs = encode(&PiTbs { h_pi_data: h_payment, h_oi_data: h_oi_data.clone() })?;
    let purpose = Purpose::CardholderSignature;
    let signature = &instructions.pi_signature;
    let believed = verify_octets(signature, &tbs, trust, purpose, Some(brand), now)?;
    Ok(believed.with(Payment { head, pan_data, h_oi_data, sealed_for }))
}

/// The card of payment instructions, still sealed: all that [`reopen_card`] needs.
pub fn sealed_card(instructions: &PiDualSigned, suite: Suite) -> Result<Vec<u8>, Unopened> {
    extra_alone(&instructions.ex_pi_data, suite)
}

/// The card of instructions that [`check_payment`] has believed before, once more, from what
/// [`sealed_card`] gave of them. Of anything else it proves nothing.
pub fn reopen_card(
    sealed: &[u8],
    openers: &[Identity],
    suite: Suite,
    keys: &dyn Keys,
) -> Result<Opened<PanData>, Unopened> {
    open_extra::<PiDualSignedTbe, PanData>(sealed, openers, suite, keys)
}

/// DD(PIData), of its two halves as they are encoded.
fn payment_digest(suite: Suite, head: &[u8], pan_data: &[u8]) -> Result<Digest<PiData>, Unmade> {
    let pan_data = zeroize::Zeroizing::new(pan_data.to_vec());
    Ok(Digest::over(suite, &pair(head, &pan_data)?))
}

/// PI-TBS as the merchant can put it together.
fn tbs(h_payment: &Digested<PiData>, h_order: &Digest<OiData>) -> Result<Vec<u8>, Untrusted> {
    let h_oi_data = h_order.digested().map_err(|_| Untrusted::OtherContent)?;
    Ok(encode(&PiTbs { h_pi_data: h_payment.clone(), h_oi_data })?)
}
