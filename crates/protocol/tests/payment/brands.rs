//! A shop that takes two brands, below one root: the card says which certificates and which gateway
//! a purchase goes by, and nothing of one brand stands in for the other (A12).

use openset_crypto::{Bag, Purpose, Untrusted, verify};
use openset_protocol::{
    cardholder::{self, CardIdentity},
    gateway::authorization::{GatewayAuthorization, Input},
    merchant,
    refusal::Refusal,
    summary::Fact,
};
use openset_types::Brand;
use openset_wire::wrapper::Message;

use crate::world::{
    self, Cast, Party, approved, eur, forge, message, now,
    pki::{House, MODERN, Pki},
};

const ORDER: &[u8] = b"1042";
/// The two brands of the shop.
const BOTH: [fn(&Pki) -> &House; 2] = [|pki| &pki.house, |pki| &pki.foreign];

/// A shop with an account for each brand, and the gateway of the second one.
fn both() -> (Cast, Party<GatewayAuthorization>) {
    let mut cast = Cast::new();
    let (second, trust) = (&cast.world.pki.foreign, cast.world.pki.trust());
    let account = world::shop(second, &second.merchant, "ATELIER-LUMEN-001", &second.gateway);
    let gateway = Party::new(world::gateway(second, &second.gateway), trust);
    cast.shop.standing.accounts.extend(account.accounts);
    (cast, gateway)
}

impl Cast {
    /// A wallet begins to pay with a card of a brand: gives PInitReq.
    fn begin_with(&mut self, order: &[u8], of: fn(&Pki) -> &House) -> Vec<u8> {
        self.place(order, eur(4200));
        let mut start = self.starting(order, eur(4200));
        let house = of(&self.world.pki);
        start.initiation.brands = BOTH.map(|of| of(&self.world.pki).brand.clone()).into();
        start.brand = house.brand.clone();
        start.card = Some(CardIdentity::of(&house.cardholder).expect("encodable"));
        let input = cardholder::purchase::Input::Start(Box::new(start));
        self.wallet.command(order, input, &mut self.world).expect("a good document").ask()
    }

    /// The same until the shop has offered: gives PInitRes.
    fn offer_with(&mut self, order: &[u8], of: fn(&Pki) -> &House) -> Vec<u8> {
        let p_init_req = self.begin_with(order, of);
        self.shop.request(&p_init_req, &mut self.world).expect("an offer").reply()
    }

    /// The same until the gateway is asked: gives AuthReq.
    fn order_with(&mut self, order: &[u8], of: fn(&Pki) -> &House) -> Vec<u8> {
        let p_init_res = self.offer_with(order, of);
        self.wallet.answer(order, &p_init_res, &mut self.world).expect("a good offer");
        let p_req = self.sign(order);
        self.shop.request(&p_req, &mut self.world).expect("a good order").ask()
    }
}

/// The brands of the certificates that travel with an offer, and whom it names as gateway.
fn travels(p_init_res: &[u8], pki: &Pki) -> (Vec<String>, bool, bool) {
    let Message::PInitRes(answer) = message(p_init_res) else { panic!("a PInitRes") };
    let verified = verify(&answer, &pki.trust(), Purpose::MerchantSignature, None, now());
    let verified = verified.expect("signed");
    let brands = verified.bag().certificates.iter();
    let brands = brands.filter_map(|one| one.to_be_signed.subject.organization());
    let mut brands: Vec<String> =
        brands.filter(|name| *name != "SET Root").map(str::to_owned).collect();
    brands.sort_unstable();
    brands.dedup();
    let named = |house: &House| {
        let gateway = house.gateway.encipherment.thumb(MODERN).cert_thumb(MODERN);
        gateway.expect("a thumb") == verified.pe_thumb
    };
    (brands, named(&pki.house), named(&pki.foreign))
}

#[test]
fn the_brand_of_the_card_picks_the_certificates_that_travel() {
    let expected = [("Demo Brand", true, false), ("Other Brand", false, true)];
    for (of, (brand, first, second)) in BOTH.into_iter().zip(expected) {
        let (mut cast, _) = both();
        let p_init_res = cast.offer_with(ORDER, of);
        let brands = vec![brand.to_owned()];
        assert_eq!(travels(&p_init_res, &cast.world.pki), (brands, first, second));
        cast.wallet.answer(ORDER, &p_init_res, &mut cast.world).expect("a good offer");
        assert!(matches!(cast.wallet_stage(ORDER), cardholder::Stage::Offered(_)), "{brand}");
    }
}

