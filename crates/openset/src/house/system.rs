//! A whole system in one process: every party in its own folder, all of them behind one port.
//!
//! ```text
//! first start:  ceremony ─▶ the authorities answer ─▶ gateway and merchant enrol ─▶ ready
//! every start:  banks listen ─▶ parties open ─▶ sites are served ─▶ ... ─▶ settle, stop
//! ```

use std::{net::SocketAddr, sync::Arc};

use anyhow::Context;
use openset_crypto::{Suite, vault::Cost};
use openset_node::{
    banks::{AcquirerHost, ClearingRun, IssuerHost},
    clock::{Clock, SystemClock},
    http::Limits,
    link::{LinkTerms, Tap},
    store::Store,
};
use openset_protocol::gateway::Policies;
use openset_types::Bin;

use super::{
    authority::Authority,
    banks::{self, Bank, Counter, FeeTerms, FilesByHttp, Mailbox},
    branch::{self, Branch},
    counter::{self, Issuers},
    files::{self, Statements},
    gateway::{Banks, Gateway},
    ground::{self, Ground, Party},
    holders::Holders,
    merchant::Merchant,
    neighbours::Neighbours,
    running::Running,
    seal::FileSeal,
    stores::Stores,
    upkeep::Renewals,
    wallet::Wallet,
};
use crate::{
    ceremony::papers,
    demo::data::Data,
    sites::{self, Name},
};

/// A system that runs, as one bank and its cardholders see it.
pub(crate) struct System {
    pub(crate) ground: Ground,
    pub(crate) at: SocketAddr,
    pub(crate) issuer: Bank<IssuerHost>,
    pub(crate) acquirer: Bank<AcquirerHost>,
    /// That of this bank's cardholders, then those of merchants and gateways.
    pub(crate) authorities: Vec<Arc<Authority>>,
    pub(crate) gateway: Arc<Gateway>,
    pub(crate) merchant: Arc<Merchant>,
    /// The acquirer's links to the issuers, for the end of a day.
    pub(crate) issuers: Issuers,
    pub(crate) statements: Statements,
    pub(crate) wallet: Arc<Wallet>,
    /// The same system, as the second bank and its cardholders see it.
    pub(crate) second: Option<Arc<Self>>,
    /// The same system, as the bank of the second brand and its cardholders see it.
    pub(crate) other_brand: Option<Arc<Self>>,
    /// Between acquirer and issuer.
    pub(super) seal: FileSeal,
    /// Between acquirer and merchant.
    pub(super) statement_seal: FileSeal,
    /// Where clearing files go.
    pub(super) mailboxes: Vec<Mailbox>,
}

/// How a system is started.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wish<'a> {
    /// The suite that a new data folder is made in; one that is there has its own.
    pub(crate) suite: Suite,
    /// The port of all sites; the next free one is taken.
    pub(crate) port: u16,
    /// What a guess at the wallet's passphrase costs.
    pub(crate) vault: Cost,
    /// Where the keys of each role are.
    pub(crate) holders: &'a Holders,
}

/// What a configuration arranges differently from a demo.
#[derive(Clone, Default)]
pub(crate) struct Arrangement {
    /// Where the system's own issuer listens.
    pub(crate) issuer: Counter,
    /// Where the system's own acquirer listens.
    pub(crate) acquirer: Counter,
    /// The issuer host that the gateway asks, instead of the system's own.
    pub(crate) asks: Option<LinkTerms>,
    /// Those that the gateway asks about their own cards, before the system's own second one.
    pub(crate) others: Vec<(Bin, LinkTerms)>,
    /// The issuer host that verifies cards, instead of the system's own.
    pub(crate) verifies: Option<LinkTerms>,
    /// The acquirer host that the gateway tells, instead of the system's own.
    pub(crate) tells: Option<LinkTerms>,
    /// Where the acquirer posts clearing files, instead of to the system's own issuer.
    pub(crate) clearing: Option<String>,
    /// What the acquirer keeps of its merchants' sales.
    pub(crate) fees: FeeTerms,
    /// The other houses of the brand.
    pub(crate) neighbours: Neighbours,
    /// When the certificates of its roles are renewed.
    pub(crate) renewals: Renewals,
    /// What the gateways do for which merchant.
    pub(crate) policies: Policies,
    /// The clock that all parties look at, instead of this machine's.
    pub(crate) clock: Option<Arc<dyn Clock>>,
    /// The limits of connections.
    pub(crate) limits: Limits,
    /// Where databases are that are not in the folders of their roles.
    pub(crate) stores: Stores,
}

