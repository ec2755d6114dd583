//! Where a bank's records stand in its store.

use std::collections::BTreeMap;
use std::collections::HashMap;
use std::sync::Arc;

use openset_bank::acquirer::AcquirerRecord;
use openset_bank::issuer::IssuerRecord;
use openset_types::UnixTime;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::fault::Fault;
use crate::store::{Change, Entry, Expected, Page, Put, Store, Version};

/// A record of a bank.
pub(super) trait Kept: Serialize + DeserializeOwned + Send + 'static {
    /// Every kind, in the order in which a bank is rebuilt.
    const KINDS: &'static [&'static str];

    /// What kind of record this is.
    fn kind(&self) -> &'static str;

    /// Names the record within its kind.
    fn key(&self) -> String;
}

impl Kept for IssuerRecord {
    const KINDS: &'static [&'static str] = &Self::KINDS;

    fn kind(&self) -> &'static str {
        Self::kind(self)
    }

    fn key(&self) -> String {
        Self::key(self)
    }
}

impl Kept for AcquirerRecord {
    const KINDS: &'static [&'static str] = &Self::KINDS;

    fn kind(&self) -> &'static str {
        Self::kind(self)
    }

    fn key(&self) -> String {
        Self::key(self)
    }
}

/// A bank's part of its store, and which version of each record stands there.
pub(super) struct Shelf {
    store: Arc<dyn Store>,
    versions: HashMap<(&'static str, String), Version>,
}

/// How many records are read at one time.
const PAGE: u32 = 1000;

impl Shelf {
    pub(super) fn new(store: Arc<dyn Store>) -> Self {
        Self { store, versions: HashMap::new() }
    }

    /// Reads every record, in the order of kinds and then of their making.
    pub(super) async fn read<R: Kept>(&mut self) -> Result<Vec<R>, Fault> {
        self.versions.clear();
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
                    self.versions.insert((kind, record.key()), stored.version);
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
        &mut self,
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
        let put = |name: &(&'static str, String)| Put {
            kind: name.0,
            key: name.1.clone().into_bytes(),
            expected: self.versions.get(name).copied().map_or(Expected::Absent, Expected::At),
            state: last.get(name).cloned().unwrap_or_default(),
            at,
        };
        let puts = order.iter().map(put).collect();
        let change = Change { puts, journal, ..Change::default() };
        if change.is_empty() {
            return Ok(());
        }
        self.store.commit(change).await.map_err(|uncommitted| {
            tracing::error!(%uncommitted, "a bank's records were not stored");
            Fault::StoreQuery
        })?;
        for name in order {
            let version = self.versions.get(&name).map_or(Version::FIRST, |version| version.next());
            self.versions.insert(name, version);
        }
        Ok(())
    }
}
