//! One consent, two halves, and everything that is refused.

use openset_types::{Bin, CardExpiry, Currency, Money, Pan, Secret, Xid};
use openset_wire::der::Carried;
use openset_wire::payment::{HodInput, Inputs, OrderDescription};
use openset_wire::types::{CurrencyAmount, Nonce, SwIdent, TransIds};

use super::*;
use crate::pki::{Wish, World, brand, in_every_suite, now};
use crate::{Draw, card};

pub(crate) const CARD: &str = "4111111111111111";

/// A consent to pay so many cents for an order, with a card and its secret.
pub(crate) fn consent(suite: Suite, draw: &mut Draw, cents: u64, pan_secret: u8) -> Consent {
    let amount = CurrencyAmount::from(Money::new(cents, Currency::EUR).expect("within range"));
    let od_salt = draw.nonce();
    let hod_input = HodInput {
        od: OrderDescription::new(b"one poster").expect("within bounds"),
        purch_amt: amount.clone(),
        od_salt: od_salt.clone(),
        install_recur_data: None,
        od_extensions: None,
    };
    let hod = digest(suite, &hod_input).and_then(|hod| hod.digested()).expect("encodable");
    let xid = draw.xid();
    let trans_ids = TransIds {
        lid_c: Carried(draw.local_id()),
        lid_m: None,
        xid: Carried(xid),
        p_req_date: Carried(now()),
        pay_sys_id: None,
        language: Carried(openset_types::Language::parse("en").expect("a tag")),
    };
    let order = OiData {
        trans_ids: trans_ids.clone(),
        rrpid: Carried(draw.rrpid()),
        chall_c: draw.challenge(),
        hod: hod.clone(),
        od_salt,
        chall_m: None,
        brand_id: Carried(brand()),
        bin: Carried(Bin::parse("411111").expect("six digits")),
        od_ext_oids: None,
        oi_extensions: None,
    };
    Consent {
        order,
        head: head(suite, trans_ids, hod, amount, xid),
        pan_data: pan_data(suite, draw.nonce(), pan_secret),
    }
}

fn head(
    suite: Suite,
    trans_ids: TransIds,
    hod: openset_wire::payment::Hod,
    purch_amt: CurrencyAmount,
    xid: Xid,
) -> PiHead {
    let stain = card::trans_stain(suite, xid, &Secret::new(vec![1; 32]));
    PiHead {
        trans_ids,
        inputs: Inputs { hod, purch_amt },
        merchant_id: Carried(openset_types::MerchantId::parse("M").expect("a number")),
        install_recur_data: None,
        trans_stain: stain.expect("encodable"),
        sw_ident: SwIdent::new("test").expect("printable"),
        acq_back_key_data: None,
        pi_extensions: None,
    }
}

fn pan_data(suite: Suite, ex_nonce: Nonce, secret: u8) -> PanData {
    PanData {
        pan: Carried(Pan::parse(CARD).expect("a public test number")),
        card_expiry: Carried(CardExpiry::parse("202912").expect("a month")),
        pan_secret: Carried(Secret::new(vec![secret; suite.secret_octets()])),
        ex_nonce,
    }
}

struct Desk {
    world: World,
    trust: Trust,
    draw: Draw,
}

impl Desk {
    fn new(suite: Suite) -> Self {
        let world = World::new(suite);
        let trust = world.trust();
        Self { world, trust, draw: Draw::new(suite, [3; 32]) }
    }

    fn request_by(&mut self, who: &Identity, cents: u64) -> PReqDualSigned {
        let consent = consent(self.world.suite, &mut self.draw, cents, 1);
        let bag = self.trust.bag(who);
        let signer = Signer::Certified { identity: who, bag: &bag };
        let gateway = self.world.path(&self.world.gateway_exchange, Purpose::GatewayEncipherment);
        make(consent, signer, &self.world.keys, &gateway, now()).expect("signed")
    }

    fn request(&mut self, cents: u64) -> PReqDualSigned {
        let who = self.world.cardholder.clone();
        self.request_by(&who, cents)
    }

