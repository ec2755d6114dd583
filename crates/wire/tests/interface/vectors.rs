//! Every type and every field of the interface stands in some vector.

use std::collections::BTreeSet;

use openset_wire::{
    content::ContentType,
    der::Oid,
    inspect::{self, Node},
};

use crate::{
    reader::{Kind, Types, read},
    sample,
};

/// What was met in the trees of all vectors.
#[derive(Default)]
struct Met {
    types: BTreeSet<String>,
    /// As `Type.field`.
    fields: BTreeSet<String>,
}

impl Met {
    /// All samples, and a story of suite `set10`.
    fn of(types: &Types) -> Self {
        let mut met = Self::default();
        for sample in sample::all() {
            let node = inspect::named(sample.asn1, &sample.octets).expect("a sample");
            node.walk().into_iter().for_each(|node| met.meet(types, node));
        }
        for (_, octets) in sample::story() {
            let node = inspect::inspect(&octets).expect("a message");
            node.walk().into_iter().for_each(|node| met.meet(types, node));
        }
        met
    }

    fn meet(&mut self, types: &Types, node: &Node) {
        // The inspector knows the signed and sealed parts of 1997 under names of its own.
        let names = names(types, node.kind.strip_prefix("Set10").unwrap_or(&node.kind));
        if let Some(name) = names.last() {
            let paths = node.children.iter().map(|child| format!("{name}.{}", child.name));
            self.fields.extend(paths);
        }
        self.types.extend(names.into_iter().map(str::to_owned));
    }
}

/// A name of the interface and every other that it stands for, as far as they have one.
pub(crate) fn names<'a>(types: &'a Types, name: &str) -> Vec<&'a str> {
    let mut names = Vec::new();
    let mut next = types.get_key_value(name);
    while let Some((name, kind)) = next {
        names.push(name.as_str());
        let Kind::Other(other, _) = kind else { break };
        next = types.get_key_value(other);
    }
    names
}

/// The names under which content is signed and sealed.
pub(crate) fn contents() -> BTreeSet<&'static str> {
    let oids = (0..=82).map(|number| Oid::from_arcs(&[2, 23, 42, 0, number]).expect("arcs"));
    oids.filter_map(|oid| ContentType::from_oid(&oid)).map(ContentType::name).collect()
}

/// Types that are met in no tree. Those of signed parts inside sealed ones have a content type.
pub(crate) const UNSEEN: [(&str, &str); 6] = [
    ("Attributes", PKCS10),
    ("CRLSequence", UNNAMED),
    ("Certificates", UNNAMED),
    ("CertificationRequest", PKCS10),
    ("CertificationRequestInfo", PKCS10),
    ("IV", UNNAMED),
];
const PKCS10: &str = "no message of SET holds a request of PKCS#10";
const UNNAMED: &str = "the inspector writes it out where it stands";

/// Fields that no vector has, because they are refused where they stand or never stand there.
const UNUSED: [&str; 6] = [
    "GeneralName.x400Address",
    "GeneralName.ediPartyName",
    "MessageHeader.revision",
    "SignerInfo.unauthenticatedAttributes",
    "UnsignedCertificate.issuerUniqueID",
    "UnsignedCertificate.subjectUniqueID",
];

#[test]
fn every_type_stands_in_a_vector() {
    let types = read("set.asn");
    let met = Met::of(&types).types;
    let contents = contents();
    let is_signed = |kind: &Kind| matches!(kind, Kind::Other(other, _) if other == "SignedData");
    let is_seen = |name: &String, kind: &Kind| {
        met.contains(name) || (is_signed(kind) && contents.contains(name.as_str()))
    };
    let unseen = types.iter().filter(|(name, kind)| !is_seen(name, kind));
    let unseen: Vec<&str> = unseen.map(|(name, _)| name.as_str()).collect();
    assert_eq!(unseen, UNSEEN.map(|(name, _)| name));
}

#[test]
fn every_field_stands_in_a_vector() {
    let types = read("set.asn");
    let met = Met::of(&types);
    let mut unused = Vec::new();
    for (name, kind) in types.iter().filter(|(name, _)| met.types.contains(*name)) {
        let (Kind::Fields(fields) | Kind::Choice(fields)) = kind else { continue };
        // Which of two forms a text or a time has shows in its type; it is no level of its own.
        let levels = fields.iter().filter(|field| field.tag.is_some() || !is_form(&field.name));
        let paths = levels.map(|field| format!("{name}.{}", field.name));
        unused.extend(paths.filter(|path| !met.fields.contains(path)));
    }
    assert_eq!(unused, UNUSED);
}

/// Whether a name is that of a form in which a value is written.
fn is_form(name: &str) -> bool {
    const FORMS: [&str; 6] =
        ["bmpString", "generalTime", "octetString", "setString", "utcTime", "visibleString"];
    FORMS.contains(&name)
}
