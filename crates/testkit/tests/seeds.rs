//! Every seed that is kept for fuzzing, through the functions that fuzzing calls.
//!
//! Fuzzing itself is done by hand (CONTRIBUTING.md). What it has found once stays a seed, and what
//! is a seed is tried here with every change.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use openset_wire::wrapper::MessageWrapper;

#[path = "../../../fuzz/decoders.rs"]
mod decoders;

fn fuzz() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz")
}

/// The files in a folder, in order.
fn files(folder: &Path) -> BTreeSet<PathBuf> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{folder:?}: {error}"));
    entries.map(|entry| entry.expect("a readable folder").path()).collect()
}

fn names(folder: &str) -> BTreeSet<String> {
    let stem = |path: &PathBuf| path.file_stem().expect("a name").to_string_lossy().into_owned();
    files(&fuzz().join(folder)).iter().map(stem).collect()
}

#[test]
fn every_target_has_its_seeds() {
    let known: BTreeSet<_> = decoders::ALL.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(names("fuzz_targets"), known);
    assert_eq!(names("seeds"), known);
    let manifest = fs::read_to_string(fuzz().join("Cargo.toml")).expect("a manifest");
    for name in known {
        assert!(manifest.contains(&format!("name = \"{name}\"")), "{name} is not built");
    }
}

#[test]
fn every_part_has_a_seed_that_chooses_it_and_is_accepted() {
    for (which, (name, decoder)) in decoders::PARTS.iter().enumerate() {
        let seed = fuzz().join("seeds/part").join(format!("{name}.bin"));
        let seed = fs::read(&seed).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(usize::from(seed[0]), which, "{name}");
        assert!(decoder(&seed[1..]), "{name}");
    }
}

#[test]
fn every_message_has_a_seed_that_is_accepted() {
    let seeds = files(&fuzz().join("seeds/message")).into_iter();
    let octets = seeds.map(|seed| fs::read(seed).expect("a readable seed"));
    let read = octets.filter_map(|octets| MessageWrapper::decode(&octets).ok());
    let tags: BTreeSet<u32> = read.map(|wrapper| wrapper.message.tag()).collect();
    assert_eq!(tags, (0..=31).chain([999]).collect());
}

#[test]
fn no_seed_breaks_what_must_hold() {
    for (target, run) in decoders::ALL {
        let mut answers = BTreeSet::new();
        for seed in files(&fuzz().join("seeds").join(target)) {
            println!("{}", seed.display());
            answers.insert(run(&fs::read(&seed).expect("a readable seed")));
        }
        assert_eq!(answers.len(), 2, "{target} has seeds that are accepted and seeds that are not");
    }
}

#[test]
fn no_seed_that_was_cut_short_or_has_one_octet_changed_breaks_it_either() {
    for (target, run) in decoders::ALL {
        for seed in files(&fuzz().join("seeds").join(target)) {
            println!("{}", seed.display());
            let mut octets = fs::read(&seed).expect("a readable seed");
            octets.truncate(2_000);
            for at in 0..octets.len() {
                run(&octets[..at]);
                let was = octets[at];
                octets[at] ^= 0x80 >> (at % 8);
                run(&octets);
                octets[at] = was;
            }
        }
    }
}

#[test]
fn every_vector_is_a_seed_too() {
    let vectors = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../vectors");
    for vector in files(&vectors).into_iter().filter(|path| path.extension().is_some()) {
        let octets = fs::read(&vector).expect("a readable vector");
        for (_, run) in decoders::ALL {
            run(&octets);
        }
    }
}
