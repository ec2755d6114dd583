//! Authorities in a folder of their own, behind a real port, with a registrar that does as it is
//! told; and a merchant that registers with them.

use std::{
    collections::VecDeque,
    net::SocketAddr,
    path::PathBuf,
    sync::{Arc, Mutex},
};

use openset_crypto::{Authority as Kind, KeyUse, PublicKey, Suite};
use openset_node::{
    clock::{Clock, SystemClock},
    driver::{Desk, Driver, Performing, Reminder},
    http::{Doors, Limits, Media, Server, Site},
    keys::KeyHolder,
    shutdown::Shutdown,
    store::{JournalOf, Page},
};
use openset_protocol::{
    ca::{
        Approval, AuthorityEnrolment, Effect as Asks, Enrolment, Input as Decision, Listing, Stage,
        Standing,
    },
    enrolment::{
        NewKey, Patience,
        applicant::{
            Begin, Effect, Filled, Held, Input, Keys, Registering, Registration, Stage as At,
            Standing as Applies,
        },
    },
    merchant::registration::{Merchant, Names},
    role::Lookup,
};
use openset_types::Language;
use tempfile::TempDir;
use tokio::{sync::watch, time::timeout};

use super::{
    post::{Answer, head, say},
    stage::PATIENCE,
};
use crate::{
    ceremony::{self, Rings, Seat},
    demo::{cast, forms},
    house::{
        authority::{self, Authority},
        enrol::{answers, new_key},
        ground::{self, Ground, Lesson, Party},
        holders::Holders,
        merchant,
    },
    sites::{self, Name},
};

/// Authorities behind a port.
pub(super) struct Bureau {
    pub(super) ground: Ground,
    pub(super) at: SocketAddr,
    pub(super) merchants: Authority,
    pub(super) clerk: Clerk,
    data: Arc<TempDir>,
    shutdown: Shutdown,
    _reminders: Vec<Reminder>,
}

/// A registrar that does as it is told, and puts off what it was told nothing about.
#[derive(Clone, Default)]
pub(super) struct Clerk {
    said: Arc<Mutex<VecDeque<Decision>>>,
    /// How many drafts were recorded, and whether they are left at that.
    drafted: Arc<watch::Sender<usize>>,
    leaves: Arc<watch::Sender<bool>>,
}

/// A merchant that registers.
pub(super) struct Shop {
    pub(super) party: Party,
    pub(super) driver: Driver<Registering<Merchant>>,
    pub(super) ring: Arc<dyn KeyHolder>,
    due: Due,
    shutdown: Shutdown,
    _reminder: Reminder,
}

/// Hears that certificates end soon.
#[derive(Clone, Default)]
struct Due(Arc<tokio::sync::Notify>);

impl Clerk {
    /// What it will say next.
    pub(super) fn will(&self, say: Decision) {
        self.said.lock().expect("nobody panics").push_back(say);
    }

    /// What is recorded from now on waits to be signed.
    pub(super) fn leave_drafts(&self) {
        self.leaves.send_replace(true);
    }

    /// What waits is signed.
    pub(super) fn go_on(&self) {
        self.leaves.send_replace(false);
    }

    /// Waits until something is recorded that is to be signed.
    pub(super) async fn drafted(&self) {
        let mut drafted = self.drafted.subscribe();
        let any = timeout(PATIENCE, drafted.wait_for(|drafts| *drafts > 0)).await;
        any.expect("it comes to that").expect("somebody drafts");
    }

    async fn sign(&self) -> Decision {
        self.drafted.send_modify(|drafts| *drafts += 1);
        let mut leaves = self.leaves.subscribe();
        leaves.wait_for(|leaves| !leaves).await.expect("a registrar");
        Decision::Sign
    }
}

impl Desk<AuthorityEnrolment> for Clerk {
    fn perform<'a>(&'a self, _: &'a [u8], effect: Asks) -> Performing<'a, AuthorityEnrolment> {
        Box::pin(async move {
            let Asks::Verify(_) = effect else { return Some(self.sign().await) };
            let told = self.said.lock().expect("nobody panics").pop_front();
            Some(told.unwrap_or(Decision::Pended))
        })
    }
}

impl Desk<Registering<Merchant>> for Due {
    fn perform<'a>(&'a self, _: &'a [u8], effect: Effect) -> Performing<'a, Registering<Merchant>> {
        Box::pin(async move {
            let Effect::RenewalDue = effect;
            self.0.notify_one();
            Some(Input::Noted)
        })
    }
}

