//! Where the keys of each role are: in locked files in its folder, or in a token.

use std::{
    collections::BTreeMap,
    path::Path,
    sync::{Arc, Mutex, PoisonError},
};

use anyhow::{Context, bail};
use openset_node::keys::{KeyHolder, TokenKeys, TokenTerms};

use crate::ceremony::{Papers, papers, role_ring};

/// The roles whose keys may be in a token. A wallet's are in its vault; banks have none.
pub(crate) const ROLES: [&str; 5] =
    ["ca-cardholder", "ca-gateway", "ca-merchant", "gateway", "merchant"];

/// The tokens of those roles that have one.
#[derive(Debug, Clone, Default)]
pub(crate) struct Holders(BTreeMap<&'static str, TokenTerms>);

/// Tokens that are entered already, shared by everything that asks for a role's keys.
#[derive(Debug, Clone, Default)]
pub(crate) struct Entered(Arc<Mutex<BTreeMap<String, Arc<TokenKeys>>>>);

impl Holders {
    /// Every role keeps its keys in files.
    pub(crate) const FILES: Self = Self(BTreeMap::new());

    /// Keeps a role's keys in a token.
    pub(crate) fn put(&mut self, role: &'static str, terms: TokenTerms) {
        self.0.insert(role, terms);
    }

    /// The roles with tokens.
    pub(crate) fn tokens(&self) -> impl Iterator<Item = (&'static str, &TokenTerms)> {
        self.0.iter().map(|(role, terms)| (*role, terms))
    }

    /// Opens what holds a role's keys.
    pub(crate) fn open(
        &self,
        data: &Path,
        role: &str,
        entered: &Entered,
    ) -> anyhow::Result<Arc<dyn KeyHolder>> {
        let Some(terms) = self.0.get(role) else {
            return Ok(Arc::new(role_ring(&data.join(role))?));
        };
        let mut entered = entered.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(keys) = entered.get(role) {
            return Ok(Arc::clone(keys) as _);
        }
        let keys = TokenKeys::open(role, terms)
            .with_context(|| format!("the keys of {role} in the token \"{}\"", terms.token))?;
        let keys = Arc::new(keys);
        entered.insert(role.to_owned(), Arc::clone(&keys));
        Ok(keys)
    }

    /// Refuses to start a role whose certificates are there and whose keys are not.
    pub(crate) fn require(
        &self,
        data: &Path,
        role: &str,
        keys: &dyn KeyHolder,
    ) -> anyhow::Result<()> {
        let kept = Papers::of(&data.join(role));
        for paper in [papers::CERTIFICATES, papers::SIGNATURE, papers::ENCIPHERMENT] {
            if !kept.has(paper) {
                continue;
            }
            let key = kept.take(paper)?.key;
            if keys.holds(&key)? {
                continue;
            }
            let place = match self.0.get(role) {
                Some(terms) => format!("in the token \"{}\"", terms.token),
                None => format!("in {}", data.join(role).join("keys").display()),
            };
            let file = data.join(role).join("keys").join(key.to_string()).with_extension("p8");
            if self.0.contains_key(role) && file.is_file() {
                bail!(
                    "the key of the {paper} certificate of {role} is not {place}: it lies in {}, \
                     and no key is brought from a file into a token, because its copies stay \
                     outside\n  try: a certificate for a key that the token makes, or no keys \
                     setting for {role}",
                    file.display()
                );
            }
            bail!("the key of the {paper} certificate of {role} is not {place}: {key}");
        }
        Ok(())
    }
}
