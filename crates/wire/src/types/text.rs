//! Texts for people, in the two forms SET has for them.

use std::{borrow::Cow, fmt};

use rasn::{
    AsnType, Decode, Decoder, Encode, Encoder,
    types::{Choice, Constraints, DecodeChoice, Identifier, Tag, TagTree},
};

use crate::der::{Contents, Visible, What};

/// URL
pub type Url = Visible<1, 512>;

/// SWIdent
///
/// Vendor and version of the software that made a message.
pub type SwIdent = Visible<1, 256>;

/// Phone
pub type Phone = SetString<50>;

/// SETString
///
/// A text of one to `MAX` characters: a VisibleString where printable ASCII is enough, else a
/// BMPString. Characters that nobody sees are refused.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SetString<const MAX: usize> {
    text: String,
    form: Form,
}

/// Which of the two alternatives a text is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Form {
    Visible,
    Bmp,
}

impl<const MAX: usize> SetString<MAX> {
    /// Takes the text, or says what is wrong with it.
    pub fn new(text: &str) -> Result<Self, What> {
        let ascii = text.bytes().all(|octet| matches!(octet, b' '..=b'~'));
        let form = if ascii { Form::Visible } else { Form::Bmp };
        Self::checked(text.to_owned(), form)
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    fn checked(text: String, form: Form) -> Result<Self, What> {
        if !(1..=MAX).contains(&text.chars().count()) {
            return Err(What::Bounds);
        }
        let plane_zero = |character: char| u32::from(character) <= 0xFFFF;
        if !text.chars().all(|character| is_seen(character) && plane_zero(character)) {
            return Err(What::Character);
        }
        Ok(Self { text, form })
    }

    fn read_visible(contents: &[u8]) -> Result<Self, What> {
        let text = Visible::<1, MAX>::read(contents)?;
        Self::checked(text.as_str().to_owned(), Form::Visible)
    }

    fn read_bmp(contents: &[u8]) -> Result<Self, What> {
        let (units, rest) = contents.as_chunks::<2>();
        if !rest.is_empty() {
            return Err(What::Character);
        }
        let unit = |pair: &[u8; 2]| char::from_u32(u32::from(u16::from_be_bytes(*pair)));
        let text = units.iter().map(unit).collect::<Option<String>>().ok_or(What::Character)?;
        Self::checked(text, Form::Bmp)
    }

    fn tag(&self) -> Tag {
        match self.form {
            Form::Visible => Tag::VISIBLE_STRING,
            Form::Bmp => Tag::BMP_STRING,
        }
    }

    fn write(&self) -> Cow<'_, [u8]> {
        match self.form {
            Form::Visible => Cow::Borrowed(self.text.as_bytes()),
            Form::Bmp => Cow::Owned(self.text.encode_utf16().flat_map(u16::to_be_bytes).collect()),
        }
    }
}

/// Whether a character is one that a reader of the text sees.
///
/// Controls are not, and neither is what only turns the direction of other characters or takes no
/// place: with them a name reads otherwise than it is (abuse case 25).
pub(crate) fn is_seen(character: char) -> bool {
    let is_format = matches!(
        character,
        '\u{AD}'
            | '\u{61C}'
            | '\u{180E}'
            | '\u{200B}'..='\u{200F}'
            | '\u{2028}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}'
            | '\u{FEFF}'
            | '\u{FFF9}'..='\u{FFFB}'
            | '\u{E0000}'..='\u{E007F}'
    );
    !character.is_control() && !is_format
}

impl<const MAX: usize> fmt::Display for SetString<MAX> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl<const MAX: usize> AsnType for SetString<MAX> {
    const TAG: Tag = Tag::EOC;
    const TAG_TREE: TagTree = TagTree::Choice(Self::VARIANTS);
    const IS_CHOICE: bool = true;
}

impl<const MAX: usize> Choice for SetString<MAX> {
    const VARIANTS: &'static [TagTree] =
        &[TagTree::Leaf(Tag::VISIBLE_STRING), TagTree::Leaf(Tag::BMP_STRING)];
    const VARIANCE_CONSTRAINT: Constraints = Constraints::NONE;
    const IDENTIFIERS: &'static [&'static str] = &["visibleString", "bmpString"];
}

