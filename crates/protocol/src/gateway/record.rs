//! What a gateway stores of an authorization. Never a card number: the card stays sealed as it
//! came, is opened again when it is needed, and goes when it is not needed any more.

use openset_crypto::Thumb;
use openset_types::{
    ApprovalCode, MerchantCategory, MerchantId, Money, RetrievalReference, Rrpid, Trace, UnixTime,
};
use openset_wire::payment::AuthCode;
use serde::{Deserialize, Serialize};

use super::{auth_token::Further, sale::Sale};
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
    /// The digest of the payment instructions as they came: who takes the authorization back shows
    /// them again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instructions: Option<Octets>,
    /// Whether the money is taken with it.
    #[serde(default, skip_serializing_if = "is_not")]
    pub is_sale: bool,
    /// Whether it wants to know what kind of card it was.
    #[serde(default, skip_serializing_if = "is_not")]
    pub wants_card_type: bool,
    /// Whether it has sent an address to be compared.
    #[serde(default, skip_serializing_if = "is_not")]
    pub has_address: bool,
    /// What may be authorized after it, if the merchant has said that more will follow.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub further: Option<Box<Further>>,
    /// When it was asked.
    pub at: UnixTime,
}

/// A merchant that takes an authorization back, or a part of it, until it is answered.
// Stored. Change only with a migration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asker {
    /// Names the request.
    pub rrpid: Rrpid,
    /// The names of the purchase.
    pub ids: PurchaseIds,
    /// The certificate the answer is sealed for (DER), then those above it.
    pub reply_to: Vec<Octets>,
    /// The tags to be repeated in the answer (DER).
    pub tags: Octets,
    /// What the merchant knows and needs not be sent (Thumbs, DER).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub known: Option<Octets>,
    /// When it is told that the issuer has not answered.
    pub due: UnixTime,
}

/// An authorization that is being taken back, or lowered. The issuer is told until it has said yes
/// or no.
// Stored. Change only with a migration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Releasing {
    /// Finds the authorization at the banks.
    pub original: Trace,
    /// Finds the reversal at the banks.
    pub trace: Trace,
    /// How much the issuer holds, as far as is known.
    pub amount: Money,
    /// How much is to stay; nothing if all of it is taken back.
    pub remains: Money,
    /// The issuer's word for the authorization.
    pub approval_code: ApprovalCode,
    /// The consent that was spent for it.
    pub spent: Claim,
    /// When it was authorized.
    pub at: UnixTime,
    /// Which of its tokens is used up by this.
    pub generation: u8,
    /// Whether the token for the next authorization is used up by this too.
    #[serde(default, skip_serializing_if = "is_not")]
    pub takes_next: bool,
    /// The card, sealed as it came (DER).
    pub card: Octets,
    /// Who waits for the outcome.
    pub asker: Option<Asker>,
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
        /// Who takes it back before the issuer has answered.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        withdrawn: Option<Box<Asker>>,
    },
    /// The card is not the certificate's. The issuer is not asked, and this gateway says no when
    /// the issuer would have.
    Declining {
        /// The consent, taken as long as a question would take.
        spent: Claim,
        /// Who takes it back before this gateway has answered.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        withdrawn: Option<Box<Asker>>,
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
        /// How many tokens for it were replaced: as often was it lowered.
        #[serde(default, skip_serializing_if = "is_first")]
        generation: u8,
    },
    /// The issuer holds the amount, and the acquirer is told to take it.
    Selling {
        /// What is taken.
        sale: Box<Sale>,
        /// The token for the merchant, until it is answered (DER).
        cap_token: Octets,
        /// The token for the next authorization, if there is one (DER).
        #[serde(default, skip_serializing_if = "Option::is_none")]
        auth_token: Option<Octets>,
    },
    /// The money was taken with the authorization.
    Sold(Box<Sale>),
    /// The merchant takes it back, or a part of it.
    Releasing(Box<Releasing>),
    /// The merchant has taken it back, and the issuer has acknowledged that nothing is held.
    Voided {
        /// Finds the authorization at the banks.
        retrieval: RetrievalReference,
    },
    /// The merchant has taken back what had not come. When it comes, no bank is asked.
    Forestalled,
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
        /// Who waits for the outcome.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        asker: Option<Box<Asker>>,
    },
    /// The issuer did not answer, and has acknowledged that nothing is held.
    Reversed {
        /// Finds the question at the banks.
        retrieval: RetrievalReference,
    },
}

/// Whether the first token for an authorization stands.
fn is_first(generation: &u8) -> bool {
    *generation == 0
}

/// Whether something is not so, as almost always.
fn is_not(so: &bool) -> bool {
    !so
}

impl Authorization {
    /// How it stands, in one of the words that a page shows.
    pub fn fact(&self) -> Fact {
        match &self.stage {
            Stage::Asked { .. } | Stage::Declining { .. } => Fact::Received,
            Stage::Authorized { .. } | Stage::Selling { .. } => Fact::Authorized,
            Stage::Sold(_) => Fact::Captured,
            Stage::Releasing(_) => Fact::Voiding,
            Stage::Voided { .. } | Stage::Forestalled => Fact::Voided,
            Stage::Declined { .. }
            | Stage::Refused { .. }
            | Stage::Reversing { .. }
            | Stage::Reversed { .. } => Fact::Declined,
        }
    }
}
