//! The issuer says nothing: what is told, what is undone, what comes too late.

use openset_bank::ledger::HoldState;
use openset_node::{
    banks::ABOUT_SALE,
    store::{JournalOf, Page},
};
use openset_protocol::{
    gateway::Stage as Asked, merchant::Stage as Stand, role::Lookup, summary::Fact,
};
use openset_types::RetrievalReference;
use openset_wire::{error::ErrorCode, payment::AuthCode};
use tokio::time::timeout;

use super::{
    forge::draw,
    secrecy::{nothing_of, numbers},
    stage::{Bought, PATIENCE, Stage, play_in_both},
};
use crate::{shop::checkout, sites::Name};

#[test]
fn an_issuer_that_says_nothing_is_asked_to_undo_what_it_may_have_done() {
    // Abuse case 12, from the wallet to the issuer's ledger.
    play_in_both(async |stage| {
        let bought = stage.unanswered().await;
        assert_eq!(bought.told.fact, Fact::Declined);
        let purchase = stage.system.wallet.purchase(&bought.id).await.expect("a store");
        let facts = purchase.expect("a purchase").summary().timeline;
        let facts: Vec<Fact> = facts.moments().iter().map(|moment| moment.fact).collect();
        assert!(facts.contains(&Fact::Received), "the shop says that it waits: {facts:?}");
        assert!(!facts.contains(&Fact::Authorized), "nobody says that it is paid: {facts:?}");
        // What was told again and again was opened again each time, and kept nowhere.
        nothing_of(&numbers(), &stage.folder("gateway"), "a card number");
        let retrieval = stage.reversed(bought).await;
        let names = stage.issuer_heard_of(&retrieval).await;
        assert_eq!(names.iter().filter(|name| *name == "0100").count(), 1, "{names:?}");
        assert!(names.iter().any(|name| name == "0420"), "{names:?}");
        assert_eq!(names.iter().filter(|name| *name == "0430").count(), 1, "{names:?}");
        stage.holds_nothing(&retrieval).await;
    });
}

#[test]
fn after_a_reversal_nothing_revives_the_authorization() {
    // Abuse case 12: the same question, the same consent, and a capture.
    play_in_both(async |stage| {
        let bought = stage.unanswered().await;
        let retrieval = stage.reversed(bought).await;
        let auth_req = stage.crossed(&bought.order, "AuthReq").await;
        let before = stage.kept(Name::Gateway).await;
        let answers = stage.post_at_once(Name::Gateway, &auth_req, 10).await;
        for answer in &answers {
            assert_eq!(stage.verdict(answer), AuthCode::NoReply);
        }
        stage.nothing_came_of_it(Name::Gateway, &before, 0, "the question again").await;
        let at = checkout::instance(&bought.order);
        let state = stage.system.merchant.purchases.state(&at).await.expect("a store");
        assert!(matches!(state.expect("a purchase").stage, Stand::Declined(_)));
        let amount = bought.told.amount;
        let capture = openset_protocol::merchant::purchase::Input::Capture { amount };
        assert!(stage.system.merchant.purchases.command(at, capture).await.is_err());
        stage.holds_nothing(&retrieval).await;
        let p_req = stage.crossed(&bought.order, "PReq").await;
        let card = stage.certified(&stage.silent).await;
        let forger = stage.forger();
        let again = forger.p_req(&p_req, &card, &forger.gateway.encipherment, |consent| {
            consent.order.rrpid = draw().rrpid().into();
        });
        let said = stage.complaint(Name::Merchant, &stage.post(Name::Merchant, &again).await);
        assert_eq!(said.error_code, ErrorCode::UnknownXid);
    });
}

impl Stage {
    /// Waits until an authorization is undone; answers what the banks call it.
    async fn reversed(&self, bought: &Bought) -> RetrievalReference {
        let authorizations = &self.system.gateway.authorizations;
        let all = authorizations.list(Page::newest(20)).await.expect("a store");
        let ours = all.into_iter().find(|(_, one)| one.question.ids.xid == bought.told.xid);
        let (record, _) = ours.expect("the gateway was asked");
        let mut watch = authorizations.watch(&record.key);
        let at = Lookup::Key(record.key);
        let undone = async {
            loop {
                let state = authorizations.state(&at).await.expect("a store");
                match state.expect("a record").stage {
                    Asked::Reversed { retrieval } => return retrieval,
                    Asked::Reversing { .. } => watch.changed().await,
                    other => panic!("the issuer has said nothing: {other:?}"),
                }
            }
        };
        timeout(PATIENCE, undone).await.expect("a reversal is acknowledged")
    }

    /// Checks that the issuer's books hold no money for an authorization.
    async fn holds_nothing(&self, retrieval: &RetrievalReference) {
        let view = self.system.issuer.host.view().await.expect("the issuer's books");
        assert!(view.is_balanced);
        let holds: Vec<_> =
            view.holds.iter().filter(|hold| hold.authorization == *retrieval).collect();
        assert!(holds.iter().all(|hold| hold.state == HoldState::Released), "{holds:?}");
        let silent = view.holds.iter().filter(|hold| hold.card.0 == 4);
        assert!(silent.into_iter().all(|hold| hold.state != HoldState::Placed));
    }

    /// The names of what the issuer has seen and said about an authorization and its reversal.
    async fn issuer_heard_of(&self, retrieval: &RetrievalReference) -> Vec<String> {
        let key = retrieval.as_str().as_bytes().to_vec();
        let of = JournalOf::Instance { kind: ABOUT_SALE, key };
        let journal = self.store(Name::Issuer).journal(&of, Page::newest(50)).await;
        journal.expect("a journal").into_iter().map(|passed| passed.name).collect()
    }
}
