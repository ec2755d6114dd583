//! A whole system in one process: every party in its own folder, all of them behind one port.
//!
//! ```text
//! first start:  ceremony ─▶ the authorities answer ─▶ gateway and merchant enrol ─▶ ready
//! every start:  banks listen ─▶ parties open ─▶ sites are served ─▶ ... ─▶ settle, stop
//! ```

use std::{
    net::{Ipv4Addr, SocketAddr},
    path::Path,
    sync::Arc,
    time::Duration,
};

use anyhow::Context;
use openset_bank::acquirer::Merchant as BankMerchant;
use openset_crypto::{Authority as Kind, Suite, vault::Cost};
use openset_node::{
    banks::{AcquirerHost, ClearingRun, IssuerHost, demo_merchant},
    clock::{Clock, SystemClock},
    driver::{Desk, Reminder},
    http::{Doors, Limits, Server, Site},
    link::{Link, LinkTerms, Tap},
    shutdown::{Shutdown, Stop},
    store::Store,
};
use openset_protocol::ca::{AuthorityEnrolment, Listing};
use openset_types::Bin;
use openset_wire::x509::Certificate;
use tokio::task::JoinHandle;

use super::{
    authority::Authority,
    banks::{self, Bank, Counter, FilesByHttp, Mailbox},
    branch::Branch,
    enrol,
    files::{self, Statements},
    forms::FormFile,
    gateway::{Banks, Gateway},
    ground::{Ground, Party, SetAddresses},
    holders::{Entered, Holders},
    lists::{ListKeeper, Makers},
    merchant::Merchant,
    neighbours::Neighbours,
    news,
    registrars::{AcquirerRegistrar, CardRegistrar, IssuerRecords},
    seal::FileSeal,
    upkeep::Renewals,
    wallet::Wallet,
};
use crate::{
    ceremony::{self, Lists, Rings, Seat, papers},
    demo::{cast, data::Data, dressing, forms},
    sites::{self, Name},
};

/// How long a bank is waited for before its silence is an answer.
const BANK_ANSWERS: Duration = Duration::from_secs(5);
/// How long work that was begun may take at the end.
const SETTLE: Duration = Duration::from_secs(5);

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
    pub(crate) statements: Statements,
    pub(crate) wallet: Wallet,
    /// The same system, as the second bank and its cardholders see it.
    pub(crate) second: Option<Arc<Self>>,
    /// Between acquirer and issuer.
    pub(super) seal: FileSeal,
    /// Between acquirer and merchant.
    pub(super) statement_seal: FileSeal,
    /// Where clearing files go.
    pub(super) mailboxes: Vec<Mailbox>,
}

/// What must end before a system has stopped.
#[derive(Default)]
pub(crate) struct Running {
    shutdown: Shutdown,
    reminders: Vec<Reminder>,
    pub(super) tasks: Vec<JoinHandle<()>>,
    limits: Limits,
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
    /// The other houses of the brand.
    pub(crate) neighbours: Neighbours,
    /// When the certificates of its roles are renewed.
    pub(crate) renewals: Renewals,
    /// The clock that all parties look at, instead of this machine's.
    pub(crate) clock: Option<Arc<dyn Clock>>,
    /// The limits of connections.
    pub(crate) limits: Limits,
}

impl Arrangement {
    /// A demo whose banks have a tap, where what passes between them is kept.
    pub(crate) fn with(tap: &Tap) -> Self {
        let counter = || Counter { tap: Some(tap.clone()), ..Counter::default() };
        Self { issuer: counter(), acquirer: counter(), ..Self::default() }
    }
}

/// What the first start made.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Made {
    pub(crate) certificates: usize,
    pub(crate) took: Duration,
}

/// Makes everything that is not there yet.
pub(crate) async fn make(data: &Data, wish: Wish<'_>) -> anyhow::Result<Option<Made>> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let rings = Rings::new(data.path(), wish.holders);
    if data.is_ready() {
        forms::lay_out(data.path())?;
        ceremony::publish(&rings, suite(data.path())?, clock.as_ref())?;
        return Ok(None);
    }
    let begun = std::time::Instant::now();
    data.clear().context("what an unfinished start left cannot be cleared")?;
    let made = ceremony::hold(&rings, wish.suite, clock.as_ref())?;
    forms::lay_out(data.path())?;
    enrol_all(data, wish, &clock).await?;
    let ground = ground(data.path(), Arc::clone(&clock), local(0), wish.holders)?;
    for bank in cast::BANKS {
        let ground = Ground { bank, ..ground.clone() };
        let wallet = Wallet::open(&ground, wish.vault).await?;
        wallet.vault.create(super::ground::secret(cast::PASSPHRASE), clock.now()).await?;
        wallet.vault.lock();
        let authority = format!("{}/set", bank.authority.origin(local(wish.port)));
        dressing::dress(data.path(), bank, &authority)
            .with_context(|| format!("the wallet of {} has no brand pack", bank.name))?;
    }
    data.set_ready()?;
    // Two for the merchant and two for the gateway.
    Ok(Some(Made { certificates: made + 4, took: begun.elapsed() }))
}

