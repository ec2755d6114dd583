//! What dishonest parties do: they hold their own keys and say other things with them.

use openset_crypto::{
    Bag, Identity, Path, Purpose, Signer, Trust, digest_original,
    dual::{self, Consent},
    link, open, seal, sign, unsigned, verify,
};
use openset_types::{Brand, Rrpid, UnixTime};
use openset_wire::{
    der::Original,
    payment::{
        AuthReq, AuthReqData, AuthReqTbe, AuthReqTbs, AuthRes, AuthResBaggage, AuthResData,
        AuthResEncB, AuthResTbe, AuthResTbs, AuthRevReq, AuthRevReqBaggage, AuthRevReqData,
        AuthRevReqTbe, AuthRevReqTbs, AuthRevRes, AuthRevResData, BatchAdminReqData,
        BatchAdminResData, CapEncB, CapReq, CapReqData, CapReqTbe, CapReqTbs, CapResData,
        CapRevOrCredReqData, CapRevOrCredResData, CapToken, CapTokenSeq, CredReq, CredReqTbs,
        CredResData, InqReq, InqReqData, PCertReqData, PCertResTbs, PInitResData, PReq,
        PReqDualSigned, PReqUnsigned, PResData, Pi, PiDualSigned,
    },
    types::CertThumb,
    wrapper::{Message, MessageWrapper},
};

use super::pki::{Pki, Server};
use super::{message, now};

/// Writes another message into the wrapper of one, and another RRPID into its header.
pub(crate) fn rewrap(octets: &[u8], message: Message, rrpid: Option<Rrpid>) -> Vec<u8> {
    let mut wrapper = MessageWrapper::decode(octets).expect("one of our messages");
    wrapper.message = message;
    if let Some(rrpid) = rrpid {
        wrapper.message_header.rrpid = Some(rrpid.into());
    }
    wrapper.encode().expect("encodable")
}

/// Changes the header of a message and nothing else.
pub(crate) fn with_header(
    octets: &[u8],
    change: impl FnOnce(&mut openset_wire::wrapper::MessageHeader),
) -> Vec<u8> {
    let mut wrapper = MessageWrapper::decode(octets).expect("one of our messages");
    change(&mut wrapper.message_header);
    wrapper.encode().expect("encodable")
}

pub(crate) fn path(of: &Identity, purpose: Purpose, trust: &Trust) -> std::sync::Arc<Path> {
    trust.path(&of.certificate, &Bag::of(of), purpose, None, now()).expect("a good path")
}

fn signed<T>(content: &T, by: &Identity, bag: &Bag, pki: &Pki) -> openset_wire::opaque::Signed<T>
where
    T: openset_wire::content::Content + openset_wire::der::Encode,
{
    signed_at(content, by, bag, pki, now())
}

fn signed_at<T>(
    content: &T,
    by: &Identity,
    bag: &Bag,
    pki: &Pki,
    at: UnixTime,
) -> openset_wire::opaque::Signed<T>
where
    T: openset_wire::content::Content + openset_wire::der::Encode,
{
    let signer = Signer::Certified { identity: by, bag };
    sign(pki.suite, content, signer, &pki.keys, at).expect("signed")
}

/// What a cardholder consented to, changed before it is signed anew.
pub(crate) fn p_req(
    octets: &[u8],
    pki: &Pki,
    by: &Identity,
    gateway: &Server,
    change: impl FnOnce(&mut Consent),
) -> Vec<u8> {
    let trust = pki.trust();
    let Message::PReq(p_req) = message(octets) else { panic!("a PReq") };
    let PReq::PReqDualSigned(p_req) = *p_req else { panic!("a signed one") };
    let order = p_req.oi_dual_signed.t1.value().clone();
    let mut consent = reopened(&p_req.pi_dual_signed, order, pki, &trust);
    change(&mut consent);
    let rrpid = consent.order.rrpid.0;
    let bag = trust.bag(by);
    let signer = Signer::Certified { identity: by, bag: &bag };
    let to = path(&gateway.encipherment, Purpose::GatewayEncipherment, &trust);
    let made = dual::make(consent, signer, &pki.keys, &to, now()).expect("signed");
    rewrap(octets, Message::PReq(Box::new(PReq::PReqDualSigned(made))), Some(rrpid))
}

