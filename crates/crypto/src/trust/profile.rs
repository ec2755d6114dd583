//! Which extensions a certificate may have, and whether they are critical: the table of the
//! standard's profiles, as a check.

use openset_wire::der::Oid;
use openset_wire::x509::{
    AuthorityKeyIdentifier, BasicConstraints, CardCertRequired, CertificatePolicies,
    CertificateType, CrlDistributionPoints, Extension, ExtensionValue, Extensions, HashedRootKey,
    IssuerAltName, KeyUsage, MerchantData, PrivateKeyUsagePeriod, SetExtensions, SubjectAltName,
    SubjectKeyIdentifier, Tunneling,
};

use crate::Untrusted;

/// Refuses a known extension that is critical where it should not be, or the other way round
/// (abuse case 25).
pub(super) fn require_criticality(extensions: &Extensions) -> Result<(), Untrusted> {
    let is_right = |one: &Extension| {
        let known = KNOWN.iter().find(|(name, _)| *name == one.extn_id);
        known.is_none_or(|(_, critical)| *critical == one.critical)
    };
    if extensions.iter().all(is_right) { Ok(()) } else { Err(Untrusted::OutsideProfile) }
}

/// Whether the meaning of an extension is known here.
pub(super) fn is_known(name: &Oid) -> bool {
    KNOWN.iter().any(|(known, _)| known == name)
}

/// Refuses an extension in a certificate that it does not belong to, and a certificate without
/// one that does.
pub(super) fn require_place(
    extensions: &Extensions,
    roles: CertificateType,
    usage: KeyUsage,
) -> Result<(), Untrusted> {
    let has = |name: Oid| extensions.iter().any(|one| one.extn_id == name);
    let is_sealed_to = !usage.meets(SIGNING);
    let for_gateways = [CardCertRequired::OID, Tunneling::OID, SetExtensions::OID];
    let right = has(MerchantData::OID) == roles.meets(CertificateType::MER)
        && has(PrivateKeyUsagePeriod::OID) != is_sealed_to
        && (roles.meets(CertificateType::RCA) || !has(HashedRootKey::OID))
        && (roles.meets(CertificateType::PGWY) && is_sealed_to
            || !for_gateways.into_iter().any(has));
    if right { Ok(()) } else { Err(Untrusted::OutsideProfile) }
}

/// The uses of a key that signs.
const SIGNING: KeyUsage = KeyUsage::DIGITAL_SIGNATURE
    .with(KeyUsage::NON_REPUDIATION)
    .with(KeyUsage::KEY_CERT_SIGN)
    .with(KeyUsage::CRL_SIGN);

/// An extension, and whether it is critical.
const fn known<T: ExtensionValue>() -> (Oid, bool) {
    (T::OID, T::CRITICAL)
}

/// The extensions whose meaning is known here.
static KNOWN: [(Oid, bool); 15] = [
    known::<AuthorityKeyIdentifier>(),
    known::<SubjectKeyIdentifier>(),
    known::<KeyUsage>(),
    known::<PrivateKeyUsagePeriod>(),
    known::<CertificatePolicies>(),
    known::<SubjectAltName>(),
    known::<IssuerAltName>(),
    known::<BasicConstraints>(),
    known::<CrlDistributionPoints>(),
    known::<HashedRootKey>(),
    known::<CertificateType>(),
    known::<MerchantData>(),
    known::<CardCertRequired>(),
    known::<Tunneling>(),
    known::<SetExtensions>(),
];
