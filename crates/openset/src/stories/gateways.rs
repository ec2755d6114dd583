//! What a dishonest merchant asks a gateway, and what a false gateway answers a merchant.

use std::fs;

use openset_node::{
    shutdown::Shutdown,
    store::{JournalOf, Page},
};
use openset_protocol::{
    cardholder::Stage as WalletStage,
    gateway::Stage as Answered,
    merchant::{Stage as Stand, purchase::Input},
};
use openset_wire::{
    der::decode,
    error::ErrorCode,
    payment::{AuthCode, CapCode, CapToken, Pi},
    types::CurrencyAmount,
    wrapper::Message,
};

use tokio::time::timeout;

use super::{
    between::{Aside, Between, Plan},
    forge::{draw, halves, message, number, rrpid},
    kept::files,
    post::Answer,
    stage::{Bought, PATIENCE, Stage, play_in_both},
};
use crate::{
    demo::story,
    house::{ground::Ground, merchant::Merchant, stores::Stores},
    shop::{checkout, orders::Order},
    sites::Name,
};

#[test]
fn instructions_of_one_order_inside_another_ask_no_bank() {
    // Abuse case 1, A3, A5: the second order is a poster more.
    play_in_both(async |stage| {
        let (held, forger) = (stage.hold(&stage.good).await, stage.forger());
        let auth_req = stage.crossed(&stage.example().await.order, "AuthReq").await;
        let before = stage.issuer_saw().await;
        let forged = forger.auth_req(&auth_req, &forger.merchant, |data, pi| {
            data.auth_req_item.auth_tags.auth_rr_tags.rrpid = draw().rrpid().into();
            *pi = Pi::PiDualSigned(halves(&held.p_req).pi_dual_signed);
        });
        let answer = stage.post(Name::Gateway, &forged).await;
        assert_eq!(stage.verdict(&answer), AuthCode::PiAuthMismatch);
        assert_eq!(stage.issuer_saw().await, before);
        stage.keeps_an_answer_and_no_more(&forged, AuthCode::PiAuthMismatch).await;
        // The consent was not spent by it.
        held.release();
        held.is_paid(stage).await;
    });
}

#[test]
fn more_than_was_signed_is_not_asked_of_a_bank() {
    // Abuse case 5, A23; A4: digests of another order.
    play_in_both(async |stage| {
        let (held, forger) = (stage.hold(&stage.good).await, stage.forger());
        let pattern = stage.crossed(&stage.example().await.order, "AuthReq").await;
        let description = held.description(stage).await;
        let before = stage.issuer_saw().await;
        let amounts = [
            CurrencyAmount { currency: 978, amount: 4201, amt_exp10: -2 },
            CurrencyAmount { currency: 978, amount: 0, amt_exp10: -2 },
            CurrencyAmount { currency: 840, amount: 4200, amt_exp10: -2 },
            CurrencyAmount { currency: 978, amount: 42, amt_exp10: 3 },
            CurrencyAmount { currency: 978, amount: u64::MAX, amt_exp10: -2 },
            CurrencyAmount { currency: 978, amount: 42, amt_exp10: 300 },
        ];
        for amount in amounts {
            let by = &forger.merchant;
            let asking = forger.asking(&pattern, &held.p_req, &description, by, |data| {
                data.auth_req_item.auth_req_payload.auth_req_amt = amount.clone();
            });
            let answer = stage.post(Name::Gateway, &asking).await;
            assert_eq!(stage.verdict(&answer), AuthCode::AmountError, "{amount:?}");
            stage.keeps_an_answer_and_no_more(&asking, AuthCode::AmountError).await;
        }
        let by = &forger.merchant;
        let other_goods = forger.asking(&pattern, &held.p_req, b"other goods", by, |_| {});
        let answer = stage.post(Name::Gateway, &other_goods).await;
        assert_eq!(stage.verdict(&answer), AuthCode::PiAuthMismatch);
        stage.keeps_an_answer_and_no_more(&other_goods, AuthCode::PiAuthMismatch).await;
        assert_eq!(stage.issuer_saw().await, before);
        // No register entry either: the consent can still be spent.
        held.release();
        held.is_paid(stage).await;
    });
}