/// What a payer without a certificate agreed to, changed before it is sealed anew.
pub(crate) fn unsigned_p_req(
    octets: &[u8],
    pki: &Pki,
    change: impl FnOnce(&mut unsigned::Consent),
) -> Vec<u8> {
    let made = unsigned_parts(octets);
    let openers = [pki.house.gateway.encipherment.clone()];
    let opened = unsigned::open(&made.pi_unsigned, &openers, pki.suite, &pki.keys);
    let unsigned::Payment { head, pan_token, .. } = opened.expect("honest so far").into_value();
    let order = made.oi_unsigned.t1.into_value();
    let mut consent = unsigned::Consent { order, head: head.into_value(), pan_token };
    change(&mut consent);
    let rrpid = consent.order.rrpid.0;
    let to = path(&openers[0], Purpose::GatewayEncipherment, &pki.trust());
    let made = unsigned::make(consent, &to).expect("sealed");
    rewrap(octets, Message::PReq(Box::new(PReq::PReqUnsigned(made))), Some(rrpid))
}

/// The halves of a PReq that nobody has signed.
pub(crate) fn unsigned_parts(octets: &[u8]) -> PReqUnsigned {
    let Message::PReq(p_req) = message(octets) else { panic!("a PReq") };
    let PReq::PReqUnsigned(p_req) = *p_req else { panic!("an unsigned one") };
    p_req
}

fn reopened(
    pi: &PiDualSigned,
    order: openset_wire::payment::OiData,
    pki: &Pki,
    trust: &Trust,
) -> Consent {
    let openers = [
        pki.house.gateway.encipherment.clone(),
        pki.house.other_gateway.encipherment.clone(),
        pki.foreign.gateway.encipherment.clone(),
    ];
    let brand = &pki.house.brand;
    let payment = dual::check_payment(pi, &openers, &pki.keys, trust, brand, now());
    let payment = payment.expect("honest so far").into_value();
    Consent { order, head: payment.head.into_value(), pan_data: payment.pan_data }
}

/// Exchanges parts of two signed orders.
pub(crate) fn spliced(octets: &[u8], change: impl FnOnce(&mut PReqDualSigned)) -> Vec<u8> {
    let Message::PReq(p_req) = message(octets) else { panic!("a PReq") };
    let PReq::PReqDualSigned(mut p_req) = *p_req else { panic!("a signed one") };
    change(&mut p_req);
    rewrap(octets, Message::PReq(Box::new(PReq::PReqDualSigned(p_req))), None)
}

/// The signed half of a PReq.
pub(crate) fn parts(octets: &[u8]) -> PReqDualSigned {
    let Message::PReq(p_req) = message(octets) else { panic!("a PReq") };
    let PReq::PReqDualSigned(p_req) = *p_req else { panic!("a signed one") };
    p_req
}

/// What the merchant asks the gateway, changed before it is signed and sealed anew.
pub(crate) fn auth_req(
    octets: &[u8],
    pki: &Pki,
    by: &Server,
    change: impl FnOnce(&mut AuthReqData, &mut Pi),
) -> Vec<u8> {
    auth_req_for(octets, pki, by, &pki.house.gateway, change)
}

/// The same, signed at another time.
pub(crate) fn auth_req_at(
    octets: &[u8],
    pki: &Pki,
    by: &Server,
    at: UnixTime,
    change: impl FnOnce(&mut AuthReqData, &mut Pi),
) -> Vec<u8> {
    auth_req_of(octets, pki, by, &pki.house.gateway, at, change)
}

pub(crate) fn auth_req_for(
    octets: &[u8],
    pki: &Pki,
    by: &Server,
    to: &Server,
    change: impl FnOnce(&mut AuthReqData, &mut Pi),
) -> Vec<u8> {
    auth_req_of(octets, pki, by, to, now(), change)
}

