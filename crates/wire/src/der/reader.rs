//! The decoder behind [`decode`](super::decode): rasn's traits, without the leniency.
//!
//! It takes each element only with the tag and construction that belong to it, knows where it
//! stands, and leaves nothing over. Errors pass through rasn's own error, which collects the
//! field names, and are turned into [`Malformed`] at the end.

use std::cell::Cell;

use rasn::{
    Codec, Decode,
    ber::de::{Decoder as Leaf, DecoderOptions},
    error::{DecodeError, DecodeErrorKind},
    types::{
        self, Constraints, Constructed, DecodeChoice, Enumerated, IntegerType, RealType, SetOf,
        Tag, TagTree,
    },
};

use super::{Header, Malformed, What};

/// Reads one value and nothing after it.
pub(super) fn read<T: Decode>(octets: &[u8]) -> Result<T, Malformed> {
    let place = Cell::new(0);
    let mut reader = Reader { octets, at: 0, place: &place };
    let value = T::decode(&mut reader).and_then(|value| reader.finish().map(|()| value));
    value.map_err(|error| explain(&error, place.get()))
}

/// Hands a fault found in an inner decode to the decoder of the outer value.
pub(super) fn rethrow<E: From<DecodeError>>(fault: Malformed, codec: Codec) -> E {
    let words = format!("{} {}", fault.at, fault.what);
    let innermost: DecodeError = rasn::de::Error::custom(words, codec);
    let wrap = |nested, name: &&'static str| rasn::de::Error::field_error(name, nested, codec);
    E::from(fault.path().iter().rev().fold(innermost, wrap))
}

/// Turns the error into ours: the path that was taken, and the fault at its end.
fn explain(error: &DecodeError, at: usize) -> Malformed {
    let mut path = Vec::new();
    let mut kind = &*error.kind;
    while let DecodeErrorKind::FieldError { name, nested } = kind {
        path.push(*name);
        kind = &*nested.kind;
    }
    let (further, what) = fault(kind);
    Malformed::new(at.saturating_add(further), what).along(path)
}

/// The fault, and how much further it lies when an inner decode has found it.
fn fault(kind: &DecodeErrorKind) -> (usize, What) {
    match kind {
        DecodeErrorKind::Custom { msg } => {
            let (further, words) = msg.split_once(' ').unwrap_or_default();
            match (further.parse(), What::from_words(words)) {
                (Ok(further), Some(what)) => (further, what),
                _ => (0, What::from_words(msg).unwrap_or(What::Element)),
            }
        }
        DecodeErrorKind::DiscriminantValueNotFound { .. } => (0, What::Enumeration),
        DecodeErrorKind::SizeConstraintNotSatisfied { .. }
        | DecodeErrorKind::ValueConstraintNotSatisfied { .. }
        | DecodeErrorKind::IntegerOverflow { .. }
        | DecodeErrorKind::IntegerTypeConversionFailed { .. } => (0, What::Bounds),
        _ => (0, What::Element),
    }
}

fn refuse(what: What) -> DecodeError {
    rasn::de::Error::custom(what, Codec::Der)
}

/// The elements that are still to be read, and where they stand.
struct Reader<'a, 'p> {
    octets: &'a [u8],
    at: usize,
    /// Where the element begins that was looked at last: where an error is.
    place: &'p Cell<usize>,
}

impl<'a> Reader<'a, '_> {
    fn peek(&self) -> Result<Header, DecodeError> {
        self.place.set(self.at);
        Header::read(self.octets).map_err(refuse)
    }

    /// Takes the next element, whatever it is.
    fn take(&mut self) -> Result<(Header, &'a [u8]), DecodeError> {
        let header = self.peek()?;
        let whole = self.octets.split_at_checked(header.total());
        let (element, rest) = whole.ok_or_else(|| refuse(What::Truncated))?;
        self.octets = rest;
        self.at = self.at.saturating_add(header.total());
        Ok((header, element))
    }

    /// Takes the next element if it has this tag and construction.
    fn element(&mut self, tag: Tag, constructed: bool) -> Result<(Header, &'a [u8]), DecodeError> {
        let (header, element) = self.take()?;
        if tag_of(&header) != tag {
            return Err(refuse(What::Element));
        }
        if header.constructed != constructed {
            return Err(refuse(What::Construction));
        }
        Ok((header, element))
    }

    /// Takes the next element, which must be primitive, for rasn to read.
    fn leaf(&mut self, tag: Tag) -> Result<Leaf<'a>, DecodeError> {
        let (_, element) = self.element(tag, false)?;
        Ok(Leaf::new(element, DecoderOptions::der()))
    }

    /// Steps into the next element, reads it to its end and steps out.
    fn inside<T>(
        &mut self,
        tag: Tag,
        read: impl FnOnce(&mut Self) -> Result<T, DecodeError>,
    ) -> Result<T, DecodeError> {
        let start = self.at;
        let (header, element) = self.element(tag, true)?;
        let mut inner = Self {
            octets: element.get(header.len..).unwrap_or_default(),
            at: start.saturating_add(header.len),
            place: self.place,
        };
        let value = read(&mut inner)?;
        inner.finish().map(|()| value)
    }

    fn finish(&self) -> Result<(), DecodeError> {
        if self.octets.is_empty() {
            return Ok(());
        }
        self.place.set(self.at);
        Err(refuse(What::Element))
    }

    fn members<T: Decode>(&mut self) -> Result<Vec<T>, DecodeError> {
        let mut members = Vec::new();
        while !self.octets.is_empty() {
            members.push(T::decode(self)?);
        }
        Ok(members)
    }

    /// Whether the next element is one of those a type begins with.
    fn comes_next(&self, tree: &TagTree) -> Result<bool, DecodeError> {
        if self.octets.is_empty() {
            return Ok(false);
        }
        Ok(begins_with(tree, tag_of(&self.peek()?)))
    }
}

