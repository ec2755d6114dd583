//! The merchant of a running system: its purchases, its orders, its door.

use std::{
    collections::BTreeMap,
    sync::{Arc, PoisonError, RwLock},
};

use openset_crypto::{Identity, Trust, claimed_brand};
use openset_node::{
    driver::{Door, Driver, NoDesk, Reminder},
    http::{Media, set_endpoint},
    keys::KeyHolder,
    shutdown::Stop,
};
use openset_protocol::merchant::{
    self,
    purchase::MerchantPurchase,
    registration::{Merchant as Applicant, Names},
};
use openset_types::Brand;
use openset_wire::{
    payment::{InqReq, PReq},
    wrapper::{Message, MessageWrapper},
};

use tokio::task::JoinHandle;

use super::{
    complaints::Complaints,
    first_start,
    ground::{Ground, Lesson, Party, Role},
    hearing::Hearing,
    payments::Payments,
    several_keys::SeveralKeys,
    upkeep::{Credentials, Upkeep},
};
use crate::{ceremony::papers, demo::cast, shop::orders::Orders};

pub(crate) const ROLE: Role = Role { folder: "merchant", name: "merchant", clients: "cardholder" };

/// How long a cardholder waits for the bank before hearing that the order was received.
const ANSWER_WITHIN_S: i64 = 3;

/// The merchant.
pub(crate) struct Merchant {
    pub(crate) party: Party,
    pub(crate) purchases: Driver<MerchantPurchase>,
    pub(crate) orders: Orders,
    pub(crate) upkeep: Arc<Upkeep<Applicant>>,
    /// What it has for further brands.
    pub(crate) branches: Vec<Branch>,
    counter: Arc<Counter>,
    hearing: Hearing,
    door: Arc<Door>,
}

/// What the merchant has for a further brand, in the brand's folder: certificates, their keys, and
/// the database of their registrations. Its purchases are where all purchases are.
pub(crate) struct Branch {
    pub(crate) ground: Ground,
    pub(crate) party: Party,
    pub(crate) upkeep: Arc<Upkeep<Applicant>>,
}

impl Merchant {
    /// Opens the merchant with the certificates in its folder, for one gateway; and for those of
    /// further brands, each with a ground of its own. The card of each purchase says which
    /// certificates and which gateway it goes by.
    pub(crate) async fn open(
        ground: &Ground,
        gateway: &Identity,
        others: &[Ground],
    ) -> anyhow::Result<Self> {
        let own = ground.keys(ROLE.folder)?;
        let mut holders = vec![Arc::clone(&own)];
        for other in others {
            holders.push(first_start::require_opened(&other.data, other.keys(ROLE.folder))?);
        }
        let keys = Arc::new(SeveralKeys(holders.clone()));
        let party = ground.party_beside(ROLE, Lesson::Told, keys.clone(), others).await?;
        let hearing = Hearing::of(ground, &party, keys.clone(), ROLE.name).beside(others);
        let upkeep = upkeep(ground, &party, own).await?;
        let mut branches = Vec::new();
        for (other, keys) in others.iter().zip(holders.into_iter().skip(1)) {
            let opened = Branch::open(other, keys).await;
            branches.push(first_start::require_opened(&other.data, opened)?);
        }
        let counter = Counter::open(ground, &party, &upkeep, gateway)?.beside(&branches)?;
        let counter = Arc::new(counter);
        let complaints = Complaints {
            identity: {
                let counter = Arc::clone(&counter);
                Box::new(move |refused| counter.signer_for(refused.octets))
            },
            keys,
            trust: Arc::clone(party.shell.trust()),
            letterhead: ground.letterhead(),
        };
        let purchases = Driver::new(Arc::clone(&party.shell), counter.standing(), NoDesk);
        let door = Door::new(Arc::clone(&party.shell), complaints.complaint())
            .with(&["PInitReq", "PReq", "InqReq"], &purchases);
        let orders = Orders::new(Arc::clone(&party.store), Arc::clone(&ground.clock));
        let all = branches.iter().map(|branch| (&branch.ground, &branch.upkeep));
        for (ground, upkeep) in [(ground, &upkeep)].into_iter().chain(all) {
            let (counter, purchases) = (Arc::clone(&counter), purchases.clone());
            let ground = ground.clone();
            upkeep.on_look(move |credentials| {
                // Another process may serve the gateway: its folder says which certificate it uses.
                let papers = ground.papers(super::gateway::ROLE.folder);
                let gateway = papers.take(papers::ENCIPHERMENT)?;
                if counter.takes_up(&ground.brand, credentials, gateway) {
                    purchases.stand(counter.standing());
                }
                Ok(())
            });
        }
        let door = Arc::new(door);
        Ok(Self { party, purchases, orders, upkeep, branches, counter, hearing, door })
    }

    /// The certificate that signs its answers about a brand.
    pub(crate) fn signature(&self, brand: &Brand) -> Identity {
        self.counter.signer(Some(brand))
    }

