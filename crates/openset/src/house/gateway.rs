//! The payment gateway of a running system: its machines, its door, its links to the banks.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, PoisonError, RwLock},
};

use openset_crypto::Identity;
use openset_node::{
    driver::{Door, Driver, NoDesk, Reminder},
    http::{Media, Remark, set_endpoint},
    keys::KeyHolder,
    link::{Link, LinkTerms},
    shutdown::Stop,
};
use openset_protocol::{
    gateway::{
        self,
        authorization::GatewayAuthorization,
        batch::GatewayBatch,
        capture::GatewayCapture,
        certificates::GatewayCertificates,
        refund::GatewayRefund,
        registration::{Gateway as Applicant, Names},
    },
    role::Machine,
};
use openset_types::Bin;

use super::{
    complaints::Complaints,
    ground::{Ground, Lesson, Party, Role},
    hearing::Hearing,
    links::{AcquirerDesk, BatchDesk, IssuerDesk, standing},
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
    /// The first digits of that issuer's cards, where every card of another bank is foreign.
    pub(crate) issuer_bin: Option<Bin>,
    /// Further issuers, by the first digits of their cards.
    pub(crate) others: Vec<(Bin, LinkTerms)>,
    pub(crate) acquirer: LinkTerms,
    /// On whose behalf the gateway speaks.
    pub(crate) acquirer_bin: Bin,
}

impl Banks {
    /// Those of the acquirer's gateway.
    pub(crate) fn of(
        (issuer, issuer_bin): (LinkTerms, Option<Bin>),
        others: Vec<(Bin, LinkTerms)>,
        acquirer: LinkTerms,
    ) -> Self {
        Self { issuer, issuer_bin, others, acquirer, acquirer_bin: cast::acquirer_bin() }
    }

    /// The first digits of the cards that are good for something here; none if all may be.
    fn bins(&self) -> BTreeSet<Bin> {
        let Some(first) = self.issuer_bin.clone() else { return BTreeSet::new() };
        self.others.iter().map(|(bin, _)| bin.clone()).chain([first]).collect()
    }
}

/// The gateway.
pub(crate) struct Gateway {
    pub(crate) party: Party,
    pub(crate) authorizations: Driver<GatewayAuthorization>,
    pub(crate) captures: Driver<GatewayCapture>,
    pub(crate) refunds: Driver<GatewayRefund>,
    pub(crate) batches: Driver<GatewayBatch>,
    certificates: Driver<GatewayCertificates>,
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
        let own = || standing(ground, banks, &credentials);
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
        let link = |terms: &LinkTerms| link(ground, terms, stop);
        let (issuer, acquirer) = (link(&banks.issuer), link(&banks.acquirer));
        let others = Vec::from_iter(banks.others.iter().map(|(of, at)| (of.clone(), link(at))));
        let tells = AcquirerDesk::at(&acquirer, &banks.acquirer_bin);
        let asks = IssuerDesk::new(Arc::clone(&issuer), tells.clone()).beside(&others);
        let authorizations = Driver::new(Arc::clone(&party.shell), own(), asks);
        let captures = Driver::new(Arc::clone(&party.shell), own(), tells.clone());
        let refunds = Driver::new(Arc::clone(&party.shell), own(), tells.clone());
        let batches = batches(&party, own(), tells, &authorizations, (&captures, &refunds));
        let certificates = Driver::new(Arc::clone(&party.shell), own(), NoDesk);
        let door = Door::new(Arc::clone(&party.shell), complaints.complaint())
            .with(&["AuthReq", "AuthRevReq"], &authorizations)
            .with(&["CapReq"], &captures)
            .with(&["CapRevReq", "CredReq", "CredRevReq"], &refunds)
            .with(&["BatchAdminReq"], &batches)
            .with(&["PCertReq"], &certificates)
            .turning_away(&["AuthReq"], ground.crowd);
        let all = [
            stands((ground, banks), &authorizations),
            stands((ground, banks), &captures),
            stands((ground, banks), &refunds),
            stands((ground, banks), &batches),
            stands((ground, banks), &certificates),
        ];
        upkeep.on_look(takes_up(all, signer, &credentials));
        Ok(Self {
            party,
            authorizations,
            captures,
            refunds,
            batches,
            certificates,
            issuer,
            others,
            acquirer,
            upkeep,
            hearing,
            door: Arc::new(door),
        })
    }

    /// The link to the issuer of a card.
    pub(crate) fn link_to(&self, bin: &Bin) -> &Arc<Link> {
        let found = self.others.iter().find(|(known, _)| known == bin);
        found.map_or(&self.issuer, |(_, link)| link)
    }

    /// What `/readyz` says of its links to the banks.
    pub(crate) fn links_remark(&self) -> Remark {
        standing::remark(self)
    }

    /// Begins to remember what is due.
    pub(crate) async fn start(&self, stop: &Stop) -> anyhow::Result<Vec<Reminder>> {
        let mut reminders = vec![
            self.authorizations.start(stop.clone()).await?,
            self.captures.start(stop.clone()).await?,
            self.refunds.start(stop.clone()).await?,
            self.batches.start(stop.clone()).await?,
            self.certificates.start(stop.clone()).await?,
        ];
        reminders.extend(self.upkeep.start(stop).await?);
        Ok(reminders)
    }

    /// `POST /set`.
    pub(crate) fn endpoint(&self) -> axum::Router {
        set_endpoint(&[Media::Payment], Arc::clone(&self.door) as _).merge(self.hearing.endpoint())
    }
}

