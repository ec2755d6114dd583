//! A brand in two houses, which have no folder in common and meet over sockets: one has the brand
//! and the authority of merchants, the other, a bank, the authority of gateways and a gateway.

use std::{
    fs,
    net::SocketAddr,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use openset_crypto::{Authority as Kind, Bag, Identity, Purpose, Suite, Untrusted, vault::Cost};
use openset_node::{
    clock::{Clock, SystemClock},
    http::{Doors, Limits, Media, Server, Site, client::Unanswered},
    shutdown::Shutdown,
};
use openset_types::UnixTime;
use openset_wire::x509::CrlReason;
use tempfile::TempDir;
use tokio::time::{sleep, timeout};

use super::{
    between::Aside,
    stage::{LOOK, PATIENCE, runtime},
};
use crate::{
    ceremony::{self, Lists, Seat, papers},
    demo::data::Data,
    house::{
        authority::{self, Authority},
        brand_desk::NOTIFICATIONS,
        bureau::{BRAND, Bureau, Office, Operator},
        first_start, gateway,
        ground::{self, Ground, Lesson, Party},
        hearing::{DISTRIBUTIONS, Hearing},
        holders::Holders,
        merchant,
        neighbours::Neighbours,
        news::{self, News, NotFetched},
        system::Wish,
    },
    sites::{self, Name},
};

const DAY_S: i64 = 86_400;
const GATEWAYS: Seat = Seat::first(Kind::Gateway);
/// Soon, for whoever tries again.
const RETRY: Duration = Duration::from_millis(20);

/// A clock that a story moves.
#[derive(Default)]
struct Moved(AtomicI64);

impl Clock for Moved {
    fn now(&self) -> UnixTime {
        SystemClock.now().plus_s(self.0.load(Ordering::SeqCst))
    }
}

/// Two data folders, each with the keys of its own authorities only.
struct Folders {
    brand: TempDir,
    bank: TempDir,
    clock: Arc<Moved>,
}

/// One house that is open: its authority, and a party that relies on the other house.
struct House {
    ground: Ground,
    bureau: Bureau,
    party: Party,
    _authority: Authority,
    stop: Shutdown,
}

impl Folders {
    async fn new() -> Self {
        let whole = tempfile::tempdir().expect("a folder");
        let data = Data::open(&whole.path().join("data")).expect("a new folder");
        let wish =
            Wish { suite: Suite::Modern, port: 0, vault: Cost::FLEETING, holders: &Holders::FILES };
        first_start::make(&data, wish).await.expect("everything is made");
        let (brand, bank) = (folder(), folder());
        for role in ["ca-root", "ca-brand"] {
            copy_public(&data.path().join(role), &bank.path().join(role));
        }
        let go = |role: &str, to: &TempDir| {
            fs::rename(data.path().join(role), to.path().join(role)).expect("the same disk");
        };
        for role in ["ca-gateway", "gateway"] {
            go(role, &bank);
        }
        for role in ["ca-root", "ca-brand", "ca-merchant", "merchant"] {
            go(role, &brand);
        }
        Self { brand, bank, clock: Arc::default() }
    }

    async fn brand(&self, at: SocketAddr, neighbours: Neighbours) -> House {
        House::open(self.brand.path(), &self.clock, at, neighbours, Kind::Merchant).await
    }

    async fn bank(&self, at: SocketAddr, neighbours: Neighbours) -> House {
        House::open(self.bank.path(), &self.clock, at, neighbours, Kind::Gateway).await
    }
}

impl House {
    async fn open(
        data: &Path,
        clock: &Arc<Moved>,
        at: SocketAddr,
        neighbours: Neighbours,
        kind: Kind,
    ) -> Self {
        let clock = Arc::clone(clock) as Arc<dyn Clock>;
        let ground = ground::of(data, clock, at, &Holders::FILES).expect("its papers");
        let ground = Ground { neighbours, ..ground };
        let authority = authority::of_acquirer(&ground, kind).await.expect("an authority");
        let (role, name) = match kind {
            Kind::Merchant => (merchant::ROLE, Name::Merchant),
            _ => (gateway::ROLE, Name::Gateway),
        };
        let keys = ground.keys(role.folder).expect("its keys");
        let party = ground.party(role, Lesson::Told, keys.clone()).await.expect("a folder");
        let hearing = Hearing::of(&ground, &party, keys, role.name);
        let own = Name::of_authority(kind);
        let mut server = Server::new(Limits::default());
        let doors = vec![
            Site::new(own.label(), &own.host(), authority.endpoint()),
            Site::new(name.label(), &name.host(), hearing.endpoint()),
        ];
        server.open(at, Doors::by_host(doors)).await.expect("the port");
        let stop = Shutdown::default();
        tokio::spawn(server.serve(stop.listen()));
        let office = Office::here(Seat::first(kind), &ground.data, authority.enrolments.clone());
        let bureau = Bureau { ground: ground.clone(), offices: vec![office] };
        Self { ground, bureau, party, _authority: authority, stop }
    }

    /// Whether its party believes a certificate of somebody else's.
    fn believes(&self, one: &Identity, purpose: Purpose) -> Result<(), Untrusted> {
        let (trust, now) = (self.party.shell.trust(), self.ground.clock.now());
        trust.path(&one.certificate, &Bag::of(one), purpose, None, now).map(drop)
    }

    async fn take_back(&self, one: &Identity) -> Vec<(String, Option<String>)> {
        let serial = one.certificate.to_be_signed.serial_number.as_bytes();
        let serial = data_encoding::HEXLOWER.encode(serial);
        let by = Operator::at_command_line(Some("ada")).expect("a name");
        let done = self.bureau.revoke(&serial, CrlReason::KeyCompromise, &by).await;
        let heard = done.expect("taken back").heard;
        heard.into_iter().map(|heard| (heard.role, heard.why_not)).collect()
    }

    fn signature(&self, role: &str) -> Identity {
        self.ground.papers(role).take(papers::SIGNATURE).expect("enrolled")
    }

    /// The number of the brand's word, and of the list of somebody.
    fn numbers(&self, issuer: &str) -> (u64, Option<u64>) {
        let (lists, bci) = Lists::read(&self.ground.data).expect("lists").state();
        let list = lists.into_iter().find(|list| list.issuer.contains(issuer));
        (bci.expect("a word").sequence, list.map(|list| list.number))
    }
}

impl Drop for House {
    fn drop(&mut self) {
        self.stop.ask();
    }
}

fn folder() -> TempDir {
    tempfile::tempdir().expect("a folder")
}

/// Copies what of an authority everybody may see.
fn copy_public(from: &Path, to: &Path) {
    fs::create_dir_all(to.join("certificates")).expect("a folder");
    for entry in fs::read_dir(from.join("certificates")).expect("papers") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().expect("a name");
        fs::copy(&path, to.join("certificates").join(name)).expect("a file");
    }
    for name in ["revoked.crl", "current.bci"] {
        if from.join(name).is_file() {
            fs::copy(from.join(name), to.join(name)).expect("a file");
        }
    }
}

