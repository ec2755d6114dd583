//! Canaries: texts that must not be found somewhere, however they are written.
//!
//! A card number may hide in a file as digits, packed two to an octet, in hexadecimal, in base64,
//! with two octets to a letter, or as a mainframe writes it. Whoever looks for the digits alone
//! finds the honest mistakes only.

use std::collections::BTreeSet;

use data_encoding::{BASE64, BASE64URL, HEXLOWER, HEXUPPER};

/// What must not be found.
#[derive(Debug)]
pub struct Canaries {
    forms: Vec<Form>,
    /// Whether some form begins with these two octets.
    begins: Vec<bool>,
}

/// One way to write one secret.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Form {
    octets: Vec<u8>,
    name: &'static str,
    /// Which secret, by its place.
    secret: usize,
}

/// A secret that was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Found {
    /// Which one, by its place.
    pub secret: usize,
    /// How it was written.
    pub form: &'static str,
    /// Where.
    pub at: usize,
}

impl Canaries {
    /// Looks for these, each longer than a few letters.
    pub fn new<S: AsRef<[u8]>>(secrets: &[S]) -> Self {
        let forms: BTreeSet<Form> = secrets
            .iter()
            .enumerate()
            .flat_map(|(secret, text)| {
                let forms = forms(text.as_ref()).into_iter();
                forms.map(move |(name, octets)| Form { octets, name, secret })
            })
            .collect();
        let forms: Vec<Form> = forms.into_iter().collect();
        let mut begins = vec![false; 1 << 16];
        for form in &forms {
            if let [first, second, ..] = form.octets.as_slice() {
                begins[pair(*first, *second)] = true;
            }
        }
        Self { forms, begins }
    }

    /// The first secret in some octets.
    pub fn find(&self, octets: &[u8]) -> Option<Found> {
        let pairs = octets.iter().zip(octets.iter().skip(1)).enumerate();
        let mut starts = pairs.filter(|(_, (first, second))| self.begins[pair(**first, **second)]);
        starts.find_map(|(at, _)| {
            let rest = &octets[at..];
            let form = self.forms.iter().find(|form| rest.starts_with(&form.octets))?;
            Some(Found { secret: form.secret, form: form.name, at })
        })
    }
}

fn pair(first: u8, second: u8) -> usize {
    usize::from(first) << 8 | usize::from(second)
}

/// Every way to write a text that is looked for.
fn forms(text: &[u8]) -> Vec<(&'static str, Vec<u8>)> {
    let mut forms = written("", text);
    if text.iter().all(u8::is_ascii_digit) {
        let mainframe: Vec<u8> = text.iter().map(|digit| digit | 0xF0).collect();
        forms.push(("EBCDIC", mainframe));
        forms.extend(written("packed", &packed(text)));
        let swapped: Vec<u8> = packed(text).iter().map(|octet| octet.rotate_left(4)).collect();
        forms.push(("packed, nibbles swapped", swapped));
    }
    forms
}

/// Plain, in hexadecimal, in base64 wherever a group of three may begin, and in UTF-16.
fn written(plain: &'static str, octets: &[u8]) -> Vec<(&'static str, Vec<u8>)> {
    let name = if plain.is_empty() { "plain" } else { plain };
    let mut forms = vec![
        (name, octets.to_vec()),
        ("hexadecimal", HEXLOWER.encode(octets).into_bytes()),
        ("hexadecimal", HEXUPPER.encode(octets).into_bytes()),
        ("UTF-16", octets.iter().flat_map(|octet| [*octet, 0]).collect()),
    ];
    for skipped in 0..3 {
        let whole = &octets[skipped..];
        let whole = &whole[..whole.len() / 3 * 3];
        forms.push(("base64", BASE64.encode(whole).into_bytes()));
        forms.push(("base64", BASE64URL.encode(whole).into_bytes()));
    }
    forms
}

fn packed(digits: &[u8]) -> Vec<u8> {
    let value = |digit: &u8| digit & 0x0F;
    let octet = |two: &[u8]| two.iter().map(value).fold(0, |octet, digit| octet << 4 | digit);
    digits.chunks(2).map(octet).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAN: &[u8] = b"9999990000064242";

    fn found(octets: &[u8]) -> Option<&'static str> {
        Canaries::new(&[PAN]).find(octets).map(|found| found.form)
    }

    #[test]
    fn a_card_number_is_found_however_it_is_written() {
        let packed = [0x99, 0x99, 0x99, 0x00, 0x00, 0x06, 0x42, 0x42];
        let swapped = [0x99, 0x99, 0x99, 0x00, 0x00, 0x60, 0x24, 0x24];
        let mainframe = PAN.iter().map(|digit| digit + 0xC0).collect::<Vec<_>>();
        for hidden in [
            PAN.to_vec(),
            packed.to_vec(),
            swapped.to_vec(),
            mainframe,
            PAN.iter().flat_map(|digit| [*digit, 0]).collect(),
            HEXLOWER.encode(PAN).into_bytes(),
            HEXUPPER.encode(&packed).into_bytes(),
        ] {
            let beside = [b"before ".as_slice(), &hidden, b" after"].concat();
            assert!(found(&beside).is_some(), "{hidden:?}");
        }
    }

    #[test]
    fn a_card_number_is_found_in_base64_wherever_it_begins() {
        for before in ["", "x", "xy", "xyz"] {
            let text = [before.as_bytes(), PAN, b"tail"].concat();
            assert_eq!(found(BASE64.encode(&text).as_bytes()), Some("base64"), "{before:?}");
            assert_eq!(found(BASE64URL.encode(&text).as_bytes()), Some("base64"), "{before:?}");
        }
    }

    #[test]
    fn what_is_masked_or_sealed_is_not_found() {
        for text in ["999999******4242", "9999990000064243", "", "9", "999999000006424"] {
            assert_eq!(found(text.as_bytes()), None, "{text:?}");
        }
    }

    #[test]
    fn each_secret_is_found_by_its_place() {
        let canaries = Canaries::new(&["first secret", "second secret"]);
        let at = canaries.find(b"my second secret").expect("it is there");
        assert_eq!((at.secret, at.at), (1, 3));
    }
}
