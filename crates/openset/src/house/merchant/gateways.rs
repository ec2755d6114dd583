//! The merchant asks its gateways which certificate to seal for: at start, once a day, when an
//! answer names another one than is used, and every few minutes while the one it knows is not
//! believed.
//!
//! What was told stands in the merchant's database. Of all certificates of a gateway that it comes
//! to know, the one that was issued last is used.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use openset_node::{
    clock::Clock,
    driver::{Driver, NoDesk, Reminder},
    shutdown::Stop,
    store::Page,
};
use openset_protocol::{
    merchant::{
        batch::MerchantBatch,
        gateway::{Asking, Input, MerchantGateway, Stage},
        purchase::MerchantPurchase,
    },
    role::Lookup,
};
use openset_types::{Brand, Rrpid, UnixTime};
use tokio::time::{sleep, timeout};

use super::{bell::Bell, counter::Counter};
use crate::house::{ground::Party, wallet::fresh_id};

/// How often somebody looks whether a gateway is to be asked.
const LOOK: Duration = Duration::from_secs(60);
/// How long whoever asks waits for the answer before it looks again.
const ANSWER: Duration = Duration::from_secs(10);
/// How long what a gateway has told is taken for what it would tell now.
const ASK_EVERY_S: i64 = 86_400;
/// How long until it is asked again while what is known is not believed, or another was named.
const ASK_AGAIN_S: i64 = 300;
/// More questions than are asked of all gateways in months.
const QUESTIONS_MAX: u32 = 200;

/// Asks the gateways, and has the merchant seal for the certificate that they tell.
pub(super) struct Gateways {
    driver: Driver<MerchantGateway>,
    purchases: Driver<MerchantPurchase>,
    batches: Driver<MerchantBatch>,
    counter: Arc<Counter>,
    bell: Bell,
    clock: Arc<dyn Clock>,
    /// The last answer of each gateway that was taken up.
    seen: Mutex<BTreeMap<Brand, Rrpid>>,
}

impl Gateways {
    pub(super) fn of(party: &Party, counter: &Arc<Counter>, clock: Arc<dyn Clock>) -> Arc<Self> {
        let (bell, counter) = (Bell::default(), Arc::clone(counter));
        let shell = || Arc::clone(&party.shell);
        let driver = Driver::new(shell(), counter.standing(), NoDesk);
        let purchases = Driver::new(shell(), counter.standing(), bell.clone());
        let batches = Driver::new(shell(), counter.standing(), NoDesk);
        let seen = Mutex::default();
        Arc::new(Self { driver, purchases, batches, counter, bell, clock, seen })
    }

    /// The machine of the merchant's batches.
    pub(super) fn batches(&self) -> &Driver<MerchantBatch> {
        &self.batches
    }

    /// The purchases that go by what the gateways told.
    pub(super) fn purchases(&self) -> &Driver<MerchantPurchase> {
        &self.purchases
    }

    /// Whatever the merchant does from now on, it does by the certificates at its counter.
    pub(super) fn stand(&self) {
        self.driver.stand(self.counter.standing());
        self.purchases.stand(self.counter.standing());
        self.batches.stand(self.counter.standing());
    }

    /// Begins to look, and to remember what is due.
    pub(super) async fn start(
        self: &Arc<Self>,
        brands: Vec<Brand>,
        stop: &Stop,
    ) -> anyhow::Result<[Reminder; 3]> {
        for brand in &brands {
            self.take_up(brand).await?;
        }
        let reminder = self.driver.start(stop.clone()).await?;
        let batches = self.batches.start(stop.clone()).await?;
        let (gateways, mut stop) = (Arc::clone(self), stop.clone());
        let looking = tokio::spawn(async move {
            tokio::select! {
                () = stop.asked() => {}
                () = gateways.look_on(&brands) => {}
            }
        });
        Ok([reminder, batches, Reminder::of(looking)])
    }

    async fn look_on(&self, brands: &[Brand]) {
        loop {
            for brand in brands {
                if let Err(error) = self.look(brand).await {
                    tracing::warn!(%brand, "no certificate of the gateway: {error:#}");
                }
            }
            tokio::select! {
                () = sleep(LOOK) => {}
                () = self.bell.rung() => {}
            }
        }
    }

    /// Asks a gateway if it is time, and takes up what it has told since the last look.
    async fn look(&self, brand: &Brand) -> anyhow::Result<()> {
        let newest = self.questions(brand).await?.into_iter().next();
        if self.bell.has_news(brand) || self.is_due(brand, newest.as_ref()) {
            self.ask(brand).await?;
        }
        self.take_up(brand).await
    }

    /// Has the certificate in use that a gateway told last.
    async fn take_up(&self, brand: &Brand) -> anyhow::Result<()> {
        for asking in self.questions(brand).await? {
            let Some(told) = asking.told()? else { continue };
            if self.is_news(&asking) && self.counter.takes_gateway(brand, told) {
                tracing::info!(%brand, "the gateway has told another certificate");
                self.stand();
            }
            break;
        }
        Ok(())
    }

    /// Whether an answer was not looked at before.
    fn is_news(&self, asking: &Asking) -> bool {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.insert(asking.brand.clone(), asking.rrpid) != Some(asking.rrpid)
    }

    fn is_due(&self, brand: &Brand, newest: Option<&Asking>) -> bool {
        let now: UnixTime = self.clock.now();
        let Some(newest) = newest else { return true };
        let is_sure = self.counter.believes_gateway(brand, now) && !self.bell.waits(brand);
        let pause_s = match is_sure {
            true => ASK_EVERY_S,
            false => ASK_AGAIN_S,
        };
        now.seconds_since(newest.at) >= pause_s
    }

    /// Asks, and waits a little for the answer.
    async fn ask(&self, brand: &Brand) -> anyhow::Result<()> {
        let key = fresh_id()?.into_bytes();
        // Watched first, then asked: no move is missed.
        let mut watch = self.driver.watch(&key);
        let at = Lookup::Key(key);
        self.driver.command(at.clone(), Input::Ask(brand.clone())).await?;
        watch.changed().await;
        // No answer yet is no failure: it is taken up at a later look.
        let _ = timeout(ANSWER, watch.changed()).await;
        let asked = self.driver.state(&at).await?;
        if asked.is_some_and(|asked| matches!(asked.stage, Stage::Told(_))) {
            self.bell.is_told(brand);
        }
        Ok(())
    }

    /// What was asked of a brand's gateway, newest first.
    async fn questions(&self, brand: &Brand) -> anyhow::Result<Vec<Asking>> {
        let all = self.driver.list(Page::newest(QUESTIONS_MAX)).await?;
        let questions = all.into_iter().map(|(_, asking)| asking);
        Ok(questions.filter(|asking| asking.brand == *brand).collect())
    }
}