fn auth_req_of(
    octets: &[u8],
    pki: &Pki,
    by: &Server,
    to: &Server,
    at: UnixTime,
    change: impl FnOnce(&mut AuthReqData, &mut Pi),
) -> Vec<u8> {
    let trust = pki.trust();
    let Message::AuthReq(request) = message(octets) else { panic!("an AuthReq") };
    let openers = [pki.house.gateway.encipherment.clone()];
    let tbe: AuthReqTbe =
        open(&request.enc, &openers, pki.suite, &pki.keys).expect("for the gateway").into_value();
    let purpose = Purpose::MerchantSignature;
    let read_at = at.max(now());
    let tbs: AuthReqTbs =
        verify(&tbe, &trust, purpose, None, read_at).expect("signed").into_value();
    let mut data = tbs.t1.into_value();
    let mut pi = request.baggage.into_value();
    change(&mut data, &mut pi);
    let rrpid = data.auth_req_item.auth_tags.auth_rr_tags.rrpid.0;
    let baggage = Original::new(pi).expect("encodable");
    let linked = link(data, &digest_original(pki.suite, &baggage)).expect("encodable");
    let bag = trust.with_lists(Bag::of(&by.signature).and(&by.encipherment));
    let tbe = signed_at(&linked, &by.signature, &bag, pki, at);
    let to = path(&to.encipherment, Purpose::GatewayEncipherment, &trust);
    let enc = seal(&tbe, &to).expect("sealed");
    rewrap(octets, Message::AuthReq(Box::new(AuthReq { enc, baggage })), Some(rrpid))
}

/// What the gateway answers, changed before it is signed and sealed anew for a merchant.
pub(crate) fn auth_res(
    octets: &[u8],
    pki: &Pki,
    by: &Identity,
    to: &Server,
    change: impl FnOnce(&mut AuthResData, &mut AuthResBaggage),
) -> Vec<u8> {
    let trust = pki.trust();
    let Message::AuthRes(answer) = message(octets) else { panic!("an AuthRes") };
    let AuthRes::EncB(answer) = *answer else { panic!("without a card") };
    let openers =
        [pki.house.merchant.encipherment.clone(), pki.house.other_merchant.encipherment.clone()];
    let tbe: AuthResTbe =
        open(&answer.enc, &openers, pki.suite, &pki.keys).expect("for a merchant").into_value();
    let purpose = Purpose::GatewaySignature;
    let tbs: AuthResTbs = verify(&tbe, &trust, purpose, None, now()).expect("signed").into_value();
    let mut data = tbs.t1.into_value();
    let mut baggage = answer.baggage.into_value();
    change(&mut data, &mut baggage);
    let rrpid = data.auth_tags.auth_rr_tags.rrpid.0;
    let baggage = Original::new(baggage).expect("encodable");
    let linked = link(data, &digest_original(pki.suite, &baggage)).expect("encodable");
    let tbe = signed(&linked, by, &trust.bag(by), pki);
    let to = path(&to.encipherment, Purpose::MerchantEncipherment, &trust);
    let enc = seal(&tbe, &to).expect("sealed");
    let message = Message::AuthRes(Box::new(AuthRes::EncB(AuthResEncB { enc, baggage })));
    rewrap(octets, message, Some(rrpid))
}

