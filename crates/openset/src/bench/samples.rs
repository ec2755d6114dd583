//! How long things took, sorted, and what can be said of it.

use std::time::Duration;

use serde::Serialize;

/// Durations of one thing done many times.
#[derive(Debug, Clone, Default)]
pub(crate) struct Samples(Vec<Duration>);

/// What is said of them.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub(crate) struct Spread {
    /// How many there were.
    pub(crate) count: usize,
    /// Half of them took no longer, in milliseconds.
    pub(crate) p50_ms: f64,
    /// All but one in a hundred took no longer.
    pub(crate) p99_ms: f64,
    /// The mean.
    pub(crate) mean_ms: f64,
}

impl Samples {
    /// One more.
    pub(crate) fn add(&mut self, took: Duration) {
        self.0.push(took);
    }

    /// All of others.
    pub(crate) fn join(&mut self, others: Self) {
        self.0.extend(others.0);
    }

    /// The shortest; nothing if there are none.
    pub(crate) fn shortest(self) -> Duration {
        self.0.into_iter().min().unwrap_or_default()
    }

    /// Half of them took no longer; nothing if there are none.
    pub(crate) fn median(mut self) -> Duration {
        self.0.sort_unstable();
        self.rank(50)
    }

    /// What is said of them; zeros if there are none.
    pub(crate) fn spread(mut self) -> Spread {
        self.0.sort_unstable();
        let total: Duration = self.0.iter().sum();
        let count = self.0.len();
        Spread {
            count,
            p50_ms: milliseconds(self.rank(50)),
            p99_ms: milliseconds(self.rank(99)),
            mean_ms: milliseconds(total) / count.max(1) as f64,
        }
    }

    /// The shortest duration that so many of a hundred do not exceed (nearest rank).
    fn rank(&self, percent: usize) -> Duration {
        let rank = (self.0.len() * percent).div_ceil(100);
        self.0.get(rank.saturating_sub(1)).copied().unwrap_or_default()
    }
}

/// A duration in milliseconds.
pub(crate) fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_are_the_nearest_ones() {
        let mut samples = Samples::default();
        samples.join(Samples((1..=100).rev().map(Duration::from_millis).collect()));
        assert_eq!(samples.clone().median(), Duration::from_millis(50));
        assert_eq!(samples.clone().shortest(), Duration::from_millis(1));
        let spread = samples.spread();
        assert_eq!((spread.count, spread.p50_ms, spread.p99_ms), (100, 50.0, 99.0));
        assert!((spread.mean_ms - 50.5).abs() < 1e-9);
    }

    #[test]
    fn no_samples_say_nothing_and_one_says_everything() {
        assert_eq!(Samples::default().spread().p99_ms, 0.0);
        let mut one = Samples::default();
        one.add(Duration::from_millis(3));
        assert_eq!(one.clone().spread().p50_ms, 3.0);
        assert_eq!(one.spread().p99_ms, 3.0);
    }
}
