//! Cardholders whose bank does not simply agree: answers that differ, and a card that a person at
//! the bank looks at.

use openset_crypto::Authority as Kind;
use openset_node::store::Page;
use openset_protocol::{
    ca::{Approval, Denial, Enrolment, Input, Reason, Stage as At, Told},
    cardholder::{
        Standing,
        registration::{Shown, Stage},
    },
    enrolment::{Ended, Patience, Why},
    role::Lookup,
};
use tokio::time::timeout;

use super::stage::{PATIENCE, Stage as Town, card, play};
use crate::demo::cast::{self, Behaviour, TestCard};

impl Town {
    /// Waits until the registration of a card stands as wished.
    async fn until(&self, id: &str, wished: impl Fn(&Stage) -> bool) -> Stage {
        let wallet = &self.system.wallet;
        let mut watch = wallet.registrations.watch(id.as_bytes());
        let waiting = async {
            loop {
                let registration = wallet.registration(id).await.expect("a store");
                let stage = registration.expect("a registration").stage;
                if wished(&stage) {
                    return stage;
                }
                watch.changed().await;
            }
        };
        timeout(PATIENCE, waiting).await.expect("it comes to that")
    }

    /// Begins to register a card, up to the form of its bank.
    async fn begin(&self, card: &TestCard) -> (String, Shown) {
        let id = self.system.wallet.apply(card.pan(), cast::expiry()).await.expect("a vault");
        let stage = self.until(&id, |stage| matches!(stage, Stage::FormShown(_))).await;
        let Stage::FormShown(shown) = stage else { panic!("a form") };
        (id, shown)
    }

    /// Answers a form, with another postcode than the bank has, or another name.
    async fn answer(&self, id: &str, card: &TestCard, shown: &Shown, wrong: Option<usize>) {
        let mut answers = card.answers(&shown.form.form);
        if let Some(place) = wrong {
            answers[place].text = "Brest".to_owned();
        }
        self.system.wallet.answer(id, answers).await.expect("an open vault");
    }

    /// The newest application that waits for a person.
    async fn waiting(&self) -> Vec<u8> {
        let authorities = &self.system.authorities;
        let office = authorities.iter().find(|one| one.seat.kind == Kind::Cardholder);
        let office = office.expect("an authority of cardholders");
        let all = office.enrolments.list(Page::newest(100)).await.expect("a store");
        let waits = |enrolment: &Enrolment| match &enrolment.stage {
            At::Applied(applied) => applied.told == Told::Pended,
            _ => false,
        };
        let found = all.into_iter().find(|(_, enrolment)| waits(enrolment));
        found.expect("an application waits").0.key
    }

    /// A person decides about the newest application that waits.
    async fn decide(&self, decision: Input) {
        let key = self.waiting().await;
        let authorities = &self.system.authorities;
        let office = authorities.iter().find(|one| one.seat.kind == Kind::Cardholder);
        let enrolments = &office.expect("an authority of cardholders").enrolments;
        enrolments.command(Lookup::Key(key), decision).await.expect("in turn");
    }

    /// Lets the wallet inquire after a second, so that nobody has to wait for it.
    fn hurry(&self) {
        let wallet = &self.system.wallet.registrations;
        let before = wallet.standing();
        wallet.stand(Standing {
            language: before.language.clone(),
            letterhead: before.letterhead.clone(),
            acceptance: before.acceptance,
            inquire_after_s: before.inquire_after_s,
            give_up_after_s: before.give_up_after_s,
            patience: Patience { inquire_after_s: 1, ..before.patience },
        });
    }
}

/// Whether the form came back with what was wrong.
fn is_back(stage: &Stage) -> bool {
    match stage {
        Stage::FormShown(shown) => !shown.form.unfit.is_empty(),
        _ => false,
    }
}

fn is_pending(stage: &Stage) -> bool {
    matches!(stage, Stage::Pending(_) | Stage::Inquiring(_))
}

#[test]
fn a_card_whose_answers_differ_is_told_which_and_certified_when_they_fit() {
    play(async |town| {
        let ada = card(Behaviour::Approves);
        let (id, shown) = town.begin(ada).await;
        town.answer(&id, ada, &shown, Some(0)).await;
        let Stage::FormShown(shown) = town.until(&id, is_back).await else { panic!("a form") };
        let [unfit] = &shown.form.unfit[..] else { panic!("one answer: {:?}", shown.form.unfit) };
        assert_eq!(unfit.number, 1);
        assert_eq!(unfit.why, Why::Said("this is not what the bank has".to_owned()));
        town.answer(&id, ada, &shown, None).await;
        town.until(&id, |stage| matches!(stage, Stage::Certified { .. })).await;
    });
}

#[test]
fn a_card_that_a_person_looks_at_is_certified_after_that_and_not_before() {
    play(async |town| {
        town.hurry();
        let card = card(Behaviour::LookedAt);
        let (id, shown) = town.begin(card).await;
        town.answer(&id, card, &shown, None).await;
        town.until(&id, is_pending).await;
        // It is asked after, and still waits.
        town.until(&id, |stage| matches!(stage, Stage::Inquiring(_))).await;
        town.until(&id, |stage| matches!(stage, Stage::Pending(_))).await;
        town.decide(Input::Approved(Approval::Cardholder)).await;
        town.until(&id, |stage| matches!(stage, Stage::Certified { .. })).await;
    });
}

#[test]
fn another_postcode_is_a_matter_for_a_person_who_may_say_no() {
    play(async |town| {
        town.hurry();
        let ada = card(Behaviour::Approves);
        let (id, shown) = town.begin(ada).await;
        town.answer(&id, ada, &shown, Some(1)).await;
        town.until(&id, is_pending).await;
        let message = Some("Please call your branch.".to_owned());
        let denial = Denial { reason: Reason::Issuer, message: message.clone() };
        town.decide(Input::Denied(denial)).await;
        let stage = town.until(&id, |stage| matches!(stage, Stage::Refused(_))).await;
        let Stage::Refused(Ended::Rejected(rejection)) = stage else { panic!("rejected") };
        assert_eq!(rejection.message, message);
    });
}
