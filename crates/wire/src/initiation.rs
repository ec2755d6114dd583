//! The initiation document: the text by which a shop hands a browser over to a wallet.
//!
//! Lines `SET-Name: value`, each ended by CRLF, one empty line, then the order description, octet
//! for octet as the cardholder will sign its digest. The document is not signed: nothing in it is
//! believed before the merchant has answered with a PInitRes.

mod registration;

use std::{fmt, ops::RangeInclusive, str::FromStr};

use data_encoding::BASE64;
use openset_types::{Brand, Language, LocalId, Money, Terms, UnixTime};

pub use self::registration::{MEDIA_TYPE as REGISTRATION_MEDIA_TYPE, RegistrationInitiation};
use crate::types::CurrencyAmount;

/// The most octets of a document.
pub const DOCUMENT_BYTES_MAX: usize = 64 * 1024;
/// The most octets of its base64.
const FIELD_OCTETS_MAX: usize = DOCUMENT_BYTES_MAX.div_ceil(3) * 4;
/// The most octets of one line, without its end.
pub const LINE_BYTES_MAX: usize = 1024;
/// The media type of a document that starts a purchase.
pub const MEDIA_TYPE: &str = "application/set-payment-initiation";

const TYPE: &str = "SET-Initiation-Type";
const VERSION: &str = "SET-Version";
const SET_URL: &str = "SET-SET-URL";
const SUCCESS_URL: &str = "SET-Success-URL";
const FAILURE_URL: &str = "SET-Failure-URL";
const CANCEL_URL: &str = "SET-Cancel-URL";
const BRAND: &str = "SET-Brand";
const AMOUNT: &str = "SET-PurchAmt";
const LID_M: &str = "SET-LID-M";
const LANGUAGE: &str = "SET-Language";
const INSTALMENTS: &str = "SET-InstallTotalTrans";
const RECURRING: &str = "SET-Recurring";

const PAYMENT: &str = "Payment-Initiation";
const VERSION_1: &str = "1.0";

/// What a shop says to start a purchase.
#[derive(Clone, PartialEq, Eq)]
pub struct Initiation {
    /// Where SET messages are posted.
    pub set_url: String,
    /// Where the browser goes when the purchase went well.
    pub success_url: String,
    /// Where it goes when the purchase did not.
    pub failure_url: String,
    /// Where it goes when the cardholder does not want to pay.
    pub cancel_url: String,
    /// The brands the shop takes, the one it likes best first. At least one.
    pub brands: Vec<Brand>,
    /// What the purchase costs: in all, or each time if the terms say so.
    pub amount: Money,
    /// On which terms it is paid, if more than once.
    pub terms: Option<Terms>,
    /// The shop's label for the order.
    pub lid_m: LocalId,
    /// The language of the order.
    pub language: Language,
    /// What is bought, as the cardholder will agree to it.
    pub order: Vec<u8>,
}

/// Why octets are not an initiation document. Never repeats what they say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum InvalidInitiation {
    /// A field of a form that is not base64.
    Base64,
    /// A header that this version does not know.
    Header,
    /// A line that is not `SET-Name: value` in printable ASCII, ended by CRLF.
    Line,
    /// A header is missing.
    Missing(&'static str),
    /// A header that may not stands twice.
    Repeated(&'static str),
    /// More than [`DOCUMENT_BYTES_MAX`].
    TooBig,
    /// A value that its header may not have.
    Value(&'static str),
}

impl fmt::Display for InvalidInitiation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Base64 => f.write_str("the field is not base64"),
            Self::Header => f.write_str("a header that this version does not know"),
            Self::Line => f.write_str("a line that is not a header"),
            Self::Missing(name) => write!(f, "{name} is missing"),
            Self::Repeated(name) => write!(f, "{name} stands twice"),
            Self::TooBig => f.write_str("the document is too big"),
            Self::Value(name) => write!(f, "{name} has an improper value"),
        }
    }
}

impl std::error::Error for InvalidInitiation {}

impl fmt::Debug for Initiation {
    /// What is bought and where is the cardholder's business.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Initiation({}, {} octets of order)", self.amount, self.order.len())
    }
}

