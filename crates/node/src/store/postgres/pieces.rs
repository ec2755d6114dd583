//! The pieces of the PostgreSQL engine: certificates that are stored once (`store/cut.rs`).
//!
//! A piece is added before the transaction that needs it, and by itself: it never changes, nobody
//! takes it away, and one that nobody needs after all does no harm. So nodes that have the same
//! certificate at the same time do not wait for each other's commits.

use std::{
    ops::Range,
    sync::{Mutex, MutexGuard, PoisonError},
};

use deadpool_postgres::Object;

use super::{
    fault::{Failed, unreadable},
    read::rows,
    statements,
};
use crate::store::{
    Change,
    cut::{Cut, Form, Known, Memory, digest},
};

/// The pieces remembered.
#[derive(Default)]
pub(super) struct Pieces(Mutex<Memory>);

/// What is stored of a change.
pub(super) struct Cuts<'a> {
    /// Of its states, in the order of its puts.
    pub(super) states: Vec<Cut<'a>>,
    /// Of its messages, in their order.
    pub(super) messages: Vec<Cut<'a>>,
}

/// Octets, and where in them certificates stand.
type Found<'a> = (&'a [u8], Vec<Range<usize>>);

impl Pieces {
    /// Cuts out what is stored as pieces.
    pub(super) async fn cut<'a>(
        &self,
        client: &Object,
        change: &'a Change,
    ) -> Result<Cuts<'a>, Failed> {
        let find = |octets: &'a [u8], form: Form| (octets, form.certificates(octets));
        let states: Vec<Found<'a>> =
            change.puts.iter().map(|put| find(&put.state, Form::State)).collect();
        let messages: Vec<Found<'a>> =
            change.journal.iter().map(|entry| find(&entry.octets, Form::Message)).collect();
        let all = || states.iter().chain(&messages).flat_map(certificates);
        let new = self.learn(client, all()).await?;
        self.add(client, all().filter(|certificate| !new.contains(certificate))).await?;
        let cut = |found: Vec<Found<'a>>| {
            found.into_iter().map(|found| self.cut_one(found, &new)).collect::<Result<_, _>>()
        };
        Ok(Cuts { states: cut(states)?, messages: cut(messages)? })
    }

    /// Learns which of the certificates that are not remembered are pieces. Gives the others, which
    /// stay where they are this time.
    async fn learn<'a>(
        &self,
        client: &Object,
        certificates: impl Iterator<Item = &'a [u8]>,
    ) -> Result<Vec<&'a [u8]>, Failed> {
        let mut unknown: Vec<&[u8]> = {
            let memory = self.lock();
            certificates.filter(|octets| memory.of(octets) == Known::Unknown).collect()
        };
        unknown.sort_unstable();
        unknown.dedup();
        if unknown.is_empty() {
            return Ok(unknown);
        }
        let digests: Vec<Vec<u8>> = unknown.iter().map(|octets| digest(octets).to_vec()).collect();
        let found = rows(client, statements::PIECES_LIKE, &[&digests]).await?;
        let mut memory = self.lock();
        for row in &found {
            memory.keep(row.try_get(1)?, Some(row.try_get(0)?));
        }
        unknown.retain(|octets| memory.of(octets) == Known::Unknown);
        for octets in &unknown {
            memory.keep(octets, None);
        }
        Ok(unknown)
    }

    /// Adds those that came before and are no pieces yet.
    async fn add<'a>(
        &self,
        client: &Object,
        certificates: impl Iterator<Item = &'a [u8]>,
    ) -> Result<(), Failed> {
        let mut again: Vec<&[u8]> = {
            let memory = self.lock();
            certificates.filter(|octets| memory.of(octets) == Known::Once).collect()
        };
        again.sort_unstable();
        again.dedup();
        for octets in again {
            let digest = digest(octets).to_vec();
            rows(client, statements::ADD_PIECE, &[&digest, &octets]).await?;
            for row in rows(client, statements::PIECES_LIKE, &[&vec![digest]]).await? {
                self.lock().keep(row.try_get(1)?, Some(row.try_get(0)?));
            }
        }
        Ok(())
    }

    fn cut_one<'a>(&self, (octets, ranges): Found<'a>, new: &[&[u8]]) -> Result<Cut<'a>, Failed> {
        let memory = self.lock();
        let piece = |range: Range<usize>| {
            let certificate = octets.get(range.clone()).unwrap_or_default();
            match memory.of(certificate) {
                Known::Piece(id) if !new.contains(&certificate) => Some((range, id)),
                _ => None,
            }
        };
        Cut::of(octets, ranges.into_iter().filter_map(piece)).map_err(unreadable)
    }

    fn lock(&self) -> MutexGuard<'_, Memory> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn certificates<'a>((octets, ranges): &Found<'a>) -> Vec<&'a [u8]> {
    ranges.iter().map(|range| octets.get(range.clone()).unwrap_or_default()).collect()
}
