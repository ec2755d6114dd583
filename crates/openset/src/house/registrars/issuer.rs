//! Asks the issuer's host, over its bank link, whether a card is good (ISO 8583).

use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

use openset_bank::iso8583::{
    Message,
    words::{AccountVerification, verification},
};
use openset_node::{
    clock::Clock,
    entropy,
    link::Link,
    store::{Change, Direction, Entry, Store},
};
use openset_protocol::{ca::AuthorityEnrolment, role::Machine};
use openset_types::{Bin, Pan, RetrievalReference, SystemTrace, Trace};

use super::records::{Asking, Case, NotNow, Records, Verdict};
use crate::house::{banks, links::is_verified};

/// What journals call the two ends of a question about a card.
const AUTHORITY: &str = "ca-cardholder";
const ISSUER: &str = "issuer";

/// The issuer's host.
pub(crate) struct IssuerRecords {
    link: Arc<Link>,
    clock: Arc<dyn Clock>,
    /// The institution that asks.
    asks_as: Bin,
    /// Where the authority journals what it asked and heard, masked.
    store: Arc<dyn Store>,
    next: AtomicU32,
}

impl IssuerRecords {
    /// An issuer on a link of its own.
    pub(crate) fn new(
        link: Arc<Link>,
        clock: Arc<dyn Clock>,
        asks_as: Bin,
        store: Arc<dyn Store>,
    ) -> anyhow::Result<Self> {
        let [a, b, c, ..] = entropy::seed()?;
        let first = u32::from_be_bytes([0, a, b, c]);
        Ok(Self { link, clock, asks_as, store, next: AtomicU32::new(first) })
    }

    async fn verify(&self, case: &Case<'_>) -> Result<Verdict, NotNow> {
        let pan = Pan::parse(case.pan.expose()).expect("it is one already");
        let (trace, expiry) = (self.trace(), case.expiry.clone());
        let question = verification(&AccountVerification { trace, pan, expiry }, &self.asks_as);
        self.note(case.application, Direction::Out, &question).await;
        let answer = self.link.ask(&question).await.map_err(|reason| {
            tracing::warn!(%reason, "the issuer said nothing about a card");
            NotNow
        })?;
        self.note(case.application, Direction::In, &answer).await;
        Ok(if is_verified(&answer) { Verdict::Approves } else { Verdict::Denies(None) })
    }

    /// Journals a message about an application, without the card.
    async fn note(&self, key: &[u8], direction: Direction, message: &Message) {
        let Ok(octets) = banks::dialect().write(&message.masked()) else { return };
        let (sender, recipient, name) = match direction {
            Direction::Out => (AUTHORITY, ISSUER, "0100"),
            Direction::In => (ISSUER, AUTHORITY, "0110"),
        };
        let entry = Entry {
            at: self.clock.now(),
            direction,
            sender,
            recipient,
            name,
            xid: None,
            rrpid: None,
            kind: AuthorityEnrolment::KIND,
            key: key.to_vec(),
            octets,
        };
        let change = Change { journal: vec![entry], ..Change::default() };
        if let Err(error) = self.store.commit(change).await {
            tracing::error!(%error, "a question about a card is not journaled");
        }
    }

    /// A trace that no other question of the day has.
    fn trace(&self) -> Trace {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let now = self.clock.now();
        let system = format!("{:06}", number % 1_000_000);
        let retrieval = format!("{}{:06}", now.utc().format("%y%j9"), number % 1_000_000);
        Trace {
            retrieval: RetrievalReference::parse(&retrieval).expect("twelve digits"),
            system: SystemTrace::parse(&system).expect("six digits"),
            asked_at: now,
        }
    }
}

impl Records for IssuerRecords {
    fn ask<'a>(&'a self, case: &'a Case<'a>) -> Asking<'a> {
        Box::pin(self.verify(case))
    }
}
