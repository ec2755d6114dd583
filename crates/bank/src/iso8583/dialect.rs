//! A dialect: everything that two hosts must agree on before they can exchange a message.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::LazyLock;

use serde::Deserialize;

use super::form::{Content, Form, Length};

/// The message format of one kind of host, as data.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "Written")]
pub struct Dialect {
    name: String,
    frame: Frame,
    pub(crate) mti: Notation,
    pub(crate) bitmap: Notation,
    pub(crate) lengths: Notation,
    pub(crate) numbers: Notation,
    pub(crate) characters: Notation,
    pub(crate) octets: Notation,
    has_codes: bool,
    fields: BTreeMap<u8, Form>,
}

/// How values are written in octets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Notation {
    /// One ASCII character each.
    Ascii,
    /// Two decimal digits in an octet.
    Bcd,
    /// The octets, or the number, themselves.
    Binary,
    /// One EBCDIC character each (code page 037).
    Ebcdic,
    /// Two hex digits for an octet.
    Hex,
}

/// The length header that goes before each message on a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Frame {
    /// Two octets, high one first.
    Binary2,
    /// Four ASCII digits.
    Ascii4,
}

/// Why a text is not a dialect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum InvalidDialect {
    /// A field number that is not 2 to 128, or the bitmap's own 65.
    Field(u8),
    /// A notation that cannot write what it is given.
    Notation,
    /// Not JSON of the expected shape.
    Shape,
}

impl Dialect {
    /// ASCII with a bitmap in hex and a header of two octets: readable on the wire.
    pub fn openset_87() -> &'static Self {
        static DIALECT: LazyLock<Dialect> =
            LazyLock::new(|| built_in(include_str!("dialects/openset-87.json")));
        &DIALECT
    }

    /// Packed decimal with a binary bitmap: the same fields in half the octets.
    pub fn packed_87() -> &'static Self {
        static DIALECT: LazyLock<Dialect> =
            LazyLock::new(|| built_in(include_str!("dialects/packed-87.json")));
        &DIALECT
    }

    /// EBCDIC with packed digits, binary lengths and bitmap, and a header of four digits; shorter
    /// fields here and there, and a code over each message: the way of large hosts.
    pub fn ebcdic_87() -> &'static Self {
        static DIALECT: LazyLock<Dialect> =
            LazyLock::new(|| built_in(include_str!("dialects/ebcdic-87.json")));
        &DIALECT
    }

    /// Every dialect of this house.
    pub fn built_in() -> [&'static Self; 3] {
        [Self::openset_87(), Self::packed_87(), Self::ebcdic_87()]
    }

    /// Reads a dialect from its JSON file.
    pub fn parse(json: &str) -> Result<Self, InvalidDialect> {
        let written: Written = serde_json::from_str(json).map_err(|_| InvalidDialect::Shape)?;
        Self::try_from(written)
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The length header its messages travel behind.
    pub fn frame(&self) -> Frame {
        self.frame
    }

    /// Whether each message ends with a code of its octets (field 64 or 128).
    pub fn has_codes(&self) -> bool {
        self.has_codes
    }

    pub(crate) fn form(&self, field: u8) -> Option<Form> {
        self.fields.get(&field).copied()
    }
}

impl Frame {
    /// How many octets the header has.
    pub fn header_octets(self) -> usize {
        match self {
            Self::Binary2 => 2,
            Self::Ascii4 => 4,
        }
    }

    /// The header of a message of so many octets, if it can say that.
    pub fn header(self, message_octets: usize) -> Option<Vec<u8>> {
        let length = u16::try_from(message_octets).ok()?;
        match self {
            Self::Binary2 => Some(length.to_be_bytes().to_vec()),
            Self::Ascii4 if length <= 9999 => Some(format!("{length:04}").into_bytes()),
            Self::Ascii4 => None,
        }
    }

    /// How many octets follow a header, if it is one.
    pub fn message_octets(self, header: &[u8]) -> Option<usize> {
        match self {
            Self::Binary2 => Some(usize::from(u16::from_be_bytes(header.try_into().ok()?))),
            Self::Ascii4 if header.len() == 4 && header.iter().all(u8::is_ascii_digit) => {
                std::str::from_utf8(header).ok()?.parse().ok()
            }
            Self::Ascii4 => None,
        }
    }
}

/// A dialect as its file has it, not yet checked.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    name: String,
    frame: Frame,
    mti: Notation,
    bitmap: Notation,
    lengths: Notation,
    numbers: Notation,
    characters: Notation,
    octets: Notation,
    /// Whether each message ends with a code of its octets.
    #[serde(default)]
    mac: bool,
    fields: BTreeMap<u8, Form>,
}

impl TryFrom<Written> for Dialect {
    type Error = InvalidDialect;

