//! Suite `set10`: purchases of cardholders without a certificate, where the gateway's certificate
//! takes them. Nobody has signed them, so what is left is that both halves belong together.

use openset_crypto::{Bag, Identity, Suite, card};
use openset_protocol::{
    cardholder::{self, Abandoned},
    gateway::{
        self,
        authorization::{Effect, GatewayAuthorization, Input as Told},
        capture,
        refund::{self, GatewayRefund},
    },
    merchant::{self, Plan},
    refusal::Refusal,
    role::{Effect as Asked, Register},
    summary::Fact,
};
use openset_types::{
    AuthorizationAnswer, CardExpiry, DeclineReason, LidC, MerchantId, Pan, RefundKind,
    ReversalOutcome, Rrpid, Secret, Xid,
};
use openset_wire::{
    der::Oid,
    error::ErrorCode,
    opaque::{Linked, Sealed},
    payment::{AuthCode, InqReq, InqReqData, PReq, PReqUnsigned, Pi},
    types::MsgExtensions,
    wrapper::Message,
};

use crate::world::{
    self, Cast, Done, Party, World, approved, bare_card, card as certified_card,
    carrier::{CHANGES, touched},
    eur, forge,
    pki::CARD,
};

const ORDER: &[u8] = b"1042";
const OTHER: &[u8] = b"1043";
const DAY_S: i64 = 86_400;

/// A payer without a certificate, and a gateway that takes what it sends.
fn open_house() -> Cast {
    Cast { is_certified: false, ..house_and_demanding().0 }
}

/// A gateway that takes them, a payer who has a certificate, and the gateway's other certificate.
fn house_and_demanding() -> (Cast, Identity) {
    let mut world = World::in_suite(Suite::Set10);
    let demanding = world.pki.take_unsigned();
    (Cast::of(world), demanding)
}

fn ask(cast: &mut Cast, auth_req: &[u8]) -> Done<GatewayAuthorization> {
    cast.gateway.request(auth_req, &mut cast.world).expect("a request")
}

/// The code that the gateway gives by itself: no bank is asked and nothing is spent.
fn code(cast: &mut Cast, auth_req: &[u8]) -> AuthCode {
    let before = cast.gateway.register.clone();
    let done = ask(cast, auth_req);
    assert!(done.own().is_empty(), "no bank is asked");
    assert_eq!(cast.gateway.register, before, "nothing is spent");
    match cast.gateway.state(&done.key).expect("a record").stage {
        gateway::Stage::Refused { code } => code,
        other => panic!("refused by the gateway itself, not {other:?}"),
    }
}

fn told(cast: &mut Cast, octets: &[u8]) -> ErrorCode {
    ErrorCode::from(&cast.shop.request(octets, &mut cast.world).err().expect("a refusal"))
}

fn spent(cast: &Cast) -> usize {
    cast.gateway.register.iter().filter(|claim| claim.register == Register::Spent).count()
}

fn inquiry(cast: &mut Cast) -> Vec<u8> {
    let input = cardholder::purchase::Input::Inquire;
    cast.wallet.command(ORDER, input, &mut cast.world).expect("an inquiry").ask()
}

fn asked_in(inq_req: &[u8]) -> InqReqData {
    let Message::InqReq(asked) = world::message(inq_req) else { panic!("an InqReq") };
    let InqReq::InqReqUnsigned(data) = *asked else { panic!("an unsigned one") };
    data
}

/// The same request under another name.
fn renamed(cast: &Cast, auth_req: &[u8], name: u8) -> Vec<u8> {
    let pki = &cast.world.pki;
    forge::auth_req(auth_req, pki, &pki.house.merchant, |data, _| {
        data.auth_req_item.auth_tags.auth_rr_tags.rrpid = Rrpid::new([name; 20]).into();
    })
}

