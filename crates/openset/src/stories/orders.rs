//! Orders that the merchant does not take: changed, spliced, swapped, out of turn.

use std::ops::Range;

use openset_crypto::{Identity, digest};
use openset_protocol::{cardholder::Stage as WalletStage, summary::Fact};
use openset_types::Xid;
use openset_wire::{
    error::ErrorCode,
    payment::{AuthCode, CompletionCode, HodInput, OrderDescription},
    types::Challenge,
    wrapper::Message,
};

use super::{
    between::{Between, Held, Plan},
    forge::{asking_for, draw, halves, message, spliced},
    stage::{Stage, play_in_both},
};
use crate::{demo::story, sites::Name};

#[test]
fn the_same_purchase_with_another_amount_is_a_conflict() {
    // Abuse case 3: well signed, by the same cardholder.
    play_in_both(async |stage| {
        let bought = stage.example().await;
        let card = stage.certified(&stage.good).await;
        let p_req = stage.crossed(&bought.order, "PReq").await;
        let before = stage.kept(Name::Merchant).await;
        let forger = stage.forger();
        let other = forger.p_req(&p_req, &card, &forger.gateway.encipherment, |consent| {
            consent.head.inputs.purch_amt.amount += 100;
            consent.order.rrpid = draw().rrpid().into();
        });
        let said = stage.complaint(Name::Merchant, &stage.post(Name::Merchant, &other).await);
        assert_eq!(said.error_code, ErrorCode::UnspecifiedFailure);
        stage.nothing_came_of_it(Name::Merchant, &before, 1, "another amount").await;
    });
}

#[test]
fn no_octet_of_an_order_can_be_changed_on_its_way() {
    // Abuse case 4 and A1, the network: one bit of each seventh octet. The header around the
    // message says what anybody may say, and what of it matters is repeated under the signature;
    // of the certificates beside the signature those count that are good.
    play_in_both(async |stage| {
        let held = stage.hold(&stage.good).await;
        let before = stage.kept(Name::Merchant).await;
        let mut refused = 0;
        for at in matters(&held.p_req).step_by(7) {
            let mut changed = held.p_req.clone();
            changed[at] ^= 1 << (at % 8);
            let answer = stage.post(Name::Merchant, &changed).await;
            let is_refused = matches!(message(&answer.body), Message::Error(_));
            assert!(is_refused, "octet {at} of {} may be changed", changed.len());
            refused += 1;
        }
        stage.nothing_came_of_it(Name::Merchant, &before, refused, "a changed bit").await;
        held.release();
        held.is_paid(stage).await;
    });
}

#[test]
fn an_error_that_somebody_else_provoked_ends_no_order() {
    // The merchant signs an Error about whatever comes under the name of the order.
    play_in_both(async |stage| {
        let held = stage.hold(&stage.good).await;
        let mut broken = held.p_req.clone();
        let at = matters(&held.p_req).last().expect("a signed octet");
        broken[at] ^= 1;
        let provoked = stage.post(Name::Merchant, &broken).await.body;
        assert!(matches!(message(&provoked), Message::Error(_)));
        let mut lies = vec![provoked];
        held.between.now(move |name| match (name, lies.pop()) {
            ("PReq", Some(lie)) => Plan::Say(lie),
            _ => Plan::Forward,
        });
        held.is_paid(stage).await;
    });
}

#[test]
fn halves_of_two_orders_do_not_make_one() {
    // A5, abuse case 4: signature, instructions and digest of one purchase in another.
    play_in_both(async |stage| {
        let (one, other) = (stage.hold(&stage.good).await, stage.hold(&stage.good).await);
        let before = stage.kept(Name::Merchant).await;
        let theirs = || halves(&other.p_req);
        let spliced = [
            spliced(&one.p_req, |p_req| p_req.pi_dual_signed = theirs().pi_dual_signed),
            spliced(&one.p_req, |p_req| {
                p_req.pi_dual_signed.pi_signature = theirs().pi_dual_signed.pi_signature;
            }),
            spliced(&one.p_req, |p_req| p_req.oi_dual_signed.t2 = theirs().oi_dual_signed.t2),
            spliced(&one.p_req, |p_req| p_req.oi_dual_signed.t1 = theirs().oi_dual_signed.t1),
        ];
        // The last one names another purchase than its header, which is seen first.
        let codes =
            [ErrorCode::SignatureFailure; 3].into_iter().chain([ErrorCode::WrapperMsgMismatch]);
        for (order, code) in spliced.iter().zip(codes) {
            let said = stage.complaint(Name::Merchant, &stage.post(Name::Merchant, order).await);
            assert_eq!(said.error_code, code);
        }
        stage.nothing_came_of_it(Name::Merchant, &before, spliced.len(), "a splice").await;
        for held in [one, other] {
            held.release();
            held.is_paid(stage).await;
        }
    });
}

