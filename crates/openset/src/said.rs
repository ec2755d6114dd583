//! Lines on standard output. A reader that has seen enough, such as `head`, is no error.

use std::{
    fmt,
    io::{Write, stdout},
};

/// Prints a line, as `println!` does, and goes on when nobody reads it.
macro_rules! say {
    ($($argument:tt)*) => {
        $crate::said::line(format_args!($($argument)*))
    };
}

pub(crate) use say;

/// Writes one line.
pub(crate) fn line(line: fmt::Arguments<'_>) {
    // The exit code says how it went, whoever reads.
    let _ = writeln!(stdout().lock(), "{line}");
}
