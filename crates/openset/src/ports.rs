//! What the pages ask of the parties: one file for each site.
//!
//! A port looks things up and says them in the words of the pages. What a party decides, it has
//! decided already.

mod acquirer;
pub(crate) mod alone;
mod authority;
mod batches;
mod books;
mod certificates;
mod console;
mod dress;
mod enrolment;
mod evidence;
mod gateway;
mod home;
mod issuer;
mod journal;
mod merchant;
mod offer;
mod shop;
pub(crate) mod wallet;
mod words;

use std::{net::SocketAddr, sync::Arc};

use axum::Router;
use openset_node::{
    entropy,
    fault::Fault,
    http::{Remark, Site, operations},
    measure::Measured,
};
use openset_web::{
    Anchor, Bank, ConsolePlace, Places, Problem,
    ports::{Chance, Stops},
    routes::{self, House},
};

use crate::{
    ceremony::Seat,
    demo::cast::{self, CardBank},
    house::{life, lists, purse::Purse, system::System},
    sites::{self, Name},
};

/// The larger of the bodies that sites take: a SET message.
const BODY_OCTETS_MAX: usize = 256 * 1024;

/// Every site with its pages, its messages and its files.
pub(crate) fn sites(system: &Arc<System>, own: &[SocketAddr], measured: &Measured) -> Vec<Site> {
    let banks: Vec<_> = system.views().map(|view| view.ground.bank).collect();
    let first = house(system, &banks, own);
    let second = system.second.as_deref().map(|second| house(second, &banks, own));
    let other = system.other_brand.as_deref().map(|other| house(other, &banks, own));
    let dressed = |name: Name| {
        let of_second = second.as_ref().filter(|_| name.of_second().is_some());
        let of_other = other.as_ref().filter(|_| name.of_other_brand().is_some());
        let house = of_second.or(of_other).unwrap_or(&first);
        match name.of_second().or_else(|| name.of_other_brand()).unwrap_or(name) {
            // The bank's own sites.
            Name::Wallet | Name::Issuer => house.clone(),
            _ => House { dress: None, ..house.clone() },
        }
    };
    let all = served(system).iter();
    all.map(|name| site(system, &dressed(*name), *name, measured)).collect()
}

/// The sites that a system has, in the order of their own ports.
pub(crate) fn served(system: &System) -> &'static [Name] {
    match system.other_brand {
        Some(_) => &sites::ALL,
        None => &sites::ALL[..sites::OF_ONE_BRAND],
    }
}

/// What the sites of a bank share: its dress, and where the others are for its customers.
fn house(view: &System, banks: &[&CardBank], own: &[SocketAddr]) -> House {
    House {
        anchor: Arc::new(Anchor {
            name: cast::ROOT.to_owned(),
            is_for_study: !view.ground.suite.protects_cards(),
        }),
        dress: view.wallet.worn.as_ref().map(dress::of).map(Arc::new),
        named: Arc::new(places(view, banks, |name| name.origin(view.at))),
        numbered: Arc::new(places(view, banks, |name| numbered(name, own))),
        chance: Arc::new(Draws),
    }
}

fn site(system: &Arc<System>, house: &House, name: Name, measured: &Measured) -> Site {
    let router = system.machines(name).merge(pages(system, house, name));
    let router = match name {
        // What is measured is of the whole process, whose operator is at home. Shops, wallets and
        // endpoints are for others.
        Name::Home => router.merge(operations(system.stores(), measured.clone(), remarks(system))),
        _ => router,
    };
    Site::new(name.label(), &name.host(), router).with_bodies_up_to(BODY_OCTETS_MAX)
}

/// What readiness rests on besides the stores: the lists, and everybody's certificates.
fn remarks(system: &System) -> Vec<Remark> {
    let mut remarks = of_brand(system);
    remarks.insert(1, system.merchant.upkeep.remark());
    let other = system.other_brand.iter().flat_map(|other| of_brand(other));
    let branches = system.merchant.branches.iter().map(|branch| branch.upkeep.remark());
    let name = cast::OTHER_BRAND.name;
    remarks.extend(other.chain(branches).map(|remark| -> Remark {
        Arc::new(move || match remark() {
            Ok(said) => Ok(format!("{name}: {said}")),
            Err(why) => Err(format!("{name}: {why}")),
        })
    }));
    remarks
}

