//! Any message as a tree, for people: names from the interface, places in the octets, and who can
//! open what is sealed.
//!
//! The names come from `protocol/set-modern.asn` itself and not from the types of this crate, so
//! that the tree is a second reading of the same octets. Secrets are masked: a card number shows
//! its last four digits, keys and the answers to registration forms show nothing.

mod place;
mod schema;
mod tree;
mod value;

use crate::{
    der::{Malformed, decode, scan},
    wrapper::MessageWrapper,
    x509::{BrandCrlIdentifier, Certificate, CertificateRevocationList},
};

/// One element of a tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// The name of the field, or of the type where there is no field.
    pub name: String,
    /// The ASN.1 type.
    pub kind: String,
    /// The offset of its first octet.
    pub at: usize,
    /// How many octets it takes, with tag and length.
    pub len: usize,
    /// What it says, if it is a value and no secret.
    pub value: Option<String>,
    /// Who can open it, if it is sealed.
    pub sealed_for: Option<&'static str>,
    /// What it is built of.
    pub children: Vec<Self>,
}

impl Node {
    /// The child of this name.
    pub fn child(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.name == name)
    }

    /// This element and all that it is built of, outermost first.
    pub fn walk(&self) -> Vec<&Self> {
        let below = self.children.iter().flat_map(Self::walk);
        std::iter::once(self).chain(below).collect()
    }
}

/// Draws whatever the octets are: a message, a certificate, a list, or any other DER.
///
/// Fails for octets that begin like a message and are not one, and for what is not DER.
pub fn inspect(octets: &[u8]) -> Result<Node, Malformed> {
    scan(octets).map_err(|fault| place::locate(octets, fault))?;
    if MessageWrapper::header_of(octets).is_some() {
        return message(octets);
    }
    let known = [
        ("Certificate", decode::<Certificate>(octets).is_ok()),
        ("CertificateRevocationList", decode::<CertificateRevocationList>(octets).is_ok()),
        ("BrandCRLIdentifier", decode::<BrandCrlIdentifier>(octets).is_ok()),
    ];
    let name = known.into_iter().find_map(|(name, fits)| fits.then_some(name));
    named(name.unwrap_or("ANY"), octets)
}

/// Draws a message.
pub fn message(octets: &[u8]) -> Result<Node, Malformed> {
    let wrapper = MessageWrapper::decode(octets).map_err(|fault| place::locate(octets, fault))?;
    let name = wrapper.message.name();
    let mut node = named("MessageWrapper", octets)?;
    name.clone_into(&mut node.name);
    Ok(node)
}

/// Draws a value of a type that the interface names, such as `PInitResData`.
///
/// What does not fit the type, or the type the interface, is drawn as any other DER.
pub fn named(asn1: &str, octets: &[u8]) -> Result<Node, Malformed> {
    scan(octets)?;
    Ok(tree::draw(asn1, octets))
}
