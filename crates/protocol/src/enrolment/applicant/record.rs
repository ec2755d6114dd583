//! What a merchant or gateway stores of a registration.
//!
//! ```text
//! Started ──Me-AqCInitRes──▶ FormShown ──answers──▶ Applied ──CertRes──▶ Certified
//!                               ▲                      │  └────────────▶ Pending
//!                               └────answers unfit─────┘
//!     any of them, on an Error, a referral, a no, or silence ──▶ Refused
//! ```

use openset_types::{Brand, LocalId, Rrpid};
use serde::{Deserialize, Serialize};

use super::Applicant;
use crate::{
    enrolment::{Addressee, CertifiedKey, Ended, FormShown, NewKey, Question},
    octets::Octets,
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
    /// The applicant's label of the registration.
    pub lid_ee: LocalId,
    /// How far it has come.
    pub stage: Stage,
    /// The question that was given up, if one was: its answer may still come, and changes nothing.
    pub moot: Option<Rrpid>,
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
    /// The authority has not decided yet.
    Pending(Applied),
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
    /// The question.
    pub question: Question,
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
        let moot = self.question().map(|question| question.rrpid);
        Self { stage: Stage::Refused(Ended::WithoutAnswer), moot, ..self }
    }

    /// The question that the authority is asked.
    pub(super) fn question(&self) -> Option<&Question> {
        match &self.stage {
            Stage::Started(question) | Stage::Applied(Applied { question, .. }) => Some(question),
            Stage::FormShown(_)
            | Stage::Pending(_)
            | Stage::Certified { .. }
            | Stage::Refused(_) => None,
        }
    }
}
