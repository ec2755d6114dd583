//! What dishonest authorities and applicants do: they hold their own keys and say other things
//! with them.

use openset_crypto::{
    Authority, Bag, Beside, Identity, PublicKey, Purpose, Signer, claimed, digest, link, open,
    open_signed_with_extra, open_under, open_with_extra, seal, seal_signed_with_extra, seal_under,
    seal_with_extra, sign, verify, verify_possession,
};
use openset_protocol::{ca::Certifies, enrolment::NewKey};
use openset_types::{Rrpid, Secret};
use openset_wire::{
    cert::{
        AcctInfo, CardCInitResTbs, CertInqReqTbs, CertReq, CertReqData, CertRes, CertResData,
        MeAqCInitResTbs, RegFormReqData, RegFormResTbs,
    },
    content::Content,
    der::{Decode, Encode, encode},
    opaque::Signed,
    types::PanOnly,
    wrapper::{Message, MessageWrapper},
};

use crate::{
    applicants::back_key,
    office::Office,
    world::{
        forge::{path, rewrap},
        message, now,
        pki::{MODERN, Pki},
    },
};

/// What an authority said, and what travelled beside it.
pub(crate) struct Saying<'a, T> {
    pub(crate) data: &'a mut T,
    pub(crate) bag: &'a mut Bag,
}