/// What a gateway says of an order whose consent was another than the shop was told of.
fn judged(change: impl FnOnce(&mut openset_crypto::unsigned::Consent)) -> AuthCode {
    let mut cast = open_house();
    let p_req = cast.consent(ORDER, eur(4200));
    let auth_req = cast.shop.request(&p_req, &mut cast.world).expect("a good order").ask();
    let pki = &cast.world.pki;
    let changed = forge::unsigned_parts(&forge::unsigned_p_req(&p_req, pki, change));
    let forged = forge::auth_req(&auth_req, pki, &pki.house.merchant, |_, pi| {
        *pi = Pi::PiUnsigned(changed.pi_unsigned);
    });
    code(&mut cast, &forged)
}

#[test]
fn whoever_has_no_certificate_pays_is_told_and_asks_again() {
    let mut cast = open_house();
    let p_res = cast.authorize(ORDER, eur(4200));
    cast.wallet.answer(ORDER, &p_res, &mut cast.world).expect("a receipt");
    assert_eq!(spent(&cast), 1);
    let merchant::Stage::Authorized(held) = cast.shop_stage(ORDER) else { panic!("held") };
    assert_eq!((held.consent.cardholder, held.amount), (None, eur(4200)));
    let cap_req = cast.capture(ORDER, eur(4200));
    captured(&mut cast, &cap_req);
    let inq_req = inquiry(&mut cast);
    let inq_res = cast.shop.request(&inq_req, &mut cast.world).expect("an answer").reply();
    cast.wallet.answer(ORDER, &inq_res, &mut cast.world).expect("a good answer");
    let summary = cast.wallet.state(ORDER).expect("a purchase").summary();
    assert_eq!(summary.fact, Fact::Captured);
}

fn captured(cast: &mut Cast, cap_req: &[u8]) {
    let done = cast.captures.request(cap_req, &mut cast.world).expect("a good request");
    let [capture::Effect::AdviseCapture(advice)] = done.own()[..] else { panic!("one advice") };
    let retrieval = advice.trace.retrieval.clone();
    let taken = capture::Input::Advised { retrieval, answer: capture::AdviceAnswer::Taken };
    let cap_res = cast.captures.command(&done.key, taken, &mut cast.world).expect("taken").reply();
    cast.shop.answer(ORDER, &cap_res, &mut cast.world).expect("a good answer");
}

#[test]
fn whoever_has_a_certificate_signs_there_too() {
    let (mut cast, _) = house_and_demanding();
    let p_req = cast.consent(ORDER, eur(4200));
    forge::parts(&p_req);
    let auth_req = cast.shop.request(&p_req, &mut cast.world).expect("a good order").ask();
    assert_eq!(ask(&mut cast, &auth_req).own().len(), 1);
}

#[test]
fn the_merchant_is_not_given_the_card() {
    let mut cast = open_house();
    let p_req = cast.consent(ORDER, eur(4200));
    assert!(!p_req.windows(16).any(|window| window == CARD.pan.as_bytes()));
    let auth_req = cast.shop.request(&p_req, &mut cast.world).expect("a good order").ask();
    let done = ask(&mut cast, &auth_req);
    let [Effect::AskAcquirer(asked)] = done.own()[..] else { panic!("asked") };
    assert_eq!(asked.pan.expose(), CARD.pan);
}

#[test]
fn a_wallet_without_a_certificate_does_not_pay_where_one_is_demanded() {
    let mut cast = Cast { is_certified: false, ..Cast::in_suite(Suite::Set10) };
    let p_init_res = cast.offer(ORDER, eur(4200));
    let done = cast.wallet.answer(ORDER, &p_init_res, &mut cast.world).expect("a good offer");
    assert!(done.effects.is_empty(), "nothing is sent");
    let expected = cardholder::Stage::Abandoned(Abandoned::WithoutCertificate);
    assert_eq!(cast.wallet_stage(ORDER), expected);
    let input = cardholder::purchase::Input::ConsentedUnsigned(Box::new(bare_card()));
    let late = cast.wallet.command(ORDER, input, &mut cast.world);
    assert_eq!(late.err(), Some(Refusal::CommandOutOfTurn));
}

