//! Certificates that are stored beside a state, with those above them.

use std::sync::Arc;

use openset_crypto::{Bag, Path, Purpose, Untrusted};
use openset_types::Brand;
use openset_wire::der::encode;

use crate::{
    octets::Octets,
    refusal::Refusal,
    role::{Env, Machine},
};

/// Keeps a certificate and those above it, without the root (DER, the certificate first).
pub(crate) fn keep_path(path: &Path) -> Result<Vec<Octets>, Refusal> {
    let bag = Bag::from(path);
    bag.certificates.iter().map(|one| Ok(encode(one)?.into())).collect()
}

/// Believes a certificate that was kept, anew: it may have been revoked since.
pub(crate) fn kept_path<M: Machine>(
    kept: &[Octets],
    purpose: Purpose,
    brand: &Brand,
    env: &Env<'_, M>,
) -> Result<Arc<Path>, Refusal> {
    let certificates = kept.iter().map(|one| Ok(env.trust.certificate(one.as_ref())?));
    let certificates = certificates.collect::<Result<Vec<_>, Refusal>>()?;
    let bag = Bag { certificates, crls: Vec::new() };
    let leaf = bag.certificates.first().ok_or(Untrusted::NoPath)?;
    env.path(leaf, &bag, purpose, brand)
}
