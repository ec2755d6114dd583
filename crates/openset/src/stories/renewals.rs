//! The life of a card's certificate on the wallet's pages: renewed, looked at by a person, refused
//! and corrected, and what a certificate that was taken back is good for.

use openset_protocol::{cardholder::registration::Stage, summary::Fact};
use openset_wire::x509::CrlReason;
use tokio::time::timeout;

use super::{
    stage::{PATIENCE, card, runtime},
    town::{Town, operator},
    visitor::Visitor,
};
use crate::{
    demo::{
        cast::{self, Behaviour, TestCard},
        story,
    },
    house::bureau::{Bureau, No, queue::By},
    sites::Name,
};

/// Somebody at the wallet's pages.
pub(super) struct Holder {
    pub(super) pages: Visitor,
}

impl Town {
    /// Somebody who has opened the wallet.
    pub(super) async fn holder(&self) -> Holder {
        let mut pages = Visitor::new(self.system.at, Name::Wallet.host());
        pages.get("/unlock").await;
        let fields = [("passphrase", cast::PASSPHRASE), ("minutes", "10"), ("next", "/")];
        assert_eq!(pages.post("/unlock", &fields).await, "/");
        Holder { pages }
    }

    /// The name of the only request that waits for a person.
    async fn waiting(&self, bureau: &Bureau) -> String {
        let mut all = Vec::new();
        for office in &bureau.offices {
            all.extend(office.requests().await.expect("requests"));
        }
        all.retain(|request| request.state.is_open());
        assert_eq!(all.len(), 1, "{all:?}");
        all.remove(0).id
    }

    /// The answers of a card's holder, as the fields of the page; one of them may be another.
    async fn fields(
        &self,
        id: &str,
        card: &TestCard,
        wrong: Option<usize>,
    ) -> Vec<(String, String)> {
        let kept = self.system.wallet.registration(id).await.expect("a store").expect("begun");
        let Stage::FormShown(shown) = kept.stage else { panic!("a form: {:?}", kept.stage) };
        let answers = card.answers(&shown.form.form).into_iter();
        let mut fields: Vec<(String, String)> = (1..)
            .zip(answers)
            .map(|(number, answer)| (format!("field-{number}"), answer.text))
            .collect();
        if let Some(place) = wrong {
            fields[place].1 = "Brest".to_owned();
        }
        fields.push(("accept".to_owned(), "yes".to_owned()));
        fields
    }
}

impl Holder {
    /// Loads a page until it says this; a page that waits for the bank waits a little itself.
    pub(super) async fn until(&mut self, path: &str, says: &str) -> String {
        let waiting = async {
            loop {
                let page = self.pages.get(path).await;
                if page.contains(says) {
                    return page;
                }
            }
        };
        timeout(PATIENCE, waiting).await.unwrap_or_else(|_| panic!("{path} never says {says}"))
    }

    /// Answers the form of the bank.
    pub(super) async fn answers(
        &mut self,
        town: &Town,
        path: &str,
        card: &TestCard,
        wrong: Option<usize>,
    ) {
        self.until(path, "name=\"accept\"").await;
        let id = path.rsplit('/').next().expect("a name");
        let fields = town.fields(id, card, wrong).await;
        let fields: Vec<(&str, &str)> =
            fields.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
        assert_eq!(self.pages.post(path, &fields).await, path);
    }

    /// Types in a card; gives the page of its registration.
    pub(super) async fn applies(&mut self, card: &TestCard) -> String {
        self.pages.get("/cards/new").await;
        self.pages.post("/cards", &[("number", card.number), ("expiry", "12/29")]).await
    }
}

pub(super) fn id(path: &str) -> String {
    path.rsplit('/').next().expect("a name").to_owned()
}

#[test]
fn a_card_is_renewed_on_its_page_and_pays_with_the_new_certificate() {
    runtime().block_on(async {
        let town = Town::open().await;
        let (ada, mut holder) = (card(Behaviour::Approves), town.holder().await);
        let first = holder.applies(ada).await;
        holder.answers(&town, &first, ada, None).await;
        holder.until(&first, "You can pay with it now").await;
        let before = id(&first);
        assert_eq!(town.buy(&before).await.expect("paid"), Fact::Authorized);

        let file = holder.pages.get(&format!("/cards/{before}")).await;
        assert!(file.contains("value=\"12/29\""), "the month on the card: {file}");
        let renew = format!("/cards/{before}/renew");
        let second = holder.pages.post(&renew, &[("expiry", "12/29")]).await;
        let again = holder.pages.post(&renew, &[]).await;
        assert_eq!(again, second, "what is asked for already is not asked for twice");
        holder.answers(&town, &second, ada, None).await;
        holder.until(&second, "You can pay with it now").await;
        let after = id(&second);
        let kept = town.system.wallet.registration(&after).await.expect("a store").expect("there");
        assert!(kept.renews.is_some(), "it was a renewal");
        assert_eq!(town.buy(&after).await.expect("paid"), Fact::Authorized);

        // It is one card, under both names.
        let cards = holder.pages.get("/").await;
        assert_eq!(cards.matches("…4242").count(), 1, "{cards}");
        let [old, new] = [&before, &after].map(|id| format!("/cards/{id}"));
        let (old, new) = (holder.pages.get(&old).await, holder.pages.get(&new).await);
        let serial = |page: &str| page.split("<code").nth(1).map(|it| it[..60].to_owned());
        assert_eq!(serial(&old), serial(&new));
        town.stop().await;
    });
}

