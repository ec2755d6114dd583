//! A walk over the elements of an encoding, without recursion and without copying.
//!
//! It refuses what no decoder should meet: open or long lengths, deep nesting, floods of elements,
//! and universal primitives in a form that only BER allows. It also looks inside the signed and
//! sealed parts, which nobody decodes here.

use super::{Malformed, What};

/// The most octets of one message.
pub const MESSAGE_BYTES_MAX: usize = 256 * 1024;
/// The deepest nesting of elements.
pub const DEPTH_MAX: usize = 48;
/// The most elements of one message.
pub const COUNT_MAX: usize = 50_000;

/// The tag and length octets of one element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header {
    /// Universal 0, application 1, context 2, private 3.
    pub class: u8,
    /// Whether the element is built of others.
    pub constructed: bool,
    /// The tag number.
    pub number: u32,
    /// How many octets the tag and length take.
    pub len: usize,
    /// How many octets follow them.
    pub contents: usize,
}

impl Header {
    /// Reads the header at the start of some octets, and makes sure that its contents are there.
    pub fn read(octets: &[u8]) -> Result<Self, What> {
        let header = Self::begin(octets)?;
        match header.total() <= octets.len() {
            true => Ok(header),
            false => Err(What::Truncated),
        }
    }

    /// Reads the header at the start of some octets; its contents may not be there.
    pub fn begin(octets: &[u8]) -> Result<Self, What> {
        let (&first, rest) = octets.split_first().ok_or(What::Truncated)?;
        let (number, tag_len) = match first & 0x1F {
            0x1F => read_long_tag(rest)?,
            short => (u32::from(short), 1),
        };
        let (contents, length_len) = read_length(octets.get(tag_len..).unwrap_or_default())?;
        let len = tag_len.saturating_add(length_len);
        Ok(Self { class: first >> 6, constructed: first & 0x20 != 0, number, len, contents })
    }

    /// The octets of the whole element.
    pub fn total(&self) -> usize {
        self.len.saturating_add(self.contents)
    }

    fn is_universal(&self, number: u32) -> bool {
        self.class == 0 && self.number == number
    }
}

/// Reads a tag number that does not fit the first octet; returns how long the whole tag is.
fn read_long_tag(octets: &[u8]) -> Result<(u32, usize), What> {
    let mut number = 0_u32;
    for (&octet, len) in octets.iter().zip(2_usize..) {
        if len > 4 || (len == 2 && octet == 0x80) {
            return Err(What::Tag);
        }
        number = (number << 7) | u32::from(octet & 0x7F);
        if octet & 0x80 == 0 {
            return if number < 0x1F { Err(What::Tag) } else { Ok((number, len)) };
        }
    }
    Err(What::Truncated)
}

/// Reads a length in its shortest form; returns how many octets it takes.
fn read_length(octets: &[u8]) -> Result<(usize, usize), What> {
    let (&first, rest) = octets.split_first().ok_or(What::Truncated)?;
    if first < 0x80 {
        return Ok((usize::from(first), 1));
    }
    let count = usize::from(first & 0x7F);
    // Three octets count to sixteen million, far more than a message may hold.
    if count == 0 || count > 3 {
        return Err(What::Length);
    }
    let digits = rest.get(..count).ok_or(What::Truncated)?;
    let length = digits.iter().fold(0_usize, |sum, &digit| (sum << 8) | usize::from(digit));
    if length < 0x80 || digits.first() == Some(&0) {
        return Err(What::Length);
    }
    Ok((length, count.saturating_add(1)))
}

/// Walks one encoding to its last octet.
pub fn scan(octets: &[u8]) -> Result<(), Malformed> {
    if octets.len() > MESSAGE_BYTES_MAX {
        return Err(Malformed::new(0, What::TooBig));
    }
    let mut walk = Walk { octets, at: 0, count: 0, open: Vec::with_capacity(DEPTH_MAX) };
    walk.element(octets.len())?;
    while let Some(last) = walk.open.last() {
        let (end, is_set, start) = (last.end, last.is_set, walk.at);
        if start == end {
            walk.open.pop();
            continue;
        }
        let parent = walk.open.len().saturating_sub(1);
        let member = walk.element(end)?;
        if is_set {
            walk.keep_order(parent, (start, start.saturating_add(member.total())))?;
        }
    }
    match walk.at == octets.len() {
        true => Ok(()),
        false => Err(Malformed::new(walk.at, What::Trailing)),
    }
}

