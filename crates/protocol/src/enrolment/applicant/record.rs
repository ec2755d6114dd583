//! What a merchant or gateway stores of a registration.
//!
//! ```text
//! Started ──Me-AqCInitRes──▶ FormShown ──answers──▶ Applied ──CertRes──▶ Certified
//!   ▲  │                        ▲                      │  │
//!   │  └──▶ Referred            └────answers unfit─────┘  └──▶ Pending ◀──▶ Inquiring
//!   └─follow───┘                                           CertInqReq, CertInqRes
//!     any of them, on an Error, a referral, a no, or silence ──▶ Refused
//! ```

use openset_types::{Brand, LocalId, UnixTime};
use openset_wire::wrapper::Message;
use serde::{Deserialize, Serialize};

use super::Applicant;
use crate::{
    enrolment::{Addressee, CertifiedKey, Ended, FormShown, NewKey, Question, Referral, Trail},
    moot::Moot,
    octets::Octets,
    refusal::Refusal,
    version::Version,
};

/// The registration of one merchant or gateway with one brand.
// Stored. Change only with a migration.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(bound = "")]
pub struct Registration<A: Applicant> {
    /// The form of what follows.
    pub version: Version<1>,
    /// The brand.
    pub brand: Brand,
    /// What the acquirer knows the applicant by.
    pub names: A::Names,
    /// The keys to be certified.
    pub keys: Keys,
    /// The certificates that are to be renewed, if there are some.
    pub renews: Option<Held>,
    /// Where it was sent, if it was.
    pub trail: Trail,
    /// The applicant's label of the registration.
    pub lid_ee: LocalId,
    /// How far it has come.
    pub stage: Stage,
    /// The questions that were given up: their answers may still come, and change nothing.
    pub moot: Moot,
}

/// The two keys of an applicant.
// Stored. Change only with a migration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Keys {
    /// Signs its messages.
    pub signature: NewKey,
    /// Opens what is sealed for it.
    pub encipherment: NewKey,
}

/// The two certificates of an applicant.
// Stored. Change only with a migration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held {
    /// Signs its messages.
    pub signature: CertifiedKey,
    /// Opens what is sealed for it.
    pub encipherment: CertifiedKey,
}

/// How far a registration has come.
// Stored. Change only with a migration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Stage {
    /// The authority is asked for its form.
    Started(Question),
    /// The form is there. The operator accepts the policy and answers.
    FormShown(Shown),
    /// The answers are with the authority.
    Applied(Applied),
    /// Another authority is to be asked, if the operator says so.
    Referred(Referral),
    /// The authority has not decided yet.
    Pending(Applied),
    /// The authority is asked what it has decided.
    Inquiring(Applied),
    /// Both keys are certified.
    Certified {
        /// Signs its messages.
        signature: CertifiedKey,
        /// Opens what is sealed for it.
        encipherment: CertifiedKey,
    },
    /// There will be no certificates.
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

impl<A: Applicant> Registration<A> {
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
    pub(super) fn require_asked(&self, answer: &Message) -> Result<(), Refusal> {
        match (&self.stage, answer) {
            (Stage::Applied(_), Message::CertRes(_))
            | (Stage::Inquiring(_), Message::CertInqRes(_)) => Ok(()),
            _ => Err(Refusal::AuthorityAnsweredAnother),
        }
    }

    /// The question that the authority is asked.
    pub(super) fn question(&self) -> Option<&Question> {
        match &self.stage {
            Stage::Started(question)
            | Stage::Applied(Applied { question, .. })
            | Stage::Inquiring(Applied { question, .. }) => Some(question),
            Stage::FormShown(_)
            | Stage::Referred(_)
            | Stage::Pending(_)
            | Stage::Certified { .. }
            | Stage::Refused(_) => None,
        }
    }
}