impl Initiation {
    /// Reads a document.
    pub fn parse(document: &[u8]) -> Result<Self, InvalidInitiation> {
        if document.len() > DOCUMENT_BYTES_MAX {
            return Err(InvalidInitiation::TooBig);
        }
        let (headers, order) = Headers::read(document)?;
        headers.require(TYPE, PAYMENT)?;
        headers.require(VERSION, VERSION_1)?;
        Ok(Self {
            set_url: headers.url(SET_URL)?,
            success_url: headers.url(SUCCESS_URL)?,
            failure_url: headers.url(FAILURE_URL)?,
            cancel_url: headers.url(CANCEL_URL)?,
            brands: headers.brands()?,
            amount: headers.amount()?,
            terms: headers.terms()?,
            lid_m: headers.parsed(LID_M, |text| LocalId::new(text.as_bytes()))?,
            language: headers.parsed(LANGUAGE, Language::parse)?,
            order: order.to_vec(),
        })
    }

    /// The document in the field of a form: its base64, refused before it is decoded if no
    /// document is that long.
    pub fn in_field(field: &str) -> Result<Vec<u8>, InvalidInitiation> {
        if field.len() > FIELD_OCTETS_MAX {
            return Err(InvalidInitiation::TooBig);
        }
        let document = BASE64.decode(field.as_bytes()).map_err(|_| InvalidInitiation::Base64)?;
        let is_short = document.len() <= DOCUMENT_BYTES_MAX;
        is_short.then_some(document).ok_or(InvalidInitiation::TooBig)
    }

    /// Writes the document, if it can be read again.
    pub fn write(&self) -> Result<Vec<u8>, InvalidInitiation> {
        let label = std::str::from_utf8(self.lid_m.as_bytes())
            .map_err(|_| InvalidInitiation::Value(LID_M))?;
        let CurrencyAmount { currency, amount, amt_exp10 } = self.amount.into();
        let amount = format!("{currency} {amount} {amt_exp10}");
        let brands = self.brands.iter().map(|brand| (BRAND, brand.as_str()));
        let lines = [
            (TYPE, PAYMENT),
            (VERSION, VERSION_1),
            (SET_URL, &self.set_url),
            (SUCCESS_URL, &self.success_url),
            (FAILURE_URL, &self.failure_url),
            (CANCEL_URL, &self.cancel_url),
            (AMOUNT, &amount),
            (LID_M, label),
            (LANGUAGE, self.language.as_str()),
        ];
        let terms = self.terms.map(written);
        let terms = terms.iter().map(|(name, value)| (*name, value.as_str()));
        let lines = lines.into_iter().chain(brands).chain(terms);
        let head: String = lines.map(|(name, value)| format!("{name}: {value}\r\n")).collect();
        let document = [head.as_bytes(), b"\r\n", &self.order].concat();
        match Self::parse(&document)? == *self {
            true => Ok(document),
            false => Err(InvalidInitiation::Line),
        }
    }
}

/// The header lines of a document: each name once, but brands as often as they come.
struct Headers<'a>(Vec<(&'static str, &'a str)>);

/// Every header that must stand.
const NAMES: [&str; 10] =
    [TYPE, VERSION, SET_URL, SUCCESS_URL, FAILURE_URL, CANCEL_URL, BRAND, AMOUNT, LID_M, LANGUAGE];

/// The headers of which one may stand.
const TERMS: [&str; 2] = [INSTALMENTS, RECURRING];

/// The most instalments that a wallet is asked to agree to.
pub const INSTALMENTS_MAX: u64 = 60;
/// How many days recurring payments lie apart at least, and at most.
const DAYS_APART: RangeInclusive<u16> = 1..=366;

/// The header of terms, and its value.
fn written(terms: Terms) -> (&'static str, String) {
    match terms {
        Terms::Instalments { at_most } => (INSTALMENTS, at_most.to_string()),
        Terms::Recurring { every_days, until } => {
            (RECURRING, format!("{every_days} {}", until.generalized()))
        }
    }
}

impl<'a> Headers<'a> {
    /// Reads the lines up to the empty one; what follows is the order.
    fn read(document: &'a [u8]) -> Result<(Self, &'a [u8]), InvalidInitiation> {
        let mut headers = Self(Vec::with_capacity(NAMES.len()));
        let mut rest = document;
        loop {
            let line;
            (line, rest) = split_line(rest)?;
            if line.is_empty() {
                return Ok((headers, rest));
            }
            let (name, value) = line.split_once(": ").ok_or(InvalidInitiation::Line)?;
            headers.add(name, value)?;
        }
    }

