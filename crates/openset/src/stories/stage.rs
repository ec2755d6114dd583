//! The systems that all stories play on, one of each suite, one story at a time.

use std::{
    fs,
    net::{Ipv4Addr, SocketAddr},
    path::PathBuf,
    sync::{Arc, LazyLock, OnceLock},
    thread,
    time::Duration,
};

use openset_crypto::{Suite, authority::Revoked, vault::Cost};
use openset_node::{
    folder::RoleFolder,
    http::{Doors, Limits, Server},
    logging::{Form, Logging, subscriber},
    measure::Measured,
    shutdown::Shutdown,
    store::{JournalOf, Page, Store, postgres::CONNECTIONS},
};
use openset_protocol::{
    gateway::{
        authorization::GatewayAuthorization, capture::GatewayCapture, refund::GatewayRefund,
    },
    merchant::purchase::MerchantPurchase,
    role::Machine,
};
use openset_testkit::postgres;
use tokio::{
    runtime::{Builder, Runtime},
    sync::{Mutex, OnceCell},
    time::{sleep, timeout},
};
use tracing::{Dispatch, subscriber::NoSubscriber};

use super::forge::Forger;
use crate::{
    demo::{
        cast::{self, Behaviour, SECOND},
        data::Data,
        story,
    },
    house::{
        banks::{ACQUIRER, ISSUER},
        first_start,
        ground::Party,
        holders::Holders,
        running::Running,
        stores::{ServerTerms, Stores},
        system::{Arrangement, System, Wish},
    },
    ports,
    shop::orders::Order,
    sites::{self, Name},
};

/// With this variable the stories of this stage are told on PostgreSQL.
const ON_POSTGRESQL: &str = "STORIES_ON_POSTGRESQL";
/// How long one who was killed there is waited for: not long, because stories wait for the others.
const LEASE: Duration = Duration::from_secs(4);
/// The suite of stories that are told in one.
pub(super) const MODERN: Suite = Suite::Modern;
/// How long a slow sender is waited for at the hurried port.
pub(super) const HURRY: Duration = Duration::from_millis(250);
/// How long anything may take.
pub(super) const PATIENCE: Duration = Duration::from_secs(30);
/// How often somebody looks whether something has happened.
pub(super) const LOOK: Duration = Duration::from_millis(50);
/// The numbers of forged lists are above this one: above those that the house publishes.
const LISTS_FROM: u64 = 1_000;
/// The largest body that a site takes here.
pub(super) const BODY_OCTETS_MAX: usize = 256 * 1024;

/// A system that runs, with three certified cards.
pub(super) struct Stage {
    pub(super) system: Arc<System>,
    /// The same sites behind short time-outs.
    pub(super) hurried: SocketAddr,
    pub(super) measured: Measured,
    /// The card that is good, as the wallet calls it.
    pub(super) good: String,
    /// The card without credit.
    pub(super) broke: String,
    /// The card about which the issuer says nothing.
    pub(super) silent: String,
    data: Data,
    /// Where everybody logs who does anything on this stage.
    log: Dispatch,
    runtime: Runtime,
    example: OnceCell<Bought>,
    unanswered: OnceCell<Bought>,
    shipped: OnceCell<Bought>,
    forger: OnceLock<Forger>,
    taken_back: std::sync::Mutex<Vec<Revoked>>,
    _running: Running,
    _hurried: Shutdown,
}

/// A purchase, as its merchant's journal has it.
pub(super) struct Bought {
    pub(super) order: Order,
    /// What the wallet calls it.
    pub(super) id: String,
    pub(super) told: story::Bought,
}

