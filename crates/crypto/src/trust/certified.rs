//! A certificate as the rules see it: read once, before anything is believed.

#[cfg(test)]
mod pkits;

use openset_types::{Brand, MerchantId, UnixTime};
use openset_wire::der::{Octets, encode};
use openset_wire::x509::{
    AuthorityKeyIdentifier, BasicConstraints, CardCertRequired, Certificate, CertificateType,
    ExtensionValue, Extensions, GeneralName, HashedRootKey, KeyUsage, MerchantData, Name,
    PolicyInformation, PrivateKeyUsagePeriod, Serial, SubjectKeyIdentifier,
};

use super::{Authority, Purpose, profile, x509};
use crate::identity::CertificateName;
use crate::{KeyId, PublicKey, Suite, Thumb, Untrusted};

/// A certificate whose fields were read and whose shape is that of SET.
///
/// It is not believed: that needs a [`Path`](super::Path).
#[derive(Debug)]
pub struct Certified {
    suite: Suite,
    certificate: Certificate,
    thumb: Thumb,
    key: PublicKey,
    key_id: KeyId,
    /// What subjectKeyIdentifier says: what others call the key by.
    key_name: Option<Octets<1, 64>>,
    roles: CertificateType,
    /// Which certificates it may sign.
    gives_out: CertificateType,
    usage: KeyUsage,
    constraints: BasicConstraints,
    issued_with: SignedWith,
    signer: CertificateName,
    signing_period: PrivateKeyUsagePeriod,
    merchant: Option<MerchantData>,
    card_cert_required: Option<CardCertRequired>,
    next_root: Option<HashedRootKey>,
}

/// What something says it was signed with.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum SignedWith {
    /// A key of this name: suite `modern`.
    Key(Octets<1, 64>),
    /// The key in a certificate of this name: suite `set10`.
    Certificate(CertificateName),
}

impl SignedWith {
    /// What an authorityKeyIdentifier says.
    pub(crate) fn read(found: &AuthorityKeyIdentifier) -> Result<Self, Untrusted> {
        match &found.key_identifier {
            Some(key) => Ok(Self::Key(key.clone())),
            None => named(found).map(Self::Certificate),
        }
    }

    /// Whether it is this one's key.
    pub(crate) fn is_of(&self, signer: &Certified) -> bool {
        match self {
            Self::Key(key) => signer.key_name.as_ref() == Some(key),
            Self::Certificate(name) => *name == signer.name(),
        }
    }

    /// Whether it is the key in this certificate.
    pub(crate) fn is_in(&self, certificate: &Certificate) -> bool {
        match self {
            Self::Key(own) => key_name(certificate) == Ok(Some(own.clone())),
            Self::Certificate(own) => name(certificate) == *own,
        }
    }
}

/// Whoever publishes lists of revoked certificates: an authority by its name, and by the key that
/// certified it. All its certificates agree in both, whichever of them signs the lists.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Publisher {
    pub(crate) name: Name,
    pub(crate) certified_with: SignedWith,
}

impl Certified {
    /// Reads a certificate, and refuses one that is not in the profile of the suite.
    pub fn read(suite: Suite, certificate: Certificate) -> Result<Self, Untrusted> {
        let unsigned = &certificate.to_be_signed;
        let thumb = Thumb::of(suite, unsigned.octets());
        let extensions = x509::require_shape(&certificate)?;
        x509::require_policy(extensions, &PolicyInformation::SET_ROOT)?;
        profile::require_criticality(extensions)?;
        let key = PublicKey::from_der(suite, &encode(&unsigned.subject_public_key_info)?)?;
        let key_id = key.id();
        let (issued_with, signer) = signer(extensions)?;
        match (suite, &issued_with) {
            (Suite::Set10, SignedWith::Certificate(_)) => {}
            (Suite::Modern, SignedWith::Key(_)) => require_key_name(extensions, key_id)?,
            (Suite::Set10, _) | (Suite::Modern, _) => return Err(Untrusted::OutsideProfile),
        }
        let (roles, usage): (CertificateType, _) = (required(extensions)?, required(extensions)?);
        profile::require_place(extensions, roles, usage)?;
        Ok(Self {
            suite,
            thumb,
            key_id,
            key_name: extensions.get()?.map(|SubjectKeyIdentifier(name)| name),
            roles,
            gives_out: gives_out(roles),
            usage,
            constraints: required(extensions)?,
            issued_with,
            signer,
            signing_period: extensions.get()?.unwrap_or_default(),
            merchant: extensions.get()?,
            card_cert_required: extensions.get()?,
            next_root: extensions.get()?,
            key,
            certificate,
        })
    }

    /// The certificate as it came.
    pub fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    /// Its name: the digest of what its signature covers.
    pub fn thumb(&self) -> Thumb {
        self.thumb
    }