impl<const MAX: usize> DecodeChoice for SetString<MAX> {
    fn from_tag<D: Decoder>(decoder: &mut D, tag: Tag) -> Result<Self, D::Error> {
        let codec = decoder.codec();
        let read = match tag {
            Tag::VISIBLE_STRING => Self::read_visible,
            Tag::BMP_STRING => Self::read_bmp,
            _ => return Err(rasn::de::Error::no_valid_choice("SETString", codec)),
        };
        let contents: Cow<'_, [u8]> = decoder.decode_octet_string(tag, &Constraints::NONE)?;
        read(&contents).map_err(|what| rasn::de::Error::custom(what, codec))
    }
}

impl<const MAX: usize> Decode for SetString<MAX> {
    fn decode<D: Decoder>(decoder: &mut D) -> Result<Self, D::Error> {
        decoder.decode_choice(&Constraints::NONE)
    }

    fn decode_with_tag_and_constraints<D: Decoder>(
        decoder: &mut D,
        tag: Tag,
        constraints: &Constraints,
    ) -> Result<Self, D::Error> {
        match tag {
            Tag::EOC => decoder.decode_choice(constraints),
            // A tag on a CHOICE is always explicit.
            _ => decoder.decode_explicit_prefix(tag),
        }
    }
}

impl<const MAX: usize> Encode for SetString<MAX> {
    fn encode<'b, E: Encoder<'b>>(&self, encoder: &mut E) -> Result<(), E::Error> {
        let (none, identifier) = (&Constraints::NONE, Identifier::EMPTY);
        encoder.encode_octet_string(self.tag(), none, &self.write(), identifier).map(drop)
    }

    fn encode_with_tag_and_constraints<'b, E: Encoder<'b>>(
        &self,
        encoder: &mut E,
        tag: Tag,
        _: &Constraints,
        identifier: Identifier,
    ) -> Result<(), E::Error> {
        match tag {
            Tag::EOC => self.encode(encoder),
            _ => encoder.encode_explicit_prefix(tag, self, identifier).map(drop),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::der::{decode, encode};

    type Short = SetString<5>;

    #[test]
    fn ascii_is_visible_and_the_rest_is_bmp() {
        let ascii = Short::new("poste").expect("five characters");
        assert_eq!(encode(&ascii), Ok(b"\x1A\x05poste".to_vec()));
        let accented = Short::new("\u{e9}t\u{e9}").expect("three characters");
        assert_eq!(encode(&accented), Ok(b"\x1E\x06\0\xE9\0t\0\xE9".to_vec()));
        for text in [ascii, accented] {
            assert_eq!(decode(&encode(&text).expect("encodable")), Ok(text));
        }
    }

    #[test]
    fn ascii_may_also_come_as_bmp_and_stays_so() {
        let text: Short = decode(b"\x1E\x02\0a").expect("one character");
        assert_eq!(text.as_str(), "a");
        assert_eq!(encode(&text), Ok(b"\x1E\x02\0a".to_vec()));
    }

    #[test]
    fn controls_halves_and_wrong_lengths_are_refused() {
        assert_eq!(Short::new(""), Err(What::Bounds));
        assert_eq!(Short::new("sixsix"), Err(What::Bounds));
        assert_eq!(Short::new("a\0b"), Err(What::Character));
        assert_eq!(Short::new("\u{1F600}"), Err(What::Character));
        for unseen in ['\u{202E}', '\u{2066}', '\u{200B}', '\u{FEFF}', '\u{AD}', '\u{2028}'] {
            assert_eq!(Short::new(&format!("a{unseen}b")), Err(What::Character), "{unseen:?}");
        }
        for octets in [&b"\x1E\x01a"[..], b"\x1E\x02\xD8\x00", b"\x1A\x01\x07", b"\x0C\x01a"] {
            assert!(decode::<Short>(octets).is_err(), "{octets:02x?}");
        }
    }
}
