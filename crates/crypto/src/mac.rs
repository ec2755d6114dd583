//! A keyed check over files and messages that travel between banks.

use std::fmt;

use openset_types::Secret;

use crate::modern::primitives::{hmac_sha256, same};

/// The file or message is not the one the other side wrote, or the other side is not who holds the
/// key.
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

    /// The code over a bank message: the first 64 bits, which is what ISO 8583 has room for. It is
    /// never a part of a file's code.
    pub fn short_code(&self, message: &[u8]) -> [u8; 8] {
        let [a, b, c, d, e, f, g, h, ..] = hmac_sha256(&self.0, &[b"openset message mac", message]);
        [a, b, c, d, e, f, g, h]
    }

    /// Accepts a bank message only with its code.
    pub fn check_short(&self, message: &[u8], code: &[u8]) -> Result<(), BadMac> {
        if same(&self.short_code(message), code) { Ok(()) } else { Err(BadMac) }
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
        let short = key.short_code(b"a message");
        assert_eq!(key.check_short(b"a message", &short), Ok(()));
        assert_eq!(key.check_short(b"a massage", &short), Err(BadMac));
        for wrong in [&short[..7], &key.code(b"a message")[..8], &[]] {
            assert_eq!(key.check_short(b"a message", wrong), Err(BadMac));
        }
        let other = MacKey::new(Secret::new(vec![8; 32]));
        assert_eq!(other.check_short(b"a message", &short), Err(BadMac));
        assert_eq!(other.check(b"sales of the day", &code), Err(BadMac));
    }
}
