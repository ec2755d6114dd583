//! ISO 8583 at the issuer: from message to message.

use openset_types::UnixTime;

use super::{Decision, Issuer, IssuerRecord};
use crate::Decided;
use crate::iso8583::words::{
    Unfit, answer_reconciliation, is_verification, read_authorization, read_institution,
    read_network, read_reconciliation, read_reversal, read_verification, respond,
};
use crate::iso8583::{Message, Mti, ResponseCode};

impl Issuer {
    /// Answers a message. No answer if the message is itself an answer, or if the issuer's
    /// answers about this card get lost.
    pub fn answer(
        &mut self,
        message: &Message,
        now: UnixTime,
        draw: u32,
    ) -> Decided<Option<Message>, IssuerRecord> {
        let said = match message.mti() {
            Mti::AUTHORIZATION_REQUEST if is_verification(message) => {
                self.answer_verification(message, now)
            }
            Mti::AUTHORIZATION_REQUEST => self.answer_authorization(message, now, draw),
            Mti::REVERSAL_REQUEST | Mti::REVERSAL_ADVICE | Mti::REVERSAL_ADVICE_REPEAT => {
                self.answer_reversal(message, now)
            }
            Mti::RECONCILIATION_REQUEST => self.answer_reconciliation(message, now),
            Mti::NETWORK_REQUEST => read_network(message)
                .map(|_| Decided::unchanged(respond(message, ResponseCode::Approved))),
            _ => Ok(Decided::unchanged(respond(message, ResponseCode::InvalidTransaction))),
        };
        said.unwrap_or_else(|_| Decided::unchanged(respond(message, ResponseCode::FormatError)))
    }

    fn answer_authorization(
        &mut self,
        message: &Message,
        now: UnixTime,
        draw: u32,
    ) -> Result<Decided<Option<Message>, IssuerRecord>, Unfit> {
        let request = read_authorization(message, now)?;
        let decided = self.authorize(&request, now, draw);
        let answer = decided.answer.and_then(|decision| say(message, &decision));
        Ok(Decided::new(answer, decided.records))
    }

    fn answer_verification(
        &self,
        message: &Message,
        now: UnixTime,
    ) -> Result<Decided<Option<Message>, IssuerRecord>, Unfit> {
        let question = read_verification(message, now)?;
        Ok(Decided::unchanged(respond(message, self.verify(&question, now))))
    }

    /// The issuer's own sums of the day are the answer, whatever the acquirer says.
    fn answer_reconciliation(
        &self,
        message: &Message,
        now: UnixTime,
    ) -> Result<Decided<Option<Message>, IssuerRecord>, Unfit> {
        let (acquirer, said) = read_reconciliation(message, now)?;
        if read_institution(message, 100)? != self.institution {
            return Err(Unfit::Meaningless(100));
        }
        let own = self.day_totals(&acquirer, said.currency(), said.day);
        Ok(Decided::unchanged(match own {
            Ok(own) => Some(answer_reconciliation(message, &said, &own)),
            Err(_) => respond(message, ResponseCode::SystemMalfunction),
        }))
    }

    fn answer_reversal(
        &mut self,
        message: &Message,
        now: UnixTime,
    ) -> Result<Decided<Option<Message>, IssuerRecord>, Unfit> {
        let advice = read_reversal(message, now)?;
        let decided = self.reverse(&advice, now);
        Ok(Decided::new(respond(message, decided.answer), decided.records))
    }
}

fn say(message: &Message, decision: &Decision) -> Option<Message> {
    let response = respond(message, decision.code)?;
    Some(match &decision.approval_code {
        Some(approval_code) => response.with(38, approval_code.as_str()),
        None => response,
    })
}
