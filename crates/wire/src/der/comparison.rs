//! The encoder behind [`decode`](super::decode): it writes nothing, and looks whether what came is
//! what it would have written.
//!
//! Where it finds a difference, the value is written after all, to tell the place. A kind of
//! value that the messages hold seldom is written on its own and then compared.

use std::{hash::Hash, mem};

use rasn::{
    Codec, Encode,
    ber::enc::{Encoder as Leaf, EncoderOptions},
    error::EncodeError,
    types::{
        self, Choice, Constraints, Constructed, Enumerated, Identifier, IntegerType, RealType,
        SetOf, Tag,
    },
};
use zeroize::Zeroizing;

use super::{Header, What, reader};

/// Whether octets that were walked already are the encoding of a value.
pub(super) fn is_encoding_of<T: Encode>(octets: &[u8], value: &T) -> bool {
    let mut comparison = Comparison { rest: octets };
    value.encode(&mut comparison).is_ok() && comparison.rest.is_empty()
}

/// Nothing was found to differ.
type Done = Result<(), EncodeError>;

/// The octets that are still to be compared.
struct Comparison<'a> {
    rest: &'a [u8],
}

impl<'a> Comparison<'a> {
    /// Steps over the next element, if it has this tag and construction; gives its contents.
    fn element(&mut self, tag: Tag, constructed: bool) -> Result<&'a [u8], EncodeError> {
        let header = Header::read(self.rest).map_err(|_| differs())?;
        require(reader::tag_of(&header) == tag && header.constructed == constructed)?;
        let (element, rest) = self.rest.split_at_checked(header.total()).ok_or_else(differs)?;
        self.rest = rest;
        Ok(element.get(header.len..).unwrap_or_default())
    }

    /// Compares a primitive element.
    fn primitive(&mut self, tag: Tag, contents: &[u8]) -> Done {
        require(self.element(tag, false)? == contents)
    }

    /// Compares what stands in a constructed element, to its end.
    fn inside(&mut self, tag: Tag, compare: impl FnOnce(&mut Self) -> Done) -> Done {
        let contents = self.element(tag, true)?;
        let after = mem::replace(&mut self.rest, contents);
        compare(self)?;
        require(self.rest.is_empty())?;
        self.rest = after;
        Ok(())
    }

    /// Compares whole elements.
    fn whole(&mut self, elements: &[u8]) -> Done {
        self.rest = self.rest.strip_prefix(elements).ok_or_else(differs)?;
        Ok(())
    }

    /// Compares with what the library writes.
    fn written(&mut self, write: impl FnOnce(&mut Leaf) -> Done) -> Done {
        let mut leaf = Leaf::new(EncoderOptions::der());
        write(&mut leaf)?;
        self.whole(&Zeroizing::new(leaf.output()))
    }
}

fn require(same: bool) -> Done {
    if same { Ok(()) } else { Err(differs()) }
}

fn differs() -> EncodeError {
    rasn::enc::Error::custom(What::NotCanonical, Codec::Der)
}

/// Writes each kind of element that messages hold seldom, to compare it then.
macro_rules! written {
    ($($method:ident($($constraints:ident)?) $type:ty;)*) => {$(
        fn $method(
            &mut self,
            tag: Tag,
            $($constraints: &Constraints,)?
            value: &$type,
            identifier: Identifier,
        ) -> Done {
            self.written(|leaf| leaf.$method(tag, $($constraints,)? value, identifier))
        }
    )*};
}

