//! What a gateway stores of an authorization. Never a card number: the card stays sealed as it
//! came, is opened again when it is needed, and goes when it is not needed any more.

use openset_crypto::Thumb;
use openset_types::{
    ApprovalCode, MerchantCategory, MerchantId, Money, RetrievalReference, Rrpid, Trace, UnixTime,
};
use openset_wire::payment::AuthCode;
use serde::{Deserialize, Serialize};

use crate::{
    octets::Octets, purchase_ids::PurchaseIds, role::Claim, summary::Fact, version::Version,
};

/// One authorization as the gateway stores it.
// Stored. Change only with a migration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Authorization {
    /// The form of what follows.
    pub version: Version<1>,
    /// What the merchant asked.
    pub question: Question,
    /// What came of it.
    pub stage: Stage,
}

/// What the merchant asked.
// Stored. Change only with a migration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    /// Names the authorization.
    pub rrpid: Rrpid,
    /// The names of the purchase.
    pub ids: PurchaseIds,
    /// Who asks.
    pub merchant: MerchantId,
    /// The certificate that signed the request.
    pub merchant_signature: Thumb,
    /// The certificate the answer is sealed for (DER), then those above it.
    pub reply_to: Vec<Octets>,
    /// What kind of business asks.
    pub category: Option<MerchantCategory>,
    /// How much is asked for, if it is an amount.
    pub amount: Option<Money>,
    /// The tags to be repeated in the answer (DER).
    pub tags: Octets,
    /// What the merchant knows and needs not be sent (Thumbs, DER).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub known: Option<Octets>,
    /// When it was asked.
    pub at: UnixTime,
}

/// What came of an authorization.
// Stored. Change only with a migration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Stage {
    /// The issuer is asked. What it held before is not known if the answer does not come.
    Asked {
        /// Finds the question at the banks.
        trace: Trace,
        /// How much it was asked for.
        amount: Money,
        /// The consent that was spent for it.
        spent: Claim,
        /// The card, sealed as it came (DER).
        card: Octets,
    },
    /// The card is not the certificate's. The issuer is not asked, and this gateway says no when
    /// the issuer would have.
    Declining {
        /// The consent, taken as long as a question would take.
        spent: Claim,
    },
    /// The issuer holds the amount.
    Authorized {
        /// Finds the authorization at the banks.
        trace: Trace,
        /// How much it holds.
        amount: Money,
        /// The issuer's word for it.
        approval_code: ApprovalCode,
        /// The consent that was spent for it.
        spent: Claim,
        /// When it answered.
        at: UnixTime,
    },
    /// The issuer said no.
    Declined {
        /// Finds the question at the banks.
        retrieval: RetrievalReference,
        /// What the merchant was told.
        #[serde(with = "crate::stored::auth_code")]
        code: AuthCode,
    },
    /// This gateway said no and the issuer was not asked.
    Refused {
        /// What the merchant was told.
        #[serde(with = "crate::stored::auth_code")]
        code: AuthCode,
    },
    /// The issuer did not answer. The authorization is undone until that is acknowledged.
    Reversing {
        /// The question that had no answer.
        original: Trace,
        /// Finds the reversal at the banks.
        trace: Trace,
        /// How much had been asked for.
        amount: Money,
        /// The consent that was spent for it.
        spent: Claim,
        /// The card, sealed as it came (DER).
        card: Octets,
    },
    /// The issuer did not answer, and has acknowledged that nothing is held.
    Reversed {
        /// Finds the question at the banks.
        retrieval: RetrievalReference,
    },
}

impl Authorization {
    /// How it stands, in one of the words that a page shows.
    pub fn fact(&self) -> Fact {
        match &self.stage {
            Stage::Asked { .. } | Stage::Declining { .. } => Fact::Received,
            Stage::Authorized { .. } => Fact::Authorized,
            Stage::Declined { .. }
            | Stage::Refused { .. }
            | Stage::Reversing { .. }
            | Stage::Reversed { .. } => Fact::Declined,
        }
    }
}
