//! One list of everything in the interface: which type of Rust stands for it, in how many vectors
//! it stands, what wrong forms of it are refused, and which fuzz target reads it.
//!
//! The list is kept as `vectors/inventory.md`. A type that comes without one of these makes a hole
//! in the list, and a list that is not today's fails here and is laid beside the kept one.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write,
    fs,
    path::{Path, PathBuf},
};

use openset_wire::inspect::{self, Node};

use crate::{
    edited, enumerations,
    reader::{Kind, Types, read, resolve, words},
    sample::{self, Sample},
    structures, vectors, written,
};

/// How often something was taken, and how often refused.
#[derive(Default, Clone, Copy)]
struct Tried {
    taken: usize,
    refused: usize,
}

impl Tried {
    fn count(&mut self, taken: bool) {
        if taken { self.taken += 1 } else { self.refused += 1 }
    }
}

/// What is known of one type.
#[derive(Default)]
struct Row {
    vectors: usize,
    tried: Tried,
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Whatever wrong forms of a sample are taken and refused: cut by an octet, followed by one, each
/// SEQUENCE in it with one field left out, doubled, moved or followed by a stranger, each CHOICE
/// under a tag that no alternative has. The sample itself is the first that is taken.
fn tried(types: &Types, sample: &Sample) -> (Tried, BTreeMap<String, Tried>) {
    let mut all = Tried { taken: 1, refused: 0 };
    let mut each = BTreeMap::<String, Tried>::new();
    let shorter = sample.octets[..sample.octets.len() - 1].to_vec();
    for spoilt in [shorter, [&sample.octets[..], &[0]].concat()] {
        all.count((sample.again)(&spoilt).is_ok());
    }
    let tree = inspect::named(sample.asn1, &sample.octets).expect("a sample");
    for node in tree.walk() {
        let spoilt: Vec<Vec<u8>> = match resolve(types, &node.kind) {
            Some((_, Kind::Fields(fields))) => {
                let edits = edited::spoilt(sample, node, fields);
                edits.into_iter().map(|(_, _, spoilt)| spoilt).collect()
            }
            Some((_, Kind::Choice(_))) => vec![under_no_tag(sample, node)],
            _ => continue,
        };
        let Some((name, _)) = resolve(types, &node.kind) else { continue };
        let of_type = each.entry(name.to_owned()).or_default();
        for spoilt in spoilt {
            let taken = (sample.again)(&spoilt).is_ok();
            all.count(taken);
            of_type.count(taken);
        }
    }
    (all, each)
}

/// The value with a CHOICE in it under the context tag 30.
fn under_no_tag(sample: &Sample, node: &Node) -> Vec<u8> {
    let mut octets = sample.octets.clone();
    octets[node.at] = 0x9E | octets[node.at] & 0x20;
    octets
}

/// What the samples and a story of suite `set10` show of each type.
fn rows(types: &Types, tried: &[(Tried, BTreeMap<String, Tried>)]) -> BTreeMap<String, Row> {
    let mut rows = BTreeMap::<String, Row>::new();
    let mut stand = |kinds: BTreeSet<&str>| {
        let names: BTreeSet<&str> =
            kinds.into_iter().flat_map(|kind| vectors::names(types, kind)).collect();
        names.into_iter().for_each(|name| rows.entry(name.to_owned()).or_default().vectors += 1);
    };
    for sample in sample::all() {
        let tree = inspect::named(sample.asn1, &sample.octets).expect("a sample");
        stand(tree.walk().iter().map(|node| node.kind.as_str()).collect());
    }
    for (_, octets) in sample::story() {
        let tree = inspect::inspect(&octets).expect("a message");
        let walk = tree.walk();
        let kinds = walk.iter().map(|node| node.kind.strip_prefix("Set10").unwrap_or(&node.kind));
        stand(kinds.collect());
    }
    for (name, tried) in tried.iter().flat_map(|(_, each)| each) {
        let row = rows.entry(name.clone()).or_default();
        row.tried.taken += tried.taken;
        row.tried.refused += tried.refused;
    }
    rows
}

/// The types that a fuzz target decodes, with everything inside them.
fn fuzzed() -> BTreeMap<String, &'static str> {
    let words = words("set.asn");
    let parts = fs::read_to_string(root().join("fuzz/decoders.rs")).expect("the decoders");
    let parts = parts.lines().filter(|line| line.contains("check::<"));
    let parts: Vec<&str> = parts.filter_map(|line| line.split('"').nth(1)).collect();
    let mut found = BTreeMap::new();
    reach(&words, "MessageWrapper", "message", &mut found);
    parts.into_iter().for_each(|part| reach(&words, part, "part", &mut found));
    // Three answers have types of their own here, and share one in the interface.
    reach(&words, "CapRevOrCredResData", "part", &mut found);
    let signed =
        words.iter().filter(|(_, words)| words.first().is_some_and(|it| it == "SignedData"));
    for (name, _) in signed {
        found.insert(name.clone(), "signed");
    }
    for name in CERTIFICATES {
        reach(&words, name, "certificate", &mut found);
    }
    found
}

/// What the target `certificate` decodes.
const CERTIFICATES: [&str; 16] = [
    "AuthorityKeyIdentifier",
    "BasicConstraintsSyntax",
    "BrandCRLIdentifier",
    "CRLNumber",
    "CardCertRequiredSyntax",
    "Certificate",
    "CertificatePoliciesSyntax",
    "CertificateRevocationList",
    "CertificateTypeSyntax",
    "HashedRootKeySyntax",
    "KeyUsage",
    "MerchantDataSyntax",
    "PrivateKeyUsagePeriod",
    "SETExtensionsSyntax",
    "SetPolicyQualifier",
    "TunnelingSyntax",
];