#[test]
fn in_suite_modern_nobody_begins_takes_or_opens_such_a_purchase() {
    // What the shop and the gateway of modern say of one that somebody makes all the same:
    // a6_an_order_stripped_of_its_signature_is_refused, a14_an_unsigned_inquiry_tells_nothing.
    let mut cast = Cast { is_certified: false, ..Cast::in_suite(Suite::Modern) };
    cast.place(ORDER, eur(4200));
    let input = cardholder::purchase::Input::Start(Box::new(cast.starting(ORDER, eur(4200))));
    let refused = cast.wallet.command(ORDER, input, &mut cast.world).err();
    assert_eq!(refused, Some(Refusal::CardholderSentUnsigned));
    assert!(cast.wallet.states.is_empty());

    // An order of set10, brought to parties of modern.
    let mut old = open_house();
    let p_req = old.consent(ORDER, eur(4200));
    assert_eq!(told(&mut cast, &p_req), ErrorCode::SignatureRequired);
    let instructions = forge::unsigned_parts(&p_req).pi_unsigned;
    cast.is_certified = true;
    let auth_req = cast.order(OTHER, eur(4200));
    let pki = &cast.world.pki;
    let forged = forge::auth_req(&auth_req, pki, &pki.house.merchant, |_, pi| {
        *pi = Pi::PiUnsigned(instructions);
    });
    assert_eq!(code(&mut cast, &forged), AuthCode::SignatureRequired);
}

#[test]
fn a_shop_whose_gateway_demands_signatures_takes_no_other_order() {
    let (cast, demanding) = house_and_demanding();
    let mut cast = Cast { is_certified: false, ..cast };
    let p_req = cast.consent(ORDER, eur(4200));
    let brand = cast.world.pki.house.brand.clone();
    let before = cast.shop.states.clone();
    let account = |cast: &mut Cast, gateway: &Identity| {
        let account = cast.shop.standing.accounts.get_mut(&brand).expect("its brand");
        account.gateway = Bag::of(gateway);
    };
    account(&mut cast, &demanding);
    assert_eq!(told(&mut cast, &p_req), ErrorCode::SignatureRequired);
    assert_eq!(cast.shop.states, before, "nothing is kept of it");
    // The gateway's word counts, not that somebody wishes it: it takes them again.
    let taking = cast.world.pki.house.gateway.encipherment.clone();
    account(&mut cast, &taking);
    cast.shop.request(&p_req, &mut cast.world).expect("a good order");
}

#[test]
fn a_shop_whose_gateway_is_not_believed_takes_no_order_for_it() {
    let mut cast = open_house();
    let p_req = cast.consent(ORDER, eur(4200));
    let house = &cast.world.pki.house;
    let gateway = &house.gateway.encipherment;
    cast.world.pki.revoke(&cast.shop.trust, &house.pca, &[gateway]);
    assert_eq!(told(&mut cast, &p_req), ErrorCode::RevokedCertificate);
}

#[test]
fn a_gateway_whose_certificate_demands_signatures_opens_nothing_else() {
    // Its newer certificate does: what was sealed for the older one is not taken any more.
    let (cast, demanding) = house_and_demanding();
    let mut cast = Cast { is_certified: false, ..cast };
    let auth_req = cast.order(ORDER, eur(4200));
    let taking = cast.world.pki.house.gateway.encipherment.clone();
    cast.gateway.standing.encipherments = vec![demanding.clone(), taking.clone()];
    let first = renamed(&cast, &auth_req, 1);
    assert_eq!(code(&mut cast, &first), AuthCode::SignatureRequired);
    // Its older one did, and what is sealed for the newer one is taken.
    cast.gateway.standing.encipherments = vec![taking, demanding];
    assert_eq!(ask(&mut cast, &auth_req).own().len(), 1);
}