/// Lets the two authorities answer for as long as the gateway and the merchant need to enrol.
async fn enrol_all(data: &Data, wish: Wish<'_>, clock: &Arc<dyn Clock>) -> anyhow::Result<()> {
    let port = sites::free_port(0)?;
    let ground = ground(data.path(), Arc::clone(clock), port, wish.holders)?;
    let shutdown = Shutdown::default();
    let mut server = Server::new(Limits::default());
    let mut reminders = Vec::new();
    let mut doors = Vec::new();
    let mut parties = Vec::new();
    for kind in [Kind::Gateway, Kind::Merchant] {
        let authority =
            Authority::open(&ground, Seat::first(kind), |_, _| Ok(Box::new(acquirer_registrar())))
                .await?;
        reminders.extend(authority.start(&shutdown.listen()).await?);
        let name = Name::of_authority(kind);
        doors.push(Site::new(name.label(), &name.host(), authority.endpoint()));
        parties.push(authority);
    }
    server.open(port, Doors::by_host(doors)).await?;
    let serving = tokio::spawn(server.serve(shutdown.listen()));
    let enrolled = async {
        enrol::gateway(&ground).await.context("the gateway did not enrol")?;
        enrol::merchant(&ground).await.context("the merchant did not enrol")
    };
    let enrolled = enrolled.await;
    shutdown.ask();
    serving.await?;
    for reminder in reminders {
        reminder.ended().await;
    }
    for authority in &parties {
        authority.party.shell.settle(SETTLE).await;
    }
    enrolled
}

/// The registrar of merchants and gateways.
pub(crate) fn acquirer_registrar() -> AcquirerRegistrar {
    let BankMerchant { id, name, .. } = demo_merchant();
    let listing = Listing {
        name,
        city: cast::CITY.to_owned(),
        postal_code: None,
        country: "France".to_owned(),
        country_code: cast::COUNTRY,
    };
    AcquirerRegistrar {
        acquirer: cast::acquirer_bin(),
        merchants: vec![(id, listing)],
        gateway: cast::GATEWAY.to_owned(),
    }
}

fn local(port: u16) -> SocketAddr {
    SocketAddr::from((Ipv4Addr::LOCALHOST, port))
}

/// The certificate that all trust in this data folder begins at.
fn root(data: &Path) -> anyhow::Result<Certificate> {
    let root = ceremony::Papers::of(&data.join(ceremony::folder(Kind::Root)));
    Ok(root.take(papers::CERTIFICATES)?.certificate)
}

/// The suite that a data folder was made in: its root says so.
pub(crate) fn suite(data: &Path) -> anyhow::Result<Suite> {
    Ok(Suite::of_root(&root(data)?)?)
}

/// What all parties of this data folder stand on.
pub(crate) fn ground(
    data: &Path,
    clock: Arc<dyn Clock>,
    at: SocketAddr,
    holders: &Holders,
) -> anyhow::Result<Ground> {
    let root = root(data)?;
    let set = |name: Name| format!("{}/set", name.origin(at));
    Ok(Ground {
        data: data.to_owned(),
        brand: ceremony::brand(data)?,
        bank: &cast::FIRST,
        suite: Suite::of_root(&root)?,
        root,
        lists: Lists::read(data)?,
        clock,
        client: Ground::client(),
        addresses: SetAddresses {
            merchant: set(Name::Merchant),
            gateway: set(Name::Gateway),
            ca_cardholder: set(Name::CaCardholder),
            second_ca_cardholder: set(Name::SecondCaCardholder),
            ca_merchant: set(Name::CaMerchant),
            ca_gateway: set(Name::CaGateway),
        },
        holders: holders.clone(),
        entered: Entered::default(),
        neighbours: Neighbours::default(),
        renewals: Renewals::default(),
    })
}

