//! The document by which a bank's page wakes a wallet to register a card.
//!
//! It is written like that of a purchase, without an order. Nobody signs it: whoever reads it may
//! learn which bank is meant, and believes nothing.

use openset_types::{Brand, Language};

use super::{
    BRAND, DOCUMENT_BYTES_MAX, Headers, InvalidInitiation, LANGUAGE, SET_URL, TYPE, VERSION,
    VERSION_1,
};

/// The media type of a document that starts a registration.
pub const MEDIA_TYPE: &str = "application/set-registration-initiation";
const REGISTRATION: &str = "Registration-Initiation";

/// What a bank says to start a registration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegistrationInitiation {
    /// Where its authority takes messages.
    pub set_url: String,
    /// The brand of the card.
    pub brand: Brand,
    /// The language of the bank's page.
    pub language: Language,
}

impl RegistrationInitiation {
    /// Reads a document. What a registration has no use for is refused, an order too.
    pub fn parse(document: &[u8]) -> Result<Self, InvalidInitiation> {
        if document.len() > DOCUMENT_BYTES_MAX {
            return Err(InvalidInitiation::TooBig);
        }
        let (headers, rest) = Headers::read(document)?;
        headers.require(TYPE, REGISTRATION)?;
        headers.require(VERSION, VERSION_1)?;
        let own = [TYPE, VERSION, SET_URL, BRAND, LANGUAGE];
        if !rest.is_empty() || headers.0.iter().any(|(name, _)| !own.contains(name)) {
            return Err(InvalidInitiation::Header);
        }
        let mut brands = headers.brands()?;
        let (Some(brand), true) = (brands.pop(), brands.is_empty()) else {
            return Err(InvalidInitiation::Repeated(BRAND));
        };
        Ok(Self {
            set_url: headers.url(SET_URL)?,
            brand,
            language: headers.parsed(LANGUAGE, Language::parse)?,
        })
    }

    /// Writes the document, if it can be read again.
    pub fn write(&self) -> Result<Vec<u8>, InvalidInitiation> {
        let lines = [
            (TYPE, REGISTRATION),
            (VERSION, VERSION_1),
            (SET_URL, &self.set_url),
            (BRAND, self.brand.as_str()),
            (LANGUAGE, self.language.as_str()),
        ];
        let head: String =
            lines.into_iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
        let document = [head.as_bytes(), b"\r\n"].concat();
        match Self::parse(&document)? == *self {
            true => Ok(document),
            false => Err(InvalidInitiation::Line),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> RegistrationInitiation {
        RegistrationInitiation {
            set_url: "http://ca-cardholder.localhost:7180/set".to_owned(),
            brand: Brand::parse("Demo Brand").expect("printable"),
            language: Language::parse("fr").expect("a tag"),
        }
    }

    fn document() -> String {
        String::from_utf8(sample().write().expect("writable")).expect("a text")
    }

    #[test]
    fn a_document_is_read_back() {
        assert_eq!(RegistrationInitiation::parse(document().as_bytes()), Ok(sample()));
    }

    #[test]
    fn what_is_no_registration_is_refused() {
        let with = |line: &str| format!("{line}\r\n{}", document());
        for (wrong, why) in [
            (String::new(), InvalidInitiation::Line),
            (document().replace("Registration", "Payment"), InvalidInitiation::Value(TYPE)),
            (document().replace("1.0", "2.0"), InvalidInitiation::Value(VERSION)),
            (document().replace("http://", "file://"), InvalidInitiation::Value(SET_URL)),
            (document().replace("SET-Language: fr\r\n", ""), InvalidInitiation::Missing(LANGUAGE)),
            (with("SET-Brand: Another"), InvalidInitiation::Repeated(BRAND)),
            (with("SET-LID-M: 1042"), InvalidInitiation::Header),
            (with("SET-Secret: 1"), InvalidInitiation::Header),
            (document() + "an order", InvalidInitiation::Header),
            ("x".repeat(DOCUMENT_BYTES_MAX + 1), InvalidInitiation::TooBig),
        ] {
            assert_eq!(RegistrationInitiation::parse(wrong.as_bytes()), Err(why), "{wrong:.80}");
        }
    }

    #[test]
    fn what_could_not_be_read_again_is_not_written() {
        let split = RegistrationInitiation { set_url: "http://a/\r\nX: y".to_owned(), ..sample() };
        assert!(split.write().is_err());
    }
}
