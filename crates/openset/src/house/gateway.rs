//! The payment gateway of a running system: its three machines, its door, its links to the banks.

use std::sync::{Arc, Mutex, PoisonError, RwLock};

use openset_node::{
    driver::{Door, Driver, Reminder},
    http::{Media, set_endpoint},
    keys::KeyHolder,
    link::{Link, LinkTerms},
    shutdown::Stop,
};
use openset_protocol::gateway::{
    self,
    authorization::GatewayAuthorization,
    capture::GatewayCapture,
    refund::GatewayRefund,
    registration::{Gateway as Applicant, Names},
};
use openset_types::Bin;

use super::{
    complaints::Complaints,
    ground::{Ground, Lesson, Party, Role},
    hearing::Hearing,
    links::{AcquirerDesk, IssuerDesk},
    upkeep::{Credentials, Upkeep},
};
use crate::demo::cast;

pub(crate) const ROLE: Role = Role { folder: "gateway", name: "gateway", clients: "merchant" };

/// How long an authorization can be captured: a day less than the issuer holds the money.
const CAPTURABLE_S: i64 = 6 * 86_400;

/// How long after its authorization a capture can be reversed.
const REVERSIBLE_S: i64 = 30 * 86_400;

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

impl Banks {
    /// Those of the acquirer's gateway.
    pub(crate) fn of(
        issuer: LinkTerms,
        others: Vec<(Bin, LinkTerms)>,
        acquirer: LinkTerms,
    ) -> Self {
        Self { issuer, others, acquirer, acquirer_bin: cast::acquirer_bin() }
    }
}

/// The gateway.
pub(crate) struct Gateway {
    pub(crate) party: Party,
    pub(crate) authorizations: Driver<GatewayAuthorization>,
    pub(crate) captures: Driver<GatewayCapture>,
    pub(crate) refunds: Driver<GatewayRefund>,
    pub(crate) issuer: Arc<Link>,
    pub(crate) others: Vec<(Bin, Arc<Link>)>,
    pub(crate) acquirer: Arc<Link>,
    pub(crate) upkeep: Arc<Upkeep<Applicant>>,
    hearing: Hearing,
    door: Arc<Door>,
}

impl Gateway {
    /// Opens the gateway with the certificates in its folder.
    pub(crate) async fn open(ground: &Ground, banks: &Banks, stop: &Stop) -> anyhow::Result<Self> {
        let keys = ground.keys(ROLE.folder)?;
        let party = ground.party(ROLE, Lesson::Told, keys.clone()).await?;
        let hearing = Hearing::of(ground, &party, keys.clone(), ROLE.name);
        let upkeep = upkeep(ground, &party, keys.clone(), banks.acquirer_bin.clone()).await?;
        let credentials = upkeep.credentials();
        let signer = Arc::new(RwLock::new(credentials.signature.clone()));
        let complaints = Complaints {
            identity: {
                let signer = Arc::clone(&signer);
                Box::new(move |_| signer.read().unwrap_or_else(PoisonError::into_inner).clone())
            },
            keys,
            trust: Arc::clone(party.shell.trust()),
            letterhead: ground.letterhead(),
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
        let authorizations =
            Driver::new(Arc::clone(&party.shell), standing(ground, &credentials), asks);
        let own = || standing(ground, &credentials);
        let captures = Driver::new(Arc::clone(&party.shell), own(), tells.clone());
        let refunds = Driver::new(Arc::clone(&party.shell), own(), tells);
        let door = Door::new(Arc::clone(&party.shell), complaints.complaint())
            .with(&["AuthReq", "AuthRevReq"], &authorizations)
            .with(&["CapReq"], &captures)
            .with(&["CapRevReq", "CredReq", "CredRevReq"], &refunds);
        let door = Arc::new(door);
        upkeep.on_look({
            let (ground, first) = (ground.clone(), credentials.keys());
            let drivers = (authorizations.clone(), captures.clone(), refunds.clone());
            let in_use = Mutex::new(first);
            move |credentials| {
                let mut in_use = in_use.lock().unwrap_or_else(PoisonError::into_inner);
                if *in_use != credentials.keys() {
                    drivers.0.stand(standing(&ground, credentials));
                    drivers.1.stand(standing(&ground, credentials));
                    drivers.2.stand(standing(&ground, credentials));
                    let mut signer = signer.write().unwrap_or_else(PoisonError::into_inner);
                    *signer = credentials.signature.clone();
                    *in_use = credentials.keys();
                }
                Ok(())
            }
        });
        Ok(Self {
            party,
            authorizations,
            captures,
            refunds,
            issuer,
            others,
            acquirer,
            upkeep,
            hearing,
            door,
        })
    }

    /// The link to the issuer of a card.
    pub(crate) fn link_to(&self, bin: &Bin) -> &Arc<Link> {
        let found = self.others.iter().find(|(known, _)| known == bin);
        found.map_or(&self.issuer, |(_, link)| link)
    }

    /// Begins to remember what is due.
    pub(crate) async fn start(&self, stop: &Stop) -> anyhow::Result<Vec<Reminder>> {
        let mut reminders = vec![
            self.authorizations.start(stop.clone()).await?,
            self.captures.start(stop.clone()).await?,
            self.refunds.start(stop.clone()).await?,
        ];
        reminders.extend(self.upkeep.start(stop).await?);
        Ok(reminders)
    }

    /// `POST /set`.
    pub(crate) fn endpoint(&self) -> axum::Router {
        set_endpoint(&[Media::Payment], Arc::clone(&self.door) as _).merge(self.hearing.endpoint())
    }
}

/// Keeps the certificates of the gateway in a folder current.
pub(crate) async fn upkeep(
    ground: &Ground,
    party: &Party,
    keys: Arc<dyn KeyHolder>,
    acquirer: Bin,
) -> anyhow::Result<Arc<Upkeep<Applicant>>> {
    let names = Names { acquirer, business: None };
    Upkeep::open(ground, (ROLE, party), keys, names, cast::ACQUIRER).await
}

/// Who the gateway is, by its certificates.
fn standing(ground: &Ground, credentials: &Credentials) -> gateway::Standing {
    gateway::Standing {
        brand: ground.brand.clone(),
        signature: credentials.signature.clone(),
        encipherments: credentials.encipherments.clone(),
        letterhead: ground.letterhead(),
        acceptance: ground.acceptance(),
        authorization_lasts_s: CAPTURABLE_S,
        captures_kept_s: REVERSIBLE_S,
    }
}