    /// The brands that it takes, in the order in which wallets are told.
    pub(crate) fn brands(&self) -> Vec<Brand> {
        let first = [self.counter.ground.brand.clone()].into_iter();
        first.chain(self.branches.iter().map(|branch| branch.ground.brand.clone())).collect()
    }

    /// What the shop does about its payments.
    pub(crate) fn payments(&self) -> Payments {
        Payments { purchases: self.purchases.clone(), orders: self.orders.clone() }
    }

    /// Lets those in who take its money and give it up.
    pub(crate) fn open_to_operators(&self, stop: Stop) -> anyhow::Result<JoinHandle<()>> {
        self.payments().open_to_operators(&self.counter.ground.data, stop)
    }

    /// Begins to remember what is due.
    pub(crate) async fn start(&self, stop: &Stop) -> anyhow::Result<Vec<Reminder>> {
        let mut reminders = vec![self.purchases.start(stop.clone()).await?];
        reminders.extend(self.upkeep.start(stop).await?);
        for branch in &self.branches {
            reminders.extend(branch.upkeep.start(stop).await?);
        }
        Ok(reminders)
    }

    /// `POST /set`.
    pub(crate) fn endpoint(&self) -> axum::Router {
        set_endpoint(&[Media::Payment], Arc::clone(&self.door) as _).merge(self.hearing.endpoint())
    }
}

impl Branch {
    async fn open(ground: &Ground, keys: Arc<dyn KeyHolder>) -> anyhow::Result<Self> {
        let party = ground.party(ROLE, Lesson::Told, keys.clone()).await?;
        let upkeep = upkeep(ground, &party, keys).await?;
        Ok(Self { ground: ground.clone(), party, upkeep })
    }
}

/// Keeps the certificates of the merchant in a folder current.
pub(crate) async fn upkeep(
    ground: &Ground,
    party: &Party,
    keys: Arc<dyn KeyHolder>,
) -> anyhow::Result<Arc<Upkeep<Applicant>>> {
    let names = Names { acquirer: cast::acquirer_bin(), merchant: cast::merchant_id() };
    Upkeep::open(ground, (ROLE, party), keys, names, cast::SHOP).await
}

/// What a merchant is besides its purchases: for each brand its certificates and the gateway's.
struct Counter {
    ground: Ground,
    trust: Arc<Trust>,
    in_use: RwLock<BTreeMap<Brand, InUse>>,
}

/// What is in use for one brand.
struct InUse {
    credentials: Credentials,
    gateway: Identity,
}

impl Counter {
    fn open(
        ground: &Ground,
        party: &Party,
        upkeep: &Upkeep<Applicant>,
        gateway: &Identity,
    ) -> anyhow::Result<Self> {
        let (ground, trust) = (ground.clone(), Arc::clone(party.shell.trust()));
        let counter = Self { trust, in_use: RwLock::default(), ground };
        counter.takes_up(&counter.ground.brand, &upkeep.credentials(), gateway.clone());
        Ok(counter)
    }

    fn beside(self, branches: &[Branch]) -> anyhow::Result<Self> {
        for Branch { ground, upkeep, .. } in branches {
            let papers = ground.papers(super::gateway::ROLE.folder);
            let gateway = papers.take(papers::ENCIPHERMENT)?;
            self.takes_up(&ground.brand, &upkeep.credentials(), gateway);
        }
        Ok(self)
    }

    /// Has these in use for a brand from now on; answers whether it had others.
    fn takes_up(&self, brand: &Brand, credentials: &Credentials, gateway: Identity) -> bool {
        let mut all = self.in_use.write().unwrap_or_else(PoisonError::into_inner);
        let is_known = all.get(brand).is_some_and(|known| {
            known.credentials.keys() == credentials.keys() && known.gateway.key == gateway.key
        });
        if !is_known {
            all.insert(brand.clone(), InUse { credentials: credentials.clone(), gateway });
        }
        !is_known
    }

    /// Who the merchant is, by its certificates, for the gateway of each brand.
    fn standing(&self) -> merchant::Standing {
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
    fn signer(&self, brand: Option<&Brand>) -> Identity {
        let all = self.in_use.read().unwrap_or_else(PoisonError::into_inner);
        let known = brand.and_then(|brand| all.get(brand));
        let first = || all.get(&self.ground.brand).expect("taken up when this was opened");
        known.unwrap_or_else(first).credentials.signature.clone()
    }

    /// The certificate that signs an Error about a request: whoever asked believes its own brand.
    fn signer_for(&self, request: &[u8]) -> Identity {
        let brand = match MessageWrapper::decode(request).map(|wrapper| wrapper.message) {
            Ok(Message::PInitReq(request)) => Some(request.brand_id.0),
            Ok(Message::PReq(request)) => match *request {
                PReq::PReqDualSigned(signed) => {
                    Some(signed.oi_dual_signed.t1.value().brand_id.0.clone())
                }
                PReq::PReqUnsigned(_) => None,
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
