//! What dishonest parties make: they hold their own keys and say other things with them.
//!
//! The forger also holds the keys of the parties it attacks, where that saves it the trouble of
//! writing down what it knows anyway: to read a message again that it made itself, for example.

use std::sync::Arc;

use openset_crypto::{
    Bag, Draw, Identity, KeyFault, KeyId, Keys, Path, Purpose, Signer, SoftwareKeys, Suite, Trust,
    digest, digest_original,
    dual::{self, Consent},
    link, open, seal, sign, verify,
};
use openset_node::{clock::Clock, entropy};
use openset_types::{LidM, MerchantId, Rrpid, Secret, UnixTime};
use openset_wire::{
    content::Content,
    der::{AsnType, Decode, Encode, Octets, Original},
    error::{Error, ErrorCode, ErrorMsg, ErrorTbs},
    opaque::Signed,
    payment::{
        AuthReq, AuthReqData, AuthReqTbe, AuthReqTbs, AuthRes, AuthResData, AuthResTbe, AuthResTbs,
        CapEncB, CapReq, CapReqData, CapReqTbe, CapReqTbs, CapResData, CapResTbe, CapToken,
        CapTokenSeq, CheckDigests, HodInput, InqReq, InqReqData, OiData, OrderDescription,
        PInitResData, PReq, PReqDualSigned, PResData, Pi,
    },
    types::TransIds,
    wrapper::{Message, MessageWrapper},
};

use super::stage::Stage;
use crate::ceremony::{self, papers};

/// A party with two certificates.
#[derive(Clone)]
pub(super) struct Server {
    pub(super) signature: Identity,
    pub(super) encipherment: Identity,
}

/// Everybody's keys, and what was certified beside the system.
pub(super) struct Forger {
    suite: Suite,
    pub(super) merchant: Server,
    pub(super) gateway: Server,
    pub(super) trust: Arc<Trust>,
    pub(super) keys: Hoard,
    clock: Arc<dyn Clock>,
}

/// The keys of several parties together.
pub(super) struct Hoard {
    pub(super) rings: Vec<Arc<dyn Keys>>,
    /// Keys that were made for a story.
    pub(super) made: Arc<SoftwareKeys>,
}

impl Keys for Hoard {
    fn sign(&self, key: &KeyId, message: &[u8]) -> Result<Vec<u8>, KeyFault> {
        self.first(|ring| ring.sign(key, message))
    }

    fn agree(&self, key: &KeyId, peer: &[u8]) -> Result<Secret, KeyFault> {
        self.first(|ring| ring.agree(key, peer))
    }

    fn open_block(&self, key: &KeyId, block: &[u8]) -> Result<Secret, KeyFault> {
        self.first(|ring| ring.open_block(key, block))
    }
}

impl Hoard {
    fn first<T>(&self, ask: impl Fn(&dyn Keys) -> Result<T, KeyFault>) -> Result<T, KeyFault> {
        let mut said = self.rings.iter().map(|ring| ask(ring.as_ref()));
        said.find(|said| !matches!(said, Err(KeyFault::NoSuchKey)))
            .unwrap_or(Err(KeyFault::NoSuchKey))
    }
}

impl Forger {
    /// Steals the keys of a stage.
    pub(super) fn new(stage: &Stage) -> Self {
        let ground = &stage.system.ground;
        let server = |role: &str| Server {
            signature: ground.papers(role).take(papers::SIGNATURE).expect("a paper"),
            encipherment: ground.papers(role).take(papers::ENCIPHERMENT).expect("a paper"),
        };
        let made = Arc::new(SoftwareKeys::new());
        let mut rings: Vec<Arc<dyn Keys>> =
            vec![Arc::clone(&made) as _, Arc::new(stage.system.wallet.vault.clone())];
        for role in ["merchant", "gateway"] {
            rings.push(Arc::new(ceremony::role_ring(&stage.folder(role)).expect("keys")));
        }
        Self {
            suite: stage.suite(),
            merchant: server("merchant"),
            gateway: server("gateway"),
            trust: Arc::clone(stage.system.merchant.party.shell.trust()),
            keys: Hoard { rings, made },
            clock: Arc::clone(&ground.clock),
        }
    }
}

/// Octets that nobody has used before: names, which are alike in both suites.
pub(super) fn draw() -> Draw {
    draw_for(Suite::Modern)
}

/// Octets that nobody has used before.
pub(super) fn draw_for(suite: Suite) -> Draw {
    Draw::new(suite, entropy::seed().expect("randomness"))
}

pub(super) fn message(octets: &[u8]) -> Message {
    MessageWrapper::decode(octets).expect("one of our messages").message
}