    /// The key it is about.
    pub fn key(&self) -> &PublicKey {
        &self.key
    }

    /// The name of that key.
    pub fn key_id(&self) -> KeyId {
        self.key_id
    }

    /// Whose key it is about.
    pub fn subject(&self) -> &Name {
        &self.certificate.to_be_signed.subject
    }

    /// Its number among those of whoever issued it.
    pub fn serial(&self) -> &Serial {
        &self.certificate.to_be_signed.serial_number
    }

    /// The brand it belongs to: O of its subject. A root has none.
    pub fn brand(&self) -> Option<Brand> {
        self.subject().organization().and_then(|text| Brand::parse(text).ok())
    }

    /// What it says about a merchant.
    pub fn merchant(&self) -> Option<&MerchantData> {
        self.merchant.as_ref()
    }

    /// The number of the merchant it is about.
    pub fn merchant_id(&self) -> Option<&MerchantId> {
        self.merchant.as_ref().map(|merchant| &merchant.mer_id.0)
    }

    /// Whether payments that nobody has signed may be sealed for it: it is a gateway's, says so,
    /// and the suite knows such payments. A certificate that does not say takes none.
    pub fn takes_unsigned(&self) -> bool {
        self.suite.knows_unsigned_payments()
            && self.card_cert_required == Some(CardCertRequired(false))
    }

    /// The first moment at which it is good.
    pub fn not_before(&self) -> UnixTime {
        self.certificate.to_be_signed.validity.not_before.moment()
    }

    /// The last moment at which it is good.
    pub fn not_after(&self) -> UnixTime {
        self.certificate.to_be_signed.validity.not_after.moment()
    }

    /// Which kinds of authority it is a certificate of.
    pub fn authorities(&self) -> impl Iterator<Item = Authority> {
        authorities(self.roles)
    }

    /// What signatures call it by: its issuer and its number.
    pub(crate) fn name(&self) -> CertificateName {
        name(&self.certificate)
    }

    /// What the certificate of its issuer is called by.
    pub(crate) fn signer(&self) -> &CertificateName {
        &self.signer
    }

    /// Digest of the key of the next root, in the certificate of a root.
    pub(crate) fn next_root(&self) -> Option<&HashedRootKey> {
        self.next_root.as_ref()
    }

    /// Whether this is an authority's certificate to sign others with.
    pub(crate) fn may_certify(&self) -> bool {
        self.constraints.ca && self.usage.contains(KeyUsage::KEY_CERT_SIGN)
    }

    /// Whether it signs certificates or lists.
    pub(crate) fn is_over_others(&self) -> bool {
        self.may_certify() || self.may_sign_crls()
    }

    /// Whether lists of revoked certificates may be signed with it.
    pub(crate) fn may_sign_crls(&self) -> bool {
        self.usage.contains(KeyUsage::CRL_SIGN)
    }

    /// Whose lists this authority signs, or has signed for it.
    pub(crate) fn publisher(&self) -> Publisher {
        Publisher { name: self.subject().clone(), certified_with: self.issued_with.clone() }
    }

    /// The name of whoever issued it.
    pub(crate) fn issuer(&self) -> &Name {
        &self.certificate.to_be_signed.issuer
    }

    /// Whether an issuer of this kind must have published a CRL.
    pub(crate) fn publishes_crl(&self) -> bool {
        self.authorities().any(Authority::publishes_crl)
    }

    /// The purpose for which a brand signs its list of lists with this certificate.
    pub(crate) fn signs_bcis_as(&self) -> Option<Purpose> {
        let own = [Purpose::ListSigning(BRAND), Purpose::CertificateSigning(BRAND)];
        let signs = self.may_sign_crls();
        own.into_iter().find(|purpose| signs && self.require_purpose(*purpose).is_ok())
    }

    /// Whether this certificate was signed with another's key, by someone entitled to.
    pub(crate) fn require_signed_by(&self, issuer: &Self) -> Result<(), Untrusted> {
        let unsigned = &self.certificate.to_be_signed;
        let named = self.issued_with.is_of(issuer) && self.signer == issuer.name();
        if unsigned.issuer != *issuer.subject() || !named {
            return Err(Untrusted::NoPath);
        }
        if !issuer.may_certify() || !issuer.may_certify_roles_of(self) {
            return Err(Untrusted::WrongRole);
        }
        issuer.require_signing_at(self.not_before())?;
        let Certificate { algorithm, signature, .. } = &self.certificate;
        issuer.key.verify_as(algorithm, unsigned.octets(), signature.as_bytes())
    }

    /// Whether so many authorities may stand between this one and the end of the path.
    pub(crate) fn allows_below(&self, authorities: usize) -> bool {
        let below = u64::try_from(authorities).unwrap_or(u64::MAX);
        self.constraints.path_len_constraint.is_none_or(|most| below <= most)
    }

