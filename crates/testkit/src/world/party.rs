//! A party that runs machines: what it has on disk, and what it has in memory only.

use std::collections::BTreeMap;

use openset_crypto::Trust;
use openset_types::Rrpid;

use super::{
    disk::Disk,
    network::Role,
    planted::{Lapse, Planted},
    played::Call,
};

/// Whether a party runs, and how often it was stopped.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Life {
    pub(super) is_down: bool,
    pub(super) stops: u32,
}

/// Wallet, merchant or gateway.
pub struct Party {
    /// What survives.
    pub disk: Disk,
    pub(super) trust: Trust,
    pub(super) life: Life,
    /// Who waits for the answer to a request: a party and its errand.
    pub(super) waiting: BTreeMap<Rrpid, Vec<(Role, u64)>>,
    /// What the banks are asked, by errand.
    pub(super) calls: BTreeMap<u64, Call>,
}

impl Party {
    pub(super) fn new(trust: Trust, lapse: Option<Lapse>) -> Self {
        Self {
            disk: lapse.map(Disk::with_lapse).unwrap_or_default(),
            trust,
            life: Life::default(),
            waiting: BTreeMap::new(),
            calls: BTreeMap::new(),
        }
    }

    /// What is in memory only is gone.
    pub(super) fn power_fails(&mut self) {
        self.waiting.clear();
        self.calls.clear();
        self.disk.power_fails();
    }
}

/// What a party's shell forgets.
pub(super) fn lapse(of: Role, planted: Option<Planted>) -> Option<Lapse> {
    match (of, planted) {
        (Role::Gateway, Some(Planted::Gateway(lapse)))
        | (Role::Merchant, Some(Planted::Merchant(lapse))) => Some(lapse),
        _ => None,
    }
}