pub(super) fn approval() -> Approval {
    Approval::Merchant(Listing {
        name: cast::SHOP.to_owned(),
        city: cast::CITY.to_owned(),
        postal_code: None,
        country: "France".to_owned(),
        country_code: cast::COUNTRY,
    })
}

impl Bureau {
    /// Holds a ceremony and opens the authority of merchants.
    pub(super) async fn open() -> Self {
        let data = Arc::new(tempfile::tempdir().expect("a folder"));
        Self::hold(&data, &Holders::FILES);
        Self::serve(data, &Holders::FILES, |_| {}).await
    }

    /// Holds a ceremony in a folder, for keys that are held there.
    pub(super) fn hold(data: &TempDir, holders: &Holders) {
        let rings = Rings::new(data.path(), holders);
        ceremony::hold(&rings, Suite::Modern, &SystemClock).expect("a ceremony");
        forms::lay_out(data.path(), &cast::BRAND).expect("a form file");
    }

    /// A second one with the same certificates and keys, which has seen nobody yet.
    pub(super) async fn twin(&self, change: impl FnOnce(&mut Standing)) -> Self {
        let data = Arc::new(tempfile::tempdir().expect("a folder"));
        for folder in ["ca-root", "ca-brand", "ca-cardholder", "ca-merchant", "ca-gateway"] {
            copy(&self.data.path().join(folder), &data.path().join(folder));
        }
        Self::serve(data, &Holders::FILES, change).await
    }

    /// Opens the authority of merchants over a folder.
    pub(super) async fn serve(
        data: Arc<TempDir>,
        holders: &Holders,
        change: impl FnOnce(&mut Standing),
    ) -> Self {
        let at = sites::free_port(0).expect("a port");
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let ground = ground::of(data.path(), clock, at, holders);
        let ground = ground.expect("a ceremony was held");
        let clerk = Clerk::default();
        let registrar = clerk.clone();
        let merchants = Authority::open(&ground, Seat::first(Kind::Merchant), |_, _| {
            Ok(Box::new(registrar) as _)
        })
        .await;
        let merchants = merchants.expect("an authority");
        let mut standing =
            authority::standing(&ground, Seat::first(Kind::Merchant)).expect("its papers");
        change(&mut standing);
        merchants.enrolments.stand(standing);
        let shutdown = Shutdown::default();
        let reminders = merchants.start(&shutdown.listen()).await.expect("reminders");
        let mut server = Server::new(Limits::default());
        let name = Name::CaMerchant;
        let site = Site::new(name.label(), &name.host(), merchants.endpoint());
        server.open(at, Doors::by_host(vec![site])).await.expect("the port");
        tokio::spawn(server.serve(shutdown.listen()));
        Self { ground, at, merchants, clerk, data, shutdown, _reminders: reminders }
    }

    /// Where it takes messages.
    pub(super) fn url(&self) -> String {
        format!("{}/set", Name::CaMerchant.origin(self.at))
    }

    /// Posts octets as anybody would.
    pub(super) async fn post(&self, path: &str, message: &[u8]) -> Answer {
        let head = head(&Name::CaMerchant.host(), Media::Registration.as_str(), message.len());
        let head = head.replacen("/set", path, 1);
        say(self.at, &[head.as_bytes(), message].concat()).await
    }

    /// The newest application, by its name.
    pub(super) async fn newest(&self) -> (Vec<u8>, Enrolment) {
        let all = self.merchants.enrolments.list(Page::newest(1)).await.expect("a store");
        let (record, enrolment) = all.into_iter().next().expect("an application");
        (record.key, enrolment)
    }

    /// The operator decides about the newest application, which waits.
    pub(super) async fn decide(&self, decision: Decision) {
        let (key, enrolment) = self.newest().await;
        assert!(matches!(enrolment.stage, Stage::Applied(_)), "{:?}", enrolment.stage);
        let decided = self.merchants.enrolments.command(Lookup::Key(key), decision).await;
        decided.expect("in turn");
    }

