//! What can be wrong with octets that should be a message, and with a message that should become
//! octets. Neither ever repeats a value.

use std::fmt;

use super::InvalidMti;

/// Octets that are not a message of the dialect: which part, where, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unreadable {
    /// The part that was being read.
    pub part: Part,
    /// How many octets of the message came before it.
    pub at: usize,
    /// What is wrong.
    pub why: WhyUnreadable,
}

/// A part of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The message type indicator.
    Mti,
    /// The bitmap.
    Bitmap,
    /// A field, by its number.
    Field(u8),
    /// What follows the last field.
    End,
}

/// What is wrong with the octets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum WhyUnreadable {
    /// A character outside the field's alphabet, or of another encoding.
    Characters,
    /// The length is not written in digits.
    LengthDigits,
    /// The type of the message means nothing.
    Mti(InvalidMti),
    /// More octets than any message may have.
    Oversize,
    /// The unused half of a packed octet is not zero.
    Padding,
    /// More characters than the field may have.
    TooLong,
    /// Octets after the last field that the bitmap names.
    TrailingOctets,
    /// The message ends inside this part.
    Truncated,
    /// The dialect does not speak this field.
    UnknownField,
}

/// A field that cannot be written in the dialect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unwritable {
    /// The field's number.
    pub field: u8,
    /// What is wrong.
    pub why: WhyUnwritable,
}

/// What is wrong with the field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum WhyUnwritable {
    /// A character outside the field's alphabet.
    Characters,
    /// Octets where characters belong, or the reverse.
    Kind,
    /// Too long, or not as long as a fixed field must be.
    Length,
    /// The dialect does not speak this field.
    UnknownField,
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Mti => f.write_str("message type"),
            Self::Bitmap => f.write_str("bitmap"),
            Self::Field(number) => write!(f, "field {number}"),
            Self::End => f.write_str("end"),
        }
    }
}

impl fmt::Display for WhyUnreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Characters => f.write_str("a character that does not belong there"),
            Self::LengthDigits => f.write_str("the length is not written in digits"),
            Self::Mti(why) => why.fmt(f),
            Self::Oversize => f.write_str("more octets than a message may have"),
            Self::Padding => f.write_str("the unused half of a packed octet is not zero"),
            Self::TooLong => f.write_str("longer than the field may be"),
            Self::TrailingOctets => f.write_str("octets that the bitmap does not announce"),
            Self::Truncated => f.write_str("the message ends too early"),
            Self::UnknownField => f.write_str("the dialect does not speak this field"),
        }
    }
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at octet {}: {}", self.part, self.at, self.why)
    }
}

impl fmt::Display for Unwritable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let why = match self.why {
            WhyUnwritable::Characters => "a character that does not belong there",
            WhyUnwritable::Kind => "octets where characters belong, or the reverse",
            WhyUnwritable::Length => "not the length of this field",
            WhyUnwritable::UnknownField => "the dialect does not speak this field",
        };
        write!(f, "field {}: {why}", self.field)
    }
}

impl std::error::Error for Unreadable {}
impl std::error::Error for Unwritable {}
