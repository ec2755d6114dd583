//! What SET does not say: an extension that nobody knows, at every place where one may stand, in
//! both suites. A critical one is refused by its name and leaves nothing; any other is passed over.

use openset_crypto::{Bag, Purpose, Suite, dual::Consent, verify};
use openset_protocol::{
    cardholder,
    gateway::{
        authorization, capture,
        refund::{self, GatewayRefund},
    },
    merchant::purchase::Input,
    refusal::Refusal,
    role::Machine,
};
use openset_types::{RefundKind, ReversalOutcome};
use openset_wire::{
    der::{Element, Oid, Original},
    error::{Error, ErrorCode},
    payment::{
        AuthCode, AuthHeader, AuthReqData, AuthReqItem, AuthResData, AuthResPayload,
        AuthRevReqData, AuthRevResData, CapReqData, CapResData, CapRevOrCredReqData,
        CapRevOrCredResData, InqReqData, PInitResData, PResData, Pi, Place, ResponseData,
    },
    types::{
        BatchDetails, BatchStatus, BatchTotals, ForMerchant, InstallRecurData, InstallRecurInd,
        IntendedGateway, MsgExtension, MsgExtensions, SaleDetail,
    },
    wrapper::{Message, MessageWrapper},
};

use super::complaint::complain;
use crate::world::{self, Cast, Party, World, approved, eur, forge};

const ORDER: &[u8] = b"1042";

/// Puts extensions into what somebody says.
type Put<D> = (Place, fn(&mut D, MsgExtensions));

/// The same message, once with a critical extension at each place, and once with one that is not
/// critical at all of them.
struct Extended {
    critical: Vec<(Place, Vec<u8>)>,
    ignored: Vec<u8>,
}

fn name() -> Oid {
    Oid::from_arcs(&[2, 999, 7]).expect("an arc")
}

fn unknown(critical: bool) -> MsgExtensions {
    let extn_value = Element::of(&7_u64).expect("encodable");
    let one = MsgExtension { extn_id: name(), critical, extn_value };
    MsgExtensions::new(vec![one]).expect("one")
}

/// What stands there already, and one more.
fn and(there: &mut Option<MsgExtensions>, more: MsgExtensions) {
    let all = there.iter().flat_map(MsgExtensions::iter).chain(more.iter()).cloned().collect();
    *there = Some(MsgExtensions::new(all).expect("different ones"));
}

fn extended<D>(places: &[Put<D>], forge: impl Fn(&dyn Fn(&mut D)) -> Vec<u8>) -> Extended {
    let critical = places.iter().map(|(place, put)| {
        let octets = forge(&|data: &mut D| put(data, unknown(true)));
        (*place, octets)
    });
    let critical = critical.collect();
    // Terms of instalments are refused by this gateway, whatever else they say.
    let others = || places.iter().filter(|(place, _)| *place != Place::InstallRecurData);
    let ignored = forge(&|data: &mut D| others().for_each(|(_, put)| put(data, unknown(false))));
    Extended { critical, ignored }
}

/// Whoever takes these refuses each critical one and names it, and does what the other asks.
fn taken<M: Machine>(party: &mut Party<M>, asked: &Extended, world: &mut World) -> world::Done<M> {
    let before = (party.states.clone(), party.register.clone());
    for (place, octets) in &asked.critical {
        let refusal = party.request(octets, world).map(drop).expect_err("critical");
        assert_eq!(refusal, Refusal::SenderNamedUnknownExtension(name()), "{place:?}");
        assert_eq!(told(&refusal, octets, world), Some((13, Some(name()))), "{place:?}");
        assert_eq!((&party.states, &party.register), (&before.0, &before.1), "{place:?}");
    }
    party.request(&asked.ignored, world).expect("nothing critical")
}

