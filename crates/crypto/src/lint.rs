//! What an authority is about to sign, held against the profile: afterwards it is too late.
//!
//! [`lint`] is a pure function over the very octets that will be signed. It reads them anew, has
//! its own table of the profile, and shares nothing with the code that puts certificates together
//! or with the code that believes them: a mistake would have to be made in all three.
//!
//! What it cannot see, the authority checks: that a number was never used, a key never certified,
//! and that a card outlives its certificate.

mod extensions;
mod list;
mod names;
mod profile;
#[cfg(test)]
mod tests;
mod under;

use std::fmt;

use openset_wire::Malformed;
use openset_wire::der::{Oid, decode, encode};
use openset_wire::x509::{Certificate, Extensions, Time, UnsignedCertificate, Validity};

use crate::{KeyKind, PublicKey, Purpose, Suite, Untrusted};
use profile::Row;

pub use list::lint_list;

/// Why a certificate would not be right and is not signed.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Lint {
    /// Not of version 3.
    Version,
    /// The number has no room for 64 random bits and could be guessed.
    Serial,
    /// Not signed the way the issuer's key signs.
    Algorithm,
    /// The name or the key of the issuer is another's.
    OtherIssuer,
    /// It would be good for no time at all.
    Validity,
    /// A moment in a form that is for another year (RFC 5280, 4.1.2.5).
    TimeForm,
    /// It would outlive its issuer's certificate, or its issuer's key does not sign any more.
    OutlivesIssuer,
    /// A name with other parts than this role has, or in another order.
    NameParts,
    /// A name in another kind of string than the suite's, or a country that is not two letters.
    NameForm,
    /// A word of a name mixes scripts, so that it can look like another's (abuse case 25).
    MixedScripts,
    /// A cardholder's name that is not a keyed digest: it could tell who or which card it is (B4).
    BareCardholder,
    /// A name of another brand than the issuer's.
    OtherBrand,
    /// The bearer has the name of its issuer.
    IssuersName,
    /// A key of a kind that this purpose does not have.
    KeyKind,
    /// The key of the issuer itself (A13).
    IssuersKey,
    /// No certificate of the profile is of this type and for this use.
    NoSuchCertificate,
    /// It is for another purpose than was meant.
    OtherPurpose,
    /// An extension is missing.
    Missing(&'static str),
    /// An extension that this certificate does not have.
    Foreign(Oid),
    /// An extension that is critical and should not be, or the other way round.
    Criticality(&'static str),
    /// authorityKeyIdentifier names another key or certificate, or in another form.
    AuthorityKey,
    /// subjectKeyIdentifier is not the name of the key.
    SubjectKey,
    /// privateKeyUsagePeriod is open, empty, or beyond the certificate.
    SigningPeriod,
    /// certificatePolicies are not the one policy of SET, or say something that is not SET's.
    Policies,
    /// basicConstraints are not those of the role.
    Constraints,
    /// The lists are not at an address of the web.
    DistributionPoints,
    /// The digest of the next root's key is not one.
    NextRoot,
    /// A merchant that would be given card numbers (suite `modern`).
    ReturnsCardNumbers,
    /// A gateway that would take payments without a cardholder's signature (suite `modern`).
    TakesUnsigned,
    /// A certificate stands on a list twice, or with more than a reason; or nothing is listed and
    /// that is written.
    Entries,
    /// The issuer does not give out certificates of this type, or publishes no lists.
    NotTheIssuers,
    /// Whoever reads it would refuse it.
    Untrusted(Untrusted),
    /// It has no encoding, or is not the DER of a certificate.
    Malformed(Malformed),
}

/// Looks at the octets of a certificate that will be signed: all rules of the profile for the one
/// role that they claim, and what the issuer's own certificate allows. Without an issuer it must be
/// a root, which signs itself. Answers what the certificate would be for.
pub fn lint(suite: Suite, octets: &[u8], issuer: Option<&Certificate>) -> Result<Purpose, Lint> {
    let unsigned: UnsignedCertificate = decode(octets)?;
    if unsigned.version != UnsignedCertificate::VERSION_3 {
        return Err(Lint::Version);
    }
    if unsigned.serial_number.as_bytes().len() < SERIAL_OCTETS_MIN {
        return Err(Lint::Serial);
    }
    let none = Extensions::default();
    let extensions = unsigned.extensions.as_ref().unwrap_or(&none);
    let row = profile::row(suite, extensions)?;
    require_times(&unsigned.validity)?;
    names::check(suite, row, &unsigned.subject)?;
    let key = PublicKey::from_der(suite, &encode(&unsigned.subject_public_key_info)?)?;
    if !row.takes(suite, key.kind()) {
        return Err(Lint::KeyKind);
    }
    extensions::check(suite, row, &unsigned, extensions, &key)?;
    under::check(suite, row, &unsigned, &key, issuer)?;
    Ok(row.purpose)
}

fn require_times(validity: &Validity) -> Result<(), Lint> {
    let Validity { not_before, not_after } = *validity;
    if not_before.moment() >= not_after.moment() {
        return Err(Lint::Validity);
    }
    let proper = |time: Time| Time::from(time.moment()) == time;
    if proper(not_before) && proper(not_after) { Ok(()) } else { Err(Lint::TimeForm) }
}

/// 64 bits cannot be guessed before the certificate is there; the ninth octet is room for the sign.
const SERIAL_OCTETS_MIN: usize = 9;

impl Row {
    /// Whether a key of this kind is one for this purpose. Roots, brands, and what is sealed to,
    /// have the kind that is made for them; what else signs may have any of the suite.
    fn takes(&self, suite: Suite, kind: KeyKind) -> bool {
        match (self.key, suite) {
            (profile::Key::Root, Suite::Set10) => kind == KeyKind::Rsa2048,
            (profile::Key::Root | profile::Key::Brand, Suite::Modern) => kind == KeyKind::P384,
            (profile::Key::Opens, Suite::Modern) => kind == KeyKind::P256,
            (profile::Key::Brand | profile::Key::Opens, Suite::Set10) => kind == KeyKind::Rsa1024,
            (profile::Key::Signs, _) => kind.suite() == suite,
        }
    }
}

impl fmt::Display for Lint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Version => "not of version 3",
            Self::Serial => "the serial number is too short",
            Self::Algorithm => "not signed the way the issuer's key signs",
            Self::OtherIssuer => "the certificate is of another issuer",
            Self::Validity => "the certificate would not be good at any time",
            Self::TimeForm => "a moment in the form of another year",
            Self::OutlivesIssuer => "the certificate would outlive its issuer",
            Self::NameParts => "the name has not the parts of this role",
            Self::NameForm => "the name is not in the strings of the suite",
            Self::MixedScripts => "a word of a name mixes scripts",
            Self::BareCardholder => "a cardholder's name that is not a keyed digest",
            Self::OtherBrand => "the name is of another brand",
            Self::IssuersName => "the bearer has the name of its issuer",
            Self::KeyKind => "this purpose has another kind of key",
            Self::IssuersKey => "the key is the issuer's own",
            Self::NoSuchCertificate => "no certificate of the profile has this type and use",
            Self::OtherPurpose => "the certificate is for another purpose",
            Self::Missing(name) => return write!(f, "{name} is missing"),
            Self::Foreign(name) => return write!(f, "extension {name} does not belong here"),
            Self::Criticality(name) => return write!(f, "{name} has the wrong criticality"),
            Self::AuthorityKey => "authorityKeyIdentifier does not name the issuer's key",
            Self::SubjectKey => "subjectKeyIdentifier does not name the key",
            Self::SigningPeriod => "the private key's period does not fit the certificate",
            Self::Policies => "not under the policy of SET alone",
            Self::Constraints => "basicConstraints are not those of the role",
            Self::DistributionPoints => "the lists are not at an address of the web",
            Self::NextRoot => "the digest of the next root's key is not one",
            Self::ReturnsCardNumbers => "a merchant that would be given card numbers",
            Self::TakesUnsigned => "a gateway that would take unsigned payments",
            Self::Entries => "an entry of the list is not as it should be",
            Self::NotTheIssuers => "the issuer does not give this out",
            Self::Untrusted(untrusted) => return untrusted.fmt(f),
            Self::Malformed(malformed) => return malformed.fmt(f),
        })
    }
}

impl std::error::Error for Lint {}

impl From<Untrusted> for Lint {
    fn from(untrusted: Untrusted) -> Self {
        Self::Untrusted(untrusted)
    }
}

impl From<Malformed> for Lint {
    fn from(malformed: Malformed) -> Self {
        Self::Malformed(malformed)
    }
}
