//! Three authorities behind a port, their applicants, and somebody who carries every message
//! between them.
//!
//! A scene has a thread, a runtime, a folder and a log of its own, so that what one sweep leaves
//! is not mistaken for what another one does.

use std::{
    collections::BTreeMap,
    fs,
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
};

use openset_crypto::{Authority as Kind, Purpose, Suite, vault::Cost, verify};
use openset_node::{
    clock::{Clock, SystemClock},
    driver::{Desk, Performing, Reminder},
    http::{Doors, Limits, Media, Server, Site},
    keys::KeyHolder,
    logging::{Form, Logging, subscriber},
    shutdown::Shutdown,
    store::Page,
};
use openset_protocol::{
    ca::{Applicant, Approval, AuthorityEnrolment, Effect, Input, Stage as At},
    cardholder,
    enrolment::Patience,
};
use openset_wire::{
    error::{Error, ErrorTbs},
    wrapper::{Message, MessageWrapper},
};
use tempfile::TempDir;
use tokio::runtime::Builder;

use super::{
    super::{
        bureau::approval,
        kept::files,
        post::{Answer, head, say},
    },
    carrier::Carrier,
    hands::Hands,
};
use crate::{
    ceremony::{self, ISSUING, Rings, Seat},
    demo::{cast, forms},
    house::{
        authority::{self, Authority},
        ground::{self, Ground, secret},
        holders::Holders,
        wallet::Wallet,
    },
    sites::{self, Name},
};

/// Longer than any sweep takes.
pub(super) const LONG_S: i64 = 3_600;
/// Whose log lines are kept apart.
const ROLES: [&str; 6] =
    ["ca-cardholder", "ca-merchant", "ca-gateway", "wallet", "merchant", "gateway"];

/// Three authorities and their applicants.
pub(super) struct Scene {
    pub(super) suite: Suite,
    /// As the applicants see it: every authority is reached through its carrier.
    pub(super) ground: Ground,
    pub(super) hands: Arc<Hands>,
    pub(super) registrar: Registrar,
    pub(super) wallet: Wallet,
    pub(super) offices: Vec<Authority>,
    /// The keys of the merchant and the gateway.
    pub(super) rings: BTreeMap<&'static str, Arc<dyn KeyHolder>>,
    carriers: BTreeMap<Kind, Carrier>,
    at: SocketAddr,
    data: TempDir,
    shutdown: Shutdown,
    _reminders: Vec<Reminder>,
}

/// What an attack may have left at an authority.
pub(super) struct Traces {
    files: BTreeMap<PathBuf, Vec<u8>>,
    issued: usize,
    asked: usize,
    refused: usize,
}

/// A registrar that counts what it is asked, and agrees unless it was told to wait.
#[derive(Clone, Default)]
pub(super) struct Registrar(Arc<Mutex<Heard>>);

#[derive(Default)]
struct Heard {
    asked: usize,
    puts_off: bool,
}

impl Registrar {
    /// Puts off whoever applies from now on, or nobody any more.
    pub(super) fn puts_off(&self, puts_off: bool) {
        self.0.lock().expect("nobody panics").puts_off = puts_off;
    }

    /// How often it was asked.
    pub(super) fn asked(&self) -> usize {
        self.0.lock().expect("nobody panics").asked
    }

    fn decides(&self, applicant: &Applicant) -> Input {
        let mut heard = self.0.lock().expect("nobody panics");
        heard.asked += 1;
        if heard.puts_off {
            return Input::Pended;
        }
        Input::Approved(match applicant {
            Applicant::Cardholder { .. } => Approval::Cardholder,
            Applicant::Merchant { .. } => approval(),
            Applicant::Gateway { .. } => Approval::Gateway { name: cast::GATEWAY.to_owned() },
        })
    }
}

impl Desk<AuthorityEnrolment> for Registrar {
    fn perform<'a>(&'a self, _: &'a [u8], effect: Effect) -> Performing<'a, AuthorityEnrolment> {
        Box::pin(async move {
            Some(match effect {
                Effect::Sign => Input::Sign,
                Effect::Verify(application) => self.decides(&application.applicant),
            })
        })
    }
}