#[test]
fn a_merchant_that_calls_itself_another_is_refused() {
    // A3.
    play_in_both(async |stage| {
        let forger = stage.forger();
        let auth_req = stage.crossed(&stage.example().await.order, "AuthReq").await;
        let before = stage.kept(Name::Gateway).await;
        let forged = forger.auth_req(&auth_req, &forger.merchant, |data, _| {
            let tags = &mut data.auth_req_item.auth_tags.auth_rr_tags;
            tags.rrpid = draw().rrpid().into();
            tags.mer_term_ids.merchant_id = number("MAISON-NORD-002").into();
        });
        let said = stage.complaint(Name::Gateway, &stage.post(Name::Gateway, &forged).await);
        assert_eq!(said.error_code, ErrorCode::WrapperMsgMismatch);
        stage.nothing_came_of_it(Name::Gateway, &before, 1, "another name").await;
    });
}

#[test]
fn no_octet_of_a_question_can_be_changed_on_its_way() {
    // A1, the network. All of the question is sealed, and its name is unused. In suite `set10`
    // certificates and lists inside the envelope can be changed, and are not what is believed: the
    // answer is then the true one, that this consent was spent.
    play_in_both(async |stage| {
        let forger = stage.forger();
        let order = &stage.example().await.order;
        let pattern = stage.crossed(order, "AuthReq").await;
        let asking = || {
            forger.auth_req(&pattern, &forger.merchant, |data, _| {
                data.auth_req_item.auth_tags.auth_rr_tags.rrpid = draw().rrpid().into();
            })
        };
        let (mut before, saw) = (stage.kept(Name::Gateway).await, stage.issuer_saw().await);
        let first = asking();
        let (begin, mut refused) = (6 + usize::from(first[5]), 0);
        for at in (begin..first.len()).step_by(61) {
            let mut changed = asking();
            let at = at.min(changed.len() - 1);
            changed[at] ^= 1 << (at % 8);
            let answer = stage.post(Name::Gateway, &changed).await;
            if let Message::AuthRes(_) = message(&answer.body) {
                assert!(!stage.suite().seals_against_change(), "octet {at} may be changed");
                assert_eq!(stage.verdict(&answer), AuthCode::PiPreviouslyUsed, "octet {at}");
                (before, refused) = (stage.kept(Name::Gateway).await, 0);
                continue;
            }
            let code = stage.complaint(Name::Gateway, &answer).error_code;
            let codes = [ErrorCode::SignatureFailure, ErrorCode::DecodingFailure];
            assert!(codes.contains(&code), "octet {at}: {code:?}");
            refused += 1;
        }
        assert_eq!(stage.issuer_saw().await, saw);
        stage.nothing_came_of_it(Name::Gateway, &before, refused, "a changed bit").await;
    });
}

