//! Parties apart from the system, each in threads of its own: one is killed, with whatever it was
//! about to do, and started again over the folder it left, while the others go on.
//!
//! They have copies of the system's keys and certificates, databases of their own, and the
//! system's wallet for a customer.

use std::{fs, net::SocketAddr, path::Path, sync::Arc};

use openset_bank::ledger::{Hold, HoldState};
use openset_node::{
    banks::IssuerHost,
    driver::Reminder,
    http::{Doors, Limits, Server, Site},
    link::LinkTerms,
    shutdown::{Shutdown, Stop},
};
use openset_protocol::{cardholder, summary::Fact};
use tempfile::TempDir;
use tokio::{
    runtime::{Builder, Runtime},
    task::spawn_blocking,
};

use super::stage::{PATIENCE, Stage, stores};
use crate::{
    ceremony::papers,
    demo::{cast, story},
    house::{
        banks::{self, Bank, Counter, dialect},
        gateway::{Banks, Gateway},
        ground::{Ground, SetAddresses},
        merchant::Merchant,
    },
    shop::orders::Order,
    sites,
};

/// A party that runs in threads of its own.
pub(super) struct Alive<P> {
    pub(super) party: Arc<P>,
    threads: Threads,
    _stop: Shutdown,
    _reminders: Vec<Reminder>,
}

/// Threads that end with whatever runs on them.
struct Threads(Option<Runtime>);

/// Where parties apart live, and at which ports.
pub(super) struct Apart {
    folder: TempDir,
    ground: Ground,
    pub(super) merchant_at: SocketAddr,
    pub(super) gateway_at: SocketAddr,
    pub(super) issuer_at: SocketAddr,
}

/// A purchase at a merchant apart.
pub(super) struct Paying {
    pub(super) order: Order,
    /// What the wallet calls it.
    pub(super) id: String,
}

/// A party as it has just started.
struct Started<P> {
    party: P,
    reminders: Vec<Reminder>,
}

impl<P: Send + Sync + 'static> Alive<P> {
    async fn start<F>(open: impl FnOnce(Stop) -> F + Send + 'static) -> Self
    where
        F: Future<Output = Started<P>> + Send + 'static,
    {
        let threads = Builder::new_multi_thread().worker_threads(2).enable_all().build();
        let threads = threads.expect("threads");
        let shutdown = Shutdown::default();
        let started = threads.spawn(open(shutdown.listen())).await.expect("it starts");
        Self {
            party: Arc::new(started.party),
            threads: Threads(Some(threads)),
            _stop: shutdown,
            _reminders: started.reminders,
        }
    }

    /// Does something on its threads, as the party.
    async fn does<T, F>(&self, deed: impl FnOnce(Arc<P>) -> F) -> T
    where
        T: Send + 'static,
        F: Future<Output = T> + Send + 'static,
    {
        let threads = self.threads.0.as_ref().expect("it lives");
        threads.spawn(deed(Arc::clone(&self.party))).await.expect("no panic")
    }

    /// Kills it: nobody is asked, nothing is finished.
    pub(super) async fn kill(mut self) {
        let threads = self.threads.0.take().expect("it lives");
        spawn_blocking(move || threads.shutdown_timeout(PATIENCE)).await.expect("they end");
    }
}

impl Drop for Threads {
    fn drop(&mut self) {
        if let Some(threads) = self.0.take() {
            threads.shutdown_background();
        }
    }
}

