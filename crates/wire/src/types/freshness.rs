//! Octets that make a message new: challenges and nonces.

use std::{borrow::Cow, fmt};

use data_encoding::HEXLOWER;
use rasn::types::Tag;

use crate::der::{Contents, What, primitive};

/// Defines random octets: 20 in suite `set10`, 32 in `modern`.
macro_rules! random {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Hash)]
        pub struct $name(Vec<u8>);

        impl $name {
            /// The octets.
            pub fn as_bytes(&self) -> &[u8] {
                &self.0
            }
        }

        impl From<[u8; 20]> for $name {
            fn from(octets: [u8; 20]) -> Self {
                Self(octets.to_vec())
            }
        }

        impl From<[u8; 32]> for $name {
            fn from(octets: [u8; 32]) -> Self {
                Self(octets.to_vec())
            }
        }

        primitive!($name);

        impl Contents for $name {
            const TAG: Tag = Tag::OCTET_STRING;

            fn read(contents: &[u8]) -> Result<Self, What> {
                match (20..=32).contains(&contents.len()) {
                    true => Ok(Self(contents.to_vec())),
                    false => Err(What::Bounds),
                }
            }

            fn write(&self) -> Cow<'_, [u8]> {
                Cow::Borrowed(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({})", stringify!($name), HEXLOWER.encode(&self.0))
            }
        }
    };
}

random! {
    /// Challenge
    ///
    /// Drawn by whoever asks and repeated by whoever answers. OCTET STRING (SIZE(20..32)).
    Challenge
}

random! {
    /// Nonce
    ///
    /// Makes equal things look different. OCTET STRING (SIZE(20..32)).
    Nonce
}

impl TryFrom<&[u8]> for Challenge {
    type Error = What;

    fn try_from(octets: &[u8]) -> Result<Self, What> {
        Self::read(octets)
    }
}

impl TryFrom<&[u8]> for Nonce {
    type Error = What;

    fn try_from(octets: &[u8]) -> Result<Self, What> {
        Self::read(octets)
    }
}