#[test]
fn a6_a_signed_order_stripped_of_its_signature_is_not_one_that_needs_none() {
    // The shop cannot tell. What is left is sealed as another kind, and does not open as this one.
    let (mut cast, _) = house_and_demanding();
    let p_req = cast.consent(ORDER, eur(4200));
    let signed = forge::parts(&p_req);
    let sealed = signed.pi_dual_signed.ex_pi_data.octets().to_vec();
    let hash = {
        let of = signed.oi_dual_signed.t2;
        let digest = openset_wire::types::Digest::new(of.digest()).expect("within bounds");
        openset_wire::opaque::Digested::new(of.algorithm().clone(), digest).expect("encodable")
    };
    let stripped = PReqUnsigned {
        pi_unsigned: Sealed::from_octets(sealed).expect("one sequence"),
        oi_unsigned: Linked::new(signed.oi_dual_signed.t1.into_value(), hash).expect("encodable"),
    };
    let message = Message::PReq(Box::new(PReq::PReqUnsigned(stripped)));
    let forged = forge::rewrap(&p_req, message, None);
    let auth_req = cast.shop.request(&forged, &mut cast.world).expect("it cannot tell").ask();
    assert_eq!(code(&mut cast, &auth_req), AuthCode::SignatureRequired);
}

#[test]
fn whatever_a_carrier_changes_in_unsigned_instructions_is_told_alike() {
    for (what, change) in CHANGES {
        let mut cast = open_house();
        let p_req = cast.consent(ORDER, eur(4200));
        let mut parts = forge::unsigned_parts(&p_req);
        parts.pi_unsigned = touched(&parts.pi_unsigned, *change);
        let message = Message::PReq(Box::new(PReq::PReqUnsigned(parts)));
        let forged = forge::rewrap(&p_req, message, None);
        let auth_req = cast.shop.request(&forged, &mut cast.world).expect("half is good").ask();
        assert_eq!(code(&mut cast, &auth_req), AuthCode::SignatureRequired, "{what}");
    }
}

#[test]
fn a5_halves_of_two_unsigned_orders_do_not_fit() {
    let mut cast = open_house();
    let (one, two) = (cast.consent(ORDER, eur(4200)), cast.consent(OTHER, eur(4200)));
    let mut spliced = forge::unsigned_parts(&one);
    spliced.pi_unsigned = forge::unsigned_parts(&two).pi_unsigned;
    let message = Message::PReq(Box::new(PReq::PReqUnsigned(spliced)));
    let forged = forge::rewrap(&one, message, None);
    let auth_req = cast.shop.request(&forged, &mut cast.world).expect("half is good").ask();
    assert_eq!(code(&mut cast, &auth_req), AuthCode::PiAuthMismatch);
}

#[test]
fn instructions_that_say_otherwise_than_the_merchant_are_refused() {
    let mismatch = AuthCode::PiAuthMismatch;
    let other_order =
        judged(|it| it.order.bin = Pan::parse("5555555555554444").expect("a number").bin().into());
    assert_eq!(other_order, mismatch, "tied to another order");
    let number = MerchantId::parse("MAISON-002").expect("a number");
    assert_eq!(judged(|it| it.head.merchant_id = number.into()), mismatch, "another merchant");
    let xid = Xid::new([9; 20]);
    let stain = card::no_stain(Suite::Set10, xid).expect("encodable");
    let purchase = judged(|it| {
        it.head.trans_ids.xid = xid.into();
        it.head.trans_stain = stain;
    });
    assert_eq!(purchase, mismatch, "another purchase");
    let label = LidC::new(b"another").expect("a label");
    assert_eq!(judged(|it| it.head.trans_ids.lid_c = label.into()), mismatch, "other labels");
    let stained = judged(|it| {
        let secret = Secret::new(vec![1; 20]);
        let xid = it.head.trans_ids.xid.0;
        it.head.trans_stain = card::trans_stain(Suite::Set10, xid, &secret).expect("encodable");
    });
    assert_eq!(stained, mismatch, "somebody's stain");
    let cheap = judged(|it| it.head.inputs.purch_amt = eur(4199).into());
    assert_eq!(cheap, AuthCode::AmountError);
    let expired = CardExpiry::parse("202001").expect("a month");
    let expired = judged(|it| it.pan_token.card_expiry = expired.into());
    assert_eq!(expired, AuthCode::ExpiredCard);
    assert_eq!(judged_on(-8 * DAY_S), AuthCode::InvalidTransaction, "kept for too long");
    assert_eq!(judged_on(DAY_S), AuthCode::InvalidTransaction, "of a purchase yet to begin");
}