#[test]
fn instructions_exchanged_outside_the_signature_fail_at_the_gateway() {
    // A5: the merchant cannot see it, and the issuer is not asked. What the gateway says of it is
    // kept: it is the last word, and the cardholder hears it at once.
    play_in_both(async |stage| {
        let (one, other) = (stage.hold(&stage.good).await, stage.hold(&stage.good).await);
        let swapped = spliced(&one.p_req, |p_req| {
            p_req.pi_dual_signed.ex_pi_data = halves(&other.p_req).pi_dual_signed.ex_pi_data;
        });
        let before = stage.issuer_saw().await;
        let answer = stage.post(Name::Merchant, &swapped).await;
        let said = stage.forger().p_res(&answer.body);
        let results = said.p_res_payload_seq[0].results.as_ref().expect("a verdict");
        let status = results.auth_status.as_ref().expect("the gateway's");
        assert_eq!(status.auth_code, AuthCode::SignatureRequired, "no signature is over these");
        assert_eq!(stage.issuer_saw().await, before);
    });
}

#[test]
fn an_order_of_other_goods_than_the_shop_has_is_rejected_before_the_bank() {
    // A4: the cardholder signs for one poster what costs two.
    play_in_both(async |stage| {
        let held = stage.hold(&stage.good).await;
        let card = stage.certified(&stage.good).await;
        let forger = stage.forger();
        let description = held.description(stage).await;
        let other = forger.p_req(&held.p_req, &card, &forger.gateway.encipherment, |consent| {
            let input = HodInput {
                od: OrderDescription::new(&[&description, b" for two".as_slice()].concat())
                    .expect("short"),
                purch_amt: consent.head.inputs.purch_amt.clone(),
                od_salt: consent.order.od_salt.clone(),
                install_recur_data: None,
                od_extensions: None,
            };
            let hod =
                digest(stage.suite(), &input).and_then(|it| it.digested()).expect("encodable");
            consent.head.inputs.hod = hod.clone();
            consent.order.hod = hod;
            consent.order.rrpid = draw().rrpid().into();
        });
        let before = stage.issuer_saw().await;
        let said = forger.p_res(&stage.post(Name::Merchant, &other).await.body);
        let code = said.p_res_payload_seq[0].completion_code;
        assert_eq!(code, CompletionCode::OrderRejected);
        assert_eq!(stage.issuer_saw().await, before);
        held.release();
        held.is_paid(stage).await;
    });
}

#[test]
fn an_order_that_is_not_fresh_is_refused() {
    // A9: challenges and names of another day, well signed.
    play_in_both(async |stage| {
        let held = stage.hold(&stage.good).await;
        let card = stage.certified(&stage.good).await;
        let (forger, before) = (stage.forger(), stage.kept(Name::Merchant).await);
        let old = Challenge::try_from([7; 32].as_slice()).expect("32 octets");
        let sign = |change: &dyn Fn(&mut openset_crypto::dual::Consent)| {
            forger.p_req(&held.p_req, &card, &forger.gateway.encipherment, |consent| {
                consent.order.rrpid = draw().rrpid().into();
                change(consent);
            })
        };
        let cases = [
            (sign(&|it| it.order.chall_m = Some(old.clone())), ErrorCode::ChallengeMismatch),
            (sign(&|it| it.order.chall_m = None), ErrorCode::ChallengeMismatch),
            (sign(&|it| it.order.chall_c = old.clone()), ErrorCode::ChallengeMismatch),
            (
                sign(&|it| {
                    it.order.trans_ids.xid = Xid::new([9; 20]).into();
                    it.head.trans_ids.xid = Xid::new([9; 20]).into();
                }),
                ErrorCode::UnknownXid,
            ),
        ];
        for (order, code) in &cases {
            let said = stage.complaint(Name::Merchant, &stage.post(Name::Merchant, order).await);
            assert_eq!(said.error_code, *code);
        }
        stage.nothing_came_of_it(Name::Merchant, &before, cases.len(), "an old order").await;
        held.release();
        held.is_paid(stage).await;
    });
}

