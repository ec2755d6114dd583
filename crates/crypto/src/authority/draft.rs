//! Putting a certificate together, and signing it.

use openset_types::UnixTime;
use openset_wire::Malformed;
use openset_wire::der::{Carried, Octets, Original, decode, encode};
use openset_wire::x509::{
    AuthorityKeyIdentifier, BasicConstraints, CardCertRequired, Certificate, CertificatePolicies,
    ContentInfo, CrlDistributionPoints, DigestedData, DistributionPoint, DistributionPointName,
    Extension, ExtensionValue, Extensions, GeneralName, HashedRootKey, KeyUsage, Name,
    PolicyInformation, PrivateKeyUsagePeriod, SubjectKeyIdentifier, Time, UnsignedCertificate,
    Validity,
};

use super::{Details, Draft, Lint, Terms, lint};
use crate::Certified;
use crate::identity::CertificateName;
use crate::trust::certified;
use crate::{Authority, Digest, Identity, KeyId, KeyUse, Keys, PublicKey, Purpose, Suite, Unmade};

/// Drafts a certificate under an authority's own.
pub fn draft(suite: Suite, terms: &Terms<'_>, issuer: &Identity) -> Result<Draft, Lint> {
    let key = PublicKey::of(suite, &issuer.certificate)?;
    let subject = issuer.certificate.to_be_signed.subject.clone();
    let by = By { key: &key, subject, certificate: certified::name(&issuer.certificate) };
    checked(suite, terms, assemble(suite, terms, &by)?, Some(&issuer.certificate))
}

/// Drafts the certificate of a root, which signs itself.
pub fn draft_root(suite: Suite, terms: &Terms<'_>) -> Result<Draft, Lint> {
    let subject = name(suite, &terms.subject)?;
    let certificate =
        CertificateName { issued_by: subject.clone(), serial_number: terms.serial.clone() };
    let by = By { key: terms.key, subject, certificate };
    checked(suite, terms, assemble(suite, terms, &by)?, None)
}

/// Holds a draft against the profile and against what was meant, and reads it as whoever receives
/// the certificate will.
fn checked(
    suite: Suite,
    terms: &Terms<'_>,
    draft: Draft,
    issuer: Option<&Certificate>,
) -> Result<Draft, Lint> {
    if lint(suite, draft.octets(), issuer)? != terms.purpose {
        return Err(Lint::OtherPurpose);
    }
    Certified::read(suite, draft.with(&[]))?.require_purpose(terms.purpose)?;
    Ok(draft)
}

/// Takes up a draft again that was written down, before it is signed: the octets are looked at
/// anew, since they come from a disk.
pub fn restore(suite: Suite, octets: &[u8], issuer: &Identity) -> Result<Draft, Lint> {
    let key = PublicKey::of(suite, &issuer.certificate)?;
    lint(suite, octets, Some(&issuer.certificate))?;
    let algorithm = key.kind().signature_algorithm()?;
    Ok(Draft { unsigned: Original::from_octets(octets)?, algorithm, signer: key.id() })
}

/// Takes up the draft of a root again, in the same way.
pub fn restore_root(suite: Suite, octets: &[u8]) -> Result<Draft, Lint> {
    lint(suite, octets, None)?;
    let unsigned = Original::<UnsignedCertificate>::from_octets(octets)?;
    let key = PublicKey::from_der(suite, &encode(&unsigned.value().subject_public_key_info)?)?;
    let algorithm = key.kind().signature_algorithm()?;
    Ok(Draft { unsigned, algorithm, signer: key.id() })
}

/// Signs a draft.
pub fn issue(draft: &Draft, keys: &dyn Keys) -> Result<Certificate, Unmade> {
    Ok(draft.with(&keys.sign(&draft.signer, draft.octets())?))
}

/// Whoever signs: the key, the name, and what the certificate of that key is called by.
struct By<'a> {
    key: &'a PublicKey,
    subject: Name,
    certificate: CertificateName,
}

fn assemble(suite: Suite, terms: &Terms<'_>, by: &By<'_>) -> Result<Draft, Lint> {
    let algorithm = by.key.kind().signature_algorithm()?;
    let validity = Validity {
        not_before: Time::from(terms.not_before),
        not_after: Time::from(terms.not_after),
    };
    let extensions = extensions(suite, terms, by)?;
    let unsigned = UnsignedCertificate {
        version: UnsignedCertificate::VERSION_3,
        serial_number: terms.serial.clone(),
        signature: algorithm.clone(),
        issuer: by.subject.clone(),
        validity,
        subject: name(suite, &terms.subject)?,
        subject_public_key_info: decode(terms.key.der())?,
        extensions: Some(Extensions::new(extensions).map_err(|what| Malformed::new(0, what))?),
    };
    Ok(Draft { unsigned: Original::new(unsigned)?, algorithm, signer: by.key.id() })
}

