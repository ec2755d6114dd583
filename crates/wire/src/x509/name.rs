//! Distinguished names as SET uses them: country, organization, units, common name.

use std::{borrow::Cow, fmt};

use rasn::{
    AsnType, Decode, Decoder, Encode, Encoder,
    types::{Choice, Constraints, DecodeChoice, Identifier, Tag, TagTree},
};

use crate::{
    der::{Oid, What},
    types::is_seen,
};

/// The attributes that a name in SET may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NameAttribute {
    /// C: the country, in two letters.
    Country,
    /// O: the brand.
    Organization,
    /// OU: the bank, and perhaps its card programme.
    OrganizationalUnit,
    /// CN: the bearer.
    CommonName,
}

impl NameAttribute {
    const ALL: [(Self, u8, &'static str); 4] = [
        (Self::Country, 6, "C"),
        (Self::Organization, 10, "O"),
        (Self::OrganizationalUnit, 11, "OU"),
        (Self::CommonName, 3, "CN"),
    ];

    fn row(self) -> (u8, &'static str) {
        let row = Self::ALL.iter().find(|(attribute, ..)| *attribute == self);
        row.map_or((0, "?"), |(_, number, letters)| (*number, letters))
    }

    /// The letters it is usually written with.
    pub fn letters(self) -> &'static str {
        self.row().1
    }

    fn oid(self) -> Oid {
        Oid::from_static(&[0x55, 0x04]).child(self.row().0.into())
    }

    fn from_oid(oid: &Oid) -> Option<Self> {
        let &[0x55, 0x04, number] = oid.as_bytes() else { return None };
        Self::ALL.iter().find(|(_, known, _)| *known == number).map(|(attribute, ..)| *attribute)
    }

    /// How often a name may have it.
    fn times(self) -> usize {
        if self == Self::OrganizationalUnit { 2 } else { 1 }
    }
}

/// Name
///
/// At most a country, an organization, two units and a common name, each on its own. Two names
/// are equal when their encodings are.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Name(Vec<RelativeDistinguishedName>);

impl Name {
    /// Builds a name from its attributes, in their order.
    pub fn new(attributes: &[(NameAttribute, &str)]) -> Result<Self, What> {
        let attribute = |(attribute, text): &(NameAttribute, &str)| {
            let text = match attribute {
                NameAttribute::Country => NameText::printable(text)?,
                _ => NameText::utf8(text)?,
            };
            Ok(RelativeDistinguishedName { attribute: *attribute, text })
        };
        Self::checked(attributes.iter().map(attribute).collect::<Result<_, _>>()?)
    }

    /// The same name as suite `set10` writes it: in BMPString. Of the two forms of 1997 it is the
    /// one that OpenSSL reads in a name; VisibleString it refuses. Countries stay as they are.
    pub fn in_set_strings(&self) -> Result<Self, What> {
        let part = |part: &RelativeDistinguishedName| {
            let text = match part.attribute {
                NameAttribute::Country => part.text.clone(),
                _ => NameText::bmp(part.text.as_str())?,
            };
            Ok(RelativeDistinguishedName { attribute: part.attribute, text })
        };
        self.parts().map(part).collect::<Result<_, _>>().map(Self)
    }

    fn checked(parts: Vec<RelativeDistinguishedName>) -> Result<Self, What> {
        let too_often = NameAttribute::ALL.iter().any(|(attribute, ..)| {
            let count = parts.iter().filter(|part| part.attribute == *attribute).count();
            count > attribute.times()
        });
        if too_often { Err(What::Duplicate) } else { Ok(Self(parts)) }
    }

    /// The first value of an attribute.
    pub fn get(&self, attribute: NameAttribute) -> Option<&str> {
        self.parts().find(|part| part.attribute == attribute).map(|part| part.text.as_str())
    }

    /// O: the brand.
    pub fn organization(&self) -> Option<&str> {
        self.get(NameAttribute::Organization)
    }

    /// CN: the bearer.
    pub fn common_name(&self) -> Option<&str> {
        self.get(NameAttribute::CommonName)
    }

    /// All attributes, in order.
    pub fn parts(&self) -> impl Iterator<Item = &RelativeDistinguishedName> {
        self.0.iter()
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, part) in self.parts().enumerate() {
            let comma = if place == 0 { "" } else { ", " };
            write!(f, "{comma}{}={}", part.attribute.letters(), part.text.as_str())?;
        }
        Ok(())
    }
}

impl AsnType for Name {
    const TAG: Tag = Tag::SEQUENCE;
}

impl Decode for Name {
    fn decode_with_tag_and_constraints<D: Decoder>(
        decoder: &mut D,
        tag: Tag,
        constraints: &Constraints,
    ) -> Result<Self, D::Error> {
        let parts = decoder.decode_sequence_of(tag, constraints)?;
        let codec = decoder.codec();
        Self::checked(parts).map_err(|what| rasn::de::Error::custom(what, codec))
    }
}