#[test]
fn an_order_is_not_taken_after_it_was_paid_or_by_another_card_s_holder() {
    // The cardholder of one card signs for a purchase that another began.
    play_in_both(async |stage| {
        let held = stage.hold(&stage.good).await;
        let other = stage.certified(&stage.broke).await;
        let forger = stage.forger();
        let before = stage.issuer_saw().await;
        let stolen = forger.p_req(&held.p_req, &other, &forger.gateway.encipherment, |consent| {
            consent.order.rrpid = draw().rrpid().into();
        });
        let said = forger.p_res(&stage.post(Name::Merchant, &stolen).await.body);
        let results = said.p_res_payload_seq[0].results.as_ref().expect("a verdict");
        let status = results.auth_status.as_ref().expect("the gateway's");
        // Abuse case 8: the card is not the certificate's, and is declined like any other.
        assert_eq!(status.auth_code, AuthCode::Declined);
        assert_eq!(stage.issuer_saw().await, before, "no bank is asked");
        let again = stage.example().await;
        let p_req = stage.crossed(&again.order, "PReq").await;
        let card = stage.certified(&stage.good).await;
        let twice = forger.p_req(&p_req, &card, &forger.gateway.encipherment, |consent| {
            consent.order.rrpid = draw().rrpid().into();
        });
        let kept = stage.kept(Name::Merchant).await;
        let said = stage.complaint(Name::Merchant, &stage.post(Name::Merchant, &twice).await);
        assert_eq!(said.error_code, ErrorCode::UnspecifiedFailure);
        stage.nothing_came_of_it(Name::Merchant, &kept, 1, "a second order").await;
    });
}

#[test]
fn after_a_decline_the_shop_may_be_paid_with_another_card_and_the_first_consent_is_over() {
    play_in_both(async |stage| {
        let order = story::order(&stage.system).await.expect("an order");
        let id = story::offer(&stage.system, &order, &stage.broke).await.expect("an offer");
        let told = story::pay(&stage.system, &order, &id, &stage.broke).await.expect("an answer");
        assert_eq!(told.fact, Fact::Declined);
        let first = stage.crossed(&order, "PReq").await;
        let card = stage.certified(&stage.broke).await;
        let forger = stage.forger();
        let before = stage.kept(Name::Merchant).await;
        let again = forger.p_req(&first, &card, &forger.gateway.encipherment, |consent| {
            consent.order.rrpid = draw().rrpid().into();
        });
        let said = stage.complaint(Name::Merchant, &stage.post(Name::Merchant, &again).await);
        assert_eq!(said.error_code, ErrorCode::UnknownXid, "its offer is gone");
        stage.nothing_came_of_it(Name::Merchant, &before, 1, "a consent after a decline").await;
        let id = story::offer(&stage.system, &order, &stage.good).await.expect("another offer");
        let told = story::pay(&stage.system, &order, &id, &stage.good).await.expect("an answer");
        assert_eq!(told.fact, Fact::Authorized);
    });
}

#[test]
fn whoever_counts_order_numbers_gets_no_offer_and_pushes_none_out() {
    // An order has room for so many offers, and anybody may ask for one who knows its label.
    play_in_both(async |stage| {
        let held = stage.hold(&stage.good).await;
        let p_init_req = stage.crossed(&held.order, "PInitReq").await;
        let before = stage.kept(Name::Merchant).await;
        let (number, label) = (&held.order.number, &held.order.label);
        let (stem, _) = label.split_at(label.len() - 1);
        let guesses = [number.clone(), format!("{number}-"), stem.to_owned(), label.to_uppercase()];
        for guess in &guesses {
            let asked = asking_for(&p_init_req, guess.as_bytes());
            let said = stage.complaint(Name::Merchant, &stage.post(Name::Merchant, &asked).await);
            assert_eq!(said.error_code, ErrorCode::UnknownLid, "{guess}");
        }
        stage.nothing_came_of_it(Name::Merchant, &before, guesses.len(), "a guess").await;
        held.release();
        held.is_paid(stage).await;
    });
}

#[test]
fn a_stranger_learns_nothing_about_an_order() {
    // A14: the inquiry of another cardholder, and none at all.
    play_in_both(async |stage| {
        let order = &stage.example().await.order;
        let p_init_req = stage.crossed(order, "PInitReq").await;
        let Message::PInitReq(_) = message(&p_init_req) else { panic!("a PInitReq") };
        let inquiry = stage.inquiry(order, &stage.broke).await;
        let before = stage.kept(Name::Merchant).await;
        let said = stage.complaint(Name::Merchant, &stage.post(Name::Merchant, &inquiry).await);
        assert_eq!(said.error_code, ErrorCode::InvalidCertificate);
        stage.nothing_came_of_it(Name::Merchant, &before, 1, "a stranger's inquiry").await;
        let own = stage.inquiry(order, &stage.good).await;
        let answer = stage.post(Name::Merchant, &own).await;
        assert!(matches!(message(&answer.body), Message::InqRes(_)));
    });
}

