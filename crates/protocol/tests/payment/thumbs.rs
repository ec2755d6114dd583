//! A gateway that uses another certificate than the merchant knows says so by its thumb, in
//! whatever it answers, and the merchant asks it.

use openset_crypto::{Bag, Identity, Purpose, Suite, Thumb};
use openset_protocol::{
    gateway::{
        capture,
        refund::{self, GatewayRefund},
    },
    merchant::{self, Stage, news::AskGateway, purchase::Input},
    refusal::Refusal,
    role::Machine,
};
use openset_types::{AuthorizationAnswer, DeclineReason, RefundKind, ReversalOutcome};
use openset_wire::{payment::AuthResData, types::CertThumb};

use crate::world::{self, Cast, Party, approved, eur, forge, pki::Wish};

const ORDER: &[u8] = b"1042";
const OTHER: &[u8] = b"1043";
const SUITES: [Suite; 2] = [Suite::Modern, Suite::Set10];

/// A purchase, and what is given back, at a gateway that changes its key.
struct Till {
    cast: Cast,
    refunds: Party<GatewayRefund>,
    newer: Identity,
}

impl Till {
    fn in_suite(suite: Suite) -> Self {
        let mut cast = Cast::in_suite(suite);
        let purpose = Purpose::GatewayEncipherment;
        let (brand, name) = ("Demo Brand", "Demo Gateway");
        let issuer = cast.world.pki.house.pca.clone();
        let newer = cast.world.pki.certify(&Wish { purpose, brand, name, merchant: "" }, &issuer);
        let house = &cast.world.pki.house;
        let refunds = Party::new(world::gateway(house, &house.gateway), cast.world.pki.trust());
        Self { cast, refunds, newer }
    }

    /// The gateway uses its newer certificate from now on, and keeps the older one.
    fn renews(&mut self) {
        let newer = &self.newer;
        self.cast.gateway.standing.encipherments.insert(0, newer.clone());
        self.cast.captures.standing.encipherments.insert(0, newer.clone());
        self.refunds.standing.encipherments.insert(0, newer.clone());
    }

    /// The merchant was told of it.
    fn is_told(&mut self) {
        let brand = self.cast.world.pki.house.brand.clone();
        let account = self.cast.shop.standing.accounts.get_mut(&brand).expect("an account");
        account.gateway = Bag::of(&self.newer);
    }

    fn thumb(&self) -> Thumb {
        Thumb::of_certificate(self.cast.world.pki.suite, &self.newer.certificate)
    }

    fn wanted(&self) -> AskGateway {
        AskGateway { brand: self.cast.world.pki.house.brand.clone(), thumb: self.thumb() }
    }

    /// What the merchant wants asked after an answer about an order.
    fn hears(&mut self, order: &[u8], answer: &[u8]) -> Vec<AskGateway> {
        let done = self.cast.shop.answer(order, answer, &mut self.cast.world);
        done.expect("a good answer").own().into_iter().cloned().collect()
    }

    /// An order is authorized: gives AuthRes.
    fn authorized(&mut self, order: &[u8]) -> Vec<u8> {
        let auth_req = self.cast.order(order, eur(4200));
        let done = self.cast.gateway.request(&auth_req, &mut self.cast.world);
        let done = done.expect("a good request");
        self.cast.issuer_says(&done.key, approved())
    }

    /// An authorized order is captured: gives CapRes.
    fn captured(&mut self, order: &[u8]) -> Vec<u8> {
        let cap_req = self.cast.capture(order, eur(4200));
        let done = self.cast.captures.request(&cap_req, &mut self.cast.world).expect("a request");
        let [capture::Effect::AdviseCapture(advice)] = done.own()[..] else { panic!("one advice") };
        let retrieval = advice.trace.retrieval.clone();
        let input = capture::Input::Advised { retrieval, answer: capture::AdviceAnswer::Taken };
        self.cast.captures.command(&done.key, input, &mut self.cast.world).expect("taken").reply()
    }

