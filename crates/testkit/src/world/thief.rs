//! A thief who has the merchant's keys and presents things that were presented before, under
//! another name.

use openset_crypto::{Bag, Purpose, Signer, digest_original, link, open, seal, sign, verify};
use openset_types::Rrpid;
use openset_wire::{
    payment::{AuthReq, AuthReqTbe, AuthReqTbs, CapEncB, CapReq, CapReqTbe, CapReqTbs},
    wrapper::{Message, MessageWrapper},
};

use super::{
    World,
    network::{Kind, Letter, Role},
};
use crate::pki::{self, Pki};

/// Nobody waits for what the thief is answered.
const NOBODY: u64 = u64::MAX;

impl World {
    /// Presents one of the requests of a name again. There may be none.
    pub(super) fn presents_again(&mut self, name: &str) -> bool {
        let seen: Vec<&Vec<u8>> =
            self.seen.iter().filter(|(seen, _)| *seen == name).map(|(_, octets)| octets).collect();
        if seen.is_empty() {
            return true;
        }
        let stolen = self.draws.one_of(&seen).to_vec();
        let rrpid = Rrpid::new(std::array::from_fn(|_| self.draws.number().to_be_bytes()[0]));
        let octets = self.rewritten(&stolen, rrpid);
        self.stolen.insert(rrpid);
        self.tell(Role::Merchant, format_args!("a thief presents {name} again as {rrpid}"));
        let letter = Letter {
            from: Role::Merchant,
            to: Role::Gateway,
            kind: Kind::Question,
            errand: NOBODY,
            octets,
        };
        self.network.post(letter, &self.weather, &mut self.draws);
        true
    }

    /// The same request under another name, well signed and well sealed.
    fn rewritten(&self, octets: &[u8], rrpid: Rrpid) -> Vec<u8> {
        let mut wrapper = MessageWrapper::decode(octets).expect("one of our messages");
        wrapper.message_header.rrpid = Some(rrpid.into());
        wrapper.message = match wrapper.message {
            Message::AuthReq(request) => Message::AuthReq(Box::new(self.auth_req(*request, rrpid))),
            Message::CapReq(request) => Message::CapReq(Box::new(self.cap_req(*request, rrpid))),
            other => other,
        };
        wrapper.encode().expect("encodable")
    }

    fn auth_req(&self, request: AuthReq, rrpid: Rrpid) -> AuthReq {
        let (pki, trust, now) = (Pki::shared(), &self.merchant.trust, self.network.now());
        let openers = [pki.gateway.encipherment.clone()];
        let opened =
            open(&request.enc, &openers, pki::suite(), &pki.keys).expect("for the gateway");
        let tbe: AuthReqTbe = opened.into_value();
        let purpose = Purpose::MerchantSignature;
        let tbs: AuthReqTbs = verify(&tbe, trust, purpose, None, now).expect("signed").into_value();
        let mut data = tbs.t1.into_value();
        data.auth_req_item.auth_tags.auth_rr_tags.rrpid = rrpid.into();
        let linked =
            link(data, &digest_original(pki::suite(), &request.baggage)).expect("encodable");
        let bag = trust.with_lists(own_bag(pki));
        let signer = Signer::Certified { identity: &pki.merchant.signature, bag: &bag };
        let tbe = sign(pki::suite(), &linked, signer, &pki.keys, now).expect("signed");
        let enc = seal(&tbe, &self.gateway_path()).expect("sealed");
        AuthReq { enc, baggage: request.baggage }
    }

    fn cap_req(&self, request: CapReq, rrpid: Rrpid) -> CapReq {
        let CapReq::EncB(request) = request else { return request };
        let (pki, trust, now) = (Pki::shared(), &self.merchant.trust, self.network.now());
        let openers = [pki.gateway.encipherment.clone()];
        let opened =
            open(&request.enc, &openers, pki::suite(), &pki.keys).expect("for the gateway");
        let tbe: CapReqTbe = opened.into_value();
        let purpose = Purpose::MerchantSignature;
        let tbs: CapReqTbs = verify(&tbe, trust, purpose, None, now).expect("signed").into_value();
        let mut data = tbs.t1.into_value();
        data.cap_rr_tags.rrpid = rrpid.into();
        let linked =
            link(data, &digest_original(pki::suite(), &request.baggage)).expect("encodable");
        let bag = trust.with_lists(own_bag(pki));
        let signer = Signer::Certified { identity: &pki.merchant.signature, bag: &bag };
        let tbe = sign(pki::suite(), &linked, signer, &pki.keys, now).expect("signed");
        let enc = seal(&tbe, &self.gateway_path()).expect("sealed");
        CapReq::EncB(CapEncB { enc, baggage: request.baggage })
    }

    fn gateway_path(&self) -> std::sync::Arc<openset_crypto::Path> {
        let gateway = &Pki::shared().gateway.encipherment;
        let purpose = Purpose::GatewayEncipherment;
        let bag = Bag::of(gateway);
        let (trust, now) = (&self.merchant.trust, self.network.now());
        trust.path(&gateway.certificate, &bag, purpose, None, now).expect("a good path")
    }
}

fn own_bag(pki: &Pki) -> Bag {
    Bag::of(&pki.merchant.signature).and(&pki.merchant.encipherment)
}
