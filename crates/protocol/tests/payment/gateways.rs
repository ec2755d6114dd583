//! Which certificate a merchant seals for: as its gateway tells it, and as dishonest parties would
//! have it.

use openset_crypto::{Identity, Purpose, Suite, Thumb};
use openset_protocol::{
    gateway::certificates::{BRANDS_MAX, GatewayCertificates},
    merchant::gateway::{Asking, Input, MerchantGateway, Stage},
    refusal::Refusal,
};
use openset_types::{Bin, MerchantId, Rrpid};
use openset_wire::{
    der::Oid,
    error::ErrorCode,
    payment::{BrandAndBin, PCertCode, PCertReqData, PCertResTbs},
    types::MsgExtensions,
    wrapper::Message,
};

use super::complaint::complain;
use crate::world::{self, Done, Party, World, forge, now, pki::Wish};

const QUESTION: &[u8] = b"1";

/// A shop that knows its gateway, and the gateway, which uses another certificate since.
struct Counter {
    world: World,
    shop: Party<MerchantGateway>,
    gateway: Party<GatewayCertificates>,
    newer: Identity,
}

impl Counter {
    fn new() -> Self {
        Self::in_suite(Suite::Modern)
    }

    fn in_suite(suite: Suite) -> Self {
        let mut world = World::in_suite(suite);
        let purpose = Purpose::GatewayEncipherment;
        let (brand, name) = ("Demo Brand", "Demo Gateway");
        let issuer = world.pki.house.pca.clone();
        let newer = world.pki.certify(&Wish { purpose, brand, name, merchant: "" }, &issuer);
        let (house, trust) = (&world.pki.house, || world.pki.trust());
        let number = "ATELIER-LUMEN-001";
        let shop = world::shop(house, &house.merchant, number, &house.gateway);
        let mut gateway = world::gateway(house, &house.gateway);
        gateway.encipherments.insert(0, newer.clone());
        let (shop, gateway) = (Party::new(shop, trust()), Party::new(gateway, trust()));
        Self { world, shop, gateway, newer }
    }

    /// The shop asks, as if for the first time: gives PCertReq.
    fn asks(&mut self) -> Vec<u8> {
        self.shop.states.clear();
        let brand = self.world.pki.house.brand.clone();
        self.shop.command(QUESTION, Input::Ask(brand), &mut self.world).expect("a question").ask()
    }

    fn gateway_hears(&mut self, octets: &[u8]) -> Result<Done<GatewayCertificates>, Refusal> {
        self.gateway.request(octets, &mut self.world)
    }

    /// The shop asks and the gateway answers: gives PCertRes.
    fn tells(&mut self) -> Vec<u8> {
        let asked = self.asks();
        self.gateway_hears(&asked).expect("a good question").reply()
    }

    fn shop_hears(&mut self, octets: &[u8]) -> Result<Done<MerchantGateway>, Refusal> {
        self.shop.answer(QUESTION, octets, &mut self.world)
    }

    fn asking(&self) -> Asking {
        self.shop.state(QUESTION).expect("a question")
    }

    /// What the gateway says to a question that its merchant has changed.
    fn forged(&mut self, change: impl FnOnce(&mut PCertReqData)) -> Option<Refusal> {
        self.forged_by(|pki| pki.house.merchant.signature.clone(), change)
    }

    fn forged_by(
        &mut self,
        by: impl FnOnce(&world::pki::Pki) -> Identity,
        change: impl FnOnce(&mut PCertReqData),
    ) -> Option<Refusal> {
        let asked = self.asks();
        let by = by(&self.world.pki);
        let forged = forge::p_cert_req(&asked, &self.world.pki, &by, change);
        self.gateway_hears(&forged).err()
    }

    /// What the shop says to an answer that its gateway has changed.
    fn lied(&mut self, change: impl FnOnce(&mut PCertResTbs)) -> Option<Refusal> {
        let told = self.tells();
        let pki = &self.world.pki;
        let gateway = &pki.house.gateway.signature;
        let lie = forge::p_cert_res(&told, pki, gateway, &self.newer, change);
        self.shop_hears(&lie).err()
    }

