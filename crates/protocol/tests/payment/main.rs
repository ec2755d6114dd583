//! The purchase at the machines: as it should go, and as dishonest parties would have it.

mod abuse;
mod attacks;
mod brands;
mod certificates;
mod complaint;
mod consents;
mod envelopes;
mod purchase;
mod refunds;
mod reversals;
mod spared;
mod staleness;
#[path = "../world/mod.rs"]
mod world;
