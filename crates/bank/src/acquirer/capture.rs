//! 0220 and 0221 at the acquirer: a merchant wants the money of a sale. What it gives back of one
//! is decided in [`refund`](super::refund).

use openset_types::{CaptureAdvice, UnixTime};

use super::{Acquirer, AcquirerRecord, Capture, CaptureState};
use crate::Decided;
use crate::clearing::Flow;
use crate::iso8583::words::{is_refund, read_capture, read_network, read_refund, respond};
use crate::iso8583::{Message, Mti, ResponseCode};
use crate::ledger::{Account, LedgerFault, Line, Occasion};

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
                Decided::new(respond(message, decided.answer), decided.records)
            }),
            Mti::FINANCIAL_ADVICE | Mti::FINANCIAL_ADVICE_REPEAT => {
                read_capture(message, now).map(|advice| {
                    let decided = self.take_capture(&advice, now);
                    Decided::new(respond(message, decided.answer), decided.records)
                })
            }
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
                Err(_) => Decided::unchanged(ResponseCode::SystemMalfunction),
            },
        }
    }

    fn write_capture(
        &mut self,
        advice: &CaptureAdvice,
        now: UnixTime,
    ) -> Result<Vec<AcquirerRecord>, LedgerFault> {
        let lines = vec![
            Line::debit(Account::Clearing(advice.issuer.clone()), advice.amount),
            Line::credit(Account::Pending(advice.merchant.clone()), advice.amount),
        ];
        let occasion = Occasion::Captured(advice.authorization.clone());
        let entry = self.ledger.post(now, occasion, lines)?;
        let capture = AcquirerRecord::Capture(Capture {
            advice: advice.clone(),
            at: now,
            state: CaptureState::Awaiting,
            flow: Flow::Sale,
            taken_back: Vec::new(),
        });
        self.enter(capture.clone());
        Ok(vec![capture, AcquirerRecord::Entry(entry)])
    }
}
