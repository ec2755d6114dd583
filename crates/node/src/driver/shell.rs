//! What the machines of one party share: its store, keys, trust, clock and addresses.

use std::{future::Future, sync::Arc, time::Duration};

use openset_crypto::{Keys, Trust};
use openset_protocol::role::Party;
use tokio::{sync::Semaphore, time::timeout};
use tracing::Instrument;

use super::{stripes::Stripes, waiting::Waiting};
use crate::{
    clock::Clock,
    http::{Media, client::Client},
    logging::role_span,
    store::Store,
    trace,
};

/// The most things a party does at one time after its commits.
const TASKS_MAX: u32 = 4096;

/// Finds the address a party takes SET messages at.
pub type Addresses = Box<dyn Fn(&Party) -> Option<String> + Send + Sync>;

/// One party and all it has.
pub struct Shell {
    /// What its folder, its log file and its metrics are called.
    pub(super) folder: &'static str,
    /// What the journal calls it.
    pub(super) role: &'static str,
    /// What the journal calls those whose requests it answers.
    pub(super) clients: &'static str,
    pub(super) store: Arc<dyn Store>,
    pub(super) keys: Arc<dyn Keys>,
    pub(super) trust: Arc<Trust>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) client: Client,
    pub(super) addresses: Addresses,
    /// How long a request waits for its reply.
    pub(super) patience: Duration,
    pub(super) requests: Stripes,
    pub(super) waiting: Arc<Waiting>,
    tasks: Arc<Semaphore>,
}

/// What a [`Shell`] is made of.
pub struct ShellParts {
    /// What its folder, its log file and its metrics are called, such as `wallet`.
    pub folder: &'static str,
    /// What the journal calls it, such as `cardholder`.
    pub role: &'static str,
    /// What the journal calls those whose requests it answers.
    pub clients: &'static str,
    /// What it keeps.
    pub store: Arc<dyn Store>,
    /// What it signs and opens with.
    pub keys: Arc<dyn Keys>,
    /// Whom it believes.
    pub trust: Arc<Trust>,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// What it asks others with.
    pub client: Client,
    /// Where others are.
    pub addresses: Addresses,
    /// How long a request waits for its reply: less than the server waits for an answer.
    pub patience: Duration,
}

impl From<ShellParts> for Shell {
    fn from(parts: ShellParts) -> Self {
        Self {
            folder: parts.folder,
            role: parts.role,
            clients: parts.clients,
            store: parts.store,
            keys: parts.keys,
            trust: parts.trust,
            clock: parts.clock,
            client: parts.client,
            addresses: parts.addresses,
            patience: parts.patience,
            requests: Stripes::default(),
            waiting: Arc::default(),
            tasks: Arc::new(Semaphore::new(TASKS_MAX as usize)),
        }
    }
}

impl Shell {
    /// The party's store.
    pub fn store(&self) -> &Arc<dyn Store> {
        &self.store
    }

    /// Whom the party believes.
    pub fn trust(&self) -> &Arc<Trust> {
        &self.trust
    }

    /// What time it is for the party.
    pub fn clock(&self) -> &Arc<dyn Clock> {
        &self.clock
    }

    /// Waits until everything begun is done, but not longer than this. What is cut then is
    /// reported as interrupted at the next start.
    pub async fn settle(&self, at_most: Duration) -> bool {
        timeout(at_most, self.tasks.acquire_many(TASKS_MAX)).await.is_ok()
    }

    /// Where a party is asked, in which media type, and what the journal calls it.
    pub(super) fn find(&self, party: &Party) -> (Option<String>, Media, &'static str) {
        let (media, name) = match party {
            Party::CardholderAuthority(_) => (Media::Registration, "ca-cardholder"),
            Party::Gateway(_) => (Media::Payment, "gateway"),
            Party::GatewayAuthority(_) => (Media::Registration, "ca-gateway"),
            Party::Merchant { .. } => (Media::Payment, "merchant"),
            Party::MerchantAuthority(_) => (Media::Registration, "ca-merchant"),
            Party::ReferredAuthority { .. } => (Media::Registration, "ca-elsewhere"),
        };
        let address = match party {
            Party::Merchant { url } | Party::ReferredAuthority { url } => Some(url.clone()),
            other => (self.addresses)(other),
        };
        (address, media, name)
    }

    /// Does something in the background, as this party, and in the trace it was begun in.
    pub(super) fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        let (tasks, folder) = (Arc::clone(&self.tasks), self.folder);
        let counted = async move {
            let counted = async {
                let _counted = tasks.acquire().await;
                task.await;
            };
            counted.instrument(role_span(folder)).await;
        };
        tokio::spawn(trace::carried(counted));
    }
}