    /// What the gateway answers, read.
    fn told(&mut self, asked: &[u8]) -> PCertResTbs {
        let told = self.gateway_hears(asked).expect("a good question").reply();
        let Message::PCertRes(told) = world::message(&told) else { panic!("a PCertRes") };
        let (trust, purpose) = (self.world.pki.trust(), Purpose::GatewaySignature);
        let told = openset_crypto::verify(&told, &trust, purpose, None, now()).expect("signed");
        told.into_value()
    }

    /// The codes that the gateway answers with.
    fn says(&mut self, asked: &[u8]) -> Vec<PCertCode> {
        self.told(asked).p_cert_res_item_seq.iter().map(|item| item.p_cert_code).collect()
    }

    fn thumb(&self, of: &Identity) -> openset_wire::types::CertThumb {
        let suite = self.world.pki.suite;
        Thumb::of_certificate(suite, &of.certificate).cert_thumb(suite).expect("a thumb")
    }
}

fn critical() -> Option<MsgExtensions> {
    MsgExtensions::critical(unknown(), &true).ok()
}

fn unknown() -> Oid {
    Oid::from_arcs(&[2, 999, 7]).expect("an arc")
}

#[test]
fn a_shop_learns_which_certificate_its_gateway_uses_today() {
    for suite in [Suite::Modern, Suite::Set10] {
        let mut counter = Counter::in_suite(suite);
        let told = counter.tells();
        counter.shop_hears(&told).expect("a good answer");
        let told = counter.asking().told().expect("certificates").expect("it was told");
        assert_eq!(told.certificate, counter.newer.certificate);
        assert!(!told.chain.is_empty(), "those above it are kept too");
    }
}

#[test]
fn every_brand_is_answered_for_itself_in_the_order_of_the_question() {
    let mut counter = Counter::new();
    let asked = counter.asks();
    let pki = &counter.world.pki;
    let (own, foreign) = (pki.house.brand.clone(), pki.foreign.brand.clone());
    let merchant = &pki.house.merchant.signature;
    let asked = forge::p_cert_req(&asked, pki, merchant, |data| {
        let item = |brand| BrandAndBin { brand_id: brand, bin: None };
        data.brand_and_bin_seq =
            [&foreign, &own, &foreign].map(|it| item(it.clone().into())).into();
    });
    let told = counter.told(&asked);
    let codes: Vec<_> = told.p_cert_res_item_seq.iter().map(|item| item.p_cert_code).collect();
    let none = PCertCode::BrandNotSupported;
    assert_eq!(codes, [none, PCertCode::Success, none]);
    let thumbs: Vec<_> = told.p_cert_res_item_seq.iter().map(|it| it.cert_thumb.clone()).collect();
    assert_eq!(thumbs, [None, Some(counter.thumb(&counter.newer)), None]);
}

#[test]
fn a_gateway_answers_for_the_cards_whose_banks_it_reaches() {
    let mut counter = Counter::new();
    let bin = |digits| Bin::parse(digits).expect("six digits");
    let brand = counter.world.pki.house.brand.clone();
    let asks = |counter: &mut Counter| {
        let asked = counter.asks();
        let pki = &counter.world.pki;
        let asked = forge::p_cert_req(&asked, pki, &pki.house.merchant.signature, |data| {
            data.brand_and_bin_seq = [None, Some(bin("411111")), Some(bin("555555"))]
                .map(|bin| BrandAndBin { brand_id: brand.clone().into(), bin: bin.map(Into::into) })
                .into();
        });
        counter.says(&asked)
    };
    let (yes, no) = (PCertCode::Success, PCertCode::UnknownBin);
    assert_eq!(asks(&mut counter), [yes; 3], "it reaches every bank unless it names some");
    counter.gateway.standing.bins.insert(bin("411111"));
    assert_eq!(asks(&mut counter), [yes, yes, no]);
}

#[test]
fn a_gateway_that_has_none_for_the_brand_is_heard() {
    for code in [PCertCode::BrandNotSupported, PCertCode::UnknownBin, PCertCode::UnspecifiedFailure]
    {
        let mut counter = Counter::new();
        let said = counter.lied(|data| {
            data.p_cert_res_item_seq[0].p_cert_code = code;
            data.p_cert_res_item_seq[0].cert_thumb = None;
        });
        assert_eq!(said, None);
        assert_eq!(counter.asking().stage, Stage::Refused(code));
    }
}

