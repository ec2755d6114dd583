//! The wallet's pages: the door, the cards, registration at the bank, a purchase.

mod applications;
mod cards;
mod outcome;
mod pay;

use std::sync::Arc;

use openset_types::{CardExpiry, Secret};
use openset_web::{
    Tongue,
    ports::{
        Answer, Card, CardEntry, CardFile, Door as Seen, Enrolment, Paid, Purchase, Said, Unopened,
        WalletPort,
    },
};

use crate::{house::purse::Purse, wallet::door::Door};

/// The wallet behind its pages.
pub(crate) struct WalletPages {
    purse: Purse,
    door: Door,
}

impl WalletPages {
    /// Stands before a wallet.
    pub(super) fn new(purse: Purse) -> Self {
        let door = Door::new(purse.wallet.vault.clone(), Arc::clone(&purse.ground.clock));
        Self { purse, door }
    }

    /// What stands behind the pages.
    pub(crate) fn purse(&self) -> &Purse {
        &self.purse
    }
}

impl WalletPort for WalletPages {
    async fn door(&self, session: Option<&str>) -> Seen {
        self.door.seen(session)
    }

    async fn create(&self, passphrase: Secret) -> Said<String> {
        self.door.create(passphrase).await
    }

    async fn unlock(&self, passphrase: Secret, minutes: u32) -> Result<String, Unopened> {
        self.door.unlock(passphrase, minutes).await
    }

    async fn lock(&self, session: &str) {
        self.door.lock(session);
    }

    async fn cards(&self, session: &str) -> Said<Vec<Card>> {
        self.door.pass(session)?;
        cards::all(&self.purse).await
    }

    async fn apply(&self, session: &str, card: CardEntry, tongue: Tongue) -> Said<String> {
        self.door.pass(session)?;
        cards::apply(&self.purse, card, tongue).await
    }

    async fn card(&self, session: &str, id: &str) -> Said<CardFile> {
        self.door.pass(session)?;
        cards::file(&self.purse, id).await
    }

    async fn renew(
        &self,
        session: &str,
        id: &str,
        expiry: Option<CardExpiry>,
        tongue: Tongue,
    ) -> Said<String> {
        self.door.pass(session)?;
        cards::renew(&self.purse, id, expiry, tongue).await
    }

    async fn ask_again(&self, session: &str, id: &str) -> Said<()> {
        self.door.pass(session)?;
        applications::ask_again(&self.purse, id).await
    }

    async fn follow(&self, session: &str, id: &str, address: String) -> Said<()> {
        self.door.pass(session)?;
        applications::follow(&self.purse, id, address).await
    }

    async fn enrolment(&self, session: &str, id: &str) -> Said<Enrolment<Card>> {
        self.door.pass(session)?;
        applications::enrolment(&self.purse, id).await
    }

    async fn answer(&self, session: &str, id: &str, answers: Vec<Answer>) -> Said<()> {
        self.door.pass(session)?;
        applications::answer(&self.purse, id, answers).await
    }

    async fn receive(&self, document: Vec<u8>, origin: &str) -> Said<String> {
        pay::receive(&self.purse, &document, origin)
    }

    async fn purchase(&self, session: &str, id: &str, tongue: Tongue) -> Said<Purchase> {
        self.door.pass(session)?;
        pay::purchase(&self.purse, id, tongue).await
    }

    async fn consent(&self, session: &str, id: &str, card: &str) -> Said<()> {
        self.door.pass(session)?;
        pay::consent(&self.purse, id, card).await
    }

    async fn cancel(&self, id: &str) -> Said<Option<String>> {
        pay::cancel(&self.purse, id).await
    }

    async fn ask(&self, session: &str, id: &str) -> Said<()> {
        self.door.pass(session)?;
        pay::ask(&self.purse, id).await
    }

    async fn history(&self, session: &str) -> Said<Vec<Paid>> {
        self.door.pass(session)?;
        pay::history(&self.purse).await
    }
}
