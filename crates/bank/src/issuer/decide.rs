//! What the issuer says of a card: may it be charged, is it good, is it no longer to be charged.

use openset_types::{ApprovalCode, AuthorizationRequest, Money, ReversalAdvice, UnixTime};

use super::{Answered, HOLD_S, Issuer, IssuerRecord, Reversed, Standing, key};
use crate::Decided;
use crate::iso8583::ResponseCode;
use crate::iso8583::words::AccountVerification;
use crate::ledger::{CardId, Hold, HoldFault, HoldState};

/// What an issuer says to a 0100.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// Yes, or which no.
    pub code: ResponseCode,
    /// The word for it, if it is a yes.
    pub approval_code: Option<ApprovalCode>,
}

impl Issuer {
    /// Decides whether a card may be charged; the same question gets the same answer and is
    /// decided once, but a yes is not said again when nothing is held for it any more. `None` if
    /// the answer gets lost on its way. The draw makes the approval code.
    pub fn authorize(
        &mut self,
        request: &AuthorizationRequest,
        now: UnixTime,
        draw: u32,
    ) -> Decided<Option<Decision>, IssuerRecord> {
        let card = self.account_of(&request.pan).map(|account| account.terms.id);
        if let Some(before) = self.answered.get(&key(&request.trace)) {
            let again = self.say_again(before, card, request);
            return Decided::unchanged(self.unless_silent(card, again));
        }
        let (decision, hold) = match self.judge(request, now) {
            Ok(card) => approve(card, request, now, draw),
            Err(code) => (Decision { code, approval_code: None }, None),
        };
        let records = self.remember(card, request, &decision, hold, now);
        Decided::new(self.unless_silent(card, decision), records)
    }

    /// Says whether such a card was given out and is not blocked. Whether it may be charged is
    /// asked at every purchase.
    pub fn verify(&self, question: &AccountVerification, now: UnixTime) -> ResponseCode {
        let Some(account) = self.account_of(&question.pan) else {
            return ResponseCode::InvalidCard;
        };
        match account.check_card(&question.expiry, now) {
            Ok(()) => ResponseCode::NoReasonToDecline,
            Err(code) => code,
        }
    }

    /// Undoes an authorization, or lowers it to what is to stay. Saying it again changes nothing;
    /// saying it of a request that never came is acknowledged, and the request will be refused.
    pub fn reverse(
        &mut self,
        advice: &ReversalAdvice,
        now: UnixTime,
    ) -> Decided<ResponseCode, IssuerRecord> {
        let Some(answered) = self.answered.get(&key(&advice.original)) else {
            return match advice.remains.is_zero() {
                true => self.remember_reversal(advice, now),
                false => Decided::unchanged(ResponseCode::OriginalNotFound),
            };
        };
        let card = self.account_of(&advice.pan).map(|account| account.terms.id);
        if answered.card != card || answered.amount != advice.amount {
            // It is known, and not as this says: what it holds stands.
            return Decided::unchanged(ResponseCode::InvalidTransaction);
        }
        let hold = answered
            .approval_code
            .as_ref()
            .and_then(|_| self.holds.get(&advice.original.retrieval));
        let hold = hold.cloned();
        if !advice.remains.is_zero() {
            return self.lower(hold, advice.remains);
        }
        match hold.map(Hold::release) {
            None => Decided::unchanged(ResponseCode::Approved),
            Some(Ok(released)) => {
                self.close(released.clone());
                Decided::new(ResponseCode::Approved, vec![IssuerRecord::Hold(released)])
            }
            Some(Err(HoldFault::Closed(HoldState::Posted(_)))) => {
                Decided::unchanged(ResponseCode::NotPermitted)
            }
            Some(Err(_)) => Decided::unchanged(ResponseCode::Approved),
        }
    }

    /// Holds no more than this for an authorization. A hold that is lower already stays as it is.
    fn lower(&mut self, hold: Option<Hold>, remains: Money) -> Decided<ResponseCode, IssuerRecord> {
        let Some(hold) = hold else { return Decided::unchanged(ResponseCode::InvalidTransaction) };
        let freed = hold.amount.minus(remains);
        match (hold.lower(remains), freed) {
            (Ok(lowered), Ok(freed)) if !freed.is_zero() => {
                if let Some(account) = self.accounts.get_mut(&lowered.card) {
                    account.unhold(freed, lowered.placed_at, 0);
                }
                self.holds.insert(lowered.authorization.clone(), lowered.clone());
                Decided::new(ResponseCode::Approved, vec![IssuerRecord::Hold(lowered)])
            }
            (Ok(_) | Err(HoldFault::MoreThanHeld), _) => Decided::unchanged(ResponseCode::Approved),
            (Err(_), _) => Decided::unchanged(ResponseCode::NotPermitted),
        }
    }

