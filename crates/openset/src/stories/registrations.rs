//! Registrations that take time: put off and decided, renewed, refused, sent on; and whoever
//! inquires in another's place.

use openset_crypto::{Bag, Identity, KeyKind, KeyUse, PublicKey, Signer, Suite, claimed, sign};
use openset_protocol::{
    ca::{Denial, Input as Decision, Reason, Referral, Stage, Told},
    enrolment::{
        Ended, Unfit, Why,
        applicant::{Input, Stage as At},
    },
};
use openset_types::{Brand, LocalId, Rrpid};
use openset_wire::{
    cert::CertInqReqTbs,
    error::{Error, ErrorCode, ErrorTbs},
    wrapper::{Message, MessageWrapper},
};

use super::{
    bureau::{Bureau, Shop, approval},
    forge::draw,
    stage::{MODERN, runtime},
};
use crate::{ceremony::Seat, demo::cast};

fn is_certified(stage: &At) -> bool {
    matches!(stage, At::Certified { .. })
}

fn is_pending(stage: &At) -> bool {
    matches!(stage, At::Pending(_))
}

/// A merchant whose application waits.
async fn waiting() -> (Bureau, Shop, Vec<u8>) {
    let bureau = Bureau::open().await;
    let shop = bureau.shop().await;
    let id = shop.begin("first", None).await;
    shop.until(&id, is_pending).await;
    (bureau, shop, id)
}

#[test]
fn a_merchant_that_somebody_looks_at_inquires_until_it_is_certified() {
    runtime().block_on(async {
        let (bureau, shop, id) = waiting().await;
        let (_, enrolment) = bureau.newest().await;
        let Stage::Applied(applied) = enrolment.stage else { panic!("it waits") };
        assert_eq!(applied.told, Told::Pended);
        shop.until(&id, |stage| matches!(stage, At::Inquiring(_))).await;
        bureau.decide(Decision::Approved(approval())).await;
        shop.certified(&id).await;
        assert!(matches!(bureau.newest().await.1.stage, Stage::Issued { .. }));
    });
}

#[test]
fn a_merchant_that_somebody_turns_away_hears_why_when_it_inquires() {
    runtime().block_on(async {
        let (bureau, shop, id) = waiting().await;
        let message = Some("The contract has ended.".to_owned());
        bureau.decide(Decision::Denied(Denial { reason: Reason::Acquirer, message })).await;
        let stage = shop.until(&id, |stage| matches!(stage, At::Refused(_))).await;
        let At::Refused(Ended::Rejected(rejection)) = stage else { panic!("rejected") };
        assert_eq!(rejection.message.as_deref(), Some("The contract has ended."));
    });
}

#[test]
fn answers_that_somebody_finds_wrong_come_back_with_the_form() {
    runtime().block_on(async {
        let (bureau, shop, id) = waiting().await;
        let unfit = Unfit { number: 1, why: Why::Said("another name stands there".to_owned()) };
        let reason = Reason::Answers(vec![unfit.clone()]);
        bureau.decide(Decision::Denied(Denial { reason, message: None })).await;
        let stage = shop.until(
            &id,
            |stage| matches!(stage, At::FormShown(shown) if !shown.form.unfit.is_empty()),
        );
        let At::FormShown(shown) = stage.await else { panic!("the form again") };
        assert_eq!(shown.form.unfit, [unfit]);
        bureau.clerk.will(Decision::Approved(approval()));
        let answers = crate::house::enrol::answers(&shown, cast::SHOP);
        let filled = openset_protocol::enrolment::applicant::Filled { answers, account: None };
        shop.give(&id, Input::Filled(filled)).await;
        shop.until(&id, is_certified).await;
    });
}

#[test]
fn certificates_are_renewed_before_they_end() {
    runtime().block_on(async {
        let bureau = Bureau::open().await;
        let shop = bureau.shop().await;
        bureau.clerk.will(Decision::Approved(approval()));
        let first = shop.begin("first", None).await;
        let held = shop.certified(&first).await;
        shop.due().await;
        bureau.clerk.will(Decision::Approved(approval()));
        let second = shop.begin("second", Some(held.clone())).await;
        let renewed = shop.certified(&second).await;
        assert_ne!(renewed.signature.key, held.signature.key);
        assert_ne!(renewed.encipherment.key, held.encipherment.key);
        let (_, enrolment) = bureau.newest().await;
        let Stage::Issued { about: Some(about), .. } = enrolment.stage else { panic!("issued") };
        assert_eq!(about.renews, Some(held.signature.certificate));
    });
}