    fn merchant(&self, request: &PReqDualSigned) -> Result<Verified<OiData>, Untrusted> {
        check_order(request, &self.trust, &brand(), now())
    }

    fn gateway(&self, instructions: &PiDualSigned) -> Result<Verified<Payment>, Untrusted> {
        let openers = [self.world.gateway_exchange.clone()];
        check_payment(instructions, &openers, &self.world.keys, &self.trust, &brand(), now())
    }
}

#[test]
fn each_party_believes_its_half_and_both_halves_meet() {
    in_every_suite(|suite| {
        let mut desk = Desk::new(suite);
        let request = desk.request(4_200);
        let order = desk.merchant(&request).expect("the merchant's half");
        let payment = desk.gateway(&request.pi_dual_signed).expect("the gateway's half");
        assert_eq!(order.signer().thumb(), desk.world.cardholder.thumb(suite));
        assert_eq!(payment.signer().thumb(), desk.world.cardholder.thumb(suite));
        assert_eq!(payment.sealed_for, desk.world.gateway_exchange.thumb(suite));
        assert_eq!(payment.pan_data.pan.expose(), CARD);
        assert!(digest(suite, order.value()).expect("encodable").matches(&payment.h_oi_data));
        assert_eq!(payment.head.inputs.hod, order.hod);
    });
}

#[test]
fn the_merchant_cannot_read_the_card() {
    in_every_suite(|suite| {
        let mut desk = Desk::new(suite);
        let request = desk.request(4_200);
        let octets = encode(&request).expect("encodable");
        assert!(!octets.windows(CARD.len()).any(|window| window == CARD.as_bytes()));
        let openers = [desk.world.merchant_exchange.clone(), desk.world.merchant.clone()];
        let opened =
            open_with_extra(&request.pi_dual_signed.ex_pi_data, &openers, suite, &desk.world.keys);
        assert!(opened.is_err());
    });
}

#[test]
fn halves_of_two_consents_do_not_make_one() {
    in_every_suite(|suite| {
        // Abuse case 1, A4 and A5.
        let mut desk = Desk::new(suite);
        let (one, two) = (desk.request(4_200), desk.request(4_300));
        let spliced = PReqDualSigned {
            pi_dual_signed: one.pi_dual_signed.clone(),
            oi_dual_signed: two.oi_dual_signed.clone(),
        };
        assert_eq!(desk.merchant(&spliced).err(), Some(Untrusted::OtherContent));
        let mut link_only = one.clone();
        link_only.oi_dual_signed.t2 = two.oi_dual_signed.t2.clone();
        assert_eq!(desk.merchant(&link_only).err(), Some(Untrusted::OtherContent));
        let spliced = PiDualSigned {
            pi_signature: one.pi_dual_signed.pi_signature.clone(),
            ex_pi_data: two.pi_dual_signed.ex_pi_data.clone(),
        };
        let refused = Untrusted::OtherContent.within(suite);
        assert_eq!(desk.gateway(&spliced).err(), Some(refused));
    });
}

#[test]
fn one_bit_changed_in_the_order_is_refused_by_the_merchant() {
    in_every_suite(|suite| {
        // Abuse case 4.
        let mut desk = Desk::new(suite);
        let request = desk.request(4_200);
        let octets = encode(&request).expect("encodable");
        let order = encode(&request.oi_dual_signed).expect("encodable").len();
        for at in octets.len() - order..octets.len() {
            let mut touched = octets.clone();
            touched[at] ^= 1 << (at % 8);
            if let Ok(touched) = openset_wire::der::decode::<PReqDualSigned>(&touched) {
                assert!(desk.merchant(&touched).is_err(), "octet {at}");
            }
        }
    });
}

