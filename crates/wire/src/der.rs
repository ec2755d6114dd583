//! Strict DER: one value has one encoding, and any other is refused.
//!
//! [`decode`] first walks the elements without recursion (lengths, depth, count), then reads the
//! value, then compares the octets with what the value is encoded in. What was accepted is
//! therefore exactly what this crate would have written, and may be hashed as it stands.

mod bits;
mod carried;
mod comparison;
mod element;
mod malformed;
mod oid;
mod original;
mod primitive;
mod reader;
mod scan;
mod shared;

use zeroize::Zeroizing;

pub(crate) use bits::named_bits;
pub use bits::{Bits, OctetBits};
pub use carried::Carried;
pub use element::Element;
pub use malformed::{Malformed, What};
pub use oid::Oid;
pub use original::Original;
pub(crate) use primitive::primitive;
pub use primitive::{Contents, Numeric, Octets, Visible};
/// What every type here does: the bounds for code that is generic over them.
pub use rasn::{AsnType, Decode, Encode};
pub use scan::{COUNT_MAX, DEPTH_MAX, Header, MESSAGE_BYTES_MAX, elements, scan};
pub use shared::Shared;

/// Reads one value that fills the octets to the last.
pub fn decode<T: Decode + Encode>(octets: &[u8]) -> Result<T, Malformed> {
    scan(octets)?;
    decode_scanned(octets)
}

/// Reads one value from octets whose elements have been walked already.
pub(crate) fn decode_scanned<T: Decode + Encode>(octets: &[u8]) -> Result<T, Malformed> {
    let value = reader::read(octets)?;
    if comparison::is_encoding_of(octets, &value) {
        return Ok(value);
    }
    let again = Zeroizing::new(encode(&value)?);
    match differs_at(octets, &again) {
        None => Ok(value),
        Some(at) => Err(Malformed::new(at, What::NotCanonical)),
    }
}

/// Writes one value.
///
/// Fails only for a value that no decoder would accept, such as a list with too few members.
pub fn encode<T: Encode>(value: &T) -> Result<Vec<u8>, Malformed> {
    rasn::der::encode(value).map_err(|_| Malformed::new(0, What::Unencodable))
}

/// The offset of the first octet in which two encodings differ.
fn differs_at(left: &[u8], right: &[u8]) -> Option<usize> {
    if left == right {
        return None;
    }
    let same = left.iter().zip(right).take_while(|(a, b)| a == b).count();
    Some(same)
}
