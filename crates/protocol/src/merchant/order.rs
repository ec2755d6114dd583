//! An order and how far its payment has come: what the merchant stores of a purchase.
//!
//! ```text
//!          PInitReq       PReq              AuthRes             Capture             CapRes
//! Offered ─────────▶ Offered ──▶ Authorizing ──▶ Authorized ──▶ Capturing ──▶ Captured
//!    ▲                              │               ▲  ▲             │
//!    └──────── PInitReq ── Declined ◀┘               │  └── refused ──┘
//!                                                   └─▶ Voiding ──▶ Voided
//! ```

use openset_crypto::Thumb;
use openset_types::{BatchPlace, LidM, Money, Rrpid, UnixTime, Xid};
use openset_wire::payment::{AuthCode, AuthRevCode, CapCode};
use serde::{Deserialize, Serialize};

use super::{consent::Consent, offer::Offer, parts::Next, plan::Plan, refunds::Refund};
use crate::{
    hod::Ordered,
    moot::Moot,
    octets::Octets,
    summary::{Fact, Summary, Timeline},
    version::Version,
};

/// What was ordered, as shop and cardholder agreed on it.
// Stored. Change only with a migration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    /// The order number.
    pub lid_m: LidM,
    /// The order description, octet for octet as the initiation document has it.
    pub description: Octets,
    /// What it costs.
    pub amount: Money,
    /// When the money is taken.
    #[serde(default, skip_serializing_if = "Plan::is_usual")]
    pub plan: Plan,
}

impl Order {
    /// What is digested of it.
    pub(crate) fn ordered(&self) -> Ordered<'_> {
        let (description, amount) = (self.description.as_ref(), self.amount);
        Ordered { description, amount, terms: self.plan.terms() }
    }
}

/// One purchase as the merchant stores it.
// Stored. Change only with a migration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Purchase {
    /// The form of what follows.
    pub version: Version<1>,
    /// What was ordered.
    pub order: Order,
    /// How far its payment has come.
    pub stage: Stage,
    /// The consents before this one that came to nothing, oldest first: whoever gave them may
    /// still ask what became of them (A24).
    pub earlier: Vec<Declined>,
    /// What happened, in order.
    pub timeline: Timeline,
    /// The authorizations that were given up before anybody knew of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub undoing: Vec<Undoing>,
    /// The questions that were given up.
    #[serde(default)]
    pub moot: Moot,
    /// How the other authorizations of the same consent stand.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub others: Vec<Stage>,
    /// What the next part is authorized with, if more may be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<Next>,
    /// Why the last question for a further part came to nothing, if it did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_refused: Option<Verdict>,
}

/// The most consents that are remembered after they came to nothing: an older one makes room.
pub(crate) const EARLIER_MAX: usize = 16;

/// How far the payment of an order has come.
// Stored. Change only with a migration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Stage {
    /// Nobody has paid. Every wallet that asked has an offer.
    Offered {
        /// The offers that stand, oldest first.
        offers: Vec<Offer>,
    },
    /// A cardholder has consented and the gateway is asked.
    Authorizing(Authorizing),
    /// The issuer holds the money.
    Authorized(Authorized),
    /// The gateway is asked for the money.
    Capturing(Capturing),
    /// The money was taken. What is given back of it is told there.
    Captured(Captured),
    /// The gateway is asked to release the money, or a part of it.
    Voiding(Voiding),
    /// The money was released.
    Voided(Voided),
    /// No. Another wallet, or the same one, may still pay.
    Declined(Declined),
}

/// A cardholder has consented and the gateway is asked.
// Stored. Change only with a migration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Authorizing {
    /// What the cardholder consented to.
    pub consent: Consent,
    /// Names the question to the gateway.
    pub rrpid: Rrpid,
    /// Whether the cardholder still waits for the answer to its order.
    pub is_awaited: bool,
    /// Whether the money is taken with the authorization.
    #[serde(default, skip_serializing_if = "is_not")]
    pub is_sale: bool,
    /// How much is asked for, if it is not the whole order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<Money>,
    /// What is repeated when it is given up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked: Option<Asked>,
}