#[test]
fn a_gateway_tells_its_certificate_to_merchants_of_its_brand_and_nobody_else() {
    let mut counter = Counter::new();
    let strangers: [fn(&world::pki::Pki) -> Identity; 4] = [
        |pki| pki.house.cardholder.clone(),
        |pki| pki.house.gateway.signature.clone(),
        |pki| pki.house.merchant.encipherment.clone(),
        |pki| pki.foreign.merchant.signature.clone(),
    ];
    for stranger in strangers {
        let said = counter.forged_by(stranger, |_| {});
        assert!(matches!(said, Some(Refusal::Untrusted(_))), "{said:?}");
    }
    let other = |pki: &world::pki::Pki| pki.house.other_merchant.signature.clone();
    let said = counter.forged_by(other, |_| {});
    assert_eq!(said, Some(Refusal::MerchantNamedAnother));
    assert!(counter.gateway.states.is_empty(), "nothing is kept");
}

#[test]
fn a_question_that_is_old_named_otherwise_or_too_long_is_refused() {
    let mut counter = Counter::new();
    let old = counter.asks();
    counter.world.now = now().plus_s(2 * 86_400);
    let today = counter.world.now;
    assert_eq!(counter.gateway_hears(&old).err(), Some(Refusal::SenderSentTooLate));
    let old = forge::with_header(&old, |header| header.date = today.into());
    assert_eq!(counter.gateway_hears(&old).err(), Some(Refusal::SenderSentTooLate));
    counter.world.now = now();
    let said = counter.forged(|data| data.p_cert_rr_tags.rrpid = Rrpid::new([7; 20]).into());
    assert_eq!(said, Some(Refusal::SenderSentOtherRrpid));
    let said = counter.forged(|data| {
        let other = MerchantId::parse("SOMEBODY-ELSE").expect("a number");
        data.p_cert_rr_tags.mer_term_ids.merchant_id = other.into();
    });
    assert_eq!(said, Some(Refusal::MerchantNamedAnother));
    let said = counter.forged(|data| data.pc_rq_extensions = critical());
    assert_eq!(said, Some(Refusal::SenderNamedUnknownExtension(unknown())));
    let said = counter.forged(|data| {
        let one = data.brand_and_bin_seq[0].clone();
        data.brand_and_bin_seq = vec![one; BRANDS_MAX + 1];
    });
    assert!(matches!(said, Some(Refusal::Malformed(_))), "{said:?}");
    assert!(counter.gateway.states.is_empty(), "nothing is kept");
}

#[test]
fn a_gateway_whose_certificate_nobody_would_believe_names_none() {
    let mut counter = Counter::new();
    let asked = counter.asks();
    let pki = &counter.world.pki;
    pki.revoke(&counter.gateway.trust, &pki.house.pca, &[&counter.newer]);
    let told = counter.gateway_hears(&asked).expect("it still signs").reply();
    counter.shop_hears(&told).expect("a good answer");
    assert_eq!(counter.asking().stage, Stage::Refused(PCertCode::UnspecifiedFailure));
}

#[test]
fn a_shop_takes_no_certificate_that_is_not_named_under_the_signature_of_its_own_gateway() {
    let mut counter = Counter::new();
    let not_ours = Some(Refusal::GatewayAnsweredAnother);
    let other = counter.world.pki.house.other_gateway.encipherment.clone();
    let others = counter.thumb(&other);
    let merchants = counter.thumb(&counter.world.pki.house.merchant.encipherment);
    let item = |data: &mut PCertResTbs| data.p_cert_res_item_seq[0].clone();

    // A11: another gateway's certificate lies in the bag, and its thumb is under the signature.
    let told = counter.tells();
    let pki = &counter.world.pki;
    let gateway = &pki.house.gateway.signature;
    let lie = forge::p_cert_res(&told, pki, gateway, &other, |data| {
        data.p_cert_res_item_seq[0].cert_thumb = Some(others.clone());
    });
    assert_eq!(counter.shop_hears(&lie).err(), not_ours);
    // Its own was taken out of the bag.
    let pki = &counter.world.pki;
    let lie = forge::p_cert_res(&told, pki, &pki.house.gateway.signature, &other, |_| {});
    assert_eq!(counter.shop_hears(&lie).err(), not_ours);

    let mut counter = Counter::new();
    let named =
        |thumb| move |data: &mut PCertResTbs| data.p_cert_res_item_seq[0].cert_thumb = thumb;
    assert_eq!(counter.lied(named(None)), not_ours);
    let mut counter = Counter::new();
    assert_eq!(counter.lied(named(Some(merchants))), not_ours);
    let mut counter = Counter::new();
    let twice = |data: &mut PCertResTbs| data.p_cert_res_item_seq = vec![item(data), item(data)];
    assert_eq!(counter.lied(twice), not_ours);
    assert_eq!(counter.asking().stage, Stage::Asked, "it goes on waiting");
}