#[test]
fn an_authorization_is_captured_once_and_for_no_more_than_it_holds() {
    // Abuse case 5, A8.
    play_in_both(async |stage| {
        let bought = stage.buy(&stage.good).await;
        let other = stage.buy(&stage.good).await;
        story::capture(&stage.system, &other.order).await.expect("captured");
        let pattern = stage.crossed(&other.order, "CapReq").await;
        let acquirer = stage.acquirer_saw().await;
        let no = |answer: &Answer| stage.captured(answer);
        let again = stage.forger().cap_req(&pattern, &stage.forger().merchant, |_, _| {});
        let answer = stage.post(Name::Gateway, &again).await;
        assert_eq!(no(&answer), CapCode::DuplicateRequest, "under another name");
        for cents in [4201, u64::MAX, 0] {
            let more = stage.capturing(&pattern, &bought, cents).await;
            let answer = stage.post(Name::Gateway, &more).await;
            assert_eq!(no(&answer), CapCode::InvalidAuthData, "{cents} cents");
        }
        let stolen = stage.forger().cap_req(&pattern, &stage.forger().merchant, |_, tokens| {
            tokens.push(CapToken::Null(()));
        });
        let said = stage.post(Name::Gateway, &stolen).await;
        assert_eq!(said.status, 200);
        assert_eq!(stage.acquirer_saw().await, acquirer, "the acquirer heard of none of it");
        let part = stage.capturing(&pattern, &bought, 2100).await;
        let answers = stage.post_at_once(Name::Gateway, &part, 20).await;
        assert!(answers.iter().all(|answer| answer.body == answers[0].body));
        assert_eq!(no(&answers[0]), CapCode::Success);
        assert_eq!(stage.acquirer_saw().await, acquirer + 2, "one 0220 and one 0230");
        let rest = stage.capturing(&pattern, &bought, 2100).await;
        let answer = stage.post(Name::Gateway, &rest).await;
        assert_eq!(no(&answer), CapCode::DuplicateRequest, "captured in part is captured");
    });
}

#[test]
fn a_merchant_believes_no_gateway_s_answer_but_the_one_to_its_question() {
    // A2, abuse case 9: another house of the same merchant, and somebody on its line.
    play_in_both(async |stage| {
        let order = &stage.example().await.order;
        let lies = [stage.crossed(order, "AuthRes").await, stage.crossed(order, "PRes").await];
        let (mut left, count) = (lies.to_vec(), lies.len());
        let address = stage.system.ground.addresses.gateway.clone();
        let between = Between::stand(stage, &address, move |asked| match asked {
            "PCertReq" => Plan::Forward,
            _ => left.pop().map_or(Plan::Forward, Plan::Say),
        })
        .await;
        let twin = Twin::open(stage, &between.url).await;
        let order = twin.order(stage).await;
        let id = stage.begin_through(&order, &stage.good, &twin.url).await;
        let is_offered = |stage: &WalletStage| matches!(stage, WalletStage::Offered(_));
        stage.wallet_until(&id, |purchase| is_offered(&purchase.stage)).await;
        stage.system.wallet.consent(&id, &stage.good).await.expect("an open wallet");
        twin.is_authorized(&order).await;
        assert_eq!(between.count("AuthReq"), count + 1, "asked again after every lie");
    });
}

/// The same merchant in another folder, with another idea of where its gateway is.
pub(super) struct Twin {
    pub(super) merchant: Merchant,
    pub(super) url: String,
    stop: Shutdown,
    _serving: Aside,
    _folder: tempfile::TempDir,
}

impl Twin {
    pub(super) async fn open(stage: &Stage, gateway: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let (from, to) = (stage.folder("merchant"), folder.path().join("merchant"));
        for path in files(&from) {
            let inside = path.strip_prefix(&from).expect("a file of the merchant");
            if inside.starts_with("keys")
                || inside.starts_with("certificates")
                || inside.ends_with("passphrase")
            {
                let copy = to.join(inside);
                fs::create_dir_all(copy.parent().expect("in a folder")).expect("a folder");
                fs::copy(&path, copy).expect("a copy");
            }
        }
        let mut ground: Ground = stage.system.ground.clone();
        ground.data = folder.path().to_owned();
        ground.stores = Stores::default();
        ground.addresses.gateway = gateway.to_owned();
        let gateway = &stage.forger().gateway.encipherment;
        let merchant = Merchant::open(&ground, gateway, &[]).await.expect("a merchant");
        let stop = Shutdown::default();
        merchant.start(&stop.listen()).await.expect("a merchant that remembers");
        let serving = Aside::serve(merchant.endpoint()).await;
        Self { merchant, url: serving.url.clone(), stop, _serving: serving, _folder: folder }
    }