#[test]
fn a_card_that_a_person_looks_at_outlives_a_restart_and_is_certified_when_its_holder_asks() {
    runtime().block_on(async {
        let town = Town::open().await;
        let (elise, mut holder) = (card(Behaviour::LookedAt), town.holder().await);
        let page = holder.applies(elise).await;
        holder.answers(&town, &page, elise, None).await;
        holder.until(&page, "Your bank has not decided yet").await;

        let town = town.restarted().await;
        let mut holder = town.holder().await;
        let cards = holder.pages.get("/").await;
        assert!(cards.contains("Somebody at the bank looks at it"), "{cards}");
        let ask = format!("{page}/inquire");
        holder.pages.get(&page).await;
        assert_eq!(holder.pages.post(&ask, &[]).await, page);
        holder.until(&page, "Your bank has not decided yet").await;

        let bureau = town.bureau().await;
        let waiting = town.waiting(&bureau).await;
        bureau.approve(&waiting, None, &operator()).await.expect("approved and signed");
        holder.pages.post(&ask, &[]).await;
        holder.until(&page, "You can pay with it now").await;
        assert_eq!(town.buy(&id(&page)).await.expect("paid"), Fact::Authorized);
        town.stop().await;
    });
}

#[test]
fn a_refused_application_shows_why_and_is_corrected_and_sent_again() {
    runtime().block_on(async {
        let town = Town::open().await;
        let (ada, mut holder) = (card(Behaviour::Approves), town.holder().await);
        let first = holder.applies(ada).await;
        // Another name than the bank has: the form is back, and says which answer.
        holder.answers(&town, &first, ada, Some(0)).await;
        let back = holder.until(&first, "did not accept every answer").await;
        assert!(back.contains("this is not what the bank has"), "{back}");
        assert!(back.contains("<a href=\"#field-1\">Name on the card</a>"), "{back}");
        assert_eq!(back.matches("aria-invalid").count(), 1, "{back}");

        // Another postcode is a matter for a person, who says no, in words.
        holder.answers(&town, &first, ada, Some(1)).await;
        holder.until(&first, "Your bank has not decided yet").await;
        let bureau = town.bureau().await;
        let no = No { by: By::Issuer, message: Some("Please call your branch.".to_owned()) };
        let waiting = town.waiting(&bureau).await;
        bureau.refuse(&waiting, no, &operator()).await.expect("refused");
        holder.pages.post(&format!("{first}/inquire"), &[]).await;
        let refused = holder.until(&first, "Please call your branch.").await;
        assert!(refused.contains("does not certify the card ending 4242"), "{refused}");

        let second = holder.pages.post(&format!("/cards/{}/renew", id(&first)), &[]).await;
        assert_ne!(second, first);
        holder.answers(&town, &second, ada, None).await;
        holder.until(&second, "You can pay with it now").await;
        assert_eq!(town.buy(&id(&second)).await.expect("paid"), Fact::Authorized);
        town.stop().await;
    });
}

#[test]
fn a_card_that_was_taken_back_is_not_renewed_but_registered_anew() {
    runtime().block_on(async {
        let town = Town::open().await;
        let (ada, mut holder) = (card(Behaviour::Approves), town.holder().await);
        let lost = story::enrol(&town.system, ada).await.expect("certified");
        let cards = town.system.wallet.certified().await.expect("cards");
        let identity = cards[0].1.identity().expect("its certificate");
        let serial = &identity.certificate.to_be_signed.serial_number;
        let serial = data_encoding::HEXLOWER.encode(serial.as_bytes());
        let bureau = town.bureau().await;
        bureau.revoke(&serial, CrlReason::KeyCompromise, &operator()).await.expect("taken back");

        holder.pages.get("/").await;
        let renew = |id: &str| format!("/cards/{id}/renew");
        let renewal = holder.pages.post(&renew(&lost), &[]).await;
        holder.answers(&town, &renewal, ada, None).await;
        let refused = holder.until(&renewal, "is not believed any more").await;
        assert!(!refused.contains("stays good until"), "{refused}");

        let anew = holder.pages.post(&renew(&id(&renewal)), &[]).await;
        holder.answers(&town, &anew, ada, None).await;
        holder.until(&anew, "You can pay with it now").await;
        let kept = town.system.wallet.registration(&id(&anew)).await.expect("a store");
        assert_eq!(kept.expect("there").renews, None);
        assert_eq!(town.buy(&id(&anew)).await.expect("paid"), Fact::Authorized);
        town.stop().await;
    });
}
