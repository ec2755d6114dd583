//! Where a brand tells its parties over HTTP which lists of revoked certificates are the current
//! ones: BCIDistribution.
//!
//! The message has no wrapper and so a path of its own. What is refused is logged and answered
//! with a status: there is no Error for it.

use std::{path::PathBuf, sync::Arc};

use openset_crypto::{Keys, Trust, Untrusted};
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
    /// The brands that it hears: one, or all that it works for.
    brands: Vec<Heard>,
    acceptance: Acceptance,
    clock: Arc<dyn Clock>,
    role: &'static str,
}

/// A brand that a party hears, and where what it says is written down.
#[derive(Clone)]
struct Heard {
    brand: Brand,
    /// The lists as they lie in the brand's folder, for pages: read again when there is news.
    lists: Lists,
    data: PathBuf,
}

impl Heard {
    fn of(ground: &Ground) -> Self {
        let Ground { brand, lists, data, .. } = ground;
        Self { brand: brand.clone(), lists: lists.clone(), data: data.clone() }
    }
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
            brands: vec![Heard::of(ground)],
            acceptance: ground.acceptance(),
            clock: Arc::clone(&ground.clock),
            role,
        }
    }

    /// Hears the brands of these grounds too.
    pub(crate) fn beside(mut self, others: &[Ground]) -> Self {
        self.brands.extend(others.iter().map(Heard::of));
        self
    }

    /// The route by which it hears its brand.
    pub(crate) fn endpoint(&self) -> axum::Router {
        endpoint(DISTRIBUTIONS, &[Media::Registration], Arc::new(self.clone()))
    }

    /// Learns what it is told, and keeps it before anybody hears that it did.
    async fn take(&self, message: Vec<u8>) -> Result<Said, Fault> {
        let heard = match self.hear(message) {
            Ok(heard) => heard.clone(),
            Err(refusal) => {
                tracing::warn!(role = self.role, %refusal, "what was said of lists is refused");
                return Ok(Said::Refused);
            }
        };
        if let Err(error) = self.learned.save().await {
            tracing::error!(role = self.role, %error, "what was learned of lists is not kept");
            return Err(Fault::StoreStopped);
        }
        if let Err(error) = self.take_in(heard).await {
            tracing::warn!(role = self.role, "the published lists stay as they were: {error:#}");
        }
        Ok(Said::Nothing)
    }

    /// Writes down for the roles of this house what is newer than what they read.
    async fn take_in(&self, heard: Heard) -> anyhow::Result<()> {
        let trust = Arc::clone(&self.trust);
        let written = tokio::task::spawn_blocking(move || {
            let Heard { brand, lists, data } = &heard;
            ceremony::take_in(data, &trust, brand)?;
            lists.reread(data)
        });
        written.await?
    }

    /// Learns what one of its brands says; says which one that was.
    fn hear(&self, message: Vec<u8>) -> Result<&Heard, Refusal> {
        let said = Signed::from_octets(message)?;
        for heard in &self.brands {
            let desk = ListDesk {
                trust: &self.trust,
                keys: self.keys.as_ref(),
                brand: &heard.brand,
                acceptance: self.acceptance,
                now: self.clock.now(),
            };
            match desk.on_distribution(&said) {
                Ok(()) => return Ok(heard),
                // Another of its brands may have said it.
                Err(Refusal::Untrusted(Untrusted::OtherBrand)) => {}
                Err(refusal) => return Err(refusal),
            }
        }
        Err(Refusal::Untrusted(Untrusted::OtherBrand))
    }
}

impl Answers for Hearing {
    fn answer(&self, message: Vec<u8>) -> Answering<'_> {
        Box::pin(self.take(message))
    }
}
