//! What was measured, for people and for programs.

use crate::said::say;
use std::time::Duration;

use openset_crypto::bare::Primitive;
use serde_json::{Value, json};

use super::{
    floor::{NEEDS, Prices},
    gateway::Alone,
    machine::{self, Machine},
    purchases::Bought,
    samples::{Spread, milliseconds},
};
use crate::ending::{Done, Ending};

/// All figures of one run.
pub(super) struct Report {
    machine: Machine,
    prices: Prices,
    steps: Vec<(&'static str, Spread)>,
    gateway: Alone,
    bought: Bought,
    peak_mib: Option<f64>,
}

impl Report {
    /// Takes the figures, and the most memory there was.
    pub(super) fn new(
        machine: Machine,
        prices: Prices,
        steps: Vec<(&'static str, Spread)>,
        gateway: Alone,
        bought: Bought,
    ) -> Self {
        Self { machine, prices, steps, gateway, bought, peak_mib: machine::peak_mib() }
    }

    /// Prints it.
    pub(super) fn print(&self, as_json: bool) -> Done {
        if as_json {
            let text = serde_json::to_string_pretty(&self.json());
            say!("{}", text.map_err(|error| Ending::Machine(error.into()))?);
        } else {
            print!("{}{}{}", self.about_machine(), self.about_floor(), self.about_purchases());
        }
        Ok(())
    }

    fn purchases_per_s(&self) -> f64 {
        f64::from(self.bought.count) / self.bought.took.as_secs_f64().max(f64::MIN_POSITIVE)
    }

    /// How near the gateway comes to its floor: 1 would be nothing but cryptography.
    fn gateway_floor_ratio(&self) -> f64 {
        let worked = self.gateway.worked.as_secs_f64().max(f64::MIN_POSITIVE);
        self.prices.gateway().as_secs_f64() / worked
    }

    fn growth_mib(&self) -> Option<f64> {
        let [before, after] = self.bought.memory;
        Some(after? - before?)
    }

    fn worked_ms(&self) -> Option<f64> {
        let worked = self.bought.worked?;
        Some(milliseconds(worked) / f64::from(self.bought.count.max(1)))
    }

    fn json(&self) -> Value {
        let prices: serde_json::Map<_, _> = Primitive::ALL
            .into_iter()
            .map(|one| (one.name().to_owned(), json!(microseconds(self.prices.of(one)))))
            .collect();
        let steps: serde_json::Map<_, _> =
            self.steps.iter().map(|(name, spread)| ((*name).to_owned(), json!(spread))).collect();
        let [before, after] = self.bought.memory;
        json!({
            "machine": self.machine,
            "purchases": self.bought.count,
            "concurrency": self.bought.concurrency,
            "late": self.bought.late,
            "purchases_per_s": self.purchases_per_s(),
            "p50_ms": self.bought.each.p50_ms,
            "p99_ms": self.bought.each.p99_ms,
            "processor_ms_per_purchase": self.worked_ms(),
            "floor_ms_per_purchase": milliseconds(self.prices.purchase()),
            "gateway_floor_ratio": self.gateway_floor_ratio(),
            "gateway_floor_ms": milliseconds(self.prices.gateway()),
            "gateway_processor_ms": milliseconds(self.gateway.worked),
            "gateway_authorizations": self.gateway.count,
            "rss_mib": after,
            "rss_before_mib": before,
            "rss_growth_mib": self.growth_mib(),
            "rss_peak_mib": self.peak_mib,
            "primitives_us": prices,
            "steps": steps,
        })
    }

    fn about_machine(&self) -> String {
        let Machine { processor, cores, load, system, sync_ms } = &self.machine;
        let load = load.map_or_else(|| "?".to_owned(), |load| format!("{load:.2}"));
        format!(
            "{processor}, {cores} cores, {system}\n\
             load {load} at the start; a page is on the disk after {sync_ms:.2} ms\n\n"
        )
    }

    fn about_floor(&self) -> String {
        let mut text = String::from("the cryptographic floor, warm (how many of each; µs)\n");
        for one in Primitive::ALL {
            text += &format!("  {:34}{:>8.1}\n", one.name(), microseconds(self.prices.of(one)));
        }
        for needs in &NEEDS {
            let counts = Primitive::ALL.map(|one| needs.count(one).to_string()).join(" ");
            let sum = microseconds(self.prices.sum(needs));
            text += &format!("  {:34}{:>8.1}   {counts}\n", needs.of, sum);
        }
        let whole = microseconds(self.prices.purchase());
        text += &format!("  {:34}{whole:>8.1}\n\n", "a whole purchase");
        text += "each step, nothing stored (ms)             p50     p99\n";
        for (name, spread) in &self.steps {
            text += &format!("  {name:36}{:>8.3}{:>8.3}\n", spread.p50_ms, spread.p99_ms);
        }
        text
    }

    fn about_purchases(&self) -> String {
        let Bought { count, concurrency, late, each, memory, .. } = &self.bought;
        let [before, after] = memory.map(mib);
        format!(
            "\nthe gateway alone, stored: {:.3} ms of processor time for an authorization,\n\
             of which {:.3} ms are the floor: a ratio of {:.2} ({} authorizations)\n\
             \n{count} purchases, {concurrency} at a time: {:.0} a second, {late} late\n\
             p50 {:.1} ms, p99 {:.1} ms; {} ms of processor time each, all roles together\n\
             memory {before} MiB before, {after} MiB after, {} MiB at most\n",
            milliseconds(self.gateway.worked),
            milliseconds(self.prices.gateway()),
            self.gateway_floor_ratio(),
            self.gateway.count,
            self.purchases_per_s(),
            each.p50_ms,
            each.p99_ms,
            self.worked_ms().map_or_else(|| "?".to_owned(), |ms| format!("{ms:.2}")),
            mib(self.peak_mib),
        )
    }
}

fn microseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e6
}

fn mib(mib: Option<f64>) -> String {
    mib.map_or_else(|| "?".to_owned(), |mib| format!("{mib:.1}"))
}
