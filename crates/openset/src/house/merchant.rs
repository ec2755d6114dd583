//! The merchant of a running system: its purchases, its orders, its door.

use std::{collections::BTreeMap, sync::Arc};

use anyhow::Context;
use openset_crypto::Identity;
use openset_node::{
    driver::{Door, Driver, NoDesk, Reminder},
    http::{Media, set_endpoint},
    shutdown::Stop,
};
use openset_protocol::merchant::{self, purchase::MerchantPurchase};

use super::{
    complaints::Complaints,
    ground::{Ground, Lesson, Party, Role},
    hearing::Hearing,
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
    /// The certificate that signs its answers.
    pub(crate) signature: Identity,
    hearing: Hearing,
    door: Arc<Door>,
}

impl Merchant {
    /// Opens the merchant with the certificates in its folder, for one gateway.
    pub(crate) async fn open(ground: &Ground, gateway: &Identity) -> anyhow::Result<Self> {
        let keys = ground.keys(ROLE.folder)?;
        let party = ground.party(ROLE, Lesson::Told, keys.clone()).await?;
        let hearing = Hearing::of(ground, &party, keys.clone(), ROLE.name);
        let papers = ground.papers(ROLE.folder);
        let signature = papers.take(papers::SIGNATURE).context("the merchant is not enrolled")?;
        let account = merchant::Account {
            merchant: cast::merchant_id(),
            category: cast::category(),
            signature: signature.clone(),
            encipherments: vec![papers.take(papers::ENCIPHERMENT)?],
            gateway: party.shell.trust().bag(gateway),
        };
        let standing = merchant::Standing {
            accounts: BTreeMap::from([(ground.brand.clone(), account)]),
            letterhead: ground.letterhead(),
            acceptance: ground.acceptance(),
            answer_within_s: ANSWER_WITHIN_S,
        };
        let complaints = Complaints {
            identity: signature.clone(),
            keys,
            trust: Arc::clone(party.shell.trust()),
            letterhead: ground.letterhead(),
        };
        let purchases = Driver::new(Arc::clone(&party.shell), standing, NoDesk);
        let door = Door::new(Arc::clone(&party.shell), complaints.complaint())
            .with(&["PInitReq", "PReq", "InqReq"], &purchases);
        let orders = Orders::new(Arc::clone(&party.store), Arc::clone(&ground.clock));
        Ok(Self { party, purchases, orders, signature, hearing, door: Arc::new(door) })
    }

    /// Begins to remember what is due.
    pub(crate) async fn start(&self, stop: &Stop) -> anyhow::Result<Vec<Reminder>> {
        Ok(vec![self.purchases.start(stop.clone()).await?])
    }

    /// `POST /set`.
    pub(crate) fn endpoint(&self) -> axum::Router {
        set_endpoint(&[Media::Payment], Arc::clone(&self.door) as _).merge(self.hearing.endpoint())
    }
}
