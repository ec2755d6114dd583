//! 0800 and 0810: the two ends of a link talk about the link.

use openset_types::{SystemTrace, UnixTime};

use super::{Unfit, expect_type, require, timestamp};
use crate::iso8583::{Message, Mti};

/// What is said about the link (field 70).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Management {
    /// 001: I am here.
    SignOn,
    /// 002: I am going.
    SignOff,
    /// 301: are you there?
    Echo,
}

/// Writes an 0800.
pub fn network(management: Management, trace: &SystemTrace, now: UnixTime) -> Message {
    let code = match management {
        Management::SignOn => "001",
        Management::SignOff => "002",
        Management::Echo => "301",
    };
    Message::new(Mti::NETWORK_REQUEST)
        .with(7, timestamp(now))
        .with(11, trace.as_str())
        .with(70, code)
}

/// Reads an 0800.
pub fn read_network(message: &Message) -> Result<Management, Unfit> {
    expect_type(message, Mti::NETWORK_REQUEST)?;
    match require(message, 70)? {
        "001" => Ok(Management::SignOn),
        "002" => Ok(Management::SignOff),
        "301" => Ok(Management::Echo),
        _ => Err(Unfit::Meaningless(70)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_about_the_link_is_read_back() {
        let trace = SystemTrace::parse("000001").expect("six digits");
        let now = UnixTime::parse_generalized("20261123081500Z").expect("a real moment");
        for management in [Management::SignOn, Management::SignOff, Management::Echo] {
            assert_eq!(read_network(&network(management, &trace, now)), Ok(management));
        }
        let other = network(Management::Echo, &trace, now).with(70, "999");
        assert_eq!(read_network(&other), Err(Unfit::Meaningless(70)));
    }
}
