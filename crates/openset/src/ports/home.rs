//! The home page: who is up, and the last payments.

use std::sync::Arc;

use openset_crypto::Authority as Kind;
use openset_node::store::Store;
use openset_web::{
    Party,
    ports::{HomePort, Neighbour, Pulse, RecentPayment, Said},
};

use super::{broken, unavailable, words};
use crate::{demo::cast, house::system::System};

/// How many payments the page shows.
const RECENT_MAX: usize = 10;
/// How many orders are looked through for them.
const ORDERS_MAX: u32 = 50;

/// The house, seen from its front door.
pub(super) struct Home(pub(super) Arc<System>);

impl Home {
    async fn pulse(&self, store: &Arc<dyn Store>) -> Pulse {
        match store.check().await {
            Ok(()) => Pulse::Up,
            Err(_) => Pulse::Down,
        }
    }

    fn authority(&self, kind: Kind) -> Option<&Arc<dyn Store>> {
        let found = self.0.authorities.iter().find(|authority| authority.seat.kind == kind);
        found.map(|authority| &authority.party.store)
    }
}

/// A party, how it is called, and its database.
type Known<'a> = (Party, &'static str, Option<&'a Arc<dyn Store>>);

/// Whoever the second brand has of its own.
fn of_other_brand(other: &System) -> Vec<Known<'_>> {
    let authority = |kind: Kind| {
        let found = other.authorities.iter().find(|authority| authority.seat.kind == kind);
        found.map(|authority| &authority.party.store)
    };
    let brand = &cast::OTHER_BRAND;
    vec![
        (Party::Cardholder, cast::OTHER.cards[0].holder, Some(&other.wallet.party.store)),
        (Party::CardholderAuthority, "Banca di Prova Cardholder CA", authority(Kind::Cardholder)),
        (Party::MerchantAuthority, brand.merchants, authority(Kind::Merchant)),
        (Party::Gateway, cast::OTHER_GATEWAY, Some(&other.gateway.party.store)),
        (Party::GatewayAuthority, brand.gateways, authority(Kind::Gateway)),
        (Party::Issuer, cast::OTHER.name, Some(&other.issuer.store)),
    ]
}

impl HomePort for Home {
    async fn neighbours(&self) -> Vec<Neighbour> {
        let system = &self.0;
        let parties = [
            (Party::Cardholder, "Ada Martin", Some(&system.wallet.party.store)),
            (
                Party::CardholderAuthority,
                "Banque Démo Cardholder CA",
                self.authority(Kind::Cardholder),
            ),
            (Party::Merchant, cast::SHOP, Some(&system.merchant.party.store)),
            (Party::MerchantAuthority, "Demo Acquirer Merchant CA", self.authority(Kind::Merchant)),
            (Party::Gateway, cast::GATEWAY, Some(&system.gateway.party.store)),
            (Party::GatewayAuthority, "Demo Brand Gateway CA", self.authority(Kind::Gateway)),
            (Party::Acquirer, cast::ACQUIRER, Some(&system.acquirer.store)),
            (Party::Issuer, cast::ISSUER, Some(&system.issuer.store)),
        ];
        let second = system.second.as_deref().into_iter().flat_map(|second| {
            let authority = second.authorities.first();
            [
                (Party::Cardholder, cast::SECOND.cards[0].holder, Some(&second.wallet.party.store)),
                (
                    Party::CardholderAuthority,
                    "Nordic Test Bank Cardholder CA",
                    authority.map(|authority| &authority.party.store),
                ),
                (Party::Issuer, cast::SECOND.name, Some(&second.issuer.store)),
            ]
        });
        let other = system.other_brand.as_deref().into_iter().flat_map(of_other_brand);
        let parties = parties.into_iter().chain(second).chain(other);
        let mut neighbours = Vec::new();
        for (party, name, store) in parties {
            let mut pulse = match store {
                Some(store) => self.pulse(store).await,
                None => Pulse::Down,
            };
            let link = match party {
                Party::Issuer if name == cast::SECOND.name => {
                    Some(system.gateway.link_to(&cast::SECOND.bin()))
                }
                Party::Issuer if name == cast::OTHER.name => {
                    system.other_brand.as_deref().map(|other| &other.gateway.issuer)
                }
                Party::Issuer => Some(&system.gateway.issuer),
                Party::Acquirer => Some(&system.gateway.acquirer),
                _ => None,
            };
            if link.is_some_and(|link| !link.is_up()) {
                pulse = Pulse::Down;
            }
            neighbours.push(Neighbour { party, name: name.to_owned(), pulse });
        }
        neighbours
    }

    async fn recent(&self) -> Said<Vec<RecentPayment>> {
        let orders = self.0.merchant.orders.newest(ORDERS_MAX).await.map_err(broken)?;
        let mut recent = Vec::new();
        for order in orders {
            let purchase = self.0.purchase(&order).await.map_err(unavailable)?;
            let Some(purchase) = purchase else { continue };
            let summary = purchase.summary();
            let Some(xid) = summary.xid else { continue };
            let settled = self.0.settled(&purchase).await.map_err(unavailable)?;
            recent.push(RecentPayment {
                transaction: xid.to_string(),
                order: order.number,
                payee: cast::SHOP.to_owned(),
                amount: order.total,
                standing: words::standing_of(&summary, settled),
                at: order.at,
            });
            if recent.len() == RECENT_MAX {
                break;
            }
        }
        Ok(recent)
    }
}
