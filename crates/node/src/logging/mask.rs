//! The last thing a log line passes: whatever looks like a card number does not get through.

use std::{
    borrow::Cow,
    io::{self, Write},
    ops::Range,
};

use tracing_subscriber::fmt::MakeWriter;

/// The lengths a card number has: what a log could hold without anybody noticing.
const DIGITS: std::ops::RangeInclusive<usize> = 13..=19;
/// What stands in its place.
const MASK: &str = "[card number]";

/// Makes writers that mask.
#[derive(Debug, Clone)]
pub struct Masked<M>(M);

impl<M> Masked<M> {
    /// Stands before another writer.
    pub fn new(inner: M) -> Self {
        Self(inner)
    }
}

impl<'a, M: MakeWriter<'a>> MakeWriter<'a> for Masked<M> {
    type Writer = MaskingWriter<M::Writer>;

    fn make_writer(&'a self) -> Self::Writer {
        MaskingWriter(self.0.make_writer())
    }
}

/// A writer of whole lines that masks each.
#[derive(Debug)]
pub struct MaskingWriter<W>(W);

impl<W: Write> Write for MaskingWriter<W> {
    /// Takes one whole event: that is how the formatting layer writes.
    fn write(&mut self, event: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(event);
        self.0.write_all(mask(&text).as_bytes())?;
        Ok(event.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// The text with every card number in it replaced.
pub fn mask(text: &str) -> Cow<'_, str> {
    let ranges = runs(text.as_bytes()).into_iter().filter(hides_a_number).collect();
    replace(text, ranges)
}

/// Digits that stand together: next to each other, or parted by one space or dash at a time.
struct Run {
    range: Range<usize>,
    digits: Vec<u8>,
}

fn runs(text: &[u8]) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    for (at, byte) in text.iter().enumerate().filter(|(_, byte)| byte.is_ascii_digit()) {
        match runs.last_mut() {
            Some(run) if belongs(text, run.range.end, at) => {
                run.digits.push(byte - b'0');
                run.range.end = at + 1;
            }
            _ => runs.push(Run { range: at..at + 1, digits: vec![byte - b'0'] }),
        }
    }
    runs
}

/// Whether a digit goes on with the digits that ended before it.
fn belongs(text: &[u8], end: usize, at: usize) -> bool {
    match text.get(end..at) {
        Some([]) => true,
        Some([between]) => matches!(between, b' ' | b'-'),
        _ => false,
    }
}

/// Whether any part of the run that is as long as a card number has a right check digit.
fn hides_a_number(run: &Run) -> bool {
    DIGITS.flat_map(|length| run.digits.windows(length)).any(check_digit_matches)
}

/// The formula of ISO/IEC 7812-1 annex B: every second digit from the right counts double.
fn check_digit_matches(digits: &[u8]) -> bool {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(place, digit)| match (place % 2, u32::from(*digit)) {
            (0, digit) => digit,
            (_, digit) if digit > 4 => digit * 2 - 9,
            (_, digit) => digit * 2,
        })
        .sum();
    sum.is_multiple_of(10) && digits.iter().any(|digit| *digit != 0)
}

fn replace(text: &str, hidden: Vec<Run>) -> Cow<'_, str> {
    if hidden.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut masked = String::with_capacity(text.len());
    let mut from = 0;
    for run in hidden {
        masked.push_str(&text[from..run.range.start]);
        masked.push_str(MASK);
        from = run.range.end;
    }
    masked.push_str(&text[from..]);
    Cow::Owned(masked)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_card_number_is_masked_wherever_it_stands() {
        for (text, masked) in [
            ("4111111111111111", "[card number]"),
            ("pan=4111111111111111 ok", "pan=[card number] ok"),
            (r#"{"pan":"4111111111111111"}"#, r#"{"pan":"[card number]"}"#),
            ("4111 1111 1111 1111", "[card number]"),
            ("4111-1111-1111-1111!", "[card number]!"),
            ("378282246310005 and 6000000000000000004", "[card number] and [card number]"),
            ("é4222222222222é", "é[card number]é"),
        ] {
            assert_eq!(mask(text), masked);
        }
    }

    #[test]
    fn a_card_number_inside_more_digits_is_masked_with_them() {
        assert_eq!(mask("0204111111111111111099"), "[card number]");
        assert_eq!(mask("12 4111111111111111"), "[card number]");
    }

    #[test]
    fn what_is_no_card_number_stays() {
        for text in [
            "",
            "4222222222223",
            "411111111111",
            "0000000000000000",
            "2026-11-23T08:15:00Z",
            "trace 000123 at 411111…1111",
            "4111  1111  1111  1111",
        ] {
            assert_eq!(mask(text), text);
        }
    }

    #[test]
    fn a_writer_says_it_took_what_it_was_given() {
        let mut written = Vec::new();
        let event = b"pan 4111111111111111\n";
        let taken = MaskingWriter(&mut written).write(event).expect("memory");
        assert_eq!((taken, written.as_slice()), (event.len(), b"pan [card number]\n".as_slice()));
    }
}