/// The lists of a brand, the certificates and links of its gateway, and its authorities'
/// certificates.
fn of_brand(system: &System) -> Vec<Remark> {
    let gateway = &system.gateway;
    let own = [lists::remark(&system.ground), gateway.upkeep.remark(), gateway.links_remark()];
    let authorities = system.offices();
    let authorities = authorities.map(|one| life::remark(&system.ground, one.seat.folder));
    own.into_iter().chain(authorities).collect()
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
        Name::Wallet => {
            let pages = wallet::WalletPages::new(Purse::of(&system));
            routes::wallet(house, Arc::new(pages))
        }
        Name::Merchant => {
            let own = certificates::Certificates {
                upkeep: Arc::clone(&system.merchant.upkeep),
                owner: cast::SHOP,
                stops: [Stops::ShopSigns, Stops::ShopOpens],
            };
            routes::merchant(house, Arc::new(merchant::Desk(system)), Arc::new(own))
        }
        Name::Gateway => {
            let own = certificates::Certificates {
                upkeep: Arc::clone(&system.gateway.upkeep),
                owner: cast::GATEWAY,
                stops: [Stops::GatewaySigns, Stops::GatewayOpens],
            };
            routes::gateway(house, Arc::new(gateway::Console(system)), Arc::new(own))
        }
        Name::Issuer => routes::issuer(house, Arc::new(issuer::Console(system))),
        Name::Acquirer => routes::acquirer(house, Arc::new(acquirer::Console(system))),
        Name::SecondWallet | Name::SecondIssuer => match (&system.second, name.of_second()) {
            (Some(second), Some(name)) => pages(second, house, name),
            _ => Router::new(),
        },
        Name::OtherWallet
        | Name::OtherIssuer
        | Name::OtherGateway
        | Name::OtherCaCardholder
        | Name::OtherCaMerchant
        | Name::OtherCaGateway => match (&system.other_brand, name.of_other_brand()) {
            (Some(other), Some(name)) => pages(other, house, name),
            _ => Router::new(),
        },
        Name::CaCardholder | Name::CaMerchant | Name::CaGateway | Name::SecondCaCardholder => {
            desk(house, &system, name)
        }
    }
}

/// The console of the authority at a site, by its place among those that answer messages.
fn desk(house: &House, system: &Arc<System>, name: Name) -> Router {
    let mut seats = Seat::answering(&system.ground.data).enumerate();
    let Some((place, seat)) = seats.find(|(_, seat)| Name::of_seat(*seat) == name) else {
        return Router::new();
    };
    routes::console(house, place, Arc::new(console::Console::of(system, seat)))
}

/// Where each site is for the customers of a bank.
fn places(view: &System, banks: &[&CardBank], of: impl Fn(Name) -> String) -> Places {
    let bank = view.ground.bank;
    let banks = banks.iter().map(|bank| Bank {
        name: bank.name.to_owned(),
        wallet: of(bank.wallet),
        issuer: of(bank.issuer),
    });
    let consoles = Seat::answering(&view.ground.data).map(|seat| ConsolePlace {
        name: console::name(&view.ground, seat),
        origin: of(view.ground.site(Name::of_seat(seat))),
    });
    Places {
        home: of(Name::Home),
        shop: of(Name::Shop),
        wallet: of(bank.wallet),
        merchant: of(Name::Merchant),
        gateway: of(view.ground.site(Name::Gateway)),
        issuer: of(bank.issuer),
        acquirer: of(Name::Acquirer),
        authorities: of(Name::Home),
        consoles: consoles.collect(),
        inspector: of(Name::Home),
        banks: banks.collect(),
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
