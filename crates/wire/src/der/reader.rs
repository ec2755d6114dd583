//! The decoder behind [`decode`](super::decode).

use rasn::{
    Codec, Decode,
    error::{DecodeError, DecodeErrorKind},
};

use super::{Malformed, What};

/// Reads one value and nothing after it.
pub(super) fn read<T: Decode>(octets: &[u8]) -> Result<T, Malformed> {
    rasn::der::decode(octets).map_err(|error| explain(&error, 0))
}

/// Turns the decoder's error into ours: the path it passed and the fault at its end.
fn explain(error: &DecodeError, at: usize) -> Malformed {
    let mut path = Vec::new();
    let mut kind = &*error.kind;
    while let DecodeErrorKind::FieldError { name, nested } = kind {
        path.push(*name);
        kind = &*nested.kind;
    }
    Malformed::new(at, what(kind)).along(path)
}

fn what(kind: &DecodeErrorKind) -> What {
    match kind {
        DecodeErrorKind::Custom { msg } => What::from_words(msg).unwrap_or(What::Element),
        DecodeErrorKind::DiscriminantValueNotFound { .. } => What::Enumeration,
        DecodeErrorKind::SizeConstraintNotSatisfied { .. }
        | DecodeErrorKind::ValueConstraintNotSatisfied { .. } => What::Bounds,
        _ => What::Element,
    }
}

/// Hands a fault found in an inner decode to the decoder of the outer value.
pub(super) fn rethrow<E: From<DecodeError>>(fault: Malformed, codec: Codec) -> E {
    let innermost: DecodeError = rasn::de::Error::custom(fault.what, codec);
    let wrap = |nested, name: &&'static str| rasn::de::Error::field_error(name, nested, codec);
    E::from(fault.path().iter().rev().fold(innermost, wrap))
}
