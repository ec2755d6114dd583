//! Pages of documentation whose commands are run.
//!
//! A fenced block marked `console` is run: a line that begins with `$ openset` is a command, and
//! goes on where it ends with a backslash; `< text` after it is a line that is typed, `? 2` its
//! exit code (0 if it is not said), everything else what it prints on both streams. `[..]` stands
//! for anything within a line and `...` alone for any lines. Words in quotes are one argument.

/// One command of a transcript.
#[derive(Debug, Default)]
pub(crate) struct Step {
    /// Where it stands.
    pub(crate) line: usize,
    /// What comes after the name of the executable.
    pub(crate) arguments: Vec<String>,
    /// What is typed.
    pub(crate) typed: String,
    /// How it ends.
    pub(crate) code: i32,
    /// What it prints.
    pub(crate) expected: Vec<String>,
}

/// Every command of a page, in order.
pub(crate) fn steps(text: &str) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    let mut is_inside = false;
    let mut command = String::new();
    for (at, line) in text.lines().enumerate() {
        if let Some(fence) = line.strip_prefix("```") {
            is_inside = fence == "console";
        } else if !is_inside {
            continue;
        } else if let Some(begun) = command_line(&command, line) {
            command = begun;
            if let Some(unfinished) = command.strip_suffix('\\') {
                command = unfinished.to_owned();
                continue;
            }
            let arguments = words(&std::mem::take(&mut command));
            steps.push(Step { line: at + 1, arguments, ..Step::default() });
        } else if let Some(step) = steps.last_mut() {
            step.take(line);
        }
    }
    for step in &mut steps {
        while step.expected.last().is_some_and(String::is_empty) {
            step.expected.pop();
        }
    }
    steps
}

impl Step {
    fn take(&mut self, line: &str) {
        match (line.strip_prefix("? "), line.strip_prefix("< ")) {
            (Some(code), _) => self.code = code.parse().expect("an exit code"),
            (None, Some(typed)) => self.typed.push_str(&format!("{typed}\n")),
            (None, None) => self.expected.push(line.to_owned()),
        }
    }
}

/// A command that begins or goes on in this line.
fn command_line(begun: &str, line: &str) -> Option<String> {
    match begun {
        "" => line.strip_prefix("$ openset").map(str::to_owned),
        begun => Some(format!("{begun} {}", line.trim())),
    }
}

fn words(command: &str) -> Vec<String> {
    let mut words = Vec::new();
    for (at, part) in command.split('"').enumerate() {
        match at % 2 {
            0 => words.extend(part.split_whitespace().map(str::to_owned)),
            _ => words.push(part.to_owned()),
        }
    }
    words
}

/// Whether lines are as expected, `...` standing for any number of them.
pub(crate) fn matches(expected: &[&str], said: &[&str]) -> bool {
    match expected {
        [] => said.is_empty(),
        ["...", rest @ ..] => (0..=said.len()).any(|skip| matches(rest, &said[skip..])),
        [first, rest @ ..] => {
            said.split_first().is_some_and(|(line, left)| fits(first, line) && matches(rest, left))
        }
    }
}

/// Whether a line is as expected, `[..]` standing for anything.
pub(crate) fn fits(expected: &str, line: &str) -> bool {
    let mut parts = expected.split("[..]");
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = line.strip_prefix(first) else { return false };
    let parts: Vec<&str> = parts.collect();
    let Some((last, middle)) = parts.split_last() else { return rest.is_empty() };
    for part in middle {
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
    }
    rest.ends_with(last)
}
