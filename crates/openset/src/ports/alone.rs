//! A wallet's pages, served alone: no other site is led to, and a porter stands at the door.

use std::sync::Arc;

use axum::Router;
use openset_node::http::Site;
use openset_web::{
    Anchor, Places,
    routes::{self, House},
};

use super::{Draws, dress, wallet::WalletPages};
use crate::{
    house::{purse::Purse, wallet::ROLE},
    wallet::gate::Gate,
};

/// One page, which says why a wallet does not open: in nobody's dress, because a pack may be why.
pub(crate) fn unopened(origin: &str, why: &str) -> Router {
    let places = Arc::new(Places::alone(origin.to_owned()));
    let anchor = Arc::new(Anchor { name: String::new(), is_for_study: false });
    let house = House {
        anchor,
        dress: None,
        named: Arc::clone(&places),
        numbered: places,
        chance: Arc::new(Draws),
    };
    routes::unopened(&house, why)
}

/// The pages, and what hands documents to them. `host` is the name that the site is known by, and
/// `origin` its whole address.
pub(crate) fn wallet(
    purse: Purse,
    host: &str,
    origin: String,
    gate: &Arc<Gate>,
) -> (Site, Arc<WalletPages>) {
    let subject = &purse.ground.root.to_be_signed.subject;
    let places = Arc::new(Places::alone(origin));
    let house = House {
        anchor: Arc::new(Anchor {
            name: subject.common_name().map_or_else(|| subject.to_string(), str::to_owned),
            is_for_study: !purse.ground.suite.protects_cards(),
        }),
        dress: purse.wallet.worn.as_ref().map(dress::of).map(Arc::new),
        named: Arc::clone(&places),
        numbered: places,
        chance: Arc::new(Draws),
    };
    let pages = Arc::new(WalletPages::new(purse));
    let router = routes::wallet_alone(&house, Arc::clone(&pages), Arc::clone(gate));
    (Site::new(ROLE.folder, host, router), pages)
}
