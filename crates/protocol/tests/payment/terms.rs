//! Instalments and recurring payments at the gateway: it holds merchants to what cardholders
//! signed.

use openset_protocol::{
    gateway::{
        self, Policies, Policy,
        authorization::{GatewayAuthorization, Input as Told},
    },
    merchant::{Plan, purchase::Input},
    summary::Fact,
};
use openset_types::{Money, Rrpid, Terms};
use openset_wire::{payment::AuthCode, types::InstallRecurData};

use crate::world::{Cast, Done, approved, eur, forge};

const ORDER: &[u8] = b"1042";
const DAY_S: i64 = 86_400;

/// A cardholder has signed for forty-two euros on these terms, and the merchant repeats others, or
/// the same: AuthReq for the first ten euros.
fn asked(cast: &mut Cast, signed: Option<Terms>, repeated: Option<Terms>) -> Vec<u8> {
    let p_req = cast.consent(ORDER, eur(4200));
    let house = &cast.world.pki.house;
    let p_req =
        forge::p_req(&p_req, &cast.world.pki, &house.cardholder, &house.gateway, |consent| {
            consent.head.install_recur_data = signed.map(InstallRecurData::from);
        });
    let auth_req = cast.shop.request(&p_req, &mut cast.world).expect("a good order").ask();
    repeat(cast, &auth_req, repeated)
}

fn repeat(cast: &Cast, auth_req: &[u8], terms: Option<Terms>) -> Vec<u8> {
    let (pki, now) = (&cast.world.pki, cast.world.now);
    forge::auth_req_at(auth_req, pki, &pki.house.merchant, now, |data, _| {
        let payload = &mut data.auth_req_item.auth_req_payload;
        payload.install_recur_data = terms.map(InstallRecurData::from);
        payload.subsequent_auth_ind = true;
    })
}

fn shop() -> Cast {
    Cast { plan: Plan::Parts { first: eur(1000) }, ..Cast::new() }
}

fn ask(cast: &mut Cast, auth_req: &[u8]) -> Done<GatewayAuthorization> {
    cast.gateway.request(auth_req, &mut cast.world).expect("a request")
}

fn authorize(cast: &mut Cast, auth_req: &[u8]) {
    let done = ask(cast, auth_req);
    assert_eq!(done.own().len(), 1, "the issuer is asked: {:?}", code_of(cast, &done));
    let yes = Told::Answered { answer: approved(), asked: None };
    let auth_res = cast.gateway.command(&done.key, yes, &mut cast.world).expect("yes").reply();
    cast.shop.answer(ORDER, &auth_res, &mut cast.world).expect("a good answer");
}

fn code_of(cast: &Cast, done: &Done<GatewayAuthorization>) -> Option<AuthCode> {
    match cast.gateway.state(&done.key).expect("a record").stage {
        gateway::Stage::Refused { code } => Some(code),
        _ => None,
    }
}

fn refused(cast: &mut Cast, auth_req: &[u8]) -> Option<AuthCode> {
    let done = ask(cast, auth_req);
    assert!(done.own().is_empty(), "no bank is asked");
    code_of(cast, &done)
}

/// The next payment: AuthReq, with the terms that the merchant repeats.
fn next(cast: &mut Cast, amount: Money, terms: Option<Terms>) -> Vec<u8> {
    let input = Input::Next { amount, is_sale: false };
    let auth_req = cast.shop.command(ORDER, input, &mut cast.world).expect("more").ask();
    repeat(cast, &auth_req, terms)
}

/// What the gateway answers is heard by the shop: the token may be shown again.
fn refuse(cast: &mut Cast, auth_req: &[u8]) -> Option<AuthCode> {
    let done = ask(cast, auth_req);
    assert!(done.own().is_empty(), "no bank is asked");
    cast.shop.answer(ORDER, &done.reply(), &mut cast.world).expect("a good answer");
    code_of(cast, &done)
}

fn each_day_until(cast: &Cast, days: i64) -> Terms {
    Terms::Recurring { every_days: 1, until: cast.world.now.plus_s(days * DAY_S) }
}

#[test]
fn a_recurring_payment_that_comes_too_soon_is_told_so_and_comes_again_in_time() {
    let mut cast = shop();
    let terms = Some(each_day_until(&cast, 5));
    let first = asked(&mut cast, terms, terms);
    authorize(&mut cast, &first);
    let begun = cast.world.now;
    for (after_s, too_soon) in [(60, true), (DAY_S - 1, true), (DAY_S, false)] {
        cast.world.now = begun.plus_s(after_s);
        let auth_req = next(&mut cast, eur(1000), terms);
        match too_soon {
            true => {
                assert_eq!(refuse(&mut cast, &auth_req), Some(AuthCode::RecurringTooSoon));
            }
            false => authorize(&mut cast, &auth_req),
        }
    }
}

#[test]
fn no_recurring_payment_comes_after_the_last_day() {
    let mut cast = shop();
    let terms = Some(each_day_until(&cast, 2));
    let first = asked(&mut cast, terms, terms);
    authorize(&mut cast, &first);
    cast.world.now = cast.world.now.plus_s(2 * DAY_S + 1);
    let auth_req = next(&mut cast, eur(1000), terms);
    assert_eq!(refused(&mut cast, &auth_req), Some(AuthCode::RecurringExpired));

    let mut cast = shop();
    let over = Some(Terms::Recurring { every_days: 1, until: cast.world.now.plus_s(-1) });
    let first = asked(&mut cast, over, over);
    assert_eq!(refused(&mut cast, &first), Some(AuthCode::RecurringExpired));
}

