//! Batches, as the pages of merchant and gateway show them.

use openset_node::store::Page;
use openset_protocol::{
    gateway::batch::Stage,
    merchant::{Break, Line, batch::Deed},
};
use openset_types::{BatchNumber, Brand, ClosedBy};
use openset_web::{
    Problem,
    ports::{BatchBreak, BatchDeed, BatchFile, BatchRow, BatchState, BreakAbout, Said, Told},
};

use super::{broken, unavailable};
use crate::house::{
    batches::{Batches, State, View},
    system::System,
};

/// How many requests about batches are read.
const REQUESTS_MAX: u32 = 200;

/// The batches of a shop.
pub(super) async fn rows(batches: &Batches) -> Said<Vec<BatchRow>> {
    let all = batches.all().await.map_err(unavailable)?;
    Ok(all.iter().rev().map(|view| row(batches, view)).collect())
}

/// One of them.
pub(super) async fn file(batches: &Batches, slug: &str) -> Said<BatchFile> {
    let name = name(batches, slug)?;
    let view = batches.one(&name).await.map_err(unavailable)?;
    Ok(BatchFile {
        row: row(batches, &view),
        theirs: view.theirs,
        status: view.status.clone(),
        breaks: view.breaks.map(|all| all.into_iter().map(difference).collect()),
    })
}

/// Opens the next one.
pub(super) async fn open(batches: &Batches) -> Said<String> {
    let brand = batches.brands.first().ok_or(Problem::NotFound)?;
    let number = batches.next().await.map_err(unavailable)?;
    let view = batches.ask(&(brand.clone(), number), Deed::Open).await.map_err(unavailable)?;
    Ok(slug(batches, &view))
}

/// Asks the bank about one.
pub(super) async fn ask(batches: &Batches, slug: &str, deed: BatchDeed) -> Said<()> {
    let deed = match deed {
        BatchDeed::Look => Deed::Look,
        BatchDeed::Open => Deed::Open,
        BatchDeed::Close => Deed::Close,
        BatchDeed::Reconcile => Deed::Reconcile,
    };
    batches.ask(&name(batches, slug)?, deed).await.map(drop).map_err(unavailable)
}

/// A brand by its place among the shop's, and a number.
fn name(batches: &Batches, slug: &str) -> Said<(Brand, BatchNumber)> {
    let named = || {
        let (brand, number) = slug.split_once('-')?;
        let brand = batches.brands.get(brand.parse::<usize>().ok()?)?;
        Some((brand.clone(), BatchNumber::parse(number).ok()?))
    };
    named().ok_or(Problem::NotFound)
}

fn slug(batches: &Batches, view: &View) -> String {
    let place = batches.brands.iter().position(|brand| brand.as_str() == view.brand);
    format!("{}-{}", place.unwrap_or_default(), view.number)
}

fn row(batches: &Batches, view: &View) -> BatchRow {
    BatchRow {
        slug: slug(batches, view),
        number: view.number.clone(),
        whose: view.brand.clone(),
        state: match view.state {
            State::Unknown => BatchState::Unknown,
            State::Open => BatchState::Open,
            State::Closed => BatchState::Closed,
            State::ClosedByBank => BatchState::ClosedByBank,
        },
        totals: view.ours,
    }
}

fn difference(found: Break) -> BatchBreak {
    let item = |line: &Line| Some(Told::Amount(line.side, line.amount));
    let (about, ours, theirs) = match found {
        Break::Count { side, ours, theirs } => {
            (BreakAbout::Count(side), Some(Told::Count(ours)), Some(Told::Count(theirs)))
        }
        Break::Sum { side, ours, theirs } => {
            let told = |amount| Some(Told::Amount(side, amount));
            (BreakAbout::Sum(side), told(ours), told(theirs))
        }
        Break::Missing { ours } => (BreakAbout::Item(ours.position), item(&ours), None),
        Break::Unexpected { theirs } => (BreakAbout::Item(theirs.position), None, item(&theirs)),
        Break::Item { ours, theirs } => {
            (BreakAbout::Item(ours.position), item(&ours), item(&theirs))
        }
    };
    BatchBreak { about, ours, theirs }
}

/// The batches that merchants asked a gateway about, as the bank last said that they stand.
pub(super) async fn asked(system: &System) -> Said<Vec<BatchRow>> {
    let all = system.gateway.batches.list(Page::newest(REQUESTS_MAX)).await.map_err(broken)?;
    let mut rows: Vec<BatchRow> = Vec::new();
    for (_, asked) in all {
        let Stage::Answered { report: Some(report), .. } = asked.stage else { continue };
        let (number, whose) = (report.batch.to_string(), asked.merchant.to_string());
        if rows.iter().any(|row| row.number == number && row.whose == whose) {
            continue;
        }
        let state = match report.closed {
            None => BatchState::Open,
            Some((ClosedBy::Merchant, _)) => BatchState::Closed,
            Some((ClosedBy::Acquirer, _)) => BatchState::ClosedByBank,
        };
        let slug = format!("{whose}-{number}");
        rows.push(BatchRow { slug, number, whose, state, totals: Some(report.totals) });
    }
    Ok(rows)
}
