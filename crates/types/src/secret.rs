//! Octets that must not be seen.

use std::fmt;

use zeroize::Zeroizing;

/// Secret octets: not `Clone`, not `Serialize`, wiped when dropped, printed as `Secret`.
///
/// CardSecret, Nonce-CCA, PANSecret and symmetric keys are of this type: 20 octets in suite
/// `set10`, 32 in `modern`.
pub struct Secret(Zeroizing<Vec<u8>>);

impl Secret {
    /// Takes the octets. The caller's copy is the caller's to wipe.
    pub fn new(octets: Vec<u8>) -> Self {
        Self(Zeroizing::new(octets))
    }

    /// The octets. Every call is a place where they may leave.
    pub fn expose(&self) -> &[u8] {
        &self.0
    }
}

impl PartialEq for Secret {
    /// Compares without stopping at the first difference.
    fn eq(&self, other: &Self) -> bool {
        self.0.len() == other.0.len()
            && self.0.iter().zip(other.0.iter()).fold(0, |seen, (a, b)| seen | (a ^ b)) == 0
    }
}

impl Eq for Secret {}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_does_not_print() {
        assert_eq!(format!("{:?}", Secret::new(vec![1, 2, 3])), "Secret");
    }

    #[test]
    fn secrets_are_equal_by_every_octet() {
        assert_eq!(Secret::new(vec![1, 2]), Secret::new(vec![1, 2]));
        assert_ne!(Secret::new(vec![1, 2]), Secret::new(vec![1, 3]));
        assert_ne!(Secret::new(vec![1, 2]), Secret::new(vec![1, 2, 3]));
    }
}