    /// A merchant of this bureau's ground.
    pub(super) async fn shop(&self) -> Shop {
        let ring = self.ground.holders.open(self.data.path(), "merchant", &Default::default());
        let ring = ring.expect("a ring");
        let party = self.ground.party(merchant::ROLE, Lesson::Told, ring.clone()).await;
        let party = party.expect("a folder");
        let standing = Applies {
            language: Language::parse("en").expect("a tag"),
            letterhead: self.ground.letterhead(),
            acceptance: self.ground.acceptance(),
            give_up_after_s: 60,
            patience: Patience {
                inquire_after_s: 1,
                decided_within_s: 600,
                // Just after they were issued, so that nobody has to wait for it.
                renew_before_s: 365 * 86_400 - 1,
                renew_in_last_percent: 100,
            },
        };
        let due = Due::default();
        let driver = Driver::new(Arc::clone(&party.shell), standing, due.clone());
        let shutdown = Shutdown::default();
        let reminder = driver.start(shutdown.listen()).await.expect("a reminder");
        Shop { party, driver, ring, due, shutdown, _reminder: reminder }
    }
}

impl Drop for Bureau {
    fn drop(&mut self) {
        self.shutdown.ask();
    }
}

impl Drop for Shop {
    fn drop(&mut self) {
        self.shutdown.ask();
    }
}

impl Shop {
    /// Begins a registration; gives what the shop calls it.
    pub(super) async fn begin(&self, id: &str, renews: Option<Held>) -> Vec<u8> {
        let key = |to| new_key(Suite::Modern, self.ring.as_ref(), to).expect("randomness");
        let keys = Keys { signature: key(KeyUse::Signs), encipherment: key(KeyUse::Opens) };
        let names = Names { acquirer: cast::acquirer_bin(), merchant: cast::merchant_id() };
        let begin = Begin { brand: cast::brand(), names, keys, renews: renews.map(Box::new) };
        self.give(id.as_bytes(), Input::Begin(begin)).await;
        id.as_bytes().to_vec()
    }

    pub(super) async fn give(&self, id: &[u8], input: Input<Merchant>) {
        self.driver.command(Lookup::Key(id.to_vec()), input).await.expect("in turn");
    }

    pub(super) async fn registration(&self, id: &[u8]) -> Registration<Merchant> {
        let state = self.driver.state(&Lookup::Key(id.to_vec())).await.expect("a store");
        state.expect("a registration")
    }

    /// Waits until a registration stands as wished, answering forms on the way.
    pub(super) async fn until(&self, id: &[u8], wished: impl Fn(&At) -> bool) -> At {
        let mut watch = self.driver.watch(id);
        let waiting = async {
            loop {
                let stage = self.registration(id).await.stage;
                match stage {
                    stage if wished(&stage) => return stage,
                    At::FormShown(shown) if shown.form.unfit.is_empty() => {
                        let answers = answers(&shown, cast::SHOP);
                        self.give(id, Input::Filled(Filled { answers, account: None })).await;
                    }
                    At::Refused(ended) => panic!("refused: {ended:?}"),
                    _ => watch.changed().await,
                }
            }
        };
        timeout(PATIENCE, waiting).await.expect("it comes to that")
    }

    pub(super) async fn certified(&self, id: &[u8]) -> Held {
        let stage = self.until(id, |stage| matches!(stage, At::Certified { .. })).await;
        let At::Certified { signature, encipherment } = stage else { panic!("certified") };
        Held { signature, encipherment }
    }

    /// Waits until the shop hears that other certificates are due.
    pub(super) async fn due(&self) {
        timeout(PATIENCE, self.due.0.notified()).await.expect("it is told");
    }

    /// The newest message of a name that it sent or got.
    pub(super) async fn crossed(&self, name: &str) -> Vec<u8> {
        let page = Page::newest(100);
        let journal = self.party.store.journal(&JournalOf::Everything, page).await;
        let mut journal = journal.expect("a journal").into_iter();
        journal.find(|passed| passed.name == name).expect("it crossed").octets
    }

    /// The key that a registration is about.
    pub(super) async fn key(&self, id: &[u8]) -> PublicKey {
        let key: NewKey = self.registration(id).await.keys.signature;
        key.public(Suite::Modern).expect("a key")
    }
}

fn copy(from: &std::path::Path, to: &PathBuf) {
    std::fs::create_dir_all(to).expect("a folder");
    for entry in std::fs::read_dir(from).expect("a folder") {
        let path = entry.expect("an entry").path();
        let target = to.join(path.file_name().expect("a name"));
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        match path.is_dir() {
            true => copy(&path, &target),
            // What it has seen it keeps to itself.
            false if name.contains("sqlite") || name.contains(".db") || name.contains("jsonl") => {}
            false => drop(std::fs::copy(&path, &target).expect("a file")),
        }
    }
}