    fn try_from(written: Written) -> Result<Self, InvalidDialect> {
        use Notation::{Ascii, Bcd, Binary, Ebcdic, Hex};
        let fits = [Ascii, Bcd, Ebcdic].contains(&written.mti)
            && [Binary, Hex].contains(&written.bitmap)
            && [Ascii, Bcd, Binary, Ebcdic].contains(&written.lengths)
            && [Ascii, Bcd, Ebcdic].contains(&written.numbers)
            && [Ascii, Ebcdic].contains(&written.characters)
            && [Binary, Hex].contains(&written.octets);
        if !fits {
            return Err(InvalidDialect::Notation);
        }
        let misplaced = |field: &u8| !(2..=128).contains(field) || *field == 65;
        if let Some(field) = written.fields.keys().copied().find(misplaced) {
            return Err(InvalidDialect::Field(field));
        }
        let is_code = Form { content: Content::Octets, length: Length::Fixed(8) };
        let no_code = |field: &u8| written.fields.get(field) != Some(&is_code);
        if let Some(field) = [64, 128].into_iter().find(no_code).filter(|_| written.mac) {
            return Err(InvalidDialect::Field(field));
        }
        Ok(Self {
            name: written.name,
            frame: written.frame,
            mti: written.mti,
            bitmap: written.bitmap,
            lengths: written.lengths,
            numbers: written.numbers,
            characters: written.characters,
            octets: written.octets,
            has_codes: written.mac,
            fields: written.fields,
        })
    }
}

fn built_in(json: &str) -> Dialect {
    Dialect::parse(json).expect("the built-in dialects are read by the tests")
}

impl fmt::Display for InvalidDialect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Field(number) => write!(f, "field {number} cannot be spoken"),
            Self::Notation => f.write_str("a notation that cannot write what it is given"),
            Self::Shape => f.write_str("not a dialect in JSON"),
        }
    }
}

impl std::error::Error for InvalidDialect {}

#[cfg(test)]
mod tests {
    use super::*;

    fn changed(from: &str, to: &str) -> Result<Dialect, InvalidDialect> {
        let json = include_str!("dialects/openset-87.json");
        assert!(json.contains(from), "{from}");
        Dialect::parse(&json.replacen(from, to, 1))
    }

    #[test]
    fn the_built_in_dialects_are_read() {
        assert_eq!(Dialect::openset_87().name(), "openset-87");
        assert_eq!(Dialect::packed_87().name(), "packed-87");
        let codes = Dialect::built_in().map(|dialect| (dialect.name(), dialect.has_codes()));
        assert_eq!(codes, [("openset-87", false), ("packed-87", false), ("ebcdic-87", true)]);
    }

    #[test]
    fn a_dialect_that_cannot_work_is_refused() {
        let field = |result: Result<Dialect, _>| result.expect_err("not a dialect");
        assert_eq!(field(changed("\"2\":", "\"65\":")), InvalidDialect::Field(65));
        assert_eq!(field(changed("\"2\":", "\"1\":")), InvalidDialect::Field(1));
        assert_eq!(field(changed("\"2\":", "\"300\":")), InvalidDialect::Shape);
        assert_eq!(field(changed("n..19", "n..190")), InvalidDialect::Shape);
        let no_place = |changed: &str| {
            let json = include_str!("dialects/ebcdic-87.json");
            assert!(json.contains(changed), "{changed}");
            field(Dialect::parse(&json.replacen(changed, "\"120\": \"ans...999\"", 1)))
        };
        assert_eq!(no_place("\"128\": \"b 64\""), InvalidDialect::Field(128));
        assert_eq!(no_place("\"64\": \"b 64\""), InvalidDialect::Field(64));
        assert_eq!(
            field(changed("\"bitmap\": \"hex\"", "\"bitmap\": \"bcd\"")),
            InvalidDialect::Notation
        );
        assert_eq!(field(changed("\"frame\"", "\"extra\": 1, \"frame\"")), InvalidDialect::Shape);
        assert_eq!(field(Dialect::parse("")), InvalidDialect::Shape);
    }

    #[test]
    fn headers_say_how_long_a_message_is() {
        assert_eq!(Frame::Binary2.header(300), Some(vec![1, 44]));
        assert_eq!(Frame::Binary2.message_octets(&[1, 44]), Some(300));
        assert_eq!(Frame::Ascii4.header(300), Some(b"0300".to_vec()));
        assert_eq!(Frame::Ascii4.message_octets(b"0300"), Some(300));
        assert_eq!(Frame::Ascii4.header(10_000), None);
        assert_eq!(Frame::Ascii4.message_octets(b"03x0"), None);
        assert_eq!(Frame::Binary2.message_octets(b"1"), None);
    }
}
