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

use crate::{house::system::System, wallet::door::Door};

/// The wallet behind its pages.
pub(super) struct WalletPages {
    system: Arc<System>,
    door: Door,
}

impl WalletPages {
    /// Stands before the wallet of a system.
    pub(super) fn new(system: Arc<System>) -> Self {
        let door = Door::new(system.wallet.vault.clone(), Arc::clone(&system.ground.clock));
        Self { system, door }
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
        cards::all(&self.system).await
    }

    async fn apply(&self, session: &str, card: CardEntry, tongue: Tongue) -> Said<String> {
        self.door.pass(session)?;
        cards::apply(&self.system, card, tongue).await
    }

    async fn card(&self, session: &str, id: &str) -> Said<CardFile> {
        self.door.pass(session)?;
        cards::file(&self.system, id).await
    }

    async fn renew(
        &self,
        session: &str,
        id: &str,
        expiry: Option<CardExpiry>,
        tongue: Tongue,
    ) -> Said<String> {
        self.door.pass(session)?;
        cards::renew(&self.system, id, expiry, tongue).await
    }

    async fn ask_again(&self, session: &str, id: &str) -> Said<()> {
        self.door.pass(session)?;
        applications::ask_again(&self.system, id).await
    }

    async fn follow(&self, session: &str, id: &str, address: String) -> Said<()> {
        self.door.pass(session)?;
        applications::follow(&self.system, id, address).await
    }

    async fn enrolment(&self, session: &str, id: &str) -> Said<Enrolment> {
        self.door.pass(session)?;
        applications::enrolment(&self.system, id).await
    }

    async fn answer(&self, session: &str, id: &str, answers: Vec<Answer>) -> Said<()> {
        self.door.pass(session)?;
        applications::answer(&self.system, id, answers).await
    }

    async fn receive(&self, document: Vec<u8>, origin: &str) -> Said<String> {
        pay::receive(&self.system, &document, origin)
    }

    async fn purchase(&self, session: &str, id: &str, tongue: Tongue) -> Said<Purchase> {
        self.door.pass(session)?;
        pay::purchase(&self.system, id, tongue).await
    }

    async fn consent(&self, session: &str, id: &str, card: &str) -> Said<()> {
        self.door.pass(session)?;
        pay::consent(&self.system, id, card).await
    }

    async fn cancel(&self, id: &str) -> Said<Option<String>> {
        pay::cancel(&self.system, id).await
    }

    async fn history(&self, session: &str) -> Said<Vec<Paid>> {
        self.door.pass(session)?;
        pay::history(&self.system).await
    }
}
