//! The world: eight parties, one clock, one network, and everything that goes wrong between them.
//!
//! ```text
//! scenario ─▶ world ─▶ event ─▶ invariants ─▶ event ─▶ … ─▶ quiet ─▶ books closed ─▶ invariants
//! ```
//!
//! A world goes on by one event at a time: a letter arrives, somebody does something, a party
//! stops or starts. Whoever drives it looks at the invariants in between.

pub mod disk;
pub mod enrolling;
pub mod history;
pub mod network;
pub mod people;
pub mod planted;
pub mod run;
pub mod scenario;
pub mod shell;
pub mod vault;

mod banking;
mod books;
mod errands;
mod hands;
mod hosts;
mod letters;
mod party;
mod played;
mod replies;
mod steps;
mod thief;
mod witness;

use std::collections::BTreeSet;
use std::fmt;

use openset_bank::{acquirer::Acquirer, issuer::Issuer};
use openset_types::{Rrpid, UnixTime};

pub use hosts::{Bank, Host};
pub use party::Party;
pub use replies::Replies;
pub use scenario::Scenario;
pub use witness::{Signed, Witness};

use self::{
    enrolling::Enrolling,
    history::History,
    network::{Event, Moment, Network, Role, Weather},
    party::Life,
    people::Plan,
    planted::Planted,
    vault::Vault,
};
use crate::draws::Draws;

/// All parties, and all that is between them.
pub struct World {
    /// The cardholders' wallet.
    pub wallet: Party,
    /// The merchant.
    pub merchant: Party,
    /// The payment gateway.
    pub gateway: Party,
    /// The authority that certifies cardholders.
    pub cardholder_authority: Party,
    /// The authority that certifies merchants.
    pub merchant_authority: Party,
    /// The authority that certifies payment gateways.
    pub gateway_authority: Party,
    /// The cardholders' vault.
    pub vault: Vault,
    /// The cardholders' bank.
    pub issuer: Host<Issuer>,
    /// The merchant's bank.
    pub acquirer: Host<Acquirer>,
    /// What happened.
    pub history: History,
    /// What everybody was answered.
    pub replies: Replies,
    /// The requests that only a thief has sent.
    pub stolen: BTreeSet<Rrpid>,
    /// The orders.
    pub plans: Vec<Plan>,
    /// The applications for certificates.
    pub enrolments: Vec<Enrolling>,
    planted: Option<Planted>,
    network: Network,
    weather: Weather,
    draws: Draws,
    stop_at: Option<StopAt>,
    steps: u64,
    seen: Vec<(&'static str, Vec<u8>)>,
}

/// Where in a step a party stops.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Point {
    /// Nothing was stored.
    BeforeCommit,
    /// All was stored and nothing was done.
    AfterCommit,
    /// All was stored and half of it was done.
    AmidEffects,
}

/// A crash at one step of a run and nowhere else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StopAt {
    /// Which step, from 1.
    pub step: u64,
    /// Where in it.
    pub point: Point,
}

/// How long a party that stopped stays down, in milliseconds.
const DOWN_MS: (u64, u64) = (100, 20_000);

impl World {
    /// The world of a scenario, before anything has happened.
    pub fn new(scenario: Scenario) -> Self {
        let Scenario { seed, plans, enrolments, weather, thefts, planted, stop_at } = scenario;
        let party = |role| Party::new(role, planted);
        let mut world = Self {
            wallet: party(Role::Wallet),
            merchant: party(Role::Merchant),
            gateway: party(Role::Gateway),
            cardholder_authority: party(Role::CardholderAuthority),
            merchant_authority: party(Role::MerchantAuthority),
            gateway_authority: party(Role::GatewayAuthority),
            vault: Vault::new(planted),
            issuer: Host::issuer(planted),
            acquirer: Host::acquirer(),
            history: History::default(),
            replies: Replies::default(),
            stolen: BTreeSet::new(),
            plans,
            enrolments,
            planted,
            network: Network::default(),
            weather,
            draws: Draws::new(seed),
            stop_at,
            steps: 0,
            seen: Vec::new(),
        };
        world.plan();
        world.plan_enrolments();
        for (at, deed) in thefts {
            world.network.after(at, Event::Does(deed));
        }
        world
    }

    /// Lets the next thing happen. Nothing does any more if this is false.
    pub fn goes_on(&mut self) -> bool {
        let Some(event) = self.network.take_next() else { return false };
        match event {
            Event::Arrives(letter) => self.arrives(letter),
            Event::Does(deed) => self.does(deed),
            Event::Looks { role, stops, errand, tries } if self.stops(role) == stops => {
                self.looks(role, errand, tries);
            }
            Event::Wakes { role, stops } if self.stops(role) == stops => self.wakes(role),
            Event::Starts(role) => self.starts(role),
            Event::Looks { .. } | Event::Wakes { .. } => {}
        }
        true
    }