/// What the merchant takes back, changed before it is signed and sealed anew.
pub(crate) fn auth_rev_req(
    octets: &[u8],
    pki: &Pki,
    by: &Server,
    change: impl FnOnce(&mut AuthRevReqData, &mut AuthRevReqBaggage),
) -> Vec<u8> {
    let trust = pki.trust();
    let Message::AuthRevReq(request) = message(octets) else { panic!("an AuthRevReq") };
    let openers = [pki.house.gateway.encipherment.clone()];
    let tbe: AuthRevReqTbe =
        open(&request.enc, &openers, pki.suite, &pki.keys).expect("for the gateway").into_value();
    let purpose = Purpose::MerchantSignature;
    let tbs: AuthRevReqTbs =
        verify(&tbe, &trust, purpose, None, now()).expect("signed").into_value();
    let mut data = tbs.t1.into_value();
    let mut baggage = request.baggage.into_value();
    change(&mut data, &mut baggage);
    let rrpid = data.auth_rev_tags.auth_rev_rr_tags.rrpid.0;
    let baggage = Original::new(baggage).expect("encodable");
    let linked = link(data, &digest_original(pki.suite, &baggage)).expect("encodable");
    let bag = trust.with_lists(Bag::of(&by.signature).and(&by.encipherment));
    let tbe = signed(&linked, &by.signature, &bag, pki);
    let to = path(&pki.house.gateway.encipherment, Purpose::GatewayEncipherment, &trust);
    let enc = seal(&tbe, &to).expect("sealed");
    rewrap(octets, Message::AuthRevReq(Box::new(AuthRevReq { enc, baggage })), Some(rrpid))
}

/// What the gateway says of what was taken back, as its merchant reads it.
pub(crate) fn reversed(octets: &[u8], pki: &Pki, to: &Server) -> AuthRevResData {
    let trust = pki.trust();
    let openers = [to.encipherment.clone()];
    let purpose = Purpose::GatewaySignature;
    let Message::AuthRevRes(answer) = message(octets) else { panic!("an AuthRevRes") };
    match *answer {
        AuthRevRes::Enc(sealed) => {
            let tbe = open(&sealed, &openers, pki.suite, &pki.keys).expect("for it").into_value();
            verify(&tbe, &trust, purpose, None, now()).expect("signed").into_value()
        }
        AuthRevRes::EncB(answer) => {
            let tbe = open(&answer.enc, &openers, pki.suite, &pki.keys).expect("for it");
            let tbs = verify(&tbe.into_value(), &trust, purpose, None, now()).expect("signed");
            tbs.into_value().t1.into_value()
        }
    }
}

/// What the gateway answers to that, changed before it is signed and sealed anew, without tokens.
pub(crate) fn auth_rev_res(
    octets: &[u8],
    pki: &Pki,
    by: &Identity,
    change: impl FnOnce(&mut AuthRevResData),
) -> Vec<u8> {
    let trust = pki.trust();
    let mut data = reversed(octets, pki, &pki.house.merchant);
    change(&mut data);
    let rrpid = data.auth_rev_tags.auth_rev_rr_tags.rrpid.0;
    let tbe = signed(&data, by, &trust.bag(by), pki);
    let to = path(&pki.house.merchant.encipherment, Purpose::MerchantEncipherment, &trust);
    let answer = AuthRevRes::Enc(seal(&tbe, &to).expect("sealed"));
    rewrap(octets, Message::AuthRevRes(Box::new(answer)), Some(rrpid))
}

/// Which certificate AuthRes names for sealing.
pub(crate) fn pe_thumb(octets: &[u8], pki: &Pki) -> Option<CertThumb> {
    let mut named = None;
    let (by, to) = (&pki.house.gateway.signature, &pki.house.merchant);
    auth_res(octets, pki, by, to, |data, _| named.clone_from(&data.pe_thumb));
    named
}

