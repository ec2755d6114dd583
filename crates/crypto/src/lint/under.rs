//! Whether a certificate is one that its issuer may give out.

use openset_types::UnixTime;
use openset_wire::der::Octets;
use openset_wire::x509::{
    AuthorityKeyIdentifier, BasicConstraints, Certificate, CertificateType, ExtensionValue,
    Extensions, GeneralName, KeyUsage, Name, NameAttribute, PrivateKeyUsagePeriod, Serial,
    UnsignedCertificate,
};

use super::Lint;
use super::profile::{self, Row, Says};
use crate::{KeyId, PublicKey, Suite};

/// Checks a certificate against that of its issuer, or against itself if it is a root.
pub(super) fn check(
    suite: Suite,
    row: &Row,
    unsigned: &UnsignedCertificate,
    key: &PublicKey,
    issuer: Option<&Certificate>,
) -> Result<(), Lint> {
    let is_root = row.says == Says::HashedRootKey;
    match issuer {
        Some(_) if is_root => Err(Lint::NotTheIssuers),
        Some(issuer) => require_issued_by(suite, unsigned, key, issuer),
        None if is_root => require_signed_by(suite, unsigned, unsigned, key),
        None => Err(Lint::OtherIssuer),
    }
}

fn require_issued_by(
    suite: Suite,
    unsigned: &UnsignedCertificate,
    key: &PublicKey,
    issuer: &Certificate,
) -> Result<(), Lint> {
    let above = &**issuer.to_be_signed;
    let issuer_key = PublicKey::of(suite, issuer)?;
    require_signed_by(suite, unsigned, above, &issuer_key)?;
    if key.der() == issuer_key.der() {
        return Err(Lint::IssuersKey);
    }
    if unsigned.subject == above.subject {
        return Err(Lint::IssuersName);
    }
    let kind: CertificateType = own(above)?;
    require_to_give(unsigned, above, kind)?;
    require_within(unsigned, above)?;
    let brand = |name: &Name| name.get(NameAttribute::Organization).map(ToOwned::to_owned);
    let is_first_of_brand = kind == CertificateType::RCA;
    match is_first_of_brand || brand(&unsigned.subject) == brand(&above.subject) {
        true => Ok(()),
        false => Err(Lint::OtherBrand),
    }
}

/// Name, key and algorithm of the issuer.
fn require_signed_by(
    suite: Suite,
    unsigned: &UnsignedCertificate,
    above: &UnsignedCertificate,
    issuer_key: &PublicKey,
) -> Result<(), Lint> {
    if unsigned.issuer != above.subject {
        return Err(Lint::OtherIssuer);
    }
    if unsigned.signature != issuer_key.kind().signature_algorithm()? {
        return Err(Lint::Algorithm);
    }
    let found: AuthorityKeyIdentifier = own(unsigned)?;
    match found == named(suite, above, issuer_key.id())? {
        true => Ok(()),
        false => Err(Lint::AuthorityKey),
    }
}

/// What authorityKeyIdentifier says of a key and its certificate.
pub(super) fn named(
    suite: Suite,
    above: &UnsignedCertificate,
    key: KeyId,
) -> Result<AuthorityKeyIdentifier, Lint> {
    let too_long = |_| Lint::AuthorityKey;
    let key_identifier = match suite {
        Suite::Set10 => None,
        Suite::Modern => Some(Octets::new(key.as_bytes()).map_err(too_long)?),
    };
    let (issuer, number): (Name, Serial) = (above.issuer.clone(), above.serial_number.clone());
    Ok(AuthorityKeyIdentifier {
        key_identifier,
        authority_cert_issuer: Some(vec![GeneralName::DirectoryName(issuer)]),
        authority_cert_serial_number: Some(number),
    })
}

/// The issuer is an authority over others, and over these.
fn require_to_give(
    unsigned: &UnsignedCertificate,
    above: &UnsignedCertificate,
    kind: CertificateType,
) -> Result<(), Lint> {
    let (usage, over): (KeyUsage, BasicConstraints) = (own(above)?, own(above)?);
    let below: BasicConstraints = own(unsigned)?;
    // An authority leaves room for itself among those that its issuer allows.
    let has_room = match (below.path_len_constraint, over.path_len_constraint) {
        (Some(below), Some(most)) => below < most,
        (Some(_), None) | (None, _) => true,
    };
    let wanted: CertificateType = own(unsigned)?;
    let right = over.ca
        && usage.contains(KeyUsage::KEY_CERT_SIGN)
        && has_room
        && profile::gives_out(kind).contains(wanted);
    if right { Ok(()) } else { Err(Lint::NotTheIssuers) }
}

/// The certificate ends with its issuer's at the latest, and begins while the issuer's key signs.
fn require_within(unsigned: &UnsignedCertificate, above: &UnsignedCertificate) -> Result<(), Lint> {
    let (from, to) = moments(unsigned);
    let (first, last) = moments(above);
    let period: PrivateKeyUsagePeriod = own(above)?;
    let signs = period.not_before.is_none_or(|begin| begin.0 <= from)
        && period.not_after.is_none_or(|end| from <= end.0);
    if first <= from && to <= last && signs { Ok(()) } else { Err(Lint::OutlivesIssuer) }
}

fn moments(unsigned: &UnsignedCertificate) -> (UnixTime, UnixTime) {
    (unsigned.validity.not_before.moment(), unsigned.validity.not_after.moment())
}

/// An extension of a certificate. An issuer without one is none.
pub(super) fn own<T: ExtensionValue>(unsigned: &UnsignedCertificate) -> Result<T, Lint> {
    let none = Extensions::default();
    let extensions = unsigned.extensions.as_ref().unwrap_or(&none);
    extensions.get()?.ok_or(Lint::NotTheIssuers)
}
