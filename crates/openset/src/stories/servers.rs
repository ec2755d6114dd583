//! The life of a merchant's and a gateway's certificates: renewed when somebody says so and by
//! themselves, while people buy, and what was begun under the older keys is finished under them.

use openset_crypto::KeyId;
use openset_node::store::{JournalOf, Page};
use openset_protocol::{
    cardholder::Stage, enrolment::applicant::Applicant, role::Lookup, summary::Fact,
};
use openset_wire::x509::{Certificate, CrlReason};
use tokio::time::{sleep, timeout};

use super::{
    stage::{LOOK, PATIENCE, card, runtime},
    town::{Town, operator},
};
use crate::{
    demo::{cast::Behaviour, story},
    house::bureau::{No, queue::By},
    house::upkeep::{Deed, Looked, Progress, Report, State, Told, Upkeep, perform_behind},
};

const DAY_S: i64 = 86_400;
/// How long time passes at once: lists are good for thirty days.
const STEP_S: i64 = 20 * DAY_S;
/// More messages than a story has.
const MESSAGES_MAX: u32 = 1_000;

impl Town {
    /// The keys that merchant and gateway sign with.
    fn signers(&self) -> [KeyId; 2] {
        let (merchant, gateway) = (&self.system.merchant.upkeep, &self.system.gateway.upkeep);
        [merchant.credentials().signature.key, gateway.credentials().signature.key]
    }

    /// The certificate of its gateway that the merchant seals for.
    fn sealed_for(&self) -> Certificate {
        let (brand, standing) =
            (&self.system.ground.brand, self.system.merchant.purchases.standing());
        standing.accounts[brand].gateway.certificates[0].clone()
    }

    /// The certificate (DER) that a wallet was told to seal for.
    async fn offered_to_seal_for(&self, id: &str) -> Vec<u8> {
        let at = Lookup::Key(id.as_bytes().to_vec());
        let purchase = self.system.wallet.purchases.state(&at).await.expect("a store");
        let Stage::Offered(offered) = purchase.expect("a purchase").stage else {
            panic!("no offer")
        };
        offered.gateway_path[0].as_ref().to_vec()
    }

    /// How often the gateway was asked which certificate it uses.
    async fn asked_for_certificates(&self) -> usize {
        let store = &self.system.gateway.party.store;
        let journal = store.journal(&JournalOf::Everything, Page::newest(MESSAGES_MAX)).await;
        journal.expect("a journal").iter().filter(|passed| passed.name == "PCertReq").count()
    }

    /// Says something about a role's certificates through the door in its folder.
    async fn says(&self, role: &str, deed: Deed) -> Result<Report, String> {
        let told = perform_behind(&self.system.ground.data, role, &deed).await;
        match told.expect("a running system opens its doors").expect("an answer") {
            Told::Report(report) => Ok(*report),
            Told::Undone(why) => Err(why),
        }
    }

    /// Time passes, and lists are made anew in time.
    async fn passes_with_lists(&self, seconds: i64) {
        for _ in 0..seconds / STEP_S {
            self.passes(STEP_S);
            self.bureau().await.publish(&operator()).await.expect("new lists");
        }
    }
}

async fn looks<A: Applicant>(upkeep: &Upkeep<A>) -> Looked {
    upkeep.look().await.expect("a store")
}

