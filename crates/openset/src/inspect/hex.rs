//! Octets as people read them: place, sixteen octets, and the characters among them.

use std::fmt::Write;

const OCTETS_PER_LINE: usize = 16;

/// The whole of it, a line for every sixteen octets.
pub(super) fn dump(octets: &[u8]) -> String {
    let mut text = String::with_capacity(octets.len().saturating_mul(5));
    for (line, chunk) in octets.chunks(OCTETS_PER_LINE).enumerate() {
        let hex: Vec<String> = chunk.iter().map(|octet| format!("{octet:02x}")).collect();
        let at = line * OCTETS_PER_LINE;
        let shown: String = chunk.iter().map(|octet| printable(*octet)).collect();
        let _ = writeln!(text, "{at:06x}  {:<47}  {shown}", hex.join(" "));
    }
    text
}

fn printable(octet: u8) -> char {
    if octet.is_ascii_graphic() || octet == b' ' { char::from(octet) } else { '.' }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn octets_are_shown_with_their_place_and_characters() {
        let dumped = dump(b"0123456789abcdef\x00!");
        let lines: Vec<&str> = dumped.lines().collect();
        assert_eq!(lines.len(), 2);
        assert!(lines[0].starts_with("000000  30 31 32") && lines[0].ends_with("0123456789abcdef"));
        assert!(lines[1].starts_with("000010  00 21 ") && lines[1].ends_with("  .!"));
        assert_eq!(dump(b""), "");
    }
}
