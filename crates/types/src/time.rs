//! Time as the messages carry it: whole seconds of UTC. Nobody below `node` reads a clock.

use std::fmt;

use chrono::{DateTime, Datelike, NaiveDate, Timelike, Utc};
use serde::{Deserialize, Serialize};

/// A moment in UTC, in whole seconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "i64", into = "i64")]
pub struct UnixTime(i64);

/// Why a number or a text is not a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum InvalidTime {
    /// Not `YYYYMMDDHHMMSSZ`.
    Form,
    /// Before 1970 or after 9999.
    Range,
}

/// 9999-12-31T23:59:59Z, the last moment GeneralizedTime can write.
const LAST: i64 = 253_402_300_799;

impl UnixTime {
    /// Takes seconds since 1970.
    pub fn new(seconds: i64) -> Result<Self, InvalidTime> {
        if !(0..=LAST).contains(&seconds) {
            return Err(InvalidTime::Range);
        }
        Ok(Self(seconds))
    }

    /// Reads GeneralizedTime as DER writes it (X.690 11.7): `YYYYMMDDHHMMSSZ`.
    pub fn parse_generalized(text: &str) -> Result<Self, InvalidTime> {
        let digits = text.strip_suffix('Z').ok_or(InvalidTime::Form)?;
        if digits.len() != 14 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(InvalidTime::Form);
        }
        let number = |from, to| digits.get(from..to)?.parse::<u32>().ok();
        let moment = || {
            let year = i32::try_from(number(0, 4)?).ok()?;
            let day = NaiveDate::from_ymd_opt(year, number(4, 6)?, number(6, 8)?)?;
            day.and_hms_opt(number(8, 10)?, number(10, 12)?, number(12, 14)?)
        };
        Self::new(moment().ok_or(InvalidTime::Form)?.and_utc().timestamp())
    }

    /// Reads RFC 3339 as [`Self::rfc3339`] writes it, and in no other way.
    pub fn parse_rfc3339(text: &str) -> Result<Self, InvalidTime> {
        let read = DateTime::parse_from_rfc3339(text).map_err(|_| InvalidTime::Form)?;
        let moment = Self::new(read.timestamp())?;
        if moment.rfc3339() == text { Ok(moment) } else { Err(InvalidTime::Form) }
    }

    /// Seconds since 1970.
    pub fn seconds(self) -> i64 {
        self.0
    }

    /// So many seconds later; stops at the end of time.
    pub fn plus_s(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds).clamp(0, LAST))
    }

    /// Seconds from an earlier moment to this one; negative if that one is later.
    pub fn seconds_since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    /// GeneralizedTime: `YYYYMMDDHHMMSSZ`.
    pub fn generalized(self) -> String {
        let utc = self.utc();
        let (year, month, day) = (utc.year(), utc.month(), utc.day());
        let (hour, minute, second) = (utc.hour(), utc.minute(), utc.second());
        format!("{year:04}{month:02}{day:02}{hour:02}{minute:02}{second:02}Z")
    }

    /// RFC 3339: `2026-11-23T08:15:00Z`.
    pub fn rfc3339(self) -> String {
        self.utc().format("%Y-%m-%dT%H:%M:%SZ").to_string()
    }

    /// The moment for calendar arithmetic.
    pub fn utc(self) -> DateTime<Utc> {
        DateTime::from_timestamp(self.0, 0).expect("1970 to 9999 is within chrono's range")
    }
}

impl TryFrom<i64> for UnixTime {
    type Error = InvalidTime;

    fn try_from(seconds: i64) -> Result<Self, InvalidTime> {
        Self::new(seconds)
    }
}

impl From<UnixTime> for i64 {
    fn from(time: UnixTime) -> Self {
        time.0
    }
}

impl fmt::Display for UnixTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.rfc3339())
    }
}

impl fmt::Display for InvalidTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Form => "not a time in the form YYYYMMDDHHMMSSZ",
            Self::Range => "a time before 1970 or after 9999",
        })
    }
}

impl std::error::Error for InvalidTime {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn generalized_time_is_read_back_from_what_it_prints() {
        let time = UnixTime::parse_generalized("20261123081500Z").expect("a real moment");
        assert_eq!(time.generalized(), "20261123081500Z");
        assert_eq!(time.rfc3339(), "2026-11-23T08:15:00Z");
    }

    #[test]
    fn rfc_3339_is_read_as_it_is_printed_and_not_otherwise() {
        let moment = UnixTime::new(1_795_000_000).expect("in range");
        assert_eq!(UnixTime::parse_rfc3339(&moment.rfc3339()), Ok(moment));
        for other in ["2026-11-18T07:06:40+00:00", "2026-11-18T07:06:40.0Z", "2026-11-18", ""] {
            assert_eq!(UnixTime::parse_rfc3339(other), Err(InvalidTime::Form), "{other}");
        }
    }

    #[test]
    fn other_forms_and_impossible_dates_are_refused() {
        for text in [
            "",
            "20261123081500",
            "20261123081500+0100",
            "20261123081500.5Z",
            "20261323081500Z",
            "20260229000000Z",
            "20261123246000Z",
            "2026112308150\u{661}Z",
        ] {
            assert_eq!(UnixTime::parse_generalized(text), Err(InvalidTime::Form), "{text}");
        }
        assert_eq!(UnixTime::parse_generalized("19691231235959Z"), Err(InvalidTime::Range));
        assert_eq!(UnixTime::new(-1), Err(InvalidTime::Range));
    }

    #[test]
    fn time_stops_at_its_end() {
        let last = UnixTime::new(LAST).expect("the last moment");
        assert_eq!(last.plus_s(i64::MAX), last);
    }
}