#[test]
fn a_merchant_is_sent_on_to_the_authority_of_its_acquirer_and_not_in_a_circle() {
    runtime().block_on(async {
        let second = Bureau::open().await;
        let url = second.url();
        let sends_on = |standing: &mut openset_protocol::ca::Standing| {
            let policy = &mut standing.policy;
            policy.institutions.clear();
            let reason = "Your acquirer has an authority of its own.".to_owned();
            let referral = Referral { reason, urls: vec![url.clone()] };
            policy.referrals.insert(cast::acquirer_bin(), referral);
        };
        let first = second.twin(sends_on).await;
        let shop = first.shop().await;
        let id = shop.begin("first", None).await;
        let stage = shop.until(&id, |stage| matches!(stage, At::Referred(_))).await;
        let At::Referred(referral) = stage else { panic!("sent on") };
        assert_eq!(referral.urls, std::slice::from_ref(&url));
        second.clerk.will(Decision::Approved(approval()));
        shop.give(&id, Input::Follow { url: url.clone() }).await;
        shop.until(&id, is_certified).await;

        // A22: the second one sends on to itself.
        let mut standing = crate::house::authority::standing(
            &second.ground,
            Seat::first(openset_crypto::Authority::Merchant),
        )
        .expect("its papers");
        sends_on(&mut standing);
        second.merchants.enrolments.stand(standing);
        let id = shop.begin("second", None).await;
        shop.until(&id, |stage| matches!(stage, At::Referred(_))).await;
        shop.give(&id, Input::Follow { url }).await;
        let stage = shop.until(&id, |stage| matches!(stage, At::Refused(_))).await;
        assert_eq!(stage, At::Refused(Ended::ReferredInCircle));
    });
}

#[test]
fn whoever_inquires_in_anothers_place_learns_nothing_over_the_wire() {
    // A10, A14, A21 and abuse cases 22 to 25: cut, under another name, re-signed, swapped.
    runtime().block_on(async {
        let (bureau, shop, id) = waiting().await;
        shop.until(&id, |stage| matches!(stage, At::Inquiring(_))).await;
        shop.until(&id, is_pending).await;
        let honest = shop.crossed("CertInqReq").await;
        for end in (0..honest.len()).step_by(honest.len() / 16) {
            let answer = bureau.post("/set", &honest[..end]).await;
            assert_eq!(said(&answer.body), ErrorCode::DecodingFailure, "after {end}");
        }
        let first = bureau.post("/set", &honest).await;
        let again = bureau.post("/set", &honest).await;
        assert_eq!(first.body, again.body, "the same octets, the same answer");
        let own = shop.key(&id).await;
        let changed = [
            inquiry(&honest, &shop, By::Key(&own), |tbs| tbs.chall_ee3 = draw().challenge()),
            inquiry(&honest, &shop, By::Key(&own), |tbs| tbs.rrpid = Rrpid::new([9; 20]).into()),
        ];
        let code = said(&bureau.post("/set", &changed[0]).await.body);
        assert_eq!(code, ErrorCode::UnspecifiedFailure, "a name that was used before");
        assert!(is_answered(&bureau.post("/set", &changed[1]).await.body), "a second inquiry");
        let stranger = stranger(&shop);
        let fresh = |tbs: &mut CertInqReqTbs| tbs.rrpid = draw().rrpid().into();
        let by_stranger = inquiry(&honest, &shop, By::Key(&stranger), fresh);
        let code = said(&bureau.post("/set", &by_stranger).await.body);
        assert_eq!(code, ErrorCode::SignatureFailure);
        let office = bureau.ground.papers("ca-merchant").take("signature").expect("a paper");
        let swapped = inquiry(&honest, &shop, By::Bag(&own, &office), fresh);
        assert!(is_answered(&bureau.post("/set", &swapped).await.body), "a bag proves nothing");
        let other = inquiry(&honest, &shop, By::Key(&own), |tbs| {
            tbs.rrpid = draw().rrpid().into();
            tbs.lid_ca = LocalId::new(b"somebody").expect("a label").into();
        });
        assert_eq!(said(&bureau.post("/set", &other).await.body), ErrorCode::UnknownLid);
        assert!(matches!(bureau.newest().await.1.stage, Stage::Applied(_)), "nothing has changed");
    });
}

