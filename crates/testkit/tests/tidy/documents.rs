//! The papers: decisions in unbroken order, links that lead somewhere, words that are in
//! use.

use std::collections::BTreeSet;

use super::source::Source;
use super::tree::{Breach, File};

/// The headings of a decision, in order.
const HEADINGS: [&str; 3] = ["## Context", "## Decision", "## Consequences"];

/// Where the decisions stand.
const DECISIONS: &str = "docs/adr/";

/// What somebody may try, and the tests that try it.
const ABUSE: &str = "docs/abuse.md";

/// Every breach among the decisions.
pub(crate) fn check_decisions(files: &[File]) -> Vec<Breach> {
    let mut breaches = Vec::new();
    let decisions = files.iter().filter(|file| file.path.starts_with(DECISIONS));
    for (file, number) in decisions.zip(1..) {
        let name = file.path.trim_start_matches(DECISIONS);
        if !name.starts_with(&format!("{number:04}-")) || !name.ends_with(".md") {
            breaches.push(Breach::at(file, 0, format!("decision {number:04} should stand here")));
        }
        if !file.text.starts_with(&format!("# {number}. ")) {
            breaches.push(Breach::at(file, 1, format!("the title begins with `# {number}. `")));
        }
        let found: Vec<&str> = file.text.lines().filter(|line| line.starts_with("## ")).collect();
        if found != HEADINGS {
            breaches.push(Breach::at(file, 0, format!("a decision has {}", HEADINGS.join(", "))));
        }
    }
    breaches
}

/// Every link of a paper to a file of the project that is not there. `exists` is asked for a path
/// from the root, of a file or a folder.
pub(crate) fn check_links(file: &File, exists: impl Fn(&str) -> bool) -> Vec<Breach> {
    if !file.path.ends_with(".md") {
        return Vec::new();
    }
    let folder = file.path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut breaches = Vec::new();
    for (at, line) in file.text.lines().enumerate() {
        for target in targets(line) {
            if !exists(&resolve(folder, target)) {
                breaches.push(Breach::at(file, at + 1, format!("`{target}` leads nowhere")));
            }
        }
    }
    breaches
}

/// The files that a line links to; addresses elsewhere and headings of the same page are not.
fn targets(line: &str) -> impl Iterator<Item = &str> {
    let after = line.split("](").skip(1).filter_map(|rest| rest.split([')', '#']).next());
    after.filter(|target| !target.is_empty() && !target.contains(':'))
}

fn resolve(folder: &str, target: &str) -> String {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in target.split('/').filter(|part| !part.is_empty() && *part != ".") {
        if part == ".." {
            parts.pop();
        } else {
            parts.push(part);
        }
    }
    parts.join("/")
}

/// Every test that the list of abuse cases names and that is not in the file it links to.
pub(crate) fn check_abuse(files: &[File]) -> Vec<Breach> {
    let mut breaches = Vec::new();
    for list in files.iter().filter(|file| file.path == ABUSE) {
        for (at, line) in list.text.lines().enumerate() {
            let Some((test, place)) = named_test(line) else { continue };
            let place = resolve("docs", place);
            let file = files.iter().find(|file| file.path == place);
            if !file.is_some_and(|file| has_test(&file.text, test)) {
                let rule = format!("there is no test `{test}` in {place}");
                breaches.push(Breach::at(list, at + 1, rule));
            }
        }
    }
    breaches
}

/// A test and the file it is in: a line of the list that is one link.
fn named_test(line: &str) -> Option<(&str, &str)> {
    line.strip_prefix("- [`")?.strip_suffix(')')?.split_once("`](")
}

/// Whether there is a function of this name that is a test.
fn has_test(text: &str, name: &str) -> bool {
    let head = format!("fn {name}(");
    let mut lines = text.lines().collect::<Vec<_>>().into_iter().rev();
    let declared =
        lines.any(|line| line.trim_start().trim_start_matches("async ").starts_with(&head));
    let mut above = lines.map(str::trim).take_while(|line| line.starts_with(['#', '/']));
    declared && above.any(|line| line.starts_with("#[") && line.ends_with("test]"))
}

