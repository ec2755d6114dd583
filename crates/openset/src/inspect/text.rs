//! Texts as trees: the document that starts a purchase, the XML files between banks, and the
//! certificates in a PEM file.

use openset_bank::iso20022::outline::{self, Element};
use openset_node::logging::mask::mask;
use openset_wire::{der::encode, initiation::Initiation, inspect};

use super::part::Part;
use crate::{ceremony::papers::read_pem, ending::Ending};

/// The header lines of an initiation document and the order description after them.
pub(super) fn initiation(octets: &[u8]) -> Result<Part, Ending> {
    Initiation::parse(octets).map_err(Ending::input)?;
    let end = octets.windows(4).position(|window| window == b"\r\n\r\n").unwrap_or(octets.len());
    let (head, rest) = octets.split_at(end);
    let description = rest.get(4..).unwrap_or_default();
    let head = String::from_utf8_lossy(head);
    let mut parts: Vec<Part> = head
        .lines()
        .map(|line| {
            let (name, value) = line.split_once(':').unwrap_or((line, ""));
            Part::new(name, "").saying(mask(value.trim()))
        })
        .collect();
    let said = String::from_utf8_lossy(description).into_owned();
    parts.push(
        Part::new("order description", format!("{} octets", description.len())).saying(mask(&said)),
    );
    Ok(Part::new("payment initiation", "application/set-payment-initiation").with(parts))
}

/// The certificates of a PEM file, one after the other.
pub(super) fn certificates(octets: &[u8]) -> Result<Part, Ending> {
    let certificates = read_pem(&String::from_utf8_lossy(octets)).map_err(Ending::input)?;
    let parts = certificates.iter().map(|certificate| {
        let der = encode(certificate).map_err(Ending::input)?;
        inspect::inspect(&der).map(Part::from).map_err(Ending::input)
    });
    match &parts.collect::<Result<Vec<_>, _>>()?[..] {
        [] => Err(Ending::input("there is no certificate in this PEM text")),
        [one] => Ok(one.clone()),
        many => Ok(Part::new("certificates", "PEM").with(many.to_vec())),
    }
}

/// The elements of an XML file.
pub(super) fn xml(octets: &[u8]) -> Result<Part, Ending> {
    outline::read(octets).map(element).map_err(Ending::input)
}

fn element(element: Element) -> Part {
    let attributes = element.attributes.into_iter().map(|(name, value)| format!("{name}={value}"));
    let kind = attributes.collect::<Vec<_>>().join(" ");
    let mut part = Part::new(element.name, kind);
    part.value = element.text.map(|text| mask(&text).into_owned());
    part.with(element.children.into_iter().map(self::element).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pem_text_without_a_certificate_is_told_from_one_that_is_cut() {
        let told =
            |text: &str| format!("{:?}", certificates(text.as_bytes()).expect_err("no tree"));
        assert!(told("-----BEGIN RSA KEY-----").contains("no certificate"));
        assert!(told("-----BEGIN CERTIFICATE-----\nMIIB").contains("no end"));
        assert!(
            told("-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----").contains("base64")
        );
        let der = "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----";
        assert!(!told(der).is_empty());
    }
}
