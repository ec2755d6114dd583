//! Words that do not belong in the house.

use super::source::Source;
use super::tree::{Breach, File};

/// Names of modules that refuse nobody.
const ROOMS: [&str; 11] = [
    "common",
    "helper",
    "helpers",
    "info",
    "manager",
    "misc",
    "service",
    "services",
    "util",
    "utils",
    "utilities",
];

/// Macros that stand where work is missing.
const UNDONE: [&str; 3] = ["todo!", "unimplemented!", "dbg!"];

/// Places that are true on one machine only, and hosts that a lock file must not name.
const ELSEWHERE: [&str; 9] = [
    "/home/",
    "/root/",
    "/tmp/",
    "/work/",
    "files.pythonhosted.org",
    "index.crates.io",
    "pypi.org",
    "registry.npmjs.org",
    "static.crates.io",
];

/// Words that often stand where something real is missing.
const APOLOGIES: [&str; 6] = [
    "for now,",
    "for the moment",
    "in a real implementation",
    "in a real system",
    "not yet implemented",
    "until the crate is furnished",
];

/// Every breach of words in one file.
pub(crate) fn check(file: &File) -> Vec<Breach> {
    // This file names the words it forbids.
    if file.path.ends_with("tests/tidy/words.rs") {
        return Vec::new();
    }
    let mut breaches = rooms(file);
    breaches.extend(undone(file));
    for (at, line) in file.text.lines().enumerate() {
        let found = unnumbered(line).or_else(|| apology(line)).or_else(|| elsewhere(file, line));
        breaches.extend(found.map(|rule| Breach::at(file, at + 1, rule)));
    }
    breaches
}

fn rooms(file: &File) -> Vec<Breach> {
    if !file.is_rust() {
        return Vec::new();
    }
    let parts = file.path.split('/').map(|part| part.trim_end_matches(".rs"));
    let bad = parts.filter(|part| ROOMS.contains(part));
    bad.map(|part| Breach::at(file, 0, format!("`{part}` is a name that refuses nobody"))).collect()
}

fn undone(file: &File) -> Vec<Breach> {
    if !file.is_rust() {
        return Vec::new();
    }
    let source = Source::of(file);
    let lines = source.lines().flat_map(|(at, line)| {
        let found = UNDONE.iter().filter(move |word| line.contains(**word));
        found.map(move |word| Breach::at(file, at, format!("`{word}` is left to do")))
    });
    lines.collect()
}

/// A note of work to do carries the number of its issue: `TODO(#12)`.
fn unnumbered(line: &str) -> Option<String> {
    let note = ["TODO", "FIXME", "XXX"].into_iter().find(|note| has_word(line, note))?;
    let (_, after) = line.split_once(note)?;
    (!begins_with_number(after)).then(|| format!("`{note}` without the number of an issue"))
}

fn begins_with_number(after: &str) -> bool {
    let Some(rest) = after.strip_prefix("(#") else { return false };
    let past = rest.trim_start_matches(|c: char| c.is_ascii_digit());
    past.len() < rest.len() && past.starts_with(')')
}

fn has_word(line: &str, word: &str) -> bool {
    line.match_indices(word).any(|(at, _)| {
        let apart = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric() && c != '_');
        apart(line[..at].chars().next_back()) && apart(line[at + word.len()..].chars().next())
    })
}

fn apology(line: &str) -> Option<String> {
    let line = line.to_lowercase();
    let word = APOLOGIES.into_iter().find(|word| line.contains(word))?;
    Some(format!("`{word}`: do it, or leave it out"))
}

fn elsewhere(file: &File, line: &str) -> Option<String> {
    let scratch = file.is_test || !file.is_rust();
    let allowed = |place: &&str| *place == "/tmp/" && scratch;
    let place = ELSEWHERE.into_iter().find(|place| line.contains(place) && !allowed(place))?;
    Some(format!("`{place}` is not a place of this project"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn breaches(path: &str, text: &str) -> usize {
        check(&File::planted(path, text)).len()
    }

    #[test]
    fn a_room_that_refuses_nobody_is_found() {
        assert_eq!(breaches("crates/x/src/utils.rs", ""), 1);
        assert_eq!(breaches("crates/x/src/common/mod.rs", ""), 1);
        assert_eq!(breaches("crates/x/src/capture.rs", ""), 0);
    }

    #[test]
    fn work_left_to_do_is_found_and_its_mention_is_not() {
        assert_eq!(breaches("crates/x/src/a.rs", "fn f() { todo!() }"), 1);
        assert_eq!(breaches("crates/x/src/a.rs", "fn f() { unimplemented!(\"x\") }"), 1);
        assert_eq!(breaches("crates/x/src/a.rs", "// `todo!()` is denied\n"), 0);
    }

    #[test]
    fn a_note_without_a_number_is_found() {
        assert_eq!(breaches("crates/x/src/a.rs", "// TODO: later"), 1);
        assert_eq!(breaches("README.md", "FIXME(soon)"), 1);
        assert_eq!(breaches("crates/x/src/a.rs", "// TODO(#): later"), 1);
        assert_eq!(breaches("crates/x/src/a.rs", "// TODO(#12): later"), 0);
        assert_eq!(breaches("crates/x/src/a.rs", "let TODOS = 1;"), 0);
    }

    #[test]
    fn an_apology_is_found() {
        assert_eq!(breaches("crates/x/src/a.rs", "// In a real system this would be signed."), 1);
    }

    #[test]
    fn a_place_on_one_machine_is_found() {
        assert_eq!(breaches("docs/book/a.md", "see /home/me/notes"), 1);
        assert_eq!(breaches("browser/package-lock.json", "https://registry.npmjs.org/x"), 1);
        assert_eq!(breaches("crates/x/src/a.rs", "const A: &str = \"/tmp/a\";"), 1);
        assert_eq!(breaches("crates/x/tests/a.rs", "const A: &str = \"/tmp/a\";"), 0);
    }
}
