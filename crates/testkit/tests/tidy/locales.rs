//! Both languages say the same things: one word missing in one of them fails the build.

use std::collections::{BTreeMap, BTreeSet};

use super::tree::{Breach, File};

/// The languages of the pages, as their folders are named.
const LANGUAGES: [&str; 2] = ["en", "fr"];

/// What a language says: each message (or its attribute) and the values it inserts.
type Said = BTreeMap<String, BTreeSet<String>>;

/// Every difference between the languages.
pub(crate) fn check(files: &[File]) -> Vec<Breach> {
    let mut breaches = Vec::new();
    for file in files.iter().filter(|file| file.path.ends_with(".ftl")) {
        let Some(twin) = twin(file) else {
            breaches.push(Breach::at(file, 0, "words stand in a folder named for their language"));
            continue;
        };
        match files.iter().find(|other| other.path == twin) {
            None => breaches.push(Breach::at(file, 0, format!("`{twin}` is missing"))),
            Some(other) => breaches.extend(differences(file, other)),
        }
    }
    breaches
}

/// The same file in the other language.
fn twin(file: &File) -> Option<String> {
    let [english, french] = LANGUAGES.map(|language| format!("/{language}/"));
    if file.path.contains(&english) {
        return Some(file.path.replace(&english, &french));
    }
    file.path.contains(&french).then(|| file.path.replace(&french, &english))
}

fn differences(file: &File, other: &File) -> Vec<Breach> {
    let (said, theirs) = (said(&file.text), said(&other.text));
    let rule = |(key, values): (&String, &BTreeSet<String>)| match theirs.get(key) {
        None => Some(format!("`{key}` is missing in {}", other.path)),
        Some(others) if others != values => {
            Some(format!("`{key}` inserts other values than in {}", other.path))
        }
        Some(_) => None,
    };
    said.iter().filter_map(rule).map(|rule| Breach::at(file, 0, rule)).collect()
}

fn said(text: &str) -> Said {
    let mut said = Said::new();
    let mut message = String::new();
    let mut key = String::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        if let Some(name) = name_of(line) {
            (message, key) = (name.clone(), name);
            said.entry(key.clone()).or_default();
        } else if let Some(name) = line.trim_start().strip_prefix('.').and_then(name_of) {
            key = format!("{message}.{name}");
            said.entry(key.clone()).or_default();
        }
        said.entry(key.clone()).or_default().extend(values(line));
    }
    said.remove("");
    said
}

/// The name that a line gives to what follows it: `name = ...`.
fn name_of(line: &str) -> Option<String> {
    let (name, _) = line.split_once('=')?;
    let name = name.trim_end();
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    let begins = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '-');
    (begins && name.chars().all(plain)).then(|| name.to_owned())
}

fn values(line: &str) -> Vec<String> {
    let word = |after: &str| {
        after.chars().take_while(|c| c.is_alphanumeric() || "-_".contains(*c)).collect()
    };
    line.split('$').skip(1).map(word).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn breaches(english: &str, french: &str) -> usize {
        let files = [
            File::planted("crates/web/locales/en/shop.ftl", english),
            File::planted("crates/web/locales/fr/shop.ftl", french),
        ];
        check(&files).len()
    }

    #[test]
    fn languages_that_say_the_same_agree() {
        let english = "# Shop\npay = Pay { $amount }\n  .title = Pay now\n";
        assert_eq!(breaches(english, "pay = Payer { $amount }\n  .title = Payer\n"), 0);
    }

    #[test]
    fn a_word_missing_in_one_language_is_found() {
        assert_eq!(breaches("pay = Pay\ncancel = Cancel\n", "pay = Payer\n"), 1);
        assert_eq!(breaches("pay = Pay\n", "pay = Payer\n  .title = Payer\n"), 1);
    }

    #[test]
    fn a_value_left_out_in_one_language_is_found() {
        assert_eq!(breaches("pay = Pay { $amount }\n", "pay = Payer\n"), 2);
    }

    #[test]
    fn a_file_without_its_twin_is_found() {
        let file = File::planted("crates/web/locales/en/shop.ftl", "pay = Pay\n");
        assert_eq!(check(&[file]).len(), 1);
        assert_eq!(check(&[File::planted("crates/web/shop.ftl", "pay = Pay\n")]).len(), 1);
    }
}
