//! Where a fault is, in the names of the interface.
//!
//! What is not DER cannot be decoded, so the fields that lead to a fault are found by walking
//! down the interface and the headers side by side, as far as both go.

use super::schema::{Field, SCHEMA, Shape};
use crate::der::{Header, Malformed, What};

/// What octets may be, by the names of the interface. Of those that lead equally deep, the first.
const WHOLES: [&str; 4] =
    ["MessageWrapper", "Certificate", "CertificateRevocationList", "BrandCRLIdentifier"];

/// The fault again, with the fields that lead to it, and with the innermost element that the
/// octets end in where they end too early.
pub(super) fn locate(octets: &[u8], fault: Malformed) -> Malformed {
    let at = if is_cut(octets) { last_begun(octets) } else { fault.at };
    let paths = WHOLES.iter().rev().map(|name| way(name, octets, at));
    let path = paths.max_by_key(Vec::len).unwrap_or_default();
    match path.len() < fault.path().len() {
        true => fault,
        false => Malformed::new(at, fault.what).along(path),
    }
}

/// Whether the first element announces more octets than there are.
fn is_cut(octets: &[u8]) -> bool {
    let header = Header::begin(octets);
    header.map_or_else(|what| what == What::Truncated, |header| header.total() > octets.len())
}

/// The innermost element that had begun when the octets ended.
fn last_begun(octets: &[u8]) -> usize {
    let mut at = 0;
    while let Some(header) = header_at(octets, at).filter(|header| header.constructed) {
        let begun = members(octets, at, &header).last();
        match begun.filter(|(start, end)| *end > octets.len() && *start > at) {
            Some((start, _)) => at = start,
            None => break,
        }
    }
    at
}

/// The fields of a type, outermost first, that lead to the element at a place.
fn way(name: &str, octets: &[u8], place: usize) -> Vec<&'static str> {
    let mut path = Vec::new();
    let (mut at, mut shape) = (0, SCHEMA.get(name));
    while let Some(header) = header_at(octets, at).filter(|_| at < place) {
        let Some(step) = shape.and_then(|shape| step(shape, octets, (at, &header), place)) else {
            break;
        };
        path.extend(step.field);
        (at, shape) = (step.at, Some(step.shape));
    }
    path
}

/// One step down.
struct Step {
    at: usize,
    shape: &'static Shape,
    field: Option<&'static str>,
}

impl Step {
    fn to(field: &'static Field, at: usize, octets: &[u8]) -> Self {
        let around = if field.is_wrapped() { header_at(octets, at) } else { None };
        let at = at.saturating_add(around.map_or(0, |header| header.len));
        Self { at, shape: &field.shape, field: Some(&field.path) }
    }
}

/// From an element of a shape towards a place inside it.
fn step(
    shape: &'static Shape,
    octets: &[u8],
    (at, header): (usize, &Header),
    place: usize,
) -> Option<Step> {
    match shape {
        Shape::Type(name) => {
            let shape = SCHEMA.get(signed(name))?;
            step(shape, octets, (at, header), place)
        }
        Shape::Choice(fields) => {
            let field = fields.iter().find(|field| field.fits(header))?;
            Some(Step::to(field, at, octets))
        }
        Shape::Sequence(fields) => {
            let mut fields = fields.iter();
            for (start, end) in members(octets, at, header).take_while(|(start, _)| *start <= place)
            {
                let here = header_at(octets, start)?;
                let field = fields.find(|field| field.fits(&here))?;
                if place < end {
                    return Some(Step::to(field, start, octets));
                }
            }
            None
        }
        Shape::List(member) => {
            let (start, _) = members(octets, at, header).find(|(_, end)| place < *end)?;
            Some(Step { at: start, shape: member, field: None })
        }
        Shape::Any | Shape::Names(..) | Shape::Universal(_) => None,
    }
}

/// The syntax of parts that the interface leaves open.
fn signed(name: &str) -> &str {
    match name {
        "SignedData" => "CmsSignedData",
        other => other,
    }
}

fn header_at(octets: &[u8], at: usize) -> Option<Header> {
    Header::begin(octets.get(at..)?).ok()
}

/// Where the elements inside an element begin and end; the last one may be cut.
fn members(octets: &[u8], at: usize, header: &Header) -> impl Iterator<Item = (usize, usize)> {
    let stop = at.saturating_add(header.total()).min(octets.len());
    let mut next = at.saturating_add(header.len);
    std::iter::from_fn(move || {
        let start = next;
        if start >= stop {
            return None;
        }
        // A header that is itself cut or wrong is the last thing to be seen here.
        let len = header_at(octets, start).map_or(usize::MAX, |header| header.total());
        next = start.saturating_add(len);
        Some((start, next))
    })
}