/// Whether something is not so, as almost always.
fn is_not(so: &bool) -> bool {
    !so
}

/// What the gateway was asked: it is told again when an authorization is given up.
// Stored. Change only with a migration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// The question (AuthReqData, DER), without what was said to be known.
    pub data: Octets,
    /// The payment instructions, sealed for the gateway as they came (DER).
    pub instructions: Octets,
    /// The certificate that signed it, which the answer names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signed_with: Option<Thumb>,
    /// The authorization whose token stood for the payment instructions, if one did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub given_by: Option<Rrpid>,
}

/// The issuer holds the money.
// Stored. Change only with a migration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Authorized {
    /// What the cardholder consented to.
    pub consent: Consent,
    /// Names the authorization, from now on.
    pub rrpid: Rrpid,
    /// How much is held.
    pub amount: Money,
    /// When the gateway answered.
    pub at: UnixTime,
    /// The issuer's word for it, as a receipt shows it.
    pub approval_code: Option<String>,
    /// Stands for the authorization when the money is asked for. Sealed by the gateway for
    /// itself.
    pub cap_token: Octets,
    /// Why the last capture was refused, if one was.
    pub capture_refused: Option<CaptureRefused>,
    /// Why the gateway did not release it, if that was asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub void_refused: Option<VoidRefused>,
    /// What is repeated when it is given up. Nothing once the money was taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked: Option<Asked>,
}

/// Why a release was refused.
// Stored. Change only with a migration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum VoidRefused {
    /// The gateway said so.
    Because(#[serde(with = "crate::stored::auth_rev_code")] AuthRevCode),
    /// The gateway could not answer the request at all.
    WithError,
}

/// Why a capture was refused.
// Stored. Change only with a migration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum CaptureRefused {
    /// The gateway said so.
    Because(#[serde(with = "crate::stored::cap_code")] CapCode),
    /// The gateway could not answer the request at all.
    WithError,
}

/// The gateway is asked for the money.
// Stored. Change only with a migration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Capturing {
    /// What holds it.
    pub authorized: Authorized,
    /// Names the question to the gateway.
    pub rrpid: Rrpid,
    /// How much is asked for.
    pub amount: Money,
}

/// The money was taken.
// Stored. Change only with a migration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Captured {
    /// What held it.
    pub authorized: Authorized,
    /// How much was taken.
    pub amount: Money,
    /// When the gateway answered.
    pub at: UnixTime,
    /// Where the bank counts it, if it said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<BatchPlace>,
    /// What was asked to be given back of it, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub refunds: Vec<Refund>,
}

/// The gateway is asked to release the money, or a part of it.
// Stored. Change only with a migration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Voiding {
    /// What holds it.
    pub authorized: Authorized,
    /// Names the question to the gateway.
    pub rrpid: Rrpid,
    /// How much is to stay held: nothing if all of it is released.
    pub remains: Money,
    /// Whether the issuer has not answered the gateway yet, which is asked again later.
    pub is_unanswered: bool,
}

/// The money was released before it was taken.
// Stored. Change only with a migration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Voided {
    /// What held it.
    pub authorized: Authorized,
    /// When the gateway answered.
    pub at: UnixTime,
}

/// An authorization that was given up before anybody knew of it.
// Stored. Change only with a migration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Undoing {
    /// What the cardholder had consented to.
    pub consent: Consent,
    /// Names the question to the gateway.
    pub rrpid: Rrpid,
    /// What came of it, once that is known.
    pub outcome: Option<Undone>,
}

/// What came of giving up an authorization.
// Stored. Change only with a migration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Undone {
    /// The gateway said so.
    Said(#[serde(with = "crate::stored::auth_rev_code")] AuthRevCode),
    /// The gateway could not answer the request at all.
    WithError,
}

