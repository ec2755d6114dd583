//! The ground all parties of a system stand on: where they live, whom they believe, what time it
//! is, and where the others are found.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use anyhow::Context;
use openset_crypto::{Authority as Kind, Keys, Suite, Trust};
use openset_node::{
    clock::Clock,
    driver::{Addresses, CROWD_MAX, Shell, ShellParts},
    folder::RoleFolder,
    http::client::Client,
    keys::KeyHolder,
    learned::Learned,
    shutdown::Stop,
    store::Store,
};
use openset_protocol::{acceptance::Acceptance, gateway::Policies, letter::Letterhead, role};
use openset_types::{Brand, Secret};
use openset_wire::{types::SwIdent, x509::Certificate};
use tokio::task::JoinHandle;

use super::{
    first_start,
    holders::{Entered, Holders},
    neighbours::Neighbours,
    stores::Stores,
    upkeep::Renewals,
};
use crate::{
    ceremony::{self, Lists, Papers, Rings, Seat, papers},
    demo::cast::{CardBank, FIRST, OTHER, OTHER_BRAND_FOLDER, SECOND},
    sites::{self, Name},
};

/// How long another party is waited for.
const ANSWER: Duration = Duration::from_secs(20);
/// The longest answer that is read.
const OCTETS_MAX: usize = 256 * 1024;
/// How long whoever asks a party waits for its reply.
const PATIENCE: Duration = Duration::from_secs(25);

/// Where SET messages are posted, for each party that takes them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SetAddresses {
    pub(crate) merchant: String,
    pub(crate) gateway: String,
    pub(crate) ca_cardholder: String,
    /// That of the second bank, where there is one.
    pub(crate) second_ca_cardholder: String,
    pub(crate) ca_merchant: String,
    pub(crate) ca_gateway: String,
}

impl SetAddresses {
    /// Those on a shared port, of the sites that are these for a brand.
    fn at(at: SocketAddr, of: impl Fn(Name) -> Name) -> Self {
        let set = |name: Name| format!("{}/set", of(name).origin(at));
        Self {
            merchant: set(Name::Merchant),
            gateway: set(Name::Gateway),
            ca_cardholder: set(Name::CaCardholder),
            second_ca_cardholder: set(Name::SecondCaCardholder),
            ca_merchant: set(Name::CaMerchant),
            ca_gateway: set(Name::CaGateway),
        }
    }

    /// That of an authority.
    pub(crate) fn of(&self, seat: Seat) -> &String {
        match seat.kind {
            Kind::Merchant => &self.ca_merchant,
            Kind::Gateway => &self.ca_gateway,
            _ if seat == SECOND.seat() => &self.second_ca_cardholder,
            Kind::Root | Kind::Brand | Kind::Geopolitical | Kind::Cardholder => &self.ca_cardholder,
        }
    }
}

/// Where a wallet's authority is today, if it is not where it was when the wallet was given out.
#[derive(Debug, Clone, Default)]
pub(crate) struct Moved(Arc<RwLock<Option<String>>>);

impl Moved {
    /// It is here from now on, until the process ends.
    pub(crate) fn to(&self, address: &str) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Some(address.to_owned());
    }

    fn or(&self, before: &str) -> String {
        let moved = self.0.read().unwrap_or_else(PoisonError::into_inner);
        moved.as_deref().unwrap_or(before).to_owned()
    }
}

/// What all parties share.
#[derive(Clone)]
pub(crate) struct Ground {
    /// Where every role has its own folder.
    pub(crate) data: PathBuf,
    /// The data folder with the root's keys, where this brand has a folder of its own in it.
    pub(crate) within: Option<PathBuf>,
    /// The brand they all work for.
    pub(crate) brand: Brand,
    /// The bank of the cards.
    pub(crate) bank: &'static CardBank,
    /// The suite of its trust anchor.
    pub(crate) suite: Suite,
    /// The trust anchor.
    pub(crate) root: Certificate,
    /// The lists of revoked certificates that are published.
    pub(crate) lists: Lists,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) client: Client,
    /// Where the others are.
    pub(crate) addresses: SetAddresses,
    /// Where the authority of a wallet's cards has gone.
    pub(crate) moved: Moved,
    /// Where the keys of each role are.
    pub(crate) holders: Holders,
    /// The tokens among those that are in use.
    pub(crate) entered: Entered,
    /// Where the database of each role is.
    pub(crate) stores: Stores,
    /// The other houses of the brand.
    pub(crate) neighbours: Neighbours,
    /// When the certificates of its roles are renewed.
    pub(crate) renewals: Renewals,
    /// From how many messages on a party turns new business away.
    pub(crate) crowd: usize,
    /// What its gateway does for which merchant.
    pub(crate) policies: Policies,
}

