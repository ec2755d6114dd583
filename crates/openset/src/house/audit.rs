//! The audit trail of an authority: who signs its heads, and whether it is still what it was.

use std::{path::Path, sync::Arc};

use anyhow::Context;
use openset_crypto::{Identity, Keys, Suite};
use openset_node::{
    driver::Reminder,
    folder::RoleFolder,
    shutdown::Stop,
    trail::{self, Heads, Keeper, Whole},
};

use super::ground::{Ground, Party, Role};
use crate::ceremony::{Papers, papers};

/// An authority's trail, as its database and its file of heads have it.
pub(crate) struct Audit {
    role: Role,
    identity: Identity,
    keys: Arc<dyn Keys>,
    heads: Heads,
}

impl Audit {
    /// The trail of a role, whose heads are signed in this name.
    pub(crate) fn of(
        ground: &Ground,
        role: Role,
        identity: Identity,
        keys: Arc<dyn Keys>,
    ) -> anyhow::Result<Self> {
        let heads = Heads::at(&RoleFolder::open(&ground.data, role.folder)?.heads());
        Ok(Self { role, identity, keys, heads })
    }

    /// Begins to sign how far the trail goes.
    pub(crate) fn start(&self, party: &Party, stop: &Stop) -> Reminder {
        let keeper = Keeper {
            folder: self.role.folder,
            store: Arc::clone(&party.store),
            heads: self.heads.clone(),
            identity: self.identity.clone(),
            keys: Arc::clone(&self.keys),
            clock: Arc::clone(party.shell.clock()),
        };
        keeper.start(stop.clone())
    }
}

/// Follows the trail in an authority's folder from its start and compares it with its heads.
pub(crate) async fn verify(data: &Path, role: &str) -> anyhow::Result<Whole> {
    let folder = RoleFolder::open(data, role)?;
    let identity = Papers::of(folder.path()).take(papers::SIGNATURE)?;
    let mut read = Suite::ALL.into_iter().map(|suite| identity.certified(suite));
    let certificate = read.find_map(Result::ok).context("its certificate is of no suite")?;
    let heads = Heads::at(&folder.heads()).read()?;
    Ok(trail::verify(&folder.store()?, role, &heads, &[certificate]).await?)
}
