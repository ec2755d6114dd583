//! A merchant gives money back: a sale that waits is made smaller, or a credit is booked; and a
//! credit that waits is taken back.
//!
//! Whatever was done once under a trace is not done again under it, and is answered the same.

use openset_types::{CaptureAdvice, Money, RefundAdvice, RefundKind, UnixTime};

use super::batch::{BatchControl, Placing};
use super::{Acquirer, AcquirerRecord, Capture, CaptureState, TakenBack};
use crate::Decided;
use crate::clearing::Flow;
use crate::iso8583::ResponseCode;
use crate::ledger::{Account, Ledger, LedgerFault, Line, Occasion};

impl Acquirer {
    /// Gives money of a sale back, or takes a credit back. What is asked again under the same trace
    /// is answered again and changes nothing.
    pub fn refund(
        &mut self,
        advice: &RefundAdvice,
        now: UnixTime,
    ) -> Decided<ResponseCode, AcquirerRecord> {
        if !self.merchants.contains_key(&advice.merchant) {
            return Decided::unchanged(ResponseCode::InvalidMerchant);
        }
        if advice.amount.is_zero() {
            return Decided::unchanged(ResponseCode::InvalidAmount);
        }
        if let Some(is_same) = self.was_done(advice) {
            return Decided::unchanged(match is_same {
                true => ResponseCode::Approved,
                false => ResponseCode::DuplicateTransmission,
            });
        }
        let wanted = match advice.kind {
            RefundKind::CaptureReversal => self.smaller_sale(advice),
            RefundKind::Credit => self.new_credit(advice, now),
            RefundKind::CreditReversal => self.undone_credit(advice),
        };
        let counted = wanted.and_then(|capture| self.counted(advice, capture, now));
        match counted {
            Ok((capture, batches)) => self.write_refund(advice, capture, batches, now),
            Err(code) => Decided::unchanged(code),
        }
    }

    /// Whether something was done under this trace, and whether it was the same.
    fn was_done(&self, advice: &RefundAdvice) -> Option<bool> {
        let own = &advice.trace.retrieval;
        let mut credits = self.credits_of(&advice.authorization);
        if let Some(credit) = credits.find(|credit| credit.name() == own) {
            return Some(advice.kind == RefundKind::Credit && credit.advice == credited(advice));
        }
        let sale = self.captures.get(&advice.authorization);
        let mut all = sale.into_iter().chain(self.credits_of(&advice.authorization));
        let under_it = |part: &&TakenBack| part.trace.retrieval == *own;
        let (of, part) = all.find_map(|one| Some((one, one.taken_back.iter().find(under_it)?)))?;
        let kind = match of.flow {
            Flow::Sale => RefundKind::CaptureReversal,
            Flow::Credit => RefundKind::CreditReversal,
        };
        let is_same = advice.kind == kind
            && part.trace == advice.trace
            && part.amount == advice.amount
            && of.advice.merchant == advice.merchant;
        Some(is_same)
    }

    /// The merchant's own sale that this is about.
    fn sale_of(&self, advice: &RefundAdvice) -> Result<&Capture, ResponseCode> {
        self.captures
            .get(&advice.authorization)
            .filter(|capture| capture.advice.merchant == advice.merchant)
            .filter(|capture| capture.advice.approval_code == advice.approval_code)
            .filter(|capture| capture.advice.issuer == advice.issuer)
            .ok_or(ResponseCode::OriginalNotFound)
    }

    /// What of a sale has not been given back.
    fn left_of(&self, sale: &Capture) -> Result<Money, ResponseCode> {
        let credits = self.credits_of(&sale.advice.authorization);
        let less = |left: Money, credit: &Capture| left.minus(credit.amount());
        let left = credits.filter(|credit| credit.stands()).try_fold(sale.amount(), less);
        left.map_err(|_| ResponseCode::SystemMalfunction)
    }

    fn require_left(&self, sale: &Capture, amount: Money) -> Result<(), ResponseCode> {
        match amount.exceeds(self.left_of(sale)?) {
            Ok(false) => Ok(()),
            Ok(true) | Err(_) => Err(ResponseCode::InvalidAmount),
        }
    }

    fn smaller_sale(&self, advice: &RefundAdvice) -> Result<Capture, ResponseCode> {
        let sale = self.sale_of(advice)?;
        may_be_taken_back(sale)?;
        self.require_left(sale, advice.amount)?;
        Ok(taken_back(sale, advice))
    }

    fn new_credit(&self, advice: &RefundAdvice, now: UnixTime) -> Result<Capture, ResponseCode> {
        let sale = self.sale_of(advice)?;
        if !sale.stands() {
            return Err(ResponseCode::OriginalNotFound);
        }
        self.require_left(sale, advice.amount)?;
        let (state, flow) = (CaptureState::Awaiting, Flow::Credit);
        let advice = credited(advice);
        Ok(Capture { advice, at: now, state, flow, taken_back: Vec::new(), counted: None })
    }

