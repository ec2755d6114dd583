//! What the pages ask of the parties: one file for each site.
//!
//! A port looks things up and says them in the words of the pages. What a party decides, it has
//! decided already.

mod acquirer;
mod authority;
mod console;
mod dress;
mod evidence;
mod gateway;
mod home;
mod issuer;
mod journal;
mod merchant;
mod offer;
mod shop;
mod wallet;
mod words;

use std::{net::SocketAddr, sync::Arc, time::Duration};

use axum::Router;
use openset_node::{
    entropy,
    fault::Fault,
    http::{Site, operations},
    measure::Measured,
};
use openset_web::{
    Anchor, ConsolePlace, Places, Problem,
    ports::Chance,
    routes::{self, House},
};

use crate::{
    ceremony,
    demo::cast,
    house::{ground::Ground, lists, system::System},
    sites::{self, Name},
};

/// How long a page waits for another party.
const PATIENCE: Duration = Duration::from_secs(20);
/// The larger of the bodies that sites take: a SET message.
const BODY_OCTETS_MAX: usize = 256 * 1024;

/// Every site with its pages, its messages and its files.
pub(crate) fn sites(system: &Arc<System>, own: &[SocketAddr], measured: &Measured) -> Vec<Site> {
    let house = House {
        anchor: Arc::new(Anchor {
            name: cast::ROOT.to_owned(),
            is_for_study: !system.ground.suite.protects_cards(),
        }),
        dress: None,
        named: Arc::new(places(&system.ground, |name| name.origin(system.at))),
        numbered: Arc::new(places(&system.ground, |name| numbered(name, own))),
        chance: Arc::new(Draws),
    };
    let worn = system.wallet.worn.as_ref().map(dress::of).map(Arc::new);
    let dressed = |name: Name| match name {
        // The bank's own sites.
        Name::Wallet | Name::Issuer => House { dress: worn.clone(), ..house.clone() },
        _ => house.clone(),
    };
    sites::ALL.iter().map(|name| site(system, &dressed(*name), *name, measured)).collect()
}

fn site(system: &Arc<System>, house: &House, name: Name, measured: &Measured) -> Site {
    let router = system.machines(name).merge(pages(system, house, name));
    let router = match name {
        // What is measured is of the whole process, whose operator is at home. Shops, wallets and
        // endpoints are for others.
        Name::Home => router.merge(operations(
            system.stores(),
            measured.clone(),
            vec![lists::remark(&system.ground)],
        )),
        _ => router,
    };
    Site::new(name.label(), &name.host(), router).with_bodies_up_to(BODY_OCTETS_MAX)
}

fn pages(system: &Arc<System>, house: &House, name: Name) -> Router {
    let system = Arc::clone(system);
    match name {
        Name::Home => routes::home(
            house,
            Arc::new(home::Home(Arc::clone(&system))),
            Arc::new(authority::Authorities(Arc::clone(&system))),
            Arc::new(journal::Journals(system)),
        ),
        Name::Shop => routes::shop(house, Arc::new(shop::Shop(system))),
        Name::Wallet => routes::wallet(house, Arc::new(wallet::WalletPages::new(system))),
        Name::Merchant => routes::merchant(house, Arc::new(merchant::Desk(system))),
        Name::Gateway => routes::gateway(house, Arc::new(gateway::Console(system))),
        Name::Issuer => routes::issuer(house, Arc::new(issuer::Console(system))),
        Name::Acquirer => routes::acquirer(house, Arc::new(acquirer::Console(system))),
        Name::CaCardholder => desk(house, &system, 0),
        Name::CaMerchant => desk(house, &system, 1),
        Name::CaGateway => desk(house, &system, 2),
    }
}

/// The console of an authority, by its place among those that answer messages.
fn desk(house: &House, system: &Arc<System>, place: usize) -> Router {
    let Some(kind) = ceremony::ISSUING.get(place) else { return Router::new() };
    routes::console(house, place, Arc::new(console::Console::of(system, *kind)))
}

/// Where each site is.
fn places(ground: &Ground, of: impl Fn(Name) -> String) -> Places {
    Places {
        home: of(Name::Home),
        shop: of(Name::Shop),
        wallet: of(Name::Wallet),
        merchant: of(Name::Merchant),
        gateway: of(Name::Gateway),
        issuer: of(Name::Issuer),
        acquirer: of(Name::Acquirer),
        authorities: of(Name::Home),
        consoles: ceremony::ISSUING
            .map(|kind| ConsolePlace {
                name: console::name(ground, kind),
                origin: of(Name::of_authority(kind)),
            })
            .into(),
        inspector: of(Name::Home),
    }
}

/// The origin of a site on its own port.
fn numbered(name: Name, own: &[SocketAddr]) -> String {
    let at = sites::ALL.iter().position(|other| *other == name).and_then(|place| own.get(place));
    at.map_or_else(String::new, |at| format!("http://127.0.0.1:{}", at.port()))
}

/// Randomness for tokens.
struct Draws;

impl Chance for Draws {
    fn draw(&self) -> [u8; 20] {
        let seed = entropy::seed().expect("the operating system gives randomness");
        *seed.first_chunk().expect("a seed has 32 octets")
    }
}

/// What a person is told of a fault of ours.
fn unavailable(fault: impl Into<anyhow::Error>) -> Problem {
    let fault: anyhow::Error = fault.into();
    tracing::error!(fault = %format!("{fault:#}"), "a page cannot be told");
    Problem::Unavailable
}

/// The same for a fault that a store reported.
fn broken(fault: Fault) -> Problem {
    unavailable(fault)
}