impl Encode for Name {
    fn encode_with_tag_and_constraints<'b, E: Encoder<'b>>(
        &self,
        encoder: &mut E,
        tag: Tag,
        constraints: &Constraints,
        identifier: Identifier,
    ) -> Result<(), E::Error> {
        encoder.encode_sequence_of(tag, &self.0, constraints, identifier).map(drop)
    }
}

/// RelativeDistinguishedName
///
/// One attribute of a name and its value. X.501 allows several together; SET has one.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RelativeDistinguishedName {
    /// Which attribute.
    pub attribute: NameAttribute,
    /// Its value.
    pub text: NameText,
}

/// AttributeTypeAndValue
#[derive(AsnType, Decode, Encode)]
struct AttributeTypeAndValue {
    name: Oid,
    value: NameText,
}

impl AsnType for RelativeDistinguishedName {
    const TAG: Tag = Tag::SET;
}

impl Decode for RelativeDistinguishedName {
    fn decode_with_tag_and_constraints<D: Decoder>(
        decoder: &mut D,
        tag: Tag,
        _: &Constraints,
    ) -> Result<Self, D::Error> {
        // A SET OF one is laid out like an explicit tag around that one.
        let pair: AttributeTypeAndValue = decoder.decode_explicit_prefix(tag)?;
        let unknown = || rasn::de::Error::custom(What::Enumeration, decoder.codec());
        let attribute = NameAttribute::from_oid(&pair.name).ok_or_else(unknown)?;
        Ok(Self { attribute, text: pair.value })
    }
}

impl Encode for RelativeDistinguishedName {
    fn encode_with_tag_and_constraints<'b, E: Encoder<'b>>(
        &self,
        encoder: &mut E,
        tag: Tag,
        _: &Constraints,
        identifier: Identifier,
    ) -> Result<(), E::Error> {
        let pair = AttributeTypeAndValue { name: self.attribute.oid(), value: self.text.clone() };
        encoder.encode_explicit_prefix(tag, &pair, identifier).map(drop)
    }
}

/// The value of an attribute: 1 to 64 characters, each of them seen by whoever reads it.
///
/// Suite `modern` writes UTF8String, and PrintableString for countries; VisibleString and
/// BMPString are the forms of 1997, of which `set10` writes the latter.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct NameText {
    text: String,
    form: Tag,
}

impl NameText {
    /// The most characters of a value.
    pub const CHARACTERS_MAX: usize = 64;

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    fn utf8(text: &str) -> Result<Self, What> {
        Self::checked(text.to_owned(), Tag::UTF8_STRING)
    }

    fn printable(text: &str) -> Result<Self, What> {
        Self::checked(text.to_owned(), Tag::PRINTABLE_STRING)
    }

    fn bmp(text: &str) -> Result<Self, What> {
        match text.chars().all(|character| u32::from(character) < 0x1_0000) {
            true => Self::checked(text.to_owned(), Tag::BMP_STRING),
            false => Err(What::Character),
        }
    }

    fn checked(text: String, form: Tag) -> Result<Self, What> {
        let allowed: fn(char) -> bool = match form {
            Tag::PRINTABLE_STRING => is_printable,
            Tag::VISIBLE_STRING => |character| matches!(character, ' '..='~'),
            _ => is_seen,
        };
        if !(1..=Self::CHARACTERS_MAX).contains(&text.chars().count()) {
            return Err(What::Bounds);
        }
        match text.chars().all(allowed) {
            true => Ok(Self { text, form }),
            false => Err(What::Character),
        }
    }

    fn read(contents: &[u8], form: Tag) -> Result<Self, What> {
        let text = match form {
            Tag::BMP_STRING => from_utf16(contents).ok_or(What::Character)?,
            _ => std::str::from_utf8(contents).map_err(|_| What::Character)?.to_owned(),
        };
        Self::checked(text, form)
    }

    fn write(&self) -> Cow<'_, [u8]> {
        match self.form {
            Tag::BMP_STRING => {
                Cow::Owned(self.text.encode_utf16().flat_map(u16::to_be_bytes).collect())
            }
            _ => Cow::Borrowed(self.text.as_bytes()),
        }
    }
}

/// X.680 41.4: the characters of PrintableString.
fn is_printable(character: char) -> bool {
    character.is_ascii_alphanumeric() || " '()+,-./:=?".contains(character)
}

/// The text that pairs of octets make; no surrogates.
fn from_utf16(contents: &[u8]) -> Option<String> {
    let (units, rest) = contents.as_chunks::<2>();
    let unit = |pair: &[u8; 2]| char::from_u32(u16::from_be_bytes(*pair).into());
    if rest.is_empty() { units.iter().map(unit).collect() } else { None }
}

impl AsnType for NameText {
    const TAG: Tag = Tag::EOC;
    const TAG_TREE: TagTree = TagTree::Choice(Self::VARIANTS);
    const IS_CHOICE: bool = true;
}

