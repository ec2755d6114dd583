//! The applicants of a scene: cards of its wallet, a merchant, a gateway.

use std::sync::Arc;

use openset_crypto::{Authority as Kind, KeyUse, PublicKey, Suite};
use openset_node::{
    driver::{Desk, Driver, Performing, Reminder},
    keys::KeyHolder,
    shutdown::Shutdown,
    store::Page,
};
use openset_protocol::{
    ca::{Approval, Input as Decision, Stage as Desked},
    cardholder::registration::Stage as CardStage,
    enrolment::{
        Patience,
        applicant::{
            Applicant, Begin, Effect, Filled, Input, Keys, Registering, Stage as At, Standing,
        },
    },
    gateway::registration as gateway,
    merchant::registration as merchant,
    role::Lookup,
};
use openset_types::Language;
use tokio::time::timeout;

use super::{
    super::{
        bureau::approval,
        stage::{self, PATIENCE},
    },
    scene::{LONG_S, Scene},
};
use crate::{
    demo::cast::{self, Behaviour, TestCard},
    house::{
        self,
        enrol::{answers, new_key},
        ground::{Lesson, Role},
    },
};

/// How many register at once: each waits for its retries most of the time.
pub(super) const AT_ONCE: usize = 24;

/// A merchant or a gateway of the cast.
pub(super) trait Server: Applicant {
    const ROLE: Role;

    fn names() -> Self::Names;
}

impl Server for merchant::Merchant {
    const ROLE: Role = house::merchant::ROLE;

    fn names() -> merchant::Names {
        merchant::Names { acquirer: cast::acquirer_bin(), merchant: cast::merchant_id() }
    }
}

impl Server for gateway::Gateway {
    const ROLE: Role = house::gateway::ROLE;

    fn names() -> gateway::Names {
        gateway::Names { acquirer: cast::acquirer_bin(), business: None }
    }
}

/// Registrations of one party.
pub(super) struct Applicants<A: Applicant> {
    driver: Driver<Registering<A>>,
    ring: Arc<dyn KeyHolder>,
    suite: Suite,
    names: A::Names,
    shutdown: Shutdown,
    _reminder: Reminder,
}

/// Nobody renews here.
struct NoRenewal;

impl<A: Applicant> Desk<Registering<A>> for NoRenewal {
    fn perform<'a>(&'a self, _: &'a [u8], effect: Effect) -> Performing<'a, Registering<A>> {
        let Effect::RenewalDue = effect;
        Box::pin(async { Some(Input::Noted) })
    }
}

/// A card whose holder the bank knows.
pub(super) fn card() -> &'static TestCard {
    stage::card(Behaviour::Approves)
}

impl<A: Applicant> Applicants<A> {
    /// Begins a registration.
    pub(super) async fn begin(&self, id: &str) {
        let key = |to| new_key(self.suite, self.ring.as_ref(), to).expect("randomness");
        let keys = Keys { signature: key(KeyUse::Signs), encipherment: key(KeyUse::Opens) };
        let begin = Begin { brand: cast::brand(), names: self.names.clone(), keys, renews: None };
        self.give(id, Input::Begin(begin)).await;
    }

    async fn give(&self, id: &str, input: Input<A>) {
        self.driver.command(at(id), input).await.expect("in turn");
    }

    async fn stage(&self, id: &str) -> At {
        self.driver.state(&at(id)).await.expect("a store").expect("a registration").stage
    }

    /// Waits until a registration stands as wished, filling in the form on the way.
    pub(super) async fn until(&self, id: &str, wished: impl Fn(&At) -> bool) {
        let mut watch = self.driver.watch(id.as_bytes());
        let waiting = async {
            loop {
                match self.stage(id).await {
                    stage if wished(&stage) => return,
                    At::FormShown(shown) => {
                        let answers = answers(&shown, cast::SHOP);
                        self.give(id, Input::Filled(Filled { answers, account: None })).await;
                    }
                    At::Refused(ended) => panic!("{id} was refused: {ended:?}"),
                    _ => watch.changed().await,
                }
            }
        };
        timeout(PATIENCE, waiting).await.expect("it comes to that");
    }

