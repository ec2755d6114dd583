//! Moments in certificates.

use std::borrow::Cow;

use openset_types::UnixTime;
use rasn::{AsnType, Decode, Encode, types::Tag};

use crate::der::{Carried, Contents, What, primitive};

/// Time
///
/// UTCTime until the end of 2049, GeneralizedTime after (RFC 5280, 4.1.2.5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, AsnType, Decode, Encode)]
#[rasn(choice)]
pub enum Time {
    /// With two digits for the year.
    UtcTime(UtcTime),
    /// With four digits for the year.
    GeneralTime(Carried<UnixTime>),
}

impl Time {
    /// The moment.
    pub fn moment(self) -> UnixTime {
        match self {
            Self::UtcTime(UtcTime(moment)) | Self::GeneralTime(Carried(moment)) => moment,
        }
    }
}

impl From<UnixTime> for Time {
    fn from(moment: UnixTime) -> Self {
        match moment.seconds() < YEAR_2050 {
            true => Self::UtcTime(UtcTime(moment)),
            false => Self::GeneralTime(Carried(moment)),
        }
    }
}

/// 2050-01-01T00:00:00Z, in seconds since 1970.
const YEAR_2050: i64 = 2_524_608_000;

/// UTCTime
///
/// `YYMMDDHHMMSSZ`, from 1970 to 2049.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UtcTime(UnixTime);

impl UtcTime {
    /// The moment.
    pub fn moment(self) -> UnixTime {
        self.0
    }
}

primitive!(UtcTime);

impl Contents for UtcTime {
    const TAG: Tag = Tag::UTC_TIME;

    fn read(contents: &[u8]) -> Result<Self, What> {
        let text = std::str::from_utf8(contents).map_err(|_| What::Time)?;
        let century = if text < "50" { "20" } else { "19" };
        let moment = UnixTime::parse_generalized(&[century, text].concat());
        moment.map(Self).map_err(|_| What::Time)
    }

    fn write(&self) -> Cow<'_, [u8]> {
        Cow::Owned(self.0.generalized().into_bytes().into_iter().skip(2).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::der::{decode, encode};

    fn moment(text: &str) -> UnixTime {
        UnixTime::parse_generalized(text).expect("a real moment")
    }

    #[test]
    fn the_form_changes_with_the_year_2050() {
        for (text, octets) in [
            ("20261123081500Z", &b"\x17\x0D261123081500Z"[..]),
            ("19991231235959Z", b"\x17\x0D991231235959Z"),
            ("20491231235959Z", b"\x17\x0D491231235959Z"),
            ("20500101000000Z", b"\x18\x0F20500101000000Z"),
        ] {
            let time = Time::from(moment(text));
            assert_eq!(encode(&time).expect("encodable"), octets);
            assert_eq!(decode(octets), Ok(time));
            assert_eq!(time.moment(), moment(text));
        }
    }

    #[test]
    fn impossible_moments_are_refused() {
        for octets in [
            &b"\x17\x0D261323081500Z"[..],
            b"\x17\x0B2611230815Z",
            b"\x17\x11261123081500+0100",
            b"\x18\x0F20260230000000Z",
            b"\x18\x1120261123081500.5Z",
        ] {
            let fault = decode::<Time>(octets).expect_err("not a moment");
            assert_eq!(fault.what, What::Time);
        }
    }
}
