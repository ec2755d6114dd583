//! Message extensions.

use rasn::{
    AsnType, Decode, Decoder, Encode, Encoder,
    types::{Constraints, Identifier, Tag},
};

use crate::der::{Element, Malformed, Oid, What};

/// MsgExtension
///
/// Something that SET itself does not say. A receiver that does not know a critical one refuses
/// the message.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct MsgExtension {
    /// Which extension.
    pub extn_id: Oid,
    /// Whether the receiver must understand it.
    #[rasn(default)]
    pub critical: bool,
    /// Its value.
    #[rasn(tag(explicit(context, 0)))]
    pub extn_value: Element,
}

/// MsgExtensions
///
/// Each extension stands in it once.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MsgExtensions(Vec<MsgExtension>);

impl MsgExtensions {
    /// Takes extensions that all differ in name.
    pub fn new(extensions: Vec<MsgExtension>) -> Result<Self, What> {
        let repeated = extensions.iter().enumerate().any(|(place, extension)| {
            extensions.iter().take(place).any(|before| before.extn_id == extension.extn_id)
        });
        if repeated { Err(What::Duplicate) } else { Ok(Self(extensions)) }
    }

    /// One critical extension.
    pub fn critical<T: Encode>(name: Oid, value: &T) -> Result<Self, Malformed> {
        let extn_value = Element::of(value)?;
        Ok(Self(vec![MsgExtension { extn_id: name, critical: true, extn_value }]))
    }

    /// The extension of this name.
    pub fn get(&self, name: &Oid) -> Option<&MsgExtension> {
        self.0.iter().find(|extension| &extension.extn_id == name)
    }

    /// All of them, in order.
    pub fn iter(&self) -> impl Iterator<Item = &MsgExtension> {
        self.0.iter()
    }
}

impl AsnType for MsgExtensions {
    const TAG: Tag = Tag::SEQUENCE;
}

impl Decode for MsgExtensions {
    fn decode_with_tag_and_constraints<D: Decoder>(
        decoder: &mut D,
        tag: Tag,
        constraints: &Constraints,
    ) -> Result<Self, D::Error> {
        let extensions = decoder.decode_sequence_of(tag, constraints)?;
        let codec = decoder.codec();
        Self::new(extensions).map_err(|what| rasn::de::Error::custom(what, codec))
    }
}

impl Encode for MsgExtensions {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::der::{decode, encode};

    fn extension(arc: u128, critical: bool) -> MsgExtension {
        let extn_id = Oid::from_static(&[0x67, 0x2A, 0x01]).child(arc);
        MsgExtension { extn_id, critical, extn_value: Element::of(&true).expect("encodable") }
    }

    #[test]
    fn extensions_are_found_by_name() {
        let both =
            MsgExtensions::new(vec![extension(1, true), extension(2, false)]).expect("two names");
        let one = extension(1, true).extn_id;
        assert!(both.get(&one).is_some());
        assert_eq!(decode(&encode(&both).expect("encodable")), Ok(both));
    }

    #[test]
    fn the_same_extension_twice_is_refused() {
        let twice = vec![extension(1, true), extension(1, false)];
        assert_eq!(MsgExtensions::new(twice.clone()), Err(What::Duplicate));
        let octets = encode(&twice).expect("encodable");
        let fault = decode::<MsgExtensions>(&octets).expect_err("twice the same");
        assert_eq!(fault.what, What::Duplicate);
    }
}