    /// Begins registrations that have not begun, and waits until each stands as wished.
    pub(super) async fn all_until(&self, ids: &[String], wished: fn(&At) -> bool) {
        let asked = |stage: &At| !matches!(stage, At::Started(_) | At::FormShown(_));
        for ids in ids.chunks(AT_ONCE) {
            for id in ids {
                if self.driver.state(&at(id)).await.expect("a store").is_none() {
                    self.begin(id).await;
                }
            }
            for id in ids {
                self.until(id, asked).await;
            }
            for id in ids {
                self.until(id, wished).await;
            }
        }
    }

    /// The key that a registration is about.
    pub(super) async fn signature_key(&self, id: &str) -> PublicKey {
        let state = self.driver.state(&at(id)).await.expect("a store").expect("a registration");
        state.keys.signature.public(self.suite).expect("a key")
    }
}

impl<A: Applicant> Drop for Applicants<A> {
    fn drop(&mut self) {
        self.shutdown.ask();
    }
}

fn at(id: &str) -> Lookup {
    Lookup::Key(id.as_bytes().to_vec())
}

impl Scene {
    /// A party that registers, once or often.
    pub(super) async fn applicants<A: Server>(&self) -> Applicants<A> {
        let ground = &self.ground;
        let ring = Arc::clone(&self.rings[A::ROLE.folder]);
        let party = ground.party(A::ROLE, Lesson::Told, ring.clone()).await.expect("a folder");
        let standing = Standing {
            language: Language::parse("en").expect("a tag"),
            letterhead: ground.letterhead(),
            acceptance: ground.acceptance(),
            give_up_after_s: LONG_S,
            patience: Patience { inquire_after_s: 1, ..Patience::default() },
        };
        let driver = Driver::new(Arc::clone(&party.shell), standing, NoRenewal);
        let shutdown = Shutdown::default();
        let reminder = driver.start(shutdown.listen()).await.expect("a reminder");
        let (suite, names) = (self.suite, A::names());
        Applicants { driver, ring, suite, names, shutdown, _reminder: reminder }
    }

    /// Waits until the registration of a card stands as wished.
    pub(super) async fn card_until(&self, id: &str, wished: impl Fn(&CardStage) -> bool) {
        let mut watch = self.wallet.registrations.watch(id.as_bytes());
        let waiting = async {
            loop {
                let registration = self.wallet.registration(id).await.expect("a store");
                match registration.expect("a registration").stage {
                    stage if wished(&stage) => return,
                    CardStage::Refused(ended) => panic!("{id} was refused: {ended:?}"),
                    _ => watch.changed().await,
                }
            }
        };
        timeout(PATIENCE, waiting).await.expect("it comes to that");
    }

    /// Answers the bank's form, once it is there.
    pub(super) async fn fill_in(&self, id: &str) {
        self.card_until(id, |stage| matches!(stage, CardStage::FormShown(_))).await;
        let registration = self.wallet.registration(id).await.expect("a store");
        let CardStage::FormShown(shown) = registration.expect("a registration").stage else {
            panic!("a form")
        };
        let answers = card().answers(&shown.form.form);
        self.wallet.answer(id, answers).await.expect("an open vault");
    }

    /// Somebody at an authority agrees to whoever waits.
    pub(super) async fn approve(&self, at: Kind) {
        let enrolments = &self.office(at).enrolments;
        let all = enrolments.list(Page::newest(100)).await.expect("a store");
        for (record, enrolment) in all {
            let Desked::Applied(_) = enrolment.stage else { continue };
            let approval = match at {
                Kind::Merchant => approval(),
                Kind::Gateway => Approval::Gateway { name: cast::GATEWAY.to_owned() },
                _ => Approval::Cardholder,
            };
            let approved =
                enrolments.command(Lookup::Key(record.key), Decision::Approved(approval));
            approved.await.expect("in turn");
        }
    }
}
