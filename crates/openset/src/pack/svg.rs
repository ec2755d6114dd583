//! SVG, as far as a logo needs it: shapes and colours, from a list, and nothing that runs, loads
//! or leads anywhere.
//!
//! What is not on the lists is refused, so that nobody has to know every way an SVG can do harm.

use std::fmt;

use quick_xml::{
    Reader, XmlVersion,
    events::{BytesStart, Event},
};

/// The most elements of a drawing.
const ELEMENTS_MAX: usize = 400;
/// How deep they may stand in each other.
const DEPTH_MAX: usize = 12;
/// How many times wider than high a logo may be.
const BROADER_MAX: f64 = 6.0;

const NAMESPACE: &str = "http://www.w3.org/2000/svg";
/// No `use`: a drawing could repeat itself until nobody can draw it.
const ELEMENTS: [&str; 16] = [
    "svg",
    "g",
    "path",
    "rect",
    "circle",
    "ellipse",
    "line",
    "polyline",
    "polygon",
    "title",
    "desc",
    "defs",
    "clipPath",
    "linearGradient",
    "radialGradient",
    "stop",
];
const ATTRIBUTES: [&str; 44] = [
    "id",
    "viewBox",
    "width",
    "height",
    "x",
    "y",
    "x1",
    "y1",
    "x2",
    "y2",
    "cx",
    "cy",
    "fx",
    "fy",
    "r",
    "rx",
    "ry",
    "d",
    "points",
    "pathLength",
    "transform",
    "fill",
    "fill-opacity",
    "fill-rule",
    "stroke",
    "stroke-width",
    "stroke-opacity",
    "stroke-linecap",
    "stroke-linejoin",
    "stroke-miterlimit",
    "stroke-dasharray",
    "stroke-dashoffset",
    "opacity",
    "offset",
    "stop-color",
    "stop-opacity",
    "gradientUnits",
    "gradientTransform",
    "spreadMethod",
    "clip-path",
    "clip-rule",
    "clipPathUnits",
    "role",
    "aria-label",
];

/// Why a text is not a drawing for a wallet. Never repeats what it says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BadSvg {
    /// An attribute that is not on the list, such as one that runs a script.
    Attribute,
    /// More elements, or deeper, than a logo needs.
    Big,
    /// An element that is not on the list, such as a script or a foreign object.
    Element,
    /// A declaration, an instruction or an entity.
    Declaration,
    /// A reference that leads out of the drawing.
    Reference,
    /// The first element is not an `svg` with a `viewBox` of the right shape.
    Root,
    /// It is not well-formed XML.
    Xml,
}

impl fmt::Display for BadSvg {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Attribute => f.write_str("an attribute that no logo needs"),
            Self::Big => write!(f, "more than {ELEMENTS_MAX} elements, or deeper than {DEPTH_MAX}"),
            Self::Element => f.write_str("an element that no logo needs"),
            Self::Declaration => f.write_str("a declaration, an instruction or an entity"),
            Self::Reference => f.write_str("a reference that leads out of the drawing"),
            Self::Root => write!(
                f,
                "expected an svg with a viewBox of four numbers, at most {BROADER_MAX} times wider \
                 than high, and not higher than wide"
            ),
            Self::Xml => f.write_str("not well-formed XML"),
        }
    }
}

/// Accepts a drawing.
pub(crate) fn check(svg: &str) -> Result<(), BadSvg> {
    let mut reader = Reader::from_str(svg);
    reader.config_mut().check_comments = true;
    let (mut depth, mut elements) = (0_usize, 0_usize);
    loop {
        match reader.read_event().map_err(|_| BadSvg::Xml)? {
            Event::Start(start) => {
                element(&start, elements == 0, depth)?;
                (depth, elements) = (depth + 1, elements + 1);
            }
            Event::Empty(start) => {
                element(&start, elements == 0, depth)?;
                elements += 1;
            }
            Event::End(_) => depth -= 1,
            Event::Text(text) if depth == 0 && !is_blank(&text) => {
                return Err(BadSvg::Xml);
            }
            Event::Decl(_) if elements == 0 => {}
            Event::Text(_) | Event::Comment(_) => {}
            Event::Eof if depth == 0 && elements > 0 => return Ok(()),
            Event::Eof => return Err(BadSvg::Xml),
            Event::Decl(_)
            | Event::CData(_)
            | Event::PI(_)
            | Event::DocType(_)
            | Event::GeneralRef(_) => return Err(BadSvg::Declaration),
        }
        if elements > ELEMENTS_MAX || depth > DEPTH_MAX {
            return Err(BadSvg::Big);
        }
    }
}

fn element(start: &BytesStart<'_>, is_first: bool, depth: usize) -> Result<(), BadSvg> {
    let name = start.name();
    let name = name.as_ref();
    if is_first != (name == "svg") || (depth == 0) != is_first {
        return Err(BadSvg::Root);
    }
    if !ELEMENTS.contains(&name) {
        return Err(BadSvg::Element);
    }
    let mut has_namespace = false;
    let mut view = None;
    for attribute in start.attributes() {
        let attribute = attribute.map_err(|_| BadSvg::Xml)?;
        let key = attribute.key.as_ref();
        let value =
            attribute.normalized_value(XmlVersion::Explicit1_0).map_err(|_| BadSvg::Declaration)?;
        match key {
            "xmlns" if value == NAMESPACE && is_first => has_namespace = true,
            "xmlns" => return Err(BadSvg::Reference),
            _ if !ATTRIBUTES.contains(&key) => return Err(BadSvg::Attribute),
            _ if !stays_inside(&value) => return Err(BadSvg::Reference),
            "viewBox" => view = Some(value.into_owned()),
            _ => {}
        }
    }
    let is_root = has_namespace && view.as_deref().is_some_and(is_logo_shaped);
    if is_first && !is_root { Err(BadSvg::Root) } else { Ok(()) }
}

