//! What a purchase costs while more and more of them are stored.

use std::{ops::RangeInclusive, time::Duration};

use serde::Serialize;

use super::samples::{Spread, milliseconds};

/// The most purchases of a stretch. Their orders wait in memory, which is measured too.
const STRETCH_MAX: u32 = 10_000;
/// What is looked at: one, two and five of each power of ten, from a thousand on.
const MARKS: [u32; 3] = [1, 2, 5];
const DECADES: RangeInclusive<u32> = 3..=6;

/// The purchases that were made last when so many were stored.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub(crate) struct Point {
    /// How many purchases were stored at the end of the stretch.
    pub(crate) stored: u32,
    /// How many were made in a second.
    pub(crate) purchases_per_s: f64,
    /// Processor time of one, all roles together, where the system tells it.
    pub(crate) processor_ms: Option<f64>,
    /// All but one in a hundred took no longer.
    pub(crate) p99_ms: f64,
    /// Resident memory at the end, in MiB.
    pub(crate) rss_mib: Option<f64>,
}

/// A stretch that has been made.
#[derive(Debug, Clone, Copy)]
pub(super) struct Made {
    /// How many purchases.
    pub(super) count: u32,
    /// From the first to the last.
    pub(super) took: Duration,
    /// Processor time meanwhile.
    pub(super) worked: Option<Duration>,
    /// Each of them.
    pub(super) each: Spread,
}

impl Point {
    /// What a stretch says that ended when so many were stored.
    pub(super) fn after(stored: u32, made: Made, rss_mib: Option<f64>) -> Self {
        let each = f64::from(made.count.max(1));
        Self {
            stored,
            purchases_per_s: each / made.took.as_secs_f64().max(f64::MIN_POSITIVE),
            processor_ms: made.worked.map(|worked| milliseconds(worked) / each),
            p99_ms: made.each.p99_ms,
            rss_mib,
        }
    }
}

/// Where so many purchases are parted: how many are stored at the end of each stretch.
pub(super) fn ends(count: u32) -> Vec<u32> {
    let mut ends: Vec<u32> = marks().chain([count]).filter(|end| *end <= count).collect();
    ends.extend((1..=count / STRETCH_MAX).map(|stretch| stretch * STRETCH_MAX));
    ends.sort_unstable();
    ends.dedup();
    ends
}

/// Whether the stretch that ends here is looked at: at a mark, and at the very end.
pub(super) fn is_looked_at(end: u32, count: u32) -> bool {
    end == count || marks().any(|mark| mark == end)
}

fn marks() -> impl Iterator<Item = u32> {
    DECADES.flat_map(|decade| MARKS.map(|mark| mark * 10_u32.pow(decade)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stretches_end_at_marks_and_are_never_long() {
        assert_eq!(ends(8), [8]);
        assert_eq!(ends(3000), [1000, 2000, 3000]);
        assert_eq!(ends(25_000), [1000, 2000, 5000, 10_000, 20_000, 25_000]);
        let ends = ends(1_000_000);
        assert!(ends.is_sorted_by(|one, next| one < next && next - one <= STRETCH_MAX));
        assert_eq!(ends.last(), Some(&1_000_000));
    }

    #[test]
    fn marks_and_the_end_are_looked_at_and_nothing_between() {
        let looked_at = |count| {
            let ends = ends(count).into_iter();
            ends.filter(|end| is_looked_at(*end, count)).collect::<Vec<_>>()
        };
        assert_eq!(looked_at(100), [100]);
        assert_eq!(
            looked_at(130_000),
            [1000, 2000, 5000, 10_000, 20_000, 50_000, 100_000, 130_000]
        );
    }

    #[test]
    fn a_stretch_is_told_by_its_own_purchases() {
        let each = Spread { count: 200, p50_ms: 1.0, p99_ms: 4.0, mean_ms: 1.5 };
        let took = Duration::from_secs(2);
        let made = Made { count: 200, took, worked: Some(took), each };
        let point = Point::after(1000, made, None);
        assert_eq!((point.stored, point.p99_ms), (1000, 4.0));
        assert_eq!((point.purchases_per_s, point.processor_ms), (100.0, Some(10.0)));
    }
}