    /// A captured order is given back: gives CredRes.
    fn credited(&mut self, order: &[u8]) -> Vec<u8> {
        let input = Input::Refund { kind: RefundKind::Credit, amount: eur(4200) };
        let cred_req = self.cast.shop.command(order, input, &mut self.cast.world);
        let cred_req = cred_req.expect("a captured order").ask();
        self.refunds.register = self.cast.captures.register.clone();
        let done = self.refunds.request(&cred_req, &mut self.cast.world).expect("a request");
        let [refund::Effect::AdviseRefund(advice)] = done.own()[..] else { panic!("one advice") };
        let retrieval = advice.trace.retrieval.clone();
        let input = refund::Input::Advised { retrieval, answer: refund::AdviceAnswer::Done };
        self.refunds.command(&done.key, input, &mut self.cast.world).expect("taken").reply()
    }

    /// An authorized order is given up: gives AuthRevRes.
    fn given_up(&mut self, order: &[u8]) -> Vec<u8> {
        use openset_protocol::gateway::authorization::Input as Gateway;
        let input = Input::Void { remains: eur(0) };
        let asked = self.cast.shop.command(order, input, &mut self.cast.world);
        let asked = asked.expect("an authorized order").ask();
        let done = self.cast.gateway.request(&asked, &mut self.cast.world).expect("a request");
        let input = Gateway::Released(ReversalOutcome::Undone);
        self.cast.gateway.command(&done.key, input, &mut self.cast.world).expect("ended").reply()
    }

    /// AuthRes as a gateway would have said it with another thumb.
    fn lied(&self, auth_res: &[u8], by: &Identity, thumb: Option<CertThumb>) -> Vec<u8> {
        let pki = &self.cast.world.pki;
        let change = |data: &mut AuthResData| data.pe_thumb = thumb;
        forge::auth_res(auth_res, pki, by, &pki.house.merchant, |data, _| change(data))
    }
}

#[test]
fn a_merchant_that_has_the_certificate_is_told_nothing() {
    for suite in SUITES {
        let mut till = Till::in_suite(suite);
        let auth_res = till.authorized(ORDER);
        assert_eq!(forge::pe_thumb(&auth_res, &till.cast.world.pki), None);
        assert_eq!(till.hears(ORDER, &auth_res), []);
        let cap_res = till.captured(ORDER);
        assert_eq!(till.hears(ORDER, &cap_res), []);
        let cred_res = till.credited(ORDER);
        assert_eq!(till.hears(ORDER, &cred_res), []);
    }
}

#[test]
fn every_answer_about_a_payment_names_the_newer_certificate() {
    for suite in SUITES {
        let mut till = Till::in_suite(suite);
        till.renews();
        let wanted = [till.wanted()];
        // Sealed for the older key, which still opens.
        let auth_res = till.authorized(ORDER);
        assert_eq!(till.hears(ORDER, &auth_res), wanted);
        assert!(matches!(till.cast.shop_stage(ORDER), Stage::Authorized(_)), "and it counts");
        let cap_res = till.captured(ORDER);
        assert_eq!(till.hears(ORDER, &cap_res), wanted);
        let cred_res = till.credited(ORDER);
        assert_eq!(till.hears(ORDER, &cred_res), wanted);
        let auth_res = till.authorized(OTHER);
        till.hears(OTHER, &auth_res);
        let auth_rev_res = till.given_up(OTHER);
        assert_eq!(till.hears(OTHER, &auth_rev_res), wanted);
    }
}

#[test]
fn a_merchant_that_was_told_since_asks_no_more() {
    let mut till = Till::in_suite(Suite::Modern);
    till.renews();
    let auth_res = till.authorized(ORDER);
    till.is_told();
    assert_eq!(till.hears(ORDER, &auth_res), [], "it was asked under the older one");
    let auth_res = till.authorized(OTHER);
    assert_eq!(forge::pe_thumb(&auth_res, &till.cast.world.pki), None);
    assert_eq!(till.hears(OTHER, &auth_res), []);
}

