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
    curve::{self, Made, Point},
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
    /// From the first to the last, without the time in which orders were placed.
    pub(super) took: Duration,
    /// Processor time meanwhile, in all threads.
    pub(super) worked: Option<Duration>,
    /// What they cost while more and more were stored.
    pub(super) curve: Vec<Point>,
    /// How many were told that their order was received, because the bank's answer took too long.
    pub(super) late: usize,
    /// From the wallet's first question to the shop's answer.
    pub(super) each: Spread,
    /// Resident memory before and after, in MiB.
    pub(super) memory: [Option<f64>; 2],
}

/// Buys as asked for, a stretch at a time, with orders that were placed before.
pub(super) async fn buy(system: &Arc<System>, card: &str, bench: &Bench) -> anyhow::Result<Bought> {
    let Bench { purchases: count, concurrency, .. } = *bench;
    let warm_up = orders(system, WARM_UP, concurrency).await?;
    all(system, card, &warm_up, concurrency).await?;
    let before = machine::resident_mib();
    let (mut took, mut worked) = (Duration::ZERO, Some(Duration::ZERO));
    let (mut whole, mut curve, mut stored) = (Taken::default(), Vec::new(), 0);
    for end in curve::ends(count) {
        let orders = orders(system, end - stored, concurrency).await?;
        let (made, taken) = stretch(system, card, &orders, concurrency).await?;
        stored = end;
        took += made.took;
        worked = worked.zip(made.worked).map(|(sum, one)| sum + one);
        whole.join(taken);
        if curve::is_looked_at(end, count) {
            curve.push(Point::after(end, made, machine::resident_mib()));
        }
    }
    let Taken { samples, late } = whole;
    let (each, memory) = (samples.spread(), [before, machine::resident_mib()]);
    Ok(Bought { count, concurrency, took, worked, curve, late, each, memory })
}

/// Pays these orders, and looks at the clocks.
async fn stretch(
    system: &Arc<System>,
    card: &str,
    orders: &Arc<Vec<Order>>,
    at_once: u32,
) -> anyhow::Result<(Made, Taken)> {
    let (begun, before) = (Instant::now(), machine::worked());
    let taken = all(system, card, orders, at_once).await?;
    let (took, after) = (begun.elapsed(), machine::worked());
    let worked = before.zip(after).map(|(before, after)| after.saturating_sub(before));
    let count = u32::try_from(orders.len())?;
    Ok((Made { count, took, worked, each: taken.samples.clone().spread() }, taken))
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
        all.join(bought??);
    }
    Ok(all)
}

/// How long purchases took, and how many had to wait for the bank.
#[derive(Default)]
struct Taken {
    samples: Samples,
    late: usize,
}

impl Taken {
    /// All of others.
    fn join(&mut self, others: Self) {
        self.samples.join(others.samples);
        self.late += others.late;
    }
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
