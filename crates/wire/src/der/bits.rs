//! BIT STRING in its two uses: a string of whole octets, and a set of named bits.

use std::{borrow::Cow, fmt};

use rasn::types::Tag;

use super::{Contents, What, primitive};

/// BIT STRING
///
/// Holds whole octets, as signatures and public keys do. Prints its length only.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct OctetBits(Vec<u8>);

impl OctetBits {
    /// Takes the octets.
    pub fn new(octets: &[u8]) -> Self {
        Self([&[0], octets].concat())
    }

    /// The octets.
    pub fn as_bytes(&self) -> &[u8] {
        self.0.get(1..).unwrap_or_default()
    }
}

primitive!(OctetBits);

impl Contents for OctetBits {
    const TAG: Tag = Tag::BIT_STRING;

    fn read(contents: &[u8]) -> Result<Self, What> {
        match contents.first() {
            Some(0) => Ok(Self(contents.to_vec())),
            _ => Err(What::Primitive),
        }
    }

    fn write(&self) -> Cow<'_, [u8]> {
        Cow::Borrowed(&self.0)
    }
}

impl fmt::Debug for OctetBits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OctetBits({})", self.as_bytes().len())
    }
}

/// A set of the first sixteen bits of a BIT STRING with names: bit 0 is the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Bits(u16);

impl Bits {
    /// The set of the bits with these numbers. Numbers above 15 are left out.
    pub const fn of(numbers: &[u8]) -> Self {
        let mut bits = 0;
        let mut rest = numbers;
        while let [number, after @ ..] = rest {
            bits |= 0x8000_u16.unbounded_shr(widen(*number));
            rest = after;
        }
        Self(bits)
    }

    /// Whether a bit is in the set.
    pub fn has(self, number: u8) -> bool {
        self.0 & Self::of(&[number]).0 != 0
    }

    /// Whether both sets have a bit in common.
    pub fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// Both sets together.
    pub const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether no bit is in the set.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// X.690 11.2.2: no octet and no bit after the last one in the set.
    pub(crate) fn write(self) -> Vec<u8> {
        let [high, low] = self.0.to_be_bytes();
        let unused = |octet: u8| octet.trailing_zeros().to_be_bytes()[3];
        match (high, low) {
            (0, 0) => vec![0],
            (_, 0) => vec![unused(high), high],
            _ => vec![unused(low), high, low],
        }
    }

    /// Reads the contents octets; more than sixteen bits are refused.
    pub(crate) fn read(contents: &[u8]) -> Result<Self, What> {
        let bits = match *contents {
            [0] => Self(0),
            [_, high] => Self(u16::from_be_bytes([high, 0])),
            [_, high, low] => Self(u16::from_be_bytes([high, low])),
            _ => return Err(What::Primitive),
        };
        if bits.write() == contents { Ok(bits) } else { Err(What::Primitive) }
    }
}

/// `u32::from` is not yet usable in a `const fn`.
const fn widen(number: u8) -> u32 {
    u32::from_be_bytes([0, 0, 0, number])
}

/// Defines a BIT STRING type whose bits have names.
macro_rules! named_bits {
    ($(#[$doc:meta])* $name:ident { $($(#[$bit_doc:meta])* $bit:ident = $number:literal,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
        pub struct $name($crate::der::Bits);

        impl $name {
            $($(#[$bit_doc])* pub const $bit: Self = Self($crate::der::Bits::of(&[$number]));)*

            /// The names of all bits, by number.
            pub const NAMES: &'static [(u8, &'static str)] = &[$(($number, stringify!($bit)),)*];

            /// Both together.
            pub const fn with(self, other: Self) -> Self {
                Self(self.0.with(other.0))
            }

            /// Whether everything in another is in this one.
            pub fn contains(self, other: Self) -> bool {
                self.with(other) == self
            }

            /// Whether both have something in common.
            pub fn meets(self, other: Self) -> bool {
                self.0.meets(other.0)
            }

            /// Whether nothing is in it.
            pub fn is_empty(self) -> bool {
                self.0.is_empty()
            }
        }

        $crate::der::primitive!($name);

        impl $crate::der::Contents for $name {
            const TAG: rasn::types::Tag = rasn::types::Tag::BIT_STRING;

            fn read(contents: &[u8]) -> Result<Self, $crate::What> {
                $crate::der::Bits::read(contents).map(Self)
            }

            fn write(&self) -> std::borrow::Cow<'_, [u8]> {
                std::borrow::Cow::Owned(self.0.write())
            }
        }
    };
}
pub(crate) use named_bits;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_of_bits_is_written_without_what_follows_the_last() {
        assert_eq!(Bits::of(&[]).write(), [0]);
        assert_eq!(Bits::of(&[0]).write(), [7, 0x80]);
        assert_eq!(Bits::of(&[5, 6]).write(), [1, 0x06]);
        assert_eq!(Bits::of(&[0, 9]).write(), [6, 0x80, 0x40]);
    }

    #[test]
    fn a_set_of_bits_in_another_form_is_refused() {
        for octets in [&[][..], &[0, 0x00], &[1], &[6, 0x80], &[7, 0x80, 0x00], &[0, 1, 1, 1]] {
            assert_eq!(Bits::read(octets), Err(What::Primitive), "{octets:02x?}");
        }
    }

    #[test]
    fn a_string_with_unused_bits_is_not_whole_octets() {
        assert_eq!(OctetBits::read(&[4, 0xF0]), Err(What::Primitive));
        assert_eq!(OctetBits::read(&[]), Err(What::Primitive));
        assert_eq!(OctetBits::new(&[1, 2]).as_bytes(), [1, 2]);
    }
}
