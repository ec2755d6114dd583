//! How digits, characters and octets are written: ASCII, packed decimal, EBCDIC, binary, hex.

use data_encoding::{HEXUPPER, HEXUPPER_PERMISSIVE};

use super::fault::WhyUnreadable;

/// One octet for each character, as ASCII has them.
pub(crate) fn from_ebcdic(octets: &[u8]) -> Result<Vec<u8>, WhyUnreadable> {
    octets.iter().map(|octet| ascii_of(*octet).ok_or(WhyUnreadable::Characters)).collect()
}

/// The same characters in EBCDIC; the caller has checked that they are printable.
pub(crate) fn to_ebcdic(characters: &[u8]) -> Vec<u8> {
    characters.iter().filter_map(|character| ebcdic_of(*character)).collect()
}

/// Digits packed two to an octet, an odd one behind a zero.
pub(crate) fn from_bcd(octets: &[u8], digits: usize) -> Result<Vec<u8>, WhyUnreadable> {
    let text = HEXUPPER.encode(octets).into_bytes();
    let unused = text.len().saturating_sub(digits);
    let (padding, digits) = text.split_at_checked(unused).unwrap_or_default();
    if !digits.iter().all(u8::is_ascii_digit) {
        return Err(WhyUnreadable::Characters);
    }
    if padding.iter().any(|nibble| *nibble != b'0') {
        return Err(WhyUnreadable::Padding);
    }
    Ok(digits.to_vec())
}

/// Packs digits two to an octet; the caller has checked that they are digits.
pub(crate) fn to_bcd(digits: &[u8]) -> Vec<u8> {
    let mut even = Vec::with_capacity(digits.len().saturating_add(1));
    if !digits.len().is_multiple_of(2) {
        even.push(b'0');
    }
    even.extend_from_slice(digits);
    HEXUPPER.decode(&even).unwrap_or_default()
}

/// How many octets so many packed digits take.
pub(crate) fn bcd_octets(digits: usize) -> usize {
    digits.div_ceil(2)
}

/// Octets from their hex digits.
pub(crate) fn from_hex(text: &[u8]) -> Result<Vec<u8>, WhyUnreadable> {
    HEXUPPER_PERMISSIVE.decode(text).map_err(|_| WhyUnreadable::Characters)
}

/// Octets as upper-case hex digits.
pub(crate) fn to_hex(octets: &[u8]) -> Vec<u8> {
    HEXUPPER.encode(octets).into_bytes()
}

fn ebcdic_of(character: u8) -> Option<u8> {
    let place = usize::from(character.checked_sub(b' ')?);
    CODE_PAGE_037.get(place).copied()
}

fn ascii_of(octet: u8) -> Option<u8> {
    let place = CODE_PAGE_037.iter().position(|code| *code == octet)?;
    u8::try_from(place).ok()?.checked_add(b' ')
}

/// EBCDIC code page 037 for the printable characters of ASCII, from the space to the tilde.
const CODE_PAGE_037: [u8; 95] = [
    0x40, 0x5A, 0x7F, 0x7B, 0x5B, 0x6C, 0x50, 0x7D, 0x4D, 0x5D, 0x5C, 0x4E, 0x6B, 0x60, 0x4B, 0x61,
    0xF0, 0xF1, 0xF2, 0xF3, 0xF4, 0xF5, 0xF6, 0xF7, 0xF8, 0xF9, 0x7A, 0x5E, 0x4C, 0x7E, 0x6E, 0x6F,
    0x7C, 0xC1, 0xC2, 0xC3, 0xC4, 0xC5, 0xC6, 0xC7, 0xC8, 0xC9, 0xD1, 0xD2, 0xD3, 0xD4, 0xD5, 0xD6,
    0xD7, 0xD8, 0xD9, 0xE2, 0xE3, 0xE4, 0xE5, 0xE6, 0xE7, 0xE8, 0xE9, 0xBA, 0xE0, 0xBB, 0xB0, 0x6D,
    0x79, 0x81, 0x82, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88, 0x89, 0x91, 0x92, 0x93, 0x94, 0x95, 0x96,
    0x97, 0x98, 0x99, 0xA2, 0xA3, 0xA4, 0xA5, 0xA6, 0xA7, 0xA8, 0xA9, 0xC0, 0x4F, 0xD0, 0xA1,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packed_digits_are_read_back() {
        assert_eq!(to_bcd(b"0100"), [0x01, 0x00]);
        assert_eq!(to_bcd(b"978"), [0x09, 0x78]);
        assert_eq!(from_bcd(&[0x09, 0x78], 3), Ok(b"978".to_vec()));
    }

    #[test]
    fn a_packed_number_with_letters_or_dirty_padding_is_refused() {
        assert_eq!(from_bcd(&[0x0A, 0x78], 3), Err(WhyUnreadable::Characters));
        assert_eq!(from_bcd(&[0x19, 0x78], 3), Err(WhyUnreadable::Padding));
    }

    #[test]
    fn ebcdic_is_not_ascii() {
        assert_eq!(from_ebcdic(&[0xC1, 0xF1, 0x40]), Ok(b"A1 ".to_vec()));
        assert_eq!(to_ebcdic(b"A1 "), [0xC1, 0xF1, 0x40]);
        assert_eq!(from_ebcdic(b"A"), Err(WhyUnreadable::Characters));
        for character in b' '..=b'~' {
            assert_eq!(from_ebcdic(&to_ebcdic(&[character])), Ok(vec![character]));
        }
    }
}