impl<'a> rasn::Encoder<'_> for Comparison<'a> {
    type Ok = ();
    type Error = EncodeError;
    type AnyEncoder<'other, const R: usize, const E: usize> = Self;

    written! {
        encode_bit_string(constraints) types::BitStr;
        encode_object_identifier() [u32];
        encode_utf8_string(constraints) str;
        encode_visible_string(constraints) types::VisibleString;
        encode_general_string(constraints) types::GeneralString;
        encode_graphic_string(constraints) types::GraphicString;
        encode_ia5_string(constraints) types::Ia5String;
        encode_printable_string(constraints) types::PrintableString;
        encode_numeric_string(constraints) types::NumericString;
        encode_teletex_string(constraints) types::TeletexString;
        encode_bmp_string(constraints) types::BmpString;
        encode_utc_time() types::UtcTime;
        encode_generalized_time() types::GeneralizedTime;
        encode_date() types::Date;
    }

    fn codec(&self) -> Codec {
        Codec::Der
    }

    fn encode_any(&mut self, tag: Tag, value: &types::Any, _: Identifier) -> Done {
        // Tagged, an open type stands inside an explicit tag.
        match tag {
            Tag::EOC => self.whole(value.as_bytes()),
            _ => self.inside(tag, |inner| inner.whole(value.as_bytes())),
        }
    }

    fn encode_bool(&mut self, tag: Tag, value: bool, _: Identifier) -> Done {
        self.primitive(tag, if value { &[0xFF] } else { &[0x00] })
    }

    fn encode_null(&mut self, tag: Tag, _: Identifier) -> Done {
        self.primitive(tag, &[])
    }

    fn encode_enumerated<E: Enumerated>(&mut self, tag: Tag, value: &E, id: Identifier) -> Done {
        self.encode_integer(tag, &Constraints::NONE, &value.discriminant(), id)
    }

    fn encode_integer<I: IntegerType>(
        &mut self,
        tag: Tag,
        constraints: &Constraints,
        value: &I,
        id: Identifier,
    ) -> Done {
        if constraints.value().is_some() {
            return self.written(|leaf| leaf.encode_integer(tag, constraints, value, id));
        }
        let (octets, count) = value.to_signed_bytes_be();
        self.primitive(tag, octets.as_ref().get(..count).unwrap_or_default())
    }

    fn encode_real<R: RealType>(&mut self, _: Tag, _: &Constraints, _: &R, _: Identifier) -> Done {
        Err(differs())
    }

    fn encode_octet_string(
        &mut self,
        tag: Tag,
        constraints: &Constraints,
        value: &[u8],
        _: Identifier,
    ) -> Done {
        require(reader::is_within(value.len(), constraints))?;
        self.primitive(tag, value)
    }

    fn encode_explicit_prefix<V: Encode>(&mut self, tag: Tag, value: &V, _: Identifier) -> Done {
        match value.is_present() {
            true => self.inside(tag, |inner| value.encode(inner)),
            false => Ok(()),
        }
    }

    fn encode_sequence<'b, const RC: usize, const EC: usize, C, F>(
        &'b mut self,
        tag: Tag,
        fields: F,
        _: Identifier,
    ) -> Done
    where
        C: Constructed<RC, EC>,
        F: FnOnce(&mut Self::AnyEncoder<'b, RC, EC>) -> Done,
    {
        self.inside(tag, fields)
    }

    fn encode_sequence_of<E: Encode>(
        &mut self,
        tag: Tag,
        value: &[E],
        constraints: &Constraints,
        _: Identifier,
    ) -> Done {
        require(reader::is_within(value.len(), constraints))?;
        self.inside(tag, |inner| value.iter().try_for_each(|member| member.encode(inner)))
    }

    // No message holds a SET whose members have names.
    fn encode_set<'b, const RC: usize, const EC: usize, C, F>(
        &'b mut self,
        _: Tag,
        _: F,
        _: Identifier,
    ) -> Done
    where
        C: Constructed<RC, EC>,
        F: FnOnce(&mut Self::AnyEncoder<'b, RC, EC>) -> Done,
    {
        Err(differs())
    }

    /// X.690 11.6: the members stand in the order of their encodings.
    fn encode_set_of<E: Encode + Eq + Hash>(
        &mut self,
        tag: Tag,
        value: &SetOf<E>,
        constraints: &Constraints,
        _: Identifier,
    ) -> Done {
        require(reader::is_within(value.len(), constraints))?;
        self.inside(tag, |inner| {
            let mut before: &[u8] = &[];
            for member in value.iter() {
                let start = inner.rest;
                member.encode(inner)?;
                let length = start.len().saturating_sub(inner.rest.len());
                let encoding = start.get(..length).unwrap_or_default();
                require(before <= encoding)?;
                before = encoding;
            }
            Ok(())
        })
    }

    fn encode_choice<E: Encode + Choice>(
        &mut self,
        _: &Constraints,
        _: Tag,
        chosen: impl FnOnce(&mut Self) -> Result<Tag, EncodeError>,
        _: Identifier,
    ) -> Done {
        chosen(self).map(drop)
    }

    fn encode_some<E: Encode>(&mut self, value: &E, _: Identifier) -> Done {
        value.encode(self)
    }

    fn encode_some_with_tag_and_constraints<E: Encode>(
        &mut self,
        tag: Tag,
        constraints: &Constraints,
        value: &E,
        id: Identifier,
    ) -> Done {
        value.encode_with_tag_and_constraints(self, tag, constraints, id)
    }

    fn encode_none<E: Encode>(&mut self, _: Identifier) -> Done {
        Ok(())
    }

    fn encode_none_with_tag(&mut self, _: Tag, _: Identifier) -> Done {
        Ok(())
    }

    // SET has no extensible types: its messages grow by MsgExtensions.

    fn encode_extension_addition<E: Encode>(
        &mut self,
        _: Tag,
        _: &Constraints,
        _: E,
        _: Identifier,
    ) -> Done {
        Err(differs())
    }

    fn encode_extension_addition_group<const RC: usize, const EC: usize, E>(
        &mut self,
        _: Option<&E>,
        _: Identifier,
    ) -> Done
    where
        E: Encode + Constructed<RC, EC>,
    {
        Err(differs())
    }
}