/// Plays one story in suite `modern`, after the ones before it.
pub(super) fn play<T>(story: impl AsyncFnOnce(&'static Stage) -> T) -> T {
    play_in(MODERN, story)
}

/// Plays one story in both suites at once, each in a thread that has the suite's name.
pub(super) fn play_in_both(story: impl AsyncFn(&'static Stage) + Sync) {
    thread::scope(|threads| {
        let story = &story;
        for suite in Suite::ALL {
            let thread = thread::Builder::new().name(suite.to_string());
            let playing = thread.spawn_scoped(threads, move || play_in(suite, story));
            playing.expect("a thread");
        }
    });
}

/// Plays one story in suite `modern`, while nothing happens in the other one: what is measured is
/// measured for the whole process.
pub(super) fn play_alone<T>(story: impl AsyncFnOnce(&'static Stage) -> T) -> T {
    let _other = turn(Suite::Set10).blocking_lock();
    play(story)
}

fn play_in<T>(suite: Suite, story: impl AsyncFnOnce(&'static Stage) -> T) -> T {
    static STAGES: [OnceLock<Stage>; 2] = [OnceLock::new(), OnceLock::new()];
    let _turn = turn(suite).blocking_lock();
    let stage = STAGES[place(suite)].get_or_init(|| Stage::open(suite));
    let _log = tracing::dispatcher::set_default(&stage.log);
    stage.runtime.block_on(story(stage))
}

/// Whose turn it is on the stage of a suite.
fn turn(suite: Suite) -> &'static Mutex<()> {
    static TURNS: [Mutex<()>; 2] = [Mutex::const_new(()), Mutex::const_new(())];
    &TURNS[place(suite)]
}

fn place(suite: Suite) -> usize {
    match suite {
        Suite::Modern => 0,
        Suite::Set10 => 1,
    }
}

/// The threads of all stories that have a system of their own.
pub(super) fn runtime() -> &'static Runtime {
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    RUNTIME.get_or_init(|| Builder::new_multi_thread().enable_all().build().expect("threads"))
}

/// Threads that log to one place.
fn threads(log: &Dispatch) -> Runtime {
    let log = log.clone();
    let begin = move || {
        // Until the thread ends.
        std::mem::forget(tracing::dispatcher::set_default(&log));
    };
    Builder::new_multi_thread().enable_all().on_thread_start(begin).build().expect("threads")
}

impl Stage {
    fn open(suite: Suite) -> Self {
        let folder = folder(suite);
        Data::reset(&folder).expect("an earlier run's folder");
        let data = Data::open(&folder).expect("a folder");
        let wish = Wish { suite, port: 0, vault: Cost::FLEETING, holders: &Holders::FILES };
        runtime().block_on(first_start::make(&data, wish)).expect("everything is made");
        // The first start clears the folder.
        let log = log_into(&data);
        let (runtime, _log) = (threads(&log), tracing::dispatcher::set_default(&log));
        let opened = runtime.block_on(Opened::with(&data, wish, stores()));
        let Opened { system, running, hurried, measured, hasty, cards } = opened;
        let [good, broke, silent] = cards;
        Self {
            system,
            hurried,
            measured,
            good,
            broke,
            silent,
            data,
            log,
            runtime,
            example: OnceCell::new(),
            unanswered: OnceCell::new(),
            shipped: OnceCell::new(),
            forger: OnceLock::new(),
            taken_back: std::sync::Mutex::default(),
            _running: running,
            _hurried: hasty,
        }
    }

    /// The suite that everybody speaks here.
    pub(super) fn suite(&self) -> Suite {
        self.system.ground.suite
    }

    /// A role's folder.
    pub(super) fn folder(&self, role: &str) -> PathBuf {
        self.data.path().join(role)
    }

    /// The folder of all roles.
    pub(super) fn data(&self) -> PathBuf {
        self.data.path().to_owned()
    }

    /// Whoever has stolen all keys.
    pub(super) fn forger(&self) -> &Forger {
        self.forger.get_or_init(|| Forger::new(self))
    }

    /// Adds to what the stories have taken back, and says which number the list of all that has: a
    /// party that has heard of one list believes none that is not newer.
    pub(super) fn taken_back(&self, more: impl Iterator<Item = Revoked>) -> (u64, Vec<Revoked>) {
        let mut all = self.taken_back.lock().expect("no story panicked here");
        all.extend(more);
        (LISTS_FROM + all.len() as u64, all.clone())
    }

    /// Whoever is behind a site, where that is somebody of the first house who hears of lists.
    pub(super) fn party(&self, of: Name) -> Option<&Party> {
        let system = &self.system;
        match of {
            Name::Merchant | Name::Shop => Some(&system.merchant.party),
            Name::Gateway => Some(&system.gateway.party),
            Name::Wallet | Name::Home => Some(&system.wallet.party),
            Name::CaCardholder | Name::CaMerchant | Name::CaGateway => {
                let mut all = system.authorities.iter();
                let found = all.find(|one| Name::of_authority(one.seat.kind) == of);
                Some(&found.expect("one of the three").party)
            }
            _ => None,
        }
    }

    /// The database of whoever is behind a site.
    pub(super) fn store(&self, of: Name) -> &Arc<dyn Store> {
        match of {
            Name::Issuer => &self.system.issuer.store,
            Name::Acquirer => &self.system.acquirer.store,
            other => match self.party(other) {
                Some(party) => &party.store,
                None => self.second_store(other),
            },
        }
    }

    fn second_store(&self, of: Name) -> &Arc<dyn Store> {
        let second = self.system.second.as_ref().expect("there are two banks");
        match of.of_second() {
            Some(Name::Wallet) => &second.wallet.party.store,
            Some(Name::Issuer) => &second.issuer.store,
            _ => &second.authorities.first().expect("its own").party.store,
        }
    }

    /// How many messages the issuer has seen and sent.
    pub(super) async fn issuer_saw(&self) -> i64 {
        let page = Page::newest(1);
        let newest = self.store(Name::Issuer).journal(&JournalOf::Everything, page).await;
        newest.expect("a journal").first().map_or(0, |passed| passed.seq.number())
    }

    /// The newest message of a name that crossed at a party; not of one purchase only.
    pub(super) async fn newest(&self, at: Name, name: &str) -> Vec<u8> {
        let journal = self.store(at).journal(&JournalOf::Everything, Page::newest(500)).await;
        let mut journal = journal.expect("a journal").into_iter();
        let found = journal.find(|passed| passed.name == name);
        found.unwrap_or_else(|| panic!("no {name} crossed")).octets
    }

    /// Orders a poster and pays it with a card.
    pub(super) async fn buy(&self, card: &str) -> Bought {
        self.buy_delivered(card, "post").await
    }

    /// The same, delivered in another way.
    pub(super) async fn buy_delivered(&self, card: &str, way: &str) -> Bought {
        let order = story::order_delivered(&self.system.merchant, way).await.expect("an order");
        let id = story::offer(&self.system, &order, card).await.expect("an offer");
        let told = story::pay(&self.system, &order, &id, card).await.expect("an answer");
        Bought { order, id, told }
    }

    /// A purchase that was made once and is over.
    pub(super) async fn example(&self) -> &Bought {
        self.example.get_or_init(|| self.buy(&self.good)).await
    }

    /// A purchase that was captured, and inquired after.
    pub(super) async fn shipped(&self) -> &Bought {
        let ship = async || {
            let bought = self.buy(&self.good).await;
            story::capture(&self.system, &bought.order).await.expect("captured");
            let inquiry = self.inquiry(&bought.order, &self.good).await;
            assert_eq!(self.post(Name::Merchant, &inquiry).await.status, 200);
            bought
        };
        self.shipped.get_or_init(ship).await
    }

    /// A purchase about which the issuer has said nothing.
    pub(super) async fn unanswered(&self) -> &Bought {
        self.unanswered.get_or_init(|| self.buy(&self.silent)).await
    }

    /// Waits until a party has nothing to do and nothing to wait for.
    pub(super) async fn quiet(&self, party: Name) {
        let kinds: &[&str] = match party {
            Name::Merchant => &[MerchantPurchase::KIND],
            Name::Gateway => {
                &[GatewayAuthorization::KIND, GatewayCapture::KIND, GatewayRefund::KIND]
            }
            _ => &[],
        };
        for kind in kinds {
            let quiet = async {
                while self.is_busy(party, kind).await {
                    sleep(LOOK).await;
                }
            };
            timeout(PATIENCE, quiet).await.expect("everything comes to an end");
        }
    }

    async fn is_busy(&self, party: Name, kind: &str) -> bool {
        let later = self.system.ground.clock.now().plus_s(86_400);
        let store = self.store(party);
        let wakes = store.wakes_due(kind, later, 1).await.expect("a store");
        let asks = store.errands(kind, "ask").await.expect("a store");
        let own = store.errands(kind, "own").await.expect("a store");
        !(wakes.is_empty() && asks.is_empty() && own.is_empty())
    }

    /// A message of a name that crossed at the merchant about an order.
    pub(super) async fn crossed(&self, order: &Order, name: &str) -> Vec<u8> {
        let key = order.key().to_vec();
        let of = JournalOf::Instance { kind: "merchant.purchase", key };
        let journal = self.store(Name::Merchant).journal(&of, Page::newest(100)).await;
        let mut journal = journal.expect("a journal").into_iter();
        let found = journal.find(|passed| passed.name == name);
        found.unwrap_or_else(|| panic!("no {name} about order {}", order.number)).octets
    }
}

/// A system whose sites are open, with three certified cards.
struct Opened {
    system: Arc<System>,
    running: Running,
    hurried: SocketAddr,
    measured: Measured,
    hasty: Shutdown,
    cards: [String; 3],
}

impl Opened {
    async fn with(data: &Data, wish: Wish<'_>, stores: Stores) -> Self {
        let measured = Measured::begin();
        let arrangement = Arrangement { stores, ..Arrangement::default() };
        let started = System::start_as(data, wish, arrangement).await;
        let (system, mut running) = started.expect("a system");
        running.serve(system.at, ports::sites(&system, &[], &measured), &[]).await.expect("sites");
        let hasty = Shutdown::default();
        let hurried = hurried(&system, &measured, &hasty).await;
        story::unlock(&system).await.expect("the demo's passphrase");
        let enrol =
            async |behaviour| story::enrol(&system, card(behaviour)).await.expect("certified");
        let cards = [
            enrol(Behaviour::Approves).await,
            enrol(Behaviour::Declines).await,
            enrol(Behaviour::NoAnswer).await,
        ];
        Self { system, running, hurried, measured, hasty, cards }
    }
}

/// Where whoever deals with payments stores: in files, or on a PostgreSQL server if a variable says
/// so. Authorities have files.
pub(super) fn stores() -> Stores {
    let mut stores = Stores::default();
    if std::env::var_os(ON_POSTGRESQL).is_none() {
        return stores;
    }
    for role in ["merchant", "gateway", "wallet", ISSUER, ACQUIRER, SECOND.issuer.folder()] {
        let schema = postgres::schema().expect("PostgreSQL is here");
        let server = schema.server().to_owned();
        let (password, connections_max) = (None, CONNECTIONS);
        let terms = ServerTerms { server, password, connections_max, lease: LEASE };
        stores.put(role, terms);
    }
    stores
}

/// A folder beside this test's executable, the same at every run.
fn folder(suite: Suite) -> PathBuf {
    let exe = std::env::current_exe().expect("this runs from a file");
    exe.parent().expect("in a folder").join(format!("openset-stories-{suite}"))
}

/// The card that the issuer treats like this.
pub(super) fn card(behaviour: Behaviour) -> &'static cast::TestCard {
    let mut cards = cast::CARDS.iter();
    cards.find(|card| card.behaviour == behaviour).expect("a card for each")
}

/// Every role logs into its own folder, and everything into a file that stands for the screen.
fn log_into(data: &Data) -> Dispatch {
    // While there is one dispatcher only, whichever thread comes to a line first says for all
    // whether it is wanted; those of a town have no log and want none.
    static SECOND: LazyLock<Dispatch> = LazyLock::new(|| Dispatch::new(NoSubscriber::default()));
    LazyLock::force(&SECOND);
    let labels = sites::ALL[..sites::OF_ONE_BRAND].iter().map(|name| name.label());
    let roles = labels.map(|label| {
        let folder = RoleFolder::open(data.path(), label).expect("a folder");
        (label.to_owned(), folder.log())
    });
    let logging =
        Logging { filter: "debug,hyper=info".to_owned(), form: Form::Text, roles: roles.collect() };
    let screen = fs::File::create(data.path().join("screen.log")).expect("a file");
    Dispatch::new(subscriber(&logging, std::sync::Mutex::new(screen)).expect("a good filter"))
}

/// The same sites at a port that waits for nobody.
async fn hurried(system: &Arc<System>, measured: &Measured, stop: &Shutdown) -> SocketAddr {
    let limits = Limits { head: HURRY, body: HURRY, ..Limits::default() };
    let mut server = Server::new(limits);
    let any = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let at = server
        .open(any, Doors::by_host(ports::sites(system, &[], measured)))
        .await
        .expect("a port");
    tokio::spawn(server.serve(stop.listen()));
    at
}