/// The number of a request, as its header has it.
pub(super) fn rrpid(octets: &[u8]) -> Rrpid {
    let wrapper = MessageWrapper::decode(octets).expect("one of our messages");
    wrapper.message_header.rrpid.expect("a request has a number").0
}

/// Puts another message into the wrapper of one, and its names into the header.
fn rewrap(octets: &[u8], message: Message, rrpid: Rrpid, ids: Option<&TransIds>) -> Vec<u8> {
    let mut wrapper = MessageWrapper::decode(octets).expect("one of our messages");
    wrapper.message = message;
    wrapper.message_header.rrpid = Some(rrpid.into());
    if let (Some(ids), Some(named)) = (ids, &mut wrapper.message_header.message_ids) {
        named.lid_c = Some(ids.lid_c.clone());
        named.lid_m = ids.lid_m.clone();
        named.xid = Some(ids.xid);
    }
    wrapper.encode().expect("encodable")
}

/// A PInitReq about an order of another label, asked anew.
pub(super) fn asking_for(p_init_req: &[u8], label: &[u8]) -> Vec<u8> {
    let Message::PInitReq(mut asked) = message(p_init_req) else { panic!("a PInitReq") };
    let (label, rrpid) = (LidM::new(label).expect("a label"), draw().rrpid());
    asked.local_id_m = Some(label.clone().into());
    asked.rrpid = rrpid.into();
    let octets = rewrap(p_init_req, Message::PInitReq(asked), rrpid, None);
    let mut wrapper = MessageWrapper::decode(&octets).expect("one of our messages");
    if let Some(named) = &mut wrapper.message_header.message_ids {
        named.lid_m = Some(label.into());
    }
    wrapper.encode().expect("encodable")
}

/// The signed halves of a PReq.
pub(super) fn halves(octets: &[u8]) -> PReqDualSigned {
    let Message::PReq(p_req) = message(octets) else { panic!("a PReq") };
    let PReq::PReqDualSigned(p_req) = *p_req else { panic!("a signed one") };
    p_req
}

/// A PReq whose halves were exchanged for others.
pub(super) fn spliced(octets: &[u8], change: impl FnOnce(&mut PReqDualSigned)) -> Vec<u8> {
    let mut p_req = halves(octets);
    change(&mut p_req);
    let rrpid = p_req.oi_dual_signed.t1.value().rrpid.0;
    rewrap(octets, Message::PReq(Box::new(PReq::PReqDualSigned(p_req))), rrpid, None)
}

impl Forger {
    pub(super) fn now(&self) -> UnixTime {
        self.clock.now()
    }

    /// The path of a certificate that is good.
    fn path(&self, of: &Identity, purpose: Purpose) -> Arc<Path> {
        let path = self.trust.path(&of.certificate, &Bag::of(of), purpose, None, self.now());
        path.expect("a good path")
    }

    fn signed<T: Content + Encode>(&self, content: &T, by: &Identity, bag: &Bag) -> Signed<T> {
        let signer = Signer::Certified { identity: by, bag };
        sign(self.suite, content, signer, &self.keys, self.now()).expect("signed")
    }

    fn verified<T: Content + Decode + Encode>(&self, signed: &Signed<T>, purpose: Purpose) -> T {
        let verified = verify(signed, &self.trust, purpose, None, self.now());
        verified.expect("signed").into_value()
    }

    /// What travels beside a signature: both certificates of a server and all lists.
    fn bag(&self, of: &Server) -> Bag {
        self.trust.with_lists(Bag::of(&of.signature).and(&of.encipherment))
    }

    /// What a cardholder consented to, changed before it is signed anew.
    pub(super) fn p_req(
        &self,
        octets: &[u8],
        by: &Identity,
        to: &Identity,
        change: impl FnOnce(&mut Consent),
    ) -> Vec<u8> {
        let halves = halves(octets);
        let order = halves.oi_dual_signed.t1.value().clone();
        let brand = order.brand_id.0.clone();
        let openers = [self.gateway.encipherment.clone()];
        let pi = &halves.pi_dual_signed;
        let payment =
            dual::check_payment(pi, &openers, &self.keys, &self.trust, &brand, self.now());
        let payment = payment.expect("honest so far").into_value();
        let head = payment.head.into_value();
        let mut consent = Consent { order, head, pan_data: payment.pan_data };
        change(&mut consent);
        let (rrpid, ids) = (consent.order.rrpid.0, consent.order.trans_ids.clone());
        let bag = self.trust.bag(by);
        let signer = Signer::Certified { identity: by, bag: &bag };
        let to = self.path(to, Purpose::GatewayEncipherment);
        let made = dual::make(consent, signer, &self.keys, &to, self.now()).expect("signed");
        let message = Message::PReq(Box::new(PReq::PReqDualSigned(made)));
        rewrap(octets, message, rrpid, Some(&ids))
    }

