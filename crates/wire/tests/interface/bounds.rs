//! Every bound of the interface, passed by one: too short, too long, too few, too many, too small,
//! too large.

use std::collections::BTreeMap;

use openset_wire::{
    What,
    inspect::{self, Node},
};

use crate::{
    octets::{length, members, replaced},
    reader::{Bounds, Field, Kind, Types, read, resolve},
    sample::{self, Sample},
};

/// What a bounded value is built of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Built {
    Number,
    Text,
    List,
}

/// The bounds of a field, in its own type or in one that its type is named after.
fn bounded(types: &Types, field: &Field) -> Option<(Built, Bounds)> {
    let built = |word: &str| match word {
        "INTEGER" => Some(Built::Number),
        "OCTET" | "VisibleString" | "NumericString" => Some(Built::Text),
        "SEQUENCE" => Some(Built::List),
        _ => None,
    };
    if let Some(bounds) = field.bounds {
        return built(&field.of).map(|built| (built, bounds));
    }
    match resolve(types, &field.of)?.1 {
        Kind::Other(word, bounds) => built(word).zip(*bounds),
        Kind::Choice(forms) if forms[0].name == "visibleString" => {
            forms[0].bounds.map(|bounds| (Built::Text, bounds))
        }
        _ => None,
    }
}

/// Every bound passed, once for each field: how far, and what was said.
fn outcomes(types: &Types) -> BTreeMap<(String, i64), Option<What>> {
    let mut outcomes = BTreeMap::new();
    for sample in sample::all() {
        let tree = inspect::named(sample.asn1, &sample.octets).expect("a sample");
        for node in tree.walk() {
            let Some((name, Kind::Fields(fields))) = resolve(types, &node.kind) else { continue };
            for field in fields {
                let Some(child) = node.child(&field.name) else { continue };
                let Some((built, bounds)) = bounded(types, field) else { continue };
                let max = bounds.max.unwrap_or(i64::MAX);
                for beyond in [bounds.min - 1, max.saturating_add(1)] {
                    let path = (format!("{name}.{}", field.name), beyond);
                    if !outcomes.contains_key(&path)
                        && let Some(said) = attempt(&sample, child, built, beyond)
                    {
                        outcomes.insert(path, said);
                    }
                }
            }
        }
    }
    outcomes
}

/// What is said of a value that is so small or large. Nobody can make a list shorter than none.
fn attempt(sample: &Sample, child: &Node, built: Built, beyond: i64) -> Option<Option<What>> {
    let whole = &sample.octets[child.at..child.at + child.len];
    let contents = match built {
        // Beyond what eight octets hold is beyond the limit of this crate.
        Built::Number if beyond == i64::MAX => [&[1][..], &[0; 8]].concat(),
        Built::Number => number(beyond),
        Built::Text if beyond == i64::MAX => return None,
        Built::Text => vec![b'1'; usize::try_from(beyond).ok()?],
        Built::List if beyond == i64::MAX => return None,
        Built::List => {
            let (from, to) = *members(&sample.octets, child.at).first()?;
            sample.octets[from..to].repeat(usize::try_from(beyond).ok()?)
        }
    };
    // A text in sixteen bits would need twice as many octets: it is tried in its other form.
    let tag = if whole[0] == 0x1E { 0x1A } else { whole[0] };
    let value = [&[tag][..], &length(contents.len()), &contents].concat();
    let spoilt = replaced(&sample.octets, child.at, child.at + child.len, &value)?;
    Some((sample.again)(&spoilt).err().map(|fault| fault.what))
}

/// A number, in as few octets as DER has for it.
fn number(number: i64) -> Vec<u8> {
    let octets = number.to_be_bytes();
    let sign = if number < 0 { 0xFF } else { 0x00 };
    let spare = octets
        .windows(2)
        .take_while(|pair| pair[0] == sign && (pair[1] ^ sign) & 0x80 == 0)
        .count();
    octets[spare..].to_vec()
}

/// Keys for an answer have 32 octets in suite `modern`, where the interface still says 24.
const WIDER: [(&str, i64); 1] = [("BackKeyData.backKey", 25)];

#[test]
fn nothing_beyond_a_bound_is_accepted() {
    let outcomes = outcomes(&read("set-modern.asn"));
    for ((path, beyond), said) in &outcomes {
        let expected = if WIDER.contains(&(path, *beyond)) { None } else { Some(What::Bounds) };
        assert_eq!(*said, expected, "{path} at {beyond}");
    }
    assert!(outcomes.len() > 400, "{} bounds", outcomes.len());
}
