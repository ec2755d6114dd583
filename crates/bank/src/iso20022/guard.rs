//! What every document must pass before anybody looks into it.

use quick_xml::Reader;
use quick_xml::events::Event;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::BadDocument;

/// The most octets a document may have.
pub const OCTETS_MAX: usize = 16 * 1024 * 1024;

/// The most levels of elements a document may have.
pub const DEPTH_MAX: usize = 24;

/// Reads a document into its elements, or refuses it.
pub(super) fn read<T: DeserializeOwned>(octets: &[u8]) -> Result<T, BadDocument> {
    quick_xml::de::from_str(check(octets)?).map_err(|_| BadDocument::Shape)
}

/// The text of a document that is harmless to read.
pub(super) fn check(octets: &[u8]) -> Result<&str, BadDocument> {
    if octets.len() > OCTETS_MAX {
        return Err(BadDocument::Oversize);
    }
    let text = std::str::from_utf8(octets).map_err(|_| BadDocument::Encoding)?;
    check_events(text)?;
    Ok(text)
}

/// Writes a document from its elements.
pub(super) fn write<T: Serialize>(document: &T) -> Result<Vec<u8>, BadDocument> {
    let body =
        quick_xml::se::to_string_with_root("Document", document).map_err(|_| BadDocument::Shape)?;
    Ok(format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{body}\n").into_bytes())
}

/// One pass over the text, without looking anything up: only elements, attributes, text and the
/// references that XML itself defines.
fn check_events(text: &str) -> Result<(), BadDocument> {
    let mut reader = Reader::from_str(text);
    let mut depth = 0_usize;
    let mut documents = 0_usize;
    loop {
        match reader.read_event().map_err(|_| BadDocument::Shape)? {
            Event::Start(_) => {
                documents = documents.saturating_add(usize::from(depth == 0));
                depth = depth.saturating_add(1);
            }
            Event::End(_) => depth = depth.saturating_sub(1),
            Event::Empty(_) if depth == 0 => return Err(BadDocument::Shape),
            Event::Text(text) if depth == 0 && !text.trim_ascii().is_empty() => {
                return Err(BadDocument::Shape);
            }
            Event::Empty(_) | Event::Decl(_) | Event::Text(_) => {}
            Event::GeneralRef(reference) if is_predefined(&reference) => {}
            Event::GeneralRef(_)
            | Event::DocType(_)
            | Event::PI(_)
            | Event::Comment(_)
            | Event::CData(_) => return Err(BadDocument::Forbidden),
            Event::Eof => break,
        }
        if depth > DEPTH_MAX {
            return Err(BadDocument::Depth);
        }
    }
    if documents != 1 || depth != 0 {
        return Err(BadDocument::Shape);
    }
    Ok(())
}

fn is_predefined(name: &str) -> bool {
    matches!(name, "amp" | "lt" | "gt" | "quot" | "apos")
}
