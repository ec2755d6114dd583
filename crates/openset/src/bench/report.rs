//! What was measured, for people and for programs.

use crate::said::say;
use std::time::Duration;

use openset_crypto::bare::Primitive;
use serde_json::{Value, json};

use super::{
    connections::Kept,
    curve::Point,
    enrolments::Enrolled,
    floor::{ENROLMENT, NEEDS, Needs, Prices},
    gateway::Alone,
    machine::Machine,
    purchases::Bought,
    samples::{Spread, milliseconds},
};
use crate::ending::{Done, Ending};

/// All figures of one run.
pub(super) struct Report {
    pub(super) machine: Machine,
    pub(super) prices: Prices,
    pub(super) steps: Vec<(&'static str, Spread)>,
    /// What a chain that is known costs the gateway.
    pub(super) cached_path: Duration,
    pub(super) gateway: Alone,
    pub(super) enrolled: Enrolled,
    pub(super) bought: Bought,
    /// Connections that were kept open.
    pub(super) kept: Kept,
    /// The most memory there was, in MiB.
    pub(super) peak_mib: Option<f64>,
}

impl Report {
    /// Prints it.
    pub(super) fn print(&self, as_json: bool) -> Done {
        if as_json {
            let text = serde_json::to_string_pretty(&self.json());
            say!("{}", text.map_err(|error| Ending::Machine(error.into()))?);
        } else {
            print!("{}{}{}", self.about_machine(), self.about_floor(), self.about_steps());
            print!("{}{}{}", self.about_gateway(), self.about_enrolments(), self.about_purchases());
            print!("{}{}", self.about_curve(), self.about_connections());
        }
        Ok(())
    }

    fn purchases_per_s(&self) -> f64 {
        f64::from(self.bought.count) / self.bought.took.as_secs_f64().max(f64::MIN_POSITIVE)
    }

    /// How near enrolling comes to its floor.
    fn enrolment_floor_ratio(&self) -> f64 {
        let worked = self.enrolled.worked.as_secs_f64().max(f64::MIN_POSITIVE);
        self.prices.enrolment().as_secs_f64() / worked
    }

    fn enrolments_per_s(&self) -> f64 {
        f64::from(self.enrolled.count) / self.enrolled.took.as_secs_f64().max(f64::MIN_POSITIVE)
    }

    /// What a known chain costs, in signature checks.
    fn cached_path_ratio(&self) -> f64 {
        let check = self.prices.of(Primitive::SignatureCheck).as_secs_f64();
        self.cached_path.as_secs_f64() / check.max(f64::MIN_POSITIVE)
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
        let ([before, after], [idle, connected]) = (self.bought.memory, self.kept.memory);
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
            "gateway_floor_ratio": self.gateway.round.ratio(),
            "gateway_floor_ms": milliseconds(self.gateway.round.floor),
            "gateway_floor_warm_ms": milliseconds(self.prices.gateway()),
            "gateway_processor_ms": milliseconds(self.gateway.round.worked),
            "gateway_authorizations": self.gateway.count,
            "cached_path_us": microseconds(self.cached_path),
            "cached_path_ratio": self.cached_path_ratio(),
            "enrolments": self.enrolled.count,
            "enrolments_per_s": self.enrolments_per_s(),
            "enrolment_floor_ratio": self.enrolment_floor_ratio(),
            "enrolment_floor_ms": milliseconds(self.prices.enrolment()),
            "enrolment_processor_ms": milliseconds(self.enrolled.worked),
            "rss_mib": after,
            "rss_before_mib": before,
            "rss_growth_mib": self.growth_mib(),
            "rss_peak_mib": self.peak_mib,
            "curve": self.bought.curve,
            "connections": self.kept.open,
            "connections_rss_before_mib": idle,
            "connections_rss_mib": connected,
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
        text += &self.listed(&NEEDS, "a whole purchase", self.prices.purchase());
        text += &self.listed(&ENROLMENT, "a whole enrolment", self.prices.enrolment());
        text
    }

    fn listed(&self, all: &[Needs], whole: &str, sum: Duration) -> String {
        let mut text = String::new();
        for needs in all {
            let counts = Primitive::ALL.map(|one| needs.count(one).to_string()).join(" ");
            let sum = microseconds(self.prices.sum(needs));
            text += &format!("  {:34}{sum:>8.1}   {counts}\n", needs.of);
        }
        text + &format!("  {whole:34}{:>8.1}\n\n", microseconds(sum))
    }

    fn about_steps(&self) -> String {
        let mut text = String::from("each step, nothing stored (ms)             p50     p99\n");
        for (name, spread) in &self.steps {
            text += &format!("  {name:36}{:>8.3}{:>8.3}\n", spread.p50_ms, spread.p99_ms);
        }
        text
    }

    fn about_gateway(&self) -> String {
        format!(
            "\nthe gateway alone, stored: {:.3} ms of processor time for an authorization,\n\
             of which {:.3} ms are the floor on as many processors: a ratio of {:.2} ({}\n\
             authorizations)\n\
             a chain of certificates that it knows: {:.1} µs, {:.2} of a signature check\n",
            milliseconds(self.gateway.round.worked),
            milliseconds(self.gateway.round.floor),
            self.gateway.round.ratio(),
            self.gateway.count,
            microseconds(self.cached_path),
            self.cached_path_ratio(),
        )
    }

    fn about_enrolments(&self) -> String {
        format!(
            "\n{} enrolments of cardholders, stored: {:.0} a second; {:.2} ms of processor time\n\
             each, of which {:.2} ms are the floor: a ratio of {:.2}\n",
            self.enrolled.count,
            self.enrolments_per_s(),
            milliseconds(self.enrolled.worked),
            milliseconds(self.prices.enrolment()),
            self.enrolment_floor_ratio(),
        )
    }

    fn about_purchases(&self) -> String {
        let Bought { count, concurrency, late, each, memory, .. } = &self.bought;
        let [before, after] = memory.map(mib);
        format!(
            "\n{count} purchases, {concurrency} at a time: {:.0} a second, {late} late\n\
             p50 {:.1} ms, p99 {:.1} ms; {} ms of processor time each, all roles together\n\
             memory {before} MiB before, {after} MiB after, {} MiB at most\n",
            self.purchases_per_s(),
            each.p50_ms,
            each.p99_ms,
            self.worked_ms().map_or_else(|| "?".to_owned(), |ms| format!("{ms:.2}")),
            mib(self.peak_mib),
        )
    }

    fn about_curve(&self) -> String {
        let mut text =
            String::from("\nso many stored     a second     p99 ms   processor ms     MiB\n");
        for Point { stored, purchases_per_s, processor_ms, p99_ms, rss_mib } in &self.bought.curve {
            let worked = processor_ms.map_or_else(|| "?".to_owned(), |ms| format!("{ms:.2}"));
            let memory = mib(*rss_mib);
            text += &format!(
                "{stored:>14}{purchases_per_s:>13.0}{p99_ms:>11.1}{worked:>15}{memory:>8}\n"
            );
        }
        text
    }

    fn about_connections(&self) -> String {
        let [before, after] = self.kept.memory.map(mib);
        let open = self.kept.open;
        format!("\n{open} connections kept open: {before} MiB before, {after} MiB with them\n")
    }
}

fn microseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e6
}

fn mib(mib: Option<f64>) -> String {
    mib.map_or_else(|| "?".to_owned(), |mib| format!("{mib:.1}"))
}