/// The extensions of a certificate, in the order of the profile.
fn extensions(suite: Suite, terms: &Terms<'_>, by: &By<'_>) -> Result<Vec<Extension>, Lint> {
    let mut all = vec![issued_with(suite, by)?.extension()?];
    if suite == Suite::Modern {
        all.push(SubjectKeyIdentifier(key_identifier(terms.key.id())?).extension()?);
    }
    all.push(key_usage(suite, terms).extension()?);
    if signs(terms.purpose) {
        all.push(signing_period(terms.not_before, terms.signs_until).extension()?);
    }
    let policy = PolicyInformation {
        policy_identifier: PolicyInformation::SET_ROOT,
        policy_qualifiers: None,
    };
    all.push(CertificatePolicies(vec![policy]).extension()?);
    all.push(basic_constraints(suite, terms.purpose).extension()?);
    match (suite, terms.crl_url) {
        (Suite::Modern, Some(url)) => all.push(distribution_points(url)?.extension()?),
        // In 1997 lists travelled with the messages and nowhere else.
        (Suite::Modern, None) | (Suite::Set10, _) => {}
    }
    all.push(terms.purpose.certificate_type().extension()?);
    all.extend(detail_extensions(&terms.details)?);
    Ok(all)
}

fn detail_extensions(details: &Details) -> Result<Vec<Extension>, Malformed> {
    match details {
        Details::None | Details::ListsApart => Ok(Vec::new()),
        Details::Merchant(merchant) => Ok(vec![merchant.extension()?]),
        Details::NextRoot(key) => Ok(vec![hashed_root_key(key)?.extension()?]),
        Details::Gateway { card_cert_required, tunneling, extensions } => {
            let mut all = vec![CardCertRequired(*card_cert_required).extension()?];
            if let Some(tunneling) = tunneling {
                all.push(tunneling.extension()?);
            }
            all.push(extensions.extension()?);
            Ok(all)
        }
    }
}

/// Whose key signed: by the name of its certificate, because an authority has several, and in
/// suite `modern` by the key's name too.
fn issued_with(suite: Suite, by: &By<'_>) -> Result<AuthorityKeyIdentifier, Malformed> {
    let issued_by = by.certificate.issued_by.clone();
    let key = match suite {
        Suite::Set10 => None,
        Suite::Modern => Some(key_identifier(by.key.id())?),
    };
    Ok(AuthorityKeyIdentifier {
        key_identifier: key,
        authority_cert_issuer: Some(vec![GeneralName::DirectoryName(issued_by)]),
        authority_cert_serial_number: Some(by.certificate.serial_number.clone()),
    })
}

/// The name of a key as extensions carry it.
pub(super) fn key_identifier(key: KeyId) -> Result<Octets<1, 64>, Malformed> {
    Octets::new(key.as_bytes()).map_err(|what| Malformed::new(0, what))
}

/// What the key of a certificate for this purpose is used for.
fn key_usage(suite: Suite, terms: &Terms<'_>) -> KeyUsage {
    match terms.purpose {
        Purpose::CertificateSigning(authority)
            if authority.publishes_crl() && terms.details != Details::ListsApart =>
        {
            KeyUsage::KEY_CERT_SIGN.with(KeyUsage::CRL_SIGN)
        }
        other => other.key_usage(suite),
    }
}

/// Whether the private key of a certificate for this purpose signs.
fn signs(purpose: Purpose) -> bool {
    purpose.key_use() == KeyUse::Signs
}

fn signing_period(from: UnixTime, until: UnixTime) -> PrivateKeyUsagePeriod {
    PrivateKeyUsagePeriod { not_before: Some(Carried(from)), not_after: Some(Carried(until)) }
}

/// How many authorities may stand below one: brand, region, authority, and then nobody.
fn basic_constraints(suite: Suite, purpose: Purpose) -> BasicConstraints {
    let (Purpose::CertificateSigning(authority) | Purpose::ListSigning(authority)) = purpose else {
        return BasicConstraints::default();
    };
    if !purpose.is_over_others(suite) {
        return BasicConstraints::default();
    }
    let below = match authority {
        Authority::Root => 3,
        Authority::Brand => 2,
        Authority::Geopolitical => 1,
        Authority::Cardholder | Authority::Merchant | Authority::Gateway => 0,
    };
    BasicConstraints { ca: true, path_len_constraint: Some(below) }
}

fn distribution_points(url: &str) -> Result<CrlDistributionPoints, Malformed> {
    let url = Octets::new(url.as_bytes()).map_err(|what| Malformed::new(0, what))?;
    let name = vec![GeneralName::UniformResourceIdentifier(url)];
    let distribution_point = DistributionPointName::FullName(name);
    Ok(CrlDistributionPoints(vec![DistributionPoint { distribution_point }]))
}

/// The announcement of the next root's key.
fn hashed_root_key(key: &Digest<PublicKey>) -> Result<HashedRootKey, Malformed> {
    let (digest_algorithm, digest) = key.parts()?;
    let content_info = ContentInfo { content_type: HashedRootKey::CONTENT, content: None };
    let root_key_thumbprint =
        DigestedData { dd_version: 0, digest_algorithm, content_info, digest };
    Ok(HashedRootKey { root_key_thumbprint })
}

/// A name as the suite writes it.
fn name(suite: Suite, name: &Name) -> Result<Name, Malformed> {
    match suite {
        Suite::Set10 => name.in_set_strings().map_err(|what| Malformed::new(0, what)),
        Suite::Modern => Ok(name.clone()),
    }
}
