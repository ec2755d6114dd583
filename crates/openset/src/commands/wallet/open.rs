//! Opening a wallet on the command line: its folder is claimed, its passphrase asked for, its
//! conversations taken up again; and closing it.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use anyhow::Context;
use openset_crypto::{Authority, Suite, vault::Cost};
use openset_node::{
    clock::SystemClock,
    driver::{CROWD_MAX, Reminder},
    folder::RoleFolder,
    http::client,
    keys::Locked,
    logging::{self, Form, Logging},
    shutdown::Shutdown,
};
use openset_protocol::gateway::Policies;
use openset_types::{Secret, UnixTime};
use openset_wire::x509::Certificate;

use super::{
    super::terminal,
    brand::{Brand, brand},
};
use crate::{
    args::{self, Enroll, Terms},
    ceremony::{self, Lists, papers, read_pem, write_pem},
    demo::cast,
    ending::Ending,
    house::{
        ground::{Ground, Moved, SetAddresses},
        holders::{Entered, Holders},
        neighbours::Neighbours,
        stores::Stores,
        upkeep::Renewals,
        wallet::{ROLE, Wallet},
    },
    pack::Pack,
    serve::claim::Claim,
};

/// The wallet's copy of the certificate that all trust begins at.
const ROOT: &str = "root.pem";
/// The name of the brand of the wallet's cards.
const BRAND: &str = "brand";
/// The cardholder authority of a demo.
const DEMO_AUTHORITY: &str = "http://ca-cardholder.localhost:7180/set";
/// What trust begins at in a demo.
const DEMO_ROOT: &str = "var/demo/ca-root/certificates/certificates.pem";
/// What the wallet's pages ask of a new passphrase, too.
const PASSPHRASE_CHARACTERS_MIN: usize = 10;
/// How long work that was begun may take at the end.
const SETTLE: Duration = Duration::from_secs(2);

