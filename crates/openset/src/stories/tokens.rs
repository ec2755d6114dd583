//! Keys in tokens while sessions end and tokens are pulled: nobody loses a purchase, and nobody
//! is blamed for it.

#[path = "../../../node/tests/tokens/softhsm.rs"]
pub(crate) mod softhsm;

use std::{fs, path::PathBuf, sync::Arc};

use cryptoki::context::Pkcs11;
use openset_crypto::vault::Cost;
use openset_node::{
    measure::Measured,
    store::{JournalOf, Page},
};
use openset_protocol::summary::Fact;
use tokio::time::sleep;

use self::softhsm::SoftHsm;
use super::stage::{LOOK, MODERN};
use crate::{
    demo::{cast, data::Data, reading, story},
    house::{
        first_start,
        holders::Holders,
        running::Running,
        system::{System, Wish},
    },
    ports,
    sites::Name,
};

/// A system whose merchant, gateway and authority of cardholders keep their keys in tokens.
struct Vaulted {
    system: Arc<System>,
    running: Running,
    measured: Measured,
    _data: Data,
}

/// Plays a story with tokens in a process of its own.
fn play(test: &str, story: impl AsyncFnOnce(&SoftHsm, &Vaulted)) {
    SoftHsm::play(&format!("stories::tokens::{test}"), |hsm| {
        let mut threads = tokio::runtime::Builder::new_multi_thread();
        let runtime = threads.enable_all().build().expect("threads");
        runtime.block_on(async {
            let vaulted = Vaulted::open(hsm).await;
            story(hsm, &vaulted).await;
            let Vaulted { system, running, .. } = vaulted;
            assert!(running.stop(&system).await);
        });
    });
}

impl Vaulted {
    async fn open(hsm: &SoftHsm) -> Self {
        let mut holders = Holders::default();
        for role in ["ca-cardholder", "gateway", "merchant"] {
            holders.put(role, hsm.token(role));
        }
        let data = Data::open(&hsm.folder().join("demo")).expect("a new folder");
        let wish = Wish { suite: MODERN, port: 0, vault: Cost::FLEETING, holders: &holders };
        let measured = Measured::begin();
        first_start::make(&data, wish).await.expect("everything is made");
        let (system, mut running) = System::start(&data, wish).await.expect("everybody starts");
        running.serve(system.at, ports::sites(&system, &[], &measured), &[]).await.expect("sites");
        story::unlock(&system).await.expect("the demo's passphrase");
        Self { system, running, measured, _data: data }
    }

    /// Waits until the authority of cardholders has failed at a message, and nobody else.
    async fn authority_failed(&self) {
        let failed = |line: &&str| line.contains("outcome=\"failed\"");
        loop {
            let text = self.measured.text();
            let counts = text.lines().filter(|line| line.contains("_seconds_count{"));
            let by: Vec<&str> = counts.filter(failed).collect();
            if !by.is_empty() {
                assert!(by.iter().all(|line| line.contains("role=\"ca-cardholder\"")), "{by:?}");
                return;
            }
            sleep(LOOK).await;
        }
    }
}

/// Ends every session of this process, while nobody is using one.
fn end_sessions(hsm: &SoftHsm) {
    let module = Pkcs11::new(&hsm.module).expect("SoftHSM");
    module.finalize().expect("it was initialized");
}

pub(super) fn tokens(hsm: &SoftHsm) -> PathBuf {
    hsm.folder().join("tokens")
}

#[test]
fn a_purchase_goes_on_when_every_session_was_lost_before_each_of_its_steps() {
    let name = "a_purchase_goes_on_when_every_session_was_lost_before_each_of_its_steps";
    play(name, async |hsm, vaulted| {
        let system = &vaulted.system;
        end_sessions(hsm);
        let card = story::enrol(system, &cast::CARDS[0]).await.expect("a certificate");
        let order = story::order(system).await.expect("an order");
        end_sessions(hsm);
        let id = story::offer(system, &order, &card).await.expect("an offer");
        end_sessions(hsm);
        let bought = story::pay(system, &order, &id, &card).await.expect("an answer");
        assert_eq!(bought.fact, Fact::Authorized);
        end_sessions(hsm);
        story::capture(system, &order).await.expect("the money");
        story::clear(system).await.expect("a settlement");
        assert_eq!(reading::read(system).await.expect("readable books").differences(), []);
    });
}

#[test]
fn a_card_is_certified_although_the_authoritys_token_was_away_for_a_while() {
    let name = "a_card_is_certified_although_the_authoritys_token_was_away_for_a_while";
    play(name, async |hsm, vaulted| {
        let aside = hsm.folder().join("aside");
        fs::rename(tokens(hsm), &aside).expect("the tokens are pulled");
        let system = Arc::clone(&vaulted.system);
        let enrolling =
            tokio::spawn(async move { story::enrol(&system, &cast::CARDS[0]).await.map(drop) });
        vaulted.authority_failed().await;
        fs::rename(&aside, tokens(hsm)).expect("the tokens are back");
        // SoftHSM looks for its tokens when it begins.
        end_sessions(hsm);
        enrolling.await.expect("no panic").expect("a certificate");
        let store = &vaulted.system.authorities.iter();
        let authority =
            store.clone().find(|one| Name::of_authority(one.seat.kind) == Name::CaCardholder);
        let store = &authority.expect("one of the three").party.store;
        let journal = store.journal(&JournalOf::Everything, Page::newest(100)).await;
        let names: Vec<String> =
            journal.expect("a journal").into_iter().map(|passed| passed.name).collect();
        assert!(!names.iter().any(|name| name == "Error"), "nobody is blamed: {names:?}");
        assert_eq!(names.iter().filter(|name| *name == "CertRes").count(), 1, "{names:?}");
    });
}