/// What a gateway says of a purchase that merchant and payer say began then.
fn judged_on(seconds: i64) -> AuthCode {
    let mut cast = open_house();
    let p_req = cast.consent(ORDER, eur(4200));
    let auth_req = cast.shop.request(&p_req, &mut cast.world).expect("a good order").ask();
    let began = world::now().plus_s(seconds);
    let pki = &cast.world.pki;
    let changed = forge::unsigned_p_req(&p_req, pki, |it| {
        it.head.trans_ids.p_req_date = began.into();
    });
    let changed = forge::unsigned_parts(&changed).pi_unsigned;
    let forged = forge::auth_req(&auth_req, pki, &pki.house.merchant, |data, pi| {
        data.auth_req_item.auth_tags.trans_ids.p_req_date = began.into();
        *pi = Pi::PiUnsigned(changed);
    });
    code(&mut cast, &forged)
}

#[test]
fn a_real_card_or_a_critical_extension_is_refused_by_the_gateway() {
    let refused = |change: &dyn Fn(&mut openset_crypto::unsigned::Consent)| {
        let mut cast = open_house();
        let p_req = cast.consent(ORDER, eur(4200));
        let forged = forge::unsigned_p_req(&p_req, &cast.world.pki, change);
        let auth_req = cast.shop.request(&forged, &mut cast.world).expect("half is good").ask();
        let refusal = cast.gateway.request(&auth_req, &mut cast.world).err();
        assert!(cast.gateway.states.is_empty() && cast.gateway.register.is_empty());
        refusal
    };
    let real = |it: &mut openset_crypto::unsigned::Consent| {
        it.pan_token.pan = Pan::parse("4970100000000055").expect("digits").into();
    };
    assert_eq!(refused(&real), Some(Refusal::SenderNamedRealCard));
    let name = Oid::from_arcs(&[2, 999, 7]).expect("an arc");
    let critical = |it: &mut openset_crypto::unsigned::Consent| {
        it.head.pi_extensions = MsgExtensions::critical(name.clone(), &true).ok();
    };
    let expected = Refusal::SenderNamedUnknownExtension(name.clone());
    assert_eq!(refused(&critical), Some(expected));
}

#[test]
fn a7_one_consent_is_spent_once_whoever_pays_for_the_purchase() {
    let mut cast = open_house();
    let p_req = cast.consent(ORDER, eur(4200));
    let auth_req = cast.shop.request(&p_req, &mut cast.world).expect("a good order").ask();
    let pki = &cast.world.pki;
    // The same purchase once more: another nonce, another month, as if somebody else paid.
    let another = forge::unsigned_p_req(&p_req, pki, |it| {
        it.pan_token.card_expiry = CardExpiry::parse("203001").expect("a month").into();
    });
    let another = forge::unsigned_parts(&another).pi_unsigned;
    let by_another = forge::auth_req(&auth_req, pki, &pki.house.merchant, |data, pi| {
        data.auth_req_item.auth_tags.auth_rr_tags.rrpid = Rrpid::new([2; 20]).into();
        *pi = Pi::PiUnsigned(another);
    });
    let again = renamed(&cast, &auth_req, 3);
    let done = ask(&mut cast, &auth_req);
    assert_eq!((done.own().len(), spent(&cast)), (1, 1));
    for request in [&again, &by_another] {
        assert_eq!(code(&mut cast, request), AuthCode::PiPreviouslyUsed);
    }
    cast.issuer_says(&done.key, approved());
    let later = renamed(&cast, &auth_req, 4);
    assert_eq!(code(&mut cast, &later), AuthCode::PiPreviouslyUsed);
}

