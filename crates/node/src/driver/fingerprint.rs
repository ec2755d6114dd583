//! Tells the octets of one request from those of another.

use openset_crypto::mac::MacKey;
use openset_types::Secret;

/// What is stored of a request to know it again. Equal for equal octets and for no others.
///
/// Nobody authenticates anything with it, so its key is no secret.
pub(super) fn of(octets: &[u8]) -> Vec<u8> {
    MacKey::new(Secret::new(b"request fingerprint".to_vec())).code(octets).to_vec()
}

#[cfg(test)]
mod tests {
    use super::of;

    #[test]
    fn equal_octets_have_equal_fingerprints_and_others_have_others() {
        assert_eq!(of(b"PReq"), of(b"PReq"));
        assert_ne!(of(b"PReq"), of(b"PRes"));
        assert_ne!(of(b""), of(b"\0"));
    }
}
