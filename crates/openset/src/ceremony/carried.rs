//! Lists that people carry between a house and a brand whose keys are on a stick: a text.
//!
//! ```text
//! to the ceremony     what is to be taken back, and the house's lists, to be named
//! from the ceremony   the lists, and the brand's word on which are current
//! ```
//!
//! The text itself is signed by nobody: each list and the brand's word are, and what is to be taken
//! back the operators read and agree to.

use std::fmt::Write;

use anyhow::{Context, ensure};
use data_encoding::HEXLOWER;
use openset_crypto::authority::Revoked;
use openset_types::UnixTime;
use openset_wire::{
    der::{decode, encode},
    x509::{BrandCrlIdentifier, Certificate, CertificateRevocationList, CrlReason, Serial},
};

use super::papers::{BCI, LIST, armour, read_pem, unarmour, write_list_pem, write_pem};

const TITLE: &str = "OpenSET lists, version 1";
const TAKE_BACK: &str = "Take back: ";
/// A message carries no more either.
const LISTS_MAX: usize = 16;
const CERTIFICATES_MAX: usize = 64;
const WISHES_MAX: usize = 64;

/// What is carried.
#[derive(Debug, Clone, Default)]
pub(crate) struct Carried {
    /// What an authority is asked to take back.
    pub(crate) wishes: Vec<Wish>,
    pub(crate) lists: Vec<CertificateRevocationList>,
    pub(crate) bci: Option<BrandCrlIdentifier>,
    /// Those that prove the lists.
    pub(crate) certificates: Vec<Certificate>,
}

/// A certificate that is to be taken back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Wish {
    pub(crate) serial: Serial,
    pub(crate) reason: CrlReason,
}

/// The reasons, as RFC 5280 writes them.
const REASONS: [(CrlReason, &str); 6] = [
    (CrlReason::KeyCompromise, "keyCompromise"),
    (CrlReason::CaCompromise, "cACompromise"),
    (CrlReason::AffiliationChanged, "affiliationChanged"),
    (CrlReason::Superseded, "superseded"),
    (CrlReason::CessationOfOperation, "cessationOfOperation"),
    (CrlReason::PrivilegeWithdrawn, "privilegeWithdrawn"),
];

impl Wish {
    /// Its entry on a list.
    pub(crate) fn entry(&self, at: UnixTime) -> Revoked {
        Revoked { serial: self.serial.clone(), at, reason: Some(self.reason) }
    }

    fn read(text: &str) -> anyhow::Result<Self> {
        let (serial, reason) = text.split_once(" for ").context("a number and a reason")?;
        let octets = HEXLOWER.decode(serial.as_bytes()).context("the number of a certificate")?;
        let known = REASONS.iter().find(|(_, word)| *word == reason);
        let (reason, _) = known.with_context(|| format!("{reason:?} is no reason"))?;
        let serial = Serial::new(&octets).map_err(|what| anyhow::anyhow!("{what}"))?;
        Ok(Self { serial, reason: *reason })
    }
}

impl std::fmt::Display for Wish {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let named = REASONS.iter().find(|(reason, _)| *reason == self.reason);
        let word = named.map_or("unspecified", |(_, word)| word);
        write!(f, "{} for {word}", HEXLOWER.encode(self.serial.as_bytes()))
    }
}

impl Carried {
    /// Reads such a text, or the list of a root, which is carried by itself.
    pub(crate) fn read(text: &str) -> anyhow::Result<Self> {
        let mut wishes = Vec::new();
        if let Some(rest) = text.strip_prefix(TITLE) {
            let head = rest.split_once("-----BEGIN").map_or(rest, |(head, _)| head);
            for line in head.lines().filter(|line| !line.is_empty()) {
                let wish = line.strip_prefix(TAKE_BACK).context("a line that says nothing")?;
                wishes.push(Wish::read(wish)?);
            }
        }
        let lists = unarmour(text, LIST)?;
        let lists = lists.iter().map(|der| decode(der)).collect::<Result<Vec<_>, _>>()?;
        let bcis = unarmour(text, BCI)?;
        let certificates = read_pem(text)?;
        ensure!(
            wishes.len() <= WISHES_MAX
                && lists.len() <= LISTS_MAX
                && bcis.len() <= 1
                && certificates.len() <= CERTIFICATES_MAX,
            "more than is carried at one time"
        );
        ensure!(!wishes.is_empty() || !lists.is_empty() || !bcis.is_empty(), "no lists in it");
        let bci = bcis.first().map(|der| decode(der)).transpose()?;
        Ok(Self { wishes, lists, bci, certificates })
    }

    /// Writes it.
    pub(crate) fn write(&self) -> anyhow::Result<String> {
        let mut text = format!("{TITLE}\n");
        for wish in &self.wishes {
            // A String takes everything.
            let _ = writeln!(text, "{TAKE_BACK}{wish}");
        }
        for list in &self.lists {
            text.push_str(&write_list_pem(list)?);
        }
        if let Some(bci) = &self.bci {
            armour(&mut text, BCI, &encode(bci)?);
        }
        text.push_str(&write_pem(&self.certificates)?);
        Ok(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wish(text: &str) -> Result<Carried, String> {
        Carried::read(&format!("{TITLE}\n{text}")).map_err(|error| format!("{error:#}"))
    }

    #[test]
    fn a_wish_is_read_as_it_was_written() {
        for (reason, _) in REASONS {
            let serial = Serial::new(&[0x1a, 0x2b]).expect("a number");
            let wishes = vec![Wish { serial, reason }];
            let text = Carried { wishes: wishes.clone(), ..Carried::default() }.write();
            let read = Carried::read(&text.expect("writable")).expect("readable");
            assert_eq!(read.wishes, wishes);
        }
    }

    #[test]
    fn what_is_no_list_and_no_wish_is_refused() {
        for (text, why) in [
            ("", "no lists"),
            ("Take back: 1a2b", "a number and a reason"),
            ("Take back: 1a2b for fun", "\"fun\" is no reason"),
            ("Take back: zz for superseded", "the number"),
            ("Give back: 1a2b for superseded", "says nothing"),
            ("-----BEGIN X509 CRL-----\nAAAA", "no end"),
            ("-----BEGIN X509 CRL-----\n!!\n-----END X509 CRL-----", "base64"),
        ] {
            let told = wish(text).expect_err(text);
            assert!(told.contains(why), "{text}: {told}");
        }
        let many = "Take back: 1a2b for superseded\n".repeat(WISHES_MAX + 1);
        assert!(wish(&many).expect_err("too many").contains("more than is carried"));
        assert!(Carried::read("hello").is_err());
    }
}
