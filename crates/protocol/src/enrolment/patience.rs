//! How long an applicant waits, and for what.

use openset_types::UnixTime;

/// How long an applicant waits, and for what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// How many seconds after it was told to wait it inquires, and again.
    pub inquire_after_s: i64,
    /// After how many seconds without a decision it waits no longer.
    pub decided_within_s: i64,
    /// How many seconds before a certificate ends another one is due, at the earliest.
    pub renew_before_s: i64,
    /// In which last part of a certificate's life, in hundredths of it, another one is due. Of the
    /// two the later moment counts: what lives for days is not renewed a month before its end.
    pub renew_in_last_percent: u8,
}

impl Default for Patience {
    /// Every hour, for a month; and a month before the end, or in the last third of the life.
    fn default() -> Self {
        Self {
            inquire_after_s: 3_600,
            decided_within_s: 30 * DAY_S,
            renew_before_s: 30 * DAY_S,
            renew_in_last_percent: 33,
        }
    }
}

impl Patience {
    /// When another certificate is due for one that is good between two moments.
    pub fn renewal_due(&self, not_before: UnixTime, not_after: UnixTime) -> UnixTime {
        let life_s = not_after.seconds_since(not_before).max(0);
        let part_s = life_s / 100 * i64::from(self.renew_in_last_percent.min(100));
        not_after.plus_s(part_s.min(self.renew_before_s).saturating_neg())
    }
}

const DAY_S: i64 = 86_400;

#[cfg(test)]
mod tests {
    use super::*;

    fn at(day: i64) -> UnixTime {
        UnixTime::new(1_000_000 + day * DAY_S).expect("after 1970")
    }

    #[test]
    fn another_certificate_is_due_a_month_before_the_end_or_in_the_last_third() {
        let patience = Patience::default();
        assert_eq!(patience.renewal_due(at(0), at(365)), at(335));
        assert_eq!(patience.renewal_due(at(0), at(100)), at(70), "a month is less than a third");
        let due = patience.renewal_due(at(0), at(10));
        assert!(at(6) < due && due < at(7), "{due}");
    }

    #[test]
    fn no_part_of_a_life_is_longer_than_the_life() {
        let all = Patience {
            renew_before_s: i64::MAX,
            renew_in_last_percent: 255,
            ..Patience::default()
        };
        assert_eq!(all.renewal_due(at(0), at(365)), at(0));
        assert_eq!(all.renewal_due(at(5), at(4)), at(4), "an end before the beginning");
    }
}
