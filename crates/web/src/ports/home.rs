//! What the home page shows: who is up, and the last payments.

use std::future::Future;

use openset_types::{Money, UnixTime};

use super::{Said, Standing};
use crate::party::Party;

/// Whether a party answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pulse {
    /// It answers.
    Up,
    /// It does not.
    Down,
}

/// A party and whether it answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Neighbour {
    /// Which party.
    pub party: Party,
    /// Its own name, such as `Banque Démo`.
    pub name: String,
    /// Whether it answers.
    pub pulse: Pulse,
}

/// One of the last payments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecentPayment {
    /// What the inspector knows it by.
    pub transaction: String,
    /// The shop's order number.
    pub order: String,
    /// The shop.
    pub payee: String,
    /// How much.
    pub amount: Money,
    /// How far it has come.
    pub standing: Standing,
    /// When it was placed.
    pub at: UnixTime,
}

/// The parties, seen from the front door.
pub trait HomePort: Send + Sync + 'static {
    /// Every party and whether it answers, in the order of the diagram.
    fn neighbours(&self) -> impl Future<Output = Vec<Neighbour>> + Send;
    /// The last payments, newest first; at most ten.
    fn recent(&self) -> impl Future<Output = Said<Vec<RecentPayment>>> + Send;
}
