//! A role that runs alone: its folder is claimed, its endpoint open, its log kept, until it is
//! asked to stop.

use std::{sync::Arc, time::Duration};

use anyhow::Context;
use axum::Router;
use openset_node::{
    clock::{Clock, SystemClock},
    driver::Reminder,
    folder::RoleFolder,
    http::{Doors, Limits, Remark, Server, Site, operations},
    logging::{self, Logging},
    measure::Measured,
    shutdown::{Shutdown, Stop},
    store::Store,
};
use tokio::task::JoinHandle;

use super::{claim::Claim, settings::Settings};
use crate::{
    ceremony,
    demo::open::listen,
    ending::{Done, Ending},
    house::{
        ground::{self, Ground, Party},
        lists::{self, ListKeeper, Makers},
        stores::Stores,
    },
    paint::Paint,
    said::say,
    section::wrong,
    sites::Name,
};

/// The largest body an endpoint takes.
const BODY_OCTETS_MAX: usize = 256 * 1024;
/// How long work that was begun may take at the end.
const SETTLE: Duration = Duration::from_secs(5);

/// One role, being served.
pub(super) struct Alone {
    pub(super) settings: Settings,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) tasks: Vec<JoinHandle<()>>,
    pub(super) reminders: Vec<Reminder>,
    pub(super) remarks: Vec<Remark>,
    shutdown: Shutdown,
    name: Name,
    _claim: Claim,
}

impl Alone {
    /// Claims the role's folder and begins to log into it.
    pub(super) fn begin(settings: Settings, name: Name) -> Result<Self, Ending> {
        let role = name.label();
        let data = &settings.config.data;
        let claim = Claim::take(data, role)?;
        let folder = RoleFolder::open(data, role).map_err(anyhow::Error::new)?;
        let logging = Logging {
            filter: settings.config.log.filter.clone(),
            form: settings.config.log.form,
            roles: vec![(role.to_owned(), folder.log())],
        };
        logging::install(&logging)
            .map_err(|error| wrong("log", &error, "a filter such as \"info\""))?;
        say!("openset serve {role}");
        Ok(Self {
            settings,
            clock: Arc::new(SystemClock),
            tasks: Vec::new(),
            reminders: Vec::new(),
            remarks: Vec::new(),
            shutdown: Shutdown::default(),
            name,
            _claim: claim,
        })
    }

    /// An ear for the request to stop.
    pub(super) fn stop(&self) -> Stop {
        self.shutdown.listen()
    }

    /// What the role stands on, which a ceremony made.
    pub(super) fn ground(&self) -> Result<Ground, Ending> {
        let data = &self.settings.config.data;
        if !data.join(ceremony::folder(openset_crypto::Authority::Root)).is_dir() {
            let made = "a folder that openset demo or openset ceremony has made, or a copy of one";
            return Err(wrong("data", &format_args!("{data:?}"), made));
        }
        let at = self.settings.own_port(self.name)?;
        let holders = self.settings.holders()?;
        let ground = ground::of(data, Arc::clone(&self.clock), at, &holders)?;
        let (stores, neighbours) = (self.stores()?, self.settings.neighbours()?);
        Ok(Ground { stores, neighbours, ..ground })
    }

    /// Where databases are. Says where that of this role is, if it is on a server.
    pub(super) fn stores(&self) -> Result<Stores, Ending> {
        let (stores, role) = (self.settings.stores()?, self.name.label());
        if let Some(server) = stores.server(role) {
            self.say("store", format_args!("PostgreSQL, {}", server.terms(role)?));
        }
        Ok(stores)
    }

    /// Keeps the lists of a party current: the authority of gateways makes those of its folder, or
    /// another authority where there is none; the others read again what that process makes.
    pub(super) fn keep_lists(&mut self, ground: &Ground, party: &Party) {
        self.remarks.push(lists::remark(ground));
        let has_gateways =
            ground.rings().hold(ceremony::Seat::first(openset_crypto::Authority::Gateway));
        let makers = match self.name {
            Name::CaGateway => Makers::Here,
            Name::CaCardholder | Name::CaMerchant if !has_gateways => Makers::Here,
            _ => Makers::Elsewhere,
        };
        let keeper = ListKeeper::new(ground, [party], makers);
        self.tasks.push(tokio::spawn(keeper.keep(self.stop())));
    }

    /// Says something about this role.
    pub(super) fn say(&self, about: &str, what: impl std::fmt::Display) {
        say!("  {about:<9} {what}");
    }

    /// Serves the role until somebody asks it to stop; then what was begun is finished.
    pub(super) async fn serve(
        mut self,
        store: &Arc<dyn Store>,
        router: Router,
        party: Option<&Party>,
    ) -> Done {
        let mut asked = listen()?;
        self.open(store, router).await?;
        self.say("data", self.settings.config.data.join(self.name.label()).display());
        let learning = party.map(|party| party.keep_learned(self.stop()));
        self.tasks.extend(learning);
        say!("  {} stop with Ctrl-C", Paint::of_stdout().good("ready;"));
        asked.asked().await;
        if let Some(party) = party {
            party.shell.settle(SETTLE).await;
        }
        self.end(store.as_ref()).await
    }

    /// Opens the role's endpoint, and for whoever runs it another port of this machine.
    async fn open(&mut self, store: &Arc<dyn Store>, router: Router) -> Done {
        let at = self.settings.own_port(self.name)?;
        let role = self.name.label();
        let site = Site::new(role, &self.name.host(), router).with_bodies_up_to(BODY_OCTETS_MAX);
        let health = self.settings.operations_port(self.name)?;
        let operations =
            operations([(role, Arc::clone(store))], Measured::begin(), self.remarks.clone());
        let operations = Site::new("operations", "localhost", operations);
        let mut server = Server::new(Limits::from(&self.settings.config.http));
        for (at, site) in [(at, site), (health, operations)] {
            server
                .open(at, Doors::only(site))
                .await
                .with_context(|| format!("{at} cannot be listened at"))?;
        }
        self.tasks.push(tokio::spawn(server.serve(self.stop())));
        self.say("health", format_args!("http://{health}/healthz, /readyz, /metrics"));
        Ok(())
    }

    /// Ends all parts of the role, and leaves its store to others.
    async fn end(self, store: &dyn Store) -> Done {
        self.shutdown.ask();
        for reminder in self.reminders {
            reminder.ended().await;
        }
        for task in self.tasks {
            task.await.context("a part of the role did not end by itself")?;
        }
        if let Err(fault) = store.leave().await {
            tracing::error!(%fault, "others take over what is left only when the lease ends");
        }
        say!("stopped; nothing is left running");
        Ok(())
    }
}