    /// What the merchant asks the gateway, changed before it is signed and sealed anew.
    pub(super) fn auth_req(
        &self,
        octets: &[u8],
        by: &Server,
        change: impl FnOnce(&mut AuthReqData, &mut Pi),
    ) -> Vec<u8> {
        self.auth_req_to(octets, by, &self.path_to_gateway(), change)
    }

    /// The same, sealed for somebody else.
    pub(super) fn auth_req_to(
        &self,
        octets: &[u8],
        by: &Server,
        to: &Path,
        change: impl FnOnce(&mut AuthReqData, &mut Pi),
    ) -> Vec<u8> {
        self.auth_req_of(octets, by, (to, &self.trust), change)
    }

    /// The same, with the lists that somebody else knows.
    pub(super) fn auth_req_with(
        &self,
        octets: &[u8],
        by: &Server,
        lists: &Trust,
        change: impl FnOnce(&mut AuthReqData),
    ) -> Vec<u8> {
        self.auth_req_of(octets, by, (&self.path_to_gateway(), lists), |data, _| change(data))
    }

    fn auth_req_of(
        &self,
        octets: &[u8],
        by: &Server,
        (to, lists): (&Path, &Trust),
        change: impl FnOnce(&mut AuthReqData, &mut Pi),
    ) -> Vec<u8> {
        let Message::AuthReq(request) = message(octets) else { panic!("an AuthReq") };
        let tbe: AuthReqTbe = self.opened(&request.enc, &self.gateway);
        let tbs: AuthReqTbs = self.verified(&tbe, Purpose::MerchantSignature);
        let (mut data, mut pi) = (tbs.t1.into_value(), request.baggage.into_value());
        change(&mut data, &mut pi);
        let tags = &data.auth_req_item.auth_tags;
        let (rrpid, ids) = (tags.auth_rr_tags.rrpid.0, tags.trans_ids.clone());
        let baggage = Original::new(pi).expect("encodable");
        let linked = link(data, &digest_original(self.suite, &baggage)).expect("encodable");
        let bag = lists.with_lists(Bag::of(&by.signature).and(&by.encipherment));
        let tbe = self.signed(&linked, &by.signature, &bag);
        let enc = seal(&tbe, to).expect("sealed");
        let message = Message::AuthReq(Box::new(AuthReq { enc, baggage }));
        rewrap(octets, message, rrpid, Some(&ids))
    }

    /// What the merchant offers, signed by somebody else, with the lists that somebody else knows.
    pub(super) fn p_init_res(&self, octets: &[u8], by: &Server, lists: &Trust) -> Vec<u8> {
        let Message::PInitRes(answer) = message(octets) else { panic!("a PInitRes") };
        let data: PInitResData = self.verified(&answer, Purpose::MerchantSignature);
        let bag = Bag::of(&by.signature).and(&self.gateway.encipherment);
        let signed = self.signed(&data, &by.signature, &lists.with_lists(bag));
        rewrap(octets, Message::PInitRes(signed), data.rrpid.0, Some(&data.trans_ids))
    }

    pub(super) fn path_to_gateway(&self) -> Arc<Path> {
        self.path(&self.gateway.encipherment, Purpose::GatewayEncipherment)
    }

    /// The AuthReq that a merchant makes of a PReq: that of another purchase is the pattern.
    pub(super) fn asking(
        &self,
        pattern: &[u8],
        p_req: &[u8],
        description: &[u8],
        by: &Server,
        change: impl FnOnce(&mut AuthReqData),
    ) -> Vec<u8> {
        let halves = halves(p_req);
        let order = halves.oi_dual_signed.t1;
        self.auth_req(pattern, by, |data, pi| {
            data.auth_req_item.check_digests =
                Some(check_digests(self.suite, data, &order, description));
            let tags = &mut data.auth_req_item.auth_tags;
            tags.trans_ids = order.value().trans_ids.clone();
            tags.auth_rr_tags.rrpid = draw().rrpid().into();
            *pi = Pi::PiDualSigned(halves.pi_dual_signed);
            change(data);
        })
    }

