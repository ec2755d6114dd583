//! Whether a certificate has the extensions of its role and no other, critical where SET says so,
//! and whether each says what it must.

use openset_wire::der::Oid;
use openset_wire::x509::{
    AuthorityKeyIdentifier, BasicConstraints, CardCertRequired, CertificatePolicies,
    CertificateType, CrlDistributionPoints, DistributionPoint, DistributionPointName,
    ExtensionValue, Extensions, GeneralName, HashedRootKey, KeyUsage, MerchantData,
    PolicyInformation, PrivateKeyUsagePeriod, SetExtensions, SubjectKeyIdentifier, Tunneling,
    UnsignedCertificate,
};

use super::profile::{Row, Says};
use super::{Lint, names};
use crate::{KeyId, PublicKey, Suite};

/// Checks all extensions.
pub(super) fn check(
    suite: Suite,
    row: &Row,
    unsigned: &UnsignedCertificate,
    extensions: &Extensions,
    key: &PublicKey,
) -> Result<(), Lint> {
    require_places(suite, row, extensions)?;
    if suite == Suite::Modern {
        require_subject_key(extensions, key)?;
    }
    require_policies(extensions)?;
    require_constraints(suite, row, extensions)?;
    if row.signs() {
        require_signing_period(unsigned, extensions)?;
    }
    require_distribution_points(extensions)?;
    match row.says {
        Says::Nothing => Ok(()),
        Says::HashedRootKey => require_next_root(suite, extensions),
        Says::MerchantData => require_merchant(suite, extensions),
        Says::GatewayData => require_gateway(suite, extensions),
    }
}

/// An extension, as the standard lists it.
struct Listed {
    oid: Oid,
    name: &'static str,
    critical: bool,
    place: fn(Suite, &Row) -> Place,
}

/// Whether a certificate has an extension.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Must,
    May,
    Never,
}

fn when(is: bool) -> Place {
    if is { Place::Must } else { Place::Never }
}

static LISTED: [Listed; 13] = [
    listed::<AuthorityKeyIdentifier>("authorityKeyIdentifier", false, |_, _| Place::Must),
    listed::<SubjectKeyIdentifier>("subjectKeyIdentifier", false, |suite, _| {
        when(matches!(suite, Suite::Modern))
    }),
    listed::<KeyUsage>("keyUsage", true, |_, _| Place::Must),
    listed::<PrivateKeyUsagePeriod>("privateKeyUsagePeriod", false, |_, row| when(row.signs())),
    listed::<CertificatePolicies>("certificatePolicies", true, |_, _| Place::Must),
    listed::<BasicConstraints>("basicConstraints", true, |_, _| Place::Must),
    listed::<CrlDistributionPoints>("cRLDistributionPoints", false, |suite, row| {
        let is_root = row.says == Says::HashedRootKey;
        // In 1997 lists travelled with the messages and nowhere else. A root is on no list.
        if matches!(suite, Suite::Modern) && !is_root { Place::May } else { Place::Never }
    }),
    listed::<CertificateType>("certificateType", true, |_, _| Place::Must),
    listed::<HashedRootKey>("hashedRootKey", true, |_, row| when(row.says == Says::HashedRootKey)),
    listed::<MerchantData>("merchantData", false, |_, row| when(row.says == Says::MerchantData)),
    listed::<CardCertRequired>("cardCertRequired", false, |_, row| {
        when(row.says == Says::GatewayData)
    }),
    listed::<Tunneling>("tunneling", false, |_, row| {
        if row.says == Says::GatewayData { Place::May } else { Place::Never }
    }),
    listed::<SetExtensions>("setExtensions", false, |_, row| when(row.says == Says::GatewayData)),
];

const fn listed<T: ExtensionValue>(
    name: &'static str,
    critical: bool,
    place: fn(Suite, &Row) -> Place,
) -> Listed {
    Listed { oid: T::OID, name, critical, place }
}

/// Every extension is one of this role, critical where it must be, and none is missing.
fn require_places(suite: Suite, row: &Row, extensions: &Extensions) -> Result<(), Lint> {
    for found in extensions.iter() {
        let known = LISTED.iter().find(|one| one.oid == found.extn_id);
        let known = known.filter(|one| (one.place)(suite, row) != Place::Never);
        let known = known.ok_or_else(|| Lint::Foreign(found.extn_id.clone()))?;
        if known.critical != found.critical {
            return Err(Lint::Criticality(known.name));
        }
    }
    let has = |oid: &Oid| extensions.iter().any(|one| one.extn_id == *oid);
    let mut due = LISTED.iter().filter(|one| (one.place)(suite, row) == Place::Must);
    match due.find(|one| !has(&one.oid)) {
        Some(missing) => Err(Lint::Missing(missing.name)),
        None => Ok(()),
    }
}

