//! The payment gateway: opens payment instructions, asks the issuer, answers the merchant.
//!
//! It knows the card in full and the order only as a digest. Nothing in here can name what the
//! digest was made of.

pub mod authorization;
pub mod batch;
pub mod capture;
pub mod certificates;
pub mod refund;
pub mod registration;
pub mod reversal;

mod announcement;
mod auth_token;
mod decided;
mod heard;
mod instructions;
mod market;
mod policy;
mod presented;
mod record;
mod reply;
mod request;
mod sale;
mod token;
mod trace;

use std::{collections::BTreeSet, sync::Arc};

use openset_crypto::{Bag, Identity, Path, Purpose};
use openset_types::{Bin, Brand};
use openset_wire::{
    der::{decode, encode},
    types::Thumbs,
};

pub use auth_token::Further;
pub use instructions::CONSENT_S_MAX;
pub use policy::{INSTALMENTS_LAST_S, PARTS_LAST_S, Policies, Policy};
pub use record::{Asker, Authorization, Question, Releasing, Stage};
pub use sale::Sale;

use crate::{
    acceptance::Acceptance,
    letter::Letterhead,
    octets::Octets,
    refusal::Refusal,
    role::{Env, Machine},
};

/// Who a gateway is. It serves one brand; whoever serves two is two gateways.
#[derive(Debug)]
pub struct Standing {
    /// The brand it serves.
    pub brand: Brand,
    /// The first digits of the cards whose banks it reaches. If none are named, it reaches all.
    pub bins: BTreeSet<Bin>,
    /// Signs its messages.
    pub signature: Identity,
    /// Opens what is sealed for it: the one in use first, then older ones, kept so that late
    /// payment instructions and tokens still open.
    pub encipherments: Vec<Identity>,
    /// How its messages are headed.
    pub letterhead: Letterhead,
    /// Which dates it accepts.
    pub acceptance: Acceptance,
    /// How many seconds an authorization can be captured.
    pub authorization_lasts_s: i64,
    /// How many seconds after its authorization a capture can be reversed. Later than that it has
    /// been cleared, and is given back by a credit.
    pub captures_kept_s: i64,
    /// What it does for which merchant.
    pub policies: Policies,
}

impl Standing {
    /// This gateway's own certificate for sealing, as anybody would believe it.
    pub(crate) fn own_path<M: Machine>(&self, env: &Env<'_, M>) -> Result<Arc<Path>, Refusal> {
        let current = self.encipherments.first().ok_or(Refusal::CommandOutOfTurn)?;
        let purpose = Purpose::GatewayEncipherment;
        env.path(&current.certificate, &Bag::of(current), purpose, &self.brand)
    }

    /// This gateway's own certificate for signing, as anybody would believe it.
    pub(crate) fn own_signature<M: Machine>(&self, env: &Env<'_, M>) -> Result<Arc<Path>, Refusal> {
        let own = &self.signature;
        env.path(&own.certificate, &Bag::of(own), Purpose::GatewaySignature, &self.brand)
    }
}

/// What a merchant said that it knows.
pub(crate) fn known(kept: Option<&Octets>) -> Result<Option<Thumbs>, Refusal> {
    Ok(kept.map(|kept| decode(kept.as_ref())).transpose()?)
}

/// What a merchant says that it knows, to be kept until it is answered.
pub(crate) fn keep_known(thumbs: Option<&Thumbs>) -> Result<Option<Octets>, Refusal> {
    Ok(thumbs.map(encode).transpose()?.map(Octets::from))
}