/// The tag of an element, in rasn's words.
pub(super) fn tag_of(header: &Header) -> Tag {
    Tag::new(types::Class::from_u8(header.class), header.number)
}

/// Whether an element of this tag can be the beginning of a type. An open type takes any.
fn begins_with(tree: &TagTree, tag: Tag) -> bool {
    match tree {
        TagTree::Leaf(leaf) => *leaf == tag || *leaf == Tag::EOC,
        TagTree::Choice(trees) => trees.iter().any(|tree| begins_with(tree, tag)),
    }
}

fn check_size(size: usize, constraints: &Constraints) -> Result<(), DecodeError> {
    if is_within(size, constraints) { Ok(()) } else { Err(refuse(What::Bounds)) }
}

/// Whether so many octets or members are allowed.
pub(super) fn is_within(size: usize, constraints: &Constraints) -> bool {
    constraints
        .size()
        .is_none_or(|bounds| bounds.extensible.is_some() || bounds.constraint.contains(&size))
}

/// Reads each kind of primitive element the way rasn does, once the element has been checked.
macro_rules! leaves {
    ($($method:ident($($constraints:ident)?) -> $type:ty;)*) => {$(
        fn $method(
            &mut self,
            tag: Tag,
            $($constraints: &Constraints,)?
        ) -> Result<$type, DecodeError> {
            self.leaf(tag)?.$method(tag, $($constraints)?)
        }
    )*};
}

