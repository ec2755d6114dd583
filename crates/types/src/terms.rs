//! On which terms a cardholder lets a shop ask for more than one authorization.
//!
//! | terms | what is agreed | how often | until |
//! |---|---|---|---|
//! | none | the sum of all | as the goods go out | the gateway's policy |
//! | instalments | the sum of all | so many times | the gateway's policy |
//! | recurring | each one | not before so many days | a day |

use serde::{Deserialize, Serialize};

use crate::UnixTime;

/// Seconds in a day.
const DAY_S: i64 = 86_400;

/// The terms of a consent to several payments.
// Stored. Change only with a migration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Terms {
    /// The amount is paid in parts, so many at most.
    Instalments {
        /// How many, from two on.
        at_most: u64,
    },
    /// The amount is paid again and again.
    Recurring {
        /// How many days lie between two payments at least; 28 for each month.
        every_days: u16,
        /// No payment after.
        until: UnixTime,
    },
}

impl Terms {
    /// Whether the last day has passed.
    pub fn are_over(&self, now: UnixTime) -> bool {
        match *self {
            Self::Recurring { until, .. } => now.seconds_since(until) > 0,
            Self::Instalments { .. } => false,
        }
    }

    /// Whether so short a time after the last payment is too soon for the next.
    pub fn is_too_soon(&self, last: UnixTime, now: UnixTime) -> bool {
        now.seconds_since(last) < self.apart_s()
    }

    /// Whether this is one payment more than was agreed to, counted from one on.
    pub fn is_too_many(&self, count: u64) -> bool {
        match *self {
            Self::Instalments { at_most } => count > at_most,
            Self::Recurring { .. } => false,
        }
    }

    /// Whether the amount is agreed for each payment, and not for all of them together.
    pub fn is_for_each(&self) -> bool {
        matches!(self, Self::Recurring { .. })
    }

    /// How many payments there can be, if the first is made now.
    pub fn at_most(&self, now: UnixTime) -> u64 {
        match *self {
            Self::Instalments { at_most } => at_most,
            Self::Recurring { .. } if self.are_over(now) => 0,
            Self::Recurring { until, .. } => {
                let after_s = u64::try_from(until.seconds_since(now)).unwrap_or(0);
                let apart_s = u64::try_from(self.apart_s()).unwrap_or(0);
                after_s.checked_div(apart_s).unwrap_or(0).saturating_add(1)
            }
        }
    }

    /// Whether another payment may follow one that is made now.
    pub fn may_go_on(&self, now: UnixTime) -> bool {
        self.at_most(now) > 1
    }

    /// How many seconds lie between two payments at least.
    fn apart_s(&self) -> i64 {
        match *self {
            Self::Recurring { every_days, .. } => i64::from(every_days).saturating_mul(DAY_S),
            Self::Instalments { .. } => 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> UnixTime {
        UnixTime::new(seconds).expect("after 1970")
    }

    #[test]
    fn so_many_payments_fit_before_the_last_day() {
        let now = at(1_800_000_000);
        let monthly = |days: i64| Terms::Recurring {
            every_days: 28,
            until: now.plus_s(days.saturating_mul(DAY_S)),
        };
        let told = [-1, 0, 27, 28, 55, 56, 140].map(|days| monthly(days).at_most(now));
        assert_eq!(told, [0, 1, 1, 2, 2, 3, 6]);
        let told = [-1, 27, 28].map(|days| monthly(days).may_go_on(now));
        assert_eq!(told, [false, false, true]);
    }

    #[test]
    fn a_payment_is_too_soon_until_the_last_second_of_its_days() {
        let (last, day) = (at(1_800_000_000), Terms::Recurring { every_days: 1, until: at(0) });
        assert!(day.is_too_soon(last, last.plus_s(DAY_S - 1)));
        assert!(!day.is_too_soon(last, last.plus_s(DAY_S)));
        assert!(!Terms::Instalments { at_most: 2 }.is_too_soon(last, last));
    }
}
