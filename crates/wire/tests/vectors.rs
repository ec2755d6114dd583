//! The files in `vectors/` are what this crate writes today, and each is accounted for.

mod sample;

use std::{collections::BTreeSet, fs, path::PathBuf};

use openset_wire::wrapper::MessageWrapper;

fn vectors() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../vectors")
}

#[test]
fn every_vector_is_what_is_written_today() {
    for sample in sample::all() {
        let path = vectors().join(&sample.file);
        let octets = fs::read(&path).expect("a file for every sample");
        assert_eq!(octets, sample.octets, "{}", sample.file);
    }
}

#[test]
fn every_file_is_a_sample_and_has_its_line() {
    let written: BTreeSet<String> = sample::all().into_iter().map(|sample| sample.file).collect();
    let mut found = BTreeSet::new();
    for (folder, prefix) in [(vectors(), ""), (vectors().join("inside"), "inside/")] {
        for entry in fs::read_dir(folder).expect("a folder") {
            let name = entry.expect("an entry").file_name().into_string().expect("a text");
            if name.ends_with(".der") {
                found.insert(format!("{prefix}{name}"));
            }
        }
    }
    assert_eq!(found, written);
    let readme = fs::read_to_string(vectors().join("README.md")).expect("a text");
    for file in written {
        assert!(readme.contains(&format!("`{file}`")), "{file} has no line");
    }
}

#[test]
fn a_story_of_suite_set10_is_read_and_written_again_to_the_same_octets() {
    let read = sample::story();
    assert_eq!(read.len(), 22, "14 of a purchase, 8 of the two that enrolled before");
    for (file, octets) in read {
        let message = MessageWrapper::decode(&octets).unwrap_or_else(|why| panic!("{file}: {why}"));
        assert_eq!(message.encode().expect("encodable"), octets, "{file}");
    }
}