fn require_subject_key(extensions: &Extensions, key: &PublicKey) -> Result<(), Lint> {
    let found: SubjectKeyIdentifier = required(extensions, "subjectKeyIdentifier")?;
    let right = found.0.as_bytes() == KeyId::of(key.der()).as_bytes();
    if right { Ok(()) } else { Err(Lint::SubjectKey) }
}

fn require_policies(extensions: &Extensions) -> Result<(), Lint> {
    let CertificatePolicies(policies) = required(extensions, "certificatePolicies")?;
    let [policy] = policies.as_slice() else { return Err(Lint::Policies) };
    let mut qualifiers = policy.policy_qualifiers.iter().flatten();
    let are_sets = qualifiers.all(|one| matches!(one.set_qualifier(), Ok(Some(_))));
    let right = policy.policy_identifier == PolicyInformation::SET_ROOT && are_sets;
    if right { Ok(()) } else { Err(Lint::Policies) }
}

fn require_constraints(suite: Suite, row: &Row, extensions: &Extensions) -> Result<(), Lint> {
    let found: BasicConstraints = required(extensions, "basicConstraints")?;
    let below = row.below(suite);
    let right = BasicConstraints { ca: below.is_some(), path_len_constraint: below };
    if found == right { Ok(()) } else { Err(Lint::Constraints) }
}

fn require_signing_period(
    unsigned: &UnsignedCertificate,
    extensions: &Extensions,
) -> Result<(), Lint> {
    let found: PrivateKeyUsagePeriod = required(extensions, "privateKeyUsagePeriod")?;
    let (Some(first), Some(last)) = (found.not_before, found.not_after) else {
        return Err(Lint::SigningPeriod);
    };
    let validity = &unsigned.validity;
    let right = validity.not_before.moment() <= first.0
        && first.0 < last.0
        && last.0 <= validity.not_after.moment();
    if right { Ok(()) } else { Err(Lint::SigningPeriod) }
}

fn require_distribution_points(extensions: &Extensions) -> Result<(), Lint> {
    let Some(CrlDistributionPoints(points)) = extensions.get()? else { return Ok(()) };
    let is_web = |name: &GeneralName| match name {
        GeneralName::UniformResourceIdentifier(url) => ["http://", "https://"]
            .iter()
            .any(|scheme| url.as_bytes().starts_with(scheme.as_bytes())),
        _ => false,
    };
    let is_right = |point: &DistributionPoint| {
        let DistributionPointName::FullName(names) = &point.distribution_point;
        !names.is_empty() && names.iter().all(is_web)
    };
    if points.iter().all(is_right) { Ok(()) } else { Err(Lint::DistributionPoints) }
}

fn require_next_root(suite: Suite, extensions: &Extensions) -> Result<(), Lint> {
    let HashedRootKey { root_key_thumbprint: found } = required(extensions, "hashedRootKey")?;
    let digest_octets = match suite {
        Suite::Set10 => 20,
        Suite::Modern => 32,
    };
    let right = found.dd_version == 0
        && crate::digest::is_of(suite, &found.digest_algorithm)
        && found.content_info.content_type == HashedRootKey::CONTENT
        && found.content_info.content.is_none()
        && found.digest.as_bytes().len() == digest_octets;
    if right { Ok(()) } else { Err(Lint::NextRoot) }
}

fn require_merchant(suite: Suite, extensions: &Extensions) -> Result<(), Lint> {
    let found: MerchantData = required(extensions, "merchantData")?;
    let texts = found.mer_name_seq.iter().flat_map(|one| [one.name.as_str(), one.city.as_str()]);
    if !texts.into_iter().all(names::is_plain) {
        return Err(Lint::MixedScripts);
    }
    match suite {
        Suite::Modern if found.mer_auth_flag => Err(Lint::ReturnsCardNumbers),
        Suite::Modern | Suite::Set10 => Ok(()),
    }
}

fn require_gateway(suite: Suite, extensions: &Extensions) -> Result<(), Lint> {
    let CardCertRequired(required_here) = required(extensions, "cardCertRequired")?;
    let _: SetExtensions = required(extensions, "setExtensions")?;
    let _: Option<Tunneling> = extensions.get()?;
    match suite {
        Suite::Modern if !required_here => Err(Lint::TakesUnsigned),
        Suite::Modern | Suite::Set10 => Ok(()),
    }
}

/// An extension that was seen to be there.
fn required<T: ExtensionValue>(extensions: &Extensions, name: &'static str) -> Result<T, Lint> {
    extensions.get()?.ok_or(Lint::Missing(name))
}