/// The code and the name in the Error that a merchant answers.
fn told(refusal: &Refusal, octets: &[u8], world: &World) -> Option<(u8, Option<Oid>)> {
    let pki = &world.pki;
    let error = complain(refusal, octets, Some(&pki.house.merchant), pki)?;
    let Message::Error(Error::SignedError(signed)) = world::message(&error) else { return None };
    let purpose = Purpose::MerchantSignature;
    let said = verify(&signed, &pki.trust(), purpose, None, world::now()).expect("signed");
    assert_eq!(said.error_code, ErrorCode::UnrecognizedExtension);
    Some((13, said.error_oid.clone()))
}

/// Whoever asked refuses each critical answer, and takes the other.
fn heard<M: Machine>(
    party: &mut Party<M>,
    answers: &Extended,
    world: &mut World,
) -> world::Done<M> {
    let before = party.states.clone();
    for (place, octets) in &answers.critical {
        let refusal = party.answer(ORDER, octets, world).map(drop).expect_err("critical");
        assert_eq!(refusal, Refusal::SenderNamedUnknownExtension(name()), "{place:?}");
        assert_eq!(party.states, before, "{place:?}");
        assert_eq!(told(&refusal, octets, world), None, "an answer is not answered");
    }
    party.answer(ORDER, &answers.ignored, world).expect("nothing critical")
}

fn sale(sale_extensions: MsgExtensions) -> Option<SaleDetail> {
    Some(SaleDetail {
        batch_id: None,
        batch_sequence_num: None,
        pay_recur_ind: None,
        mer_order_num: None,
        auth_char_ind: None,
        market_spec_sale_data: None,
        commercial_card_data: None,
        order_summary: None,
        customer_reference_number: None,
        customer_service_phone: None,
        ok_to_print_phone_ind: false,
        sale_extensions: Some(sale_extensions),
    })
}

fn batch(of_batch: Option<MsgExtensions>, of_totals: Option<MsgExtensions>) -> BatchStatus {
    BatchStatus {
        open_date_time: world::now().into(),
        closed_when: None,
        batch_details: BatchDetails {
            batch_totals: BatchTotals {
                transaction_count_credit: 0,
                transaction_total_amt_credit: eur(0).into(),
                transaction_count_debit: 1,
                transaction_total_amt_debit: eur(4200).into(),
                batch_total_extensions: of_totals,
            },
            brand_batch_details_seq: None,
        },
        batch_extensions: of_batch,
    }
}

/// A gateway's answer, as a merchant repeats it.
fn answer(a_rs_extensions: MsgExtensions) -> Option<AuthResPayload> {
    let response_data = ResponseData {
        auth_val_codes: None,
        resp_reason: None,
        card_type: None,
        avs_result: None,
        log_ref_id: None,
    };
    let auth_header = AuthHeader {
        auth_amt: eur(4200).into(),
        auth_code: AuthCode::Approved,
        response_data,
        batch_status: None,
        curr_conv: None,
    };
    Some(AuthResPayload {
        auth_header,
        cap_res_payload: None,
        a_rs_extensions: Some(a_rs_extensions),
    })
}

fn instalments(ir_extensions: MsgExtensions) -> Option<InstallRecurData> {
    let install_recur_ind = InstallRecurInd::InstallTotalTrans(3);
    Some(InstallRecurData { install_recur_ind, ir_extensions: Some(ir_extensions) })
}

fn wrapped(octets: &[u8], change: impl FnOnce(&mut MessageWrapper)) -> Vec<u8> {
    let mut wrapper = MessageWrapper::decode(octets).expect("one of ours");
    change(&mut wrapper);
    wrapper.encode().expect("encodable")
}

const WRAPPER: [Put<MessageWrapper>; 1] =
    [(Place::MessageWrapper, |data, more| data.mw_extensions = Some(more))];

