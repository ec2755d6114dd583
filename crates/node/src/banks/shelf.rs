//! Where a bank's records stand in its store.

use std::collections::BTreeMap;
use std::sync::Arc;

use openset_bank::acquirer::AcquirerRecord;
use openset_bank::issuer::IssuerRecord;
use openset_bank::ledger;
use openset_types::UnixTime;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::fault::Fault;
use crate::store::{Change, Entry, Expected, Lookup, Page, Put, Store};

/// A record of a bank.
pub(super) trait Kept: Serialize + DeserializeOwned + Send + 'static {
    /// Every kind, in the order in which a bank is rebuilt.
    const KINDS: &'static [&'static str];
    /// The kind of the entries of the ledger.
    const ENTRY: &'static str;

    /// What kind of record this is.
    fn kind(&self) -> &'static str;

    /// Names the record within its kind.
    fn key(&self) -> String;

    /// The entry of the ledger that it is, if it is one.
    fn entry(self) -> Option<ledger::Entry>;
}

impl Kept for IssuerRecord {
    const KINDS: &'static [&'static str] = &Self::KINDS;
    const ENTRY: &'static str = "issuer.entry";

    fn kind(&self) -> &'static str {
        Self::kind(self)
    }

    fn key(&self) -> String {
        Self::key(self)
    }

    fn entry(self) -> Option<ledger::Entry> {
        if let Self::Entry(entry) = self { Some(entry) } else { None }
    }
}

impl Kept for AcquirerRecord {
    const KINDS: &'static [&'static str] = &Self::KINDS;
    const ENTRY: &'static str = "acquirer.entry";

    fn kind(&self) -> &'static str {
        Self::kind(self)
    }

    fn key(&self) -> String {
        Self::key(self)
    }

    fn entry(self) -> Option<ledger::Entry> {
        if let Self::Entry(entry) = self { Some(entry) } else { None }
    }
}

/// A bank's part of its store.
pub(super) struct Shelf {
    store: Arc<dyn Store>,
}

/// How many records are read at one time.
const PAGE: u32 = 1000;

impl Shelf {
    pub(super) fn new(store: Arc<dyn Store>) -> Self {
        Self { store }
    }

    /// Reads every record, in the order of kinds and then of their making.
    pub(super) async fn read<R: Kept>(&self) -> Result<Vec<R>, Fault> {
        let mut records = Vec::new();
        for kind in R::KINDS {
            let first = records.len();
            let mut page = Page::newest(PAGE);
            loop {
                let listed = self.store.list(kind, page).await?;
                page.before = listed.last().map(|record| record.seq);
                let is_last = listed.len() < usize::try_from(PAGE).unwrap_or(usize::MAX);
                for stored in listed {
                    let record: R = serde_json::from_slice(&stored.state)
                        .map_err(|_| Fault::StateUnreadable)?;
                    records.push(record);
                }
                if is_last {
                    break;
                }
            }
            if let Some(of_kind) = records.get_mut(first..) {
                of_kind.reverse();
            }
        }
        Ok(records)
    }

    /// Stores records and journal in one commit. A later record of a key replaces an earlier one.
    pub(super) async fn write<R: Kept>(
        &self,
        records: Vec<R>,
        journal: Vec<Entry>,
        at: UnixTime,
    ) -> Result<(), Fault> {
        let mut order = Vec::new();
        let mut last = BTreeMap::new();
        for record in records {
            let name = (record.kind(), record.key());
            let state = serde_json::to_vec(&record).map_err(|_| Fault::StateUnreadable)?;
            if last.insert(name.clone(), state).is_none() {
                order.push(name);
            }
        }
        let mut puts = Vec::new();
        for (kind, key) in order {
            let state = last.remove(&(kind, key.clone())).unwrap_or_default();
            let key = key.into_bytes();
            let expected = self.expected(kind, &key).await?;
            puts.push(Put { kind, key, expected, state, at });
        }
        let change = Change { puts, journal, ..Change::default() };
        if change.is_empty() {
            return Ok(());
        }
        self.store.commit(change).await.map_err(|uncommitted| {
            tracing::error!(%uncommitted, "a bank's records were not stored");
            Fault::StoreQuery
        })?;
        Ok(())
    }

    /// Which version of a record stands there.
    async fn expected(&self, kind: &'static str, key: &[u8]) -> Result<Expected, Fault> {
        let stored = self.store.load(kind, &Lookup::Key(key.to_vec())).await?;
        Ok(stored.map_or(Expected::Absent, |record| Expected::At(record.version)))
    }
}