fn at(house: SocketAddr, name: Name, path: &str) -> String {
    format!("{}{path}", name.origin(house))
}

/// How a bank reaches the house of its brand.
fn of_brand(brand: SocketAddr) -> Neighbours {
    Neighbours {
        notify: Some(at(brand, Name::CaMerchant, NOTIFICATIONS)),
        fetch: Some(at(brand, Name::CaMerchant, DISTRIBUTIONS)),
        retry: RETRY,
        ..Neighbours::default()
    }
}

fn ports() -> (SocketAddr, SocketAddr) {
    let port = || sites::free_port(0).expect("a free port");
    (port(), port())
}

async fn until(what: impl Fn() -> bool) {
    let waiting = async {
        while !what() {
            sleep(LOOK).await;
        }
    };
    timeout(PATIENCE, waiting).await.expect("it comes to that");
}

#[test]
fn what_one_house_takes_back_another_house_stops_trusting() {
    // Abuse cases 29 and 30, A21.
    runtime().block_on(async {
        let folders = Folders::new().await;
        let (brand_at, bank_at) = ports();
        let tell = vec![at(bank_at, Name::Gateway, DISTRIBUTIONS)];
        let brand = folders.brand(brand_at, Neighbours { tell, ..Neighbours::default() }).await;
        let bank = folders.bank(bank_at, of_brand(brand_at)).await;
        assert!(!bank.ground.rings().hold(Seat::BRAND), "the brand's keys are elsewhere");

        // The bank takes its gateway back: the shop hears it from the brand, in its own house.
        let gateway = bank.signature("gateway");
        assert_eq!(brand.believes(&gateway, Purpose::GatewaySignature), Ok(()));
        let heard = bank.take_back(&gateway).await;
        assert_eq!(heard[0], (BRAND.to_owned(), None), "{heard:?}");
        until(|| brand.believes(&gateway, Purpose::GatewaySignature).is_err()).await;
        let refused = brand.believes(&gateway, Purpose::GatewaySignature);
        assert_eq!(refused, Err(Untrusted::Revoked));
        assert_eq!(bank.numbers("Gateway").1, brand.numbers("Gateway").1);

        // The other way round: the gateway is told by the brand's house.
        let shop = brand.signature("merchant");
        assert_eq!(bank.believes(&shop, Purpose::MerchantSignature), Ok(()));
        let heard = brand.take_back(&shop).await;
        let told = heard.iter().find(|(role, _)| role.starts_with("http")).expect("it was told");
        assert_eq!(told.1, None);
        let refused = bank.believes(&shop, Purpose::MerchantSignature);
        assert_eq!(refused, Err(Untrusted::Revoked));
        // It is written where the other roles of the bank read it, and after a restart.
        until(|| bank.numbers("Merchant") == brand.numbers("Merchant")).await;
    });
}