#[test]
fn what_was_begun_under_the_older_keys_is_finished_after_a_renewal() {
    runtime().block_on(async {
        let town = Town::open().await;
        let system = &town.system;
        story::unlock(system).await.expect("the passphrase");
        let card = story::enrol(system, card(Behaviour::Approves)).await.expect("certified");
        let shipped = story::order(system).await.expect("an order");
        let id = story::offer(system, &shipped, &card).await.expect("an offer");
        story::pay(system, &shipped, &id, &card).await.expect("paid");
        let offered = story::order(system).await.expect("an order");
        let late = story::offer(system, &offered, &card).await.expect("an offer");

        let before = town.signers();
        for role in ["gateway", "merchant"] {
            let report = town.says(role, Deed::Renew).await.expect("renewed");
            assert_eq!((report.state, &report.application), (State::Current, &None), "{role}");
            let [signature, encipherment, older] = &report.certificates[..] else {
                panic!("{:?}", report.certificates)
            };
            assert!(signature.is_in_use && encipherment.is_in_use && !older.is_in_use);
        }
        assert!(town.signers().iter().all(|key| !before.contains(key)));

        // The offer names the older certificates; the capture token was sealed under them.
        let told = story::pay(system, &offered, &late, &card).await.expect("paid");
        assert_eq!(told.fact, Fact::Authorized);
        story::capture(system, &shipped).await.expect("captured");
        assert_eq!(town.buy(&card).await.expect("paid"), Fact::Authorized);

        // What was granted is in use after a restart.
        let renewed = town.signers();
        let town = town.restarted().await;
        assert_eq!(town.signers(), renewed);
        story::unlock(&town.system).await.expect("the passphrase");
        assert_eq!(town.buy(&card).await.expect("paid"), Fact::Authorized);
        town.stop().await;
    });
}

#[test]
fn a_gateway_says_by_its_thumb_that_it_has_another_key_and_the_merchant_asks_for_it() {
    runtime().block_on(async {
        let town = Town::open().await;
        let system = &town.system;
        story::unlock(system).await.expect("the passphrase");
        let card = story::enrol(system, card(Behaviour::Approves)).await.expect("certified");
        let mut offered = Vec::new();
        for _ in 0..2 {
            let order = story::order(system).await.expect("an order");
            let id = story::offer(system, &order, &card).await.expect("an offer");
            offered.push((order, id));
        }
        let older = town.sealed_for();
        let started = async {
            while town.asked_for_certificates().await == 0 {
                sleep(LOOK).await;
            }
        };
        timeout(PATIENCE, started).await.expect("it asks when it starts");
        town.says("gateway", Deed::Renew).await.expect("renewed");
        let newer = system.gateway.upkeep.credentials().encipherments[0].certificate.clone();
        looks(&system.merchant.upkeep).await;
        assert_eq!(town.sealed_for(), older, "nobody has told the merchant");
        let before = town.asked_for_certificates().await;

        // Sealed for the older key by wallet and shop; the answer names the newer one.
        let [(first, id), (late, late_id)] = &offered[..] else { panic!("two offers") };
        let told = story::pay(system, first, id, &card).await.expect("paid");
        assert_eq!(told.fact, Fact::Authorized);
        let learning = async {
            while town.sealed_for() != newer {
                sleep(LOOK).await;
            }
        };
        timeout(PATIENCE, learning).await.expect("it asks by itself");
        assert_eq!(town.asked_for_certificates().await, before + 1);

        // The next offer names the newer certificate, and nothing is left to be told.
        let order = story::order(system).await.expect("an order");
        let id = story::offer(system, &order, &card).await.expect("an offer");
        let der = openset_wire::der::encode(&newer).expect("encodable");
        assert_eq!(town.offered_to_seal_for(&id).await, der);
        let told = story::pay(system, &order, &id, &card).await.expect("paid");
        assert_eq!(told.fact, Fact::Authorized);
        // What the wallet had sealed for the older key still opens, and so does the token.
        let told = story::pay(system, late, late_id, &card).await.expect("paid");
        assert_eq!(told.fact, Fact::Authorized);
        story::capture(system, first).await.expect("captured");
        assert_eq!(town.asked_for_certificates().await, before + 1, "it is asked once");

        // It is known after a restart.
        let town = town.restarted().await;
        assert_eq!(town.sealed_for(), newer);
        town.stop().await;
    });
}