/// The payment was not authorized.
// Stored. Change only with a migration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Declined {
    /// What the cardholder had consented to.
    pub consent: Consent,
    /// Why.
    pub verdict: Verdict,
    /// When the gateway answered.
    pub at: UnixTime,
    /// The offers that were made since, oldest first.
    pub offers: Vec<Offer>,
}

/// Why a payment was not authorized.
// Stored. Change only with a migration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Verdict {
    /// The gateway said so.
    Because(#[serde(with = "crate::stored::auth_code")] AuthCode),
    /// The gateway could not answer the request at all.
    WithError,
    /// The shop waited no longer for the answer, and has taken the question back.
    GivenUp,
}

impl Purchase {
    /// An order that nobody has paid yet.
    pub(crate) fn placed(order: Order, now: UnixTime) -> Self {
        Self {
            version: Version,
            order,
            stage: Stage::Offered { offers: Vec::new() },
            earlier: Vec::new(),
            timeline: Timeline::begin(Fact::Placed, now),
            undoing: Vec::new(),
            moot: Moot::default(),
            others: Vec::new(),
            next: None,
            next_refused: None,
        }
    }

    /// Moves on, and notes what became so.
    pub(crate) fn becomes(mut self, stage: Stage, fact: Fact, now: UnixTime) -> Self {
        self.timeline.add(fact, now);
        Self { stage, ..self }
    }

    /// Remembers the consent that came to nothing, before another takes its place.
    pub(crate) fn remember(mut self) -> Self {
        if let Stage::Declined(declined) = &self.stage {
            if self.earlier.len() >= EARLIER_MAX {
                self.earlier.remove(0);
            }
            self.earlier.push(Declined { offers: Vec::new(), ..declined.clone() });
        }
        self
    }

    /// The consent to a purchase of this name: the one that stands, or one before it.
    pub(crate) fn consent_to(&self, xid: Xid) -> Option<&Consent> {
        let earlier = self.earlier.iter().rev().map(|declined| &declined.consent);
        self.consent().into_iter().chain(earlier).find(|consent| consent.ids.xid == xid)
    }

    /// The consent that stands, if a cardholder has given one.
    pub fn consent(&self) -> Option<&Consent> {
        match &self.stage {
            Stage::Offered { .. } => None,
            Stage::Authorizing(authorizing) => Some(&authorizing.consent),
            Stage::Authorized(authorized) => Some(&authorized.consent),
            Stage::Capturing(capturing) => Some(&capturing.authorized.consent),
            Stage::Captured(captured) => Some(&captured.authorized.consent),
            Stage::Voiding(voiding) => Some(&voiding.authorized.consent),
            Stage::Voided(voided) => Some(&voided.authorized.consent),
            Stage::Declined(declined) => Some(&declined.consent),
        }
    }

    /// The offers that stand.
    pub fn offers(&self) -> &[Offer] {
        match &self.stage {
            Stage::Offered { offers } | Stage::Declined(Declined { offers, .. }) => offers,
            _ => &[],
        }
    }

    /// The purchase as a page shows it.
    pub fn summary(&self) -> Summary {
        let captured = || {
            self.stages().filter_map(|stage| match stage {
                Stage::Captured(captured) => Some(captured),
                _ => None,
            })
        };
        let nothing = Money::zero(self.order.amount.currency());
        let taken = captured().map(|one| one.amount).try_fold(nothing, Money::plus);
        let given_back = captured().try_fold(nothing, |sum, one| sum.plus(one.given_back()?));
        let is_taken = captured().next().is_some();
        Summary {
            order: Some(String::from_utf8_lossy(self.order.lid_m.as_bytes()).into_owned()),
            xid: self.consent().map(|consent| consent.ids.xid),
            amount: self.order.amount,
            fact: self.timeline.last().unwrap_or(Fact::Placed),
            captured: taken.ok().filter(|_| is_taken),
            given_back: given_back.ok().filter(|_| is_taken),
            timeline: self.timeline.clone(),
        }
    }
}