/// Has everybody stand by newer certificates, once there are some.
fn takes_up(
    all: [Stands; 5],
    signer: Arc<RwLock<Identity>>,
    first: &Credentials,
) -> impl Fn(&Credentials) -> anyhow::Result<()> + Send + Sync + use<> {
    let in_use = Mutex::new(first.keys());
    move |credentials| {
        let mut in_use = in_use.lock().unwrap_or_else(PoisonError::into_inner);
        if *in_use != credentials.keys() {
            all.iter().for_each(|stand| stand(credentials));
            let mut signer = signer.write().unwrap_or_else(PoisonError::into_inner);
            *signer = credentials.signature.clone();
            *in_use = credentials.keys();
        }
        Ok(())
    }
}

/// The machine of batches, which finds the purchases of their items in the others.
fn batches(
    party: &Party,
    own: gateway::Standing,
    tells: AcquirerDesk,
    authorizations: &Driver<GatewayAuthorization>,
    (captures, refunds): (&Driver<GatewayCapture>, &Driver<GatewayRefund>),
) -> Driver<GatewayBatch> {
    let (store, captures) = (Arc::clone(&party.store), captures.clone());
    let (authorizations, refunds) = (authorizations.clone(), refunds.clone());
    let desk = BatchDesk { tells, store, authorizations, captures, refunds };
    Driver::new(Arc::clone(&party.shell), own, desk)
}

/// A link to a bank, kept up until the gateway stops.
fn link(ground: &Ground, terms: &LinkTerms, stop: &Stop) -> Arc<Link> {
    let late = |answer: &openset_bank::iso8583::Message| {
        tracing::warn!(mti = %answer.mti(), "an answer came too late");
    };
    Arc::new(Link::open(terms.clone(), Arc::clone(&ground.clock), late, stop.clone()))
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

/// How a machine of the gateway is told of newer certificates.
type Stands = Box<dyn Fn(&Credentials) + Send + Sync>;

fn stands<M>((ground, banks): (&Ground, &Banks), driver: &Driver<M>) -> Stands
where
    M: Machine<Standing = gateway::Standing>,
{
    let (ground, banks, driver) = (ground.clone(), banks.clone(), driver.clone());
    Box::new(move |credentials| driver.stand(standing(&ground, &banks, credentials)))
}

/// Who the gateway is, by its certificates.
fn standing(ground: &Ground, banks: &Banks, credentials: &Credentials) -> gateway::Standing {
    gateway::Standing {
        brand: ground.brand.clone(),
        bins: banks.bins(),
        signature: credentials.signature.clone(),
        encipherments: credentials.encipherments.clone(),
        letterhead: ground.letterhead(),
        acceptance: ground.acceptance(),
        authorization_lasts_s: CAPTURABLE_S,
        captures_kept_s: REVERSIBLE_S,
        policies: ground.policies.clone(),
    }
}
