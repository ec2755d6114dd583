//! Looking at a certificate before it is signed: afterwards it is too late.

use std::fmt;

use openset_types::UnixTime;
use openset_wire::Malformed;
use openset_wire::x509::NameAttribute;
use unicode_security::MixedScript;

use super::{Details, Draft, Terms};
use crate::{Authority, Certified, Identity, Purpose, Suite, Untrusted};

/// Why a certificate would not be right and is not signed.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Lint {
    /// The name says too little, or is of another brand than the issuer's.
    Name,
    /// The details do not belong to this purpose, or are missing.
    Details,
    /// A key of a kind that this purpose does not have.
    KeyKind,
    /// A word of a name mixes scripts, so that it can look like another's (abuse case 25).
    MixedScripts,
    /// The draft is of another issuer.
    OtherIssuer,
    /// It would outlive its issuer's certificate, or its issuer's key no longer signs.
    OutlivesIssuer,
    /// Nobody would believe it.
    Untrusted(Untrusted),
    /// It has no encoding.
    Unencodable(Malformed),
    /// The number has less than eight octets and could be guessed.
    Serial,
    /// It would be good for no time at all, or its key would sign for longer than it is good.
    Validity,
}

impl fmt::Display for Lint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Name => "the name is incomplete or of another brand",
            Self::Details => "the details do not belong to this purpose",
            Self::KeyKind => "this purpose has another kind of key",
            Self::MixedScripts => "a word of a name mixes scripts",
            Self::OtherIssuer => "the draft is of another issuer",
            Self::OutlivesIssuer => "the certificate would outlive its issuer",
            Self::Untrusted(untrusted) => return untrusted.fmt(f),
            Self::Unencodable(malformed) => return malformed.fmt(f),
            Self::Serial => "the serial number is too short",
            Self::Validity => "the certificate would not be good at any time",
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
        Self::Unencodable(malformed)
    }
}

/// Checks a draft against the profile, as whoever receives it will.
pub(super) fn check(
    suite: Suite,
    terms: &Terms<'_>,
    draft: &Draft,
    issuer: Option<&Identity>,
) -> Result<(), Lint> {
    require_details(terms)?;
    require_plain_names(terms)?;
    let unsigned = draft.with(&[]);
    let read = Certified::read(suite, unsigned)?;
    read.require_purpose(terms.purpose)?;
    require_key_kind(suite, terms)?;
    require_validity(terms)?;
    if terms.serial.as_bytes().len() < SERIAL_OCTETS_MIN {
        return Err(Lint::Serial);
    }
    let is_root = terms.purpose == Purpose::CertificateSigning(Authority::Root);
    match issuer {
        Some(issuer) => require_under(&read, &issuer.certified(suite)?, terms),
        None if is_root => Ok(()),
        None => Err(Lint::OtherIssuer),
    }
}

/// What the issuer's own certificate allows.
fn require_under(read: &Certified, issuer: &Certified, terms: &Terms<'_>) -> Result<(), Lint> {
    if read.not_after() > issuer.not_after() || read.not_before() < issuer.not_before() {
        return Err(Lint::OutlivesIssuer);
    }
    issuer.require_signing_at(read.not_before()).map_err(|_| Lint::OutlivesIssuer)?;
    if !issuer.may_certify() || !issuer.may_certify_roles_of(read) {
        return Err(Lint::Untrusted(Untrusted::WrongRole));
    }
    let under_root = issuer.authorities().any(|kind| kind == Authority::Root);
    let is_complete = NAME.iter().all(|attribute| terms.subject.get(*attribute).is_some());
    if !is_complete || !(under_root || read.brand() == issuer.brand()) {
        return Err(Lint::Name);
    }
    Ok(())
}

/// Roots and brands, and what is sealed to, have the kind of key that is made for them. What else
/// signs may have any of the suite.
fn require_key_kind(suite: Suite, terms: &Terms<'_>) -> Result<(), Lint> {
    let kind = terms.key.kind();
    let right = match terms.purpose {
        Purpose::CertificateSigning(Authority::Root | Authority::Brand)
        | Purpose::ListSigning(Authority::Root | Authority::Brand)
        | Purpose::MerchantEncipherment
        | Purpose::GatewayEncipherment
        | Purpose::AuthorityEncipherment(_) => kind == terms.purpose.key_kind(suite),
        Purpose::CardholderSignature
        | Purpose::MerchantSignature
        | Purpose::GatewaySignature
        | Purpose::AuthoritySignature(_)
        | Purpose::CertificateSigning(_)
        | Purpose::ListSigning(_) => kind.suite() == suite,
    };
    if right { Ok(()) } else { Err(Lint::KeyKind) }
}

/// Every word of what people will read is written in one script.
fn require_plain_names(terms: &Terms<'_>) -> Result<(), Lint> {
    let subject = READ.into_iter().filter_map(|attribute| terms.subject.get(attribute));
    let names = match &terms.details {
        Details::Merchant(merchant) => merchant.mer_name_seq.as_slice(),
        _ => &[],
    };
    let names = names.iter().flat_map(|names| [names.name.as_str(), names.city.as_str()]);
    let is_plain = |text: &str| text.split_whitespace().all(MixedScript::is_single_script);
    if subject.chain(names).all(is_plain) { Ok(()) } else { Err(Lint::MixedScripts) }
}

fn require_validity(terms: &Terms<'_>) -> Result<(), Lint> {
    let within = |moment: UnixTime| terms.not_before < moment && moment <= terms.not_after;
    let right = within(terms.not_after) && within(terms.signs_until);
    if right { Ok(()) } else { Err(Lint::Validity) }
}

fn require_details(terms: &Terms<'_>) -> Result<(), Lint> {
    let right = match (&terms.details, terms.purpose) {
        (Details::Merchant(_), purpose) => {
            matches!(purpose, Purpose::MerchantSignature | Purpose::MerchantEncipherment)
        }
        (Details::Gateway { .. }, purpose) => purpose == Purpose::GatewayEncipherment,
        (Details::NextRoot(_), purpose) => purpose == Purpose::CertificateSigning(Authority::Root),
        (Details::ListsApart, purpose) => matches!(
            purpose,
            Purpose::CertificateSigning(
                Authority::Brand | Authority::Geopolitical | Authority::Gateway
            )
        ),
        (Details::None, purpose) => !matches!(
            purpose,
            Purpose::MerchantSignature
                | Purpose::MerchantEncipherment
                | Purpose::GatewayEncipherment
                | Purpose::CertificateSigning(Authority::Root)
        ),
    };
    if right { Ok(()) } else { Err(Lint::Details) }
}

/// What people read of a name.
const READ: [NameAttribute; 3] =
    [NameAttribute::Organization, NameAttribute::OrganizationalUnit, NameAttribute::CommonName];
/// What every name below the root has.
const NAME: [NameAttribute; 2] = [NameAttribute::Country, NameAttribute::Organization];
/// 64 bits cannot be guessed before the certificate is there.
const SERIAL_OCTETS_MIN: usize = 8;