impl Choice for NameText {
    const VARIANTS: &'static [TagTree] = &[
        TagTree::Leaf(Tag::UTF8_STRING),
        TagTree::Leaf(Tag::PRINTABLE_STRING),
        TagTree::Leaf(Tag::VISIBLE_STRING),
        TagTree::Leaf(Tag::BMP_STRING),
    ];
    const VARIANCE_CONSTRAINT: Constraints = Constraints::NONE;
    const IDENTIFIERS: &'static [&'static str] = &["utf8", "printable", "visible", "bmp"];
}

impl DecodeChoice for NameText {
    fn from_tag<D: Decoder>(decoder: &mut D, tag: Tag) -> Result<Self, D::Error> {
        let codec = decoder.codec();
        if !Self::VARIANTS.contains(&TagTree::Leaf(tag)) {
            return Err(rasn::de::Error::no_valid_choice("AttributeValue", codec));
        }
        let contents: Cow<'_, [u8]> = decoder.decode_octet_string(tag, &Constraints::NONE)?;
        Self::read(&contents, tag).map_err(|what| rasn::de::Error::custom(what, codec))
    }
}

impl Decode for NameText {
    fn decode_with_tag_and_constraints<D: Decoder>(
        decoder: &mut D,
        _: Tag,
        constraints: &Constraints,
    ) -> Result<Self, D::Error> {
        decoder.decode_choice(constraints)
    }
}

impl Encode for NameText {
    fn encode_with_tag_and_constraints<'b, E: Encoder<'b>>(
        &self,
        encoder: &mut E,
        _: Tag,
        _: &Constraints,
        identifier: Identifier,
    ) -> Result<(), E::Error> {
        let none = &Constraints::NONE;
        encoder.encode_octet_string(self.form, none, &self.write(), identifier).map(drop)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::der::{decode, encode};

    use NameAttribute::{CommonName, Country, Organization, OrganizationalUnit};

    #[test]
    fn a_name_of_1997_says_the_same_in_other_strings() {
        let name =
            Name::new(&[(Country, "FR"), (Organization, "Brand"), (CommonName, "D\u{e9}mo")]);
        let old = name.and_then(|name| name.in_set_strings()).expect("no emoji");
        assert_eq!(old.to_string(), "C=FR, O=Brand, CN=D\u{e9}mo");
        let forms: Vec<_> = old.parts().map(|part| part.text.form).collect();
        assert_eq!(forms, [Tag::PRINTABLE_STRING, Tag::BMP_STRING, Tag::BMP_STRING]);
        assert_eq!(decode::<Name>(&encode(&old).expect("encodable")), Ok(old));
        let emoji = Name::new(&[(CommonName, "\u{1F4B3}")]).expect("UTF-8 has it");
        assert_eq!(emoji.in_set_strings(), Err(What::Character));
    }

    #[test]
    fn a_name_is_read_back_and_prints() {
        let name = Name::new(&[
            (Country, "FR"),
            (Organization, "Demo Brand"),
            (OrganizationalUnit, "Banque D\u{e9}mo"),
            (CommonName, "Atelier Lumen"),
        ])
        .expect("a proper name");
        assert_eq!(decode(&encode(&name).expect("encodable")), Ok(name.clone()));
        assert_eq!(name.organization(), Some("Demo Brand"));
        assert_eq!(name.common_name(), Some("Atelier Lumen"));
        let printed = "C=FR, O=Demo Brand, OU=Banque D\u{e9}mo, CN=Atelier Lumen";
        assert_eq!(name.to_string(), printed);
    }

    #[test]
    fn an_attribute_twice_is_refused() {
        let twice = Name::new(&[(CommonName, "a"), (CommonName, "b")]);
        assert_eq!(twice, Err(What::Duplicate));
        let units = [(OrganizationalUnit, "a"), (OrganizationalUnit, "b")];
        assert!(Name::new(&units).is_ok());
    }

    #[test]
    fn controls_and_wrong_lengths_are_refused() {
        assert_eq!(Name::new(&[(CommonName, "shop\0.example")]), Err(What::Character));
        assert_eq!(Name::new(&[(CommonName, "shop\u{202E}knab")]), Err(What::Character));
        assert_eq!(Name::new(&[(CommonName, "sh\u{200B}op")]), Err(What::Character));
        assert_eq!(Name::new(&[(Country, "F*")]), Err(What::Character));
        assert_eq!(Name::new(&[(CommonName, "")]), Err(What::Bounds));
        assert_eq!(Name::new(&[(CommonName, &"x".repeat(65))]), Err(What::Bounds));
    }

    #[test]
    fn other_attributes_and_other_string_types_are_refused() {
        let surname = b"\x30\x0C\x31\x0A\x30\x08\x06\x03\x55\x04\x04\x0C\x01a";
        let teletex = b"\x30\x0C\x31\x0A\x30\x08\x06\x03\x55\x04\x03\x14\x01a";
        let two_in_one = b"\x30\x16\x31\x14\x30\x08\x06\x03\x55\x04\x03\x0C\x01a\
                           \x30\x08\x06\x03\x55\x04\x0A\x0C\x01b";
        for octets in [&surname[..], teletex, two_in_one] {
            assert!(decode::<Name>(octets).is_err(), "{octets:02x?}");
        }
    }
}
