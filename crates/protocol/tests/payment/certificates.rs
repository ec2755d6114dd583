//! A12 and A21 on the purchase: certificates that are revoked, expired or of another brand, met by
//! whoever would rely on them.

use openset_crypto::{Bag, Identity, Purpose, Untrusted};
use openset_protocol::{
    cardholder::{self, Abandoned, Doubt},
    gateway::capture,
    merchant,
    refusal::Refusal,
    role::Machine,
};
use openset_wire::payment::PInitResData;

use crate::world::{
    Cast, Done, eur, forge, now,
    pki::{MODERN, Server},
};

const ORDER: &[u8] = b"1042";
const DAY_S: i64 = 86_400;
const GATEWAY: [Purpose; 2] = [Purpose::GatewaySignature, Purpose::GatewayEncipherment];
const MERCHANT: [Purpose; 2] = [Purpose::MerchantSignature, Purpose::MerchantEncipherment];

fn untrusted<M: Machine>(outcome: Result<Done<M>, Refusal>) -> Untrusted {
    match outcome.err().expect("a refusal") {
        Refusal::Untrusted(untrusted) => untrusted,
        other => panic!("the certificate is refused, not {other:?}"),
    }
}

/// Why the wallet has given the purchase up: whoever waits is told, and signs nothing.
fn doubt(cast: &Cast) -> Doubt {
    assert!(cast.wallet.state(ORDER).expect("a purchase").consent_summary().is_none());
    match cast.wallet_stage(ORDER) {
        cardholder::Stage::Abandoned(Abandoned::Doubted(doubt)) => doubt,
        other => panic!("given up, not {other:?}"),
    }
}

/// Names a gateway in an offer.
fn name(gateway: &Identity) -> impl FnOnce(&mut PInitResData) {
    let thumb = gateway.thumb(MODERN).cert_thumb(MODERN).expect("a thumb");
    move |data| data.pe_thumb = thumb
}

#[test]
fn a21_a_wallet_does_not_pay_through_a_revoked_gateway() {
    let mut cast = Cast::new();
    let p_init_res = cast.offer(ORDER, eur(4200));
    let house = &cast.world.pki.house;
    cast.world.pki.revoke(&cast.wallet.trust, &house.pca, &[&house.gateway.encipherment]);
    cast.wallet.answer(ORDER, &p_init_res, &mut cast.world).expect("an answer to the question");
    assert_eq!(doubt(&cast), Doubt::GatewayRevoked);
}

#[test]
fn a21_a_wallet_does_not_pay_a_merchant_below_a_revoked_authority() {
    let mut cast = Cast::new();
    let p_init_res = cast.offer(ORDER, eur(4200));
    let house = &cast.world.pki.house;
    cast.world.pki.revoke(&cast.wallet.trust, &house.authority, &[&house.mca]);
    cast.wallet.answer(ORDER, &p_init_res, &mut cast.world).expect("an answer to the question");
    assert_eq!(doubt(&cast), Doubt::Revoked);
}

#[test]
fn a21_a_merchant_does_not_believe_a_revoked_gateway() {
    let mut cast = Cast::new();
    let auth_res = cast.approve(ORDER, eur(4200));
    let house = &cast.world.pki.house;
    cast.world.pki.revoke(&cast.shop.trust, &house.pca, &[&house.gateway.signature]);
    let refusal = untrusted(cast.shop.answer(ORDER, &auth_res, &mut cast.world));
    assert_eq!(refusal, Untrusted::Revoked);
    assert!(matches!(cast.shop_stage(ORDER), merchant::Stage::Authorizing(_)));
}

/// Two days later, when what was good for one is not any more.
fn two_days_later(cast: &mut Cast, octets: &[u8]) -> Vec<u8> {
    let later = now().plus_s(2 * DAY_S);
    cast.world.now = later;
    forge::with_header(octets, |header| header.date = later.into())
}

