//! The version that comes first in every stored state.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// Says which form a stored state has. Another version does not load: it needs a migration.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Version<const N: u16>;

impl<const N: u16> Serialize for Version<N> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u16(N)
    }
}

impl<'de, const N: u16> Deserialize<'de> for Version<N> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let stored = u16::deserialize(deserializer)?;
        if stored == N {
            return Ok(Self);
        }
        Err(de::Error::custom(OtherVersion { stored, known: N }))
    }
}

/// The stored state has a form this program does not know.
struct OtherVersion {
    stored: u16,
    known: u16,
}

impl fmt::Display for OtherVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "stored in version {}, this program reads version {}", self.stored, self.known)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_read_back_from_what_it_writes() {
        assert_eq!(serde_json::to_string(&Version::<3>).expect("a number"), "3");
        assert!(serde_json::from_str::<Version<3>>("3").is_ok());
    }

    #[test]
    fn another_version_does_not_load() {
        let error = serde_json::from_str::<Version<3>>("2").expect_err("an older form");
        assert!(error.to_string().starts_with("stored in version 2, this program reads version 3"));
    }
}
