//! Octets as they are stored: in base64, because a stored state is a text.

use std::{borrow::Cow, fmt};

use data_encoding::BASE64;
use openset_wire::types::Challenge;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

/// Octets of a message or of a sealed part, kept exactly as they were.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Octets(pub Vec<u8>);

/// The stored text is not base64.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotBase64;

impl fmt::Display for NotBase64 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("stored octets are written in base64")
    }
}

impl std::error::Error for NotBase64 {}

impl AsRef<[u8]> for Octets {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl From<&[u8]> for Octets {
    fn from(octets: &[u8]) -> Self {
        Self(octets.to_vec())
    }
}

impl From<Challenge> for Octets {
    fn from(challenge: Challenge) -> Self {
        challenge.as_bytes().into()
    }
}

impl From<Vec<u8>> for Octets {
    fn from(octets: Vec<u8>) -> Self {
        Self(octets)
    }
}

impl Serialize for Octets {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&BASE64.encode(&self.0))
    }
}

impl<'de> Deserialize<'de> for Octets {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Text::deserialize(deserializer)?;
        BASE64.decode(text.0.as_bytes()).map(Self).map_err(|_| D::Error::custom(NotBase64))
    }
}

/// A text that is read where it stands.
#[derive(Deserialize)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

impl fmt::Debug for Octets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Octets({})", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn octets_are_read_back_from_what_is_stored() {
        let octets = Octets(vec![0, 1, 0xFF]);
        let stored = serde_json::to_string(&octets).expect("a text");
        assert_eq!(stored, "\"AAH/\"");
        assert_eq!(serde_json::from_str::<Octets>(&stored).expect("the same text"), octets);
    }

    #[test]
    fn a_text_that_is_not_base64_is_refused() {
        assert!(serde_json::from_str::<Octets>("\"A-_\"").is_err());
    }

    #[test]
    fn octets_print_their_length_only() {
        assert_eq!(format!("{:?}", Octets(vec![7; 3])), "Octets(3)");
    }
}
