//! Holds: money that an issuer keeps back for a merchant.
//!
//! ```text
//!   placed ──▶ posted     a clearing file brought the sale; what was not taken is free again
//!     ├──────▶ placed     the authorization was lowered; the rest is free again
//!     ├──────▶ released   the authorization was reversed
//!     └──────▶ expired    nobody came for it
//! ```

use std::fmt;

use openset_types::{ApprovalCode, MerchantId, Money, RetrievalReference, UnixTime};
use serde::{Deserialize, Serialize};

use super::CardId;

/// An amount held on a card account for one authorization.
// Stored. Change only with a migration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hold {
    /// Names the authorization.
    pub authorization: RetrievalReference,
    /// The issuer's word for it.
    pub approval_code: ApprovalCode,
    /// The card account.
    pub card: CardId,
    /// How much is held.
    pub amount: Money,
    /// For whom.
    pub merchant: MerchantId,
    /// Since when.
    pub placed_at: UnixTime,
    /// Until when.
    pub expires_at: UnixTime,
    /// What became of it.
    pub state: HoldState,
}

/// What became of a hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HoldState {
    /// It stands.
    Placed,
    /// The sale was cleared for so much.
    Posted(Money),
    /// The authorization was undone.
    Released,
    /// Nobody came for it in time.
    Expired,
}

/// Why a hold cannot move on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum HoldFault {
    /// It does not stand any more.
    Closed(HoldState),
    /// More is asked for than is held, or in another currency.
    MoreThanHeld,
    /// It may stand until a later time.
    NotYetDue,
}

impl Hold {
    /// Takes all of it or a part; the rest is free again.
    pub fn post(self, amount: Money) -> Result<Self, HoldFault> {
        self.placed()?;
        if amount.exceeds(self.amount).map_err(|_| HoldFault::MoreThanHeld)? {
            return Err(HoldFault::MoreThanHeld);
        }
        Ok(Self { state: HoldState::Posted(amount), ..self })
    }

    /// Gives all of it back.
    pub fn release(self) -> Result<Self, HoldFault> {
        self.placed()?;
        Ok(Self { state: HoldState::Released, ..self })
    }

    /// Gives a part of it back, so that no more is held than this.
    pub fn lower(self, remains: Money) -> Result<Self, HoldFault> {
        self.placed()?;
        if remains.exceeds(self.amount).map_err(|_| HoldFault::MoreThanHeld)? {
            return Err(HoldFault::MoreThanHeld);
        }
        Ok(Self { amount: remains, ..self })
    }

    /// Ends it because its time has come.
    pub fn expire(self, now: UnixTime) -> Result<Self, HoldFault> {
        self.placed()?;
        if !self.is_due(now) {
            return Err(HoldFault::NotYetDue);
        }
        Ok(Self { state: HoldState::Expired, ..self })
    }

    /// Whether it stands and its time has come.
    pub fn is_due(&self, now: UnixTime) -> bool {
        self.state == HoldState::Placed && now >= self.expires_at
    }

    fn placed(&self) -> Result<(), HoldFault> {
        match self.state {
            HoldState::Placed => Ok(()),
            closed => Err(HoldFault::Closed(closed)),
        }
    }
}

impl fmt::Display for HoldState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Placed => "placed",
            Self::Posted(_) => "posted",
            Self::Released => "released",
            Self::Expired => "expired",
        })
    }
}

impl fmt::Display for HoldFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Closed(state) => write!(f, "the hold is {state}"),
            Self::MoreThanHeld => f.write_str("more is asked for than is held"),
            Self::NotYetDue => f.write_str("the hold may stand until a later time"),
        }
    }
}

impl std::error::Error for HoldFault {}

#[cfg(test)]
mod tests {
    use openset_types::Currency;

    use super::*;

    fn euro(minor: u64) -> Money {
        Money::new(minor, Currency::EUR).expect("an amount")
    }

    fn hold() -> Hold {
        let placed_at = UnixTime::parse_generalized("20261123081500Z").expect("a real moment");
        Hold {
            authorization: RetrievalReference::parse("632708000123").expect("twelve digits"),
            approval_code: ApprovalCode::parse("4K7Q21").expect("six characters"),
            card: CardId(1),
            amount: euro(4200),
            merchant: MerchantId::parse("ATELIER-LUMEN-001").expect("a name"),
            placed_at,
            expires_at: placed_at.plus_s(60),
            state: HoldState::Placed,
        }
    }

    #[test]
    fn a_hold_is_posted_once_in_whole_or_in_part() {
        let posted = hold().post(euro(4000)).expect("less than is held");
        assert_eq!(posted.state, HoldState::Posted(euro(4000)));
        assert_eq!(posted.post(euro(100)), Err(HoldFault::Closed(HoldState::Posted(euro(4000)))));
    }

    #[test]
    fn more_than_is_held_cannot_be_taken() {
        assert_eq!(hold().post(euro(4201)), Err(HoldFault::MoreThanHeld));
        let yen = Money::new(1, Currency::from_code("JPY").expect("known")).expect("an amount");
        assert_eq!(hold().post(yen), Err(HoldFault::MoreThanHeld));
    }

    #[test]
    fn a_hold_is_lowered_and_never_raised() {
        let lowered = hold().lower(euro(3000)).expect("less than is held");
        assert_eq!(lowered.amount, euro(3000));
        assert_eq!(lowered.clone().lower(euro(3001)), Err(HoldFault::MoreThanHeld));
        assert_eq!(lowered.clone().post(euro(3001)), Err(HoldFault::MoreThanHeld));
        assert!(lowered.clone().post(euro(3000)).is_ok());
        let released = lowered.release().expect("it stands");
        assert_eq!(released.lower(euro(1)), Err(HoldFault::Closed(HoldState::Released)));
    }

    #[test]
    fn a_released_hold_cannot_be_taken_or_released_again() {
        let released = hold().release().expect("it stands");
        assert!(released.clone().post(euro(1)).is_err());
        assert!(released.release().is_err());
    }

    #[test]
    fn a_hold_expires_at_its_time_and_not_before() {
        let due = hold().expires_at;
        assert_eq!(hold().expire(due.plus_s(-1)), Err(HoldFault::NotYetDue));
        let expired = hold().expire(due).expect("its time has come");
        assert_eq!(expired.state, HoldState::Expired);
        assert!(expired.post(euro(1)).is_err());
    }
}
