//! The papers: decisions in unbroken order, links that lead somewhere, words that are in
//! use.

use std::collections::BTreeSet;

use super::source::Source;
use super::tree::{Breach, File};

/// The headings of a decision, in order.
const HEADINGS: [&str; 3] = ["## Context", "## Decision", "## Consequences"];

/// Where the decisions stand.
const DECISIONS: &str = "docs/adr/";

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
    fn a_word_that_nothing_is_called_is_found() {
        let glossary = File::planted("GLOSSARY.md", "| hold | kept | `Hold`, `Hoard::Placed` |\n");
        let code = File::planted("crates/bank/src/hold.rs", "pub enum Hold { Placed }\n");
        let breaches = check_glossary(&[glossary, code]);
        assert_eq!(breaches.len(), 1);
        assert!(breaches[0].rule.contains("`Hoard`"));
    }
}