#[test]
fn one_bit_changed_in_the_sealed_part_is_refused_by_the_gateway() {
    in_every_suite(|suite| {
        // Abuse case 4, B1, B2: one answer for all of them.
        let mut desk = Desk::new(suite);
        let PiDualSigned { pi_signature, ex_pi_data } = desk.request(4_200).pi_dual_signed;
        for at in (4..ex_pi_data.octets().len()).step_by(3) {
            let mut touched = ex_pi_data.octets().to_vec();
            touched[at] ^= 1 << (at % 8);
            let Ok(touched) = openset_wire::opaque::Sealed::from_octets(touched) else { continue };
            let touched = PiDualSigned { pi_signature: pi_signature.clone(), ex_pi_data: touched };
            let refused = desk.gateway(&touched).expect_err("a changed octet");
            assert_eq!(refused, Untrusted::Unopened, "octet {at}");
        }
    });
}

#[test]
fn only_a_cardholder_consents() {
    in_every_suite(|suite| {
        // A13.
        let mut desk = Desk::new(suite);
        for who in [desk.world.merchant.clone(), desk.world.gateway.clone()] {
            let request = desk.request_by(&who, 4_200);
            assert_eq!(desk.merchant(&request).err(), Some(Untrusted::WrongRole));
            let refused = Untrusted::WrongRole.within(suite);
            assert_eq!(desk.gateway(&request.pi_dual_signed).err(), Some(refused));
        }
    });
}

#[test]
fn a_consent_sealed_for_another_gateway_does_not_open() {
    in_every_suite(|suite| {
        // A1 and B11.
        let mut desk = Desk::new(suite);
        let pca = desk.world.pca.clone();
        let other = desk.world.certify(Wish::of(Purpose::GatewayEncipherment), &pca);
        let request = desk.request(4_200);
        let opened = check_payment(
            &request.pi_dual_signed,
            &[other],
            &desk.world.keys,
            &desk.trust,
            &brand(),
            now(),
        );
        assert_eq!(opened.err(), Some(Untrusted::Unopened));
    });
}

#[test]
fn a_card_belongs_to_the_certificate_that_was_made_for_it() {
    in_every_suite(|suite| {
        // Abuse case 8.
        let mut desk = Desk::new(suite);
        let own = pan_data(suite, desk.draw.nonce(), 1);
        let name = card::common_name(suite, &own.pan, &own.card_expiry, &own.pan_secret);
        let name = name.expect("encodable");
        let cca = desk.world.cca.clone();
        let wish = Wish { common_name: &name, ..Wish::of(Purpose::CardholderSignature) };
        let cardholder = desk.world.certify(wish, &cca);
        let request = desk.request_by(&cardholder, 4_200);
        let payment = desk.gateway(&request.pi_dual_signed).expect("the gateway's half");
        assert!(card::is_of(payment.signer(), &payment.pan_data));
        assert!(!card::is_of(payment.signer(), &pan_data(suite, desk.draw.nonce(), 2)));
        let stranger = desk.request(4_200);
        let payment = desk.gateway(&stranger.pi_dual_signed).expect("the gateway's half");
        assert!(!card::is_of(payment.signer(), &payment.pan_data));
    });
}

#[test]
fn a_value_is_not_sealed_with_account_data_it_is_not_linked_to() {
    in_every_suite(|suite| {
        let mut desk = Desk::new(suite);
        let gateway = desk.world.path(&desk.world.gateway_exchange, Purpose::GatewayEncipherment);
        let consent = consent(suite, &mut desk.draw, 4_200, 1);
        let h_order = digest(suite, &consent.order).expect("encodable");
        let linked: PiOiLink = link(consent.head, &h_order).expect("encodable");
        let h_card = digest(suite, &consent.pan_data).expect("encodable");
        let linked: PiDualSignedTbe = link(linked, &h_card).expect("encodable");
        let other = pan_data(suite, desk.draw.nonce(), 1);
        let sealed: Result<
            openset_wire::opaque::Sealed<_, openset_wire::opaque::PaymentGateway>,
            _,
        > = seal_with_extra(&linked, &other, &gateway);
        assert_eq!(sealed.err(), Some(Unmade::NotLinked));
    });
}
