//! A secret in two parts, of which one alone says nothing.
//!
//! One part is random and the other is the secret under it, octet by octet: a one-time pad
//! (Shannon 1949). Whoever has one part knows how long the secret is and no more, whatever they
//! can compute. Both together give it back, and nothing less does: there is no third part for the
//! day one is lost.

use std::fmt;

use openset_types::Secret;

use crate::modern::primitives::random;

/// How many octets a secret in two parts has.
pub const SECRET_OCTETS: usize = 32;

/// Why there is no secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoSecret {
    /// The machine has no randomness to give.
    NoRandomness,
    /// A part of another length than every part has.
    WrongLength,
}

impl fmt::Display for NoSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoRandomness => "the machine has no randomness to give",
            Self::WrongLength => "a part of a secret has another length than it should",
        })
    }
}

impl std::error::Error for NoSecret {}

/// Draws a part that is enough alone, or as the first of two.
pub fn draw() -> Result<Secret, NoSecret> {
    let octets = random::<SECRET_OCTETS>().map_err(|_| NoSecret::NoRandomness)?;
    Ok(Secret::new(octets.to_vec()))
}

/// The secret of all parts together.
pub fn join(parts: &[Secret]) -> Result<Secret, NoSecret> {
    let mut secret = zeroize::Zeroizing::new([0_u8; SECRET_OCTETS]);
    for part in parts {
        if part.expose().len() != SECRET_OCTETS {
            return Err(NoSecret::WrongLength);
        }
        for (octet, other) in secret.iter_mut().zip(part.expose()) {
            *octet ^= other;
        }
    }
    Ok(Secret::new(secret.to_vec()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_parts_give_the_secret_and_in_either_order() {
        let [one, other] = [draw().expect("random"), draw().expect("random")];
        let copy = |secret: &Secret| Secret::new(secret.expose().to_vec());
        let there = join(&[copy(&one), copy(&other)]).expect("joined");
        assert_eq!(there, join(&[copy(&other), copy(&one)]).expect("joined"));
        assert_ne!(there, one);
        assert_ne!(there, other);
        assert_ne!(there, join(&[one]).expect("joined"));
    }

    #[test]
    fn a_part_of_another_length_is_refused() {
        for octets in [0, 31, 33] {
            let part = Secret::new(vec![1; octets]);
            assert_eq!(join(&[part]), Err(NoSecret::WrongLength), "{octets} octets");
        }
    }
}
