//! The merchant of a running system: its purchases, its orders, its door.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError, RwLock},
};

use openset_crypto::{Identity, Trust};
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

use super::{
    complaints::Complaints,
    ground::{Ground, Lesson, Party, Role},
    hearing::Hearing,
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
    hearing: Hearing,
    door: Arc<Door>,
}

impl Merchant {
    /// Opens the merchant with the certificates in its folder, for one gateway.
    pub(crate) async fn open(ground: &Ground, gateway: &Identity) -> anyhow::Result<Self> {
        let keys = ground.keys(ROLE.folder)?;
        let party = ground.party(ROLE, Lesson::Told, keys.clone()).await?;
        let hearing = Hearing::of(ground, &party, keys.clone(), ROLE.name);
        let upkeep = upkeep(ground, &party, keys.clone()).await?;
        let credentials = upkeep.credentials();
        let signer = Arc::new(RwLock::new(credentials.signature.clone()));
        let complaints = Complaints {
            identity: Arc::clone(&signer),
            keys,
            trust: Arc::clone(party.shell.trust()),
            letterhead: ground.letterhead(),
        };
        let standing = Counter { ground: ground.clone(), trust: Arc::clone(party.shell.trust()) };
        let first = standing.standing(&credentials, gateway);
        let purchases = Driver::new(Arc::clone(&party.shell), first, NoDesk);
        let door = Door::new(Arc::clone(&party.shell), complaints.complaint())
            .with(&["PInitReq", "PReq", "InqReq"], &purchases);
        let orders = Orders::new(Arc::clone(&party.store), Arc::clone(&ground.clock));
        upkeep.on_look({
            let purchases = purchases.clone();
            let in_use = Mutex::new((credentials.keys(), gateway.key));
            move |credentials| {
                // Another process may serve the gateway: its folder says which certificate it uses.
                let papers = standing.ground.papers(super::gateway::ROLE.folder);
                let gateway = papers.take(papers::ENCIPHERMENT)?;
                let mut in_use = in_use.lock().unwrap_or_else(PoisonError::into_inner);
                let now = (credentials.keys(), gateway.key);
                if *in_use != now {
                    purchases.stand(standing.standing(credentials, &gateway));
                    let mut signer = signer.write().unwrap_or_else(PoisonError::into_inner);
                    *signer = credentials.signature.clone();
                    *in_use = now;
                }
                Ok(())
            }
        });
        Ok(Self { party, purchases, orders, upkeep, hearing, door: Arc::new(door) })
    }

    /// The certificate that signs its answers.
    pub(crate) fn signature(&self) -> Identity {
        self.upkeep.credentials().signature
    }

    /// Begins to remember what is due.
    pub(crate) async fn start(&self, stop: &Stop) -> anyhow::Result<Vec<Reminder>> {
        let mut reminders = vec![self.purchases.start(stop.clone()).await?];
        reminders.extend(self.upkeep.start(stop).await?);
        Ok(reminders)
    }

    /// `POST /set`.
    pub(crate) fn endpoint(&self) -> axum::Router {
        set_endpoint(&[Media::Payment], Arc::clone(&self.door) as _).merge(self.hearing.endpoint())
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

/// What a merchant is besides its certificates and its gateway's.
struct Counter {
    ground: Ground,
    trust: Arc<Trust>,
}

impl Counter {
    /// Who the merchant is, by its certificates, for one gateway.
    fn standing(&self, credentials: &Credentials, gateway: &Identity) -> merchant::Standing {
        let account = merchant::Account {
            merchant: cast::merchant_id(),
            category: cast::category(),
            signature: credentials.signature.clone(),
            encipherments: credentials.encipherments.clone(),
            gateway: self.trust.bag(gateway),
        };
        merchant::Standing {
            accounts: BTreeMap::from([(self.ground.brand.clone(), account)]),
            letterhead: self.ground.letterhead(),
            acceptance: self.ground.acceptance(),
            answer_within_s: ANSWER_WITHIN_S,
        }
    }
}
