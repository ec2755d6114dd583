//! Asking the person at the terminal. Questions go to standard error, so that what is printed can
//! be piped. Without a terminal, answers are lines of standard input and nobody can agree.

use std::{
    fs,
    io::{BufRead, IsTerminal, Write, stderr, stdin},
    path::Path,
};

use openset_types::Secret;

use crate::ending::Ending;

/// Longer lines are nobody's answer.
const LINE_OCTETS_MAX: usize = 4096;
/// What a terminal sends for Ctrl-C.
const INTERRUPT: u8 = 3;

/// Whether somebody can be asked.
pub(super) fn is_there() -> bool {
    stdin().is_terminal()
}

/// A line that everybody may see.
pub(super) fn line(question: &str) -> Result<String, Ending> {
    ask(question)?;
    let mut line = String::new();
    let limited = &mut std::io::Read::take(stdin().lock(), LINE_OCTETS_MAX as u64);
    limited.read_line(&mut line).map_err(closed)?;
    Ok(line.trim().to_owned())
}

/// A line that is not shown while it is typed.
pub(super) fn secret(question: &str) -> Result<Secret, Ending> {
    ask(question)?;
    let hidden = Hidden::begin();
    let mut input = stdin().lock();
    let mut line = Vec::with_capacity(LINE_OCTETS_MAX);
    loop {
        let part = input.fill_buf().map_err(closed)?;
        let end = part.iter().position(|octet| matches!(octet, b'\n' | &INTERRUPT));
        let used = end.map_or(part.len(), |end| end + 1);
        line.extend_from_slice(&part[..end.unwrap_or(part.len())]);
        let is_interrupted = end.is_some_and(|end| part[end] == INTERRUPT);
        input.consume(used);
        if is_interrupted {
            drop(hidden);
            eprintln!();
            return Err(Ending::No);
        }
        if end.is_some() || used == 0 || line.len() > LINE_OCTETS_MAX {
            break;
        }
    }
    if hidden.is_some() {
        eprintln!();
    }
    let question = question.trim_end_matches([':', ' ']);
    trimmed(line).ok_or_else(|| Ending::input(format_args!("{question}: nothing was given")))
}

/// The first line of a file.
pub(super) fn secret_in(file: &Path) -> Result<Secret, Ending> {
    let octets = fs::read(file)
        .map_err(|error| Ending::input(format_args!("{}: {error}", file.display())))?;
    let end = octets.iter().position(|octet| *octet == b'\n').unwrap_or(octets.len());
    let line = octets[..end].to_vec();
    drop(Secret::new(octets));
    let empty = || Ending::input(format_args!("{}: its first line is empty", file.display()));
    trimmed(line).ok_or_else(empty)
}

/// Whether the person agrees. Only a person can.
pub(super) fn agree(question: &str) -> Result<bool, Ending> {
    let answer = line(&format!("{question} [y/N] "))?;
    Ok(matches!(answer.to_ascii_lowercase().as_str(), "y" | "yes"))
}

/// A secret, unless it is empty.
fn trimmed(mut line: Vec<u8>) -> Option<Secret> {
    if line.last() == Some(&b'\r') {
        line.pop();
    }
    (!line.is_empty()).then(|| Secret::new(line))
}

fn ask(question: &str) -> Result<(), Ending> {
    if is_there() {
        eprint!("{question}");
        stderr().flush().map_err(closed)?;
    }
    Ok(())
}

fn closed(error: std::io::Error) -> Ending {
    Ending::Machine(anyhow::Error::new(error).context("the terminal is gone"))
}

/// A terminal that does not show what is typed, until this is dropped.
#[cfg(unix)]
struct Hidden(rustix::termios::Termios);

#[cfg(unix)]
impl Hidden {
    fn begin() -> Option<Self> {
        use rustix::termios::{
            LocalModes, OptionalActions, SpecialCodeIndex, tcgetattr, tcsetattr,
        };
        let before = tcgetattr(stdin()).ok()?;
        let mut hidden = before.clone();
        // Ctrl-C ends the line instead of the process, so that the terminal shows again.
        hidden.local_modes.remove(LocalModes::ECHO | LocalModes::ISIG);
        hidden.special_codes[SpecialCodeIndex::VEOL] = INTERRUPT;
        tcsetattr(stdin(), OptionalActions::Flush, &hidden).ok()?;
        Some(Self(before))
    }
}

#[cfg(unix)]
impl Drop for Hidden {
    fn drop(&mut self) {
        use rustix::termios::{OptionalActions, tcsetattr};
        if tcsetattr(stdin(), OptionalActions::Now, &self.0).is_err() {
            eprintln!("the terminal does not show what is typed; try: stty sane");
        }
    }
}

/// Elsewhere a file is the way to keep what is typed from being shown.
#[cfg(not(unix))]
struct Hidden;

#[cfg(not(unix))]
impl Hidden {
    fn begin() -> Option<Self> {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_the_first_line_of_its_file() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("secret");
        for (text, secret) in [("a b\r\nsecond", "a b"), ("alone", "alone")] {
            fs::write(&file, text).expect("a file");
            assert_eq!(secret_in(&file).expect("a line").expose(), secret.as_bytes());
        }
        for empty in ["", "\n", "\r\nsecond"] {
            fs::write(&file, empty).expect("a file");
            assert!(matches!(secret_in(&file), Err(Ending::Input(_))), "{empty:?}");
        }
        assert!(matches!(secret_in(&folder.path().join("none")), Err(Ending::Input(_))));
    }
}
