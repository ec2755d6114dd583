//! Every SEQUENCE of every vector with one field left out, doubled, moved, or one too many.
//!
//! What the interface says of a field decides what must come of it: only a field that may be left
//! out may be left out, and nothing else may be changed at all.

use std::collections::BTreeMap;

use openset_wire::inspect::{self, Node};

use crate::{
    octets::{members, replaced},
    reader::{Field, Kind, Types, read, resolve},
    sample::{self, Sample},
};

/// A context tag that no type has, around nothing.
const STRANGER: [u8; 2] = [0x9E, 0x00];

/// What octets alone cannot tell: the neighbour has the same form and is taken for the field, or
/// anything may stand there (the parameters of an algorithm).
const UNTOLD: [(&str, Edit); 23] = [
    ("AlgorithmIdentifier.algorithm", Edit::Doubled),
    ("AlgorithmIdentifier.algorithm", Edit::Moved),
    ("AlgorithmIdentifier.algorithm", Edit::Followed),
    ("AuthRevReqBaggage.pi", Edit::LeftOut),
    ("AuthRevReqBaggage.pi", Edit::Moved),
    ("AutoRateInfo.autoApplicableRate", Edit::LeftOut),
    ("MerTermIDs.merchantID", Edit::LeftOut),
    ("MerTermIDs.merchantID", Edit::Moved),
    ("MessageHeader.version", Edit::Doubled),
    ("OIData.odSalt", Edit::LeftOut),
    ("OIData.odSalt", Edit::Moved),
    ("PANData.panSecret", Edit::Moved),
    ("PANData0.cardSecret", Edit::Moved),
    ("PIDualSigned.piSignature", Edit::Moved),
    ("PInitResData.chall-C", Edit::Moved),
    ("RegFormItems.fieldName", Edit::Moved),
    ("RegFormResTBS.chall-EE2", Edit::Moved),
    ("TripLeg.carrierCode", Edit::Moved),
    ("UnsignedBrandCRLIdentifier.notBefore", Edit::Moved),
    ("UnsignedBrandCRLIdentifier.version", Edit::Moved),
    ("UnsignedCertificateRevocationList.thisUpdate", Edit::LeftOut),
    ("UnsignedCertificateRevocationList.thisUpdate", Edit::Moved),
    ("Validity.notBefore", Edit::Moved),
];

/// What was done to a SEQUENCE.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Edit {
    LeftOut,
    Doubled,
    Moved,
    Followed,
}

/// Every edit, once for each field of each type: what it was done to, and whether it was accepted.
fn outcomes(types: &Types) -> BTreeMap<(String, Edit), bool> {
    let mut outcomes = BTreeMap::new();
    for sample in sample::all() {
        let tree = inspect::named(sample.asn1, &sample.octets).expect("a sample");
        for node in tree.walk() {
            if let Some((name, Kind::Fields(fields))) = resolve(types, &node.kind) {
                edit(&sample, node, (name, fields), &mut outcomes);
            }
        }
    }
    outcomes
}

fn edit(
    sample: &Sample,
    node: &Node,
    (name, fields): (&str, &[Field]),
    outcomes: &mut BTreeMap<(String, Edit), bool>,
) {
    for (field, edit, spoilt) in spoilt(sample, node, fields) {
        outcomes
            .entry((format!("{name}.{field}"), edit))
            .or_insert_with(|| (sample.again)(&spoilt).is_ok());
    }
}

/// Every edit of the fields of one SEQUENCE: the field, what was done to it, and the whole value
/// with that done.
pub(crate) fn spoilt(
    sample: &Sample,
    node: &Node,
    fields: &[Field],
) -> Vec<(String, Edit, Vec<u8>)> {
    let members = members(&sample.octets, node.at);
    let octets = |(from, to): (usize, usize)| &sample.octets[from..to];
    let mut all = Vec::new();
    for (place, &(from, to)) in members.iter().enumerate() {
        let is_here = |child: &&Node| (from..to).contains(&child.at);
        let Some(child) = node.children.iter().find(is_here) else { continue };
        if !fields.iter().any(|field| field.name == child.name) {
            continue;
        }
        let mut attempt = |edit, (from, to), with: &[u8]| {
            let spoilt = replaced(&sample.octets, from, to, with);
            all.extend(spoilt.map(|spoilt| (child.name.clone(), edit, spoilt)));
        };
        let whole = octets((from, to));
        attempt(Edit::LeftOut, (from, to), &[]);
        attempt(Edit::Doubled, (from, to), &[whole, whole].concat());
        attempt(Edit::Followed, (from, to), &[whole, &STRANGER].concat());
        if let Some(&next) = members.get(place + 1) {
            attempt(Edit::Moved, (from, next.1), &[octets(next), whole].concat());
        }
    }
    all
}

#[test]
fn only_what_may_be_left_out_may_be_left_out_and_nothing_may_be_added_or_moved() {
    let types = read("set.asn");
    let outcomes = outcomes(&types);
    let mut unexpected = Vec::new();
    for ((path, edit), accepted) in &outcomes {
        let (name, field) = path.split_once('.').expect("a path");
        let Kind::Fields(fields) = &types[name] else { panic!("{name} has no fields") };
        let field = fields.iter().find(|known| known.name == field).expect("a field");
        if *accepted != (*edit == Edit::LeftOut && !field.needed) {
            unexpected.push((path.as_str(), *edit));
        }
    }
    assert_eq!(unexpected, UNTOLD);
    let refused = outcomes.values().filter(|accepted| !**accepted).count();
    assert!(outcomes.len() > 2_500 && refused > 2_000, "{refused} of {}", outcomes.len());
}
