//! Batches: in which one each item of a merchant is counted, and what they come to.
//!
//! ```text
//!   open ──▶ closed ──▶ its sales and credits are presented
//! ```
//!
//! A batch takes items while it is open; only what is counted in a closed one is presented. Who
//! opens and closes is agreed with each merchant ([`BatchControl`]). The sums are never kept: they
//! are those of the items, and the items are kept with the sales and credits they belong to.

use std::collections::BTreeMap;

use openset_types::{
    BatchNumber, BatchPlace, BatchRefusal, BatchTotals, BatchWish, Brand, ClosedBy, Currency,
    InvalidMoney, MerchantId, Money, RetrievalReference, Side, Trace, UnixTime,
};
use serde::{Deserialize, Serialize};

use super::{Acquirer, AcquirerRecord, Capture};
use crate::clearing::Flow;

/// The most items of one batch.
pub const BATCH_ITEMS_MAX: usize = 10_000;
/// The greatest place in a batch that a merchant may name.
pub const POSITION_MAX: u64 = 999_999;
/// The most batches that one merchant has open.
pub const OPEN_MAX: usize = 32;
/// After how many seconds the bank closes a batch that its merchant left open.
pub const OPEN_S_MAX: i64 = 7 * 86_400;

/// Who opens and closes the batches of a merchant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BatchControl {
    /// The bank: there is always one to count in, and clearing closes it.
    #[default]
    Acquirer,
    /// The merchant: nothing is counted, and so nothing taken, that fits no batch it has opened.
    Merchant,
}

/// One batch, without its items.
// Stored. Change only with a migration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Batch {
    /// Whose.
    pub merchant: MerchantId,
    /// Its number.
    pub number: BatchNumber,
    /// What its items are in; none until the first one came.
    pub currency: Option<Currency>,
    /// The brands it is for; any if there are none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub brands: Vec<Brand>,
    /// When it was opened.
    pub opened_at: UnixTime,
    /// The question that opened it, if a merchant did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opened_by: Option<Trace>,
    /// How it was closed; none while it takes items.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed: Option<Closed>,
}

/// How a batch was closed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Closed {
    /// By whom.
    pub by: ClosedBy,
    /// When.
    pub at: UnixTime,
    /// The question that closed it, if a merchant did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked: Option<Trace>,
}

/// Where an item is counted, kept with what it is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counted {
    /// The batch and the place in it.
    pub place: BatchPlace,
    /// The brand of the card, if it was said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub brand: Option<Brand>,
}

/// One item of a batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Item {
    /// The sale or credit it belongs to.
    pub(super) of: (RetrievalReference, Option<RetrievalReference>),
    /// Its own reference.
    pub(super) own: RetrievalReference,
    pub(super) brand: Option<Brand>,
    pub(super) side: Side,
    pub(super) amount: Money,
}

/// A batch and what is counted in it.
#[derive(Debug, Clone)]
pub(super) struct Tally {
    pub(super) batch: Batch,
    pub(super) items: BTreeMap<u64, Item>,
}

impl Batch {
    /// One that takes any item.
    pub(super) fn new(merchant: &MerchantId, number: BatchNumber, now: UnixTime) -> Self {
        Self {
            merchant: merchant.clone(),
            number,
            currency: None,
            brands: Vec::new(),
            opened_at: now,
            opened_by: None,
            closed: None,
        }
    }

    /// Whether it takes items.
    pub fn is_open(&self) -> bool {
        self.closed.is_none()
    }

    /// Whether an item in a currency, of a card of a brand, may be counted in it.
    fn fits(&self, currency: Currency, brand: Option<&Brand>) -> bool {
        let of_currency = self.currency.is_none_or(|own| own == currency);
        let of_brand = self.brands.is_empty() || brand.is_some_and(|one| self.brands.contains(one));
        of_currency && of_brand
    }
}

impl Tally {
    pub(super) fn new(batch: Batch) -> Self {
        Self { batch, items: BTreeMap::new() }
    }

    /// The sums of its items; of one brand if one is named.
    pub(super) fn totals(&self, brand: Option<&Brand>) -> Result<BatchTotals, InvalidMoney> {
        let nothing = BatchTotals::nothing(self.batch.currency.unwrap_or(Currency::EUR));
        let items = self.items.values();
        let items = items.filter(|item| brand.is_none() || item.brand.as_ref() == brand);
        items
            .map(|item| (item.side, item.amount))
            .try_fold(nothing, |sum, (side, amount)| sum.with(side, amount))
    }

    /// The place after the last one.
    fn next(&self) -> u64 {
        self.items.last_key_value().map_or(1, |(last, _)| last.saturating_add(1))
    }

    fn is_full(&self) -> bool {
        self.items.len() >= BATCH_ITEMS_MAX || self.next() > POSITION_MAX
    }
}

/// Where an item is to be counted, and the batches that are opened or closed for it.
#[derive(Debug)]
pub(super) struct Placing {
    pub(super) counted: Counted,
    pub(super) records: Vec<AcquirerRecord>,
}

impl Acquirer {
    /// The batches of all merchants.
    pub fn batches(&self) -> impl Iterator<Item = &Batch> {
        self.batches.values().flat_map(BTreeMap::values).map(|tally| &tally.batch)
    }

    pub(super) fn tally(&self, merchant: &MerchantId, number: BatchNumber) -> Option<&Tally> {
        self.batches.get(merchant)?.get(&number)
    }

    pub(super) fn tallies(&self, merchant: &MerchantId) -> impl Iterator<Item = &Tally> {
        self.batches.get(merchant).into_iter().flat_map(BTreeMap::values)
    }

