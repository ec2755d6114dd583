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
//!   ─▶ whole purchases            throughput, latency, memory, and how they change
//!   ─▶ connections that are kept  memory
//! ```
//!
//! What this deliberately does not do: judge. A figure below an aim ends with success.

mod actor;
mod connections;
mod counters;
mod curve;
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

/// How much of each is measured, besides purchases.
struct Extent {
    /// How many times the purchase is rehearsed by hand: it names the steps and feeds the gateway.
    rehearsals: usize,
    /// How many cardholders enrol.
    enrolments: u32,
    /// How many connections are kept open.
    connections: usize,
}

impl Extent {
    const FULL: Self = Self { rehearsals: 2000, enrolments: 600, connections: 1000 };
}

/// Measures and prints.
pub(crate) fn bench(bench: &Bench) -> Done {
    let runtime = Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Ending::Machine(error.into()))?;
    let report = runtime.block_on(measure(bench, &Extent::FULL)).map_err(Ending::Machine)?;
    report.print(bench.json)
}

async fn measure(bench: &Bench, extent: &Extent) -> anyhow::Result<Report> {
    let scratch = Scratch::make()?;
    let machine = Machine::look(scratch.path())?;
    let (system, running) = ground::start(&scratch).await?;
    let card = ground::enrol(&system).await?;
    let prices = Prices::measure(system.ground.suite)?;
    let rehearsed = rehearsal::rehearse(&system, &card, extent.rehearsals).await?;
    let gateway = gateway::alone(&system, rehearsed.requests).await?;
    let cached_path = paths::cached(&system)?;
    let enrolled = enrolments::enrol(&system, extent.enrolments).await?;
    let bought = purchases::buy(&system, &card, bench).await?;
    let kept = connections::keep(system.at, extent.connections).await?;
    let is_settled = running.stop(&system).await;
    anyhow::ensure!(is_settled, "the system did not stop in time");
    let (steps, peak_mib) = (rehearsed.steps, machine::peak_mib());
    Ok(Report { machine, prices, steps, cached_path, gateway, enrolled, bought, kept, peak_mib })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_is_measured_in_a_system_that_really_runs() {
        let runtime = Builder::new_multi_thread().enable_all().build().expect("a runtime");
        let bench = Bench { json: true, purchases: 8, concurrency: 4 };
        let extent = Extent { rehearsals: 48, enrolments: 8, connections: 8 };
        let measured = runtime.block_on(measure(&bench, &extent)).expect("a report");
        assert_eq!((measured.bought.count, measured.enrolled.count), (8, 8));
        assert_eq!((measured.bought.curve.len(), measured.kept.open), (1, 8));
        assert!(!measured.cached_path.is_zero() && !measured.enrolled.took.is_zero());
        measured.print(true).expect("it is printed");
    }
}