/// PInitReq and what it is wrapped in, and the answer.
fn offer(cast: &mut Cast) {
    let p_init_req = cast.start(ORDER, eur(4200));
    let in_wrapper = extended(&WRAPPER, |put| wrapped(&p_init_req, |wrapper| put(wrapper)));
    let places: [Put<MessageWrapper>; 1] = [(Place::PInitReq, |data, more| {
        let Message::PInitReq(message) = &mut data.message else { panic!("a PInitReq") };
        message.pi_rq_extensions = Some(more);
    })];
    let inside = extended(&places, |put| wrapped(&in_wrapper.ignored, |wrapper| put(wrapper)));
    let critical = [in_wrapper.critical, inside.critical].concat();
    let asked = Extended { critical, ignored: inside.ignored };
    let p_init_res = taken(&mut cast.shop, &asked, &mut cast.world).reply();
    let pki = &cast.world.pki;
    let by = &pki.house.merchant.signature;
    let bag = Bag::of(by).and(&pki.house.gateway.encipherment);
    let places: [Put<PInitResData>; 1] =
        [(Place::PInitRes, |data, more| data.pi_rs_extensions = Some(more))];
    let answers =
        extended(&places, |put| forge::p_init_res(&p_init_res, pki, by, &bag, |data| put(data)));
    heard(&mut cast.wallet, &answers, &mut cast.world);
}

/// PReq: the order for the shop, and the instructions for the gateway. Gives AuthRes.
fn order(cast: &mut Cast) -> Vec<u8> {
    let p_req = cast.sign(ORDER);
    let pki = &cast.world.pki;
    let house = &pki.house;
    let places: [Put<Consent>; 1] =
        [(Place::OiData, |data, more| data.order.oi_extensions = Some(more))];
    let of_order = extended(&places, |put| {
        forge::p_req(&p_req, pki, &house.cardholder, &house.gateway, |consent| put(consent))
    });
    let places: [Put<Consent>; 2] = [
        (Place::PiHead, |data, more| and(&mut data.head.pi_extensions, more)),
        (Place::InstallRecurData, |data, more| data.head.install_recur_data = instalments(more)),
    ];
    let of_payment = extended(&places, |put| {
        forge::p_req(&of_order.ignored, pki, &house.cardholder, &house.gateway, |data| put(data))
    });
    let asked = Extended { critical: of_order.critical, ignored: of_payment.ignored };
    let auth_req = taken(&mut cast.shop, &asked, &mut cast.world).ask();
    // The shop cannot see into instructions. The gateway does.
    let pki = &cast.world.pki;
    let carried = of_payment.critical.into_iter().map(|(place, octets)| {
        let signed = forge::parts(&octets).pi_dual_signed;
        let carry = |_: &mut AuthReqData, pi: &mut Pi| *pi = Pi::PiDualSigned(signed);
        (place, forge::auth_req(&auth_req, pki, &pki.house.merchant, carry))
    });
    let carried = Extended { critical: carried.collect(), ignored: auth_req };
    authorization(cast, carried)
}

const SALE: [Put<AuthReqData>; 3] = [
    (Place::AuthReq, |data, more| {
        data.auth_req_item.auth_req_payload.a_rq_extensions = Some(more);
    }),
    (Place::InstallRecurData, |data, more| {
        data.auth_req_item.auth_req_payload.install_recur_data = instalments(more);
    }),
    (Place::SaleDetail, |data, more| data.sale_detail = sale(more)),
];

/// AuthReq, beside instructions that are refused already. Gives AuthRes.
fn authorization(cast: &mut Cast, carried: Extended) -> Vec<u8> {
    let pki = &cast.world.pki;
    let own = extended(&SALE, |put| {
        forge::auth_req(&carried.ignored, pki, &pki.house.merchant, |data, _| put(data))
    });
    let asked =
        Extended { critical: [carried.critical, own.critical].concat(), ignored: own.ignored };
    let done = taken(&mut cast.gateway, &asked, &mut cast.world);
    cast.issuer_says(&done.key, approved())
}

const VERDICT: [Put<AuthResData>; 3] = [
    (Place::AuthRes, |data, more| and(&mut data.auth_res_payload.a_rs_extensions, more)),
    (Place::BatchStatus, |data, more| {
        data.auth_res_payload.auth_header.batch_status = Some(batch(Some(more), None));
    }),
    (Place::BatchTotals, |data, more| {
        data.auth_res_payload.auth_header.batch_status = Some(batch(None, Some(more)));
    }),
];

