//! All keys in the wrong hands: messages opened, changed, signed and sealed again.
//!
//! An attacker has some of these keys and never all of them. The sweep takes the others where it
//! would otherwise have to write down what the attacker knows anyway, because it wrote it itself.

use std::{collections::BTreeMap, sync::Arc};

use openset_crypto::{
    Authority as Kind, Bag, Beside, Draw, Identity, KeyKind, Path, PrivateKey, PublicKey, Purpose,
    Signer, SoftwareKeys, Suite, Trust,
    authority::{CrlTerms, Details, crl},
    claimed, digest, link, open, open_signed_with_extra, open_under, open_with_extra, seal,
    seal_signed_with_extra, seal_under, seal_with_extra, sign, verify,
};
use openset_node::{
    clock::Clock,
    entropy,
    keys::{KeyHolder, Vault},
};
use openset_types::{LocalId, Rrpid, Secret, UnixTime};
use openset_wire::{
    cert::{
        AcctInfo, CardCInitResTbs, CertInqReqTbs, CertReq, CertReqData, CertRes, CertResData,
        MeAqCInitResTbs, RegFormReqData, RegFormResTbs,
    },
    content::Content,
    der::{Carried, Decode, Encode},
    opaque::{SealedUnder, Signed},
    types::{CertThumb, Challenge, PanOnly},
    wrapper::{Message, MessageWrapper},
    x509::CertificateRevocationList,
};

use super::super::{
    certificates::{GOOD, Office, Wish, subject},
    forge::Hoard,
    registrations::with_bag,
};
use crate::{
    ceremony::{self, ISSUING, papers},
    house::ground::Ground,
};

const DAY_S: i64 = 86_400;

/// With what an authority signs and opens messages.
#[derive(Clone)]
pub(super) struct Clerk {
    pub(super) signs: Identity,
    pub(super) opens: Identity,
}

/// Everybody's keys.
pub(super) struct Hands {
    pub(super) suite: Suite,
    pub(super) trust: Trust,
    pub(super) keys: Hoard,
    pub(super) clerks: BTreeMap<Kind, Clerk>,
    /// Clerks of another brand under the same root.
    pub(super) foreign: BTreeMap<Kind, Clerk>,
    /// The lists that go with those.
    lists: Vec<CertificateRevocationList>,
    clock: Arc<dyn Clock>,
    vault: Vault,
}

/// What all answers of authorities say.
pub(super) trait Says {
    fn rrpid(&mut self) -> &mut Carried<Rrpid>;
    fn label(&mut self) -> &mut Carried<LocalId>;
    fn challenge(&mut self) -> &mut Challenge;
    /// The certificate to seal for, where one is named.
    fn sealed_for(&mut self) -> Option<&mut CertThumb> {
        None
    }
    /// The verdict, where it is one.
    fn verdict(&mut self) -> Option<&mut CertResData> {
        None
    }
}

/// What an answer says, changed before it is signed anew.
pub(super) type Change<'a> = &'a dyn Fn(&mut dyn Says, &mut Bag);