#[test]
fn a_merchant_and_a_gateway_renew_by_themselves_while_people_buy() {
    runtime().block_on(async {
        let town = Town::open().await;
        let system = &town.system;
        story::unlock(system).await.expect("the passphrase");
        let card = story::enrol(system, card(Behaviour::Approves)).await.expect("certified");
        let before = town.signers();
        town.passes_with_lists(240 * DAY_S).await;
        assert_eq!(looks(&system.merchant.upkeep).await, Looked::Through);
        assert_eq!(town.signers(), before, "nothing is due before the last third");
        story::unlock(system).await.expect("the passphrase");
        assert_eq!(town.buy(&card).await.expect("paid"), Fact::Authorized);

        town.passes_with_lists(STEP_S).await;
        story::unlock(system).await.expect("the passphrase");
        let renewing = async {
            while town.signers().iter().any(|key| before.contains(key)) {
                assert_eq!(town.buy(&card).await.expect("paid"), Fact::Authorized);
                sleep(LOOK).await;
            }
        };
        timeout(4 * PATIENCE, renewing).await.expect("they renew by themselves");
        assert_eq!(town.buy(&card).await.expect("paid"), Fact::Authorized);
        for role in ["gateway", "merchant"] {
            let report = town.says(role, Deed::List).await.expect("certificates");
            assert_eq!((report.state, report.application), (State::Current, None), "{role}");
        }
        town.stop().await;
    });
}

#[test]
fn a_merchant_whose_certificate_was_taken_back_is_looked_at_refused_and_certified_anew() {
    runtime().block_on(async {
        let town = Town::open().await;
        let upkeep = &town.system.merchant.upkeep;
        let nothing = town.says("merchant", Deed::Inquire { follow: None }).await;
        assert!(nothing.is_err(), "{nothing:?}");
        let credentials = upkeep.credentials();
        let serial = &credentials.signature.certificate.to_be_signed.serial_number;
        let serial = data_encoding::HEXLOWER.encode(serial.as_bytes());
        let bureau = town.bureau().await;
        bureau.revoke(&serial, CrlReason::KeyCompromise, &operator()).await.expect("taken back");
        let report = town.says("merchant", Deed::List).await.expect("a report");
        assert_eq!((report.state, &report.application), (State::Revoked, &None));
        assert_eq!(looks(upkeep).await, Looked::Through, "nobody asks by itself");

        // What is not believed renews nothing: it asks anew, and a person looks at it.
        let report = town.says("merchant", Deed::Renew).await.expect("a report");
        let first = report.application.expect("it is looked at");
        assert_eq!(first.progress, Progress::Pended);
        let number = first.number.expect("the authority's name of it");
        let no = No { by: By::Acquirer, message: Some("Call us first.".to_owned()) };
        bureau.refuse(&number, no, &operator()).await.expect("refused");
        let inquire = Deed::Inquire { follow: None };
        let report = town.says("merchant", inquire.clone()).await.expect("a report");
        let refused = report.application.expect("it was refused");
        assert_eq!(refused.progress, Progress::Refused);
        assert_eq!(refused.words, ["RejectedByAquirer: Call us first."]);
        assert_eq!(looks(upkeep).await, Looked::Through, "nobody asks again at once");
        assert_eq!(upkeep.credentials().signature.key, credentials.signature.key);

        let report = town.says("merchant", Deed::Renew).await.expect("a report");
        let second = report.application.expect("it is looked at");
        let number = second.number.expect("the authority's name of it");
        bureau.approve(&number, None, &operator()).await.expect("signed");
        let report = town.says("merchant", inquire).await.expect("a report");
        assert_eq!((report.state, &report.application), (State::Current, &None));
        assert_eq!(report.certificates.len(), 3);
        assert_ne!(upkeep.credentials().signature.key, credentials.signature.key);

        // What is believed again renews itself without a person.
        let report = town.says("merchant", Deed::Renew).await.expect("renewed");
        assert_eq!((report.state, report.application), (State::Current, None));
        town.stop().await;
    });
}
