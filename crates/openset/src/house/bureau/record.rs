//! What stands in the audit trail of an authority, and what its operators write into it.

use openset_node::store::{Account, Change, Store};
use openset_types::UnixTime;
use serde::{Deserialize, Serialize};

use super::{Operator, Undone};

/// How many records are read at a time.
const AT_ONCE: u32 = 500;

/// One record of a trail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Entry {
    /// Its number. The first is 1.
    pub(crate) number: u64,
    pub(crate) at: UnixTime,
    /// What brought it about: a message, `time`, `outcome`, or an operator.
    pub(crate) cause: String,
    /// What it is about.
    pub(crate) subject: String,
    /// What became of it, in one word.
    pub(crate) outcome: String,
    /// What else is to be known.
    pub(crate) detail: String,
    /// How many messages it stands for.
    pub(crate) messages: usize,
}

/// Which records are wanted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Sought {
    /// Those before this number; nothing means the newest.
    pub(crate) before: Option<u64>,
    /// Those in which this stands; nothing means all.
    pub(crate) about: Option<String>,
    /// At most so many.
    pub(crate) limit: usize,
}

/// An operator's act, as it is recorded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Act {
    /// Who, as [`Operator`] says it.
    pub(crate) by: String,
    /// What it is about.
    pub(crate) subject: String,
    /// What is to be done, or is done, in one word.
    pub(crate) outcome: String,
    /// What else is to be known.
    pub(crate) detail: String,
}

impl Act {
    pub(super) fn of(by: &Operator, subject: String, outcome: &str, detail: String) -> Self {
        Self { by: by.to_string(), subject, outcome: outcome.to_owned(), detail }
    }
}

/// Writes an act into a trail. It is on stable storage when this returns.
pub(super) async fn write(store: &dyn Store, now: UnixTime, act: Act) -> Result<(), Undone> {
    let Act { by, subject, outcome, detail } = act;
    let account = Account { at: now, cause: by, subject, outcome, detail };
    let written = store.commit(Change { trail: vec![account], ..Change::default() }).await;
    written.map(drop).map_err(|error| Undone::Unrecorded { why: error.to_string() })
}

/// Reads a trail, newest first.
pub(super) async fn read(store: &dyn Store, sought: &Sought) -> Result<Vec<Entry>, Undone> {
    let failed = |error: openset_node::fault::Fault| Undone::Failed { what: error.to_string() };
    let end = store.trail_end().await.map_err(failed)?.map_or(0, |last| last.number);
    let mut until = sought.before.map_or(end, |before| before.saturating_sub(1).min(end));
    let about = sought.about.as_deref().unwrap_or_default().to_lowercase();
    let mut found = Vec::new();
    while until > 0 && found.len() < sought.limit {
        let after = until.saturating_sub(u64::from(AT_ONCE));
        let some = store.trail(after, AT_ONCE).await.map_err(failed)?;
        let some = some.into_iter().rev().filter(|one| one.number <= until);
        let entries = some.map(|one| Entry {
            number: one.number,
            at: one.account.at,
            cause: one.account.cause,
            subject: one.account.subject,
            outcome: one.account.outcome,
            detail: one.account.detail,
            messages: one.messages.len(),
        });
        found.extend(entries.filter(|entry| entry.says(&about)));
        until = after;
    }
    found.truncate(sought.limit);
    Ok(found)
}

impl Entry {
    /// Whether something stands in it, in small letters.
    fn says(&self, what: &str) -> bool {
        let Self { cause, subject, outcome, detail, .. } = self;
        [cause, subject, outcome, detail].iter().any(|text| text.to_lowercase().contains(what))
    }
}