    fn judge(&self, request: &AuthorizationRequest, now: UnixTime) -> Result<CardId, ResponseCode> {
        if self.reversed.contains_key(&key(&request.trace)) {
            return Err(ResponseCode::InvalidTransaction);
        }
        if self.holds.contains_key(&request.trace.retrieval) {
            return Err(ResponseCode::DuplicateTransmission);
        }
        let account = self.account_of(&request.pan).ok_or(ResponseCode::InvalidCard)?;
        account.check_card(&request.expiry, now)?;
        account.check_amount(request.amount, self.owed(account), now)?;
        Ok(account.terms.id)
    }

    fn remember(
        &mut self,
        card: Option<CardId>,
        request: &AuthorizationRequest,
        decision: &Decision,
        hold: Option<Hold>,
        now: UnixTime,
    ) -> Vec<IssuerRecord> {
        let answered = Answered {
            trace: request.trace.clone(),
            card,
            amount: request.amount,
            merchant: request.merchant.clone(),
            code: decision.code,
            approval_code: decision.approval_code.clone(),
        };
        self.answered.insert(key(&request.trace), answered.clone());
        let mut records = vec![IssuerRecord::Answered(answered)];
        if let Some(hold) = hold {
            if let Some(account) = self.accounts.get_mut(&hold.card) {
                account.hold(hold.amount, now);
            }
            self.holds.insert(hold.authorization.clone(), hold.clone());
            records.push(IssuerRecord::Hold(hold));
        }
        records
    }

    fn remember_reversal(
        &mut self,
        advice: &ReversalAdvice,
        now: UnixTime,
    ) -> Decided<ResponseCode, IssuerRecord> {
        let key = key(&advice.original);
        if self.reversed.contains_key(&key) {
            return Decided::unchanged(ResponseCode::Approved);
        }
        let (retrieval, system) = key.clone();
        let reversed = Reversed { retrieval, system, at: now };
        self.reversed.insert(key, reversed.clone());
        Decided::new(ResponseCode::Approved, vec![IssuerRecord::Reversed(reversed)])
    }

    fn say_again(
        &self,
        before: &Answered,
        card: Option<CardId>,
        request: &AuthorizationRequest,
    ) -> Decision {
        let same = before.card == card
            && before.amount == request.amount
            && before.merchant == request.merchant
            && before.trace == request.trace;
        let hold = self.holds.get(&before.trace.retrieval).map(|hold| hold.state);
        let is_over = matches!(hold, Some(HoldState::Released | HoldState::Expired));
        let no = |code| Decision { code, approval_code: None };
        match () {
            () if !same => no(ResponseCode::DuplicateTransmission),
            // As a question is answered that comes after its reversal.
            () if is_over && before.approval_code.is_some() => no(ResponseCode::InvalidTransaction),
            () => Decision { code: before.code, approval_code: before.approval_code.clone() },
        }
    }

    fn unless_silent(&self, card: Option<CardId>, decision: Decision) -> Option<Decision> {
        let account = card.and_then(|card| self.accounts.get(&card));
        match account.map(|account| account.terms.standing) {
            Some(Standing::Silent) => None,
            _ => Some(decision),
        }
    }
}

fn approve(
    card: CardId,
    request: &AuthorizationRequest,
    now: UnixTime,
    draw: u32,
) -> (Decision, Option<Hold>) {
    let approval_code = approval_code(draw);
    let hold = Hold {
        authorization: request.trace.retrieval.clone(),
        approval_code: approval_code.clone(),
        card,
        amount: request.amount,
        merchant: request.merchant.clone(),
        placed_at: now,
        expires_at: now.plus_s(HOLD_S),
        state: HoldState::Placed,
    };
    let decision = Decision { code: ResponseCode::Approved, approval_code: Some(approval_code) };
    (decision, Some(hold))
}

/// Six letters and digits; those that look alike are left out.
fn approval_code(draw: u32) -> ApprovalCode {
    const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKLMNPQRTUVWXY";
    let text: String = (0..6_u32)
        .map(|place| {
            let five_bits = draw.rotate_right(place.saturating_mul(5)) & 31;
            let letter = usize::try_from(five_bits).ok().and_then(|index| ALPHABET.get(index));
            char::from(*letter.unwrap_or(&b'0'))
        })
        .collect();
    ApprovalCode::parse(&text).expect("six characters of the alphabet above")
}
