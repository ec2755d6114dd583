//! What a merchant asks about its batches: to open, close or purge one, how it stands, what is in
//! it. A question that is asked again under the same trace is answered again and done once.

use std::collections::{BTreeMap, BTreeSet};

use openset_types::{
    BatchAnswer, BatchDeed, BatchLine, BatchLines, BatchProgress, BatchQuestion, BatchRefusal,
    BatchReport, BatchTotals, Brand, ClosedBy, InvalidMoney, LinesWanted, UnixTime,
};

use super::batch::{Batch, BatchControl, Item, OPEN_MAX, Tally, closed};
use super::{Acquirer, AcquirerRecord, Capture, CaptureState};
use crate::Decided;

/// The most items that are told at one time.
pub const LINES_MAX: u64 = 30;

type Said = Result<(BatchAnswer, Vec<AcquirerRecord>), BatchRefusal>;

impl Acquirer {
    /// Answers a question about a batch.
    pub fn ask_batch(
        &mut self,
        question: &BatchQuestion,
        now: UnixTime,
    ) -> Decided<BatchAnswer, AcquirerRecord> {
        match self.say(question, now) {
            Ok((answer, records)) => Decided::new(answer, records),
            Err(why) => Decided::unchanged(BatchAnswer::Refused(why)),
        }
    }

    fn say(&mut self, question: &BatchQuestion, now: UnixTime) -> Said {
        let records = match &question.deed {
            BatchDeed::Open(brands) => return self.open_batch(question, brands, now),
            BatchDeed::Look => Vec::new(),
            BatchDeed::Lines(wanted) => {
                let lines = self.lines(self.meant(question)?, wanted)?;
                return Ok((BatchAnswer::Lines(lines), Vec::new()));
            }
            BatchDeed::Close(sums) => self.close_batch(question, sums.as_ref(), now)?,
            BatchDeed::Purge => self.purge_batch(question, now)?,
        };
        let report = self.report_of(question, &records)?;
        self.take_in(&records);
        Ok((BatchAnswer::Stands(Box::new(report)), records))
    }

    fn open_batch(&mut self, question: &BatchQuestion, brands: &[Brand], now: UnixTime) -> Said {
        let merchant = &question.merchant;
        let asked = Some(&question.trace);
        let is_this = |tally: &&Tally| tally.batch.opened_by.as_ref() == asked;
        if let Some(tally) = self.tallies(merchant).find(is_this) {
            return Ok((BatchAnswer::Stands(Box::new(self.report(tally)?)), Vec::new()));
        }
        if self.control(merchant) == BatchControl::Acquirer {
            return Err(BatchRefusal::Unavailable);
        }
        if let Some(tally) = question.batch.and_then(|number| self.tally(merchant, number)) {
            let is_open = tally.batch.is_open();
            return Err(if is_open { BatchRefusal::Known } else { BatchRefusal::Closed });
        }
        if self.tallies(merchant).filter(|tally| tally.batch.is_open()).count() >= OPEN_MAX {
            return Err(BatchRefusal::Unavailable);
        }
        let mut batch = match question.batch {
            // The next number is found by the greatest one: that stays free.
            Some(number) if number.get() >= NUMBER_MAX => return Err(BatchRefusal::Unavailable),
            Some(number) => Batch::new(merchant, number, now),
            None => self.new_batch(merchant, now)?,
        };
        batch.brands = brands.to_vec();
        batch.opened_by = asked.cloned();
        let report = self.report(&Tally::new(batch.clone()))?;
        let records = vec![AcquirerRecord::Batch(batch)];
        self.take_in(&records);
        Ok((BatchAnswer::Stands(Box::new(report)), records))
    }

    fn close_batch(
        &self,
        question: &BatchQuestion,
        sums: Option<&(Brand, BatchTotals)>,
        now: UnixTime,
    ) -> Result<Vec<AcquirerRecord>, BatchRefusal> {
        let tally = self.meant(question)?;
        if let Some(closed) = &tally.batch.closed {
            let is_repeat = closed.asked.as_ref() == Some(&question.trace);
            return if is_repeat { Ok(Vec::new()) } else { Err(BatchRefusal::Closed) };
        }
        if self.control(&question.merchant) == BatchControl::Acquirer {
            return Err(BatchRefusal::Unavailable);
        }
        if let Some((brand, sums)) = sums {
            let totals = tally.totals(Some(brand)).map_err(unsummed)?;
            let is_empty = sums.items() == 0 && totals.items() == 0;
            if *sums != totals && !is_empty {
                return Err(BatchRefusal::OutOfBalance);
            }
        }
        Ok(vec![closed(&tally.batch, ClosedBy::Merchant, Some(&question.trace), now)])
    }