#[test]
fn another_brand_and_another_kind_of_applicant_are_refused_over_the_wire() {
    // A12, A13.
    runtime().block_on(async {
        let (bureau, shop, _) = waiting().await;
        let honest = shop.crossed("Me-AqCInitReq").await;
        let changed = |change: &dyn Fn(&mut openset_wire::cert::MeAqCInitReq)| {
            let mut wrapper = MessageWrapper::decode(&honest).expect("our own");
            let Message::MeAqCInitReq(request) = &mut wrapper.message else { panic!("the first") };
            request.rrpid = draw().rrpid().into();
            change(request);
            wrapper.message_header.rrpid = Some(request.rrpid);
            wrapper.encode().expect("encodable")
        };
        let brand = Brand::parse("Foreign Brand").expect("a brand");
        let foreign = changed(&|request| request.brand_id = brand.clone().into());
        let code = said(&bureau.post("/set", &foreign).await.body);
        assert_eq!(code, ErrorCode::UnspecifiedFailure);
        let gateway = changed(&|request| {
            request.request_type = openset_wire::cert::RequestType::PgwyInitialBoth;
        });
        let code = said(&bureau.post("/set", &gateway).await.body);
        assert_eq!(code, ErrorCode::UnspecifiedFailure);
    });
}

/// Whoever signs an inquiry.
enum By<'a> {
    Key(&'a PublicKey),
    /// The right key, and a certificate of somebody else in its bag's place.
    Bag(&'a PublicKey, &'a Identity),
}

/// An inquiry, changed and signed anew.
fn inquiry(
    octets: &[u8],
    shop: &Shop,
    by: By<'_>,
    change: impl FnOnce(&mut CertInqReqTbs),
) -> Vec<u8> {
    let mut wrapper = MessageWrapper::decode(octets).expect("our own");
    let Message::CertInqReq(signed) = wrapper.message else { panic!("an inquiry") };
    let mut tbs = claimed(MODERN, signed).expect("readable").danger_assume_signed();
    change(&mut tbs);
    let now = shop.party.shell.clock().now();
    let keys: &dyn openset_crypto::Keys = shop.ring.as_ref();
    let (By::Key(key) | By::Bag(key, _)) = by;
    let signed = sign(MODERN, &tbs, Signer::NewKey(key), keys, now).expect("signed");
    let signed = match by {
        By::Key(_) => signed,
        By::Bag(_, identity) => with_bag(MODERN, &signed, identity),
    };
    wrapper.message_header.rrpid = Some(tbs.rrpid);
    wrapper.message = Message::CertInqReq(signed);
    wrapper.encode().expect("encodable")
}

/// The same signature with a certificate beside it, before the signers: `certificates`, which has
/// another tag in each suite.
pub(super) fn with_bag<T>(
    suite: Suite,
    signed: &openset_wire::opaque::Signed<T>,
    identity: &Identity,
) -> openset_wire::opaque::Signed<T> {
    let certificate = Bag::of(identity).certificates.remove(0);
    let certificate = openset_wire::der::encode(&certificate).expect("encodable");
    let octets = signed.octets();
    let inside = openset_wire::der::Header::read(octets).expect("a sequence").len;
    let mut parts = Vec::new();
    let mut rest = &octets[inside..];
    while !rest.is_empty() {
        let header = openset_wire::der::Header::read(rest).expect("an element");
        let (part, after) = rest.split_at(header.total());
        parts.push(part.to_vec());
        rest = after;
    }
    let tag = match suite {
        Suite::Modern => 0xA0,
        Suite::Set10 => 0xA2,
    };
    let bag = element(tag, &certificate);
    parts.insert(3, bag);
    openset_wire::opaque::Signed::from_octets(element(0x30, &parts.concat())).expect("a sequence")
}

fn element(tag: u8, contents: &[u8]) -> Vec<u8> {
    let length = u16::try_from(contents.len()).expect("short").to_be_bytes();
    [&[tag, 0x82, length[0], length[1]], contents].concat()
}

/// A key that somebody else has made.
fn stranger(shop: &Shop) -> PublicKey {
    shop.ring.generate(KeyKind::of_parties(Suite::Modern), KeyUse::Signs).expect("randomness")
}

fn is_answered(octets: &[u8]) -> bool {
    let wrapper = MessageWrapper::decode(octets).expect("a message");
    matches!(wrapper.message, Message::CertInqRes(_))
}

/// What an Error says, whoever signed it.
fn said(octets: &[u8]) -> ErrorCode {
    let wrapper = MessageWrapper::decode(octets).expect("a message");
    let Message::Error(error) = wrapper.message else {
        panic!("an Error, not {:?}", wrapper.message)
    };
    let tbs: ErrorTbs = match error {
        Error::SignedError(signed) => {
            claimed(MODERN, signed).expect("readable").danger_assume_signed()
        }
        Error::UnsignedError(tbs) => *tbs,
    };
    tbs.error_code
}
