//! Where a brand tells its parties over HTTP which lists of revoked certificates are the current
//! ones: BCIDistribution.
//!
//! The message has no wrapper and so a path of its own. What is refused is logged and answered
//! with a status: there is no Error for it.

use std::{path::PathBuf, sync::Arc};

use openset_crypto::{Keys, Trust};
use openset_node::{
    clock::Clock,
    fault::Fault,
    http::{Answering, Answers, Media, Said, endpoint},
    learned::Learned,
};
use openset_protocol::{acceptance::Acceptance, lists::ListDesk, refusal::Refusal};
use openset_types::Brand;
use openset_wire::opaque::Signed;

use super::ground::{Ground, Party};
use crate::ceremony::{self, Lists};

/// Where everybody takes BCIDistribution.
pub(crate) const DISTRIBUTIONS: &str = "/lists/bci";

/// A party that hears of lists.
#[derive(Clone)]
pub(crate) struct Hearing {
    trust: Arc<Trust>,
    learned: Arc<Learned>,
    keys: Arc<dyn Keys>,
    brand: Brand,
    acceptance: Acceptance,
    clock: Arc<dyn Clock>,
    role: &'static str,
    /// The lists as they lie in the data folder, for pages: read again when there is news.
    lists: Lists,
    data: PathBuf,
}

impl Hearing {
    /// A party of a ground, with the keys that it signs with.
    pub(crate) fn of(
        ground: &Ground,
        party: &Party,
        keys: Arc<dyn Keys>,
        role: &'static str,
    ) -> Self {
        Self {
            trust: Arc::clone(party.shell.trust()),
            learned: Arc::clone(&party.learned),
            keys,
            brand: ground.brand.clone(),
            acceptance: ground.acceptance(),
            clock: Arc::clone(&ground.clock),
            role,
            lists: ground.lists.clone(),
            data: ground.data.clone(),
        }
    }

    /// The route by which it hears its brand.
    pub(crate) fn endpoint(&self) -> axum::Router {
        endpoint(DISTRIBUTIONS, &[Media::Registration], Arc::new(self.clone()))
    }

    /// Learns what it is told, and keeps it before anybody hears that it did.
    async fn take(&self, message: Vec<u8>) -> Result<Said, Fault> {
        if let Err(refusal) = self.hear(message) {
            tracing::warn!(role = self.role, %refusal, "what was said of lists is refused");
            return Ok(Said::Refused);
        }
        if let Err(error) = self.learned.save().await {
            tracing::error!(role = self.role, %error, "what was learned of lists is not kept");
            return Err(Fault::StoreStopped);
        }
        if let Err(error) = self.take_in().await {
            tracing::warn!(role = self.role, "the published lists stay as they were: {error:#}");
        }
        Ok(Said::Nothing)
    }

    /// Writes down for the roles of this house what is newer than what they read.
    async fn take_in(&self) -> anyhow::Result<()> {
        let hearing = self.clone();
        let written = tokio::task::spawn_blocking(move || {
            let Self { data, trust, brand, lists, .. } = &hearing;
            ceremony::take_in(data, trust, brand)?;
            lists.reread(data)
        });
        written.await?
    }

    fn hear(&self, message: Vec<u8>) -> Result<(), Refusal> {
        let desk = ListDesk {
            trust: &self.trust,
            keys: self.keys.as_ref(),
            brand: &self.brand,
            acceptance: self.acceptance,
            now: self.clock.now(),
        };
        desk.on_distribution(&Signed::from_octets(message)?)
    }
}

impl Answers for Hearing {
    fn answer(&self, message: Vec<u8>) -> Answering<'_> {
        Box::pin(self.take(message))
    }
}
