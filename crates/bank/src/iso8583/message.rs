//! A message: its type and its fields, before it is written and after it was read.

use std::collections::BTreeMap;
use std::fmt;

use zeroize::Zeroizing;

use super::Mti;

/// One message. It prints with its card number, tracks and PIN block masked.
#[derive(Clone, PartialEq, Eq)]
pub struct Message {
    mti: Mti,
    fields: BTreeMap<u8, Value>,
}

/// What a field holds; wiped when dropped.
#[derive(Clone, PartialEq, Eq)]
pub enum Value {
    /// Characters.
    Text(Zeroizing<String>),
    /// Octets.
    Octets(Zeroizing<Vec<u8>>),
}

impl Message {
    /// A message of a type, without fields.
    pub fn new(mti: Mti) -> Self {
        Self { mti, fields: BTreeMap::new() }
    }

    /// The same message with a field of characters.
    #[must_use]
    pub fn with(self, field: u8, text: impl Into<String>) -> Self {
        self.with_value(field, Value::Text(Zeroizing::new(text.into())))
    }

    /// The same message with a field of octets.
    #[must_use]
    pub fn with_octets(self, field: u8, octets: Vec<u8>) -> Self {
        self.with_value(field, Value::Octets(Zeroizing::new(octets)))
    }

    /// The same message with a field.
    #[must_use]
    pub fn with_value(mut self, field: u8, value: Value) -> Self {
        self.fields.insert(field, value);
        self
    }

    /// The same message with those of the other's fields that are named here.
    #[must_use]
    pub fn echoing(mut self, other: &Self, fields: &[u8]) -> Self {
        for field in fields {
            if let Some(value) = other.fields.get(field) {
                self.fields.insert(*field, value.clone());
            }
        }
        self
    }

    /// Its type.
    pub fn mti(&self) -> Mti {
        self.mti
    }

    /// The characters of a field, if it is there and holds characters.
    pub fn text(&self, field: u8) -> Option<&str> {
        match self.fields.get(&field)? {
            Value::Text(text) => Some(text.as_str()),
            Value::Octets(_) => None,
        }
    }

    /// Its fields in the order of their numbers.
    pub fn fields(&self) -> impl Iterator<Item = (u8, &Value)> {
        self.fields.iter().map(|(number, value)| (*number, value))
    }

    /// The message as it may be kept and shown: the middle digits of the card number are zeros,
    /// and what a magnetic stripe, a chip or a keypad gave is gone.
    #[must_use]
    pub fn masked(&self) -> Self {
        let mut masked = Self::new(self.mti);
        for (number, value) in &self.fields {
            match (*number, value) {
                (CARD, Value::Text(digits)) => masked = masked.with(CARD, mask(digits, '0')),
                (number, _) if SECRET.contains(&number) => {}
                (number, value) => masked = masked.with_value(number, value.clone()),
            }
        }
        masked
    }
}

/// Field 2, the card number.
const CARD: u8 = 2;

/// Extended card number, tracks 2, 3 and 1, PIN block, PIN data, chip data.
const SECRET: [u8; 7] = [34, 35, 36, 45, 52, 53, 55];

/// The first six and last four digits, and something else between.
fn mask(digits: &str, hidden: char) -> String {
    let last = digits.chars().count().saturating_sub(4);
    let shown = |place: usize| place < 6 || place >= last;
    digits
        .chars()
        .enumerate()
        .map(|(place, digit)| if shown(place) { digit } else { hidden })
        .collect()
}

impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ", self.mti)?;
        let mut map = f.debug_map();
        for (number, value) in &self.fields {
            match (*number, value) {
                (CARD, Value::Text(digits)) => map.entry(number, &mask(digits, '*')),
                (secret, _) if SECRET.contains(&secret) || secret == CARD => {
                    map.entry(number, &"***")
                }
                (_, Value::Text(text)) => map.entry(number, &text.as_str()),
                (_, Value::Octets(octets)) => map.entry(number, &octets.as_slice()),
            };
        }
        map.finish()
    }
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => write!(f, "Text of {}", text.len()),
            Self::Octets(octets) => write!(f, "Octets of {}", octets.len()),
        }
    }
}

/// What a field is called, for people who look at a message.
pub fn field_name(number: u8) -> &'static str {
    match number {
        2 => "card number",
        3 => "processing code",
        4 => "amount",
        7 => "sent at",
        11 => "trace number",
        12 => "local time",
        13 => "local date",
        14 => "expiry",
        15 => "settlement date",
        18 => "merchant category",
        22 => "point of service entry mode",
        25 => "point of service condition",
        32 => "acquirer",
        33 => "forwarding institution",
        35 => "track 2",
        37 => "retrieval reference",
        38 => "approval code",
        39 => "response code",
        41 => "terminal",
        42 => "merchant",
        43 => "merchant's name and place",
        45 => "track 1",
        48 => "additional data",
        49 => "currency",
        52 => "PIN block",
        50 => "settlement currency",
        63 => "own reference",
        64 | 128 => "authentication code",
        66 => "settlement code",
        70 => "network management code",
        74 => "credits, number",
        76 => "debits, number",
        86 => "credits, amount",
        88 => "debits, amount",
        90 => "original message",
        95 => "replacement amounts",
        100 => "receiving institution",
        _ => "other data",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message() -> Message {
        Message::new(Mti::AUTHORIZATION_REQUEST)
            .with(2, "4111111111111111")
            .with(4, "000000004200")
            .with(35, "4111111111111111=29121010000012345")
            .with(45, "B4111111111111111^NAME^2912101")
            .with_octets(52, vec![0xAB; 8])
    }

    #[test]
    fn a_message_prints_without_its_secrets() {
        let printed = format!("{:?}", message());
        assert!(printed.contains("411111******1111"), "{printed}");
        assert!(printed.contains("000000004200"), "{printed}");
        for secret in ["11111111", "2912101", "NAME", "171"] {
            assert!(!printed.contains(secret), "{printed}");
        }
        assert!(!format!("{:?}", message().fields().collect::<Vec<_>>()).contains("4111"));
    }

    #[test]
    fn a_kept_message_has_no_card_number_and_no_track() {
        let masked = message().masked();
        assert_eq!(masked.text(2), Some("4111110000001111"));
        assert_eq!(masked.fields().map(|(number, _)| number).collect::<Vec<_>>(), [2, 4]);
    }

    #[test]
    fn a_card_number_too_short_to_mask_shows_no_more_than_it_has() {
        let masked = Message::new(Mti::AUTHORIZATION_REQUEST).with(2, "123").masked();
        assert_eq!(masked.text(2), Some("123"));
    }
}
