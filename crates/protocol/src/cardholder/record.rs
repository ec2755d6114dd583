//! What a wallet stores of a purchase.
//!
//! ```text
//! Initiating ──PInitRes──▶ Offered ──consent──▶ Ordered ──PRes, InqRes──▶ Answered
//!      │                      │                    │  ▲        │             │  ▲
//!      └── no answer, "no" ───┴──▶ Abandoned ◀─────┘  └─InqReq─┘             └──┘ InqReq
//! ```

use openset_types::{Bin, Brand, LidC, LidM, Money, Rrpid, Terms, UnixTime, Xid};
use openset_wire::{
    error::ErrorCode,
    payment::{AuthCode, CompletionCode},
};
use serde::{Deserialize, Serialize};

use super::{CardIdentity, offer::MerchantFace};
use crate::{
    moot::Moot,
    octets::Octets,
    purchase_ids::PurchaseIds,
    summary::{Fact, Summary, Timeline},
    version::Version,
};

/// One purchase as the wallet stores it.
// Stored. Change only with a migration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Purchase {
    /// The form of what follows.
    pub version: Version<1>,
    /// What the shop's page said, before anything was verified.
    pub agreed: Agreed,
    /// How far it has come.
    pub stage: Stage,
    /// Questions whose answers no longer matter.
    pub moot: Moot,
    /// What happened, in order.
    pub timeline: Timeline,
}

/// What was agreed while shopping, and the card to pay with.
// Stored. Change only with a migration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Agreed {
    /// Where the merchant takes SET messages.
    pub url: String,
    /// The order number.
    pub lid_m: LidM,
    /// The order description, octet for octet as the initiation document has it.
    pub description: Octets,
    /// What it costs.
    pub amount: Money,
    /// On which terms it is paid, if more than once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub terms: Option<Terms>,
    /// The brand of the card.
    pub brand: Brand,
    /// The first six digits of the card.
    pub bin: Bin,
    /// The certificate to pay with. Without one nothing is signed, and only in suite `set10`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub card: Option<CardIdentity>,
}

/// How far a purchase has come.
// Stored. Change only with a migration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Stage {
    /// The merchant is asked who it is and whom the payment instructions are for.
    Initiating {
        /// This wallet's label.
        lid_c: LidC,
        /// The question.
        asked: Asked,
        /// What was said to be known already (DER), to be repeated in the answer.
        thumbs: Option<Octets>,
    },
    /// Merchant and gateway have proved who they are. The owner decides.
    Offered(Box<Offered>),
    /// The owner has consented and the order is on its way.
    Ordered(Ordered),
    /// The merchant has said how the order stands.
    Answered(Ordered),
    /// It went no further.
    Abandoned(Abandoned),
}

/// A question to the merchant, and what its answer must repeat.
// Stored. Change only with a migration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// Names the question.
    pub rrpid: Rrpid,
    /// The challenge.
    pub challenge: Octets,
}

/// Merchant and gateway have proved who they are.
// Stored. Change only with a migration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offered {
    /// The names of the purchase.
    pub ids: PurchaseIds,
    /// This wallet's challenge, to stand in the order too.
    pub chall_c: Octets,
    /// The merchant's challenge.
    pub chall_m: Octets,
    /// Who the merchant is, by its certificate.
    pub merchant: MerchantFace,
    /// The name of the gateway, by its certificate.
    pub gateway: String,
    /// The certificate to seal the payment instructions for (DER), the one whose thumb the
    /// merchant signed; then those above it.
    pub gateway_path: Vec<Octets>,
    /// Whether that gateway takes payments that nobody has signed.
    #[serde(default, skip_serializing_if = "is_not")]
    pub takes_unsigned: bool,
}

/// Whether something is not so, as almost always.
fn is_not(so: &bool) -> bool {
    !so
}

/// The order is on its way, or was answered.
// Stored. Change only with a migration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ordered {
    /// The names of the purchase.
    pub ids: PurchaseIds,
    /// Who the merchant is.
    pub merchant: MerchantFace,
    /// The order: the first question.
    pub order: Asked,
    /// The last inquiry, if there was one.
    pub inquiry: Option<Asked>,
    /// How many inquiries there were.
    pub inquiries: u32,
    /// What the merchant said last.
    pub answer: Option<Answer>,
}

/// What the merchant said.
// Stored. Change only with a migration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// How far the order has come.
    #[serde(with = "crate::stored::completion_code")]
    pub completion: CompletionCode,
    /// What the issuer said, once it was asked.
    pub verdict: Option<Said>,
    /// What was given back, as the merchant reports it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub given_back: Option<Money>,
    /// Whether nothing stands of what the issuer said yes to: the shop has released it.
    #[serde(default)]
    pub is_released: bool,
    /// Which question it answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub question: Option<Rrpid>,
    /// When it was heard.
    pub at: UnixTime,
}

/// What the issuer said, as the merchant reports it.
// Stored. Change only with a migration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said(#[serde(with = "crate::stored::auth_code")] pub AuthCode);