    /// The time, as clocks show it.
    pub fn now(&self) -> UnixTime {
        self.network.now()
    }

    /// Milliseconds since the world began.
    pub fn moment(&self) -> Moment {
        self.network.moment()
    }

    /// When the weather clears.
    pub fn heals_at(&self) -> Moment {
        self.weather.heals_at
    }

    /// How many steps were taken: so many places there are to crash at.
    pub fn steps(&self) -> u64 {
        self.steps
    }

    /// Whether a party does not run.
    pub fn is_down(&self, role: Role) -> bool {
        self.life(role).is_down
    }

    /// The parties that run machines, with their names.
    pub fn parties(&self) -> impl Iterator<Item = (Role, &Party)> {
        let own = [
            (Role::Wallet, &self.wallet),
            (Role::Merchant, &self.merchant),
            (Role::Gateway, &self.gateway),
        ];
        own.into_iter().chain(self.authorities())
    }

    /// How much the parties have written and how often they have stopped: their disks are what
    /// they were as long as this is what it was.
    pub fn mark(&self) -> (usize, u32) {
        let marks =
            self.parties().map(|(_, party)| (party.disk.written_since(0).len(), party.life.stops));
        marks.fold((0, 0), |(all, stopped), (written, stops)| (all + written, stopped + stops))
    }

    /// The authorities, with their names.
    pub fn authorities(&self) -> [(Role, &Party); 3] {
        [
            (Role::CardholderAuthority, &self.cardholder_authority),
            (Role::MerchantAuthority, &self.merchant_authority),
            (Role::GatewayAuthority, &self.gateway_authority),
        ]
    }

    /// A party that runs machines. Banks do not.
    fn party_mut(&mut self, role: Role) -> &mut Party {
        match role {
            Role::Wallet => &mut self.wallet,
            Role::Merchant => &mut self.merchant,
            Role::Gateway => &mut self.gateway,
            Role::CardholderAuthority => &mut self.cardholder_authority,
            Role::MerchantAuthority => &mut self.merchant_authority,
            Role::GatewayAuthority => &mut self.gateway_authority,
            Role::Issuer | Role::Acquirer => unreachable!("the {role} runs no machine"),
        }
    }

    fn life(&self, role: Role) -> Life {
        match role {
            Role::Issuer => self.issuer.life,
            Role::Acquirer => self.acquirer.life,
            other => {
                let mut all = self.parties();
                all.find(|(role, _)| *role == other)
                    .map(|(_, party)| party.life)
                    .unwrap_or_default()
            }
        }
    }

    fn life_mut(&mut self, role: Role) -> &mut Life {
        match role {
            Role::Issuer => &mut self.issuer.life,
            Role::Acquirer => &mut self.acquirer.life,
            other => &mut self.party_mut(other).life,
        }
    }

    fn stops(&self, role: Role) -> u32 {
        self.life(role).stops
    }

    /// Whether the step that is about to be taken ends in a crash, and where.
    fn crash(&mut self) -> Option<Point> {
        self.steps += 1;
        if let Some(StopAt { step, point }) = self.stop_at {
            return (step == self.steps).then_some(point);
        }
        let is_bad = self.network.moment() < self.weather.heals_at;
        let points = [Point::BeforeCommit, Point::AfterCommit, Point::AmidEffects];
        (is_bad && self.draws.happens(self.weather.crashes)).then(|| *self.draws.one_of(&points))
    }

    /// The power fails at a party. It comes back after a while.
    fn stop(&mut self, role: Role) {
        self.tell(role, format_args!("stops"));
        let life = self.life_mut(role);
        life.is_down = true;
        life.stops += 1;
        match role {
            Role::Issuer => self.issuer.rebuild(),
            Role::Acquirer => self.acquirer.rebuild(),
            other => self.party_mut(other).power_fails(),
        }
        let down_ms = self.draws.between(DOWN_MS.0, DOWN_MS.1);
        self.network.after(down_ms, Event::Starts(role));
    }

    fn starts(&mut self, role: Role) {
        self.tell(role, format_args!("starts"));
        self.life_mut(role).is_down = false;
        match role {
            Role::Issuer | Role::Acquirer => {}
            other => self.recovers(other),
        }
    }

    fn tell(&mut self, role: Role, what: fmt::Arguments<'_>) {
        self.history.tell(self.network.moment(), role, what);
    }
}
