//! A decoded value together with the octets it came in.

use std::ops::Deref;

use rasn::{
    AsnType, Decode, Decoder, Encode, Encoder,
    types::{Constraints, Identifier, Tag, TagTree},
};

use super::{Element, Malformed, What, decode, decode_scanned, encode};

/// A value and its exact encoding, so that whoever hashes it hashes what was sent.
///
/// Stands where the value itself would stand, untagged or under an explicit tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Original<T> {
    value: T,
    element: Element,
}

impl<T> Original<T> {
    /// The value.
    pub fn value(&self) -> &T {
        &self.value
    }

    /// The value alone; its octets are dropped.
    pub fn into_value(self) -> T {
        self.value
    }

    /// The encoding, with tag and length.
    pub fn octets(&self) -> &[u8] {
        self.element.octets()
    }
}

impl<T: Encode> Original<T> {
    /// Writes a value and keeps both.
    pub fn new(value: T) -> Result<Self, Malformed> {
        let element = Element::scanned(encode(&value)?);
        Ok(Self { value, element })
    }
}

impl<T: Decode + Encode> Original<T> {
    /// Reads a value and keeps both.
    pub fn from_octets(octets: &[u8]) -> Result<Self, Malformed> {
        Ok(Self { value: decode(octets)?, element: Element::scanned(octets.to_vec()) })
    }
}

impl<T> Deref for Original<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T: AsnType> AsnType for Original<T> {
    const TAG: Tag = T::TAG;
    const TAG_TREE: TagTree = T::TAG_TREE;
}

impl<T: Decode + Encode> Decode for Original<T> {
    fn decode_with_tag_and_constraints<D: Decoder>(
        decoder: &mut D,
        tag: Tag,
        _: &Constraints,
    ) -> Result<Self, D::Error> {
        let codec = decoder.codec();
        if tag != T::TAG {
            return Err(rasn::de::Error::custom(What::Tag, codec));
        }
        let element = Element::scanned(decoder.decode_any(Tag::EOC)?.into_bytes());
        let value = decode_scanned(element.octets())
            .map_err(|fault| super::reader::rethrow(fault, codec))?;
        Ok(Self { value, element })
    }
}

impl<T: Encode> Encode for Original<T> {
    fn encode_with_tag_and_constraints<'b, E: Encoder<'b>>(
        &self,
        encoder: &mut E,
        _: Tag,
        _: &Constraints,
        identifier: Identifier,
    ) -> Result<(), E::Error> {
        encoder.encode_any(Tag::EOC, self.element.any(), identifier).map(drop)
    }
}
