//! The transcripts under `tests/cmd` are what the executable really says. `$DATA` is a folder of
//! the transcript's own. What the commands read lies in `tests/cmd/files`.

mod transcript;

use std::{fs, path::Path, process::Command};

use transcript::{Step, fits, matches, steps};

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
    assert!(step.typed.is_empty(), "{place}: nothing is typed here");
    assert_eq!(output.status.code(), Some(step.code), "{place}: {said:#?}");
    let expected: Vec<&str> = step.expected.iter().map(String::as_str).collect();
    assert!(matches(&expected, &said), "{place}: expected {expected:#?}, said {said:#?}");
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