/// Plays one sweep in a suite, on this thread.
pub(super) fn play(suite: Suite, sweep: impl AsyncFnOnce(&Scene)) {
    let data = tempfile::tempdir().expect("a folder");
    let logs = data.path().join("logs");
    fs::create_dir(&logs).expect("a folder");
    let roles = ROLES.map(|role| (role.to_owned(), logs.join(role)));
    let logging = Logging { filter: "info".to_owned(), form: Form::Json, roles: roles.into() };
    let screen = fs::File::create(logs.join("screen")).expect("a file");
    let subscriber = subscriber(&logging, Mutex::new(screen)).expect("a good filter");
    let _logging = tracing::subscriber::set_default(subscriber);
    let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async { sweep(&Scene::open(suite, data).await).await });
}

impl Scene {
    async fn open(suite: Suite, data: TempDir) -> Self {
        let path = data.path();
        let holders = Holders::FILES;
        ceremony::hold(&Rings::new(path, &holders), suite, &SystemClock).expect("a ceremony");
        forms::lay_out(path, &cast::BRAND).expect("form files");
        let at = sites::free_port(0).expect("a port");
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let mut ground = ground::of(path, clock, at, &holders).expect("a ceremony was held");
        let (registrar, shutdown) = (Registrar::default(), Shutdown::default());
        let (mut offices, mut doors, mut reminders) = (Vec::new(), Vec::new(), Vec::new());
        let mut carriers = BTreeMap::new();
        for kind in ISSUING {
            let office = office(&ground, kind, registrar.clone()).await;
            reminders.extend(office.start(&shutdown.listen()).await.expect("reminders"));
            let name = Name::of_authority(kind);
            doors.push(Site::new(name.label(), &name.host(), office.endpoint()));
            offices.push(office);
            let to = format!("{}/set", name.origin(at));
            carriers.insert(kind, Carrier::stand(&ground, to).await);
        }
        let mut server = Server::new(Limits::default());
        server.open(at, Doors::by_host(doors)).await.expect("the port");
        tokio::spawn(server.serve(shutdown.listen()));
        ground.addresses.ca_cardholder = carriers[&Kind::Cardholder].url.clone();
        ground.addresses.ca_merchant = carriers[&Kind::Merchant].url.clone();
        ground.addresses.ca_gateway = carriers[&Kind::Gateway].url.clone();
        let wallet = wallet(&ground).await;
        reminders.extend(wallet.start(&shutdown.listen()).await.expect("reminders"));
        let ring = |role: &'static str| {
            let ring = ground.holders.open(&ground.data, role, &Default::default());
            (role, ring.expect("a ring"))
        };
        let rings = BTreeMap::from(["merchant", "gateway"].map(ring));
        let hands = Arc::new(Hands::steal(&ground, &wallet.vault, rings.values()));
        Self {
            suite,
            ground,
            hands,
            registrar,
            wallet,
            offices,
            rings,
            carriers,
            at,
            data,
            shutdown,
            _reminders: reminders,
        }
    }

    pub(super) fn office(&self, kind: Kind) -> &Authority {
        self.offices.iter().find(|one| one.seat.kind == kind).expect("one of the three")
    }

    /// Whoever carries what an authority is asked.
    pub(super) fn carrier(&self, kind: Kind) -> &Carrier {
        &self.carriers[&kind]
    }

    /// Posts octets to an authority as anybody would.
    pub(super) async fn post(&self, to: Kind, octets: &[u8]) -> Answer {
        let host = Name::of_authority(to).host();
        let head = head(&host, Media::Registration.as_str(), octets.len());
        say(self.at, &[head.as_bytes(), octets].concat()).await
    }

    /// What an authority has kept, asked and said so far.
    pub(super) async fn traces(&self, of: Kind) -> Traces {
        let folder = self.data.path().join(ceremony::folder(of));
        let stays = |path: &PathBuf| path.is_file() && !is_passing(path);
        let files = files(&folder).into_iter().filter(stays);
        let files = files.map(|path| (path.clone(), fs::read(path).expect("a file"))).collect();
        let all = self.office(of).enrolments.list(Page::newest(1_000)).await.expect("a store");
        let is_certified = |stage: &At| matches!(stage, At::Issued { .. } | At::Issuing(_));
        Traces {
            files,
            issued: all.iter().filter(|(_, one)| is_certified(&one.stage)).count(),
            asked: self.registrar.asked(),
            refused: self.logged(ceremony::folder(of), r#""message":"refused"#).len(),
        }
    }

    /// The lines in a role's log that have some words in them.
    pub(super) fn logged(&self, role: &str, words: &str) -> Vec<String> {
        let log = fs::read_to_string(self.data.path().join("logs").join(role)).expect("a log");
        log.lines().filter(|line| line.contains(words)).map(ToOwned::to_owned).collect()
    }

    /// The Error in an answer, well signed by whoever was asked.
    pub(super) fn complaint(&self, by: Kind, answer: &Answer, what: &str) -> ErrorTbs {
        assert_eq!(answer.status, 200, "{what}: {}", answer.head);
        let message = MessageWrapper::decode(&answer.body).expect("a message").message;
        let Message::Error(Error::SignedError(signed)) = message else {
            panic!("{what}: answered by {}", message.name())
        };
        let (trust, now) = (&self.hands.trust, self.hands.now());
        let said = verify(&signed, trust, Purpose::AuthoritySignature(by), None, now);
        said.expect("signed by whoever refused").into_value()
    }
}

