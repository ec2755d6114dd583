//! Abuse case 29: whoever no longer knows which lists of revoked certificates are the current
//! ones believes nobody; and a wallet learns them from the message that carries them.

use openset_crypto::{
    Bag, Suite, Trust, Untrusted,
    authority::{BciTerms, bci},
};
use openset_protocol::{cardholder, refusal::Refusal};
use openset_types::UnixTime;
use openset_wire::x509::BrandCrlIdentifier;

use crate::world::{Cast, World, approved, eur, now};

const ORDER: &[u8] = b"1042";
const HOUR_S: i64 = 3_600;

fn list_of_lists(world: &World, sequence: u64, until: UnixTime) -> BrandCrlIdentifier {
    let house = &world.pki.house;
    let terms = BciTerms {
        sequence,
        brand: &house.brand,
        not_before: now().plus_s(-60),
        not_after: until,
        lists: &[],
    };
    bci(Suite::Modern, &terms, &house.authority, &world.pki.keys).expect("signed")
}

fn learn(trust: &Trust, world: &World, sequence: u64, until: UnixTime) {
    let bag = Bag::of(&world.pki.house.authority);
    let list = list_of_lists(world, sequence, until);
    trust.learn_bci(&list, &bag, now()).expect("a good list of lists");
}

fn stale() -> Option<Refusal> {
    Some(Refusal::Untrusted(Untrusted::BciNotCurrent))
}

#[test]
fn a_merchant_whose_list_of_lists_has_ended_takes_no_order() {
    let mut cast = Cast::new();
    let p_req = cast.consent(ORDER, eur(4200));
    learn(&cast.shop.trust, &cast.world, 1, now().plus_s(HOUR_S));
    cast.world.now = now().plus_s(HOUR_S + 1);
    assert_eq!(cast.shop.request(&p_req, &mut cast.world).err(), stale());
    learn(&cast.shop.trust, &cast.world, 2, now().plus_s(2 * HOUR_S));
    assert!(cast.shop.request(&p_req, &mut cast.world).is_ok());
}

#[test]
fn a_gateway_whose_list_of_lists_has_ended_authorizes_nothing() {
    let mut cast = Cast::new();
    let auth_req = cast.order(ORDER, eur(4200));
    learn(&cast.gateway.trust, &cast.world, 1, now().plus_s(HOUR_S));
    cast.world.now = now().plus_s(HOUR_S + 1);
    assert_eq!(cast.gateway.request(&auth_req, &mut cast.world).err(), stale());
    learn(&cast.gateway.trust, &cast.world, 2, now().plus_s(2 * HOUR_S));
    assert!(cast.gateway.request(&auth_req, &mut cast.world).is_ok());
}

#[test]
fn a_gateway_whose_list_of_lists_has_ended_captures_nothing() {
    let mut cast = Cast::new();
    cast.authorize(ORDER, eur(4200));
    let cap_req = cast.capture(ORDER, eur(4200));
    learn(&cast.captures.trust, &cast.world, 1, now().plus_s(HOUR_S));
    cast.world.now = now().plus_s(HOUR_S + 1);
    assert_eq!(cast.captures.request(&cap_req, &mut cast.world).err(), stale());
}

#[test]
fn an_older_word_on_lists_is_not_learned_and_ends_no_conversation() {
    // A shop repeats its answers octet for octet, also when everybody knows a newer list since.
    let mut cast = Cast::new();
    learn(&cast.shop.trust, &cast.world, 1, now().plus_s(2 * HOUR_S));
    let offer = cast.offer(ORDER, eur(4200));
    learn(&cast.wallet.trust, &cast.world, 2, now().plus_s(2 * HOUR_S));
    let known = cast.wallet.trust.remember().expect("encodable");
    cast.wallet.answer(ORDER, &offer, &mut cast.world).expect("a good offer");
    assert_eq!(cast.wallet.trust.remember().expect("encodable").bcis, known.bcis);
    let p_req = cast.sign(ORDER);
    let auth_req = cast.shop.request(&p_req, &mut cast.world).expect("a good order").ask();
    let done = cast.gateway.request(&auth_req, &mut cast.world).expect("a good request");
    let auth_res = cast.issuer_says(&done.key, approved());
    let p_res = cast.shop.answer(ORDER, &auth_res, &mut cast.world).expect("an answer").reply();
    cast.wallet.answer(ORDER, &p_res, &mut cast.world).expect("a good answer");
    assert_eq!(cast.wallet.trust.remember().expect("encodable").bcis, known.bcis);
}

#[test]
fn a_wallet_learns_the_newer_list_of_lists_from_the_offer_and_stops_without_it() {
    let mut cast = Cast::new();
    learn(&cast.wallet.trust, &cast.world, 1, now().plus_s(HOUR_S));
    cast.world.now = now().plus_s(HOUR_S + 1);
    let old = cast.offer(ORDER, eur(4200));
    cast.wallet.answer(ORDER, &old, &mut cast.world).expect("an answer to the question");
    let given_up = cardholder::Abandoned::Doubted(cardholder::Doubt::ListsNotCurrent);
    assert_eq!(cast.wallet_stage(ORDER), cardholder::Stage::Abandoned(given_up));
    let mut cast = Cast::new();
    learn(&cast.wallet.trust, &cast.world, 1, now().plus_s(HOUR_S));
    learn(&cast.shop.trust, &cast.world, 2, now().plus_s(2 * HOUR_S));
    cast.world.now = now().plus_s(HOUR_S + 1);
    let new = cast.offer(ORDER, eur(4200));
    cast.wallet.answer(ORDER, &new, &mut cast.world).expect("a good offer");
    let brand = &cast.world.pki.house.brand;
    assert_eq!(cast.wallet.trust.require_bci(brand, cast.world.now), Ok(()));
}

#[test]
fn a_shop_sends_no_list_of_lists_that_the_wallet_has() {
    let mut cast = Cast::new();
    learn(&cast.shop.trust, &cast.world, 1, now().plus_s(HOUR_S));
    let with = cast.offer(ORDER, eur(4200));
    let mut cast = Cast::new();
    learn(&cast.shop.trust, &cast.world, 1, now().plus_s(HOUR_S));
    let known = cast.shop.trust.bci(&cast.world.pki.house.brand, now()).expect("one");
    let bag = Bag::of(&cast.world.pki.house.authority);
    cast.wallet.trust.learn_bci(&known, &bag, now()).expect("the same");
    let without = cast.offer(ORDER, eur(4200));
    assert!(without.len() < with.len());
}
