//! Lines of a name and a value, in one order: there is one way to write what they say.

use std::{fmt, str::Split};

use openset_types::UnixTime;

/// The longest line: a list of a few thousand revoked certificates has more.
const LINE_OCTETS_MAX: usize = 48 * 1024;

/// The line that is not what it should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BadLine {
    /// What the line should have been called.
    pub expected: &'static str,
}

impl fmt::Display for BadLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the line \"{}\" is missing, misplaced or not what it should be", self.expected)
    }
}

impl std::error::Error for BadLine {}

/// What comes after the last line that is known.
const END: BadLine = BadLine { expected: "(the end)" };

/// The lines of a text, read from the first to the last.
pub(super) struct Lines<'a> {
    lines: Split<'a, char>,
    next: Option<&'a str>,
}

impl<'a> Lines<'a> {
    /// Begins after the title.
    pub(super) fn of(text: &'a str, title: &'static str) -> Result<Self, BadLine> {
        let body = text.strip_suffix('\n').ok_or(END)?;
        let mut lines = body.split('\n');
        if lines.next() != Some(title) {
            return Err(BadLine { expected: title });
        }
        let next = lines.next();
        Ok(Self { lines, next })
    }

    /// The value of the next line, which has this name.
    pub(super) fn take(&mut self, name: &'static str) -> Result<&'a str, BadLine> {
        self.maybe(name)?.ok_or(BadLine { expected: name })
    }

    /// The same, if the next line has this name.
    pub(super) fn maybe(&mut self, name: &'static str) -> Result<Option<&'a str>, BadLine> {
        let Some(line) = self.next else { return Ok(None) };
        let named = line.strip_prefix(name).and_then(|rest| rest.strip_prefix(": "));
        let Some(value) = named else { return Ok(None) };
        if value.is_empty() || value.len() > LINE_OCTETS_MAX {
            return Err(BadLine { expected: name });
        }
        self.next = self.lines.next();
        Ok(Some(value))
    }

    /// The value of the next line as a moment.
    pub(super) fn moment(&mut self, name: &'static str) -> Result<UnixTime, BadLine> {
        let bad = |_| BadLine { expected: name };
        UnixTime::parse_rfc3339(self.take(name)?).map_err(bad)
    }

    /// Refuses a line that nobody has read.
    pub(super) fn finish(self) -> Result<(), BadLine> {
        if self.next.is_none() { Ok(()) } else { Err(END) }
    }
}
