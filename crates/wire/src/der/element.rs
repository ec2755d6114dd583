//! ANY: one element whose type the message does not fix.

use std::fmt;

use rasn::{
    AsnType, Decode, Decoder, Encode, Encoder,
    types::{Any, Constraints, Identifier, Tag},
};

use super::{Header, Malformed, What, decode_scanned, encode, scan};

/// ANY
///
/// One whole element, kept as it came. Prints its length only.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Element(Any);

impl Element {
    /// Takes the octets of exactly one element.
    pub fn from_octets(octets: Vec<u8>) -> Result<Self, Malformed> {
        scan(&octets)?;
        Ok(Self(Any::new(octets)))
    }

    /// Writes a value as one element.
    pub fn of<T: Encode>(value: &T) -> Result<Self, Malformed> {
        Ok(Self(Any::new(encode(value)?)))
    }

    /// Reads the element as a value.
    pub fn read<T: Decode + Encode>(&self) -> Result<T, Malformed> {
        decode_scanned(self.octets())
    }

    /// The whole element, with tag and length.
    pub fn octets(&self) -> &[u8] {
        self.0.as_bytes()
    }

    /// The element as rasn holds it.
    pub(super) fn any(&self) -> &Any {
        &self.0
    }

    /// Takes an element that has been walked already.
    pub(crate) fn scanned(octets: Vec<u8>) -> Self {
        Self(Any::new(octets))
    }

    /// Whether this is a SEQUENCE.
    pub(crate) fn is_sequence(&self) -> bool {
        self.octets().first() == Some(&0x30)
    }

    /// The octets without tag and length.
    pub fn contents(&self) -> &[u8] {
        let len = Header::read(self.octets()).map_or(0, |header| header.len);
        self.octets().get(len..).unwrap_or_default()
    }
}

impl fmt::Debug for Element {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Element({})", self.octets().len())
    }
}

impl AsnType for Element {
    const TAG: Tag = Tag::EOC;
}

impl Decode for Element {
    fn decode_with_tag_and_constraints<D: Decoder>(
        decoder: &mut D,
        tag: Tag,
        _: &Constraints,
    ) -> Result<Self, D::Error> {
        if tag != Tag::EOC {
            return Err(rasn::de::Error::custom(What::Tag, decoder.codec()));
        }
        decoder.decode_any(tag).map(Self)
    }
}

impl Encode for Element {
    fn encode_with_tag_and_constraints<'b, E: Encoder<'b>>(
        &self,
        encoder: &mut E,
        tag: Tag,
        _: &Constraints,
        identifier: Identifier,
    ) -> Result<(), E::Error> {
        encoder.encode_any(tag, &self.0, identifier).map(drop)
    }
}