#[test]
fn after_a_decline_it_may_be_presented_again() {
    let mut cast = open_house();
    let auth_req = cast.order(ORDER, eur(4200));
    let key = ask(&mut cast, &auth_req).key;
    cast.issuer_says(&key, AuthorizationAnswer::Declined(DeclineReason::Declined));
    assert_eq!(spent(&cast), 0);
    let again = renamed(&cast, &auth_req, 2);
    assert_eq!(ask(&mut cast, &again).own().len(), 1);
}

#[test]
fn a_second_order_for_one_purchase_is_refused_by_the_shop() {
    let mut cast = open_house();
    let p_req = cast.consent(ORDER, eur(4200));
    let second = forge::unsigned_p_req(&p_req, &cast.world.pki, |it| {
        it.order.rrpid = Rrpid::new([5; 20]).into();
    });
    cast.shop.request(&p_req, &mut cast.world).expect("a good order");
    let refusal = cast.shop.request(&second, &mut cast.world).err();
    assert_eq!(refusal, Some(Refusal::CardholderReusedXid));
}

#[test]
fn an_order_of_other_goods_or_with_an_old_challenge_is_not_taken() {
    let mut cast = open_house();
    let p_req = cast.consent(ORDER, eur(4200));
    let p_req_of_other = cast.consent(OTHER, eur(4200));
    let salted = forge::unsigned_parts(&p_req_of_other).oi_unsigned.t1.into_value();
    let pki = &cast.world.pki;
    let goods = forge::unsigned_p_req(&p_req, pki, |it| {
        it.order.rrpid = Rrpid::new([6; 20]).into();
        it.order.hod = salted.hod;
    });
    let stale = forge::unsigned_p_req(&p_req, pki, |it| {
        it.order.rrpid = Rrpid::new([7; 20]).into();
        it.order.chall_m = salted.chall_m;
    });
    assert_eq!(told(&mut cast, &stale), ErrorCode::ChallengeMismatch);
    let rejected = cast.shop.request(&goods, &mut cast.world).expect("an answer");
    assert!(rejected.effects.iter().all(|one| matches!(one, Asked::Reply { .. })));
    assert!(matches!(cast.shop_stage(ORDER), merchant::Stage::Offered { .. }));
}

#[test]
fn a14_a_signed_order_is_not_told_of_to_an_unsigned_inquiry() {
    let (mut cast, _) = house_and_demanding();
    cast.authorize(ORDER, eur(4200));
    let inq_req = inquiry(&mut cast);
    let data = forge::inquiry(&inq_req, &cast.world.pki);
    let message = Message::InqReq(Box::new(InqReq::InqReqUnsigned(data)));
    let forged = forge::rewrap(&inq_req, message, None);
    let refusal = cast.shop.request(&forged, &mut cast.world).err();
    assert_eq!(refusal, Some(Refusal::CardholderInquiredAsAnother));
}

#[test]
fn a14_an_unsigned_inquiry_by_other_labels_or_after_nothing_tells_nothing() {
    let mut cast = open_house();
    cast.authorize(ORDER, eur(4200));
    let inq_req = inquiry(&mut cast);
    let with = |change: &dyn Fn(&mut InqReqData)| {
        let mut data = asked_in(&inq_req);
        change(&mut data);
        let message = Message::InqReq(Box::new(InqReq::InqReqUnsigned(data)));
        let forged = forge::rewrap(&inq_req, message, None);
        forge::with_header(&forged, |header| header.message_ids = None)
    };
    let labels = with(&|it| it.trans_ids.lid_c = LidC::new(b"x").expect("a label").into());
    assert_eq!(told(&mut cast, &labels), ErrorCode::UnknownLid);
    let unknown = with(&|it| it.trans_ids.xid = Xid::new([1; 20]).into());
    assert_eq!(told(&mut cast, &unknown), ErrorCode::UnknownXid);
    cast.shop.request(&with(&|_| ()), &mut cast.world).expect("an answer");
}