#[test]
fn a_list_is_told_of_until_the_brand_has_taken_it() {
    // Abuse case 30: the brand is away when something is taken back.
    runtime().block_on(async {
        let folders = Folders::new().await;
        let (brand_at, bank_at) = ports();
        let bank = folders.bank(bank_at, of_brand(brand_at)).await;
        let gateway = bank.signature("gateway");
        let heard = bank.take_back(&gateway).await;
        assert_eq!(heard[0].0, BRAND);
        assert!(heard[0].1.is_some(), "nobody is there: {heard:?}");
        let stop = Shutdown::default();
        let telling = news::tell_brand(&bank.ground, GATEWAYS, stop.listen());
        let brand = folders.brand(brand_at, Neighbours::default()).await;
        until(|| brand.believes(&gateway, Purpose::GatewaySignature).is_err()).await;
        // What was taken is not told again, and the brand named it once.
        let ground = &bank.ground;
        until(|| crate::house::bureau::untaken(ground, GATEWAYS).expect("files").is_none()).await;
        let before = brand.numbers("Gateway");
        crate::house::bureau::deliver(ground, &ground.rings(), GATEWAYS).await.expect("done");
        assert_eq!(brand.numbers("Gateway"), before);
        stop.ask();
        telling.expect("the brand is elsewhere").await.expect("it ends");
        assert!(
            news::tell_brand(&brand.ground, Seat::first(Kind::Merchant), stop.listen()).is_none()
        );
    });
}