impl Arrangement {
    /// A demo whose banks have a tap, where what passes between them is kept.
    pub(crate) fn with(tap: &Tap) -> Self {
        let counter = || Counter { tap: Some(tap.clone()), ..Counter::default() };
        Self { issuer: counter(), acquirer: counter(), ..Self::default() }
    }
}

impl System {
    /// Starts every party of a data folder that [`make`](super::first_start::make) has made.
    pub(crate) async fn start(data: &Data, wish: Wish<'_>) -> anyhow::Result<(Arc<Self>, Running)> {
        Self::start_as(data, wish, Arrangement::default()).await
    }

    /// Starts them as a configuration arranges it.
    pub(crate) async fn start_as(
        data: &Data,
        wish: Wish<'_>,
        arrangement: Arrangement,
    ) -> anyhow::Result<(Arc<Self>, Running)> {
        let at = sites::free_port(wish.port)?;
        let clock = arrangement.clock.clone().unwrap_or_else(|| Arc::new(SystemClock));
        let ground = ground::of(data.path(), clock, at, wish.holders)?;
        let Arrangement { neighbours, policies, renewals, stores, .. } = arrangement.clone();
        let ground = Ground { neighbours, policies, renewals, stores, ..ground };
        let (desk, other) = (&arrangement.issuer, &arrangement.acquirer);
        let mut running = Running { limits: arrangement.limits, ..Running::default() };
        let stop = running.shutdown.listen();
        let (path, clock) = (ground.data.as_path(), &ground.clock);
        let at_hand = (clock, &ground.stores);
        let issuer = banks::issuer(path, ground.bank, at_hand).await?;
        let acquirer = banks::acquirer(path, at_hand, &arrangement.fees).await?;
        let asked = running.listen(Arc::clone(&issuer.host) as _, desk, &stop).await?;
        let told = running.listen(Arc::clone(&acquirer.host) as _, other, &stop).await?;
        running.tasks.push(tokio::spawn(Arc::clone(&issuer.host).keep_house(stop.clone())));
        let verifies = arrangement.verifies.unwrap_or_else(|| asked.clone());
        let authorities = running.authorities(&ground, &verifies, &stop).await?;
        let second = running.branch(&ground, desk, &stop).await?;
        let tells = arrangement.tells.unwrap_or(told);
        let grounds = Vec::from_iter(ground.of_other_brand(at)?);
        let other = running.other_brand(grounds.first(), desk, &tells, &stop).await?;
        let own = (ground.bank.bin(), asked.clone());
        let issuers = counter::links(branch::issuers(own, &[&second, &other]), clock, &stop);
        let own_bin = arrangement.asks.is_none().then(|| ground.bank.bin());
        let issuer_link = arrangement.asks.unwrap_or(asked);
        let others = arrangement.others.into_iter().chain(second.iter().map(Branch::link));
        let banks = Banks::of((issuer_link, own_bin), others.collect(), tells);
        let gateway = Arc::new(Gateway::open(&ground, &banks, &stop).await?);
        let certificate = ground.papers("gateway").take(papers::ENCIPHERMENT)?;
        let merchant = Arc::new(Merchant::open(&ground, &certificate, &grounds).await?);
        let wallet = Arc::new(Wallet::open(&ground, wish.vault).await?);
        running.attend(&gateway, &merchant, &stop).await?;
        running.hold(&wallet, &ground, &stop).await?;
        let statements =
            Statements::new(Arc::clone(&merchant.party.store), Arc::clone(&ground.clock));
        let [seal, statement_seal] = FileSeal::of_acquirer(data.path())?;
        let url = arrangement.clearing;
        let url = url.unwrap_or_else(|| format!("{}/clearing", Name::Issuer.origin(at)));
        let own = Mailbox { issuer: ground.bank.bin(), url, seal: seal.clone() };
        let mailboxes = branch::mailboxes(own, &[&second, &other], at, data.path())?;
        let mut system = Self {
            ground,
            at,
            issuer,
            acquirer,
            authorities,
            gateway,
            merchant,
            issuers,
            statements,
            wallet,
            second: None,
            other_brand: None,
            seal,
            statement_seal,
            mailboxes,
        };
        running.show(&mut system, [second, other], wish.vault, &stop).await?;
        running.keep_current(&system);
        let system = Arc::new(system);
        running.open_banks(&system, &stop)?;
        Ok((system, running))
    }

