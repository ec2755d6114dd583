//! The print of a file: what a person compares before trusting it.

use data_encoding::HEXLOWER;

use crate::modern::primitives::sha256;

/// The digest of a file in hex, as `sha256sum` prints it; the same in both suites.
pub fn print(octets: &[u8]) -> String {
    HEXLOWER.encode(&sha256(octets))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_print_is_what_sha256sum_prints() {
        // FIPS 180-4, the example "abc".
        let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(print(b"abc"), abc);
    }
}
