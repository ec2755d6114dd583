//! The form of one field, as the standard writes it: `n 12`, `n..19`, `ans...999`, `b 64`.

use std::fmt;

use serde::Deserialize;

/// What a field holds and how long it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Form {
    /// Which characters.
    pub content: Content,
    /// How many of them.
    pub length: Length,
}

/// The alphabets of the standard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Content {
    /// `n`: digits.
    Digits,
    /// `an`: letters, digits and the space that pads them.
    Alphanumeric,
    /// `ans`: every printable character.
    Printable,
    /// `z`: the digits and separators of a magnetic track.
    Track,
    /// `b`: octets. A fixed length is given in bits, a variable one in octets.
    Octets,
}

/// How long a field is, in characters or octets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Length {
    /// Exactly so long.
    Fixed(u16),
    /// At most so long; two digits say how long.
    Two(u16),
    /// At most so long; three digits say how long.
    Three(u16),
}

/// Why a text is not the form of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum InvalidForm {
    /// Not one of `n an ans z b`.
    Content,
    /// Not a length, or one that its digits cannot say.
    Length,
}

impl Form {
    /// Reads the standard's notation.
    pub fn parse(text: &str) -> Result<Self, InvalidForm> {
        let end = text.find([' ', '.']).ok_or(InvalidForm::Length)?;
        let (content, length) = text.split_at(end);
        let content = match content {
            "n" => Content::Digits,
            "an" => Content::Alphanumeric,
            "ans" => Content::Printable,
            "z" => Content::Track,
            "b" => Content::Octets,
            _ => return Err(InvalidForm::Content),
        };
        let length = Length::parse(length)?;
        match (content, length) {
            (Content::Octets, Length::Fixed(bits)) => Self::whole_octets(bits),
            _ => Ok(Self { content, length }),
        }
    }

    fn whole_octets(bits: u16) -> Result<Self, InvalidForm> {
        if !bits.is_multiple_of(8) {
            return Err(InvalidForm::Length);
        }
        let octets = bits.checked_div(8).ok_or(InvalidForm::Length)?;
        Ok(Self { content: Content::Octets, length: Length::Fixed(octets) })
    }
}

impl Length {
    fn parse(text: &str) -> Result<Self, InvalidForm> {
        let (make, digits, most): (fn(u16) -> Self, _, _) =
            if let Some(digits) = text.strip_prefix("...") {
                (Self::Three, digits, 999)
            } else if let Some(digits) = text.strip_prefix("..") {
                (Self::Two, digits, 99)
            } else {
                (Self::Fixed, text.strip_prefix(' ').ok_or(InvalidForm::Length)?, 999)
            };
        let length = digits.parse::<u16>().map_err(|_| InvalidForm::Length)?;
        if length == 0 || length > most {
            return Err(InvalidForm::Length);
        }
        Ok(make(length))
    }
}

impl Content {
    /// Whether a character belongs to this alphabet.
    pub fn holds(self, byte: u8) -> bool {
        match self {
            Self::Digits => byte.is_ascii_digit(),
            Self::Alphanumeric => byte.is_ascii_alphanumeric() || byte == b' ',
            Self::Printable => matches!(byte, b' '..=b'~'),
            Self::Track => byte.is_ascii_digit() || matches!(byte, b'=' | b'D'),
            Self::Octets => true,
        }
    }
}

impl TryFrom<String> for Form {
    type Error = InvalidForm;

    fn try_from(text: String) -> Result<Self, InvalidForm> {
        Self::parse(&text)
    }
}

impl fmt::Display for InvalidForm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Content => "the content of a field is one of n, an, ans, z, b",
            Self::Length => "the length of a field is like ` 12`, `..19` or `...999`",
        })
    }
}

impl std::error::Error for InvalidForm {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_notation_of_the_standard_is_read() {
        let form = |text| Form::parse(text).expect("a form of the standard");
        assert_eq!(form("n..19"), Form { content: Content::Digits, length: Length::Two(19) });
        assert_eq!(form("b 64"), Form { content: Content::Octets, length: Length::Fixed(8) });
        assert_eq!(form("ans...999").length, Length::Three(999));
    }

    #[test]
    fn other_notations_are_refused() {
        for text in ["", "n", "n12", "n 0", "n..100", "ans...1000", "x+n 8", "b 63", "n. 4", "n -1"]
        {
            assert!(Form::parse(text).is_err(), "{text}");
        }
    }
}
