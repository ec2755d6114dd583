//! The first start: a ceremony, then everybody enrols with the authorities it made.

use std::{
    net::{Ipv4Addr, SocketAddr},
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
    running::SETTLE,
    system::Wish,
    wallet::Wallet,
};
use crate::{
    ceremony::{self, Rings},
    demo::{cast, data::Data, dressing, forms},
    sites::{self, Name},
};

/// What the first start made.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Made {
    pub(crate) certificates: usize,
    pub(crate) took: Duration,
}

/// Makes everything that is not there yet.
pub(crate) async fn make(data: &Data, wish: Wish<'_>) -> anyhow::Result<Option<Made>> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let rings = Rings::new(data.path(), wish.holders);
    if data.is_ready() {
        forms::lay_out(data.path())?;
        ceremony::publish(&rings, ground::suite(data.path())?, clock.as_ref())?;
        return Ok(None);
    }
    let begun = Instant::now();
    data.clear().context("what an unfinished start left cannot be cleared")?;
    let made = ceremony::hold(&rings, wish.suite, clock.as_ref())?;
    forms::lay_out(data.path())?;
    enrol_all(data, wish, &clock).await?;
    let ground = ground::of(data.path(), Arc::clone(&clock), local(0), wish.holders)?;
    for bank in cast::BANKS {
        let ground = Ground { bank, ..ground.clone() };
        let wallet = Wallet::open(&ground, wish.vault).await?;
        wallet.vault.create(ground::secret(cast::PASSPHRASE), clock.now()).await?;
        wallet.vault.lock();
        let authority = format!("{}/set", bank.authority.origin(local(wish.port)));
        dressing::dress(data.path(), bank, &authority)
            .with_context(|| format!("the wallet of {} has no brand pack", bank.name))?;
    }
    data.set_ready()?;
    // Two for the merchant and two for the gateway.
    Ok(Some(Made { certificates: made + 4, took: begun.elapsed() }))
}

/// Lets the two authorities answer for as long as the gateway and the merchant need to enrol.
async fn enrol_all(data: &Data, wish: Wish<'_>, clock: &Arc<dyn Clock>) -> anyhow::Result<()> {
    let port = sites::free_port(0)?;
    let ground = ground::of(data.path(), Arc::clone(clock), port, wish.holders)?;
    let shutdown = Shutdown::default();
    let mut server = Server::new(Limits::default());
    let mut reminders = Vec::new();
    let mut doors = Vec::new();
    let mut parties: Vec<Authority> = Vec::new();
    for kind in [Kind::Gateway, Kind::Merchant] {
        let authority = authority::of_acquirer(&ground, kind).await?;
        reminders.extend(authority.start(&shutdown.listen()).await?);
        let name = Name::of_authority(kind);
        doors.push(Site::new(name.label(), &name.host(), authority.endpoint()));
        parties.push(authority);
    }
    server.open(port, Doors::by_host(doors)).await?;
    let serving = tokio::spawn(server.serve(shutdown.listen()));
    let enrolled = async {
        enrol::gateway(&ground).await.context("the gateway did not enrol")?;
        enrol::merchant(&ground).await.context("the merchant did not enrol")
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