    /// Only a batch without items can be forgotten: what is in others is money. Its number is not
    /// given again.
    fn purge_batch(
        &self,
        question: &BatchQuestion,
        now: UnixTime,
    ) -> Result<Vec<AcquirerRecord>, BatchRefusal> {
        if !self.meant(question)?.items.is_empty() {
            return Err(BatchRefusal::Unavailable);
        }
        self.close_batch(question, None, now)
    }

    /// The batch that is named; or the newest of those that take items, or else of all.
    fn meant(&self, question: &BatchQuestion) -> Result<&Tally, BatchRefusal> {
        let merchant = &question.merchant;
        let found = match question.batch {
            Some(number) => self.tally(merchant, number),
            None => {
                let open = self.tallies(merchant).filter(|tally| tally.batch.is_open()).last();
                open.or_else(|| self.tallies(merchant).last())
            }
        };
        found.ok_or(BatchRefusal::Unknown)
    }

    /// How the batch stands once these records are taken in.
    fn report_of(
        &self,
        question: &BatchQuestion,
        records: &[AcquirerRecord],
    ) -> Result<BatchReport, BatchRefusal> {
        let mut tally = self.meant(question)?.clone();
        for record in records {
            if let AcquirerRecord::Batch(batch) = record {
                tally.batch = batch.clone();
            }
        }
        self.report(&tally)
    }

    fn report(&self, tally: &Tally) -> Result<BatchReport, BatchRefusal> {
        let named = tally.items.values().filter_map(|item| item.brand.as_ref());
        let named: BTreeSet<_> = named.chain(&tally.batch.brands).collect();
        let mut brands = BTreeMap::new();
        for brand in named {
            brands.insert(brand.clone(), tally.totals(Some(brand)).map_err(unsummed)?);
        }
        Ok(BatchReport {
            batch: tally.batch.number,
            opened_at: tally.batch.opened_at,
            closed: tally.batch.closed.as_ref().map(|closed| (closed.by, closed.at)),
            progress: self.progress(tally),
            totals: tally.totals(None).map_err(unsummed)?,
            brands,
        })
    }

    fn lines(&self, tally: &Tally, wanted: &LinesWanted) -> Result<BatchLines, BatchRefusal> {
        if wanted.from > 0 && !tally.items.contains_key(&wanted.from) {
            return Err(BatchRefusal::OutOfBalance);
        }
        let mut found = tally.items.range(wanted.from..).filter(|(_, item)| {
            let of_brand = wanted.brand.is_none() || item.brand == wanted.brand;
            of_brand && (!wanted.only_failed || self.is_failed(item))
        });
        let at_most = usize::try_from(wanted.at_most.clamp(1, LINES_MAX)).unwrap_or(1);
        let lines = found.by_ref().take(at_most).map(|(position, item)| BatchLine {
            position: *position,
            own: item.own.clone(),
            brand: item.brand.clone(),
            side: item.side,
            amount: item.amount,
            is_failed: self.is_failed(item),
        });
        let lines = lines.collect();
        Ok(BatchLines { lines, next: found.next().map_or(0, |(position, _)| *position) })
    }

    fn capture_of(&self, item: &Item) -> Option<&Capture> {
        match &item.of {
            (sale, None) => self.captures.get(sale),
            (sale, Some(credit)) => self.refunds.get(sale)?.get(credit),
        }
    }

    fn is_failed(&self, item: &Item) -> bool {
        let capture = self.capture_of(item);
        capture.is_some_and(|one| matches!(one.state, CaptureState::Disputed(_)))
    }

    fn progress(&self, tally: &Tally) -> BatchProgress {
        let states = tally.items.values().filter_map(|item| self.capture_of(item));
        let (mut waiting, mut away, mut done, mut failed) = (false, false, false, false);
        for capture in states {
            match capture.state {
                CaptureState::Awaiting => waiting = true,
                CaptureState::Presented(_) => away = true,
                CaptureState::Disputed(_) => failed = true,
                CaptureState::Settled(_) | CaptureState::Credited(_) | CaptureState::TakenBack => {
                    done = true;
                }
            }
        }
        match (waiting, away, done, failed) {
            (_, true, _, _) | (true, _, true, _) | (true, _, _, true) => BatchProgress::InProgress,
            (true, ..) | (false, false, false, false) => BatchProgress::Pending,
            (_, _, false, true) => BatchProgress::Rejected,
            (_, _, true, true) => BatchProgress::DoneWithErrors,
            (_, _, true, _) => BatchProgress::Done,
        }
    }
}

/// One more than the greatest number that a merchant may choose.
const NUMBER_MAX: u64 = 999_999_999;

/// What cannot be summed up is no batch that anybody can agree on.
fn unsummed(_: InvalidMoney) -> BatchRefusal {
    BatchRefusal::OutOfBalance
}
