//! OBJECT IDENTIFIER, kept as its octets: arcs may be larger than any machine word.

use std::{borrow::Cow, fmt};

use super::{Contents, What, primitive};
use rasn::types::Tag;

/// OBJECT IDENTIFIER
///
/// Prints as `2.23.42.0.13`. Two are equal when their octets are.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Oid(Cow<'static, [u8]>);

impl Oid {
    /// Names an identifier by its contents octets, which the caller vouches for.
    pub const fn from_static(contents: &'static [u8]) -> Self {
        Self(Cow::Borrowed(contents))
    }

    /// Takes the contents octets of an identifier, without tag and length.
    pub fn from_octets(contents: &[u8]) -> Result<Self, What> {
        Self::read(contents)
    }

    /// Writes an identifier from its arcs.
    pub fn from_arcs(arcs: &[u128]) -> Result<Self, What> {
        let &[first @ 0..=2, second, ref rest @ ..] = arcs else {
            return Err(What::ObjectIdentifier);
        };
        if first < 2 && second > 39 {
            return Err(What::ObjectIdentifier);
        }
        let joined = second.checked_add(first.saturating_mul(40)).ok_or(What::ObjectIdentifier)?;
        let mut contents = Vec::new();
        push_arc(&mut contents, joined);
        rest.iter().for_each(|&arc| push_arc(&mut contents, arc));
        Ok(Self(Cow::Owned(contents)))
    }

    /// The contents octets, without tag and length.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The identifier below this one with one more arc.
    pub fn child(&self, arc: u128) -> Self {
        let mut contents = self.0.to_vec();
        push_arc(&mut contents, arc);
        Self(Cow::Owned(contents))
    }

    /// Whether this identifier is another one or lies below it.
    pub fn is_under(&self, other: &Self) -> bool {
        self.0.starts_with(&other.0)
    }
}

primitive!(Oid);

impl Contents for Oid {
    const TAG: Tag = Tag::OBJECT_IDENTIFIER;

    fn read(contents: &[u8]) -> Result<Self, What> {
        match is_proper(contents) {
            true => Ok(Self(Cow::Owned(contents.to_vec()))),
            false => Err(What::ObjectIdentifier),
        }
    }

    fn write(&self) -> Cow<'_, [u8]> {
        Cow::Borrowed(&self.0)
    }
}

/// Appends one arc in base 128.
fn push_arc(contents: &mut Vec<u8>, arc: u128) {
    let groups = 128_u32.saturating_sub(arc.leading_zeros()).div_ceil(7).max(1);
    for group in (0..groups).rev() {
        let more = if group == 0 { 0x00 } else { 0x80 };
        let [.., low] = (arc >> group.saturating_mul(7)).to_be_bytes();
        contents.push(more | (low & 0x7F));
    }
}

/// X.690 8.19: at least one arc, the last one ended, none with leading zeros.
///
/// Nineteen octets hold an arc of 128 bits, the largest that a UUID makes.
pub(super) fn is_proper(contents: &[u8]) -> bool {
    let ended = contents.last().is_some_and(|last| last & 0x80 == 0);
    let mut arcs = contents.split_inclusive(|octet| octet & 0x80 == 0);
    ended && arcs.all(|arc| arc.first() != Some(&0x80) && arc_value(arc).is_some())
}

/// The number that one arc's octets make.
fn arc_value(octets: &[u8]) -> Option<u128> {
    octets
        .iter()
        .try_fold(0_u128, |sum, octet| Some(sum.checked_mul(128)? | u128::from(octet & 0x7F)))
}

impl fmt::Display for Oid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let arcs = self.0.split_inclusive(|octet| octet & 0x80 == 0).filter_map(arc_value);
        for (place, arc) in arcs.enumerate() {
            match place {
                0 => {
                    let first = (arc / 40).min(2);
                    write!(f, "{first}.{}", arc.saturating_sub(first.saturating_mul(40)))?;
                }
                _ => write!(f, ".{arc}")?,
            }
        }
        Ok(())
    }
}

impl fmt::Debug for Oid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Oid({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arcs_print_as_they_were_given() {
        for (arcs, text) in [
            (&[2_u128, 23, 42, 0, 13][..], "2.23.42.0.13"),
            (&[1, 2, 840, 10045, 4, 3, 2], "1.2.840.10045.4.3.2"),
            (
                &[2, 25, 73663022761403383629478202887286148539, 1, 1],
                "2.25.73663022761403383629478202887286148539.1.1",
            ),
            (&[0, 0], "0.0"),
            (&[2, 999, 3], "2.999.3"),
        ] {
            let oid = Oid::from_arcs(arcs).expect("proper arcs");
            assert_eq!(oid.to_string(), text);
            assert_eq!(Oid::from_octets(oid.as_bytes()), Ok(oid));
        }
    }

    #[test]
    fn improper_arcs_and_octets_are_refused() {
        for arcs in [&[][..], &[1], &[3, 1], &[1, 40]] {
            assert_eq!(Oid::from_arcs(arcs), Err(What::ObjectIdentifier));
        }
        for octets in [&[][..], &[0x80], &[0x2A, 0x80, 0x01], &[0x2A, 0x86], &[0xFF; 20]] {
            assert_eq!(Oid::from_octets(octets), Err(What::ObjectIdentifier));
        }
    }

    #[test]
    fn a_child_lies_under_its_parent() {
        let parent = Oid::from_arcs(&[2, 23, 42]).expect("proper arcs");
        assert_eq!(parent.child(7).to_string(), "2.23.42.7");
        assert!(parent.child(7).is_under(&parent));
        assert!(!parent.is_under(&parent.child(7)));
    }
}