/// What a deed needs of the wallet.
pub(super) enum Need<'a> {
    /// Its cards and its history, nothing else.
    Reads,
    /// To speak with shops.
    Speaks,
    /// To speak with an authority about a card it has.
    Asks { terms: &'a Terms },
    /// To speak with an authority; there may be no wallet yet.
    MayBeNew { enroll: &'a Enroll },
    /// All of that, as its owner says on its pages, where the passphrase is given, too.
    Pages { beginning: &'a Beginning },
}

/// What a new wallet begins with, where no brand pack says it.
#[derive(Debug, Default)]
pub(super) struct Beginning {
    pub(super) trust: Option<PathBuf>,
    pub(super) brand: Option<String>,
    pub(super) authority: Option<String>,
}

impl Need<'_> {
    /// The trust anchor and the brand that are named for a wallet that may be new.
    fn named(&self) -> Option<(Option<&Path>, Option<&str>)> {
        match self {
            Self::MayBeNew { enroll } => Some((enroll.trust.as_deref(), enroll.brand.as_deref())),
            Self::Pages { beginning } => {
                Some((beginning.trust.as_deref(), beginning.brand.as_deref()))
            }
            Self::Reads | Self::Speaks | Self::Asks { .. } => None,
        }
    }
}

/// A wallet that is open.
pub(super) struct Opened {
    pub(super) wallet: Arc<Wallet>,
    /// What the bank gave the wallet, verified today.
    pub(super) pack: Option<Pack>,
    pub(super) ground: Ground,
    pub(super) shutdown: Shutdown,
    reminders: Vec<Reminder>,
    _claim: Claim,
}

impl Opened {
    /// Opens the wallet of a data folder.
    pub(super) async fn open(wallet: &args::Wallet, need: Need<'_>) -> Result<Self, Ending> {
        let data = wallet.data.as_path();
        let brand = brand(wallet)?;
        let pack = brand.as_ref().map(Brand::pack);
        let authority = match need {
            Need::MayBeNew { enroll } => Some(address(enroll.terms.authority.as_deref(), pack)?),
            Need::Pages { beginning } => Some(address(beginning.authority.as_deref(), pack)?),
            Need::Asks { terms } => {
                require_vault(data)?;
                Some(address(terms.authority.as_deref(), pack)?)
            }
            Need::Reads | Need::Speaks => {
                require_vault(data)?;
                None
            }
        };
        let claim = Claim::take(data, ROLE.folder)?;
        if let Need::Pages { .. } = need {
            forget_beginning(data)?;
        }
        let root = root(data, &need, pack)?;
        log(data)?;
        brand.as_ref().map_or(Ok(()), |brand| brand.keep(data))?;
        let authority = authority.unwrap_or_default();
        let ground = ground(data, root.clone(), authority, card_brand(data, &need, pack)?)?;
        let opened = Arc::new(Wallet::open(&ground, Cost::AT_REST).await?);
        if let Some(pack) = pack {
            opened.speak(&pack.facts.tongue().language());
        }
        let (shutdown, mut reminders) = (Shutdown::default(), Vec::new());
        match need {
            // Whoever comes to the pages is asked there.
            Need::Pages { .. } => {}
            _ => unlock(&opened, wallet.passphrase_file.as_deref(), ground.clock.now()).await?,
        }
        if need.named().is_some() {
            keep_root(data, &root)?;
            keep_brand(data, &ground.brand)?;
        }
        if !matches!(need, Need::Reads) {
            reminders = opened.start(&shutdown.listen()).await?;
        }
        let pack = brand.map(Brand::into_pack);
        Ok(Self { wallet: opened, pack, ground, shutdown, reminders, _claim: claim })
    }

    /// What time it is.
    pub(super) fn now(&self) -> UnixTime {
        self.ground.clock.now()
    }

    /// Finishes what was begun, keeps what was learned and locks the wallet.
    pub(super) async fn close(self) {
        self.wallet.party.shell.settle(SETTLE).await;
        if let Err(error) = self.wallet.party.learned.save().await {
            tracing::error!(%error, "what was learned is not kept");
        }
        self.shutdown.ask();
        for reminder in self.reminders {
            reminder.ended().await;
        }
        self.wallet.vault.lock();
    }
}

fn ground(
    data: &Path,
    root: Certificate,
    ca_cardholder: String,
    brand: openset_types::Brand,
) -> Result<Ground, Ending> {
    let unknown = |_| Ending::input("the trust anchor is a certificate of no suite known here");
    let suite = Suite::of_root(&root).map_err(unknown)?;
    Ok(Ground {
        data: data.to_owned(),
        within: None,
        brand,
        bank: &cast::FIRST,
        suite,
        root,
        lists: Lists::default(),
        clock: Arc::new(SystemClock),
        client: Ground::client(),
        // Shops say where they are; nobody else is asked.
        addresses: SetAddresses {
            merchant: String::new(),
            gateway: String::new(),
            ca_cardholder,
            second_ca_cardholder: String::new(),
            ca_merchant: String::new(),
            ca_gateway: String::new(),
        },
        moved: Moved::default(),
        holders: Holders::FILES,
        entered: Entered::default(),
        stores: Stores::default(),
        neighbours: Neighbours::default(),
        renewals: Renewals::default(),
        crowd: CROWD_MAX,
        policies: Policies::default(),
    })
}

/// Where the authority is: as the command line says, as the pack says, or as in a demo.
fn address(said: Option<&str>, pack: Option<&Pack>) -> Result<String, Ending> {
    let packed = pack.map(|pack| pack.facts.authority.as_str());
    let authority = said.or(packed).unwrap_or(DEMO_AUTHORITY);
    match client::address(authority) {
        Ok(_) => Ok(authority.to_owned()),
        Err(reason) => Err(Ending::input(format_args!("--authority {authority}: {reason}"))),
    }
}

fn require_vault(data: &Path) -> Result<(), Ending> {
    match data.join(ROLE.folder).join("vault").exists() {
        true => Ok(()),
        false => Err(Ending::input(format_args!(
            "there is no wallet in {}\n  try: openset wallet enroll --help",
            data.display()
        ))),
    }
}

/// The certificate that all trust begins at: the wallet's own copy, that of the authorities
/// beside it, or for a new wallet the one that is named or packed. With a pack it is the pack's.
fn root(data: &Path, need: &Need<'_>, pack: Option<&Pack>) -> Result<Certificate, Ending> {
    let beside = data.join(ceremony::folder(Authority::Root)).join("certificates");
    let known = [
        data.join(ROLE.folder).join(ROOT),
        beside.join(papers::CERTIFICATES).with_extension("pem"),
    ];
    let known = known.iter().find(|path| path.is_file());
    let may_be_new = need.named();
    let named = may_be_new.and_then(|(trust, _)| trust);
    let packed = pack.and_then(|pack| pack.root.as_ref());
    let path = match (known, named, packed, may_be_new) {
        (Some(path), ..) => path.as_path(),
        (None, Some(path), ..) => path,
        (None, None, Some(root), Some(_)) => return Ok(root.clone()),
        (None, None, None, Some(_)) => Path::new(DEMO_ROOT),
        (None, ..) => {
            let wallet = data.join(ROLE.folder);
            return Err(Ending::input(format_args!("{}/{ROOT} is missing", wallet.display())));
        }
    };
    let unfit = |error: anyhow::Error| {
        Ending::input(format_args!("{} is no trust anchor: {error:#}", path.display()))
    };
    let text = fs::read_to_string(path).map_err(|error| unfit(error.into()))?;
    let mut certificates = read_pem(&text).map_err(unfit)?.into_iter();
    let root = certificates.next().context("no certificate in it").map_err(unfit)?;
    pack.map_or(Ok(()), |pack| pack.require_anchor(&root)).map_err(unfit)?;
    Ok(root)
}

/// The brand of the wallet's cards: the pack's, the one it has kept, the one that is named, or the
/// demo's.
fn card_brand(
    data: &Path,
    need: &Need<'_>,
    pack: Option<&Pack>,
) -> Result<openset_types::Brand, Ending> {
    let kept = fs::read_to_string(data.join(ROLE.folder).join(BRAND)).ok();
    let named = need.named().and_then(|(_, brand)| brand.map(str::to_owned));
    match (pack, kept.or(named)) {
        (Some(pack), _) => Ok(pack.facts.brand.clone()),
        (None, Some(name)) => openset_types::Brand::parse(name.trim())
            .map_err(|error| Ending::input(format_args!("--brand {name}: {error}"))),
        (None, None) => Ok(cast::brand()),
    }
}

/// Keeps the brand that the wallet began with, unless there is one, as that certificate.
fn keep_brand(data: &Path, brand: &openset_types::Brand) -> anyhow::Result<()> {
    let kept = data.join(ROLE.folder).join(BRAND);
    if !kept.exists() {
        fs::write(&kept, format!("{}\n", brand.as_str()))
            .with_context(|| format!("{} cannot be written", kept.display()))?;
    }
    Ok(())
}

/// Keeps a copy of the certificate that trust began at, unless there is one: it is not changed by
/// an argument of a later day.
fn keep_root(data: &Path, root: &Certificate) -> anyhow::Result<()> {
    let copy = data.join(ROLE.folder).join(ROOT);
    if !copy.exists() {
        fs::write(&copy, write_pem([root])?)
            .with_context(|| format!("{} cannot be written", copy.display()))?;
    }
    Ok(())
}

/// Forgets what a wallet began with that nobody has made: its owner closed the page on which a
/// passphrase is chosen.
fn forget_beginning(data: &Path) -> anyhow::Result<()> {
    let folder = data.join(ROLE.folder);
    if folder.join("vault").exists() {
        return Ok(());
    }
    for file in [ROOT, BRAND] {
        match fs::remove_file(folder.join(file)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(error).context("what an unmade wallet began with cannot be removed");
            }
            _ => {}
        }
    }
    Ok(())
}

