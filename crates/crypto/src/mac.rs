//! A keyed check over files that travel between banks.

use std::fmt;

use openset_types::Secret;

use crate::modern::primitives::{hmac_sha256, same};

/// The file is not the one the other side wrote, or the other side is not who holds the key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BadMac;

impl fmt::Display for BadMac {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the authentication code does not match")
    }
}

impl std::error::Error for BadMac {}

/// The key two banks share.
#[derive(Debug)]
pub struct MacKey(Secret);

impl MacKey {
    /// Takes the shared octets.
    pub fn new(shared: Secret) -> Self {
        Self(shared)
    }

    /// The code over a file.
    pub fn code(&self, file: &[u8]) -> [u8; 32] {
        hmac_sha256(&self.0, &[b"openset mac", file])
    }

    /// Accepts a file only with its code.
    pub fn check(&self, file: &[u8], code: &[u8]) -> Result<(), BadMac> {
        if same(&self.code(file), code) { Ok(()) } else { Err(BadMac) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_accepted_with_its_own_code_only() {
        let key = MacKey::new(Secret::new(vec![7; 32]));
        let code = key.code(b"sales of the day");
        assert_eq!(key.check(b"sales of the day", &code), Ok(()));
        assert_eq!(key.check(b"sales of the dax", &code), Err(BadMac));
        assert_eq!(key.check(b"sales of the day", &code[..31]), Err(BadMac));
        assert_eq!(key.check(b"sales of the day", &[]), Err(BadMac));
        let other = MacKey::new(Secret::new(vec![8; 32]));
        assert_eq!(other.check(b"sales of the day", &code), Err(BadMac));
    }
}
