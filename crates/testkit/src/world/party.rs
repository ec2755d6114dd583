//! A party that runs machines: what it has on disk, and what it has in memory only.

use std::collections::BTreeMap;

use openset_crypto::{Keys, Trust};
use openset_types::Rrpid;

use super::{
    disk::Disk,
    network::Role,
    planted::{Lapse, Planted, standings},
    played::Call,
    witness::Witness,
};
use crate::pki::Pki;

/// Whether a party runs, and how often it was stopped.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Life {
    pub(super) is_down: bool,
    pub(super) stops: u32,
}

/// Wallet, merchant, gateway or an authority.
pub struct Party {
    /// What survives.
    pub disk: Disk,
    pub(super) trust: Trust,
    pub(super) life: Life,
    /// Who waits for the answer to a request: a party and its errand.
    pub(super) waiting: BTreeMap<Rrpid, Vec<(Role, u64)>>,
    /// What the banks are asked, by errand.
    pub(super) calls: BTreeMap<u64, Call>,
    /// Beside an authority's keys.
    pub(super) witness: Option<Witness>,
}

impl Party {
    pub(super) fn new(role: Role, planted: Option<Planted>) -> Self {
        let office = standings(planted).authority(role);
        Self {
            disk: lapse(role, planted).map(Disk::with_lapse).unwrap_or_default(),
            trust: Pki::shared().trust(),
            life: Life::default(),
            waiting: BTreeMap::new(),
            calls: BTreeMap::new(),
            witness: office.map(|office| Witness::of(office.issuing.key)),
        }
    }

    /// What was signed by an authority, and whether it was written down before.
    pub fn witness(&self) -> Option<&Witness> {
        self.witness.as_ref()
    }

    /// What is in memory only is gone.
    pub(super) fn power_fails(&mut self) {
        self.waiting.clear();
        self.calls.clear();
        self.disk.power_fails();
    }
}

/// The keys a party signs and opens with.
pub(super) fn keys(witness: Option<&Witness>) -> &dyn Keys {
    match witness {
        Some(witness) => witness,
        None => &Pki::shared().keys,
    }
}

/// What a party's shell forgets.
fn lapse(of: Role, planted: Option<Planted>) -> Option<Lapse> {
    match planted {
        Some(Planted::Shell(role, lapse)) if role == of => Some(lapse),
        _ => None,
    }
}
