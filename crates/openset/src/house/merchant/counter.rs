//! What a merchant is besides its purchases: for each brand its certificates and the gateway's.

use std::{
    collections::BTreeMap,
    path::Path,
    sync::{Arc, PoisonError, RwLock},
};

use openset_crypto::{Bag, Identity, Purpose, Trust, claimed_brand};
use openset_protocol::merchant::{self, registration::Merchant as Applicant};
use openset_types::{Brand, UnixTime};
use openset_wire::{
    payment::{InqReq, PReq},
    wrapper::{Message, MessageWrapper},
};

use super::Branch;
use crate::{
    ceremony::papers,
    demo::cast,
    house::{
        gateway,
        ground::{Ground, Party},
        upkeep::{Credentials, Upkeep},
    },
};

/// How long a cardholder waits for the bank before hearing that the order was received.
const ANSWER_WITHIN_S: i64 = 3;

/// By which certificates the merchant signs and seals, brand by brand.
pub(super) struct Counter {
    ground: Ground,
    trust: Arc<Trust>,
    in_use: RwLock<BTreeMap<Brand, InUse>>,
}

/// What is in use for one brand.
struct InUse {
    credentials: Credentials,
    gateway: Identity,
}

impl InUse {
    fn takes_gateway(&mut self, gateway: Identity) -> bool {
        let issued = |one: &Identity| one.certificate.to_be_signed.validity.not_before.moment();
        let is_later = gateway.key != self.gateway.key && issued(&gateway) >= issued(&self.gateway);
        if is_later {
            self.gateway = gateway;
        }
        is_later
    }
}

impl Counter {
    pub(super) fn open(
        ground: &Ground,
        party: &Party,
        upkeep: &Upkeep<Applicant>,
        gateway: &Identity,
    ) -> anyhow::Result<Self> {
        let (ground, trust) = (ground.clone(), Arc::clone(party.shell.trust()));
        let counter = Self { trust, in_use: RwLock::default(), ground };
        counter.takes_up(&counter.ground.brand, upkeep.credentials(), gateway.clone());
        Ok(counter)
    }

    pub(super) fn beside(self, branches: &[Branch]) -> anyhow::Result<Self> {
        for Branch { ground, upkeep, .. } in branches {
            let papers = ground.papers(gateway::ROLE.folder);
            let gateway = papers.take(papers::ENCIPHERMENT)?;
            self.takes_up(&ground.brand, upkeep.credentials(), gateway);
        }
        Ok(self)
    }

    /// The data folder that the merchant is in.
    pub(super) fn folder(&self) -> &Path {
        &self.ground.data
    }

    /// The brand whose wallets are told first.
    pub(super) fn first(&self) -> &Brand {
        &self.ground.brand
    }

    /// Has these in use for a brand, and seals for this certificate of its gateway.
    fn takes_up(&self, brand: &Brand, credentials: Credentials, gateway: Identity) {
        let mut all = self.in_use.write().unwrap_or_else(PoisonError::into_inner);
        all.insert(brand.clone(), InUse { credentials, gateway });
    }

    /// Has these in use for a brand from now on. Answers whether it had others.
    pub(super) fn renews(&self, brand: &Brand, credentials: &Credentials) -> bool {
        let mut all = self.in_use.write().unwrap_or_else(PoisonError::into_inner);
        let Some(known) = all.get_mut(brand) else { return false };
        let has_others = known.credentials.keys() != credentials.keys();
        if has_others {
            known.credentials = credentials.clone();
        }
        has_others
    }

    /// Seals for this certificate of a brand's gateway from now on, unless a later one is known.
    /// Answers whether it does.
    pub(super) fn takes_gateway(&self, brand: &Brand, gateway: Identity) -> bool {
        let mut all = self.in_use.write().unwrap_or_else(PoisonError::into_inner);
        all.get_mut(brand).is_some_and(|known| known.takes_gateway(gateway))
    }

    /// Looks where the gateway of a brand is introduced, if the one that is known is believed no
    /// more: it may have been certified anew. Answers whether there is another.
    pub(super) fn finds_gateway(&self, ground: &Ground) -> anyhow::Result<bool> {
        if self.believes_gateway(&ground.brand, ground.clock.now()) {
            return Ok(false);
        }
        let introduced = ground.papers(gateway::ROLE.folder).take(papers::ENCIPHERMENT)?;
        Ok(self.takes_gateway(&ground.brand, introduced))
    }

    /// Whether the certificate that is known of a brand's gateway is believed.
    pub(super) fn believes_gateway(&self, brand: &Brand, now: UnixTime) -> bool {
        let all = self.in_use.read().unwrap_or_else(PoisonError::into_inner);
        all.get(brand).is_some_and(|known| {
            let (certificate, bag) = (&known.gateway.certificate, Bag::of(&known.gateway));
            let purpose = Purpose::GatewayEncipherment;
            self.trust.path(certificate, &bag, purpose, Some(brand), now).is_ok()
        })
    }

    /// Who the merchant is, by its certificates, for the gateway of each brand.
    pub(super) fn standing(&self) -> merchant::Standing {
        let all = self.in_use.read().unwrap_or_else(PoisonError::into_inner);
        let account = |in_use: &InUse| merchant::Account {
            merchant: cast::merchant_id(),
            category: cast::category(),
            signature: in_use.credentials.signature.clone(),
            encipherments: in_use.credentials.encipherments.clone(),
            gateway: self.trust.bag(&in_use.gateway),
        };
        merchant::Standing {
            accounts: all.iter().map(|(brand, one)| (brand.clone(), account(one))).collect(),
            letterhead: self.ground.letterhead(),
            acceptance: self.ground.acceptance(),
            answer_within_s: ANSWER_WITHIN_S,
        }
    }

    /// The certificate that signs for a brand; for none, and for one that is not taken, that of the
    /// first.
    pub(super) fn signer(&self, brand: Option<&Brand>) -> Identity {
        let all = self.in_use.read().unwrap_or_else(PoisonError::into_inner);
        let known = brand.and_then(|brand| all.get(brand));
        let first = || all.get(&self.ground.brand).expect("taken up when this was opened");
        known.unwrap_or_else(first).credentials.signature.clone()
    }

    /// The certificate that signs an Error about a request: whoever asked believes its own brand.
    pub(super) fn signer_for(&self, request: &[u8]) -> Identity {
        let brand = match MessageWrapper::decode(request).map(|wrapper| wrapper.message) {
            Ok(Message::PInitReq(request)) => Some(request.brand_id.0),
            Ok(Message::PReq(request)) => match *request {
                PReq::PReqDualSigned(signed) => {
                    Some(signed.oi_dual_signed.t1.value().brand_id.0.clone())
                }
                PReq::PReqUnsigned(sealed) => {
                    Some(sealed.oi_unsigned.t1.value().brand_id.0.clone())
                }
            },
            // An inquiry names no brand; the card that signed it has one.
            Ok(Message::InqReq(request)) => match *request {
                InqReq::InqReqSigned(signed) => claimed_brand(&signed, &self.trust),
                InqReq::InqReqUnsigned(_) => None,
            },
            _ => None,
        };
        self.signer(brand.as_ref())
    }
}