#[test]
fn the_brands_word_is_fetched_and_an_old_one_is_not_taken() {
    // A21, abuse case 29.
    runtime().block_on(async {
        let folders = Folders::new().await;
        let (brand_at, bank_at) = ports();
        let brand = folders.brand(brand_at, Neighbours::default()).await;
        let url = at(brand_at, Name::CaMerchant, DISTRIBUTIONS);
        let old = brand.ground.client.get(&url).await.expect("the brand speaks");
        let shop = brand.signature("merchant");
        brand.take_back(&shop).await;
        let bank = folders.bank(bank_at, of_brand(brand_at)).await;
        let fetched = |url: String| {
            let neighbours = Neighbours { fetch: Some(url), ..Neighbours::default() };
            let ground = Ground { neighbours, ..bank.ground.clone() };
            async move { News::of(&ground).expect("a root").expect("a place").fetch().await }
        };
        assert_eq!(bank.believes(&shop, Purpose::MerchantSignature), Ok(()), "not heard of");
        fetched(url.clone()).await.expect("good");
        let (trust, now) = (bank.party.shell.trust(), bank.ground.clock.now());
        bank.ground.lists.teach(trust, now).expect("good lists");
        let refused = bank.believes(&shop, Purpose::MerchantSignature);
        assert_eq!(refused, Err(Untrusted::Revoked));
        let before = bank.numbers("Merchant");

        // The old one again, one that is cut, one of nobody, and nothing.
        let cut = old[..old.len() - 7].to_vec();
        for (said, why) in [(old.clone(), "an old one"), (cut, "cut"), (b"<html>".to_vec(), "none")]
        {
            let router = axum::Router::new().route("/", axum::routing::get(move || async { said }));
            let aside = Aside::serve(router).await;
            let fetched = fetched(aside.url.replace("/set", "/")).await;
            assert!(matches!(fetched, Err(NotFetched::Refused(_))), "{why}: {fetched:?}");
            assert_eq!(bank.numbers("Merchant"), before);
        }
        let posted = format!("{}{DISTRIBUTIONS}", Name::Gateway.origin(bank_at));
        let media = Media::Registration.header();
        let rolled_back = bank.ground.client.post(&posted, media, old).await;
        assert_eq!(rolled_back.err(), Some(Unanswered::Status(422)));
        let (nobody, _) = ports();
        let fetched = fetched(at(nobody, Name::CaMerchant, DISTRIBUTIONS)).await;
        assert!(matches!(fetched, Err(NotFetched::Unanswered(Unanswered::Unreachable))));

        // Where nothing newer comes, nothing is believed after its last moment.
        folders.clock.0.store(31 * DAY_S, Ordering::SeqCst);
        let now = bank.ground.clock.now();
        let stale = bank.party.shell.trust().require_bci(&bank.ground.brand, now);
        assert_eq!(stale, Err(Untrusted::BciNotCurrent));
        let gateway = bank.signature("gateway");
        assert!(bank.believes(&gateway, Purpose::GatewaySignature).is_err());
    });
}

#[test]
fn a_brand_takes_lists_from_its_own_authorities_only_and_from_those_it_hears() {
    // A12, A13, abuse cases 22 to 25.
    runtime().block_on(async {
        let folders = Folders::new().await;
        let (brand_at, bank_at) = ports();
        let nobody = Neighbours { notified_by: Some(Vec::new()), ..Neighbours::default() };
        let brand = folders.brand(brand_at, nobody).await;
        let bank = folders.bank(bank_at, of_brand(brand_at)).await;
        let before = brand.numbers("Gateway");
        let gateway = bank.signature("gateway");
        let heard = bank.take_back(&gateway).await;
        assert!(
            heard[0].1.as_deref().is_some_and(|why| why.contains("did not believe")),
            "{heard:?}"
        );
        assert_eq!(brand.numbers("Gateway"), before);
        drop(brand);

        let other_at = ports().0;
        let brand = folders.brand(other_at, Neighbours::default()).await;
        // A brand of the same name under another root, whatever it says of its lists.
        let stranger = Folders::new().await;
        let stranger = stranger.bank(ports().0, of_brand(other_at)).await;
        let heard = stranger.take_back(&stranger.signature("gateway")).await;
        assert!(
            heard[0].1.as_deref().is_some_and(|why| why.contains("did not believe")),
            "{heard:?}"
        );
        let url = at(other_at, Name::CaMerchant, NOTIFICATIONS);
        for wrong in [&b""[..], b"0", &[0x30, 0x80, 0, 0], &[0x30, 0x03, 0x02, 0x01, 0x01]] {
            let told = brand.ground.client.ask(&url, Media::Registration, wrong.to_vec()).await;
            assert_eq!(told, Err(Unanswered::Status(422)));
        }
        let unfit = brand.ground.client.ask(&url, Media::Payment, vec![0x30, 0]).await;
        assert_eq!(unfit, Err(Unanswered::Status(415)));
        assert_eq!(brand.numbers("Gateway"), before);
        assert!(!ceremony_heard(&brand), "nothing is stored");
        // A house without the brand's keys has no such place.
        let bank_url = at(bank_at, Name::CaGateway, NOTIFICATIONS);
        let none = bank.ground.client.ask(&bank_url, Media::Registration, vec![0x30, 0]).await;
        assert_eq!(none, Err(Unanswered::Status(404)));
    });
}

/// Whether lists of other houses lie with the brand.
fn ceremony_heard(house: &House) -> bool {
    house.ground.data.join(ceremony::folder(Kind::Brand)).join("heard").exists()
}