#[test]
fn before_the_order_an_unsigned_inquiry_is_answered_only_where_it_need_not_be_signed() {
    let (cast, demanding) = house_and_demanding();
    let mut cast = Cast { is_certified: false, ..cast };
    cast.consent(ORDER, eur(4200));
    let inq_req = inquiry(&mut cast);
    let brand = cast.world.pki.house.brand.clone();
    let gateway = |cast: &mut Cast, of: &Identity| {
        cast.shop.standing.accounts.get_mut(&brand).expect("its brand").gateway = Bag::of(of);
    };
    gateway(&mut cast, &demanding);
    let refusal = cast.shop.request(&inq_req, &mut cast.world).err();
    assert_eq!(refusal, Some(Refusal::CardholderInquiredAsAnother));
    let taking = cast.world.pki.house.gateway.encipherment.clone();
    gateway(&mut cast, &taking);
    let inq_res = cast.shop.request(&inq_req, &mut cast.world).expect("an answer").reply();
    cast.wallet.answer(ORDER, &inq_res, &mut cast.world).expect("orderNotReceived");
}

#[test]
fn what_nobody_signed_is_released_or_lowered_like_what_was() {
    for (remains, expected) in [(eur(0), 0), (eur(3000), 1)] {
        let mut cast = open_house();
        cast.authorize(ORDER, eur(4200));
        let input = merchant::purchase::Input::Void { remains };
        let rev_req = cast.shop.command(ORDER, input, &mut cast.world).expect("a command").ask();
        let done = ask(&mut cast, &rev_req);
        let [Effect::Release(advice)] = done.own()[..] else { panic!("the issuer is told") };
        assert_eq!((advice.pan.expose(), advice.remains), (CARD.pan, remains));
        let undone = Told::Released(ReversalOutcome::Undone);
        let rev_res = cast.gateway.command(&done.key, undone, &mut cast.world).expect("undone");
        cast.shop.answer(ORDER, &rev_res.reply(), &mut cast.world).expect("a good answer");
        assert_eq!(spent(&cast), expected);
    }
}

#[test]
fn what_had_no_answer_is_undone_also_after_the_certificate_has_changed() {
    let (cast, demanding) = house_and_demanding();
    let mut cast = Cast { is_certified: false, ..cast };
    let auth_req = cast.order(ORDER, eur(4200));
    let key = ask(&mut cast, &auth_req).key;
    // The gateway stopped, and came up with a newer certificate that demands signatures.
    cast.gateway.standing.encipherments.insert(0, demanding);
    let done = cast.gateway.command(&key, Told::Interrupted, &mut cast.world).expect("undone");
    let [Effect::Reverse(advice)] = done.own()[..] else { panic!("the issuer is told") };
    assert_eq!((advice.pan.expose(), advice.amount), (CARD.pan, eur(4200)));
}

#[test]
fn what_nobody_signed_is_given_back() {
    let mut cast = open_house();
    cast.authorize(ORDER, eur(4200));
    let cap_req = cast.capture(ORDER, eur(4200));
    captured(&mut cast, &cap_req);
    let house = &cast.world.pki.house;
    let standing = world::gateway(house, &house.gateway);
    let mut refunds = Party::<GatewayRefund>::new(standing, cast.world.pki.trust());
    refunds.register = cast.captures.register.clone();
    let (kind, amount) = (RefundKind::Credit, eur(1000));
    let input = merchant::purchase::Input::Refund { kind, amount };
    let asked = cast.shop.command(ORDER, input, &mut cast.world).expect("a refund").ask();
    let done = refunds.request(&asked, &mut cast.world).expect("a good request");
    let [refund::Effect::AdviseRefund(advice)] = done.own()[..] else { panic!("told once") };
    assert_eq!((advice.kind, advice.amount), (kind, amount));
}

