//! What a registration ends with: a certificate for a key.

use std::sync::Arc;

use openset_crypto::{Bag, Identity, KeyId, Path, Purpose, Thumb};
use openset_types::Brand;
use openset_wire::{der::decode, types::Thumbs, x509::Certificate};
use serde::{Deserialize, Serialize};

use super::NewKey;
use crate::{
    kept::keep_path,
    octets::Octets,
    refusal::Refusal,
    role::{Env, Machine},
};

/// A certificate, the chain above it, and the name of its key.
// Stored. Change only with a migration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CertifiedKey {
    /// The certificate (DER).
    pub certificate: Octets,
    /// The certificates above it (DER), nearest first, without the root.
    pub chain: Vec<Octets>,
    /// The key.
    pub key: KeyId,
}

impl CertifiedKey {
    /// Takes a certificate that was believed.
    pub(crate) fn of(path: &Path) -> Result<Self, Refusal> {
        let mut certificates = keep_path(path)?.into_iter();
        let certificate = certificates.next().ok_or(Refusal::AuthoritySentNoCertificate)?;
        Ok(Self { certificate, chain: certificates.collect(), key: path.leaf().key_id() })
    }

    /// As it signs or opens.
    pub fn identity(&self) -> Result<Identity, Refusal> {
        let read = |octets: &Octets| Ok(decode::<Certificate>(octets.as_ref())?);
        Ok(Identity {
            certificate: read(&self.certificate)?,
            chain: self.chain.iter().map(read).collect::<Result<_, Refusal>>()?,
            key: self.key,
        })
    }
}

/// Finds the certificate of a key among those whose thumbs the authority has signed, and
/// believes it for a purpose (A11, A18).
pub(crate) fn find<M: Machine>(
    thumbs: Option<&Thumbs>,
    bag: &Bag,
    key: &NewKey,
    (purpose, brand): (Purpose, &Brand),
    env: &Env<'_, M>,
) -> Result<Arc<Path>, Refusal> {
    let suite = env.trust.suite();
    let named = thumbs.and_then(|thumbs| thumbs.cert_thumbs.as_ref());
    let mut is_any_here = false;
    for thumb in named.into_iter().flatten() {
        let thumb = Thumb::try_from(thumb.as_bytes()).map_err(|_| Refusal::ThumbsDiffer)?;
        let Some(found) = bag.find(suite, &thumb) else { continue };
        is_any_here = true;
        match env.trust.path(found, bag, purpose, Some(brand), env.now) {
            Ok(path) if key.is_in(&path) => return Ok(path),
            // The other of two certificates: for sealing where this one is to sign.
            _ => {}
        }
    }
    Err(match is_any_here {
        true => Refusal::AuthorityCertifiedAnotherKey,
        false => Refusal::AuthoritySentNoCertificate,
    })
}