/// AuthRes and PRes.
fn verdict(cast: &mut Cast, auth_res: &[u8]) {
    let pki = &cast.world.pki;
    let (by, to) = (&pki.house.gateway.signature, &pki.house.merchant);
    let answers =
        extended(&VERDICT, |put| forge::auth_res(auth_res, pki, by, to, |data, _| put(data)));
    let p_res = heard(&mut cast.shop, &answers, &mut cast.world).reply();
    let pki = &cast.world.pki;
    let places: [Put<PResData>; 1] =
        [(Place::PRes, |data, more| data.p_res_payload_seq[0].p_rs_extensions = Some(more))];
    let answers = extended(&places, |put| {
        forge::p_res(&p_res, pki, &pki.house.merchant.signature, |data| put(data))
    });
    heard(&mut cast.wallet, &answers, &mut cast.world);
}

/// InqReq.
fn inquiry(cast: &mut Cast) {
    let input = cardholder::purchase::Input::Inquire;
    let inq_req = cast.wallet.command(ORDER, input, &mut cast.world).expect("a command").ask();
    let pki = &cast.world.pki;
    let places: [Put<InqReqData>; 1] =
        [(Place::InqReq, |data, more| data.inq_rq_extensions = Some(more))];
    let asked = extended(&places, |put| {
        forge::inq_req(&inq_req, pki, &pki.house.cardholder, |data| put(data))
    });
    taken(&mut cast.shop, &asked, &mut cast.world);
}

fn authorized(suite: Suite) -> Cast {
    let mut cast = Cast::in_suite(suite);
    offer(&mut cast);
    let auth_res = order(&mut cast);
    verdict(&mut cast, &auth_res);
    cast
}

#[test]
fn from_the_offer_to_the_verdict() {
    for suite in Suite::ALL {
        let mut cast = authorized(suite);
        inquiry(&mut cast);
    }
}

const CAPTURE: [Put<CapReqData>; 5] = [
    (Place::CapReq, |data, more| data.c_rq_extensions = Some(more)),
    (Place::CapPayload, |data, more| {
        data.cap_item_seq[0].cap_payload.c_pay_extensions = Some(more);
    }),
    (Place::AuthReq, |data, more| {
        data.cap_item_seq[0].cap_payload.auth_req_item = Some(asked_before(more));
    }),
    (Place::AuthRes, |data, more| {
        data.cap_item_seq[0].cap_payload.auth_res_payload = answer(more);
    }),
    (Place::SaleDetail, |data, more| data.cap_item_seq[0].cap_payload.sale_detail = sale(more)),
];

const CAPTURED: [Put<CapResData>; 4] = [
    (Place::CapRes, |data, more| data.c_rs_extensions = Some(more)),
    (Place::CapResPayload, |data, more| {
        data.cap_res_item_seq[0].cap_res_payload.c_rs_pay_extensions = Some(more);
    }),
    (Place::BatchStatus, |data, more| {
        data.batch_status_seq = Some(vec![batch(Some(more), None)]);
    }),
    (Place::BatchTotals, |data, more| {
        data.batch_status_seq = Some(vec![batch(None, Some(more))]);
    }),
];

const CREDIT: [Put<CapRevOrCredReqData>; 3] = [
    (Place::CapRevOrCredReq, |data, more| data.c_rv_rq_extensions = Some(more)),
    (Place::CapRevOrCredReqItem, |data, more| {
        data.cap_rev_or_cred_req_item_seq[0].c_rv_rq_item_extensions = Some(more);
    }),
    (Place::CapPayload, |data, more| {
        data.cap_rev_or_cred_req_item_seq[0].cap_payload.c_pay_extensions = Some(more);
    }),
];

const CREDITED: [Put<CapRevOrCredResData>; 4] = [
    (Place::CapRevOrCredRes, |data, more| data.c_rv_rs_extensions = Some(more)),
    (Place::CapRevOrCredResPayload, |data, more| {
        data.cap_rev_or_cred_res_item_seq[0].cap_rev_or_cred_res_payload.c_rv_rs_pay_extensions =
            Some(more);
    }),
    (Place::BatchStatus, |data, more| {
        data.batch_status_seq = Some(vec![batch(Some(more), None)]);
    }),
    (Place::BatchTotals, |data, more| {
        data.batch_status_seq = Some(vec![batch(None, Some(more))]);
    }),
];

