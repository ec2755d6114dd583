//! The wallet.

pub(crate) mod documents;
pub(crate) mod door;
pub(crate) mod gate;
pub(crate) mod shelf;

use data_encoding::HEXLOWER;
use openset_crypto::Suite;
use openset_protocol::{cardholder::Purchase, hod, refusal::Refusal};

/// What the consent sheet shows of the order, in hex: the salt is drawn when it is signed.
pub(crate) fn shown_hash(purchase: &Purchase, suite: Suite) -> Result<String, Refusal> {
    let shown = hod::shown(&purchase.agreed.ordered(), suite)?;
    Ok(HEXLOWER.encode(shown.as_bytes()))
}
