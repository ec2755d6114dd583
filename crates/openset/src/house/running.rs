//! What runs while a system stands, and how it comes to its end.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use anyhow::Context;
use openset_crypto::Authority as Kind;
use openset_node::{
    driver::Reminder,
    http::{Doors, Limits, Server, Site},
    link::LinkTerms,
    shutdown::{Shutdown, Stop},
};
use tokio::task::JoinHandle;

use super::{
    authority::{self, Authority},
    banks::{self, Counter},
    counter,
    gateway::Gateway,
    ground::Ground,
    lists::{ListKeeper, Makers},
    merchant::Merchant,
    news,
    system::System,
    wallet::Wallet,
};

/// How long a bank is waited for before its silence is an answer.
const BANK_ANSWERS: Duration = Duration::from_secs(5);
/// How long work that was begun may take at the end.
pub(super) const SETTLE: Duration = Duration::from_secs(5);

/// What must end before a system has stopped.
#[derive(Default)]
pub(crate) struct Running {
    pub(super) shutdown: Shutdown,
    pub(super) reminders: Vec<Reminder>,
    pub(super) tasks: Vec<JoinHandle<()>>,
    pub(super) limits: Limits,
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

    /// Begins to publish lists, and to keep what every party learns of them.
    pub(super) fn keep_current(&mut self, system: &System) {
        for brand in system.brands() {
            let keeper = ListKeeper::new(&brand.ground, brand.told(), Makers::Here);
            self.tasks.push(tokio::spawn(keeper.keep(self.shutdown.listen())));
        }
        for party in system.parties() {
            self.tasks.push(party.keep_learned(self.shutdown.listen()));
        }
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
        let mac_key = counter.mac_key.clone();
        Ok(LinkTerms { answer_within: BANK_ANSWERS, mac_key, ..terms })
    }

    /// Lets the operators of the banks in.
    pub(super) fn open_banks(&mut self, system: &Arc<System>, stop: &Stop) -> anyhow::Result<()> {
        for view in system.views() {
            let (data, folder) = (&view.ground.data, view.ground.bank.issuer.folder());
            let door = counter::open_issuer(data, folder, &view.issuer, stop.clone())?;
            self.tasks.push(door);
        }
        let own = Arc::clone(system);
        let clears: counter::Clears = Arc::new(move || {
            let own = Arc::clone(&own);
            Box::pin(async move { own.clear().await })
        });
        let (data, bank) = (&system.ground.data, &system.acquirer);
        let issuers = (Arc::clone(&system.issuers), Arc::clone(&system.ground.clock));
        self.tasks.push(counter::open_acquirer(data, bank, clears, issuers, stop.clone())?);
        Ok(())
    }

    /// Begins to remember what is due at gateway and merchant, and lets their operators in.
    pub(super) async fn attend(
        &mut self,
        gateway: &Gateway,
        merchant: &Merchant,
        stop: &Stop,
    ) -> anyhow::Result<()> {
        self.reminders.extend(gateway.start(stop).await?);
        self.reminders.extend(merchant.start(stop).await?);
        self.tasks.push(gateway.upkeep.open_to_operators(stop.clone())?);
        self.tasks.push(merchant.upkeep.open_to_operators(stop.clone())?);
        self.tasks.extend(merchant.open_to_operators(stop)?);
        Ok(())
    }

    /// The same for what the second brand has of its own.
    pub(super) async fn attend_brand(&mut self, of: &System, stop: &Stop) -> anyhow::Result<()> {
        self.reminders.extend(of.gateway.start(stop).await?);
        self.tasks.push(of.gateway.upkeep.open_to_operators(stop.clone())?);
        for branch in &of.merchant.branches {
            self.tasks.push(branch.upkeep.open_to_operators(stop.clone())?);
        }
        Ok(())
    }

    /// Begins to remember what is due in a wallet, and to lock it when nobody uses it.
    pub(super) async fn hold(
        &mut self,
        wallet: &Wallet,
        ground: &Ground,
        stop: &Stop,
    ) -> anyhow::Result<()> {
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

    pub(super) async fn authorities(
        &mut self,
        ground: &Ground,
        issuer: &LinkTerms,
        stop: &Stop,
    ) -> anyhow::Result<Vec<Arc<Authority>>> {
        let authorities = vec![
            Arc::new(authority::of_cardholders(ground, issuer, stop).await?),
            Arc::new(authority::of_acquirer(ground, Kind::Merchant).await?),
            Arc::new(authority::of_acquirer(ground, Kind::Gateway).await?),
        ];
        for authority in &authorities {
            self.take_up(ground, authority, stop).await?;
        }
        Ok(authorities)
    }
}
