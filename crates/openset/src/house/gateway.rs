//! The payment gateway of a running system: its two machines, its door, its links to the banks.

use std::sync::Arc;

use anyhow::Context;
use openset_node::{
    driver::{Door, Driver, Reminder},
    http::{Media, set_endpoint},
    link::{Link, LinkTerms},
    shutdown::Stop,
};
use openset_protocol::gateway::{
    self, authorization::GatewayAuthorization, capture::GatewayCapture,
};
use openset_types::Bin;

use super::{
    complaints::Complaints,
    ground::{Ground, Lesson, Party, Role},
    hearing::Hearing,
    links::{AcquirerDesk, IssuerDesk},
};
use crate::ceremony::papers;

pub(crate) const ROLE: Role = Role { folder: "gateway", name: "gateway", clients: "merchant" };

/// How long an authorization can be captured: a day less than the issuer holds the money.
const CAPTURABLE_S: i64 = 6 * 86_400;

/// Where the banks of a gateway are.
#[derive(Debug, Clone)]
pub(crate) struct Banks {
    /// The issuer of every card whose bank is not among the others.
    pub(crate) issuer: LinkTerms,
    /// Further issuers, by the first digits of their cards.
    pub(crate) others: Vec<(Bin, LinkTerms)>,
    pub(crate) acquirer: LinkTerms,
    /// On whose behalf the gateway speaks.
    pub(crate) acquirer_bin: Bin,
}

/// The gateway.
pub(crate) struct Gateway {
    pub(crate) party: Party,
    pub(crate) authorizations: Driver<GatewayAuthorization>,
    pub(crate) captures: Driver<GatewayCapture>,
    pub(crate) issuer: Arc<Link>,
    pub(crate) others: Vec<(Bin, Arc<Link>)>,
    pub(crate) acquirer: Arc<Link>,
    hearing: Hearing,
    door: Arc<Door>,
}

impl Gateway {
    /// Opens the gateway with the certificates in its folder.
    pub(crate) async fn open(ground: &Ground, banks: &Banks, stop: &Stop) -> anyhow::Result<Self> {
        let keys = ground.keys(ROLE.folder)?;
        let party = ground.party(ROLE, Lesson::Told, keys.clone()).await?;
        let hearing = Hearing::of(ground, &party, keys.clone(), ROLE.name);
        let papers = ground.papers(ROLE.folder);
        let signature = papers.take(papers::SIGNATURE).context("the gateway is not enrolled")?;
        let complaints = Complaints {
            identity: signature.clone(),
            keys,
            trust: Arc::clone(party.shell.trust()),
            letterhead: ground.letterhead(),
        };
        let standing = || -> anyhow::Result<gateway::Standing> {
            Ok(gateway::Standing {
                brand: ground.brand.clone(),
                signature: signature.clone(),
                encipherments: vec![papers.take(papers::ENCIPHERMENT)?],
                letterhead: ground.letterhead(),
                acceptance: ground.acceptance(),
                authorization_lasts_s: CAPTURABLE_S,
            })
        };
        let link = |terms: &LinkTerms| {
            let late = |answer: &openset_bank::iso8583::Message| {
                tracing::warn!(mti = %answer.mti(), "an answer came too late");
            };
            Arc::new(Link::open(terms.clone(), Arc::clone(&ground.clock), late, stop.clone()))
        };
        let (issuer, acquirer) = (link(&banks.issuer), link(&banks.acquirer));
        let bin = &banks.acquirer_bin;
        let others: Vec<_> =
            banks.others.iter().map(|(issuer, terms)| (issuer.clone(), link(terms))).collect();
        let asks = IssuerDesk::new(Arc::clone(&issuer), bin.clone()).beside(&others);
        let tells = AcquirerDesk { link: Arc::clone(&acquirer), acquirer: bin.clone() };
        let authorizations = Driver::new(Arc::clone(&party.shell), standing()?, asks);
        let captures = Driver::new(Arc::clone(&party.shell), standing()?, tells);
        let door = Door::new(Arc::clone(&party.shell), complaints.complaint())
            .with(&["AuthReq"], &authorizations)
            .with(&["CapReq"], &captures);
        let door = Arc::new(door);
        Ok(Self { party, authorizations, captures, issuer, others, acquirer, hearing, door })
    }

    /// The link to the issuer of a card.
    pub(crate) fn link_to(&self, bin: &Bin) -> &Arc<Link> {
        let found = self.others.iter().find(|(known, _)| known == bin);
        found.map_or(&self.issuer, |(_, link)| link)
    }

    /// Begins to remember what is due.
    pub(crate) async fn start(&self, stop: &Stop) -> anyhow::Result<Vec<Reminder>> {
        let reminders = [
            self.authorizations.start(stop.clone()).await?,
            self.captures.start(stop.clone()).await?,
        ];
        Ok(reminders.into())
    }

    /// `POST /set`.
    pub(crate) fn endpoint(&self) -> axum::Router {
        set_endpoint(&[Media::Payment], Arc::clone(&self.door) as _).merge(self.hearing.endpoint())
    }
}