#[test]
fn what_nobody_signed_is_authorized_in_parts_by_tokens() {
    let mut cast = Cast { plan: Plan::Parts { first: eur(3000) }, ..open_house() };
    cast.authorize(ORDER, eur(4200));
    let input = merchant::purchase::Input::Next { amount: eur(1200), is_sale: false };
    let auth_req = cast.shop.command(ORDER, input, &mut cast.world).expect("more").ask();
    let done = ask(&mut cast, &auth_req);
    let [Effect::AskAcquirer(asked)] = done.own()[..] else { panic!("asked") };
    assert_eq!((asked.pan.expose(), asked.amount), (CARD.pan, eur(1200)));
    assert_eq!(spent(&cast), 2);
    // The instructions themselves are used up.
    let first = cast.order(OTHER, eur(4200));
    assert_eq!(ask(&mut cast, &first).own().len(), 1);
    let again = renamed(&cast, &first, 8);
    assert_eq!(code(&mut cast, &again), AuthCode::PiPreviouslyUsed);
}

#[test]
fn a_wallet_pays_with_what_was_chosen_and_nothing_else() {
    let mut cast = open_house();
    let p_init_res = cast.offer(ORDER, eur(4200));
    cast.wallet.answer(ORDER, &p_init_res, &mut cast.world).expect("a good offer");
    let certified = certified_card(Suite::Set10);
    let bare = |digits: &str| cardholder::BareCard {
        pan: Pan::parse(digits).expect("a number"),
        expiry: CARD.expiry(),
    };
    use cardholder::purchase::Input::{Consented, ConsentedUnsigned};
    for (input, expected) in [
        (Consented(Box::new(certified)), Refusal::CommandOutOfTurn),
        (ConsentedUnsigned(Box::new(bare("5555555555554444"))), Refusal::CommandOutOfTurn),
        (ConsentedUnsigned(Box::new(bare("4970100000000055"))), Refusal::SenderNamedRealCard),
    ] {
        assert_eq!(cast.wallet.command(ORDER, input, &mut cast.world).err(), Some(expected));
    }
    let (mut cast, _) = house_and_demanding();
    let p_init_res = cast.offer(ORDER, eur(4200));
    cast.wallet.answer(ORDER, &p_init_res, &mut cast.world).expect("a good offer");
    let input = ConsentedUnsigned(Box::new(bare_card()));
    let refused = cast.wallet.command(ORDER, input, &mut cast.world).err();
    assert_eq!(refused, Some(Refusal::CommandOutOfTurn));
}

#[test]
fn a_wallet_does_not_consent_to_a_purchase_that_the_merchant_dates_elsewhere() {
    for seconds in [-2 * DAY_S, DAY_S] {
        let mut cast = open_house();
        let p_init_res = cast.offer(ORDER, eur(4200));
        let pki = &cast.world.pki;
        let (by, gateway) = (&pki.house.merchant.signature, &pki.house.gateway.encipherment);
        let bag = Bag::of(by).and(gateway);
        let forged = forge::p_init_res(&p_init_res, pki, by, &bag, |data| {
            data.trans_ids.p_req_date = world::now().plus_s(seconds).into();
        });
        cast.wallet.answer(ORDER, &forged, &mut cast.world).expect("believed so far");
        let input = cardholder::purchase::Input::ConsentedUnsigned(Box::new(bare_card()));
        let refused = cast.wallet.command(ORDER, input, &mut cast.world).err();
        let expected = match seconds > 0 {
            true => Refusal::SenderSentTooEarly,
            false => Refusal::SenderSentTooLate,
        };
        assert_eq!(refused, Some(expected));
    }
}
