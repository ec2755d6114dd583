//! Marks and colours on a terminal; none where nobody looks or `NO_COLOR` is set.

use std::io::{IsTerminal, stderr, stdout};

/// How lines are marked.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Paint {
    colours: bool,
}

impl Paint {
    /// As standard output and the environment ask for (no-color.org).
    pub(crate) fn of_stdout() -> Self {
        Self::of(stdout().is_terminal())
    }

    /// The same for standard error.
    pub(crate) fn of_stderr() -> Self {
        Self::of(stderr().is_terminal())
    }

    fn of(is_terminal: bool) -> Self {
        let refused = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        Self { colours: is_terminal && !refused && !dumb }
    }

    /// Text without colours.
    #[cfg(test)]
    pub(crate) fn plain() -> Self {
        Self { colours: false }
    }

    /// What went well.
    pub(crate) fn good(self, text: &str) -> String {
        self.with("32", text)
    }

    /// What did not.
    pub(crate) fn bad(self, text: &str) -> String {
        self.with("31", text)
    }

    /// What matters less.
    pub(crate) fn faint(self, text: &str) -> String {
        self.with("2", text)
    }

    /// What matters more.
    pub(crate) fn strong(self, text: &str) -> String {
        self.with("1", text)
    }

    /// What only somebody else can read.
    pub(crate) fn sealed(self, text: &str) -> String {
        self.with("33", text)
    }

    fn with(self, code: &str, text: &str) -> String {
        if self.colours { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
    }
}
