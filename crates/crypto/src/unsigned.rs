//! The payment of a cardholder without a certificate: two halves that are tied to each other, and
//! nobody's signature over them. Suite `modern` knows none.
//!
//! ```text
//! PIDataUnsigned = { PIHead, PANToken }
//! PIUnsigned     = EXH( P, L(PIHead, OIData), PANToken )      to the gateway
//! OIUnsigned     = L( OIData, PIDataUnsigned )                to the merchant
//! ```
//!
//! The digest in the block beside the key keeps whoever carries the first half from changing it.
//! Who made it, nothing says: it is never [`Verified`](crate::Verified), only [`Opened`].

#[cfg(test)]
mod tests;

use openset_wire::der::{Original, encode};
use openset_wire::opaque::Digested;
use openset_wire::payment::{
    OiData, PReqUnsigned, PiDataUnsigned, PiHead, PiOiLink, PiUnsigned, PiUnsignedTbe,
};
use openset_wire::types::PanToken;

use crate::envelope::{extra_alone, open_extra, pair};
use crate::{
    Beside, Digest, Identity, Keys, Opened, Path, Suite, Unmade, Unopened, digest, link,
    open_with_extra, seal_with_extra,
};

/// Payment instructions that nobody has signed, as the gateway reads them.
#[derive(Debug)]
pub struct Payment {
    /// What is paid, to whom.
    pub head: Original<PiHead>,
    /// The card.
    pub pan_token: PanToken,
    /// The digest of the order that they are tied to.
    pub h_oi_data: Digested<OiData>,
}

/// What a cardholder without a certificate agrees to.
#[derive(Debug)]
pub struct Consent {
    /// The order, for the merchant.
    pub order: OiData,
    /// What is paid to whom, for the gateway.
    pub head: PiHead,
    /// The card, for the gateway.
    pub pan_token: PanToken,
}

/// Makes the two halves, for a gateway whose certificate takes them.
pub fn make(consent: Consent, gateway: &Path) -> Result<PReqUnsigned, Unmade> {
    if !gateway.leaf().takes_unsigned() {
        return Err(Unmade::SignatureRequired);
    }
    let suite = gateway.suite();
    let Consent { order, head, pan_token } = consent;
    let h_order = digest(suite, &order)?;
    let h_pan_token = digest(suite, &pan_token)?;
    let payment = pair(&encode(&head)?, &zeroize::Zeroizing::new(encode(&pan_token)?))?;
    let h_payment = Digest::<PiDataUnsigned>::over(suite, &payment);
    let linked: PiOiLink = link(head, &h_order)?;
    let linked: PiUnsignedTbe = link(linked, &h_pan_token)?;
    Ok(PReqUnsigned {
        pi_unsigned: seal_with_extra(&linked, &pan_token, gateway)?,
        oi_unsigned: link(order, &h_payment)?,
    })
}

/// The gateway opens its half, with those of its certificates that take what nobody has signed. The
/// first is the one in use: if that takes none any more, nothing opens.
pub fn open(
    instructions: &PiUnsigned,
    openers: &[Identity],
    suite: Suite,
    keys: &dyn Keys,
) -> Result<Opened<Payment>, Unopened> {
    let opened = open_with_extra(instructions, &taking(openers, suite), suite, keys)?;
    Ok(opened.map(|Beside { value, extra: pan_token }| {
        let PiOiLink { t1: head, t2: h_oi_data } = value.t1.into_value();
        Payment { head, pan_token, h_oi_data }
    }))
}

/// The card of such instructions, still sealed: all that [`reopen_card`] needs.
pub fn sealed_card(instructions: &PiUnsigned, suite: Suite) -> Result<Vec<u8>, Unopened> {
    extra_alone(instructions, suite)
}

/// The card of instructions that [`open`] has opened before, once more, from what [`sealed_card`]
/// gave of them. What certificates say by now changes nothing about it.
pub fn reopen_card(
    sealed: &[u8],
    openers: &[Identity],
    suite: Suite,
    keys: &dyn Keys,
) -> Result<Opened<PanToken>, Unopened> {
    if !suite.knows_unsigned_payments() {
        return Err(Unopened);
    }
    open_extra::<PiUnsignedTbe, PanToken>(sealed, openers, suite, keys)
}

/// The certificates that take what nobody has signed, as long as the first does.
fn taking(openers: &[Identity], suite: Suite) -> Vec<Identity> {
    let takes = |opener: &&Identity| {
        opener.certified(suite).is_ok_and(|certified| certified.takes_unsigned())
    };
    match openers.first().filter(takes) {
        Some(_) => openers.iter().filter(takes).cloned().collect(),
        None => Vec::new(),
    }
}
