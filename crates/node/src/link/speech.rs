//! How the two ends of a link speak: a dialect, and the key of the codes over its messages if it
//! has codes.
//!
//! A message whose code is wrong is not answered, and nothing is decided about it: it is counted,
//! and its sender, who hears nothing, must think it lost.

use std::sync::Arc;

use openset_bank::iso8583::{Dialect, Message, Unbelieved};
use openset_crypto::mac::MacKey;

use crate::measure;

/// What is counted when a message is not believed: a link is the same whichever role holds an end.
const COUNTED: (&str, &str) = ("bank link", "message code");

/// Writes a message, with its code if the dialect has codes. Nothing if the dialect cannot say it,
/// or has codes and there is no key.
pub(super) fn write(
    dialect: &Dialect,
    key: Option<&Arc<MacKey>>,
    message: &Message,
) -> Option<Vec<u8>> {
    if !dialect.has_codes() {
        return dialect.write(message).ok();
    }
    let key = key?;
    dialect.write_with_code(message, |octets| key.short_code(octets)).ok()
}

/// Reads a message that can be believed. In a dialect with codes nothing is believed without a key.
pub(super) fn read(
    dialect: &Dialect,
    key: Option<&Arc<MacKey>>,
    octets: &[u8],
) -> Result<Message, Unbelieved> {
    if !dialect.has_codes() {
        return dialect.read(octets).map_err(Unbelieved::Unreadable);
    }
    let accepts =
        |octets: &[u8], code: &[u8]| key.is_some_and(|key| key.check_short(octets, code).is_ok());
    let read = dialect.read_with_code(octets, accepts);
    if matches!(read, Err(Unbelieved::Code | Unbelieved::NoCode)) {
        let (role, check) = COUNTED;
        measure::verify_failure(role, check);
    }
    read
}
