//! Primitive elements: a value and the octets it is written in.

use std::{borrow::Cow, fmt};

use rasn::types::Tag;

use super::What;

/// A value written as the contents octets of one primitive element.
pub trait Contents: Sized {
    /// The universal tag of such an element.
    const TAG: Tag;

    /// Reads the contents octets.
    fn read(contents: &[u8]) -> Result<Self, What>;

    /// Writes the contents octets.
    fn write(&self) -> Cow<'_, [u8]>;
}

/// Lets a type that is [`Contents`] stand as a field.
macro_rules! primitive {
    ($name:ty) => {
        $crate::der::primitive!($name where);
    };
    ($name:ty where $($generics:tt)*) => {
        impl<$($generics)*> rasn::AsnType for $name {
            const TAG: rasn::types::Tag = <Self as $crate::der::Contents>::TAG;
        }

        impl<$($generics)*> rasn::Decode for $name {
            fn decode_with_tag_and_constraints<D: rasn::Decoder>(
                decoder: &mut D,
                tag: rasn::types::Tag,
                _: &rasn::types::Constraints,
            ) -> Result<Self, D::Error> {
                let codec = decoder.codec();
                let contents: std::borrow::Cow<'_, [u8]> =
                    decoder.decode_octet_string(tag, &rasn::types::Constraints::NONE)?;
                <Self as $crate::der::Contents>::read(&contents)
                    .map_err(|what| rasn::de::Error::custom(what, codec))
            }
        }

        impl<$($generics)*> rasn::Encode for $name {
            fn encode_with_tag_and_constraints<'b, E: rasn::Encoder<'b>>(
                &self,
                encoder: &mut E,
                tag: rasn::types::Tag,
                _: &rasn::types::Constraints,
                identifier: rasn::types::Identifier,
            ) -> Result<(), E::Error> {
                let contents = $crate::der::Contents::write(self);
                let none = &rasn::types::Constraints::NONE;
                encoder.encode_octet_string(tag, none, &contents, identifier).map(drop)
            }
        }
    };
}
pub(crate) use primitive;

/// OCTET STRING of a bounded size. Prints its length only.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Octets<const MIN: usize, const MAX: usize>(Vec<u8>);

impl<const MIN: usize, const MAX: usize> Octets<MIN, MAX> {
    /// Takes the octets, or refuses their number.
    pub fn new(octets: &[u8]) -> Result<Self, What> {
        Self::read(octets)
    }

    /// The octets.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

primitive!(Octets<MIN, MAX> where const MIN: usize, const MAX: usize);

impl<const MIN: usize, const MAX: usize> Contents for Octets<MIN, MAX> {
    const TAG: Tag = Tag::OCTET_STRING;

    fn read(contents: &[u8]) -> Result<Self, What> {
        match (MIN..=MAX).contains(&contents.len()) {
            true => Ok(Self(contents.to_vec())),
            false => Err(What::Bounds),
        }
    }

    fn write(&self) -> Cow<'_, [u8]> {
        Cow::Borrowed(&self.0)
    }
}

impl<const MIN: usize, const MAX: usize> fmt::Debug for Octets<MIN, MAX> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Octets({})", self.0.len())
    }
}

/// Defines a text of bounded length over an alphabet.
macro_rules! text {
    ($(#[$doc:meta])* $name:ident, $tag:ident, $allowed:pat) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name<const MIN: usize, const MAX: usize>(String);

        impl<const MIN: usize, const MAX: usize> $name<MIN, MAX> {
            /// Takes the text, or says what is wrong with it.
            pub fn new(text: &str) -> Result<Self, What> {
                Self::read(text.as_bytes())
            }

            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        primitive!($name<MIN, MAX> where const MIN: usize, const MAX: usize);

        impl<const MIN: usize, const MAX: usize> Contents for $name<MIN, MAX> {
            const TAG: Tag = Tag::$tag;

            fn read(contents: &[u8]) -> Result<Self, What> {
                if !(MIN..=MAX).contains(&contents.len()) {
                    return Err(What::Bounds);
                }
                if !contents.iter().all(|octet| matches!(octet, $allowed)) {
                    return Err(What::Character);
                }
                Ok(Self(contents.iter().copied().map(char::from).collect()))
            }

            fn write(&self) -> Cow<'_, [u8]> {
                Cow::Borrowed(self.0.as_bytes())
            }
        }

        impl<const MIN: usize, const MAX: usize> fmt::Display for $name<MIN, MAX> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

text! {
    /// VisibleString of a bounded length: printable ASCII and the space.
    Visible, VISIBLE_STRING, b' '..=b'~'
}

text! {
    /// NumericString of a bounded length. SET writes digits in it and no spaces.
    Numeric, NUMERIC_STRING, b'0'..=b'9'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_of_the_wrong_length_or_character_are_refused() {
        assert_eq!(Visible::<1, 4>::new(""), Err(What::Bounds));
        assert_eq!(Visible::<1, 4>::new("12345"), Err(What::Bounds));
        assert_eq!(Visible::<1, 4>::new("a\0"), Err(What::Character));
        assert_eq!(Visible::<1, 4>::new("\u{e9}"), Err(What::Character));
        assert_eq!(Numeric::<1, 4>::new("1 2"), Err(What::Character));
        assert_eq!(Octets::<2, 3>::new(&[1]), Err(What::Bounds));
    }

    #[test]
    fn octets_print_their_length_only() {
        let octets = Octets::<0, 9>::new(b"secret").expect("within bounds");
        assert_eq!(format!("{octets:?}"), "Octets(6)");
    }
}
