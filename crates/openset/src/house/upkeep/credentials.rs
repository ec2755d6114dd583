//! What a party signs and opens with: the certificates in use, and older ones that others may still
//! seal for.

use openset_crypto::{Identity, KeyId, Suite};
use openset_protocol::enrolment::{
    Patience,
    applicant::{Applicant, Registration, Stage},
};
use openset_types::UnixTime;

use super::super::life::Life;
use crate::ceremony::{Papers, papers};

/// What a party signs and opens with.
#[derive(Debug, Clone)]
pub(crate) struct Credentials {
    pub(crate) signature: Identity,
    /// The one in use first, then older ones until their certificates end.
    pub(crate) encipherments: Vec<Identity>,
}

impl Credentials {
    /// Those in a party's folder.
    pub(super) fn kept(papers: &Papers) -> anyhow::Result<Self> {
        let signature = papers.take(papers::SIGNATURE)?;
        Ok(Self { signature, encipherments: vec![papers.take(papers::ENCIPHERMENT)?] })
    }

    /// Those that were granted, if some were: of these registrations, the newest first.
    pub(super) fn granted<'a, A: Applicant>(
        registrations: impl IntoIterator<Item = &'a Registration<A>>,
        suite: Suite,
        now: UnixTime,
    ) -> anyhow::Result<Option<Self>> {
        let mut granted: Option<Self> = None;
        for registration in registrations {
            let Stage::Certified { signature, encipherment } = &registration.stage else {
                continue;
            };
            let encipherment = encipherment.identity()?;
            match &mut granted {
                None => {
                    let signature = signature.identity()?;
                    granted = Some(Self { signature, encipherments: vec![encipherment] });
                }
                Some(granted) if encipherment.certified(suite)?.not_after() >= now => {
                    granted.encipherments.push(encipherment);
                }
                Some(_) => {}
            }
        }
        Ok(granted)
    }

    /// Puts those in use into a party's folder, where other processes read them.
    pub(super) fn keep(&self, papers: &Papers) -> anyhow::Result<()> {
        papers.keep(papers::SIGNATURE, &self.signature)?;
        match self.encipherments.first() {
            Some(encipherment) => papers.keep(papers::ENCIPHERMENT, encipherment),
            None => Ok(()),
        }
    }

    /// Which keys they are for.
    pub(crate) fn keys(&self) -> Vec<KeyId> {
        let all = [&self.signature].into_iter().chain(&self.encipherments);
        all.map(|identity| identity.key).collect()
    }

    /// How long those in use are good: as long as the one that ends first.
    pub(super) fn life(&self, suite: Suite, patience: Patience) -> anyhow::Result<Life> {
        let signature = Life::of(&self.signature, suite, patience)?;
        let Some(encipherment) = self.encipherments.first() else { return Ok(signature) };
        let encipherment = Life::of(encipherment, suite, patience)?;
        Ok(if encipherment.until < signature.until { encipherment } else { signature })
    }
}
