//! The code over a message, in its last field: 64, or 128 where a field beyond 64 is there.
//!
//! It covers every octet of the message before it, as they are written in the dialect, the bitmap
//! that announces the code included. How a code is computed is not known here: whoever holds the
//! key brings the function.

use std::fmt;

use zeroize::Zeroizing;

use super::{Dialect, Message, Notation, Unreadable, Unwritable, Value};

/// How many octets a code has: the 64 bits of the field.
pub const MAC_OCTETS: usize = 8;

/// The code of a message without a field beyond 64.
const FIRST: u8 = 64;
/// The code of a message with one.
const SECOND: u8 = 128;

/// Octets that are not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Unbelieved {
    /// The code is not that of the octets, or of another key.
    Code,
    /// There is none, or not in the last field.
    NoCode,
    /// They are not a message.
    Unreadable(Unreadable),
}

impl Dialect {
    /// Writes a message with its code behind it. The function computes the code of what stands
    /// before.
    pub fn write_with_code(
        &self,
        message: &Message,
        code: impl FnOnce(&[u8]) -> [u8; MAC_OCTETS],
    ) -> Result<Vec<u8>, Unwritable> {
        let has_second = message.fields().any(|(number, _)| number > FIRST);
        let field = if has_second { SECOND } else { FIRST };
        let draft = message.clone().with_octets(field, vec![0; MAC_OCTETS]);
        let mut octets = self.write(&draft)?;
        let covered = octets.len().saturating_sub(self.code_width());
        octets.truncate(covered);
        let code = code(&octets);
        match self.octets {
            Notation::Hex => octets.extend(super::field::to_hex(&code)),
            _ => octets.extend(code),
        }
        Ok(octets)
    }

    /// Reads a message whose code the function accepts, and leaves the code out of it. The
    /// function is given what the code covers and the code.
    pub fn read_with_code(
        &self,
        octets: &[u8],
        accepts: impl FnOnce(&[u8], &[u8]) -> bool,
    ) -> Result<Message, Unbelieved> {
        let read = self.read(octets).map_err(Unbelieved::Unreadable)?;
        let mut bare = Message::new(read.mti());
        let mut code: Option<(u8, Zeroizing<Vec<u8>>)> = None;
        let mut last = 0;
        for (number, value) in read.fields() {
            last = number;
            match value {
                Value::Octets(octets) if [FIRST, SECOND].contains(&number) => {
                    code = Some((number, octets.clone()));
                }
                value => bare = bare.with_value(number, value.clone()),
            }
        }
        let has_second = bare.fields().any(|(number, _)| number > FIRST);
        let expected = if has_second { SECOND } else { FIRST };
        let (place, code) = code.ok_or(Unbelieved::NoCode)?;
        // Two codes, or one that something follows, would leave octets that none covers.
        let codes = read.fields().filter(|(number, _)| [FIRST, SECOND].contains(number)).count();
        if place != expected || last != expected || codes != 1 {
            return Err(Unbelieved::NoCode);
        }
        let covered = octets.len().checked_sub(self.code_width()).and_then(|end| octets.get(..end));
        let covered = covered.ok_or(Unbelieved::NoCode)?;
        if accepts(covered, &code) { Ok(bare) } else { Err(Unbelieved::Code) }
    }

    /// How many octets of a message its code takes.
    fn code_width(&self) -> usize {
        match self.octets {
            Notation::Hex => MAC_OCTETS.saturating_mul(2),
            _ => MAC_OCTETS,
        }
    }
}

impl fmt::Display for Unbelieved {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Code => f.write_str("the authentication code does not match"),
            Self::NoCode => f.write_str("the last field is no authentication code"),
            Self::Unreadable(why) => why.fmt(f),
        }
    }
}

impl std::error::Error for Unbelieved {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::iso8583::Mti;

    /// A code that every octet and its place change, for tests alone.
    fn code(octets: &[u8]) -> [u8; MAC_OCTETS] {
        let sum = octets.iter().fold(7_u64, |sum, octet| {
            sum.wrapping_mul(1_099_511_628_211).wrapping_add(u64::from(*octet))
        });
        sum.to_be_bytes()
    }

    fn accepts(octets: &[u8], said: &[u8]) -> bool {
        code(octets) == said
    }

    fn messages() -> [Message; 2] {
        let plain = Message::new(Mti::AUTHORIZATION_REQUEST).with(3, "000000").with(11, "000001");
        [plain.clone(), plain.with(70, "301")]
    }

    fn dialects() -> [&'static Dialect; 3] {
        [Dialect::openset_87(), Dialect::packed_87(), Dialect::ebcdic_87()]
    }

    #[test]
    fn a_message_is_believed_with_its_own_code_and_comes_back_without_it() {
        for dialect in dialects() {
            for message in messages() {
                let octets = dialect.write_with_code(&message, code).expect("of the dialect");
                assert_eq!(dialect.read_with_code(&octets, accepts), Ok(message));
            }
        }
    }

    #[test]
    fn no_octet_of_a_message_can_be_changed() {
        for dialect in dialects() {
            let octets = dialect.write_with_code(&messages()[1], code).expect("of the dialect");
            for place in 0..octets.len() {
                let mut changed = octets.clone();
                changed[place] ^= 1;
                assert!(dialect.read_with_code(&changed, accepts).is_err(), "octet {place}");
            }
            for end in 0..octets.len() {
                assert!(dialect.read_with_code(&octets[..end], accepts).is_err(), "cut at {end}");
            }
        }
    }

    #[test]
    fn a_message_without_a_code_or_with_one_elsewhere_is_not_believed() {
        for dialect in dialects() {
            let [short, long] = messages();
            let early = long.clone().with_octets(64, vec![0; 8]);
            let late = short.clone().with_octets(128, vec![0; 8]);
            let both = early.clone().with_octets(128, vec![0; 8]);
            for message in [short, long, early, late, both] {
                let octets = dialect.write(&message).expect("of the dialect");
                let read = dialect.read_with_code(&octets, |_, _| true);
                assert_eq!(read, Err(Unbelieved::NoCode), "{message:?}");
            }
        }
    }
}
