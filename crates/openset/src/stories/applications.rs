//! Merchants and gateways on the pages of their own certificates: renewed there, taken back in the
//! console of their authority, applied for anew, looked at, corrected, refused and granted.

use openset_crypto::Identity;
use openset_protocol::summary::Fact;
use openset_wire::x509::CrlReason;
use tokio::time::timeout;

use super::{
    stage::{PATIENCE, card, runtime},
    town::{Town, operator},
    visitor::Visitor,
};
use crate::{
    demo::{cast::Behaviour, story},
    house::bureau::{
        Bureau, No,
        queue::{By, RequestState},
    },
    sites::Name,
};

impl Town {
    /// Somebody who has looked at the certificates of a site.
    async fn owner(&self, name: Name) -> Visitor {
        let mut pages = Visitor::new(self.system.at, name.host());
        pages.get("/certificates").await;
        pages
    }

    /// A certified card in an open wallet.
    async fn shopper(&self) -> String {
        story::unlock(&self.system).await.expect("the passphrase");
        story::enrol(&self.system, card(Behaviour::Approves)).await.expect("certified")
    }

    /// The wallet is opened again and pays.
    async fn pays_again(&self, card: &str) {
        story::unlock(&self.system).await.expect("the passphrase");
        assert_eq!(self.buy(card).await.expect("paid"), Fact::Authorized);
    }
}

/// Loads a page until it says this.
async fn until(pages: &mut Visitor, path: &str, says: &str) -> String {
    let waiting = async {
        loop {
            let page = pages.get(path).await;
            if page.contains(says) {
                return page;
            }
        }
    };
    timeout(PATIENCE, waiting).await.unwrap_or_else(|_| panic!("{path} never says {says}"))
}

fn serial(identity: &Identity) -> String {
    let serial = &identity.certificate.to_be_signed.serial_number;
    data_encoding::HEXLOWER.encode(serial.as_bytes())
}

/// The name of the only request that waits for a person.
async fn waiting(bureau: &Bureau) -> String {
    let mut all = Vec::new();
    for office in &bureau.offices {
        all.extend(office.requests().await.expect("requests"));
    }
    all.retain(|request| request.state.is_open());
    assert_eq!(all.len(), 1, "{all:?}");
    all.remove(0).id
}

fn fields(answer: &str) -> [(&str, &str); 2] {
    [("field-1", answer), ("accept", "yes")]
}

#[test]
fn a_merchant_renews_on_its_page_and_what_is_under_way_is_not_asked_for_twice() {
    runtime().block_on(async {
        let town = Town::open().await;
        let card = town.shopper().await;
        let mut pages = town.owner(Name::Merchant).await;
        let before = town.system.merchant.upkeep.credentials().signature;
        let page = pages.get("/certificates").await;
        assert!(page.contains(&serial(&before)) && page.contains("Current"), "{page}");

        assert_eq!(pages.post("/certificates/renew", &[]).await, "/certificates");
        until(&mut pages, "/certificates", "opens only what comes late").await;
        let after = town.system.merchant.upkeep.credentials().signature;
        assert_ne!(before.key, after.key);
        town.pays_again(&card).await;

        // A form that waits for its answers is the one that is come back to, and is no obstacle to
        // a renewal that needs no person.
        let first = pages.post("/certificates/apply", &[]).await;
        assert_eq!(pages.post("/certificates/apply", &[]).await, first);
        until(&mut pages, &first, "Trading name").await;
        let page = pages.get("/certificates").await;
        assert!(page.contains("Waiting for your answers") && page.contains(&first), "{page}");
        assert_eq!(
            town.system.merchant.upkeep.credentials().signature.key,
            after.key,
            "nobody has answered it"
        );
        for nobody in ["/enrolments/hand-", "/enrolments/00", "/enrolments/%ff%00"] {
            let answer = pages.tries(nobody, &fields("Atelier Lumen")).await;
            let head = answer.head.lines().next().unwrap_or_default().to_owned();
            assert!(head.contains("404") || head.contains("400"), "{nobody}: {head}");
        }
        town.stop().await;
    });
}