#[test]
fn a_wallet_believes_no_offer_and_no_receipt_but_its_own() {
    // A9 and A11: what stands between wallet and shop answers with yesterday's messages.
    play_in_both(async |stage| {
        let old = &stage.example().await.order;
        let offer = stage.crossed(old, "PInitRes").await;
        let receipt = stage.crossed(old, "PRes").await;
        let merchant = stage.system.ground.addresses.merchant.clone();
        let mut lies = vec![offer, receipt.clone(), b"no message".to_vec()];
        let between = Between::stand(stage, &merchant, move |_| match lies.pop() {
            Some(lie) => Plan::Say(lie),
            None => Plan::Forward,
        })
        .await;
        let order = story::order(&stage.system).await.expect("an order");
        let id = stage.begin_through(&order, &stage.good, &between.url).await;
        let is_offered = |stage: &WalletStage| matches!(stage, WalletStage::Offered(_));
        stage.wallet_until(&id, |purchase| is_offered(&purchase.stage)).await;
        assert!(between.count("PInitReq") > 3, "every lie was heard and not believed");
        let mut is_told = false;
        between.now(move |name| match name {
            "PReq" if !is_told => {
                is_told = true;
                Plan::Say(receipt.clone())
            }
            _ => Plan::Forward,
        });
        stage.system.wallet.consent(&id, &stage.good).await.expect("an open wallet");
        let held = Held { order, id, p_req: between.heard("PReq").await, between };
        held.is_paid(stage).await;
    });
}

/// The octets of a PReq that the merchant itself can judge: what is signed, and the signature.
/// The instructions are sealed, and the gateway judges them.
fn matters(p_req: &[u8]) -> impl Iterator<Item = usize> {
    let order = inside(p_req, 0)[1].start;
    // From the wrapper's choice of message down to the payment half.
    let payment = (0..4).fold(order, |at, _| inside(p_req, at)[0].start);
    let [signature, sealed] = inside(p_req, payment).try_into().expect("two parts");
    let parts = inside(p_req, signature.start).into_iter();
    let is_bag = |part: &Range<usize>| matches!(p_req[part.start], 0xA0..=0xA3);
    let others: Vec<Range<usize>> = parts.filter(is_bag).chain([sealed]).collect();
    (order..p_req.len()).filter(move |at| !others.iter().any(|part| part.contains(at)))
}

/// The elements inside the element that begins at a place.
fn inside(octets: &[u8], at: usize) -> Vec<Range<usize>> {
    let content = content(octets, at);
    let (mut next, mut found) = (content.start, Vec::new());
    while next < content.end {
        let end = self::content(octets, next).end;
        found.push(next..end);
        next = end;
    }
    found
}

/// Where the content of an element is.
fn content(octets: &[u8], at: usize) -> Range<usize> {
    let (begin, length) = match octets[at + 1] {
        short @ 0..=127 => (at + 2, usize::from(short)),
        long => {
            let count = usize::from(long & 0x7F);
            let octets = &octets[at + 2..at + 2 + count];
            (at + 2 + count, octets.iter().fold(0, |sum, octet| sum << 8 | usize::from(*octet)))
        }
    };
    begin..begin + length
}

impl Held {
    /// Waits until the wallet knows that its order is authorized.
    pub(super) async fn is_paid(&self, stage: &Stage) {
        stage.wallet_until(&self.id, |purchase| purchase.summary().fact == Fact::Authorized).await;
    }
}

impl Stage {
    /// A card's certificate.
    pub(super) async fn certified(&self, card: &str) -> Identity {
        let all = self.system.wallet.certified().await.expect("a store");
        let found = all.into_iter().find(|(known, _)| known == card);
        let (_, card) = found.expect("a certified card");
        card.identity().expect("a certificate")
    }

    /// An inquiry about an order, signed by a card.
    pub(super) async fn inquiry(&self, order: &crate::shop::orders::Order, card: &str) -> Vec<u8> {
        let p_req = self.crossed(order, "PReq").await;
        let trans_ids = halves(&p_req).oi_dual_signed.t1.value().trans_ids.clone();
        self.forger().inq_req(&p_req, &self.certified(card).await, trans_ids)
    }
}