fn reach(
    words: &BTreeMap<String, Vec<String>>,
    name: &str,
    target: &'static str,
    found: &mut BTreeMap<String, &'static str>,
) {
    let Some(inside) = words.get(name) else { return };
    if found.insert(name.to_owned(), target).is_some() {
        return;
    }
    inside.iter().for_each(|word| reach(words, word, target, found));
}

/// What a type is, for the reader of the list.
fn stands_for(types: &Types, name: &str) -> Option<&'static str> {
    if structures::all().contains_key(name) {
        return Some(if matches!(types[name], Kind::Choice(_)) { "choice" } else { "fields" });
    }
    if enumerations::NAMES.contains(&name) {
        return Some("numbers");
    }
    if written::ALL.iter().any(|(known, _)| *known == name) {
        return Some("element");
    }
    written::ELSEWHERE.iter().find(|(known, _)| *known == name).map(|(_, why)| *why)
}

/// The whole list.
fn inventory() -> String {
    let types = read("set.asn");
    let modern = read("set-modern.asn");
    let samples = sample::all();
    let tried: Vec<_> = samples.iter().map(|sample| tried(&types, sample)).collect();
    let (rows, fuzzed, none) = (rows(&types, &tried), fuzzed(), Row::default());
    let mut text = String::from(HEAD);
    for (sample, (Tried { taken, refused }, _)) in samples.iter().zip(&tried) {
        writeln!(text, "| `{}` | {taken} | {refused} |", sample.file).expect("memory");
    }
    text.push_str(TYPES);
    for name in types.keys() {
        let row = rows.get(name).unwrap_or(&none);
        let suites = if modern.contains_key(name) { "both" } else { "`set10`" };
        let kind = stands_for(&types, name).unwrap_or("-");
        let target = fuzzed.get(name).copied().unwrap_or("-");
        let Row { vectors, tried: Tried { taken, refused } } = row;
        writeln!(
            text,
            "| {name} | {suites} | {kind} | {vectors} | {taken} | {refused} | {target} |"
        )
        .expect("memory");
    }
    text
}

const HEAD: &str = "\
# Inventory of the interface

`cargo test -p openset-wire --test interface` makes this list of `protocol/set.asn` and
`protocol/set-modern.asn` and compares it with this file.

## Vectors

Each is written, read back to the same octets, and then tried with an octet less, one more, one
field left out, doubled, moved or followed by a stranger, and each CHOICE under a tag that no
alternative has: so often it is taken, itself included, and so often refused. Every truncation,
every bound and every number of an enumeration is tried besides.

| vector | taken | refused |
|---|---|---|
";

const TYPES: &str = "
## Types

Which suites have it, what stands for it in `crates/wire` (a type with fields, a choice, numbers, or
one element), in how many vectors it stands, how often it is taken and refused when it alone is
changed in them, and which fuzz target reads it. An algorithm is taken with any parameters here:
what they mean is for `crates/crypto`.

| type | suites | is | vectors | taken | refused | fuzzed by |
|---|---|---|---|---|---|---|
";

#[test]
fn every_vector_is_refused_in_more_ways_than_it_is_taken() {
    let (types, kept) = (read("set.asn"), kept());
    for sample in sample::all() {
        let row = kept.iter().find(|row| row[0] == format!("`{}`", sample.file));
        let row = row.unwrap_or_else(|| panic!("{} has no line", sample.file));
        let number = |place: usize| row[place].parse::<usize>().expect("a number");
        assert!(number(2) > number(1), "{}", sample.file);
    }
    let rows = kept.iter().filter(|row| row.len() == 7 && types.contains_key(&row[0]));
    assert_eq!(rows.count(), types.len());
}

#[test]
fn every_type_has_a_vector_a_refusal_and_a_fuzz_target() {
    let kept = kept();
    let types = kept.iter().filter(|row| row.len() == 7);
    let mut holes = Vec::new();
    for row in types {
        let number = |place: usize| row[place].parse::<usize>().expect("a number");
        let is_signed = row[6] == "signed";
        let is_hole = row[2] == "-"
            || row[6] == "-"
            || (number(3) == 0 && !is_signed)
            || (["fields", "choice"].contains(&row[2].as_str()) && number(5) == 0);
        if is_hole {
            holes.push(row[0].as_str());
        }
    }
    // What is missing of these is missing for a reason that stands beside them.
    assert_eq!(holes, vectors::UNSEEN.map(|(name, _)| name));
}

/// The rows of both tables that are kept, cell by cell.
fn kept() -> Vec<Vec<String>> {
    let text = fs::read_to_string(root().join("vectors/inventory.md")).expect("a list");
    let rows = text.lines().filter_map(|line| line.strip_prefix("| ")?.strip_suffix(" |"));
    let cells = |row: &str| row.split(" | ").map(str::to_owned).collect();
    let rows: Vec<Vec<String>> = rows.map(cells).collect();
    rows.into_iter()
        .filter(|row| row[1].parse::<usize>().is_ok() || row.len() == 7)
        .filter(|row| row[0] != "type")
        .collect()
}

#[test]
fn the_list_that_is_kept_is_today_s() {
    let today = inventory();
    let kept = root().join("vectors/inventory.md");
    if fs::read_to_string(&kept).ok().as_deref() != Some(&today) {
        let beside = Path::new(env!("CARGO_TARGET_TMPDIR")).join("inventory.md");
        fs::write(&beside, today).expect("a writable folder");
        panic!("{} differs: today's is {}", kept.display(), beside.display());
    }
}