/// What a party of this folder is called in journals, and what those are called who ask it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Role {
    pub(crate) folder: &'static str,
    pub(crate) name: &'static str,
    pub(crate) clients: &'static str,
}

/// Whether a party is told the lists when it starts, or learns them from the messages it gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lesson {
    Told,
    Learns,
}

/// A party's folder with what every party has in it.
pub(crate) struct Party {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) shell: Arc<Shell>,
    pub(crate) learned: Arc<Learned>,
    pub(crate) lesson: Lesson,
}

impl Ground {
    /// A client that asks other parties.
    pub(crate) fn client() -> Client {
        Client::new(ANSWER, OCTETS_MAX)
    }

    /// Opens a party: its folder, its database, its trust.
    pub(crate) async fn party(
        &self,
        role: Role,
        lesson: Lesson,
        keys: Arc<dyn Keys>,
    ) -> anyhow::Result<Party> {
        self.party_beside(role, lesson, keys, &[]).await
    }

    /// The same for a party of several brands: this one, and those that stand on other grounds.
    pub(crate) async fn party_beside(
        &self,
        role: Role,
        lesson: Lesson,
        keys: Arc<dyn Keys>,
        others: &[Self],
    ) -> anyhow::Result<Party> {
        let folder = RoleFolder::open(&self.data, role.folder)?;
        let store = self.stores.open(&folder, role.folder).await?;
        let trust = Arc::new(Trust::new(self.suite, std::slice::from_ref(&self.root))?);
        let (clock, now) = (Arc::clone(&self.clock), self.clock.now());
        let learned =
            Learned::recall(Arc::clone(&trust), Arc::clone(&store), Arc::clone(&clock)).await?;
        let learned = Arc::new(learned);
        if lesson == Lesson::Told {
            self.lists.teach(&trust, now).context("a published list is not believed")?;
            // What is wrong with another brand is in the way of its payments only.
            others.iter().for_each(|other| other.lists.teach_what_stands(&trust, now));
        }
        let shell = Arc::new(Shell::from(ShellParts {
            folder: self.logged(role),
            role: role.name,
            clients: role.clients,
            store: Arc::clone(&store),
            keys,
            trust,
            clock,
            client: self.client.clone(),
            addresses: finder(self, others),
            patience: PATIENCE,
        }));
        Ok(Party { store, shell, learned, lesson })
    }

    /// A role's keys: every one that its certificates are for is there.
    pub(crate) fn keys(&self, role: &str) -> anyhow::Result<Arc<dyn KeyHolder>> {
        let keys = self.holders.open(&self.data, role, &self.entered)?;
        self.holders.require(&self.data, role, keys.as_ref())?;
        Ok(keys)
    }