#[test]
fn an_answer_of_another_gateway_or_to_another_question_is_not_heard() {
    let mut counter = Counter::new();
    let told = counter.tells();
    let pki = &counter.world.pki;
    let other = &pki.house.other_gateway;
    let lie = forge::p_cert_res(&told, pki, &other.signature, &counter.newer, |_| {});
    assert_eq!(counter.shop_hears(&lie).err(), Some(Refusal::GatewayAnsweredAnother));
    let pki = &counter.world.pki;
    let foreign = &pki.foreign.gateway.signature;
    let lie = forge::p_cert_res(&told, pki, foreign, &counter.newer, |_| {});
    let said = counter.shop_hears(&lie).err();
    assert!(matches!(said, Some(Refusal::Untrusted(_))), "{said:?}");

    let mut counter = Counter::new();
    let said = counter.lied(|data| data.p_cert_rr_tags.rrpid = Rrpid::new([7; 20]).into());
    assert_eq!(said, Some(Refusal::SenderSentOtherRrpid));
    let mut counter = Counter::new();
    let said = counter.lied(|data| {
        let other = MerchantId::parse("SOMEBODY-ELSE").expect("a number");
        data.p_cert_rr_tags.mer_term_ids.merchant_id = other.into();
    });
    assert_eq!(said, Some(Refusal::GatewayAnsweredAnother));
    let mut counter = Counter::new();
    let said = counter.lied(|data| data.pc_rs_extensions = critical());
    assert_eq!(said, Some(Refusal::SenderNamedUnknownExtension(unknown())));
    // The answer to a question of before, for one of today.
    let mut counter = Counter::new();
    let old = counter.tells();
    counter.asks();
    assert_eq!(counter.shop_hears(&old).err(), Some(Refusal::SenderSentOtherRrpid));
}

#[test]
fn a_certificate_that_was_taken_back_is_not_taken() {
    let mut counter = Counter::new();
    let told = counter.tells();
    let pki = &counter.world.pki;
    pki.revoke(&counter.shop.trust, &pki.house.pca, &[&counter.newer]);
    let said = counter.shop_hears(&told).err();
    assert!(matches!(said, Some(Refusal::Untrusted(_))), "{said:?}");
}

#[test]
fn an_error_ends_the_question_if_the_gateway_itself_has_signed_it() {
    let mut counter = Counter::new();
    let asked = counter.asks();
    let pki = &counter.world.pki;
    let refusal = Refusal::SenderSentTooLate;
    let house = &pki.house;
    let errors = [&house.other_gateway, &house.merchant, &house.gateway]
        .map(|by| complain(&refusal, &asked, Some(by), pki).expect("an Error"));
    let unsigned = complain(&refusal, &asked, None, pki).expect("an Error");
    for lie in [&unsigned, &errors[0], &errors[1]] {
        assert!(counter.shop_hears(lie).is_err());
        assert_eq!(counter.asking().stage, Stage::Asked);
    }
    counter.shop_hears(&errors[2]).expect("its gateway's");
    assert_eq!(counter.asking().stage, Stage::Failed(ErrorCode::MessageTooOld));
    let late = counter.gateway_hears(&asked).expect("a good question").reply();
    counter.shop_hears(&late).expect("taken, and nothing changes");
    assert_eq!(counter.asking().stage, Stage::Failed(ErrorCode::MessageTooOld));
}