fn short_lived(cast: &mut Cast, purposes: [Purpose; 2], issuer: fn(&Cast) -> Identity) -> Server {
    let issuer = issuer(cast);
    cast.world.pki.server(purposes, &issuer, now().plus_s(DAY_S))
}

fn pca(cast: &Cast) -> Identity {
    cast.world.pki.house.pca.clone()
}

fn mca(cast: &Cast) -> Identity {
    cast.world.pki.house.mca.clone()
}

#[test]
fn a21_a_merchant_does_not_believe_an_expired_gateway() {
    for (days, expected) in [(0, None), (2, Some(Untrusted::Expired))] {
        let mut cast = Cast::new();
        let auth_res = cast.approve(ORDER, eur(4200));
        let gateway = short_lived(&mut cast, GATEWAY, pca);
        for account in cast.shop.standing.accounts.values_mut() {
            account.gateway = Bag::of(&gateway.encipherment);
        }
        let pki = &cast.world.pki;
        let to = &pki.house.merchant;
        let forged = forge::auth_res(&auth_res, pki, &gateway.signature, to, |_, _| {});
        let forged = if days == 0 { forged } else { two_days_later(&mut cast, &forged) };
        let outcome = cast.shop.answer(ORDER, &forged, &mut cast.world);
        match expected {
            None => drop(outcome.expect("good while it lasts")),
            Some(expected) => assert_eq!(untrusted(outcome), expected),
        }
    }
}

#[test]
fn a21_a_wallet_does_not_pay_an_expired_merchant_or_through_an_expired_gateway() {
    for (days, expected) in [(0, None), (2, Some(Doubt::CertificateExpired))] {
        for is_merchant in [true, false] {
            let mut cast = Cast::new();
            let p_init_res = cast.offer(ORDER, eur(4200));
            let (purposes, issuer): (_, fn(&Cast) -> Identity) =
                if is_merchant { (MERCHANT, mca) } else { (GATEWAY, pca) };
            let short = short_lived(&mut cast, purposes, issuer);
            let pki = &cast.world.pki;
            let (by, gateway) = match is_merchant {
                true => (&short.signature, &pki.house.gateway.encipherment),
                false => (&pki.house.merchant.signature, &short.encipherment),
            };
            let bag = Bag::of(by).and(gateway);
            let forged = forge::p_init_res(&p_init_res, pki, by, &bag, name(gateway));
            let forged = if days == 0 { forged } else { two_days_later(&mut cast, &forged) };
            cast.wallet.answer(ORDER, &forged, &mut cast.world).expect("an answer");
            match expected {
                None => assert!(matches!(cast.wallet_stage(ORDER), cardholder::Stage::Offered(_))),
                Some(expected) => assert_eq!(doubt(&cast), expected),
            }
        }
    }
}

#[test]
fn a12_a_merchant_does_not_believe_a_gateway_of_another_brand() {
    let mut cast = Cast::new();
    let auth_res = cast.approve(ORDER, eur(4200));
    let pki = &cast.world.pki;
    let (by, to) = (&pki.foreign.gateway.signature, &pki.house.merchant);
    let forged = forge::auth_res(&auth_res, pki, by, to, |_, _| {});
    let refusal = untrusted(cast.shop.answer(ORDER, &forged, &mut cast.world));
    assert_eq!(refusal, Untrusted::OtherBrand);
}

