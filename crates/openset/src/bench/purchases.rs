//! Whole purchases: real messages over real sockets, every commit on the disk before it counts.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::Context;
use openset_protocol::summary::Fact;
use tokio::task::JoinSet;

use super::{
    machine,
    samples::{Samples, Spread},
};
use crate::{args::Bench, demo::story, house::system::System, shop::orders::Order};

/// How many are bought before anything is measured: connections and caches fill.
const WARM_UP: u32 = 64;

/// What buying took.
pub(super) struct Bought {
    /// How many purchases were measured.
    pub(super) count: u32,
    /// How many were under way at the same time.
    pub(super) concurrency: u32,
    /// From the first to the last.
    pub(super) took: Duration,
    /// Processor time meanwhile, in all threads.
    pub(super) worked: Option<Duration>,
    /// How many were told that their order was received, because the bank's answer took too long.
    pub(super) late: usize,
    /// From the wallet's first question to the shop's answer.
    pub(super) each: Spread,
    /// Resident memory before and after, in MiB.
    pub(super) memory: [Option<f64>; 2],
}

/// Buys as asked for, with orders that were placed before.
pub(super) async fn buy(system: &Arc<System>, card: &str, bench: &Bench) -> anyhow::Result<Bought> {
    let Bench { purchases: count, concurrency, .. } = *bench;
    let warm_up = orders(system, WARM_UP, concurrency).await?;
    all(system, card, &warm_up, concurrency).await?;
    let orders = orders(system, count, concurrency).await?;
    let (before, worked) = (machine::resident_mib(), machine::worked());
    let begun = Instant::now();
    let Taken { samples, late } = all(system, card, &orders, concurrency).await?;
    let took = begun.elapsed();
    let after = machine::worked();
    Ok(Bought {
        count,
        concurrency,
        took,
        worked: worked.zip(after).map(|(before, after)| after.saturating_sub(before)),
        late,
        each: samples.spread(),
        memory: [before, machine::resident_mib()],
    })
}

/// Places orders.
async fn orders(system: &Arc<System>, count: u32, at_once: u32) -> anyhow::Result<Arc<Vec<Order>>> {
    let mut placed = Vec::new();
    let mut placing = JoinSet::new();
    for _ in 0..count {
        if placing.len() >= at_once as usize {
            placed.push(placing.join_next().await.context("somebody orders")???);
        }
        let system = Arc::clone(system);
        placing.spawn(async move { story::order(&system).await });
    }
    while let Some(order) = placing.join_next().await {
        placed.push(order??);
    }
    Ok(Arc::new(placed))
}

/// Pays all orders, so many at a time.
async fn all(
    system: &Arc<System>,
    card: &str,
    orders: &Arc<Vec<Order>>,
    at_once: u32,
) -> anyhow::Result<Taken> {
    // Kept whole until the end: what this measures must not be its own memory.
    let first = Arc::new(AtomicUsize::new(0));
    let mut buyers = JoinSet::new();
    for _ in 0..at_once {
        let (system, card) = (Arc::clone(system), card.to_owned());
        let (orders, next) = (Arc::clone(orders), Arc::clone(&first));
        buyers.spawn(async move {
            let mut taken = Taken::default();
            while let Some(order) = orders.get(next.fetch_add(1, Ordering::Relaxed)) {
                one(&system, &card, order, &mut taken).await?;
            }
            anyhow::Ok(taken)
        });
    }
    let mut all = Taken::default();
    while let Some(bought) = buyers.join_next().await {
        let Taken { samples, late } = bought??;
        all.samples.join(samples);
        all.late += late;
    }
    Ok(all)
}

/// How long purchases took, and how many had to wait for the bank.
#[derive(Default)]
struct Taken {
    samples: Samples,
    late: usize,
}

/// One purchase, from PInitReq to PRes.
async fn one(system: &System, card: &str, order: &Order, taken: &mut Taken) -> anyhow::Result<()> {
    let begun = Instant::now();
    let id = story::offer(system, order, card).await?;
    let bought = story::pay(system, order, &id, card).await?;
    taken.samples.add(begun.elapsed());
    match bought.fact {
        Fact::Authorized => {}
        Fact::Received => taken.late += 1,
        other => anyhow::bail!("a purchase was not authorized: {other:?}"),
    }
    Ok(())
}
