//! `docs/codes.md` names, for every code of the standard, a test that produces it: the list is
//! complete, each test is there, and its text speaks of the code.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn text(path: &str) -> String {
    let path = root().join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Every ENUMERATED of the interface, with its codes in order.
fn enumerations() -> BTreeMap<String, Vec<String>> {
    let text = text("protocol/set.asn");
    let lines = text.lines().map(|line| line.split("--").next().unwrap_or_default());
    let text = lines.collect::<Vec<_>>().join(" ");
    let mut found = BTreeMap::new();
    for (at, _) in text.match_indices("::= ENUMERATED {") {
        let name = text[..at].split_whitespace().last().expect("a name");
        let body = text[at..].split(['{', '}']).nth(1).expect("codes");
        let codes = body.split(',').filter_map(|code| code.split('(').next());
        found.insert(name.to_owned(), codes.map(|code| code.trim().to_owned()).collect());
    }
    found
}

/// What is said of one code: the tests that produce it, or why there is none.
struct Row {
    code: String,
    said: String,
}

/// The tables of the document, by the names of their enumerations.
fn tables() -> BTreeMap<String, Vec<Row>> {
    let text = text("docs/codes.md");
    let mut tables = BTreeMap::<String, Vec<Row>>::new();
    let mut name = String::new();
    for line in text.lines() {
        if let Some(heading) = line.strip_prefix("## ") {
            name = heading.to_owned();
        }
        let cells = line.strip_prefix("| ").and_then(|line| line.strip_suffix(" |"));
        let Some((code, said)) = cells.and_then(|cells| cells.split_once(" | ")) else { continue };
        if code == "code" || code == "enumeration" {
            continue;
        }
        let (code, said) = (code.trim_matches('`').to_owned(), said.to_owned());
        tables.entry(name.clone()).or_default().push(Row { code, said });
    }
    tables
}

/// The heading of what carries no outcome: values that somebody chooses.
const VALUES: &str = "Values";

#[test]
fn every_code_of_every_enumeration_has_its_line() {
    let tables = tables();
    let known = enumerations();
    assert_eq!(known.len(), 32);
    let mut met = BTreeSet::new();
    for (name, rows) in &tables {
        let codes: Vec<&str> = rows.iter().map(|row| row.code.as_str()).collect();
        if name == VALUES {
            met.extend(codes.into_iter().map(str::to_owned));
            continue;
        }
        assert_eq!(codes, known[name].iter().map(String::as_str).collect::<Vec<_>>(), "{name}");
        assert!(met.insert(name.clone()), "{name} twice");
    }
    assert_eq!(met, known.into_keys().collect());
}

/// The tests that a line names, as file and function.
fn named(said: &str) -> Vec<(&str, &str)> {
    said.split('`').skip(1).step_by(2).filter_map(|name| name.split_once("::")).collect()
}

/// The text of one test.
fn body<'a>(file: &'a str, name: &str) -> Option<&'a str> {
    let at = file.find(&format!("fn {name}("))?;
    let before = file[..at].trim_end();
    let is_test = before.ends_with("#[test]") || before.ends_with("#[test]\nasync");
    let end = file[at..].find("\n}\n").or_else(|| file[at..].find("\n    }\n"))?;
    is_test.then(|| &file[at..at + end])
}

#[test]
fn every_test_that_is_named_is_there_and_speaks_of_the_code() {
    for (name, rows) in tables().iter().filter(|(name, _)| *name != VALUES) {
        for Row { code, said } in rows {
            let tests = named(said);
            if tests.is_empty() {
                assert!(said.starts_with("no:"), "{name}.{code} has neither test nor reason");
            }
            for (path, test) in tests {
                let file = text(&format!("crates/{path}"));
                let body = body(&file, test);
                let body = body.unwrap_or_else(|| panic!("{code}: no {test} in {path}"));
                let speaks = body.to_lowercase().contains(&code.to_lowercase());
                assert!(speaks, "{test} does not speak of {name}.{code}");
            }
        }
    }
}