/// Why a purchase went no further.
// Stored. Change only with a migration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Abandoned {
    /// The owner said no.
    ByOwner,
    /// The merchant did not answer in time. Nothing had been signed.
    WithoutAnswer,
    /// The merchant could not go on.
    WithError(#[serde(with = "crate::stored::error_code")] ErrorCode),
    /// The merchant itself does not believe the gateway that it pays through, and says why not.
    WithoutGateway(#[serde(with = "crate::stored::error_code")] ErrorCode),
    /// The merchant's gateway takes signed payments only, and there is no certificate to sign with.
    WithoutCertificate,
    /// The offer could not be believed, and will not be believed when it is asked for again.
    Doubted(Doubt),
}

/// Why an offer is not believed, where a person can do something about it.
// Stored. Change only with a migration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Doubt {
    /// One of the certificates has expired.
    CertificateExpired,
    /// The merchant's clock and this one are so many seconds apart.
    ClocksDiffer {
        /// How many.
        seconds: u64,
    },
    /// The lists of revoked certificates are missing or have ended.
    ListsNotCurrent,
    /// The merchant's certificate was revoked, or that of an authority above it.
    Revoked,
    /// The certificate of the merchant's gateway was revoked, or that of an authority above it.
    GatewayRevoked,
}

impl Answer {
    /// Which of the facts this is.
    pub fn fact(&self) -> Option<Fact> {
        let approved = self.verdict.map(|Said(code)| code) == Some(AuthCode::Approved);
        match self.completion {
            CompletionCode::OrderRejected => Some(Fact::Rejected),
            CompletionCode::OrderReceived => Some(Fact::Received),
            CompletionCode::OrderNotReceived => None,
            CompletionCode::AuthorizationPerformed | CompletionCode::MeaninglessRatio
                if !approved =>
            {
                Some(Fact::Declined)
            }
            CompletionCode::AuthorizationPerformed if self.is_released => Some(Fact::Voided),
            CompletionCode::AuthorizationPerformed | CompletionCode::MeaninglessRatio => {
                Some(Fact::Authorized)
            }
            CompletionCode::CapturePerformed => Some(Fact::Captured),
            CompletionCode::CreditPerformed => Some(Fact::Credited),
        }
    }

    /// Whether the wallet need not ask again by itself.
    pub(crate) fn is_final(&self) -> bool {
        !matches!(self.fact(), None | Some(Fact::Received))
    }
}

impl Purchase {
    /// Moves on, and notes what became so.
    pub(crate) fn becomes(mut self, stage: Stage, fact: Option<Fact>, now: UnixTime) -> Self {
        if let Some(fact) = fact {
            self.timeline.add(fact, now);
        }
        Self { stage, ..self }
    }

    /// Goes on without the answer to a question. It may still come, and changes nothing then.
    pub(crate) fn moves_on_from(&mut self, question: Rrpid) {
        self.moot.add(question);
    }

    /// Goes on without any answer.
    pub(crate) fn gives_up(&mut self) {
        let questions = match &self.stage {
            Stage::Initiating { asked, .. } => [Some(asked.rrpid), None],
            Stage::Ordered(ordered) | Stage::Answered(ordered) => {
                let inquiry = ordered.inquiry.as_ref().map(|asked| asked.rrpid);
                [Some(ordered.order.rrpid), inquiry]
            }
            Stage::Offered(_) | Stage::Abandoned(_) => [None, None],
        };
        questions.into_iter().flatten().for_each(|question| self.moves_on_from(question));
    }

    /// The name everybody knows the purchase by, once it has one.
    pub fn xid(&self) -> Option<Xid> {
        match &self.stage {
            Stage::Offered(offered) => Some(offered.ids.xid),
            Stage::Ordered(ordered) | Stage::Answered(ordered) => Some(ordered.ids.xid),
            Stage::Initiating { .. } | Stage::Abandoned(_) => None,
        }
    }

    /// Whether the merchant was asked how the order stands and has not answered that.
    pub fn is_inquiring(&self) -> bool {
        let Some(ordered) = self.ordered() else { return false };
        let answered = ordered.answer.as_ref().and_then(|answer| answer.question);
        ordered.inquiry.as_ref().is_some_and(|inquiry| answered != Some(inquiry.rrpid))
    }

    /// What the merchant said last was given back.
    pub fn given_back(&self) -> Option<Money> {
        match &self.stage {
            Stage::Answered(ordered) | Stage::Ordered(ordered) => {
                ordered.answer.as_ref().and_then(|answer| answer.given_back)
            }
            Stage::Initiating { .. } | Stage::Offered(_) | Stage::Abandoned(_) => None,
        }
    }

    /// The purchase as a page shows it.
    pub fn summary(&self) -> Summary {
        let fact = self.timeline.last().unwrap_or(Fact::Placed);
        Summary {
            order: Some(String::from_utf8_lossy(self.agreed.lid_m.as_bytes()).into_owned()),
            xid: self.xid(),
            amount: self.agreed.amount,
            fact,
            // The merchant reports ratios; the exact sum is between it and the bank.
            captured: None,
            given_back: self.given_back(),
            timeline: self.timeline.clone(),
        }
    }
}