fn is_blank(text: &str) -> bool {
    text.trim_ascii().is_empty()
}

/// Whether a value names nothing outside the drawing: `url(#...)` is the one reference there is.
fn stays_inside(value: &str) -> bool {
    let inside =
        |rest: &str| rest.split_once(')').is_some_and(|(reference, _)| is_inside(reference));
    let lower = value.to_ascii_lowercase();
    lower.split("url(").skip(1).all(inside)
        && !["://", "data:", "javascript:", "\\", "@"].iter().any(|bad| lower.contains(bad))
}

fn is_inside(reference: &str) -> bool {
    let plain = |it: char| it.is_ascii_alphanumeric() || matches!(it, '-' | '_');
    let name = reference.strip_prefix('#');
    name.is_some_and(|name| !name.is_empty() && name.chars().all(plain))
}

/// Whether a viewBox fits above a page.
fn is_logo_shaped(view: &str) -> bool {
    let numbers: Option<Vec<f64>> =
        view.split([' ', ',']).map(|number| number.parse().ok()).collect();
    let Some([_, _, width, height]) = numbers.as_deref() else { return false };
    let are_finite = width.is_finite() && height.is_finite() && *height > 0.0;
    are_finite && (1.0..=BROADER_MAX).contains(&(width / height))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn logo(inside: &str) -> String {
        format!("<svg xmlns=\"{NAMESPACE}\" viewBox=\"0 0 40 32\">{inside}</svg>")
    }

    #[test]
    fn a_drawing_of_shapes_and_colours_is_accepted() {
        for inside in [
            "",
            "<!-- drawn by hand --><title>A bank</title><rect x='1' y='1' width='8' height='8'/>",
            "<defs><linearGradient id='a'><stop offset='0' stop-color='#fff'/></linearGradient>\
             </defs><path d='M0 0h4' fill='url(#a)'/>",
        ] {
            assert_eq!(check(&logo(inside)), Ok(()), "{inside}");
        }
    }

    #[test]
    fn what_runs_loads_or_leads_out_is_refused() {
        for (why, inside) in [
            (BadSvg::Element, "<script>alert(1)</script>"),
            (BadSvg::Element, "<style>@import url(http://evil.example)</style>"),
            (BadSvg::Element, "<image href='http://evil.example/x.png'/>"),
            (BadSvg::Element, "<a href='http://evil.example'/>"),
            (BadSvg::Element, "<foreignObject/>"),
            (BadSvg::Element, "<animate attributeName='x'/>"),
            (BadSvg::Attribute, "<rect onload='alert(1)'/>"),
            (BadSvg::Attribute, "<rect style='fill:url(http://evil.example)'/>"),
            (BadSvg::Attribute, "<g xlink:href='http://evil.example'/>"),
            (BadSvg::Attribute, "<path href='#a'/>"),
            (BadSvg::Element, "<use href='#a'/>"),
            (BadSvg::Reference, "<rect fill='url(http://evil.example/#a)'/>"),
            (BadSvg::Reference, "<rect fill='URL( #a)'/>"),
            (BadSvg::Reference, "<rect fill='&#117;rl(//evil.example)'/>"),
            (BadSvg::Reference, "<g xmlns='http://evil.example'/>"),
            (BadSvg::Declaration, "<title>&logo;</title>"),
            (BadSvg::Declaration, "<?xml-stylesheet href='x'?>"),
            (BadSvg::Declaration, "<title><![CDATA[<script/>]]></title>"),
            (BadSvg::Root, "<svg/>"),
        ] {
            assert_eq!(check(&logo(inside)), Err(why), "{inside}");
        }
        let doctype = format!("<!DOCTYPE svg [<!ENTITY a 'b'>]>{}", logo(""));
        assert_eq!(check(&doctype), Err(BadSvg::Declaration));
    }

    #[test]
    fn what_is_too_large_or_of_another_shape_is_refused() {
        assert_eq!(check(&logo(&"<g/>".repeat(ELEMENTS_MAX))), Err(BadSvg::Big));
        let deep = format!("{}{}", "<g>".repeat(DEPTH_MAX), "</g>".repeat(DEPTH_MAX));
        assert_eq!(check(&logo(&deep)), Err(BadSvg::Big));
        for view in ["0 0 70 10", "0 0 10 20", "0 0 0 0", "0 0 NaN 1", "0 0 40", ""] {
            let text = format!("<svg xmlns=\"{NAMESPACE}\" viewBox=\"{view}\"/>");
            assert_eq!(check(&text), Err(BadSvg::Root), "{view}");
        }
        for text in ["<g/>", "<svg viewBox=\"0 0 4 4\"/>"] {
            assert_eq!(check(text), Err(BadSvg::Root), "{text}");
        }
    }

    #[test]
    fn what_is_not_well_formed_is_refused() {
        let whole = logo("<g><path d='M0 0'/></g>");
        for cut in 0..whole.len() {
            assert!(check(&whole[..cut]).is_err(), "cut at {cut}");
        }
        for text in [format!("{whole}<svg/>"), format!("{whole}more"), logo("<g></h>")] {
            assert!(check(&text).is_err(), "{text}");
        }
    }
}
