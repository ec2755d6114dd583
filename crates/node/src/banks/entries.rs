//! The entries of a ledger, read back for people: a bank keeps the balances they make, not them.

use openset_bank::ledger::Entry;

use super::shelf::Kept;
use crate::fault::Fault;
use crate::store::{Lookup, Store};

/// The most entries that are read at one time.
pub const ENTRIES_MAX: u64 = 100;

/// So many entries and no more than [`ENTRIES_MAX`], newest first, from the one of this number on.
pub(super) async fn entries<R: Kept>(
    store: &dyn Store,
    newest: u64,
    count: u64,
) -> Result<Vec<Entry>, Fault> {
    let before_oldest = newest.saturating_sub(count.min(ENTRIES_MAX));
    let mut entries = Vec::new();
    for number in (before_oldest..newest).rev() {
        let key = format!("{:012}", number.saturating_add(1)).into_bytes();
        let stored = store.load(R::ENTRY, &Lookup::Key(key)).await?;
        let state = stored.ok_or(Fault::StateUnreadable)?.state;
        let record: R = serde_json::from_slice(&state).map_err(|_| Fault::StateUnreadable)?;
        entries.extend(record.entry());
    }
    Ok(entries)
}
