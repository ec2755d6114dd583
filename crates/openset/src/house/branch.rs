//! A further bank of a running system: what it has of its own, and the system as it sees it.
//!
//! What the banks of a brand share - shop, gateway, acquirer, the other authorities - is opened
//! once, by [`System`]. A bank of the second brand comes with the gateway and all the authorities
//! of that brand: a gateway serves one brand, and whoever serves two is two gateways.

use std::{
    net::{Ipv4Addr, SocketAddr},
    path::Path,
    sync::Arc,
};

use openset_crypto::{Authority as Kind, vault::Cost};
use openset_node::{banks::IssuerHost, link::LinkTerms, shutdown::Stop};
use openset_protocol::role::Lookup;
use openset_types::{Bin, Xid};

use super::{
    authority::{self, Authority},
    banks::{self, Bank, Counter, Mailbox},
    first_start,
    gateway::{Banks, Gateway},
    ground::Ground,
    running::Running,
    seal::FileSeal,
    system::System,
    wallet::Wallet,
};
use crate::demo::cast;

/// What a further bank has of its own, before its wallet is opened.
pub(super) struct Branch {
    pub(super) ground: Ground,
    issuer: Bank<IssuerHost>,
    asked: LinkTerms,
    /// Its own authority first.
    authorities: Vec<Arc<Authority>>,
    /// That of its brand, unless the first brand is its own.
    gateway: Option<Arc<Gateway>>,
}

impl Branch {
    /// Where the acquirer posts its clearing files.
    fn mailbox(&self, at: SocketAddr, data: &Path) -> anyhow::Result<Mailbox> {
        let bank = self.ground.bank;
        let url = format!("{}/clearing", bank.issuer.origin(at));
        Ok(Mailbox { issuer: bank.bin(), url, seal: FileSeal::to_issuer(data, bank)? })
    }

    /// Where the gateway asks about its cards.
    pub(super) fn link(&self) -> (Bin, LinkTerms) {
        (self.ground.bank.bin(), self.asked.clone())
    }
}

/// Where the acquirer asks each bank at the end of a day, its own issuer first.
pub(super) fn issuers(
    own: (Bin, LinkTerms),
    branches: &[&Option<Branch>],
) -> Vec<(Bin, LinkTerms)> {
    let further = branches.iter().filter_map(|branch| branch.as_ref());
    [own].into_iter().chain(further.map(Branch::link)).collect()
}

/// Where the acquirer posts the clearing files of each bank.
pub(super) fn mailboxes(
    own: Mailbox,
    branches: &[&Option<Branch>],
    at: SocketAddr,
    data: &Path,
) -> anyhow::Result<Vec<Mailbox>> {
    let further = branches.iter().filter_map(|branch| branch.as_ref());
    let further = further.map(|branch| branch.mailbox(at, data));
    [Ok(own)].into_iter().chain(further).collect()
}

impl Running {
    /// Opens the second bank: its host and its authority. A folder that was made before there was
    /// one has none.
    pub(super) async fn branch(
        &mut self,
        ground: &Ground,
        beside: &Counter,
        stop: &Stop,
    ) -> anyhow::Result<Option<Branch>> {
        let bank = &cast::SECOND;
        if !bank.is_in(&ground.data) {
            return Ok(None);
        }
        self.bank(Ground { bank, ..ground.clone() }, beside, stop).await.map(Some)
    }

    /// Opens the second brand, if there is one: its bank, its other authorities, its gateway.
    pub(super) async fn other_brand(
        &mut self,
        ground: Option<&Ground>,
        beside: &Counter,
        acquirer: &LinkTerms,
        stop: &Stop,
    ) -> anyhow::Result<Option<Branch>> {
        let Some(ground) = ground else { return Ok(None) };
        let opened = self.brand(ground, beside, acquirer, stop).await;
        first_start::require_opened(&ground.data, opened).map(Some)
    }

    async fn brand(
        &mut self,
        ground: &Ground,
        beside: &Counter,
        acquirer: &LinkTerms,
        stop: &Stop,
    ) -> anyhow::Result<Branch> {
        let mut branch = self.bank(ground.clone(), beside, stop).await?;
        for kind in [Kind::Merchant, Kind::Gateway] {
            let authority = Arc::new(authority::of_acquirer(ground, kind).await?);
            self.take_up(ground, &authority, stop).await?;
            branch.authorities.push(authority);
        }
        let issuer = (branch.asked.clone(), Some(branch.ground.bank.bin()));
        let banks = Banks::of(issuer, Vec::new(), acquirer.clone());
        branch.gateway = Some(Arc::new(Gateway::open(ground, &banks, stop).await?));
        Ok(branch)
    }