#[cfg(test)]
mod tests {
    use rasn::{AsnType, Decode, Decoder, Encode, Encoder, types::OctetString};

    use super::*;
    use crate::der::{decode, encode};

    #[derive(Debug, Clone, PartialEq, AsnType, Decode, Encode)]
    struct Kinds {
        yes: bool,
        number: i64,
        #[rasn(default)]
        often: bool,
        #[rasn(tag(0))]
        set: SetOf<OctetString>,
        #[rasn(tag(explicit(1)))]
        text: Option<types::Utf8String>,
        list: Vec<types::Integer>,
    }

    fn kinds() -> Kinds {
        let members = [&b"b"[..], b"a", b"aa"].map(OctetString::from_static);
        Kinds {
            yes: true,
            number: -129,
            often: false,
            set: SetOf::from_vec(members.into()),
            text: Some("é".to_owned()),
            list: vec![0.into(), 128.into()],
        }
    }

    /// The value as a decoder gives it: the members of its set are in order.
    fn read() -> (Vec<u8>, Kinds) {
        let octets = encode(&kinds()).expect("encodable");
        let value = decode(&octets).expect("our own");
        (octets, value)
    }

    #[test]
    fn what_is_written_is_found_to_be_the_same() {
        let (octets, value) = read();
        assert!(is_encoding_of(&octets, &value));
    }

    #[test]
    fn one_octet_changed_added_or_left_out_is_found() {
        let (octets, value) = read();
        for place in 0..octets.len() {
            let mut other = octets.clone();
            other[place] ^= 1;
            assert!(!is_encoding_of(&other, &value), "changed at {place}");
            other.remove(place);
            assert!(!is_encoding_of(&other, &value), "left out at {place}");
            assert!(!is_encoding_of(&octets[..place], &value), "cut at {place}");
        }
        assert!(!is_encoding_of(&[&octets[..], &[0]].concat(), &value));
    }

    #[test]
    fn a_set_out_of_order_under_any_tag_is_found() {
        let octets = encode(&Unordered { set: kinds().set.to_vec() }).expect("encodable");
        let value = Ordered { set: kinds().set };
        assert!(!is_encoding_of(&octets, &value));
        assert_eq!(decode::<Ordered>(&octets).map_err(|fault| fault.what), Err(What::NotCanonical));
    }

    #[derive(Debug, PartialEq, AsnType, Decode, Encode)]
    struct Ordered {
        #[rasn(tag(0))]
        set: SetOf<OctetString>,
    }

    #[derive(AsnType, Encode)]
    struct Unordered<'a> {
        #[rasn(tag(0))]
        set: Vec<&'a OctetString>,
    }

    #[test]
    fn a_default_that_was_written_is_found() {
        let octets = [0x30, 0x03, 0x01, 0x01, 0x00];
        assert!(!is_encoding_of(&octets, &Defaulted { often: false }));
        assert!(is_encoding_of(&[0x30, 0x00], &Defaulted { often: false }));
    }

    #[derive(AsnType, Encode)]
    struct Defaulted {
        #[rasn(default)]
        often: bool,
    }
}
