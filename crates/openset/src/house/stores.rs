//! Where the database of each role is: in a file in its folder, or on a PostgreSQL server that
//! several nodes of the role share.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use anyhow::Context;
use openset_node::{
    folder::RoleFolder,
    store::{
        Store,
        postgres::{PasswordSource, Postgres, Terms},
    },
};

/// A server, as a configuration names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ServerTerms {
    /// Where it is, as `libpq` writes it, without a password.
    pub(crate) server: String,
    pub(crate) password: Option<PasswordSource>,
    pub(crate) connections_max: usize,
    pub(crate) lease: Duration,
}

/// The servers of those roles that have one.
#[derive(Debug, Clone, Default)]
pub(crate) struct Stores(BTreeMap<&'static str, ServerTerms>);

impl ServerTerms {
    /// The same, with the password.
    pub(crate) fn terms(&self) -> anyhow::Result<Terms> {
        let password = self.password.as_ref().map(PasswordSource::read).transpose()?;
        let mut terms = Terms::new(&self.server, password.as_ref())?;
        terms.connections_max = self.connections_max;
        terms.lease = self.lease;
        Ok(terms)
    }
}

impl Stores {
    /// Keeps what a role stores on a server.
    pub(crate) fn put(&mut self, role: &'static str, terms: ServerTerms) {
        self.0.insert(role, terms);
    }

    /// The roles with servers.
    pub(crate) fn servers(&self) -> impl Iterator<Item = (&'static str, &ServerTerms)> {
        self.0.iter().map(|(role, terms)| (*role, terms))
    }

    /// Opens the database of a role.
    pub(crate) async fn open(
        &self,
        folder: &RoleFolder,
        role: &str,
    ) -> anyhow::Result<Arc<dyn Store>> {
        let Some(server) = self.0.get(role) else {
            let shown = folder.path().display();
            let store = folder.store();
            return Ok(Arc::new(
                store.with_context(|| format!("the database of {shown} cannot be opened"))?,
            ));
        };
        let terms = server.terms().with_context(|| format!("the database of {role}"))?;
        let opened = Postgres::open(&terms).await;
        let store = opened.with_context(|| format!("the database of {role}, {terms}"))?;
        folder.store_is_elsewhere()?;
        Ok(Arc::new(store))
    }
}
