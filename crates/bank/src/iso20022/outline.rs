//! Any document as a tree of elements, for people to look at. It passes the same guard as those
//! that are read for what they mean.

use quick_xml::Reader;
use quick_xml::XmlVersion;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesStart, Event};

use super::{BadDocument, guard};

/// One element of a document.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Element {
    /// What it is called.
    pub name: String,
    /// Its attributes, in order.
    pub attributes: Vec<(String, String)>,
    /// What stands in it, if anything but space does.
    pub text: Option<String>,
    /// The elements in it, in order.
    pub children: Vec<Self>,
}

/// Reads a document into its outermost element.
pub fn read(octets: &[u8]) -> Result<Element, BadDocument> {
    let text = guard::check(octets)?;
    let mut reader = Reader::from_str(text);
    let mut open = vec![Element::default()];
    loop {
        match reader.read_event().map_err(|_| BadDocument::Shape)? {
            Event::Start(start) => open.push(element(&start)?),
            Event::Empty(start) => {
                let element = element(&start)?;
                open.last_mut().ok_or(BadDocument::Shape)?.children.push(element);
            }
            Event::End(_) => close(&mut open)?,
            Event::Text(text) => say(&mut open, &text),
            Event::GeneralRef(reference) => {
                say(
                    &mut open,
                    resolve_predefined_entity(&reference).ok_or(BadDocument::Forbidden)?,
                );
            }
            Event::Eof => break,
            _ => {}
        }
    }
    let around = open.pop().ok_or(BadDocument::Shape)?;
    around.children.into_iter().next().ok_or(BadDocument::Shape)
}

fn element(start: &BytesStart<'_>) -> Result<Element, BadDocument> {
    let attributes = start.attributes().map(|attribute| {
        let attribute = attribute.map_err(|_| BadDocument::Shape)?;
        let value = attribute.normalized_value(XmlVersion::Implicit1_0);
        let value = value.map_err(|_| BadDocument::Forbidden)?.into_owned();
        Ok((attribute.key.as_ref().to_owned(), value))
    });
    Ok(Element {
        name: start.name().as_ref().to_owned(),
        attributes: attributes.collect::<Result<_, _>>()?,
        ..Element::default()
    })
}

fn close(open: &mut Vec<Element>) -> Result<(), BadDocument> {
    let mut element = open.pop().ok_or(BadDocument::Shape)?;
    element.text = element.text.filter(|text| !text.trim().is_empty());
    open.last_mut().ok_or(BadDocument::Shape)?.children.push(element);
    Ok(())
}

fn say(open: &mut [Element], text: &str) {
    if let Some(element) = open.last_mut() {
        element.text.get_or_insert_default().push_str(text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_is_read_as_a_tree() {
        let document = br#"<?xml version="1.0"?>
            <a x="1 &amp; 2"><b>one &lt; two</b><c/></a>"#;
        let read = read(document).expect("a document");
        assert_eq!(read.name, "a");
        assert_eq!(read.attributes, [("x".to_owned(), "1 & 2".to_owned())]);
        assert_eq!(read.text, None);
        let children: Vec<_> = read
            .children
            .iter()
            .map(|child| (child.name.as_str(), child.text.as_deref()))
            .collect();
        assert_eq!(children, [("b", Some("one < two")), ("c", None)]);
    }

    #[test]
    fn what_the_guard_refuses_has_no_outline() {
        for bad in ["<!DOCTYPE a><a/>", "<a>&x;</a>", "<a>", "", "<a/>", "<a></a><b></b>"] {
            assert!(read(bad.as_bytes()).is_err(), "{bad}");
        }
    }
}
