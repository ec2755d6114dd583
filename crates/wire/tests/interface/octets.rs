//! Changes octets of DER and sets every length around the change right.

use openset_wire::der::Header;

/// Where the elements inside the element at a place begin and end.
pub(crate) fn members(octets: &[u8], at: usize) -> Vec<(usize, usize)> {
    let header = Header::read(&octets[at..][..total(octets, at)]).expect("an element");
    let (mut next, end) = (at + header.len, at + header.total());
    let mut members = Vec::new();
    while next < end {
        let len = total(octets, next);
        members.push((next, next + len));
        next += len;
    }
    members
}

fn total(octets: &[u8], at: usize) -> usize {
    Header::begin(&octets[at..]).expect("an element").total()
}

/// The octets with some elements replaced by others, and every length around them set right.
///
/// There are none where the elements stand inside a primitive one.
pub(crate) fn replaced(octets: &[u8], from: usize, to: usize, with: &[u8]) -> Option<Vec<u8>> {
    let header = Header::begin(octets).ok().filter(|header| header.constructed)?;
    let mut contents = Vec::new();
    let mut at = header.len;
    while at < octets.len() {
        let end = at + total(octets, at);
        match () {
            () if end <= from || at >= to => contents.extend_from_slice(&octets[at..end]),
            () if at >= from && end <= to => {
                contents.extend_from_slice(if at == from { with } else { &[] });
            }
            () => contents.extend(replaced(&octets[at..end], from - at, to - at, with)?),
        }
        at = end;
    }
    let tag = if octets[0] & 0x1F == 0x1F { &octets[..3] } else { &octets[..1] };
    Some([tag, &length(contents.len()), &contents].concat())
}

/// A length, as DER has it.
pub(crate) fn length(len: usize) -> Vec<u8> {
    let [_, second, third, fourth] = u32::try_from(len).expect("a sample").to_be_bytes();
    match len {
        0..=0x7F => vec![fourth],
        0x80..=0xFF => vec![0x81, fourth],
        0x100..=0xFFFF => vec![0x82, third, fourth],
        _ => vec![0x83, second, third, fourth],
    }
}
