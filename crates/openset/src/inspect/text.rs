//! Texts as trees: the document that starts a purchase, and the XML files between banks.

use openset_bank::iso20022::outline::{self, Element};
use openset_node::logging::mask::mask;
use openset_wire::initiation::Initiation;

use super::part::Part;
use crate::ending::Ending;

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