    /// The keys of the authorities, opened when they are needed.
    pub(crate) fn rings(&self) -> Rings<'_> {
        Rings::entered(&self.data, &self.holders, self.entered.clone())
    }

    /// A role's certificates.
    pub(crate) fn papers(&self, role: &str) -> Papers {
        Papers::of(&self.data.join(role))
    }

    /// How messages are headed.
    pub(crate) fn letterhead(&self) -> Letterhead {
        let software = concat!("OpenSET ", env!("CARGO_PKG_VERSION"));
        Letterhead { software: SwIdent::new(software).expect("a short text") }
    }

    /// Which dates are accepted.
    pub(crate) fn acceptance(&self) -> Acceptance {
        Acceptance::default()
    }

    /// The ground of the second brand, if one was made in this data folder.
    pub(crate) fn of_other_brand(&self, at: SocketAddr) -> anyhow::Result<Option<Self>> {
        let data = self.data.join(OTHER_BRAND_FOLDER);
        if self.within.is_some() || !first_start::is_made(&data) {
            return Ok(None);
        }
        let opened = self.of_brand_in(data.clone(), at);
        first_start::require_opened(&data, opened).map(Some)
    }

    /// The ground of another brand, in a folder of its own. What is configured is the first
    /// brand's.
    pub(crate) fn of_brand_in(&self, data: PathBuf, at: SocketAddr) -> anyhow::Result<Self> {
        Ok(Self {
            within: Some(self.data.clone()),
            brand: ceremony::brand(&data)?,
            bank: &OTHER,
            lists: Lists::read(&data)?,
            addresses: SetAddresses::at(at, Name::for_other_brand),
            moved: Moved::default(),
            holders: Holders::FILES,
            entered: Entered::default(),
            neighbours: Neighbours::default(),
            data,
            ..self.clone()
        })
    }

    /// The site that is for this brand what a site is for the first one.
    pub(crate) fn site(&self, name: Name) -> Name {
        if self.within.is_some() { name.for_other_brand() } else { name }
    }

    /// Where a role of this ground logs: its own file, also where two brands have roles of a kind.
    fn logged(&self, role: Role) -> &'static str {
        let mut others = sites::ALL.into_iter().filter(|name| name.of_other_brand().is_some());
        let own = others.find(|name| self.within.is_some() && name.folder() == role.folder);
        own.map_or(role.folder, Name::label)
    }

    fn finder(&self) -> Addresses {
        let ca_cardholder = self.addresses.of(self.bank.seat()).clone();
        let SetAddresses { gateway, ca_merchant, ca_gateway, .. } = self.addresses.clone();
        let (ours, moved) = (self.brand.clone(), self.moved.clone());
        Box::new(move |party| {
            let (brand, address) = match party {
                role::Party::CardholderAuthority(brand) => {
                    return (*brand == ours).then(|| moved.or(&ca_cardholder));
                }
                role::Party::Gateway(brand) => (brand, &gateway),
                role::Party::GatewayAuthority(brand) => (brand, &ca_gateway),
                role::Party::MerchantAuthority(brand) => (brand, &ca_merchant),
                role::Party::Merchant { url } | role::Party::ReferredAuthority { url } => {
                    return Some(url.clone());
                }
            };
            (*brand == ours).then(|| address.clone())
        })
    }
}

impl Party {
    /// Keeps what is learned from messages, until asked to stop: a list that was known before a
    /// crash is known after it.
    pub(crate) fn keep_learned(&self, stop: Stop) -> JoinHandle<()> {
        tokio::spawn(Arc::clone(&self.learned).keep(stop))
    }
}

/// Where the parties of several grounds find the others: those of each brand.
fn finder(first: &Ground, others: &[Ground]) -> Addresses {
    let finders: Vec<_> = [first].into_iter().chain(others).map(Ground::finder).collect();
    Box::new(move |party| finders.iter().find_map(|find| find(party)))
}

/// A text as a secret.
pub(crate) fn secret(text: &str) -> Secret {
    Secret::new(text.as_bytes().to_vec())
}

/// The certificate that all trust in this data folder begins at.
fn root(data: &Path) -> anyhow::Result<Certificate> {
    let root = Papers::of(&data.join(ceremony::folder(Kind::Root)));
    Ok(root.take(papers::CERTIFICATES)?.certificate)
}

/// The suite that a data folder was made in: its root says so.
pub(crate) fn suite(data: &Path) -> anyhow::Result<Suite> {
    Ok(Suite::of_root(&root(data)?)?)
}

/// What all parties of this data folder stand on.
pub(crate) fn of(
    data: &Path,
    clock: Arc<dyn Clock>,
    at: SocketAddr,
    holders: &Holders,
) -> anyhow::Result<Ground> {
    let root = root(data)?;
    let within = data.parent().filter(|_| first_start::is_made(data));
    let of = |name: Name| if within.is_some() { name.for_other_brand() } else { name };
    Ok(Ground {
        data: data.to_owned(),
        within: within.map(Path::to_owned),
        brand: ceremony::brand(data)?,
        bank: if within.is_some() { &OTHER } else { &FIRST },
        suite: Suite::of_root(&root)?,
        root,
        lists: Lists::read(data)?,
        clock,
        client: Ground::client(),
        addresses: SetAddresses::at(at, of),
        moved: Moved::default(),
        holders: holders.clone(),
        entered: Entered::default(),
        stores: Stores::default(),
        neighbours: Neighbours::default(),
        renewals: Renewals::default(),
        crowd: CROWD_MAX,
        policies: Policies::default(),
    })
}