    /// The last credit of this amount that waits. A credit is taken back whole.
    fn undone_credit(&self, advice: &RefundAdvice) -> Result<Capture, ResponseCode> {
        let sale = self.sale_of(advice)?;
        let mut credits: Vec<_> = self.credits_of(&sale.advice.authorization).collect();
        if credits.is_empty() {
            return Err(ResponseCode::OriginalNotFound);
        }
        credits.retain(|credit| credit.advice.amount == advice.amount);
        credits.sort_by_key(|credit| credit.at);
        let last = credits.last().ok_or(ResponseCode::InvalidAmount)?;
        let waits = credits.iter().rev().find(|credit| credit.state == CaptureState::Awaiting);
        let credit = waits.unwrap_or(last);
        may_be_taken_back(credit)?;
        Ok(taken_back(credit, advice))
    }

    /// Finds the place of what is new: where it says, or beside what it takes back. What takes
    /// something back out of a closed batch has to name another one.
    fn counted(
        &self,
        advice: &RefundAdvice,
        mut capture: Capture,
        now: UnixTime,
    ) -> Result<(Capture, Vec<AcquirerRecord>), ResponseCode> {
        let mut wish = advice.batch.clone();
        let is_named = wish.as_ref().is_some_and(|wish| wish.batch.is_some());
        if advice.kind != RefundKind::Credit && !is_named {
            let is_ours = self.control(&advice.merchant) == BatchControl::Acquirer;
            if !is_ours && self.is_counted_out(&capture) {
                return Err(ResponseCode::FileClosed);
            }
            if let (Some(wish), Some(counted), false) = (&mut wish, &capture.counted, is_ours) {
                wish.batch = Some(counted.place.batch);
            }
        }
        let currency = advice.amount.currency();
        let placing = self.place(&advice.merchant, wish.as_ref(), currency, now);
        let Placing { counted, records } = placing.map_err(ResponseCode::of_batch)?;
        match (advice.kind, capture.taken_back.last_mut()) {
            (RefundKind::Credit, _) | (_, None) => capture.counted = Some(counted),
            (_, Some(part)) => part.counted = Some(counted),
        }
        Ok((capture, records))
    }

    fn write_refund(
        &mut self,
        advice: &RefundAdvice,
        capture: Capture,
        batches: Vec<AcquirerRecord>,
        now: UnixTime,
    ) -> Decided<ResponseCode, AcquirerRecord> {
        let mut ledger = self.ledger.clone();
        let Ok(entry) = enter(&mut ledger, advice, &capture, now) else {
            return Decided::unchanged(ResponseCode::SystemMalfunction);
        };
        let mut records = batches;
        records.extend([AcquirerRecord::Capture(capture), AcquirerRecord::Entry(entry)]);
        self.adopt(ledger, &records);
        Decided::new(ResponseCode::Approved, records)
    }
}

/// What is in a file is no longer ours alone.
fn may_be_taken_back(capture: &Capture) -> Result<(), ResponseCode> {
    match capture.state {
        CaptureState::Awaiting => Ok(()),
        CaptureState::Presented(_) => Err(ResponseCode::FileClosed),
        CaptureState::Settled(_) | CaptureState::Credited(_) => Err(ResponseCode::UnableToBackOut),
        CaptureState::Disputed(_) => Err(ResponseCode::OriginalNotFound),
        CaptureState::TakenBack => Err(ResponseCode::DuplicateTransmission),
    }
}

fn taken_back(capture: &Capture, advice: &RefundAdvice) -> Capture {
    let mut capture = capture.clone();
    capture.taken_back.push(TakenBack {
        trace: advice.trace.clone(),
        amount: advice.amount,
        counted: None,
    });
    if capture.amount().is_zero() {
        capture.state = CaptureState::TakenBack;
    }
    capture
}

/// A credit as a sale would be advised.
fn credited(advice: &RefundAdvice) -> CaptureAdvice {
    CaptureAdvice {
        trace: advice.trace.clone(),
        authorization: advice.authorization.clone(),
        approval_code: advice.approval_code.clone(),
        issuer: advice.issuer.clone(),
        amount: advice.amount,
        merchant: advice.merchant.clone(),
        batch: advice.batch.clone(),
    }
}

/// A credit reversal writes what its sale wrote; the other two write it back.
fn enter(
    ledger: &mut Ledger,
    advice: &RefundAdvice,
    capture: &Capture,
    now: UnixTime,
) -> Result<crate::ledger::Entry, LedgerFault> {
    let clearing = Account::Clearing(advice.issuer.clone());
    let pending = Account::Pending(advice.merchant.clone());
    let (debit, credit) = match advice.kind {
        RefundKind::CaptureReversal | RefundKind::Credit => (pending, clearing),
        RefundKind::CreditReversal => (clearing, pending),
    };
    let lines = vec![Line::debit(debit, advice.amount), Line::credit(credit, advice.amount)];
    let name = capture.name().clone();
    let occasion = match advice.kind {
        RefundKind::Credit => Occasion::Refunded(name),
        RefundKind::CaptureReversal | RefundKind::CreditReversal => Occasion::TakenBack(name),
    };
    ledger.post(now, occasion, lines)
}
