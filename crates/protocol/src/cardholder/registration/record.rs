//! What a wallet stores of a card's registration. Never a card number, never a secret.
//!
//! ```text
//! Started ──CardCInitRes──▶ Introduced ──card──▶ Asking ──RegFormRes──▶ FormShown
//!   ▲                                              │                    ▲     │ answers
//!   └────────follow──────── Referred ◀─────────────┘       unfit ───────┘     ▼
//!                        Certified, Pending ◀──CertRes, secrets───────────── Applied
//!                                    ▲ └──vault open──▶ Inquiring
//!                                    └────CertInqRes───────┘
//!
//!     any of them, on an Error, a referral, a no, or silence ──▶ Refused
//! ```

use openset_types::{Brand, LocalId, Rrpid, UnixTime};
use openset_wire::wrapper::Message;
use serde::{Deserialize, Serialize};

use super::super::CardIdentity;
use crate::{
    enrolment::{Addressee, Ended, FormShown, NewKey, Question, Referral, Trail},
    moot::Moot,
    octets::Octets,
    refusal::Refusal,
    version::Version,
};

/// The registration of one card as the wallet stores it.
// Stored. Change only with a migration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Registration {
    /// The form of what follows.
    pub version: Version<1>,
    /// The brand of the card.
    pub brand: Brand,
    /// The key to be certified.
    pub key: NewKey,
    /// The certificate that is to be renewed, if there is one.
    pub renews: Option<CardIdentity>,
    /// Where it was sent, if it was.
    pub trail: Trail,
    /// This wallet's label of the registration.
    pub lid_ee: LocalId,
    /// How far it has come.
    pub stage: Stage,
    /// The questions that were given up: their answers may still come, and change nothing.
    pub moot: Moot,
}

/// How far a card's registration has come.
// Stored. Change only with a migration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Stage {
    /// The authority is asked who it is.
    Started(Question),
    /// The authority has proved who it is. The card's number is wanted, to ask for the form.
    Introduced(Addressee),
    /// The authority is asked for the form of the card's bank.
    Asking {
        /// Who is asked.
        addressee: Addressee,
        /// The question.
        question: Question,
    },
    /// The form is there. The owner accepts the policy and answers.
    FormShown(Shown),
    /// The answers are with the authority.
    Applied(Applied),
    /// Another authority is to be asked, if the owner says so.
    Referred(Referral),
    /// The authority has not decided yet.
    Pending(Applied),
    /// The authority is asked what it has decided.
    Inquiring(Applied),
    /// The card is certified.
    Certified {
        /// Its certificate.
        card: CardIdentity,
        /// The application whose answer it was.
        applied: Applied,
    },
    /// There will be no certificate.
    Refused(Ended),
}

/// A form, and what its answers must repeat.
// Stored. Change only with a migration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shown {
    /// Who asks.
    pub addressee: Addressee,
    /// The authority's challenge.
    pub chall_ca: Octets,
    /// The form.
    pub form: FormShown,
}

/// An application that was sent.
// Stored. Change only with a migration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Applied {
    /// The question: the application itself, or the last inquiry after it.
    pub question: Question,
    /// When the question was asked.
    pub asked_at: UnixTime,
    /// When the application was sent.
    pub at: UnixTime,
    /// The form that was answered, to be shown again if need be.
    pub shown: Shown,
}

impl Registration {
    /// Moves on.
    pub(super) fn becomes(self, stage: Stage) -> Self {
        Self { stage, ..self }
    }

    /// Ends without the answer to the question that is open, if one is.
    pub(super) fn gives_up(self) -> Self {
        self.drops().becomes(Stage::Refused(Ended::WithoutAnswer))
    }

    /// Waits no longer for the answer to the question that is open, if one is.
    pub(super) fn drops(mut self) -> Self {
        if let Some(open) = self.question().map(|question| question.rrpid) {
            self.moot.add(open);
        }
        self
    }

    /// Refuses the answer to an inquiry where the application was asked after, and the other way
    /// round.
    pub(super) fn require_asked(&self, answer: &Message, rrpid: Rrpid) -> Result<(), Refusal> {
        let asked = match (&self.stage, answer) {
            (Stage::Applied(applied), Message::CertRes(_))
            | (Stage::Inquiring(applied), Message::CertInqRes(_)) => applied.question.rrpid,
            _ => return Err(Refusal::AuthorityAnsweredAnother),
        };
        if asked == rrpid { Ok(()) } else { Err(Refusal::AuthorityAnsweredAnother) }
    }

    /// The question that the authority is asked.
    pub(super) fn question(&self) -> Option<&Question> {
        match &self.stage {
            Stage::Started(question)
            | Stage::Asking { question, .. }
            | Stage::Applied(Applied { question, .. })
            | Stage::Inquiring(Applied { question, .. }) => Some(question),
            Stage::Introduced(_)
            | Stage::FormShown(_)
            | Stage::Referred(_)
            | Stage::Pending(_)
            | Stage::Certified { .. }
            | Stage::Refused(_) => None,
        }
    }
}