#[test]
fn a_card_of_the_second_brand_pays_through_the_gateway_of_its_brand_only() {
    let (mut cast, mut second) = both();
    let auth_req = cast.order_with(ORDER, |pki| &pki.foreign);
    // The first brand's gateway opens nothing of it, asks nobody and keeps nothing.
    assert!(cast.gateway.request(&auth_req, &mut cast.world).is_err());
    assert!(cast.gateway.states.is_empty() && cast.gateway.register.is_empty());

    let done = second.request(&auth_req, &mut cast.world).expect("a good request");
    let yes = Input::Answered { answer: approved(), asked: None };
    let auth_res = second.command(&done.key, yes, &mut cast.world).expect("an answer").reply();
    let p_res = cast.shop.answer(ORDER, &auth_res, &mut cast.world).expect("believed").reply();
    cast.wallet.answer(ORDER, &p_res, &mut cast.world).expect("a receipt");
    let summary = cast.wallet.state(ORDER).expect("a purchase").summary();
    assert_eq!(summary.fact, Fact::Authorized);
}

#[test]
fn a_card_of_one_brand_is_not_offered_the_certificates_of_the_other() {
    for (of, other) in BOTH.into_iter().zip(BOTH.into_iter().rev()) {
        let (mut cast, _) = both();
        let p_init_res = cast.offer_with(ORDER, of);
        let pki = &cast.world.pki;
        let house = other(pki);
        let (by, gateway) = (&house.merchant.signature, &house.gateway.encipherment);
        let thumb = gateway.thumb(MODERN).cert_thumb(MODERN).expect("a thumb");
        let bag = Bag::of(by).and(gateway);
        let forged = forge::p_init_res(&p_init_res, pki, by, &bag, |data| data.pe_thumb = thumb);
        let refused = cast.wallet.answer(ORDER, &forged, &mut cast.world);
        let why = refused.err().expect("not the brand that was asked for");
        assert_eq!(why, Refusal::Untrusted(Untrusted::OtherBrand));
        // Nothing came of it: the true offer is still taken.
        assert!(matches!(cast.wallet_stage(ORDER), cardholder::Stage::Initiating { .. }));
        cast.wallet.answer(ORDER, &p_init_res, &mut cast.world).expect("a good offer");
    }
}

#[test]
fn a_gateway_of_the_other_brand_is_not_paid_through() {
    // The shop signs as one brand, and names the gateway that it has for the other.
    let (mut cast, _) = both();
    let p_init_res = cast.offer_with(ORDER, |pki| &pki.house);
    let pki = &cast.world.pki;
    let gateway = &pki.foreign.gateway.encipherment;
    let thumb = gateway.thumb(MODERN).cert_thumb(MODERN).expect("a thumb");
    let by = &pki.house.merchant.signature;
    let bag = Bag::of(by).and(gateway);
    let forged = forge::p_init_res(&p_init_res, pki, by, &bag, |data| data.pe_thumb = thumb);
    let (thumb, cause) = (gateway.thumb(MODERN), Untrusted::OtherBrand);
    let refused = cast.wallet.answer(ORDER, &forged, &mut cast.world);
    assert_eq!(refused.err(), Some(Refusal::GatewayNotBelieved { thumb, cause }));
}

#[test]
fn an_answer_by_the_gateway_of_the_other_brand_is_not_believed() {
    // The shop has an account with that gateway too, for the other brand.
    let (mut cast, _) = both();
    let auth_res = cast.approve(ORDER, eur(4200));
    let pki = &cast.world.pki;
    let (by, to) = (&pki.foreign.gateway.signature, &pki.house.merchant);
    let forged = forge::auth_res(&auth_res, pki, by, to, |_, _| {});
    let refused = cast.shop.answer(ORDER, &forged, &mut cast.world);
    assert_eq!(refused.err(), Some(Refusal::Untrusted(Untrusted::OtherBrand)));
    assert!(matches!(cast.shop_stage(ORDER), merchant::Stage::Authorizing(_)));
}

#[test]
fn a_brand_that_the_shop_does_not_take_is_refused_by_name() {
    let mut cast = Cast::new();
    let before = cast.shop.states.clone();
    let p_init_req = cast.begin_with(ORDER, |pki| &pki.foreign);
    let placed = cast.shop.states.clone();
    let refused = cast.shop.request(&p_init_req, &mut cast.world).err();
    let brand = Brand::parse("Other Brand").expect("a brand");
    assert_eq!(refused, Some(Refusal::SenderNamedForeignBrand { brand }));
    assert!(before.is_empty());
    assert_eq!(cast.shop.states, placed, "no offer is kept");
}
