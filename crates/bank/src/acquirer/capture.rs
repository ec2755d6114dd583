//! 0220 and 0221 at the acquirer: a merchant wants the money of a sale. What it gives back of one
//! is decided in [`refund`](super::refund).

use openset_types::{BatchPlace, CaptureAdvice, RefundAdvice, UnixTime};

use super::batch::Placing;
use super::{Acquirer, AcquirerRecord, Capture, CaptureState};
use crate::Decided;
use crate::clearing::Flow;
use crate::iso8583::words::{
    batch_answer, is_refund, read_batch, read_capture, read_network, read_refund, respond,
    with_place,
};
use crate::iso8583::{Message, Mti, ResponseCode};
use crate::ledger::{Account, Line, Occasion};

impl Acquirer {
    /// Answers a message. No answer if the message is itself an answer.
    pub fn answer(
        &mut self,
        message: &Message,
        now: UnixTime,
    ) -> Decided<Option<Message>, AcquirerRecord> {
        let said = match message.mti() {
            _ if is_refund(message) => read_refund(message, now).map(|advice| {
                let decided = self.refund(&advice, now);
                let place = self.place_of_refund(&advice);
                let answer = respond(message, decided.answer);
                Decided::new(answer.map(|answer| with_place(answer, place)), decided.records)
            }),
            Mti::FINANCIAL_ADVICE | Mti::FINANCIAL_ADVICE_REPEAT => {
                read_capture(message, now).map(|advice| {
                    let decided = self.take_capture(&advice, now);
                    let place = self.place_of_sale(&advice);
                    let answer = respond(message, decided.answer);
                    Decided::new(answer.map(|answer| with_place(answer, place)), decided.records)
                })
            }
            Mti::RECONCILIATION_REQUEST => read_batch(message, now).map(|question| {
                let decided = self.ask_batch(&question, now);
                let answer = batch_answer(message, &decided.answer);
                Decided::new(answer, decided.records)
            }),
            Mti::NETWORK_REQUEST => read_network(message)
                .map(|_| Decided::unchanged(respond(message, ResponseCode::Approved))),
            _ => Ok(Decided::unchanged(respond(message, ResponseCode::InvalidTransaction))),
        };
        said.unwrap_or_else(|_| Decided::unchanged(respond(message, ResponseCode::FormatError)))
    }

    /// Takes note of a captured sale. Saying it again changes nothing; saying something else of
    /// the same authorization is refused.
    pub fn take_capture(
        &mut self,
        advice: &CaptureAdvice,
        now: UnixTime,
    ) -> Decided<ResponseCode, AcquirerRecord> {
        if !self.merchants.contains_key(&advice.merchant) {
            return Decided::unchanged(ResponseCode::InvalidMerchant);
        }
        if advice.amount.is_zero() {
            return Decided::unchanged(ResponseCode::InvalidAmount);
        }
        match self.captures.get(&advice.authorization) {
            Some(before) if &before.advice == advice => Decided::unchanged(ResponseCode::Approved),
            Some(_) => Decided::unchanged(ResponseCode::DuplicateTransmission),
            None => match self.write_capture(advice, now) {
                Ok(records) => Decided::new(ResponseCode::Approved, records),
                Err(code) => Decided::unchanged(code),
            },
        }
    }

    fn write_capture(
        &mut self,
        advice: &CaptureAdvice,
        now: UnixTime,
    ) -> Result<Vec<AcquirerRecord>, ResponseCode> {
        let currency = advice.amount.currency();
        let placing = self.place(&advice.merchant, advice.batch.as_ref(), currency, now);
        let Placing { counted, mut records } = placing.map_err(ResponseCode::of_batch)?;
        let lines = vec![
            Line::debit(Account::Clearing(advice.issuer.clone()), advice.amount),
            Line::credit(Account::Pending(advice.merchant.clone()), advice.amount),
        ];
        let occasion = Occasion::Captured(advice.authorization.clone());
        let entry = self.ledger.post(now, occasion, lines);
        let entry = entry.map_err(|_| ResponseCode::SystemMalfunction)?;
        records.push(AcquirerRecord::Capture(Capture {
            advice: advice.clone(),
            at: now,
            state: CaptureState::Awaiting,
            flow: Flow::Sale,
            taken_back: Vec::new(),
            counted: Some(counted),
        }));
        records.push(AcquirerRecord::Entry(entry));
        self.take_in(&records);
        Ok(records)
    }

    /// Where a sale is counted.
    fn place_of_sale(&self, advice: &CaptureAdvice) -> Option<BatchPlace> {
        let sale = self.captures.get(&advice.authorization)?;
        (sale.advice == *advice).then(|| Some(sale.counted.as_ref()?.place))?
    }

    /// Where is counted what was given back, or taken back, under a trace.
    fn place_of_refund(&self, advice: &RefundAdvice) -> Option<BatchPlace> {
        let own = &advice.trace.retrieval;
        let sale = self.captures.get(&advice.authorization).into_iter();
        let parts = sale.chain(self.credits_of(&advice.authorization));
        let mut parts = parts.flat_map(|one| &one.taken_back);
        let part = parts.find(|part| part.trace.retrieval == *own);
        let mut credits = self.credits_of(&advice.authorization);
        let credit = credits.find(|credit| credit.name() == own);
        let counted = part.map_or_else(|| credit?.counted.as_ref(), |part| part.counted.as_ref());
        Some(counted?.place)
    }
}
