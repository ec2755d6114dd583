//! The two banks of a rehearsal: their books in memory, with the demo's card and shop.

use anyhow::Context;
use openset_bank::{
    acquirer::Acquirer,
    iso8583::words::{CaptureKind, authorization, capture, read_authorization_answer},
    issuer::Issuer,
};
use openset_node::banks::{demo_cards, demo_merchant};
use openset_types::{AuthorizationAnswer, AuthorizationRequest, CaptureAdvice, UnixTime};

use crate::demo::cast;

/// An issuer and an acquirer that store nothing.
pub(super) struct Counters {
    issuer: Issuer,
    acquirer: Acquirer,
}

impl Counters {
    /// Opens the accounts.
    pub(super) fn open() -> Self {
        let mut issuer = Issuer::new(cast::bin());
        demo_cards().into_iter().for_each(|card| issuer.open(card));
        let mut acquirer = Acquirer::new(cast::acquirer_bin(), cast::ACQUIRER);
        acquirer.sign_up(demo_merchant());
        Self { issuer, acquirer }
    }

    /// The issuer decides, and places a hold.
    pub(super) fn authorize(
        &mut self,
        question: &AuthorizationRequest,
        now: UnixTime,
    ) -> anyhow::Result<AuthorizationAnswer> {
        let message = authorization(question, &cast::acquirer_bin());
        let decided = self.issuer.answer(&message, now, 0);
        let answer = decided.answer.context("the issuer is silent")?;
        Ok(read_authorization_answer(&answer, question.amount)?)
    }

    /// The acquirer makes an entry for clearing.
    pub(super) fn capture(&mut self, advice: &CaptureAdvice, now: UnixTime) -> anyhow::Result<()> {
        let message = capture(CaptureKind::Advice, advice, &cast::acquirer_bin());
        let decided = self.acquirer.answer(&message, now);
        decided.answer.map(drop).context("the acquirer is silent")
    }
}
