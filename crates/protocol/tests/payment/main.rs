//! The purchase at the machines: as it should go, and as dishonest parties would have it.

mod abuse;
mod attacks;
mod batches;
mod brands;
mod certificates;
mod codes;
mod complaint;
mod consents;
mod envelopes;
mod extensions;
mod gateways;
mod markets;
mod parts;
mod purchase;
mod refunds;
mod reversals;
mod sales;
mod spared;
mod staleness;
mod terms;
mod thumbs;
mod unsigned;
#[path = "../world/mod.rs"]
mod world;