    /// Who opens and closes the batches of a merchant.
    pub(super) fn control(&self, merchant: &MerchantId) -> BatchControl {
        self.merchants.get(merchant).map(|terms| terms.batches).unwrap_or_default()
    }

    /// Finds the place of an item: in the batch it names, or in the one that takes items now.
    pub(super) fn place(
        &self,
        merchant: &MerchantId,
        wish: Option<&BatchWish>,
        currency: Currency,
        now: UnixTime,
    ) -> Result<Placing, BatchRefusal> {
        let brand = wish.map(|wish| &wish.brand);
        let position = wish.and_then(|wish| wish.position);
        let open = |tally: &&Tally| tally.batch.is_open() && tally.batch.fits(currency, brand);
        let (mut batch, next, mut records) = match wish.and_then(|wish| wish.batch) {
            Some(number) => {
                let tally = self.tally(merchant, number).ok_or(BatchRefusal::Unknown)?;
                if !tally.batch.is_open() || tally.is_full() {
                    return Err(BatchRefusal::Closed);
                }
                if !tally.batch.fits(currency, brand) {
                    return Err(BatchRefusal::Unknown);
                }
                (tally.batch.clone(), free(tally, position)?, Vec::new())
            }
            None => match self.tallies(merchant).filter(open).last() {
                Some(tally) if !tally.is_full() => {
                    (tally.batch.clone(), free(tally, position)?, Vec::new())
                }
                _ if self.control(merchant) == BatchControl::Merchant => {
                    return Err(BatchRefusal::Unknown);
                }
                full => {
                    let full =
                        full.map(|tally| closed(&tally.batch, ClosedBy::Acquirer, None, now));
                    let batch = self.new_batch(merchant, now)?;
                    (batch, position.unwrap_or(1), full.into_iter().collect())
                }
            },
        };
        let is_new = self.tally(merchant, batch.number).is_none();
        if is_new || batch.currency.is_none() {
            batch.currency = Some(currency);
            records.push(AcquirerRecord::Batch(batch.clone()));
        }
        let place = BatchPlace { batch: batch.number, position: next };
        Ok(Placing { counted: Counted { place, brand: brand.cloned() }, records })
    }

    /// A batch under the next number.
    pub(super) fn new_batch(
        &self,
        merchant: &MerchantId,
        now: UnixTime,
    ) -> Result<Batch, BatchRefusal> {
        let last = self.tallies(merchant).last().map_or(0, |tally| tally.batch.number.get());
        let number = BatchNumber::new(last.saturating_add(1));
        let number = number.map_err(|_| BatchRefusal::Unavailable)?;
        Ok(Batch::new(merchant, number, now))
    }

    /// The batches that clearing closes: those of the bank, and those left open too long.
    pub(super) fn closing(&self, now: UnixTime) -> Vec<AcquirerRecord> {
        let all = self.batches.values().flat_map(BTreeMap::values);
        let due = all.filter(|tally| {
            let batch = &tally.batch;
            let is_old = now.seconds_since(batch.opened_at) > OPEN_S_MAX;
            let is_ours = self.control(&batch.merchant) == BatchControl::Acquirer;
            batch.is_open() && !tally.items.is_empty() && (is_ours || is_old)
        });
        due.map(|tally| closed(&tally.batch, ClosedBy::Acquirer, None, now)).collect()
    }

    /// Whether the batch that a sale or credit was counted in takes nothing more. What was taken
    /// before batches were counted is in none.
    pub(super) fn is_counted_out(&self, capture: &Capture) -> bool {
        let Some(counted) = &capture.counted else { return true };
        let tally = self.tally(&capture.advice.merchant, counted.place.batch);
        tally.is_none_or(|tally| !tally.batch.is_open())
    }

    /// Counts what a record says, each item at its place; what is there already stays.
    pub(super) fn count(&mut self, capture: &Capture) {
        let advice = &capture.advice;
        let (whole, less) = match capture.flow {
            Flow::Sale => (Side::Debit, Side::Credit),
            Flow::Credit => (Side::Credit, Side::Debit),
        };
        let credit = (capture.flow == Flow::Credit).then(|| capture.name().clone());
        let of = (advice.authorization.clone(), credit);
        let own = (&advice.trace.retrieval, whole, advice.amount, &capture.counted);
        let parts = capture.taken_back.iter();
        let parts = parts.map(|part| (&part.trace.retrieval, less, part.amount, &part.counted));
        let Some(tallies) = self.batches.get_mut(&advice.merchant) else { return };
        for (own, side, amount, counted) in [own].into_iter().chain(parts) {
            let Some(counted) = counted else { continue };
            let Some(tally) = tallies.get_mut(&counted.place.batch) else { continue };
            let (brand, own, of) = (counted.brand.clone(), own.clone(), of.clone());
            let item = Item { of, own, brand, side, amount };
            tally.items.entry(counted.place.position).or_insert(item);
        }
    }
}

/// The record of a batch that takes nothing more.
pub(super) fn closed(
    batch: &Batch,
    by: ClosedBy,
    asked: Option<&Trace>,
    at: UnixTime,
) -> AcquirerRecord {
    let closed = Some(Closed { by, at, asked: asked.cloned() });
    AcquirerRecord::Batch(Batch { closed, ..batch.clone() })
}

/// The place that is asked for, if nothing is there, or the next one.
fn free(tally: &Tally, position: Option<u64>) -> Result<u64, BatchRefusal> {
    match position {
        None => Ok(tally.next()),
        Some(place) if !(1..=POSITION_MAX).contains(&place) => Err(BatchRefusal::PlaceTaken),
        Some(place) if tally.items.contains_key(&place) => Err(BatchRefusal::PlaceTaken),
        Some(place) => Ok(place),
    }
}