#[test]
fn from_the_capture_to_the_credit() {
    for suite in Suite::ALL {
        let mut cast = Cast::in_suite(suite);
        let p_res = cast.authorize(ORDER, eur(4200));
        cast.wallet.answer(ORDER, &p_res, &mut cast.world).expect("a receipt");
        captured(&mut cast);
        credited(&mut cast);
    }
}

fn captured(cast: &mut Cast) {
    let cap_req = cast.capture(ORDER, eur(4200));
    let pki = &cast.world.pki;
    let asked = extended(&CAPTURE, |put| {
        forge::cap_req(&cap_req, pki, &pki.house.merchant, |data, _| put(data))
    });
    let done = taken(&mut cast.captures, &asked, &mut cast.world);
    let [capture::Effect::AdviseCapture(advice)] = done.own()[..] else { panic!("one advice") };
    let retrieval = advice.trace.retrieval.clone();
    let input = capture::Input::Advised { retrieval, answer: capture::AdviceAnswer::Taken };
    let cap_res = cast.captures.command(&done.key, input, &mut cast.world).expect("taken").reply();
    let pki = &cast.world.pki;
    let (by, to) = (&pki.house.gateway.signature, &pki.house.merchant);
    let answers =
        extended(&CAPTURED, |put| forge::cap_res_saying(&cap_res, pki, by, to, |data| put(data)));
    heard(&mut cast.shop, &answers, &mut cast.world);
}

fn credited(cast: &mut Cast) {
    let house = &cast.world.pki.house;
    let standing = world::gateway(house, &house.gateway);
    let mut refunds = Party::<GatewayRefund>::new(standing, cast.world.pki.trust());
    refunds.register = cast.captures.register.clone();
    let input = Input::Refund { kind: RefundKind::Credit, amount: eur(4200) };
    let cred_req = cast.shop.command(ORDER, input, &mut cast.world).expect("a refund").ask();
    let pki = &cast.world.pki;
    let asked = extended(&CREDIT, |put| {
        forge::cred_req(&cred_req, pki, &pki.house.merchant, |data, _| put(data))
    });
    let done = taken(&mut refunds, &asked, &mut cast.world);
    let [refund::Effect::AdviseRefund(advice)] = done.own()[..] else { panic!("one advice") };
    let retrieval = advice.trace.retrieval.clone();
    let input = refund::Input::Advised { retrieval, answer: refund::AdviceAnswer::Done };
    let cred_res = refunds.command(&done.key, input, &mut cast.world).expect("taken").reply();
    let pki = &cast.world.pki;
    let answers = extended(&CREDITED, |put| {
        forge::cred_res(&cred_res, pki, &pki.house.gateway.signature, |data| put(data))
    });
    heard(&mut cast.shop, &answers, &mut cast.world);
}

const REVERSAL: [Put<AuthRevReqData>; 4] = [
    (Place::AuthRevReq, |data, more| data.a_rv_rq_extensions = Some(more)),
    (Place::AuthReq, |data, more| {
        let asked = data.auth_req_data.as_mut().expect("what was asked");
        asked.auth_req_item.auth_req_payload.a_rq_extensions = Some(more);
    }),
    (Place::SaleDetail, |data, more| {
        data.auth_req_data.as_mut().expect("what was asked").sale_detail = sale(more);
    }),
    (Place::AuthRes, |data, more| data.auth_res_payload = answer(more)),
];

const REVERSED: [Put<AuthRevResData>; 2] = [
    (Place::AuthRevRes, |data, more| data.a_rv_rs_extensions = Some(more)),
    (Place::AuthRes, |data, more| {
        data.auth_res_data_new.auth_res_payload_new = answer(more);
    }),
];

