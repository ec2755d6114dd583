//! Lists of revoked certificates, and BCIs, which say which lists are the current ones.

use openset_types::{Brand, UnixTime};
use openset_wire::Malformed;
use openset_wire::der::{Carried, OctetBits, Original};
use openset_wire::x509::{
    AuthorityKeyIdentifier, BrandCrlIdentifier, CertificateRevocationList, CrlEntry, CrlIdentifier,
    CrlNumber, CrlReason, ExtensionValue, Extensions, GeneralName, Name, Serial, Time,
    UnsignedBrandCrlIdentifier, UnsignedCertificateRevocationList,
};

use super::draft::key_identifier;
use crate::lint::lint_list;
use crate::{Identity, KeyId, Keys, PublicKey, Suite, Unmade};

/// A certificate that was taken back, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revoked {
    /// Its number.
    pub serial: Serial,
    /// When it was taken back.
    pub at: UnixTime,
    /// Why, if the list says so.
    pub reason: Option<CrlReason>,
}

impl Revoked {
    /// What a list says of a certificate.
    pub fn read(entry: &CrlEntry) -> Result<Self, Malformed> {
        let extensions = entry.crl_entry_extensions.as_ref();
        Ok(Self {
            serial: entry.user_certificate.clone(),
            at: entry.revocation_date.moment(),
            reason: extensions.map(Extensions::get).transpose()?.flatten(),
        })
    }

    fn entry(&self) -> Result<CrlEntry, Malformed> {
        let extensions = |reason: CrlReason| {
            Extensions::new(vec![reason.extension()?]).map_err(|it| Malformed::new(0, it))
        };
        Ok(CrlEntry {
            user_certificate: self.serial.clone(),
            revocation_date: Time::from(self.at),
            crl_entry_extensions: self.reason.map(extensions).transpose()?,
        })
    }
}

/// What a list of revoked certificates is to say.
#[derive(Debug)]
pub struct CrlTerms<'a> {
    /// Higher than that of every list before.
    pub number: u64,
    /// When it is made.
    pub this_update: UnixTime,
    /// When the next one will be there; this one is good no longer.
    pub next_update: UnixTime,
    /// All certificates that were taken back.
    pub revoked: &'a [Revoked],
}

/// What a BCI is to say.
#[derive(Debug)]
pub struct BciTerms<'a> {
    /// Higher than that of every BCI before.
    pub sequence: u64,
    /// The brand.
    pub brand: &'a Brand,
    /// The first moment at which it is good.
    pub not_before: UnixTime,
    /// The last one.
    pub not_after: UnixTime,
    /// Whose lists must have which number at least.
    pub lists: &'a [(Name, u64)],
}

/// Makes an authority's list of revoked certificates. It is held against the profile before it is
/// signed, like a certificate.
pub fn crl(
    suite: Suite,
    terms: &CrlTerms<'_>,
    issuer: &Identity,
    keys: &dyn Keys,
) -> Result<CertificateRevocationList, Unmade> {
    let key = PublicKey::of(suite, &issuer.certificate).map_err(|_| Unmade::WrongKey)?;
    let algorithm = key.kind().signature_algorithm()?;
    let entries = terms.revoked.iter().map(Revoked::entry).collect::<Result<Vec<_>, _>>()?;
    let by = signed_with(suite, issuer, key.id())?;
    let extensions = vec![by.extension()?, CrlNumber(terms.number).extension()?];
    let to_be_signed = Original::new(UnsignedCertificateRevocationList {
        version: UnsignedCertificateRevocationList::VERSION_2,
        signature: algorithm.clone(),
        issuer: issuer.certificate.to_be_signed.subject.clone(),
        this_update: Time::from(terms.this_update),
        next_update: Some(Time::from(terms.next_update)),
        // RFC 5280, 5.1.2.6: absent where nothing was revoked.
        revoked_certificates: (!entries.is_empty()).then_some(entries),
        crl_extensions: Some(Extensions::new(extensions).map_err(|it| Malformed::new(0, it))?),
    })?;
    lint_list(suite, to_be_signed.octets(), &issuer.certificate)?;
    let signature = OctetBits::new(&keys.sign(&issuer.key, to_be_signed.octets())?);
    Ok(CertificateRevocationList { to_be_signed: to_be_signed.into(), algorithm, signature })
}

/// Whose key signed: by its own name, or in suite `set10` by its certificate's.
fn signed_with(
    suite: Suite,
    issuer: &Identity,
    key: KeyId,
) -> Result<AuthorityKeyIdentifier, Malformed> {
    let name = issuer.name();
    Ok(match suite {
        Suite::Set10 => AuthorityKeyIdentifier {
            key_identifier: None,
            authority_cert_issuer: Some(vec![GeneralName::DirectoryName(name.issued_by)]),
            authority_cert_serial_number: Some(name.serial_number),
        },
        Suite::Modern => AuthorityKeyIdentifier {
            key_identifier: Some(key_identifier(key)?),
            ..AuthorityKeyIdentifier::default()
        },
    })
}

/// Makes a brand's BCI.
pub fn bci(
    suite: Suite,
    terms: &BciTerms<'_>,
    brand: &Identity,
    keys: &dyn Keys,
) -> Result<BrandCrlIdentifier, Unmade> {
    let key = PublicKey::of(suite, &brand.certificate).map_err(|_| Unmade::WrongKey)?;
    let list = |(issuer_name, crl_number): &(Name, u64)| CrlIdentifier {
        issuer_name: issuer_name.clone(),
        crl_number: *crl_number,
    };
    let lists: Vec<_> = terms.lists.iter().map(list).collect();
    let to_be_signed = Original::new(UnsignedBrandCrlIdentifier {
        version: 0,
        sequence_num: terms.sequence,
        brand_id: Carried(terms.brand.clone()),
        not_before: Carried(terms.not_before),
        not_after: Carried(terms.not_after),
        crl_identifier_seq: (!lists.is_empty()).then_some(lists),
        b_crl_extensions: None,
    })?;
    let signature = OctetBits::new(&keys.sign(&brand.key, to_be_signed.octets())?);
    let algorithm = key.kind().signature_algorithm()?;
    Ok(BrandCrlIdentifier { to_be_signed, algorithm, signature })
}