#[test]
fn a2_a_merchant_believes_no_gateway_but_the_one_that_it_asked() {
    // Another one of the brand, which is as well certified and may speak to other merchants.
    let mut cast = Cast::new();
    let auth_res = cast.approve(ORDER, eur(4200));
    let pki = &cast.world.pki;
    let (by, to) = (&pki.house.other_gateway.signature, &pki.house.merchant);
    let forged = forge::auth_res(&auth_res, pki, by, to, |_, _| {});
    let refused = cast.shop.answer(ORDER, &forged, &mut cast.world).err();
    assert_eq!(refused, Some(Refusal::GatewayAnsweredAnother));
    cast.shop.answer(ORDER, &auth_res, &mut cast.world).expect("that of its gateway");
    let cap_req = cast.capture(ORDER, eur(4200));
    let done = cast.captures.request(&cap_req, &mut cast.world).expect("a good request");
    let [capture::Effect::AdviseCapture(advice)] = done.own()[..] else { panic!("told once") };
    let (retrieval, answer) = (advice.trace.retrieval.clone(), capture::AdviceAnswer::Refused);
    let advised = capture::Input::Advised { retrieval, answer };
    let done = cast.captures.command(&done.key, advised, &mut cast.world).expect("an outcome");
    let pki = &cast.world.pki;
    let (by, to) = (&pki.house.other_gateway.signature, &pki.house.merchant);
    let forged = forge::cap_res(&done.reply(), pki, by, to);
    let refused = cast.shop.answer(ORDER, &forged, &mut cast.world).err();
    assert_eq!(refused, Some(Refusal::GatewayAnsweredAnother));
    cast.shop.answer(ORDER, &done.reply(), &mut cast.world).expect("that of its gateway");
}

#[test]
fn a_wallet_whose_clock_is_wrong_says_so() {
    // Abuse case 45: ahead and behind, by hours and by years.
    for (apart_s, seconds) in
        [(-10_800, 10_800), (-10 * 365 * DAY_S, 315_360_000), (90_000, 90_000)]
    {
        let mut cast = Cast::new();
        let p_init_res = cast.offer(ORDER, eur(4200));
        cast.world.now = now().plus_s(apart_s);
        cast.wallet.answer(ORDER, &p_init_res, &mut cast.world).expect("an answer");
        assert_eq!(doubt(&cast), Doubt::ClocksDiffer { seconds });
    }
}

#[test]
fn a_wallet_without_current_lists_says_so() {
    let mut cast = Cast::new();
    let p_init_res = cast.offer(ORDER, eur(4200));
    let later = now().plus_s(40 * DAY_S);
    cast.world.now = later;
    let forged = forge::with_header(&p_init_res, |header| header.date = later.into());
    cast.wallet.answer(ORDER, &forged, &mut cast.world).expect("an answer");
    assert_eq!(doubt(&cast), Doubt::ListsNotCurrent);
}

#[test]
fn what_is_no_answer_to_the_question_ends_nothing() {
    // Whoever answers with something of another purchase, however bad, is not the merchant.
    let mut cast = Cast::new();
    let other = cast.offer(b"1043", eur(4200));
    let p_init_res = cast.offer(ORDER, eur(4200));
    let house = &cast.world.pki.house;
    cast.world.pki.revoke(&cast.wallet.trust, &house.authority, &[&house.mca]);
    let refusal = untrusted(cast.wallet.answer(ORDER, &other, &mut cast.world));
    assert_eq!(refusal, Untrusted::Revoked);
    assert!(matches!(cast.wallet_stage(ORDER), cardholder::Stage::Initiating { .. }));
    cast.wallet.answer(ORDER, &p_init_res, &mut cast.world).expect("an answer");
    assert_eq!(doubt(&cast), Doubt::Revoked);
}

#[test]
fn an_answer_to_what_was_asked_before_a_renewal_is_heard_after_it() {
    // The issuer holds the money: an answer that is refused for ever is worse than none.
    let mut cast = Cast::new();
    let auth_res = cast.approve(ORDER, eur(4200));
    let issuer = cast.world.pki.house.mca.clone();
    let newer = cast.world.pki.server(MERCHANT, &issuer, now().plus_s(300 * DAY_S));
    for account in cast.shop.standing.accounts.values_mut() {
        account.signature = newer.signature.clone();
        account.encipherments.insert(0, newer.encipherment.clone());
    }
    cast.shop.answer(ORDER, &auth_res, &mut cast.world).expect("a good answer");
    assert!(matches!(cast.shop_stage(ORDER), merchant::Stage::Authorized(_)));
}