#[test]
fn an_authorization_that_is_taken_back() {
    for suite in Suite::ALL {
        let mut cast = Cast::in_suite(suite);
        cast.authorize(ORDER, eur(4200));
        let input = Input::Void { remains: eur(0) };
        let request = cast.shop.command(ORDER, input, &mut cast.world).expect("a command").ask();
        let pki = &cast.world.pki;
        let asked = extended(&REVERSAL, |put| {
            forge::auth_rev_req(&request, pki, &pki.house.merchant, |data, _| put(data))
        });
        let done = taken(&mut cast.gateway, &asked, &mut cast.world);
        let input = authorization::Input::Released(ReversalOutcome::Undone);
        let answer = cast.gateway.command(&done.key, input, &mut cast.world);
        let answer = answer.expect("an outcome").reply();
        let pki = &cast.world.pki;
        let answers = extended(&REVERSED, |put| {
            forge::auth_rev_res(&answer, pki, &pki.house.gateway.signature, |data| put(data))
        });
        heard(&mut cast.shop, &answers, &mut cast.world);
    }
}

#[test]
fn an_extension_that_is_passed_over_is_under_the_signature_all_the_same() {
    for suite in Suite::ALL {
        let mut cast = Cast::in_suite(suite);
        let p_req = cast.consent(ORDER, eur(4200));
        let pki = &cast.world.pki;
        let (by, gateway) = (&pki.house.cardholder, &pki.house.gateway);
        let signed = forge::p_req(&p_req, pki, by, gateway, |consent| {
            consent.order.oi_extensions = Some(unknown(false));
        });
        let without = forge::spliced(&signed, |parts| {
            let mut order = parts.oi_dual_signed.t1.value().clone();
            order.oi_extensions = None;
            parts.oi_dual_signed.t1 = Original::new(order).expect("encodable");
        });
        let refusal = cast.shop.request(&without, &mut cast.world).map(drop).expect_err("changed");
        assert_eq!(ErrorCode::from(&refusal), ErrorCode::SignatureFailure, "{suite}");
        cast.shop.request(&signed, &mut cast.world).expect("as it was signed");
    }
}

#[test]
fn what_modern_adds_is_known_at_its_place_and_in_its_suite_only() {
    for suite in Suite::ALL {
        let mut cast = Cast::in_suite(suite);
        let auth_req = cast.order(ORDER, eur(4200));
        for name in [ForMerchant::oid(), IntendedGateway::oid()] {
            let pki = &cast.world.pki;
            let critical = MsgExtensions::critical(name.clone(), &true).expect("encodable");
            let forged = forge::auth_req(&auth_req, pki, &pki.house.merchant, |data, _| {
                data.auth_req_item.auth_req_payload.a_rq_extensions = Some(critical);
            });
            let refusal = cast.gateway.request(&forged, &mut cast.world).map(drop);
            assert_eq!(refusal, Err(Refusal::SenderNamedUnknownExtension(name)), "{suite}");
        }
    }
}

#[test]
fn an_extension_of_the_order_itself_was_agreed_with_nobody() {
    let mut cast = Cast::new();
    let p_req = cast.consent(ORDER, eur(4200));
    let pki = &cast.world.pki;
    let forged = forge::p_req(&p_req, pki, &pki.house.cardholder, &pki.house.gateway, |consent| {
        consent.order.od_ext_oids = Some(vec![name()]);
    });
    let refusal = cast.shop.request(&forged, &mut cast.world).map(drop);
    assert_eq!(refusal, Err(Refusal::SenderNamedUnknownExtension(name())));
}

/// What was asked for an authorization, as a capture may repeat it.
fn asked_before(a_rq_extensions: MsgExtensions) -> AuthReqItem {
    let mut cast = Cast::new();
    let auth_req = cast.order(ORDER, eur(4200));
    let pki = &cast.world.pki;
    let mut item = None;
    forge::auth_req(&auth_req, pki, &pki.house.merchant, |data, _| {
        data.auth_req_item.auth_req_payload.a_rq_extensions = Some(a_rq_extensions);
        item = Some(data.auth_req_item.clone());
    });
    item.expect("it was changed")
}