impl Hands {
    /// Takes the keys of a ground, of its wallet and of its servers.
    pub(super) fn steal<'a>(
        ground: &Ground,
        vault: &Vault,
        rings: impl Iterator<Item = &'a Arc<dyn KeyHolder>>,
    ) -> Self {
        let made = Arc::new(SoftwareKeys::new());
        let mut keys = Hoard { rings: vec![Arc::new(vault.clone())], made: Arc::clone(&made) };
        keys.rings.push(Arc::clone(&made) as _);
        keys.rings.extend(rings.map(|ring| Arc::clone(ring) as _));
        let mut clerks = BTreeMap::new();
        for kind in ISSUING {
            let folder = ceremony::folder(kind);
            keys.rings
                .push(Arc::new(ceremony::role_ring(&ground.data.join(folder)).expect("keys")));
            let paper = |name| ground.papers(folder).take(name).expect("a paper");
            let (signs, opens) = (paper(papers::SIGNATURE), paper(papers::ENCIPHERMENT));
            clerks.insert(kind, Clerk { signs, opens });
        }
        let trust = Trust::new(ground.suite, std::slice::from_ref(&ground.root)).expect("a root");
        ground.lists.teach(&trust, ground.clock.now()).expect("good lists");
        let root = Office::under(ground, &made, Kind::Root);
        let brand = root.authority_named(Kind::Brand, "Foreign CA", "Foreign Brand");
        let foreign = ISSUING.map(|kind| (kind, foreign(&brand, kind)));
        Self {
            suite: ground.suite,
            trust,
            keys,
            clerks,
            foreign: foreign.into_iter().collect(),
            lists: vec![empty_list(ground, &brand)],
            clock: Arc::clone(&ground.clock),
            vault: vault.clone(),
        }
    }

    pub(super) fn now(&self) -> UnixTime {
        self.clock.now()
    }

    /// Octets that nobody has used before.
    pub(super) fn draw(&self) -> Draw {
        Draw::new(self.suite, entropy::seed().expect("randomness"))
    }

    /// A key that somebody else has made.
    pub(super) fn stranger(&self) -> PublicKey {
        let key = PrivateKey::generate(KeyKind::of_parties(self.suite)).expect("randomness");
        let public = PublicKey::from_der(self.suite, key.public().der()).expect("our own key");
        self.keys.made.hold(key);
        public
    }

    /// Somebody with another's certificate and a key of its own.
    pub(super) fn impostor(&self, of: &Identity) -> Identity {
        Identity { key: self.stranger().id(), ..of.clone() }
    }

    /// What must be believed to seal for a clerk.
    pub(super) fn path(&self, to: &Clerk, kind: Kind) -> Arc<Path> {
        let mut bag = Bag::of(&to.opens);
        bag.crls = self.lists.clone();
        let purpose = Purpose::AuthorityEncipherment(kind);
        self.trust.path(&to.opens.certificate, &bag, purpose, None, self.now()).expect("a path")
    }

    /// An answer, changed, and signed anew by somebody. Where it was sealed it is sealed again.
    pub(super) fn answer(&self, octets: &[u8], by: &Identity, change: Change<'_>) -> Vec<u8> {
        let name = rrpid(octets);
        let message = match message(octets) {
            Message::CardCInitRes(it) => Message::CardCInitRes(self.again(&it, by, change)),
            Message::RegFormRes(it) => Message::RegFormRes(self.again(&it, by, change)),
            Message::MeAqCInitRes(it) => Message::MeAqCInitRes(self.again(&it, by, change)),
            Message::CertRes(it) => Message::CertRes(self.verdict(&it, name, by, change)),
            Message::CertInqRes(it) => Message::CertInqRes(self.verdict(&it, name, by, change)),
            other => panic!("{} is no answer of an authority", other.name()),
        };
        rewrap(octets, message, None)
    }

    fn verdict(&self, it: &CertRes, name: Rrpid, by: &Identity, change: Change<'_>) -> CertRes {
        match it {
            CertRes::CertResS(signed) => CertRes::CertResS(self.again(signed, by, change)),
            CertRes::EncK(sealed) => {
                let (key, signed) = self.unsealed(sealed, name);
                let signed = self.again(&signed, by, change);
                let sealed = seal_under(self.suite, &signed, &key, name.as_bytes());
                CertRes::EncK(sealed.expect("sealed"))
            }
        }
    }

    /// What was sealed for a wallet, with the key it was sealed under: that of one of its cards.
    fn unsealed(
        &self,
        sealed: &SealedUnder<Signed<CertResData>>,
        name: Rrpid,
    ) -> (Secret, Signed<CertResData>) {
        let copy = |key: &Secret| Secret::new(key.expose().to_vec());
        let keys = self.vault.cards(self.now(), |cards| {
            cards.iter().map(|card| copy(&card.back_key)).collect::<Vec<_>>()
        });
        let mut keys = keys.expect("an open vault").into_iter();
        let opened = keys.find_map(|key| {
            let signed = open_under(self.suite, sealed, &key, name.as_bytes()).ok()?;
            Some((key, signed))
        });
        opened.expect("sealed under the key of a card")
    }

    /// What a wallet got sealed, signed only.
    pub(super) fn in_clear(&self, octets: &[u8]) -> Vec<u8> {
        let Message::CertRes(CertRes::EncK(sealed)) = message(octets) else { panic!("sealed") };
        let (_, signed) = self.unsealed(&sealed, rrpid(octets));
        rewrap(octets, Message::CertRes(CertRes::CertResS(signed)), None)
    }

    /// The same under a key of somebody else's making.
    pub(super) fn under_another_key(&self, octets: &[u8]) -> Vec<u8> {
        let (Message::CertRes(CertRes::EncK(sealed)), name) = (message(octets), rrpid(octets))
        else {
            panic!("sealed")
        };
        let (_, signed) = self.unsealed(&sealed, name);
        let key = Secret::new(vec![0x61; self.suite.content_key_octets()]);
        let sealed = seal_under(self.suite, &signed, &key, name.as_bytes()).expect("sealed");
        rewrap(octets, Message::CertRes(CertRes::EncK(sealed)), None)
    }

    fn again<T>(&self, signed: &Signed<T>, by: &Identity, change: Change<'_>) -> Signed<T>
    where
        T: Content + Decode + Encode + Says,
    {
        let purposes = ISSUING.map(Purpose::AuthoritySignature);
        let mut honest = purposes
            .into_iter()
            .filter_map(|purpose| verify(signed, &self.trust, purpose, None, self.now()).ok());
        let honest = honest.next().expect("honest so far");
        let mut bag = Bag::of(by);
        for certificate in &honest.bag().certificates {
            if !bag.certificates.contains(certificate) {
                bag.certificates.push(certificate.clone());
            }
        }
        bag.crls = honest.bag().crls.iter().chain(&self.lists).cloned().collect();
        let mut data = honest.into_value();
        change(&mut data, &mut bag);
        let signer = Signer::Certified { identity: by, bag: &bag };
        sign(self.suite, &data, signer, &self.keys, self.now()).expect("signed")
    }

    /// RegFormReq, opened, changed, and sealed for somebody.
    pub(super) fn reg_form_req(
        &self,
        octets: &[u8],
        to: &Path,
        change: impl FnOnce(&mut RegFormReqData, &mut PanOnly),
    ) -> Vec<u8> {
        let Message::RegFormReq(sealed) = message(octets) else { panic!("a RegFormReq") };
        let openers = [self.clerks[&Kind::Cardholder].opens.clone()];
        let opened = open_with_extra(&sealed, &openers, self.suite, &self.keys).expect("for it");
        let Beside { value, extra: mut card } = opened.into_value();
        let mut data = value.t1.into_value();
        change(&mut data, &mut card);
        let rrpid = data.rrpid.0;
        let linked = link(data, &digest(self.suite, &card).expect("encodable")).expect("encodable");
        let sealed = seal_with_extra(&linked, &card, to).expect("sealed");
        rewrap(octets, Message::RegFormReq(sealed), Some(rrpid))
    }

    /// CertReq, opened, changed, signed by somebody - or by the key it names - and sealed for
    /// somebody.
    pub(super) fn cert_req(
        &self,
        octets: &[u8],
        (kind, to): (Kind, &Path),
        by: Option<Signer<'_>>,
        change: impl FnOnce(&mut CertReqData, &mut Option<AcctInfo>),
    ) -> Vec<u8> {
        let Message::CertReq(request) = message(octets) else { panic!("a CertReq") };
        let (mut data, mut account) = self.applied(request, kind);
        change(&mut data, &mut account);
        let rrpid = data.rrpid.0;
        let named = data.public_key_s_or_e.public_key_s.as_ref().expect("a key to sign with");
        let named = openset_wire::der::encode(named).expect("encodable");
        let named = PublicKey::from_der(self.suite, &named).expect("a key");
        let signer = by.unwrap_or(Signer::NewKey(&named));
        let (keys, now) = (&self.keys, self.now());
        let request = match account {
            Some(account) => {
                let sealed = seal_signed_with_extra(data, &account, signer, keys, to, now);
                CertReq::Encx(sealed.expect("sealed"))
            }
            None => {
                let signed = sign(self.suite, &data, signer, keys, now).expect("signed");
                CertReq::Enc(seal(&signed, to).expect("sealed"))
            }
        };
        rewrap(octets, Message::CertReq(request), Some(rrpid))
    }

    fn applied(&self, request: CertReq, kind: Kind) -> (CertReqData, Option<AcctInfo>) {
        let openers = [self.clerks[&kind].opens.clone()];
        match request {
            CertReq::Encx(sealed) => {
                let opened = open_signed_with_extra(&sealed, &openers, self.suite, &self.keys);
                let Beside { value, extra } = opened.expect("for it").danger_assume_signed();
                (value.into_value(), Some(extra))
            }
            CertReq::Enc(sealed) => {
                let signed = open(&sealed, &openers, self.suite, &self.keys).expect("for it");
                let claimed = claimed(self.suite, signed.into_value()).expect("readable");
                (claimed.danger_assume_signed(), None)
            }
        }
    }

    /// CertInqReq, changed and signed by somebody.
    pub(super) fn cert_inq_req(
        &self,
        octets: &[u8],
        by: Signer<'_>,
        change: impl FnOnce(&mut CertInqReqTbs),
    ) -> Vec<u8> {
        let Message::CertInqReq(signed) = message(octets) else { panic!("a CertInqReq") };
        let mut tbs = claimed(self.suite, signed).expect("readable").danger_assume_signed();
        change(&mut tbs);
        let rrpid = tbs.rrpid.0;
        let signed = sign(self.suite, &tbs, by, &self.keys, self.now()).expect("signed");
        rewrap(octets, Message::CertInqReq(signed), Some(rrpid))
    }
}