impl System {
    /// Starts every party of a data folder that [`make`] has made.
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
        let ground = ground(data.path(), clock, at, wish.holders)?;
        let neighbours = arrangement.neighbours.clone();
        let ground = Ground { neighbours, renewals: arrangement.renewals, ..ground };
        let Arrangement { issuer: desk, acquirer: other, .. } = &arrangement;
        let mut running = Running { limits: arrangement.limits, ..Running::default() };
        let stop = running.shutdown.listen();
        let (path, clock) = (ground.data.as_path(), &ground.clock);
        let issuer = banks::issuer(path, ground.bank, clock, Arc::clone(&desk.dialect)).await?;
        let acquirer = banks::acquirer(path, clock, Arc::clone(&other.dialect)).await?;
        let asked = running.listen(Arc::clone(&issuer.host) as _, desk, &stop).await?;
        let beside = desk.clone();
        let told = running.listen(Arc::clone(&acquirer.host) as _, other, &stop).await?;
        running.tasks.push(tokio::spawn(Arc::clone(&issuer.host).keep_house(stop.clone())));
        let verifies = arrangement.verifies.unwrap_or_else(|| asked.clone());
        let authorities = running.authorities(&ground, &verifies, &stop).await?;
        let second = running.branch(&ground, &beside, &stop).await?;
        let others = arrangement.others.into_iter();
        let banks = Banks {
            issuer: arrangement.asks.unwrap_or(asked),
            others: others.chain(second.iter().map(Branch::link)).collect(),
            acquirer: arrangement.tells.unwrap_or(told),
            acquirer_bin: cast::acquirer_bin(),
        };
        let gateway = Arc::new(Gateway::open(&ground, &banks, &stop).await?);
        let certificate = ground.papers("gateway").take(papers::ENCIPHERMENT)?;
        let merchant = Arc::new(Merchant::open(&ground, &certificate).await?);
        let wallet = Wallet::open(&ground, wish.vault).await?;
        running.reminders.extend(gateway.start(&stop).await?);
        running.reminders.extend(merchant.start(&stop).await?);
        running.hold(&wallet, &ground, &stop).await?;
        running.tasks.push(gateway.upkeep.open_to_operators(stop.clone())?);
        running.tasks.push(merchant.upkeep.open_to_operators(stop.clone())?);
        let statements =
            Statements::new(Arc::clone(&merchant.party.store), Arc::clone(&ground.clock));
        let [seal, statement_seal] = FileSeal::of_acquirer(data.path())?;
        let url = arrangement.clearing;
        let url = url.unwrap_or_else(|| format!("{}/clearing", Name::Issuer.origin(at)));
        let mailboxes = vec![Mailbox { issuer: ground.bank.bin(), url, seal: seal.clone() }];
        let mut system = Self {
            ground,
            at,
            issuer,
            acquirer,
            authorities,
            gateway,
            merchant,
            statements,
            wallet,
            second: None,
            seal,
            statement_seal,
            mailboxes,
        };
        if let Some(branch) = second {
            let second = system.seen_by(branch, wish.vault).await?;
            running.hold(&second.wallet, &second.ground, &stop).await?;
            system.mailboxes.clone_from(&second.mailboxes);
            system.second = Some(Arc::new(second));
        }
        let keeper = ListKeeper::new(&system.ground, system.parties(), Makers::Here);
        running.tasks.push(tokio::spawn(keeper.keep(running.shutdown.listen())));
        for party in system.parties() {
            running.tasks.push(party.keep_learned(running.shutdown.listen()));
        }
        Ok((Arc::new(system), running))
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
            Name::Home | Name::Shop | Name::Wallet | Name::SecondWallet | Name::Acquirer => {
                axum::Router::new()
            }
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
        let all = all.into_iter().chain(authorities).chain(second);
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
    fn parties(&self) -> impl Iterator<Item = &Party> {
        [&self.gateway.party, &self.merchant.party]
            .into_iter()
            .chain(self.views().map(|view| &view.wallet.party))
            .chain(self.offices().map(|authority| &authority.party))
    }
}

impl Running {
    /// Begins to serve sites, on the shared port and each on its own.
    pub(crate) async fn serve(
        &mut self,
        at: SocketAddr,
        all: Vec<Site>,
        own: &[SocketAddr],
    ) -> anyhow::Result<()> {
        let mut server = Server::new(self.limits);
        for (site, at) in all.iter().zip(own) {
            server.open(*at, Doors::only(site.clone())).await?;
        }
        server
            .open(at, Doors::by_host(all))
            .await
            .with_context(|| format!("port {} cannot be opened", at.port()))?;
        self.tasks.push(tokio::spawn(server.serve(self.shutdown.listen())));
        Ok(())
    }

