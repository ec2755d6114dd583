//! Why octets are not a message: where, in which field, and what is wrong.

use std::fmt;

/// Octets that are not the value they should be. Carries no part of the octets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Malformed {
    /// Offset of the element, from the start of the octets that were decoded.
    pub at: usize,
    /// What is wrong there.
    pub what: What,
    path: Vec<&'static str>,
}

impl Malformed {
    /// Names a fault and its place.
    pub fn new(at: usize, what: What) -> Self {
        Self { at, what, path: Vec::new() }
    }

    /// Adds the fields that lead to the fault, outermost first.
    pub(crate) fn along(mut self, path: Vec<&'static str>) -> Self {
        self.path = path;
        self
    }

    /// The fields that lead to the fault, outermost first, each as `Type.field`.
    pub fn path(&self) -> &[&'static str] {
        &self.path
    }
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at octet {}", self.what, self.at)?;
        for (step, field) in self.path.iter().enumerate() {
            f.write_str(if step == 0 { ", in " } else { " > " })?;
            f.write_str(field)?;
        }
        Ok(())
    }
}

impl std::error::Error for Malformed {}

/// Defines the faults and the words for each, so that the words can be read back.
macro_rules! faults {
    ($($(#[$doc:meta])* $name:ident = $words:literal,)*) => {
        /// What is wrong with octets.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        #[non_exhaustive]
        pub enum What {
            $($(#[$doc])* $name,)*
        }

        impl What {
            const ALL: &'static [Self] = &[$(Self::$name,)*];

            fn words(self) -> &'static str {
                match self {
                    $(Self::$name => $words,)*
                }
            }
        }
    };
}

faults! {
    /// A number, text or string of octets outside its bounds.
    Bounds = "a value outside its bounds",
    /// A character that this kind of text may not hold.
    Character = "a character that this text may not hold",
    /// An element built of others where it must not be, or the reverse.
    Construction = "an element in the wrong construction",
    /// A digest whose named content is not the one that belongs here.
    ContentType = "a digest of another content",
    /// Elements within elements beyond [`DEPTH_MAX`](super::DEPTH_MAX).
    Deep = "elements nested too deep",
    /// The same attribute or extension twice.
    Duplicate = "the same name twice",
    /// An element of another type than the one that belongs here.
    Element = "another element was expected",
    /// A number that no name belongs to.
    Enumeration = "an unknown enumeration value",
    /// An INTEGER with superfluous leading octets, or none.
    Integer = "an integer in an improper form",
    /// A length in other than its shortest form, or left open.
    Length = "a length in an improper form",
    /// More elements than [`COUNT_MAX`](super::COUNT_MAX).
    Many = "too many elements",
    /// A value written in another way than DER writes it.
    NotCanonical = "not the distinguished encoding",
    /// An object identifier in an improper form.
    ObjectIdentifier = "an improper object identifier",
    /// Members of a SET that are not in order.
    Order = "set members out of order",
    /// A BOOLEAN, BIT STRING, NULL or REAL in an improper form.
    Primitive = "a primitive value in an improper form",
    /// More octets than [`MESSAGE_BYTES_MAX`](super::MESSAGE_BYTES_MAX).
    TooBig = "the message is too big",
    /// A tag in other than its shortest form, or beyond bounds.
    Tag = "a tag in an improper form",
    /// A date that does not exist or is written in another form.
    Time = "an improper date",
    /// Octets after the end of the value.
    Trailing = "octets after the end",
    /// The octets end within an element.
    Truncated = "the octets end too early",
    /// A value that cannot be written, such as a list with too few members.
    Unencodable = "a value that has no encoding",
}

impl What {
    /// Finds a fault by its words: how it passes through a decoder that knows texts only.
    pub(crate) fn from_words(words: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|what| what.words() == words)
    }
}

impl fmt::Display for What {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.words())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_is_found_again_by_its_words() {
        for what in What::ALL {
            assert_eq!(What::from_words(&what.to_string()), Some(*what));
        }
        assert_eq!(What::from_words("no such words"), None);
    }

    #[test]
    fn a_fault_prints_its_place_and_path() {
        let fault = Malformed::new(7, What::Time).along(vec!["A.b", "C.d"]);
        assert_eq!(fault.to_string(), "an improper date at octet 7, in A.b > C.d");
    }
}