/// The same inquiry with a certificate beside its signature, which covers none.
pub(super) fn beside(suite: Suite, octets: &[u8], other: &Identity) -> Vec<u8> {
    let Message::CertInqReq(signed) = message(octets) else { panic!("a CertInqReq") };
    rewrap(octets, Message::CertInqReq(with_bag(suite, &signed, other)), None)
}

/// A clerk of a brand's authority for messages.
fn foreign(brand: &Office, kind: Kind) -> Clerk {
    let certify = |purpose| {
        let subject = subject("Foreign Brand", "Foreign Clerk");
        brand.certify(&Wish { purpose, subject, period: GOOD, details: Details::None })
    };
    Clerk {
        signs: certify(Purpose::AuthoritySignature(kind)),
        opens: certify(Purpose::AuthorityEncipherment(kind)),
    }
}

/// A list on which nobody is.
fn empty_list(ground: &Ground, of: &Office) -> CertificateRevocationList {
    let now = ground.clock.now();
    let terms = CrlTerms {
        number: 1,
        this_update: now.plus_s(-1),
        next_update: now.plus_s(DAY_S),
        revoked: &[],
    };
    crl(ground.suite, &terms, &of.identity, of.keys.as_ref()).expect("signed")
}

pub(super) fn message(octets: &[u8]) -> Message {
    MessageWrapper::decode(octets).expect("one of our messages").message
}