    /// What the merchant asks to be captured, changed before it is signed and sealed anew.
    pub(super) fn cap_req(
        &self,
        octets: &[u8],
        by: &Server,
        change: impl FnOnce(&mut CapReqData, &mut Vec<CapToken>),
    ) -> Vec<u8> {
        let Message::CapReq(request) = message(octets) else { panic!("a CapReq") };
        let CapReq::EncB(request) = *request else { panic!("without a card") };
        let tbe: CapReqTbe = self.opened(&request.enc, &self.gateway);
        let tbs: CapReqTbs = self.verified(&tbe, Purpose::MerchantSignature);
        let mut data = tbs.t1.into_value();
        let CapTokenSeq(mut tokens) = request.baggage.into_value();
        data.cap_rr_tags.rrpid = draw().rrpid().into();
        change(&mut data, &mut tokens);
        let rrpid = data.cap_rr_tags.rrpid.0;
        let baggage = Original::new(CapTokenSeq(tokens)).expect("encodable");
        let linked = link(data, &digest_original(self.suite, &baggage)).expect("encodable");
        let tbe = self.signed(&linked, &by.signature, &self.bag(by));
        let enc = seal(&tbe, &self.path_to_gateway()).expect("sealed");
        let message = Message::CapReq(Box::new(CapReq::EncB(CapEncB { enc, baggage })));
        rewrap(octets, message, rrpid, None)
    }

    fn opened<T, R>(&self, sealed: &openset_wire::opaque::Sealed<T, R>, by: &Server) -> T
    where
        T: Content + AsnType + Decode + Encode,
    {
        let openers = [by.encipherment.clone()];
        open(sealed, &openers, self.suite, &self.keys).expect("sealed for it").into_value()
    }

    /// An inquiry about a purchase, in the wrapper of another message.
    pub(super) fn inq_req(&self, octets: &[u8], by: &Identity, trans_ids: TransIds) -> Vec<u8> {
        let mut draw = draw_for(self.suite);
        let data = InqReqData {
            trans_ids,
            rrpid: draw.rrpid().into(),
            chall_c2: draw.challenge(),
            inq_rq_extensions: None,
        };
        let (rrpid, ids) = (data.rrpid.0, data.trans_ids.clone());
        let signed = self.signed(&data, by, &self.trust.bag(by));
        let message = Message::InqReq(Box::new(InqReq::InqReqSigned(signed)));
        rewrap(octets, message, rrpid, Some(&ids))
    }

    /// What an AuthRes says to a merchant.
    pub(super) fn auth_res(&self, octets: &[u8], to: &Server) -> AuthResData {
        let Message::AuthRes(answer) = message(octets) else { panic!("an AuthRes") };
        let AuthRes::EncB(answer) = *answer else { panic!("without a card") };
        let tbe: AuthResTbe = self.opened(&answer.enc, to);
        let tbs: AuthResTbs = self.verified(&tbe, Purpose::GatewaySignature);
        tbs.t1.into_value()
    }

    /// What a CapRes says to a merchant.
    pub(super) fn cap_res(&self, octets: &[u8], to: &Server) -> CapResData {
        let Message::CapRes(answer) = message(octets) else { panic!("a CapRes") };
        let tbe: CapResTbe = self.opened(&answer, to);
        self.verified(&tbe, Purpose::GatewaySignature)
    }

    /// An Error in answer to a question, about octets that may be others; unsigned if by nobody.
    pub(super) fn error(
        &self,
        question: &[u8],
        (about, code): (&[u8], ErrorCode),
        by: Option<&Identity>,
    ) -> Vec<u8> {
        let tbs = ErrorTbs {
            error_code: code,
            error_nonce: draw_for(self.suite).nonce(),
            error_oid: None,
            error_thumb: None,
            error_msg: ErrorMsg::BadWrapper(Octets::new(about).expect("short")),
        };
        let error = match by {
            Some(by) => Error::SignedError(self.signed(&tbs, by, &self.trust.bag(by))),
            None => Error::UnsignedError(Box::new(tbs)),
        };
        rewrap(question, Message::Error(error), rrpid(question), None)
    }

    /// What a PRes says to a cardholder.
    pub(super) fn p_res(&self, octets: &[u8]) -> PResData {
        let Message::PRes(answer) = message(octets) else { panic!("a PRes") };
        self.verified(&answer, Purpose::MerchantSignature)
    }
}

/// What a merchant believes an order to be.
fn check_digests(
    suite: Suite,
    data: &AuthReqData,
    order: &Original<OiData>,
    description: &[u8],
) -> CheckDigests {
    let input = HodInput {
        od: OrderDescription::new(description).expect("short"),
        purch_amt: data.auth_req_item.auth_req_payload.auth_req_amt.clone(),
        od_salt: order.value().od_salt.clone(),
        install_recur_data: None,
        od_extensions: None,
    };
    CheckDigests {
        h_oi_data: digest_original(suite, order).digested().expect("encodable"),
        hod2: digest(suite, &input).and_then(|it| it.digested()).expect("encodable"),
    }
}

/// A merchant's number.
pub(super) fn number(text: &str) -> MerchantId {
    MerchantId::parse(text).expect("a number")
}
