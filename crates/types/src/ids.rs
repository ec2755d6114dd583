//! The identifiers that travel: who a message belongs to and which question it answers.

use std::fmt;

use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize};

/// Why octets or a text are not an identifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum InvalidId {
    /// Not pairs of lower-case hex digits.
    NotHex,
    /// Not as many octets as this identifier has.
    WrongLength,
}

impl fmt::Display for InvalidId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotHex => "an identifier is written in lower-case hex",
            Self::WrongLength => "wrong length for this identifier",
        })
    }
}

impl std::error::Error for InvalidId {}

/// Defines an identifier of twenty octets, written in hex.
macro_rules! twenty_octets {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name([u8; 20]);

        impl $name {
            /// Takes the twenty octets.
            pub fn new(octets: [u8; 20]) -> Self {
                Self(octets)
            }

            /// Reads forty lower-case hex digits.
            pub fn parse(text: &str) -> Result<Self, InvalidId> {
                let octets = HEXLOWER.decode(text.as_bytes()).map_err(|_| InvalidId::NotHex)?;
                Self::try_from(octets.as_slice())
            }

            /// The octets.
            pub fn as_bytes(&self) -> &[u8] {
                &self.0
            }
        }

        impl TryFrom<&[u8]> for $name {
            type Error = InvalidId;

            fn try_from(octets: &[u8]) -> Result<Self, InvalidId> {
                octets.try_into().map(Self).map_err(|_| InvalidId::WrongLength)
            }
        }

        impl TryFrom<String> for $name {
            type Error = InvalidId;

            fn try_from(text: String) -> Result<Self, InvalidId> {
                Self::parse(&text)
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.to_string()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&HEXLOWER.encode(&self.0))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({self})", stringify!($name))
            }
        }
    };
}

twenty_octets! {
    /// XID: names one purchase, everywhere, for ever. Twenty random octets.
    Xid
}

twenty_octets! {
    /// RRPID: names one request and its response. Twenty random octets.
    Rrpid
}

/// LocalID: a label of one to twenty octets that a party gives to its own record.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct LocalId(Vec<u8>);

impl LocalId {
    /// The most octets a label has.
    pub const OCTETS_MAX: usize = 20;

    /// Takes one to twenty octets.
    pub fn new(octets: &[u8]) -> Result<Self, InvalidId> {
        if octets.is_empty() || octets.len() > Self::OCTETS_MAX {
            return Err(InvalidId::WrongLength);
        }
        Ok(Self(octets.to_vec()))
    }

    /// The octets.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl TryFrom<String> for LocalId {
    type Error = InvalidId;

    fn try_from(text: String) -> Result<Self, InvalidId> {
        Self::new(&HEXLOWER.decode(text.as_bytes()).map_err(|_| InvalidId::NotHex)?)
    }
}

impl From<LocalId> for String {
    fn from(id: LocalId) -> Self {
        id.to_string()
    }
}

impl fmt::Display for LocalId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&HEXLOWER.encode(&self.0))
    }
}

impl fmt::Debug for LocalId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LocalId({self})")
    }
}

/// LID-C: the cardholder's label of a purchase.
pub type LidC = LocalId;

/// LID-M: the merchant's label of a purchase, usually its order number.
pub type LidM = LocalId;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identifier_is_read_back_from_what_it_prints() {
        let xid = Xid::new([0xAB; 20]);
        assert_eq!(Xid::parse(&xid.to_string()), Ok(xid));
        let json = serde_json::to_string(&xid).expect("a text");
        assert_eq!(serde_json::from_str::<Xid>(&json).expect("the same text"), xid);
    }

    #[test]
    fn wrong_lengths_and_wrong_digits_are_refused() {
        assert_eq!(Xid::parse("abcd"), Err(InvalidId::WrongLength));
        assert_eq!(Rrpid::parse("AB"), Err(InvalidId::NotHex));
        assert_eq!(Xid::try_from([0_u8; 21].as_slice()), Err(InvalidId::WrongLength));
        assert_eq!(LocalId::new(&[]), Err(InvalidId::WrongLength));
        assert_eq!(LocalId::new(&[0; 21]), Err(InvalidId::WrongLength));
    }
}
