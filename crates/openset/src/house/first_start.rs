//! The first start: a ceremony, then everybody enrols with the authorities it made.

use std::{
    fs::{self, File},
    net::{Ipv4Addr, SocketAddr},
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::Context;
use openset_crypto::Authority as Kind;
use openset_node::{
    clock::{Clock, SystemClock},
    http::{Doors, Limits, Server, Site},
    shutdown::Shutdown,
};

use super::{
    authority::{self, Authority},
    enrol,
    ground::{self, Ground},
    holders::Holders,
    running::SETTLE,
    system::Wish,
    wallet::Wallet,
};
use crate::{
    ceremony::{
        self, Rings,
        beside::{bring_root, hold_beside},
    },
    demo::{
        cast::{self, CardBank, CardBrand, OTHER_BRAND_FOLDER},
        data::Data,
        dressing, forms,
    },
    sites::{self, Name},
};

/// The file that says that a second brand was made to the end.
const MADE: &str = ".made";
/// The certificates of parties: two of the merchant and two of the gateway.
const OF_PARTIES: usize = 4;

/// What the first start made.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Made {
    pub(crate) certificates: usize,
    pub(crate) took: Duration,
}

impl Made {
    /// This and what was made after it.
    pub(crate) fn and(self, more: Self) -> Self {
        Self { certificates: self.certificates + more.certificates, took: self.took + more.took }
    }
}

/// Makes everything that is not there yet.
pub(crate) async fn make(data: &Data, wish: Wish<'_>) -> anyhow::Result<Option<Made>> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let rings = Rings::new(data.path(), wish.holders);
    if data.is_ready() {
        forms::lay_out(data.path(), &cast::BRAND)?;
        ceremony::publish(&rings, ground::suite(data.path())?, clock.as_ref())?;
        freshen(data.path(), clock.as_ref())?;
        return Ok(None);
    }
    let begun = Instant::now();
    data.clear().context("what an unfinished start left cannot be cleared")?;
    let made = ceremony::hold(&rings, wish.suite, clock.as_ref())?;
    let port = sites::free_port(0)?;
    let ground = ground::of(data.path(), Arc::clone(&clock), port, wish.holders)?;
    people(&ground, port, &cast::BRAND, wish).await?;
    data.set_ready()?;
    Ok(Some(Made { certificates: made + OF_PARTIES, took: begun.elapsed() }))
}

/// Makes the second brand of a data folder that has a first one, if it is not there yet.
pub(crate) async fn make_other_brand(data: &Data, wish: Wish<'_>) -> anyhow::Result<Option<Made>> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let (own, brand) = (data.path().join(OTHER_BRAND_FOLDER), &cast::OTHER_BRAND);
    if is_made(&own) {
        return Ok(None);
    }
    let begun = Instant::now();
    if own.exists() {
        fs::remove_dir_all(&own).context("what an unfinished start left cannot be cleared")?;
    }
    let root = Rings::new(data.path(), wish.holders);
    let files = Holders::FILES;
    let rings = Rings::new(&own, &files);
    let suite = ground::suite(data.path())?;
    let made = hold_beside(&root, &rings, brand, suite, clock.as_ref())?;
    let port = sites::free_port(0)?;
    let first = ground::of(data.path(), Arc::clone(&clock), port, wish.holders)?;
    people(&first.of_brand_in(own.clone(), port)?, port, brand, wish).await?;
    File::create(own.join(MADE)).and_then(|file| file.sync_all()).context("the folder is full")?;
    Ok(Some(Made { certificates: made + OF_PARTIES, took: begun.elapsed() }))
}

/// Whether a folder holds a second brand that was made to the end.
pub(super) fn is_made(own: &Path) -> bool {
    own.join(MADE).is_file()
}

/// Says which folder is in the way, and what can be done, where a second brand cannot be opened.
/// Nothing starts without it: a shop that takes one brand less than yesterday would say so to its
/// customers only.
pub(super) fn require_opened<T>(own: &Path, opened: anyhow::Result<T>) -> anyhow::Result<T> {
    opened.map_err(|error| {
        let own = own.display();
        anyhow::anyhow!(
            "the second brand, in {own}, cannot be opened: {error:#}\n  try: mend that folder, or \
             move it away: the first brand starts without it, and openset demo makes a new one"
        )
    })
}

/// Brings to a second brand what the root says today, and makes its lists anew if it is time.
pub(crate) fn freshen(data: &Path, clock: &dyn Clock) -> anyhow::Result<()> {
    let own = data.join(OTHER_BRAND_FOLDER);
    if !is_made(&own) {
        return Ok(());
    }
    let suite = ground::suite(data)?;
    let freshened = || {
        forms::lay_out(&own, &cast::OTHER_BRAND)?;
        bring_root(data, &own)?;
        let files = Holders::FILES;
        ceremony::publish(&Rings::new(&own, &files), suite, clock)
    };
    require_opened(&own, freshened())
}

/// Enrols the gateway and the merchant of a brand, and makes a wallet for each of its banks.
async fn people(
    ground: &Ground,
    port: SocketAddr,
    brand: &CardBrand,
    wish: Wish<'_>,
) -> anyhow::Result<()> {
    forms::lay_out(&ground.data, brand)?;
    enrol_all(ground, port).await?;
    for bank in brand.banks.iter().copied() {
        give_wallet(&Ground { bank, ..ground.clone() }, bank, wish).await?;
    }
    Ok(())
}

/// Makes the wallet that a bank gives out.
async fn give_wallet(ground: &Ground, bank: &CardBank, wish: Wish<'_>) -> anyhow::Result<()> {
    let wallet = Wallet::open(ground, wish.vault).await?;
    wallet.vault.create(ground::secret(cast::PASSPHRASE), ground.clock.now()).await?;
    wallet.vault.lock();
    let authority = format!("{}/set", bank.authority.origin(local(wish.port)));
    dressing::dress(&ground.data, bank, &authority)
        .with_context(|| format!("the wallet of {} has no brand pack", bank.name))
}

/// Lets the two authorities answer for as long as the gateway and the merchant need to enrol.
async fn enrol_all(ground: &Ground, port: SocketAddr) -> anyhow::Result<()> {
    let shutdown = Shutdown::default();
    let mut server = Server::new(Limits::default());
    let mut reminders = Vec::new();
    let mut doors = Vec::new();
    let mut parties: Vec<Authority> = Vec::new();
    for kind in [Kind::Gateway, Kind::Merchant] {
        let authority = authority::of_acquirer(ground, kind).await?;
        reminders.extend(authority.start(&shutdown.listen()).await?);
        let name = ground.site(Name::of_authority(kind));
        doors.push(Site::new(name.label(), &name.host(), authority.endpoint()));
        parties.push(authority);
    }
    server.open(port, Doors::by_host(doors)).await?;
    let serving = tokio::spawn(server.serve(shutdown.listen()));
    let enrolled = async {
        enrol::gateway(ground).await.context("the gateway did not enrol")?;
        enrol::merchant(ground).await.context("the merchant did not enrol")
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

fn local(port: u16) -> SocketAddr {
    SocketAddr::from((Ipv4Addr::LOCALHOST, port))
}