#[test]
fn each_recurring_payment_may_be_what_was_agreed_and_no_more() {
    let mut cast = shop();
    let terms = Some(each_day_until(&cast, 30));
    let first = asked(&mut cast, terms, terms);
    authorize(&mut cast, &first);
    cast.world.now = cast.world.now.plus_s(DAY_S);
    let auth_req = next(&mut cast, eur(1000), terms);
    let pki = &cast.world.pki;
    let now = cast.world.now;
    let of = |minor: u64| {
        forge::auth_req_at(&auth_req, pki, &pki.house.merchant, now, |data, _| {
            data.auth_req_item.auth_req_payload.auth_req_amt = eur(minor).into();
        })
    };
    let (all, more) = (of(4200), of(4201));
    assert_eq!(refused(&mut cast, &more), Some(AuthCode::AmountError));
    // Ten euros and forty-two are more than forty-two: for these terms that is well.
    let all = rename(&cast, &all);
    let done = ask(&mut cast, &all);
    assert_eq!(done.own().len(), 1, "the issuer is asked");
}

/// The same under another name.
fn rename(cast: &Cast, auth_req: &[u8]) -> Vec<u8> {
    let (pki, now) = (&cast.world.pki, cast.world.now);
    forge::auth_req_at(auth_req, pki, &pki.house.merchant, now, |data, _| {
        let tags = &mut data.auth_req_item.auth_tags.auth_rr_tags;
        tags.rrpid = Rrpid::new([9; 20]).into();
    })
}

#[test]
fn an_order_on_other_terms_than_the_shop_s_is_rejected() {
    // A4: the cardholder signs well, and not what the shop has.
    let two = Plan::On(Terms::Instalments { at_most: 2 });
    let three = Plan::On(Terms::Instalments { at_most: 3 });
    for (shops, wallets) in [(two, three), (two, Plan::Held), (Plan::Held, two)] {
        let mut cast = Cast { plan: shops, ..Cast::new() };
        cast.place(ORDER, eur(4200));
        cast.plan = wallets;
        let p_init_req = cast.begin(ORDER, eur(4200));
        let offer = cast.shop.request(&p_init_req, &mut cast.world).expect("an offer").reply();
        cast.wallet.answer(ORDER, &offer, &mut cast.world).expect("a good offer");
        let p_req = cast.sign(ORDER);
        let done = cast.shop.request(&p_req, &mut cast.world).expect("an answer");
        cast.wallet.answer(ORDER, &done.reply(), &mut cast.world).expect("a good answer");
        let fact = cast.wallet.state(ORDER).expect("a purchase").summary().fact;
        assert_eq!(fact, Fact::Rejected);
    }
}

#[test]
fn what_shop_and_wallet_agree_on_reaches_the_gateway_in_both_halves() {
    let terms = Terms::Instalments { at_most: 3 };
    let mut cast = Cast { plan: Plan::On(terms), ..Cast::new() };
    let p_req = cast.consent(ORDER, eur(4201));
    let auth_req = cast.shop.request(&p_req, &mut cast.world).expect("a good order").ask();
    authorize(&mut cast, &auth_req);
    for (due, left) in [(1401, 2800), (1399, 1399)] {
        let purchase = cast.shop.state(ORDER).expect("a purchase");
        assert_eq!((purchase.due(), purchase.left()), (Some(eur(due)), Some(eur(left))));
        let input = Input::Next { amount: eur(due), is_sale: false };
        let auth_req = cast.shop.command(ORDER, input, &mut cast.world).expect("more").ask();
        authorize(&mut cast, &auth_req);
    }
    assert_eq!(cast.shop.state(ORDER).expect("a purchase").left(), None);
}

#[test]
fn there_are_no_more_instalments_than_were_agreed() {
    let mut cast = shop();
    let terms = Some(Terms::Instalments { at_most: 2 });
    let first = asked(&mut cast, terms, terms);
    authorize(&mut cast, &first);
    let second = next(&mut cast, eur(1000), terms);
    authorize(&mut cast, &second);
    let third = next(&mut cast, eur(1000), terms);
    assert_eq!(refused(&mut cast, &third), Some(AuthCode::InstallRecurMismatch));
}

#[test]
fn terms_that_merchant_and_cardholder_tell_differently_are_refused() {
    let two = Some(Terms::Instalments { at_most: 2 });
    let three = Some(Terms::Instalments { at_most: 3 });
    for (signed, repeated) in [(two, three), (two, None), (None, two)] {
        let mut cast = shop();
        let first = asked(&mut cast, signed, repeated);
        assert_eq!(refused(&mut cast, &first), Some(AuthCode::InstallRecurMismatch));
    }
    let mut cast = shop();
    let first = asked(&mut cast, two, two);
    authorize(&mut cast, &first);
    for repeated in [three, None] {
        let later = next(&mut cast, eur(100), repeated);
        assert_eq!(refuse(&mut cast, &later), Some(AuthCode::InstallRecurMismatch));
    }
}

#[test]
fn a_merchant_whose_policy_has_no_terms_is_told_so() {
    let mut cast = shop();
    let general = Policy { recurring: false, ..Policy::default() };
    cast.gateway.standing.policies = Policies { general, ..Policies::default() };
    let terms = Some(Terms::Instalments { at_most: 2 });
    let first = asked(&mut cast, terms, terms);
    assert_eq!(refused(&mut cast, &first), Some(AuthCode::InvalidTransaction));
}