#[test]
fn a_merchant_that_was_taken_back_applies_on_its_page_is_corrected_approved_and_paid_again() {
    runtime().block_on(async {
        let town = Town::open().await;
        let card = town.shopper().await;
        let (bureau, mut pages) = (town.bureau().await, town.owner(Name::Merchant).await);
        let lost = town.system.merchant.upkeep.credentials().signature;
        let why = CrlReason::KeyCompromise;
        bureau.revoke(&serial(&lost), why, &operator()).await.expect("taken back");
        assert!(town.buy(&card).await.is_err(), "nobody believes the shop");
        let page = pages.get("/certificates").await;
        assert!(page.contains("Somebody else may have the key"), "{page}");
        assert!(page.contains("Wallets do not believe this shop"), "{page}");
        assert!(page.contains("/certificates/apply") && !page.contains("/certificates/renew"));

        // Answers that do not fit are not sent.
        let here = pages.post("/certificates/apply", &[]).await;
        until(&mut pages, &here, "Trading name").await;
        let long = "Atelier Lumen, which has too long a name";
        for (wrong, told) in [("", "required"), (long, "At most 25 characters")] {
            let page = pages.tries(&here, &fields(wrong)).await;
            let page = String::from_utf8(page.body).expect("text");
            assert!(page.contains("field-1-wrong") && page.contains(told), "{page}");
        }
        let page = pages.tries(&here, &[("field-1", "Atelier Lumen")]).await;
        assert!(page.head.starts_with("HTTP/1.1 422"), "without the terms: {}", page.head);
        let asked = bureau.offices[1].requests().await.expect("requests");
        assert_eq!(asked[0].state, RequestState::Begun, "nothing was sent");

        // A person looks at it, and gives the answer back with words.
        assert_eq!(pages.post(&here, &fields("Atelier Lune")).await, here);
        until(&mut pages, &here, "has not decided yet").await;
        let number = waiting(&bureau).await;
        let listed = pages.get("/certificates").await;
        assert!(listed.contains(&number), "by this name the authority knows it: {listed}");
        let words = "that is not your sign".to_owned();
        let no = No { by: No::answers([(1, words.clone())]), message: None };
        bureau.refuse(&number, no, &operator()).await.expect("given back");
        assert_eq!(pages.post(&format!("{here}/inquire"), &[]).await, here);
        let back = until(&mut pages, &here, &words).await;
        assert!(back.contains("aria-describedby=\"field-1-wrong"), "{back}");

        assert_eq!(pages.post(&here, &fields("Atelier Lumen")).await, here);
        until(&mut pages, &here, "has not decided yet").await;
        bureau.approve(&waiting(&bureau).await, None, &operator()).await.expect("signed");
        pages.post(&format!("{here}/inquire"), &[]).await;
        let page = until(&mut pages, &here, "granted on").await;
        assert!(page.contains("/certificates/renew") && !page.contains("note bad"), "{page}");
        assert_ne!(town.system.merchant.upkeep.credentials().signature.key, lost.key);
        town.pays_again(&card).await;

        // What is decided is over: answers change nothing, and nothing is there to ask after.
        assert_eq!(pages.post(&here, &fields("Atelier Lune")).await, here);
        let stale = pages.tries(&format!("{here}/inquire"), &[]).await;
        assert!(stale.head.starts_with("HTTP/1.1 403"), "{}", stale.head);
        town.stop().await;
    });
}

#[test]
fn a_gateway_that_was_taken_back_is_refused_applies_again_and_is_certified_after_a_restart() {
    runtime().block_on(async {
        let town = Town::open().await;
        let card = town.shopper().await;
        let (bureau, mut pages) = (town.bureau().await, town.owner(Name::Gateway).await);
        let lost = town.system.gateway.upkeep.credentials();
        let why = CrlReason::PrivilegeWithdrawn;
        let opens = serial(&lost.encipherments[0]);
        bureau.revoke(&opens, why, &operator()).await.expect("taken back");
        assert!(town.buy(&card).await.is_err(), "nobody seals for the gateway");
        let page = pages.get("/certificates?lang=fr").await;
        assert!(page.contains("Révoqué") && page.contains("/certificates/apply"), "{page}");

        let first = pages.post("/certificates/apply", &[]).await;
        until(&mut pages, &first, "Exploitant").await;
        assert_eq!(pages.post(&first, &fields("Demo Acquirer")).await, first);
        until(&mut pages, &first, "n’a pas encore décidé").await;
        let no = No { by: By::Acquirer, message: Some("Appelez-nous d'abord.".to_owned()) };
        bureau.refuse(&waiting(&bureau).await, no, &operator()).await.expect("refused");
        pages.post(&format!("{first}/inquire"), &[]).await;
        let refused = until(&mut pages, &first, "Appelez-nous d").await;
        assert!(refused.contains("action=\"/certificates/apply\""), "{refused}");

        let second = pages.post("/certificates/apply", &[]).await;
        assert_ne!(second, first);
        until(&mut pages, &second, "Exploitant").await;
        assert_eq!(pages.post(&second, &fields("Demo Acquirer")).await, second);
        until(&mut pages, &second, "n’a pas encore décidé").await;

        let town = town.restarted().await;
        let (bureau, mut pages) = (town.bureau().await, town.owner(Name::Gateway).await);
        let page = pages.get("/certificates").await;
        assert!(page.contains("Revoked") && page.contains(&second), "{page}");
        bureau.approve(&waiting(&bureau).await, None, &operator()).await.expect("signed");
        pages.post(&format!("{second}/inquire"), &[]).await;
        until(&mut pages, &second, "granted on").await;
        assert_ne!(town.system.gateway.upkeep.credentials().signature.key, lost.signature.key);
        town.system.merchant.upkeep.look().await.expect("it sees the gateway's certificate");
        town.pays_again(&card).await;
        town.stop().await;
    });
}
