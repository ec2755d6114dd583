//! By what a commit is recognized that was not answered: each transaction writes its number into a
//! row that no other transaction writes at the time.
//!
//! Whoever asks waits for that row, so the answer is final: while the transaction is open, or waits
//! for its standby, nobody else is given the row.

use std::sync::{Mutex, MutexGuard, PoisonError};

use deadpool_postgres::Object;

use super::{
    fault::{Failed, unreadable},
    read::rows,
    statements,
};

/// The rows of a node that no transaction writes at the time.
#[derive(Default)]
pub(super) struct Marks(Mutex<Vec<Mark>>);

/// A row, and the number of the transaction that writes it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Mark {
    node: i64,
    pub(super) slot: i64,
    pub(super) stroke: i64,
}

impl Marks {
    /// A row for a transaction, and its number. The row is made if none is free.
    pub(super) async fn take(&self, client: &Object, node: i64) -> Result<Mark, Failed> {
        let free = {
            let mut free = self.lock();
            // Rows of an earlier life are taken away with it.
            free.retain(|mark| mark.node == node);
            free.pop()
        };
        if let Some(mark) = free {
            return Ok(mark);
        }
        let made = rows(client, statements::SLOT, &[&node]).await?;
        let made = made.first().ok_or_else(|| unreadable(NoSlot))?;
        Ok(Mark { node, slot: made.try_get(0)?, stroke: 1 })
    }

    /// Gives a row back whose transaction has ended. One whose end is not known is not given back.
    pub(super) fn give_back(&self, mark: Mark) {
        self.lock().push(Mark { stroke: mark.stroke.saturating_add(1), ..mark });
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Mark>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Mark {
    /// Whether this transaction is stored.
    pub(super) async fn is_stored(&self, client: &Object) -> Result<bool, Failed> {
        let found = rows(client, statements::MARKED, &[&self.slot]).await?;
        let stroke: Option<i64> = found.first().map(|row| row.try_get(0)).transpose()?;
        Ok(stroke == Some(self.stroke))
    }
}

/// The server made a row and did not say which.
#[derive(Debug)]
struct NoSlot;

impl std::fmt::Display for NoSlot {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a row was made without a name")
    }
}

impl std::error::Error for NoSlot {}
