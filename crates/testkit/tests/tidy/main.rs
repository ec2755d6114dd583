//! The rules of the house, as tests that read the source tree.
//!
//! What Cargo, rustc and clippy can refuse, they refuse. The rest stands here: who may not name
//! whom, how large things may grow, which words do not belong, that both languages say the same,
//! and that the papers are in order. Each check is tested on small planted faults, so that a
//! check which stopped looking would be noticed.

mod documents;
mod imports;
mod locales;
mod manifests;
mod shape;
mod source;
mod tree;
mod words;

use tree::{Breach, File};

/// Fails with every breach at once, one a line.
fn refuse(breaches: Vec<Breach>) {
    let lines: Vec<String> = breaches.iter().map(Breach::to_string).collect();
    assert!(lines.is_empty(), "{} breaches:\n{}\n", lines.len(), lines.join("\n"));
}

fn refuse_each(check: impl Fn(&File) -> Vec<Breach>) {
    refuse(tree::read().iter().flat_map(check).collect());
}

#[test]
fn nobody_names_what_it_must_not_know() {
    refuse_each(imports::check);
}

#[test]
fn every_ban_guards_what_exists() {
    let files = tree::read();
    refuse(imports::check_places(&files));
    refuse(imports::check_names(&files));
}

#[test]
fn every_crate_stands_on_the_floors_below_it() {
    refuse_each(manifests::check);
}

#[test]
fn every_dependency_is_used() {
    refuse(manifests::check_use(&tree::read()));
}

#[test]
fn everything_is_small_and_says_what_it_is() {
    refuse_each(shape::check);
}

#[test]
fn only_words_that_belong_here_are_used() {
    refuse_each(words::check);
}

#[test]
fn both_languages_say_the_same() {
    let files = tree::read();
    assert!(files.iter().any(|file| file.path.ends_with(".ftl")), "the words were not found");
    refuse(locales::check(&files));
}

#[test]
fn decisions_are_numbered_without_a_gap() {
    let files = tree::read();
    assert!(files.iter().any(|file| file.path.starts_with("docs/adr/")), "no decision was found");
    refuse(documents::check_decisions(&files));
}

#[test]
fn every_link_leads_somewhere() {
    let root = tree::root();
    refuse_each(|file| documents::check_links(file, |path| root.join(path).exists()));
}

#[test]
fn every_abuse_case_has_the_tests_that_its_list_names() {
    let files = tree::read();
    assert!(files.iter().any(|file| file.path == "docs/abuse.md"), "the list was not found");
    refuse(documents::check_abuse(&files));
}

#[test]
fn every_word_of_the_glossary_is_in_use() {
    refuse(documents::check_glossary(&tree::read()));
}
