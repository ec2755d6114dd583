//! What X.509 asks of a certificate before SET asks anything. NIST's path validation suite passes
//! through these rules, and through all that follow but those of SET's own profile (docs/pkits.md).

use openset_wire::der::Oid;
use openset_wire::x509::{Certificate, CertificatePolicies, Extensions, UnsignedCertificate};

use super::profile;
use crate::Untrusted;

/// Version, algorithm, and that nothing critical is unknown. Gives the extensions.
pub(super) fn require_shape(certificate: &Certificate) -> Result<&Extensions, Untrusted> {
    let unsigned = &certificate.to_be_signed;
    let extensions = unsigned.extensions.as_ref().ok_or(Untrusted::OutsideProfile)?;
    if unsigned.version != UnsignedCertificate::VERSION_3 {
        return Err(Untrusted::OutsideProfile);
    }
    // RFC 5280, 4.1.1.2: the algorithm stands in the signed part too, and is the same.
    if unsigned.signature != certificate.algorithm {
        return Err(Untrusted::UnknownAlgorithm);
    }
    if extensions.iter().any(|one| one.critical && !profile::is_known(&one.extn_id)) {
        return Err(Untrusted::UnknownExtension);
    }
    require_whole_lists(extensions)?;
    Ok(extensions)
}

/// Refuses a certificate or a list that says that a newer list holds the difference to this one
/// (RFC 5280, 5.2.6): such lists are not read here, and without them nothing is known.
pub(super) fn require_whole_lists(extensions: &Extensions) -> Result<(), Untrusted> {
    match extensions.iter().any(|one| one.extn_id == FRESHEST_CRL) {
        true => Err(Untrusted::OutsideProfile),
        false => Ok(()),
    }
}

/// id-ce-freshestCRL: 2.5.29.46
const FRESHEST_CRL: Oid = Oid::from_static(&[0x55, 0x1D, 0x2E]);

/// The one policy of a path stands in every certificate of it, by its own name: none is mapped to
/// another, and anyPolicy is not it.
pub(super) fn require_policy(extensions: &Extensions, policy: &Oid) -> Result<(), Untrusted> {
    let policies: Option<CertificatePolicies> = extensions.get()?;
    let mut policies = policies.iter().flat_map(|policies| &policies.0);
    match policies.any(|one| one.policy_identifier == *policy) {
        true => Ok(()),
        false => Err(Untrusted::OutsideProfile),
    }
}