    /// Opens what the second bank sees of the system, and the bank of the second brand.
    pub(super) async fn show(
        &mut self,
        system: &mut System,
        [second, other]: [Option<Branch>; 2],
        cost: Cost,
        stop: &Stop,
    ) -> anyhow::Result<()> {
        if let Some(branch) = second {
            system.second = Some(self.show_to(system, branch, cost, stop).await?);
        }
        if let Some(branch) = other {
            let other = self.show_to(system, branch, cost, stop).await?;
            self.attend_brand(&other, stop).await?;
            system.other_brand = Some(other);
        }
        Ok(())
    }

    /// Opens the wallet of a further bank, and so its view of the system.
    async fn show_to(
        &mut self,
        system: &System,
        branch: Branch,
        cost: Cost,
        stop: &Stop,
    ) -> anyhow::Result<Arc<System>> {
        let view = system.seen_by(branch, cost).await?;
        self.hold(&view.wallet, &view.ground, stop).await?;
        Ok(Arc::new(view))
    }

    async fn bank(
        &mut self,
        ground: Ground,
        beside: &Counter,
        stop: &Stop,
    ) -> anyhow::Result<Branch> {
        let counter = Counter { at: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)), ..beside.clone() };
        let issuer =
            banks::issuer(&ground.data, ground.bank, (&ground.clock, &ground.stores)).await?;
        let asked = self.listen(Arc::clone(&issuer.host) as _, &counter, stop).await?;
        self.tasks.push(tokio::spawn(Arc::clone(&issuer.host).keep_house(stop.clone())));
        let authority = Arc::new(authority::of_cardholders(&ground, &asked, stop).await?);
        self.take_up(&ground, &authority, stop).await?;
        Ok(Branch { ground, issuer, asked, authorities: vec![authority], gateway: None })
    }
}

impl System {
    /// The same system, as another bank and its cardholders see it.
    async fn seen_by(&self, branch: Branch, cost: Cost) -> anyhow::Result<Self> {
        let Branch { ground, issuer, mut authorities, gateway, .. } = branch;
        let wallet = Arc::new(Wallet::open(&ground, cost).await?);
        let seal = FileSeal::to_issuer(&self.ground.data, ground.bank)?;
        if gateway.is_none() {
            let shared = self.authorities.iter().filter(|one| one.seat.kind != Kind::Cardholder);
            authorities.extend(shared.cloned());
        }
        Ok(Self {
            ground,
            at: self.at,
            issuer,
            acquirer: self.acquirer.clone(),
            authorities,
            gateway: gateway.unwrap_or_else(|| Arc::clone(&self.gateway)),
            merchant: Arc::clone(&self.merchant),
            issuers: Arc::clone(&self.issuers),
            statements: self.statements.clone(),
            wallet,
            second: None,
            other_brand: None,
            mailboxes: self.mailboxes.clone(),
            seal,
            statement_seal: self.statement_seal.clone(),
        })
    }

    /// Where the wallet of this view is.
    pub(crate) fn wallet_origin(&self) -> String {
        self.ground.bank.wallet.origin(self.at)
    }

    /// This view, that of the second bank, and that of the second brand.
    pub(crate) fn views(&self) -> impl Iterator<Item = &Self> {
        self.brands().flat_map(|brand| [brand].into_iter().chain(brand.second.as_deref()))
    }

    /// A view of each brand: this one, and that of the second brand.
    pub(crate) fn brands(&self) -> impl Iterator<Item = &Self> {
        [self].into_iter().chain(self.other_brand.as_deref())
    }

    /// Every authority of this view's brand once: what its banks share, and what each has of its
    /// own.
    pub(crate) fn offices(&self) -> impl Iterator<Item = &Arc<Authority>> {
        let second = self.second.iter().flat_map(|second| second.authorities.first());
        self.authorities.iter().chain(second)
    }

    /// The view of the bank whose wallet has begun a purchase; this one if none has.
    pub(crate) async fn view_of(&self, xid: Xid) -> anyhow::Result<&Self> {
        for view in self.views() {
            let at = Lookup::Alias(xid.as_bytes().to_vec());
            if view.wallet.purchases.state(&at).await?.is_some() {
                return Ok(view);
            }
        }
        Ok(self)
    }
}