    /// Stops: what was begun is finished, what was learned is kept. Answers whether everything
    /// ended in time.
    pub(crate) async fn stop(self, system: &System) -> bool {
        let mut is_settled = true;
        for party in system.parties() {
            is_settled &= party.shell.settle(SETTLE).await;
        }
        let Self { shutdown, reminders, tasks, .. } = self;
        shutdown.ask();
        for reminder in reminders {
            reminder.ended().await;
        }
        for task in tasks {
            is_settled &= task.await.is_ok();
        }
        is_settled
    }

    /// Opens a bank to links, and says how to link to it.
    pub(super) async fn listen(
        &mut self,
        host: Arc<dyn openset_node::link::Host>,
        counter: &Counter,
        stop: &Stop,
    ) -> anyhow::Result<LinkTerms> {
        let (at, task) = banks::listen(host, counter, stop).await?;
        self.tasks.push(task);
        let terms = LinkTerms::new(&at.to_string(), Arc::clone(&counter.dialect));
        Ok(LinkTerms { answer_within: BANK_ANSWERS, ..terms })
    }

    /// Begins to remember what is due in a wallet, and to lock it when nobody uses it.
    async fn hold(&mut self, wallet: &Wallet, ground: &Ground, stop: &Stop) -> anyhow::Result<()> {
        self.reminders.extend(wallet.start(stop).await?);
        let watch = wallet.vault.clone();
        let (clock, ear) = (Arc::clone(&ground.clock), stop.clone());
        self.tasks.push(tokio::spawn(async move { watch.keep_watch(clock, ear).await }));
        Ok(())
    }

    /// Begins to serve an authority: what is due, its operators, and its brand elsewhere.
    pub(super) async fn take_up(
        &mut self,
        ground: &Ground,
        authority: &Authority,
        stop: &Stop,
    ) -> anyhow::Result<()> {
        self.reminders.extend(authority.start(stop).await?);
        self.tasks.push(authority.open_to_operators(&ground.data, stop.clone())?);
        self.tasks.extend(news::tell_brand(ground, authority.seat, stop.clone()));
        Ok(())
    }

    async fn authorities(
        &mut self,
        ground: &Ground,
        issuer: &LinkTerms,
        stop: &Stop,
    ) -> anyhow::Result<Vec<Arc<Authority>>> {
        let authorities = vec![
            Arc::new(cardholder_authority(ground, issuer, stop).await?),
            Arc::new(acquirers_authority(ground, Kind::Merchant).await?),
            Arc::new(acquirers_authority(ground, Kind::Gateway).await?),
        ];
        for authority in &authorities {
            self.take_up(ground, authority, stop).await?;
        }
        Ok(authorities)
    }
}

/// The authority that certifies cardholders, whom their banks know.
pub(crate) async fn cardholder_authority(
    ground: &Ground,
    issuer: &LinkTerms,
    stop: &Stop,
) -> anyhow::Result<Authority> {
    let clock = Arc::clone(&ground.clock);
    let late = |_: &openset_bank::iso8583::Message| tracing::warn!("a late word about a card");
    let link = Arc::new(Link::open(issuer.clone(), Arc::clone(&clock), late, stop.clone()));
    let folder = ground.data.join(ground.bank.authority.label());
    let by_issuer = |party: &Party, file: FormFile| {
        let store = Arc::clone(&party.store);
        let issuer = IssuerRecords::new(link, Arc::clone(&clock), ground.bank.bin(), store)?;
        let registrar = CardRegistrar::open(file, &folder, issuer, clock)?;
        Ok(Box::new(registrar) as Box<dyn Desk<AuthorityEnrolment>>)
    };
    Authority::open(ground, ground.bank.seat(), by_issuer).await
}

/// An authority that certifies those whom the acquirer knows: merchants or gateways.
pub(crate) async fn acquirers_authority(ground: &Ground, kind: Kind) -> anyhow::Result<Authority> {
    let by_acquirer = |_: &Party, _: FormFile| {
        Ok(Box::new(acquirer_registrar()) as Box<dyn Desk<AuthorityEnrolment>>)
    };
    Authority::open(ground, Seat::first(kind), by_acquirer).await
}
