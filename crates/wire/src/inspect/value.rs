//! Primitive values in words.

use data_encoding::HEXLOWER;
use openset_types::{Pan, UnixTime};

use crate::{
    content::ContentType,
    der::{Contents, Oid},
    types::FloatingPoint,
    x509::UtcTime,
};

/// How many octets are shown of a long string of octets.
const OCTETS_SHOWN: usize = 32;

/// Types and fields that say nothing to whoever looks.
const SECRET: [&str; 8] = [
    "Secret",
    "backKey",
    "nonceCCA",
    "acctIdentification",
    "FieldValue",
    "fieldValue",
    "setString",
    "octetString",
];

/// What stands in the place of a secret.
pub(super) const MASK: &str = "(not shown)";

/// Whether a type or field of this name is a secret.
pub(super) fn is_secret(name: &str) -> bool {
    SECRET.contains(&name)
}

/// Says what the contents of a primitive element of a universal type are.
pub(super) fn say(tag: u32, contents: &[u8]) -> String {
    let said = match tag {
        1 => Some(if contents == [0] { "FALSE" } else { "TRUE" }.to_owned()),
        2 | 10 => integer(contents),
        5 => Some("NULL".to_owned()),
        6 => Oid::read(contents).ok().map(|oid| identifier(&oid)),
        9 => FloatingPoint::read(contents).ok().map(|real| real.approximately().to_string()),
        12 | 18 | 19 | 22 | 26 => String::from_utf8(contents.to_vec()).ok().map(text),
        23 => UtcTime::read(contents).ok().map(|time| time.moment().rfc3339()),
        24 => UnixTime::read(contents).ok().map(UnixTime::rfc3339),
        30 => bmp(contents).map(text),
        _ => None,
    };
    said.unwrap_or_else(|| hex(contents))
}

/// The names of the bits that are set.
pub(super) fn bits(contents: &[u8], names: &[(String, String)]) -> String {
    let octets = contents.get(1..).unwrap_or_default();
    let is_set = |number: &str| {
        let number: usize = number.parse().unwrap_or(usize::MAX);
        let octet = octets.get(number / 8).copied().unwrap_or_default();
        let place = u32::try_from(number % 8).unwrap_or_default();
        octet & 0x80_u8.unbounded_shr(place) != 0
    };
    let set = names.iter().filter(|(number, _)| is_set(number)).map(|(_, name)| name.as_str());
    set.collect::<Vec<_>>().join(", ")
}

/// A number that fits eight octets in digits, any other in hex.
fn integer(contents: &[u8]) -> Option<String> {
    if contents.len() > 8 {
        return None;
    }
    let negative = contents.first()? & 0x80 != 0;
    let start = if negative { -1_i64 } else { 0 };
    let number = contents.iter().fold(start, |sum, octet| (sum << 8) | i64::from(*octet));
    Some(number.to_string())
}

/// An identifier, with its name where it names a content.
fn identifier(oid: &Oid) -> String {
    match ContentType::from_oid(oid) {
        Some(content) => format!("{content} ({oid})"),
        None => oid.to_string(),
    }
}

/// A text; one that is a card number as its last four digits.
fn text(text: String) -> String {
    match Pan::parse(&text) {
        Ok(pan) => format!("\u{2026}{}", pan.last_four()),
        Err(_) => text,
    }
}

fn bmp(contents: &[u8]) -> Option<String> {
    let (units, _) = contents.as_chunks::<2>();
    let units: Vec<u16> = units.iter().map(|pair| u16::from_be_bytes(*pair)).collect();
    String::from_utf16(&units).ok()
}

fn hex(octets: &[u8]) -> String {
    match octets.get(..OCTETS_SHOWN) {
        Some(shown) if octets.len() > OCTETS_SHOWN => {
            format!("{}\u{2026} ({} octets)", HEXLOWER.encode(shown), octets.len())
        }
        _ => HEXLOWER.encode(octets),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_said_in_words() {
        for (tag, contents, said) in [
            (1, &[0xFF][..], "TRUE"),
            (2, &[0xFF], "-1"),
            (2, &[0x00, 0x80], "128"),
            (2, &[1; 9], "010101010101010101"),
            (6, &[0x67, 0x2A, 0x00, 0x03], "OIData (2.23.42.0.3)"),
            (9, &[0x80, 0xFF, 0x01], "0.5"),
            (18, b"4111111111111111", "\u{2026}1111"),
            (23, b"261123081500Z", "2026-11-23T08:15:00Z"),
            (30, &[0x00, 0xE9], "\u{e9}"),
            (4, &[0xAB], "ab"),
        ] {
            assert_eq!(say(tag, contents), said);
        }
        assert!(say(4, &[0; 40]).ends_with("(40 octets)"));
        assert_eq!(say(24, b"never"), "6e65766572");
    }

    #[test]
    fn bits_are_said_by_name() {
        let names = [("0".to_owned(), "a".to_owned()), ("9".to_owned(), "b".to_owned())];
        assert_eq!(bits(&[6, 0x80, 0x40], &names), "a, b");
        assert_eq!(bits(&[0], &names), "");
    }
}