/// The number of a message, as its header has it.
pub(super) fn rrpid(octets: &[u8]) -> Rrpid {
    let wrapper = MessageWrapper::decode(octets).expect("one of our messages");
    wrapper.message_header.rrpid.expect("it has a number").0
}

/// Puts another message into the wrapper of one, and another number into its header.
pub(super) fn rewrap(octets: &[u8], message: Message, rrpid: Option<Rrpid>) -> Vec<u8> {
    let mut wrapper = MessageWrapper::decode(octets).expect("one of our messages");
    wrapper.message = message;
    if let Some(rrpid) = rrpid {
        wrapper.message_header.rrpid = Some(rrpid.into());
    }
    wrapper.encode().expect("encodable")
}

/// Says with which fields an answer repeats its question.
macro_rules! says {
    ($($answer:ty: $challenge:ident $(, sealed for $thumb:expr)? $(, as $verdict:ident)?;)*) => {$(
        impl Says for $answer {
            fn rrpid(&mut self) -> &mut Carried<Rrpid> {
                &mut self.rrpid
            }

            fn label(&mut self) -> &mut Carried<LocalId> {
                &mut self.lid_ee
            }

            fn challenge(&mut self) -> &mut Challenge {
                &mut self.$challenge
            }

            $(fn sealed_for(&mut self) -> Option<&mut CertThumb> {
                let thumb: fn(&mut Self) -> Option<&mut CertThumb> = $thumb;
                thumb(self)
            })?

            $(fn $verdict(&mut self) -> Option<&mut CertResData> {
                Some(self)
            })?
        }
    )*};
}

says! {
    CardCInitResTbs: chall_ee, sealed for |it| Some(&mut it.cae_thumb);
    RegFormResTbs: chall_ee2, sealed for |it| it.cae_thumb.as_mut();
    MeAqCInitResTbs: chall_ee, sealed for |it| Some(&mut it.cae_thumb);
    CertResData: chall_ee3, as verdict;
}
