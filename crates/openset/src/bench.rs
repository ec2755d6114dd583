//! `openset bench`: whole purchases over real sockets and synced commits, each role's step, and
//! the cryptography that the messages cannot do without, all measured in the same run.
//!
//! ```text
//! start a system in a folder of its own ─▶ enrol a card
//!   ─▶ the bare primitives        what one costs here, now
//!   ─▶ one purchase, many times   each role's step, called by hand
//!   ─▶ a chain that is known      what it costs to believe it again
//!   ─▶ the gateway alone          processor time of one authorization, stored
//!   ─▶ cardholders enrol          the authority, stored
//!   ─▶ whole purchases            throughput, latency, memory
//! ```
//!
//! What this deliberately does not do: judge. A figure below an aim ends with success.

mod actor;
mod counters;
mod enrolments;
mod floor;
mod gateway;
mod ground;
mod machine;
mod paths;
mod purchases;
mod rehearsal;
mod report;
mod samples;

use tokio::runtime::Builder;

use self::{floor::Prices, ground::Scratch, machine::Machine, report::Report};
use crate::{
    args::Bench,
    ending::{Done, Ending},
};

/// How many times the purchase is rehearsed by hand: it names the steps and feeds the gateway.
const REHEARSALS: usize = 2000;

/// Measures and prints.
pub(crate) fn bench(bench: &Bench) -> Done {
    let runtime = Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Ending::Machine(error.into()))?;
    let report = runtime.block_on(measure(bench)).map_err(Ending::Machine)?;
    report.print(bench.json)
}

async fn measure(bench: &Bench) -> anyhow::Result<Report> {
    let scratch = Scratch::make()?;
    let machine = Machine::look(scratch.path())?;
    let (system, running) = ground::start(&scratch).await?;
    let card = ground::enrol(&system).await?;
    let prices = Prices::measure(system.ground.suite)?;
    let rehearsed = rehearsal::rehearse(&system, &card, REHEARSALS).await?;
    let gateway = gateway::alone(&system, rehearsed.requests).await?;
    let cached_path = paths::cached(&system)?;
    let enrolled = enrolments::enrol(&system).await?;
    let bought = purchases::buy(&system, &card, bench).await?;
    let is_settled = running.stop(&system).await;
    anyhow::ensure!(is_settled, "the system did not stop in time");
    let (steps, peak_mib) = (rehearsed.steps, machine::peak_mib());
    Ok(Report { machine, prices, steps, cached_path, gateway, enrolled, bought, peak_mib })
}
