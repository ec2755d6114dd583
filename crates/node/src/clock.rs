//! The only place that reads the wall clock.

use std::time::{SystemTime, UNIX_EPOCH};

use openset_types::UnixTime;

/// Tells the time of day. Waiting is measured by the runtime's own, monotonic clock.
pub trait Clock: Send + Sync {
    /// Now, in whole seconds.
    fn now(&self) -> UnixTime;
}

/// The clock of this machine.
#[derive(Debug, Default, Clone, Copy)]
pub struct SystemClock;

impl Clock for SystemClock {
    /// A clock that stands before 1970 or after 9999 reads as 1970: whatever has a date is then
    /// refused as not yet valid.
    fn now(&self) -> UnixTime {
        let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        i64::try_from(since_1970.as_secs())
            .ok()
            .and_then(|seconds| UnixTime::new(seconds).ok())
            .unwrap_or_else(|| UnixTime::new(0).expect("1970 is the first moment"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_machine_lives_after_this_was_written() {
        let written = UnixTime::parse_generalized("20261123000000Z").expect("a real moment");
        assert!(SystemClock.now().seconds_since(written) > -86_400);
    }
}
