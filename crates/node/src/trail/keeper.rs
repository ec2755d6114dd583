//! Signs a head of the audit trail whenever it has grown.

use std::{sync::Arc, time::Duration};

use openset_crypto::{Identity, Keys, trail::Head};
use tokio::time::timeout;
use tracing::Instrument;

use super::{Heads, SignedHead};
use crate::{clock::Clock, driver::Reminder, logging::role_span, shutdown::Stop, store::Store};

/// How often somebody looks whether the trail has grown.
const INTERVAL: Duration = Duration::from_secs(60);

/// Signs the heads of one party's trail.
pub struct Keeper {
    /// The party's folder, which the heads name.
    pub folder: &'static str,
    /// Where the trail is.
    pub store: Arc<dyn Store>,
    /// Where the heads are.
    pub heads: Heads,
    /// Signs them.
    pub identity: Identity,
    /// Where its key is.
    pub keys: Arc<dyn Keys>,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

impl Keeper {
    /// Signs a head every minute in which the trail has grown, and a last one when asked to stop.
    /// What fails is said, and tried again.
    pub fn start(self, stop: Stop) -> Reminder {
        let span = role_span(self.folder);
        Reminder::of(tokio::spawn(self.keep(stop).instrument(span)))
    }

    async fn keep(self, mut stop: Stop) {
        let mut signed = 0;
        loop {
            let is_over = timeout(INTERVAL, stop.asked()).await.is_ok();
            match self.sign(signed).await {
                Ok(records) => signed = records,
                Err(error) => tracing::error!(%error, "the audit trail has no new head"),
            }
            if is_over {
                return;
            }
        }
    }

    /// Signs the end of the trail, if it is not the one that was signed last.
    async fn sign(&self, signed: u64) -> Result<u64, Box<dyn std::error::Error + Send + Sync>> {
        let Some(end) = self.store.trail_end().await? else { return Ok(0) };
        if end.number == signed {
            return Ok(signed);
        }
        let head = Head {
            party: self.folder.to_owned(),
            records: end.number,
            link: end.link,
            at: self.clock.now(),
        };
        let signature = head.sign(&self.identity, self.keys.as_ref())?;
        self.heads.append(&SignedHead { head, signature })?;
        Ok(end.number)
    }
}
