//! The authority that answered, and the certificate to seal for it.

use std::sync::Arc;

use openset_crypto::{Authority, Bag, Path, Purpose};
use openset_types::{Brand, LocalId};
use openset_wire::{types::CertThumb, x509::BrandCrlIdentifier};
use serde::{Deserialize, Serialize};

use crate::{
    kept::{keep_path, kept_path},
    octets::Octets,
    refusal::Refusal,
    role::{Env, Machine},
};

/// An authority that is asked for a certificate.
// Stored. Change only with a migration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Addressee {
    /// Its label of this registration.
    pub lid_ca: LocalId,
    /// Its certificate to seal for, and those above it (DER), nearest first.
    pub certificates: Vec<Octets>,
}

impl Addressee {
    /// Takes the certificate whose thumb the authority has signed, and no other one that came
    /// along (A11).
    pub(crate) fn find<M: Machine>(
        lid_ca: &LocalId,
        thumb: &CertThumb,
        bag: &Bag,
        (kind, brand): (Authority, &Brand),
        env: &Env<'_, M>,
    ) -> Result<Self, Refusal> {
        let found = env.named(bag, thumb, Purpose::AuthorityEncipherment(kind), brand)?;
        let path = found.ok_or(Refusal::AuthoritySentNoCertificate)?;
        Ok(Self { lid_ca: lid_ca.clone(), certificates: keep_path(&path)? })
    }

    /// The certificate to seal for, believed at this moment.
    pub(crate) fn path<M: Machine>(
        &self,
        (kind, brand): (Authority, &Brand),
        env: &Env<'_, M>,
    ) -> Result<Arc<Path>, Refusal> {
        kept_path(&self.certificates, Purpose::AuthorityEncipherment(kind), brand, env)
    }
}

/// Learns the brand's list, if it came along and is newer than what is known. None where the one
/// that is known has ended is a refusal (abuse case 29).
pub(crate) fn learn<M: Machine>(
    list: Option<&BrandCrlIdentifier>,
    bag: &Bag,
    brand: &Brand,
    env: &Env<'_, M>,
) -> Result<(), Refusal> {
    if let Some(list) = list {
        env.learn_bci(list, bag)?;
    }
    Ok(env.trust.require_bci(brand, env.now)?)
}