impl<'a> rasn::Decoder for Reader<'a, '_> {
    type Ok = ();
    type Error = DecodeError;
    type AnyDecoder<const R: usize, const E: usize> = Self;

    leaves! {
        decode_bool() -> bool;
        decode_null() -> ();
        decode_object_identifier() -> types::ObjectIdentifier;
        decode_bit_string(constraints) -> types::BitString;
        decode_utf8_string(constraints) -> types::Utf8String;
        decode_visible_string(constraints) -> types::VisibleString;
        decode_general_string(constraints) -> types::GeneralString;
        decode_graphic_string(constraints) -> types::GraphicString;
        decode_ia5_string(constraints) -> types::Ia5String;
        decode_printable_string(constraints) -> types::PrintableString;
        decode_numeric_string(constraints) -> types::NumericString;
        decode_teletex_string(constraints) -> types::TeletexString;
        decode_bmp_string(constraints) -> types::BmpString;
        decode_utc_time() -> types::UtcTime;
        decode_generalized_time() -> types::GeneralizedTime;
        decode_date() -> types::Date;
    }

    fn codec(&self) -> Codec {
        Codec::Der
    }

    fn decode_any(&mut self, tag: Tag) -> Result<types::Any, DecodeError> {
        // Tagged, an open type stands inside an explicit tag.
        let element = match tag {
            Tag::EOC => self.take()?.1,
            _ => self.inside(tag, |inner| inner.take().map(|(_, element)| element))?,
        };
        Ok(types::Any::new(element.to_vec()))
    }

    fn decode_integer<I: IntegerType>(
        &mut self,
        tag: Tag,
        constraints: &Constraints,
    ) -> Result<I, DecodeError> {
        self.leaf(tag)?.decode_integer(tag, constraints)
    }

    fn decode_enumerated<E: Enumerated>(&mut self, tag: Tag) -> Result<E, DecodeError> {
        self.leaf(tag)?.decode_enumerated(tag)
    }

    fn decode_real<R: RealType>(&mut self, _: Tag, _: &Constraints) -> Result<R, DecodeError> {
        Err(refuse(What::Element))
    }

    fn decode_octet_string<'b, T: From<&'b [u8]> + From<Vec<u8>>>(
        &'b mut self,
        tag: Tag,
        constraints: &Constraints,
    ) -> Result<T, DecodeError> {
        let (header, element) = self.element(tag, false)?;
        let contents: &'a [u8] = element.get(header.len..).unwrap_or_default();
        check_size(contents.len(), constraints)?;
        Ok(T::from(contents))
    }

    fn decode_sequence<const RC: usize, const EC: usize, D, DF, F>(
        &mut self,
        tag: Tag,
        all_default: Option<DF>,
        decode_fn: F,
    ) -> Result<D, DecodeError>
    where
        D: Constructed<RC, EC>,
        DF: FnOnce() -> D,
        F: FnOnce(&mut Self) -> Result<D, DecodeError>,
    {
        self.inside(tag, |inner| match all_default {
            Some(default) if inner.octets.is_empty() => Ok(default()),
            _ => decode_fn(inner),
        })
    }

    fn decode_sequence_of<D: Decode>(
        &mut self,
        tag: Tag,
        constraints: &Constraints,
    ) -> Result<Vec<D>, DecodeError> {
        let members = self.inside(tag, Self::members)?;
        check_size(members.len(), constraints)?;
        Ok(members)
    }

    fn decode_set_of<D: Decode + Eq + std::hash::Hash>(
        &mut self,
        tag: Tag,
        constraints: &Constraints,
    ) -> Result<SetOf<D>, DecodeError> {
        self.decode_sequence_of(tag, constraints).map(SetOf::from_vec)
    }

    fn decode_explicit_prefix<D: Decode>(&mut self, tag: Tag) -> Result<D, DecodeError> {
        self.inside(tag, D::decode)
    }

    fn decode_optional_with_explicit_prefix<D: Decode>(
        &mut self,
        tag: Tag,
    ) -> Result<Option<D>, DecodeError> {
        match self.comes_next(&TagTree::Leaf(tag))? {
            true => self.decode_explicit_prefix(tag).map(Some),
            false => Ok(None),
        }
    }

    fn decode_set<const RC: usize, const EC: usize, FIELDS, SET, D, F>(
        &mut self,
        tag: Tag,
        _: D,
        field_fn: F,
    ) -> Result<SET, DecodeError>
    where
        SET: Decode + Constructed<RC, EC>,
        FIELDS: Decode,
        D: Fn(&mut Self, usize, Tag) -> Result<FIELDS, DecodeError>,
        F: FnOnce(Vec<FIELDS>) -> Result<SET, DecodeError>,
    {
        field_fn(self.inside(tag, Self::members)?)
    }

    fn decode_choice<D: DecodeChoice>(&mut self, _: &Constraints) -> Result<D, DecodeError> {
        let tag = tag_of(&self.peek()?);
        D::from_tag(self, tag)
    }

    fn decode_optional<D: Decode>(&mut self) -> Result<Option<D>, DecodeError> {
        match self.comes_next(&D::TAG_TREE)? {
            true => D::decode(self).map(Some),
            false => Ok(None),
        }
    }

    fn decode_optional_with_tag<D: Decode>(&mut self, tag: Tag) -> Result<Option<D>, DecodeError> {
        match self.comes_next(&TagTree::Leaf(tag))? {
            true => D::decode_with_tag(self, tag).map(Some),
            false => Ok(None),
        }
    }

    fn decode_optional_with_constraints<D: Decode>(
        &mut self,
        constraints: &Constraints,
    ) -> Result<Option<D>, DecodeError> {
        match self.comes_next(&D::TAG_TREE)? {
            true => D::decode_with_constraints(self, constraints).map(Some),
            false => Ok(None),
        }
    }

    fn decode_optional_with_tag_and_constraints<D: Decode>(
        &mut self,
        tag: Tag,
        constraints: &Constraints,
    ) -> Result<Option<D>, DecodeError> {
        match self.comes_next(&TagTree::Leaf(tag))? {
            true => D::decode_with_tag_and_constraints(self, tag, constraints).map(Some),
            false => Ok(None),
        }
    }

    // SET has no extensible types: its messages grow by MsgExtensions.

    fn decode_extension_addition_with_explicit_tag_and_constraints<D: Decode>(
        &mut self,
        _: Tag,
        _: &Constraints,
    ) -> Result<Option<D>, DecodeError> {
        Ok(None)
    }

    fn decode_extension_addition_with_tag_and_constraints<D: Decode>(
        &mut self,
        _: Tag,
        _: &Constraints,
    ) -> Result<Option<D>, DecodeError> {
        Ok(None)
    }

    fn decode_extension_addition_group<
        const RC: usize,
        const EC: usize,
        D: Decode + Constructed<RC, EC>,
    >(
        &mut self,
    ) -> Result<Option<D>, DecodeError> {
        Ok(None)
    }
}