    fn add(&mut self, name: &str, value: &'a str) -> Result<(), InvalidInitiation> {
        let known = NAMES.into_iter().chain(TERMS).find(|known| known.eq_ignore_ascii_case(name));
        let name = known.ok_or(InvalidInitiation::Header)?;
        if name != BRAND && self.find(name).is_some() {
            return Err(InvalidInitiation::Repeated(name));
        }
        self.0.push((name, value));
        Ok(())
    }

    fn find(&self, name: &str) -> Option<&'a str> {
        self.0.iter().find(|(known, _)| *known == name).map(|(_, value)| *value)
    }

    fn get(&self, name: &'static str) -> Result<&'a str, InvalidInitiation> {
        self.find(name).ok_or(InvalidInitiation::Missing(name))
    }

    fn require(&self, name: &'static str, value: &str) -> Result<(), InvalidInitiation> {
        match self.get(name)? == value {
            true => Ok(()),
            false => Err(InvalidInitiation::Value(name)),
        }
    }

    fn parsed<T, E>(
        &self,
        name: &'static str,
        parse: impl FnOnce(&'a str) -> Result<T, E>,
    ) -> Result<T, InvalidInitiation> {
        parse(self.get(name)?).map_err(|_| InvalidInitiation::Value(name))
    }

    /// An address on the web. Whether it is one to go to, the wallet decides.
    fn url(&self, name: &'static str) -> Result<String, InvalidInitiation> {
        self.parsed(name, |text| {
            let scheme =
                ["https://", "http://"].into_iter().find_map(|scheme| text.strip_prefix(scheme));
            let host = scheme.is_some_and(|rest| !rest.is_empty() && !rest.starts_with('/'));
            if host && !text.contains([' ', '\\', '"', '<', '>']) {
                Ok(text.to_owned())
            } else {
                Err(())
            }
        })
    }

    /// One line for each brand.
    fn brands(&self) -> Result<Vec<Brand>, InvalidInitiation> {
        self.get(BRAND)?;
        let lines = self.0.iter().filter(|(name, _)| *name == BRAND);
        let brands = lines.map(|(_, text)| Brand::parse(text)).collect::<Result<_, _>>();
        brands.map_err(|_| InvalidInitiation::Value(BRAND))
    }

    /// Currency, amount and exponent, as CurrencyAmount has them: `978 4200 -2`.
    fn amount(&self) -> Result<Money, InvalidInitiation> {
        self.parsed(AMOUNT, |text| {
            let mut parts = text.split(' ');
            let amount = CurrencyAmount {
                currency: number(parts.next()).ok_or(())?,
                amount: number(parts.next()).ok_or(())?,
                amt_exp10: number(parts.next()).ok_or(())?,
            };
            let money = amount.money().map_err(drop)?;
            if parts.next().is_none() { Ok(money) } else { Err(()) }
        })
    }

    /// How many instalments, or how many days recurring payments lie apart and until when:
    /// `28 20271123000000Z`.
    fn terms(&self) -> Result<Option<Terms>, InvalidInitiation> {
        match TERMS.map(|name| self.find(name)) {
            [None, None] => Ok(None),
            [Some(_), Some(_)] => Err(InvalidInitiation::Repeated(RECURRING)),
            [Some(_), None] => self.parsed(INSTALMENTS, |text| {
                let at_most =
                    number(Some(text)).filter(|many| (2..=INSTALMENTS_MAX).contains(many));
                at_most.map(|at_most| Some(Terms::Instalments { at_most })).ok_or(())
            }),
            [None, Some(_)] => self.parsed(RECURRING, |text| {
                let (days, until) = text.split_once(' ').ok_or(())?;
                let every_days = number(Some(days)).filter(|days| DAYS_APART.contains(days));
                let every_days = every_days.ok_or(())?;
                let until = UnixTime::parse_generalized(until).map_err(drop)?;
                Ok::<_, ()>(Some(Terms::Recurring { every_days, until }))
            }),
        }
    }
}

/// A number in its shortest form.
fn number<T: FromStr + ToString>(text: Option<&str>) -> Option<T> {
    let number: T = text?.parse().ok()?;
    (number.to_string() == text?).then_some(number)
}

/// Takes one line of printable ASCII and its CRLF off the front.
fn split_line(octets: &[u8]) -> Result<(&str, &[u8]), InvalidInitiation> {
    let window = octets.get(..LINE_BYTES_MAX.saturating_add(2)).unwrap_or(octets);
    let end = window.windows(2).position(|pair| pair == b"\r\n");
    let (line, rest) =
        end.and_then(|end| octets.split_at_checked(end)).ok_or(InvalidInitiation::Line)?;
    if !line.iter().all(|octet| matches!(octet, b' '..=b'~')) {
        return Err(InvalidInitiation::Line);
    }
    let line = std::str::from_utf8(line).map_err(|_| InvalidInitiation::Line)?;
    Ok((line, rest.get(2..).unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use openset_types::Currency;
    use proptest::{collection::vec, prelude::*};

    use super::*;

    fn sample() -> Initiation {
        Initiation {
            set_url: "http://merchant.localhost:7180/set".into(),
            success_url: "http://shop.localhost:7180/orders/1042".into(),
            failure_url: "http://shop.localhost:7180/orders/1042?went=wrong".into(),
            cancel_url: "http://shop.localhost:7180/basket".into(),
            brands: vec![brand("Demo Brand"), brand("Demo Brand:Gold")],
            amount: Money::new(4200, Currency::EUR).expect("within range"),
            terms: None,
            lid_m: LocalId::new(b"1042").expect("short"),
            language: Language::parse("fr").expect("a tag"),
            order: b"Lighthouse poster, 50 \xC3\x97 70 cm\r\n\r\n1 piece\0".to_vec(),
        }
    }

    fn brand(text: &str) -> Brand {
        Brand::parse(text).expect("printable")
    }

    fn document() -> String {
        let mut plain = sample();
        plain.order = b"A poster".to_vec();
        plain.brands.truncate(1);
        String::from_utf8(plain.write().expect("writable")).expect("a text")
    }

    #[test]
    fn a_document_is_read_back_and_its_order_keeps_every_octet() {
        let document = sample().write().expect("writable");
        assert!(document.starts_with(b"SET-Initiation-Type: Payment-Initiation\r\n"));
        assert_eq!(Initiation::parse(&document), Ok(sample()));
    }

    #[test]
    fn header_names_are_read_in_any_case() {
        let document = document().replace("SET-PurchAmt", "set-purchamt");
        assert!(Initiation::parse(document.as_bytes()).is_ok());
    }

    #[test]
    fn each_header_must_stand_once() {
        for name in NAMES {
            let line = document().lines().find(|line| line.starts_with(name)).map(str::to_owned);
            let line = format!("{}\r\n", line.expect("every header is written"));
            let without = Initiation::parse(document().replace(&line, "").as_bytes());
            assert_eq!(without, Err(InvalidInitiation::Missing(name)));
            let twice = Initiation::parse(format!("{line}{}", document()).as_bytes());
            match name {
                BRAND => assert_eq!(twice.expect("a further brand").brands.len(), 2),
                _ => assert_eq!(twice, Err(InvalidInitiation::Repeated(name))),
            }
        }
    }

    #[test]
    fn improper_values_are_refused() {
        for (from, to, name) in [
            ("Payment-Initiation", "Inquiry-Initiation", TYPE),
            ("1.0", "2.0", VERSION),
            ("978 4200 -2", "978 42001 -3", AMOUNT),
            ("978 4200 -2", "978 -4200 -2", AMOUNT),
            ("978 4200 -2", "978 04200 -2", AMOUNT),
            ("978 4200 -2", "978 +4200 -2", AMOUNT),
            ("978 4200 -2", "999 4200 -2", AMOUNT),
            ("978 4200 -2", "978 4200", AMOUNT),
            ("978 4200 -2", "978 4200 -2 ", AMOUNT),
            ("SET-Brand: Demo", "SET-Brand: Demo Brand of a name that is much too long", BRAND),
            (": fr", ": f\u{21}r", LANGUAGE),
            ("LID-M: 1042", "LID-M: 123456789012345678901", LID_M),
            ("http://merchant", "javascript://merchant", SET_URL),
            ("http://shop.localhost:7180/basket", "//shop.localhost/basket", CANCEL_URL),
            ("http://shop.localhost:7180/basket", "http:///basket", CANCEL_URL),
            ("http://shop.localhost:7180/basket", "http://a b", CANCEL_URL),
        ] {
            let changed = document().replacen(from, to, 1);
            let read = Initiation::parse(changed.as_bytes());
            assert_eq!(read, Err(InvalidInitiation::Value(name)), "{to}");
        }
    }

    fn with(line: &str) -> Result<Initiation, InvalidInitiation> {
        Initiation::parse(format!("{line}\r\n{}", document()).as_bytes())
    }

    #[test]
    fn terms_are_carried_and_any_others_are_refused() {
        let until = UnixTime::parse_generalized("20271123000000Z").expect("a time");
        for (terms, line) in [
            (Terms::Instalments { at_most: 3 }, "SET-InstallTotalTrans: 3"),
            (Terms::Recurring { every_days: 28, until }, "SET-Recurring: 28 20271123000000Z"),
        ] {
            let initiation = Initiation { terms: Some(terms), ..sample() };
            let document = initiation.write().expect("writable");
            assert_eq!(Initiation::parse(&document), Ok(initiation));
            assert_eq!(with(line).map(|read| read.terms), Ok(Some(terms)));
        }
        for value in ["1", "0", "61", "02", "two", "3 4", ""] {
            let read = with(&format!("{INSTALMENTS}: {value}"));
            assert_eq!(read, Err(InvalidInitiation::Value(INSTALMENTS)), "{value}");
        }
        for value in [
            "0 20271123000000Z",
            "367 20271123000000Z",
            "028 20271123000000Z",
            "28 20271123",
            "28 20271123000000",
            "28 20271323000000Z",
            "28",
            "28 20271123000000Z 1",
        ] {
            let read = with(&format!("{RECURRING}: {value}"));
            assert_eq!(read, Err(InvalidInitiation::Value(RECURRING)), "{value}");
        }
        let both = format!("{INSTALMENTS}: 3\r\n{RECURRING}: 28 20271123000000Z");
        assert_eq!(with(&both), Err(InvalidInitiation::Repeated(RECURRING)));
        let twice = format!("{INSTALMENTS}: 3\r\n{INSTALMENTS}: 3");
        assert_eq!(with(&twice), Err(InvalidInitiation::Repeated(INSTALMENTS)));
    }

    #[test]
    fn other_lines_and_other_ends_are_refused() {
        for (from, to) in [
            ("\r\n", "\n"),
            (": fr", ":fr"),
            (": fr", ": fr\u{e9}"),
            (": fr", ": fr\0"),
            ("\r\n\r\nA poster", ""),
            (": fr", &format!(": {}", "x".repeat(LINE_BYTES_MAX))),
        ] {
            let read = Initiation::parse(document().replace(from, to).as_bytes());
            assert_eq!(read, Err(InvalidInitiation::Line), "{to:?}");
        }
        let unknown = format!("Set-Cookie: a\r\n{}", document());
        assert_eq!(Initiation::parse(unknown.as_bytes()), Err(InvalidInitiation::Header));
        let big = [document().as_bytes(), &[b'x'; DOCUMENT_BYTES_MAX]].concat();
        assert_eq!(Initiation::parse(&big), Err(InvalidInitiation::TooBig));
    }

    #[test]
    fn what_could_not_be_read_again_is_not_written() {
        let mut split = sample();
        split.success_url = "http://shop.localhost/\r\nSET-Version: 1.0".into();
        assert!(split.write().is_err());
        let none = Initiation { brands: vec![], ..sample() };
        assert_eq!(none.write(), Err(InvalidInitiation::Missing(BRAND)));
        let binary = Initiation { lid_m: LocalId::new(&[0xFF]).expect("short"), ..sample() };
        assert_eq!(binary.write(), Err(InvalidInitiation::Value(LID_M)));
    }

    #[test]
    fn a_document_does_not_print_the_order() {
        assert_eq!(format!("{:?}", sample()), "Initiation(42.00 EUR, 42 octets of order)");
    }

    proptest! {
        #[test]
        fn any_octets_are_read_or_refused(octets in vec(any::<u8>(), 0..400)) {
            let _ = Initiation::parse(&octets);
        }

        #[test]
        fn any_order_is_carried(order in vec(any::<u8>(), 0..400)) {
            let initiation = Initiation { order, ..sample() };
            let document = initiation.write().expect("writable");
            prop_assert_eq!(Initiation::parse(&document), Ok(initiation));
        }
    }
}