    /// Refuses a moment outside the validity of the certificate (abuse case 45).
    pub(crate) fn require_valid_at(&self, now: UnixTime) -> Result<(), Untrusted> {
        if now < self.not_before() {
            return Err(Untrusted::NotYetValid);
        }
        if now > self.not_after() {
            return Err(Untrusted::Expired);
        }
        Ok(())
    }

    /// Refuses a signature made when the private key was not to be used.
    pub(crate) fn require_signing_at(&self, signed_at: UnixTime) -> Result<(), Untrusted> {
        let period = self.signing_period;
        let early = period.not_before.is_some_and(|first| signed_at < first.0);
        let late = period.not_after.is_some_and(|last| signed_at > last.0);
        let outside = signed_at < self.not_before() || signed_at > self.not_after();
        if early || late || outside { Err(Untrusted::OutsideSigningPeriod) } else { Ok(()) }
    }

    /// Refuses a purpose the certificate was not issued for (A13).
    pub(crate) fn require_purpose(&self, purpose: Purpose) -> Result<(), Untrusted> {
        if !self.roles.meets(purpose.certificate_type()) {
            return Err(Untrusted::WrongRole);
        }
        let usage = purpose.key_usage(self.suite);
        if !self.usage.contains(usage) || self.constraints.ca != purpose.is_over_others(self.suite)
        {
            return Err(Untrusted::WrongKeyUsage);
        }
        Ok(())
    }

    /// Every part the subject plays must be one that this authority hands out.
    pub(crate) fn may_certify_roles_of(&self, subject: &Self) -> bool {
        let is_self = self.thumb == subject.thumb && self.roles.meets(CertificateType::RCA);
        !subject.roles.is_empty() && (self.gives_out.contains(subject.roles) || is_self)
    }
}

fn authorities(roles: CertificateType) -> impl Iterator<Item = Authority> {
    Authority::ALL.into_iter().filter(move |kind| roles.meets(kind.certificate_type()))
}

/// Whom authorities of these kinds certify.
fn gives_out(roles: CertificateType) -> CertificateType {
    authorities(roles)
        .map(Authority::certifies)
        .fold(CertificateType::default(), CertificateType::with)
}

/// Whoever signs lists of lists.
const BRAND: Authority = Authority::Brand;

/// The name of the key a certificate is about.
pub(crate) fn key_id(certificate: &Certificate) -> Result<KeyId, Untrusted> {
    let key = encode(&certificate.to_be_signed.subject_public_key_info)?;
    Ok(KeyId::of(&key))
}

/// What a certificate says its key is called.
fn key_name(certificate: &Certificate) -> Result<Option<Octets<1, 64>>, Untrusted> {
    let Some(extensions) = &certificate.to_be_signed.extensions else { return Ok(None) };
    Ok(extensions.get()?.map(|SubjectKeyIdentifier(name)| name))
}

/// What signatures call a certificate by.
pub(crate) fn name(certificate: &Certificate) -> CertificateName {
    CertificateName {
        issued_by: certificate.to_be_signed.issuer.clone(),
        serial_number: certificate.to_be_signed.serial_number.clone(),
    }
}

/// Suite `modern` names the certified key too.
fn require_key_name(extensions: &Extensions, key: KeyId) -> Result<(), Untrusted> {
    let named: SubjectKeyIdentifier = required(extensions)?;
    if named.0.as_bytes() == key.as_bytes() { Ok(()) } else { Err(Untrusted::OutsideProfile) }
}

/// Whose key signed: by the key's name where there is one, and in any case by the certificate's.
fn signer(extensions: &Extensions) -> Result<(SignedWith, CertificateName), Untrusted> {
    let found: AuthorityKeyIdentifier = required(extensions)?;
    let name = named(&found)?;
    Ok((SignedWith::read(&found)?, name))
}

/// The certificate that an authority's key is called by.
fn named(found: &AuthorityKeyIdentifier) -> Result<CertificateName, Untrusted> {
    let (Some(names), Some(serial_number)) =
        (&found.authority_cert_issuer, &found.authority_cert_serial_number)
    else {
        return Err(Untrusted::OutsideProfile);
    };
    match names.as_slice() {
        [GeneralName::DirectoryName(issued_by)] => {
            let serial_number = serial_number.clone();
            Ok(CertificateName { issued_by: issued_by.clone(), serial_number })
        }
        _ => Err(Untrusted::OutsideProfile),
    }
}

/// An extension that every certificate has.
fn required<T: ExtensionValue>(extensions: &Extensions) -> Result<T, Untrusted> {
    extensions.get()?.ok_or(Untrusted::OutsideProfile)
}