impl Drop for Scene {
    fn drop(&mut self) {
        self.shutdown.ask();
    }
}

impl Traces {
    /// Checks that nobody was certified and no registrar asked since, and that so many refusals
    /// stand in the log.
    pub(super) fn nobody_was_certified(&self, after: &Self, refused: usize, what: &str) {
        assert_eq!(after.issued, self.issued, "{what}: somebody was certified");
        assert_eq!(after.asked, self.asked, "{what}: the registrar was asked");
        assert_eq!(after.refused, self.refused + refused, "{what}: refusals in the log");
    }

    /// Checks that not an octet is kept that was not before.
    pub(super) fn nothing_was_kept(&self, after: &Self, what: &str) {
        assert_eq!(after.files.len(), self.files.len(), "{what}: a file more or less");
        for (path, octets) in &after.files {
            let same = self.files.get(path) == Some(octets);
            assert!(same, "{what}: {} has changed", path.display());
        }
    }
}

/// An authority that is patient with its registrar.
async fn office(ground: &Ground, kind: Kind, registrar: Registrar) -> Authority {
    let office =
        Authority::open(ground, Seat::first(kind), |_, _| Ok(Box::new(registrar) as _)).await;
    let office = office.expect("an authority");
    let mut standing = authority::standing(ground, Seat::first(kind)).expect("its papers");
    standing.answer_within_s = LONG_S;
    office.enrolments.stand(standing);
    office
}

/// An open wallet that does not give up, and inquires without making anybody wait.
async fn wallet(ground: &Ground) -> Wallet {
    let wallet = Wallet::open(ground, Cost::FLEETING).await.expect("a wallet");
    let now = ground.clock.now();
    wallet.vault.create(secret(cast::PASSPHRASE), now).await.expect("a vault");
    let before = wallet.registrations.standing();
    wallet.registrations.stand(cardholder::Standing {
        language: before.language.clone(),
        letterhead: before.letterhead.clone(),
        acceptance: before.acceptance,
        inquire_after_s: before.inquire_after_s,
        give_up_after_s: LONG_S,
        patience: Patience { inquire_after_s: 1, ..before.patience },
    });
    wallet
}

/// What changes by itself: the index of the database's log, and the signed heads of the trail.
fn is_passing(path: &Path) -> bool {
    let path = path.to_string_lossy();
    path.ends_with("-shm") || path.ends_with("trail.heads") || path.ends_with(".jsonl")
}
