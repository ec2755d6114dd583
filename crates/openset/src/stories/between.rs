//! Somebody who stands between two parties: hears what one asks, and says to it what it likes.

use std::sync::{Arc, Mutex};

use openset_node::{
    driver::Watch,
    fault::Fault,
    http::{Answering, Answers, Doors, Limits, Media, Said, Server, Site, set_endpoint},
    shutdown::Shutdown,
};
use openset_protocol::cardholder::{Purchase, Stage as WalletStage};
use openset_wire::wrapper::MessageWrapper;
use tokio::{sync::watch, time::timeout};

use super::stage::{PATIENCE, Stage};
use crate::{
    demo::story,
    house::wallet::fresh_id,
    shop::{checkout, orders::Order},
};

/// What is to be done with a question.
pub(super) enum Plan {
    /// It is brought to where it should go, and the answer back.
    Forward,
    /// It is kept, and whoever asked hears nothing that means anything.
    Hold,
    /// It is kept, and this is said instead.
    Say(Vec<u8>),
    /// It is brought to where it should go, and the answer back, changed.
    Change(Box<dyn FnOnce(Vec<u8>) -> Vec<u8> + Send>),
    /// It is brought to where it should go, the answer is kept, and something that is made of the
    /// question is said instead.
    Instead(Lie),
}

/// Makes of a question what is said instead of its answer.
pub(super) type Lie = Box<dyn FnOnce(&[u8]) -> Vec<u8> + Send>;

/// Decides by the name of a question.
type Will = Box<dyn FnMut(&str) -> Plan + Send>;

/// Stands between whoever asks and one party.
pub(super) struct Between {
    pub(super) url: String,
    ear: Arc<Ear>,
    _aside: Aside,
}

/// Sites of a story's own, until this is dropped.
pub(super) struct Aside {
    pub(super) url: String,
    stop: Shutdown,
}

impl Aside {
    /// Serves at any port of this machine.
    pub(super) async fn serve(router: axum::Router) -> Self {
        let mut server = Server::new(Limits::default());
        let doors = Doors::only(Site::new("aside", "aside.localhost", router));
        let at = server.open(([127, 0, 0, 1], 0).into(), doors).await.expect("a port");
        let stop = Shutdown::default();
        tokio::spawn(server.serve(stop.listen()));
        Self { url: format!("http://127.0.0.1:{}/set", at.port()), stop }
    }
}

impl Drop for Aside {
    fn drop(&mut self) {
        self.stop.ask();
    }
}

struct Ear {
    /// Where questions should go.
    url: String,
    client: openset_node::http::client::Client,
    will: Mutex<Will>,
    /// Every question, its name and its octets.
    heard: watch::Sender<Vec<(&'static str, Vec<u8>)>>,
}

impl Ear {
    async fn forward(&self, message: Vec<u8>) -> Result<Vec<u8>, Fault> {
        let answer = self.client.ask(&self.url, Media::Payment, message).await;
        answer.map_err(|_| Fault::Unanswered)
    }
}

impl Answers for Ear {
    fn answer(&self, message: Vec<u8>) -> Answering<'_> {
        Box::pin(async move {
            let name = MessageWrapper::decode(&message).expect("a message").message.name();
            let plan = (self.will.lock().expect("nobody panics"))(name);
            self.heard.send_modify(|heard| heard.push((name, message.clone())));
            match plan {
                Plan::Say(instead) => Ok(Said::Message(instead)),
                Plan::Hold => Err(Fault::Unanswered),
                Plan::Forward => self.forward(message).await.map(Said::Message),
                Plan::Instead(make) => {
                    let instead = make(&message);
                    self.forward(message).await.map(|_| Said::Message(instead))
                }
                Plan::Change(change) => self.forward(message).await.map(change).map(Said::Message),
            }
        })
    }
}

impl Between {
    /// Goes to stand before a party's address.
    pub(super) async fn stand(
        stage: &Stage,
        url: &str,
        will: impl FnMut(&str) -> Plan + Send + 'static,
    ) -> Self {
        let client = stage.system.ground.client.clone();
        let will: Mutex<Will> = Mutex::new(Box::new(will));
        let ear =
            Arc::new(Ear { url: url.to_owned(), client, will, heard: watch::Sender::default() });
        let router = set_endpoint(&[Media::Payment], Arc::clone(&ear) as _);
        let aside = Aside::serve(router).await;
        Self { url: aside.url.clone(), ear, _aside: aside }
    }

