//! The merchant of a running system: its purchases, its orders, its door.

mod bell;
mod counter;
mod gateways;

use std::sync::Arc;

use openset_crypto::Identity;
use openset_node::{
    driver::{Door, Driver, Reminder},
    http::{Media, set_endpoint},
    keys::KeyHolder,
    shutdown::Stop,
};
use openset_protocol::merchant::{
    purchase::MerchantPurchase,
    registration::{Merchant as Applicant, Names},
};
use openset_types::Brand;
use tokio::task::JoinHandle;

use self::{counter::Counter, gateways::Gateways};
use super::{
    batches::Batches,
    complaints::Complaints,
    first_start,
    ground::{Ground, Lesson, Party, Role},
    hearing::Hearing,
    payments::Payments,
    several_keys::SeveralKeys,
    upkeep::Upkeep,
};
use crate::{demo::cast, shop::orders::Orders};

pub(crate) const ROLE: Role = Role { folder: "merchant", name: "merchant", clients: "cardholder" };

/// The merchant.
pub(crate) struct Merchant {
    pub(crate) party: Party,
    pub(crate) purchases: Driver<MerchantPurchase>,
    pub(crate) orders: Orders,
    pub(crate) upkeep: Arc<Upkeep<Applicant>>,
    /// What it has for further brands.
    pub(crate) branches: Vec<Branch>,
    gateways: Arc<Gateways>,
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
        let gateways = Gateways::of(&party, &counter, Arc::clone(&ground.clock));
        let purchases = gateways.purchases().clone();
        let door = Door::new(Arc::clone(&party.shell), complaints.complaint())
            .with(&["PInitReq", "PReq", "InqReq"], &purchases)
            .turning_away(&["PInitReq", "PReq"], ground.crowd);
        let orders = Orders::new(Arc::clone(&party.store), Arc::clone(&ground.clock));
        let all = branches.iter().map(|branch| (&branch.ground, &branch.upkeep));
        for (ground, upkeep) in [(ground, &upkeep)].into_iter().chain(all) {
            let (counter, gateways) = (Arc::clone(&counter), Arc::clone(&gateways));
            let ground = ground.clone();
            upkeep.on_look(move |credentials| {
                if counter.renews(&ground.brand, credentials) | counter.finds_gateway(&ground)? {
                    gateways.stand();
                }
                Ok(())
            });
        }
        let door = Arc::new(door);
        Ok(Self { party, purchases, orders, upkeep, branches, gateways, counter, hearing, door })
    }

    /// The certificate that signs its answers about a brand.
    pub(crate) fn signature(&self, brand: &Brand) -> Identity {
        self.counter.signer(Some(brand))
    }

    /// The brands that it takes, in the order in which wallets are told.
    pub(crate) fn brands(&self) -> Vec<Brand> {
        let first = [self.counter.first().clone()].into_iter();
        first.chain(self.branches.iter().map(|branch| branch.ground.brand.clone())).collect()
    }

    /// What the shop does about its payments.
    pub(crate) fn payments(&self) -> Payments {
        Payments { purchases: self.purchases.clone(), orders: self.orders.clone() }
    }

    /// What the shop does about its batches.
    pub(crate) fn batches(&self) -> Batches {
        let (batches, purchases) = (self.gateways.batches().clone(), self.purchases.clone());
        Batches { batches, purchases, brands: self.brands() }
    }

    /// Lets those in who take its money and give it up, and who open and close its batches.
    pub(crate) fn open_to_operators(&self, stop: &Stop) -> anyhow::Result<[JoinHandle<()>; 2]> {
        let folder = self.counter.folder();
        Ok([
            self.payments().open_to_operators(folder, stop.clone())?,
            self.batches().open_to_operators(folder, stop.clone())?,
        ])
    }

    /// Begins to remember what is due.
    pub(crate) async fn start(&self, stop: &Stop) -> anyhow::Result<Vec<Reminder>> {
        let mut reminders = vec![self.purchases.start(stop.clone()).await?];
        reminders.extend(self.gateways.start(self.brands(), stop).await?);
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
