//! A question to an authority, and what its answer must repeat.

use openset_crypto::Draw;
use openset_types::{Brand, LocalId, Rrpid};
use openset_wire::{
    der::{decode, encode},
    types::{Challenge, Thumbs},
};
use serde::{Deserialize, Serialize};

use crate::{
    acceptance::same_rrpid,
    octets::Octets,
    refusal::Refusal,
    role::{Env, Machine},
    treatment::challenge,
};

/// A question to an authority.
// Stored. Change only with a migration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    /// Names the question.
    pub rrpid: Rrpid,
    /// The challenge.
    pub challenge: Octets,
    /// What is known here already and need not be sent again (DER).
    pub thumbs: Option<Octets>,
}

/// What an answer repeats of its question.
pub(crate) struct Echo<'a> {
    /// The request it says it answers: in the wrapper, and inside.
    pub(crate) rrpid: (Rrpid, Rrpid),
    /// The applicant's label, and what the answer says it is.
    pub(crate) lid_ee: (&'a LocalId, &'a LocalId),
    /// The challenge.
    pub(crate) challenge: &'a Challenge,
    /// The thumbs.
    pub(crate) thumbs: Option<&'a Thumbs>,
}

impl Question {
    /// Draws a new question.
    pub(crate) fn draw<M: Machine>(
        brand: &Brand,
        draw: &mut Draw,
        env: &Env<'_, M>,
    ) -> Result<Self, Refusal> {
        let thumbs = env.trust.thumbs(brand)?;
        Ok(Self {
            rrpid: draw.rrpid(),
            challenge: draw.challenge().into(),
            thumbs: thumbs.map(|thumbs| encode(&thumbs)).transpose()?.map(Octets),
        })
    }

    /// Draws an inquiry. What was known here when the application was made is known there.
    pub(crate) fn inquiry(draw: &mut Draw) -> Self {
        Self { rrpid: draw.rrpid(), challenge: draw.challenge().into(), thumbs: None }
    }

    /// The challenge, as it travels.
    pub(crate) fn challenge(&self) -> Result<Challenge, Refusal> {
        challenge(self.challenge.as_ref())
    }

    /// The thumbs, as they travel.
    pub(crate) fn thumbs(&self) -> Result<Option<Thumbs>, Refusal> {
        Ok(self.thumbs.as_ref().map(|octets| decode(octets.as_ref())).transpose()?)
    }

    /// Refuses an answer to another question (A9, A10, A18).
    pub(crate) fn require(&self, echo: &Echo<'_>) -> Result<(), Refusal> {
        same_rrpid(echo.rrpid.0, echo.rrpid.1)?;
        if echo.rrpid.1 != self.rrpid || echo.lid_ee.0 != echo.lid_ee.1 {
            return Err(Refusal::AuthorityAnsweredAnother);
        }
        if echo.challenge.as_bytes() != self.challenge.as_ref() {
            return Err(Refusal::AuthorityRepeatedOldChallenge);
        }
        if echo.thumbs != self.thumbs()?.as_ref() {
            return Err(Refusal::ThumbsDiffer);
        }
        Ok(())
    }
}