    /// An order that stands at both houses.
    pub(super) async fn order(&self, stage: &Stage) -> Order {
        let order = story::order(&stage.system).await.expect("an order");
        let at = checkout::instance(&order);
        let known = stage.system.merchant.purchases.state(&at).await.expect("a store");
        let placed = Input::Placed(known.expect("a purchase").order);
        self.merchant.purchases.command(at, placed).await.expect("a good order");
        order
    }

    async fn is_authorized(&self, order: &Order) {
        self.until(order, |stage| matches!(stage, Stand::Authorized(_))).await;
    }

    /// Waits until a purchase stands as wanted.
    pub(super) async fn until(&self, order: &Order, is_wanted: impl Fn(&Stand) -> bool) {
        let at = checkout::instance(order);
        let mut watch = self.merchant.purchases.watch(order.key());
        let waiting = async {
            loop {
                let state = self.merchant.purchases.state(&at).await.expect("a store");
                if is_wanted(&state.expect("a purchase").stage) {
                    return;
                }
                watch.changed().await;
            }
        };
        timeout(PATIENCE, waiting).await.expect("the gateway answers in the end");
    }
}

impl Drop for Twin {
    fn drop(&mut self) {
        self.stop.ask();
    }
}

impl Stage {
    /// Checks what a refusal by the gateway's judgement has left at the gateway (ADR 17): the
    /// request and its answer in the journal, and a record that says which answer, with nothing of
    /// the payment instructions.
    pub(super) async fn keeps_an_answer_and_no_more(&self, asked: &[u8], code: AuthCode) {
        let rrpid = rrpid(asked);
        let journal = self.store(Name::Gateway);
        let journal = journal.journal(&JournalOf::Request(rrpid), Page::newest(10)).await;
        let mut names: Vec<_> =
            journal.expect("a journal").into_iter().map(|passed| passed.name).collect();
        names.sort();
        assert_eq!(names, ["AuthReq", "AuthRes"]);
        let record = self.system.authorization(rrpid).await.expect("a store").expect("a record");
        assert_eq!(record.stage, Answered::Refused { code });
    }

    /// What the gateway answered a merchant.
    pub(super) fn verdict(&self, answer: &Answer) -> AuthCode {
        assert_eq!(answer.status, 200, "{}", answer.head);
        let forger = self.forger();
        let said = forger.auth_res(&answer.body, &forger.merchant);
        said.auth_res_payload.auth_header.auth_code
    }

    /// What became of the only item of a capture.
    fn captured(&self, answer: &Answer) -> CapCode {
        assert_eq!(answer.status, 200, "{}", answer.head);
        let forger = self.forger();
        let said = forger.cap_res(&answer.body, &forger.merchant);
        said.cap_res_item_seq[0].cap_res_payload.cap_code
    }

    /// A request to capture so much of an authorization, made by the pattern of another.
    async fn capturing(&self, pattern: &[u8], bought: &Bought, cents: u64) -> Vec<u8> {
        let at = checkout::instance(&bought.order);
        let state = self.system.merchant.purchases.state(&at).await.expect("a store");
        let Stand::Authorized(held) = state.expect("a purchase").stage else {
            panic!("order {} is not authorized", bought.order.number)
        };
        let p_req = self.crossed(&bought.order, "PReq").await;
        let trans_ids = halves(&p_req).oi_dual_signed.t1.value().trans_ids.clone();
        let forger = self.forger();
        forger.cap_req(pattern, &forger.merchant, |data, tokens| {
            let item = &mut data.cap_item_seq[0];
            item.trans_ids = trans_ids;
            item.auth_rrpid = held.rrpid.into();
            item.cap_payload.cap_req_amt.amount = cents;
            tokens[0] = decode(held.cap_token.as_ref()).expect("the gateway's token");
        })
    }

    /// How many messages the acquirer has seen and sent.
    pub(super) async fn acquirer_saw(&self) -> i64 {
        let page = Page::newest(1);
        let newest = self.store(Name::Acquirer).journal(&JournalOf::Everything, page).await;
        newest.expect("a journal").first().map_or(0, |passed| passed.seq.number())
    }
}