    /// The routes that take messages and files, for each site that has some.
    pub(crate) fn machines(&self, name: Name) -> axum::Router {
        match name {
            Name::Merchant => self
                .merchant
                .endpoint()
                .merge(files::statements(self.statement_seal.clone(), self.statements.clone())),
            Name::Gateway => self.gateway.endpoint(),
            Name::Issuer => files::clearing(self.seal.clone(), Arc::clone(&self.issuer.host)),
            Name::CaCardholder | Name::CaMerchant | Name::CaGateway => self
                .authorities
                .iter()
                .find(|authority| Name::of_authority(authority.seat.kind) == name)
                .map(|authority| authority.endpoint())
                .unwrap_or_default(),
            Name::SecondIssuer | Name::SecondCaCardholder => match (&self.second, name.of_second())
            {
                (Some(second), Some(name)) => second.machines(name),
                _ => axum::Router::new(),
            },
            Name::OtherIssuer
            | Name::OtherGateway
            | Name::OtherCaCardholder
            | Name::OtherCaMerchant
            | Name::OtherCaGateway => match (&self.other_brand, name.of_other_brand()) {
                (Some(other), Some(name)) => other.machines(name),
                _ => axum::Router::new(),
            },
            Name::Home
            | Name::Shop
            | Name::Wallet
            | Name::SecondWallet
            | Name::OtherWallet
            | Name::Acquirer => axum::Router::new(),
        }
    }

    /// Every database, by the name of its folder.
    pub(crate) fn stores(&self) -> Vec<(&'static str, Arc<dyn Store>)> {
        let all = [
            ("wallet", &self.wallet.party.store),
            ("merchant", &self.merchant.party.store),
            ("gateway", &self.gateway.party.store),
            ("issuer", &self.issuer.store),
            ("acquirer", &self.acquirer.store),
        ];
        let authorities = self.offices().map(|one| (one.seat.folder, &one.party.store));
        let second = self.second.iter().flat_map(|second| {
            let bank = second.ground.bank;
            let wallet = (bank.wallet.label(), &second.wallet.party.store);
            [wallet, (bank.issuer.label(), &second.issuer.store)]
        });
        let others = self.other_brand.iter().flat_map(|other| {
            let of_bank = [
                (Name::OtherWallet.label(), &other.wallet.party.store),
                (Name::OtherIssuer.label(), &other.issuer.store),
                (Name::OtherGateway.label(), &other.gateway.party.store),
            ];
            let authorities = other.offices().map(|one| {
                let name = Name::of_authority(one.seat.kind).for_other_brand();
                (name.label(), &one.party.store)
            });
            of_bank.into_iter().chain(authorities)
        });
        let all = all.into_iter().chain(authorities).chain(second).chain(others);
        all.map(|(role, store)| (role, Arc::clone(store))).collect()
    }

    /// Clears and settles what waits, and brings the merchant its statements.
    pub(crate) async fn clear(&self) -> anyhow::Result<ClearingRun> {
        let files =
            FilesByHttp { client: self.ground.client.clone(), issuers: self.mailboxes.clone() };
        let run = self.acquirer.host.clear(&files).await?;
        let url = format!("{}/statements", Name::Merchant.origin(self.at));
        for (merchant, statement) in &run.statements {
            let taken = self.statement_seal.send(&self.ground.client, &url, statement).await;
            taken.with_context(|| format!("{merchant} did not take its statement"))?;
        }
        Ok(run)
    }

    /// Every party with a shell.
    pub(super) fn parties(&self) -> impl Iterator<Item = &Party> {
        [&self.merchant.party]
            .into_iter()
            .chain(self.merchant.branches.iter().map(|branch| &branch.party))
            .chain(self.views().map(|view| &view.wallet.party))
            .chain(self.brands().map(|brand| &brand.gateway.party))
            .chain(self.brands().flat_map(Self::offices).map(|authority| &authority.party))
    }

    /// Every party that is told the lists of this view's brand.
    pub(super) fn told(&self) -> impl Iterator<Item = &Party> {
        let branches = self.merchant.branches.iter();
        let own = branches.filter(|branch| branch.ground.brand == self.ground.brand);
        [&self.merchant.party, &self.gateway.party]
            .into_iter()
            .chain(own.map(|branch| &branch.party))
            .chain(self.offices().map(|authority| &authority.party))
    }
}