/// What the merchant asks to be captured, changed before it is signed and sealed anew.
pub(crate) fn cap_req(
    octets: &[u8],
    pki: &Pki,
    by: &Server,
    change: impl FnOnce(&mut CapReqData, &mut Vec<CapToken>),
) -> Vec<u8> {
    let trust = pki.trust();
    let Message::CapReq(request) = message(octets) else { panic!("a CapReq") };
    let CapReq::EncB(request) = *request else { panic!("without a card") };
    let openers = [pki.house.gateway.encipherment.clone()];
    let tbe: CapReqTbe =
        open(&request.enc, &openers, pki.suite, &pki.keys).expect("for the gateway").into_value();
    let purpose = Purpose::MerchantSignature;
    let tbs: CapReqTbs = verify(&tbe, &trust, purpose, None, now()).expect("signed").into_value();
    let mut data = tbs.t1.into_value();
    let CapTokenSeq(mut tokens) = request.baggage.into_value();
    change(&mut data, &mut tokens);
    let rrpid = data.cap_rr_tags.rrpid.0;
    let baggage = Original::new(CapTokenSeq(tokens)).expect("encodable");
    let linked = link(data, &digest_original(pki.suite, &baggage)).expect("encodable");
    let bag = trust.with_lists(Bag::of(&by.signature).and(&by.encipherment));
    let tbe = signed(&linked, &by.signature, &bag, pki);
    let to = path(&pki.house.gateway.encipherment, Purpose::GatewayEncipherment, &trust);
    let enc = seal(&tbe, &to).expect("sealed");
    let message = Message::CapReq(Box::new(CapReq::EncB(CapEncB { enc, baggage })));
    rewrap(octets, message, Some(rrpid))
}

/// What the gateway answers to a capture, signed by somebody.
pub(crate) fn cap_res(octets: &[u8], pki: &Pki, by: &Identity, to: &Server) -> Vec<u8> {
    cap_res_saying(octets, pki, by, to, |_| ())
}

/// The same, changed before it is signed and sealed anew.
pub(crate) fn cap_res_saying(
    octets: &[u8],
    pki: &Pki,
    by: &Identity,
    to: &Server,
    change: impl FnOnce(&mut CapResData),
) -> Vec<u8> {
    let trust = pki.trust();
    let Message::CapRes(sealed) = message(octets) else { panic!("a CapRes") };
    let openers = [to.encipherment.clone()];
    let tbe = open(&sealed, &openers, pki.suite, &pki.keys).expect("for it").into_value();
    let data = verify(&tbe, &trust, Purpose::GatewaySignature, None, now()).expect("signed");
    let mut data = data.into_value();
    change(&mut data);
    let tbe = signed(&data, by, &trust.bag(by), pki);
    let to = path(&to.encipherment, Purpose::MerchantEncipherment, &trust);
    rewrap(octets, Message::CapRes(seal(&tbe, &to).expect("sealed")), None)
}

/// What the merchant asks to be credited, changed before it is signed and sealed anew.
pub(crate) fn cred_req(
    octets: &[u8],
    pki: &Pki,
    by: &Server,
    change: impl FnOnce(&mut CapRevOrCredReqData, &mut Vec<CapToken>),
) -> Vec<u8> {
    let trust = pki.trust();
    let Message::CredReq(request) = message(octets) else { panic!("a CredReq") };
    let CredReq::EncB(request) = *request else { panic!("without a card") };
    let openers = [pki.house.gateway.encipherment.clone()];
    let tbe =
        open(&request.enc, &openers, pki.suite, &pki.keys).expect("for the gateway").into_value();
    let tbs = verify(&tbe, &trust, Purpose::MerchantSignature, None, now()).expect("signed");
    let mut data = tbs.into_value().0.t1.into_value();
    let CapTokenSeq(mut tokens) = request.baggage.into_value();
    change(&mut data, &mut tokens);
    let rrpid = data.cap_rev_or_cred_rr_tags.rrpid.0;
    let baggage = Original::new(CapTokenSeq(tokens)).expect("encodable");
    let linked = link(data, &digest_original(pki.suite, &baggage)).expect("encodable");
    let bag = trust.with_lists(Bag::of(&by.signature).and(&by.encipherment));
    let tbe = signed(&CredReqTbs(linked), &by.signature, &bag, pki);
    let to = path(&pki.house.gateway.encipherment, Purpose::GatewayEncipherment, &trust);
    let enc = seal(&tbe, &to).expect("sealed");
    let message = Message::CredReq(Box::new(CredReq::EncB(CapEncB { enc, baggage })));
    rewrap(octets, message, Some(rrpid))
}