fn log(data: &Path) -> anyhow::Result<()> {
    let roles = vec![(ROLE.folder.to_owned(), RoleFolder::open(data, ROLE.folder)?.log())];
    let logging = Logging { filter: "error".to_owned(), form: Form::Text, roles };
    logging::install(&logging).context("no logs")
}

/// Opens the vault, or makes it.
async fn unlock(wallet: &Wallet, file: Option<&Path>, now: UnixTime) -> Result<(), Ending> {
    let unlocked = if wallet.vault.exists() {
        wallet.vault.unlock(passphrase(file, "Passphrase of the wallet: ")?, now).await
    } else {
        wallet.vault.create(new_passphrase(file)?, now).await
    };
    unlocked.map_err(|locked| match locked {
        Locked::Wrong { .. } | Locked::Paused { .. } => Ending::input(locked),
        other => anyhow::Error::new(other).into(),
    })
}

fn passphrase(file: Option<&Path>, question: &str) -> Result<Secret, Ending> {
    file.map_or_else(|| terminal::secret(question), terminal::secret_in)
}

fn new_passphrase(file: Option<&Path>) -> Result<Secret, Ending> {
    let first = passphrase(file, "Choose a passphrase for the new wallet: ")?;
    let characters = str::from_utf8(first.expose()).map_or(0, |text| text.chars().count());
    if characters < PASSPHRASE_CHARACTERS_MIN {
        return Err(Ending::input(format_args!(
            "a passphrase has {PASSPHRASE_CHARACTERS_MIN} characters or more"
        )));
    }
    if file.is_none() && terminal::is_there() {
        let again = terminal::secret("The same once more: ")?;
        if again.expose() != first.expose() {
            return Err(Ending::input("that is another passphrase; no wallet was made"));
        }
    }
    Ok(first)
}