/// An element whose members are being walked.
struct Open {
    end: usize,
    is_set: bool,
    /// Where the member before lies, for the order of a SET.
    before: Option<(usize, usize)>,
}

struct Walk<'a> {
    octets: &'a [u8],
    at: usize,
    count: usize,
    open: Vec<Open>,
}

impl Walk<'_> {
    /// Steps over one primitive element or into a constructed one.
    fn element(&mut self, end: usize) -> Result<Header, Malformed> {
        let fault = |what| Malformed::new(self.at, what);
        let header = Header::read(self.octets.get(self.at..end).unwrap_or_default());
        let header = header.map_err(fault)?;
        if self.count >= COUNT_MAX {
            return Err(fault(What::Many));
        }
        check_construction(&header).map_err(fault)?;
        let start = self.at.saturating_add(header.len);
        let stop = start.saturating_add(header.contents);
        if !header.constructed {
            let contents = self.octets.get(start..stop).unwrap_or_default();
            check_primitive(&header, contents).map_err(fault)?;
            self.at = stop;
        } else if self.open.len() >= DEPTH_MAX {
            return Err(fault(What::Deep));
        } else {
            self.open.push(Open { end: stop, is_set: header.is_universal(17), before: None });
            self.at = start;
        }
        self.count = self.count.saturating_add(1);
        Ok(header)
    }

    /// X.690 11.6: the members of a SET OF stand in the order of their encodings.
    fn keep_order(&mut self, parent: usize, member: (usize, usize)) -> Result<(), Malformed> {
        let Some(parent) = self.open.get_mut(parent) else { return Ok(()) };
        let octets = |(from, to)| self.octets.get(from..to).unwrap_or_default();
        if parent.before.is_some_and(|before| octets(before) > octets(member)) {
            return Err(Malformed::new(member.0, What::Order));
        }
        parent.before = Some(member);
        Ok(())
    }
}

/// SEQUENCE and SET are built of others; every other universal element of DER is not.
fn check_construction(header: &Header) -> Result<(), What> {
    let must = matches!(header.number, 8 | 11 | 16 | 17);
    match header.class == 0 && must != header.constructed {
        true => Err(What::Construction),
        false => Ok(()),
    }
}

/// Refuses the forms of universal primitives that BER allows and DER does not.
fn check_primitive(header: &Header, contents: &[u8]) -> Result<(), What> {
    if header.class != 0 {
        return Ok(());
    }
    match header.number {
        0 => Err(What::Tag),
        1 => ensure(matches!(contents, [0x00 | 0xFF]), What::Primitive),
        2 | 10 => ensure(is_minimal(contents), What::Integer),
        3 => ensure(is_bit_string(contents), What::Primitive),
        5 => ensure(contents.is_empty(), What::Primitive),
        6 => ensure(super::oid::is_proper(contents), What::ObjectIdentifier),
        _ => Ok(()),
    }
}

fn ensure(proper: bool, otherwise: What) -> Result<(), What> {
    if proper { Ok(()) } else { Err(otherwise) }
}

/// X.690 8.3.2: the first nine bits of an integer are not all alike.
pub(super) fn is_minimal(contents: &[u8]) -> bool {
    match contents {
        [] => false,
        [0x00, second, ..] => second & 0x80 != 0,
        [0xFF, second, ..] => second & 0x80 == 0,
        _ => true,
    }
}

/// X.690 11.2.1: at most seven unused bits, all of them zero.
fn is_bit_string(contents: &[u8]) -> bool {
    match contents {
        [] => false,
        [unused] => *unused == 0,
        [unused @ 0..=7, .., last] => last & !(0xFF_u8 << unused) == 0,
        _ => false,
    }
}

/// The elements that stand one after the other in some octets, each whole.
pub fn elements(mut octets: &[u8]) -> Result<Vec<&[u8]>, Malformed> {
    let mut found = Vec::new();
    let whole = octets.len();
    while !octets.is_empty() {
        let at = whole.saturating_sub(octets.len());
        let header = Header::read(octets).map_err(|what| Malformed::new(at, what))?;
        let (element, rest) = octets.split_at_checked(header.total()).unwrap_or((octets, &[]));
        found.push(element);
        octets = rest;
    }
    Ok(found)
}