impl Apart {
    /// Finds a place for parties that know the system's keys.
    pub(super) fn open(stage: &Stage) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        for role in ["merchant", "gateway"] {
            copy_papers(&stage.folder(role), &folder.path().join(role));
        }
        let port = || sites::free_port(0).expect("a free port");
        let (merchant_at, gateway_at, issuer_at) = (port(), port(), port());
        let ground = stage.system.ground.clone();
        let addresses = SetAddresses { gateway: url(gateway_at), ..ground.addresses.clone() };
        let data = folder.path().to_owned();
        // What these parties store is apart too.
        let ground = Ground { data, addresses, stores: stores(), ..ground };
        Self { folder, ground, merchant_at, gateway_at, issuer_at }
    }

    /// Where the gateway takes messages.
    pub(super) fn gateway_url(&self) -> String {
        self.ground.addresses.gateway.clone()
    }

    /// Starts the issuer.
    pub(super) async fn issuer(&self) -> Alive<Bank<IssuerHost>> {
        let (data, at) = (self.folder.path().to_owned(), self.issuer_at);
        let (clock, stores) = (Arc::clone(&self.ground.clock), self.ground.stores.clone());
        Alive::start(move |stop| async move {
            let bank =
                banks::issuer(&data, &cast::FIRST, (&clock, &stores)).await.expect("an issuer");
            let counter = Counter { at, ..Counter::default() };
            let host = Arc::clone(&bank.host) as _;
            banks::listen(host, &counter, &stop).await.expect("a free port");
            Started { party: bank, reminders: Vec::new() }
        })
        .await
    }

    /// Starts the gateway, with a line to the issuer.
    pub(super) async fn gateway(&self, issuer: SocketAddr) -> Alive<Gateway> {
        self.gateway_for(issuer, self.ground.crowd).await
    }

    /// Starts a gateway that turns new questions away from so many on.
    pub(super) async fn gateway_for(&self, issuer: SocketAddr, crowd: usize) -> Alive<Gateway> {
        let (ground, at) = (Ground { crowd, ..self.ground_of_one() }, self.gateway_at);
        let link = |at: SocketAddr| LinkTerms::new(&at.to_string(), dialect());
        let banks = Banks {
            issuer: link(issuer),
            issuer_bin: None,
            // Nothing is captured here: nobody needs to answer.
            others: Vec::new(),
            acquirer: link(self.issuer_at),
            acquirer_bin: cast::acquirer_bin(),
        };
        Alive::start(move |stop| async move {
            let gateway = Gateway::open(&ground, &banks, &stop).await.expect("a gateway");
            let reminders = gateway.start(&stop).await.expect("a store");
            serve(at, gateway.endpoint(), stop).await;
            Started { party: gateway, reminders }
        })
        .await
    }

    /// Starts the merchant, which finds its gateway at an address.
    pub(super) async fn merchant(&self, gateway: &str) -> Alive<Merchant> {
        self.merchant_for(gateway, self.ground.crowd).await
    }

    /// Starts a merchant that turns new orders away from so many on.
    pub(super) async fn merchant_for(&self, gateway: &str, crowd: usize) -> Alive<Merchant> {
        let mut ground = Ground { crowd, ..self.ground_of_one() };
        ground.addresses.gateway = gateway.to_owned();
        let at = self.merchant_at;
        Alive::start(move |stop| async move {
            let certificate = ground.papers("gateway").take(papers::ENCIPHERMENT);
            let certificate = certificate.expect("the gateway is enrolled");
            let merchant = Merchant::open(&ground, &certificate, &[]).await.expect("a merchant");
            let reminders = merchant.start(&stop).await.expect("a store");
            serve(at, merchant.endpoint(), stop).await;
            Started { party: merchant, reminders }
        })
        .await
    }

    /// Orders at the merchant and consents in the system's wallet.
    pub(super) async fn pay(&self, stage: &Stage, merchant: &Alive<Merchant>) -> Paying {
        let order = merchant.does(|merchant| async move { story::order_at(&merchant).await }).await;
        let order = order.expect("an order");
        let id = stage.begin_through(&order, &stage.good, &url(self.merchant_at)).await;
        let is_offered = |purchase: &cardholder::Purchase| {
            matches!(purchase.stage, cardholder::Stage::Offered(_))
        };
        stage.wallet_until(&id, is_offered).await;
        stage.system.wallet.consent(&id, &stage.good).await.expect("an open wallet");
        Paying { order, id }
    }

    /// A party's connections end with it.
    fn ground_of_one(&self) -> Ground {
        Ground { client: Ground::client(), ..self.ground.clone() }
    }
}

impl Alive<Bank<IssuerHost>> {
    /// What it holds.
    pub(super) async fn holds(&self) -> Vec<Hold> {
        let view = self.does(|bank| async move { bank.host.view().await }).await;
        let view = view.expect("books");
        assert!(view.is_balanced);
        view.holds
    }

    /// How its holds stand.
    pub(super) async fn states(&self) -> Vec<HoldState> {
        self.holds().await.into_iter().map(|hold| hold.state).collect()
    }
}

impl Stage {
    /// Waits until the wallet knows whether a purchase is paid.
    pub(super) async fn told(&self, paying: &Paying) -> Fact {
        let is_told = |purchase: &cardholder::Purchase| {
            matches!(purchase.summary().fact, Fact::Authorized | Fact::Declined)
        };
        self.wallet_until(&paying.id, is_told).await;
        let purchase = self.system.wallet.purchase(&paying.id).await.expect("a store");
        purchase.expect("a purchase").summary().fact
    }
}

async fn serve(at: SocketAddr, router: axum::Router, stop: Stop) {
    let mut server = Server::new(Limits::default());
    let doors = Doors::only(Site::new("apart", "apart.localhost", router));
    server.open(at, doors).await.expect("the port it had");
    tokio::spawn(server.serve(stop));
}

fn url(at: SocketAddr) -> String {
    format!("http://{at}/set")
}

/// Everything of a role's folder but what it has stored and logged.
fn copy_papers(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().expect("a name");
        let is_kept = !["store.db", "log", "operator."]
            .iter()
            .any(|no| name.to_string_lossy().starts_with(no));
        match path.is_dir() {
            true => copy_papers(&path, &to.join(name)),
            false if is_kept => {
                fs::copy(&path, to.join(name)).expect("room on the disk");
            }
            false => {}
        }
    }
}
