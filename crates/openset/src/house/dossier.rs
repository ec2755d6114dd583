//! What a certificate says, as people read it: names of the standard and their values.

use anyhow::Context;
use openset_crypto::{Certified, Suite};
use openset_wire::{der::encode, x509::Certificate};

use crate::inspect::{self, part::Part};

/// A name and what stands under it.
pub(crate) type Fact = (String, String);

/// What a certificate of either suite says.
pub(crate) fn facts(certificate: &Certificate) -> anyhow::Result<Vec<Fact>> {
    let mut read = Suite::ALL.into_iter().map(|suite| Certified::read(suite, certificate.clone()));
    of(&read.find_map(Result::ok).context("a certificate of no suite")?)
}

/// Subject, issuer, validity, thumb, and every extension with what it says.
pub(crate) fn of(read: &Certified) -> anyhow::Result<Vec<Fact>> {
    let certificate = read.certificate();
    let fact = |name: &str, value: String| (name.to_owned(), value);
    let mut facts = vec![
        fact("subject", read.subject().to_string()),
        fact("issuer", certificate.to_be_signed.issuer.to_string()),
        fact("serialNumber", data_encoding::HEXLOWER.encode(read.serial().as_bytes())),
        fact("notBefore", read.not_before().to_string()),
        fact("notAfter", read.not_after().to_string()),
        fact("thumb", read.thumb().to_string()),
        fact("key", format!("{}, {}", read.key().kind(), read.key_id())),
    ];
    if let Ok(tree) = inspect::parts(&encode(certificate)?) {
        extensions(&tree, &mut facts);
    }
    Ok(facts)
}

fn extensions(part: &Part, facts: &mut Vec<Fact>) {
    if part.kind == "Extension" {
        facts.push(extension(part));
        return;
    }
    for inner in &part.parts {
        extensions(inner, facts);
    }
}

/// An extension by its name, whether it is critical, and what it says.
fn extension(part: &Part) -> Fact {
    let mut name = part.name.clone();
    let mut said = Vec::new();
    for inner in &part.parts {
        match inner.name.as_str() {
            "extnID" => name = inner.value.as_deref().map(named).unwrap_or_default(),
            "critical" => said.push("critical".to_owned()),
            _ => said.extend(values(inner)),
        }
    }
    (name, said.join(" · "))
}

/// The name of an extension; its identifier, if it has none that is known.
fn named(identifier: &str) -> String {
    let found = EXTENSIONS.iter().find(|(known, _)| *known == identifier);
    found.map_or(identifier, |(_, name)| name).to_owned()
}

/// The extensions of X.509 and of SET.
const EXTENSIONS: [(&str, &str); 16] = [
    ("2.5.29.14", "subjectKeyIdentifier"),
    ("2.5.29.15", "keyUsage"),
    ("2.5.29.16", "privateKeyUsagePeriod"),
    ("2.5.29.17", "subjectAltName"),
    ("2.5.29.18", "issuerAltName"),
    ("2.5.29.19", "basicConstraints"),
    ("2.5.29.31", "cRLDistributionPoints"),
    ("2.5.29.32", "certificatePolicies"),
    ("2.5.29.35", "authorityKeyIdentifier"),
    ("2.23.42.7.0", "hashedRootKey"),
    ("2.23.42.7.1", "certificateType"),
    ("2.23.42.7.2", "merchantData"),
    ("2.23.42.7.3", "cardCertRequired"),
    ("2.23.42.7.4", "tunneling"),
    ("2.23.42.7.5", "setExtensions"),
    ("2.23.42.7.6", "setQualifier"),
];

fn values(part: &Part) -> Vec<String> {
    let own = part.value.iter().cloned();
    own.chain(part.parts.iter().flat_map(values)).collect()
}

#[cfg(test)]
mod tests {
    use openset_node::clock::SystemClock;

    use super::*;
    use crate::{
        ceremony::{self, Papers, papers},
        house::holders::Holders,
    };

    #[test]
    fn a_certificate_says_its_extensions_by_their_names() {
        let data = tempfile::tempdir().expect("a folder");
        let files = Holders::FILES;
        let rings = ceremony::Rings::new(data.path(), &files);
        ceremony::hold(&rings, Suite::Modern, &SystemClock).expect("a ceremony");
        let root = Papers::of(&data.path().join("ca-root")).take(papers::CERTIFICATES);
        let says = facts(&root.expect("made").certificate).expect("a certificate");
        let said = |name: &str| says.iter().find(|(known, _)| known == name).map(|it| &it.1);
        for name in ["keyUsage", "certificateType", "hashedRootKey"] {
            assert!(said(name).is_some_and(|value| value.starts_with("critical")), "{says:?}");
        }
        assert_eq!(said("key").map(|key| key.starts_with("P-384, ")), Some(true), "{says:?}");
    }
}
