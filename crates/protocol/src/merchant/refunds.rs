//! What was given back of a captured order: what the merchant stores of it.
//!
//! ```text
//! Asked ──CapRevRes, CredRes, CredRevRes──▶ Done
//!    └───────────────────────────────────▶ Refused
//! ```

use openset_types::{BatchPlace, InvalidMoney, Money, RefundKind, Rrpid, UnixTime};
use openset_wire::payment::CapRevOrCredCode;
use serde::{Deserialize, Serialize};

use super::order::Captured;

/// The most questions to give money of one order back, refused ones included.
pub const REFUNDS_MAX: usize = 64;

/// One question to the gateway, and what came of it.
// Stored. Change only with a migration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refund {
    /// What was asked for.
    pub kind: RefundKind,
    /// Names the question.
    pub rrpid: Rrpid,
    /// How much.
    pub amount: Money,
    /// When it was asked.
    pub asked_at: UnixTime,
    /// What came of it.
    pub outcome: RefundOutcome,
    /// Where the bank counts it, if it said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<BatchPlace>,
}

/// What came of a question.
// Stored. Change only with a migration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum RefundOutcome {
    /// No answer yet.
    Asked,
    /// It was done.
    Done {
        /// When the gateway answered.
        at: UnixTime,
    },
    /// It was not.
    Refused(RefundRefused),
}

/// Why nothing was given back.
// Stored. Change only with a migration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum RefundRefused {
    /// The gateway said so.
    Because(#[serde(with = "crate::stored::refund_code")] CapRevOrCredCode),
    /// The gateway could not answer the request at all.
    WithError,
}

impl Refund {
    /// When it was done, if it was.
    pub fn done_at(&self) -> Option<UnixTime> {
        match self.outcome {
            RefundOutcome::Done { at } => Some(at),
            RefundOutcome::Asked | RefundOutcome::Refused(_) => None,
        }
    }
}

impl Captured {
    /// The question that has no answer yet.
    pub fn refunding(&self) -> Option<&Refund> {
        self.refunds.last().filter(|last| last.outcome == RefundOutcome::Asked)
    }

    /// What of the capture stands: what was taken less what was taken back of it.
    pub fn standing(&self) -> Result<Money, InvalidMoney> {
        let reversed = self.done().filter(|one| one.kind == RefundKind::CaptureReversal);
        reversed.map(|one| one.amount).try_fold(self.amount, Money::minus)
    }

    /// The credits that were done and not taken back, oldest first.
    pub fn credits(&self) -> Vec<&Refund> {
        let mut credits: Vec<&Refund> = Vec::new();
        for one in self.done() {
            match one.kind {
                RefundKind::CaptureReversal => {}
                RefundKind::Credit => credits.push(one),
                RefundKind::CreditReversal => {
                    let undone = credits.iter().rposition(|credit| credit.amount == one.amount);
                    undone.map(|place| credits.remove(place));
                }
            }
        }
        credits
    }

    /// How much was given back, by whichever way.
    pub fn given_back(&self) -> Result<Money, InvalidMoney> {
        self.amount.minus(self.left()?)
    }

    /// How much can still be given back.
    pub fn left(&self) -> Result<Money, InvalidMoney> {
        self.credits().iter().map(|credit| credit.amount).try_fold(self.standing()?, Money::minus)
    }

    /// Whether so much can be asked for, as far as is known here.
    pub fn may(&self, kind: RefundKind, amount: Money) -> Result<bool, InvalidMoney> {
        Ok(match kind {
            RefundKind::CaptureReversal | RefundKind::Credit => {
                !amount.is_zero() && !amount.exceeds(self.left()?)?
            }
            RefundKind::CreditReversal => {
                self.credits().iter().any(|credit| credit.amount == amount)
            }
        })
    }

    fn done(&self) -> impl Iterator<Item = &Refund> {
        self.refunds.iter().filter(|refund| refund.done_at().is_some())
    }
}
