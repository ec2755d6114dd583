//! Where the database of each role is: in a file in its folder, or on a PostgreSQL server that
//! several nodes of the role share.
//!
//! Only a gateway is several nodes. Every other role keeps something in memory that another process
//! would not know, and is one process whose database is on a server.

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

/// The role of which there may be several nodes.
pub(crate) const SHARED: &str = "gateway";

/// The servers of those roles that have one.
#[derive(Debug, Clone, Default)]
pub(crate) struct Stores(BTreeMap<&'static str, ServerTerms>);

impl ServerTerms {
    /// The same for a role, with the password.
    pub(crate) fn terms(&self, role: &str) -> anyhow::Result<Terms> {
        let password = self.password.as_ref().map(PasswordSource::read).transpose()?;
        let mut terms = Terms::new(&self.server, password.as_ref())?;
        terms.connections_max = self.connections_max;
        terms.lease = self.lease;
        terms.is_shared = role == SHARED;
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

    /// The server of a role, if it has one.
    pub(crate) fn server(&self, role: &str) -> Option<&ServerTerms> {
        self.0.get(role)
    }

    /// Opens the database of a role.
    pub(crate) async fn open(
        &self,
        folder: &RoleFolder,
        role: &str,
    ) -> anyhow::Result<Arc<dyn Store>> {
        let Some(server) = self.server(role) else {
            let shown = folder.path().display();
            let store = folder.store();
            return Ok(Arc::new(
                store.with_context(|| format!("the database of {shown} cannot be opened"))?,
            ));
        };
        let terms = server.terms(role).with_context(|| format!("the database of {role}"))?;
        let opened = Postgres::open(&terms).await;
        let store = opened.with_context(|| format!("the database of {role}, {terms}"))?;
        folder.store_is_elsewhere()?;
        Ok(Arc::new(store))
    }
}