/// What the gateway answers to a credit, changed and signed by somebody.
pub(crate) fn cred_res(
    octets: &[u8],
    pki: &Pki,
    by: &Identity,
    change: impl FnOnce(&mut CapRevOrCredResData),
) -> Vec<u8> {
    let (trust, to) = (pki.trust(), &pki.house.merchant);
    let Message::CredRes(sealed) = message(octets) else { panic!("a CredRes") };
    let openers = [to.encipherment.clone()];
    let tbe = open(&sealed, &openers, pki.suite, &pki.keys).expect("for it").into_value();
    let data = verify(&tbe, &trust, Purpose::GatewaySignature, None, now()).expect("signed");
    let CredResData(mut data) = data.into_value();
    change(&mut data);
    let tbe = signed(&CredResData(data), by, &trust.bag(by), pki);
    let to = path(&to.encipherment, Purpose::MerchantEncipherment, &trust);
    rewrap(octets, Message::CredRes(seal(&tbe, &to).expect("sealed")), None)
}

/// What the merchant offers, changed before it is signed anew, with another bag beside it.
pub(crate) fn p_init_res(
    octets: &[u8],
    pki: &Pki,
    by: &Identity,
    bag: &Bag,
    change: impl FnOnce(&mut PInitResData),
) -> Vec<u8> {
    let Message::PInitRes(answer) = message(octets) else { panic!("a PInitRes") };
    let purpose = Purpose::MerchantSignature;
    let trust = pki.trust();
    let mut data = verify(&answer, &trust, purpose, None, now()).expect("signed").into_value();
    change(&mut data);
    let bag = trust.with_lists(bag.clone());
    rewrap(octets, Message::PInitRes(signed(&data, by, &bag, pki)), Some(data.rrpid.0))
}

/// What the merchant says of an order, changed before it is signed anew.
pub(crate) fn p_res(
    octets: &[u8],
    pki: &Pki,
    by: &Identity,
    change: impl FnOnce(&mut PResData),
) -> Vec<u8> {
    let Message::PRes(answer) = message(octets) else { panic!("a PRes") };
    let purpose = Purpose::MerchantSignature;
    let trust = pki.trust();
    let mut data = verify(&answer, &trust, purpose, None, now()).expect("signed").into_value();
    change(&mut data);
    let rrpid = data.rrpid.0;
    rewrap(octets, Message::PRes(signed(&data, by, &trust.bag(by), pki)), Some(rrpid))
}

/// The answer to an inquiry, changed before the merchant signs it anew.
pub(crate) fn inq_res(octets: &[u8], pki: &Pki, change: impl FnOnce(&mut PResData)) -> Vec<u8> {
    let Message::InqRes(answer) = message(octets) else { panic!("an InqRes") };
    let purpose = Purpose::MerchantSignature;
    let trust = pki.trust();
    let mut data = verify(&answer, &trust, purpose, None, now()).expect("signed").into_value();
    change(&mut data);
    let rrpid = data.rrpid.0;
    let by = &pki.house.merchant.signature;
    rewrap(octets, Message::InqRes(signed(&data, by, &trust.bag(by), pki)), Some(rrpid))
}

/// An inquiry, changed before it is signed by anybody.
pub(crate) fn inq_req(
    octets: &[u8],
    pki: &Pki,
    by: &Identity,
    change: impl FnOnce(&mut InqReqData),
) -> Vec<u8> {
    let mut data = inquiry(octets, pki);
    change(&mut data);
    let rrpid = data.rrpid.0;
    let signed = signed(&data, by, &pki.trust().bag(by), pki);
    rewrap(octets, Message::InqReq(Box::new(InqReq::InqReqSigned(signed))), Some(rrpid))
}

/// What an inquiry says.
pub(crate) fn inquiry(octets: &[u8], pki: &Pki) -> InqReqData {
    let Message::InqReq(inq_req) = message(octets) else { panic!("an InqReq") };
    let InqReq::InqReqSigned(signed) = *inq_req else { panic!("a signed one") };
    let purpose = Purpose::CardholderSignature;
    verify(&signed, &pki.trust(), purpose, None, now()).expect("signed").into_value()
}

