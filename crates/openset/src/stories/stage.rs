//! The system that all stories play on, one story at a time.

use std::{
    fs,
    net::{Ipv4Addr, SocketAddr},
    path::PathBuf,
    sync::{Arc, OnceLock},
    time::Duration,
};

use openset_crypto::{Suite, authority::Revoked, vault::Cost};
use openset_node::{
    folder::RoleFolder,
    http::{Doors, Limits, Server},
    logging::{Form, Logging, subscriber},
    measure::Measured,
    shutdown::Shutdown,
    store::{JournalOf, Page, Store},
};
use openset_protocol::{
    gateway::{authorization::GatewayAuthorization, capture::GatewayCapture},
    merchant::purchase::MerchantPurchase,
    role::Machine,
};
use tokio::{
    runtime::Runtime,
    sync::{Mutex, OnceCell},
    time::{sleep, timeout},
};

use super::forge::Forger;
use crate::{
    demo::{
        cast::{self, Behaviour},
        data::Data,
        story,
    },
    house::{
        first_start,
        holders::Holders,
        running::Running,
        system::{System, Wish},
    },
    ports,
    shop::orders::Order,
    sites::{self, Name},
};

/// The suite of these stories.
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
    turn: Mutex<()>,
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

/// Plays one story, after the ones before it.
pub(super) fn play<T>(story: impl AsyncFnOnce(&'static Stage) -> T) -> T {
    static STAGE: OnceLock<Stage> = OnceLock::new();
    let runtime = runtime();
    let stage = STAGE.get_or_init(|| runtime.block_on(Stage::open()));
    runtime.block_on(async {
        let _turn = stage.turn.lock().await;
        story(stage).await
    })
}

/// The threads of all stories.
pub(super) fn runtime() -> &'static Runtime {
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    RUNTIME.get_or_init(|| {
        let mut builder = tokio::runtime::Builder::new_multi_thread();
        builder.enable_all().build().expect("threads")
    })
}

impl Stage {
    async fn open() -> Self {
        let folder = folder();
        Data::reset(&folder).expect("an earlier run's folder");
        let data = Data::open(&folder).expect("a folder");
        let measured = Measured::begin();
        let wish = Wish { suite: MODERN, port: 0, vault: Cost::FLEETING, holders: &Holders::FILES };
        first_start::make(&data, wish).await.expect("everything is made");
        // The first start clears the folder.
        log_into(&data);
        let (system, mut running) = System::start(&data, wish).await.expect("a system");
        running.serve(system.at, ports::sites(&system, &[], &measured), &[]).await.expect("sites");
        let hasty = Shutdown::default();
        let hurried = hurried(&system, &measured, &hasty).await;
        story::unlock(&system).await.expect("the demo's passphrase");
        let [good, broke, silent] =
            [Behaviour::Approves, Behaviour::Declines, Behaviour::NoAnswer].map(card);
        Self {
            good: story::enrol(&system, good).await.expect("certified"),
            broke: story::enrol(&system, broke).await.expect("certified"),
            silent: story::enrol(&system, silent).await.expect("certified"),
            system,
            hurried,
            measured,
            data,
            turn: Mutex::new(()),
            example: OnceCell::new(),
            unanswered: OnceCell::new(),
            shipped: OnceCell::new(),
            forger: OnceLock::new(),
            taken_back: std::sync::Mutex::default(),
            _running: running,
            _hurried: hasty,
        }
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

    /// The database of whoever is behind a site.
    pub(super) fn store(&self, of: Name) -> &Arc<dyn Store> {
        let system = &self.system;
        match of {
            Name::Merchant | Name::Shop => &system.merchant.party.store,
            Name::Gateway => &system.gateway.party.store,
            Name::Issuer => &system.issuer.store,
            Name::Acquirer => &system.acquirer.store,
            Name::Wallet | Name::Home => &system.wallet.party.store,
            Name::CaCardholder | Name::CaMerchant | Name::CaGateway => {
                let mut all = system.authorities.iter();
                let found = all.find(|one| Name::of_authority(one.seat.kind) == of);
                &found.expect("one of the three").party.store
            }
            second => self.second_store(second),
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
        let order = story::order(&self.system).await.expect("an order");
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
            Name::Gateway => &[GatewayAuthorization::KIND, GatewayCapture::KIND],
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

/// A folder beside this test's executable, the same at every run.
fn folder() -> PathBuf {
    let exe = std::env::current_exe().expect("this runs from a file");
    exe.parent().expect("in a folder").join("openset-stories")
}

/// The card that the issuer treats like this.
pub(super) fn card(behaviour: Behaviour) -> &'static cast::TestCard {
    let mut cards = cast::CARDS.iter();
    cards.find(|card| card.behaviour == behaviour).expect("a card for each")
}

/// Every role logs into its own folder, and everything into a file that stands for the screen.
fn log_into(data: &Data) {
    let labels = sites::ALL.iter().map(|name| name.label());
    let roles = labels.map(|label| {
        let folder = RoleFolder::open(data.path(), label).expect("a folder");
        (label.to_owned(), folder.log())
    });
    let logging =
        Logging { filter: "debug,hyper=info".to_owned(), form: Form::Text, roles: roles.collect() };
    let screen = fs::File::create(data.path().join("screen.log")).expect("a file");
    let subscriber = subscriber(&logging, std::sync::Mutex::new(screen)).expect("a good filter");
    tracing::subscriber::set_global_default(subscriber).expect("nobody else logs");
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