#[test]
fn a_merchant_that_says_nothing_of_what_it_knows_is_told() {
    let mut till = Till::in_suite(Suite::Modern);
    let auth_req = till.cast.order(ORDER, eur(4200));
    let pki = &till.cast.world.pki;
    let asked = forge::auth_req(&auth_req, pki, &pki.house.merchant, |data, _| {
        data.m_thumbs = None;
    });
    let done = till.cast.gateway.request(&asked, &mut till.cast.world).expect("a good request");
    let auth_res = till.cast.issuer_says(&done.key, approved());
    let pki = &till.cast.world.pki;
    let current = &pki.house.gateway.encipherment.certificate;
    let current = Thumb::of_certificate(pki.suite, current).cert_thumb(pki.suite);
    assert_eq!(forge::pe_thumb(&auth_res, pki), current.ok());
}

#[test]
fn a_gateway_names_no_certificate_that_nobody_would_believe() {
    let mut till = Till::in_suite(Suite::Modern);
    till.renews();
    let pki = &till.cast.world.pki;
    pki.revoke(&till.cast.gateway.trust, &pki.house.pca, &[&till.newer]);
    let auth_req = till.cast.order(ORDER, eur(4200));
    let done = till.cast.gateway.request(&auth_req, &mut till.cast.world).expect("a request");
    // It could seal no token for itself; a refusal needs none.
    let no = AuthorizationAnswer::Declined(DeclineReason::Declined);
    let auth_res = till.cast.issuer_says(&done.key, no);
    assert_eq!(forge::pe_thumb(&auth_res, &till.cast.world.pki), None);
    assert_eq!(till.hears(ORDER, &auth_res), []);
    assert!(matches!(till.cast.shop_stage(ORDER), Stage::Declined(_)));
}

#[test]
fn nobody_but_the_merchants_gateway_names_a_certificate() {
    let mut till = Till::in_suite(Suite::Modern);
    let auth_res = till.authorized(ORDER);
    let named = till.thumb().cert_thumb(Suite::Modern).ok();
    let house = &till.cast.world.pki.house;
    let strangers = [
        (house.other_gateway.signature.clone(), Some(Refusal::GatewayAnsweredAnother)),
        (house.merchant.signature.clone(), None),
        (till.cast.world.pki.foreign.gateway.signature.clone(), None),
    ];
    for (stranger, why) in strangers {
        let lie = till.lied(&auth_res, &stranger, named.clone());
        let said = till.cast.shop.answer(ORDER, &lie, &mut till.cast.world).err();
        let said = said.expect("a stranger is not heard");
        assert!(why.is_none_or(|why| said == why), "{said:?}");
        assert!(matches!(till.cast.shop_stage(ORDER), Stage::Authorizing(_)));
    }
}

#[test]
fn a_thumb_that_names_nothing_takes_nothing_from_the_answer() {
    let till = Till::in_suite(Suite::Modern);
    // A thumb of the other suite, under the digest of this one and under its own.
    let short = Thumb::of_certificate(Suite::Set10, &till.newer.certificate);
    let short = short.cert_thumb(Suite::Set10).expect("a thumb");
    let mut crossed = short.clone();
    crossed.digest_algorithm =
        till.thumb().cert_thumb(Suite::Modern).expect("a thumb").digest_algorithm;
    for lie in [short, crossed] {
        let mut till = Till::in_suite(Suite::Modern);
        let auth_res = till.authorized(ORDER);
        let gateway = till.cast.world.pki.house.gateway.signature.clone();
        let lied = till.lied(&auth_res, &gateway, Some(lie));
        assert_eq!(till.hears(ORDER, &lied), []);
        assert!(matches!(till.cast.shop_stage(ORDER), Stage::Authorized(_)));
    }
}

#[test]
fn a_question_that_a_crash_interrupted_changes_nothing_of_the_purchase() {
    let mut till = Till::in_suite(Suite::Modern);
    till.renews();
    let auth_res = till.authorized(ORDER);
    let wanted = till.hears(ORDER, &auth_res).remove(0);
    let before = till.cast.shop_stage(ORDER);
    let input = merchant::purchase::MerchantPurchase::interrupted(wanted);
    let done = till.cast.shop.command(ORDER, input, &mut till.cast.world).expect("taken");
    assert!(done.effects.is_empty());
    assert_eq!(till.cast.shop_stage(ORDER), before);
}
