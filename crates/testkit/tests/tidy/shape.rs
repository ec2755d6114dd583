//! How large things may grow, and how every file begins.

use super::source::Source;
use super::tree::{Breach, File};

/// The most lines of a file, test code left out.
const FILE_LINES_MAX: usize = 800;
/// The most lines of a function, from signature to closing brace, test code left out.
const FUNCTION_LINES_MAX: usize = 70;
/// The most columns of a line.
const COLUMNS_MAX: usize = 100;

/// Every breach of shape in one file.
pub(crate) fn check(file: &File) -> Vec<Breach> {
    if !file.is_rust() {
        return Vec::new();
    }
    let source = Source::of(file);
    let mut breaches = columns(file);
    breaches.extend(opening(file));
    breaches.extend(ignored_tests(file, &source));
    let lines = source.shipped_lines();
    if !file.is_test && lines > FILE_LINES_MAX {
        let rule = format!("{lines} lines, at most {FILE_LINES_MAX}: split by decision");
        breaches.push(Breach::at(file, 0, rule));
    }
    for function in source.shipped_functions() {
        if function.lines > FUNCTION_LINES_MAX {
            let (name, lines) = (&function.name, function.lines);
            let rule = format!("`{name}` has {lines} lines, at most {FUNCTION_LINES_MAX}");
            breaches.push(Breach::at(file, function.line, rule));
        }
    }
    breaches
}

fn columns(file: &File) -> Vec<Breach> {
    let long = file
        .text
        .lines()
        .enumerate()
        .filter(|(_, line)| line.chars().count() > COLUMNS_MAX && !is_one_link(line));
    let breach = |(at, _)| Breach::at(file, at + 1, format!("more than {COLUMNS_MAX} columns"));
    long.map(breach).collect()
}

/// A comment that is one address cannot be broken.
fn is_one_link(line: &str) -> bool {
    let words: Vec<&str> = line.split_whitespace().collect();
    matches!(words.as_slice(), ["//" | "///" | "//!", link] if link.contains("://"))
}

/// A file says in its first sentence what it is.
fn opening(file: &File) -> Option<Breach> {
    let first = file.text.lines().next().unwrap_or_default();
    let rule = match first.strip_prefix("//! ") {
        None => "the first line says what this file is: `//! ...`",
        Some(said) if said.starts_with(char::is_lowercase) => {
            "the first sentence begins with a capital"
        }
        Some(_) if !first_paragraph(&file.text).trim_end().ends_with(['.', ':', '?']) => {
            "the first sentence ends with a full stop"
        }
        Some(_) => return None,
    };
    Some(Breach::at(file, 1, rule))
}

fn first_paragraph(text: &str) -> String {
    let lines = text.lines().map_while(|line| line.strip_prefix("//! "));
    lines.collect::<Vec<_>>().join(" ")
}

fn ignored_tests(file: &File, source: &Source) -> Vec<Breach> {
    let ignored = source.lines().filter(|(_, line)| line.trim_start().starts_with("#[ignore"));
    ignored.map(|(at, _)| Breach::at(file, at, "a test that is not run proves nothing")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(path: &str, text: &str) -> Vec<String> {
        check(&File::planted(path, text)).into_iter().map(|breach| breach.rule).collect()
    }

    #[test]
    fn a_file_without_an_opening_sentence_is_found() {
        assert_eq!(rules("crates/x/src/a.rs", "//! Says what it is.\n"), [""; 0]);
        assert_eq!(
            rules("crates/x/src/a.rs", "//! Says what it is,\n//! on two lines.\n"),
            [""; 0]
        );
        for text in ["use a::B;\n", "\n//! Late.\n", "//! no capital.\n", "//! No stop\n", ""] {
            assert_eq!(rules("crates/x/src/a.rs", text).len(), 1, "{text:?}");
        }
    }

    #[test]
    fn a_long_line_is_found_and_a_link_is_not() {
        let long = format!("//! A.\n// {}\n", "x ".repeat(50));
        assert_eq!(rules("crates/x/src/a.rs", &long).len(), 1);
        let link = format!("//! A.\n// https://example.org/{}\n", "x".repeat(90));
        assert_eq!(rules("crates/x/src/a.rs", &link).len(), 0);
    }

    #[test]
    fn a_long_function_is_found_outside_tests() {
        let body = "    work();\n".repeat(FUNCTION_LINES_MAX);
        let text = format!("//! A.\nfn long() {{\n{body}}}\n");
        assert_eq!(rules("crates/x/src/a.rs", &text).len(), 1);
        let text = format!("//! A.\n#[cfg(test)]\nmod tests {{\nfn long() {{\n{body}}}\n}}\n");
        assert_eq!(rules("crates/x/src/a.rs", &text).len(), 0);
        assert_eq!(rules("crates/x/tests/a.rs", &text).len(), 0);
    }

    #[test]
    fn a_long_file_is_found() {
        let text = format!("//! A.\n{}", "const A: u8 = 1;\n".repeat(FILE_LINES_MAX));
        assert_eq!(rules("crates/x/src/a.rs", &text).len(), 1);
    }

    #[test]
    fn an_ignored_test_is_found() {
        let text =
            "//! A.\n#[cfg(test)]\nmod tests {\n    #[test]\n    #[ignore]\n    fn t() {}\n}\n";
        assert_eq!(rules("crates/x/src/a.rs", text).len(), 1);
    }
}
