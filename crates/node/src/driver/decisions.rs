//! One line and one count for each decision about money, once the step that made it is stored.

use std::time::Instant;

use openset_protocol::role::{Decided, Machine};

use super::{book::Carry, recent::Stored};
use crate::{measure, trace::micros};

/// What was decided before a step.
pub(super) struct Before {
    decided: Vec<Decided>,
    /// When somebody asked for what is being decided, if that was while this process lived.
    pub(super) asked_at: Option<Instant>,
}

impl Before {
    /// Before a step of this instance, taken for this reason.
    pub(super) fn of<M: Machine>(stored: Option<&Stored<M::State>>, carry: &Carry<'_>) -> Self {
        let decided = stored.map(|stored| M::decided(&stored.state)).unwrap_or_default();
        let asked_at = if carry.asks() {
            Some(Instant::now())
        } else {
            stored.and_then(|stored| stored.asked_at)
        };
        Self { decided, asked_at }
    }

    /// Logs and counts what the step has added.
    pub(super) fn tell<M: Machine>(self, role: &'static str, state: &M::State) {
        let Self { mut decided, asked_at } = self;
        for one in M::decided(state) {
            if let Some(known) = decided.iter().position(|before| *before == one) {
                decided.swap_remove(known);
                continue;
            }
            measure::payment(role, one.status);
            let Decided { status, xid, rrpid } = one;
            let rrpid = rrpid.map(tracing::field::display);
            let took_us = asked_at.map(|at| micros(at.elapsed()));
            tracing::info!(status, %xid, rrpid, took_us, "decided");
        }
    }
}
