//! The transcripts under `tests/cmd` are what the executable really says.
//!
//! A transcript is a page of documentation. Its fenced blocks marked `console` are run: a line
//! that begins with `$ openset` is a command, `? 2` after it is its exit code (0 if it is not
//! said), everything else what it prints on both streams. `[..]` stands for anything within a
//! line and `...` alone for any lines. `$DATA` is a folder of the transcript's own. What the
//! commands read lies in `tests/cmd/files`.

use std::{fs, path::Path, process::Command};

/// One command of a transcript.
#[derive(Debug, Default)]
struct Step {
    line: usize,
    arguments: Vec<String>,
    code: i32,
    expected: Vec<String>,
}

#[test]
fn every_transcript_is_what_the_executable_says() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cmd");
    let mut run = 0;
    for entry in fs::read_dir(folder).expect("the transcripts") {
        let path = entry.expect("a transcript").path();
        if path.is_dir() {
            continue;
        }
        let text = fs::read_to_string(&path).expect("a text");
        let data = tempfile::tempdir().expect("a folder");
        for step in steps(&text) {
            check(&path, &step, data.path());
            run += 1;
        }
    }
    assert!(run > 0, "no transcript was run");
}

fn check(transcript: &Path, step: &Step, data: &Path) {
    let data = data.to_str().expect("a plain path");
    let output = Command::new(env!("CARGO_BIN_EXE_openset"))
        .args(step.arguments.iter().map(|argument| argument.replace("$DATA", data)))
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("../.."))
        .env("NO_COLOR", "1")
        .env_remove("OPENSET_DATA")
        .output()
        .expect("the executable starts");
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8(said).expect("text").replace(data, "$DATA");
    let said: Vec<&str> = said.lines().map(str::trim_end).collect();
    let place = format!("{}:{}", transcript.display(), step.line);
    assert_eq!(output.status.code(), Some(step.code), "{place}: {said:#?}");
    let expected: Vec<&str> = step.expected.iter().map(String::as_str).collect();
    assert!(matches(&expected, &said), "{place}: expected {expected:#?}, said {said:#?}");
}

fn steps(text: &str) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    let mut is_inside = false;
    for (at, line) in text.lines().enumerate() {
        if let Some(fence) = line.strip_prefix("```") {
            is_inside = fence == "console";
        } else if let Some(command) = line.strip_prefix("$ openset").filter(|_| is_inside) {
            let arguments = words(command);
            steps.push(Step { line: at + 1, arguments, ..Step::default() });
        } else if let Some(step) = steps.last_mut().filter(|_| is_inside) {
            match line.strip_prefix("? ") {
                Some(code) => step.code = code.parse().expect("an exit code"),
                None => step.expected.push(line.to_owned()),
            }
        }
    }
    for step in &mut steps {
        while step.expected.last().is_some_and(String::is_empty) {
            step.expected.pop();
        }
    }
    steps
}

fn words(command: &str) -> Vec<String> {
    command.split_whitespace().map(str::to_owned).collect()
}

/// Whether lines are as expected, `...` standing for any number of them.
fn matches(expected: &[&str], said: &[&str]) -> bool {
    match expected {
        [] => said.is_empty(),
        ["...", rest @ ..] => (0..=said.len()).any(|skip| matches(rest, &said[skip..])),
        [first, rest @ ..] => {
            said.split_first().is_some_and(|(line, left)| fits(first, line) && matches(rest, left))
        }
    }
}

/// Whether a line is as expected, `[..]` standing for anything.
fn fits(expected: &str, line: &str) -> bool {
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

#[test]
fn a_transcript_that_lies_is_found() {
    assert!(fits("a[..]c", "abbc") && fits("a", "a") && fits("[..]", ""));
    assert!(!fits("a[..]c", "abb") && !fits("a", "ab"));
    assert!(matches(&["a", "...", "z"], &["a", "b", "c", "z"]));
    assert!(!matches(&["a", "...", "z"], &["a", "b"]) && !matches(&[], &["a"]));
    let steps = steps("text\n```console\n$ openset x --y\n? 2\nout\n```\n$ openset not run\n");
    assert_eq!(steps.len(), 1);
    assert_eq!((steps[0].code, steps[0].expected.as_slice()), (2, &["out".to_owned()][..]));
}
