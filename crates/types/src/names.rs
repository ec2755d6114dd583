//! Names that people and banks gave: brands, merchants, bank identification numbers, languages.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Why a text is not a name of its kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum InvalidName {
    /// A character that this name may not hold.
    Character,
    /// Empty or too long.
    Length,
}

impl fmt::Display for InvalidName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Character => "a character that this name may not hold",
            Self::Length => "the name is empty or too long",
        })
    }
}

impl std::error::Error for InvalidName {}

/// Defines a name: a text whose length and characters were checked when it was made.
macro_rules! name {
    ($(#[$doc:meta])* $name:ident, $length:expr, $allowed:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// Takes the text, or says what is wrong with it.
            pub fn parse(text: &str) -> Result<Self, InvalidName> {
                if !$length.contains(&text.chars().count()) {
                    return Err(InvalidName::Length);
                }
                let allowed: fn(char) -> bool = $allowed;
                if !text.chars().all(allowed) {
                    return Err(InvalidName::Character);
                }
                Ok(Self(text.to_owned()))
            }

            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = InvalidName;

            fn try_from(text: String) -> Result<Self, InvalidName> {
                Self::parse(&text)
            }
        }

        impl From<$name> for String {
            fn from(name: $name) -> Self {
                name.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

/// The characters of ASN.1 VisibleString: printable ASCII and the space.
fn is_visible(character: char) -> bool {
    matches!(character, ' '..='~')
}

name! {
    /// BrandID: the card brand, in the form `Brand` or `Brand:Product`.
    Brand, 1..=40, is_visible
}

name! {
    /// MerchantID: the number an acquirer knows a merchant by.
    MerchantId, 1..=30, is_visible
}

name! {
    /// BIN: the first six digits of a card number, which name its bank.
    Bin, 6..=6, |character| character.is_ascii_digit()
}

name! {
    /// Language: a tag of RFC 1766, such as `en` or `fr-CA`.
    Language, 1..=35, |character| character.is_ascii_alphanumeric() || character == '-'
}

impl Bin {
    /// Whether this is a test BIN: one of the demo's own banks, or one whose card numbers are
    /// published for tests.
    pub fn is_for_tests(&self) -> bool {
        TEST_BINS.contains(&self.as_str())
    }
}

/// The demo's banks, and the first six digits of published test cards.
const TEST_BINS: [&str; 16] = [
    "999999", "999998", "999997", "999996", "411111", "401288", "422222", "555555", "510510",
    "222300", "378282", "371449", "601111", "305693", "353011", "620000",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_the_right_shape_are_accepted() {
        assert_eq!(Brand::parse("Demo Brand").expect("printable").as_str(), "Demo Brand");
        assert_eq!(Bin::parse("999999").expect("six digits").to_string(), "999999");
        assert!(Language::parse("fr-CA").is_ok());
    }

    #[test]
    fn names_of_the_wrong_shape_are_refused() {
        assert_eq!(Brand::parse(""), Err(InvalidName::Length));
        assert_eq!(Brand::parse(&"x".repeat(41)), Err(InvalidName::Length));
        assert_eq!(Brand::parse("Dem\u{0}o"), Err(InvalidName::Character));
        assert_eq!(MerchantId::parse("caf\u{e9}"), Err(InvalidName::Character));
        assert_eq!(Bin::parse("12345"), Err(InvalidName::Length));
        assert_eq!(Bin::parse("12345x"), Err(InvalidName::Character));
        assert_eq!(Language::parse("fr CA"), Err(InvalidName::Character));
    }

    #[test]
    fn only_published_numbers_are_for_tests() {
        for bin in ["999999", "999997", "411111", "555555"] {
            assert!(Bin::parse(bin).expect("six digits").is_for_tests());
        }
        for bin in ["400000", "497010", "411112", "999995"] {
            assert!(!Bin::parse(bin).expect("six digits").is_for_tests());
        }
    }
}
