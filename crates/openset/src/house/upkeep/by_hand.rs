//! What an operator does on a page about one registration: begins it, answers its form, asks after
//! it, follows a referral.
//!
//! Whatever is done moves the same machine as renewals do; what was granted is taken into use in
//! the same way.

use std::time::Duration;

use openset_protocol::enrolment::{
    Answer,
    applicant::{Applicant, Filled, Input, Registration},
};
use openset_types::Language;

use super::{
    Asked, Moves, Report, Upkeep, at,
    stages::{Answers, is_open},
    standing,
};

impl<A: Applicant> Upkeep<A> {
    /// Applies for certificates with a form that an operator answers, in the operator's language;
    /// answers what pages call the registration. What is asked for already is not asked for twice.
    pub(crate) async fn apply(&self, language: &Language) -> anyhow::Result<String> {
        let _turn = self.turn.lock().await;
        let all = self.registrations().await?;
        if let Some(Asked { key, registration, .. }) = all.first()
            && is_open(&registration.stage)
        {
            return Ok(String::from_utf8_lossy(key).into_owned());
        }
        self.speak(language);
        self.begin(&all, Answers::ByHand).await
    }

    /// Asks for others now, unless that is under way, and waits for the answer so long at most.
    pub(crate) async fn renew_within(&self, within: Duration) -> anyhow::Result<Report> {
        self.ask().await?;
        self.settled(within).await
    }

    /// A registration, by what pages call it; and whether it moves on by itself.
    pub(crate) async fn registration(
        &self,
        id: &str,
    ) -> anyhow::Result<Option<(Registration<A>, Moves)>> {
        let registration = self.driver.state(&at(id.as_bytes())).await?;
        Ok(registration.map(|it| {
            let moves = Moves::of(id.as_bytes(), &it.stage);
            (it, moves)
        }))
    }

    /// Waits until a registration waits for people or is over, so long at most.
    pub(crate) async fn rest(&self, id: &str, within: Duration) -> anyhow::Result<()> {
        let mut watch = self.driver.watch(id.as_bytes());
        let resting = async {
            while let Some((_, Moves::ByItself)) = self.registration(id).await? {
                watch.changed().await;
            }
            Ok(())
        };
        tokio::time::timeout(within, resting).await.unwrap_or(Ok(()))
    }

    /// Sends the answers to a form.
    pub(crate) async fn answer(
        &self,
        id: &str,
        answers: Vec<Answer>,
        account: Option<String>,
    ) -> anyhow::Result<()> {
        let filled = Input::Filled(Filled { answers, account });
        Ok(self.driver.command(at(id.as_bytes()), filled).await?)
    }

    /// Asks now what has become of a registration.
    pub(crate) async fn ask_again(&self, id: &str) -> anyhow::Result<()> {
        Ok(self.driver.command(at(id.as_bytes()), Input::AskAgain).await?)
    }

    /// Asks the authority that a registration was sent to.
    pub(crate) async fn follow(&self, id: &str, url: String) -> anyhow::Result<()> {
        Ok(self.driver.command(at(id.as_bytes()), Input::Follow { url }).await?)
    }

    /// For how long an application waits for the authority's people.
    pub(crate) fn decided_within_s(&self) -> i64 {
        self.driver.standing().patience.decided_within_s
    }

    /// Speaks a language from now on: the one its operator reads.
    fn speak(&self, language: &Language) {
        if self.driver.standing().language != *language {
            self.driver.stand(standing(&self.ground, self.role, language.clone()));
        }
    }
}