/// The other brand's copy of a brand name.
pub(crate) fn named(brand: &str) -> Brand {
    Brand::parse(brand).expect("a brand")
}

/// What the merchant asks of its gateway's certificates, changed before it is signed by anybody.
pub(crate) fn p_cert_req(
    octets: &[u8],
    pki: &Pki,
    by: &Identity,
    change: impl FnOnce(&mut PCertReqData),
) -> Vec<u8> {
    let trust = pki.trust();
    let Message::PCertReq(asked) = message(octets) else { panic!("a PCertReq") };
    let asked = verify(&asked, &trust, Purpose::MerchantSignature, None, now()).expect("signed");
    let mut data = asked.into_value();
    change(&mut data);
    let signed = signed(&data, by, &trust.bag(by), pki);
    rewrap(octets, Message::PCertReq(signed), None)
}

/// What a gateway says of its certificates, changed before it is signed by anybody, with the
/// certificates of anybody beside it.
pub(crate) fn p_cert_res(
    octets: &[u8],
    pki: &Pki,
    by: &Identity,
    beside: &Identity,
    change: impl FnOnce(&mut PCertResTbs),
) -> Vec<u8> {
    let trust = pki.trust();
    let Message::PCertRes(said) = message(octets) else { panic!("a PCertRes") };
    let said = verify(&said, &trust, Purpose::GatewaySignature, None, now()).expect("signed");
    let mut data = said.into_value();
    change(&mut data);
    let bag = trust.with_lists(Bag::of(by).and(beside));
    rewrap(octets, Message::PCertRes(signed(&data, by, &bag, pki)), None)
}

/// What a merchant of dishonest software asks about a batch.
pub(crate) fn batch_admin_req(
    octets: &[u8],
    pki: &Pki,
    by: &Server,
    change: impl FnOnce(&mut BatchAdminReqData),
) -> Vec<u8> {
    let trust = pki.trust();
    let Message::BatchAdminReq(sealed) = message(octets) else { panic!("a BatchAdminReq") };
    let openers = [pki.house.gateway.encipherment.clone()];
    let tbe = open(&sealed, &openers, pki.suite, &pki.keys).expect("for the gateway").into_value();
    let data = verify(&tbe, &trust, Purpose::MerchantSignature, None, now()).expect("signed");
    let mut data = data.into_value();
    change(&mut data);
    let rrpid = data.batch_admin_rr_tags.rrpid.0;
    let bag = trust.with_lists(Bag::of(&by.signature).and(&by.encipherment));
    let tbe = signed(&data, &by.signature, &bag, pki);
    let to = path(&pki.house.gateway.encipherment, Purpose::GatewayEncipherment, &trust);
    rewrap(octets, Message::BatchAdminReq(seal(&tbe, &to).expect("sealed")), Some(rrpid))
}

/// What a gateway of dishonest software says of a batch.
pub(crate) fn batch_admin_res(
    octets: &[u8],
    pki: &Pki,
    by: &Identity,
    change: impl FnOnce(&mut BatchAdminResData),
) -> Vec<u8> {
    let mut data = administered(octets, pki);
    change(&mut data);
    let trust = pki.trust();
    let tbe = signed(&data, by, &trust.bag(by), pki);
    let to = path(&pki.house.merchant.encipherment, Purpose::MerchantEncipherment, &trust);
    rewrap(octets, Message::BatchAdminRes(seal(&tbe, &to).expect("sealed")), None)
}

/// What a gateway said of a batch.
pub(crate) fn administered(octets: &[u8], pki: &Pki) -> BatchAdminResData {
    let Message::BatchAdminRes(sealed) = message(octets) else { panic!("a BatchAdminRes") };
    let openers = [pki.house.merchant.encipherment.clone()];
    let tbe = open(&sealed, &openers, pki.suite, &pki.keys).expect("for it").into_value();
    let data = verify(&tbe, &pki.trust(), Purpose::GatewaySignature, None, now()).expect("signed");
    data.into_value()
}
