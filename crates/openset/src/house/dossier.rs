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
    if part.name == "extnValue" || part.kind == "Extension" {
        facts.push((part.name.clone(), values(part).join(" · ")));
        return;
    }
    for inner in &part.parts {
        extensions(inner, facts);
    }
}

fn values(part: &Part) -> Vec<String> {
    let own = part.value.iter().cloned();
    own.chain(part.parts.iter().flat_map(values)).collect()
}
