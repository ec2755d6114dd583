//! An authority at work on lists: with its keys, its certificate for messages, and what it knows.

use std::sync::Arc;

use openset_crypto::{Identity, Trust};
use openset_node::keys::KeyHolder;
use openset_protocol::lists::ListDesk;

use crate::{
    ceremony::{Rings, Seat, papers},
    house::ground::Ground,
};

/// One authority that speaks of lists.
#[derive(Clone)]
pub(crate) struct Clerk {
    keys: Arc<dyn KeyHolder>,
    pub(crate) signature: Identity,
    pub(crate) trust: Arc<Trust>,
}

impl Clerk {
    /// An authority whose keys are here.
    pub(crate) fn of(ground: &Ground, rings: &Rings<'_>, seat: Seat) -> anyhow::Result<Self> {
        let trust = Trust::new(ground.suite, std::slice::from_ref(&ground.root))?;
        ground.lists.teach(&trust, ground.clock.now())?;
        Self::knowing(ground, rings, seat, Arc::new(trust))
    }

    /// The same, knowing what somebody knows already.
    pub(crate) fn knowing(
        ground: &Ground,
        rings: &Rings<'_>,
        seat: Seat,
        trust: Arc<Trust>,
    ) -> anyhow::Result<Self> {
        let signature = ground.papers(seat.folder).take(papers::SIGNATURE)?;
        Ok(Self { keys: rings.at(seat)?, signature, trust })
    }

    /// Where it tells and hears of lists.
    pub(crate) fn desk<'a>(&'a self, ground: &'a Ground) -> ListDesk<'a> {
        ListDesk {
            trust: &self.trust,
            keys: self.keys.as_ref(),
            brand: &ground.brand,
            acceptance: ground.acceptance(),
            now: ground.clock.now(),
        }
    }
}