    /// Does otherwise from now on.
    pub(super) fn now(&self, will: impl FnMut(&str) -> Plan + Send + 'static) {
        *self.ear.will.lock().expect("nobody panics") = Box::new(will);
    }

    /// The last question of a name, once it was asked.
    pub(super) async fn heard(&self, name: &str) -> Vec<u8> {
        let mut heard = self.ear.heard.subscribe();
        let is_heard = |heard: &Vec<(&str, Vec<u8>)>| heard.iter().any(|(said, _)| *said == name);
        let hearing = timeout(PATIENCE, heard.wait_for(is_heard)).await.expect("it was asked");
        drop(hearing.expect("the ear listens"));
        self.all(name).pop().expect("heard")
    }

    /// How often questions of a name were asked.
    pub(super) fn count(&self, name: &str) -> usize {
        self.all(name).len()
    }

    /// All questions of a name, as they came.
    pub(super) fn all(&self, name: &str) -> Vec<Vec<u8>> {
        let heard = self.ear.heard.borrow().clone();
        let asked = heard.into_iter().filter(|(said, _)| *said == name);
        asked.map(|(_, octets)| octets).collect()
    }
}

/// A consent that has left the wallet and has not come to the merchant.
pub(super) struct Held {
    pub(super) order: Order,
    /// What the wallet calls the purchase.
    pub(super) id: String,
    pub(super) p_req: Vec<u8>,
    pub(super) between: Between,
}

impl Held {
    /// Lets the wallet's questions through from now on.
    pub(super) fn release(&self) {
        self.between.now(|_| Plan::Forward);
    }

    /// The description of the order, as the merchant digests it.
    pub(super) async fn description(&self, stage: &Stage) -> Vec<u8> {
        let at = checkout::instance(&self.order);
        let state = stage.system.merchant.purchases.state(&at).await.expect("a store");
        state.expect("a purchase").order.description.as_ref().to_vec()
    }
}

impl Stage {
    /// Orders and consents, and holds the consent back on its way.
    pub(super) async fn hold(&self, card: &str) -> Held {
        let order = story::order(&self.system).await.expect("an order");
        self.hold_for(order, card).await
    }

    /// The same, for an order that stands.
    pub(super) async fn hold_for(&self, order: Order, card: &str) -> Held {
        let hold = |name: &str| if name == "PInitReq" { Plan::Forward } else { Plan::Hold };
        let between = Between::stand(self, &self.system.ground.addresses.merchant, hold).await;
        let id = self.begin_through(&order, card, &between.url).await;
        let is_offered = |purchase: &Purchase| matches!(purchase.stage, WalletStage::Offered(_));
        self.wallet_until(&id, is_offered).await;
        self.system.wallet.consent(&id, card).await.expect("an open wallet");
        let p_req = between.heard("PReq").await;
        Held { order, id, p_req, between }
    }

    /// Takes an order to the wallet, with another address of the shop.
    pub(super) async fn begin_through(&self, order: &Order, card: &str, url: &str) -> String {
        let mut initiation = checkout::initiation(&self.system, order).expect("a document");
        initiation.set_url = url.to_owned();
        let id = fresh_id().expect("randomness");
        self.system.wallet.begin(&id, initiation, card).await.expect("a certified card");
        id
    }

    /// Waits until a purchase is as wanted in the wallet.
    pub(super) async fn wallet_until(&self, id: &str, is_wanted: impl Fn(&Purchase) -> bool) {
        let mut watch: Watch = self.system.wallet.purchases.watch(id.as_bytes());
        let waiting = async {
            loop {
                let purchase = self.system.wallet.purchase(id).await.expect("a store");
                if purchase.is_some_and(|purchase| is_wanted(&purchase)) {
                    return;
                }
                watch.changed().await;
            }
        };
        timeout(PATIENCE, waiting).await.expect("the purchase moves on");
    }
}
