//! Bank messages as a tree of numbered fields.

use data_encoding::HEXLOWER;
use openset_bank::iso8583::{Dialect, Message, Value, field_name};

use super::part::Part;
use crate::ending::Ending;

/// Whether the first octets are a message type: four digits of the 1987 edition, plain, in EBCDIC
/// or packed, with or without the length before them.
pub(super) fn looks_like_one(octets: &[u8]) -> bool {
    begins_with_type(octets) || octets.get(2..).is_some_and(begins_with_type) && has_length(octets)
}

fn begins_with_type(octets: &[u8]) -> bool {
    let plain = matches!(octets, [b'0', rest @ ..]
        if rest.len() >= 3 && rest[..3].iter().all(u8::is_ascii_digit));
    // Nothing of DER, XML or PEM begins so.
    let ebcdic = matches!(octets, [0xF0, rest @ ..]
        if rest.len() >= 11 && rest[..3].iter().all(|octet| (0xF0..=0xF9).contains(octet)));
    // 01 xx to 08 xx; DER never begins so: tag 1 is BOOLEAN and 8 EXTERNAL.
    let packed =
        matches!(octets, [0x01 | 0x02 | 0x04 | 0x08, 0x00 | 0x10 | 0x20 | 0x21 | 0x30, _, ..])
            && octets.len() >= 10;
    plain || ebcdic || packed
}

/// Whether the first two octets say how many follow.
fn has_length(octets: &[u8]) -> bool {
    let [high, low, rest @ ..] = octets else { return false };
    usize::from(u16::from_be_bytes([*high, *low])) == rest.len()
}

/// The fields, in the first dialect that reads them.
pub(super) fn parts(octets: &[u8]) -> Result<Part, Ending> {
    let octets = if has_length(octets) { &octets[2..] } else { octets };
    let dialect = match octets[0] {
        b'0' => Dialect::openset_87(),
        0xF0 => Dialect::ebcdic_87(),
        _ => Dialect::packed_87(),
    };
    let message = dialect.read(octets).map_err(Ending::input)?;
    Ok(tree(&message, dialect.name()))
}

/// A message as a tree, masked.
pub(crate) fn tree(message: &Message, dialect: &str) -> Part {
    let mti = message.mti();
    let name = format!("{} {}", mti.as_str(), deed(mti.as_str()));
    let masked = message.masked();
    let gone = message
        .fields()
        .filter(|(number, _)| masked.fields().all(|(kept, _)| kept != *number))
        .map(|(number, _)| (number, "masked".to_owned()));
    let kept = masked.fields().map(|(number, value)| (number, shown(number, value)));
    let mut fields: Vec<(u8, String)> = kept.chain(gone).collect();
    fields.sort();
    let parts = fields
        .into_iter()
        .map(|(number, value)| Part::new(format!("{number:>3}"), field_name(number)).saying(value));
    Part::new(name, format!("ISO 8583, {dialect}")).with(parts.collect())
}

fn shown(number: u8, value: &Value) -> String {
    match value {
        Value::Text(text) if number == CARD => {
            let last = text.len().saturating_sub(4);
            let shown = |(at, digit)| if at < 6 || at >= last { digit } else { '•' };
            text.chars().enumerate().map(shown).collect()
        }
        Value::Text(text) => text.to_string(),
        Value::Octets(octets) => HEXLOWER.encode(octets),
    }
}

const CARD: u8 = 2;

/// What messages of this type do, in words.
fn deed(mti: &str) -> &'static str {
    match mti {
        "0100" => "may this card be charged?",
        "0110" => "answer of the issuer",
        "0220" | "0221" => "this sale is captured",
        "0230" => "noted",
        "0400" => "undo this authorization",
        "0410" => "undone",
        "0420" | "0421" => "undo an authorization whose outcome is unknown",
        "0430" => "undone",
        "0800" => "are you there?",
        "0810" => "here",
        _ => "message between banks",
    }
}

#[cfg(test)]
mod tests {
    use openset_bank::iso8583::Mti;

    use super::*;

    fn drawn(part: &Part) -> String {
        super::super::tree::draw(part, crate::paint::Paint::plain())
    }

    fn message() -> Message {
        Message::new(Mti::AUTHORIZATION_REQUEST)
            .with(2, "9999990000064242")
            .with(4, "000000004200")
            .with(11, "000123")
    }

    #[test]
    fn a_bank_message_is_read_in_either_dialect_with_or_without_its_length() {
        for dialect in Dialect::built_in() {
            let octets = dialect.write(&message()).expect("fields of the dialect");
            let length = u16::try_from(octets.len()).expect("short").to_be_bytes();
            let framed = [&length[..], &octets].concat();
            for octets in [octets, framed] {
                assert!(looks_like_one(&octets), "{}", dialect.name());
                let tree = drawn(&parts(&octets).expect("a message"));
                assert!(tree.contains("0100") && tree.contains("000000004200"), "{tree}");
            }
        }
    }

    #[test]
    fn the_card_number_is_masked() {
        let tree = drawn(&tree(&message(), "openset-87"));
        assert!(tree.contains("999999••••••4242"), "{tree}");
        assert!(!tree.contains("9999990000064242"), "{tree}");
    }

    #[test]
    fn der_is_not_taken_for_a_bank_message() {
        for octets in [&[0x30, 0x82, 1, 0][..], &[0x30, 3, 2, 1, 5], b"0", &[]] {
            assert!(!looks_like_one(octets), "{octets:?}");
        }
    }

    #[test]
    fn a_cut_message_is_refused_with_its_place() {
        let octets = Dialect::openset_87().write(&message()).expect("fields of the dialect");
        let Err(Ending::Input(error)) = parts(&octets[..octets.len() - 3]) else {
            panic!("a cut message was read")
        };
        assert!(error.to_string().contains("field 11 at octet"), "{error}");
    }
}
