//! PEThumb at the merchant: an answer about a payment says that the gateway is sealed for with
//! another certificate by now.
//!
//! The certificate is not taken from there. The gateway is asked for it (PCert), whatever became of
//! the payment.

use openset_crypto::Thumb;
use openset_types::Brand;
use serde::{Deserialize, Serialize};

use super::{
    order::Purchase,
    purchase::{Environment, Input},
};
use crate::{refusal::Refusal, role::Effect};

/// A gateway has named another certificate than the one that is sealed for: it is to be asked.
// Stored. Change only with a migration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AskGateway {
    /// The brand whose gateway it is.
    pub brand: Brand,
    /// Names the certificate.
    pub thumb: Thumb,
}

/// What an answer says beside what was asked.
pub(super) fn heard(
    purchase: &Purchase,
    input: &Input,
    env: &Environment<'_>,
) -> Result<Option<Effect<AskGateway>>, Refusal> {
    let (rrpid, named) = match input {
        Input::AuthRes(answer) => (answer.rrpid(), answer.pe_thumb()),
        Input::CapRes(answer) => (answer.rrpid(), answer.pe_thumb()),
        Input::Refunded(answer) => (answer.rrpid(), answer.pe_thumb()),
        Input::AuthRevRes(answer) => (answer.rrpid(), answer.pe_thumb()),
        _ => return Ok(None),
    };
    // A thumb of another suite names nothing here; the answer is good without it.
    let named = named.and_then(|named| Thumb::from_cert_thumb(env.suite(), named).ok());
    let Some(thumb) = named else { return Ok(None) };
    let (brand, account) = purchase.asked_of(rrpid, env.standing)?;
    if account.gateway_thumb(env) == Some(thumb) {
        return Ok(None);
    }
    Ok(Some(Effect::Own(AskGateway { brand: brand.clone(), thumb })))
}