fn again<T: Content + Decode + Encode>(
    signed: &Signed<T>,
    by: &Identity,
    kind: Authority,
    pki: &Pki,
    change: impl FnOnce(Saying<'_, T>),
) -> Signed<T> {
    let purpose = Purpose::AuthoritySignature(kind);
    let honest = verify(signed, &pki.trust(), purpose, None, now()).expect("honest so far");
    let mut bag = Bag::of(by);
    for certificate in &honest.bag().certificates {
        if !bag.certificates.contains(certificate) {
            bag.certificates.push(certificate.clone());
        }
    }
    bag.crls = honest.bag().crls.clone();
    let mut data = honest.into_value();
    change(Saying { data: &mut data, bag: &mut bag });
    sign(pki.suite, &data, Signer::Certified { identity: by, bag: &bag }, &pki.keys, now())
        .expect("signed")
}

/// CardCInitRes, changed before it is signed anew.
pub(crate) fn card_c_init_res(
    octets: &[u8],
    by: &Identity,
    pki: &Pki,
    change: impl FnOnce(Saying<'_, CardCInitResTbs>),
) -> Vec<u8> {
    let Message::CardCInitRes(signed) = message(octets) else { panic!("a CardCInitRes") };
    let signed = again(&signed, by, Authority::Cardholder, pki, change);
    rewrap(octets, Message::CardCInitRes(signed), None)
}

/// RegFormRes, changed before it is signed anew.
pub(crate) fn reg_form_res(
    octets: &[u8],
    by: &Identity,
    pki: &Pki,
    change: impl FnOnce(Saying<'_, RegFormResTbs>),
) -> Vec<u8> {
    let Message::RegFormRes(signed) = message(octets) else { panic!("a RegFormRes") };
    let signed = again(&signed, by, Authority::Cardholder, pki, change);
    rewrap(octets, Message::RegFormRes(signed), None)
}

/// Me-AqCInitRes, changed before it is signed anew.
pub(crate) fn me_aq_c_init_res(
    octets: &[u8],
    by: &Identity,
    pki: &Pki,
    change: impl FnOnce(Saying<'_, MeAqCInitResTbs>),
) -> Vec<u8> {
    let Message::MeAqCInitRes(signed) = message(octets) else { panic!("a Me-AqCInitRes") };
    let signed = again(&signed, by, Authority::Merchant, pki, change);
    rewrap(octets, Message::MeAqCInitRes(signed), None)
}

/// CertRes, opened where need be, changed, signed anew, and sealed again.
pub(crate) fn cert_res(
    octets: &[u8],
    by: &Identity,
    pki: &Pki,
    change: impl FnOnce(Saying<'_, CertResData>),
) -> Vec<u8> {
    let rrpid = header_rrpid(octets);
    let Message::CertRes(answer) = message(octets) else { panic!("a CertRes") };
    let answer = match answer {
        CertRes::EncK(sealed) => {
            let name = rrpid.as_bytes();
            let signed =
                open_under(pki.suite, &sealed, &back_key(pki.suite), name).expect("sealed for us");
            let signed = again(&signed, by, Authority::Cardholder, pki, change);
            CertRes::EncK(
                seal_under(pki.suite, &signed, &back_key(pki.suite), name).expect("sealed"),
            )
        }
        CertRes::CertResS(signed) => {
            CertRes::CertResS(again(&signed, by, Authority::Merchant, pki, change))
        }
    };
    rewrap(octets, Message::CertRes(answer), None)
}

/// What a CertRes of an authority says.
pub(crate) fn said(octets: &[u8], kind: Authority, pki: &Pki) -> CertResData {
    let (Message::CertRes(answer) | Message::CertInqRes(answer)) = message(octets) else {
        panic!("a CertRes")
    };
    let signed = match answer {
        CertRes::EncK(sealed) => {
            let name = header_rrpid(octets);
            open_under(pki.suite, &sealed, &back_key(pki.suite), name.as_bytes())
                .expect("sealed for us")
        }
        CertRes::CertResS(signed) => signed,
    };
    let purpose = Purpose::AuthoritySignature(kind);
    // Somebody reads it later that day.
    let later = now().plus_s(86_400);
    verify(&signed, &pki.trust(), purpose, None, later).expect("signed").into_value()
}

/// The same under another key.
pub(crate) fn sealed_under(octets: &[u8], key: &Secret) -> Vec<u8> {
    let rrpid = header_rrpid(octets);
    let Message::CertRes(CertRes::EncK(sealed)) = message(octets) else { panic!("sealed") };
    let signed =
        open_under(MODERN, &sealed, &back_key(MODERN), rrpid.as_bytes()).expect("sealed for us");
    let sealed = seal_under(MODERN, &signed, key, rrpid.as_bytes()).expect("sealed");
    rewrap(octets, Message::CertRes(CertRes::EncK(sealed)), None)
}

/// The same, signed only.
pub(crate) fn unsealed(octets: &[u8]) -> Vec<u8> {
    let rrpid = header_rrpid(octets);
    let Message::CertRes(CertRes::EncK(sealed)) = message(octets) else { panic!("sealed") };
    let signed =
        open_under(MODERN, &sealed, &back_key(MODERN), rrpid.as_bytes()).expect("sealed for us");
    rewrap(octets, Message::CertRes(CertRes::CertResS(signed)), None)
}

/// RegFormReq, opened with the authority's key, changed, and sealed anew.
pub(crate) fn reg_form_req(
    octets: &[u8],
    office: &Office,
    pki: &Pki,
    change: impl FnOnce(&mut RegFormReqData, &mut PanOnly),
) -> Vec<u8> {
    let Message::RegFormReq(sealed) = message(octets) else { panic!("a RegFormReq") };
    let openers = &office.party.standing.encipherments;
    let opened = open_with_extra(&sealed, openers, pki.suite, &pki.keys).expect("for this office");
    let Beside { value, extra: mut card } = opened.into_value();
    let mut data = value.t1.into_value();
    change(&mut data, &mut card);
    let rrpid = data.rrpid.0;
    let linked = link(data, &digest(pki.suite, &card).expect("encodable")).expect("encodable");
    let to = path(&openers[0], Purpose::AuthorityEncipherment(Authority::Cardholder), &pki.trust());
    let sealed = seal_with_extra(&linked, &card, &to).expect("sealed");
    rewrap(octets, Message::RegFormReq(sealed), Some(rrpid))
}

/// CertReq, opened with the authority's key, changed, signed by the key it names - or by another
/// one - and sealed anew.
pub(crate) fn cert_req(
    octets: &[u8],
    office: &Office,
    pki: &Pki,
    by: Option<&PublicKey>,
    change: impl FnOnce(&mut CertReqData, &mut Option<AcctInfo>),
) -> Vec<u8> {
    let Message::CertReq(request) = message(octets) else { panic!("a CertReq") };
    let standing = &office.party.standing;
    let kind = match standing.policy.certifies {
        Certifies::Cardholders => Authority::Cardholder,
        Certifies::Merchants => Authority::Merchant,
        Certifies::Gateways => Authority::Gateway,
    };
    let (mut data, mut account) = opened(&request, &standing.encipherments, pki);
    change(&mut data, &mut account);
    let rrpid = data.rrpid.0;
    let named = data.public_key_s_or_e.public_key_s.as_ref().map(|key| {
        PublicKey::from_der(pki.suite, &encode(key).expect("encodable")).expect("a key")
    });
    let key = by.or(named.as_ref()).expect("a key to sign with");
    let signer = Signer::NewKey(key);
    let purpose = Purpose::AuthorityEncipherment(kind);
    let to = path(&standing.encipherments[0], purpose, &pki.trust());
    let request = match account {
        Some(account) => CertReq::Encx(
            seal_signed_with_extra(data, &account, signer, &pki.keys, &to, now()).expect("sealed"),
        ),
        None => {
            let signed = sign(pki.suite, &data, signer, &pki.keys, now()).expect("signed");
            CertReq::Enc(seal(&signed, &to).expect("sealed"))
        }
    };
    rewrap(octets, Message::CertReq(request), Some(rrpid))
}

/// The public half of a key that an applicant made.
pub(crate) fn public(key: &NewKey) -> PublicKey {
    key.public(MODERN).expect("a key")
}

/// CertReq, changed, signed by whomever, and sealed anew.
pub(crate) fn cert_req_by(
    octets: &[u8],
    office: &Office,
    pki: &Pki,
    signer: Signer<'_>,
    change: impl FnOnce(&mut CertReqData),
) -> Vec<u8> {
    let Message::CertReq(request) = message(octets) else { panic!("a CertReq") };
    let standing = &office.party.standing;
    let purpose = Purpose::AuthorityEncipherment(standing.policy.certifies.authority());
    let (mut data, account) = claimed_in(&request, &standing.encipherments, pki);
    change(&mut data);
    let rrpid = data.rrpid.0;
    let to = path(&standing.encipherments[0], purpose, &pki.trust());
    let request = match account {
        Some(account) => CertReq::Encx(
            seal_signed_with_extra(data, &account, signer, &pki.keys, &to, now()).expect("sealed"),
        ),
        None => {
            let signed = sign(pki.suite, &data, signer, &pki.keys, now()).expect("signed");
            CertReq::Enc(seal(&signed, &to).expect("sealed"))
        }
    };
    rewrap(octets, Message::CertReq(request), Some(rrpid))
}

/// A CertReq whose second envelope holds nothing.
pub(crate) fn without_account(octets: &[u8]) -> Vec<u8> {
    let Message::CertReq(CertReq::Encx(sealed)) = message(octets) else { panic!("an EncX") };
    let mut spoilt = sealed.octets().to_vec();
    // The last octet is part of the second envelope's seal.
    *spoilt.last_mut().expect("never empty") ^= 1;
    let sealed = openset_wire::opaque::Sealed::from_octets(spoilt).expect("one sequence");
    rewrap(octets, Message::CertReq(CertReq::Encx(sealed)), None)
}

/// CertInqReq, changed and signed by somebody.
pub(crate) fn cert_inq_req(
    octets: &[u8],
    pki: &Pki,
    signer: Signer<'_>,
    change: impl FnOnce(&mut CertInqReqTbs),
) -> Vec<u8> {
    let Message::CertInqReq(signed) = message(octets) else { panic!("a CertInqReq") };
    let mut tbs = claimed(pki.suite, signed).expect("readable").danger_assume_signed();
    change(&mut tbs);
    let rrpid = tbs.rrpid.0;
    let signed = sign(pki.suite, &tbs, signer, &pki.keys, now()).expect("signed");
    rewrap(octets, Message::CertInqReq(signed), Some(rrpid))
}

/// What a CertReq says, whoever signed it.
fn claimed_in(
    request: &CertReq,
    openers: &[Identity],
    pki: &Pki,
) -> (CertReqData, Option<AcctInfo>) {
    match request {
        CertReq::Encx(sealed) => {
            let opened = open_signed_with_extra(sealed, openers, pki.suite, &pki.keys);
            let Beside { value, extra } = opened.expect("for us").danger_assume_signed();
            (value.into_value(), Some(extra))
        }
        CertReq::Enc(sealed) => {
            let signed = open(sealed, openers, pki.suite, &pki.keys).expect("for us").into_value();
            (claimed(pki.suite, signed).expect("readable").danger_assume_signed(), None)
        }
    }
}

fn opened(request: &CertReq, openers: &[Identity], pki: &Pki) -> (CertReqData, Option<AcctInfo>) {
    match request {
        CertReq::Encx(sealed) => {
            let opened =
                open_signed_with_extra(sealed, openers, pki.suite, &pki.keys).expect("for us");
            let possessed = opened
                .verify_possession(pki.suite, |data| data.public_key_s_or_e.public_key_s.as_ref());
            let Beside { value, extra } = possessed.expect("honest so far").into_value();
            (value.into_value(), Some(extra))
        }
        CertReq::Enc(sealed) => {
            let signed = open(sealed, openers, pki.suite, &pki.keys).expect("for us").into_value();
            let possessed = verify_possession(pki.suite, &signed, |data: &CertReqData| {
                data.public_key_s_or_e.public_key_s.as_ref()
            });
            (possessed.expect("honest so far").into_value(), None)
        }
    }
}

fn header_rrpid(octets: &[u8]) -> Rrpid {
    let wrapper = MessageWrapper::decode(octets).expect("one of our messages");
    wrapper.message_header.rrpid.expect("always there").0
}

/// Every message cut short is refused before anything is read of it.
pub(crate) fn cuts(octets: &[u8]) -> impl Iterator<Item = &[u8]> {
    (0..octets.len()).step_by(7).filter_map(|end| octets.get(..end))
}
