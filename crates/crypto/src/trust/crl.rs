//! Lists of revoked certificates: only ever newer ones, and none at all is a refusal.

use std::{collections::BTreeSet, sync::Arc};

use openset_types::UnixTime;
use openset_wire::der::encode;
use openset_wire::x509::{
    AuthorityKeyIdentifier, CertificateRevocationList, CrlNumber, ExtensionValue, Name, Serial,
    UnsignedCertificateRevocationList,
};

use super::certified::SignedWith;
use super::{Certified, x509};
use crate::modern::primitives::sha256;
use crate::{Suite, Thumb, Untrusted};

/// A list whose signature was checked against its issuer's key.
#[derive(Debug)]
pub(crate) struct KnownCrl {
    pub(crate) list: CertificateRevocationList,
    pub(crate) issuer: Name,
    /// Whose key signed it.
    pub(crate) signed_by: Arc<Certified>,
    pub(crate) number: u64,
    pub(crate) thumb: Thumb,
    /// The digest of the whole list, to know it again by.
    pub(crate) octets: [u8; 32],
    this_update: UnixTime,
    next_update: UnixTime,
    revoked: BTreeSet<Serial>,
}

impl KnownCrl {
    /// Checks a list against the authority it says it is from.
    pub(crate) fn check(
        suite: Suite,
        list: CertificateRevocationList,
        issuer: &Arc<Certified>,
    ) -> Result<Self, Untrusted> {
        let unsigned = &list.to_be_signed;
        let extensions = unsigned.crl_extensions.as_ref().ok_or(Untrusted::OutsideProfile)?;
        let proper = unsigned.version == UnsignedCertificateRevocationList::VERSION_2
            && unsigned.signature == list.algorithm;
        if !proper {
            return Err(Untrusted::OutsideProfile);
        }
        let strange = extensions.unknown_critical(&[AuthorityKeyIdentifier::OID, CrlNumber::OID]);
        if strange.is_some() || has_strange_entries(unsigned) {
            return Err(Untrusted::UnknownExtension);
        }
        x509::require_whole_lists(extensions)?;
        if unsigned.issuer != *issuer.subject() || !signer(&list)?.is_of(issuer) {
            return Err(Untrusted::NoPath);
        }
        if !issuer.may_sign_crls() {
            return Err(Untrusted::WrongKeyUsage);
        }
        issuer.key().verify_as(&list.algorithm, unsigned.octets(), list.signature.as_bytes())?;
        let CrlNumber(number) = extensions.get()?.ok_or(Untrusted::OutsideProfile)?;
        let entries = unsigned.revoked_certificates.iter().flatten();
        Ok(Self {
            number,
            thumb: Thumb::of(suite, unsigned.octets()),
            octets: sha256(&encode(&list)?),
            issuer: unsigned.issuer.clone(),
            signed_by: Arc::clone(issuer),
            this_update: unsigned.this_update.moment(),
            next_update: unsigned.next_update.ok_or(Untrusted::OutsideProfile)?.moment(),
            revoked: entries.map(|entry| entry.user_certificate.clone()).collect(),
            list,
        })
    }

    /// Refuses a list that is not the current one at a moment (abuse case 29).
    pub(crate) fn require_current(&self, now: UnixTime) -> Result<(), Untrusted> {
        if now < self.this_update || now > self.next_update {
            return Err(Untrusted::CrlNotCurrent);
        }
        Ok(())
    }

    /// Whether a list is from a moment that has not come.
    pub(crate) fn is_of_the_future(&self, now: UnixTime) -> bool {
        now < self.this_update
    }

    /// Whether a certificate was taken back.
    pub(crate) fn revokes(&self, serial: &Serial) -> bool {
        self.revoked.contains(serial)
    }
}

/// What a list says it was signed with.
pub(crate) fn signer(list: &CertificateRevocationList) -> Result<SignedWith, Untrusted> {
    let extensions = list.to_be_signed.crl_extensions.as_ref();
    let found: Option<AuthorityKeyIdentifier> =
        extensions.map(|extensions| extensions.get()).transpose()?.flatten();
    SignedWith::read(&found.ok_or(Untrusted::OutsideProfile)?)
}

/// Whether an entry says something critical about itself. No such thing is known here.
fn has_strange_entries(unsigned: &UnsignedCertificateRevocationList) -> bool {
    let entries = unsigned.revoked_certificates.iter().flatten();
    entries
        .filter_map(|entry| entry.crl_entry_extensions.as_ref())
        .any(|extensions| extensions.unknown_critical(&[]).is_some())
}