/// Every type that the glossary explains and shipped code does not name.
pub(crate) fn check_glossary(files: &[File]) -> Vec<Breach> {
    let code = files.iter().filter(|file| file.is_rust() && !file.is_test);
    let named: BTreeSet<String> = code
        .flat_map(|file| Source::of(file).shipped_paths())
        .flat_map(|named| named.segments)
        .collect();
    let mut breaches = Vec::new();
    for file in files.iter().filter(|file| file.path == "GLOSSARY.md") {
        for (at, line) in file.text.lines().enumerate() {
            for word in types(line).filter(|word| !named.contains(*word)) {
                let rule = format!("`{word}` is explained and nothing has that name");
                breaches.push(Breach::at(file, at + 1, rule));
            }
        }
    }
    breaches
}

/// The names of types in a line: what stands between backticks and begins with a capital.
fn types(line: &str) -> impl Iterator<Item = &str> {
    let quoted = line.split('`').skip(1).step_by(2);
    let parts = quoted.flat_map(|quoted| quoted.split(|c: char| !c.is_ascii_alphanumeric()));
    parts.filter(|part| part.len() > 1 && part.starts_with(|c: char| c.is_ascii_uppercase()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHOLE: &str = "## Context\n\n## Decision\n\n## Consequences\n";

    fn decision(name: &str, title: &str) -> File {
        File::planted(&format!("docs/adr/{name}"), &format!("# {title}\n{WHOLE}"))
    }

    #[test]
    fn decisions_in_order_agree() {
        let files = [decision("0001-a.md", "1. A"), decision("0002-b.md", "2. B")];
        assert_eq!(check_decisions(&files), []);
    }

    #[test]
    fn a_gap_a_wrong_title_and_a_missing_heading_are_found() {
        assert_eq!(check_decisions(&[decision("0002-b.md", "1. B")]).len(), 1);
        assert_eq!(check_decisions(&[decision("0001-b.md", "2. B")]).len(), 1);
        let short = File::planted("docs/adr/0001-a.md", "# 1. A\n## Context\n");
        assert_eq!(check_decisions(&[short]).len(), 1);
    }

    #[test]
    fn a_link_that_leads_nowhere_is_found() {
        let text = "[a](../crates/wire) [b](gone.md) [c](https://example.org) [d](#here)\n";
        let file = File::planted("docs/book/index.md", text);
        let breaches = check_links(&file, |path| path == "docs/crates/wire");
        assert_eq!(breaches.len(), 1);
        assert!(breaches[0].rule.contains("gone.md"));
        let breaches = check_links(&file, |path| path == "docs/book/gone.md");
        assert_eq!(breaches.len(), 1);
    }

    #[test]
    fn a_test_that_is_named_and_not_there_is_found() {
        let list = "- [`a_door_is_shut`](../crates/a/src/b.rs)\n- [a paper](ceremony.md)\n";
        let found = |code: &str| {
            let code = File::planted("crates/a/src/b.rs", code);
            check_abuse(&[File::planted(ABUSE, list), code]).len()
        };
        assert_eq!(found("#[test]\nfn a_door_is_shut() {}\n"), 0);
        assert_eq!(found("    #[tokio::test]\n    async fn a_door_is_shut() {}\n"), 0);
        assert_eq!(found("#[test]\nfn a_door_is_shut_again() {}\n"), 1);
        assert_eq!(found("fn a_door_is_shut() {}\n"), 1, "nobody runs it");
        assert_eq!(check_abuse(&[File::planted(ABUSE, list)]).len(), 1);
    }

    #[test]
    fn a_word_that_nothing_is_called_is_found() {
        let glossary = File::planted("GLOSSARY.md", "| hold | kept | `Hold`, `Hoard::Placed` |\n");
        let code = File::planted("crates/bank/src/hold.rs", "pub enum Hold { Placed }\n");
        let breaches = check_glossary(&[glossary, code]);
        assert_eq!(breaches.len(), 1);
        assert!(breaches[0].rule.contains("`Hoard`"));
    }
}
