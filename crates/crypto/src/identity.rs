//! Who signs and opens, and what travels beside a signature.

use openset_wire::types::Thumbs;
use openset_wire::x509::{Certificate, CertificateRevocationList, Name, Serial};
use rasn::{AsnType, Decode, Decoder, Encode};

use crate::trust::certified;
use crate::{Certified, KeyId, Path, Suite, Thumb, Untrusted};

/// One certificate of ours, the chain above it, and the name of its private key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The certificate.
    pub certificate: Certificate,
    /// The certificates above it, its issuer first; the root is not needed.
    pub chain: Vec<Certificate>,
    /// The private key, by name.
    pub key: KeyId,
}

impl Identity {
    /// Takes a certificate and the chain above it. The key is the one it certifies.
    pub fn new(certificate: Certificate, chain: Vec<Certificate>) -> Result<Self, Untrusted> {
        let key = certified::key_id(&certificate)?;
        Ok(Self { certificate, chain, key })
    }

    /// The thumb of the certificate.
    pub fn thumb(&self, suite: Suite) -> Thumb {
        Thumb::of_certificate(suite, &self.certificate)
    }

    /// Reads the certificate under the profile, like anybody's.
    pub fn certified(&self, suite: Suite) -> Result<Certified, Untrusted> {
        Certified::read(suite, self.certificate.clone())
    }

    /// What signatures and envelopes call it by.
    pub(crate) fn name(&self) -> CertificateName {
        certified::name(&self.certificate)
    }
}

/// IssuerAndSerialNumber (PKCS#7 and RFC 5652, 10.2.4): one certificate and no other.
#[derive(AsnType, Decode, Encode, Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct CertificateName {
    pub(crate) issued_by: Name,
    pub(crate) serial_number: Serial,
}

/// Certificates and lists that travel beside a signature. Nothing here is believed for being
/// here: only what a path needs and a signature covers is used (A11).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Bag {
    /// Certificates, in no order that matters.
    pub certificates: Vec<Certificate>,
    /// Lists of revoked certificates.
    pub crls: Vec<CertificateRevocationList>,
}

impl Bag {
    /// The most certificates and the most lists that a bag may hold (abuse case 24).
    pub const ITEMS_MAX: usize = 16;

    /// A bag with a signer's certificate and chain.
    pub fn of(signer: &Identity) -> Self {
        let mut bag = Self::default();
        bag.put(&signer.certificate);
        signer.chain.iter().for_each(|one| bag.put(one));
        bag
    }

    /// Adds another identity's certificate and chain.
    pub fn and(mut self, other: &Identity) -> Self {
        self.put(&other.certificate);
        other.chain.iter().for_each(|one| self.put(one));
        self
    }

    /// Adds the certificates of a path, without its root.
    pub fn and_path(mut self, path: &Path) -> Self {
        let below_root = path.certificates().len().saturating_sub(1);
        path.certificates().iter().take(below_root).for_each(|one| self.put(one.certificate()));
        self
    }

    /// Leaves out what the other side has already. The signer's own certificate stays.
    pub fn without(mut self, suite: Suite, known: &Thumbs) -> Self {
        let has = |thumb: Thumb, thumbs: &Option<Vec<_>>| {
            thumbs
                .iter()
                .flatten()
                .any(|one: &openset_wire::types::Digest| one.as_bytes() == thumb.as_bytes())
        };
        let mut first = true;
        self.certificates.retain(|one| {
            std::mem::take(&mut first)
                || !has(Thumb::of_certificate(suite, one), &known.cert_thumbs)
        });
        self.crls.retain(|one| !has(Thumb::of_crl(suite, one), &known.crl_thumbs));
        self
    }

    /// The certificate of this thumb, if it is here.
    pub fn find(&self, suite: Suite, thumb: &Thumb) -> Option<&Certificate> {
        self.certificates.iter().find(|one| Thumb::of_certificate(suite, one) == *thumb)
    }

    /// The certificate that a signature calls by this name.
    pub(crate) fn named(&self, name: &CertificateName) -> Option<&Certificate> {
        self.certificates.iter().map(|one| (one, &one.to_be_signed)).find_map(|(one, signed)| {
            let is_named =
                signed.serial_number == name.serial_number && signed.issuer == name.issued_by;
            is_named.then_some(one)
        })
    }

    pub(crate) fn put(&mut self, certificate: &Certificate) {
        if !self.certificates.contains(certificate) {
            self.certificates.push(certificate.clone());
        }
    }
}

impl From<&Path> for Bag {
    fn from(path: &Path) -> Self {
        Self::default().and_path(path)
    }
}
