//! The merchant: answers cardholders, asks the gateway, and never sees a card.
//!
//! It knows the order in full and the payment only as sealed octets that it passes on. Nothing
//! in here can name what is inside them.

pub mod batch;
pub mod gateway;
pub mod news;
pub mod purchase;
pub mod registration;
pub mod voiding;

mod answer;
mod authorization;
mod batch_message;
mod batches;
mod capture;
mod consent;
mod decided;
mod offer;
mod order;
mod parts;
mod plan;
mod refund;
mod refunds;
mod reversal;

use std::{collections::BTreeMap, sync::Arc};

use openset_crypto::{Bag, Identity, Path, Purpose, Thumb, Verified};
use openset_types::{Brand, MerchantCategory, MerchantId, Rrpid, UnixTime};
use openset_wire::{
    content::Content,
    der::{Decode, Encode},
    opaque::{Merchant, Sealed, Signed},
    types::{MerTermIds, RrTags, Thumbs},
};

pub use batches::{Break, Line, LineSet};
pub use consent::Consent;
pub use offer::Offer;
pub use order::{
    Asked, Authorized, Authorizing, CaptureRefused, Captured, Capturing, Declined, Order, Purchase,
    Stage, Undoing, Undone, Verdict, VoidRefused, Voided, Voiding,
};
pub use parts::{Next, PARTS_MAX};
pub use plan::Plan;
pub use refunds::{REFUNDS_MAX, Refund, RefundOutcome, RefundRefused};

use crate::{
    acceptance::Acceptance,
    letter::Letterhead,
    refusal::Refusal,
    role::{Env, Machine},
};

/// Who a merchant is.
#[derive(Debug)]
pub struct Standing {
    /// What it has for each brand it accepts.
    pub accounts: BTreeMap<Brand, Account>,
    /// How its messages are headed.
    pub letterhead: Letterhead,
    /// Which dates it accepts.
    pub acceptance: Acceptance,
    /// How many seconds a cardholder waits for the bank before being told that the order was
    /// received and no more.
    pub answer_within_s: i64,
}

/// What a merchant has for one brand: its certificates and its gateway.
#[derive(Debug)]
pub struct Account {
    /// The number the acquirer knows it by.
    pub merchant: MerchantId,
    /// What kind of business it is.
    pub category: MerchantCategory,
    /// Signs its messages.
    pub signature: Identity,
    /// Opens what is sealed for it: the one in use first, then older ones.
    pub encipherments: Vec<Identity>,
    /// The gateway's certificate for sealing first, then the certificates above it and the lists
    /// of its authorities.
    pub gateway: Bag,
}

impl Standing {
    /// The account for a brand.
    pub(crate) fn account(&self, brand: &Brand) -> Result<&Account, Refusal> {
        self.accounts
            .get(brand)
            .ok_or_else(|| Refusal::SenderNamedForeignBrand { brand: brand.clone() })
    }
}

impl Account {
    /// The gateway, as far as it is believed today.
    pub(crate) fn gateway_path<M: Machine>(
        &self,
        brand: &Brand,
        env: &Env<'_, M>,
    ) -> Result<Arc<Path>, Refusal> {
        let certificate =
            self.gateway.certificates.first().ok_or(Refusal::MerchantNamedUnknownGateway)?;
        let path = env.path(certificate, &self.gateway, Purpose::GatewayEncipherment, brand);
        path.map_err(|why| why.of_gateway(Thumb::of_certificate(env.suite(), certificate)))
    }

    /// Refuses an order without a signature, unless the gateway's certificate takes such (A6).
    pub(crate) fn require_unsigned<M: Machine>(
        &self,
        brand: &Brand,
        env: &Env<'_, M>,
    ) -> Result<(), Refusal> {
        let takes = self.gateway_path(brand, env)?.leaf().takes_unsigned();
        if takes { Ok(()) } else { Err(Refusal::CardholderSentUnsigned) }
    }

    /// Opens what the account's gateway has sealed for this merchant, and believes it.
    pub(crate) fn open<M: Machine, T: Content + Decode + Encode>(
        &self,
        sealed: &Sealed<Signed<T>, Merchant>,
        brand: &Brand,
        env: &Env<'_, M>,
    ) -> Result<Verified<T>, Refusal>
    where
        Signed<T>: Content,
    {
        // What stands above the gateway's certificates is made known again: it leaves out of its
        // answers what it was told is known here.
        let _ = self.gateway_path(brand, env);
        let (openers, purpose) = (&self.encipherments, Purpose::GatewaySignature);
        let said = env.open_signed(sealed, openers, purpose, Some(brand))?;
        self.require_gateway(&said)?;
        Ok(said)
    }

    /// Refuses what another gateway than the account's has signed.
    pub(crate) fn require_gateway<T>(&self, said: &Verified<T>) -> Result<(), Refusal> {
        let ours = self.gateway.certificates.first();
        let ours = ours.map(|certificate| &certificate.to_be_signed.subject);
        let is_ours = ours == Some(said.signer().leaf().subject());
        if is_ours { Ok(()) } else { Err(Refusal::GatewayAnsweredAnother) }
    }

    /// What travels beside a message to the gateway: also the certificate that the answer is to
    /// be sealed for.
    pub(crate) fn bag<M: Machine>(&self, env: &Env<'_, M>) -> Bag {
        let own = Bag::of(&self.signature);
        env.trust.with_lists(match self.encipherments.first() {
            Some(current) => own.and(current),
            None => own,
        })
    }

    /// Names the gateway's certificate that is sealed for.
    pub(crate) fn gateway_thumb<M: Machine>(&self, env: &Env<'_, M>) -> Option<Thumb> {
        let current = self.gateway.certificates.first()?;
        Some(Thumb::of_certificate(env.suite(), current))
    }

    /// MThumbs: what the gateway need not send, and which of its certificates is sealed for. If it
    /// has a later one, it says so (PEThumb).
    pub(crate) fn known<M: Machine>(
        &self,
        brand: &Brand,
        env: &Env<'_, M>,
    ) -> Result<Option<Thumbs>, Refusal> {
        Ok(env.trust.thumbs_beside(brand, self.gateway_thumb(env))?)
    }

    /// RRTags: names a question to the gateway.
    pub(crate) fn tags(&self, rrpid: Rrpid, now: UnixTime) -> RrTags {
        RrTags {
            rrpid: rrpid.into(),
            mer_term_ids: MerTermIds {
                merchant_id: self.merchant.clone().into(),
                terminal_id: None,
                agent_num: None,
                chain_num: None,
                store_num: None,
            },
            current_date: now.into(),
        }
    }
}
