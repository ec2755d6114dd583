//! How long an applicant waits, and for what.

use openset_types::UnixTime;

/// How long an applicant waits, and for what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// How many seconds after it was told to wait it inquires, and again.
    pub inquire_after_s: i64,
    /// After how many seconds without a decision it waits no longer.
    pub decided_within_s: i64,
    /// How many seconds before a certificate ends another one is due.
    pub renew_before_s: i64,
}

impl Default for Patience {
    /// Every hour, for a month; and a month before the end.
    fn default() -> Self {
        Self { inquire_after_s: 3_600, decided_within_s: 30 * DAY_S, renew_before_s: 30 * DAY_S }
    }
}

impl Patience {
    /// When another certificate is due for one that ends at a moment.
    pub(crate) fn renewal_due(&self, not_after: UnixTime) -> UnixTime {
        not_after.plus_s(self.renew_before_s.saturating_neg())
    }
}

const DAY_S: i64 = 86_400;
